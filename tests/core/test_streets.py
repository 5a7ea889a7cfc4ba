"""Barriers cut streets: by hand, against shapely, and what must hold whatever is drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.reach.network import Bends, Graph, main_parts, nearest, snap
from qmgis.core.reach.streets import Streets, lines_of, severed

NONE = np.zeros(1, dtype=bool)


def straight(*ends) -> Streets:
    points = np.array(ends, dtype=float)
    nodes, number = np.unique(points.reshape(-1, 2), axis=0, return_inverse=True)
    edges = number.reshape(-1, 2)
    length = np.hypot(*(points[:, 0] - points[:, 1]).T)
    return Streets(
        nodes, edges, length, Bends(np.empty((0, 2)), np.zeros(len(edges) + 1, dtype=int)), np.arange(len(edges))
    )


def graph(one: Streets, main=None) -> Graph:
    return Graph(one.nodes, one.edges, one.length_m, bends=one.bends, main=main)


def far(one: Streets, start, end) -> float:
    here, there = (snap(graph(one), np.array([spot], dtype=float)) for spot in (start, end))
    return float(nearest(graph(one), here, there)[0])


def test_a_river_cuts_a_street_and_not_its_bridge():
    town = straight(((0, 0), (100, 0)), ((0, 50), (100, 50)), ((0, 0), (0, 50)), ((100, 0), (100, 50)))
    river = np.array([shapely.LineString([(40, -10), (60, 60)])])
    left, was = severed(town, river, spared=np.array([False, True, False, False]))
    assert far(town, (0, 0), (100, 0)) == 100
    assert far(left, (0, 0), (100, 0)) == 200  # over the bridge
    assert sorted(was.tolist()) == [0, 0, 1, 2, 3]
    none, _ = severed(town, river, spared=np.zeros(4, dtype=bool))
    assert np.isinf(far(none, (0, 0), (100, 0)))
    assert far(none, (0, 0), (30, 0)) == 30  # up to the river one gets


def test_a_lake_cuts_at_both_shores():
    left, _ = severed(straight(((0, 0), (100, 0))), np.array([shapely.box(30, -5, 60, 5)]), spared=NONE)
    assert left.length_m.tolist() == pytest.approx([30, 30, 40])
    assert len(np.unique(left.edges)) == 6


def test_a_street_that_ends_on_the_track_hangs_together_with_nothing_there():
    town = straight(((0, 0), (50, 0)), ((50, 0), (100, 0)))
    rail = np.array([shapely.LineString([(50, -5), (50, 5)])])
    assert np.isinf(far(severed(town, rail, spared=np.zeros(2, dtype=bool))[0], (0, 0), (100, 0)))


def test_without_a_crossing_nothing_changes():
    town = straight(((0, 0), (100, 0)))
    same, was = severed(town, np.array([shapely.LineString([(0, 5), (100, 5)])]), spared=NONE)
    assert same is town
    assert was.tolist() == [0]
    assert severed(town, np.array([], dtype=object), spared=NONE)[0] is town


def test_a_longer_street_keeps_its_length():
    town = straight(((0, 0), (100, 0)))
    town = Streets(town.nodes, town.edges, np.array([150.0]), town.bends, town.line)
    left, _ = severed(town, np.array([shapely.LineString([(20, -5), (20, 5)])]), spared=NONE)
    assert left.length_m.tolist() == pytest.approx([30, 120])


def city(seed: int) -> Streets:
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 400, (9, 2))
    edges = np.array([(a, b) for a in range(9) for b in range(a) if rng.random() < 0.4] or [(0, 1)])
    count = rng.integers(0, 3, len(edges))
    bends = Bends(rng.uniform(0, 400, (count.sum(), 2)), np.append(0, np.cumsum(count)))
    length = shapely.length(lines_of(nodes, edges, bends)) * rng.uniform(1, 1.3, len(edges))
    return Streets(nodes, edges, length, bends, np.arange(len(edges)))


def barriers(rng, count: int) -> np.ndarray:
    lines = [shapely.LineString(rng.uniform(0, 400, (3, 2))) for _ in range(count)]
    return np.array([*lines, shapely.Point(rng.uniform(0, 400, 2)).buffer(60), None], dtype=object)[:-1]


seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_a_barrier_taken_away_never_lowers_coverage(seed: int):
    rng = np.random.default_rng(seed + 1_000_000)
    town = city(seed)
    spared = rng.random(len(town.edges)) < 0.2
    walls = barriers(rng, 3)
    origins, doors = rng.uniform(0, 400, (30, 2)), rng.uniform(0, 400, (3, 2))
    main = main_parts(graph(town))[0]
    distance = []
    for some in (walls[:0], walls[:2], walls):
        left, was = severed(town, some, spared=spared)
        net = graph(left, main[was])
        distance.append(nearest(net, *(snap(net, points, within_m=150) for points in (origins, doors))))
    assert (distance[0] <= distance[1] + 1e-6).all()
    assert (distance[1] <= distance[2] + 1e-6).all()


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_and_nothing_crosses(seed: int):
    rng = np.random.default_rng(seed + 1_000_000)
    town, walls = city(seed), barriers(rng, 2)
    left, was = severed(town, walls, spared=np.zeros(len(town.edges), dtype=bool))
    np.testing.assert_allclose(np.bincount(was, left.length_m), town.length_m)
    outlines = shapely.boundary(walls[-1:]).tolist() + walls[:-1].tolist()
    lines = lines_of(left.nodes, left.edges, left.bends)
    for wall in outlines:
        inside = [shapely.ops.substring(line, 0.01, max(line.length - 0.01, 0.01)) for line in lines]
        assert not shapely.intersects(np.array(inside), wall).any()
