"""Cells on their way into a file: free of characters that break it, and never a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np
import pandas as pd
import pyarrow as pa

from qmgis.i18n import number, say
from qmgis.model import STATES, Column, Lang, Outcome

__all__ = [
    "arrow_column",
    "clean",
    "code_of",
    "column_csv",
    "csv_text",
    "guarded",
    "is_empty",
    "machine_cell",
    "machine_cells",
    "people_cell",
    "people_title",
    "people_values",
    "table_cells",
    "unit_of",
]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_WHOLE = ("count", "order")
_TEXTS = ("text", "code")
_EXACT = 2**53


def clean(value: object) -> str:
    """Return a text that XML, SQL and C programs can hold: NUL and other control characters become U+FFFD.

    Examples
    --------
    >>> clean("a" + chr(0) + "b")
    'a\ufffdb'
    """
    return _NOT_XML.sub("\ufffd", str(value))


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> guarded("=1+1"), guarded("Allende II")
    ("'=1+1", 'Allende II')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(rows: Iterable[Iterable[str]], *, delimiter: str, newline: str) -> str:
    """Return rows as CSV; unlike the standard library's it quotes every kind of line break.

    Examples
    --------
    >>> csv_text([["a", "b,c"]], delimiter=",", newline=";")
    'a,"b,c";'
    """
    special = re.compile(f'[{re.escape(delimiter)}"\r\n]')

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if special.search(text) else text

    return "".join(delimiter.join(map(cell, row)) + newline for row in rows)


def column_csv(columns: Sequence[Column], rows: Iterable[Iterable[str]], *, lang: Lang | None = None) -> bytes:
    r"""Return cells under the titles of their columns as a file: for machines, or for people of a language.

    For machines keys, comma and a plain line end; for people titles, in German semicolons, and a mark for spreadsheets.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> column = Column("x", Text("Anteil", "Share"), "share")
    >>> column_csv([column], [["0.5"]]), column_csv([column], [["50,0"]], lang="de").decode("utf-8-sig")
    (b'x\n0.5\n', 'Anteil (%)\r\n50,0\r\n')
    """
    if lang is None:
        return csv_text([[one.key for one in columns], *rows], delimiter=",", newline="\n").encode()
    heads, delimiter = [people_title(one, lang) for one in columns], ";" if lang == "de" else ","
    return csv_text([heads, *rows], delimiter=delimiter, newline="\r\n").encode("utf-8-sig")


def table_cells(frame: pd.DataFrame, columns: Sequence[Column], lang: Lang | None = None) -> Iterable[tuple[str, ...]]:
    """Return the rows of a table as texts, made column by column; for machines unless a language is given.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> list(table_cells(pd.DataFrame({"x": [0.5, 0.25]}), [Column("x", Text("", ""), "share")]))
    [('0.5',), ('0.25',)]
    """
    made = [
        machine_cells(frame[one.key], one)
        if lang is None
        else [people_cell(value, one, lang) for value in frame[one.key].tolist()]
        for one in columns
    ]
    return zip(*made, strict=True)


def is_empty(value: object) -> bool:
    """Whether a cell has no value; empty text is a value."""
    kind = type(value)
    if kind is float or kind is str:
        return value != value
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def code_of(value: object) -> str:
    """Return a code as text, whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def machine_cell(value: object, column: Column) -> str:
    """Return a cell of ``areas.csv``: numbers so that they read back exactly, nothing where the value is missing."""
    if is_empty(value):
        return ""
    if column.kind == "bool":
        return "true" if value else "false"
    if column.kind == "code":
        code = code_of(value)
        return code if code in column.codes else guarded(clean(code))
    if column.kind == "text":
        return guarded(clean(value))
    amount = float(value)  # type: ignore[arg-type]
    if not np.isfinite(amount):
        return ""
    return str(int(amount)) if column.kind in _WHOLE and amount.is_integer() else repr(amount)


