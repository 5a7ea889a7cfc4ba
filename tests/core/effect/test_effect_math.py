"""Figures of csdid 0.4.3 and wildboottest 0.3.2 on the data below; statsmodels; slow loops."""

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from qmgis.core.effect.bootstrap import wild_interval, wild_p
from qmgis.core.effect.did import estimate, event_study, of_change, stacked, two_by_two
from qmgis.core.effect.grouptime import group_time, together
from qmgis.core.effect.linear import linear
from qmgis.core.effect.match import level_and_trend, matched
from qmgis.core.effect.placebo import exchanged, single_interval, unusual
from qmgis.core.effect.pretrend import pretrend
from qmgis.core.effect.synthetic import simplex_fit, synthetic
from qmgis.errors import NotEnoughDataError

UNITS, EDITIONS = 36, 6


def staggered() -> tuple[np.ndarray, np.ndarray]:
    """Six units from the fourth edition on, eight from the fifth, the others never; the effect is -1.5."""
    unit, time = np.arange(UNITS)[:, None], np.arange(EDITIONS)
    values = 10 + 3 * np.sin(7.3 * unit) + 0.5 * time + np.sin(12.9898 * (unit + 1) * (time + 2) + 4.1 * time)
    first = np.array([3] * 6 + [4] * 8 + [EDITIONS] * 22)
    return values - 1.5 * (time >= first[:, None]), first


