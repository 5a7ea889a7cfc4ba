"""Code lists of the register: those that ship in ``qmgis/catalogues``, and a city's own before them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, faults, listed, to_text
from qmgis.io.declared.shipped import of_named, shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import Problem, Text, words
from qmgis.model.register import CODE_LISTS, Code, CodeList

__all__ = ["code_lists", "own_code_lists"]

_LIST: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True),
    "version": Key(schema.TEXT, required=True),
    "date": Key(schema.DAY, required=True),
    "source": Key(schema.TEXT, required=True),
    "code": Key(listed(schema.TABLE, wanted="check.want_tables"), required=True),
}
_CODE: Mapping[str, Key] = {
    "code": Key(schema.TEXT, required=True),
    "de": Key(schema.TEXT, required=True),
    "en": Key(schema.TEXT, required=True),
    "also": Key(schema.TEXTS),
    "set": Key(schema.TEXT),
}


@cache
def _shipped() -> Mapping[str, CodeList]:
    return MappingProxyType(shipped("catalogues", read=_of_folder))


def code_lists(own: Mapping[str, CodeList] | None = None) -> Mapping[str, CodeList]:
    """Return the code lists of the register by name; a city's own takes the place of the one that ships.

    Examples
    --------
    >>> code_lists()["statuses"].title_of("running").de
    'laufend'
    """
    return {**_shipped(), **(own or {})}


def own_code_lists(folder: Path) -> tuple[dict[str, CodeList], list[Problem]]:
    """Return a city's own code lists, in its folder ``catalogues``, and every fault.

    Examples
    --------
    >>> own_code_lists(Path("nowhere"))
    ({}, [])
    """
    return _of_folder(folder / "catalogues")


def _of_folder(folder: Path) -> tuple[dict[str, CodeList], list[Problem]]:
    """Return the lists in a folder; its other catalogues are read elsewhere."""
    return of_named(folder, CODE_LISTS, _read)


def _read(file: Path) -> tuple[CodeList | None, list[Problem]]:
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    found += faults(table, _LIST, place=place)
    entries = table.get("code")
    rows = entries if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries) else []
    for number, entry in enumerate(rows):
        found += faults(entry, _CODE, place=Place(place.file, place.text, "code", number))
    if found:
        return None, found
    codes = {entry["code"]: _code(entry) for entry in rows}
    found = _twice(rows, place)
    made = CodeList(
        file.stem, to_text(table["title"]), table["version"], table["date"], table["source"], MappingProxyType(codes)
    )
    return (None, found) if found else (made, [])


def _code(entry: Mapping[str, Any]) -> Code:
    return Code(entry["code"], Text(entry["de"], entry["en"]), tuple(entry.get("also", ())), entry.get("set", ""))


def _twice(rows: list[dict[str, Any]], place: Place) -> list[Problem]:
    """Return a problem for each word that stands for two codes."""
    meant: dict[str, str] = {}
    found = []
    for number, entry in enumerate(rows):
        for word in (entry["code"], entry["de"], entry["en"], *entry.get("also", ())):
            if meant.setdefault(word.strip().lower(), entry["code"]) != entry["code"] or entry in rows[:number]:
                row = Place(place.file, place.text, "code", number).row("code")
                found.append(Problem("error", words("register.code_twice", word=word), file=place.file, row=row))
                break
    return found
