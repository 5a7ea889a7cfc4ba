"""What can be said of the effect of a programme, as files: a row an area and indicator, and everything as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import pandas as pd

from qmgis.core.effect.did import Estimate
from qmgis.effect import SEED, Answer
from qmgis.errors import QmgisError
from qmgis.io.written.cells import column_csv, machine_cell, people_cell
from qmgis.model import City, Column, ColumnKind, Lang, Text, words
from qmgis.runs.programme.effect import answers_of, can_compare

__all__ = ["EFFECT", "EFFECTS", "answer_content", "effect_columns", "effect_csv", "effect_files", "effects_json"]

EFFECT, EFFECTS = "effect.csv", "effects.json"
CHANGED = ("area", "comparison", "extreme", "city")
SHARES = ("value", "se", "low", "high", "detectable")


def effect_columns() -> tuple[Column, ...]:
    """Return what the columns of ``effect.csv`` are.

    Examples
    --------
    >>> [column.key for column in effect_columns()][:6]
    ['scope', 'name', 'key', 'title', 'placebo_outcome', 'kind']
    """
    kinds: dict[str, Text] = {kind: words(f"effect.kind_{kind}") for kind in ("design", "descriptive", "none")}
    inference: dict[str, Text] = {one: words(f"effect.by_{one}") for one in ("cluster", "wild", "few")}
    counts = ("start", "treated", "programmes", "people", "others")
    orders: dict[str, ColumnKind] = {"start": "order"}
    return (
        *(Column(key, words(f"effect.file_{key}"), "text") for key in ("scope", "name", "key", "title")),
        Column("placebo_outcome", words("effect.placebo"), "bool"),
        Column("kind", words("effect.file_kind"), "code", codes=kinds),
        Column("failed", words("effect.file_failed"), "text"),
        *(Column(key, words(f"effect.file_{key}"), orders.get(key, "count")) for key in counts),
        *(Column(f"{of}_{what}", _changed(of, what), "number", digits=4)
          for of in CHANGED for what in ("before", "change")),
        *(Column(key, words(f"effect.file_{key}"), "number", digits=4) for key in SHARES),
        Column("inference", words("effect.file_inference"), "code", codes=inference),
        *(Column(key, words(f"effect.file_{key}"), "number", digits=4) for key in ("p", "unusual", "pretrend_p")),
        *(Column(f"placebo_{key}", words(f"effect.file_placebo_{key}"), "number", digits=4)
          for key in ("value", "low", "high")),
        Column("stands", words("effect.file_stands"), "bool"),
        Column("differs", words("effect.file_differs"), "bool"),
    )  # fmt: skip


def effect_csv(found: Iterable[Answer], *, lang: Lang | None = None) -> bytes:
    """Return a row an area and indicator, shares 0-1 with a point; for people where a language is given.

    Examples
    --------
    >>> effect_csv([]).decode().split(",")[:3]
    ['scope', 'name', 'key']
    """
    columns = effect_columns()
    rows = [[_cell(value, column, lang) for value, column in zip(_row(one, lang), columns, strict=True)]
            for one in found]  # fmt: skip
    return column_csv(columns, rows, lang=lang)


def effects_json(found: Sequence[Answer]) -> bytes:
    """Return everything that was found as JSON; equal for equal data."""
    content = {"seed": SEED, "answers": [answer_content(one) for one in found]}
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def answer_content(answer: Answer) -> dict[str, Any]:
    """Return one answer as plain values; what is not known is null."""
    return {
        "scope": answer.scope,
        "name": _both(answer.name),
        "key": answer.key,
        "title": _both(answer.title),
        "placebo_outcome": answer.placebo,
        "kind": answer.kind,
        "checks": [{"key": one.key, "passed": one.passed, **_both(one.text)} for one in answer.checks],
        **{key: getattr(answer, key) for key in ("start", "treated", "programmes", "people", "others")},
        "changes": _table(answer.changes),
        "lines": _table(answer.lines),
        "members": _table(answer.members),
        "estimate": _estimate(answer.estimate),
        "unusual": answer.unusual,
        "events": _table(answer.events),
        "groups": _table(answer.groups),
        "pretrend": None if answer.pretrend is None else _plain(asdict(answer.pretrend)),
        "placebo_date": _estimate(answer.placebo_date),
        "rings": _table(answer.rings),
        "residents": _estimate(answer.moved),
        "synthetic": _plain(answer.synthetic) or None,
        "stands": answer.stands,
        "differs": answer.differs,
        "sentences": [_both(one) for one in answer.sentences],
    }


def effect_files(city: City) -> dict[str, bytes]:
    """Return the files of a run about the effect of the programme; nothing where there is nothing to compare.

    Examples
    --------
    >>> effect_files(toy_city())
    {}
    """
    if not can_compare(city):
        return {}
    try:
        return dict(_files(city))
    except QmgisError:
        return {}  # the command line says why


@lru_cache(maxsize=2)
def _files(city: City) -> dict[str, bytes]:
    """Return them, made once for all runs."""
    found = answers_of(city)
    return {EFFECT: effect_csv(found), EFFECTS: effects_json(found)}


def _row(answer: Answer, lang: Lang | None) -> list[object]:
    changes, found, placebo = answer.changes, answer.estimate, answer.placebo_date
    changed = [changes.loc[of, what] if len(changes) else None for of in CHANGED for what in ("before", "change")]
    failed = [words(f"effect.name_{key}").to(lang) if lang else key for key in answer.failed]
    return [
        answer.scope, answer.name.to(lang or "en"), answer.key, answer.title.to(lang or "en"), answer.placebo,
        answer.kind, ", ".join(failed), answer.start, answer.treated, answer.programmes, answer.people, answer.others,
        *changed,
        *(None if found is None else getattr(found, key) for key in SHARES),
        None if found is None else found.inference, None if found is None else found.p, answer.unusual,
        None if answer.pretrend is None else answer.pretrend.p,
        *(None if placebo is None else getattr(placebo, key) for key in ("value", "low", "high")),
        answer.stands, answer.differs,
    ]  # fmt: skip


def _changed(of: str, what: str) -> Text:
    return words("effect.file_changed", of=words(f"effect.of_{of}"), what=words(f"effect.{what}"))


def _cell(value: object, column: Column, lang: Lang | None) -> str:
    if isinstance(value, float) and abs(value) == float("inf"):
        return "inf" if value > 0 else "-inf"
    return machine_cell(value, column) if lang is None else people_cell(value, column, lang)


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else _plain({**asdict(found), "detectable": found.detectable})


def _table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    if frame.empty:
        return []
    named = frame.reset_index() if frame.index.name else frame
    return [_plain(row) for row in named.to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Return plain values, rounded so that no machine writes another last digit; null where there is no number."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, bool | str) or value is None:
            found[str(key)] = value
        elif float(value) != float(value) or abs(float(value)) == float("inf"):
            found[str(key)] = None
        else:
            found[str(key)] = (
                int(value) if float(value).is_integer() and not isinstance(value, float) else round(float(value), 8)
            )
    return found
