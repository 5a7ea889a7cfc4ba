"""Causes of a difference: they add up, whatever the order, and those that do nothing get nothing."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.attribution import attribution, beyond_noise

steps = st.lists(st.integers(0, 3), min_size=1, max_size=4)


def drawn(counts: list[int], seed: int = 0):
    table = np.random.default_rng(seed).normal(size=(*(count + 1 for count in counts), 3))
    return table, lambda place: table[place]


@given(steps, st.integers(0, 1000))
def test_contributions_add_up_exactly(counts, seed):
    table, outcome = drawn(counts, seed)
    found = attribution(outcome, counts)
    whole = table[tuple(counts)] - table[tuple(0 for _ in counts)]
    np.testing.assert_allclose(sum(part.sum(axis=0) for part in found), whole, atol=1e-12)


@given(steps, st.integers(0, 1000))
def test_it_is_the_mean_over_all_orders(counts, seed):
    table, outcome = drawn(counts, seed)
    found, orders = attribution(outcome, counts), list(permutations(range(len(counts))))
    for factor in range(len(counts)):
        by_hand = np.zeros((counts[factor], 3))
        for order in orders:
            place = [0] * len(counts)
            for moved in order[: order.index(factor)]:
                place[moved] = counts[moved]
            for step in range(counts[factor]):
                before, after = list(place), list(place)
                before[factor], after[factor] = step, step + 1
                by_hand[step] += (table[tuple(after)] - table[tuple(before)]) / len(orders)
        np.testing.assert_allclose(found[factor], by_hand, atol=1e-12)


@given(st.integers(0, 1000))
def test_alike_factors_get_alike_and_idle_ones_nothing(seed):
    base = np.random.default_rng(seed).normal(size=3)
    found = attribution(lambda place: base * (place[0] + place[1]) ** 2, [1, 1, 1])
    np.testing.assert_allclose(found[0], found[1])
    assert (found[2] == 0).all()


def test_every_place_is_asked_once():
    asked = []
    attribution(lambda place: asked.append(place) or np.zeros(1), [2, 1, 1])
    assert len(asked) == len(set(asked)) == 12


@given(st.floats(-10, 10), st.floats(0, 10), st.floats(0, 10))
def test_noise_only_shrinks_and_more_of_it_shrinks_more(difference, low, more):
    one, other = (float(beyond_noise(np.array([difference]), np.array([v]))[0]) for v in (low, low + more))
    assert abs(other) <= abs(one) <= abs(difference)
    assert one * difference >= 0
    assert float(beyond_noise(np.array([difference]), np.array([0.0]))[0]) == pytest.approx(difference)
