"""What changed between two editions, and why: data, chance, boundaries, method."""

from qmgis.change._causes import CAUSES, KINDS, Cause, Changes, Kind, Place, changes, seen, seen_on
from qmgis.change._noise import noise_share
from qmgis.change._words import sentence, summary

__all__ = [
    "CAUSES", "KINDS", "Cause", "Changes", "Kind", "Place", "changes", "noise_share", "seen", "seen_on", "sentence",
    "summary",
]  # fmt: skip
