"""Street lines into a network: joined where they share a point, split where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from qmgis.errors import QmgisError
from qmgis.io import crs
from qmgis.io.layerfile import LayerFile
from qmgis.io.reading import Level, Reader, missing_columns, only
from qmgis.model import Network, Problem, Text, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["network_of_lines", "read_network"]

_CENTIMETRES = 100


def read_network(layer: LayerFile, reader: Reader, *, target: str) -> tuple[Network | None, int, list[Problem]]:
    """Return a layer's lines as a network, the number of lines, and everything that is wrong with them."""
    if layer.ref is None:
        return None, 0, []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is None:
        return None, 0, found
    file = layer.ref.path
    found += missing_columns(frame, layer.keys.get("where", {}), file=file, place=layer.place)
    if found or "geometry" not in frame.columns:
        return None, 0, found or [Problem("error", words("check.no_lines"), file=file)]
    try:
        frame, found = crs.to_metric(
            only(frame, layer.keys.get("where")), target=target, declared=layer.keys.get("crs"), file=file
        )
    except QmgisError as error:
        return None, 0, [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    nodes, edges, length = network_of_lines(np.asarray(frame.geometry.array, dtype=object))
    if not len(edges):
        return None, len(frame), [*found, Problem("error", words("check.no_lines"), file=file)]
    return (
        Network(layer.key, layer.title, nodes, edges, length, target, layer.licence, layer.credit),
        len(frame),
        found + _parts(nodes, edges, file=file),
    )


def network_of_lines(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return nodes, edges and lengths of lines; only points that lines share, and their ends, become nodes.

    Lines that cross without a common point stay apart: a bridge is no junction. Points closer than a centimetre
    (on its grid) are one.

    Parameters
    ----------
    shapes
        Lines and multilines in metres; everything else is left out.

    Returns
    -------
    tuple
        ``nodes`` (n, 2) in metres, ``edges`` (m, 2) node numbers, ``length_m`` (m,) along the line.

    Examples
    --------
    >>> lines = np.array([shapely.LineString([(0, 0), (3, 4), (6, 8)]), shapely.LineString([(3, 4), (3, 9)])])
    >>> nodes, edges, length = network_of_lines(lines)
    >>> len(nodes), edges.tolist(), length.tolist()
    (4, [[0, 1], [1, 3], [1, 2]], [5.0, 5.0, 5.0])
    """
    parts = shapely.get_parts(shapes)
    parts = parts[shapely.get_type_id(parts) == 1]
    if not len(parts):
        return np.empty((0, 2)), np.empty((0, 2), dtype=np.int64), np.empty(0)
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
    return nodes, edges, np.maximum(along[two] - along[one], straight)


def _between(is_node: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each node's place among the points, and that of the next."""
    stops = np.flatnonzero(is_node)
    return stops[:-1], stops[1:]


def _parts(nodes: NDArray[np.float64], edges: NDArray[np.int64], *, file: str) -> list[Problem]:
    """Return a note where the streets do not hang together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(nodes)
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    count, label = connected_components(graph, directed=False)
    biggest = np.bincount(label).max() / n
    if count == 1 or biggest > 0.98:
        return []
    level: Level = "warning" if biggest < 0.8 else "note"
    what = words("check.network_parts", n=int(count), share=f"{100 * biggest:.0f}")
    return [Problem(level, what, file=file, remedy=words("check.fix_network_parts"))]
