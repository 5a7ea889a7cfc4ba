"""All programme areas on a time line: phases, limits, ages and money, as a table and as the bars of a Gantt chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from qmgis.lifecycle import Standing, deadlines, named, phases_on, standings_on, timeline
from qmgis.model import Deadline, ProgrammeLayer, codes_in
from qmgis.model.record import register_tables

__all__ = ["bars", "portfolio"]

COLUMNS = ["programme_area", "name", "programme", "phase", "begun", "until", "ended", "limit", "state", "days_left",
           "age_years", "predecessors", "successors", "measures", "planned_ct", "approved_ct", "spent_ct"]  # fmt: skip
MONEY = ["planned_ct", "approved_ct", "spent_ct"]
DAYS_A_YEAR = 365.25


def portfolio(
    layer: ProgrammeLayer, on: date, *, rules: Iterable[Deadline] = (), tables: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Return every area that there is up to a day: how it stands, how old it is, when its term ends, its money.

    Parameters
    ----------
    layer
        Programme areas with their events.
    on
        The day.
    rules
        Deadlines; the earliest of the longest term and the agreed end is ``limit``.
    tables
        The register's tables; a column ``area`` of the costs says where amounts fall, else they fall whole to each area
        of their measure.

    Returns
    -------
    pd.DataFrame
        One row an area, by id: ``phase``, ``begun``, ``until`` (agreed), ``ended``; ``limit`` with ``state``
        (``ahead``, ``near``, ``passed``) and ``days_left``; ``age_years``: funded years up to the day or the end, by
        the term; ``predecessors``, ``successors``; ``measures`` and sums in cents, missing where nothing is recorded.

    Examples
    --------
    >>> portfolio(toy_programme(), date(2024, 12, 31))[["programme_area", "phase", "age_years"]].to_numpy().tolist()
    [['QM-01', 'P7', 7.0], ['QM-02', 'P9', 13.0], ['QM-03', 'P4', nan]]
    """
    standings, names = standings_on(layer, on), named(layer)
    programmes = layer.frame["programme"].groupby(layer.area_ids).last()
    due = deadlines(layer, on, rules=rules)
    due = due[due["rule"].isin(["term", "agreed"])].sort_values("limit").drop_duplicates("programme_area")
    first: Any = due.set_index("programme_area")
    money: Any = _money(tables or {})
    rows = []
    for area, phase in phases_on(layer, on).items():
        standing = standings.get(area, Standing())
        age = None if standing.begun is None else ((standing.ended or on) - standing.begun).days / DAYS_A_YEAR
        limits = tuple(first.loc[area, ["limit", "state", "days_left"]]) if area in first.index else (pd.NaT, "", pd.NA)
        sums = tuple(money.loc[area]) if area in money.index else (pd.NA,) * 4
        rows.append([area, names[area], programmes[area], phase, standing.begun, standing.until,
                     standing.ended, *limits, None if age is None else round(age, 1),
                     "; ".join(standing.predecessors), "; ".join(standing.successors), *sums])  # fmt: skip
    found = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("begun", "until", "ended", "limit"):
        found[name] = pd.to_datetime(found[name].astype(object)).astype("datetime64[s]")
    return found.astype(dict.fromkeys(("days_left", "measures", *MONEY), "Int64"))


def bars(layer: ProgrammeLayer, on: date, *, rules: Iterable[Deadline] = ()) -> pd.DataFrame:
    """Return the bars of a Gantt chart: one row a phase of an area, and one a day that is a limit.

    Returns
    -------
    pd.DataFrame
        ``programme_area``, ``name``, ``kind``: ``phase`` or ``limit``; ``what``: the phase, or the rule; ``start``,
        ``end``: a phase that goes on ends on the day asked for; a limit starts and ends on its day.

    Examples
    --------
    >>> bars(toy_programme(), date(2024, 12, 31))[["programme_area", "what"]].to_numpy().tolist()
    [['QM-01', 'P5'], ['QM-02', 'P5'], ['QM-02', 'P9']]
    """
    spans = timeline(layer)
    spans = spans[(spans["kind"] == "phase") & (spans["start"] <= pd.Timestamp(on))]
    day = pd.Timestamp(on).as_unit("s")
    spans = spans.assign(end=spans["end"].where(spans["end"] <= day, day))
    due = deadlines(layer, on, rules=rules)
    marks = pd.DataFrame({"programme_area": due["programme_area"], "name": due["name"], "kind": "limit",
                          "what": due["rule"], "start": due["limit"], "end": due["limit"]})  # fmt: skip
    columns = ["programme_area", "name", "kind", "what", "start", "end"]
    parts = [part for part in (spans[columns], marks[columns]) if len(part)]
    found = pd.concat(parts) if parts else spans[columns]
    return found.sort_values(
        ["programme_area", "kind", "start"], ascending=[True, False, True], kind="stable"
    ).reset_index(drop=True)


def _money(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    whole = register_tables(tables)
    measures = whole["measures"].assign(area=whole["measures"]["area"].map(codes_in)).explode("area")
    costs = whole["costs"]
    if "area" not in costs:
        costs = costs.merge(measures[["measure", "area"]], on="measure", how="left")
    sums = costs.groupby("area")[MONEY].sum(min_count=1)
    counts = measures.groupby("area")["measure"].size().rename("measures")
    return pd.concat([counts, sums], axis=1)[["measures", *MONEY]] if len(counts) else pd.DataFrame()
