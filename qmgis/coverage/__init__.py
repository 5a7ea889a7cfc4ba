"""Who is reached by what: distances, shares and numbers of people, and where those live who are not reached."""

from qmgis.coverage._ages import ages_of
from qmgis.coverage._catchments import catchments
from qmgis.coverage._distances import Distances, graph_of, joined, origin_distances
from qmgis.coverage._gaps import gaps
from qmgis.coverage._guard import apart, guarded, hide_few
from qmgis.coverage._points import coordinates
from qmgis.coverage._reach import checked_group, reach
from qmgis.coverage._supply import guard_supply, shared_among, supply
from qmgis.coverage._words import amount, group_title, listed

__all__ = [
    "Distances", "ages_of", "amount", "apart", "catchments", "checked_group", "coordinates", "gaps", "graph_of",
    "group_title", "guard_supply", "guarded", "hide_few", "joined", "listed", "origin_distances", "reach",
    "shared_among", "supply",
]  # fmt: skip
