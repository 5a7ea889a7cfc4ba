"""Status and dynamics as in Berlin's Monitoring Soziale Stadtentwicklung (MSS)."""

from qmgis.methods.mss._columns import GROUPS, SIGNS
from qmgis.methods.mss._score import score
from qmgis.model import Method, Text

__all__ = ["GROUPS", "METHOD", "SIGNS", "score"]

METHOD = Method(
    key="mss",
    title=Text("Status und Dynamik (MSS)", "Status and dynamics (MSS)"),
    reference="Senatsverwaltung für Stadtentwicklung Berlin: Monitoring Soziale Stadtentwicklung 2013-2021",
    score=score,
    blocks=("status", "dynamics"),
)
