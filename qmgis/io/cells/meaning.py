"""What the words of a column mean: texts, days, words of a closed list; and those that mean nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd

from qmgis.io.cells.ids import with_more
from qmgis.io.cells.reading import plain, row_of, shown
from qmgis.io.declared.schema import close
from qmgis.model import LANGS, Problem, Text, words

__all__ = ["day_of", "days", "lowered", "meant", "texts", "unknown_words"]

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ][\d:.+Z-]*)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def texts(frame: pd.DataFrame, column: Any) -> pd.Series[Any]:
    """Return a column as texts, empty where there is nothing or no such column.

    Examples
    --------
    >>> texts(pd.DataFrame({"a": [1.0, None]}), "a").tolist()
    ['1', '']
    """
    if column is None:
        return pd.Series("", index=frame.index, dtype=object)
    cells: pd.Series[Any] = frame[column].map(plain).astype(object)
    return cells


def meant(cells: pd.Series[Any], read: Callable[[str], Any]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return what texts mean, None where they are empty or mean nothing, and those that mean nothing.

    Examples
    --------
    >>> found, lost = meant(pd.Series(["1", "", "x"]), int)
    >>> found.tolist(), lost.tolist()
    ([1, None, None], ['x'])
    """
    known: dict[Any, Any] = {}
    for row, word in cells.items():
        try:
            known[row] = read(str(word)) if word else None
        except (KeyError, ValueError):
            continue
    given = pd.Series([known.get(row) for row in cells.index], index=cells.index, dtype=object)
    return given, cells[[row not in known for row in cells.index]]


def lowered(codes: Mapping[str, str]) -> dict[str, str]:
    """Return own words for codes, in small letters.

    Examples
    --------
    >>> lowered({" Vorbereitung": "waiting"})
    {'vorbereitung': 'waiting'}
    """
    return {word.strip().lower(): code for word, code in codes.items()}


def day_of(word: str, *, last: bool = False) -> date:
    """Return a day; a year alone is its first day, or its last.

    Raises
    ------
    ValueError
        If the text is none.

    Examples
    --------
    >>> day_of("31.01.2018"), day_of("2018", last=True)
    (datetime.date(2018, 1, 31), datetime.date(2018, 12, 31))
    """
    if re.fullmatch(r"\d{4}", word):
        found = (int(word), 12, 31) if last else (int(word), 1, 1)
    elif german := _GERMAN_DAY.fullmatch(word):
        found = (int(german[3]), int(german[2]), int(german[1]))
    elif other := _DAY.fullmatch(word):
        found = (int(other[1]), int(other[2]), int(other[3]))
    else:
        raise ValueError(word)
    if found[0] < 1900:
        raise ValueError(word)
    return date(*found)


def days(given: pd.Series[Any]) -> pd.Series[Any]:
    """Return days as a column of dates, missing where there is none."""
    return pd.Series(pd.to_datetime(given.astype(object)), index=given.index).astype("datetime64[s]")


def unknown_words(
    faults: pd.Series[Any], known: Mapping[str, str], codes: Collection[str | Text], *, key: str, file: str, column: str
) -> list[Problem]:
    """Return one problem for each unknown word, with the rows that have it.

    ``key`` names the sentence, ``key_fix`` its remedy, which lists the ``codes``.
    """
    found = []
    listed = Text(*(", ".join(one if isinstance(one, str) else one.to(lang) for one in codes) for lang in LANGS))
    for word, same in faults.groupby(faults):
        places = [(row, "") for row in same.index]
        what, hint = with_more(words(key, value=shown(word)), places), close(str(word), known)
        advice = words(f"{key}_fix", known=listed, value=shown(word))
        remedy = Text(f"{hint.de} {advice.de}".strip(), f"{hint.en} {advice.en}".strip())
        found.append(Problem("error", what, file=file, row=row_of(same.index[0]), column=column, remedy=remedy))
    return found
