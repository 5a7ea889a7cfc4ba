"""Numbers over the years, and what changed, as files: one row a unit and year, for machines or for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

import pandas as pd

from qmgis.change import CAUSES, KINDS
from qmgis.errors import DataError, NotEnoughDataError, QmgisError
from qmgis.io.written.cells import column_csv, table_cells
from qmgis.model import RESIDENTS, City, Column, ColumnKind, Lang, State, Text, words
from qmgis.runs.secrecy.veiled import result_of
from qmgis.runs.years.changes import WhatChanged, what_changed
from qmgis.runs.years.editions import editions_on, runs_in_order
from qmgis.runs.years.numbers import OF, RESULTS, series, series_keys
from qmgis.series import Series

__all__ = [
    "CHANGES",
    "SERIES",
    "OverTime",
    "changes_columns",
    "changes_csv",
    "over_time",
    "series_columns",
    "series_csv",
    "series_of_all",
]

SERIES, CHANGES = "series.csv", "changes.csv"
NUMBERS = ("value", "count", "total", "low", "high", "error", "exact", "covered")


def series_columns() -> tuple[Column, ...]:
    """Return what the columns of ``series.csv`` are.

    Examples
    --------
    >>> [column.key for column in series_columns()][:6]
    ['of', 'unit', 'name', 'key', 'title', 'year']
    """
    of: dict[str, Text] = {one: words(f"series.of_{one}") for one in OF}
    states = {one: words(f"words.state_{one}") for one in get_args(State) if one != "ok"}
    kinds: dict[str, ColumnKind] = {"value": "number", "count": "count", "total": "count"}
    return (
        Column("of", words("series.file_of"), "code", codes=of),
        *(Column(key, words(f"series.file_{key}"), "text") for key in ("unit", "name", "key", "title")),
        Column("year", words("series.year"), "order"),
        *(Column(key, words(f"series.file_{key}"), kinds.get(key, "share"), digits=2) for key in NUMBERS),
        Column("label", words("series.file_label"), "text"),
        Column("official", words("series.file_official"), "bool"),
        Column("vintage", words("series.file_vintage"), "text"),
        Column("state", words("series.file_state"), "code", codes={"ok": words("series.file_ok"), **states}),
    )


def changes_columns() -> tuple[Column, ...]:
    """Return what the columns of ``changes.csv`` are.

    Examples
    --------
    >>> [column.key for column in changes_columns()][:5]
    ['area', 'name', 'since', 'kind', 'cause']
    """
    kinds: dict[str, Text] = {kind: words(f"change.kind_{kind}") for kind in KINDS}
    causes: dict[str, Text] = {cause: words(f"change.by_{cause}") for cause in CAUSES}
    parts = [
        Column(f"{what}_{part}", words(f"series.file_{what}_part", part=words(f"series.part_{part}")), "number")
        for what in ("attention", "class")
        for part in ("before", "after", *CAUSES)
    ]
    return (
        Column("area", words("words.area"), "text"),
        Column("name", words("words.name"), "text"),
        Column("since", words("series.file_since"), "text"),
        Column("kind", words("series.file_kind"), "code", codes=kinds),
        Column("cause", words("series.file_cause"), "code", codes=causes),
        *parts,
        Column("exact", words("series.file_exact"), "share"),
    )


def series_of_all(city: City, keys: Sequence[str], *, vintage: str | None = None) -> list[Series]:
    """Return the series of all kinds of units that a city has; those that cannot be are left out.

    Examples
    --------
    >>> [one.of for one in series_of_all(toy_city(), ["population"])]
    ['area', 'district', 'city']
    """
    found = []
    for key in keys:
        for of in OF:
            try:
                found.append(series(city, key, of=of, vintage=vintage))
            except (DataError, NotEnoughDataError):
                continue  # no such units, or no number of them
    return found


def series_csv(found: Iterable[Series], *, lang: Lang | None = None) -> bytes:
    """Return a row for each unit and year, with a point and shares of 0-1; for people where a language is given.

    Examples
    --------
    >>> series_csv(series_of_all(toy_city(), ["population"])).decode().splitlines()[0].split(",")[:4]
    ['of', 'unit', 'name', 'key']
    """
    columns = series_columns()
    rows = [row for one in found for row in _rows(one, columns, lang)]
    return column_csv(columns, rows, lang=lang)


def changes_csv(found: WhatChanged, names: pd.Series, *, lang: Lang | None = None) -> bytes:
    """Return a row for each area of the later run: kind and cause of its change, and what each cause adds."""
    columns = changes_columns()
    frame = found.changes.frame.assign(
        area=found.changes.frame.index, name=names.reindex(found.changes.frame.index), since=found.first,
        exact=found.exact.reindex(found.changes.frame.index),
    )  # fmt: skip
    frame[["kind", "cause"]] = frame[["kind", "cause"]].astype(object)
    return column_csv(columns, table_cells(frame, columns, lang), lang=lang)


@dataclass(frozen=True)
class OverTime:
    """The files about time that a run gets, by name, and why one of them is not there."""

    files: Mapping[str, bytes]
    warnings: tuple[Text, ...] = ()


def over_time(city: City, run: str) -> OverTime:
    """Return the files about time that a run gets: the series of what enters its method, and what changed before it.

    They are on the areas of the run. The earliest run of a city has no ``changes.csv``, nor has one where a method
    cannot be computed with the data of both editions; then a warning says which and why.

    Examples
    --------
    >>> found = over_time(toy_city(), "mss-2024")
    >>> sorted(found.files), found.warnings, sorted(over_time(toy_city(), "mss-2022").files)
    (['changes.csv', 'series.csv'], (), ['series.csv'])
    """
    declared, order = city.run(run), runs_in_order(city)
    entered = [str(key) for key in result_of(city, run).parameters["indicators"]]
    known = series_keys(city, declared.vintage)
    keys = tuple(key for key in (*RESULTS, *dict.fromkeys((RESIDENTS, *entered))) if key in known)
    files = {SERIES: _series_of(city, keys, declared.vintage)}
    at, left_out = order.index(run), editions_on(city, declared.vintage)[1]
    if not at:
        return OverTime(files, left_out)
    names = city.area_layers[declared.vintage].frame["name"].astype(str)
    try:
        changed = changes_csv(what_changed(city, order[at - 1], run), names)
    except QmgisError as error:
        reason = Text(error.say("de"), error.say("en"))
        no_changes = words("series.no_changes", file=CHANGES, first=order[at - 1], reason=reason)
        return OverTime(files, (*left_out, no_changes))
    return OverTime({**files, CHANGES: changed}, left_out)


@lru_cache(maxsize=4)
def _series_of(city: City, keys: tuple[str, ...], vintage: str) -> bytes:
    """Return the file of runs on the same areas with the same indicators, made once."""
    return series_csv(series_of_all(city, keys, vintage=vintage))


def _rows(one: Series, columns: Sequence[Column], lang: Lang | None) -> Iterable[tuple[str, ...]]:
    title = one.title.to(lang or "en")
    frame = one.frame.reset_index().assign(of=one.of, key=one.key, title=title)
    frame["name"] = frame["unit"].map(one.names)
    if lang is not None:
        frame["label"] = [None if pd.isna(code) else one.codes[code].to(lang) for code in frame["label"]]
    used = [
        replace(column, kind="share" if one.measure == "share" else "number") if column.key == "value" else column
        for column in columns
    ]
    return table_cells(frame, used, lang)
