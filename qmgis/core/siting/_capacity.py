"""Most people in reach of sites that can take only so many: who goes where is part of the question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from qmgis.core.counted import counted
from qmgis.core.siting._gains import Limit, alike, exchanged, gains_of, greedy
from qmgis.core.siting._highs import Clock, Model, Programme
from qmgis.core.siting.sites import How, Sites, Siting
from qmgis.errors import DataError

__all__ = ["with_capacity"]

CLOSE = 1e-6  # sums nearer than this share are equal: the solver's numbers are no more exact


@dataclass(frozen=True, eq=False)
class _Flows:
    """Who can go where, one entry a group of people and a site: people alike in sites and attention are one group."""

    site: np.ndarray
    of: np.ndarray
    people: np.ndarray
    attention: np.ndarray
    counts: np.ndarray


def with_capacity(sites: Sites, limit: Limit, *, reach: float, how: How, clock: Clock) -> Siting:
    """Return the sites that can take most people in reach: the best found in time, and the bound proved in time."""
    if how == "greedy":
        raise DataError(
            "With capacities there is no greedy answer; ask for exact or auto, with a limit of seconds.",
            de='Mit Kapazitäten gibt es keine schrittweise Antwort; "exact" oder "auto" mit einer Rechenzeit wählen.',
        )
    flows = _flows(sites, reach)
    start = _start(sites, limit, reach)
    answer = Model(_programme(sites, limit, flows, sites.open)).solve(clock, start=start)
    x = start if answer.x is None else answer.x[: sites.pairs.facilities]
    chosen, before = _ordered(sites, limit, flows, [int(site) for site in np.flatnonzero(x > 0.5)], clock)
    taken = _taken(sites, limit, flows, chosen, clock)
    objective = float(taken @ flows.counts[flows.of])
    apart = max(0.0, -answer.bound - objective)
    apart = apart if apart > CLOSE * max(1.0, objective) else 0.0
    added = objective - before
    gap = 0.0 if apart == 0 else apart / added if added > 0 else np.inf
    of_them = 0.0 if sites.attention is None else float(sites.people[sites.attention].sum())
    attention = float(taken[flows.attention[flows.of]].sum()) / of_them if of_them > 0 else np.nan
    reached = float(taken.sum())
    return Siting(
        "mclp", np.array(chosen, dtype=np.int64), objective, objective + apart, gap, None, "exact", reached,
        reached / float(sites.people.sum()), attention,
    )  # fmt: skip


def _flows(sites: Sites, reach: float) -> _Flows:
    pairs, people = sites.pairs, sites.people
    attention = np.zeros(len(people), dtype=bool) if sites.attention is None else sites.attention
    use = (pairs.cost <= reach) & (people > 0)[pairs.origin] & (sites.open | sites.fixed)[pairs.facility]
    origin, site = pairs.origin[use], pairs.facility[use].astype(np.int32)
    order = np.lexsort((site, origin))
    origin, site = origin[order], site[order]
    row, first, last = alike(origin, site, attention[origin].astype(float), pairs.origins)
    group, place = counted(last - first)
    entry = first[group] + place
    known = row >= 0
    marked = attention[origin[first]] if len(first) else np.zeros(0, dtype=bool)
    return _Flows(
        site[entry],
        group,
        np.bincount(row[known], people[known], minlength=len(first)),
        marked,
        1 + sites.equity * marked,
    )


def _start(sites: Sites, limit: Limit, reach: float) -> np.ndarray:
    """Return the sites that would be best if all had room, as columns."""
    pairs, near = sites.pairs, sites.pairs.cost <= reach
    worth = np.ones(int(near.sum()))
    gains = gains_of(
        pairs.origin[near], pairs.facility[near], worth, weight=sites.weight, fixed=sites.fixed, open_=sites.open
    )
    x = np.zeros(pairs.facilities)
    if gains.rows:
        x[exchanged(gains, limit, greedy(gains, limit))] = 1.0
    return x


def _programme(
    sites: Sites, limit: Limit, flows: _Flows, free: np.ndarray, chosen: list[int] | None = None
) -> Programme:
    """Return the programme: sites first, then the people of each entry; with ``chosen`` the sites are settled."""
    count, entries = sites.pairs.facilities, len(flows.site)
    room = np.full(count, np.inf) if sites.room is None else sites.room
    place, ones = np.arange(entries), np.ones(entries)
    of_group = csr_array((ones, (flows.of, place)), shape=(len(flows.people), entries))
    at_site = csr_array((ones, (flows.site, place)), shape=(count, entries))
    limited = np.flatnonzero(np.isfinite(room) & (np.bincount(flows.site, minlength=count) > 0))
    taken = csr_array((-room[limited], (np.arange(len(limited)), limited)), shape=(len(limited), count))
    few = np.minimum(flows.people[flows.of], room[flows.site])
    allowed = csr_array((-few, (place, flows.site)), shape=(entries, count))
    blocks = [
        hstack([csr_array((len(flows.people), count)), of_group]),
        hstack([taken, at_site[limited]]),
        hstack([allowed, csr_array((ones, (place, place)), shape=(entries, entries))]),
    ]
    most = [flows.people, np.zeros(len(limited)), np.zeros(entries)]
    for finite, cost in ((limit.number, free.astype(float)), (limit.budget, free * limit.cost)):
        if np.isfinite(finite):
            blocks.append(csr_array(np.append(cost, np.zeros(entries))[None]))
            most.append(np.array([finite]))
    low = sites.fixed.astype(float)
    if chosen is not None:
        low[chosen] = 1.0
    high = low if chosen is not None else np.maximum(low, free.astype(float))
    rows, upper = csr_array(vstack(blocks)), np.concatenate(most)
    cost = np.append(np.zeros(count), -flows.counts[flows.of])
    whole = count if chosen is None else 0
    low, high = np.append(low, np.zeros(entries)), np.append(high, few)
    return Programme(cost, high, rows, np.full(len(upper), -np.inf), upper, whole=whole, low=low)


def _taken(sites: Sites, limit: Limit, flows: _Flows, chosen: list[int], clock: Clock) -> np.ndarray:
    """Return how many people of each entry these sites take at best."""
    if not len(flows.site):
        return np.zeros(0)
    answer = Model(_programme(sites, limit, flows, sites.open, chosen)).solve(Clock(60.0, clock.look))
    if answer.x is None:
        return np.zeros(len(flows.site))
    return np.asarray(np.clip(answer.x[sites.pairs.facilities :], 0.0, None))


def _ordered(sites: Sites, limit: Limit, flows: _Flows, chosen: list[int], clock: Clock) -> tuple[list[int], float]:
    """Return the sites, the one that adds most first, without those that add nothing; and what is there without."""

    def value(some: list[int]) -> float:
        return float(_taken(sites, limit, flows, some, clock) @ flows.counts[flows.of])

    before = last = value([])
    left, order = list(chosen), list[int]()
    while left:
        with_each = [value([*order, site]) for site in left]
        best = int(np.argmax(with_each))
        if with_each[best] <= last + CLOSE * max(1.0, last):
            break
        last = with_each[best]
        order.append(left.pop(best))
    return order, before
