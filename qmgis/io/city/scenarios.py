"""A city's scenarios: TOML files in its folder ``scenarios``, checked as a whole against what the city has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from qmgis.i18n import number
from qmgis.io.declared import schema
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.io.declared.schema import Key, Place, Rule, close, faults, is_number, listed, table_of, to_text
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import Housing, PlaceChanges, PlaceLayer, Point, Problem, Scenario, Text, fingerprint, words

__all__ = ["CityParts", "read_scenario", "read_scenarios"]

FARTHEST_M = 20_000.0  # beyond the box around the areas a point is a slip
_FILE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PAIR = Rule("check.want_point", lambda v: isinstance(v, list) and len(v) == 2 and all(map(is_number, v)))
_PEOPLE = Rule("check.want_people", lambda v: is_number(v) and v >= 0)
_NAMED, _TEXT = Key(schema.TEXT, required=True), Key(schema.TEXT)
_SPOT = {"at": Key(_PAIR), "from": _TEXT, "place": _TEXT}
_SITE = {"places": _NAMED, "id": Key(schema.NAME, required=True)}
_LINE = {
    "id": Key(schema.NAME, required=True),
    "line": Key(
        Rule("check.want_line", lambda v: listed(_PAIR).fits(v) and len({tuple(point) for point in v}) > 1), True
    ),
}
SHAPES: Mapping[str, Mapping[str, Key]] = {
    "add": {**_SITE, **_SPOT, "name": _TEXT, "capacity": Key(_PEOPLE)},
    "move": {"places": _NAMED, "id": _NAMED, **_SPOT},
    "close": {"places": _NAMED, "id": _NAMED},
    "capacity": {"places": _NAMED, "id": _NAMED, "capacity": Key(_PEOPLE, required=True)},
    "housing": {
        "id": Key(schema.NAME, required=True), **_SPOT, "residents": Key(_PEOPLE),
        "groups": Key(table_of(_PEOPLE, wanted="check.want_new_people")),
    },
    "path": _LINE,
    "closed": _LINE,
}  # fmt: skip
_TABLES = Key(listed(schema.TABLE, wanted="check.want_tables"))
_WHOLE: Mapping[str, Key] = {
    "title": Key(schema.TEXT_PAIR, required=True), "note": Key(schema.TEXT_PAIR), "crs": _TEXT,
    "themes": Key(schema.TEXTS), **dict.fromkeys(SHAPES, _TABLES),
}  # fmt: skip


@dataclass(frozen=True)
class CityParts:
    """What scenarios may name: layers of places (None where one has faults of its own), groups, themes, streets.

    ``bounds``: the box around the areas; ``counted``: layers of places whose themes ask for supply.
    """

    crs: str
    places: Mapping[str, PlaceLayer | None]
    groups: Collection[str]
    themes: Mapping[str, str]
    bounds: tuple[float, float, float, float] | None = None
    counted: Collection[str] = ()
    has_network: bool = True


@dataclass
class _Found:
    """What was read of a file so far, and what is wrong with it."""

    place: Place
    known: CityParts
    crs: str
    changes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, message: str, place: Place, key: str = "", **values: object) -> None:
        """Tell one fault at a key of a table."""
        what = words(f"check.{message}", **values)
        self.problems.append(Problem("error", what, file=place.file, row=place.row(key)))


def read_scenarios(folder: Path, known: CityParts) -> tuple[dict[str, Scenario], list[Problem]]:
    """Return the scenarios of a city's folder by key, and every fault of their files.

    Examples
    --------
    >>> read_scenarios(Path("nowhere"), CityParts("EPSG:25832", {}, (), {}))
    ({}, [])
    """
    found: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for file in sorted((folder / "scenarios").glob("*.toml")):
        one, wrong = read_scenario(file, known)
        problems += wrong
        if one is not None:
            found[one.key] = one
    return found, problems


def read_scenario(file: Path, known: CityParts) -> tuple[Scenario | None, list[Problem]]:
    """Return the scenario of a file, or None where it has faults, and every fault with its line.

    Examples
    --------
    >>> read_scenario(Path("none.toml"), CityParts("EPSG:25832", {}, (), {}))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    if not _FILE.fullmatch(file.stem):
        found.append(Problem("error", words("check.bad_key", word=file.stem), file=place.file))
    found += faults(table, _WHOLE, place=place)
    for name, inner, entry in _entries(table, place):
        found += faults(entry, SHAPES[name], place=inner)
    if found:
        return None, found
    read = _Found(place, known, str(table.get("crs", known.crs)))
    _check_whole(table, read)
    homes, lines = _homes(table, read), {name: _lines(table, name, read) for name in ("path", "closed")}
    for name in ("add", "move", "close", "capacity"):
        _read_places(table, name, read)
    if read.problems:
        return None, read.problems
    changes = {
        key: PlaceChanges(one["add"], one["move"], tuple(one["close"]), one["capacity"], one["names"])
        for key, one in read.changes.items()
    }
    content = fingerprint({"file": fingerprint_of(table), "points": [one["add"] | one["move"] for one in
                           read.changes.values()], "homes": [home.point for home in homes]})  # fmt: skip
    note = to_text(table["note"]) if "note" in table else None
    return Scenario(
        file.stem, to_text(table["title"]), changes, homes, lines["path"], lines["closed"],
        tuple(table.get("themes", ())), note, content,
    ), []  # fmt: skip


