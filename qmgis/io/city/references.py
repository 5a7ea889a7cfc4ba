"""Do the layers of a city fit together? What one file names, another has to declare."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from qmgis.errors import did_you_mean
from qmgis.io.city.units import unit_faults, versions
from qmgis.io.declared.layerfile import CityFile, LayerFile
from qmgis.io.declared.schema import Place
from qmgis.io.layers.spreadfaults import spread_faults
from qmgis.model import AreaLayer, IndicatorTable, Problem, Profile, Text, words

__all__ = ["reference_faults", "run_faults"]


def reference_faults(
    city: CityFile | None, layers: Sequence[LayerFile], *, profiles: Mapping[str, Profile], modes: Collection[str]
) -> list[Problem]:
    """Return every name that one file uses and no other declares."""
    areas = versions(city, layers)
    vintages = [layer.keys["vintage"] for layer in areas]
    found = [*_area_faults(areas), *_indicator_faults(layers, vintages), *_network_faults(layers, modes)]
    found += spread_faults(layers)
    if city is None:
        return found
    found += unit_faults(city, layers)
    return [*found, *_city_faults(city, layers, vintages, profiles), *_mode_faults(city, layers, modes)]


def _network_faults(layers: Sequence[LayerFile], modes: Collection[str]) -> Iterator[Problem]:
    """Return what networks name and nobody declares."""
    rasters = [layer.key for layer in layers if layer.kind == "raster"]
    for layer in layers:
        if layer.kind != "network" or layer.ref is None:
            continue
        for mode in layer.keys.get("modes", ()):
            yield from _if_unknown("check.no_mode", {"modes": mode}, "modes", known=modes, place=layer.place)
        yield from _if_unknown("check.no_raster", layer.keys, "elevation", known=rasters, place=layer.place)
        barriers = [one.key for one in layers if one.kind == "barriers"]
        for key in layer.keys.get("cut_by", ()):
            yield from _if_unknown("check.no_barriers", {"cut_by": key}, "cut_by", known=barriers, place=layer.place)
        unused = [
            key for key in ("where", "crs", "cut_by", "bridges") if key in layer.keys and layer.ref.source == "osm"
        ]
        unused += [key for key in ("elevation",) if key in layer.keys and layer.ref.source != "osm"]
        for key in unused:
            what = words("check.not_of_source", word=key, source=layer.ref.source)
            yield Problem("error", what, file=layer.place.file, row=layer.place.row(key))


def _mode_faults(city: CityFile, layers: Sequence[LayerFile], modes: Collection[str]) -> Iterator[Problem]:
    """Return themes whose mode there is not, or for which the city has no streets."""
    networks = [layer for layer in layers if layer.kind == "network" and layer.ref is not None]
    offered = {mode for layer in networks for mode in layer.keys.get("modes", ["walk"])}
    whole = any(layer.ref is not None and layer.ref.source == "osm" for layer in networks)
    for place, entry in _entries(city, "theme", city.themes):
        yield from _if_unknown("check.no_mode", entry, "mode", known=modes, place=place)
        mode = entry.get("mode", "walk")
        if mode in modes and mode != "walk" and not whole and mode not in offered:
            what = words("check.mode_without_network", mode=mode)
            yield Problem("error", what, file=place.file, row=place.row("mode"))


def _area_faults(areas: Sequence[LayerFile]) -> Iterator[Problem]:
    if not areas:
        yield Problem("error", words("check.no_areas"), remedy=words("check.fix_no_areas"))
    seen: dict[str, str] = {}
    for layer in areas:
        vintage = layer.keys["vintage"]
        if vintage in seen:
            what = words("check.vintage_twice", vintage=vintage, other=seen[vintage])
            yield Problem("error", what, file=layer.place.file, row=layer.place.row("vintage"))
        seen[vintage] = layer.key


def _indicator_faults(layers: Sequence[LayerFile], vintages: Sequence[str]) -> Iterator[Problem]:
    counts = {layer.key for layer in layers if layer.kind == "indicator" and layer.keys["measure"] == "count"}
    living = {one.key for one in layers if one.kind == "residents" and "residents" in one.keys and _is_own(one)}
    for layer in layers:
        for edition in layer.editions:
            yield from _if_unknown("check.no_residents", edition.keys, "weight", known=living, place=edition.place)
            if edition.vintage not in vintages:
                yield _unknown("check.no_vintage", edition.vintage, vintages, place=edition.place, key="vintage")
        for name in ("numerator", "denominator"):
            if name in layer.keys and layer.keys[name] not in counts:
                yield _unknown("check.no_count", layer.keys[name], counts, place=layer.place, key=name)
        named = [(layer.keys, layer.place), *((edition.keys, edition.place) for edition in layer.editions)]
        for keys, place in named if layer.kind == "indicator" else ():
            if "base" in keys and keys["base"] not in counts:
                yield _unknown("check.no_count", keys["base"], counts, place=place, key="base")


def _is_own(layer: LayerFile) -> bool:
    return "spread" not in layer.keys


def _city_faults(
    city: CityFile, layers: Sequence[LayerFile], vintages: Sequence[str], profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    places = [layer.key for layer in layers if layer.kind == "places"]
    indicators = [layer.key for layer in layers if layer.kind == "indicator"]
    bare = {layer.key for layer in layers if layer.kind == "places" and "capacity" not in layer.keys}
    groups = {"residents"}.union(*(layer.keys.get("groups", {}) for layer in layers if layer.kind == "residents"))
    for layer in layers:
        if layer.kind == "places":
            yield from _if_unknown("check.no_places", layer.keys, "entrances", known=places, place=layer.place)
    for place, entry in _entries(city, "theme", city.themes):
        yield from _if_unknown("check.no_places", entry, "places", known=places, place=place)
        yield from _if_unknown("check.no_places", entry, "candidates", known=places, place=place)
        yield from _if_unknown("check.no_indicator", entry, "need", known=indicators, place=place)
        yield from _if_unknown("check.no_group", entry, "group", known=groups, place=place)
        if "supply" in entry and entry["places"] in bare:
            what = words("check.supply_without_capacity", id=entry["id"], places=entry["places"])
            yield Problem("error", what, file=place.file, row=place.row("supply"))
    for place, entry in _entries(city, "exclusion", city.exclusions):
        yield from _if_unknown("check.no_vintage", entry, "vintage", known=vintages, place=place)
    themes = [entry["id"] for entry in city.themes]
    yield from _column_clashes(city, themes)
    for place, entry in _entries(city, "run", city.runs):
        yield from _if_unknown("check.no_profile", entry, "method", known=profiles, place=place)
        yield from _if_unknown("check.no_vintage", entry, "areas", known=vintages, place=place)
        for theme in entry.get("coverage", ()):
            yield from _if_unknown("check.no_theme", {"coverage": theme}, "coverage", known=themes, place=place)


def _column_clashes(city: CityFile, themes: Sequence[str]) -> Iterator[Problem]:
    """Return themes whose columns would bear the names of others: ``kita_not_reached`` of ``kita`` and ``kita_not``."""
    taken = {f"{theme}_not".lower() for theme in themes} | {"z", "value", "change", "contribution"}
    taken |= {"count", "base", "low", "high", "reliability", "smoothed"}
    for place, entry in _entries(city, "theme", city.themes):
        if entry["id"].lower() in taken:
            yield Problem("error", words("check.theme_columns", id=entry["id"]), file=place.file, row=place.row("id"))


def run_faults(
    city: CityFile,
    tables: Mapping[str, IndicatorTable],
    areas: Mapping[str, AreaLayer],
    *,
    broken: Collection[str],
    profiles: Mapping[str, Profile],
) -> Iterator[Problem]:
    """Return what runs and exclusions need and the data do not have: years, indicators, areas.

    What layers with faults of their own (``broken``) would have given is not asked for again.
    """
    if not city.runs:
        yield Problem("note", words("check.no_runs"), file=city.place.file, remedy=words("check.fix_no_runs"))
    for place, entry in _entries(city, "run", city.runs):
        table = tables.get(entry["areas"])
        if entry["areas"] in areas and (table is None or entry["year"] not in table.years):
            if broken:
                continue
            years = ", ".join(map(str, table.years)) if table is not None else "–"
            what = words("check.run_without_year", run=entry["id"], year=entry["year"], years=years)
            yield Problem("error", what, file=place.file, row=place.row("year"))
        elif table is not None and entry["method"] in profiles:
            values = table.of_year(entry["year"])
            needs = profiles[entry["method"]].needs
            asked = [key for key in needs if key not in broken]
            absent = [key for key in asked if key not in values or not values[key].notna().any()]
            if absent:
                shown = _listed(_absent(key, table, known=map(str, set(values) - set(needs))) for key in absent)
                what = words(
                    "check.run_without_indicator",
                    run=entry["id"],
                    method=entry["method"],
                    year=entry["year"],
                    shown=shown,
                )
                remedy = words("check.fix_run_without_indicator")
                yield Problem("error", what, file=place.file, row=place.row("method"), remedy=remedy)
            needs = profiles[entry["method"]].dynamics
            yield from _without_change(
                entry, table, place=place, needs=[key for key in needs if key not in {*broken, *absent}]
            )
    for place, entry in _entries(city, "exclusion", city.exclusions):
        layer = areas.get(entry["vintage"])
        if layer is not None and entry["area"] not in layer.frame.index:
            yield _unknown("check.no_area", entry["area"], (), place=place, key="area")


def _without_change(
    entry: Mapping[str, Any], table: IndicatorTable, *, place: Place, needs: Sequence[str]
) -> Iterator[Problem]:
    """Return the indicators whose change a run needs and no area has, as where a city knows one year only."""
    changes = table.of_year(entry["year"], what="change")
    absent = [key for key in needs if not changes[key].notna().any()]
    if absent:
        listed = _listed(_lacking(key, table, year=entry["year"]) for key in absent)
        others = [year for year in table.years if table.of_year(year, what="change")[absent].notna().any().all()]
        there = words("check.change_elsewhere", years=", ".join(map(str, others))) if others else Text("", "")
        what = words("check.run_without_change", run=entry["id"], year=entry["year"], shown=listed, there=there)
        remedy = words("check.fix_run_without_change")
        yield Problem("error", what, file=place.file, row=place.row("method"), remedy=remedy)


def _listed(named: Iterable[Text]) -> Text:
    said = list(named)
    return Text(", ".join(one.de for one in said), ", ".join(one.en for one in said))


def _absent(key: str, table: IndicatorTable, *, known: Iterable[str]) -> Text:
    """Return the name of an indicator without values, with the years that have some, or a name that is close."""
    years = [year for year in table.years if key in table.frame and table.of_year(year)[key].notna().any()]
    if years:
        return words("check.lacks_year", name=key, years=", ".join(map(str, years)))
    near = get_close_matches(key, list(known), n=1)
    return words("check.lacks_near", name=key, near=near[0]) if near else Text(key, key)


def _lacking(key: str, table: IndicatorTable, *, year: int) -> Text:
    """Return the name of an indicator without change; of a share made of two counts, which of them lacks it."""
    indicator, changes = table.indicators[key], table.of_year(year, what="change")
    counts = [name for name in (indicator.numerator, indicator.denominator) if name in changes]
    without = [name for name in counts if name is not None and not changes[name].notna().any()]
    return words("check.lacks_change", name=key, counts=", ".join(without)) if without else Text(key, key)


def _entries(city: CityFile, name: str, entries: Sequence[Mapping[str, Any]]) -> list[tuple[Place, Mapping[str, Any]]]:
    return [(Place(city.place.file, city.place.text, name, n), entry) for n, entry in enumerate(entries)]


def _if_unknown(
    message: str, entry: Mapping[str, Any], key: str, *, known: Iterable[str], place: Place
) -> Iterator[Problem]:
    known = list(known)
    if key in entry and entry[key] not in known:
        yield _unknown(message, entry[key], known, place=place, key=key)


def _unknown(message: str, name: str, known: Iterable[str], *, place: Place, key: str) -> Problem:
    known = list(known)
    hint = Text(did_you_mean(name, known, lang="de"), did_you_mean(name, known))
    return Problem("error", words(message, name=name, hint=hint), file=place.file, row=place.row(key))
