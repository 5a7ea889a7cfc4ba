"""What people have said of the items of a checklist: the last word on each, all of them in order, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from qmgis.errors import DataError, did_you_mean
from qmgis.model import Text, words
from qmgis.model.checklist import LEVELS, Checklist
from qmgis.model.record import AreaRecord
from qmgis.model.text import day_text

__all__ = ["assessed", "assessment_faults", "history_of"]

COLUMNS = ["level", "evidence", "role", "date", "next_step", "said"]


def assessed(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return the last assessment of every item up to the day of the record.

    Only assessments by this version of the checklist count; those of another version stay in `history_of`.

    Returns
    -------
    pd.DataFrame
        Index ``item``, every item of the checklist in its order. ``level``: one of `LEVELS`, ``unknown`` where nobody
        has said; ``evidence``, ``role`` (of the author), ``next_step``: texts, empty where there is none; ``date``;
        ``said``: how many assessments there are.

    Raises
    ------
    DataError
        If assessments of the area by this checklist are not sound; the message lists every fault.

    Examples
    --------
    >>> from qmgis.io.rules.checklists import checklists
    >>> assessed(checklists()["standards"], AreaRecord("QM-01", "Ost", date(2024, 1, 1)))["level"].unique().tolist()
    ['unknown']
    """
    rows = history_of(checklist, record)
    faults = assessment_faults(rows, checklist)
    if faults:
        raise DataError("\n".join(one.en for one in faults), de="\n".join(one.de for one in faults))
    own = rows[rows["version"].map(str) == checklist.version]
    last = own.drop_duplicates("item", keep="last").set_index("item")
    found = last.reindex(pd.Index([one.key for one in checklist.items], name="item"))
    found["said"] = own["item"].value_counts().reindex(found.index).fillna(0).astype(int)
    found["level"] = found["level"].map(_level).astype(object).where(found["level"].notna(), "unknown")
    for name in ("evidence", "role", "next_step"):
        found[name] = found[name].map(_text).astype(object)
    return found[COLUMNS]


def history_of(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return every assessment of an area by a checklist up to a day, of whatever version, the oldest first.

    Examples
    --------
    >>> from qmgis.io.rules.checklists import checklists
    >>> len(history_of(checklists()["standards"], AreaRecord("QM-01", "Ost", date(2024, 1, 1))))
    0
    """
    rows = record.tables["assessments"]
    rows = rows[rows["catalogue"].astype(object).eq(checklist.key) & ~(rows["date"] > pd.Timestamp(record.on))]
    return rows.sort_values("date", kind="stable", na_position="first").reset_index(drop=True)


def assessment_faults(assessments: pd.DataFrame, checklist: Checklist, *, today: date | None = None) -> list[Text]:
    """Return what is wrong with assessments by a checklist, one sentence a fault: nothing where all is sound.

    An item that this version does not know, a level that is none, a day that is missing or lies after ``today``, and
    two versions of the checklist in the assessment of one area on one day.

    Examples
    --------
    >>> from qmgis.io.rules.checklists import checklists
    >>> row = {"area": "QM-01", "catalogue": "standards", "version": "2022", "item": "Q13", "date": "2024-05-01"}
    >>> rows = pd.DataFrame([{**row, "level": "2"}])
    >>> assessment_faults(rows, checklists()["standards"])[0].en
    'Assessment of QM-01 on 1 May 2024: the checklist standards 2022 has no item "Q13". Did you mean "Q12"?'
    """
    own = assessments[assessments["catalogue"].astype(object).eq(checklist.key)]
    own = own.assign(date=pd.to_datetime(own["date"]))
    return [*_row_faults(own, checklist, today), *_mixed(own, checklist)]


def _row_faults(rows: pd.DataFrame, checklist: Checklist, today: date | None) -> Iterator[Text]:
    known = [one.key for one in checklist.items]
    for row in rows.to_dict("records"):
        area, item, day = str(row["area"]), str(row["item"]), row["date"]
        if pd.isna(day):
            yield words("quality.fault_undated", area=area, item=item)
            continue
        where = words("quality.fault_where", area=area, day=day_text(day.date()))
        if today is not None and day.date() > today:
            yield words("quality.fault_future", where=where, item=item)
        if str(row["version"]) == checklist.version and item not in known:
            hint = Text(did_you_mean(item, known, lang="de"), did_you_mean(item, known))
            yield words("quality.fault_item", where=where, list=_named(checklist), item=item, hint=hint)
        if _level(row["level"]) not in LEVELS:
            levels = ", ".join(LEVELS)
            yield words("quality.fault_level", where=where, item=item, level=row["level"], levels=levels)


def _mixed(rows: pd.DataFrame, checklist: Checklist) -> Iterator[Text]:
    pairs: Any = rows.groupby(["area", "date"], sort=True)
    for (area, day), of_day in pairs:
        versions = sorted(set(of_day["version"].map(str)))
        if len(versions) > 1:
            where = words("quality.fault_where", area=area, day=day_text(day.date()))
            yield words("quality.fault_versions", where=where, list=checklist.key, versions=", ".join(versions))


def _named(checklist: Checklist) -> str:
    return f"{checklist.key} {checklist.version}"


def _level(value: object) -> str:
    """Return a level as the lists write it: 2.0 of a spreadsheet is 2, nothing is unknown."""
    if value is None or value is pd.NA or value != value:
        return "unknown"
    text = str(value).strip().lower()
    return {"n.a.": "na", "n/a": "na", "": "unknown"}.get(text, text.removesuffix(".0"))


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)
