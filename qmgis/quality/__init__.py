"""How well the ground is laid in a programme area: standards, conditions, concept, goals, balances, reporting extract.

Nothing here turns a checklist into one number (docs/quality.md).
"""

from qmgis.quality._balances import final_balance, interim_balance
from qmgis.quality._concepts import concept_check, current_concept
from qmgis.quality._conditions import answered, conditions, standards
from qmgis.quality._extract import FEDERAL_STATUS, reporting_extract
from qmgis.quality._goals import ATTAINMENTS, attainment, by_attainment, goal_table

__all__ = [
    "ATTAINMENTS", "FEDERAL_STATUS", "answered", "attainment", "by_attainment", "concept_check", "conditions",
    "current_concept", "final_balance", "goal_table", "interim_balance", "reporting_extract", "standards",
]  # fmt: skip
