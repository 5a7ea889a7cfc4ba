"""Shares: never above 1, never from nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.rates import change, rate, share
from qmgis.errors import DataError

pairs = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=30)


def series(values, name="x"):
    return pd.Series(values, index=[f"0{n}" for n in range(len(values))], name=name)


@given(pairs)
def test_share_times_total_is_the_count(rows):
    count, total = series([a for a, _ in rows], "cases"), series([a + b for a, b in rows], "people")
    found = share(count, total)
    assert found.index.equals(count.index)
    assert found.name == "cases"
    assert found.isna().equals(total == 0)
    np.testing.assert_allclose((found * total).fillna(0), count)
    assert found.dropna().between(0, 1).all()


def test_missing_stays_missing_even_over_people():
    assert share(series([np.nan, 1, 2]), series([10, np.nan, 4])).tolist()[:2] != [0, 0]
    assert share(series([np.nan, 1, 2]), series([10, np.nan, 4])).isna().tolist() == [True, True, False]
    nullable = share(series([None, 1]).astype("Int64"), series([5, 5]).astype("Int64"))
    assert nullable.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [
        ([5, 3], [4, 3], "larger"),
        ([-1, 3], [4, 3], "negative"),
        ([1, 3], [-999, 3], "negative"),
        ([np.inf, 3], [np.inf, 3], "infinite"),
    ],
)
def test_what_no_share_can_be_is_refused_with_the_area(count, total, said):
    with pytest.raises(DataError, match=said) as caught:
        share(series(count, "cases"), series(total, "people"))
    assert "00" in str(caught.value)
    assert "00" in caught.value.say("de")
    assert caught.value.say("de") != str(caught.value)


def test_a_count_above_the_base_is_a_rate():
    assert rate(series([9]), series([3])).tolist() == [3.0]
    with pytest.raises(DataError):
        rate(series([-9]), series([3]))


def test_other_areas_or_another_order_are_refused():
    one = series([1, 2])
    with pytest.raises(DataError, match="order"):
        share(one, one[::-1])
    with pytest.raises(DataError, match="more than once"):
        share(pd.Series([1, 2], index=["a", "a"]), pd.Series([1, 2], index=["a", "a"]))


def test_change_is_signed_and_refuses_percent():
    assert change(series([0.3, 0.1]), series([0.1, 0.3])).round(9).tolist() == [0.2, -0.2]
    with pytest.raises(DataError, match="100"):
        change(series([0.3]), series([12.0]))
