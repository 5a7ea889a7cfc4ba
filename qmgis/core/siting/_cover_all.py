"""Everybody in reach at the least cost, and the smallest reach that some sites have: set covering."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from qmgis.core.siting._cuts import Proof
from qmgis.core.siting._gains import Gains, Limit, gains_of, greedy
from qmgis.core.siting._highs import Answer, Clock, Model, Programme
from qmgis.core.siting.sites import Sites
from qmgis.errors import DataError

__all__ = ["Center", "center", "cheapest"]

EQUAL = 1e-7


@dataclass(frozen=True, eq=False)
class Center:
    """The sites with the shortest longest way, that way, and a way that is not too long for certain."""

    chosen: list[int]
    objective: float
    bound: float
    is_unique: bool | None


@dataclass(frozen=True, eq=False)
class Tried:
    """Sites that reach everybody, if any were found; whether it is proved that there are none."""

    chosen: list[int] | None
    is_impossible: bool


def cheapest(gains: Gains, prices: np.ndarray, clock: Clock, *, exact: bool) -> tuple[Proof, bool | None]:
    """Return the cheapest sites that reach every row, with the bound, and whether they are the only ones."""
    if not gains.rows:
        return Proof([], 0.0), True
    chosen = _covering(gains, Limit(prices, budget=float(prices.sum())))
    answer = _solved(gains, prices, clock, whole=exact, start=chosen)
    if exact and answer.x is not None:
        found = _needed(gains, [int(site) for site in np.flatnonzero(answer.x > 0.5)])
        if _reaches(gains, found) and prices[found].sum() < prices[chosen].sum():
            chosen = found
    cost = float(prices[chosen].sum())
    least = float(np.ceil(answer.bound - 1e-6)) if (prices == np.round(prices)).all() else answer.bound
    bound = min(max(least, 0.0), cost)
    if cost - bound > EQUAL * max(1.0, cost):
        return Proof(chosen, bound), None
    return Proof(chosen, cost), _is_unique(gains, prices, chosen, cost * (1 + EQUAL), clock)


def center(sites: Sites, number: int, clock: Clock, *, exact: bool) -> Center:
    """Return the sites with the shortest longest way, by trying one reach after the other."""
    pairs = sites.pairs
    rows = (sites.open | sites.fixed)[pairs.facility] & (sites.people > 0)[pairs.origin]
    ways = np.unique(pairs.cost[rows])
    shortest = np.full(pairs.origins, np.inf)
    np.minimum.at(shortest, pairs.origin[rows], pairs.cost[rows])
    proved = int(np.searchsorted(ways, shortest[sites.people > 0].max())) - 1
    low, high = proved, len(ways) - 1
    best = _tried(sites, ways[high], number, clock, exact=exact)
    if best.chosen is None:
        raise DataError(
            f"{number} new sites cannot reach everybody, whatever the way; ask for more of them.",
            de=f"{number} neue Standorte erreichen nicht alle, gleich wie weit der Weg ist; mehr Standorte verlangen.",
        )
    chosen = best.chosen
    while high - low > 1:
        middle = (low + high) // 2
        found = _tried(sites, ways[middle], number, clock, exact=exact)
        if found.chosen is not None:
            high, chosen = middle, found.chosen
        else:
            low = middle
            proved = max(proved, middle) if found.is_impossible else proved
    reach = float(ways[high])
    unique = None
    if proved == high - 1:
        gains = _gains(sites, reach)
        unique = _is_unique(gains, np.ones(gains.sites), chosen, float(number), clock)
    return Center(chosen, reach, float(ways[proved + 1]), unique)


def _tried(sites: Sites, reach: float, number: int, clock: Clock, *, exact: bool) -> Tried:
    """Return sites that bring everybody within reach, or that there are none."""
    gains = _gains(sites, reach)
    if ((gains.row < 0) & (gains.base == 0) & (sites.people > 0)).any():
        return Tried(None, is_impossible=True)
    if not gains.rows:
        return Tried([], is_impossible=False)
    ones = np.ones(gains.sites)
    quick = _covering(gains, Limit(ones))
    if len(quick) <= number:
        return Tried(quick, is_impossible=False)
    answer = _solved(gains, ones, clock, whole=False)
    if answer.bound > number + 1e-6:
        return Tried(None, is_impossible=True)
    if not exact or clock.left <= 0:
        return Tried(None, is_impossible=False)
    answer = _solved(gains, ones, clock, whole=True, start=quick)
    found = [] if answer.x is None else _needed(gains, [int(site) for site in np.flatnonzero(answer.x > 0.5)])
    if found and len(found) <= number and _reaches(gains, found):
        return Tried(found, is_impossible=False)
    return Tried(None, is_impossible=answer.bound > number + 1e-6)


def _gains(sites: Sites, reach: float) -> Gains:
    pairs, near = sites.pairs, sites.pairs.cost <= reach
    people = (sites.people > 0).astype(float)
    worth = np.ones(int(near.sum()))
    return gains_of(pairs.origin[near], pairs.facility[near], worth, weight=people, fixed=sites.fixed, open_=sites.open)


def _covering(gains: Gains, limit: Limit) -> list[int]:
    """Return sites that reach every row: always the one that reaches most further rows (for its cost)."""
    return _needed(gains, greedy(replace(gains, weight=np.ones(gains.rows)), limit))


def _reaches(gains: Gains, chosen: list[int]) -> bool:
    return bool((gains.best(chosen) > 0).all())


def _needed(gains: Gains, chosen: list[int]) -> list[int]:
    """Return the sites without those that can be spared, the last first."""
    left = list(chosen)
    for site in reversed(chosen):
        rest = [other for other in left if other != site]
        if _reaches(gains, rest):
            left = rest
    return left


def _solved(
    gains: Gains, cost: np.ndarray, clock: Clock, *, whole: bool, start: list[int] | None = None,
    beside: np.ndarray | None = None, most: np.ndarray | None = None,
) -> Answer:  # fmt: skip
    """Return the cheapest sites that reach every row, and hold ``beside`` x <= ``most``."""
    rows = csr_array((np.ones(len(gains.site)), gains.site, gains.start), shape=(gains.rows, gains.sites))
    least, upper = np.ones(gains.rows), np.full(gains.rows, np.inf)
    if beside is not None and most is not None:
        rows = csr_array(vstack([rows, csr_array(beside)]))
        least, upper = np.append(least, np.full(len(most), -np.inf)), np.append(upper, most)
    high = (np.bincount(gains.site, minlength=gains.sites) > 0).astype(float)
    programme = Programme(cost, high, rows, least, upper, whole=gains.sites if whole else 0)
    begin = None
    if start is not None and whole:
        begin = np.zeros(gains.sites)
        begin[start] = 1.0
    return Model(programme).solve(clock, start=begin)


def _is_unique(gains: Gains, cost: np.ndarray, chosen: list[int], most: float, clock: Clock) -> bool | None:
    """Return whether no other sites reach every row for ``most``; None where time was too short."""
    if not chosen:
        return True
    if clock.left <= 0:
        return None
    without = np.isin(np.arange(gains.sites), chosen).astype(float)
    limits = np.array([len(chosen) - 1.0, most])
    answer = _solved(gains, cost, clock, whole=True, beside=np.vstack([without, cost]), most=limits)
    if answer.is_infeasible:
        return True
    return None if answer.x is None else False
