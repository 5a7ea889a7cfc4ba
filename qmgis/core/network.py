"""Walking distances on a street network: points join the nearest street, not the nearest crossing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from qmgis.errors import DataError

__all__ = ["Graph", "Snap", "from_facilities", "nearest", "snap"]

# Streets are looked for by the middles of their pieces; a piece is about as long as most streets, within these bounds.
SHORTEST_PIECE_M, LONGEST_PIECE_M = 10.0, 60.0
# How many pieces are compared at first; points that need more ask again for four times as many.
FIRST_LOOK = 6


@dataclass(frozen=True, eq=False)
class Graph:
    """A street network prepared for many questions; streets are walkable both ways.

    ``nodes``: float (n, 2) in metres. ``edges``: int (m, 2), node numbers; ``length_m``: float (m,). The sparse matrix
    and the search tree are built at the first use and kept.
    """

    nodes: np.ndarray
    edges: np.ndarray
    length_m: np.ndarray

    def __post_init__(self) -> None:
        lengths = np.asarray(self.length_m, dtype=float)
        if not (np.isfinite(self.nodes).all() and np.isfinite(lengths).all() and (lengths >= 0).all()):
            raise DataError(
                "The street network has coordinates or lengths that are negative or no numbers; repair the file.",
                de="Das Straßennetz hat Koordinaten oder Längen, die kleiner als 0 oder keine Zahlen sind; reparieren.",
            )

    @cached_property
    def matrix(self) -> csr_array:
        """The symmetric matrix of lengths; of several streets between two nodes the shortest."""
        n = len(self.nodes)
        start, end = (np.concatenate([self.edges[:, i], self.edges[:, 1 - i]]).astype(np.int64) for i in (0, 1))
        length = np.concatenate([self.length_m, self.length_m]).astype(float)
        order = np.lexsort((length, end, start))
        start, end, length = start[order], end[order], length[order]
        first = np.ones(len(start), dtype=bool)
        first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        pointer = np.concatenate([[0], np.cumsum(np.bincount(start[first], minlength=n))])
        return csr_array((length[first], end[first].astype(np.int32), pointer.astype(np.int32)), shape=(n, n))

    @cached_property
    def component(self) -> np.ndarray:
        """The number of the connected part that each node lies in, int (n,)."""
        labels: np.ndarray = connected_components(self.matrix, directed=False)[1]
        return labels

    @cached_property
    def _pieces(self) -> tuple[cKDTree, np.ndarray, float]:
        """The middles of pieces of all streets, the street of each, and half of the longest piece."""
        start, end = self.nodes[self.edges[:, 0]], self.nodes[self.edges[:, 1]]
        straight = np.hypot(*(end - start).T)
        usual = float(np.clip(np.median(straight), SHORTEST_PIECE_M, LONGEST_PIECE_M)) if len(straight) else 1.0
        count = np.maximum(np.ceil(straight / usual), 1).astype(np.int64)
        edge = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        along = ((number + 0.5) / count[edge])[:, None]
        half = float((straight / count).max() / 2) if len(count) else 0.0
        return cKDTree(start[edge] + along * (end[edge] - start[edge]), balanced_tree=False, leafsize=16), edge, half


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
    """Return the nearest point of the nearest street for each point, exactly.

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
    tree, street, half = graph._pieces
    open_, look = np.arange(len(points)), min(FIRST_LOOK, tree.n)
    while len(open_):
        asked = tree.query(points[open_], k=np.arange(1, look + 1), distance_upper_bound=within_m + half + 1e-9)
        far, hit = np.asarray(asked[0]), np.asarray(asked[1])
        # Beyond the last piece looked at, every street is at least this far away.
        beyond = np.where(look < tree.n, far[:, -1] - half, np.inf)
        best = _best(graph, points[open_], street[np.minimum(hit, tree.n - 1)], hit < tree.n)
        edge[open_], along[open_], leg[open_] = best
        open_ = open_[(beyond <= best[2]) & (beyond <= within_m)]
        look = min(look * 4, tree.n)
    gone = ~(leg <= within_m)
    edge[gone], along[gone], leg[gone] = -1, 0.0, np.inf
    return Snap(edge, along, leg)


