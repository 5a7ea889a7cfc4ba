"""Quality and readiness of a city's programme areas on a day, as page, command line and report show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from qmgis.lifecycle import assessment_faults
from qmgis.model import City, Text
from qmgis.quality import (
    concept_check,
    conditions,
    final_balance,
    goal_table,
    interim_balance,
    reporting_extract,
    standards,
)
from qmgis.readiness import (
    Signals,
    bars,
    exit_plan,
    one_page,
    portfolio,
    post_exit_watch,
    readiness,
    signals,
)
from qmgis.runs.programme.lives import programme_of
from qmgis.runs.programme.records import areas_known, checklists_of, measured_goals, record_for
from qmgis.runs.programme.register import costs_of, tables_of

__all__ = ["Qualities", "Readiness", "bars_of", "faults_of", "portfolio_of", "qualities_of", "readiness_of"]


@dataclass(frozen=True, eq=False)
class Qualities:
    """Standards, conditions, concept, goals, balances and the reporting extract of one area on a day."""

    area: str
    name: str
    on: date
    standards: pd.DataFrame
    conditions: pd.DataFrame
    concept: pd.DataFrame
    goals: pd.DataFrame
    interim: pd.DataFrame
    final: pd.DataFrame
    extract: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Readiness:
    """Readiness profile, signals, exit plan, watch and the one page of one area on a day."""

    area: str
    name: str
    on: date
    profile: pd.DataFrame
    signals: Signals
    plan: pd.DataFrame
    watch: pd.DataFrame
    page: pd.DataFrame


@lru_cache(maxsize=64)
def qualities_of(city: City, area: str, on: date) -> Qualities:
    """Return how well the ground is laid in a programme area on a day, kept.

    Parameters
    ----------
    city
        As `open_city` gives it.
    area
        The id of a programme area.
    on
        The day.

    Raises
    ------
    DataError, UnknownKeyError
        If there is no such area, or its assessments are not sound.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> found = qualities_of(city, "QM-01", date(2024, 12, 31))
    >>> found.conditions.set_index("item")["level"].loc[["R01", "R03", "R16"]].tolist()
    ['2', 'unknown', '3']
    """
    lists, record = checklists_of(city), record_for(city, area, on)
    goals = goal_table(record, measured_goals(city, record))
    return Qualities(
        area, record.name, on, standards(lists["standards"], record), conditions(lists["conditions"], record),
        concept_check(lists["concept"], record), goals, interim_balance(record, goals), final_balance(record, goals),
        reporting_extract(record),
    )  # fmt: skip


@lru_cache(maxsize=64)
def readiness_of(city: City, area: str, on: date) -> Readiness:
    """Return readiness and deadline of a programme area on a day, and what follows from them, kept.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> found = readiness_of(city, "QM-02", date(2024, 12, 31))
    >>> found.signals.time, len(found.profile), found.plan["flagged"].all().item()
    ('expired', 15, True)
    """
    checklist, record = checklists_of(city)["readiness"], record_for(city, area, on)
    profile = readiness(checklist, record)
    plan = exit_plan(record, tasks=checklist.limits["tasks"])
    both = signals(profile, record, partly_allowed=int(checklist.limits["partly_allowed"]))
    page = one_page(profile, record, found=both, plan=plan)
    return Readiness(area, record.name, on, profile, both, plan, post_exit_watch(checklist, record), page)


def portfolio_of(city: City, on: date) -> pd.DataFrame:
    """Return all programme areas of a city on a day (`qmgis.readiness.portfolio`) with their signals.

    Returns
    -------
    pd.DataFrame
        The columns of `qmgis.readiness.portfolio`, then ``ready``, ``time``, ``quadrant``, ``disagree``,
        ``sentence_de``, ``sentence_en`` of areas that are or were funded; empty for others.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> portfolio_of(city, date(2024, 12, 31))[["programme_area", "time"]].to_numpy().tolist()
    [['QM-01', 'no_limit'], ['QM-02', 'expired'], ['QM-03', '']]
    """
    layer, tables = programme_of(city), tables_of(city)
    if tables:
        by_area = {area: costs_of(city, area) for area in areas_known(city)}
        tables["costs"] = pd.concat([frame.assign(area=area) for area, frame in by_area.items() if frame is not None],
                                    ignore_index=True)  # fmt: skip
    found = portfolio(layer, on, rules=city.deadlines, tables=tables)
    rows: list[list[object]] = []
    for area, begun in zip(found["programme_area"], found["begun"], strict=True):
        if pd.isna(begun):
            rows.append(["", "", "", None, "", ""])
            continue
        one = readiness_of(city, area, on).signals
        rows.append([one.ready, one.time, one.quadrant, one.disagree, one.sentence.de, one.sentence.en])
    names = ["ready", "time", "quadrant", "disagree", "sentence_de", "sentence_en"]
    return pd.concat([found, pd.DataFrame(rows, columns=names, index=found.index)], axis=1)


def bars_of(city: City, on: date) -> pd.DataFrame:
    """Return the bars of a Gantt chart of a city's programme areas (`qmgis.readiness.bars`)."""
    return bars(programme_of(city), on, rules=city.deadlines)


def faults_of(city: City, *, today: date) -> list[Text]:
    """Return what is wrong with the assessments of a city: unknown items, levels, days to come, versions mixed.

    Examples
    --------
    >>> faults_of(toy_city(), today=date(2025, 1, 1))
    []
    """
    tables = tables_of(city)
    if "assessments" not in tables:
        return []
    lists = checklists_of(city)
    return [fault for one in lists.values() for fault in assessment_faults(tables["assessments"], one, today=today)]
