"""Units and their borders as lists: which hang together, which hold others together, the cheapest chain between."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from qmgis.core.regions._state import Aim
    from qmgis.core.regions.grown import Units

__all__ = ["Graph", "articulations", "joined", "parts_of"]

NEVER = -1e6  # units whose score is unknown are taken last, and count as the mean


@dataclass(frozen=True, eq=False)
class Graph:
    """Units as lists of plain numbers, which single steps read faster than arrays.

    ``links``: open neighbours of each unit, ascending. ``borders``: metres that it shares with each unit that it
    touches, behind a barrier too. ``metre``: what a metre of outline weighs beside residents.
    """

    links: list[list[int]]
    borders: list[dict[int, float]]
    population: list[float]
    score: list[float]
    flag: list[bool]
    area_m2: list[float]
    perimeter_m: list[float]
    cost: list[float]
    metre: float

    @classmethod
    def of(cls, units: Units) -> Graph:
        """Return the lists of units."""
        links: list[list[int]] = [[] for _ in range(units.size)]
        borders: list[dict[int, float]] = [{} for _ in range(units.size)]
        rows = zip(units.pairs.tolist(), units.border_m.tolist(), units.open.tolist(), strict=True)
        for (one, other), metres, is_open in rows:
            borders[one][other] = borders[other][one] = metres
            if is_open:
                links[one].append(other)
                links[other].append(one)
        score = np.where(np.isnan(units.score), np.where(units.flag, 0.0, NEVER), units.score)
        outline = float(units.perimeter_m.sum())
        metre = float(units.population.sum()) / outline if outline > 0 else 0.0
        return cls(
            [sorted(near) for near in links], borders, units.population.tolist(), score.tolist(), units.flag.tolist(),
            units.area_m2.tolist(), units.perimeter_m.tolist(), units.cost.tolist(), metre,
        )  # fmt: skip

    def gain(self, unit: int, aim: Aim) -> float:
        """Return what the residents of a unit add."""
        score = self.score[unit]
        own = 0.0 if score == NEVER else score
        return self.population[unit] * (own - aim.entry + (aim.flagged if self.flag[unit] else 0.0))


def parts_of(graph: Graph, units: Collection[int]) -> list[list[int]]:
    """Return the connected parts of some units, each ascending, in the order of their first."""
    left, found = set(units), []
    for start in sorted(left):
        if start not in left:
            continue
        part, stack = [start], [start]
        left.discard(start)
        while stack:
            for other in graph.links[stack.pop()]:
                if other in left:
                    left.discard(other)
                    part.append(other)
                    stack.append(other)
        found.append(sorted(part))
    return found


def articulations(graph: Graph, members: Collection[int]) -> set[int]:
    """Return the members without which the others fall apart (Tarjan 1972, without recursion)."""
    inside, found = set(members), set[int]()
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    for root in sorted(inside)[:1]:
        order[root] = low[root] = 0
        stack = [(root, -1, iter(graph.links[root]))]
        branches = 0
        while stack:
            unit, parent, others = stack[-1]
            follow = None
            for one in others:
                if one != parent and one in inside:
                    follow = one
                    break
            if follow is None:
                stack.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[unit])
                    branches += parent == root
                    if parent != root and low[unit] >= order[parent]:
                        found.add(parent)
            elif follow in order:
                low[unit] = min(low[unit], order[follow])
            else:
                order[follow] = low[follow] = len(order)
                stack.append((follow, unit, iter(graph.links[follow])))
        if branches > 1:
            found.add(root)
    return found


def joined(
    graph: Graph, units: Sequence[int], barred: Collection[int], *, close: Collection[int] = ()
) -> set[int] | None:
    """Return units with the fewest residents between them that connect them; None where nothing does.

    Parameters
    ----------
    graph
        Units and links.
    units
        What has to hang together; nothing gives nothing.
    barred
        Units that may not be used.
    close
        What is connected already and joins first.
    """
    if not units:
        return set()
    rest, out = set(units), set(barred)
    if rest & out:
        return None
    inside = set(close) or {units[0]}
    rest -= inside
    while rest:
        chain = _chain(graph, inside, rest, out)
        if chain is None:
            return None
        inside |= set(chain)
        rest -= inside
    return inside


def _chain(graph: Graph, start: Iterable[int], ends: set[int], out: set[int]) -> list[int] | None:
    """Return the units on the way from a set to the nearest of others, by residents passed, then number of units."""
    queue = [(0.0, 0, unit, -1) for unit in sorted(start)]
    before: dict[int, int] = {}
    while queue:
        passed, steps, unit, last = heappop(queue)
        if unit in before:
            continue
        before[unit] = last
        if unit in ends:
            chain = [unit]
            while before[chain[-1]] >= 0:
                chain.append(before[chain[-1]])
            return chain
        for other in graph.links[unit]:
            if other not in before and other not in out:
                own = 0.0 if other in ends else graph.population[other]
                heappush(queue, (passed + own, steps + 1, other, unit))
    return None