def machine_cells(values: pd.Series, column: Column) -> list[str]:
    """Return a column of cells, each as `machine_cell` gives it; words and flags that recur are made once.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> machine_cells(pd.Series([0.5, float("nan"), 2.0]), Column("x", Text("", ""), "share"))
    ['0.5', '', '2.0']
    """
    if column.kind in (*_TEXTS, "bool"):
        number_of, known = pd.factorize(values)
        texts = [*(machine_cell(one, column) for one in known), ""]
        return [texts[number] for number in number_of]
    if column.kind not in _WHOLE and pd.api.types.is_float_dtype(values.dtype):
        return [repr(one) if isfinite(one) else "" for one in values.to_numpy(dtype=float).tolist()]
    return [machine_cell(one, column) for one in values]


def people_cell(value: object, column: Column, lang: Lang) -> str:
    """Return a cell for people without thousands marks and units, so that a spreadsheet still counts with it."""
    if is_empty(value):
        return ""
    if column.kind == "bool":
        return say("words.yes" if value else "words.no", lang)
    if column.kind == "code":
        code = code_of(value)
        word = column.codes.get(code)
        return guarded(clean(word.to(lang) if word else code))
    if column.kind == "text":
        return guarded(clean(value))
    amount, digits = float(value), column.digits  # type: ignore[arg-type]
    if not np.isfinite(amount):
        return ""
    if column.kind in ("share", "points"):
        return _ungrouped(100 * amount, lang, min(digits, 2))
    if column.kind in _WHOLE:
        return _ungrouped(amount, lang, 0 if amount.is_integer() else 1)
    return _ungrouped(amount, lang, 0 if column.kind == "metres" else digits)


def states_in_words(outcome: Outcome, lang: Lang) -> list[str | None]:
    """Return the column ``states`` as a sentence for people: ``Kinderarmut: geheim; Kita: zu wenige Fälle``."""
    titles = {column.key.removeprefix("value_"): column.title for column in outcome.columns}
    titles |= {key: theme.title for key, theme in outcome.themes.items()}

    def sentence(cell: object) -> str | None:
        if is_empty(cell):
            return None
        pairs = (pair.partition("=") for pair in str(cell).split())
        said = (f"{titles[key].to(lang) if key in titles else key}: {_state(state, lang)}" for key, _, state in pairs)
        return "; ".join(said)

    return [sentence(cell) for cell in outcome.table["states"].tolist()]


def _state(state: str, lang: Lang) -> str:
    return say(f"words.state_{state}", lang) if state in STATES else state


def people_values(outcome: Outcome, column: Column, lang: Lang) -> list[object]:
    """Return a column's values, the reasons of empty cells in words."""
    if column.key == "states":
        return list(states_in_words(outcome, lang))
    return list(outcome.table[column.key].tolist())


def _ungrouped(amount: float, lang: Lang, digits: int) -> str:
    return number(amount, lang, digits=digits).replace("." if lang == "de" else ",", "")


def people_title(column: Column, lang: Lang) -> str:
    """Return a column's title with its unit.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> people_title(Column("x", Text("Kinderarmut", "Child poverty"), "share"), "de")
    'Kinderarmut (%)'
    """
    unit = unit_of(column, lang)
    return clean(f"{column.title.to(lang)} ({unit})" if unit else column.title.to(lang))


def unit_of(column: Column, lang: Lang) -> str:
    """Return the unit that people see: percent for shares, percentage points for their differences."""
    if column.kind in ("share", "points"):
        return say(f"exports.unit_{column.kind}", lang)
    return column.unit.to(lang) or ("m" if column.kind == "metres" else "")


def arrow_column(values: Sequence[object] | pd.Series, kind: str) -> pa.Array:
    """Return a column as typed values with true nulls; counts are whole numbers where all of them are."""
    cells = [None if is_empty(value) else value for value in values]
    if kind in _TEXTS:
        return pa.array([None if cell is None else clean(code_of(cell)) for cell in cells], pa.string())
    if kind == "bool":
        return pa.array([None if cell is None else bool(cell) for cell in cells], pa.bool_())
    numbers = pd.to_numeric(pd.Series(cells, dtype=object)).to_numpy(dtype=float, na_value=np.nan)
    missing = ~np.isfinite(numbers)
    safe = np.where(missing, 0.0, numbers)
    if kind in _WHOLE and bool((safe == np.floor(safe)).all()) and bool((np.abs(safe) < _EXACT).all()):
        return pa.array(safe.astype(np.int64), pa.int64(), mask=missing)
    return pa.array(safe, pa.float64(), mask=missing)
