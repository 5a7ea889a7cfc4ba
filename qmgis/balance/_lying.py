"""Where measures lie within their programme areas: in which areas of the city, or in which districts."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.balance._split import UNKNOWN
from qmgis.model import codes_in

__all__ = ["OUTSIDE", "WIDE", "lying"]

WIDE, OUTSIDE = "wide", "outside"
SLIVER = 0.01
STEPS = 1_000_000  # shares of a place, in whole parts


def lying(measures: pd.DataFrame, places: Mapping[str, shapely.Geometry], parts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return in which parts of its programme areas each measure lies, and by which weights its money is divided.

    A measure with a place is of the parts that hold more than 1 % of it, by how much of it (area, length, points); of
    `OUTSIDE` where none does. Without a place it is of the part that its programme area is of, where there is only one,
    else of `WIDE`: for all of it.

    Parameters
    ----------
    measures
        ``measure`` and ``area``: one or several programme areas.
    places
        Places of measures in metres; those that are area-wide are left out or empty.
    parts
        ``programme_area``, ``group`` (missing where not known) and outlines in the same reference system.

    Returns
    -------
    pd.DataFrame
        ``measure``, ``area``, ``group``, ``weight`` (whole, above 0); each measure in each of its areas.

    Examples
    --------
    >>> halves = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> parts = gpd.GeoDataFrame({"programme_area": ["A", "A"], "group": ["west", "east"]}, geometry=halves)
    >>> measures = pd.DataFrame({"measure": ["M1", "M2"], "area": ["A", "A"]})
    >>> lying(measures, {"M1": shapely.box(8, 0, 12, 10)}, parts)["group"].tolist()
    ['west', 'east', 'wide']
    """
    rows: list[tuple[str, str, str, int]] = []
    groups = parts["group"].astype(object).where(parts["group"].notna(), UNKNOWN).astype(str).to_numpy()
    homes, shapes = parts["programme_area"].to_numpy(), parts.geometry.to_numpy()
    for measure, cell in measures[["measure", "area"]].itertuples(index=False, name=None):
        place = places.get(measure)
        for area in codes_in(cell):
            mine = homes == area
            held = _held(place, shapes[mine], groups[mine])
            rows += [(measure, area, group, weight) for group, weight in held.items()]
    return pd.DataFrame(rows, columns=["measure", "area", "group", "weight"])


def _held(place: shapely.Geometry | None, shapes: np.ndarray, groups: np.ndarray) -> dict[str, int]:
    """Return how much of a place each group holds."""
    if place is None or place.is_empty:
        names = set(groups)
        return {names.pop() if len(names) == 1 else WIDE: 1}
    found: dict[str, int] = {}
    for group, part in zip(groups, parts_held(place, shapes), strict=True):
        if part > SLIVER:
            found[str(group)] = found.get(str(group), 0) + round(STEPS * part)
    return found or {OUTSIDE: 1}


def parts_held(place: shapely.Geometry, shapes: np.ndarray) -> np.ndarray:
    """Return which part of a place each shape holds: of its area, its length or its points, 0-1.

    Examples
    --------
    >>> parts_held(shapely.LineString([(0, 0), (4, 0)]), np.array([shapely.box(1, -1, 9, 1)])).tolist()
    [0.75]
    """
    shared = shapely.intersection(place, shapes)
    if place.area > 0:
        return np.asarray(shapely.area(shared) / place.area)
    if place.length > 0:
        return np.asarray(shapely.length(shared) / place.length)
    return np.asarray(shapely.get_num_coordinates(shared) / shapely.get_num_coordinates(place))
