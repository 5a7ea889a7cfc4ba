"""What each site would add for each group of people: merged rows, sets chosen step by step and improved by exchange.

Covering most people and shortening ways are one question: the sum over people of the best that any chosen site gives
them. A site within reach gives 1; a way of d metres gives what it saves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from qmgis.core.counted import counted

__all__ = [
    "Gains", "Limit", "alike", "bound_of", "exchanged", "gains_of", "greedy", "shaken", "value_of", "with_one_more",
]  # fmt: skip

NOTHING = 1e-9  # a gain below this share of the largest is the rounding of numbers
KICKS, WORK = 30, 2e8  # how often sites are drawn anew, and how many entries are looked at for it at most


@dataclass(frozen=True, eq=False)
class Gains:
    """People alike in what every site gives them, as rows; the best site of each row first.

    ``start``: where each row begins, one more than there are. ``site``, ``gain``: its entries. ``weight``: people of
    each row. ``row``: the row of each origin, -1 for those whom no site gives anything. ``before``: the sum that the
    existing sites give; ``base``: what each origin has of them.
    """

    start: np.ndarray
    site: np.ndarray
    gain: np.ndarray
    weight: np.ndarray
    row: np.ndarray
    base: np.ndarray
    before: float
    sites: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.weight)

    @property
    def of(self) -> np.ndarray:
        """The row of each entry."""
        return np.repeat(np.arange(self.rows), np.diff(self.start))

    def best(self, chosen: Iterable[int]) -> np.ndarray:
        """Return what each row has of the best of the chosen sites."""
        there = np.zeros(self.sites)
        there[list(chosen)] = 1.0
        if not self.rows:
            return np.zeros(0)
        return np.asarray(np.maximum.reduceat(self.gain * there[self.site], self.start[:-1]))


@dataclass(frozen=True, eq=False)
class Limit:
    """How many sites, and at what cost in all: ``cost`` of each site, ``number`` and ``budget`` may be infinite."""

    cost: np.ndarray
    number: float = np.inf
    budget: float = np.inf

    def allows(self, chosen: list[int]) -> np.ndarray:
        """Return which sites may be added to those chosen."""
        room = self.budget - self.cost[chosen].sum() + 1e-9 * max(1.0, min(abs(self.budget), 1e12))
        allowed: np.ndarray = (self.cost <= room) & (len(chosen) < self.number)
        allowed[chosen] = False
        return allowed


def gains_of(
    origin: np.ndarray, site: np.ndarray, worth: np.ndarray, *, weight: np.ndarray, fixed: np.ndarray, open_: np.ndarray
) -> Gains:
    """Return what the open sites add to the fixed ones; ``worth`` is what a site gives to one person of an origin."""
    base = np.zeros(len(weight))
    there = fixed[site]
    np.maximum.at(base, origin[there], worth[there])
    more = worth - base[origin]
    use = open_[site] & (weight[origin] > 0) & (more > NOTHING * max(1.0, float(worth.max(initial=0.0))))
    origin, site, more = origin[use], site[use].astype(np.int32), more[use]
    order = np.lexsort((site, -more, origin))
    origin, site, more = origin[order], site[order], more[order]
    row, first, last = alike(origin, site, more, len(weight))
    start = np.append(0, np.cumsum(last - first))
    of, place = counted(last - first)
    entry = first[of] + place
    people = np.bincount(row[row >= 0], weight[row >= 0], minlength=len(first))
    before = float((weight * base).sum())
    return Gains(start, site[entry], more[entry], people, row, base, before, len(open_))


def alike(
    origin: np.ndarray, site: np.ndarray, more: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row of each origin, and the first and last entry of each row: origins with equal entries share one."""
    at = np.append(0, np.cumsum(np.bincount(origin, minlength=count)))
    seen: dict[bytes, int] = {}
    row = np.full(count, -1, dtype=np.int64)
    first: list[int] = []
    last: list[int] = []
    for number in np.flatnonzero(np.diff(at)):
        begin, end = at[number], at[number + 1]
        place = seen.setdefault(site[begin:end].tobytes() + more[begin:end].tobytes(), len(seen))
        if place == len(first):
            first.append(begin)
            last.append(end)
        row[number] = place
    return row, np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)


