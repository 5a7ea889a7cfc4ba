"""Aggregation against SciPy and the printed example; gaps are never averaged over unasked."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from qmgis.core import aggregate
from qmgis.core.aggregate import (
    TWO_THIRDS,
    arithmetic,
    copeland,
    exceeded,
    geometric,
    harmonic,
    mean_plus_spread,
    partial,
    power_mean,
    weighted_sum,
)
from qmgis.core.weigh import rescaled
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError

EXAMPLE = pd.DataFrame([(5, 2, 9), (4, 4, 4), (1, 9, 3)], index=list("abc"), columns=list("pqs"))
arrays_ = arrays(float, st.tuples(st.integers(2, 9), st.integers(1, 4)), elements=st.integers(1, 9).map(float))
MEANS = [arithmetic, geometric, harmonic, lambda t, w=None: power_mean(t, w, power=2.5)]


def weighted(array):
    table = pd.DataFrame(array, index=[f"a{n}" for n in range(len(array))]).rename(columns=str)
    return table, rescaled({name: 1.0 + n for n, name in enumerate(table)}, list(table))


def test_printed_example():
    np.testing.assert_allclose(arithmetic(EXAMPLE), [5.3333, 4, 4.3333], atol=5e-5)
    np.testing.assert_allclose(geometric(EXAMPLE), [4.4814, 4, 3], atol=5e-5)
    np.testing.assert_allclose(harmonic(EXAMPLE), [3.6986, 4, 2.0769], atol=5e-5)
    assert copeland(EXAMPLE).tolist() == [2, 0, -2]


@given(arrays_)
def test_means_equal_scipy(array):
    table, weights = weighted(array)
    w = weights.to_numpy()
    np.testing.assert_allclose(arithmetic(table, weights), np.average(array, axis=1, weights=w))
    np.testing.assert_allclose(geometric(table, weights), stats.gmean(array, axis=1, weights=w))
    np.testing.assert_allclose(harmonic(table, weights), stats.hmean(array, axis=1, weights=w))
    for power in (-3.0, 0.5, 2.0):
        np.testing.assert_allclose(
            power_mean(table, weights, power=power), stats.pmean(array, power, axis=1, weights=w)
        )


@given(arrays_, st.integers(1, 9))
def test_order_of_rows_columns_and_unit_do_not_matter(array, a):
    table, weights = weighted(array)
    for mean in MEANS:
        found = mean(table, weights)
        assert found.index.equals(table.index)
        pd.testing.assert_series_equal(mean(table[::-1], weights)[::-1], found)
        pd.testing.assert_series_equal(mean(table[table.columns[::-1]], weights), found)
        pd.testing.assert_series_equal(mean(table * a, weights), found * a)
        assert found.between(table.min(axis=1) - 1e-9, table.max(axis=1) + 1e-9).all()
    assert (harmonic(table) <= geometric(table) + 1e-9).all()
    assert (geometric(table) <= arithmetic(table) + 1e-9).all()


def long_way(array, weights):
    scores = np.zeros(len(array))
    for i, one in enumerate(array):
        for j, other in enumerate(array):
            if i != j:
                outranking = (weights * (one > other)).sum() + 0.5 * (weights * (one == other)).sum()
                scores[i] += np.sign(round(outranking - 0.5, 12))
    return scores


@given(arrays_, st.sampled_from([1, 3, 1000]))
def test_copeland_equals_the_long_way_whatever_the_block(array, block):
    table, weights = weighted(array)
    size = aggregate.BLOCK
    try:
        aggregate.BLOCK = block
        found = copeland(table, weights)
    finally:
        aggregate.BLOCK = size
    np.testing.assert_array_equal(found, long_way(array, weights.to_numpy()))
    assert found.sum() == 0
    np.testing.assert_array_equal(copeland(-table, weights), -found)
    np.testing.assert_array_equal(copeland(table**3, weights), found)


def test_copeland_of_many_areas_stays_small():
    rng = np.random.default_rng(0)
    scores = copeland(pd.DataFrame(rng.normal(size=(4000, 3))))
    assert scores.sum() == 0
    assert scores.abs().max() <= 3999


def test_a_gap_stays_a_gap_unless_asked_and_is_flagged():
    table = EXAMPLE.astype(float)
    table.loc["a", "s"] = np.nan
    table.loc["c", ["p", "q"]] = np.nan
    for mean in (arithmetic, geometric, harmonic):
        assert mean(table).isna().tolist() == [True, False, True]
        assert mean(table, least_weight=TWO_THIRDS).isna().tolist() == [False, False, True]
    assert arithmetic(table, least_weight=TWO_THIRDS)["a"] == pytest.approx(3.5)
    assert geometric(table, least_weight=TWO_THIRDS)["a"] == pytest.approx(np.sqrt(10))
    assert partial(table).tolist() == [True, False, False]
    assert partial(table, least_weight=1.0).tolist() == [False, False, False]
    assert copeland(table).isna().tolist() == [True, False, True]
    heavy = pd.Series({"p": 0.1, "q": 0.1, "s": 0.8})
    assert arithmetic(table, heavy, least_weight=TWO_THIRDS).isna().tolist() == [True, False, False]
    assert weighted_sum(table, heavy).isna().tolist() == [True, False, True]


def test_an_area_without_any_value_is_missing_not_zero():
    table = pd.DataFrame({"p": [np.nan, 1.0], "q": [np.nan, 2.0]})
    for mean in (arithmetic, geometric, harmonic):
        assert mean(table, least_weight=0.01).isna().tolist() == [True, False]


def test_extreme_powers_neither_overflow_nor_vanish():
    table = pd.DataFrame({"p": [1e-3, 90.0], "q": [100.0, 100.0]})
    np.testing.assert_allclose(power_mean(table, power=-900), [1e-3, 90.0], rtol=1e-2)
    np.testing.assert_allclose(power_mean(table, power=900), [100, 100], rtol=1e-2)


def test_exceeded_counts_beyond_mean_plus_spread():
    table = pd.DataFrame({"p": [0.0, 0, 0, 10], "q": [1.0, 5, 1, 5]})
    limits = mean_plus_spread(table)
    np.testing.assert_allclose(limits, table.mean() + table.std(ddof=0))
    assert exceeded(table, limits).tolist() == [0, 0, 0, 1]
    assert exceeded(table, limits, at_limit="above").tolist() == [0, 1, 0, 2]
    table.loc[0, "p"] = np.nan
    assert exceeded(table, limits).isna().tolist() == [True, False, False, False]
    with pytest.raises(NotEnoughDataError):
        mean_plus_spread(pd.DataFrame({"p": [1.0, 1.0]}))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: arithmetic(EXAMPLE, pd.Series({"p": 0.5, "q": 0.5})), MissingColumnError),
        (lambda: arithmetic(EXAMPLE, pd.Series({"p": 0.5, "q": 0.5, "s": 0, "t": 0})), MissingColumnError),
        (lambda: arithmetic(EXAMPLE, pd.Series({"p": 1, "q": 1, "s": 1})), DataError),
        (lambda: arithmetic(EXAMPLE, pd.Series({"p": 2, "q": -1, "s": 0})), DataError),
        (lambda: arithmetic(EXAMPLE, pd.Series([0.5, 0.5, 0.5, 0.5], list("ppqs"))), DataError),
        (lambda: arithmetic(EXAMPLE.assign(p=["1", "2,5", "x"])), DataError),
        (lambda: arithmetic(EXAMPLE, least_weight=0), DataError),
        (lambda: geometric(EXAMPLE - 1), DataError),
        (lambda: harmonic(-EXAMPLE), DataError),
        (lambda: power_mean(EXAMPLE, power=np.inf), DataError),
        (lambda: exceeded(EXAMPLE, pd.Series({"p": 1})), MissingColumnError),
        (lambda: arithmetic(EXAMPLE.assign(p=np.nan)), NotEnoughDataError),
        (lambda: arithmetic(EXAMPLE[[]]), NotEnoughDataError),
    ],
)
def test_what_means_nothing_is_refused(call, error):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.say("de") != str(caught.value)
