"""Closed tables: which keys a TOML table may have, what each must be, and every fault of a table together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qmgis.errors import did_you_mean
from qmgis.model import Problem, Text, words

__all__ = [
    "Key", "Place", "Rule", "close", "faults", "is_group", "is_number", "is_text", "listed", "one_of", "table_of",
    "to_text",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a value must be: ``wanted`` names the words for it, ``fits`` decides."""

    wanted: str
    fits: Callable[[Any], bool]
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """A key of a table: its rule, and whether it has to be there."""

    rule: Rule
    required: bool = False


@dataclass(frozen=True)
class Place:
    """Where a table stands: its file, the file's text and the table's header (``[[edition]]``, the second)."""

    file: str
    text: str = ""
    table: str = ""
    number: int = 0

    def row(self, key: str = "") -> int | None:
        """Return the line of a key of this table, or of the table's header, counted from 1; None where unknown."""
        lines = self.text.splitlines()
        start = self._start(lines)
        pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        for number in range(start, len(lines)) if key else ():
            if lines[number].lstrip().startswith("[") and (number > start or not self.table):
                break
            if pattern.match(lines[number]):
                return number + 1
        if key:  # a key that is a table of its own: [groups], [[edition]], [index.weights]
            own = Place(self.file, self.text, ".".join(filter(None, (self.table, key))))._start(lines)
            if own or not self.table:
                return own + 1 if own else None
        return start + 1 if self.table and lines else None

    def _start(self, lines: list[str]) -> int:
        if not self.table:
            return 0
        headers = [n for n, line in enumerate(lines) if line.split("#")[0].strip(" []\t") == self.table and "[" in line]
        return headers[min(self.number, len(headers) - 1)] if headers else 0


def faults(table: Mapping[str, Any], shape: Mapping[str, Key], *, place: Place) -> list[Problem]:
    """Return every fault of a table: unknown keys, missing keys, wrong values, in this order of the file.

    Examples
    --------
    >>> shape = {"title": Key(is_text(), required=True)}
    >>> [fault.what.en for fault in faults({"titel": "A"}, shape, place=Place("city.toml"))]
    ['"titel" is not a key that is known here. Did you mean "title"?', 'The key "title" is missing.']
    """
    found = []
    for key, value in table.items():
        if key not in shape:
            found.append(_fault("check.unknown_key", place, key, known=shape))
        elif not shape[key].rule.fits(value):
            found.append(_wrong(shape[key].rule, place, key, value=value))
    missing = [key for key, entry in shape.items() if entry.required and key not in table]
    return found + [_fault("check.missing_key", place, key) for key in missing]


def _fault(message: str, place: Place, key: str, *, known: Iterable[str] = ()) -> Problem:
    hint = Text(did_you_mean(key, known, lang="de"), did_you_mean(key, known))
    row = place.row(key) if message != "check.missing_key" else place.row()
    return Problem("error", words(message, word=key, hint=hint), file=place.file, row=row)


def _wrong(rule: Rule, place: Place, key: str, *, value: object) -> Problem:
    wanted = words(rule.wanted, known=", ".join(word if word.isidentifier() else f'"{word}"' for word in rule.known))
    shown = f'"{_short(value)}"' if isinstance(value, str) else _short(value)
    known = rule.known if isinstance(value, str) else ()
    hint = close(str(value), known)
    what = words("check.wrong_value", word=key, wanted=wanted, value=shown, hint=hint)
    return Problem("error", what, file=place.file, row=place.row(key))


def close(word: str, known: Iterable[str]) -> Text:
    """Return "Did you mean" where a known word is close, else nothing: for sentences that list the known ones.

    Examples
    --------
    >>> close("shar", ["count", "share"]).en, close("xyz", ["count", "share"]).en
    (' Did you mean "share"?', '')
    """
    known = list(known)
    hint = Text(did_you_mean(word, known, lang="de"), did_you_mean(word, known))
    return hint if hint.en.endswith("?") else Text("", "")


