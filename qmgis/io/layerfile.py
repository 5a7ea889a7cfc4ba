"""Layer files: ``city.toml`` and one TOML file a layer, checked as a whole.

Every fault of every file comes back together, as a `Problem` with file and line; see ``docs/own-data.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from qmgis.io import schema
from qmgis.io.kinds import Source
from qmgis.io.schema import Key, Place, Rule, faults, listed, one_of, table_of, to_text
from qmgis.io.tomlfile import read_toml
from qmgis.model import BACKDROP_KINDS, MEASURES, REASONS, UNITS, Lang, LayerKind, Problem, Text, words
from qmgis.registry import collect

__all__ = ["CityFile", "Edition", "FileRef", "LayerFile", "read_city_file", "read_layer_file", "sources"]

KINDS: tuple[str, ...] = get_args(LayerKind)
_TEXT = Key(schema.TEXT)
_NEEDED = Key(schema.TEXT, required=True)
_TITLE = Key(schema.TEXT_PAIR, required=True)
_PAIR = Key(schema.TEXT_PAIR)
_WHERE = Key(Rule("check.want_where", lambda v: isinstance(v, dict) and all(_is_choice(x) for x in v.values())))
_APPROXIMATE = Key(Rule("check.want_approximate", lambda v: isinstance(v, bool) or schema.TEXTS.fits(v)))
_GROUPS = Key(Rule("check.want_groups", lambda v: isinstance(v, dict) and all(_is_group(k, x) for k, x in v.items())))
_SIGNS = Key(table_of(one_of(("zero", "missing", "secret", "too_small", "not_applicable")), wanted="check.want_signs"))

_FILE = {"source": _NEEDED, "path": _NEEDED}
_DECIMAL = {"decimal": Key(one_of((",", "."))), "thousands": Key(one_of((".", ",", " ", "'")))}
_POINTS = {"id": _TEXT, "x": _TEXT, "y": _TEXT, "crs": _TEXT, "where": _WHERE, **_DECIMAL}
COMMON: Mapping[str, Key] = {
    "kind": Key(one_of(KINDS), required=True),
    "title": _TITLE,
    "licence": _NEEDED,
    "credit": _NEEDED,
    "description": _PAIR,
    "note": _PAIR,
    "retrieved": Key(schema.DAY),
    "style": Key(schema.TABLE),
}
_HEADER = Rule("check.want_header", lambda v: schema.COUNTED.fits(v) or (schema.LINES.fits(v) and bool(v)))
_OPTIONS: Mapping[str, Key] = {
    "encoding": _TEXT,
    "delimiter": Key(Rule("check.want_sign", lambda v: isinstance(v, str) and len(v) == 1)),
    "header": Key(_HEADER),
    "skip": Key(schema.WHOLE),
    "last": Key(schema.COUNTED),
    "columns": Key(schema.TEXTS),
    "sheet": Key(Rule("check.want_sheet", lambda v: schema.TEXT.fits(v) or schema.COUNTED.fits(v))),
    "layer": _TEXT,
    "band": Key(schema.COUNTED),
    "missing": Key(schema.NUMBERS),
    "x": _TEXT,
    "y": _TEXT,
    "crs": _TEXT,
    **_DECIMAL,
}
# What a layer of a kind can be made of; every other kind takes all.
_GIVES = {**dict.fromkeys(("areas", "network", "backdrop"), ("vector",)), "indicator": ("table", "vector")}
_OTHER = {**_FILE, **_POINTS, "name": _TEXT, "vintage": _TEXT, "date": Key(schema.DAY)}
SHAPES: Mapping[str, Mapping[str, Key]] = {
    "areas": {
        **_FILE,
        "vintage": _NEEDED,
        "valid_from": Key(schema.DAY),
        "valid_to": Key(schema.DAY),
        "id": _NEEDED,
        "id_digits": Key(schema.DIGITS),
        "name": _TEXT,
        "parent": _TEXT,
        "crs": _TEXT,
        "repair": Key(schema.BOOLEAN),
        "approximate": _APPROXIMATE,
        "where": _WHERE,
        "dissolve": Key(table_of(schema.TEXTS, wanted="check.want_dissolve")),
        "names": Key(table_of(schema.TEXT, wanted="check.want_names")),
    },
    "indicator": {
        "measure": Key(one_of(MEASURES), required=True),
        "unit": Key(one_of(UNITS), required=True),
        "direction": Key(Rule("check.want_direction", lambda v: type(v) is int and v in (-1, 0, 1))),
        "numerator": _TEXT,
        "denominator": _TEXT,
        "edition": Key(listed(schema.TABLE, wanted="check.want_tables")),
    },
    "places": {
        **_FILE,
        **_POINTS,
        "name": _TEXT,
        "capacity": _TEXT,
        "signs": _SIGNS,
        "complete": Key(schema.BOOLEAN),
        "date": Key(schema.DAY),
    },
    "residents": {
        **_FILE,
        **_POINTS,
        "year": Key(schema.YEAR),
        "origin_type": Key(one_of(("address", "grid")), required=True),
        "residents": _TEXT,
        "groups": _GROUPS,
        "missing": Key(schema.NUMBERS),
        "signs": _SIGNS,
    },
    "network": {**_FILE, "crs": _TEXT, "where": _WHERE, "main": _WHERE},
    "barriers": {**_OTHER, "draw": Key(one_of(BACKDROP_KINDS))},
    "backdrop": {**_FILE, "crs": _TEXT, "where": _WHERE, "draw": Key(one_of(BACKDROP_KINDS), required=True)},
    **dict.fromkeys(("raster", "programme", "measures", "crosswalk"), _OTHER),
}
EDITION: Mapping[str, Key] = {
    **_FILE,
    "year": Key(schema.YEAR_OR_COLUMN, required=True),
    "vintage": _NEEDED,
    "id": _NEEDED,
    "id_digits": Key(schema.DIGITS),
    "name": _TEXT,
    "value": _TEXT,
    "aggregate": Key(one_of(("count", "sum"))),
    "change": _TEXT,
    "before": _TEXT,
    "change_from_editions": Key(schema.BOOLEAN),
    "change_years": Key(schema.COUNTED),
    "definition": _PAIR,
    "where": _WHERE,
    "missing": Key(schema.NUMBERS),
    "signs": _SIGNS,
    **_DECIMAL,
}
_TABLES = listed(schema.TABLE, wanted="check.want_tables")
CITY: Mapping[str, Key] = {
    "title": _TITLE,
    "lang": Key(one_of(get_args(Lang)), required=True),
    "crs": _NEEDED,
    "note": _PAIR,
    "secrecy": Key(schema.TABLE),
    "exclusion": Key(_TABLES),
    "theme": Key(_TABLES),
    "run": Key(_TABLES),
}
SECRECY = {name: Key(schema.WHOLE) for name in ("min_count", "min_base", "min_residents", "public")}
TABLES: Mapping[str, Mapping[str, Key]] = {
    "exclusion": {
        "area": _NEEDED,
        "vintage": _NEEDED,
        "years": Key(schema.YEARS),
        "reason": Key(one_of(REASONS), required=True),
        "note": _PAIR,
        "source": _TEXT,
    },
    "theme": {
        "id": Key(schema.NAME, required=True),
        "title": _TITLE,
        "places": _NEEDED,
        "group": _TEXT,
        "within_m": Key(schema.METRES, required=True),
        "need": _TEXT,
    },
    "run": {
        "id": Key(schema.NAME, required=True),
        "title": _TITLE,
        "method": _NEEDED,
        "year": Key(schema.YEAR, required=True),
        "areas": _NEEDED,
        "coverage": Key(schema.TEXTS),
    },
}
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class FileRef:
    """How to read one file: the source's key, the path below the data root, the options of the source."""

    source: str
    path: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edition:
    """One delivery of an indicator: a file, the year and version of its areas, and its columns."""

    ref: FileRef
    year: int | str
    vintage: str
    keys: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class LayerFile:
    """One checked layer file; ``keys`` holds what belongs to its kind."""

    key: str
    kind: LayerKind
    title: Text
    licence: str
    credit: str
    place: Place
    keys: Mapping[str, Any]
    ref: FileRef | None = None
    editions: tuple[Edition, ...] = ()
    description: Text | None = None
    note: Text | None = None
    retrieved: date | None = None


