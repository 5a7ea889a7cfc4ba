"""Ways on a street network: points join the nearest street, not the nearest crossing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy

from qmgis.core.counted import counted
from qmgis.errors import DataError

__all__ = ["Bends", "Graph", "Snap", "from_facilities", "main_parts", "nearest", "snap", "to_origins"]

# Streets are looked for by the middles of their pieces; a piece is about as long as most streets, within these bounds.
SHORTEST_PIECE_M, LONGEST_PIECE_M = 10.0, 60.0
# How many pieces are compared at first; points that need more ask again for four times as many.
FIRST_LOOK = 6
# A connected part with less of all street length than this is small: mostly what a map left unconnected.
MAIN_SHARE = 0.05

Pieces = tuple["scipy.spatial.cKDTree", np.ndarray, float]


@dataclass(frozen=True, eq=False)
class Bends:
    """The points between the ends of streets: those of street e are ``points[offset[e]:offset[e + 1]]``.

    ``points``: float (k, 2); ``offset``: int (m + 1,), ascending from 0 to k.
    """

    points: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True, eq=False)
class Graph:
    """A street network prepared for many questions.

    ``nodes``: float (n, 2) in metres. ``edges``: int (m, 2), node numbers; ``length_m``: float (m,). ``cost``: float
    (m, 2), from the first node to the second and back, infinite where the street is closed that way; without it every
    street costs its length both ways. ``bends``: where streets are not straight. ``main``: bool (m,), the streets that
    points join if one is near enough; without it all. The sparse matrix and the search trees are built at the first
    use and kept.
    """

    nodes: np.ndarray
    edges: np.ndarray
    length_m: np.ndarray
    cost: np.ndarray | None = None
    bends: Bends | None = None
    main: np.ndarray | None = None

    def __post_init__(self) -> None:
        lengths = np.asarray(self.length_m, dtype=float)
        costs = np.empty(0) if self.cost is None else self.cost
        whole = np.isfinite(self.nodes).all() and np.isfinite(lengths).all() and (lengths >= 0).all()
        if not (whole and (costs >= 0).all()):
            raise DataError(
                "The street network has coordinates or lengths that are negative or no numbers; repair the file.",
                de="Das Straßennetz hat Koordinaten oder Längen, die kleiner als 0 oder keine Zahlen sind; reparieren.",
            )

    @cached_property
    def ways(self) -> np.ndarray:
        """What each street costs from its first node to its second, and back, float (m, 2)."""
        both = np.column_stack([self.length_m, self.length_m]).astype(float) if self.cost is None else self.cost
        return np.asarray(both)

    @cached_property
    def matrix(self) -> scipy.sparse.csr_array:
        """The costs from node (row) to node (column); of several streets between two nodes the cheapest."""
        n = len(self.nodes)
        start, end = (np.concatenate([self.edges[:, i], self.edges[:, 1 - i]]).astype(np.int64) for i in (0, 1))
        length = self.ways.T.ravel()
        open_ = np.isfinite(length)
        start, end, length = start[open_], end[open_], length[open_]
        order = np.lexsort((length, end, start))
        start, end, length = start[order], end[order], length[order]
        first = np.ones(len(start), dtype=bool)
        first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        pointer = np.concatenate([[0], np.cumsum(np.bincount(start[first], minlength=n))])
        return scipy.sparse.csr_array(
            (length[first], end[first].astype(np.int32), pointer.astype(np.int32)), shape=(n, n)
        )

    @cached_property
    def against(self) -> scipy.sparse.csr_array:
        """The matrix of all streets walked backwards: from a facility to all who can go there."""
        return self.matrix if self.cost is None else scipy.sparse.csr_array(self.matrix.T)

    @cached_property
    def rows_against(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows, columns and costs of `against` as the compiled searches take them."""
        matrix = self.against
        return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(float)

    @cached_property
    def component(self) -> np.ndarray:
        """The number of the part that each node lies in, int (n,): from everywhere in it one can go there and back."""
        return _parts(self.matrix, directed=self.cost is not None)

    @cached_property
    def _segments(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Start and end of each straight segment, its street, where on it the segment begins and what share it is."""
        count, at = len(self.edges), np.zeros(1, dtype=np.int64) if self.bends is None else self.bends.offset
        between = np.diff(at) if self.bends is not None else np.zeros(count, dtype=np.int64)
        first = np.cumsum(between + 2) - (between + 2)
        points = np.empty((int((between + 2).sum()), 2))
        is_end = np.zeros(len(points), dtype=bool)
        is_end[first] = is_end[first + between + 1] = True
        points[first], points[first + between + 1] = self.nodes[self.edges[:, 0]], self.nodes[self.edges[:, 1]]
        if self.bends is not None:
            points[~is_end] = self.bends.points
        place = np.delete(np.arange(len(points)), first + between + 1)
        start, end, street = points[place], points[place + 1], np.repeat(np.arange(count), between + 1)
        length = np.hypot(*(end - start).T)
        whole = np.bincount(street, length, count)
        before = np.cumsum(length) - length
        begin = before - before[np.cumsum(between + 1) - (between + 1)][street]
        scale = np.where(whole > 0, whole, 1.0)[street]
        share = np.where(between[street] == 0, 1.0, length / scale)
        return start, end, street, np.clip(begin / scale, 0.0, 1.0), share

    @property
    def segment_shares(self) -> np.ndarray:
        """What share of its street each straight segment is, street by street from its first node on."""
        return self._segments[4]

    @cached_property
    def _looks(self) -> tuple[Pieces, ...]:
        """Where to look for a street: among the main ones, then among the others."""
        if self.main is None or self.main.all():
            return (self._pieces(np.arange(len(self._segments[2]))),)
        is_main = self.main[self._segments[2]]
        return tuple(self._pieces(np.flatnonzero(rows)) for rows in (is_main, ~is_main) if rows.any())

    def _pieces(self, segments: np.ndarray) -> Pieces:
        """The middles of pieces of segments, the segment of each, and half of the longest piece."""
        start, end = self._segments[0][segments], self._segments[1][segments]
        straight = np.hypot(*(end - start).T)
        usual = float(np.clip(np.median(straight), SHORTEST_PIECE_M, LONGEST_PIECE_M)) if len(straight) else 1.0
        count = np.maximum(np.ceil(straight / usual), 1).astype(np.int64)
        one, number = counted(count)
        along = ((number + 0.5) / count[one])[:, None]
        half = float((straight / count).max() / 2) if len(count) else 0.0
        middles = start[one] + along * (end[one] - start[one])
        return scipy.spatial.cKDTree(middles, balanced_tree=False, leafsize=16), segments[one], half


def _parts(matrix: scipy.sparse.csr_array, *, directed: bool) -> np.ndarray:
    labels: np.ndarray = scipy.sparse.csgraph.connected_components(matrix, directed=directed, connection="strong")[1]
    return labels


def main_parts(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which streets lie in a main part, the part of each (-1: between two parts), and the metres of each part.

    Parts are connected there and back (`Graph.component`). A main part holds at least 5 % of all street length, or is
    the longest; points join it first, since small parts are mostly what a map left unconnected.

    Returns
    -------
    tuple
        ``main``: bool (m,); ``part``: int (m,); ``metres``: float, one a part that has streets, longest first.

    Examples
    --------
    >>> nodes = np.array([[0.0, 0], [900, 0], [0, 50], [9, 50]])
    >>> main_parts(Graph(nodes, np.array([[0, 1], [2, 3]]), np.array([900.0, 9])))[0].tolist()
    [True, False]
    """
    one, other = graph.component[graph.edges].T if len(graph.edges) else np.empty((2, 0), dtype=np.int64)
    label = np.where(one == other, one, -1)
    metres = np.bincount(label + 1, graph.length_m, int(label.max(initial=-1)) + 2)[1:]
    order = np.argsort(-metres, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    part = np.where(label >= 0, rank[label] if len(rank) else -1, -1)
    longest = metres[order]
    large = longest >= MAIN_SHARE * longest.sum()
    large[:1] = True
    is_main = np.where(part >= 0, large[part] if len(large) else False, False).astype(bool)
    return is_main, part, longest[np.bincount(part[part >= 0], minlength=len(longest)) > 0]


@dataclass(frozen=True, eq=False)
class Snap:
    """Where points join the network: ``edge`` (-1 where none is near), ``along`` (0-1) and ``leg_m`` (else inf)."""

    edge: np.ndarray
    along: np.ndarray
    leg_m: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Which points joined the network, bool (n,)."""
        return np.asarray(self.edge >= 0)


def snap(graph: Graph, points: np.ndarray, *, within_m: float = 50.0) -> Snap:
    """Return the nearest point of the nearest street for each point, exactly; main streets first.

    Where the graph has ``main`` streets, a point joins one of these if any is within reach, however near another is.

    Parameters
    ----------
    graph
        The street network.
    points
        Metres, float (n, 2).
    within_m
        Points farther from every street join none.

    Examples
    --------
    >>> street = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([100.0]))
    >>> found = snap(street, np.array([[25.0, 10.0], [50.0, 80.0]]))
    >>> found.edge.tolist(), found.along.tolist()[0], found.leg_m.tolist()
    ([0, -1], 0.25, [10.0, inf])
    """
    edge = np.full(len(points), -1, dtype=np.int64)
    along, leg = np.zeros(len(points)), np.full(len(points), np.inf)
    if not len(graph.edges) or not len(points):
        return Snap(edge, along, leg)
    rows = np.arange(len(points))
    for pieces in graph._looks:
        segment, part, far = _nearest_segment(graph, pieces, points[rows], within_m)
        near = far <= within_m
        hit, segment = rows[near], segment[near]
        _, _, street, begin, share = graph._segments
        edge[hit], leg[hit] = street[segment], far[near]
        along[hit] = np.minimum(begin[segment] + part[near] * share[segment], 1.0)
        rows = rows[~near]
    return Snap(edge, along, leg)


def _nearest_segment(
    graph: Graph, pieces: Pieces, points: np.ndarray, within_m: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each point's nearest segment, the place along it and how far it is; beyond ``within_m`` anything."""
    segment = np.full(len(points), -1, dtype=np.int64)
    along, far = np.zeros(len(points)), np.full(len(points), np.inf)
    tree, of, half = pieces
    open_, look = np.arange(len(points)), min(FIRST_LOOK, tree.n)
    while len(open_):
        asked = tree.query(points[open_], k=np.arange(1, look + 1), distance_upper_bound=within_m + half + 1e-9)
        middle, hit = np.asarray(asked[0]), np.asarray(asked[1])
        # Beyond the last piece looked at, every street is at least this far away.
        beyond = np.where(look < tree.n, middle[:, -1] - half, np.inf)
        best = _best(graph, points[open_], of[np.minimum(hit, tree.n - 1)], hit < tree.n)
        segment[open_], along[open_], far[open_] = best
        open_ = open_[(beyond <= best[2]) & (beyond <= within_m)]
        look = min(look * 4, tree.n)
    return segment, along, far


def _best(
    graph: Graph, points: np.ndarray, candidates: np.ndarray, valid: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return segment, place along it and distance of each point's nearest candidate; ties to the lowest number."""
    best, along, leg = candidates[:, 0].copy(), np.zeros(len(points)), np.full(len(points), np.inf)
    starts, ends = graph._segments[:2]
    for column in range(candidates.shape[1]):
        rows = np.flatnonzero(valid[:, column])
        segment = candidates[rows, column]
        start = starts[segment]
        way = ends[segment] - start
        to = points[rows] - start
        square = (way * way).sum(axis=1)
        part = np.clip((to * way).sum(axis=1) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        far = np.hypot(*(to - part[:, None] * way).T)
        better = (far < leg[rows]) | ((far == leg[rows]) & (segment < best[rows]))
        rows = rows[better]
        best[rows], along[rows], leg[rows] = segment[better], part[better], far[better]
    return best, along, leg


def nearest(graph: Graph, origins: Snap, facilities: Snap) -> np.ndarray:
    """Return the way from each origin to its nearest facility, in metres (or what the graph's costs are).

    It is the way from the origin to its street, along the streets as far as they are open in that direction, and from
    the street to the facility; inf where the origin joined no street or no facility can be reached from there.

    Parameters
    ----------
    graph
        The street network.
    origins, facilities
        Where they join it, as `snap` gives it.

    Examples
    --------
    >>> street = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([100.0]))
    >>> nearest(street, snap(street, np.array([[10.0, 5.0]])), snap(street, np.array([[90.0, 0.0]]))).tolist()
    [85.0]
    """
    return to_origins(graph, from_facilities(graph, facilities), origins, facilities)


def to_origins(graph: Graph, at_node: np.ndarray, origins: Snap, facilities: Snap) -> np.ndarray:
    """Return the distance of each origin where that of every crossing is known, such as by `from_facilities`."""
    rows = np.flatnonzero(origins.found)
    edge, along = origins.edge[rows], origins.along[rows]
    to_start, to_end = away(graph, edge, along)
    over_start, over_end = at_node[graph.edges[edge, 0]] + to_start, at_node[graph.edges[edge, 1]] + to_end
    same_street = _on_same_street(graph, edge, along, facilities)
    distance = np.full(len(origins.edge), np.inf)
    distance[rows] = origins.leg_m[rows] + np.minimum(np.minimum(over_start, over_end), same_street)
    return distance


def away(graph: Graph, edge: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what it costs from places on streets to the first node of the street, and to the second."""
    ways = graph.ways[edge]
    return _share(along, ways[:, 1]), _share(1 - along, ways[:, 0])


def towards(graph: Graph, edge: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what it costs to places on streets from the first node of the street, and from the second."""
    ways = graph.ways[edge]
    return _share(along, ways[:, 0]), _share(1 - along, ways[:, 1])


def between(graph: Graph, edge: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return what it costs to stay on a street from one place to another."""
    ways = graph.ways[edge]
    return _share(np.abs(end - start), np.where(end >= start, ways[:, 0], ways[:, 1]))


def _share(part: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return a part of a cost; no part of a closed street costs nothing."""
    return np.asarray(np.multiply(part, cost, out=np.zeros(len(part)), where=part > 0))


def from_facilities(graph: Graph, there: Snap) -> np.ndarray:
    """Return the way from every crossing to its nearest facility, with the facility's leg; inf where none.

    One search, against the direction of the streets, from an added node that is joined to both ends of every
    facility's street.
    """
    n, rows = len(graph.nodes), np.flatnonzero(there.found)
    if not len(rows):
        return np.full(n, np.inf)
    edge, leg = there.edge[rows], there.leg_m[rows]
    ends = np.concatenate([graph.edges[edge, 0], graph.edges[edge, 1]])
    from_start, from_end = towards(graph, edge, there.along[rows])
    first = np.full(n, np.inf)
    np.minimum.at(first, ends, np.concatenate([leg + from_start, leg + from_end]))
    doors = np.flatnonzero(np.isfinite(first))
    matrix = graph.against
    joined = scipy.sparse.csr_array(
        (
            np.concatenate([matrix.data, first[doors]]),
            np.concatenate([matrix.indices, doors.astype(np.int32)]),
            np.append(matrix.indptr, matrix.indptr[-1] + len(doors)).astype(np.int32),
        ),
        shape=(n + 1, n + 1),
    )
    return np.asarray(scipy.sparse.csgraph.dijkstra(joined, directed=True, indices=np.array([n]), min_only=False))[
        0, :n
    ]


def _on_same_street(graph: Graph, edge: np.ndarray, along: np.ndarray, there: Snap) -> np.ndarray:
    """Return the way along the origin's own street to a facility on it, with the facility's leg; inf where none."""
    found = np.flatnonzero(there.found)
    rows = np.flatnonzero(np.isin(edge, there.edge[found]))
    direct = np.full(len(edge), np.inf)
    if not len(rows):
        return direct
    street = np.concatenate([there.edge[found], edge[rows]])
    place = np.concatenate([there.along[found], along[rows]])
    leg = np.concatenate([there.leg_m[found], np.full(len(rows), np.inf)])
    onward, back = graph.ways[street].T
    least = np.minimum(_to_next(street, place, leg, onward, sign=1), _to_next(street, place, leg, back, sign=-1))
    direct[rows] = least[len(found) :]
    return direct


def _to_next(street: np.ndarray, place: np.ndarray, leg: np.ndarray, cost: np.ndarray, *, sign: int) -> np.ndarray:
    """Return the way to a facility farther along the street (sign 1) or before (sign -1); at the same place 0."""
    at = sign * place * np.where(np.isfinite(cost), cost, 0.0)
    order = np.lexsort((np.isinf(leg), -sign * place, street))
    line = pd.DataFrame({"street": street[order], "least": (leg + at)[order]})
    found = np.empty(len(order))
    found[order] = line.groupby("street")["least"].cummin().to_numpy() - at[order]
    if np.isinf(cost).any():
        spot = np.unique(np.column_stack([street, place]), axis=0, return_inverse=True)[1].ravel()
        here = np.full(int(spot.max()) + 1, np.inf)
        np.minimum.at(here, spot, leg)
        found = np.where(np.isfinite(cost), found, here[spot])
    return found
