"""The open workbench for neighbourhood management: need, coverage and priority areas on a map.

>>> import qmgis
>>> qmgis.__version__
'0.1.0'
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# The front door: each name and the room that it comes from; loaded when first asked for.
_DOOR = {
    "City": "qmgis.model",
    "Outcome": "qmgis.model",
    "QmgisError": "qmgis.errors",
    "certainty_of": "qmgis.runs.steps",
    "check_city": "qmgis.io.city.check",
    "choropleth": "qmgis.views.maps",
    "compute": "qmgis.runs.compute",
    "explain": "qmgis.explanation",
    "open_city": "qmgis.io.city.workspace",
    "pattern_of": "qmgis.runs.steps",
    "rank_need": "qmgis.priority",
    "reach": "qmgis.runs.steps",
    "score": "qmgis.runs.steps",
    "write_run": "qmgis.runs.write",
}

__all__ = [
    "City",
    "Outcome",
    "QmgisError",
    "__version__",
    "certainty_of",
    "check_city",
    "choropleth",
    "compute",
    "explain",
    "open_city",
    "pattern_of",
    "rank_need",
    "reach",
    "score",
    "write_run",
]


def __getattr__(name: str) -> Any:
    if name not in _DOOR:
        raise AttributeError(f"module 'qmgis' has no attribute {name!r}")
    return getattr(import_module(_DOOR[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
