"""Imputation against scikit-learn and pandas; it fills gaps only, and says each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.impute import SimpleImputer

from qmgis.core.impute import by_group, by_mean, by_median, carry_forward, linear_in_time
from qmgis.errors import DataError, NotEnoughDataError

value = st.one_of(st.just(np.nan), st.integers(-50, 50).map(float))
tables = arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 4)), elements=value)
YEARS = [2013, 2014, 2017, 2019]
series_of_years = arrays(float, st.tuples(st.integers(1, 6), st.just(4)), elements=value).filter(
    lambda array: not np.isnan(array).all()
)


def check(table, before, values, filled):
    """What was known is unchanged, what was filled was a gap, and the argument is as it was."""
    pd.testing.assert_frame_equal(table, before)
    assert values.index.equals(table.index)
    assert (filled & table.notna()).to_numpy().sum() == 0
    assert (values.isna() == (table.isna() & ~filled)).to_numpy().all()
    assert (values.where(table.notna()).equals(table)) or table.isna().to_numpy().all()


@given(tables)
def test_mean_and_median_equal_scikit_learn(array):
    array[0, np.isnan(array).all(axis=0)] = 1.0
    table = pd.DataFrame(array, index=[f"a{n}" for n in range(len(array))])
    for step, strategy in ((by_mean, "mean"), (by_median, "median")):
        before = table.copy()
        values, filled = step(table)
        check(table, before, values, filled)
        np.testing.assert_allclose(values, SimpleImputer(strategy=strategy).fit_transform(array), atol=1e-12)


@given(tables, st.data())
def test_groups_equal_the_long_way(array, data):
    array[0, np.isnan(array).all(axis=0)] = 1.0
    table = pd.DataFrame(array)
    groups = pd.Series(data.draw(st.lists(st.sampled_from(["x", "y", None]), min_size=len(array), max_size=len(array))))
    before = table.copy()
    values, filled = by_group(table, groups, middle="median")
    check(table, before, values, filled)
    for row, column in zip(*np.nonzero(np.isnan(array)), strict=True):
        mates = array[(groups == groups[row]).to_numpy(), column]
        known = mates[~np.isnan(mates)]
        expected = np.median(known) if len(known) else np.nan
        np.testing.assert_equal(values.iloc[row, column], expected)


@given(series_of_years)
def test_time_equals_pandas(array):
    table = pd.DataFrame(array, columns=YEARS)
    before = table.copy()
    values, filled = carry_forward(table, at_most=2)
    check(table, before, values, filled)
    np.testing.assert_allclose(values, table.T.ffill(limit=2).T)
    values, filled = linear_in_time(table)
    check(table, before, values, filled)
    expected = table.T.interpolate(method="index", limit_area="inside").T
    np.testing.assert_allclose(values, expected, atol=1e-9)


def test_what_cannot_be_filled():
    with pytest.raises(NotEnoughDataError, match='"p"'):
        by_mean(pd.DataFrame({"p": [np.nan, np.nan]}))
    with pytest.raises(NotEnoughDataError):
        linear_in_time(pd.DataFrame({2020: [np.nan]}))
    for columns in ([2021, 2020], ["a", "b"], [2020, 2020]):
        with pytest.raises(DataError, match="ascending"):
            carry_forward(pd.DataFrame([[1.0, 2.0]], columns=columns))
    with pytest.raises(DataError):
        carry_forward(pd.DataFrame({2020: [1.0]}), at_most=0)
    with pytest.raises(DataError):
        by_group(pd.DataFrame({"p": [1.0, 2.0]}), pd.Series(["x"]))
    with pytest.raises(DataError, match="more than once"):
        by_mean(pd.DataFrame([[1.0, 2.0]], columns=["p", "p"]))
