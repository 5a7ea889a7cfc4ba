"""Standard scores against SciPy, and their limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qmgis.core.classify import by_limits, to_nearest_limit
from qmgis.core.stats import leave_one_out, spread, standard_index, standard_sum, zscore
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


@given(values=numbers, ddof=st.sampled_from([0, 1]))
def test_the_index_alone_is_the_index_with_its_parts(values, ddof):
    frame = pd.DataFrame(
        {"p": values, "q": [value**2 for value in values]}, index=[f"a{n}" for n in range(len(values))]
    )
    if min(spread(frame[name]) for name in frame) < 1e-6:
        return
    scores = pd.DataFrame({name: zscore(frame[name], ddof=ddof) for name in frame})
    try:
        expected, _ = standard_sum(scores, ddof=ddof)
    except NotEnoughDataError:
        return
    pd.testing.assert_series_equal(standard_index(frame, ddof=ddof), expected, atol=1e-6, check_names=False)


def test_the_index_alone_works_in_parts(monkeypatch):
    frame = pd.DataFrame(np.random.default_rng(1).random((1000, 3)), columns=list("pqr"))
    whole = standard_index(frame)
    monkeypatch.setattr("qmgis.core.stats._ROWS", 7)
    pd.testing.assert_series_equal(standard_index(frame), whole, atol=1e-12)


def test_indicators_that_cancel_are_an_error_and_no_index():
    p = pd.Series([0.1, 0.25, 0.37, 0.9, 0.33])
    frame = pd.DataFrame({"p": p, "q": 1 - p})
    for attempt in (
        lambda: standard_index(frame),
        lambda: standard_sum(pd.DataFrame({name: zscore(frame[name]) for name in frame})),
    ):
        with pytest.raises(NotEnoughDataError, match=r"^p, q cancel each other"):
            attempt()


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, np.nan, 2.0], [0.1, 0.1, 0.1], []])
def test_too_little_is_an_error(values):
    with pytest.raises(NotEnoughDataError):
        zscore(pd.Series(values, dtype=float, name="x"))


def test_classes_and_gaps():
    values = pd.Series([np.nan, -2.0, 0.0, 5.0], index=list("abcd"))
    assert by_limits(values, (-1, 1)).isna().tolist() == [True, False, False, False]
    assert by_limits(values, ()).dropna().eq(1).all()
    assert to_nearest_limit(values, (-1, 1)).round(1).tolist()[1:] == [-1.0, 1.0, 4.0]
