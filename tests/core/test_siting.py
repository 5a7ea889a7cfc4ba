"""Sites: every combination tried on small cases, what must always hold, sums by hand, and questions without answer."""

from __future__ import annotations

from itertools import combinations
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from qmgis.core.reach.access import Pairs
from qmgis.core.siting._gains import Limit, exchanged, gains_of, greedy, value_of
from qmgis.core.siting._highs import Clock
from qmgis.core.siting._promising import only, promising
from qmgis.core.siting.models import Sites, lscp, mclp, nearly_as_good, p_center, p_median
from qmgis.errors import DataError, NotEnoughDataError

REACH = 500.0
cases = st.tuples(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 7), st.integers(1, 3))


def all_pairs(costs: np.ndarray, *, upto: float = np.inf) -> Pairs:
    origin, facility = (index.ravel() for index in np.indices(costs.shape))
    near = costs.ravel() <= upto
    return Pairs(origin[near], facility[near], costs.ravel()[near], *costs.shape)


def drawn(case: tuple[int, int, int, int], **more: object) -> tuple[np.ndarray, Sites, int]:
    """Costs on a coarse scale, so that ties and equal rows happen; some sites exist, some are barred."""
    seed, origins, count, p = case
    rng = np.random.default_rng(seed)
    costs = rng.integers(1, 10, (origins, count)) * 100.0
    people = pd.Series(rng.integers(0, 30, origins) * 1.0)
    people.iloc[0] = 7.0
    existing, barred = rng.random(count) < 0.25, rng.random(count) < 0.2
    existing[0] = barred[0] = False
    sites = Sites(
        all_pairs(costs), people, existing=existing, barred=barred, attention=rng.random(origins) < 0.4, **more
    )  # type: ignore[arg-type]
    return costs, sites, min(p, int(sites.open.sum()))


def sets_of(sites: Sites, p: int) -> list[list[int]]:
    free = np.flatnonzero(sites.open).tolist()
    return [list(some) for size in range(p + 1) for some in combinations(free, size)]


def shortest(costs: np.ndarray, sites: Sites, chosen: list[int]) -> np.ndarray:
    there = [*np.flatnonzero(sites.fixed), *chosen]
    return costs[:, there].min(axis=1) if there else np.full(len(costs), np.inf)


@settings(max_examples=80, deadline=None)
@given(cases, st.sampled_from([0.0, 1.0, 2.5]))
def test_mclp_is_the_best_of_all_combinations(case, equity):
    costs, sites, p = drawn(case, equity=equity)
    found = mclp(sites, reach=REACH, p=p)
    values = {tuple(s): float(sites.weight[shortest(costs, sites, s) <= REACH].sum()) for s in sets_of(sites, p)}
    best = max(values.values())
    assert found.objective == pytest.approx(best)
    assert found.gap == 0
    assert found.bound == pytest.approx(best)
    assert values[tuple(sorted(found.chosen.tolist()))] == pytest.approx(best)
    assert found.reached == sites.people[shortest(costs, sites, found.chosen.tolist()) <= REACH].sum()
    # other sites are as good that do not only add useless ones to these
    mine = set(found.chosen.tolist())
    others = [some for some, value in values.items() if value == pytest.approx(best) and not mine <= set(some)]
    assert found.is_unique is (not others)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_p_median_is_the_best_of_all_combinations(case):
    costs, sites, p = drawn(case)
    found = p_median(sites, p=p)
    values = {
        tuple(some): float((sites.weight * shortest(costs, sites, list(some))).sum())
        for some in sets_of(sites, p)
        if some or sites.fixed.any()
    }
    best = min(values.values())
    assert found.objective == pytest.approx(best)
    assert found.gap == 0
    mine = set(found.chosen.tolist())
    others = [some for some, value in values.items() if value == pytest.approx(best) and not mine <= set(some)]
    assert found.is_unique is (not others)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_p_median_with_ways_cut_off_counts_them_as_stated(case):
    costs, sites, p = drawn(case)
    near = Sites(all_pairs(costs, upto=600), sites.demand, existing=sites.fixed, barred=sites.barred)
    found = p_median(near, p=p, beyond=700)
    best = min(
        float((near.people * np.minimum(shortest(np.where(costs <= 600, costs, 700), near, some), 700)).sum())
        for some in sets_of(near, p)
    )
    assert found.objective == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_p_center_is_the_best_of_all_combinations(case):
    costs, sites, p = drawn(case)
    found = p_center(sites, p=p)
    asked = sites.people > 0
    values = {
        tuple(some): float(shortest(costs, sites, some)[asked].max())
        for some in sets_of(sites, p)
        if some or sites.fixed.any()
    }
    best = min(values.values())
    assert found.objective == best == found.bound
    assert shortest(costs, sites, found.chosen.tolist())[asked].max() == best
    mine = set(found.chosen.tolist())
    others = [some for some, value in values.items() if value == best and not mine <= set(some)]
    assert found.is_unique is (not others)


