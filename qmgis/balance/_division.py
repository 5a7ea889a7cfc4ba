"""Measures of several areas: divided by the residents that they reach in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.balance._shares import codes_in

__all__ = ["ROUNDED", "RULES", "divide"]

RULES = ("residents", "equal", "refused")
ROUNDED = 10  # persons: exact numbers could be computed back from amounts in cents
SLIVER = 0.01
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


def _areas_of(named: list[str], place: shapely.Geometry | None, areas: gpd.GeoSeries) -> list[str]:
    """Return the areas that a measure is for, sorted."""
    if not named:
        return sorted(str(area) for area in areas.index)
    touched = _touched(place, areas) if len(named) == 1 and place is not None else []
    return sorted({*named, *touched})


def _touched(place: shapely.Geometry, areas: gpd.GeoSeries) -> list[str]:
    """Return the areas that hold more than a sliver of a place."""
    shared = shapely.intersection(place, areas.to_numpy())
    if place.area > 0:
        held = shapely.area(shared) / place.area
    elif place.length > 0:
        held = shapely.length(shared) / place.length
    else:
        held = shapely.get_num_coordinates(shared) / shapely.get_num_coordinates(place)
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
