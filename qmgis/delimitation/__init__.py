"""Where an area could be: contiguous proposals under rules, and outlines side by side; to be examined, no verdicts."""

from qmgis.delimitation._located import people_by_unit
from qmgis.delimitation._options import Options, compare_options
from qmgis.delimitation._outlines import checked_outlines, whole_areas
from qmgis.delimitation._proposals import Proposal, Proposals, RulePrice, proposals
from qmgis.delimitation._rules import Rules

__all__ = [
    "Options", "Proposal", "Proposals", "RulePrice", "Rules", "checked_outlines", "compare_options", "people_by_unit",
    "proposals", "whole_areas",
]  # fmt: skip
