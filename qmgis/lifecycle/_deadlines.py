"""Days by which something has to have happened: dated rules laid on the events of programme areas."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from qmgis.lifecycle._history import events_of, named, standings_on
from qmgis.lifecycle._machine import FUNDED, Standing, walk
from qmgis.model import EVENT_TYPES, Deadline, Event, ProgrammeLayer

__all__ = ["AGREED", "deadlines", "later"]

AGREED = "agreed"
WARN_MONTHS = 24
COLUMNS = ["programme_area", "name", "programme", "rule", "since", "limit", "days_left", "state"]


def later(day: date, *, years: int = 0, months: int = 0) -> date:
    """Return the same day so much later; the last of the month where it has no such day.

    Examples
    --------
    >>> later(date(2016, 2, 29), years=15), later(date(2024, 10, 31), months=-2)
    (datetime.date(2031, 2, 28), datetime.date(2024, 8, 31))
    """
    whole = 12 * (day.year + years) + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def deadlines(layer: ProgrammeLayer, day: date, *, rules: Iterable[Deadline] = ()) -> pd.DataFrame:
    """Return the deadlines that stand on a day: of the rules in force, and the ends that are agreed.

    What was met before the day is left out. A deadline says when, never whether an area is ready for it.

    Parameters
    ----------
    layer
        Programme areas with their events.
    day
        Only events up to this day count.
    rules
        What holds (`qmgis.io.rules.deadlines`).

    Returns
    -------
    pd.DataFrame
        One row an area and rule, by limit: ``programme_area``, ``name``, ``programme``; ``rule``: the rule's key, or
        ``agreed``; ``since``: the day that it counts from (missing for what is agreed); ``limit``: the first day on
        which it has passed; ``days_left`` (negative once passed); ``state``: ``ahead``, ``near`` or ``passed``.

    Examples
    --------
    >>> from qmgis.model import Deadline, Text
    >>> rule = Deadline("term", Text("", ""), ("designate",), ("end",), years=15)
    >>> deadlines(toy_programme(), date(2032, 1, 1), rules=[rule])[["rule", "state", "days_left"]].to_numpy().tolist()
    [['term', 'near', 366]]
    """
    chosen = [rule for rule in rules if rule.holds_on(day)]
    steps = [step for step in walk(events_of(layer)).steps if step.event.on <= day]
    events: dict[str, list[Event]] = {}
    for step in steps:
        if step.event.programme_area == step.programme_area:
            events.setdefault(step.programme_area, []).append(step.event)
    programmes, names = layer.frame["programme"].groupby(layer.area_ids).last(), named(layer)
    rows: list[list[object]] = []
    for area, standing in standings_on(layer, day).items():
        if area not in names.index:
            continue
        head = [area, names[area], programmes[area]]
        if standing.until is not None and standing.phase in FUNDED:
            rows.append([*head, AGREED, None, *_left(standing.until, day, WARN_MONTHS)])
        for rule, since in _running(events.get(area, []), standing, chosen):
            if not rule.programmes or programmes[area] in rule.programmes:
                limit = later(since, years=rule.years, months=rule.months)
                rows.append([*head, rule.key, since, *_left(limit, day, rule.warn_months)])
    found = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("since", "limit"):
        found[name] = pd.to_datetime(found[name].astype(object)).astype("datetime64[s]")
    return found.sort_values(["limit", "programme_area", "rule"], kind="stable").reset_index(drop=True)


def _left(limit: date, day: date, warn_months: int) -> tuple[date, int, str]:
    state = "passed" if day >= limit else "near" if day >= later(limit, months=-warn_months) else "ahead"
    return limit, (limit - day).days, state


def _running(events: list[Event], standing: Standing, rules: Iterable[Deadline]) -> Iterator[tuple[Deadline, date]]:
    """Yield the rules that run for an area, and the day that each counts from."""
    for rule in rules:
        starts = [(event.on, EVENT_TYPES.index(event.type)) for event in events if event.type in rule.since]
        if standing.inherited and standing.begun and "designate" in rule.since:
            starts = [(standing.begun, 0)]
        if not starts:
            continue
        since = max(starts)
        after = [event for event in events if (event.on, EVENT_TYPES.index(event.type)) > since]
        if not any(event.type in rule.met_by and event.programme_area not in event.others for event in after):
            yield rule, since[0]
