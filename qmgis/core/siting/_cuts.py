"""The best set of sites by whole-number programming: few rows first, and those that are missing when they are missed.

The best that chosen sites give a row of people is a concave sum: with its sites from best to worst, for every place k

    best <= gain_k + Σ_{i<k} (gain_i - gain_k) x_i

(Benders cuts; Cordeau, Furini & Ljubić, European Journal of Operational Research 275, 2019, p. 882; Duran-Mateluna,
Ales & Elloumi, ibid. 304, 2023, p. 87). Where a row has one gain only, as for coverage, one such line says all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from qmgis.core.counted import counted
from qmgis.core.siting._gains import Gains, Limit, exchanged, value_of
from qmgis.core.siting._highs import Answer, Clock, Model, Programme

__all__ = ["Other", "Proof", "another_set", "best_set", "relaxed"]

# How far a row may stand above its line, where gains reach up to 1,000: the solver holds lines to 1e-6.
MISSED = 3e-6
CLOSE = 1e-7  # sums nearer than this share are equal: the solver's numbers are no more exact


@dataclass(frozen=True, eq=False)
class Proof:
    """The best sites found, and what no choice can exceed."""

    chosen: list[int]
    bound: float


@dataclass(frozen=True, eq=False)
class Other:
    """Whether there is another set as good, None where time was too short; and what no other set can exceed."""

    exists: bool | None
    bound: float


@dataclass(eq=False)
class Lines:
    """The lines that are known so far: ``rows`` (sites first, then the rows of people) x <= ``most``."""

    rows: csr_array
    most: np.ndarray
    complete: bool

    def add(self, rows: csr_array, most: np.ndarray) -> None:
        """Add more of them."""
        self.rows = csr_array(vstack([self.rows, rows]))
        self.most = np.append(self.most, most)

    def near(self, x: np.ndarray) -> Lines:
        """Return those that hold ``x`` back; the others come back when they are missed."""
        tight = self.most - self.rows @ x <= 1e-6 * np.maximum(1.0, np.abs(self.most))
        return Lines(self.rows[tight], self.most[tight], self.complete)


@dataclass(frozen=True, eq=False)
class Ground:
    """What is known where parts of sites are allowed: ``bound``, the columns ``x`` and their prices."""

    lines: Lines
    bound: float = np.inf
    x: np.ndarray | None = None
    price: np.ndarray | None = None


def best_set(gains: Gains, limit: Limit, start: list[int], clock: Clock) -> Proof:
    """Return the best sites found from ``start`` on, and the bound."""
    ground = _ground(gains, limit, start, clock)
    chosen, value, bound = list(start), value_of(gains, start), ground.bound
    if ground.x is not None:
        rounded = _rounded(gains, limit, ground.x)
        if value_of(gains, rounded) > value:
            chosen, value = rounded, value_of(gains, rounded)
    while bound - value > CLOSE * max(1.0, value) and clock.left > 0:
        answer = _whole(gains, limit, ground, value, clock, begin=chosen)
        bound = value if answer.is_infeasible else min(bound, -answer.bound)
        if answer.x is None:
            break
        found, missed = _read(gains, answer)
        if value_of(gains, found) > value:
            chosen, value = found, value_of(gains, found)
        if missed is None:
            break
        ground.lines.add(*missed)
    return Proof(chosen, max(bound, value))


def another_set(gains: Gains, limit: Limit, known: list[int], clock: Clock) -> Other:
    """Return whether another set is worth as much as the known one; where none is, the known one is the best.

    ``known`` must be a set to which nothing can be added within the limit that is worth anything.
    """
    goal = value_of(gains, known) * (1 - CLOSE)
    ground = _ground(gains, limit, known, clock, without=known)
    bound = ground.bound
    while clock.left > 0 and bound >= goal:
        answer = _whole(gains, limit, ground, goal, clock, without=known, enough=-goal)
        bound = -np.inf if answer.is_infeasible else min(bound, -answer.bound)
        if answer.x is None:
            break
        found, missed = _read(gains, answer)
        if value_of(gains, found) >= goal:
            return Other(exists=True, bound=bound)
        if missed is None:
            break
        ground.lines.add(*missed)
    return Other(exists=False if bound < goal else None, bound=bound)


def relaxed(gains: Gains, limit: Limit, start: list[int], clock: Clock) -> Proof:
    """Return ``start`` or the sites near the best with parts of sites allowed, and the bound of these."""
    ground = _ground(gains, limit, start, clock)
    found = list(start) if ground.x is None else _rounded(gains, limit, ground.x)
    return Proof(max(start, found, key=lambda some: value_of(gains, some)), ground.bound)


def _ground(gains: Gains, limit: Limit, start: list[int], clock: Clock, *, without: list[int] | None = None) -> Ground:
    """Return the lines that matter where parts of sites are allowed, and what is known then."""
    lines = _first(gains, start)
    ground, model = Ground(lines), Model(_programme(gains, limit, lines, without))
    while clock.left > 0:
        answer = model.solve(clock)
        if answer.is_infeasible:
            return Ground(lines, -np.inf)
        if answer.x is None or not np.isfinite(answer.bound):
            break
        ground = Ground(lines, min(ground.bound, -answer.bound), answer.x, answer.price)
        missed = None if lines.complete else _missed(gains, answer.x)
        if missed is None:
            break
        lines.add(*missed)
        model.add(*missed)
    if lines.complete or ground.x is None:
        return ground
    return replace(ground, lines=lines.near(ground.x))


def _whole(
    gains: Gains, limit: Limit, ground: Ground, goal: float, clock: Clock, *, without: list[int] | None = None,
    begin: list[int] | None = None, enough: float = np.inf,
) -> Answer:  # fmt: skip
    """Return the answer in whole sites, those left out that no set as good as ``goal`` can have."""
    programme = _programme(gains, limit, ground.lines, without, whole=True)
    if ground.x is not None and ground.price is not None:
        slack = ground.bound - goal + CLOSE * max(1.0, abs(goal))
        price = ground.price[: gains.sites]
        programme.high[: gains.sites][(price > slack) & (ground.x[: gains.sites] < 0.5)] = 0.0
    start = None if begin is None else _columns(gains, begin)
    return Model(programme).solve(clock, start=start, enough=enough)


def _read(gains: Gains, answer: Answer) -> tuple[list[int], tuple[csr_array, np.ndarray] | None]:
    """Return the sites of an answer, and the lines that it stands above."""
    x = np.zeros(0) if answer.x is None else answer.x
    sites = np.round(x[: gains.sites])
    return [int(site) for site in np.flatnonzero(sites)], _missed(gains, np.append(sites, x[gains.sites :]))


def _rounded(gains: Gains, limit: Limit, x: np.ndarray) -> list[int]:
    """Return whole sites near parts of sites, improved by exchange."""
    chosen: list[int] = []
    for site in np.argsort(-x[: gains.sites], kind="stable"):
        if x[site] > 1e-6 and limit.allows(chosen)[site]:
            chosen.append(int(site))
    return exchanged(gains, limit, chosen)


def _first(gains: Gains, start: list[int]) -> Lines:
    """Return all lines where each row has one gain, else those that matter for the sites to begin with."""
    lowest = gains.gain[gains.start[1:] - 1] if gains.rows else np.zeros(0)
    even = gains.gain[gains.start[:-1]] - lowest <= 0
    x = np.zeros(gains.sites)
    x[start] = 1.0
    level, part, _ = _tangent(gains, x)
    level[even] = 0.0
    part = np.where(np.repeat(even, np.diff(gains.start)), gains.gain, part)
    return Lines(*_rows(gains, np.arange(gains.rows), level, part), complete=bool(even.all()))


def _tangent(gains: Gains, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lowest line of each row at ``x``: its level, the slope of each entry, and its height there."""
    there = x[gains.site]
    whole = np.append(0.0, np.cumsum(there))
    filled = whole[1:] - np.repeat(whole[gains.start[:-1]], np.diff(gains.start))
    entry = np.arange(len(there))
    end = len(there)
    first = np.minimum.reduceat(np.where(filled >= 1 - 1e-9, entry, end), gains.start[:-1])
    stops = first < gains.start[1:]
    level = np.where(stops, gains.gain[np.minimum(first, end - 1)], 0.0)
    of = gains.of
    slope = np.where(entry < np.where(stops, first, gains.start[1:])[of], gains.gain - level[of], 0.0)
    height = level + np.add.reduceat(slope * there, gains.start[:-1])
    return level, slope, height


