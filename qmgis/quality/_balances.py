"""Interim and final balance of an area: goals by attainment, measures by status, money, and what is still open."""

from __future__ import annotations

import pandas as pd

from qmgis.model.record import AreaRecord, filled
from qmgis.model.register import DONE_STATUSES, OPEN_STATUSES
from qmgis.quality._goals import by_attainment

__all__ = ["final_balance", "interim_balance"]

COLUMNS = ["programme_area", "part", "field", "key", "count", "of", "planned_ct", "approved_ct", "spent_ct"]
MONEY = ["planned_ct", "approved_ct", "spent_ct"]


def interim_balance(record: AreaRecord, goals: pd.DataFrame) -> pd.DataFrame:
    """Return the interim balance of an area on a day.

    Parameters
    ----------
    record
        The area on a day.
    goals
        `goal_table` of the same area.

    Returns
    -------
    pd.DataFrame
        One row a field and what is counted in it. ``part``: ``goals`` (``key``: attainment) or ``measures`` (``key``:
        status); ``field``: of action; ``count`` ``of`` all in the field; money of these measures in cents, missing
        where none is recorded. Money that is not recorded is no zero.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.quality import goal_table
    >>> record = AreaRecord("QM-01", "Ost", date(2024, 1, 1))
    >>> interim_balance(record, goal_table(record)).empty
    True
    """
    rows = [*_goals(goals), *_measures(record, record.tables["measures"])]
    return _framed(record, rows)


def final_balance(record: AreaRecord, goals: pd.DataFrame) -> pd.DataFrame:
    """Return the final balance of an area: as the interim one, and every open measure by itself.

    Of an open measure ``part`` is ``open``, ``key`` its id, ``field`` its field, ``count`` 1 where it has a successor,
    0 where it has none.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.quality import goal_table
    >>> record = AreaRecord("QM-01", "Ost", date(2024, 1, 1))
    >>> final_balance(record, goal_table(record)).columns.tolist()[:4]
    ['programme_area', 'part', 'field', 'key']
    """
    measures = record.tables["measures"]
    unfinished = measures[measures["status"].isin(OPEN_STATUSES)]
    money = _money(record)
    rows = [*_goals(goals), *_measures(record, measures)]
    followed_by = filled(unfinished["successor"]).astype(int)
    for (_, row), followed in zip(unfinished.iterrows(), followed_by, strict=True):
        rows.append(["open", row["main_field"], row["measure"], followed, 1, *money.reindex([row["measure"]]).iloc[0]])
    return _framed(record, rows)


def _goals(goals: pd.DataFrame) -> list[list[object]]:
    if goals.empty:
        return []
    long = by_attainment(goals).melt(["field", "goals"], var_name="key", value_name="count")
    kept = long[long["count"] > 0].sort_values("field", kind="stable")
    return [["goals", row.field, row.key, row.count_, row.goals, None, None, None]
            for row in kept.rename(columns={"count": "count_"}).itertuples()]  # fmt: skip


def _measures(record: AreaRecord, measures: pd.DataFrame) -> list[list[object]]:
    money = _money(record).reindex(measures["measure"]).set_axis(measures.index)
    rows: list[list[object]] = []
    order = [*OPEN_STATUSES, *DONE_STATUSES, "cancelled"]
    for field, own in measures.groupby("main_field", dropna=False, sort=True):
        statuses = sorted(own["status"].dropna().unique(), key=lambda code: order.index(code) if code in order else 99)
        for status in statuses:
            here = own.index[own["status"] == status]
            rows.append(["measures", field, status, len(here), len(own), *_sums(money.loc[here])])
    return rows


def _money(record: AreaRecord) -> pd.DataFrame:
    return record.costs.groupby("measure")[MONEY].sum(min_count=1)


def _sums(money: pd.DataFrame) -> list[object]:
    return [money[name].sum(min_count=1) for name in MONEY]


def _framed(record: AreaRecord, rows: list[list[object]]) -> pd.DataFrame:
    found = pd.DataFrame([[record.area, *row] for row in rows], columns=COLUMNS)
    return found.astype(dict.fromkeys(MONEY, "Int64"))
