"""Flags by rules of all and any instead of an index, closed holes and clusters that are large enough."""

from qmgis.methods.rules._score import score
from qmgis.model import Method, Text

__all__ = ["METHOD", "score"]

METHOD = Method(
    key="rules",
    title=Text("Regeln (und/oder)", "Rules (and/or)"),
    reference="Council on Environmental Quality: Climate and Economic Justice Screening Tool, 2022; décret n° 2014-767",
    score=score,
    blocks=("rules",),
)
