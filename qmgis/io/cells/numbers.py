"""Cells as publishers print them, into numbers with a state; and into ids."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from qmgis.errors import DataError
from qmgis.io.cells import marks
from qmgis.io.cells.ids import IGNORED, TO_BLANK, as_ids, place_of, shown, with_more
from qmgis.model import Problem, Text

Sign = Literal["missing", "secret", "too_small", "not_applicable", "zero"]

SIGNS: Mapping[str, Sign] = {
    "-": "missing", "–": "missing", "—": "missing", "−": "missing", "...": "missing", "…": "missing",
    ".": "secret", "•": "secret", "·": "secret",
    "/": "too_small",
    "x": "not_applicable", "X": "not_applicable",
}  # fmt: skip
MISSING = (-9999.0,)

_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_PRINTED = re.compile(r"(?P<sign>[-+−–]?) *(?P<body>[0-9.,][0-9.,' ]*?(?:(?<=[0-9.,])[eE][-+]?[0-9]{1,3})?)")
_UNIT = re.compile(r" *(?:%|€|EUR)$")
_NOTE = re.compile(r" *(?:[¹²³⁴⁵⁶⁷⁸⁹⁰]+\)?|\*+\)?|\(\*+\))$")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}.*|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}"
    r"|\d{1,2}\.? ?(?:jan|feb|m[aä]?r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.? ?\d{0,4}",
    re.IGNORECASE,
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
        The marks of this column, ``"."`` or ``","`` (thousands also ``" "``, ``"'"`` or ``""``: none); None finds
        them out of the whole column, and a column that can be read in two ways is an error until the layer file says
        which.
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
    marks.check(decimal, thousands)
    sentinels = {*MISSING, *map(float, missing)}
    plain = _plain_numbers(cells, sentinels)
    if plain is not None:
        return plain
    codes, distinct = _distinct(cells)
    seen = [_cell(cell, known) for cell in distinct]
    shapes = {cell.body: marks.shape(cell.body) for cell in seen if cell.body}
    plan = marks.plan(shapes, decimal=decimal, thousands=thousands)
    read = [_value(cell, shapes.get(cell.body), plan, sentinels) for cell in seen]
    values = np.array([value for value, _, _ in read], dtype=float)[codes]
    states = np.array([state for _, state, _ in read], dtype=object)[codes]
    column = str(cells.name) if cells.name is not None else ""
    faults = _faults(cells.index, codes, seen, [fault for _, _, fault in read])
    problems = [*marks.problems(plan, column), *_cell_problems(faults, column, plan), *_unit_problems(seen, column)]
    return Parsed(
        pd.Series(values, index=cells.index, name=cells.name, dtype=float),
        pd.Series(states, index=cells.index, name=cells.name, dtype=object),
        tuple(problems),
    )


class _Cell(NamedTuple):
    """A cell taken apart: a ready number, a state, or sign and body of a printed number."""

    text: str
    number: float | None = None
    state: str = ""
    sign: str = ""
    body: str = ""
    fault: str = ""
    note: bool = False
    unit: str = ""


def _plain_numbers(cells: pd.Series[Any], sentinels: set[float]) -> Parsed | None:
    """Return a column that holds finite numbers only, or None if it holds anything else."""
    if pd.api.types.infer_dtype(cells, skipna=True) not in ("floating", "integer", "mixed-integer-float"):
        return None
    values = cells.astype(float)
    if np.isinf(values).any():
        return None
    values = values.mask(values.isin(list(sentinels)))
    states = pd.Series(np.where(values.isna(), "missing", "ok"), index=cells.index, name=cells.name, dtype=object)
    return Parsed(values, states, ())


def _distinct(cells: pd.Series[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct cells, and which of them each cell is; truth values become text, lest True equals 1."""
    plain = np.empty(len(cells), dtype=object)
    plain[:] = [str(cell) if isinstance(cell, bool | np.bool_) else cell for cell in cells.tolist()]
    codes, distinct = pd.factorize(plain, use_na_sentinel=False)
    return codes, np.asarray(distinct, dtype=object)


def _cell(cell: object, signs: Mapping[str, str]) -> _Cell:
    """Return what one cell says, before the marks of the column are known."""
    if isinstance(cell, str):
        return _text_cell(cell, signs)
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return _Cell("", state="missing")
    if isinstance(cell, int | float | np.integer | np.floating):
        number = float(cell)
        if math.isnan(number):
            return _Cell("", state="missing")
        return _Cell(str(cell), number=number) if math.isfinite(number) else _Cell(str(cell), fault="infinite")
    return _Cell(str(cell), fault="date" if hasattr(cell, "year") else "text")


def _text_cell(cell: str, signs: Mapping[str, str]) -> _Cell:
    """Return a text taken apart: a sign, a printed number, or its fault."""
    if _PLAIN.fullmatch(cell):
        return _Cell(cell, sign="-", body=cell[1:]) if cell[0] == "-" else _Cell(cell, body=cell)
    text = cell.translate(TO_BLANK).translate(IGNORED).strip()
    if not text:
        return _Cell("", state="missing")
    if text in signs:
        return _Cell(text, state=signs[text])
    noted = _NOTE.sub("", text)
    unit = _UNIT.search(noted)
    core = noted[: unit.start()] if unit else noted
    found = _PRINTED.fullmatch(core.replace("’", "'"))
    if found is None or not any(char.isdigit() for char in found["body"]):
        return _Cell(text, fault="date" if _DATE.fullmatch(text) else "text")
    body = found["body"].rstrip()
    if _DATE.fullmatch(core) and marks.shape(body).broken:
        return _Cell(text, fault="date")
    sign = "-" if found["sign"] in ("-", "−", "–") else ""
    return _Cell(text, sign=sign, body=body, note=noted != text, unit=unit.group().strip() if unit else "")


