"""Files of deadlines: how long something may take at most; those that ship, and a city's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qmgis.io.declared import schema
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.io.declared.schema import Key, Place, Rule, faults, listed, one_of, to_text
from qmgis.io.declared.shipped import of_files, shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import EVENT_TYPES, Deadline, Problem, words

__all__ = ["deadline_rules", "own_deadlines", "read_deadline"]

_EVENT = one_of(EVENT_TYPES)
_EVENTS = Rule("check.want_events", lambda value: bool(value) and listed(_EVENT).fits(value), EVENT_TYPES)
_SHAPE: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True),
    "date": Key(schema.DAY, required=True),
    "source": Key(schema.TEXT, required=True),
    "since": Key(_EVENTS, required=True),
    "met_by": Key(_EVENTS, required=True),
    "years": Key(schema.WHOLE),
    "months": Key(schema.WHOLE),
    "warn_months": Key(schema.WHOLE),
    "programmes": Key(schema.TEXTS),
    "valid_from": Key(schema.DAY),
    "valid_to": Key(schema.DAY),
    "use": Key(schema.BOOLEAN),
}


@cache
def _shipped() -> Mapping[str, Deadline | None]:
    return MappingProxyType(shipped("deadlines", read=_of_folder))


def deadline_rules(own: Mapping[str, Deadline | None] | None = None) -> tuple[Deadline, ...]:
    """Return the deadlines that ship, and a city's own; one named like a shipped one replaces it or turns it off.

    Examples
    --------
    >>> [(rule.key, rule.years) for rule in deadline_rules()]
    [('study', 3), ('term', 15)]
    >>> [rule.key for rule in deadline_rules({"term": None})]
    ['study']
    """
    both = {**_shipped(), **(own or {})}
    return tuple(rule for _, rule in sorted(both.items()) if rule is not None)


def own_deadlines(folder: Path) -> tuple[Mapping[str, Deadline | None], list[Problem]]:
    """Return a city's own deadlines, in its folder ``deadlines``, and every fault; None is one that is turned off.

    Examples
    --------
    >>> own_deadlines(Path("nowhere"))
    ({}, [])
    """
    return _of_folder(folder / "deadlines")


def _of_folder(folder: Path) -> tuple[dict[str, Deadline | None], list[Problem]]:
    return of_files(sorted(folder.glob("*.toml")), read_deadline)


def read_deadline(file: Path) -> tuple[Deadline | None, list[Problem]]:
    """Return the deadline of a TOML file and every fault with its line; None with a fault or ``use = false``.

    Examples
    --------
    >>> read_deadline(Path("none.toml"))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    off = table.get("use") is False
    shape = {key: Key(one.rule) for key, one in _SHAPE.items()} if off else _SHAPE
    found += faults(table, shape, place=place)
    if not found and not off:
        found += _contradictions(table, place)
    return (None, found) if found or off else (_deadline(table, file.stem), [])


def _contradictions(table: Mapping[str, Any], place: Place) -> list[Problem]:
    """Return what the keys do not say together."""
    found = []
    if not table.get("years") and not table.get("months"):
        found.append(Problem("error", words("check.deadline_without_length"), file=place.file, row=place.row("years")))
    begun, ended = table.get("valid_from"), table.get("valid_to")
    if begun and ended and ended <= begun:
        found.append(Problem("error", words("check.valid_order"), file=place.file, row=place.row("valid_to")))
    return found


def _deadline(table: Mapping[str, Any], key: str) -> Deadline:
    return Deadline(
        key, to_text(table["title"]), tuple(table["since"]), tuple(table["met_by"]), table.get("years", 0),
        table.get("months", 0), table.get("warn_months", 24), tuple(table.get("programmes", ())),
        table.get("valid_from"), table.get("valid_to"), table["source"], fingerprint_of(table),
    )  # fmt: skip
