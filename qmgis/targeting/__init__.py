"""Which areas lie in programme areas on a day, and how the classes of an index spread over them (docs/programme.md)."""

from qmgis.targeting._overlap import SLIVER, overlaps, states_on
from qmgis.targeting._report import COVERED, report, sentence, targeting
from qmgis.targeting._within import within

__all__ = ["COVERED", "SLIVER", "overlaps", "report", "sentence", "states_on", "targeting", "within"]
