"""Standard scores against SciPy, and their limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qmgis.core.classify import by_limits, to_nearest_limit
from qmgis.core.stats import leave_one_out, spread, standard_sum, zscore
from qmgis.errors import NotEnoughDataError

numbers = st.lists(st.integers(-10_000, 10_000).map(lambda n: n / 7), min_size=3, max_size=60).filter(
    lambda values: len(set(values)) > 1
)


@given(values=numbers, ddof=st.sampled_from([0, 1]))
def test_zscore_equals_scipy(values, ddof):
    series = pd.Series(values, index=[f"a{n}" for n in range(len(values))])
    np.testing.assert_allclose(zscore(series, ddof=ddof), stats.zscore(values, ddof=ddof), atol=1e-9)
    assert zscore(series).index.equals(series.index)


@given(values=numbers)
def test_leave_one_out_equals_the_long_way(values):
    result = leave_one_out(pd.Series(values))
    for place, value in enumerate(values):
        others = np.delete(np.array(values), place)
        if np.ptp(others) > 0:
            assert result[place] == pytest.approx((value - others.mean()) / others.std(), rel=1e-4, abs=1e-5)


@given(values=numbers)
def test_contributions_add_up(values):
    frame = pd.DataFrame({"p": zscore(pd.Series(values)), "q": zscore(pd.Series(values[::-1]))})
    if spread(frame.sum(axis=1)) < 1e-9:
        return
    index, parts = standard_sum(frame)
    np.testing.assert_allclose(parts.sum(axis=1), index, atol=1e-9)
    np.testing.assert_allclose(index, stats.zscore(frame.sum(axis=1)), atol=1e-9)


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, np.nan, 2.0], [0.1, 0.1, 0.1], []])
def test_too_little_is_an_error(values):
    with pytest.raises(NotEnoughDataError):
        zscore(pd.Series(values, dtype=float, name="x"))


def test_classes_and_gaps():
    values = pd.Series([np.nan, -2.0, 0.0, 5.0], index=list("abcd"))
    assert by_limits(values, (-1, 1)).isna().tolist() == [True, False, False, False]
    assert by_limits(values, ()).dropna().eq(1).all()
    assert to_nearest_limit(values, (-1, 1)).round(1).tolist()[1:] == [-1.0, 1.0, 4.0]
