"""Streets with a new path, and without those that are closed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from shapely.ops import substring

from qmgis.core.reach.network import Bends
from qmgis.core.reach.streets import AT_END_M, Streets, lines_of

__all__ = ["JOIN_M", "WIDE_M", "along", "with_path"]

JOIN_M = 10.0  # an end of a path this near to a street meets it
WIDE_M = 5.0  # streets this near to a line run along it


def along(streets: Streets, line: shapely.LineString) -> np.ndarray:
    """Return which streets run along a line, bool (m,): those of which at least half lies within 5 m of it.

    Streets that only cross it do not.

    Parameters
    ----------
    streets
        As they are drawn.
    line
        Metres, in the same reference system.

    Examples
    --------
    >>> nodes, none = np.array([[0.0, 0], [100, 0], [50, -50], [50, 50]]), Bends(np.empty((0, 2)), np.zeros(3, int))
    >>> cross = Streets(nodes, np.array([[0, 1], [2, 3]]), np.array([100.0, 100]), none, np.array([0, 1]))
    >>> along(cross, shapely.LineString([(0, 1), (100, 1)])).tolist()
    [True, False]
    """
    lines = lines_of(streets.nodes, streets.edges, streets.bends)
    near = shapely.STRtree(lines).query(line, predicate="dwithin", distance=WIDE_M)
    inside = shapely.length(shapely.intersection(lines[near], shapely.buffer(line, WIDE_M)))
    found = np.zeros(len(lines), dtype=bool)
    found[near] = inside >= 0.5 * shapely.length(lines[near])
    return found


def with_path(streets: Streets, path: shapely.LineString) -> tuple[Streets, np.ndarray]:
    """Return the streets with one more, split where it meets them, and which street each was (-1: the path).

    The path meets every street that it touches or crosses, and each of its ends the nearest street within 10 m; the way
    there counts. Parts of a split street keep their share of its metres.

    Parameters
    ----------
    streets
        As they are drawn.
    path
        Metres, in the same reference system.

    Examples
    --------
    >>> nodes, none = np.array([[0.0, 0], [100, 0]]), Bends(np.empty((0, 2)), np.zeros(2, int))
    >>> street = Streets(nodes, np.array([[0, 1]]), np.array([100.0]), none, np.array([0]))
    >>> found, was = with_path(street, shapely.LineString([(40, 5), (40, 50)]))
    >>> found.length_m.tolist(), was.tolist()
    ([40.0, 60.0, 50.0], [0, 0, -1])
    """
    lines = lines_of(streets.nodes, streets.edges, streets.bends)
    path = _to_streets(path, lines)
    edge, place, stop = _meetings(path, lines)
    nodes, parts, node = _split(streets, lines, edge, place)
    return _joined(streets, nodes, parts, path, stop, node)


def _to_streets(path: shapely.LineString, lines: np.ndarray) -> shapely.LineString:
    """Return the path with its ends led on to the nearest street."""
    points = shapely.get_coordinates(path)
    tree = shapely.STRtree(lines)
    for end in (0, -1):
        here = shapely.Point(points[end])
        found = tree.query_nearest(here, max_distance=JOIN_M, all_matches=False)
        if not len(found):
            continue
        street = lines[found[0]]
        foot = shapely.get_coordinates(street.interpolate(street.project(here)))
        if np.hypot(*(foot[0] - points[end])) > AT_END_M:
            points = np.concatenate([foot, points] if end == 0 else [points, foot])
    return shapely.LineString(points)


def _meetings(path: shapely.LineString, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the streets that a path meets, where on each (metres), and where on the path."""
    near = shapely.STRtree(lines).query(path, predicate="dwithin", distance=AT_END_M)
    points, number = shapely.get_coordinates(shapely.intersection(lines[near], path), return_index=True)
    ends = shapely.points(shapely.get_coordinates(path)[[0, -1]])
    touch, end = np.nonzero(shapely.dwithin(lines[near][:, None], ends[None, :], AT_END_M))
    spots = np.concatenate([shapely.points(points), ends[end]])
    edge = near[np.concatenate([number, touch])]
    return edge, shapely.line_locate_point(lines[edge], spots), shapely.line_locate_point(path, spots)


