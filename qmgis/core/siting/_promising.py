"""Which sites can be in a set that is as good as one that is known: most cannot, and the question gets small.

With a price u of each row of people, no set within the limit is worth more than

    Σ u + λ B + Σ_j max(0, ρ_j - λ c_j),    ρ_j = Σ over rows max(0, weight · gain_j - u)

for any u, λ >= 0 (Lagrange; Cornuéjols, Fisher & Nemhauser, Management Science 23, 1977, p. 789). With a site whose
ρ_j - λ c_j is negative it is that much less; if it is then below the known value, the site is in no best set.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmgis.core.counted import counted
from qmgis.core.siting._gains import Gains, Limit, alike, value_of
from qmgis.core.siting._highs import Clock

__all__ = ["Promising", "only", "promising"]

STEPS, PATIENCE = 300, 12  # how often prices are changed; after how many without a better bound the step is halved
ENOUGH = 3  # times as many sites as are chosen are few


@dataclass(frozen=True, eq=False)
class Promising:
    """``sites``: those that may be in a set worth ``goal`` or more, bool; ``bound``: no set is worth more.

    ``price``: of each row, those that the bound comes from.
    """

    sites: np.ndarray
    bound: float
    price: np.ndarray


def promising(
    gains: Gains, limit: Limit, chosen: list[int], goal: float, clock: Clock, *, price: np.ndarray | None = None
) -> Promising:
    """Return the sites that may be in a set worth ``goal`` or more, those ``chosen`` among them.

    ``price``: of each row, to begin with.
    """
    counted_ = np.isfinite(limit.number)
    cost, room = (np.ones(gains.sites), limit.number) if counted_ else (np.maximum(limit.cost, 1e-12), limit.budget)
    kept = np.bincount(gains.site, minlength=gains.sites) > 0
    known, of = value_of(gains, chosen), gains.of
    worth, most = gains.weight[of] * gains.gain, gains.weight * gains.gain[gains.start[:-1]]
    by_site = np.argsort(gains.site, kind="stable")
    first = np.searchsorted(gains.site[by_site], np.arange(gains.sites + 1))
    price = best_price = np.zeros(gains.rows) if price is None else price
    bound = np.inf
    size, waited = 1.0, 0
    for _ in range(STEPS):
        clock.look()
        more = np.maximum(worth - price[of], 0.0)
        gain = np.bincount(gains.site, more, minlength=gains.sites)
        rate, taken = _knapsack(gain, cost, room)
        value = float(price.sum() + rate * room + np.maximum(gain - rate * cost, 0.0).sum())
        kept &= value + np.minimum(gain - rate * cost, 0.0) >= goal
        kept[chosen] = True
        if bound - value > 1e-3 * (value - known):
            waited = 0
        else:
            waited += 1
        if value < bound:
            bound, best_price = value, price
        if waited >= PATIENCE:
            size, waited, price = size / 2, 0, best_price
            continue
        if bound <= goal or kept.sum() <= ENOUGH * len(chosen) or size < 1e-3 or clock.left <= 0:
            break
        entry = by_site[_ranges(first, taken)]
        slope = 1.0 - np.bincount(of[entry][more[entry] > 0], minlength=gains.rows)
        slope[(price <= 0) & (slope > 0)] = 0.0
        length = float(slope @ slope)
        if length == 0:
            break
        price = np.clip(price - size * max(value - known, 0.0) / length * slope, 0.0, most)
    return Promising(kept, max(bound, known), best_price)


def _knapsack(gain: np.ndarray, cost: np.ndarray, room: float) -> tuple[float, np.ndarray]:
    """Return the gain for each cost at which the room is full, and the sites that are in it as a whole."""
    rate = gain / cost
    order = np.argsort(-rate, kind="stable")
    spent = np.cumsum(cost[order])
    full = int(np.searchsorted(spent, room * (1 + 1e-12), side="right"))
    return (float(rate[order[full]]) if full < len(order) else 0.0), order[:full]


def _ranges(first: np.ndarray, some: np.ndarray) -> np.ndarray:
    of, place = counted(first[some + 1] - first[some])
    return np.asarray(first[some][of] + place)


def only(gains: Gains, sites: np.ndarray) -> Gains:
    """Return the same with these sites alone; rows that are alike then are one."""
    use = sites[gains.site]
    of, site, gain = gains.of[use], gains.site[use], gains.gain[use]
    row, first, last = alike(of, site, gain, gains.rows)
    start = np.append(0, np.cumsum(last - first))
    group, place = counted(last - first)
    entry = first[group] + place
    people = np.bincount(row[row >= 0], gains.weight[row >= 0], minlength=len(first))
    origin = np.where(gains.row >= 0, row[np.maximum(gains.row, 0)], -1) if gains.rows else gains.row
    return Gains(start, site[entry], gain[entry], people, origin, gains.base, gains.before, gains.sites)
