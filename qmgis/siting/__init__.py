"""Where one more place would help, and what one more, one moved or one fewer changes for whom."""

from qmgis.siting._candidates import at_crossings, from_places, on_grid
from qmgis.siting._change import Change, what_if
from qmgis.siting._proposals import TRIALS, Proposals, best_sites

__all__ = ["TRIALS", "Change", "Proposals", "at_crossings", "best_sites", "from_places", "on_grid", "what_if"]
