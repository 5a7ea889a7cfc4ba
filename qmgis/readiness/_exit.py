"""The exit plan: who goes on with each task and each measure, with which money and from when, and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from qmgis.model.record import AreaRecord
from qmgis.model.register import OPEN_STATUSES

__all__ = ["TASKS", "exit_plan"]

TASKS = tuple(f"T{n}" for n in range(1, 11))
FOLLOWED = ("continues", "handover", "open")
COLUMNS = ["programme_area", "kind", "id", "title", "status", "successor", "successor_name", "budget_ct", "from_date",
           "flagged", "missing", "note"]  # fmt: skip


def exit_plan(record: AreaRecord, *, tasks: Iterable[str] = TASKS) -> pd.DataFrame:
    """Return the exit plan of an area: every task and every open measure with successor, budget and day, or flagged.

    A measure is on it while it is open, and also once finished where it is to go on after funding. A row of the
    register's table ``tasks`` whose task is the id of a measure says who goes on with it; else the measure's own
    successor counts, with its planned end and the money planned from the year of the day on.

    Parameters
    ----------
    record
        The area on a day.
    tasks
        The tasks that have to be there whether or not the register names them.

    Returns
    -------
    pd.DataFrame
        One row a task, then one a measure: ``kind`` (``task``, ``measure``), ``id``, ``title``, ``status`` (of a
        measure), ``successor`` (id) and ``successor_name``, ``budget_ct`` (cents), ``from_date``; ``flagged``:
        anything of the three is missing; ``missing``: what, with ``; `` between; ``note``.

    Examples
    --------
    >>> from datetime import date
    >>> plan = exit_plan(AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> len(plan), plan["flagged"].all().item(), plan["missing"].iloc[0]
    (10, True, 'successor; budget; date')
    """
    rows = record.tables["tasks"]
    measures = record.tables["measures"]
    given = {str(row["task"]): row for row in rows.to_dict("records") if isinstance(row["task"], str)}
    own = [str(task) for task in measures["measure"]]
    wanted = [*dict.fromkeys([*tasks, *(task for task in given if task not in own)])]
    found = [_row(record, "task", task, given.get(task, {})) for task in wanted]
    for measure in measures[_goes_on(measures)].to_dict("records"):
        row = given.get(str(measure["measure"])) or _of_measure(record, measure)
        found.append({**_row(record, "measure", str(measure["measure"]), row),
                      "title": _text(measure["title"]), "status": _text(measure["status"])})  # fmt: skip
    plan = pd.DataFrame(found, columns=COLUMNS)
    plan["from_date"] = pd.to_datetime(plan["from_date"]).astype("datetime64[s]")
    return plan.astype({"budget_ct": "Int64", "flagged": bool})


def _goes_on(measures: pd.DataFrame) -> pd.Series:
    still = measures["status"].isin(OPEN_STATUSES)
    lasting = measures["status"].isin(["completed", "handed_over"]) & measures["after_funding"].isin(FOLLOWED)
    return still | lasting


def _of_measure(record: AreaRecord, measure: Mapping[Any, Any]) -> dict[Any, Any]:
    costs = record.tables["costs"]
    ahead = costs[costs["measure"].eq(measure["measure"]) & (costs["year"] >= record.on.year).fillna(False)]
    day = measure["planned_end"] if pd.isna(measure["actual_end"]) else measure["actual_end"]
    return {"successor": measure["successor"], "budget_ct": ahead["planned_ct"].sum(min_count=1), "from_date": day,
            "note": ""}  # fmt: skip


def _row(record: AreaRecord, kind: str, key: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    successor = _text(row.get("successor"))
    budget, day = row.get("budget_ct"), row.get("from_date")
    lacking = {
        "successor": not successor,
        "budget": budget is None or pd.isna(budget),
        "date": day is None or pd.isna(day),
    }
    missing = [name for name, lacks in lacking.items() if lacks]
    return {
        "programme_area": record.area, "kind": kind, "id": key, "title": "", "status": "", "successor": successor,
        "successor_name": record.organisations.get(successor, successor), "budget_ct": budget,
        "from_date": None if lacking["date"] else day, "flagged": bool(missing), "missing": "; ".join(missing),
        "note": _text(row.get("note")),
    }  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
