"""The targeting report in words: what its columns mean, and its rows as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from qmgis.i18n import number, percent, say
from qmgis.model import PROGRAMME_STATES, Column, Lang, Outcome, Text, words

__all__ = ["TargetRow", "targeting_columns", "targeting_rows"]

_COUNTS = ("areas", "residents", "unknown", "living")


@dataclass(frozen=True)
class TargetRow:
    """One class of a targeting report: its words, and for each state and their sum areas and residents in words."""

    label: str
    areas: tuple[str, ...]
    living: tuple[str, ...]


def targeting_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return what each column of ``outcome.targeting`` holds.

    Examples
    --------
    >>> [column.key for column in targeting_columns(toy_outcome())][:3]
    ['by', 'class', 'programme']
    """
    bys = {by: words(f"views.targeting_by_{by}") for by in ("attention", "status", "class")}
    states: dict[str, Text] = {state: words(f"words.programme_{state}") for state in PROGRAMME_STATES}
    rest = [
        Column(key, words(f"views.targeting_{key}"), "count" if key in _COUNTS else "share",
               digits=0 if key in _COUNTS else 1, note=words(f"views.targeting_{key}_note"))
        for key in ("areas", "area_share", "residents", "resident_share", "unknown", "living", "living_share")
    ]  # fmt: skip
    return (
        Column("by", words("views.targeting_by"), "code", codes=bys),
        Column("class", words("views.targeting_class"), "code", codes=_classes(outcome)),
        Column("programme", words("words.programmes"), "code", codes=states),
        *rest,
    )


def targeting_rows(outcome: Outcome, lang: Lang) -> list[TargetRow]:
    """Return the report as rows of a table; empty without programme areas.

    Examples
    --------
    >>> targeting_rows(toy_outcome(), "de")
    []
    """
    table = outcome.targeting
    if table is None:
        return []
    known = _classes(outcome)
    rows, last = [], table["by"].iloc[-1]
    pieces = [*table.groupby(["by", "class"], sort=False)]
    pieces.sort(key=lambda piece: piece[0] != ("attention", "yes"))  # first what the report is about
    for (by, name), cells in pieces:
        if not cells["areas"].sum() or (name in ("all", "left_out") and by != last):
            continue
        label = known.get(str(name), Text(str(name), str(name))).to(lang)
        if name not in ("yes", "no", "all", "left_out"):
            label = f"{say(f'views.targeting_by_{by}', lang)}: {label}"
        rows.append(TargetRow(label, _cells(cells, "areas", "area_share", lang),
                              _cells(cells, "living", "living_share", lang)))  # fmt: skip
    return rows


def _cells(rows: pd.DataFrame, count: str, share: str, lang: Lang) -> tuple[str, ...]:
    """Return a number with its share for each state, and the sum."""
    each = zip(rows[count], rows[share], strict=True)
    total = number(rows[count].sum(min_count=1), lang)
    return (*(f"{number(one, lang)} ({percent(part, lang, digits=0)})" for one, part in each), total)


def _classes(outcome: Outcome) -> Mapping[str, Text]:
    """Return the classes in words: of attention, of status or class, left out, and the sum."""
    described = {column.key: column.codes for column in outcome.columns}
    return {
        **described.get("class", {}),
        **described.get("status_class", {}),
        "yes": words("words.attention"),
        "no": words("views.targeting_no"),
        "left_out": words("views.targeting_left_out"),
        "all": words("views.targeting_all"),
    }
