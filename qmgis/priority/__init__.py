"""Where need meets gap: an order to read the areas in, the reason for each place in it, and how firmly it stands."""

from qmgis.priority._order import TIERS, rank_need, reason
from qmgis.priority._ranges import FIRM, behind, ranged

__all__ = ["FIRM", "TIERS", "behind", "ranged", "rank_need", "reason"]
