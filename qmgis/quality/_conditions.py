"""Standards and framework conditions of an area: every item, what data and people say of it, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qmgis.lifecycle import assessed
from qmgis.model import Text
from qmgis.model.checklist import CheckItem, Checklist
from qmgis.model.record import AreaRecord
from qmgis.quality._answers import Answer, lower
from qmgis.quality._checks import CHECKS
from qmgis.quality._hints import HINTS

__all__ = ["COLUMNS", "answered", "conditions", "standards"]

COLUMNS = ["programme_area", "on", "catalogue", "version", "item", "text_de", "text_en", "way", "level", "basis",
           "computed", "evidence_de", "evidence_en", "judged", "judged_evidence", "role", "date", "next_step", "said",
           "differs"]  # fmt: skip
NONE = Answer("unknown", Text("", ""))


def conditions(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return the framework conditions of an area on a day, computed where the data allow it.

    Parameters
    ----------
    checklist
        ``conditions``; items without a computation are judged.
    record
        The area on a day.

    Returns
    -------
    pd.DataFrame
        One row an item of the checklist, all of them, in its order: ``programme_area``, ``on``, ``catalogue``,
        ``version``, ``item``, ``text_de``, ``text_en``, ``way``. ``level``: ``0`` not, ``1`` begun, ``2`` largely,
        ``3`` fulfilled, ``na``, ``unknown``; ``basis``: ``data``, ``judged``, ``both`` or empty. ``computed`` with
        ``evidence_de``, ``evidence_en``; ``judged`` with ``judged_evidence``, ``role``, ``date``, ``next_step``,
        ``said`` (how many assessments); ``differs``: both are known and not the same. There is no number for the whole.

    Raises
    ------
    DataError
        If the area's assessments are not sound.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.io.rules.checklists import checklists
    >>> found = conditions(checklists()["conditions"], AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> len(found), found["level"].value_counts().to_dict()
    (18, {'unknown': 17, '0': 1})
    """
    said = assessed(checklist, record)
    computed = {
        key: check(record, checklist.limits) for key, check in CHECKS.items() if key in said.index
    }  # fmt: skip
    return _table(checklist, record, computed, said)


def standards(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return the quality standards of an area on a day: self-assessment, beside what the data can say about each.

    Columns as of `conditions`; ``computed`` is always ``unknown``, since data give hints here and no level.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.io.rules.checklists import checklists
    >>> found = standards(checklists()["standards"], AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> found["item"].tolist()[:2], set(found["level"])
    (['Q01', 'Q02'], {'unknown'})
    """
    said = assessed(checklist, record)
    hints = {key: Answer("unknown", hint(record)) for key, hint in HINTS.items() if key in said.index}
    return _table(checklist, record, hints, said)


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many items of a checklist stand at each level, those that nobody knows about with them.

    Examples
    --------
    >>> answered(pd.DataFrame({"level": ["3", "unknown", "3"]})).to_dict("records")[-1]
    {'level': 'unknown', 'items': 1, 'of': 3}
    """
    order = ["3", "2", "1", "0", "na", "unknown"]
    counts = table["level"].value_counts().reindex(order).fillna(0).astype(int)
    return pd.DataFrame({"level": order, "items": counts.to_numpy(), "of": len(table)})


def _table(
    checklist: Checklist, record: AreaRecord, computed: Mapping[str, Answer], said: pd.DataFrame
) -> pd.DataFrame:
    rows = [_row(item, computed.get(item.key, NONE), said.loc[item.key]) for item in checklist.items]
    found = pd.DataFrame(rows).assign(
        programme_area=record.area, on=pd.Timestamp(record.on), catalogue=checklist.key, version=checklist.version
    )
    found["date"] = pd.to_datetime(found["date"]).astype("datetime64[s]")
    return found[COLUMNS]


def _row(item: CheckItem, computed: Answer, said: Any) -> dict[str, object]:
    judged = str(said["level"])
    known = [name for name, level in (("data", computed.level), ("judged", judged)) if level != "unknown"]
    if item.way == "both":
        level, basis = lower(computed.level, judged), "both" if len(known) == 2 else "".join(known)
    elif item.way == "auto" and computed.level != "unknown":
        level, basis = computed.level, "data"
    else:
        level, basis = judged, "judged" if judged != "unknown" else ""
    return {
        "item": item.key, "text_de": item.text.de, "text_en": item.text.en, "way": item.way, "level": level,
        "basis": basis, "computed": computed.level, "evidence_de": computed.evidence.de,
        "evidence_en": computed.evidence.en, "judged": judged, "judged_evidence": said["evidence"],
        "role": said["role"], "date": said["date"], "next_step": said["next_step"], "said": int(said["said"]),
        "differs": len(known) == 2 and computed.level != judged,
    }  # fmt: skip
