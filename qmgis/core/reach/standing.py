"""The nearest facility of every origin, kept up to date while facilities are added, moved and closed.

Only the crossings that a change touches are looked at again: those that the new facility is nearer to, and those whose
nearest one is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmgis.core.counted import counted
from qmgis.core.reach.cutoff import Rows, doors_of, homes_of
from qmgis.core.reach.network import Graph, Snap, to_origins
from qmgis.errors import DataError

__all__ = ["Standing", "add", "close", "stand"]


@dataclass(frozen=True, eq=False)
class Standing:
    """Where facilities stand, and how far every crossing and origin is from its nearest one.

    ``facilities``: all that ever were; ``is_open``: those that are there. ``node_m``, ``owner``: metres from each
    crossing to its nearest facility, and its number (-1: none). ``metres``: of each origin, as `nearest` gives it.
    ``touched``: origins that the last change looked at.
    """

    graph: Graph
    origins: Snap
    homes: Rows
    facilities: Snap
    is_open: np.ndarray
    node_m: np.ndarray
    owner: np.ndarray
    metres: np.ndarray
    touched: np.ndarray


def stand(graph: Graph, origins: Snap, facilities: Snap) -> Standing:
    """Return the nearest facility of all crossings and origins.

    Parameters
    ----------
    graph
        The street network.
    origins, facilities
        Where they join it, as `snap` gives it.

    Examples
    --------
    >>> from qmgis.core.reach.network import snap
    >>> street = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([100.0]))
    >>> here = stand(street, snap(street, np.array([[10.0, 0.0]])), snap(street, np.array([[90.0, 0.0]])))
    >>> nearer = add(here, snap(street, np.array([[30.0, 0.0]])))
    >>> here.metres.tolist(), nearer.metres.tolist(), close(nearer, 1).metres.tolist()
    ([80.0], [20.0], [80.0])
    """
    count = len(graph.nodes)
    nothing = Snap(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
    empty = Standing(
        graph, origins, homes_of(graph, origins), nothing, np.empty(0, dtype=bool), np.full(count, np.inf),
        np.full(count, -1, dtype=np.int32), np.full(len(origins.edge), np.inf), np.empty(0, dtype=np.int64),
    )  # fmt: skip
    return add(empty, facilities)


def add(standing: Standing, more: Snap) -> Standing:
    """Return the standing with further facilities; their numbers follow those that there are."""
    before, graph = standing.facilities, standing.graph
    first = len(before.edge)
    facilities = Snap(
        np.concatenate([before.edge, more.edge]),
        np.concatenate([before.along, more.along]),
        np.concatenate([before.leg_m, more.leg_m]),
    )
    at, node, way = doors_of(graph, more)
    owner = np.repeat(np.arange(first, first + len(more.edge)), np.diff(at))
    is_open = np.append(standing.is_open, np.ones(len(more.edge), dtype=bool))
    wider = replace(standing, facilities=facilities, is_open=is_open)
    return _spread(wider, (node, way, owner), np.empty(0, dtype=np.int64), more.edge[more.found])


def close(standing: Standing, facility: int) -> Standing:
    """Return the standing without one facility."""
    if not (0 <= facility < len(standing.is_open) and standing.is_open[facility]):
        raise DataError(
            f"There is no open facility with the number {facility}; close one that is there.",
            de=f"Es gibt keinen offenen Ort mit der Nummer {facility}; einen schließen, den es gibt.",
        )
    is_open = standing.is_open.copy()
    is_open[facility] = False
    lost = np.flatnonzero(standing.owner == facility)
    node_m, owner = standing.node_m.copy(), standing.owner.copy()
    node_m[lost], owner[lost] = np.inf, -1
    matrix = standing.graph.matrix
    number, place = counted(np.diff(matrix.indptr)[lost])
    edge = matrix.indptr[lost][number] + place
    beyond = matrix.indices[edge]
    way = node_m[beyond] + matrix.data[edge]
    known = np.isfinite(way)
    at, node, door = doors_of(standing.graph, standing.facilities)
    whose = np.repeat(np.arange(len(is_open)), np.diff(at))
    inside = np.isin(node, lost) & is_open[whose]
    doors = (
        np.concatenate([lost[number][known], node[inside]]),
        np.concatenate([way[known], door[inside]]),
        np.concatenate([owner[beyond[known]], whose[inside]]),
    )
    street = standing.facilities.edge[[facility]]
    left = replace(standing, is_open=is_open, node_m=node_m, owner=owner)
    return _spread(left, doors, lost, street[street >= 0])


def _spread(
    standing: Standing, doors: tuple[np.ndarray, np.ndarray, np.ndarray], lost: np.ndarray, streets: np.ndarray
) -> Standing:
    """Return the standing after a search from doors, and after a new look at the origins that it touches."""
    from qmgis.core.reach._search import spread

    graph = standing.graph
    network, count = graph.rows_against, len(graph.nodes)
    node, way, whose = doors[0].astype(np.int32), doors[1].astype(float), doors[2].astype(np.int32)
    node_m, owner = standing.node_m.copy(), standing.owner.copy()
    touched, seen = np.empty(count, np.int32), np.zeros(count, dtype=bool)
    heap = len(network[1]) + len(node) + 2
    many = spread((node, way, whose), network, node_m, owner, touched, seen, (np.empty(heap), np.empty(heap, np.int32)))
    seen[lost] = True
    rows = _origins_at(standing, np.flatnonzero(seen) if len(lost) else touched[:many], streets)
    origins, there = standing.origins, _open(standing)
    some = Snap(origins.edge[rows], origins.along[rows], origins.leg_m[rows])
    metres = standing.metres.copy()
    metres[rows] = to_origins(graph, node_m, some, there)
    return replace(standing, node_m=node_m, owner=owner, metres=metres, touched=rows)


def _origins_at(standing: Standing, nodes: np.ndarray, streets: np.ndarray) -> np.ndarray:
    """Return the origins on the streets of some crossings, and on some streets, each once."""
    start, home, _ = standing.homes
    for street in streets:
        nodes = np.append(nodes, standing.graph.edges[street])
    number, place = counted(np.diff(start)[nodes])
    return np.unique(home[start[nodes][number] + place]).astype(np.int64)


def _open(standing: Standing) -> Snap:
    there, is_open = standing.facilities, standing.is_open
    return Snap(there.edge[is_open], there.along[is_open], there.leg_m[is_open])