def _best(
    graph: Graph, points: np.ndarray, candidates: np.ndarray, valid: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return street, place along it and distance of each point's nearest candidate; ties to the lowest number."""
    edge, along, leg = candidates[:, 0].copy(), np.zeros(len(points)), np.full(len(points), np.inf)
    for column in range(candidates.shape[1]):
        rows = np.flatnonzero(valid[:, column])
        street = candidates[rows, column]
        start = graph.nodes[graph.edges[street, 0]]
        way = graph.nodes[graph.edges[street, 1]] - start
        to = points[rows] - start
        square = (way * way).sum(axis=1)
        part = np.clip((to * way).sum(axis=1) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        far = np.hypot(*(to - part[:, None] * way).T)
        better = (far < leg[rows]) | ((far == leg[rows]) & (street < edge[rows]))
        rows = rows[better]
        edge[rows], along[rows], leg[rows] = street[better], part[better], far[better]
    return edge, along, leg


def nearest(graph: Graph, origins: Snap, facilities: Snap) -> np.ndarray:
    """Return the walking distance from each origin to its nearest facility, in metres.

    The distance is the way from the origin to its street, along the streets, and from the street to the facility; inf
    where the origin joined no street or its streets are connected with no facility.

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
    at_node = from_facilities(graph, facilities)
    rows = np.flatnonzero(origins.found)
    edge, along = origins.edge[rows], origins.along[rows]
    length = graph.length_m[edge]
    over_start = at_node[graph.edges[edge, 0]] + along * length
    over_end = at_node[graph.edges[edge, 1]] + (1 - along) * length
    same_street = _on_same_street(graph, edge, along, facilities)
    distance = np.full(len(origins.edge), np.inf)
    distance[rows] = origins.leg_m[rows] + np.minimum(np.minimum(over_start, over_end), same_street)
    return distance


def from_facilities(graph: Graph, there: Snap) -> np.ndarray:
    """Return the distance of every crossing from its nearest facility, with the facility's leg; inf where none.

    One search from an added node that is joined to both ends of every facility's street.
    """
    n, rows = len(graph.nodes), np.flatnonzero(there.found)
    if not len(rows):
        return np.full(n, np.inf)
    edge, along, leg, length = there.edge[rows], there.along[rows], there.leg_m[rows], graph.length_m[there.edge[rows]]
    ends = np.concatenate([graph.edges[edge, 0], graph.edges[edge, 1]])
    cost = np.concatenate([leg + along * length, leg + (1 - along) * length])
    first = np.full(n, np.inf)
    np.minimum.at(first, ends, cost)
    doors = np.flatnonzero(np.isfinite(first))
    matrix = graph.matrix
    joined = csr_array(
        (
            np.concatenate([matrix.data, first[doors]]),
            np.concatenate([matrix.indices, doors.astype(np.int32)]),
            np.append(matrix.indptr, matrix.indptr[-1] + len(doors)).astype(np.int32),
        ),
        shape=(n + 1, n + 1),
    )
    return np.asarray(dijkstra(joined, directed=True, indices=np.array([n]), min_only=False))[0, :n]


def _on_same_street(graph: Graph, edge: np.ndarray, along: np.ndarray, there: Snap) -> np.ndarray:
    """Return the way along the origin's own street to a facility on it, with the facility's leg; inf where none."""
    found = np.flatnonzero(there.found)
    rows = np.flatnonzero(np.isin(edge, there.edge[found]))
    direct = np.full(len(edge), np.inf)
    if not len(rows):
        return direct
    streets = np.concatenate([there.edge[found], edge[rows]])
    at = np.concatenate([there.along[found], along[rows]]) * graph.length_m[streets]
    leg = np.concatenate([there.leg_m[found], np.full(len(rows), np.inf)])
    order = np.lexsort((at, streets))
    line = pd.DataFrame({"street": streets[order], "up": (leg - at)[order], "down": (leg + at)[order]})
    up = line.groupby("street")["up"].cummin().to_numpy() + at[order]
    down = line[::-1].groupby("street")["down"].cummin().to_numpy()[::-1] - at[order]
    least = np.empty(len(order))
    least[order] = np.minimum(up, down)
    direct[rows] = least[len(found) :]
    return direct
