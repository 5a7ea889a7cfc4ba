"""Pairs up to a cutoff: the same distances as scipy's search from every facility, and as `nearest`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from qmgis.core.reach import cutoff
from qmgis.core.reach.cutoff import nodes_within, pairs_within
from qmgis.core.reach.network import Graph, nearest, snap
from qmgis.errors import DataError


def town(seed: int) -> tuple[Graph, np.ndarray, np.ndarray]:
    """A street network with detours, double streets and a part of its own; homes and facilities beside the streets."""
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 1000, (30, 2))
    edges = rng.integers(0, 25, (60, 2))
    edges = np.vstack([edges[edges[:, 0] != edges[:, 1]], [[26, 27], [27, 28], [0, 1], [0, 1]]])
    straight = np.hypot(*(nodes[edges[:, 0]] - nodes[edges[:, 1]]).T)
    graph = Graph(nodes, edges, straight * rng.uniform(1, 1.5, len(edges)))
    return graph, rng.uniform(0, 1000, (40, 2)), rng.uniform(0, 1000, (7, 2))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), cutoff_m=st.sampled_from([50.0, 300.0, 900.0, 5000.0]))
def test_every_pair_is_what_nearest_gives_for_its_facility_alone(seed: int, cutoff_m: float):
    graph, homes, places = town(seed)
    here = snap(graph, homes, within_m=100)
    found = pairs_within(graph, here, snap(graph, places, within_m=100), cutoff_m=cutoff_m)
    table = np.full((len(homes), len(places)), np.inf)
    table[found.origin, found.facility] = found.cost
    for number, place in enumerate(places):
        alone = nearest(graph, here, snap(graph, place[None], within_m=100))
        np.testing.assert_allclose(table[:, number], np.where(alone <= cutoff_m, alone, np.inf), atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_crossings_are_those_of_scipy(seed: int):
    graph, _, _ = town(seed)
    doors = snap(graph, graph.nodes[:5], within_m=1)
    found = nodes_within(graph, doors, cutoff_m=700)
    table = np.full((len(graph.nodes), 5), np.inf)
    table[found.origin, found.facility] = found.cost
    for number in np.flatnonzero(doors.found):
        expected = dijkstra(graph.matrix, indices=[number], limit=700)[0]
        np.testing.assert_allclose(table[:, number], expected, atol=1e-6)


def test_a_small_room_gives_the_same(monkeypatch):
    graph, homes, places = town(1)
    here, there = snap(graph, homes, within_m=200), snap(graph, places, within_m=200)
    whole = pairs_within(graph, here, there, cutoff_m=1500)
    assert len(whole.cost) > 60
    monkeypatch.setattr(cutoff, "ROOM", 1)
    again = pairs_within(graph, here, there, cutoff_m=1500)
    for name in ("origin", "facility", "cost"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))


def test_more_cutoff_keeps_every_pair():
    graph, homes, places = town(2)
    here, there = snap(graph, homes, within_m=200), snap(graph, places, within_m=200)
    small, large = (pairs_within(graph, here, there, cutoff_m=metres) for metres in (300, 600))
    keys = [
        set(zip(one.origin.tolist(), one.facility.tolist(), one.cost.tolist(), strict=True)) for one in (small, large)
    ]
    assert keys[0] < keys[1]


def test_nobody_and_nothing():
    graph, homes, places = town(3)
    here, far = snap(graph, homes, within_m=200), snap(graph, places + 1e6, within_m=10)
    assert len(pairs_within(graph, here, far, cutoff_m=500).cost) == 0
    none = snap(graph, np.empty((0, 2)), within_m=10)
    assert pairs_within(graph, none, none, cutoff_m=500).origins == 0
    assert len(nodes_within(graph, none, cutoff_m=500).cost) == 0
    with pytest.raises(DataError, match="cutoff is 0 m"):
        pairs_within(graph, here, far, cutoff_m=0)