def _split(
    streets: Streets, lines: np.ndarray, edge: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, list[tuple[int, float, int, int, np.ndarray]], np.ndarray]:
    """Return the nodes, the parts of the streets that are split, and the node of each meeting."""
    parts: list[tuple[int, float, int, int, np.ndarray]] = []
    new: list[np.ndarray] = []
    node = np.empty(len(edge), dtype=np.int64)
    for one in np.unique(edge):
        line, mine = lines[one], np.flatnonzero(edge == one)
        inner = np.unique(place[mine][(place[mine] > AT_END_M) & (place[mine] < line.length - AT_END_M)])
        inner = inner[np.insert(np.diff(inner) > AT_END_M, 0, True)] if len(inner) else inner
        first, last = streets.edges[one]
        stops = np.concatenate([[0.0], inner, [line.length]])
        names = [int(first), *(len(streets.nodes) + len(new) + n for n in range(len(inner))), int(last)]
        new += [shapely.get_coordinates(line.interpolate(stop))[0] for stop in inner]
        node[mine] = np.array(names)[np.abs(place[mine][:, None] - stops[None, :]).argmin(axis=1)]
        parts += [
            (int(one), float((stops[n + 1] - stops[n]) / line.length), names[n], names[n + 1],
             shapely.get_coordinates(substring(line, stops[n], stops[n + 1]))[1:-1])
            for n in range(len(stops) - 1)
        ] if len(inner) else []  # fmt: skip
    return np.concatenate([streets.nodes, np.array(new).reshape(-1, 2)]), parts, node


def _joined(
    streets: Streets, nodes: np.ndarray, parts: list[tuple[int, float, int, int, np.ndarray]],
    path: shapely.LineString, stop: np.ndarray, node: np.ndarray,
) -> tuple[Streets, np.ndarray]:  # fmt: skip
    """Return all streets: those that stay, the parts of those that are split, and the path from stop to stop."""
    kept = np.setdiff1d(np.arange(len(streets.edges)), [part[0] for part in parts])
    nodes, pieces = _pieces(nodes, path, stop, node)
    inner = [part[4] for part in parts] + [piece[3] for piece in pieces]
    between = np.diff(streets.bends.offset)
    stays = np.repeat(np.isin(np.arange(len(between)), kept), between)
    count = np.concatenate([between[kept], [len(points) for points in inner]]).astype(np.int64)
    was = np.concatenate([kept, [part[0] for part in parts], [-1] * len(pieces)]).astype(np.int64)
    ends = [(part[2], part[3]) for part in parts] + [(piece[0], piece[1]) for piece in pieces]
    metres = [streets.length_m[part[0]] * part[1] for part in parts] + [piece[2] for piece in pieces]
    found = Streets(
        nodes,
        np.concatenate([streets.edges[kept], np.array(ends, dtype=np.int64).reshape(-1, 2)]),
        np.concatenate([streets.length_m[kept], metres]),
        Bends(np.concatenate([streets.bends.points[stays], *inner]), np.append(0, np.cumsum(count))),
        np.where(was >= 0, streets.line[was], -1),
    )
    return found, was


def _pieces(
    nodes: np.ndarray, path: shapely.LineString, stop: np.ndarray, node: np.ndarray
) -> tuple[np.ndarray, list[tuple[int, int, float, np.ndarray]]]:
    """Return the nodes with those of open ends, and the path cut at its stops: two nodes, metres, points between.

    Where several streets meet the path at one spot without meeting each other, it joins them all.
    """
    order = np.argsort(stop, kind="stable")
    spots = [(float(stop[one]), int(node[one])) for one in order]
    ends = shapely.get_coordinates(path)[[0, -1]]
    if not spots or spots[0][0] > AT_END_M:
        nodes, spots = np.vstack([nodes, ends[:1]]), [(0.0, len(nodes)), *spots]
    if spots[-1][0] < path.length - AT_END_M:
        nodes, spots = np.vstack([nodes, ends[1:]]), [*spots, (path.length, len(nodes))]
    pieces = []
    for (start, one), (end, other) in pairwise(spots):
        if one != other:
            points = shapely.get_coordinates(substring(path, start, end))
            straight = float(np.hypot(*(nodes[one] - nodes[other])))
            pieces.append((one, other, max(end - start, straight), points[1:-1] if end > start else np.empty((0, 2))))
    return nodes, pieces
