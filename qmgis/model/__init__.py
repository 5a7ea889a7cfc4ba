"""The nouns of qmgis: frozen, checked on creation, then trusted."""

from qmgis.model.city import City, Exclusion, LayerInfo, LayerKind, Outcome, Problem, Run, Secrecy, Theme
from qmgis.model.indicator import MEASURES, STATES, UNITS, Indicator, IndicatorTable, Measure, State
from qmgis.model.layers import (
    BACKDROP_KINDS,
    AreaLayer,
    Backdrop,
    BackdropKind,
    Network,
    OriginType,
    PlaceLayer,
    ResidentLayer,
)
from qmgis.model.method import Block, Method, Profile, Side
from qmgis.model.result import (
    REASONS,
    AreaResult,
    Column,
    ColumnKind,
    InputFile,
    Recipe,
    ResultKind,
    fingerprint,
)
from qmgis.model.text import LANGS, Lang, Text, words

__all__ = [
    "BACKDROP_KINDS",
    "LANGS",
    "MEASURES",
    "REASONS",
    "STATES",
    "UNITS",
    "AreaLayer",
    "AreaResult",
    "Backdrop",
    "BackdropKind",
    "Block",
    "City",
    "Column",
    "ColumnKind",
    "Exclusion",
    "Indicator",
    "IndicatorTable",
    "InputFile",
    "Lang",
    "LayerInfo",
    "LayerKind",
    "Measure",
    "Method",
    "Network",
    "OriginType",
    "Outcome",
    "PlaceLayer",
    "Problem",
    "Profile",
    "Recipe",
    "ResidentLayer",
    "ResultKind",
    "Run",
    "Secrecy",
    "Side",
    "State",
    "Text",
    "Theme",
    "fingerprint",
    "words",
]
