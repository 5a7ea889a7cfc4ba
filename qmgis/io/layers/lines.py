"""Street lines joined where they share a point and split where they meet; barriers cut them, but not their bridges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from qmgis.core.reach.network import Bends
from qmgis.core.reach.streets import Streets
from qmgis.core.spatial.barriers import KINDS
from qmgis.errors import QmgisError
from qmgis.io.cells.reading import Reader, missing_columns, only
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs
from qmgis.model import Problem, Text, words

__all__ = ["barriers_of", "bridges_of", "cut_by", "network_of_lines"]

_CENTIMETRES = 100


def network_of_lines(shapes: NDArray[np.object_]) -> Streets:
    """Return lines as streets; only points that lines share, and their ends, become nodes.

    Lines that cross without a common point stay apart: a bridge is no junction. Points closer than a centimetre
    (on its grid) are one.

    Parameters
    ----------
    shapes
        Lines and multilines in metres; everything else is left out.

    Returns
    -------
    Streets
        ``line`` is the shape that a street was part of.

    Examples
    --------
    >>> lines = np.array([shapely.LineString([(0, 0), (3, 4), (6, 8)]), shapely.LineString([(3, 4), (3, 9)])])
    >>> found = network_of_lines(lines)
    >>> len(found.nodes), found.edges.tolist(), found.length_m.tolist()
    (4, [[0, 1], [1, 3], [1, 2]], [5.0, 5.0, 5.0])
    """
    parts, shape = shapely.get_parts(shapes, return_index=True)
    is_line = shapely.get_type_id(parts) == 1
    parts, shape = parts[is_line], shape[is_line]
    nothing = np.zeros(0, dtype=np.int64)
    if not len(parts):
        bends = Bends(np.empty((0, 2)), np.zeros(1, dtype=np.int64))
        return Streets(np.empty((0, 2)), nothing.reshape(0, 2), np.empty(0), bends, nothing)
    points, line = shapely.get_coordinates(parts, return_index=True)
    spots = np.round(points * _CENTIMETRES).astype(np.int64)
    east, north = (np.unique(axis, return_inverse=True)[1] for axis in spots.T)
    _, first, spot = np.unique(east * len(points) + north, return_index=True, return_inverse=True)
    ends = np.append(line[1:] != line[:-1], True) | np.insert(line[1:] != line[:-1], 0, True)
    shared = np.bincount(spot)[spot] > 1
    is_node = ends | shared
    step = np.hypot(*np.diff(points, axis=0).T)
    along = np.insert(np.cumsum(step), 0, 0.0)
    one, two = _between(is_node)
    ring = (line[one] == line[two]) & (spot[one] == spot[two]) & (two - one > 1)
    is_node[(one[ring] + two[ring]) // 2] = True  # a ring needs a second node to be walked
    one, two = _between(is_node)
    same = (line[one] == line[two]) & (spot[one] != spot[two])
    one, two = one[same], two[same]
    pairs = np.stack([spot[one], spot[two]], axis=1)
    used, edges = np.unique(pairs, return_inverse=True)
    nodes = points[first[used]]
    edges = edges.reshape(-1, 2).astype(np.int64)
    straight = np.hypot(*(nodes[edges[:, 0]] - nodes[edges[:, 1]]).T)
    between = two - one - 1
    inner = np.repeat(one + 1 - (np.cumsum(between) - between), between) + np.arange(between.sum())
    bends = Bends(points[inner], np.append(0, np.cumsum(between)))
    return Streets(nodes, edges, np.maximum(along[two] - along[one], straight), bends, shape[line[one]])


def _between(is_node: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each node's place among the points, and that of the next."""
    stops = np.flatnonzero(is_node)
    return stops[:-1], stops[1:]


def bridges_of(layer: LayerFile, frame: Any) -> NDArray[np.bool_]:
    """Return which lines are bridges or tunnels, by the layer's ``bridges``; ``frame`` are the lines in use."""
    return np.isin(frame.index, only(frame, layer.keys["bridges"]).index) if "bridges" in layer.keys else \
        np.zeros(len(frame), dtype=bool)  # fmt: skip


def cut_by(
    layer: LayerFile, layers: Mapping[str, LayerFile], reader: Reader, *, target: str
) -> tuple[NDArray[np.object_], list[Problem]]:
    """Return the barriers that a network names as ``cut_by``, in the city's system, and what is wrong with them."""
    known: list[Any] = []
    found: list[Problem] = []
    some = False
    for key in layer.keys["cut_by"]:
        shapes, faults = barriers_of(layers[key], reader, target=target) if key in layers else ([], [])
        known += [shape for shape in shapes if shape.geom_type in KINDS]
        found += faults
        some |= bool(shapes)
    if some and not known:
        found.append(Problem("error", words("check.nothing_to_cut"), file=layer.place.file))
    return np.array([*known, None], dtype=object)[:-1], found


def barriers_of(layer: LayerFile, reader: Reader, *, target: str) -> tuple[list[Any], list[Problem]]:
    """Return the shapes of a layer of barriers in the city's system, and what is wrong with its columns or system."""
    frame = reader.read(layer.ref, layer.place)[0] if layer.ref else None
    if layer.ref is None or frame is None or "geometry" not in getattr(frame, "columns", ()):
        return [], []  # told where the layer itself is read
    file, where = layer.ref.path, layer.keys.get("where")
    found = missing_columns(frame, where or {}, file=file, place=layer.place)
    if found:
        return [], found
    try:
        metric, found = crs.to_metric(only(frame, where), target=target, declared=layer.keys.get("crs"), file=file)
    except QmgisError as error:
        return [], [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    return [shape for shape in metric.geometry if shape is not None and not shape.is_empty], found