def value_of(gains: Gains, chosen: Iterable[int]) -> float:
    """Return what the chosen sites add."""
    return float((gains.weight * gains.best(chosen)).sum())


def added(gains: Gains, has: np.ndarray) -> np.ndarray:
    """Return what each site would add where the rows already have something."""
    of = gains.of
    more = np.maximum(gains.gain - has[of], 0.0) * gains.weight[of]
    return np.asarray(np.bincount(gains.site, more, minlength=gains.sites))


def greedy(gains: Gains, limit: Limit) -> list[int]:
    """Return sites chosen one after the other, each the one that adds most (for its cost, where a budget is given)."""
    price = np.where(limit.cost > 0, limit.cost, 1e-12) if np.isfinite(limit.budget) else 1.0
    return _filled(gains, limit, [], price)


def exchanged(gains: Gains, limit: Limit, chosen: list[int]) -> list[int]:
    """Return the sites after exchanging one for another as long as that adds something (Teitz and Bart)."""
    chosen, value = list(chosen), value_of(gains, chosen)
    improved = True
    while improved:
        improved = False
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            with_each = with_one_more(gains, limit, others)
            best = int(np.argmax(with_each))
            if with_each[best] > value + NOTHING * max(1.0, abs(value)):
                chosen, value, improved = [*others, best], float(with_each[best]), True
    return _filled(gains, limit, chosen)


def with_one_more(gains: Gains, limit: Limit, others: list[int]) -> np.ndarray:
    """Return what the others add together with each site that may join them; -inf where it may not."""
    has = gains.best(others)
    together = float((gains.weight * has).sum()) + added(gains, has)
    return np.where(limit.allows(others), together, -np.inf)


def _filled(gains: Gains, limit: Limit, chosen: list[int], price: np.ndarray | float = 1.0) -> list[int]:
    """Return the chosen sites and what still fits beside them, each next one the one that adds most for its price."""
    chosen = list(chosen)
    while True:
        more = np.where(limit.allows(chosen), added(gains, gains.best(chosen)), 0.0)
        if not more.any():
            return chosen
        chosen.append(int(np.argmax(more / price)))


def shaken(gains: Gains, limit: Limit, chosen: list[int], look: Callable[[], None]) -> list[int]:
    """Return the best of several exchanges, each begun with a part of the best so far and other sites drawn at random.

    The draws are the same every time. ``look`` is called before each: what it raises ends the work.
    """
    best, value = list(chosen), value_of(gains, chosen)
    rng = np.random.default_rng(0)
    drawn = max(2, len(best) // 5)
    kicks = int(np.clip(WORK / max(1, len(gains.site) * len(best) ** 2), 3, KICKS)) if len(best) > 1 else 0
    for _ in range(kicks):
        look()
        tried = [best[place] for place in sorted(rng.permutation(len(best))[drawn:])]
        for _ in range(drawn):
            free = np.flatnonzero(limit.allows(tried))
            if len(free):
                tried.append(int(rng.choice(free)))
        tried = exchanged(gains, limit, tried)
        if value_of(gains, tried) > value:
            best, value = tried, value_of(gains, tried)
    return best


def bound_of(gains: Gains, limit: Limit, chosen: list[int]) -> float:
    """Return a sum that no choice can exceed: the chosen, and as much again as single sites could add to them.

    Nemhauser, Wolsey & Fisher, Mathematical Programming 14, 1978, p. 265: each further site adds less.
    """
    more = added(gains, gains.best(chosen))
    value, found = value_of(gains, chosen), []
    if np.isfinite(limit.number):
        found.append(float(np.sort(more)[::-1][: int(limit.number)].sum()))
    if np.isfinite(limit.budget):
        order = np.argsort(-more / np.maximum(limit.cost, 1e-12), kind="stable")
        spent = np.append(0.0, np.cumsum(limit.cost[order]))
        part = np.clip((limit.budget - spent[:-1]) / np.maximum(limit.cost[order], 1e-12), 0.0, 1.0)
        found.append(float((part * more[order]).sum()))
    return value + min(found, default=float(more.sum()))
