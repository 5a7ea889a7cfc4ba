"""Quantiles of people: each person written out is the independent answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.weighted import quantile, quantiles_by

people = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9)), min_size=1, max_size=30)


def written_out(rows: list[tuple[int, int]], q: float) -> float:
    """Return the quantile of the list with every person as a row of its own (numpy's inverted distribution)."""
    persons = np.repeat([value for value, _ in rows], [weight for _, weight in rows]).astype(float)
    return float(np.quantile(persons, q, method="inverted_cdf")) if len(persons) else float("nan")


@given(people, st.sampled_from([0.1, 0.5, 0.9, 1.0]))
@settings(max_examples=200, deadline=None)
def test_equals_every_person_written_out(rows: list[tuple[int, int]], q: float):
    values, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    np.testing.assert_equal(quantile(values, weights, q=q), written_out(rows, q))


@given(st.lists(people, min_size=1, max_size=5), st.sampled_from([0.5, 0.9]))
@settings(max_examples=100, deadline=None)
def test_groups_do_not_mix(groups: list[list[tuple[int, int]]], q: float):
    rows = [(value, weight, number) for number, group in enumerate(groups) for value, weight in group]
    order = np.random.default_rng(0).permutation(len(rows))
    values, weights, numbers = np.array(rows, dtype=float)[order].T
    found = quantiles_by(values, weights, numbers.astype(int), q=q, size=len(groups) + 1)
    np.testing.assert_equal(found[:-1], [written_out(group, q) for group in groups])
    assert np.isnan(found[-1])


def test_nine_of_ten_equal_people_are_nine():
    assert quantile(np.arange(1.0, 11.0), np.ones(10), q=0.9) == 9.0
    assert quantile(np.arange(1.0, 11.0), np.full(10, 0.1), q=0.9) == 9.0


def test_fractions_of_people_after_a_large_group_are_counted_as_exactly():
    values, groups = np.append(0.0, np.arange(1.0, 11.0)), np.append(0, np.ones(10, dtype=int))
    for large in np.linspace(1e6, 2e6, 50):
        weights = np.append(large, np.full(10, 0.1))
        assert quantiles_by(values, weights, groups, q=0.9, size=2).tolist() == [0.0, 9.0]


@pytest.mark.parametrize(("q", "expected"), [(0.5, 100.0), (0.9, np.inf)])
def test_who_is_never_reached_counts_as_infinitely_far(q: float, expected: float):
    assert quantile(np.array([100.0, np.inf]), np.array([3.0, 2.0]), q=q) == expected


def test_nobody_has_no_median():
    assert np.isnan(quantile(np.array([1.0]), np.array([0.0])))
