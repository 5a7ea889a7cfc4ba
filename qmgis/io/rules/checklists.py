"""Files of checklists: those that ship in ``qmgis/catalogues``, and a city's own in its folder ``catalogues``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qmgis.io.declared import schema
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.io.declared.schema import Key, Place, Rule, faults, is_number, listed, one_of, to_text
from qmgis.io.declared.shipped import of_named, shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import Problem, Text, words
from qmgis.model.checklist import GROUPS, WAYS, CheckItem, Checklist, WatchRule

__all__ = ["CHECKLISTS", "checklists", "own_checklists", "read_checklist"]

CHECKLISTS = ("standards", "conditions", "concept", "readiness")
_LIST = listed(schema.TABLE, wanted="check.want_tables")
_SHAPE: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True),
    "version": Key(schema.TEXT, required=True),
    "date": Key(schema.DAY, required=True),
    "source": Key(schema.TEXT, required=True),
    "note": Key(schema.TEXT_PAIR),
    "limits": Key(schema.TABLE),
    "item": Key(_LIST, required=True),
    "watch": Key(_LIST),
}
_ITEM: Mapping[str, Key] = {
    "id": Key(schema.NAME, required=True),
    "text": Key(schema.TEXT_PAIR, required=True),
    "way": Key(one_of(WAYS), required=True),
    "evidence": Key(schema.TEXT_PAIR),
    "source": Key(schema.TEXT),
    "group": Key(one_of([one for one in GROUPS if one])),
    "decides": Key(schema.BOOLEAN),
}
_WATCH: Mapping[str, Key] = {
    "id": Key(schema.NAME, required=True),
    "title": Key(schema.TEXT_PAIR, required=True),
    "falls_by": Key(schema.COUNTED),
    "negative": Key(schema.COUNTED),
}
# Every limit that a check knows, and what it must be.
_LIMITS: Mapping[str, Mapping[str, Key]] = {
    "standards": {},
    "concept": {"concept_years": Key(schema.COUNTED)},
    "conditions": {
        "concept_years": Key(schema.COUNTED),
        "monitoring_years": Key(schema.COUNTED),
        "sources_beside": Key(schema.COUNTED),
        "office_walk_m": Key(schema.METRES),
        "office_share": Key(schema.SHARE),
        "office_layers": Key(schema.TEXTS),
    },
    "readiness": {
        "judged_level": Key(schema.COUNTED),
        "partly_allowed": Key(schema.WHOLE),
        "reports": Key(schema.COUNTED),
        "gap_step": Key(Rule("check.want_above_0", lambda value: is_number(value) and value > 0)),
        "anchor_years": Key(schema.WHOLE),
        "anchor_share": Key(schema.SHARE),
        "anchor_walk_m": Key(schema.METRES),
        "supplied_share": Key(schema.SHARE),
        "infrastructure": Key(schema.TEXTS),
        "public_space": Key(schema.TEXTS),
        "watch_task": Key(schema.TEXT),
        "tasks": Key(schema.TEXTS),
        "watch_years": Key(schema.COUNTED),
    },
}


@cache
def _shipped() -> Mapping[str, Checklist]:
    return MappingProxyType(shipped("catalogues", read=_of_folder))


def checklists(own: Mapping[str, Checklist] | None = None) -> Mapping[str, Checklist]:
    """Return the checklists that ship, and a city's own; one named like a shipped one replaces it.

    Examples
    --------
    >>> {key: len(one.items) for key, one in sorted(checklists().items())}
    {'concept': 8, 'conditions': 18, 'readiness': 15, 'standards': 12}
    """
    return {**_shipped(), **(own or {})}


def own_checklists(folder: Path) -> tuple[Mapping[str, Checklist], list[Problem]]:
    """Return a city's own checklists, in its folder ``catalogues``, and every fault with its line.

    Limits that they leave out are those that ship.

    Examples
    --------
    >>> own_checklists(Path("nowhere"))
    ({}, [])
    """
    found, problems = _of_folder(folder / "catalogues")
    return {key: _with_shipped(one) for key, one in found.items()}, problems


def _with_shipped(own: Checklist) -> Checklist:
    """Return a checklist with the limits that ship where it gives none."""
    return replace(own, limits=MappingProxyType({**_shipped()[own.key].limits, **own.limits}))


def _of_folder(folder: Path) -> tuple[dict[str, Checklist], list[Problem]]:
    return of_named(folder, CHECKLISTS, read_checklist)


def read_checklist(file: Path) -> tuple[Checklist | None, list[Problem]]:
    """Return the checklist of a TOML file, named like one of `CHECKLISTS`, and every fault with its line.

    Examples
    --------
    >>> read_checklist(Path("standards.toml"))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    found += faults(table, _SHAPE, place=place)
    limits = table.get("limits", {})
    if isinstance(limits, dict):
        found += faults(limits, _LIMITS.get(file.stem, {}), place=Place(place.file, place.text, "limits"))
    for name, shape in (("item", _ITEM), ("watch", _WATCH)):
        found += _entry_faults(table.get(name, []), shape, Place(place.file, place.text, name))
    if not found:
        found += _rule_faults(table, place)
    return (None, found) if found else (_checklist(table, file.stem), [])


def _entry_faults(entries: Any, shape: Mapping[str, Key], place: Place) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        here = Place(place.file, place.text, place.table, number)
        if isinstance(entry, dict):
            yield from faults(entry, shape, place=here)
            key = str(entry.get("id"))
            if key in seen:
                what = words("check.repeated_id", word=key, table=place.table)
                yield Problem("error", what, file=place.file, row=here.row("id"))
            seen.add(key)


def _rule_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    for number, rule in enumerate(table.get("watch", [])):
        if ("falls_by" in rule) == ("negative" in rule):
            row = Place(place.file, place.text, "watch", number).row("id")
            yield Problem("error", words("check.watch_one_of", word=rule["id"]), file=place.file, row=row)
    if not table["item"]:
        yield Problem("error", words("check.missing_key", word="item", hint=""), file=place.file)


def _checklist(table: Mapping[str, Any], key: str) -> Checklist:
    return Checklist(
        key, to_text(table["title"]), table["version"], table["date"], table["source"],
        tuple(_item(entry) for entry in table["item"]), MappingProxyType(dict(table.get("limits", {}))),
        tuple(WatchRule(one["id"], to_text(one["title"]), one.get("falls_by"), one.get("negative"))
              for one in table.get("watch", [])),
        _text(table, "note"), fingerprint_of(table),
    )  # fmt: skip


def _item(entry: Mapping[str, Any]) -> CheckItem:
    return CheckItem(
        entry["id"], to_text(entry["text"]), entry["way"], _text(entry, "evidence"), entry.get("source", ""),
        entry.get("group", ""), entry.get("decides", True),
    )  # fmt: skip


def _text(table: Mapping[str, Any], key: str) -> Text:
    return to_text(table[key]) if key in table else Text("", "")
