"""Which links between areas a railway, a motorway or a river cuts."""

from __future__ import annotations

import numpy as np
import shapely

from qmgis.core.spatial.contiguity import BORDER_SNAPS, windows
from qmgis.errors import DataError

__all__ = ["KINDS", "border_cut", "checked_barriers", "line_cut", "pieces_of"]

# A link goes when a barrier runs along at least this share of the shared border.
CUT_SHARE = 0.5
# A barrier that crosses a border at right angles covers twice its reach; an eighth keeps that below half of the border.
CROSSING = 8.0
KINDS = {"LineString", "LinearRing", "MultiLineString", "Polygon", "MultiPolygon"}


def checked_barriers(barriers: object) -> np.ndarray:
    """Return barriers as an array of lines and polygons, shape (b,).

    Parameters
    ----------
    barriers
        A geometry, or a series, array or list of them; nothing gives an empty array.

    Raises
    ------
    DataError
        One of them is missing, empty or a point.

    Examples
    --------
    >>> len(checked_barriers(shapely.LineString([(0, 0), (1, 1)])))
    1
    """
    if barriers is None:
        return np.empty(0, dtype=object)
    listed = [barriers] if isinstance(barriers, shapely.Geometry) else list(barriers)  # type: ignore[call-overload]
    for number, shape in enumerate(listed):
        if not isinstance(shape, shapely.Geometry) or shape.is_empty or shape.geom_type not in KINDS:
            raise DataError(
                f"Barrier number {number + 1} is no line and no polygon; give lines or polygons only.",
                de=f"Barriere Nummer {number + 1} ist weder Linie noch Fläche; nur Linien oder Flächen angeben.",
            )
    return np.array([*listed, None], dtype=object)[:-1]


def border_cut(
    shapes: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], barriers: np.ndarray, *, snap_m: float, along_m: float
) -> np.ndarray:
    """Return which pairs of touching areas a barrier separates: it runs along at least half of their shared border.

    A barrier that only crosses the border, such as a railway that goes on through both areas, separates nothing there.
    Where areas meet in a corner, the corner has to lie on the barrier.

    Parameters
    ----------
    shapes
        Polygons and multipolygons, shape (n,), in metres.
    pairs
        Numbers of the touching areas, two arrays of shape (m,).
    barriers
        Lines and polygons, shape (b,).
    snap_m
        As in `queen_pairs`.
    along_m
        A barrier this near to the border lies on it, at most an eighth of the border's length away.

    Examples
    --------
    >>> squares, pair = shapely.box([0, 100], 0, [100, 200], 100), (np.array([0]), np.array([1]))
    >>> along, across = shapely.linestrings([[[102, 0], [102, 90]], [[0, 50], [200, 50]]])
    >>> [border_cut(squares, pair, np.array([b]), snap_m=0.01, along_m=5.0).tolist() for b in (along, across)]
    [[True], [False]]
    """
    first, second = pairs
    cut = np.zeros(len(first), dtype=bool)
    if not len(barriers) or not len(first):
        return cut
    boxes = shapely.box(*windows(shapes, first, second, margin_m=max(along_m, 2 * snap_m)).T)
    parts = pieces_of(barriers)
    tree = shapely.STRtree(parts)
    rows = np.unique(tree.query(boxes)[0])
    border = _shared(shapes[first[rows]], shapes[second[rows]], boxes[rows], snap_m)
    link, part = tree.query(border, predicate="dwithin", distance=along_m)
    if not len(link):
        return cut
    beside, place = np.unique(link, return_inverse=True)
    rows, border = rows[beside], border[beside]
    near = shapely.geometrycollections(shapely.intersection(parts[part], boxes[rows][place]), indices=place)
    length = shapely.length(border)
    corner = length <= BORDER_SNAPS * snap_m
    zone = shapely.buffer(near, np.where(corner, along_m, np.minimum(along_m, length / CROSSING)))
    along = shapely.length(shapely.intersection(border, zone)) >= CUT_SHARE * length
    cut[rows] = np.where(corner, shapely.intersects(border, zone), along)
    return cut


def pieces_of(barriers: np.ndarray) -> np.ndarray:
    """Return polygons and the straight pieces of lines, so that a tree finds only what is near.

    Examples
    --------
    >>> len(pieces_of(np.array([shapely.LineString([(0, 0), (1, 0), (1, 1)])])))
    2
    """
    parts = shapely.get_parts(barriers)
    is_line = shapely.get_dimensions(parts) == 1
    corners, line = shapely.get_coordinates(parts[is_line], return_index=True)
    start = np.flatnonzero(line[1:] == line[:-1])
    return np.concatenate(
        [parts[~is_line], shapely.linestrings(np.stack([corners[start], corners[start + 1]], axis=1))]
    )


def _shared(one: np.ndarray, other: np.ndarray, boxes: np.ndarray, snap_m: float) -> np.ndarray:
    """Return the border of each first area that it shares with the second."""
    edge, beyond = shapely.boundary(one), shapely.boundary(other)
    if snap_m == 0.0:
        return np.asarray(shapely.intersection(edge, beyond))
    near = shapely.buffer(shapely.intersection(beyond, boxes), snap_m)
    return np.asarray(shapely.intersection(shapely.intersection(edge, boxes), near))


def line_cut(points: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], barriers: np.ndarray) -> np.ndarray:
    """Return which pairs of points have a barrier on the straight line between them.

    Parameters
    ----------
    points
        Metres, float (n, 2).
    pairs
        Numbers of points, two arrays of shape (m,).
    barriers
        Lines and polygons, shape (b,).

    Examples
    --------
    >>> rail = np.array([shapely.LineString([(1, -1), (1, 1)])])
    >>> line_cut(np.array([[0, 0], [2, 0], [0, 5.0]]), (np.array([0, 0]), np.array([1, 2])), rail).tolist()
    [True, False]
    """
    cut = np.zeros(len(pairs[0]), dtype=bool)
    if len(barriers) and len(cut):
        lines = shapely.linestrings(np.stack([points[pairs[0]], points[pairs[1]]], axis=1))
        cut[np.unique(shapely.STRtree(pieces_of(barriers)).query(lines, predicate="intersects")[0])] = True
    return cut
