"""Programme areas over time beside areas like them: checks first, then a design or a description (docs/effect.md)."""

from qmgis.effect._answer import Answer
from qmgis.effect._checks import CHECKS, Check, checks_of
from qmgis.effect._effect import ALL, SEED, effect
from qmgis.effect._match import Matching, matching, status
from qmgis.effect._panel import NEAR_M, RINGS, ROLES, Measured, Panel, units_of
from qmgis.effect._parts import PARTS, parts_of
from qmgis.effect._words import points

__all__ = [
    "ALL", "CHECKS", "NEAR_M", "PARTS", "RINGS", "ROLES", "SEED", "Answer", "Check", "Matching", "Measured", "Panel",
    "checks_of", "effect", "matching", "parts_of", "points", "status", "units_of",
]  # fmt: skip