@settings(max_examples=60, deadline=None)
@given(cases, st.booleans())
def test_lscp_is_the_cheapest_of_all_combinations(case, priced):
    rng = np.random.default_rng(case[0])
    cost = pd.Series(rng.integers(1, 9, case[2]) / 2) if priced else None
    costs, sites, _ = drawn(case, cost=cost)
    asked = sites.people > 0
    covering = {
        tuple(some): float(sites.prices[some].sum())
        for some in sets_of(sites, int(sites.open.sum()))
        if (shortest(costs, sites, some)[asked] <= REACH).all()
    }
    if not covering:
        with pytest.raises(DataError, match="No site reaches"):
            lscp(sites, reach=REACH)
        return
    found = lscp(sites, reach=REACH)
    assert found.objective == pytest.approx(min(covering.values()))
    assert found.bound == pytest.approx(found.objective)
    assert covering[tuple(sorted(found.chosen.tolist()))] == pytest.approx(found.objective)
    assert found.reached_share == 1
    best = [some for some, value in covering.items() if value == pytest.approx(found.objective)]
    assert found.is_unique is (len(best) == 1)


@settings(max_examples=40, deadline=None)
@given(cases)
def test_a_budget_is_kept_and_used_best(case):
    rng = np.random.default_rng(case[0])
    costs, sites, p = drawn(case, cost=pd.Series(rng.integers(1, 9, case[2]) * 1.0))
    found = mclp(sites, reach=REACH, budget=9.0, p=p)
    assert sites.prices[found.chosen].sum() <= 9
    assert len(found.chosen) <= p
    affordable = [some for some in sets_of(sites, p) if sites.prices[some].sum() <= 9]
    best = max(float(sites.weight[shortest(costs, sites, some) <= REACH].sum()) for some in affordable)
    assert found.objective == pytest.approx(best)


def taken_at_best(costs: np.ndarray, sites: Sites, room: np.ndarray, chosen: list[int]) -> float:
    """People times weight that the sites can take: an independent linear programme over single origins."""
    there = [*np.flatnonzero(sites.fixed), *chosen]
    ways = [(o, j) for o in range(len(costs)) for j in there if costs[o, j] <= REACH]
    if not ways:
        return 0.0
    left = np.array([[float(o == i) for o, _ in ways] for i in range(len(costs))])
    right = np.array([[float(j == i) for _, j in ways] for i in there])
    counts = [-(1 + sites.equity * bool(sites.attention[o])) for o, _ in ways]
    answer = linprog(counts, A_ub=np.vstack([left, right]), b_ub=np.append(sites.people, room[there]))
    return -float(answer.fun)


@settings(max_examples=40, deadline=None)
@given(cases, st.sampled_from([0.0, 1.5]))
def test_capacities_are_kept_and_used_best(case, equity):
    rng = np.random.default_rng(case[0] + 1)
    room = rng.integers(0, 60, case[2]) * 1.0
    room[-1] = np.inf
    costs, sites, p = drawn(case, capacity=pd.Series(room), equity=equity)
    found = mclp(sites, reach=REACH, p=p)
    room = np.minimum(room, 1e6)
    best = max(taken_at_best(costs, sites, room, some) for some in sets_of(sites, p))
    assert found.objective == pytest.approx(best, abs=1e-5)
    assert found.gap == 0
    assert taken_at_best(costs, sites, room, found.chosen.tolist()) == pytest.approx(best, abs=1e-5)
    assert found.reached <= sites.people.sum() + 1e-6
    assert found.reached <= room[found.chosen].sum() + room[sites.fixed].sum() + 1e-6