@dataclass(frozen=True)
class CityFile:
    """The checked ``city.toml``; its tables stand as they are written."""

    key: str
    title: Text
    lang: Lang
    crs: str
    note: Text | None
    secrecy: Mapping[str, int]
    exclusions: tuple[Mapping[str, Any], ...]
    themes: tuple[Mapping[str, Any], ...]
    runs: tuple[Mapping[str, Any], ...]
    place: Place


@cache
def sources() -> Mapping[str, Source]:
    """Return every way to read a file, by key."""
    return collect("qmgis.io.sources", "SOURCE")


def read_city_file(folder: Path) -> tuple[CityFile | None, list[Problem]]:
    """Return a city's own file, or None where it has faults, and every fault."""
    table, place, found = read_toml(folder / "city.toml")
    if table is None:
        return None, found
    found += faults(table, CITY, place=place)
    if SECRECY and isinstance(table.get("secrecy"), dict):
        found += faults(table["secrecy"], SECRECY, place=_within(place, "secrecy", 0))
    for name, shape in TABLES.items():
        for number, entry in _tables(table, name):
            found += faults(entry, shape, place=_within(place, name, number))
        found += _repeated(table, name, place)
    if "crs" in table and isinstance(table["crs"], str):
        found += _crs_faults(table["crs"], place)
    if found:
        return None, found
    tables = {name: tuple(table.get(name, ())) for name in TABLES}
    return CityFile(
        folder.resolve().name, to_text(table["title"]), table["lang"], table["crs"], _pair(table, "note"),
        table.get("secrecy", {}), tables["exclusion"], tables["theme"], tables["run"], place,
    ), []  # fmt: skip


