"""The open workbench for neighbourhood management: need, coverage and priority areas on a map.

>>> import qmgis
>>> qmgis.__version__
'0.1.0'
"""

from qmgis.registry import door

__version__ = "0.1.0"

# The front door: each name and where it comes from, loaded when first asked for; two of them are rooms with doors.
_ROOMS = {"programme": "qmgis.runs.programme", "years": "qmgis.runs.years"}
_DOOR = {
    "City": "qmgis.model",
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
    "QmgisError",
    "certainty_of",
    "check_city",
    "choropleth",
    "compute",
    "explain",
    "open_city",
    "pattern_of",
    "programme",
    "rank_need",
    "reach",
    "score",
    "write_run",
    "years",
]


__getattr__ = door(__name__, _DOOR, rooms=_ROOMS)


def __dir__() -> list[str]:
    return sorted(__all__)
