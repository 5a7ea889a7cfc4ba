"""Cells as publishers print them, into numbers with a state, and into ids."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from qmgis.errors import DataError
from qmgis.model import Problem, Text

Sign = Literal["missing", "secret", "too_small", "not_applicable", "zero"]

SIGNS: Mapping[str, Sign] = {
    "-": "missing", "–": "missing", "—": "missing", "−": "missing", "...": "missing", "…": "missing",
    ".": "secret", "•": "secret", "·": "secret",
    "/": "too_small",
    "x": "not_applicable", "X": "not_applicable",
}  # fmt: skip
MISSING = (-9999.0,)
EXAMPLES = 5

_BLANKS = "\u0020\u0009\u000a\u000d\u00a0\u2007\u2009\u200a\u202f\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u3000"
_IGNORED = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060\u00ad"), None)
_BLANK = str.maketrans(dict.fromkeys(_BLANKS, " "))
_BODY = re.compile(r"(?P<sign>[-+−–]?) *(?P<body>[0-9.,'’ ]*[0-9][.,]?(?:[eE][-+]?[0-9]{1,3})?)")
_TAIL = re.compile(r" *(?:%|€|EUR)$| *(?:[¹²³⁴⁵⁶⁷⁸⁹⁰]+\)?|\*+\)?|\(\*+\))$")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.? ?[A-Za-zä]{3,9}\.? ?\d{0,4}"
)

__all__ = ["MISSING", "SIGNS", "Parsed", "Sign", "as_ids", "parse"]


@dataclass(frozen=True, eq=False)
class Parsed:
    """A column as numbers: ``values`` (float), ``states`` (one of ``STATES`` a cell), and what was wrong.

    A state is ``ok`` exactly where ``values`` has a number; both have the index of the cells.
    """

    values: pd.Series[float]
    states: pd.Series[str]
    problems: tuple[Problem, ...]


def parse(
    cells: pd.Series[Any],
    *,
    decimal: str | None = None,
    thousands: str | None = None,
    signs: Mapping[str, str] | None = None,
    missing: Sequence[float] = (),
) -> Parsed:
    """Return the numbers and states of a column; what cannot be told for certain is a problem, never a guess.

    Parameters
    ----------
    cells
        Text, numbers or None, with the row of the file as index.
    decimal, thousands
        The marks of this column, ``"."`` or ``","`` (thousands also ``" "`` or ``"'"``); None finds them out of the
        whole column, and a column that can be read in two ways is an error until the layer file says which.
    signs
        What a sign of this publisher means, such as ``{"-": "zero"}``, beside and before `SIGNS`.
    missing
        Numbers that mean missing, beside `MISSING`.

    Raises
    ------
    DataError
        If ``decimal``, ``thousands`` or ``signs`` are not among the known ones.

    Examples
    --------
    >>> found = parse(pd.Series(["1.234,5", "-", ".", "12"], dtype=object))
    >>> found.values.tolist(), found.states.tolist()
    ([1234.5, nan, nan, 12.0], ['ok', 'missing', 'secret', 'ok'])
    >>> parse(pd.Series(["1.234", "2.345"], dtype=object)).problems[0].level
    'error'
    """
    known = _checked_signs(signs or {})
    _check_marks(decimal, thousands)
    sentinels = {*MISSING, *map(float, missing)}
    seen = [_cell(cell, known) for cell in cells.array]
    tokens = {cell.body: _shape(cell.body) for cell in seen if cell.body}
    plan = _plan(tokens, decimal=decimal, thousands=thousands)
    values = np.full(len(seen), np.nan)
    states = np.full(len(seen), "missing", dtype=object)
    faults: dict[str, list[tuple[object, str]]] = {}
    for place, (row, cell) in enumerate(zip(cells.index, seen, strict=True)):
        value, state, fault = _value(cell, plan, sentinels)
        values[place], states[place] = value, state
        if fault:
            faults.setdefault(fault, []).append((row, cell.text))
        if cell.note:
            faults.setdefault("note", []).append((row, cell.text))
    column = str(cells.name) if cells.name is not None else ""
    problems = [*_convention_problems(plan, column), *_cell_problems(faults, column, plan)]
    return Parsed(
        pd.Series(values, index=cells.index, name=cells.name, dtype=float),
        pd.Series(states, index=cells.index, name=cells.name, dtype=object),
        tuple(problems),
    )


@dataclass(frozen=True)
class _Cell:
    """A cell taken apart: a ready number, a state, or sign and body of a printed number."""

    text: str
    number: float | None = None
    state: Sign | None = None
    sign: str = ""
    body: str = ""
    fault: str = ""
    note: bool = False


@dataclass(frozen=True)
class _Plan:
    """How the column's marks are read, and what speaks against it."""

    decimal: str | None
    thousands: frozenset[str]
    unclear: str = ""
    examples: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


