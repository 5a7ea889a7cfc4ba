"""All ways between origins and facilities up to a cutoff, whatever the number of facilities."""

from __future__ import annotations

import numpy as np

from qmgis.core.counted import counted
from qmgis.core.reach.access import Pairs
from qmgis.core.reach.network import Graph, Snap, away, between, towards
from qmgis.errors import DataError

__all__ = ["doors_of", "homes_of", "nodes_within", "pairs_within"]

# What belongs to each of several: where its entries start (one more than there are), their numbers, and ways there.
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
# Pairs that are written before they are taken away: 48 MB.
ROOM = 3_000_000


def pairs_within(graph: Graph, origins: Snap, facilities: Snap, *, cutoff_m: float) -> Pairs:
    """Return the way from every origin to every facility, where it is at most ``cutoff_m``.

    Parameters
    ----------
    graph
        The street network.
    origins, facilities
        Where they join it, as `snap` gives it; those that joined no street are in no pair.
    cutoff_m
        Metres, above 0.

    Returns
    -------
    Pairs
        One facility after the other. Distances as `nearest`: leg, way along the streets, leg.

    Raises
    ------
    DataError
        A cutoff that is not above 0.

    Examples
    --------
    >>> from qmgis.core.reach.network import snap
    >>> street = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([100.0]))
    >>> homes = snap(street, np.array([[10.0, 5.0], [60.0, 0.0]]))
    >>> found = pairs_within(street, homes, snap(street, np.array([[90.0, 0.0]])), cutoff_m=50)
    >>> found.origin.tolist(), found.cost.round(6).tolist()
    ([1], [30.0])
    """
    _positive(cutoff_m)
    direct = _on_one_street(graph, origins, facilities, cutoff_m)
    return _searched(graph, facilities, homes_of(graph, origins), direct, len(origins.edge), cutoff_m)


def nodes_within(graph: Graph, facilities: Snap, *, cutoff_m: float) -> Pairs:
    """Return the crossings within ``cutoff_m`` of each facility, as pairs of node (``origin``) and facility.

    Examples
    --------
    >>> from qmgis.core.reach.network import snap
    >>> street = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([100.0]))
    >>> found = nodes_within(street, snap(street, np.array([[90.0, 0.0]])), cutoff_m=50)
    >>> found.origin.tolist(), found.cost.round(6).tolist()
    ([1], [10.0])
    """
    _positive(cutoff_m)
    count = len(graph.nodes)
    itself = np.arange(count + 1), np.arange(count, dtype=np.int32), np.zeros(count)
    nothing = np.zeros(len(facilities.edge) + 1, np.int64), np.empty(0, np.int32), np.empty(0)
    return _searched(graph, facilities, itself, nothing, count, cutoff_m)


def _searched(graph: Graph, facilities: Snap, homes: Rows, direct: Rows, origins: int, cutoff_m: float) -> Pairs:
    """Return all pairs, searched in parts of bounded size."""
    from qmgis.core.reach._search import search

    network, count, many = graph.rows_against, len(graph.nodes), len(facilities.edge)
    heap = len(network[1]) + 2 * many + 2
    space = (
        np.full(count, np.inf), np.full(origins, np.inf), np.empty(count, np.int32), np.empty(origins, np.int32),
        np.empty(heap), np.empty(heap, np.int32),
    )  # fmt: skip
    room = max(ROOM, origins)
    out = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
    doors, facility, parts = doors_of(graph, facilities), 0, []
    while facility < many:
        facility, written = search(facility, doors, network, homes, direct, float(cutoff_m), space, out)
        parts.append([part[:written].copy() for part in out])
    if not parts:
        parts = [[part[:0] for part in out]]
    there, origin, cost = (np.concatenate([part[place] for part in parts]) for place in range(3))
    return Pairs(origin, there, cost, origins, many)


def doors_of(graph: Graph, facilities: Snap) -> Rows:
    """Return where each facility's doors begin, the crossings at both ends of its street, and the way from these."""
    found = facilities.found
    edge = facilities.edge[found]
    ways = facilities.leg_m[found, None] + np.column_stack(towards(graph, edge, facilities.along[found]))
    at = np.append(0, np.cumsum(2 * found))
    return at.astype(np.int64), graph.edges[edge].astype(np.int32).ravel(), ways.ravel()


def homes_of(graph: Graph, origins: Snap) -> Rows:
    """Return the origins on the streets of each crossing, and their way to it."""
    rows = np.flatnonzero(origins.found)
    edge = origins.edge[rows]
    node = graph.edges[edge].T.ravel()
    way = np.concatenate(away(graph, edge, origins.along[rows])) + np.tile(origins.leg_m[rows], 2)
    order = np.argsort(node, kind="stable")
    start = np.append(0, np.cumsum(np.bincount(node, minlength=len(graph.nodes))))
    return start.astype(np.int64), np.tile(rows, 2)[order].astype(np.int32), way[order]


def _on_one_street(graph: Graph, origins: Snap, facilities: Snap, cutoff_m: float) -> Rows:
    """Return the origins on each facility's street, and the way along it."""
    here, there = np.flatnonzero(origins.found), np.flatnonzero(facilities.found)
    here = here[np.argsort(origins.edge[here], kind="stable")]
    streets = origins.edge[here]
    first = np.searchsorted(streets, facilities.edge[there], side="left")
    last = np.searchsorted(streets, facilities.edge[there], side="right")
    number, place = counted(last - first)
    facility, origin = there[number], here[first[number] + place]
    apart = between(graph, facilities.edge[facility], origins.along[origin], facilities.along[facility])
    way = apart + origins.leg_m[origin] + facilities.leg_m[facility]
    near = way <= cutoff_m
    at = np.append(0, np.cumsum(np.bincount(facility[near], minlength=len(facilities.edge))))
    return at.astype(np.int64), origin[near].astype(np.int32), way[near]


def _positive(cutoff_m: float) -> None:
    if not (np.isfinite(cutoff_m) and cutoff_m > 0):
        raise DataError(
            f"The cutoff is {cutoff_m:g} m; give metres above 0.",
            de=f"Die Reichweite ist {cutoff_m:g} m; Meter größer als 0 angeben.",
        )
