"""Streets as lines, and what of them is left where a barrier cuts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import substring

from qmgis.core.reach.network import Bends
from qmgis.core.spatial.barriers import pieces_of

__all__ = ["Streets", "lines_of", "severed"]

AT_END_M = 0.005  # a barrier this near to the end of a street meets it there


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets as arrays: nodes (n, 2), edges (m, 2), metres (m,), bends; ``line``: int (m,), what each was part of."""

    nodes: np.ndarray
    edges: np.ndarray
    length_m: np.ndarray
    bends: Bends
    line: np.ndarray


def lines_of(nodes: np.ndarray, edges: np.ndarray, bends: Bends) -> np.ndarray:
    """Return streets as lines, shape (m,).

    Examples
    --------
    >>> bends = Bends(np.array([[1.0, 1.0]]), np.array([0, 1]))
    >>> lines_of(np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[0, 1]]), bends)[0].wkt
    'LINESTRING (0 0, 1 1, 2 0)'
    """
    many = np.arange(len(edges))
    points = np.concatenate([nodes[edges[:, 0]], bends.points, nodes[edges[:, 1]]])
    edge = np.concatenate([many, np.repeat(many, np.diff(bends.offset)), many])
    order = np.argsort(edge, kind="stable")
    return np.asarray(shapely.linestrings(points[order], indices=edge[order]))


def severed(streets: Streets, barriers: np.ndarray, *, spared: np.ndarray) -> tuple[Streets, np.ndarray]:
    """Return streets that end where a barrier crosses them, and which street each was.

    Nothing is taken away: both stumps stay and can be joined, but nobody gets across. A street that ends on a barrier
    hangs together with no other there.

    Parameters
    ----------
    streets
        As they are drawn.
    barriers
        Lines and polygons, shape (b,); of a polygon its outline cuts.
    spared
        Bridges and tunnels, bool (m,): they cross.

    Examples
    --------
    >>> nodes, none = np.array([[0.0, 0.0], [10.0, 0.0]]), Bends(np.empty((0, 2)), np.array([0, 0]))
    >>> street = Streets(nodes, np.array([[0, 1]]), np.array([10.0]), none, np.array([0]))
    >>> found, was = severed(street, np.array([shapely.LineString([(4, -1), (4, 1)])]), spared=np.array([False]))
    >>> found.length_m.tolist(), len(found.nodes), was.tolist()
    ([4.0, 6.0], 4, [0, 0])
    """
    lines = lines_of(streets.nodes, streets.edges, streets.bends)
    edge, place = _crossings(lines, barriers, spared)
    if not len(edge):
        return streets, np.arange(len(lines))
    cut = np.unique(edge)
    kept = np.setdiff1d(np.arange(len(lines)), cut)
    stumps = [stump for one in cut for stump in _stumps(int(one), lines[one], place[edge == one])]
    was = np.concatenate([kept, [stump.edge for stump in stumps]]).astype(np.int64)
    nodes, ends = _with_ends(streets, stumps)
    inner = [stump.points[1:-1] for stump in stumps]
    between = np.diff(streets.bends.offset)
    count = np.concatenate([between[kept], [len(points) for points in inner]]).astype(np.int64)
    stays = np.repeat(np.isin(np.arange(len(lines)), kept), between)
    bends = Bends(np.concatenate([streets.bends.points[stays], *inner]), np.append(0, np.cumsum(count)))
    share = np.concatenate([np.ones(len(kept)), [stump.share for stump in stumps]])
    edges = np.concatenate([streets.edges[kept], ends])
    return Streets(nodes, edges, streets.length_m[was] * share, bends, streets.line[was]), was


@dataclass(frozen=True, eq=False)
class _Stump:
    """A part of a street between two cuts; ``joined``: whether it begins and ends at the node of the street there."""

    edge: int
    share: float
    joined: tuple[bool, bool]
    points: np.ndarray


def _with_ends(streets: Streets, stumps: list[_Stump]) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes with those where stumps end in the open, and the two nodes of each stump."""
    ends = np.array([streets.edges[stump.edge] for stump in stumps])
    open_ = ~np.array([stump.joined for stump in stumps])
    points = np.array([stump.points[[0, -1]] for stump in stumps])
    ends[open_] = len(streets.nodes) + np.arange(open_.sum())
    return np.concatenate([streets.nodes, points[open_]]), ends


def _crossings(lines: np.ndarray, barriers: np.ndarray, spared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where (metres along the line) which streets meet a barrier."""
    shapes = pieces_of(barriers)
    shapes = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    rows = np.flatnonzero(~spared)
    hit, piece = shapely.STRtree(shapes).query(lines[rows], predicate="intersects")
    met = shapely.intersection(lines[rows[hit]], shapes[piece])
    points, number = shapely.get_coordinates(met, return_index=True)
    edge = rows[hit[number]]
    return edge, shapely.line_locate_point(lines[edge], shapely.points(points))


def _stumps(edge: int, line: shapely.LineString, places: np.ndarray) -> list[_Stump]:
    """Return the parts of a street between the places where barriers meet it."""
    whole = line.length
    inner = np.unique(places[(places > AT_END_M) & (places < whole - AT_END_M)])
    inner = inner[np.insert(np.diff(inner) > AT_END_M, 0, True)] if len(inner) else inner
    stops = np.concatenate([[0.0], inner, [whole]])
    free = bool(places.min() > AT_END_M), bool(places.max() < whole - AT_END_M)
    last = len(stops) - 2
    return [
        _Stump(
            edge,
            float((stops[n + 1] - stops[n]) / whole),
            (n == 0 and free[0], n == last and free[1]),
            shapely.get_coordinates(substring(line, stops[n], stops[n + 1])),
        )
        for n in range(last + 1)
    ]
