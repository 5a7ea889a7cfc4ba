"""Cells of a register: what a text or number means for its column, or why it means nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from qmgis.io.cells.meaning import day_of
from qmgis.io.cells.reading import plain
from qmgis.model.register import CodeList, RegisterColumn, codes_in

__all__ = ["CellError", "cents", "code_words", "number", "text_of", "value_of"]

_UNIT = re.compile(r"\s*(?:€|EUR|Euro)\s*$|^\s*(?:€|EUR)\s*|,[-–]{1,2}\s*(?:€|EUR)?\s*$", re.IGNORECASE)
_BLANKS = re.compile(r"(?<=\d)[\s'\u00a0\u202f\u2009](?=\d{3}(?:\D|$))")
_GERMAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")
_UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SIMPLE = re.compile(r"\d+(?:[.,]\d+)?")
_FLAGS = {**dict.fromkeys(("ja", "j", "yes", "y", "true", "wahr", "1", "x"), True),
          **dict.fromkeys(("nein", "n", "no", "false", "falsch", "0"), False)}  # fmt: skip


class CellError(ValueError):
    """A cell that means nothing in its column; its text is the key of the sentence."""


def number(cell: Any, *, decimal: str | None = None) -> Decimal:
    """Return the exact number of a cell by the German or the English rule; what fits both is refused.

    Raises
    ------
    CellError
        ``unclear_number`` where it can be read in two ways and ``decimal`` says nothing, else ``bad_number``.

    Examples
    --------
    >>> number("1.700,00"), number("1,700.00"), number("1700.5"), number(3.0)
    (Decimal('1700.00'), Decimal('1700.00'), Decimal('1700.5'), Decimal('3'))
    """
    if isinstance(cell, bool):
        raise CellError("bad_number")
    if isinstance(cell, int | float | np.number):
        if not np.isfinite(cell):
            raise CellError("bad_number")
        return Decimal(int(cell)) if float(cell).is_integer() else Decimal(repr(float(cell)))
    text = _BLANKS.sub("", str(cell).strip().replace("−", "-"))
    sign, body = ("-", text[1:].strip()) if text.startswith("-") else ("", text.removeprefix("+"))
    if _UNCLEAR.fullmatch(body):
        if decimal is None:
            raise CellError("unclear_number")
        body = body.replace(",", ".") if decimal in body else body.replace(".", "").replace(",", "")
    elif _GERMAN.fullmatch(body):
        body = body.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(body):
        body = body.replace(",", "")
    elif not body.isascii() or not _SIMPLE.fullmatch(body):
        raise CellError("bad_number")
    return Decimal(sign + body.replace(",", "."))


def cents(cell: Any, *, decimal: str | None = None) -> int:
    """Return an amount in whole cents.

    Raises
    ------
    CellError
        ``bad_amount``, ``unclear_amount``, ``negative_amount``, ``split_cent`` or ``huge_amount``.

    Examples
    --------
    >>> cents("1.700,00 €"), cents(0.1), cents("78976,98")
    (170000, 10, 7897698)
    """
    try:
        amount = number(_UNIT.sub("", cell) if isinstance(cell, str) else cell, decimal=decimal)
    except CellError as error:
        raise CellError(str(error).replace("number", "amount")) from error
    if amount < 0:
        raise CellError("negative_amount")
    whole = amount * 100
    close = whole.to_integral_value()
    if abs(whole - close) > (Decimal("1e-4") if isinstance(cell, float) else 0):
        raise CellError("split_cent")
    if close > 10**15:
        raise CellError("huge_amount")
    return int(close)


def _share(cell: Any) -> float:
    text = str(cell).strip()
    percent = isinstance(cell, str) and text.endswith("%")
    try:
        found = number(text[:-1].strip() if percent else cell, decimal=",")
    except CellError as error:
        raise CellError("bad_share") from error
    found = found / 100 if percent else found
    if not 0 <= found <= 1:
        raise CellError("bad_share")
    return float(found)


def _whole(cell: Any, column: RegisterColumn) -> int:
    try:
        found = number(cell)
    except CellError as error:
        raise CellError("bad_whole") from error
    if found != found.to_integral_value():
        raise CellError("bad_whole")
    if not column.low <= found <= column.high:
        raise CellError("out_of_range")
    return int(found)


def _day(cell: Any, column: RegisterColumn) -> pd.Timestamp:
    try:
        return pd.Timestamp(day_of(plain(cell), last=column.last))
    except ValueError as error:
        raise CellError("bad_day") from error


def _flag(cell: Any) -> bool:
    word = plain(cell).lower()
    if word not in _FLAGS:
        raise CellError("bad_flag")
    return _FLAGS[word]


def value_of(cell: Any, column: RegisterColumn, *, decimal: str | None = None) -> Any:
    """Return what a cell of a column means, apart from codes.

    Raises
    ------
    CellError
        If it means nothing.
    """
    if column.kind == "money":
        return cents(cell, decimal=decimal)
    if column.kind == "number":
        return float(number(cell, decimal=decimal))
    if column.kind == "share":
        return _share(cell)
    if column.kind == "whole":
        return _whole(cell, column)
    if column.kind == "day":
        return _day(cell, column)
    if column.kind == "flag":
        return _flag(cell)
    if column.kind == "refs":
        return tuple(codes_in(plain(cell)))
    if column.kind == "areas":
        return ", ".join(codes_in(plain(cell))) or text_of(cell)
    return text_of(cell)


def text_of(cell: Any) -> str:
    """Return a cell as text with line ends of one kind, blanks around it left out.

    Examples
    --------
    >>> text_of(5.0), text_of(chr(13).join("ab")).splitlines()
    ('5', ['a', 'b'])
    """
    return plain(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def code_words(codes: CodeList) -> Mapping[str, str]:
    """Return every word that stands for a code, in small letters: the code, its titles, and what else it is called.

    Examples
    --------
    >>> from qmgis.io.rules.catalogues import code_lists
    >>> code_words(code_lists()["statuses"])["laufend"]
    'running'
    """
    return {
        " ".join(word.split()).lower(): one.code
        for one in codes.codes.values()
        for word in (*one.also, one.title.en, one.title.de, one.code)
    }