def _short(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def is_text(*, empty: bool = False) -> Rule:
    """Return the rule for one text."""
    return Rule("check.want_text", lambda value: isinstance(value, str) and (empty or bool(value.strip())))


def one_of(known: Collection[str]) -> Rule:
    """Return the rule for one word of a list."""
    return Rule("check.want_choice", lambda value: isinstance(value, str) and value in known, tuple(known))


def listed(rule: Rule, *, wanted: str = "check.want_texts") -> Rule:
    """Return the rule for a list whose every entry fits another rule."""
    return Rule(wanted, lambda value: isinstance(value, list) and all(rule.fits(entry) for entry in value))


def table_of(rule: Rule, *, wanted: str) -> Rule:
    """Return the rule for a table whose every value fits another rule."""
    return Rule(wanted, lambda value: isinstance(value, dict) and all(rule.fits(entry) for entry in value.values()))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Return whether a value of a TOML file is a finite number; true and false are none.

    Examples
    --------
    >>> is_number(0.5), is_number(True), is_number(float("inf"))
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) < 1e300


def is_group(value: str) -> bool:
    """Return whether a word names a group of people: ``residents`` or ages such as ``age_0_5`` and ``age_65_plus``.

    Examples
    --------
    >>> is_group("age_0_5"), is_group("residents"), is_group("children")
    (True, True, False)
    """
    return value == "residents" or re.fullmatch(r"age_\d+_(\d+|plus)", value) is not None


def _is_text_pair(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"de", "en"} and all(isinstance(text, str) and text.strip() for text in value.values())
    return isinstance(value, str) and bool(value.strip())


def _is_year(value: object) -> bool:
    return _is_whole(value) and 1900 <= int(str(value)) <= 2100


TEXT = is_text()
TEXT_PAIR = Rule("check.want_text_pair", _is_text_pair)
WHOLE = Rule("check.want_whole", lambda value: _is_whole(value) and value >= 0)
METRES = Rule("check.want_metres", lambda value: is_number(value) and 0 < value <= 100_000)
MINUTES = Rule("check.want_minutes", lambda value: is_number(value) and 0 < value <= 600)
KMH = Rule("check.want_kmh", lambda value: is_number(value) and 0 < value <= 60)
COUNTED = Rule("check.want_counted", lambda value: _is_whole(value) and value >= 1)
SHARE = Rule("check.want_share", lambda value: is_number(value) and 0 < value <= 1)
DIGITS = Rule("check.want_digits", lambda value: _is_whole(value) and 1 <= value <= 50)
BOOLEAN = Rule("check.want_bool", lambda value: isinstance(value, bool))
DAY = Rule("check.want_day", lambda value: isinstance(value, date) and not isinstance(value, datetime))
YEAR = Rule("check.want_year", _is_year)
YEAR_OR_COLUMN = Rule("check.want_year_or_column", lambda v: _is_year(v) or (isinstance(v, str) and _is_column(v)))
NAME = Rule("check.want_name", lambda value: isinstance(value, str) and _is_name(value))
TEXTS = listed(TEXT)
LINES = listed(COUNTED)
YEARS = listed(YEAR, wanted="check.want_years")
NUMBERS = listed(Rule("", is_number), wanted="check.want_numbers")
TABLE = Rule("check.want_table", lambda value: isinstance(value, dict))
ANYTHING = Rule("", lambda _: True)


def _is_column(text: str) -> bool:
    """A column's name, and not a year or date in quotes."""
    return bool(text.strip()) and not re.fullmatch(r"[\d.\-/ ]+", text.strip())


def to_text(value: str | Mapping[str, str]) -> Text:
    """Return a text of a layer file, one for both languages or a pair, as `Text`; runs of blanks are one.

    Examples
    --------
    >>> to_text("Kita  und Hort")
    Text(de='Kita und Hort', en='Kita und Hort')
    """
    de, en = (value, value) if isinstance(value, str) else (value["de"], value["en"])
    return Text(" ".join(de.split()), " ".join(en.split()))


def _is_name(value: str) -> bool:
    """Tell whether a word can be a folder, a column and part of an address on every system."""
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", value)
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]|[A-Za-z0-9]", value) is not None and not reserved
