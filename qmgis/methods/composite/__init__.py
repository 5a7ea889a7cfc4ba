"""One index of indicators in one or two levels, its rank and class, by the steps of a profile."""

from qmgis.methods.composite._score import score
from qmgis.model import Method, Text

__all__ = ["METHOD", "score"]

METHOD = Method(
    key="composite",
    title=Text("Zusammengesetzter Index", "Composite index"),
    reference="OECD/JRC: Handbook on Constructing Composite Indicators, 2008",
    score=score,
    blocks=("index",),
)
