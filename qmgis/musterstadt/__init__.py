"""A city with a known truth, made from a seed."""

from qmgis.musterstadt.city import Musterstadt, make_city

__all__ = ["Musterstadt", "make_city"]