def _entries(table: Mapping[str, Any], place: Place) -> Iterator[tuple[str, Place, Mapping[str, Any]]]:
    for name in SHAPES:
        entries = table.get(name)
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            for order, entry in enumerate(entries):
                yield name, Place(place.file, place.text, name, order), entry


def _of(table: Mapping[str, Any], name: str, read: _Found) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    return ((inner, entry) for one, inner, entry in _entries(table, read.place) if one == name)


def _check_whole(table: Mapping[str, Any], read: _Found) -> None:
    """Tell what the file as a whole names and nobody knows, and ids that come twice."""
    try:
        pyproj.CRS.from_user_input(read.crs)
    except CRSError:
        read.fault("unknown_crs", read.place, "crs", crs=read.crs)
        read.crs = read.known.crs
    for theme in table.get("themes", ()):
        if theme not in read.known.themes:
            read.fault("no_theme", read.place, "themes", name=theme, hint=close(theme, read.known.themes))
    if not any(table.get(name) for name in SHAPES):
        read.fault("scenario_empty", read.place)
    for group in (("housing",), ("path", "closed")):
        seen: set[str] = set()
        for name, inner, entry in _entries(table, read.place):
            if name in group and entry["id"].lower() in seen:
                read.fault("repeated_id", inner, "id", word=entry["id"], table=name)
            if name in group:
                seen.add(entry["id"].lower())


def _homes(table: Mapping[str, Any], read: _Found) -> tuple[Housing, ...]:
    found = []
    for place, entry in _of(table, "housing", read):
        people = {**({"residents": entry["residents"]} if "residents" in entry else {}), **entry.get("groups", {})}
        for group in people:
            if group not in read.known.groups:
                read.fault("no_group", place, "groups", name=group, hint=close(group, read.known.groups))
        if not people:
            read.fault("missing_key", place, word="residents")
        if "residents" in people and any(people[group] > people["residents"] for group in people):
            read.fault("new_above_all", place, "groups", name=entry["id"])
        point = _point(entry, place, read)
        if point is not None:
            found.append(Housing(entry["id"], point, {name: float(value) for name, value in people.items()}))
    return tuple(found)


