"""From where a place is reached: the streets within a distance, as outlines."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.core.counted import counted
from qmgis.core.reach.network import Graph, Snap, snap
from qmgis.coverage._distances import graph_of
from qmgis.coverage._points import doors_of
from qmgis.errors import DataError
from qmgis.model import Network, PlaceLayer
from qmgis.model.where import same_crs

__all__ = ["catchments"]

# Corners of the rounded ends of streets, and how far outlines may be simplified (part of their width).
_CORNERS, _SIMPLER = 2, 0.1


def catchments(
    places: PlaceLayer,
    *,
    within_m: float,
    network: Network | None = None,
    snap_m: float = 50.0,
    width_m: float = 40.0,
) -> gpd.GeoDataFrame:
    """Return for each place the outline of where it is reached from (isochrones of a walking distance).

    Along a network it is the land at most ``width_m`` from a stretch of street from where the way to the place is at
    most ``within_m``; without one, the circle. What is drawn is where streets lead, not who lives there: numbers of
    people come from `reach`.

    Parameters
    ----------
    places, network, snap_m
        As in `reach`.
    within_m
        Metres, above 0; the way from the place to its street counts.
    width_m
        Half the width of what belongs to a street, metres above 0.

    Returns
    -------
    GeoDataFrame
        Index ``place`` in the order of the places; ``geometry``, empty where one lies off the network; ``within_m``.

    Raises
    ------
    DataError, CrsError
        A distance or width that is not above 0; layers in different reference systems.

    Examples
    --------
    >>> found = catchments(toy_places(), within_m=400, network=toy_network())
    >>> bool(found.geometry.is_valid.all()), bool((found.area > 0).any())
    (True, True)
    """
    if not (np.isfinite(within_m) and within_m > 0 and np.isfinite(width_m) and width_m > 0):
        raise DataError(
            f"within_m is {within_m} and width_m is {width_m}; both must be metres above 0.",
            de=f"within_m ist {within_m} und width_m ist {width_m}; beide müssen Meter über 0 sein.",
        )
    same_crs(places, network)
    there, own = doors_of(places)
    if network is None:
        shapes = shapely.buffer(shapely.points(there), within_m, quad_segs=16)
    else:
        graph = _straightened(graph_of(network))
        doors = snap(graph, there, within_m=snap_m)
        lines = _stretches(graph, doors, within_m, len(there))
        lines = shapely.simplify(shapely.line_merge(lines), _SIMPLER / 2 * width_m)
        shapes = shapely.simplify([_widened(line, width_m) for line in lines], _SIMPLER * width_m)
    if places.doors is not None:
        shapes = np.array([shapely.union_all(shapes[own == place]) for place in range(len(places.frame))])
    table = pd.DataFrame({"within_m": float(within_m)}, index=places.frame.index)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=places.frame.crs)


def _stretches(graph: Graph, doors: Snap, within_m: float, places: int) -> np.ndarray:
    """Return for each place the stretches of street in reach, as one geometry; empty where there are none."""
    from qmgis.core.reach.cutoff import nodes_within

    near = nodes_within(graph, doors, cutoff_m=within_m)
    first, ends, ways = _incident(graph)
    number, step = counted(first[near.origin + 1] - first[near.origin])
    entry = first[near.origin[number]] + step
    part = np.clip((within_m - near.cost[number]) / np.maximum(ways[entry], 1e-9), 0.0, 1.0)
    start, way = graph.nodes[near.origin[number]], graph.nodes[ends[entry]] - graph.nodes[near.origin[number]]
    pieces = [np.stack([start, start + part[:, None] * way], axis=1), *_own_streets(graph, doors, within_m)]
    owners = [near.facility[number], *[np.flatnonzero(doors.found)] * 2]
    whole = part >= 1.0
    ends_of = np.sort(np.stack([near.origin[number], ends[entry]], axis=1), axis=1)[whole]
    first_of = np.flatnonzero(whole)[_first_of(np.column_stack([near.facility[number][whole], ends_of]))]
    keep = np.concatenate([np.isin(np.arange(len(part)), first_of) | ~whole, np.ones(2 * len(owners[1]), dtype=bool)])
    lines, owner = shapely.linestrings(np.concatenate(pieces)[keep]), np.concatenate(owners)[keep]
    order = np.argsort(owner, kind="stable")
    shapes = np.full(places, shapely.from_wkt("MULTILINESTRING EMPTY"), dtype=object)
    there, number = np.unique(owner[order], return_inverse=True)
    shapes[there] = shapely.multilinestrings(lines[order], indices=number) if len(there) else shapes[there]
    return shapes


def _widened(lines: shapely.MultiLineString, width_m: float) -> shapely.Geometry:
    """Return lines made wide; street by street and then joined, which is faster than all at once."""
    if shapely.is_empty(lines):
        return shapely.Polygon()
    return shapely.union_all(shapely.buffer(shapely.get_parts(lines), width_m, quad_segs=_CORNERS))


def _first_of(rows: np.ndarray) -> np.ndarray:
    """Return where each different row comes up first."""
    return np.asarray(np.unique(rows, axis=0, return_index=True)[1])


def _straightened(graph: Graph) -> Graph:
    """Return the same streets with a crossing at every bend, so that each is one straight line."""
    if graph.bends is None:
        return graph
    at, count = graph.bends.offset, np.diff(graph.bends.offset) + 1
    edge, number = counted(count)
    there = len(graph.nodes) + at[edge] + number
    left = np.where(number == 0, graph.edges[edge, 0], there - 1)
    right = np.where(number == count[edge] - 1, graph.edges[edge, 1], there)
    share = graph.segment_shares
    cost = None
    if graph.cost is not None:
        cost = np.where(np.isfinite(graph.cost[edge]), graph.cost[edge] * share[:, None], np.inf)
    return Graph(
        np.vstack([graph.nodes, graph.bends.points]),
        np.column_stack([left, right]),
        graph.length_m[edge] * share,
        cost,
        None,
        None if graph.main is None else graph.main[edge],
    )


def _incident(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where the streets of each crossing start in the list, where they come from, and the way from there."""
    node = graph.edges.T.ravel()
    order = np.argsort(node, kind="stable")
    first = np.append(0, np.cumsum(np.bincount(node, minlength=len(graph.nodes))))
    return first, graph.edges[:, ::-1].T.ravel()[order], graph.ways[:, ::-1].T.ravel()[order]


def _own_streets(graph: Graph, doors: Snap, within_m: float) -> list[np.ndarray]:
    """Return the stretches to both sides along the street that each place lies on."""
    rows = np.flatnonzero(doors.found)
    edge, along = doors.edge[rows], doors.along[rows]
    ends = graph.nodes[graph.edges[edge]]
    way, left = ends[:, 1] - ends[:, 0], np.maximum(within_m - doors.leg_m[rows], 0.0)
    door = ends[:, 0] + along[:, None] * way
    reach = left[:, None] / np.maximum(graph.ways[edge], 1e-9)
    stops = [np.clip(along + sign * reach[:, side], 0.0, 1.0) for side, sign in enumerate((-1, 1))]
    return [np.stack([door, ends[:, 0] + stop[:, None] * way], axis=1) for stop in stops]