def _cell(cell: object, signs: Mapping[str, str]) -> _Cell:
    """Return what one cell says, before the marks of the column are known."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return _Cell("", state="missing")
    if isinstance(cell, bool | np.bool_):
        return _Cell(str(cell), fault="text")
    if isinstance(cell, int | float | np.integer | np.floating):
        number = float(cell)
        if math.isnan(number):
            return _Cell("", state="missing")
        return _Cell(str(cell), number=number) if math.isfinite(number) else _Cell(str(cell), fault="infinite")
    if not isinstance(cell, str):
        return _Cell(str(cell), fault="date" if hasattr(cell, "year") else "text")
    text = cell.translate(_BLANK).translate(_IGNORED).strip()
    if not text:
        return _Cell("", state="missing")
    if text in signs:
        return _Cell(text, state=signs[text])  # type: ignore[arg-type]
    return _printed(text)


def _printed(text: str) -> _Cell:
    """Return a printed number taken apart, or its fault."""
    tail = _TAIL.search(text)
    core = text[: tail.start()].strip() if tail else text
    marked = bool(tail) and not tail.group().strip().startswith(("%", "€", "EUR"))  # type: ignore[union-attr]
    found = _BODY.fullmatch(core)
    if not found or (found["body"][0] in " '’"):
        return _Cell(text, fault="date" if _DATE.fullmatch(text) else "text")
    if _DATE.fullmatch(core) and core.count(".") == 2 and not _grouped(core, "."):
        return _Cell(text, fault="date")
    sign = "-" if found["sign"] in ("-", "−", "–") else ""
    return _Cell(text, sign=sign, body=found["body"].replace("’", "'"), note=marked)


def _grouped(body: str, mark: str) -> bool:
    """Tell whether a mark stands at every third digit, as between thousands."""
    head, *groups = body.split(mark)
    return 1 <= len(head) <= 3 and head != "0" and bool(groups) and all(len(part) == 3 for part in groups)


@dataclass(frozen=True)
class _Shape:
    """Which readings of a printed number are possible: the marks that must, or can, be decimal or thousands."""

    decimal: str = ""  # certainly the decimal mark
    thousands: str = ""  # certainly marks of thousands
    either: str = ""  # one mark with three digits behind it
    bare: bool = False  # four digits and more without any mark
    broken: bool = False


def _shape(body: str) -> _Shape:
    """Return how the marks of one printed number can be read."""
    digits = re.sub(r"[eE][-+]?\d+$", "", body)
    marks = [char for char in digits if char in ".,"]
    whole = re.split(r"[.,]", digits)[0]
    spaced = next((mark for mark in " '" if mark in digits), "")
    if spaced:
        last = max(digits.rfind("."), digits.rfind(","))
        head = digits if last < 0 else digits[:last]
        if (
            len(marks) > 1
            or not _grouped(head, spaced)
            or (last >= 0 and any(mark in digits[last + 1 :] for mark in " '"))
        ):
            return _Shape(broken=True)
        return _Shape(decimal=marks[0] if marks else "", thousands=spaced)
    if not marks:
        return _Shape(bare=len(whole) >= 4 and not whole.startswith("0"))
    if len(set(marks)) == 2:
        first, last_mark = marks[0], marks[-1]
        head = digits[: digits.rfind(last_mark)]
        good = marks.count(last_mark) == 1 and _grouped(head, first)
        return _Shape(decimal=last_mark, thousands=first) if good else _Shape(broken=True)
    mark = marks[0]
    if len(marks) > 1:
        return _Shape(thousands=mark) if _grouped(digits, mark) else _Shape(broken=True)
    if _grouped(digits, mark) and digits == body:
        return _Shape(either=mark)
    return _Shape(decimal=mark)


def _plan(tokens: Mapping[str, _Shape], *, decimal: str | None, thousands: str | None) -> _Plan:
    """Decide the marks for the whole column."""
    sure: dict[str, list[str]] = {".": [], ",": []}
    either: dict[str, list[str]] = {".": [], ",": []}
    for body, shape in tokens.items():
        if shape.decimal:
            sure[shape.decimal].append(body)
        elif shape.thousands in ("", ".", ",") and shape.thousands:
            sure["," if shape.thousands == "." else "."].append(body)
        if shape.either:
            either[shape.either].append(body)
    both = any(shape.decimal and shape.thousands for shape in tokens.values())
    bare = [body for body, shape in tokens.items() if shape.bare]
    if decimal or thousands in (".", ","):
        mark = decimal or ("," if thousands == "." else ".")
        groups = (
            {" ", "'"} | ({thousands} if thousands else {"," if mark == "." else "."}) if thousands != "" else set()
        )
        return _Plan(mark, frozenset(groups - {mark}))
    return _found_plan(sure, either, both=both, bare=bare)


def _found_plan(
    sure: Mapping[str, list[str]], either: Mapping[str, list[str]], *, both: bool, bare: Sequence[str]
) -> _Plan:
    """Decide the marks from the column alone."""
    blanks = frozenset(" '")
    if sure["."] and sure[","]:
        mark = "." if len(sure["."]) >= len(sure[","]) else ","
        other = "," if mark == "." else "."
        return _Plan(mark, blanks, "two marks", (sure[mark][0], sure[other][0]))
    mark = "." if sure["."] else "," if sure[","] else ""
    if mark:
        other = "," if mark == "." else "."
        unsure = () if both else tuple(either[other][:EXAMPLES])
        return _Plan(mark, blanks | {other}, mixed=unsure)
    if either["."] or either[","]:
        shown = (either["."] + either[","])[:3] + list(bare[:1])
        return _Plan(None, blanks, "either", tuple(shown))
    return _Plan(".", blanks)


def _value(cell: _Cell, plan: _Plan, sentinels: Iterable[float]) -> tuple[float, str, str]:
    """Return value, state and fault of one cell."""
    if cell.fault:
        return math.nan, "missing", cell.fault
    if cell.state == "zero":
        return 0.0, "ok", ""
    if cell.state:
        return math.nan, cell.state, ""
    number = cell.number if cell.number is not None else _number(cell.body, plan)
    if number is None:
        unclear = plan.unclear == "either" and _shape(cell.body).either
        return math.nan, "missing", "" if unclear else "marks"
    number = -number if cell.sign else number
    if number in sentinels:
        return math.nan, "missing", ""
    return (number, "ok", "") if math.isfinite(number) else (math.nan, "missing", "infinite")


def _number(body: str, plan: _Plan) -> float | None:
    """Return a printed number under the marks of its column, or None if it cannot be one."""
    shape = _shape(body)
    if shape.broken or (plan.decimal is None and (shape.either or shape.decimal)):
        return None
    used = shape.thousands or (shape.either if shape.either != plan.decimal else "")
    if used and used not in plan.thousands:
        return None
    if shape.decimal and shape.decimal != plan.decimal:
        return None
    plain = body.replace(used, "") if used else body
    return float(plain.replace(plan.decimal or ".", ".", 1))


def _convention_problems(plan: _Plan, column: str) -> list[Problem]:
    """Return what is to say of the marks of the whole column."""
    shown = ", ".join(f'"{text}"' for text in plan.examples or plan.mixed)
    remedy = Text(
        de='In der Ebenendatei decimal = "," oder decimal = "." angeben.',
        en='Say decimal = "," or decimal = "." in the layer file.',
    )
    if plan.unclear == "either":
        what = Text(
            de=f"{shown} kann Tausender oder Nachkommastellen bedeuten, und die Spalte verrät es nicht.",
            en=f"{shown} can mean thousands or decimals, and the column does not tell.",
        )
        return [Problem("error", what, column=column, remedy=remedy)]
    if plan.unclear == "two marks":
        what = Text(
            de=f"die Spalte mischt Dezimalkomma und Dezimalpunkt ({shown}).",
            en=f"the column mixes decimal commas and decimal points ({shown}).",
        )
        return [Problem("error", what, column=column, remedy=remedy)]
    if plan.mixed:
        other = "." if plan.decimal == "," else ","
        what = Text(
            de=f'{shown} wurde mit "{other}" als Tausenderzeichen gelesen, weil "{plan.decimal}" in der Spalte die '
            f"Nachkommastellen trennt.",
            en=f'{shown} was read with "{other}" between thousands, since "{plan.decimal}" is the decimal mark of the '
            f"column.",
        )
        return [Problem("warning", what, column=column, remedy=remedy)]
    return []


def _cell_problems(faults: Mapping[str, list[tuple[object, str]]], column: str, plan: _Plan) -> list[Problem]:
    """Return one problem for every kind of fault, with the first row and examples."""
    problems = []
    for fault, places in faults.items():
        row, first = places[0]
        more = _more(places)
        level: Literal["error", "note"] = "note" if fault == "note" else "error"
        de, en = _FAULTS[fault]
        marks = {"value": _shown(first), "decimal": plan.decimal or "?"}
        what = Text(de=de.format(**marks) + more.de, en=en.format(**marks) + more.en)
        number = int(row) if isinstance(row, int | np.integer) else None
        problems.append(Problem(level, what, row=number, column=column, remedy=_REMEDIES.get(fault, Text("", ""))))
    return problems


_FAULTS = {
    "text": ('"{value}" ist keine Zahl', '"{value}" is not a number'),
    "date": ('"{value}" ist ein Datum, keine Zahl', '"{value}" is a date, not a number'),
    "infinite": ("{value} ist keine endliche Zahl", "{value} is not a finite number"),
    "marks": (
        '"{value}" passt nicht zum Dezimalzeichen "{decimal}" der Spalte',
        '"{value}" does not fit the decimal mark "{decimal}" of the column',
    ),
    "note": ('Fußnotenzeichen an "{value}" wurden übergangen', 'footnote marks at "{value}" were passed over'),
}
_REMEDIES = {
    "text": Text(
        de='Den Wert berichtigen oder das Zeichen erklären, etwa signs = {"k. A." = "missing"}.',
        en='Correct the value or explain the sign, such as signs = {"n/a" = "missing"}.',
    ),
    "date": Text(
        de="Die Tabellenkalkulation hat eine Zahl als Datum gelesen, oder die Spalte ist die falsche.",
        en="A spreadsheet has read a number as a date, or this is the wrong column.",
    ),
    "infinite": Text(de="Den Wert berichtigen.", en="Correct the value."),
    "marks": Text(
        de="decimal und thousands in der Ebenendatei prüfen oder den Wert berichtigen.",
        en="Check decimal and thousands in the layer file, or correct the value.",
    ),
}


def _shown(text: str) -> str:
    """Return a hostile or long value, short enough to print."""
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return clean if len(clean) <= 40 else clean[:39] + "…"


def _more(places: Sequence[tuple[object, str]]) -> Text:
    """Return how many more rows have the same fault, with examples."""
    if len(places) == 1:
        return Text(de=".", en=".")
    rows = ", ".join(str(row) for row, _ in places[1:EXAMPLES])
    rows += ", …" if len(places) > EXAMPLES else ""
    return Text(
        de=f", und in {len(places) - 1} weiteren (Zeilen {rows}).", en=f", and {len(places) - 1} more (rows {rows})."
    )


def _checked_signs(own: Mapping[str, str]) -> dict[str, str]:
    """Return all signs, those of the layer file first."""
    for sign, state in own.items():
        if state not in get_args(Sign):
            raise DataError(
                f'The sign "{sign}" cannot mean "{state}"; it is one of {", ".join(get_args(Sign))}.',
                de=f'Das Zeichen "{sign}" kann nicht "{state}" bedeuten, sondern: {", ".join(get_args(Sign))}.',
            )
    return {**SIGNS, **{sign.strip(): state for sign, state in own.items()}}


def _check_marks(decimal: str | None, thousands: str | None) -> None:
    """Raise if the marks are unknown or the same."""
    if (
        decimal in (None, ".", ",")
        and thousands in (None, "", ".", ",", " ", "'")
        and (decimal != thousands or not decimal)
    ):
        return
    raise DataError(
        f'decimal = "{decimal}" and thousands = "{thousands}" do not go together; decimal is "." or ",", thousands the '
        f"other one, a blank, ' or nothing.",
        de=f'decimal = "{decimal}" und thousands = "{thousands}" passen nicht zusammen; decimal ist "." oder ",", '
        f"thousands das andere, ein Leerzeichen, ' oder nichts.",
    )


def as_ids(cells: pd.Series[Any], *, width: int | None = None) -> tuple[pd.Series[str], tuple[Problem, ...]]:
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
    texts = [_id(cell) for cell in cells.array]
    if width:
        texts = [text.zfill(width) if text and text.isascii() and text.isdigit() else text for text in texts]
    ids = pd.Series(texts, index=cells.index, name=cells.name, dtype=object)
    places = list(zip(cells.index, cells.array, texts, strict=True))
    empty = [(row, "") for row, _, text in places if text is None]
    odd = [(row, str(cell)) for row, cell, text in places if text and _odd_id(cell)]
    problems = [*_id_problems(empty, "empty", column), *_id_problems(odd, "odd", column)]
    short = _short_ids(places)
    problems += _id_problems(short, "short", column)
    return ids, tuple(problems)


def _id(cell: object) -> str | None:
    """Return one id as text, or None."""
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float | np.floating) and math.isfinite(cell) and float(cell).is_integer():
        return str(int(cell))
    text = str(cell).translate(_BLANK).translate(_IGNORED).strip()
    found = re.fullmatch(r"(\d+)\.0+", text)
    return (found[1] if found else text) or None


def _odd_id(cell: object) -> bool:
    """Tell whether an id has lost digits: a fraction, an exponent, or more digits than a float holds."""
    if isinstance(cell, bool):
        return True
    if isinstance(cell, float | np.floating):
        return not float(cell).is_integer() or abs(cell) >= 2**53
    return isinstance(cell, str) and bool(re.fullmatch(r"\s*\d+([.,]\d+)?[eE]\+\d+\s*", cell))


def _short_ids(places: Sequence[tuple[object, Any, str | None]]) -> list[tuple[object, str]]:
    """Return ids of digits that are one digit shorter than the longest, where all are one of the two lengths."""
    digits = [(row, text) for row, _, text in places if text and text.isascii() and text.isdigit()]
    lengths = {len(text) for _, text in digits}
    if len(lengths) != 2 or max(lengths) - min(lengths) != 1 or max(lengths) < 4 or len(digits) < 0.9 * len(places):
        return []
    shorter = [(row, text) for row, text in digits if len(text) == min(lengths)]
    return [] if any(text.startswith("0") for _, text in shorter) else list(shorter)


def _id_problems(places: Sequence[tuple[object, str]], fault: str, column: str) -> list[Problem]:
    """Return the problem of one kind of id, or none."""
    if not places:
        return []
    row, first = places[0]
    more = _more(places)
    de, en, level, remedy = _ID_FAULTS[fault]
    what = Text(de=de.format(value=_shown(first)) + more.de, en=en.format(value=_shown(first)) + more.en)
    number = int(row) if isinstance(row, int | np.integer) else None
    return [Problem(level, what, row=number, column=column, remedy=remedy)]


_ID_FAULTS: Mapping[str, tuple[str, str, Literal["error", "warning"], Text]] = {
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
        '"{value}" hat eine Ziffer weniger als die anderen, vermutlich ging eine führende Null verloren',
        '"{value}" has one digit less than the others, a leading zero was probably lost',
        "warning",
        Text(
            de="Kennungen als Text speichern, oder mit Nullen auffüllen lassen.",
            en="Save the ids as text, or have them filled up with zeros.",
        ),
    ),
}
