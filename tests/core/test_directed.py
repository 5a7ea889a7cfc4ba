"""Streets that are closed one way, bent, or cost more than their length: against scipy, shapely and by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from qmgis.core.reach.cutoff import pairs_within
from qmgis.core.reach.network import Bends, Graph, Snap, from_facilities, main_parts, nearest, snap
from qmgis.errors import DataError

seeds = st.integers(0, 10_000)


def one_way(*, back: float = np.inf) -> Graph:
    """A triangle: 0 to 1 to 2 to 0, each 100 m, open in this direction."""
    nodes = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 80.0]])
    length = np.full(3, 100.0)
    return Graph(nodes, np.array([[0, 1], [1, 2], [2, 0]]), length, cost=np.column_stack([length, np.full(3, back)]))


def at(edge: int, along: float, leg: float = 0.0) -> Snap:
    return Snap(np.array([edge]), np.array([along]), np.array([leg]))


def test_a_way_against_a_one_way_street_goes_round():
    graph = one_way()
    assert nearest(graph, at(0, 0.2), at(0, 0.7)).tolist() == [50.0]
    assert nearest(graph, at(0, 0.7), at(0, 0.2)).tolist() == [30 + 100 + 100 + 20]
    assert nearest(graph, at(0, 0.5), at(0, 0.5)).tolist() == [0.0]
    assert nearest(graph, at(1, 0.0), at(0, 1.0)).tolist() == [0.0]
    found = pairs_within(graph, at(0, 0.7), at(0, 0.2), cutoff_m=1000)
    assert found.cost.tolist() == [250.0]


def test_people_go_to_the_facility_and_not_from_it():
    graph = one_way()
    assert from_facilities(graph, at(0, 0.0)).tolist() == [0.0, 200.0, 100.0]


def city(seed: int) -> tuple[Graph, list[shapely.LineString]]:
    """Bent streets, a third of them one-way, a third with another cost back."""
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 400, (9, 2))
    pairs = np.array([(a, b) for a in range(9) for b in range(a) if rng.random() < 0.4] or [(0, 1)])
    count = rng.integers(0, 4, len(pairs))
    bends = Bends(rng.uniform(0, 400, (count.sum(), 2)), np.append(0, np.cumsum(count)))
    lines = [
        shapely.LineString([nodes[a], *bends.points[bends.offset[e] : bends.offset[e + 1]], nodes[b]])
        for e, (a, b) in enumerate(pairs)
    ]
    length = np.array([line.length for line in lines])
    cost = np.column_stack([length, length])
    kind = rng.integers(0, 3, len(pairs))
    cost[kind == 1, rng.integers(0, 2)] = np.inf
    cost[kind == 2, 1] *= 1.7
    return Graph(nodes, pairs, length, cost=cost, bends=bends), lines


def brute(graph: Graph, lines: list[shapely.LineString], origins: np.ndarray, places: np.ndarray, snap_m: float):
    """All pairs by Floyd and Warshall, every point a node of its own on its street, in order along it."""
    shapes, n = np.array(lines), len(graph.nodes)
    both = np.concatenate([origins, places])
    legs = np.full(len(both), np.inf)
    on: dict[int, list[tuple[float, int]]] = {edge: [] for edge in range(len(lines))}
    for number, xy in enumerate(both):
        far = shapely.distance(shapes, shapely.Point(xy))
        edge = int(far.argmin())
        if far[edge] <= snap_m:
            place = shapely.line_locate_point(lines[edge], shapely.Point(xy), normalized=True)
            on[edge].append((place, n + number))
            legs[number] = far[edge]
    cost = np.full((n + len(both), n + len(both)), np.inf)
    for edge, (a, b) in enumerate(graph.edges.tolist()):
        stops = [(0.0, a), *sorted(on[edge]), (1.0, b)]
        for (x, p), (y, q) in itertools.pairwise(stops):
            for start, end, way in ((p, q, graph.ways[edge, 0]), (q, p, graph.ways[edge, 1])):
                cost[start, end] = min(cost[start, end], (y - x) * way if y > x else 0.0)
    np.fill_diagonal(cost, 0.0)
    for via in range(len(cost)):
        cost = np.minimum(cost, cost[:, [via]] + cost[[via], :])
    o, f = slice(n, n + len(origins)), slice(n + len(origins), None)
    return legs[: len(origins), None] + cost[o, f] + legs[None, len(origins) :]


@pytest.mark.parametrize("seed", range(30))
def test_equals_a_search_over_all_pairs(seed: int):
    graph, lines = city(seed)
    rng = np.random.default_rng(seed + 99)
    origins, places = rng.uniform(0, 400, (12, 2)), rng.uniform(0, 400, (4, 2))
    here, there = (snap(graph, points, within_m=80) for points in (origins, places))
    expected = brute(graph, lines, origins, places, 80)
    np.testing.assert_allclose(nearest(graph, here, there), expected.min(axis=1), rtol=0, atol=1e-6)
    found = pairs_within(graph, here, there, cutoff_m=700)
    table = np.full(expected.shape, np.inf)
    table[found.origin, found.facility] = found.cost
    np.testing.assert_allclose(table, np.where(expected <= 700, expected, np.inf), rtol=0, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_points_join_bent_streets_where_shapely_does(seed: int):
    graph, lines = city(seed)
    points = np.random.default_rng(seed).uniform(-50, 450, (200, 2))
    found, shapes = snap(graph, points, within_m=1e6), np.array(lines)
    far = shapely.distance(shapes[None, :], shapely.points(points)[:, None])
    np.testing.assert_allclose(found.leg_m, far.min(axis=1), atol=1e-9)
    spot = shapely.line_interpolate_point(shapes[found.edge], found.along, normalized=True)
    np.testing.assert_allclose(shapely.distance(spot, shapely.points(points)), found.leg_m, atol=1e-7)


def test_a_large_network_equals_scipy():
    rng = np.random.default_rng(5)
    n = 40_000
    nodes = rng.uniform(0, 10_000, (n, 2))
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    edges = np.vstack([edges, rng.integers(0, n, (60_000, 2))])
    edges = edges[edges[:, 0] != edges[:, 1]]
    length = np.hypot(*(nodes[edges[:, 0]] - nodes[edges[:, 1]]).T)
    cost = np.column_stack([length, length])
    cost[rng.random(len(edges)) < 0.4, 1] = np.inf
    graph = Graph(nodes, edges, length, cost=cost)
    doors = rng.choice(len(edges), 5, replace=False)
    there = Snap(doors, np.zeros(5), np.zeros(5))
    open_ = np.isfinite(cost[:, 1])
    start, end = np.concatenate([edges, edges[open_, ::-1]]).T
    _, first = np.unique(end * n + start, return_index=True)  # length is that of the straight line: doubles are equal
    weight = np.concatenate([length, length[open_]])
    reverse = coo_array((weight[first], (end[first], start[first])), shape=(n, n)).tocsr()
    expected = dijkstra(reverse, indices=edges[doors, 0], min_only=True)
    found = from_facilities(graph, there)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_to_close_a_direction_never_makes_it_shorter(seed: int):
    graph, _ = city(seed)
    rng = np.random.default_rng(seed)
    here, there = (snap(graph, rng.uniform(0, 400, (count, 2)), within_m=200) for count in (20, 3))
    closed = graph.ways.copy()
    closed[rng.integers(0, len(closed)), rng.integers(0, 2)] = np.inf
    less = Graph(graph.nodes, graph.edges, graph.length_m, cost=closed, bends=graph.bends)
    assert (nearest(less, here, there) >= nearest(graph, here, there) - 1e-9).all()


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_costs_that_are_lengths_both_ways_change_nothing(seed: int):
    graph, _ = city(seed)
    plain = Graph(graph.nodes, graph.edges, graph.length_m, bends=graph.bends)
    both = Graph(graph.nodes, graph.edges, graph.length_m, cost=plain.ways, bends=graph.bends)
    rng = np.random.default_rng(seed)
    here, there = (snap(plain, rng.uniform(0, 400, (count, 2)), within_m=200) for count in (20, 3))
    np.testing.assert_array_equal(nearest(plain, here, there), nearest(both, here, there))


def islands() -> Graph:
    """A street of 1 km, and beside it a path of 20 m that joins nothing."""
    nodes = np.array([[0.0, 0.0], [1000.0, 0.0], [100.0, 40.0], [120.0, 40.0]])
    return Graph(nodes, np.array([[0, 1], [2, 3]]), np.array([1000.0, 20.0]))


def test_points_join_main_streets_first_and_others_where_none_is_near():
    main, part, metres = main_parts(islands())
    assert (main.tolist(), part.tolist(), metres.tolist()) == ([True, False], [0, 1], [1000.0, 20.0])
    plain, graph = islands(), Graph(*(getattr(islands(), name) for name in ("nodes", "edges", "length_m")), main=main)
    points = np.array([[110.0, 35.0], [110.0, 60.0], [110.0, 200.0]])
    assert snap(plain, points).edge.tolist() == [1, 1, -1]
    found = snap(graph, points)
    assert found.edge.tolist() == [0, 1, -1]
    assert found.leg_m.tolist() == [35.0, 20.0, np.inf]


def test_a_street_one_can_only_leave_is_in_no_main_part():
    nodes = np.array([[0.0, 0.0], [100.0, 0.0], [500.0, 0.0]])
    cost = np.array([[100.0, np.inf], [400.0, 400.0]])
    main, part, _ = main_parts(Graph(nodes, np.array([[0, 1], [1, 2]]), np.array([100.0, 400.0]), cost=cost))
    assert (main.tolist(), part.tolist()) == ([False, True], [-1, 0])


def test_no_streets_have_no_parts():
    empty = Graph(np.empty((0, 2)), np.empty((0, 2), dtype=np.int64), np.empty(0))
    assert [len(one) for one in main_parts(empty)] == [0, 0, 0]


@pytest.mark.parametrize("cost", [-1.0, np.nan])
def test_impossible_costs_are_refused(cost: float):
    with pytest.raises(DataError, match="repair the file"):
        Graph(np.zeros((2, 2)), np.array([[0, 1]]), np.array([1.0]), cost=np.array([[1.0, cost]]))
