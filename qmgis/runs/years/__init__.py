"""A city over the years: on one version of its areas, as series, and what changed.

At the front door this room is ``qmgis.years``:

>>> import qmgis
>>> city = qmgis.open_city("layers/musterstadt")
>>> qmgis.years.series(city, "transfer", of="city").frame["value"].round(3).tail(2).tolist()
[0.114, 0.115]
"""

from qmgis.registry import door

_DOOR = {
    "built_crosswalk": "qmgis.runs.years.crosswalks",
    "difference": "qmgis.series",
    "edition_on": "qmgis.runs.years.editions",
    "editions_on": "qmgis.runs.years.editions",
    "move_matrix": "qmgis.runs.years.editions",
    "persistence": "qmgis.series",
    "runs_in_order": "qmgis.runs.years.editions",
    "sentence": "qmgis.change",
    "series": "qmgis.runs.years.numbers",
    "series_keys": "qmgis.runs.years.numbers",
    "summary": "qmgis.change",
    "what_changed": "qmgis.runs.years.changes",
}

__all__ = sorted(_DOOR)

__getattr__ = door(__name__, _DOOR)


def __dir__() -> list[str]:
    return __all__
