"""Why an area is classed as it is: facts as data; the dashboard, the files of a run and reports put them into words."""

from qmgis.explanation._editions import breaks_of, note_of
from qmgis.explanation._explain import SMALL, explain, explain_each
from qmgis.explanation._facts import (
    Break,
    Change,
    Edition,
    Explanation,
    HowSure,
    IndexFact,
    IndicatorFact,
    Named,
    Neighbour,
    Overlap,
    Similar,
    Step,
)
from qmgis.explanation._steps import NEAR, nearly_flagged

__all__ = [
    "NEAR",
    "SMALL",
    "Break",
    "Change",
    "Edition",
    "Explanation",
    "HowSure",
    "IndexFact",
    "IndicatorFact",
    "Named",
    "Neighbour",
    "Overlap",
    "Similar",
    "Step",
    "breaks_of",
    "explain",
    "explain_each",
    "nearly_flagged",
    "note_of",
]