def _lines(table: Mapping[str, Any], name: str, read: _Found) -> dict[str, tuple[Point, ...]]:
    found = {}
    for place, entry in _of(table, name, read):
        if not read.known.has_network:
            read.fault("path_without_network", place, "id", name=entry["id"])
        points = _moved(np.array(entry["line"], dtype=float), entry["id"], place, "line", read)
        if points is not None:
            found[entry["id"]] = tuple(points)
    return found


def _read_places(table: Mapping[str, Any], name: str, read: _Found) -> None:
    """Add the changes of one kind to what was read."""
    for place, entry in _of(table, name, read):
        key, one = entry["places"], entry["id"]
        if key not in read.known.places:
            read.fault("no_places", place, "places", name=key, hint=close(key, read.known.places))
            continue
        changes = read.changes.setdefault(key, {part: {} for part in ("add", "move", "close", "capacity", "names")})
        layer = read.known.places[key]
        ids = [] if layer is None else [str(name) for name in layer.frame.index]
        if layer is not None and (one in ids) == (name == "add"):
            read.fault("place_exists" if name == "add" else "no_place", place, "id", name=one, places=key,
                       hint=close(one, ids))  # fmt: skip
        if one in changes[name] or (name != "add" and one in changes["close"]) or (name == "close" and one in
                                                                                   changes["move"]):  # fmt: skip
            read.fault("repeated_id", place, "id", word=one, table=name)
        if name == "add" and "capacity" not in entry and key in read.known.counted:
            read.fault("add_without_capacity", place, name=one, places=key)
        point = _point(entry, place, read) if name in ("add", "move") else None
        changes[name][one] = point if name in ("add", "move") else entry.get("capacity")
        if name == "add":
            changes["names"][one] = entry.get("name", one)
            changes["capacity"] |= {one: float(entry["capacity"])} if "capacity" in entry else {}


def _point(entry: Mapping[str, Any], place: Place, read: _Found) -> Point | None:
    """Return where something is: at a point of the file, or at a place of a layer."""
    layer_of = entry.get("from")
    if ("at" in entry) == (layer_of is not None) or (layer_of is None) != ("place" not in entry):
        read.fault("at_or_from", place, "at" if "at" in entry else "id", name=entry["id"])
        return None
    if layer_of is None:
        points = _moved(np.array([entry["at"]], dtype=float), entry["id"], place, "at", read)
        return None if points is None else points[0]
    if layer_of not in read.known.places:
        read.fault("no_places", place, "from", name=layer_of, hint=close(layer_of, read.known.places))
        return None
    layer, named = read.known.places[layer_of], entry["place"]
    if layer is None:
        return None
    if named not in layer.frame.index or shapely.is_missing(layer.frame.geometry[named]):
        ids = [str(name) for name in layer.frame.index]
        read.fault("no_place", place, "place", name=named, places=layer_of, hint=close(named, ids))
        return None
    spot = layer.frame.geometry[named]
    return float(spot.x), float(spot.y)


def _moved(points: np.ndarray, name: str, place: Place, key: str, read: _Found) -> list[Point] | None:
    """Return points in the city's system; tell of those that are far from its areas, as where x and y are changed."""
    mover = pyproj.Transformer.from_crs(read.crs, read.known.crs, always_xy=True)
    x, y = mover.transform(points[:, 0], points[:, 1])
    found = [(float(one), float(other)) for one, other in zip(x, y, strict=True)]
    west, south, east, north = read.known.bounds or (-np.inf, -np.inf, np.inf, np.inf)
    away = np.hypot(np.maximum(0, np.maximum(west - x, x - east)), np.maximum(0, np.maximum(south - y, y - north)))
    if not (np.isfinite(away).all() and away.max() <= FARTHEST_M):
        far = away.max() / 1000 if np.isfinite(away).all() else np.inf
        shown = Text(*(number(far, lang, digits=0) if np.isfinite(far) else "∞" for lang in ("de", "en")))
        read.fault("scenario_far", place, key, name=name, km=shown, crs=read.crs)
        return None
    return [(round(one, 3), round(other, 3)) for one, other in found]
