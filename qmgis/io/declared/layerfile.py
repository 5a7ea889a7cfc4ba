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
from typing import Any

from qmgis.io.declared import schema
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.io.declared.schema import Key, Place, faults, one_of, to_text
from qmgis.io.declared.shapes import (
    BASE,
    CITY,
    COMMON,
    DELIMITATION,
    EDITION,
    EVENTS,
    GIVES,
    KINDS,
    OF_RASTERS,
    OF_TABLES,
    OPTIONS,
    OTHERWISE,
    SECRECY,
    SHAPES,
    TABLE_LIST,
    TABLES,
)
from qmgis.io.declared.tomlfile import read_toml
from qmgis.io.kinds import Source
from qmgis.io.rules.orientation import orientation
from qmgis.model import UNITS, Lang, LayerKind, Problem, Text, words
from qmgis.registry import collect

__all__ = ["CityFile", "Edition", "FileRef", "LayerFile", "read_city_file", "read_layer_file", "sources"]

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
    events: FileRef | None = None
    description: Text | None = None
    note: Text | None = None
    retrieved: date | None = None
    content: str = ""


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
    units: tuple[str, ...] = ()
    gap_m: float = 0.0


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
    for name, shape in (("secrecy", SECRECY), ("delimitation", DELIMITATION)):
        if isinstance(table.get(name), dict):
            found += faults(table[name], shape, place=_within(place, name, 0))
    for name, shape in TABLES.items():
        for number, entry in _tables(table, name):
            found += faults(entry, shape, place=_within(place, name, number))
            found += _limit_faults(entry, _within(place, name, number)) if name == "theme" else []
        found += _repeated(table, name, place)
    if "crs" in table and isinstance(table["crs"], str):
        found += _crs_faults(table["crs"], place)
    if found:
        return None, found
    tables = {name: tuple(table.get(name, ())) for name in TABLES}
    return CityFile(
        folder.resolve().name, to_text(table["title"]), table["lang"], table["crs"], _pair(table, "note"),
        table.get("secrecy", {}), tables["exclusion"], tables["theme"], tables["run"], place, *_units(table),
    ), []  # fmt: skip


def _units(table: Mapping[str, Any]) -> tuple[tuple[str, ...], float]:
    """Return the layers of units that proposals for an area may be made of, and how wide the streets between are."""
    asked = table.get("delimitation", {})
    named = asked.get("units", [])
    return tuple(dict.fromkeys([named] if isinstance(named, str) else named)), float(asked.get("gap_m", 0.0))


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
        found += [*_edition_faults(entry, inner), *_base_faults(entry, inner, whole=table)]
    events = table.get("events")
    if table.get("kind") == "programme" and isinstance(events, dict):
        inner = _within(place, "events", 0)
        found += faults(events, {**EVENTS, **_options(events)}, place=inner)
        found += _source_faults(events, inner, kind="events")
    found += _kind_faults(table, place)
    found += _base_faults(table, place, whole=table) if table.get("kind") == "indicator" else []
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
        editions=editions, events=_ref(own["events"], EVENTS) if "events" in own else None,
        description=_pair(table, "description"), note=_pair(table, "note"),
        retrieved=table.get("retrieved"), content=fingerprint_of(table),
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
    return {name: OPTIONS[name] for name in sorted(names)} if "source" in table else {}


def _source_faults(table: Mapping[str, Any], place: Place, *, kind: object) -> list[Problem]:
    known = sources()
    name = table.get("source")
    if not isinstance(name, str):
        return []
    gives = GIVES.get(str(kind), OTHERWISE)
    if name not in known or known[name].gives in gives:
        return faults({"source": name}, {"source": Key(one_of(tuple(known)))}, place=place)
    fitting = ", ".join(key for key, source in known.items() if source.gives in gives)
    what = words("check.source_of_kind", source=name, kind=kind, fitting=fitting)
    return [Problem("error", what, file=place.file, row=place.row("source"))]


def _edition_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of an edition owe each other."""
    if table.get("source") == "raster":
        yield from _raster_faults(table, place)
        return
    for key in (name for name in OF_RASTERS if name in table):
        what = words("check.not_of_source", word=key, source=table.get("source", ""))
        yield Problem("error", what, file=place.file, row=place.row(key))
    if "id" not in table:
        yield Problem("error", words("check.missing_key", word="id"), file=place.file, row=place.row())
    changes = [key for key in ("change", "before", "change_from_editions") if table.get(key)]
    if len(changes) > 1:
        what = words("check.change_twice", one=changes[0], other=changes[1])
        yield Problem("error", what, file=place.file, row=place.row(changes[1]))
    if "value" not in table and table.get("aggregate") != "count":
        yield Problem("error", words("check.missing_key", word="value"), file=place.file, row=place.row())
    if "aggregate" in table and ("change" in table or "before" in table):
        yield Problem("error", words("check.aggregate_alone"), file=place.file, row=place.row("aggregate"))


def _raster_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of an edition of a raster owe each other."""
    statistic = table.get("statistic")
    if statistic is None:
        yield Problem("error", words("check.missing_key", word="statistic"), file=place.file, row=place.row())
    for key in (name for name in OF_TABLES if name in table):
        what = words("check.not_of_source", word=key, source="raster")
        yield Problem("error", what, file=place.file, row=place.row(key))
    if not isinstance(table.get("year", 0), int):
        yield Problem("error", words("check.raster_year"), file=place.file, row=place.row("year"))
    for key, owner in (("classes", "share"), ("quantile", "quantile"), ("weight", "mean")):
        if key in table and statistic not in (owner, None):
            what = words("check.not_of_statistic", word=key, statistic=owner)
            yield Problem("error", what, file=place.file, row=place.row(key))
        if key not in table and key != "weight" and statistic == owner:
            yield Problem("error", words("check.missing_key", word=key), file=place.file, row=place.row("statistic"))


