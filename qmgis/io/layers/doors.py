"""Where places that are areas are entered: entrances of another layer, or points along their outline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import QmgisError
from qmgis.io.cells.reading import Reader, only
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs
from qmgis.model import Problem, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["DOOR_EVERY_M", "ENTRANCE_WITHIN_M", "along", "read_doors"]

DOOR_EVERY_M = 25.0
ENTRANCE_WITHIN_M = 50.0


def read_doors(
    layer: LayerFile, reader: Reader, ids: pd.Series, *, target: str, entrances: LayerFile | None
) -> tuple[gpd.GeoDataFrame | None, list[Problem]]:
    """Return the points where the places of a layer are entered; None where its file asks for none.

    Parameters
    ----------
    layer, reader, target
        As for `read_places`.
    ids
        The places: text, by the row of the file.
    entrances
        The layer of points that the file names.

    Returns
    -------
    tuple
        Index ``door`` (text), columns ``place`` and ``geometry`` (points in metres), and every problem: entrances
        farther than 50 m from every outline, places without any (points along their outline stand for them).
    """
    if layer.ref is None or not {"access", "entrances"} & set(layer.keys):
        return None, []
    shapes, found = _shapes(layer, reader, target=target)
    if shapes is None:
        return None, found
    shapes = shapes.reindex(ids.index)
    outlines = pd.Series(np.asarray(shapes.array, dtype=object), index=ids.to_numpy())
    if not shapely.area(outlines.to_numpy()).any():
        what = words("check.access_of_points", word="access" if "access" in layer.keys else "entrances")
        return None, [*found, Problem("error", what, file=layer.place.file, row=layer.place.row())]
    doors: list[tuple[str, shapely.Geometry]] = []
    if entrances is not None:
        points, faults = _shapes(entrances, reader, target=target)
        found += faults
        if points is None:
            return None, found
        doors, lost = _assigned(outlines, np.asarray(points.array, dtype=object))
        if lost:
            what = words("check.entrance_astray", n=lost, metres=f"{ENTRANCE_WITHIN_M:g}")
            found.append(Problem("warning", what, file=entrances.ref.path if entrances.ref else ""))
    without = outlines[~outlines.index.isin({place for place, _ in doors})]
    if entrances is not None and len(without):
        what = words("check.no_entrance", n=len(without), id=str(without.index[0]))
        found.append(Problem("warning", what, file=layer.ref.path))
    doors += [(str(place), point) for place, shape in without.items() for point in along(shape)]
    return _frame(doors, target), found


def along(shape: shapely.Geometry, *, every_m: float = DOOR_EVERY_M) -> list[shapely.Geometry]:
    """Return points along the outline of an area, at most ``every_m`` apart; of what is no area a point on it.

    Examples
    --------
    >>> len(along(shapely.box(0, 0, 100, 50)))
    12
    """
    if shapely.area(shape) == 0:
        return [shapely.point_on_surface(shape)]
    return [point for ring in shapely.get_parts(shapely.boundary(shape)) for point in _steps(ring, every_m)]


def _steps(ring: shapely.Geometry, every_m: float) -> list[shapely.Geometry]:
    count = max(1, int(np.ceil(ring.length / every_m)))
    return list(shapely.line_interpolate_point(ring, np.arange(count) / count, normalized=True))


def _assigned(outlines: pd.Series, points: np.ndarray) -> tuple[list[tuple[str, shapely.Geometry]], int]:
    """Return each entrance with the place whose area it lies nearest to, and how many lie near none."""
    tree = shapely.STRtree(outlines.to_numpy())
    number, place = tree.query_nearest(points, max_distance=ENTRANCE_WITHIN_M, all_matches=True)
    doors = [(str(outlines.index[one]), points[n]) for n, one in zip(number, place, strict=True)]
    return doors, len(points) - len(set(number.tolist()))


def _frame(doors: list[tuple[str, shapely.Geometry]], target: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    index = pd.Index([f"door-{number}" for number in range(1, len(doors) + 1)], name="door", dtype="str")
    places = pd.Series([place for place, _ in doors], index=index, dtype=object)
    return gpd.GeoDataFrame({"place": places}, geometry=[point for _, point in doors], index=index, crs=target)


def _shapes(layer: LayerFile, reader: Reader, *, target: str) -> tuple[gpd.GeoSeries | None, list[Problem]]:
    """Return the shapes of a layer in metres as its file has them, by row."""
    import geopandas as gpd

    if layer.ref is None:
        return None, []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is None:
        return None, found
    keys: Mapping[str, Any] = layer.keys
    try:
        if "geometry" not in frame.columns:
            if not {"x", "y"} <= set(keys):
                return None, []
            frame = crs.points(frame, keys["x"], keys["y"], keys.get("crs"), decimal=keys.get("decimal"))
        frame = only(frame, keys.get("where"))
        shapes = frame.geometry.array
        frame = frame[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        frame, faults = crs.to_metric(frame, target=target, declared=keys.get("crs"), file=layer.ref.path)
    except QmgisError as error:
        return None, [Problem("error", Text(error.say("de"), error.say("en")), file=layer.ref.path)]
    wrong = [fault for fault in faults if fault.level == "error"]
    return (None if wrong else gpd.GeoSeries(frame.geometry)), wrong
