"""What maps draw for orientation: water, railways, main streets and parks, made small enough for a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from qmgis.errors import QmgisError
from qmgis.io.cells.reading import Reader, missing_columns, only
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs
from qmgis.io.layers.networks import Asked, extract_of
from qmgis.io.osm import DRAWN
from qmgis.model import BACKDROP_KINDS, AreaLayer, Backdrop, Problem, Text, words

__all__ = ["backdrop_of", "read_backdrop"]

DETAIL = 2500  # the longer side of the city in tolerances: below what a screen shows
MOST_POINTS = 8000  # of one kind; a page of text has to stay small
HOPELESS = 50 * MOST_POINTS  # simplified in vain
THIN = 0.02  # 4 pi area / perimeter²: such an area is drawn as a line
MARGIN = 0.02  # how far beyond the areas things are drawn, as a share of the city's longer side
Shapes = NDArray[np.object_]


def read_backdrop(
    layers: Iterable[LayerFile], reader: Reader, areas: Sequence[AreaLayer], *, asked: Asked
) -> tuple[Backdrop | None, list[Problem]]:
    """Return what the layers give maps to draw, and what is wrong with them; None where there is nothing."""
    if not areas:
        return None, []
    found: list[Problem] = []
    given: dict[str, list[Shapes]] = {}
    used: dict[str, list[LayerFile]] = {}
    for layer in layers:
        kind = layer.keys.get("draw", "road" if layer.kind == "network" else None)
        if kind is None and layer.kind != "barriers":
            continue
        shapes, faults = _shapes(layer, reader, areas[-1], asked=asked)
        found += faults
        if kind is not None and len(shapes):
            given.setdefault(kind, []).append(shapes)
            used.setdefault(kind, []).append(layer)
    whole = gpd.GeoSeries([shapely.box(*layer.frame.total_bounds) for layer in areas], crs=asked.target)
    backdrop = backdrop_of({kind: np.concatenate(parts) for kind, parts in given.items()}, whole)
    kinds = backdrop.kinds if backdrop else ()
    for kind in [kind for kind in used if kind not in kinds]:
        first = used[kind][0]
        found.append(Problem("note", words("check.too_much_to_draw"), file=first.place.file))
    if backdrop is None:
        return None, found
    keys = sorted({layer.key for kind in kinds for layer in used[kind]})
    return Backdrop(backdrop.frame, tuple(keys)), found


def _shapes(layer: LayerFile, reader: Reader, areas: AreaLayer, *, asked: Asked) -> tuple[Shapes, list[Problem]]:
    """Return a layer's shapes in metres; what is wrong with streets is told where they become a network."""
    nothing, ref, keys = np.array([], dtype=object), layer.ref, layer.keys
    if ref is not None and ref.source == "osm":
        try:
            return extract_of(layer, ref, reader, asked).drawn(keys.get("main", DRAWN)), []
        except QmgisError:  # told where the streets become a network
            return nothing, []
    frame = reader.read(ref, layer.place)[0] if ref else None
    if ref is None or frame is None or "geometry" not in getattr(frame, "columns", ()):
        return nothing, []
    where, main = keys.get("where", {}), keys.get("main", {})
    found = missing_columns(frame, [*where, *main], file=ref.path, place=layer.place)
    if found:
        return nothing, found
    try:
        chosen = only(only(frame, where), main)
        if "draw" in keys and np.isin(shapely.get_type_id(chosen.geometry.array), (-1, 0, 4)).all():
            return nothing, [Problem("error", words("check.nothing_to_draw"), file=ref.path)]
        metric, found = crs.to_metric(chosen, target=asked.target, declared=keys.get("crs"), file=ref.path)
        found += crs.beside(metric, areas.frame, read=chosen.crs or keys.get("crs"), file=ref.path)
    except QmgisError as error:
        metric, found = None, [Problem("error", Text(error.say("de"), error.say("en")), file=ref.path)]
    told = [] if layer.kind == "network" else found
    if metric is None or any(fault.level == "error" for fault in found):
        return nothing, told
    shapes = np.asarray(metric.geometry.array, dtype=object)
    return shapely.force_2d(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]), told


