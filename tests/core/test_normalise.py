"""Normalisation against SciPy, scikit-learn and the printed examples; what must not change, does not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.preprocessing import MinMaxScaler

from qmgis.core.normalise import (
    borda,
    distance_to_maximum,
    distance_to_reference,
    distance_to_target,
    fraction_of_max,
    goalposts,
    min_max,
    orient,
    percentile_rank,
    robust_z,
)
from qmgis.errors import DataError, NotEnoughDataError

numbers = st.lists(st.integers(-300, 300).map(float), min_size=3, max_size=40).filter(lambda v: len(set(v)) > 1)
STEPS = [min_max, percentile_rank, borda, distance_to_maximum]


def column(values, name="x"):
    return pd.Series(values, index=[f"a{n}" for n in range(len(values))], name=name, dtype=float)


@given(numbers, st.sampled_from(STEPS), st.integers(1, 9), st.integers(-50, 50))
def test_order_of_rows_and_unit_do_not_matter_and_gaps_stay(values, step, a, b):
    plain = column([*values, np.nan])
    found = step(plain)
    assert found.index.equals(plain.index)
    assert found.name == "x"
    assert found.isna().equals(plain.isna())
    pd.testing.assert_series_equal(step(plain[::-1])[::-1], found)
    pd.testing.assert_series_equal(step(plain * a + b), found)
    pd.testing.assert_series_equal(step(plain.dropna()), found.dropna())
    assert (found[plain.sort_values().dropna().index].diff().dropna() >= 0).all()


@given(numbers)
def test_against_independent_libraries(values):
    plain = column(values)
    scaled = MinMaxScaler((1, 100)).fit_transform(np.array(values)[:, None])[:, 0]
    np.testing.assert_allclose(min_max(plain, to=(1, 100)), scaled, atol=1e-9)
    assert min_max(plain, to=(1, 100)).agg(["min", "max"]).tolist() == [1, 100]
    assert borda(plain).sum() == len(values) * (len(values) - 1) / 2
    np.testing.assert_allclose(borda(plain), stats.rankdata(values) - 1)
    np.testing.assert_allclose(percentile_rank(plain), (stats.rankdata(values, "min") - 1) / (len(values) - 1))
    mad = stats.median_abs_deviation(values)
    if mad > 0:
        np.testing.assert_allclose(robust_z(plain), (values - np.median(values)) / (1.4826 * mad))


@given(numbers)
def test_a_turned_indicator_is_the_mirror(values):
    plain = column(values)
    turned = orient(plain, direction=-1)
    np.testing.assert_allclose(min_max(turned), 1 - min_max(plain), atol=1e-12)
    np.testing.assert_allclose(borda(turned), len(values) - 1 - borda(plain))
    assert not np.signbit(orient(column([0.0, 1.0]), direction=-1).iloc[0])


def test_svi_example_and_how_a_spreadsheet_cuts():
    assert percentile_rank(pd.Series([3, 7, 7, 10, 20])).tolist() == [0, 0.25, 0.25, 0.75, 1]
    cut = percentile_rank(pd.Series(range(7)), digits=4)
    assert cut.tolist() == [0, 0.1666, 0.3333, 0.5, 0.6666, 0.8333, 1]
    thousand = percentile_rank(pd.Series(range(1001)), digits=4)
    assert thousand.tolist() == [n / 1000 for n in range(1001)]


@given(numbers)
def test_cut_and_uncut_percentile_ranks_are_near(values):
    gap = percentile_rank(column(values)) - percentile_rank(column(values), digits=4)
    assert gap.between(-1e-12, 1e-4).all()


def test_goalposts_targets_and_fractions_by_hand():
    plain = column([10, 20, 35, 50])
    assert goalposts(plain, zero=40, one=20).tolist() == [1, 1, 0.25, 0]
    assert goalposts(column([5, 5]), zero=0, one=10).tolist() == [0.5, 0.5]
    assert distance_to_target(plain, target=30, cap=True).tolist() == [0, 0.5, 1, 1]
    assert distance_to_reference(plain, area="a2").tolist() == [0, 0.4, 1, 1.6]
    assert fraction_of_max(plain).tolist() == [0.2, 0.4, 0.7, 1]


def test_constants():
    assert min_max(column([4, 4, 4])).isna().all()
    for step in (percentile_rank, borda, distance_to_maximum, fraction_of_max, robust_z):
        with pytest.raises(NotEnoughDataError, match='"x" is constant') as caught:
            step(column([4, np.nan, 4]))
        assert "konstant" in caught.value.say("de")
    with pytest.raises(NotEnoughDataError, match="half"):
        robust_z(column([1, 1, 1, 9]))


@pytest.mark.parametrize("step", [*STEPS, fraction_of_max, robust_z])
def test_no_value_at_all(step):
    with pytest.raises(NotEnoughDataError, match="no value"):
        step(column([np.nan, np.nan]))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: orient(x, direction=0),
        lambda x: min_max(x, to=(1, 1)),
        lambda x: goalposts(x, zero=3, one=3),
        lambda x: goalposts(x, zero=np.nan, one=3),
        lambda x: distance_to_target(x, target=1),
        lambda x: distance_to_target(x, target=np.nan),
        lambda x: distance_to_reference(x, area="nowhere"),
        lambda x: distance_to_reference(x, area="a0"),
        lambda x: fraction_of_max(-x),
        lambda x: percentile_rank(x.replace(2, np.inf)),
    ],
)
def test_what_means_nothing_is_refused(call):
    with pytest.raises(DataError) as caught:
        call(column([1, 2, 3]))
    assert caught.value.say("de") != str(caught.value)
