"""Balance of the programme: shares of money and measures, plans, funds, and where nothing is."""

from qmgis.balance._division import ROUNDED, RULES, costs_in, divide, with_areas
from qmgis.balance._funds import LEDGER, Breach, breaches, euro, ledger
from qmgis.balance._lying import OUTSIDE, WIDE, lying
from qmgis.balance._plan import PARTS, CostPlan, cost_plan
from qmgis.balance._shares import ALL, BY, COLUMNS, NAMES, SEVERAL, By, balance
from qmgis.balance._split import AMOUNTS, KINDS, UNKNOWN, kind_parts
from qmgis.balance._white import COUNTING, PART_COLUMNS, SPOT_COLUMNS, parts_of, white_spots
from qmgis.balance._words import LISTS, group_title, kind_title, rules_of
from qmgis.model import codes_in

__all__ = [
    "ALL",
    "AMOUNTS",
    "BY",
    "COLUMNS",
    "COUNTING",
    "KINDS",
    "LEDGER",
    "LISTS",
    "NAMES",
    "OUTSIDE",
    "PARTS",
    "PART_COLUMNS",
    "ROUNDED",
    "RULES",
    "SEVERAL",
    "SPOT_COLUMNS",
    "UNKNOWN",
    "WIDE",
    "Breach",
    "By",
    "CostPlan",
    "balance",
    "breaches",
    "codes_in",
    "cost_plan",
    "costs_in",
    "divide",
    "euro",
    "group_title",
    "kind_parts",
    "kind_title",
    "ledger",
    "lying",
    "parts_of",
    "rules_of",
    "white_spots",
    "with_areas",
]
