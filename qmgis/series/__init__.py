"""Numbers over the years: of areas and larger units, with breaks, noise, change and persistence (docs/series.md)."""

from qmgis.series._breaks import BREAKS, Break, breaks_of
from qmgis.series._change import KEPT, difference, persistence
from qmgis.series._numbers import COLUMNS, LEAST_COVERED, exact_in, numbers_of, share_flagged
from qmgis.series._series import Series, with_error

__all__ = [
    "BREAKS", "COLUMNS", "KEPT", "LEAST_COVERED", "Break", "Series", "breaks_of", "difference", "exact_in",
    "numbers_of", "persistence", "share_flagged", "with_error",
]  # fmt: skip
