"""Concepts of an area: the one that counts on a day, and what it has and lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from qmgis.lifecycle import later
from qmgis.model import Text, words
from qmgis.model.checklist import Checklist
from qmgis.model.record import AreaRecord, filled
from qmgis.model.text import day_text

__all__ = ["Concept", "concept_check", "current_concept"]

STUDIES = ("VU", "PPA")
COLUMNS = ["concept", "type", "adopted_on", "counts", "item", "text_de", "text_en", "state", "evidence_de",
           "evidence_en"]  # fmt: skip


@dataclass(frozen=True)
class Concept:
    """An adopted concept: until when it counts, whether it does on the day, and what its table says it has."""

    name: str
    type: str
    adopted_on: date
    until: date
    valid: bool
    body: str
    says: Mapping[str, bool | None]


def current_concept(record: AreaRecord, *, years: int) -> Concept | None:
    """Return the concept of an area adopted last before the day, studies aside; None where none is known.

    Where the register has none, the event of an adoption stands for it. One without an end counts ``years`` long.

    Examples
    --------
    >>> current_concept(AreaRecord("QM-01", "Ost", date(2024, 1, 1)), years=7) is None
    True
    """
    found = [one for one in _concepts(record, years=years) if one.type not in STUDIES]
    if found:
        return max(found, key=lambda one: one.adopted_on)
    adopted = record.event("concept_adopt", "concept_update")
    if adopted is None:
        return None
    until = later(adopted, years=years)
    return Concept("–", "", adopted, until, record.on < until, "", {})


def _concepts(record: AreaRecord, *, years: int) -> list[Concept]:
    rows = record.tables["concepts"]
    return [_concept(row, record.on, years=years) for row in rows.to_dict("records") if not pd.isna(row["adopted_on"])]


def _concept(row: Mapping[Any, Any], on: date, *, years: int) -> Concept:
    adopted = pd.Timestamp(row["adopted_on"]).date()
    begun, ended = row["valid_from"], row["valid_to"]
    until = later(adopted, years=years) if pd.isna(ended) else pd.Timestamp(ended).date()
    early = not pd.isna(begun) and pd.Timestamp(begun).date() > on
    body = row["body"]
    says = {key: _flag(row[key]) for key in row if str(key).startswith("has_")}
    return Concept(str(row["concept"]), str(row["type"]), adopted, until, on < until and not early,
                   body if isinstance(body, str) else "", says)  # fmt: skip


def _flag(value: object) -> bool | None:
    return None if value is None or value is pd.NA or value != value else bool(value)


def concept_check(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return for every concept of an area what it has and what it lacks.

    Parameters
    ----------
    checklist
        ``concept``: items are columns of the register's table, ``adopted`` and ``validity`` are computed.
    record
        The area on a day.

    Returns
    -------
    pd.DataFrame
        One row a concept and item, the newest concept first: ``concept``, ``type``, ``adopted_on``; ``counts``: whether
        it is the one that counts on the day; ``item``, ``text_de``, ``text_en``; ``state``: ``yes``, ``no`` or
        ``unknown`` (nothing recorded); ``evidence_de``, ``evidence_en``. Where no concept is recorded, one row an item,
        all ``unknown``.

    Examples
    --------
    >>> from qmgis.io.rules.checklists import checklists
    >>> found = concept_check(checklists()["concept"], AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> len(found), found["state"].unique().tolist()
    (8, ['unknown'])
    """
    years = int(checklist.limits["concept_years"])
    concepts = sorted(_concepts(record, years=years), key=lambda one: one.adopted_on, reverse=True)
    current = current_concept(record, years=years)
    rows: list[list[object]] = []
    for concept in (*concepts,) or (None,):
        head = ["", "", pd.NaT, False] if concept is None else [
            concept.name, concept.type, pd.Timestamp(concept.adopted_on), concept == current,
        ]  # fmt: skip
        for item in checklist.items:
            state, evidence = _state(item.key, concept)
            rows.append([*head, item.key, item.text.de, item.text.en, state, evidence.de, evidence.en])
    undated = record.tables["concepts"].loc[record.tables["concepts"]["adopted_on"].isna(), "concept"]
    for name in undated[filled(undated)]:
        said = words("quality.concept_undated")
        rows += [
            [name, "", pd.NaT, False, item.key, item.text.de, item.text.en, "no", said.de, said.en]
            for item in checklist.items
            if item.key == "adopted"
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _state(key: str, concept: Concept | None) -> tuple[str, Text]:
    if concept is None:
        return "unknown", words("quality.no_concept")
    if key == "adopted":
        said = words("quality.concept_adopted", day=day_text(concept.adopted_on), body=concept.body or "–")
        return ("yes" if concept.body else "no"), said
    if key == "validity":
        return ("yes" if concept.valid else "no"), words("quality.concept_until", until=day_text(concept.until))
    says = concept.says.get(key)
    return ("unknown" if says is None else "yes" if says else "no"), Text("", "")
