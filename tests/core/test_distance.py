"""Straight-line distances against all pairs."""

from __future__ import annotations

import numpy as np

from qmgis.core.distance import nearest_straight


def test_equals_the_least_of_all_pairs():
    rng = np.random.default_rng(3)
    origins, facilities = rng.uniform(0, 1000, (200, 2)), rng.uniform(0, 1000, (7, 2))
    all_pairs = np.sqrt(((origins[:, None] - facilities[None]) ** 2).sum(axis=2))
    np.testing.assert_allclose(nearest_straight(origins, facilities), all_pairs.min(axis=1))


def test_no_facility_is_infinitely_far_and_no_origin_is_no_row():
    assert nearest_straight(np.zeros((2, 2)), np.empty((0, 2))).tolist() == [np.inf, np.inf]
    assert nearest_straight(np.empty((0, 2)), np.zeros((2, 2))).tolist() == []
