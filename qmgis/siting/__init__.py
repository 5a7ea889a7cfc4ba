"""Where one more place would help, and what one more, one moved or one fewer changes for whom."""

from qmgis.siting._beside import guard_change
from qmgis.siting._candidates import at_crossings, from_places, on_grid
from qmgis.siting._change import Change, what_if
from qmgis.siting._names import places_nearby, with_names
from qmgis.siting._proposals import TRIALS, Proposals, best_sites

__all__ = ["TRIALS", "Change", "Proposals", "at_crossings", "best_sites", "from_places", "guard_change", "on_grid",
           "places_nearby", "what_if", "with_names"]  # fmt: skip
