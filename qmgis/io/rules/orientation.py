"""Files of orientation values and services: those that ship, and a city's own, in its folder ``orientation``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from qmgis.errors import did_you_mean
from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, Rule, faults, is_number, listed, one_of, to_text
from qmgis.io.declared.shipped import shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import MARKS, VALUE_UNITS, OrientationValue, Problem, Service, Text, words

__all__ = ["Orientation", "orientation", "own_orientation", "with_own"]

_LIST = Key(listed(schema.TABLE, wanted="check.want_tables"))
_ABOVE_0 = Rule("check.want_above_0", lambda v: is_number(v) and v > 0)
_FALLING = Rule("check.want_falling", lambda v: isinstance(v, list) and len(v) > 1 and _falls(v))
_GROUP = Rule("check.want_group", lambda v: isinstance(v, str) and schema.is_group(v))
_SHAPES: Mapping[str, Mapping[str, Key]] = {
    "value": {
        "id": Key(schema.NAME, required=True),
        "title": Key(schema.TEXT_PAIR, required=True),
        "population": Key(schema.TEXT_PAIR, required=True),
        "source": Key(schema.TEXT, required=True),
        "date": Key(schema.is_text(empty=True), required=True),
        "mark": Key(one_of(MARKS), required=True),
        "value": Key(_ABOVE_0),
        "unit": Key(one_of(VALUE_UNITS)),
        "within_m": Key(schema.METRES),
        "within_min": Key(schema.MINUTES),
        "straight": Key(schema.BOOLEAN),
        "classes": Key(_FALLING),
        "law": Key(schema.TEXT_PAIR),
        "note": Key(schema.TEXT_PAIR),
    },
    "service": {
        "id": Key(schema.NAME, required=True),
        "title": Key(schema.TEXT_PAIR, required=True),
        "group": Key(_GROUP, required=True),
        "within_m": Key(schema.METRES, required=True),
        "orientation": Key(schema.TEXT),
        "need": Key(schema.TEXT),
        "layers": Key(schema.TEXTS),
    },
}


@dataclass(frozen=True)
class Orientation:
    """Orientation values and services, by key."""

    values: Mapping[str, OrientationValue] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)


@cache
def orientation() -> Orientation:
    """Return the orientation values and services that ship.

    Examples
    --------
    >>> orientation().values["berlin-green"].sentence.en[:70]
    'Orientation value: Public green near home, Berlin, 6 m² per person, 50'
    """
    return shipped("orientation", read=lambda folder: _of_folder(folder, Orientation()))


def own_orientation(folder: Path) -> tuple[Orientation, list[Problem]]:
    """Return a city's own values and services, in its folder ``orientation``, and every fault with its line.

    Examples
    --------
    >>> own_orientation(Path("nowhere"))[1]
    []
    """
    return _of_folder(folder / "orientation", orientation())


def with_own(own: Orientation) -> Orientation:
    """Return what ships and a city's own; what has the key of a shipped one replaces it.

    Examples
    --------
    >>> with_own(Orientation()) == orientation()
    True
    """
    shipped = orientation()
    return Orientation({**shipped.values, **own.values}, {**shipped.services, **own.services})


def _of_folder(folder: Path, shipped: Orientation) -> tuple[Orientation, list[Problem]]:
    entries: list[tuple[str, Mapping[str, Any], Place]] = []
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.toml")):
        table, place, found = read_toml(file)
        problems += found if table is None else faults(table, dict.fromkeys(_SHAPES, _LIST), place=place)
        entries += _entries(table or {}, place)
    for name, entry, place in entries:
        problems += faults(entry, _SHAPES[name], place=place)
        problems += _value_faults(entry, place) if name == "value" else ()
    problems += _repeated(entries)
    if problems:
        return Orientation(), problems
    values = {entry["id"]: _value(entry) for name, entry, _ in entries if name == "value"}
    services = {entry["id"]: _service(entry) for name, entry, _ in entries if name == "service"}
    known = {**shipped.values, **values}
    for name, entry, place in entries:
        if name == "service" and entry.get("orientation", next(iter(known), "")) not in known:
            problems.append(unknown_value(entry["orientation"], known, place=place, key="orientation"))
    return Orientation(values, services), problems


def unknown_value(name: str, known: Mapping[str, OrientationValue], *, place: Place, key: str) -> Problem:
    """Return the fault of a key that names no orientation value."""
    hint = Text(did_you_mean(name, known, lang="de"), did_you_mean(name, known))
    what = words("check.no_orientation", name=name, hint=hint)
    return Problem("error", what, file=place.file, row=place.row(key))


def _entries(table: Mapping[str, Any], place: Place) -> Iterator[tuple[str, Mapping[str, Any], Place]]:
    for name in _SHAPES:
        if _LIST.rule.fits(table.get(name)):
            for number, entry in enumerate(table[name]):
                yield name, entry, Place(place.file, place.text, name, number)


def _value_faults(entry: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Return what the keys of a value owe each other."""
    if ("value" in entry) != ("unit" in entry):
        key, other = ("value", "unit") if "value" in entry else ("unit", "value")
        yield Problem(
            "error", words("check.value_and_unit", word=key, other=other), file=place.file, row=place.row(key)
        )
    if "classes" in entry and "value" not in entry:
        what = words("check.value_and_unit", word="classes", other="value")
        yield Problem("error", what, file=place.file, row=place.row("classes"))


def _repeated(entries: list[tuple[str, Mapping[str, Any], Place]]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for name, entry, place in entries:
        key = (name, str(entry.get("id")))
        if key in seen and "id" in entry:
            what = words("check.repeated_id", word=key[1], table=name)
            yield Problem("error", what, file=place.file, row=place.row("id"))
        seen.add(key)


def _value(entry: Mapping[str, Any]) -> OrientationValue:
    def number(key: str) -> float | None:
        return float(entry[key]) if key in entry else None

    def text(key: str) -> Text | None:
        return to_text(entry[key]) if key in entry else None

    return OrientationValue(
        entry["id"], to_text(entry["title"]), to_text(entry["population"]), entry["source"], entry["date"],
        entry["mark"], number("value"), entry.get("unit"), number("within_m"), number("within_min"),
        entry.get("straight", False), tuple(map(float, entry.get("classes", ()))), text("law"), text("note"),
    )  # fmt: skip


def _service(entry: Mapping[str, Any]) -> Service:
    return Service(
        entry["id"], to_text(entry["title"]), entry["group"], float(entry["within_m"]), entry.get("orientation"),
        entry.get("need"), tuple(entry.get("layers", ())),
    )  # fmt: skip


def _falls(values: list[Any]) -> bool:
    numbers = all(is_number(value) and value > 0 for value in values)
    return numbers and all(one > other for one, other in pairwise(values))
