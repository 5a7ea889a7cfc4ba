"""Files of legal bases: which a programme allows; those that ship, and a city's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Rule, faults, listed, to_text
from qmgis.io.declared.shipped import of_files, shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import LegalRule, Problem
from qmgis.model.lifecycle import sections

__all__ = ["legal_rules", "own_legal_rules", "read_legal_rule"]

_BASES = Rule("check.want_legal_bases", lambda value: isinstance(value, list) and bool(value) and all(
    isinstance(one, str) and len(sections(one)) == 1 for one in value
))  # fmt: skip
_SHAPE: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True),
    "date": Key(schema.DAY, required=True),
    "source": Key(schema.TEXT, required=True),
    "programmes": Key(listed(schema.TEXT), required=True),
    "bases": Key(_BASES, required=True),
    "study": Key(_BASES),
    "valid_from": Key(schema.DAY),
    "valid_to": Key(schema.DAY),
    "use": Key(schema.BOOLEAN),
}


@cache
def _shipped() -> Mapping[str, LegalRule | None]:
    return MappingProxyType(shipped("legal", read=_of_folder))


def legal_rules(own: Mapping[str, LegalRule | None] | None = None) -> tuple[LegalRule, ...]:
    """Return the rules that ship, and a city's own; one named like a shipped one replaces it or turns it off.

    Examples
    --------
    >>> [rule.key for rule in legal_rules({"growth": None})]
    ['centres', 'social']
    """
    both = {**_shipped(), **(own or {})}
    return tuple(rule for _, rule in sorted(both.items()) if rule is not None)


def own_legal_rules(folder: Path) -> tuple[Mapping[str, LegalRule | None], list[Problem]]:
    """Return a city's own rules, in its folder ``legal``, and every fault; None is one that is turned off.

    Examples
    --------
    >>> own_legal_rules(Path("nowhere"))
    ({}, [])
    """
    return _of_folder(folder / "legal")


def _of_folder(folder: Path) -> tuple[dict[str, LegalRule | None], list[Problem]]:
    return of_files(sorted(folder.glob("*.toml")), read_legal_rule)


def read_legal_rule(file: Path) -> tuple[LegalRule | None, list[Problem]]:
    """Return the rule of a TOML file and every fault with its line; None with a fault or ``use = false``.

    Examples
    --------
    >>> read_legal_rule(Path("none.toml"))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    off = table.get("use") is False
    found += faults(table, {key: Key(one.rule) for key, one in _SHAPE.items()} if off else _SHAPE, place=place)
    if found or off:
        return None, found
    rule = LegalRule(
        file.stem, to_text(table["title"]), tuple(table["programmes"]), tuple(table["bases"]),
        tuple(table.get("study", ())), table.get("valid_from"), table.get("valid_to"), table["source"],
    )  # fmt: skip
    return rule, []