def even(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every unit that is never treated, for every treated one."""
    treated, never = np.flatnonzero(first < EDITIONS), first == EDITIONS
    return np.tile(never / never.sum(), (len(treated), 1)), treated


def test_the_example_of_the_methods():
    assert two_by_two(30, 27, 28, 26.5) == -1.5
    assert float(group_time(np.array([[30.0, 27], [28, 26.5]]), np.array([1, 2]))["value"].iloc[0]) == -1.5


def test_group_time_effects_are_those_of_csdid():
    found = group_time(*staggered())
    att = [0.261719, 0.08045, -1.28775, -1.27014, -1.389082, -0.029984, 0.27695, 0.083396, -1.41114, -1.608556]
    se = [0.430226, 0.290967, 0.326112, 0.4212, 0.483358, 0.43394, 0.40723, 0.462871, 0.471881, 0.363166]
    np.testing.assert_allclose(found["value"], att, atol=1e-6)
    np.testing.assert_allclose(found["se"], se, atol=1e-6)


@pytest.mark.parametrize(("how", "value", "se"), [("simple", -1.407041, 0.266370), ("group", -1.426623, 0.270737)])
def test_means_over_groups_and_times_are_those_of_csdid(how, value, se):
    found = together(group_time(*staggered()), how=how).iloc[0]
    assert found["value"] == pytest.approx(value, abs=1e-6)
    # csdid adds the chance in the sizes of the groups; ours takes them as given
    assert found["se"] == pytest.approx(se, rel=0.01)


def test_event_time_is_that_of_csdid():
    found = together(group_time(*staggered()), how="step")["value"]
    expected = {-4: -0.029984, -3: 0.270423, -2: 0.082133, 0: -1.358259, 1: -1.463520, 2: -1.389082}
    assert found.to_dict() == pytest.approx(expected, abs=1e-6)


def test_group_time_by_a_slow_loop():
    values, first = staggered()
    for (group, time), row in group_time(values, first).iterrows():
        own = [values[i, time] - values[i, group - 1] for i in range(UNITS) if first[i] == group]
        rest = [
            values[i, time] - values[i, group - 1]
            for i in range(UNITS)
            if first[i] > time and first[i] > group - 1 and first[i] != group
        ]
        assert row["value"] == pytest.approx(np.mean(own) - np.mean(rest))
        assert row["others"] == len(rest)


def test_later_starts_are_compared_until_they_start():
    found = group_time(*staggered())["others"]
    assert found[3, 3] == 22 + 8
    assert found[3, 4] == 22


def test_two_way_fixed_effects_agree_where_all_start_together():
    values, _ = staggered()
    first = np.where(np.arange(UNITS) < 14, 4, EDITIONS)
    frame = pd.DataFrame({"y": values.ravel(), "unit": np.repeat(np.arange(UNITS), EDITIONS)})
    frame["time"] = np.tile(np.arange(EDITIONS), UNITS)
    frame = frame[frame["time"].isin([3, 4])]
    frame["on"] = ((frame["unit"] < 14) & (frame["time"] == 4)).astype(float)
    dummies = pd.get_dummies(frame[["unit", "time"]].astype(str), drop_first=True).astype(float)
    fit = sm.OLS(frame["y"], sm.add_constant(pd.concat([frame["on"], dummies], axis=1))).fit()
    assert group_time(values, first)["value"][4, 4] == pytest.approx(fit.params["on"])
    weights, treated = even(first)
    found = event_study(values, stacked(first, weights, np.arange(UNITS), treated=treated))
    assert found.loc[0, "value"] == pytest.approx(fit.params["on"])


def test_variance_with_few_clusters_brackets_that_of_statsmodels():
    rng = np.random.default_rng(3)
    y, clusters = rng.normal(0, 1, 60), np.repeat(np.arange(20), 3)
    x = np.column_stack([np.ones(60), (clusters < 6).astype(float)])
    found = linear(y, x, weights=np.ones(60), clusters=clusters)
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False})
    np.testing.assert_allclose(found.coef, fit.params)
    assert found.se[1] > fit.bse[1]


def test_variance_is_the_jackknife_over_clusters():
    rng = np.random.default_rng(8)
    clusters = np.repeat(np.arange(12), [1, 2, 3] * 4)
    y, weights = rng.normal(0, 1, 24) * (1 + clusters), rng.uniform(0.2, 2, 24)
    x = np.column_stack([np.ones(24), (clusters < 5).astype(float), rng.normal(0, 1, 24)])
    found = linear(y, x, weights=weights, clusters=clusters)
    without = []
    for one in range(12):
        kept = clusters != one
        without.append(sm.WLS(y[kept], x[kept], weights=weights[kept]).fit().params)
    gaps = np.array(without) - sm.WLS(y, x, weights=weights).fit().params
    np.testing.assert_allclose(found.cov, 11 / 12 * gaps.T @ gaps)


def test_degrees_of_freedom_are_those_of_two_groups():
    y, treated = np.sin(np.arange(20.0)), (np.arange(20) < 4).astype(float)
    found = linear(y, np.column_stack([treated, 1 - treated]), weights=np.ones(20), clusters=np.arange(20))
    np.testing.assert_allclose(found.df, [3, 15])
    both = linear(y, np.column_stack([np.ones(20), treated]), weights=np.ones(20), clusters=np.arange(20))
    # Welch and Satterthwaite with equal variances; the jackknife divides a mean of m by m - 1
    assert both.df[1] == pytest.approx((1 / 3 + 1 / 15) ** 2 / (1 / 3**2 / 3 + 1 / 15**2 / 15))


def test_coefficients_that_cannot_be_told_apart_are_refused():
    with pytest.raises(NotEnoughDataError, match="too few units"):
        linear(np.arange(4.0), np.ones((4, 2)), weights=np.ones(4), clusters=np.arange(4))


@pytest.mark.parametrize(("effect", "p"), [(0.8, 0.009765625), (0.3, 0.060546875)])
def test_wild_bootstrap_is_that_of_wildboottest(effect, p):
    unit, clusters = np.arange(18), np.r_[0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 6, 6, 7, 7, 8, 8, 9, 9]
    treated = (clusters < 4).astype(float)
    y, x = np.sin(3.7 * unit * unit + 1) + effect * treated, np.column_stack([np.ones(18), treated])
    # it leaves out ties: the draw with all signs kept, and that with all turned
    assert wild_p(y, x, 1, weights=np.ones(18), clusters=clusters) == pytest.approx(p + 2 / 2**10, abs=1e-9)


def test_wild_interval_holds_what_is_not_rejected():
    rng = np.random.default_rng(5)
    y, clusters = rng.normal(0, 1, 30), np.repeat(np.arange(15), 2)
    x = np.column_stack([np.ones(30), (clusters < 6).astype(float)])
    options = {"weights": np.ones(30), "clusters": clusters}
    low, high = wild_interval(y, x, 1, **options)
    assert wild_p(y, x, 1, null=low + 0.01, **options) > 0.05 >= wild_p(y, x, 1, null=low - 0.01, **options)
    assert wild_p(y, x, 1, null=high - 0.01, **options) > 0.05 >= wild_p(y, x, 1, null=high + 0.01, **options)


def test_a_bootstrap_of_two_clusters_is_refused():
    with pytest.raises(NotEnoughDataError, match="three"):
        wild_p(np.arange(4.0), np.eye(4)[:, :2], 0, weights=np.ones(4), clusters=np.array([0, 0, 1, 1]))


def test_matches_by_a_slow_loop():
    rng = np.random.default_rng(9)
    treated, pool, spread = rng.normal(size=(6, 2)), rng.normal(size=(50, 2)), np.array([1.0, 2.0])
    found = matched(treated, pool, spread=spread, caliper=0.5, nearest=3)
    for row, one in zip(found, treated, strict=True):
        near = [
            (np.hypot(*((one - other) / spread)), place)
            for place, other in enumerate(pool)
            if all(abs(one - other) / spread <= 0.5)
        ]
        chosen = [place for _, place in sorted(near)[:3]]
        expected = np.zeros(50)
        expected[chosen] = 1 / len(chosen) if chosen else 0
        np.testing.assert_allclose(row, expected)


def test_trends_are_slopes_of_least_squares():
    values = np.random.default_rng(2).normal(size=(5, 4))
    np.testing.assert_allclose(level_and_trend(values)[:, 1], np.polyfit(np.arange(4), values.T, 1)[0])
    assert level_and_trend(values[:, :1])[:, 1].tolist() == [0] * 5


def test_stack_gives_the_mean_over_groups():
    values, first = staggered()
    weights, treated = even(first)
    found = estimate(values, stacked(first, weights, np.arange(UNITS), treated=treated))
    never = first == EDITIONS
    slow = np.mean([
        values[i, first[i] :].mean() - values[i, first[i] - 1]
        - (values[never, first[i] :].mean() - values[never, first[i] - 1].mean())
        for i in treated
    ])  # fmt: skip
    assert found.value == pytest.approx(slow)
    assert found.inference == "cluster"
    assert found.low < -1.5 < found.high


def test_few_treated_clusters_are_measured_by_the_spread_of_the_others():
    change = np.array([3.0, 1.0, -1.0, 0.0, 0.5, -0.5])
    first = np.array([1, 1, 2, 2, 2, 2])
    others = np.array([0, 0, 1, 1, 1, 1]) / 4
    stack = stacked(first, np.tile(others, (2, 1)), np.array([0, 0, 1, 2, 3, 4]), treated=np.array([0, 1]))
    order = np.concatenate([[0, 1], [2, 3, 4, 5]])
    assert stack.unit.tolist() == order.tolist()
    found = of_change(change, stack)
    gap, se, low, high = single_interval(2.0, change[2:])
    assert (found.inference, found.value, found.se) == ("few", pytest.approx(gap), pytest.approx(se))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_synthetic_weights_are_those_of_a_general_solver():
    values, _ = staggered()
    target, donors = values[0, :4], values[[15, 18, 20, 22, 24, 27, 30, 33]][:, :4]
    solved = minimize(
        lambda weights: float(((target - weights @ donors) ** 2).sum()), np.full(8, 1 / 8), bounds=[(0, 1)] * 8,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1}, options={"ftol": 1e-14, "maxiter": 1000},
    )  # fmt: skip
    found = simplex_fit(target, donors)
    np.testing.assert_allclose(found, solved.x, atol=1e-3)
    assert float(((target - found @ donors) ** 2).sum()) <= solved.fun + 1e-6


def test_placebo_p_is_a_rank():
    rng = np.random.default_rng(4)
    values = rng.normal(0, 1, (12, 6)).cumsum(axis=1)
    values[0, 4:] += 100
    assert synthetic(values, 4).p == pytest.approx(1 / 12)
    with pytest.raises(NotEnoughDataError, match="three other areas"):
        synthetic(values[:3], 4)


def test_pretrend_finds_a_trend_and_keeps_its_level():
    first = np.where(np.arange(60) < 20, 4, 6)
    weights = np.tile((first == 6) / 40, (20, 1))
    stack = stacked(first, weights, np.arange(60), treated=np.arange(20))
    drawn = [np.random.default_rng(seed).normal(0, 1, (60, 6)) for seed in range(100)]
    rejected = [pretrend(values, stack).p < 0.05 for values in drawn]
    assert 0.01 <= np.mean(rejected) <= 0.12
    assert pretrend(drawn[0] + 2 * (first < 6)[:, None] * np.arange(6), stack).p < 0.001


def test_pretrend_of_one_edition_is_none():
    first = np.array([1] * 6 + [2] * 6)
    stack = stacked(first, np.tile((first == 2) / 6, (6, 1)), np.arange(12), treated=np.arange(6))
    assert pretrend(np.zeros((12, 2)), stack) is None


def test_exchanges_by_all_of_them():
    values = np.array([[0.0, 6.0], [0, 1], [0, 0], [0, 5.0], [0, 2], [0, 3]])
    weights = np.array([[0, 0.5, 0.5, 0, 0, 0], [0, 0, 0, 0, 0.5, 0.5]])
    first, treated = np.array([1, 2, 2, 1, 2, 2]), np.array([0, 3])
    slow = []
    for left, right in itertools.product([0, 1, 2], [3, 4, 5]):
        change = values[:, 1]
        gaps = [change[one] - np.mean([change[i] for i in family if i != one])
                for one, family in ((left, (0, 1, 2)), (right, (3, 4, 5)))]  # fmt: skip
        slow.append(abs(sum(gaps)))
    expected = np.mean(np.array(slow) >= slow[0] - 1e-9)
    assert exchanged(values, weights, first, treated=treated, draws=20_000) == pytest.approx(expected, abs=0.01)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=20), st.floats(-5, 5))
def test_a_rank_is_a_share(others, change):
    assert 1 / (1 + len(others)) <= unusual(change, np.array(others)) <= 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.floats(0.5, 4))
def test_estimates_move_with_the_values(seed, shift, scale):
    rng = np.random.default_rng(seed)
    first = np.where(np.arange(40) < 8, 2, np.where(np.arange(40) < 14, 3, 5))
    weights = np.tile((first == 5) / 26, (14, 1))
    stack = stacked(first, weights, np.arange(40), treated=np.arange(14))
    values = rng.normal(0, 1, (40, 5))
    plain, moved = estimate(values, stack), estimate(scale * values + shift + np.arange(5), stack)
    assert moved.value == pytest.approx(scale * plain.value, abs=1e-9)
    assert moved.se == pytest.approx(scale * plain.se, abs=1e-9)
    lifted = estimate(values + shift * (np.arange(5) >= first[:, None]), stack)
    assert lifted.value == pytest.approx(plain.value + shift, abs=1e-9)
    assert (lifted.low, lifted.high) == (pytest.approx(plain.low + shift), pytest.approx(plain.high + shift))
