"""A city's programme areas, register, balance, effect and readiness, from its layers to what is shown.

At the front door this room is ``qmgis.programme``:

>>> import qmgis
>>> balance = qmgis.programme.balance_of(qmgis.open_city("layers/musterstadt"))
>>> balance[["group", "kind"]].iloc[-1].tolist()  # the last row is the sum of all
['all', 'all']
"""

from qmgis.registry import door

_DOOR = {
    "Rules": "qmgis.delimitation",
    "addresses_of": "qmgis.runs.programme.lives",
    "areas_of": "qmgis.runs.programme.lives",
    "balance_of": "qmgis.runs.programme.balance",
    "compared_areas": "qmgis.runs.programme.proposed",
    "deadlines_of": "qmgis.runs.programme.lives",
    "effects": "qmgis.runs.programme.effect",
    "figures_of": "qmgis.runs.programme.lives",
    "funds_of": "qmgis.runs.programme.balance",
    "located": "qmgis.runs.programme.lives",
    "measures_of": "qmgis.runs.programme.balance",
    "plan_of": "qmgis.runs.programme.balance",
    "portfolio_of": "qmgis.runs.programme.quality",
    "programme_of": "qmgis.runs.programme.lives",
    "proposed_areas": "qmgis.runs.programme.proposed",
    "qualities_of": "qmgis.runs.programme.quality",
    "readiness_of": "qmgis.runs.programme.quality",
    "register_of": "qmgis.runs.programme.register",
    "spots_of": "qmgis.runs.programme.balance",
    "streets_of": "qmgis.runs.programme.lives",
    "usual_rules": "qmgis.runs.programme.proposed",
}

__all__ = sorted(_DOOR)

__getattr__ = door(__name__, _DOOR)


def __dir__() -> list[str]:
    return __all__