@settings(max_examples=40, deadline=None)
@given(cases)
def test_what_always_holds(case):
    costs, sites, p = drawn(case)
    exact, quick = (mclp(sites, reach=REACH, p=p, how=how) for how in ("exact", "greedy"))
    assert quick.objective <= exact.objective + 1e-9 <= quick.bound + 1e-6
    if p < int(sites.open.sum()):
        assert mclp(sites, reach=REACH, p=p + 1).objective >= exact.objective
    assert mclp(sites, reach=REACH + 100, p=p).objective >= exact.objective
    for model in (p_median, p_center):
        best, near = model(sites, p=p), model(sites, p=p, how="greedy")
        assert near.bound - 1e-6 <= best.objective <= near.objective + 1e-9
    # people who are alike may be written as one or as many
    twice = Pairs(
        np.concatenate([sites.pairs.origin, sites.pairs.origin + len(costs)]),
        np.tile(sites.pairs.facility, 2), np.tile(sites.pairs.cost, 2), 2 * len(costs), costs.shape[1],
    )  # fmt: skip
    halves = Sites(twice, pd.concat([sites.demand / 2] * 2), existing=sites.fixed, barred=sites.barred)
    assert mclp(halves, reach=REACH, p=p).objective == pytest.approx(exact.objective)


def town(seed: int, origins: int, count: int) -> tuple[np.ndarray, Sites]:
    rng = np.random.default_rng(seed)
    homes, places = rng.uniform(0, 5000, (origins, 2)), rng.uniform(0, 5000, (count, 2))
    costs = np.hypot(*(homes[:, None] - places[None]).transpose(2, 0, 1))
    return costs, Sites(all_pairs(costs), pd.Series(rng.integers(1, 60, origins) * 1.0))


