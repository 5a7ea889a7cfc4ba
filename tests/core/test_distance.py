"""Straight-line distances against all pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.reach.distance import nearest_straight, pairs_straight


def test_equals_the_least_of_all_pairs():
    rng = np.random.default_rng(3)
    origins, facilities = rng.uniform(0, 1000, (200, 2)), rng.uniform(0, 1000, (7, 2))
    all_pairs = np.sqrt(((origins[:, None] - facilities[None]) ** 2).sum(axis=2))
    np.testing.assert_allclose(nearest_straight(origins, facilities), all_pairs.min(axis=1))


def test_no_facility_is_infinitely_far_and_no_origin_is_no_row():
    assert nearest_straight(np.zeros((2, 2)), np.empty((0, 2))).tolist() == [np.inf, np.inf]
    assert nearest_straight(np.empty((0, 2)), np.zeros((2, 2))).tolist() == []


@given(st.integers(0, 10_000), st.sampled_from([0.5, 30.0, 100.0, 500.0]))
def test_pairs_are_all_within_the_cutoff(seed: int, cutoff_m: float):
    rng = np.random.default_rng(seed)
    here, there = rng.integers(0, 100, (20, 2)) * 1.0, rng.integers(0, 100, (6, 2)) * 1.0
    here[3], there[1] = np.nan, [np.nan, 5.0]
    found = pairs_straight(here, there, cutoff_m=cutoff_m)
    apart = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    table = np.full(apart.shape, np.nan)
    table[found.origin, found.facility] = found.cost
    np.testing.assert_array_equal(table, np.where(apart <= cutoff_m, apart, np.nan))
    assert (found.origins, found.facilities) == (20, 6)
    assert len(found.cost) == (apart <= cutoff_m).sum()


def test_no_points_are_in_no_pair():
    nothing = np.empty((0, 2))
    assert len(pairs_straight(nothing, np.zeros((2, 2)), cutoff_m=5).cost) == 0
    assert pairs_straight(np.zeros((2, 2)), nothing, cutoff_m=5).origins == 2
