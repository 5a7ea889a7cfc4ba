"""Outlines for a page: simplified together so that neighbours stay neighbours, rounded, each written once."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from qmgis.core.spatial.extent import framed

__all__ = ["bounds_of", "drawing", "outlines", "points"]

STEPS_PER_DEGREE = 1e5  # about one metre; own/map.js divides by the same number
DETAIL = 3000  # the longer side of the city in tolerances: below what a screen can show

Flat = list[int]


def outlines(geometry: gpd.GeoSeries) -> list[list[list[Flat]]]:
    """Return each geometry as polygons of rings of whole steps, each point the difference from the one before.

    Parameters
    ----------
    geometry
        Polygons in a metric reference system that form a coverage; other parts than polygons are dropped.
    """
    west, south, east, north = geometry.total_bounds
    tolerance = max(east - west, north - south) / DETAIL
    whole = np.array([_only_polygons(shape) for shape in geometry], dtype=object)
    slim = shapely.coverage_simplify(whole, tolerance) if np.isfinite(tolerance) else whole
    return _flat_polygons(gpd.GeoSeries(slim, crs=geometry.crs).to_crs(4326).to_numpy())


def drawing(geometry: gpd.GeoSeries) -> dict[str, list[Any]]:
    """Return the areas and the lines of shapes as they are, for what is drawn without being a coverage."""
    lonlat = geometry.to_crs(4326).to_numpy()
    parts = shapely.get_parts(lonlat)
    kinds = shapely.get_type_id(parts)
    areas = [polygon for shape in _flat_polygons(parts[kinds == 3]) for polygon in shape]
    return {"areas": areas, "lines": _steps(parts[kinds == 1], closed=False)}


def points(geometry: gpd.GeoSeries) -> list[Flat]:
    """Return each point as whole steps of longitude and latitude."""
    lonlat = geometry.to_crs(4326)
    xy = np.round(np.column_stack([lonlat.x, lonlat.y]) * STEPS_PER_DEGREE).astype(np.int64)
    return [[int(x), int(y)] for x, y in xy]


def bounds_of(geometry: gpd.GeoSeries) -> list[list[float]]:
    """Return south-west and north-east corner of what a map frames as latitude and longitude."""
    shown = geometry[framed(geometry.to_numpy())]
    west, south, east, north = (round(float(value), 5) for value in shown.to_crs(4326).total_bounds)
    return [[south, west], [north, east]]


def _only_polygons(shape: Any) -> Any:
    """Return the polygons of a shape; an empty polygon where it has none."""
    parts = [] if shape is None else [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if len(parts) > 1 else parts[0] if parts else shapely.Polygon()


def _flat_polygons(shapes: np.ndarray) -> list[list[list[Flat]]]:
    """Return shapes in degrees as polygons of rings of steps, all points at once: a loop over rings takes long."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    there = ~shapely.is_empty(parts)
    parts, shape = parts[there], shape[there]
    rings, part = shapely.get_rings(parts, return_index=True)
    flat = _steps(rings, closed=True)
    polygons: list[list[Flat]] = [[] for _ in parts]
    for number, ring in zip(part.tolist(), flat, strict=True):
        polygons[number].append(ring)
    found: list[list[list[Flat]]] = [[] for _ in shapes]
    for number, polygon in zip(shape.tolist(), polygons, strict=True):
        found[number].append(polygon)
    return found


def _steps(lines: np.ndarray, *, closed: bool) -> list[Flat]:
    """Return each line in degrees as whole steps, each point the difference from the one before; no point twice.

    Of closed lines the last point, which is the first, is left out.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.round(points * STEPS_PER_DEGREE).astype(np.int64)
    first = np.diff(line, prepend=-1) > 0
    moved = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moved[first] = steps[first]
    kept = moved.any(axis=1)
    if closed:
        kept &= np.diff(line, append=len(lines)) == 0
    ends = np.cumsum(np.bincount(line[kept], minlength=len(lines)) * 2).tolist()
    flat = moved[kept].ravel().tolist()
    return [flat[start:end] for start, end in zip([0, *ends], ends, strict=False)]