def _value(
    cell: _Cell, shape: marks.Shape | None, plan: marks.Plan, sentinels: Container[float]
) -> tuple[float, str, str]:
    """Return value, state and fault of one cell."""
    if cell.fault:
        return math.nan, "missing", cell.fault
    if cell.state:
        return (0.0, "ok", "") if cell.state == "zero" else (math.nan, cell.state, "")
    number = cell.number if shape is None else marks.number(cell.body, shape, plan)
    if number is None:
        unclear = plan.unclear == "either" and shape is not None and shape.either
        return math.nan, "missing", "" if unclear else "marks"
    number = -number if cell.sign else number
    if number in sentinels:
        return math.nan, "missing", ""
    return (number, "ok", "") if math.isfinite(number) else (math.nan, "missing", "infinite")


def _faults(
    index: pd.Index[Any], codes: np.ndarray, seen: Sequence[_Cell], found: Sequence[str]
) -> dict[str, list[tuple[object, str]]]:
    """Return rows and texts by kind of fault."""
    faults: dict[str, list[tuple[object, str]]] = {}
    kinds = {place: fault or "note" for place, fault in enumerate(found) if fault or seen[place].note}
    for row in np.flatnonzero(np.isin(codes, list(kinds))).tolist() if kinds else ():
        code = int(codes[row])
        faults.setdefault(kinds[code], []).append((index[row], seen[code].text))
    return faults


_FAULTS: Mapping[str, tuple[str, str, Text]] = {
    "text": (
        '"{value}" ist keine Zahl',
        '"{value}" is not a number',
        Text(
            de='Den Wert berichtigen oder das Zeichen erklären, etwa signs = {"k. A." = "missing"}.',
            en='Correct the value or explain the sign, such as signs = {"n/a" = "missing"}.',
        ),
    ),
    "date": (
        '"{value}" ist ein Datum, keine Zahl',
        '"{value}" is a date, not a number',
        Text(
            de="Die Tabellenkalkulation hat eine Zahl als Datum gelesen, oder die Spalte ist die falsche.",
            en="A spreadsheet has read a number as a date, or this is the wrong column.",
        ),
    ),
    "infinite": (
        "{value} ist keine endliche Zahl",
        "{value} is not a finite number",
        Text(de="Den Wert berichtigen.", en="Correct the value."),
    ),
    "marks": (
        '"{value}" passt nicht zum Dezimalzeichen "{decimal}" der Spalte',
        '"{value}" does not fit the decimal mark "{decimal}" of the column',
        Text(
            de="decimal und thousands in der Ebenendatei prüfen oder den Wert berichtigen.",
            en="Check decimal and thousands in the layer file, or correct the value.",
        ),
    ),
    "note": (
        'Fußnotenzeichen wurden übergangen: "{value}"',
        'footnote marks were passed over: "{value}"',
        Text(de="", en=""),
    ),
}


def _cell_problems(faults: Mapping[str, Sequence[tuple[object, str]]], column: str, plan: marks.Plan) -> list[Problem]:
    """Return one problem for every kind of fault, with the first row and how many more."""
    problems = []
    for fault, places in faults.items():
        de, en, remedy = _FAULTS[fault]
        values = {"value": shown(places[0][1]), "decimal": plan.decimal or "?"}
        what = with_more(Text(de=de.format(**values), en=en.format(**values)), places)
        level: Literal["error", "note"] = "note" if fault == "note" else "error"
        problems.append(Problem(level, what, row=place_of(places[0]), column=column, remedy=remedy))
    return problems


def _unit_problems(seen: Sequence[_Cell], column: str) -> list[Problem]:
    """Return a warning where some numbers of a column carry a percent sign and others do not."""
    with_unit = [cell.text for cell in seen if cell.unit == "%"]
    without = [cell.text for cell in seen if cell.unit != "%" and (cell.body or cell.number) and cell.text != "0"]
    if not with_unit or not without:
        return []
    what = Text(
        de=f'nur manche Werte haben ein Prozentzeichen ("{with_unit[0]}", "{without[0]}"); gelesen wurde nur die Zahl.',
        en=f'only some values have a percent sign ("{with_unit[0]}", "{without[0]}"); the number before it was read.',
    )
    return [Problem("warning", what, column=column)]


def _checked_signs(own: Mapping[str, str]) -> dict[str, str]:
    """Return all signs, those of the layer file first."""
    for sign, state in own.items():
        if state not in get_args(Sign):
            raise DataError(
                f'The sign "{sign}" cannot mean "{state}"; it is one of {", ".join(get_args(Sign))}.',
                de=f'Das Zeichen "{sign}" kann nicht "{state}" bedeuten, sondern: {", ".join(get_args(Sign))}.',
            )
    return {**SIGNS, **{sign.strip(): state for sign, state in own.items()}}
