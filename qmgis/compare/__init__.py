"""Two results of the same areas side by side: classes, places, reasons."""

from qmgis.compare._changes import MOVES, Agreement, agreement, largest, moves
from qmgis.compare._results import RankCorrelation, crosstab, rank_correlation, reasons, same_classes, shifts
from qmgis.compare._settings import settings

__all__ = [
    "MOVES", "Agreement", "RankCorrelation", "agreement", "crosstab", "largest", "moves",
    "rank_correlation", "reasons", "same_classes", "settings", "shifts",
]  # fmt: skip
