"""What a profile tells of the programme: balance, who has places in reach, readiness, changes beside others."""

from __future__ import annotations

import pandas as pd

from qmgis.balance import balance
from qmgis.effect import Answer
from qmgis.errors import QmgisError
from qmgis.model import City, Run
from qmgis.reports import Judged
from qmgis.runs.programme.balance import division_of, register_of
from qmgis.runs.programme.effect import can_compare, effects
from qmgis.runs.programme.measured import measured
from qmgis.runs.programme.quality import qualities_of, readiness_of

__all__ = ["balance_in", "changes_in", "judged_in", "supplies_in"]


def balance_in(city: City, area: str) -> pd.DataFrame | None:
    """Return the balance by field of the measures of a programme area; None where there is none.

    Examples
    --------
    >>> balance_in(toy_city(), "QM-01") is None
    True
    """
    if not city.registers:
        return None
    register = register_of(city)
    found = balance(register.measures, register.costs, division_of(city), by="field", area=area)
    return found if (found["measures"] > 0).any() else None


def supplies_in(city: City, area: str, run: Run) -> pd.DataFrame | None:
    """Return who has places in reach in a programme area, by theme (`qmgis.runs.programme.measured`); None without.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> supplies_in(city, "QM-01", city.run("mss-2024")).columns.tolist()
    ['inside', 'city', 'reached', 'not_reached']
    """
    found = measured(city, run.on).supplies.get(area)
    return None if found is None or found.empty else found


def judged_in(city: City, area: str, run: Run) -> Judged | None:
    """Return readiness and framework conditions of a programme area on a run's day; None if they are not sound.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> judged_in(city, "QM-01", city.run("mss-2024")).signals.time
    'no_limit'
    """
    try:
        ready, found = readiness_of(city, area, run.on), qualities_of(city, area, run.on)
    except QmgisError:
        return None  # `qmgis check` lists what is wrong with the assessments
    return Judged(found.standards, found.conditions, ready.profile, ready.signals, ready.page)


def changes_in(city: City, area: str) -> tuple[Answer, ...]:
    """Return what can be said of every share in a programme area beside others; none where nothing can be compared.

    Examples
    --------
    >>> changes_in(toy_city(), "QM-01")
    ()
    """
    if not can_compare(city):
        return ()
    try:
        return tuple(effects(city, scope=area))
    except QmgisError:
        return ()  # a programme area without a start, or too few editions
