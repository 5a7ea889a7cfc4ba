"""Decimal and thousands marks of printed numbers: found out for a whole column, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from qmgis.errors import DataError
from qmgis.model import Problem, Text

EXAMPLES = 3
_EXPONENT = re.compile(r"[eE][-+]?[0-9]+$")
_BLANKS = frozenset(" '")
_REMEDY = Text(
    de='In der Ebenendatei decimal = "," oder decimal = "." angeben.',
    en='Say decimal = "," or decimal = "." in the layer file.',
)

__all__ = ["Plan", "Shape", "check", "number", "plan", "problems", "shape"]


class Shape(NamedTuple):
    """How the marks of one printed number can be read."""

    decimal: str = ""  # certainly the decimal mark
    thousands: str = ""  # certainly between thousands
    either: str = ""  # one mark with three digits behind it: thousands or decimals
    bare: bool = False  # four digits or more without a mark
    broken: bool = False  # no reading fits


class Plan(NamedTuple):
    """How the marks of a column are read, and what speaks against it."""

    decimal: str | None
    thousands: frozenset[str]
    unclear: str = ""  # "either" or "two marks"
    examples: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


def check(decimal: str | None, thousands: str | None) -> None:
    """Raise `DataError` if the marks of a layer file are unknown or the same."""
    known = decimal in (None, ".", ",") and thousands in (None, "", ".", ",", " ", "'")
    if known and (decimal is None or decimal != thousands):
        return
    raise DataError(
        f'decimal = "{decimal}" and thousands = "{thousands}" do not go together; decimal is "." or ",", thousands the '
        f"other one, a blank, ' or nothing.",
        de=f'decimal = "{decimal}" und thousands = "{thousands}" passen nicht zusammen; decimal ist "." oder ",", '
        f"thousands das andere, ein Leerzeichen, ' oder nichts.",
    )


def shape(body: str) -> Shape:
    """Return how the marks of a printed number, without its sign, can be read.

    Examples
    --------
    >>> shape("1.234,5").decimal, shape("1.234").either, shape("0.707").decimal
    (',', '.', '.')
    """
    if body.isdigit():
        return Shape(bare=len(body) >= 4 and body[0] != "0")
    digits = _EXPONENT.sub("", body)
    marks = [char for char in digits if char in ".,"]
    spaced = next((mark for mark in " '" if mark in digits), "")
    if spaced:
        return _spaced(digits, marks, spaced)
    if not marks:
        return Shape()
    if len(set(marks)) == 2:
        head = digits[: digits.rfind(marks[-1])]
        good = marks.count(marks[-1]) == 1 and _grouped(head, marks[0])
        return Shape(decimal=marks[-1], thousands=marks[0]) if good else Shape(broken=True)
    if len(marks) > 1:
        return Shape(thousands=marks[0]) if _grouped(digits, marks[0]) else Shape(broken=True)
    if _grouped(digits, marks[0]) and digits == body:
        return Shape(either=marks[0])
    return Shape(decimal=marks[0])


def _spaced(digits: str, marks: Sequence[str], blank: str) -> Shape:
    """Return how a number with blanks (or ') between its thousands can be read."""
    last = max(digits.rfind("."), digits.rfind(","))
    head, tail = (digits, "") if last < 0 else (digits[:last], digits[last + 1 :])
    if len(marks) > 1 or not _grouped(head, blank) or any(mark in tail for mark in " '"):
        return Shape(broken=True)
    return Shape(decimal=marks[0] if marks else "", thousands=blank)


def _grouped(body: str, mark: str) -> bool:
    """Tell whether a mark stands at every third digit, as between thousands."""
    head, *groups = body.split(mark)
    return head.isdigit() and len(head) <= 3 and head[0] != "0" and all(len(part) == 3 for part in groups)


def plan(shapes: Mapping[str, Shape], *, decimal: str | None, thousands: str | None) -> Plan:
    """Return how a column is read, from its printed numbers and from what the layer file says."""
    sure: dict[str, list[str]] = {".": [], ",": []}
    either: dict[str, list[str]] = {".": [], ",": []}
    bare: list[str] = []
    both = False
    for body, found in shapes.items():
        if found.decimal:
            sure[found.decimal].append(body)
            both = both or bool(found.thousands)
        elif found.thousands in (".", ","):
            sure["," if found.thousands == "." else "."].append(body)
        elif found.either:
            either[found.either].append(body)
        elif found.bare:
            bare.append(body)
    if decimal or thousands in (".", ","):
        return _declared(either, bare, decimal=decimal, thousands=thousands)
    return _found(sure, either, both=both, bare=bare)


def _declared(
    either: Mapping[str, list[str]], bare: Sequence[str], *, decimal: str | None, thousands: str | None
) -> Plan:
    """Return the plan that the layer file gives."""
    mark = decimal or ("," if thousands == "." else ".")
    other = "," if mark == "." else "."
    groups = _BLANKS | {thousands or other} if thousands != "" else frozenset[str]()
    uneven = (*either[other][:EXAMPLES], bare[0]) if thousands is None and either[other] and bare else ()
    return Plan(mark, frozenset(groups), mixed=uneven)


def _found(sure: Mapping[str, list[str]], either: Mapping[str, list[str]], *, both: bool, bare: Sequence[str]) -> Plan:
    """Return the plan that the column alone gives."""
    if sure["."] and sure[","]:
        mark, other = (".", ",") if len(sure["."]) >= len(sure[","]) else (",", ".")
        return Plan(mark, _BLANKS, "two marks", (sure[mark][0], sure[other][0]))
    mark = "." if sure["."] else "," if sure[","] else ""
    if mark:
        other = "," if mark == "." else "."
        return Plan(mark, _BLANKS | {other}, mixed=() if both else tuple(either[other][:EXAMPLES]))
    unclear = either["."] + either[","]
    if unclear:
        return Plan(None, _BLANKS, "either", (*unclear[:EXAMPLES], *bare[:1]))
    return Plan(".", _BLANKS)


def number(body: str, found: Shape, plan: Plan) -> float | None:
    """Return a printed number under the plan of its column, or None where it does not fit.

    Examples
    --------
    >>> number("1.234", shape("1.234"), Plan(",", frozenset(".")))
    1234.0
    """
    if found.broken or (found.decimal and found.decimal != plan.decimal) or (found.either and plan.decimal is None):
        return None
    between = found.thousands or (found.either if found.either != plan.decimal else "")
    if between:
        if between not in plan.thousands:
            return None
        body = body.replace(between, "")
    return float(body.replace(",", ".") if plan.decimal == "," else body)


def problems(plan: Plan, column: str) -> list[Problem]:
    """Return what is to be said of the marks of a column."""
    shown = ", ".join(f'"{text}"' for text in plan.examples or plan.mixed)
    other = "." if plan.decimal == "," else ","
    if plan.unclear == "either":
        what = Text(
            de=f"{shown} kann Tausender oder Nachkommastellen bedeuten, und die Spalte verrät es nicht.",
            en=f"{shown} can mean thousands or decimals, and the column does not tell.",
        )
        return [Problem("error", what, column=column, remedy=_REMEDY)]
    if plan.unclear:
        what = Text(
            de=f"die Spalte mischt Dezimalkomma und Dezimalpunkt ({shown}).",
            en=f"the column mixes decimal commas and decimal points ({shown}).",
        )
        return [Problem("error", what, column=column, remedy=_REMEDY)]
    if plan.mixed:
        what = Text(
            de=f'{shown} wurde mit "{other}" zwischen Tausendern gelesen, die Spalte schreibt aber nicht einheitlich.',
            en=f'{shown} was read with "{other}" between thousands, but the column is not written evenly.',
        )
        remedy = Text(
            de="In der Ebenendatei decimal und thousands angeben.", en="Say decimal and thousands in the layer file."
        )
        return [Problem("warning", what, column=column, remedy=remedy)]
    return []
