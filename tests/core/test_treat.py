"""Outliers: shape against pandas and COINr's vignette; treatment keeps the order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.treat import box_cox, has_outliers, log_safe, shape, treat, winsorise
from qmgis.errors import NotEnoughDataError

numbers = st.lists(st.integers(-1000, 1000).map(float), min_size=8, max_size=40).filter(lambda v: len(set(v)) > 2)
wild = st.tuples(numbers, st.lists(st.integers(5_000, 10**6).map(float), max_size=6), st.booleans()).map(
    lambda parts: pd.Series(parts[0] + parts[1]) * (-1 if parts[2] else 1)
)


@given(numbers)
def test_shape_equals_pandas(values):
    series = pd.Series([*values, np.nan])
    np.testing.assert_allclose(shape(series), (series.skew(), series.kurt()), atol=1e-6)


@given(wild)
def test_winsorise_moves_few_points_inwards_and_says_which(values):
    treated, moved = winsorise(values)
    assert moved.sum() <= 5
    assert (treated[~moved] == values[~moved]).all()
    assert (treated[moved] != values[moved]).all()
    assert treated.between(values.min(), values.max()).all()
    assert (treated.sort_values(kind="stable").diff().dropna() >= 0).all()
    order = values.sort_values(kind="stable").index
    assert treated[order].is_monotonic_increasing


@settings(max_examples=40)
@given(wild, st.integers(1, 50), st.integers(-100, 100))
def test_treatment_does_not_depend_on_unit_or_order(values, a, b):
    table = pd.DataFrame({"p": values})
    plain, changed, done = treat(table)
    scaled, changed_too, done_too = treat(table * a + b)
    assert changed.equals(changed_too)
    assert done["how"].tolist() == done_too["how"].tolist()
    if done["how"].iloc[0] != "log":
        np.testing.assert_allclose(scaled, plain * a + b)
    turned, changed_turned, _ = treat(table[::-1])
    assert changed_turned[::-1].equals(changed)
    np.testing.assert_allclose(turned[::-1], plain)


@given(wild)
def test_log_keeps_the_order(values):
    logged = log_safe(values)
    assert logged[values.sort_values().index].is_monotonic_increasing
    np.testing.assert_allclose(log_safe(-values), -logged, atol=1e-6)


def test_coinr_example_of_its_vignette():
    values = pd.Series([*range(1, 11), 30, 100])
    assert has_outliers(values)
    assert winsorise(values)[0].tolist() == [*range(1, 11), 30, 30]
    moved = winsorise(values, skew=1.5, kurtosis=1)
    assert moved[0].tolist() == [*range(1, 11), 10, 10]
    assert moved[1].sum() == 2


def test_too_many_outliers_become_a_logarithm_of_the_untreated_column():
    values = pd.Series([*np.linspace(0, 1, 60), *np.geomspace(100, 10_000, 7), np.nan])
    treated, changed, done = treat(pd.DataFrame({"p": values}))
    assert done.loc["p", "how"] == "log"
    assert changed["p"].sum() == 67
    assert treated["p"].isna().tolist() == values.isna().tolist()
    np.testing.assert_allclose(treated["p"], np.log(values - values.min() + 0.01 * (values.max() - values.min())))


def test_ties_are_moved_together_or_not_at_all():
    values = pd.Series([0.0] * 60 + [1.0] * 3 + [100.0] * 6)
    assert not winsorise(values, at_most=5)[1].any()
    assert winsorise(values, at_most=6)[1].sum() == 6


def test_box_cox_of_a_lognormal_is_a_logarithm_and_gaps_stay():
    values = pd.Series([*np.exp(np.random.default_rng(1).normal(size=4000)), np.nan])
    treated, exponent = box_cox(values)
    assert abs(exponent) < 0.05
    assert treated.isna().sum() == 1
    assert abs(shape(treated)[0]) < 0.05
    assert box_cox(values - 5)[0].notna().sum() == 4000


@pytest.mark.parametrize("values", [[np.nan] * 5, [1.0] * 9, [1.0, 2.0, 3.0, np.nan]])
def test_too_little(values):
    for step in (shape, winsorise, log_safe, box_cox):
        with pytest.raises(NotEnoughDataError, match='"p"'):
            step(pd.Series(values, name="p"))
