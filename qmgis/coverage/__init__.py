"""Who is reached by what: distances, shares and numbers of people, and where those live who are not reached."""

from qmgis.coverage._ages import ages_of, families
from qmgis.coverage._around import PLACES_OF, around, by_origin, guard_around
from qmgis.coverage._bands import BANDS_M, bands, guard_bands
from qmgis.coverage._catchments import catchments
from qmgis.coverage._distances import Distances, graph_of, joined, origin_distances
from qmgis.coverage._edge import at_edge
from qmgis.coverage._gaps import gaps
from qmgis.coverage._guard import FROM_PEOPLE, apart, guarded, hide_few, without
from qmgis.coverage._points import coordinates, doors_of
from qmgis.coverage._reach import checked_group, reach
from qmgis.coverage._squares import guard_gaps
from qmgis.coverage._supply import guard_supply, shared_among, supply
from qmgis.coverage._totals import totals
from qmgis.coverage._trials import guard_trials, trials, trials_of
from qmgis.coverage._words import amount, group_title, listed

__all__ = [
    "BANDS_M", "FROM_PEOPLE", "PLACES_OF", "Distances", "ages_of", "amount", "apart", "around", "at_edge", "bands",
    "by_origin", "catchments", "checked_group", "coordinates", "doors_of", "families", "gaps", "graph_of",
    "group_title", "guard_around", "guard_bands", "guard_gaps", "guard_supply", "guard_trials", "guarded", "hide_few",
    "joined", "listed", "origin_distances", "reach", "shared_among", "supply", "totals", "trials", "trials_of",
    "without",
]  # fmt: skip
