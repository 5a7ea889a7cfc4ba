"""What the columns of catchments, proposals and scenarios mean, and the places and paths of a scenario as shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import shapely

from qmgis.model import Column, Outcome, PlaceLayer, Scenario, Text, words

__all__ = [
    "catchment_columns",
    "path_columns",
    "proposal_columns",
    "scenario_columns",
    "scenario_paths",
    "scenario_places",
    "site_columns",
]  # fmt: skip

COUNTS = ("residents", "before", "after", "gain", "lose", "new", "new_reached", "new_not_reached", "without_before",
          "without_after")  # fmt: skip
SITES, PATHS = ("add", "move", "close", "capacity", "housing"), ("path", "closed")


def catchment_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of catchments."""
    ways = {way: words(f"exports.way_{way}") for way in ("network", "straight_line")}
    return (
        _theme(outcome),
        Column("place", words("exports.place_id"), "text"),
        Column("name", words("words.name"), "text"),
        Column("within_m", words("exports.within_m"), "metres", Text("m", "m"), 0),
        Column("mode", words("exports.mode"), "text"),
        Column("distance_type", words("exports.way"), "code", codes=ways, note=words("exports.catchment_note")),
    )


def proposal_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of proposed sites."""
    numbers = [_said(key, "proposal", "count") for key in ("newly", "newly_attention", "overlap")]
    metres = [_said(f"median_{when}_m", "proposal", "metres") for when in ("before", "after")]
    holds = [_said(f"holds_{trial}", "proposal", "bool") for trial in ("nearer", "farther", "slower")]
    return (
        _theme(outcome),
        Column("order", words("exports.proposal_order"), "order", digits=0, note=words("exports.proposal_order_note")),
        Column("place", words("exports.proposal_place"), "text"),
        Column("name", words("words.name"), "text"),
        Column("area", words("words.area"), "text"),
        *numbers,
        *metres,
        _said("alternatives", "proposal", "text"),
        *holds,
        _said("because", "proposal", "text"),
    )


def scenario_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of scenarios, a row for each scenario, theme and area."""
    numbers = [_said(key, "scenario", "count") for key in COUNTS[:5]]
    metres = [_said(f"median_{when}_m", "scenario", "metres") for when in ("before", "after")]
    more = [_said(key, "scenario", "count") for key in COUNTS[5:8]]
    access = [_said(f"access_{when}", "scenario", "number") for when in ("before", "after")]
    rest = [_said(key, "scenario", "count") for key in COUNTS[8:]]
    head = (_scenario(outcome), _theme(outcome), Column("area", words("words.area"), "text"))
    return (*head, Column("name", words("words.name"), "text"), *numbers, *metres, *more, *access, *rest)


def site_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of a scenario's places and homes."""
    kinds = {kind: words(f"exports.change_{kind}") for kind in SITES}
    return (
        _scenario(outcome),
        Column("change", words("exports.change"), "code", codes=kinds),
        Column("layer", words("exports.place_layer"), "text"),
        Column("place", words("exports.place_id"), "text"),
        Column("name", words("words.name"), "text"),
        Column("capacity", words("exports.place_capacity"), "count"),
        Column("residents", words("exports.new_residents"), "count", digits=0),
    )


def path_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of a scenario's paths."""
    kinds = {kind: words(f"exports.change_{kind}") for kind in PATHS}
    change = Column("change", words("exports.change"), "code", codes=kinds)
    return (_scenario(outcome), change, Column("path", words("exports.path"), "text"))


def scenario_places(outcome: Outcome) -> gpd.GeoDataFrame | None:
    """Return the places and homes of all scenarios as points; None without any."""
    rows = [row for scenario in outcome.scenarios for row in _sites(scenario, outcome.places)]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=outcome.areas.frame.crs) if rows else None


def scenario_paths(outcome: Outcome) -> gpd.GeoDataFrame | None:
    """Return the new and closed paths of all scenarios as lines; None without any."""
    rows = [
        {"scenario": scenario.key, "change": kind, "path": name, "geometry": shapely.LineString(line)}
        for scenario in outcome.scenarios
        for kind, lines in (("path", scenario.paths), ("closed", scenario.closed))
        for name, line in lines.items()
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=outcome.areas.frame.crs) if rows else None


def _sites(scenario: Scenario, layers: Any) -> Iterator[dict[str, Any]]:
    for key, changes in scenario.places.items():
        layer: PlaceLayer | None = layers.get(key)
        known = None if layer is None else layer.frame
        points = {**changes.add, **changes.move}
        kinds = [("add", changes.add), ("move", changes.move), ("close", changes.close),
                 ("capacity", [name for name in changes.capacity if name not in points])]  # fmt: skip
        for kind, names in kinds:
            for name in names:
                there = known is not None and name in known.index
                if name not in points and not there:
                    continue
                called = known.loc[name, "name"] if there and known is not None else changes.names.get(name, name)
                shape = shapely.Point(points[name]) if name in points else known.geometry[name]  # type: ignore[union-attr]
                yield {"scenario": scenario.key, "change": kind, "layer": key, "place": name, "name": called,
                       "capacity": changes.capacity.get(name), "residents": None, "geometry": shape}  # fmt: skip
    for home in scenario.housing:
        yield {"scenario": scenario.key, "change": "housing", "layer": None, "place": home.key, "name": home.key,
               "capacity": None, "residents": home.people.get("residents"),
               "geometry": shapely.Point(home.point)}  # fmt: skip


def _theme(outcome: Outcome) -> Column:
    titles = {key: theme.title for key, theme in outcome.themes.items()}
    return Column("theme", words("exports.gap_theme"), "code", codes=titles)


def _scenario(outcome: Outcome) -> Column:
    return Column(
        "scenario", words("exports.scenario"), "code", codes={one.key: one.title for one in outcome.scenarios}
    )


def _said(key: str, layer: str, kind: Any) -> Column:
    """Return a column with the words for it; counts and distances are of the theme's group."""
    persons, places = words("coverage.unit_persons"), words("coverage.unit_per_places")
    unit = {"count": persons, "metres": Text("m", "m"), "number": places}
    digits = 1 if kind == "number" else 0
    return Column(key, words(f"exports.{layer}_{key}"), kind, unit.get(kind, Text("", "")), digits)
