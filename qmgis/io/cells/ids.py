"""Ids are text: what a spreadsheet made of them is undone where it can be, and named where it cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from qmgis.model import Problem, Text

EXAMPLES = 5
_BLANKS = " \t\n\r\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
TO_BLANK = str.maketrans(dict.fromkeys(_BLANKS, " "))
IGNORED = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060\u00ad"))
_WHOLE = re.compile(r"([0-9]+)\.0+")
_CONVERTED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+")

__all__ = ["IGNORED", "TO_BLANK", "as_ids", "place_of", "shown", "with_more"]


def as_ids(cells: pd.Series[Any], *, width: int | None = None) -> tuple[pd.Series[Any], tuple[Problem, ...]]:
    """Return ids as text, and what looks lost or odd about them.

    Parameters
    ----------
    cells
        Text, numbers or None, with the row of the file as index. Whole numbers lose their ".0"; text keeps its
        leading zeros and loses blanks around it.
    width
        Number of characters; shorter ids of digits alone are filled with zeros on the left.

    Returns
    -------
    tuple
        The ids (None where there is none) with the index of the cells, and the problems.

    Examples
    --------
    >>> as_ids(pd.Series([1011101.0, " 12304314 "], dtype=object), width=8)[0].tolist()
    ['01011101', '12304314']
    >>> as_ids(pd.Series(["1011101", "12304314"], dtype=object))[1][0].level
    'warning'
    """
    column = str(cells.name) if cells.name is not None else ""
    given = cells.tolist()
    texts = [_id(cell) for cell in given]
    if width:
        texts = [text.zfill(width) if text and text.isascii() and text.isdigit() else text for text in texts]
    rows = list(cells.index)
    found: dict[str, list[tuple[object, str]]] = {
        "empty": [(row, "") for row, text in zip(rows, texts, strict=True) if text is None],
        "odd": [(row, str(cell)) for row, cell in zip(rows, given, strict=True) if _odd(cell)],
        "short": _short(rows, texts),
    }
    problems = [problem for fault, places in found.items() for problem in _problems(places, fault, column)]
    return pd.Series(texts, index=cells.index, name=cells.name, dtype=object), tuple(problems)


def _id(cell: object) -> str | None:
    """Return one id as text, or None."""
    if isinstance(cell, str):
        if cell.isalnum():
            return cell
        text = cell.translate(TO_BLANK).translate(IGNORED).strip()
        found = _WHOLE.fullmatch(text)
        return (found[1] if found else text) or None
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, float | np.floating):
        if math.isnan(cell):
            return None
        return str(int(cell)) if math.isfinite(cell) and float(cell).is_integer() else str(cell)
    return str(cell)


def _odd(cell: Any) -> bool:
    """Tell whether an id has lost digits: a fraction, an exponent, or more digits than a float holds."""
    if isinstance(cell, str):
        return not cell.isalnum() and bool(_CONVERTED.fullmatch(cell.strip()))
    if isinstance(cell, float | np.floating):
        return not math.isnan(cell) and (not float(cell).is_integer() or abs(float(cell)) >= 2**53)
    return isinstance(cell, bool | np.bool_)


def _short(rows: Sequence[object], texts: Sequence[str | None]) -> list[tuple[object, str]]:
    """Return ids of digits that are one digit shorter than the longest, where all are one of the two lengths."""
    digits = [(row, text) for row, text in zip(rows, texts, strict=True) if text and text.isascii() and text.isdigit()]
    lengths = {len(text) for _, text in digits}
    if len(lengths) != 2 or max(lengths) - min(lengths) != 1 or max(lengths) < 4 or len(digits) < 0.9 * len(texts):
        return []
    shorter = [(row, text) for row, text in digits if len(text) == min(lengths)]
    return [] if any(text[0] == "0" for _, text in shorter) else shorter


_FAULTS: Mapping[str, tuple[str, str, Literal["error", "warning"], Text]] = {
    "empty": (
        "die Kennung fehlt",
        "the id is missing",
        "warning",
        Text(de="Die Kennung eintragen oder die Zeile entfernen.", en="Enter the id or remove the row."),
    ),
    "odd": (
        '"{value}" ist keine Kennung, sondern eine umgewandelte Zahl',
        '"{value}" is no id but a converted number',
        "error",
        Text(
            de="Die Spalte in der Tabellenkalkulation als Text formatieren und neu speichern.",
            en="Format the column as text in the spreadsheet and save it again.",
        ),
    ),
    "short": (
        '"{value}" hat eine Ziffer weniger als andere, vermutlich ging eine führende Null verloren',
        '"{value}" has one digit less than others, a leading zero was probably lost',
        "warning",
        Text(
            de="Die Kennungen als Text speichern oder mit Nullen auffüllen.",
            en="Save the ids as text, or fill them up with zeros.",
        ),
    ),
}


def _problems(places: Sequence[tuple[object, str]], fault: str, column: str) -> list[Problem]:
    """Return the problem of one kind of id, or none."""
    if not places:
        return []
    de, en, level, remedy = _FAULTS[fault]
    value = shown(places[0][1])
    what = with_more(Text(de=de.format(value=value), en=en.format(value=value)), places)
    return [Problem(level, what, row=place_of(places[0]), column=column, remedy=remedy)]


def shown(text: str) -> str:
    """Return a hostile or long value, short and printable.

    Examples
    --------
    >>> shown("a" * 50)[-3:], shown("a" + chr(27) + "b")
    ('aa…', 'a?b')
    """
    clean = "".join(char if char.isprintable() else "?" for char in text[:41])
    return clean if len(clean) <= 40 else clean[:39] + "…"


def place_of(place: tuple[object, str]) -> int | None:
    """Return the row of a place as a number, or None."""
    return int(place[0]) if isinstance(place[0], int | np.integer) else None


def with_more(text: Text, places: Sequence[tuple[object, str]]) -> Text:
    """Return a sentence, ended by how many more rows have the same fault, with their numbers (at most four)."""
    if len(places) == 1:
        return Text(de=text.de + ".", en=text.en + ".")
    rows = ", ".join(str(row) for row, _ in places[1:EXAMPLES]) + (", …" if len(places) > EXAMPLES else "")
    more = len(places) - 1
    lines, others = ("Zeile", "row") if more == 1 else ("Zeilen", "rows")
    return Text(
        de=f"{text.de}, und {more} weitere ({lines} {rows}).", en=f"{text.en}, and {more} more ({others} {rows})."
    )
