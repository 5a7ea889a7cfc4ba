"""Files of modes: which ways of OpenStreetMap are open, and how fast people are; those that ship, and a city's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qmgis.io.cells.reading import plain
from qmgis.io.declared import schema
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.io.declared.schema import Key, Place, Rule, faults, listed, one_of, to_text
from qmgis.io.declared.shapes import WHERE
from qmgis.io.declared.shipped import shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import Mode, Problem, Speed

__all__ = ["ModeFile", "ModeRule", "modes", "own_modes", "read_mode", "rule_of"]

OPEN = ("both", "forward", "back")
_AGE = Key(Rule("check.want_age", lambda v: schema.is_number(v) and 0 <= v <= 150))
_PERCENT = Key(Rule("check.want_above_0", lambda v: schema.is_number(v) and v > 0))
_TABLES = {"speed", "way", "direction", "node"}
_LIST = Key(listed(schema.TABLE, wanted="check.want_tables"))
_MODE: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True),
    "distance": Key(schema.TEXT_PAIR),
    "date": Key(schema.DAY, required=True),
    "source": Key(schema.TEXT, required=True),
    "max_incline_percent": _PERCENT,
    "min_width_m": _PERCENT,
    "slower_per_percent_up": _PERCENT,
}
_WHERE, _USE = Key(WHERE, required=True), Key(schema.BOOLEAN, required=True)
_SHAPES: Mapping[str, Mapping[str, Key]] = {
    "speed": {"kmh": Key(schema.KMH, required=True), "from_age": _AGE, "to_age": _AGE},
    "way": {"where": _WHERE, "use": _USE, "kmh": Key(schema.KMH), "any_incline": Key(schema.BOOLEAN)},
    "direction": {"where": _WHERE, "open": Key(one_of(OPEN), required=True)},
    "node": {"where": _WHERE, "use": _USE},
}  # fmt: skip


@dataclass(frozen=True)
class ModeRule:
    """One rule: it fits where every key of ``wanted`` has (``True``) or has not (``False``) one of the values."""

    wanted: Mapping[str, tuple[frozenset[str], bool]]
    use: bool = True
    open: str = "both"
    kmh: float | None = None
    any_incline: bool = False

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Tell whether the rule fits; a tag that is not there is the empty text."""
        return all((tags.get(key, "") in values) is keep for key, (values, keep) in self.wanted.items())


@dataclass(frozen=True)
class ModeFile:
    """A mode and its rules, in their order."""

    mode: Mode
    ways: tuple[ModeRule, ...]
    directions: tuple[ModeRule, ...] = ()
    nodes: tuple[ModeRule, ...] = ()
    max_incline: float = math.inf
    min_width: float = 0.0
    slower_up: float = 0.0

    @property
    def keys(self) -> frozenset[str]:
        """The tags that the rules ask for."""
        asked = {key for rule in (*self.ways, *self.directions, *self.nodes) for key in rule.wanted}
        return frozenset(asked | {"incline", "width", "bridge", "tunnel"})


@cache
def modes() -> Mapping[str, ModeFile]:
    """Return the modes that ship, by key.

    Examples
    --------
    >>> sorted(modes()), modes()["walk"].mode.kmh((65, float("inf")))
    (['barrier_free', 'cycle', 'walk'], 3.6)
    """
    return MappingProxyType(shipped("modes", read=_of_folder))


def own_modes(folder: Path) -> tuple[Mapping[str, ModeFile], list[Problem]]:
    """Return a city's own modes, in its folder ``modes``, and every fault; one named like a shipped one replaces it.

    Examples
    --------
    >>> own_modes(Path("nowhere"))
    ({}, [])
    """
    return _of_folder(folder / "modes")


def _of_folder(folder: Path) -> tuple[dict[str, ModeFile], list[Problem]]:
    found, problems = {}, []
    for file in sorted(folder.glob("*.toml")):
        one, wrong = read_mode(file)
        problems += wrong
        if one is not None:
            found[one.mode.key] = one
    return found, problems


def read_mode(file: Path) -> tuple[ModeFile | None, list[Problem]]:
    """Return the mode of a TOML file, or None where it has faults, and every fault with its line.

    Examples
    --------
    >>> read_mode(Path("none.toml"))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    found += faults(table, {**_MODE, **dict.fromkeys(_TABLES, _LIST)}, place=place)
    for name, number, entry in _entries(table):
        found += faults(entry, _SHAPES[name], place=Place(place.file, place.text, name, number))
    for name in ("speed", "way"):
        if not table.get(name):
            found += faults({}, {name: Key(schema.ANYTHING, required=True)}, place=place)
    return (None, found) if found else (_mode(table, file.stem), [])


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for name in sorted(_TABLES):
        if _LIST.rule.fits(table.get(name)):
            yield from ((name, number, entry) for number, entry in enumerate(table[name]))


def _mode(table: Mapping[str, Any], key: str) -> ModeFile:
    speeds = tuple(
        Speed(float(one["kmh"]), float(one.get("from_age", 0.0)), float(one.get("to_age", math.inf)))
        for one in table["speed"]
    )
    title = to_text(table["title"])
    way = to_text(table["distance"]) if "distance" in table else title
    return ModeFile(
        Mode(key, title, way, speeds, table["source"], fingerprint_of(table)),
        _rules(table["way"]), _rules(table.get("direction", ())), _rules(table.get("node", ())),
        float(table.get("max_incline_percent", math.inf)), float(table.get("min_width_m", 0.0)),
        float(table.get("slower_per_percent_up", 0.0)),
    )  # fmt: skip


def _rules(entries: Sequence[Mapping[str, Any]]) -> tuple[ModeRule, ...]:
    return tuple(rule_of(one) for one in entries)


def rule_of(entry: Mapping[str, Any]) -> ModeRule:
    """Return a rule as it stands in a file.

    Examples
    --------
    >>> rule_of({"where": {"highway": ["steps"]}, "use": False}).fits({"highway": "steps"})
    True
    """
    return ModeRule(
        {key: _wanted(choice) for key, choice in entry["where"].items()}, entry.get("use", True),
        entry.get("open", "both"), entry.get("kmh"), entry.get("any_incline", False),
    )  # fmt: skip


def _wanted(choice: Any) -> tuple[frozenset[str], bool]:
    values, keep = (choice["not"], False) if isinstance(choice, dict) else (choice, True)
    return frozenset(plain(value) for value in (values if isinstance(values, list) else [values])), keep