def _missed(gains: Gains, x: np.ndarray) -> tuple[csr_array, np.ndarray] | None:
    """Return the lines that ``x`` stands above, None where there are none."""
    level, slope, height = _tangent(gains, x[: gains.sites])
    above = x[gains.sites :] - height > MISSED
    some = np.flatnonzero(above)
    if not len(some):
        return None
    return _rows(gains, some, level[some], slope[above[gains.of]])


def _rows(gains: Gains, some: np.ndarray, level: np.ndarray, slope: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """Return lines as rows: best - Σ slope x <= level."""
    of, place = counted(np.diff(gains.start)[some])
    entry = gains.start[some][of] + place
    keep = slope > 0
    row = np.concatenate([of[keep], np.arange(len(some))])
    column = np.concatenate([gains.site[entry][keep], gains.sites + some])
    value = np.concatenate([-slope[keep], np.ones(len(some))])
    return csr_array((value, (row, column)), shape=(len(some), gains.sites + gains.rows)), level


def _columns(gains: Gains, chosen: list[int]) -> np.ndarray:
    x = np.zeros(gains.sites)
    x[chosen] = 1.0
    return np.append(x, gains.best(chosen))


def _programme(
    gains: Gains, limit: Limit, lines: Lines, without: list[int] | None, *, whole: bool = False
) -> Programme:
    """Return the programme: the most that rows can have of their lines, within the limit."""
    count = gains.sites
    useful = np.bincount(gains.site, minlength=count) > 0
    rules, most = [], []
    if np.isfinite(limit.number):
        rules.append(np.ones(count))
        most.append(float(limit.number))
    if np.isfinite(limit.budget):
        rules.append(limit.cost)
        most.append(float(limit.budget))
    if without is not None:
        rules.append(np.isin(np.arange(count), without).astype(float))
        most.append(len(without) - 1.0)
    beside = csr_array(np.hstack([np.array(rules).reshape(-1, count), np.zeros((len(rules), gains.rows))]))
    rows = csr_array(vstack([lines.rows, beside]))
    high = np.append(useful.astype(float), gains.gain[gains.start[:-1]])
    cost = np.append(np.zeros(count), -gains.weight)
    upper = np.append(lines.most, most)
    return Programme(cost, high, rows, np.full(len(upper), -np.inf), upper, whole=count if whole else 0)