def _base_faults(table: Mapping[str, Any], place: Place, *, whole: Mapping[str, Any]) -> Iterator[Problem]:
    """What the keys of a base owe each other; ``whole`` is the layer that a table (it, or an edition) belongs to."""
    own = [name for name in BASE if name in table]
    if not own:
        return
    if whole.get("measure") != "share" or "numerator" in whole or "denominator" in whole:
        yield Problem("error", words("check.base_of_share"), file=place.file, row=place.row(own[0]))
    elif "base" in table and "base_share" in table:
        yield Problem("error", words("check.base_twice"), file=place.file, row=place.row("base_share"))
    elif "base_year" in table and ("base_share" in table or not ("base" in table or "base" in whole)):
        yield Problem("error", words("check.base_year_alone"), file=place.file, row=place.row("base_year"))


def _kind_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of a kind owe each other."""
    if table.get("kind") == "indicator":
        counts = [name for name in ("numerator", "denominator") if name in table]
        if len(counts) == 1 or (counts and table.get("measure") != "share"):
            yield Problem("error", words("check.counts_of_share"), file=place.file, row=place.row(counts[0]))
        if "group" in table and table.get("measure") != "count":
            yield Problem("error", words("check.group_of_count"), file=place.file, row=place.row("group"))
        if table.get("measure") == "share" and table.get("unit") in set(UNITS) - {"percent", "share", "per_1000"}:
            what = words("check.unit_of_share", unit=table["unit"])
            yield Problem("error", what, file=place.file, row=place.row("unit"))
        if not counts and not table.get("edition"):
            yield Problem("error", words("check.no_edition"), file=place.file)
        if len(counts) == 2 and table["numerator"] == table["denominator"]:
            yield Problem("error", words("check.same_counts"), file=place.file, row=place.row("denominator"))
        if table.get("measure") in ("share", "mean", "index") and "direction" not in table:
            yield Problem("error", words("check.missing_key", word="direction"), file=place.file)
    if table.get("kind") == "residents":
        yield from _residents_faults(table, place)
    begun, ended = table.get("valid_from"), table.get("valid_to")
    if schema.DAY.fits(begun) and schema.DAY.fits(ended) and str(begun) > str(ended):
        yield Problem("error", words("check.valid_order"), file=place.file, row=place.row("valid_to"))
    if "access" in table and "entrances" in table:
        yield Problem("error", words("check.access_twice"), file=place.file, row=place.row("entrances"))
    if ("x" in table) != ("y" in table):
        row = place.row("x" if "x" in table else "y")
        yield Problem("error", words("check.x_and_y"), file=place.file, row=row)


def _residents_faults(table: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """What the keys of a layer of residents owe each other."""
    if "number" in table and "street" not in table:
        yield Problem("error", words("check.number_alone"), file=place.file, row=place.row("number"))
    if "spread" not in table:
        if "residents" not in table and not table.get("groups"):
            yield Problem("error", words("check.missing_key", word="residents"), file=place.file)
        if "weight" in table:
            yield Problem("error", words("check.weight_alone"), file=place.file, row=place.row("weight"))
    elif table.get("origin_type") == "area":
        yield Problem("error", words("check.spread_on_areas"), file=place.file, row=place.row("origin_type"))


def _limit_faults(theme: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """A theme has one limit: metres, or minutes."""
    named = [key for key in ("within_m", "within_min") if key in theme]
    if len(named) != 1:
        what = words("check.limit_twice") if named else words("check.limit_missing", usual=_usual(theme))
        yield Problem("error", what, file=place.file, row=place.row("within_min" if named else ""))
    elif "speed_kmh" in theme and "within_min" not in theme:
        yield Problem("error", words("check.speed_without_minutes"), file=place.file, row=place.row("speed_kmh"))


def _usual(theme: Mapping[str, Any]) -> Text:
    """Return what is usual for a theme's kind of place, as words to add; nothing where it is not known."""
    found = [one for one in orientation().services.values() if one.serves(str(theme.get("places")))]
    if not found:
        return Text("", "")
    return words("check.suggested", service=found[0].title, within=f"{found[0].within_m:g}", group=found[0].group)


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
    return list(enumerate(entries)) if isinstance(entries, list) and TABLE_LIST.fits(entries) else []


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
