"""Streets to walk on, bridges and underpasses, paths, dead ends; and walking distances on them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from qmgis.musterstadt.blocks import Ground
from qmgis.musterstadt.near import is_near, is_near_points, without
from qmgis.musterstadt.plan import RAIL_HALF_M, RIVER_HALF_M

__all__ = ["Barriers", "Walk", "make_streets"]


@dataclass(frozen=True, eq=False)
class Barriers:
    """River and railway on the ground: their centre lines, beds, and the points where a street crosses."""

    river: shapely.LineString
    rail: shapely.LineString
    bridges: np.ndarray
    underpasses: np.ndarray

    @property
    def river_bed(self) -> shapely.Polygon:
        """The water."""
        return self.river.buffer(RIVER_HALF_M)

    @property
    def rail_bed(self) -> shapely.Polygon:
        """The tracks."""
        return self.rail.buffer(RAIL_HALF_M)


class Walk:
    """Shortest walking distances on street lines that are joined at their ends."""

    def __init__(self, lines: np.ndarray) -> None:
        first = shapely.get_coordinates(shapely.get_point(lines, 0))
        last = shapely.get_coordinates(shapely.get_point(lines, -1))
        self.nodes, number = np.unique(np.round(np.vstack([first, last]), 2), axis=0, return_inverse=True)
        number = number.reshape(-1)
        start, end = number[: len(lines)], number[len(lines) :]
        length = shapely.length(lines)
        count = len(self.nodes)
        order = np.lexsort((length, np.maximum(start, end), np.minimum(start, end)))
        low, high = np.minimum(start, end)[order], np.maximum(start, end)[order]
        fresh = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0)) & (low != high)
        self.graph: csr_array = coo_array(
            (length[order][fresh], (low[fresh], high[fresh])), shape=(count, count)
        ).tocsr()
        self.starts = start
        self._tree = cKDTree(self.nodes)

    def components(self) -> np.ndarray:
        """Return the number of the connected part of each node."""
        return np.asarray(connected_components(self.graph, directed=False)[1])

    def nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest node of each point (n, 2) and the way to it in metres."""
        metres, node = self._tree.query(points)
        return np.asarray(node), np.asarray(metres)

    def to_nearest(self, points: np.ndarray, places: np.ndarray, *, limit_m: float = np.inf) -> np.ndarray:
        """Return each point's walking distance to the nearest place; infinite beyond the limit."""
        if not len(places):
            return np.full(len(points), np.inf)
        goal, extra = self.nearest(places)
        node, own = self.nearest(points)
        best = np.full(len(self.nodes), np.inf)
        np.minimum.at(best, goal, extra)
        goals = np.flatnonzero(np.isfinite(best))
        count = len(self.nodes)
        joint = coo_array((best[goals] + 1e-9, (np.full(len(goals), count), goals)), shape=(count + 1, count + 1))
        whole = self.graph.tocoo()
        wide = coo_array((whole.data, (whole.row, whole.col)), shape=(count + 1, count + 1)).tocsr() + joint.tocsr()
        metres = np.asarray(dijkstra(wide, directed=False, indices=np.array([count]), limit=limit_m))[0]
        return np.asarray(metres[node] + own)


def make_streets(ground: Ground, barriers: Barriers, main: np.ndarray, *, fine: bool) -> gpd.GeoDataFrame:
    """Return the street lines with ``kind`` main, street, path, dead_end, bridge or underpass; all are connected."""
    edges = ground.edges
    inner = ((edges["left"] >= 0) & (edges["right"] >= 0)).to_numpy()
    lines = edges["geometry"].to_numpy()[inner]
    spot = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    dry = ~is_near(spot, barriers.river, 3) & ~is_near(spot, barriers.rail, 3)
    lines = lines[dry]
    lines = _cut(lines, barriers.river, half=RIVER_HALF_M + 4, crossings=barriers.bridges)
    lines = _cut(lines, barriers.rail, half=RAIL_HALF_M + 3, crossings=barriers.underpasses)
    paths = _paths(ground, barriers) if fine else np.array([], object)
    ways = shapely.get_parts(shapely.union_all(np.concatenate([lines, paths]), grid_size=0.01)) if fine else lines
    ways = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(ways)))) if fine else ways
    ways = ways[shapely.length(ways) > 0.5]
    walk = Walk(ways)
    part = walk.components()
    ways = ways[part[walk.starts] == np.bincount(part).argmax()]
    ways = ways[
        np.lexsort(np.round(shapely.get_coordinates(shapely.line_interpolate_point(ways, 0.5, normalized=True)), 2).T)
    ]
    return gpd.GeoDataFrame({"kind": _kinds(ways, paths, barriers, main)}, geometry=ways, crs="EPSG:25832")