def read_layer_file(file: Path) -> tuple[LayerFile | None, list[Problem]]:
    """Return one layer, or None where its file has faults, and every fault."""
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    if not _KEY.fullmatch(file.stem):
        found.append(Problem("error", words("check.bad_key", word=file.stem), file=place.file))
    shape = {**COMMON, **SHAPES.get(str(table.get("kind")), {})}
    if table.get("kind") in KINDS:
        found += faults(table, {**shape, **_options(table)}, place=place)
        found += _source_faults(table, place, kind=table["kind"])
    else:
        anything = {key: Key(schema.ANYTHING) for key in table if key not in COMMON}
        found += faults(table, {**COMMON, **anything}, place=place)
    for number, entry in _tables(table, "edition"):
        inner = _within(place, "edition", number)
        found += faults(entry, {**EDITION, **_options(entry)}, place=inner)
        found += _source_faults(entry, inner, kind="indicator")
        found += _edition_faults(entry, inner)
    found += _kind_faults(table, place)
    return (None, found) if found else (_layer(table, place, file.stem), [])


def _layer(table: Mapping[str, Any], place: Place, key: str) -> LayerFile:
    own = {name: table[name] for name in SHAPES[table["kind"]] if name in table}
    editions = tuple(
        Edition(_ref(entry, EDITION), entry["year"], entry["vintage"], entry, _within(place, "edition", number))
        for number, entry in _tables(table, "edition")
    )
    return LayerFile(
        key=key, kind=table["kind"], title=to_text(table["title"]), licence=table["licence"], credit=table["credit"],
        place=place, keys=own, ref=_ref(table, SHAPES[table["kind"]]) if "source" in table else None,
        editions=editions, description=_pair(table, "description"), note=_pair(table, "note"),
        retrieved=table.get("retrieved"),
    )  # fmt: skip


def _ref(table: Mapping[str, Any], shape: Mapping[str, Key]) -> FileRef:
    """Return how to read the table's file: of its keys those that the source knows."""
    known = sources()[table["source"]].options - (set(shape) - {"decimal", "thousands", "x", "y", "crs"})
    options = {name: table[name] for name in sorted(known) if name in table}
    return FileRef(table["source"], table["path"], options)


def _options(table: Mapping[str, Any]) -> dict[str, Key]:
    """Return the keys that the table's source adds; those of all sources where it is unknown."""
    source = sources().get(str(table.get("source")))
    names = source.options if source else frozenset[str]().union(*(entry.options for entry in sources().values()))
    return {name: _OPTIONS[name] for name in sorted(names)} if "source" in table else {}