def test_larger_towns_agree_with_the_textbook_programme():
    """The plain programme of the literature, without merged rows and without cuts, solved by scipy."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    costs, sites = town(3, 120, 25)
    near = (costs <= 700).astype(float)
    rows = np.hstack([-near, np.eye(120)])
    whole = np.append(np.ones(25), np.zeros(120))
    answer = milp(
        -np.append(np.zeros(25), sites.people), integrality=whole, bounds=Bounds(0, 1),
        constraints=[LinearConstraint(rows, ub=0), LinearConstraint(whole[None], ub=4)],
    )  # fmt: skip
    assert mclp(sites, reach=700, p=4).objective == pytest.approx(-answer.fun)
    open_first = np.kron(np.ones((120, 1)), -np.eye(25))
    assigned = np.kron(np.eye(120), np.ones((1, 25)))
    answer = milp(
        np.append(np.zeros(25), (costs * sites.people[:, None]).ravel()), bounds=Bounds(0, 1),
        integrality=np.append(np.ones(25), np.zeros(3000)),
        constraints=[
            LinearConstraint(np.hstack([open_first, np.eye(3000)]), ub=0),
            LinearConstraint(np.hstack([np.zeros((120, 25)), assigned]), lb=1, ub=1),
            LinearConstraint(np.append(np.ones(25), np.zeros(3000))[None], ub=4),
        ],
    )  # fmt: skip
    found = p_median(sites, p=4)
    assert found.objective == pytest.approx(answer.fun)
    assert found.is_best


def test_without_time_the_answer_says_how_far_it_may_be_from_the_best():
    _, sites = town(5, 1500, 100)
    found = p_median(sites, p=12, how="exact", seconds=1e-3)
    assert not found.is_best
    assert found.gap > 0.001
    assert found.is_unique is None
    assert found.bound < found.objective
    assert p_median(sites, p=12, how="exact", seconds=1e-3).chosen.tolist() == found.chosen.tolist()


def test_by_hand():
    """Three quarters in a row, sites between them; 100, 80 and 60 people."""
    costs = np.array([[300.0, 900, 400], [300, 300, 900], [900, 300, 900]])
    people = pd.Series([100.0, 80, 60])
    sites = Sites(all_pairs(costs), people, attention=np.array([False, False, True]))
    one = mclp(sites, reach=REACH, p=1)
    assert (one.chosen.tolist(), one.objective, one.reached, one.reached_share) == ([0], 180, 180, 0.75)
    assert one.attention_share == 0
    # 1 + 1.5 times for the last quarter: 80 + 150 = 230 instead of 180
    fair = Sites(all_pairs(costs), people, attention=sites.attention, equity=1.5)
    other = mclp(fair, reach=REACH, p=1)
    assert (other.chosen.tolist(), other.objective, other.reached, other.attention_share) == ([1], 230, 140, 1)
    two = lscp(sites, reach=REACH)
    assert (two.objective, two.is_unique) == (2, False)  # the first or the third with the second
    assert p_median(sites, p=2).objective == 300 * 100 + 300 * 80 + 300 * 60
    assert p_center(sites, p=1).objective == 900
    # the second exists already: the first and the third add 100 each
    there = Sites(all_pairs(costs), people, existing=np.array([False, True, False]))
    beside = mclp(there, reach=REACH, p=1)
    assert (beside.objective, beside.is_unique) == (240, False)
    assert nearly_as_good(there, beside.chosen, reach=REACH) == {0: [2]}
    barred = Sites(all_pairs(costs), people, existing=there.existing, barred=np.array([True, False, False]))
    assert mclp(barred, reach=REACH, p=1).chosen.tolist() == [2]
    assert nearly_as_good(barred, np.array([2]), reach=REACH) == {2: []}
    # no further site is given where nobody else would be reached
    assert len(mclp(there, reach=REACH, p=2).chosen) == 1


def test_capacity_by_hand():
    """Room for 50 at the first site, 90 at the second: 50 of the near 100, then 80 and 10 of the far ones."""
    costs = np.array([[300.0, 900], [900, 300], [900, 300]])
    sites = Sites(all_pairs(costs), pd.Series([100.0, 80, 60]), capacity=pd.Series([50.0, 90]))
    one = mclp(sites, reach=REACH, p=1)
    assert (one.chosen.tolist(), one.objective, one.reached) == ([1], 90, 90)
    assert mclp(sites, reach=REACH, p=2).objective == 140
    with pytest.raises(DataError, match="Only mclp knows capacities"):
        lscp(sites, reach=REACH)
    with pytest.raises(DataError, match="no greedy answer"):
        mclp(sites, reach=REACH, p=1, how="greedy")
    with pytest.raises(DataError, match="capacity has 2 numbers for 2 places, missing or negative ones at: 1"):
        mclp(Sites(sites.pairs, sites.demand, capacity=pd.Series([50.0, np.nan])), reach=REACH, p=1)


def test_what_cannot_be_asked_says_so_in_one_sentence():
    costs = np.array([[300.0, 900], [900, 300], [900, 950]])
    people = pd.Series([10.0, 20, 30], index=["a", "b", "c"])
    pairs = all_pairs(costs)
    sites = Sites(pairs, people)
    with pytest.raises(DataError, match="No site reaches 1 origins with 30 people: c; add candidates there"):
        lscp(sites, reach=REACH)
    with pytest.raises(DataError, match="3 sites are asked for, but there are 2 candidates"):
        mclp(sites, reach=REACH, p=3)
    with pytest.raises(DataError, match="0 sites are asked for"):
        p_center(sites, p=0)
    with pytest.raises(DataError, match="how many sites"):
        mclp(sites, reach=REACH)
    with pytest.raises(DataError, match="reach is 0"):
        mclp(sites, reach=0, p=1)
    with pytest.raises(DataError, match="budget is -1"):
        mclp(sites, reach=REACH, budget=-1)
    with pytest.raises(NotEnoughDataError, match="There is no candidate"):
        Sites(pairs, people, existing=np.array([True, False]), barred=np.array([False, True]))
    with pytest.raises(NotEnoughDataError, match="There is no demand"):
        Sites(pairs, people * 0)
    with pytest.raises(DataError, match="demand has 3 numbers for 3 places, missing or negative ones at: b"):
        Sites(pairs, people.mask(people == 20))
    with pytest.raises(DataError, match='"attention" must be 3 times true or false'):
        Sites(pairs, people, attention=np.array([0.0, 1.0, 1.0]))
    with pytest.raises(DataError, match="equity weight is -1"):
        Sites(pairs, people, equity=-1)
    with pytest.raises(DataError, match="costs nothing"):
        Sites(pairs, people, cost=pd.Series([0.0, 1.0]))
    apart = all_pairs(np.where(costs < 600, costs, np.inf), upto=600)
    with pytest.raises(DataError, match="3 origins have no way to every site"):
        p_median(Sites(apart, people), p=1)
    with pytest.raises(DataError, match="1 new sites cannot reach everybody"):
        p_center(Sites(apart, people.replace(30, 0)), p=1)


def test_nobody_new_to_reach_is_an_answer():
    costs = np.array([[300.0, 400], [200.0, 400]])
    sites = Sites(all_pairs(costs), pd.Series([10.0, 20]), existing=np.array([True, False]))
    found = mclp(sites, reach=REACH, p=1)
    assert (found.chosen.tolist(), found.objective, found.gap, found.is_unique) == ([], 30, 0, True)
    assert lscp(sites, reach=REACH).chosen.tolist() == []


@pytest.mark.parametrize(("seed", "reach"), [(0, 900), (1, 900), (2, 1200), (9, 1500)])
def test_the_programme_needs_no_luck(seed: int, reach: float, monkeypatch: pytest.MonkeyPatch):
    """Without exchange and rounding, which nearly always find the best, the programme finds and proves the same."""
    from qmgis.core.siting import _cuts
    from qmgis.core.siting import models as siting

    costs, sites = town(seed, 100, 22)
    for module, name in ((siting, "greedy"), (siting, "exchanged"), (siting, "shaken"), (_cuts, "_rounded")):
        monkeypatch.setattr(module, name, lambda *_: [])
    nearest = {some: costs[:, some].min(axis=1) for some in combinations(range(22), 3)}
    cover, ways = mclp(sites, reach=reach, p=3), p_median(sites, p=3)
    assert cover.objective == max(sites.people[metres <= reach].sum() for metres in nearest.values())
    assert ways.objective == pytest.approx(min((sites.people * metres).sum() for metres in nearest.values()))
    assert cover.gap == ways.gap == 0


@pytest.mark.parametrize("unit", [1e-4, 1e-3, 1.0, 1e4])
def test_the_unit_of_ways_changes_nothing(unit: float):
    costs, sites = town(7, 120, 25)
    known = p_median(sites, p=5, how="exact")
    found = p_median(Sites(all_pairs(costs * unit), sites.demand), p=5, how="exact", seconds=20)
    assert found.objective == pytest.approx(known.objective * unit)
    assert found.gap == known.gap == 0
    assert found.is_unique == known.is_unique


@settings(max_examples=120, deadline=None)
@given(cases, st.booleans(), st.booleans())
def test_no_set_as_good_is_lost_when_sites_are_left_out(case, budgeted, in_steps):
    """All combinations: those as good as the start keep their sites and their worth; none is over the bound."""
    costs, sites, p = drawn(case)
    rng = np.random.default_rng(case[0])
    price = rng.integers(1, 5, costs.shape[1]) * 1.0
    limit = Limit(price, budget=float(rng.integers(1, 9))) if budgeted else Limit(np.ones(costs.shape[1]), number=p)
    near = sites.pairs.cost <= REACH
    worth = 1000.0 - sites.pairs.cost[near] if in_steps else np.ones(int(near.sum()))
    gains = gains_of(
        sites.pairs.origin[near], sites.pairs.facility[near], worth, weight=sites.weight, fixed=sites.fixed,
        open_=sites.open,
    )  # fmt: skip
    if not gains.rows:
        return
    start = exchanged(gains, limit, greedy(gains, limit))
    goal = value_of(gains, start) * (1 - 1e-7)
    found = promising(gains, limit, start, goal, Clock(60))
    fewer = only(gains, found.sites)
    adding = np.bincount(gains.site, minlength=gains.sites) > 0
    for chosen in sets_of(sites, costs.shape[1]):
        if (len(chosen) > limit.number) or (budgeted and price[chosen].sum() > limit.budget):
            continue
        value = value_of(gains, chosen)
        assert value <= found.bound * (1 + 1e-9) + 1e-9
        if value >= goal:
            assert found.sites[[site for site in chosen if adding[site]]].all()
            assert value_of(fewer, chosen) == pytest.approx(value)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("model", ["mclp", "lscp", "p_center"])
def test_who_looks_can_end_the_solver_midway(model):
    rng = np.random.default_rng(1)
    costs = np.where(rng.random((400, 120)) < 0.05, 100.0, rng.uniform(600, 2000, (400, 120)))
    sites = Sites(all_pairs(costs), pd.Series(rng.integers(1, 9, 400) * 1.0))
    begin = perf_counter()

    def look() -> None:
        if perf_counter() - begin > 0.5:
            raise Stopped

    asked = {
        "mclp": lambda: mclp(sites, reach=500, p=15, how="exact", look=look),
        "lscp": lambda: lscp(sites, reach=650, how="exact", look=look),
        "p_center": lambda: p_center(sites, p=8, how="exact", look=look),
    }
    with pytest.raises(Stopped):
        asked[model]()
    assert perf_counter() - begin < 10  # of 60; about one second on a machine of its own


def test_out_of_time_the_best_so_far_comes_with_its_gap():
    rng = np.random.default_rng(1)
    costs = np.where(rng.random((400, 100)) < 0.06, 100.0, 900.0)
    found = mclp(Sites(all_pairs(costs), pd.Series(rng.integers(1, 9, 400) * 1.0)), reach=500, p=15, seconds=0.5)
    assert 0 < found.gap < 0.3
    assert found.objective < found.bound
    assert found.is_unique is None
    assert len(found.chosen) == 15
