"""Funnels against the printed table, exact binomial tails, and the variance written out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from qmgis.core.funnel import INNER, OUTER, Scatter, funnel, limits, scatter
from qmgis.errors import DataError, NotEnoughDataError

CALM = Scatter(0.2, 1.0, 0.0, 100, False)
areas = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 900)), min_size=3, max_size=25).filter(
    lambda rows: sum(a for a, _ in rows) > 0
)


def columns(rows):
    return pd.Series([a for a, _ in rows], name="x"), pd.Series([a + b for a, b in rows])


def test_printed_table():
    people = pd.Series([50, 300, 5000])
    inner = [[0.0891, 0.3109], [0.1547, 0.2453], [0.1889, 0.2111]]
    outer = [[0.0252, 0.3748], [0.1286, 0.2714], [0.1825, 0.2175]]
    np.testing.assert_allclose(limits(people, CALM, level=INNER, exact_below=0), inner, atol=5e-5)
    np.testing.assert_allclose(limits(people, CALM, level=OUTER, exact_below=0), outer, atol=5e-5)


@given(st.integers(1, 99), st.sampled_from([0.02, 0.2, 0.5, 0.9]), st.sampled_from([INNER, OUTER]))
def test_few_people_have_exact_limits(n, p, level):
    low, high = limits(pd.Series([n]), Scatter(p, 1.0, 0.0, 9, False), level=level).iloc[0] * n
    tail = (1 - level) / 2
    count = np.arange(n + 1)
    outside_low = count[stats.binom.cdf(count, n, p) < tail - 1e-12]
    outside_high = count[stats.binom.sf(count - 1, n, p) <= tail + 1e-12]
    assert (outside_low < low - 1e-9).all()
    assert (outside_high > high + 1e-9).all()
    assert len(outside_low) == round(low)
    assert len(outside_high) == n - round(high)


@given(areas)
@example([(0, 1), (0, 1), (1, 324)])
def test_scatter_equals_the_formulas_written_out(rows):
    count, people = columns(rows)
    found = scatter(count, people, winsorised=0)
    p0 = count.sum() / people.sum()
    z = (count / people - p0) / np.sqrt(p0 * (1 - p0) / people)
    # The mean of squared z is the chi-square of the table of counts over k.
    chi2 = stats.chi2_contingency([count, people - count], correction=False)[0]
    assert found.phi == pytest.approx(chi2 / len(count))
    w = people / (p0 * (1 - p0))
    tau2 = max(0, ((z**2).sum() - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    assert found.tau2 == pytest.approx(tau2, abs=1e-12)
    # Moving ends inwards mostly calms; a few areas on one side of the mean may come out wider, so no more is claimed.
    calmer = scatter(count, people)
    assert calmer.phi == pytest.approx(float((np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2).mean()))
    turned = scatter(people - count, people)
    assert turned.phi == pytest.approx(calmer.phi)
    assert turned.tau2 == pytest.approx(calmer.tau2)


@given(areas)
def test_funnel_keeps_rows_and_widens_only_outwards(rows):
    count, people = columns(rows)
    plain, _ = funnel(count, people, widen="none", exact_below=0)
    for widen in ("multiplicative", "additive"):
        found, around = funnel(count, people, widen=widen, exact_below=0)
        assert found.index.equals(count.index)
        assert (found["outer_low"] <= found["inner_low"]).all()
        assert (found["inner_low"] <= plain["inner_low"] + 1e-12).all()
        if not around.is_wide:
            pd.testing.assert_frame_equal(found, plain)
        turned, _ = funnel(count[::-1], people[::-1], widen=widen, exact_below=0)
        assert turned[::-1]["place"].equals(found["place"])


def test_overdispersion_is_found_and_taken_into_account():
    rng = np.random.default_rng(4)
    people = pd.Series(rng.integers(500, 5000, 400))
    calm = pd.Series(rng.binomial(people, 0.1))
    wild = pd.Series(rng.binomial(people, np.clip(rng.normal(0.1, 0.03, 400), 0.01, 0.3)))
    assert not scatter(calm, people).is_wide
    around = scatter(wild, people)
    assert around.is_wide
    assert np.sqrt(scatter(wild, people, winsorised=0).tau2) == pytest.approx(0.03, abs=0.004)
    assert 0.02 < np.sqrt(around.tau2) < 0.03
    plain, widened = funnel(wild, people, widen="none")[0], funnel(wild, people)[0]
    assert (plain["place"] != "inside").mean() > 0.4
    assert (widened["place"] != "inside").mean() < 0.15


def test_gaps_and_refusals():
    found, around = funnel(pd.Series([10, 20, np.nan, 0]), pd.Series([200, 200, 200, 0]))
    assert around.count == 2
    assert found["place"].isna().tolist() == [False, False, True, True]
    for count, people in (([0, 0], [5, 5]), ([5, 5], [5, 5]), ([1], [5]), ([np.nan] * 2, [5, 5])):
        with pytest.raises(NotEnoughDataError) as caught:
            funnel(pd.Series(count, name="x"), pd.Series(people))
        assert caught.value.say("de") != str(caught.value)
    with pytest.raises(DataError):
        funnel(pd.Series([6, 1]), pd.Series([5, 5]))
