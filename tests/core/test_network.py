"""Walking distances: a worked street, an independent search over all pairs, and what must always hold."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import floyd_warshall

from qmgis.core.reach.network import Graph, from_facilities, nearest, snap
from qmgis.errors import DataError


def cross() -> Graph:
    """Two streets of 100 m that meet at a right angle; the second is 20 % longer than its straight line."""
    nodes = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])
    return Graph(nodes, np.array([[0, 1], [1, 2]]), np.array([100.0, 120.0]))


def distance(graph: Graph, origins: object, facilities: object, *, snap_m: float = 50.0) -> np.ndarray:
    here, there = (np.asarray(points, dtype=float).reshape(-1, 2) for points in (origins, facilities))
    return nearest(graph, snap(graph, here, within_m=snap_m), snap(graph, there, within_m=snap_m))


def test_worked_example_by_hand():
    # 10 m to the street, 70 m along it, a quarter of the 120 m street, 5 m to the door
    assert distance(cross(), [(30, 10)], [(105, 25)]).tolist() == [10 + 70 + 30 + 5]


def test_a_point_joins_the_street_and_not_the_crossing():
    found = snap(cross(), np.array([[50.0, 10.0]]))
    assert (found.edge[0], found.along[0], found.leg_m[0]) == (0, 0.5, 10.0)
    assert distance(cross(), [(50, 10)], [(50, 0)]).tolist() == [10.0]


def test_two_points_on_one_street_do_not_walk_round_by_its_ends():
    long_way = Graph(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[0, 1]]), np.array([1000.0]))
    assert distance(long_way, [(40, 0), (70, 0)], [(50, 0), (90, 0)]).tolist() == [100.0, 200.0]


def test_the_nearest_door_wins_not_the_nearest_street():
    # the facility at 10 m from the street stands nearer along it than the one at 1 m
    assert distance(cross(), [(0, 0)], [(20, 10), (40, 1)]).tolist() == [30.0]


def test_of_two_streets_between_two_crossings_the_shorter_is_walked():
    nodes = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
    graph = Graph(nodes, np.array([[0, 1], [1, 2], [1, 2]]), np.array([100.0, 300.0, 110.0]))
    assert graph.matrix[1, 2] == 110.0
    assert distance(graph, [(0, 0)], [(200, 0)]).tolist() == [210.0]


def test_street_without_length_and_closed_loop_do_not_break_it():
    nodes = np.array([[0.0, 0.0], [0.0, 0.0], [50.0, 0.0]])
    graph = Graph(nodes, np.array([[0, 1], [1, 2], [2, 2]]), np.array([0.0, 50.0, 80.0]))
    assert distance(graph, [(0, 3)], [(50, 0)]).tolist() == [53.0]


def test_too_far_from_every_street_is_told_apart_from_cut_off():
    nodes = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 500.0], [100.0, 500.0]])
    graph = Graph(nodes, np.array([[0, 1], [2, 3]]), np.array([100.0, 100.0]))
    here = snap(graph, np.array([[50.0, 60.0], [50.0, 500.0], [50.0, 50.0]]))
    assert here.found.tolist() == [False, True, True]
    assert nearest(graph, here, snap(graph, np.array([[0.0, 0.0]]))).tolist() == [np.inf, np.inf, 100.0]
    assert len(set(graph.component.tolist())) == 2


@pytest.mark.parametrize("facilities", [np.empty((0, 2)), np.array([[0.0, 900.0]])])
def test_without_a_facility_at_the_network_nobody_is_reached(facilities: np.ndarray):
    assert np.isinf(distance(cross(), [(0, 0), (100, 50)], facilities)).all()


def test_network_without_streets():
    empty = Graph(np.empty((0, 2)), np.empty((0, 2), dtype=np.int64), np.empty(0))
    assert distance(empty, [(0, 0)], [(0, 0)]).tolist() == [np.inf]
    assert len(distance(cross(), np.empty((0, 2)), [(0, 0)])) == 0


@pytest.mark.parametrize("length", [-1.0, np.nan, np.inf])
def test_impossible_lengths_are_refused(length: float):
    with pytest.raises(DataError, match="repair the file"):
        Graph(np.zeros((2, 2)), np.array([[0, 1]]), np.array([length]))


# What follows draws small cities at random.


def city(seed: int, *, crossings: int = 9, density: float = 0.35) -> Graph:
    """A graph that may fall apart, with streets up to 80 % longer than their straight lines."""
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 400, (crossings, 2))
    pairs = np.array([(a, b) for a in range(crossings) for b in range(a) if rng.random() < density] or [(0, 1)])
    straight = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    return Graph(nodes, pairs, straight * rng.uniform(1, 1.8, len(pairs)))


def points(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed + 1_000_000).uniform(-50, 450, (count, 2))


def brute(graph: Graph, origins: np.ndarray, facilities: np.ndarray, snap_m: float) -> np.ndarray:
    """All pairs, with every point as a node of its own on its street: shapely snaps, Floyd and Warshall search."""
    lines = shapely.linestrings(graph.nodes[graph.edges])
    both = np.concatenate([origins, facilities])
    n, total = len(graph.nodes), len(graph.nodes) + len(both)
    cost = np.full((total, total), np.inf)
    on: dict[int, list[tuple[float, int, float]]] = {edge: [] for edge in range(len(lines))}
    for number, xy in enumerate(both):
        far = shapely.distance(lines, shapely.Point(xy))
        edge = int(far.argmin())
        if far[edge] <= snap_m:
            along = shapely.line_locate_point(lines[edge], shapely.Point(xy), normalized=True)
            on[edge].append((along * graph.length_m[edge], n + number, far[edge]))
    for edge, (a, b) in enumerate(graph.edges):
        stops = [(0.0, a, 0.0), *on[edge], (graph.length_m[edge], b, 0.0)]
        for x, p, leg_p in stops:
            for y, q, leg_q in stops:
                if p != q:
                    cost[p, q] = min(cost[p, q], abs(x - y) + leg_p + leg_q)
    # A point's own way to the street is walked at its beginning and its end only: never through another point.
    best = np.full(len(origins), np.inf)
    base = floyd_warshall(np.where(np.isinf(cost[:n, :n]), 0, cost[:n, :n])) if n else cost[:0, :0]
    for o in range(len(origins)):
        for f in range(len(facilities)):
            p, q = n + o, n + len(origins) + f
            through = (cost[p, :n][:, None] + base + cost[:n, q][None, :]).min()
            best[o] = min(best[o], cost[p, q], through)
    return best


@pytest.mark.parametrize("seed", range(25))
def test_equals_a_search_over_all_pairs(seed: int):
    graph, origins, facilities = city(seed), points(seed, 12), points(seed + 500, 4)
    found = distance(graph, origins, facilities, snap_m=80)
    np.testing.assert_allclose(found, brute(graph, origins, facilities, 80), rtol=0, atol=1e-9)


def split(graph: Graph, origins: np.ndarray, facilities: np.ndarray, snap_m: float) -> nx.DiGraph:
    """The graph of networkx whose streets are split where points join them; ways into doors lead only there."""
    lines, found = shapely.linestrings(graph.nodes[graph.edges]), nx.MultiDiGraph()
    cuts: dict[int, list[tuple[float, object]]] = {edge: [] for edge in range(len(lines))}
    for kind, doors in (("o", origins), ("f", facilities)):
        for number, xy in enumerate(shapely.points(doors)):
            far = shapely.distance(lines, xy)
            edge = int(far.argmin())
            found.add_node((kind, number))
            if far[edge] <= snap_m:
                stop = ("stop", kind, number)
                cuts[edge].append((shapely.line_locate_point(lines[edge], xy, normalized=True), stop))
                ends = ((kind, number), stop) if kind == "o" else (stop, (kind, number))
                found.add_edge(*ends, weight=far[edge])
    for edge, (a, b) in enumerate(graph.edges):
        stops = [(0.0, int(a)), *sorted(cuts[edge], key=lambda cut: cut[0]), (1.0, int(b))]
        for (x, p), (y, q) in pairwise(stops):
            length = (y - x) * graph.length_m[edge]
            found.add_edge(p, q, weight=length)
            found.add_edge(q, p, weight=length)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_equals_networkx_with_streets_split_at_every_point(seed: int):
    graph = city(seed, crossings=60, density=0.05)
    origins, facilities = points(seed, 40), points(seed + 500, 5)
    peer = split(graph, origins, facilities, 60)
    ways = nx.multi_source_dijkstra_path_length(peer.reverse(), {("f", number) for number in range(5)})
    expected = np.array([ways.get(("o", number), np.inf) for number in range(40)])
    found = distance(graph, origins, facilities, snap_m=60)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    assert 0 < np.isinf(found).sum() < 40


@pytest.mark.parametrize(("seed", "crossings"), [(1, 6), (2, 40), (3, 120)])
def test_snapping_equals_the_nearest_of_all_streets(seed: int, crossings: int):
    graph, where = city(seed, crossings=crossings, density=0.2), points(seed, 200)
    far = shapely.distance(shapely.linestrings(graph.nodes[graph.edges])[None, :], shapely.points(where)[:, None])
    found = snap(graph, where, within_m=1e6)
    np.testing.assert_allclose(found.leg_m, far.min(axis=1), atol=1e-9)
    near = snap(graph, where, within_m=20)
    assert (near.found == (far.min(axis=1) <= 20)).all()


seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_never_shorter_than_the_straight_line(seed: int):
    graph, origins, facilities = city(seed), points(seed, 20), points(seed + 1, 3)
    straight = np.hypot(*(origins[:, None] - facilities[None]).transpose(2, 0, 1)).min(axis=1)
    assert (distance(graph, origins, facilities, snap_m=200) >= straight - 1e-9).all()


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_the_way_there_is_as_long_as_the_way_back(seed: int):
    graph, pair = city(seed), points(seed, 2)
    there = distance(graph, pair[:1], pair[1:], snap_m=200)
    np.testing.assert_allclose(there, distance(graph, pair[1:], pair[:1], snap_m=200))


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_another_facility_never_makes_it_longer(seed: int):
    graph, origins, facilities = city(seed), points(seed, 20), points(seed + 1, 5)
    fewer = distance(graph, origins, facilities[:4], snap_m=200)
    assert (distance(graph, origins, facilities, snap_m=200) <= fewer + 1e-9).all()


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_a_street_less_never_makes_it_shorter(seed: int):
    graph, origins, facilities = city(seed), points(seed, 20), points(seed + 1, 3)
    here, there = snap(graph, origins, within_m=200), snap(graph, facilities, within_m=200)
    used = set(here.edge.tolist()) | set(there.edge.tolist())
    free = [edge for edge in range(len(graph.edges)) if edge not in used]
    if not free:
        return
    kept = np.delete(np.arange(len(graph.edges)), free[0])
    fewer = Graph(graph.nodes, graph.edges[kept], graph.length_m[kept])
    again = [snap(fewer, where, within_m=200) for where in (origins, facilities)]
    assert (nearest(fewer, *again) >= nearest(graph, here, there) - 1e-9).all()


def test_crossings_hold_the_distance_with_the_last_leg():
    there = snap(cross(), np.array([[100.0, 50.0], [20.0, 5.0]]))
    assert from_facilities(cross(), there).tolist() == [25.0, 60.0, 60.0]