def backdrop_of(given: dict[str, Shapes], areas: gpd.GeoSeries) -> Backdrop | None:
    """Return shapes by kind as a backdrop: cut off around the areas, joined, simplified; None where nothing is left.

    A kind with too many points is simplified more, and left out where it still has too many.

    Examples
    --------
    >>> city = gpd.GeoSeries([shapely.box(0, 0, 10_000, 10_000)], crs="EPSG:25832")
    >>> river = np.array([shapely.LineString([(-50_000, 5_000), (4_000, 5_010), (50_000, 5_000)])])
    >>> backdrop = backdrop_of({"water": river}, city)
    >>> backdrop.kinds, [round(side) for side in backdrop.frame.total_bounds]
    (('water',), [-200, 5009, 10200, 5009])
    """
    west, south, east, north = areas.total_bounds
    longer = max(east - west, north - south)
    frame = shapely.box(
        west - MARGIN * longer, south - MARGIN * longer, east + MARGIN * longer, north + MARGIN * longer
    )
    parts: list[tuple[str, str, Any]] = []
    for kind in BACKDROP_KINDS:
        shapes = _cut(given[kind], frame) if kind in given else np.array([], dtype=object)
        for step in (1.0, 2.0, 4.0) if _points(shapes) <= HOPELESS else ():
            small = _simplified(kind, shapes, step * longer / DETAIL)
            if _points(np.array(list(small.values()), dtype=object)) <= MOST_POINTS:
                parts += [(f"{kind}-{form}", kind, shape) for form, shape in small.items()]
                break
    if not parts:
        return None
    index = pd.Index([part for part, _, _ in parts], name="part", dtype="str")
    kinds = [kind for _, kind, _ in parts]
    return Backdrop(
        gpd.GeoDataFrame({"kind": kinds}, geometry=[shape for *_, shape in parts], index=index, crs=areas.crs)
    )


def _points(shapes: Shapes) -> int:
    return int(shapely.get_num_coordinates(shapes).sum())


def _cut(shapes: Shapes, frame: shapely.Polygon) -> Shapes:
    """Return what of the shapes lies in the frame."""
    shapes = shapes[shapely.intersects(frame, shapes)]
    crossing = ~shapely.contains(frame, shapes)
    if not crossing.any():
        return shapes
    cut = shapes.copy()
    cut[crossing] = shapely.intersection(_valid(shapes[crossing]), frame)
    return cut


def _valid(shapes: Shapes) -> Shapes:
    return np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes, method="structure"))


def _simplified(kind: str, shapes: Shapes, tolerance: float) -> dict[str, Any]:
    """Return the shapes of a kind as one set of lines and one of areas; what is smaller than can be seen is gone."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    lines, areas = parts[shapely.get_type_id(parts) == 1], parts[shapely.get_type_id(parts) == 3]
    if kind in ("rail", "road") and len(areas):
        thin = 4 * np.pi * shapely.area(areas) < THIN * shapely.length(areas) ** 2
        lines, areas = np.concatenate([lines, [_middle_line(area) for area in areas[thin]]]), areas[~thin]
    found: dict[str, Any] = {}
    if len(lines):
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(lines))))
        slim = shapely.simplify(joined, tolerance)
        slim = slim[shapely.length(slim) > 4 * tolerance]
        found |= {"lines": shapely.multilinestrings(list(slim))} if len(slim) else {}
    if len(areas):
        slim = shapely.get_parts(shapely.simplify(shapely.union_all(_valid(areas)), tolerance))
        slim = slim[(shapely.get_type_id(slim) == 3) & (shapely.area(slim) > (4 * tolerance) ** 2)]
        found |= {"areas": shapely.multipolygons(list(slim))} if len(slim) else {}
    return found


def _middle_line(area: shapely.Polygon) -> shapely.LineString:
    """Return the line along the middle of a long and thin area: its outline halved at the ends, the halves averaged."""
    ring = shapely.get_coordinates(shapely.segmentize(area.exterior, area.length / 400))[:-1]
    start = int(np.argmax(np.hypot(*(ring - ring.mean(axis=0)).T)))
    ring = np.roll(ring, -start, axis=0)
    end = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    one, other = ring[: end + 1], shapely.linestrings(np.vstack([ring[end:], ring[:1]]))
    across = shapely.line_interpolate_point(other, shapely.line_locate_point(other, shapely.points(one)))
    return shapely.linestrings((one + shapely.get_coordinates(across)) / 2)
