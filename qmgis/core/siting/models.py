"""Where to build: the four classical models of location, solved exactly or with the distance to the best stated."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from qmgis.core.siting import _cover_all as cover
from qmgis.core.siting._asked import above, all_reachable, farthest, limit_of, without_capacity
from qmgis.core.siting._capacity import with_capacity
from qmgis.core.siting._cuts import Proof, another_set, best_set, relaxed
from qmgis.core.siting._gains import (
    Gains,
    Limit,
    bound_of,
    exchanged,
    gains_of,
    greedy,
    shaken,
    value_of,
    with_one_more,
)
from qmgis.core.siting._highs import Clock
from qmgis.core.siting._promising import only, promising
from qmgis.core.siting.sites import How, Sites, Siting, SitingModel

__all__ = ["How", "Sites", "Siting", "lscp", "mclp", "nearly_as_good", "p_center", "p_median"]

EXACT_SIZE = 2000 * 200  # rows of people times candidates up to which "auto" looks for a proof
FULL = 1000.0  # what a way of no length gives, whatever the unit of ways
NEAR = (
    0.01  # a share of the value: with a bound no farther away, sites that were found step by step mostly are the best
)
EQUAL = 1e-7  # as a share: sums nearer than this are equal


def mclp(
    sites: Sites, *, reach: float, p: int | None = None, budget: float | None = None, how: How = "auto",
    seconds: float = 60.0, look: Callable[[], None] | None = None,
) -> Siting:  # fmt: skip
    """Return the new sites that bring most people within reach (maximal covering location problem).

    max Σ w_o y_o with y_o <= Σ x_j over the sites in reach, Σ x_j <= p (or Σ c_j x_j <= budget), existing x_j = 1.
    Fewer than p sites are given where more would reach nobody else. With capacities a site takes no more people than
    it has room for; people of one origin may go to several sites.

    Parameters
    ----------
    sites
        Demand and candidates; pairs complete up to ``reach``.
    reach
        The largest way that counts as reached (metres, or the unit of the pairs).
    p, budget
        How many new sites, and what they may cost together; at least one of the two.
    how
        ``exact``: until proved or out of time. ``greedy``: step by step, exchange, and the bound of the linear
        programme. ``auto``: exact up to 2,000 rows of people x 200 candidates, people with equal sites in reach merged
        and candidates left out that no best set can have.
    seconds
        Time for the proof, after a greedy start. A result that ran out of time says so by its gap, and may differ
        between machines.
    look
        Called about ten times a second; what it raises ends the work, within the solver too.

    Raises
    ------
    DataError
        An impossible number of sites or reach.

    References
    ----------
    Church & ReVelle, Papers of the Regional Science Association 32, 1974, p. 101.

    Examples
    --------
    >>> from qmgis.core.reach.access import Pairs
    >>> ways = Pairs(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), np.array([200.0, 300, 100, 900]), 3, 2)
    >>> found = mclp(Sites(ways, pd.Series([30.0, 50, 40])), reach=500, p=1)
    >>> found.chosen.tolist(), found.objective, found.gap, found.is_unique
    ([0], 80.0, 0.0, True)
    """
    above(reach, "reach", "Die Reichweite")
    limit, clock = limit_of(sites, p, budget), Clock(above(seconds, "time limit", "Die Rechenzeit"), look)
    if sites.room is not None:
        return with_capacity(sites, limit, reach=reach, how=how, clock=clock)
    pairs = sites.pairs
    near = pairs.cost <= reach
    gains = _gains(sites, near, np.ones(int(near.sum())))
    proof, unique, done = _best(gains, limit, how, clock)
    added = value_of(gains, proof.chosen)
    gap = (proof.bound - added) / added if added > 0 else 0.0 if proof.bound <= 0 else np.inf
    values = gains.before + added, gains.before + proof.bound, gap
    return _siting("mclp", sites, gains, proof, values, unique, done, reach)


def p_median(
    sites: Sites, *, p: int | None = None, budget: float | None = None, beyond: float | None = None,
    how: How = "auto", seconds: float = 60.0, look: Callable[[], None] | None = None,
) -> Siting:  # fmt: skip
    """Return the new sites with the shortest ways in all: min Σ w_o d_oj over the nearest site of each origin.

    Parameters
    ----------
    sites, p, budget, how, seconds, look
        As `mclp`. Capacity is not part of this model.
    beyond
        What a way counts where no site is nearer: pairs farther than this need not be there. By default every origin
        must have a way to each site that could serve it alone.

    Raises
    ------
    DataError
        Origins without a way to any site, where ``beyond`` is not given.

    References
    ----------
    Hakimi, Operations Research 12, 1964, p. 450; exchange: Teitz & Bart, Operations Research 16, 1968, p. 955.

    Examples
    --------
    >>> from qmgis.core.reach.access import Pairs
    >>> ways = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([200.0, 600, 700, 100]), 2, 2)
    >>> found = p_median(Sites(ways, pd.Series([30.0, 50])), p=1)
    >>> found.chosen.tolist(), found.objective, found.is_best
    ([1], 23000.0, True)
    """
    without_capacity(sites)
    limit, clock = limit_of(sites, p, budget), Clock(above(seconds, "time limit", "Die Rechenzeit"), look)
    pairs, asked = sites.pairs, sites.people > 0
    if beyond is None:
        beyond = farthest(sites)
    else:
        above(beyond, "way that counts beyond", "Der Weg, der darüber hinaus zählt,")
    near = (pairs.cost < beyond) & asked[pairs.origin]
    unit = beyond / FULL
    gains = _gains(sites, near, FULL - pairs.cost[near] / unit)
    proof, unique, done = _best(gains, limit, how, clock)
    most = float(sites.weight.sum()) * FULL - gains.before
    objective, bound = (most - value_of(gains, proof.chosen)) * unit, (most - proof.bound) * unit
    gap = _relative(objective, bound)
    return _siting("p_median", sites, gains, proof, (objective, bound, gap), unique, done, np.inf)


def lscp(
    sites: Sites, *, reach: float, how: How = "auto", seconds: float = 60.0, look: Callable[[], None] | None = None
) -> Siting:
    """Return the cheapest new sites that bring everybody within reach (location set covering problem).

    min Σ c_j x_j with Σ x_j >= 1 over the sites in reach of every origin with people, existing x_j = 1.

    Parameters
    ----------
    sites, reach, how, seconds, look
        As `mclp`. Capacity is not part of this model.

    Raises
    ------
    DataError
        Origins that no site can reach: it says which.

    References
    ----------
    Toregas, Swain, ReVelle & Bergman, Operations Research 19, 1971, p. 1363.

    Examples
    --------
    >>> from qmgis.core.reach.access import Pairs
    >>> ways = Pairs(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), np.array([200.0, 300, 100, 400]), 3, 2)
    >>> lscp(Sites(ways, pd.Series([30.0, 50, 40])), reach=500).objective
    2.0
    """
    without_capacity(sites)
    above(reach, "reach", "Die Reichweite")
    clock = Clock(above(seconds, "time limit", "Die Rechenzeit"), look)
    near = sites.pairs.cost <= reach
    all_reachable(sites, near)
    gains = _gains(sites, near, np.ones(int(near.sum())))
    exact = _is_exact(how, gains, int(sites.open.sum()))
    proof, unique = cover.cheapest(gains, sites.prices, clock, exact=exact)
    objective = float(sites.prices[proof.chosen].sum())
    values = objective, proof.bound, _relative(objective, proof.bound)
    return _siting("lscp", sites, gains, proof, values, unique, exact, reach)


def p_center(
    sites: Sites, *, p: int, how: How = "auto", seconds: float = 60.0, look: Callable[[], None] | None = None
) -> Siting:
    """Return the new sites with the shortest longest way: min max d over the nearest site of each origin with people.

    Parameters
    ----------
    sites, p, how, seconds, look
        As `mclp`; neither capacity nor costs nor the equity weight are part of this model.

    Raises
    ------
    DataError
        Origins without a way to any site.

    References
    ----------
    Hakimi, Operations Research 12, 1964, p. 450; by set covering: Minieka, SIAM Review 12, 1970, p. 138.

    Examples
    --------
    >>> from qmgis.core.reach.access import Pairs
    >>> ways = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([200.0, 600, 700, 100]), 2, 2)
    >>> found = p_center(Sites(ways, pd.Series([30.0, 50])), p=1)
    >>> found.chosen.tolist(), found.objective
    ([1], 600.0)
    """
    without_capacity(sites)
    limit, clock = limit_of(sites, p, None), Clock(above(seconds, "time limit", "Die Rechenzeit"), look)
    all_reachable(sites, np.ones(len(sites.pairs.cost), dtype=bool))
    size = int((sites.people > 0).sum()) * int(sites.open.sum())
    exact = how == "exact" or (how == "auto" and size <= EXACT_SIZE)
    found = cover.center(sites, int(limit.number), clock, exact=exact)
    gains = _gains(
        sites, sites.pairs.cost <= found.objective, np.ones(int((sites.pairs.cost <= found.objective).sum()))
    )
    values = found.objective, found.bound, _relative(found.objective, found.bound)
    proof = Proof(found.chosen, found.bound)
    return _siting("p_center", sites, gains, proof, values, found.is_unique, exact, np.inf)


def nearly_as_good(sites: Sites, chosen: np.ndarray, *, reach: float, within: float = 0.01) -> dict[int, list[int]]:
    """Return for each chosen site the others that could take its place while the rest stays.

    Parameters
    ----------
    sites, reach
        As `mclp`.
    chosen
        New sites.
    within
        Largest loss, as a share of what all chosen sites add.

    Returns
    -------
    dict
        Sites by chosen site, the best first; costs are not looked at.

    Examples
    --------
    >>> from qmgis.core.reach.access import Pairs
    >>> ways = Pairs(np.array([0, 1, 0]), np.array([0, 0, 1]), np.array([200.0, 300, 100]), 2, 2)
    >>> nearly_as_good(Sites(ways, pd.Series([99.5, 0.5])), np.array([0]), reach=500)
    {0: [1]}
    """
    near = sites.pairs.cost <= reach
    gains = _gains(sites, near, np.ones(int(near.sum())))
    limit, whole = Limit(np.ones(gains.sites)), [int(site) for site in chosen]
    least = value_of(gains, whole) * (1 - within) - EQUAL
    found = {}
    for place, site in enumerate(whole):
        with_each = with_one_more(gains, limit, whole[:place] + whole[place + 1 :])
        with_each[[site, *np.flatnonzero(~sites.open)]] = -np.inf
        order = np.argsort(-with_each, kind="stable")
        found[site] = [int(other) for other in order[: int((with_each >= least).sum())]]
    return found


def _gains(sites: Sites, near: np.ndarray, worth: np.ndarray) -> Gains:
    pairs = sites.pairs
    origin, site = pairs.origin[near], pairs.facility[near]
    return gains_of(origin, site, worth, weight=sites.weight, fixed=sites.fixed, open_=sites.open)


def _best(gains: Gains, limit: Limit, how: How, clock: Clock) -> tuple[Proof, bool | None, bool]:
    """Return the best sites with the bound, whether they are the only ones, and whether a proof was looked for."""
    if not gains.rows:
        return Proof([], 0.0), True, True
    few, start, simple = _narrowed(gains, limit, clock)
    exact = _is_exact(how, few, int((np.bincount(few.site, minlength=1) > 0).sum()))
    near = simple - value_of(few, start) <= NEAR * value_of(few, start)
    if exact and near and (proof := _only_set(few, limit, start, clock)) is not None:
        unique = True if proof.bound <= value_of(few, start) else None
        return Proof(_by_gain(few, start), min(simple, proof.bound)), unique, exact
    proof = best_set(few, limit, start, clock) if exact else relaxed(few, limit, start, clock)
    chosen = _by_gain(few, proof.chosen)
    value = value_of(few, chosen)
    bound = max(min(simple, proof.bound), value)
    if bound - value > EQUAL * max(1.0, value):
        return Proof(chosen, bound), None, exact
    return Proof(chosen, value), _is_unique(few, limit, chosen, clock), exact


def _only_set(gains: Gains, limit: Limit, chosen: list[int], clock: Clock) -> Proof | None:
    """Return a proof where no other set is as good (one question, not two) or time is over; None where one is."""
    if not chosen or _has_swap(gains, limit, chosen):
        return None
    other, value = another_set(gains, limit, chosen, clock), value_of(gains, chosen)
    return None if other.exists else Proof(chosen, value if other.exists is False else max(value, other.bound))


def _narrowed(gains: Gains, limit: Limit, clock: Clock) -> tuple[Gains, list[int], float]:
    """Return the question with those sites alone that a best set can have, good sites among them, and a bound."""
    start = exchanged(gains, limit, greedy(gains, limit))
    found = promising(gains, limit, start, value_of(gains, start) * (1 - EQUAL), clock)
    few, bound = only(gains, found.sites), min(bound_of(gains, limit, start), found.bound)
    better = shaken(few, limit, start, clock.look)
    if bound - value_of(few, better) > NEAR * value_of(few, better) and clock.left > 0:
        better = shaken(few, limit, better, clock.look)
    if value_of(few, better) > value_of(few, start):
        goal = value_of(few, better) * (1 - EQUAL)
        found = promising(gains, limit, better, goal, clock, price=found.price)
        few, bound = only(gains, found.sites), min(bound, found.bound)
    return few, better, bound


def _is_unique(gains: Gains, limit: Limit, chosen: list[int], clock: Clock) -> bool | None:
    if not chosen or _has_swap(gains, limit, chosen):
        return not chosen
    other = another_set(gains, limit, chosen, clock).exists
    return None if other is None else not other


def _has_swap(gains: Gains, limit: Limit, chosen: list[int]) -> bool:
    """Tell whether one of the sites can be exchanged for another without a loss."""
    goal = value_of(gains, chosen) * (1 - EQUAL)
    for place, site in enumerate(chosen):
        with_each = with_one_more(gains, limit, chosen[:place] + chosen[place + 1 :])
        with_each[site] = -np.inf
        if with_each.max(initial=-np.inf) >= goal:
            return True
    return False


def _by_gain(gains: Gains, chosen: list[int]) -> list[int]:
    """Return the sites, the one that adds most first, without those that add nothing to the others."""
    left, order = list(chosen), cast(list[int], [])
    whole = value_of(gains, left)
    for site in sorted(chosen, reverse=True):
        rest = [other for other in left if other != site]
        if value_of(gains, rest) >= whole * (1 - 1e-12):
            left = rest
    while left:
        with_each = [value_of(gains, [*order, site]) for site in left]
        order.append(left.pop(int(np.argmax(with_each))))
    return order


def _siting(
    model: SitingModel, sites: Sites, gains: Gains, proof: Proof, values: tuple[float, float, float],
    unique: bool | None, exact: bool, reach: float,
) -> Siting:  # fmt: skip
    met, people = sites.met(proof.chosen, reach=reach), sites.people
    reached = float(people[met].sum())
    attention = np.zeros(len(people), dtype=bool) if sites.attention is None else sites.attention
    of_them = float(people[attention].sum())
    share = float(people[met & attention].sum()) / of_them if of_them > 0 else np.nan
    objective, bound, gap = values
    chosen = np.array(_by_gain(gains, proof.chosen), dtype=np.int64) if model != "lscp" else np.array(proof.chosen)
    return Siting(
        model, chosen, objective, bound, gap, unique, "exact" if exact else "greedy", reached,
        reached / float(people.sum()), share,
    )  # fmt: skip


def _is_exact(how: How, gains: Gains, candidates: int) -> bool:
    return how == "exact" or (how == "auto" and gains.rows * candidates <= EXACT_SIZE)


def _relative(objective: float, bound: float) -> float:
    apart = abs(objective - bound)
    return 0.0 if apart <= EQUAL * max(1.0, abs(objective)) else apart / abs(objective) if objective else np.inf
