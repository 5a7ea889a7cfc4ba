"""Measures of several areas: divided by the residents that they reach in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.balance._lying import SLIVER, parts_held
from qmgis.balance._split import AMOUNTS, money_parts
from qmgis.model import codes_in

__all__ = ["ROUNDED", "RULES", "costs_in", "divide", "with_areas"]

RULES = ("residents", "equal", "refused")
ROUNDED = 10  # persons: exact numbers could be computed back from amounts in cents
COLUMNS = ["measure", "area", "weight", "rule"]


def divide(
    measures: pd.DataFrame,
    places: Mapping[str, shapely.Geometry],
    areas: gpd.GeoSeries,
    *,
    people: gpd.GeoDataFrame | None = None,
    within_m: float = 300.0,
    equal: Sequence[str] = (),
) -> pd.DataFrame:
    """Return in which areas each measure of several lies, and by which weights its money is divided.

    A measure is of several areas where its cell ``area`` names several or none (then all of them), or where its place
    lies in more than one, slivers below 1 % of the place aside. It is divided by the residents that it reaches in each:
    those inside of a place that is an area, those within ``within_m`` of points and lines, and without a place all of
    the area. They are rounded to tens, so that no amount tells of few people. Where they are not known, or nobody is
    reached, it is refused, unless an equal division is declared for it.

    Parameters
    ----------
    measures
        ``measure`` and ``area``.
    places
        Places of measures in metres; those that are area-wide are left out or empty.
    areas
        Outlines by id, in the same reference system.
    people
        Points with a column ``residents`` (missing where unknown).
    within_m
        How far points and lines reach, metres, straight line.
    equal
        Measures that are divided equally where residents are not known.

    Returns
    -------
    pd.DataFrame
        ``measure``, ``area``, ``weight`` (whole, from 0) and ``rule``, one of `RULES`; measures of one area have no
        row, and of those that are refused every weight is 0.

    Examples
    --------
    >>> areas = gpd.GeoSeries({"A": shapely.box(0, 0, 10, 10), "B": shapely.box(10, 0, 20, 10)}, crs="EPSG:25832")
    >>> homes = gpd.GeoDataFrame({"residents": [60, 20]}, geometry=shapely.points([(5, 5), (15, 5)]), crs="EPSG:25832")
    >>> measures = pd.DataFrame({"measure": ["M1"], "area": ["A, B"]})
    >>> divide(measures, {}, areas, people=homes)["weight"].tolist()
    [60, 20]
    """
    rows: list[tuple[str, str, int, str]] = []
    for measure, cell in measures[["measure", "area"]].itertuples(index=False, name=None):
        place = places.get(measure)
        place = None if place is None or place.is_empty else place
        mine = _areas_of(codes_in(cell), place, areas)
        if len(mine) < 2:
            continue
        known = people is not None and set(mine) <= set(areas.index)
        weights = _reached(place, areas[mine], people, within_m) if known and people is not None else None
        rule = "residents" if weights is not None else "equal" if measure in equal else "refused"
        shares = weights if weights is not None else [int(rule == "equal")] * len(mine)
        rows += [(measure, area, weight, rule) for area, weight in zip(mine, shares, strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def with_areas(measures: pd.DataFrame, division: pd.DataFrame) -> pd.DataFrame:
    """Return measures with the areas that they are divided over in the column ``area``, separated by commas.

    Examples
    --------
    >>> division = pd.DataFrame({"measure": ["M1", "M1"], "area": ["A", "B"], "weight": [60, 20], "rule": "residents"})
    >>> with_areas(pd.DataFrame({"measure": ["M1"], "area": ["A"]}), division)["area"].tolist()
    ['A, B']
    """
    several = division.groupby("measure", sort=False)["area"].agg(", ".join).to_dict() if len(division) else {}
    cells = [several.get(one, area) for one, area in zip(measures["measure"], measures["area"], strict=True)]
    return measures.assign(area=pd.Series(cells, measures.index, dtype=measures["area"].dtype))


def costs_in(measures: pd.DataFrame, costs: pd.DataFrame, division: pd.DataFrame, *, area: str) -> pd.DataFrame:
    """Return what falls to one area of the costs: of measures of several areas their part, to the cent.

    The parts of all areas make the whole. Of measures that are not divided every amount is missing, in each of them.

    Parameters
    ----------
    measures
        ``measure`` and ``area``.
    costs
        ``measure``, any further columns, and Int64 cents.
    division
        As `divide` gives it.
    area
        The id of an area.

    Examples
    --------
    >>> division = pd.DataFrame({"measure": ["M1", "M1"], "area": ["A", "B"], "weight": [60, 20], "rule": "residents"})
    >>> costs = pd.DataFrame({"measure": ["M1"], "planned_ct": [101], "approved_ct": [None], "spent_ct": [None]})
    >>> [costs_in(pd.DataFrame({"measure": ["M1"], "area": ["A, B"]}), costs, division, area=one)["planned_ct"].tolist()
    ...  for one in ("A", "B")]
    [[76], [25]]
    """
    named = with_areas(measures, division)
    here = {one for one, cell in zip(named["measure"], named["area"], strict=True) if area in codes_in(cell)}
    own, several = costs[costs["measure"].isin(here)], set(division["measure"])
    wide = own[own["measure"].isin(several)]
    if wide.empty:
        return own.reset_index(drop=True)
    refused = set(division.loc[division["rule"] == "refused", "measure"])
    weights = pd.Series([Fraction(int(one)) for one in division["weight"]], division.index, dtype=object)
    parts = division.assign(group=division["area"], part=weights)
    rows = wide[~wide["measure"].isin(refused)]
    rows = rows.assign(row=rows.index, part=pd.Series([Fraction(1)] * len(rows), rows.index, dtype=object))
    divided = money_parts(rows, parts, on="group")
    unknown = wide[wide["measure"].isin(refused)].copy()
    unknown[list(AMOUNTS)] = None
    mine = divided[divided["group"] == area].set_index("row")[list(costs.columns)]
    found = pd.concat([own[~own["measure"].isin(several)], mine, unknown]).sort_index()
    return found.astype(costs.dtypes.to_dict() | dict.fromkeys(AMOUNTS, "Int64")).reset_index(drop=True)


def _areas_of(named: list[str], place: shapely.Geometry | None, areas: gpd.GeoSeries) -> list[str]:
    """Return the areas that a measure is for, sorted."""
    if not named:
        return sorted(str(area) for area in areas.index)
    touched = _touched(place, areas) if len(named) == 1 and place is not None else []
    return sorted({*named, *touched})


def _touched(place: shapely.Geometry, areas: gpd.GeoSeries) -> list[str]:
    """Return the areas that hold more than a sliver of a place."""
    held = parts_held(place, areas.to_numpy())
    return [str(area) for area, part in zip(areas.index, held, strict=True) if part > SLIVER]


def _reached(
    place: shapely.Geometry | None, areas: gpd.GeoSeries, people: gpd.GeoDataFrame, within_m: float
) -> list[int] | None:
    """Return the residents reached in each area, rounded to tens; None where they are not known or nobody is."""
    points, residents = people.geometry.to_numpy(), people["residents"].to_numpy(dtype=float)
    reach = np.ones(len(points), dtype=bool)
    if place is not None:
        near = shapely.dwithin(points, place, within_m) if place.area == 0 else shapely.intersects(points, place)
        reach = np.asarray(near)
    found = []
    for outline in areas:
        inside = residents[reach & shapely.intersects(points, outline)]
        if np.isnan(inside).any():
            return None
        found.append(ROUNDED * round(float(inside.sum()) / ROUNDED))
    return found if sum(found) else None
