"""Who is reached by what: distances, shares and numbers of people, and where those live who are not reached."""

from qmgis.coverage._catchments import catchments
from qmgis.coverage._distances import Distances, origin_distances
from qmgis.coverage._gaps import gaps
from qmgis.coverage._guard import apart, guarded, hide_few
from qmgis.coverage._reach import reach
from qmgis.coverage._supply import guard_supply, supply
from qmgis.coverage._words import group_title

__all__ = [
    "Distances", "apart", "catchments", "gaps", "group_title", "guard_supply", "guarded", "hide_few",
    "origin_distances", "reach", "supply",
]  # fmt: skip