def _source_faults(table: Mapping[str, Any], place: Place, *, kind: object) -> list[Problem]:
    known = sources()
    name = table.get("source")
    if not isinstance(name, str):
        return []
    gives = _GIVES.get(str(kind))
    if name not in known or gives is None or known[name].gives in gives:
        return faults({"source": name}, {"source": Key(one_of(tuple(known)))}, place=place)
    fitting = ", ".join(key for key, source in known.items() if source.gives in gives)
    what = words("check.source_of_kind", source=name, kind=kind, fitting=fitting)
    return [Problem("error", what, file=place.file, row=place.row("source"))]


def _edition_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of an edition owe each other."""
    changes = [key for key in ("change", "before", "change_from_editions") if table.get(key)]
    if len(changes) > 1:
        what = words("check.change_twice", one=changes[0], other=changes[1])
        yield Problem("error", what, file=place.file, row=place.row(changes[1]))
    if "value" not in table and table.get("aggregate") != "count":
        yield Problem("error", words("check.missing_key", word="value"), file=place.file, row=place.row())
    if "aggregate" in table and ("change" in table or "before" in table):
        yield Problem("error", words("check.aggregate_alone"), file=place.file, row=place.row("aggregate"))


def _kind_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of a kind owe each other."""
    if table.get("kind") == "indicator":
        counts = [name for name in ("numerator", "denominator") if name in table]
        if len(counts) == 1 or (counts and table.get("measure") != "share"):
            yield Problem("error", words("check.counts_of_share"), file=place.file, row=place.row(counts[0]))
        if table.get("measure") == "share" and table.get("unit") in set(UNITS) - {"percent", "share", "per_1000"}:
            what = words("check.unit_of_share", unit=table["unit"])
            yield Problem("error", what, file=place.file, row=place.row("unit"))
        if not counts and not table.get("edition"):
            yield Problem("error", words("check.no_edition"), file=place.file)
        if len(counts) == 2 and table["numerator"] == table["denominator"]:
            yield Problem("error", words("check.same_counts"), file=place.file, row=place.row("denominator"))
        if table.get("measure") in ("share", "mean", "index") and "direction" not in table:
            yield Problem("error", words("check.missing_key", word="direction"), file=place.file)
    if table.get("kind") == "residents" and "residents" not in table and not table.get("groups"):
        yield Problem("error", words("check.missing_key", word="residents"), file=place.file)
    begun, ended = table.get("valid_from"), table.get("valid_to")
    if schema.DAY.fits(begun) and schema.DAY.fits(ended) and str(begun) > str(ended):
        yield Problem("error", words("check.valid_order"), file=place.file, row=place.row("valid_to"))
    if ("x" in table) != ("y" in table):
        row = place.row("x" if "x" in table else "y")
        yield Problem("error", words("check.x_and_y"), file=place.file, row=row)


def _crs_faults(crs: str, place: Place) -> list[Problem]:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        return [Problem("error", words("check.unknown_crs", crs=crs), file=place.file, row=place.row("crs"))]
    if known.is_projected and all(axis.unit_name in ("metre", "meter") for axis in known.axis_info):
        return []
    return [Problem("error", words("check.crs_not_metric", crs=crs), file=place.file, row=place.row("crs"))]


def _tables(table: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    entries = table.get(name)
    return list(enumerate(entries)) if isinstance(entries, list) and _TABLES.fits(entries) else []


def _repeated(table: Mapping[str, Any], name: str, place: Place) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, entry in _tables(table, name):
        key = entry.get("id")
        if isinstance(key, str) and key.lower() in seen:  # folders of some systems do not tell A from a
            row = _within(place, name, number).row("id")
            yield Problem("error", words("check.repeated_id", word=key, table=name), file=place.file, row=row)
        if isinstance(key, str):
            seen.add(key.lower())


def _within(place: Place, table: str, number: int) -> Place:
    return Place(place.file, place.text, table, number)


def _pair(table: Mapping[str, Any], key: str) -> Text | None:
    return to_text(table[key]) if key in table else None


def _is_choice(value: object) -> bool:
    if isinstance(value, dict):
        value = value.get("not") if set(value) == {"not"} else []
    entries = value if isinstance(value, list) else [value]
    return bool(entries) and all(isinstance(entry, str | int | float | bool) for entry in entries)


def _is_group(name: str, value: object) -> bool:
    columns = schema.TEXT.fits(value) or (schema.TEXTS.fits(value) and bool(value))
    return bool(re.fullmatch(r"age_\d+_(\d+|plus)", name)) and columns
