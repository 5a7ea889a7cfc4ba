"""Intervals against statsmodels, SciPy and the printed examples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from qmgis.core.interval import byar, newcombe, reliability, smr, variation, wilson
from qmgis.errors import DataError

pairs = st.tuples(st.integers(0, 400), st.integers(0, 400)).filter(lambda p: sum(p) > 0).map(lambda p: (p[0], sum(p)))
levels = st.sampled_from([0.8, 0.95, 0.998])


def one(*numbers):
    return pd.Series(list(numbers), dtype=float)


def test_printed_examples():
    found = wilson(one(10, 0), one(100, 50))
    np.testing.assert_allclose(found, [[0.05523, 0.17437], [0, 0.07135]], atol=1e-5)
    np.testing.assert_allclose(byar(one(10)), [[4.787, 18.391]], atol=1e-3)
    np.testing.assert_allclose(byar(one(0)), [[0, 3.689]], atol=1e-3)
    np.testing.assert_allclose(byar(one(0), exact_below=0), [[0, 3.668]], atol=1e-3)


@given(pairs, levels)
def test_wilson_equals_statsmodels(pair, level):
    low, high = proportion_confint(*pair, alpha=1 - level, method="wilson")
    np.testing.assert_allclose(wilson(one(pair[0]), one(pair[1]), level=level), [[low, high]], atol=1e-9)


@given(pairs, pairs, levels)
def test_newcombe_equals_statsmodels(now, before, level):
    expected = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff", alpha=1 - level)
    frames = [pd.DataFrame({"count": [float(a)], "total": [float(b)]}) for a, b in (now, before)]
    found = newcombe(*frames, level=level)
    np.testing.assert_allclose(found[["low", "high"]], [expected], atol=1e-9)
    turned = newcombe(*frames[::-1], level=level)
    np.testing.assert_allclose(turned[["high", "low"]], -found[["low", "high"]], atol=1e-12)


@given(st.integers(0, 9), levels)
def test_few_cases_are_exact(count, level):
    low, high = byar(one(count), level=level).iloc[0]
    assert stats.poisson.cdf(count, high) == pytest.approx((1 - level) / 2)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx((1 - level) / 2)
    else:
        assert low == 0


@given(st.integers(10, 5000))
def test_byar_is_near_exact(count):
    approximate, exact = byar(one(count)), byar(one(count), exact_below=np.inf)
    np.testing.assert_allclose(approximate, exact, rtol=0.01)


def test_smr_divides_and_gaps_stay():
    found = smr(one(10, 10, np.nan, 0), one(20, 0, 5, 2))
    np.testing.assert_allclose(found.iloc[0], [0.5, *(byar(one(10)).iloc[0] / 20)])
    assert found.isna().all(axis=1).tolist() == [False, True, True, False]
    assert wilson(one(np.nan, 1, 0), one(5, np.nan, 0)).isna().all(axis=None)
    assert byar(one(np.nan)).isna().all(axis=None)


def test_variation_and_labels():
    cv = variation(one(0.1, 0, 1, np.nan, 0.2, 0.2), one(900, 50, 50, 10, 0, np.nan))
    np.testing.assert_allclose(cv[:3], [0.1, np.inf, 0])
    assert cv[3:].isna().all()
    assert reliability(cv).tolist() == ["solid", "weak", "solid", None, None, None]
    assert reliability(one(0.15, 0.1501, 0.3, 0.3001)).tolist() == ["solid", "caution", "caution", "weak"]
    # The coefficient is that of a binomial share.
    assert variation(one(0.3), one(70))[0] == pytest.approx(stats.binom(70, 0.3).std() / stats.binom(70, 0.3).mean())


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(one(5), one(4)),
        lambda: wilson(one(1), one(4), level=1),
        lambda: wilson(one(1), one(4), level=95),
        lambda: byar(one(-1)),
        lambda: smr(one(1), one(-1)),
        lambda: variation(one(12), one(100)),
        lambda: variation(one(0.1), one(-100)),
        lambda: variation(one(0.1), one(1, 2)),
    ],
)
def test_refused(call):
    with pytest.raises(DataError) as caught:
        call()
    assert caught.value.say("de") != str(caught.value)
