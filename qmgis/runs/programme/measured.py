"""What is measured of programme areas on a day: reports, who has places in reach, offices and anchors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from qmgis import coverage
from qmgis.errors import QmgisError
from qmgis.model import AreaResult, City, PlaceLayer, ProgrammeLayer, Text
from qmgis.model.record import Office
from qmgis.runs.programme.lives import programme_of
from qmgis.runs.programme.targeted import living_at
from qmgis.runs.serving import limits_of, network_of, places_of, residents_of
from qmgis.runs.steps import area_layer, population_of
from qmgis.runs.years.editions import edition_on, runs_in_order
from qmgis.targeting import within

__all__ = ["Measured", "editions_of_data", "measured", "outlines_on", "reached_from"]

SUPPLIES = ["inside", "city", "reached", "not_reached"]
REPORTS = ["lowest_share", "main_class", "classes", "gap", "negative_share"]


@dataclass(frozen=True, eq=False)
class Measured:
    """Reports and reach of every programme area, by its id: ``reports`` and ``supplies`` as `AreaRecord` has them."""

    reports: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    supplies: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def outlines_on(layer: ProgrammeLayer, on: date) -> gpd.GeoDataFrame:
    """Return one outline of each area: that of the day, else the last before it, else the first.

    Column ``outline``: its row in the layer.

    Examples
    --------
    >>> outlines_on(toy_programme(), date(2024, 12, 31)).index.tolist()
    ['QM-01', 'QM-02', 'QM-03']
    """
    frame = layer.frame.assign(area=layer.area_ids.to_numpy(), outline=layer.frame.index.to_numpy())
    begun = frame["valid_from"].fillna(pd.Timestamp.min.as_unit("s"))
    order = frame.assign(_later=begun > pd.Timestamp(on), _begun=begun).sort_values(
        ["_later", "_begun"], ascending=[True, False], kind="stable"
    )
    chosen = order.drop_duplicates("area").set_index("area").rename_axis("programme_area").sort_index()
    return chosen.drop(columns=["_later", "_begun"])


@lru_cache(maxsize=16)
def measured(city: City, on: date) -> Measured:
    """Return what is measured of all programme areas of a city up to a day, kept.

    Examples
    --------
    >>> from dataclasses import replace
    >>> found = measured(replace(toy_city(), programmes={"quarters": toy_programme()}), date(2024, 12, 31))
    >>> found.reports["QM-01"].index.tolist(), found.supplies["QM-01"].index.tolist()
    ([2022, 2024], ['kita'])
    """
    outlines = outlines_on(programme_of(city), on)
    return Measured(_reports(city, outlines, on), _supplies(city, outlines))


def editions_of_data(city: City, on: date) -> tuple[int, ...]:
    """Return the years up to a day with any share or mean at unit level.

    Examples
    --------
    >>> editions_of_data(toy_city(), date(2023, 12, 31))
    (2022, 2023)
    """
    years: set[int] = set()
    for table in city.tables.values():
        shares = [key for key, one in table.indicators.items() if one.measure != "count"]
        for year in table.years:
            if year <= on.year and table.of_year(year)[shares].notna().any(axis=None):
                years.add(year)
    return tuple(sorted(years))


def _reports(city: City, outlines: gpd.GeoDataFrame, on: date) -> dict[str, pd.DataFrame]:
    keys = [key for key in runs_in_order(city) if city.run(key).year <= on.year]
    if not keys:
        return {}
    layer = area_layer(city)
    # Of all outlines whatever the day, as everywhere else: two days then cut no part that tells of few people.
    members = within(layer, programme_of(city), residents=living_at(city), min_base=city.secrecy.min_base)
    areas = dict(zip(outlines["outline"], outlines.index, strict=True))
    members = members.assign(unit=members["unit"].map(areas)).dropna(subset="unit")
    people = population_of(city, layer, city.run(keys[-1]).year)
    weight = pd.Series(1.0, index=layer.frame.index) if people is None else people.fillna(0.0)
    methods = {city.run(key).year: city.run(key).method for key in keys}
    rows = {}
    for key in keys:
        try:
            result = edition_on(city, key, layer.vintage).result
        except QmgisError:
            continue
        rows[city.run(key).year] = _report(result, members, weight)
    last = methods[max(rows)] if rows else ""
    found: dict[str, pd.DataFrame] = {}
    for area in outlines.index:
        of_area = {year: row.loc[area] for year, row in rows.items() if area in row.index}
        frame = pd.DataFrame(of_area).T.reindex(columns=REPORTS).astype(float).rename_axis("year")
        other = [year for year in frame.index if methods[year] != last]
        frame.loc[other, "gap"] = float("nan")  # an index of another method is no gap that could be compared
        found[str(area)] = frame.sort_index()
    return found


def _report(result: AreaResult, members: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """Return the classes of the areas in each programme area, weighted by their residents in it."""
    seen = result.seen
    if "status_class" in seen:
        classes, of = pd.to_numeric(seen["status_class"], errors="coerce").astype("Float64").astype(float), 4.0
        column = next((one for one in result.columns if one.key == "status_class"), None)
        of = float(len(column.codes)) if column is not None and column.codes else of
    else:
        codes = result.label.cat.codes.astype(float)
        classes, of = codes.where(codes >= 0) + 1, float(len(result.label.cat.categories))
    index = pd.to_numeric(seen[result.index_column], errors="coerce").astype("Float64").astype(float)
    city = _mean(index, weight.reindex(index.index))
    rows = members.assign(weight=members["share"] * members["area"].map(weight))
    found = {}
    for unit, own in rows.groupby("unit"):
        known = own[own["area"].map(classes).notna() & (own["weight"] > 0)]
        if known.empty:
            continue
        of_class: Any = known["weight"].groupby(known["area"].map(classes)).sum()
        signs = known["area"].map(seen["dynamics_class"].astype(object)) if "dynamics_class" in seen else None
        found[str(unit)] = {
            "lowest_share": float(of_class.get(of, 0.0) / of_class.sum()), "main_class": float(of_class.idxmax()),
            "classes": of, "gap": _mean(known["area"].map(index), known["weight"]) - city,
            "negative_share": _share(signs, known["weight"]),
        }  # fmt: skip
    return pd.DataFrame(found).T.reindex(columns=REPORTS)


def _mean(values: pd.Series, weight: pd.Series) -> float:
    known = values.notna() & weight.notna()
    whole = float(weight[known].sum())
    return float((values[known] * weight[known]).sum() / whole) if whole else float("nan")


def _share(signs: pd.Series | None, weight: pd.Series) -> float:
    if signs is None or not signs.notna().any():
        return float("nan")
    known = signs.notna()
    return float(weight[known & signs.eq("-")].sum() / weight[known].sum())


def _supplies(city: City, outlines: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return for each area and theme of the newest run who has a place in reach, as it may be shown."""
    layer = area_layer(city)
    found: dict[str, dict[str, dict[str, float]]] = {str(area): {} for area in outlines.index}
    for key, theme in city.themes.items():
        try:
            residents, places = residents_of(city, theme.group), places_of(city, theme)
            limits = limits_of(city, theme)
        except QmgisError:
            continue
        if residents is None:
            continue
        exact = coverage.around(outlines, residents, places, group=theme.group, areas=layer, **limits)
        shown = coverage.guard_around(exact, secrecy=city.secrecy)
        for area, own in shown.groupby("polygon"):
            told = {str(row["place"]): row for row in own.to_dict("records")}
            inside = {name: float(told["inside"][name]) for name in ("reached", "not_reached")}
            shares = {"inside": float(told["inside"]["share"]), "city": float(told["city"]["share"])}
            found[str(area)][key] = {**shares, **inside}
    return {area: pd.DataFrame(rows).T.reindex(columns=SUPPLIES) for area, rows in found.items()}


def reached_from(
    city: City, outline: shapely.Geometry, points: gpd.GeoDataFrame, *, within_m: float
) -> Iterator[Office]:
    """Yield for each point whether it is inside an outline, and which share of the residents there reach it on foot.

    Shares are those that may be shown, in steps of people; none where too few live there.
    """
    residents = living_at(city)
    polygon = gpd.GeoDataFrame(geometry=[outline], index=pd.Index(["outline"], name="area"), crs=city.crs)
    network = network_of(city)
    for at, row in points.iterrows():
        inside = bool(shapely.intersects(outline, row.geometry))
        share = None
        if residents is not None:
            one = gpd.GeoDataFrame(
                {"name": [row["name"]], "capacity": [float("nan")]}, geometry=[row.geometry],
                index=pd.Index([str(at)], name="place", dtype="str"), crs=city.crs,
            )  # fmt: skip
            place = PlaceLayer("point", Text("", ""), one)
            exact = coverage.around(polygon, residents, place, within_m=within_m, network=network)
            shown = coverage.guard_around(exact, secrecy=city.secrecy).set_index("place")["share"]
            share = None if pd.isna(shown["inside"]) else float(shown["inside"])
        yield Office(str(row["name"]), inside, share)