def _cut(lines: np.ndarray, line: shapely.LineString, *, half: float, crossings: np.ndarray) -> np.ndarray:
    """Cut lines off at a barrier, except where a crossing is."""
    wet = is_near(lines, line, half)
    across = is_near_points(lines, crossings, 2.0)
    cut = shapely.get_parts(without(lines[wet & ~across], line, half))
    return np.concatenate([lines[~wet | across], cut[shapely.length(cut) > 4]])


def _paths(ground: Ground, barriers: Barriers) -> np.ndarray:
    """Paths along the river and through parks; dead ends into large blocks and garden suburbs."""
    blocks = ground.blocks
    town = shapely.coverage_union_all(blocks["geometry"].to_numpy())
    bank = barriers.river.buffer(RIVER_HALF_M + 9).boundary.intersection(town.buffer(-30))
    found = [*shapely.get_parts(bank)]
    for number, (shape, use) in enumerate(zip(blocks["geometry"], blocks["use"], strict=True)):
        if use == "park":
            found += _spokes(shape, 3)
        elif use in ("slab", "rows") and shape.area > 22_000:
            found += _spokes(shape, 2)
        elif use in ("garden", "villa") and number % 3 == 0 and shape.area > 13_000:
            found.append(_dead_end(shape))
    dry = without(np.array(found, object), barriers.river, RIVER_HALF_M + 4)
    found_array = shapely.get_parts(without(dry, barriers.rail, RAIL_HALF_M + 3))
    return np.asarray(found_array[shapely.length(found_array) > 15], dtype=object)


def _spokes(shape: shapely.Polygon, count: int) -> list[shapely.LineString]:
    """Footpaths from the middle of a block to its rim, a little bowed."""
    middle = np.array(shape.point_on_surface().coords[0])
    ways = []
    for part in np.linspace(0.07, 1.07, count, endpoint=False) % 1:
        rim = np.array(shape.exterior.interpolate(part, normalized=True).coords[0])
        way = rim - middle
        bow = (rim + middle) / 2 + 0.12 * np.array([-way[1], way[0]])
        line = shapely.LineString(np.round([middle, bow, rim], 2))
        if shape.buffer(1).contains(line):
            ways.append(line)
    return ways


def _dead_end(shape: shapely.Polygon) -> shapely.LineString:
    rim = np.array(shape.exterior.interpolate(0.31, normalized=True).coords[0])
    middle = np.array(shape.point_on_surface().coords[0])
    return shapely.LineString(np.round([rim, rim + 0.85 * (middle - rim)], 2))


def _kinds(ways: np.ndarray, paths: np.ndarray, barriers: Barriers, main: np.ndarray) -> np.ndarray:
    middle = shapely.line_interpolate_point(ways, 0.5, normalized=True)
    kind = np.full(len(ways), "street", dtype=object)
    tree = shapely.STRtree(main)
    kind[np.unique(tree.query(middle, predicate="dwithin", distance=2.0)[0])] = "main"
    if len(paths):
        tree = shapely.STRtree(paths)
        kind[np.unique(tree.query(middle, predicate="dwithin", distance=0.2)[0])] = "path"
    for points, name in ((barriers.bridges, "bridge"), (barriers.underpasses, "underpass")):
        kind[is_near_points(ways, points, 2.0)] = name
    return kind
