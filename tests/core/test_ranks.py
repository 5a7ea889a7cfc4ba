"""Ranks against SciPy; the exponential rank against the English indices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qmgis.core.ranks import exponential_from_ranks, exponential_rank, mean_ranks, quantile_class, rank
from qmgis.errors import DataError, NotEnoughDataError

numbers = st.lists(st.integers(-30, 30).map(float), min_size=3, max_size=40).filter(lambda v: len(set(v)) > 1)


@given(numbers)
def test_ranks_equal_scipy(values):
    series = pd.Series(values)
    np.testing.assert_array_equal(rank(series, first="lowest"), stats.rankdata(values))
    np.testing.assert_array_equal(rank(series, ties="min"), stats.rankdata(-np.array(values), "min"))
    for method in ("min", "average", "max"):
        printed = pd.Series(stats.rankdata(values, method))
        np.testing.assert_array_equal(mean_ranks(printed), stats.rankdata(values))


@given(numbers)
def test_exponential_scores_follow_the_values_in_any_order_of_rows(values):
    series = pd.Series([*values, np.nan])
    scores = exponential_rank(series)
    assert scores.isna().equals(series.isna())
    pd.testing.assert_series_equal(exponential_rank(series[::-1])[::-1], scores)
    pd.testing.assert_series_equal(exponential_rank(series * 3 + 1), scores)
    pd.testing.assert_series_equal(exponential_from_ranks(rank(series, ties="min")), scores)
    assert (scores[series.sort_values().dropna().index].diff().dropna() >= -1e-12).all()


def test_values_of_the_technical_report():
    scores = exponential_from_ranks(pd.Series(range(1, 101)))
    np.testing.assert_allclose(scores[[0, 10, 50]], [100, 50.4267, 15.6468], atol=1e-4)
    # The most deprived tenth, and nobody else, scores above 50.43.
    assert (scores > 50.4268).sum() == 10


def test_decile_sizes_of_2019():
    deciles = quantile_class(pd.Series(range(1, 32845)))
    assert deciles.value_counts().sort_index().tolist() == [
        *(3284, 3284, 3285, 3284, 3285),
        *(3284, 3284, 3285, 3284, 3285),
    ]
    assert quantile_class(pd.Series([1.0, np.nan]), of=10).isna().tolist() == [False, True]


def test_ranks_of_a_part_of_the_areas_are_refused():
    for wrong in ([5, 6, 900], [0, 1, 2], [1, 1, 1, 5]):
        with pytest.raises(DataError, match="ranks"):
            mean_ranks(pd.Series(wrong))
    with pytest.raises(DataError, match="outside"):
        quantile_class(pd.Series([1, 11]), of=10)
    with pytest.raises(DataError, match="scale"):
        exponential_rank(pd.Series([1, 2]), scale=0)
    with pytest.raises(NotEnoughDataError):
        rank(pd.Series([1.0, 1.0]))
