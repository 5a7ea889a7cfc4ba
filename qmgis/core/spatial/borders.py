"""Which areas or blocks touch, on what length, and whether one can go from one to the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from qmgis.core.spatial.barriers import border_cut, checked_barriers, line_cut
from qmgis.core.spatial.contiguity import Pairs, rook_pairs, windows

__all__ = ["Borders", "borders"]

SNAP_M = 0.01


@dataclass(frozen=True, eq=False)
class Borders:
    """Pairs that touch, each once: int (m, 2); metres that they share, float (m,); ``open``: no barrier, bool (m,).

    ``bridged``: pairs that are open only because a street crosses the border that a barrier runs along.
    """

    pairs: np.ndarray
    metres: np.ndarray
    open: np.ndarray
    bridged: np.ndarray


def borders(
    shapes: np.ndarray, *, barriers: object = None, streets: tuple[np.ndarray, np.ndarray] | None = None,
    gap_m: float = 0.0, along_m: float = 10.0,
) -> Borders:  # fmt: skip
    """Return the pairs of areas with a common border, its length, and which of them a barrier separates.

    A barrier separates where it runs along at least half of the border (`qmgis.core.spatial.barriers`), unless a street
    leads from one area into the other: under a railway, over a river.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons, shape (n,), in metres.
    barriers
        Lines and polygons.
    streets
        Nodes, float (k, 2), and edges, int (l, 2), of the walkable network.
    gap_m
        Blocks this far from each other touch across a street; their common border is what lies within that distance,
        the shorter side of the two, and corners across a junction are none. 0 for areas that fit together.
    along_m
        A barrier this near to the border lies on it.

    Examples
    --------
    >>> squares, rail = shapely.box([0, 100], 0, [100, 200], 100), shapely.LineString([(100, 0), (100, 100)])
    >>> found = borders(squares, barriers=rail)
    >>> found.pairs.tolist(), found.metres.tolist(), found.open.tolist()
    ([[0, 1]], [100.0], [False])
    >>> under = np.array([[50.0, 50], [150, 50]]), np.array([[0, 1]])
    >>> borders(squares, barriers=rail, streets=under).open.tolist()
    [True]
    """
    lines = checked_barriers(barriers)
    pairs = rook_pairs(shapes, snap_m=SNAP_M) if gap_m == 0.0 else _near(shapes, gap_m)
    metres = _common(shapes, pairs, gap_m)
    if gap_m > 0.0:
        kept = metres > 2 * gap_m
        pairs, metres = (pairs[0][kept], pairs[1][kept]), metres[kept]
        cut = _between(shapes, pairs, lines)
    else:
        cut = border_cut(shapes, pairs, lines, snap_m=SNAP_M, along_m=along_m)
    bridged = np.zeros(len(cut), dtype=bool)
    if streets is not None and cut.any():
        bridged = cut & _crossed(shapes, pairs, streets)
    return Borders(np.column_stack(pairs).astype(np.int64), metres, ~cut | bridged, bridged)


def _near(shapes: np.ndarray, gap_m: float) -> Pairs:
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    once = first < second
    order = np.lexsort((second[once], first[once]))
    return first[once][order], second[once][order]


def _common(shapes: np.ndarray, pairs: Pairs, gap_m: float) -> np.ndarray:
    """Return the length of the border that each pair shares; where it does not match exactly, what runs beside."""
    first, second = pairs
    if not len(first):
        return np.zeros(0)
    edges, reach = shapely.boundary(shapes), max(gap_m, 2 * SNAP_M)
    box = shapely.box(*windows(shapes, first, second, margin_m=reach).T)
    one, other = shapely.intersection(edges[first], box), shapely.intersection(edges[second], box)
    metres = np.asarray(shapely.length(shapely.intersection(one, other)))
    rough = np.flatnonzero(metres <= 0.0) if gap_m == 0.0 else np.arange(len(first))
    beside = [
        shapely.length(shapely.intersection(side, shapely.buffer(facing, reach)))
        for side, facing in ((one[rough], other[rough]), (other[rough], one[rough]))
    ]
    metres[rough] = np.minimum(*beside)
    return metres


def _between(shapes: np.ndarray, pairs: Pairs, lines: np.ndarray) -> np.ndarray:
    """Return which pairs have a barrier on the shortest line between them, and on the one between their middles."""
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    ends = shapely.get_coordinates(shapely.shortest_line(shapes[pairs[0]], shapes[pairs[1]])).reshape(-1, 2, 2)
    number = np.arange(len(ends))
    short = line_cut(ends.reshape(-1, 2), (2 * number, 2 * number + 1), lines)
    return np.asarray(short & line_cut(middle, pairs, lines))


def _crossed(shapes: np.ndarray, pairs: Pairs, streets: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return which pairs have a street with one end in each."""
    nodes, edges = streets
    area, node = shapely.STRtree(shapely.points(nodes)).query(shapes, predicate="intersects")
    within = np.full(len(nodes), -1, dtype=np.int64)
    within[node[::-1]] = area[::-1]
    ends = np.sort(within[edges], axis=1)
    ends = ends[(ends[:, 0] >= 0) & (ends[:, 0] != ends[:, 1])]
    keys = np.unique(ends[:, 0] * len(shapes) + ends[:, 1])
    return np.asarray(np.isin(pairs[0] * len(shapes) + pairs[1], keys))
