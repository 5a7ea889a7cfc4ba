"""Goals of an area: from goal to indicator, target and measures, and how far each is reached, as far as data can tell.

A number of a small area moves by chance. A goal is told as reached, partly reached or not reached only where its start
lies outside of the interval of today's number, or its target does; where both lie inside, it is not measurable from
these data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from qmgis.model import Text, codes_in, words
from qmgis.model.record import AreaRecord, filled
from qmgis.model.register import DONE_STATUSES, OPEN_STATUSES

__all__ = ["ATTAINMENTS", "attainment", "by_attainment", "goal_table"]

Attainment = Literal["reached", "partly", "not", "not_measurable"]
ATTAINMENTS: tuple[Attainment, ...] = ("reached", "partly", "not", "not_measurable")
COLUMNS = ["programme_area", "goal", "concept", "level", "field", "text", "indicator", "start_value", "target_value",
           "target_year", "due", "value", "low", "high", "year", "computed", "recorded", "attainment", "basis",
           "differs", "evidence_de", "evidence_en", "recorded_evidence", "measures", "measures_open",
           "measures_done"]  # fmt: skip


def attainment(start: float | None, target: float, now: tuple[float, float, float]) -> Attainment:
    """Return how far a target is reached by a number with its interval.

    Parameters
    ----------
    start
        The number at the start, or None.
    target
        What is aimed at; above the start, or below it, is the way to go.
    now
        Today's number, and the lower and upper end of its interval; all the same where a number is exact.

    Returns
    -------
    str
        ``not_measurable``: start and target both lie in the interval, or the start is not known and the target does, or
        start and target are the same and the number cannot be told from them. ``reached``: the number is at the target
        or beyond and the start outside of the interval. ``partly``: on the way, start outside. ``not``: no movement
        towards it that could be told from chance, and the target outside of the interval.

    Examples
    --------
    >>> attainment(0.30, 0.25, (0.24, 0.22, 0.26)), attainment(0.30, 0.25, (0.27, 0.255, 0.285))
    ('reached', 'partly')
    >>> attainment(0.30, 0.25, (0.31, 0.29, 0.33)), attainment(0.30, 0.25, (0.27, 0.20, 0.34))
    ('not', 'not_measurable')
    """
    value, low, high = now
    target_in = low <= target <= high
    if start is None:
        return "reached" if target_in and low == high else "not_measurable"
    if start == target:
        return "reached" if low == high == target else "not_measurable" if target_in else "not"
    start_in = low <= start <= high and not (low == high and target_in)
    if start_in:
        return "not_measurable" if target_in else "not"
    way = (value - start) / (target - start)
    return "reached" if way >= 1 else "partly" if way > 0 else "not"


def goal_table(record: AreaRecord, measured: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the goals of an area with indicators, targets, attainment and measures.

    Parameters
    ----------
    record
        The area on a day.
    measured
        Today's numbers of the area, index indicator: ``value``, ``low``, ``high`` (shares 0-1), ``year``; missing where
        they may not be shown.

    Returns
    -------
    pd.DataFrame
        One row a goal: what the register says of it; ``due``: whether its year has come; ``value``, ``low``, ``high``,
        ``year``; ``computed`` (`attainment`, where indicator, target and number exist, else empty), ``recorded`` (what
        the register says), ``attainment``: the computed one, else the recorded one, else ``not_measurable``;
        ``basis``: ``data``, ``recorded`` or empty; ``differs``; ``evidence_de``, ``evidence_en``,
        ``recorded_evidence``; ``measures`` (ids, with ``; ``), ``measures_open``, ``measures_done``.

    Examples
    --------
    >>> from datetime import date
    >>> goal_table(AreaRecord("QM-01", "Ost", date(2024, 1, 1))).empty
    True
    """
    numbers = measured if measured is not None else pd.DataFrame(columns=["value", "low", "high", "year"])
    rows = [_row(goal, record, numbers) for goal in record.tables["goals"].to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS)


def by_attainment(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many goals of each field are reached, partly, not, or not measurable.

    Examples
    --------
    >>> by_attainment(pd.DataFrame({"field": ["HF1", "HF1"], "attainment": ["reached", "not"]})).to_dict("records")
    [{'field': 'HF1', 'reached': 1, 'partly': 0, 'not': 1, 'not_measurable': 0, 'goals': 2}]
    """
    fields = table["field"].astype(object).where(filled(table["field"]), "")
    counts = pd.crosstab(fields, table["attainment"]).reindex(columns=list(ATTAINMENTS), fill_value=0)
    counts.columns.name = None
    return counts.assign(goals=counts.sum(axis=1)).rename_axis("field").reset_index()


def _row(goal: Mapping[Any, Any], record: AreaRecord, numbers: pd.DataFrame) -> dict[str, Any]:
    key = goal["indicator"] if isinstance(goal["indicator"], str) and goal["indicator"].strip() else ""
    now: Any = numbers.loc[key] if key in numbers.index else None
    computed, evidence = _computed(goal, now, record.title(key) if key else None)
    recorded = goal["attainment"] if goal["attainment"] in ATTAINMENTS else ""
    said = _text(goal["evidence"])
    of_goal = record.tables["measures"]
    of_goal = of_goal[of_goal["goals"].map(lambda codes: goal["goal"] in codes_in(codes)).astype(bool)]
    given = {name: goal[name] for name in ("goal", "concept", "level", "field", "text", "start_value", "target_value",
                                           "target_year")}  # fmt: skip
    empty = dict.fromkeys(("value", "low", "high", "year"))
    return {
        **given, "programme_area": record.area, "indicator": key, "due": _due(goal["target_year"], record),
        **({name: now[name] for name in empty} if now is not None else empty),
        "computed": computed, "recorded": recorded, "attainment": computed or recorded or "not_measurable",
        "basis": "data" if computed else "recorded" if recorded else "",
        "differs": bool(computed and recorded and computed != recorded),
        "evidence_de": evidence.de, "evidence_en": evidence.en, "recorded_evidence": said,
        "measures": "; ".join(map(str, of_goal["measure"])),
        "measures_open": int(of_goal["status"].isin(OPEN_STATUSES).sum()),
        "measures_done": int(of_goal["status"].isin(DONE_STATUSES).sum()),
    }  # fmt: skip


def _computed(goal: Mapping[Any, Any], now: pd.Series | None, title: Text | None) -> tuple[str, Text]:
    """Return the attainment that data tell, empty where they cannot, and why."""
    if title is None:
        return "", words("quality.goal_without_indicator")
    if pd.isna(goal["target_value"]):
        return "", words("quality.goal_without_target")
    if now is None or pd.isna(now["value"]):
        return "", words("quality.goal_without_number", indicator=title)
    value = float(now["value"])
    low = value if pd.isna(now["low"]) else float(now["low"])
    high = value if pd.isna(now["high"]) else float(now["high"])
    start = None if pd.isna(goal["start_value"]) else float(goal["start_value"])
    found = attainment(start, float(goal["target_value"]), (value, low, high))
    return found, words(f"quality.goal_{found}")


def _due(year: Any, record: AreaRecord) -> bool | None:
    return None if pd.isna(year) else int(year) <= record.on.year


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
