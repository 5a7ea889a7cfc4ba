"""A region grown to its lower limits, then changed step by step as long as that gains."""

from __future__ import annotations

from heapq import heappop, heappush, nlargest

from qmgis.core.regions._graph import articulations
from qmgis.core.regions._state import HECTARE, State, Sums

__all__ = ["grown", "refined"]

EXCHANGED = 16  # units on each side that are tried against each other
LOOKED_AT = 150  # units outside that are looked at for chains
LONGEST = 3  # units of a chain: what lies farther away is a place of its own


def grown(state: State, barred: set[int]) -> State:
    """Return a state with neighbours added until residents and hectares suffice, or none fits any more."""
    graph, limits, aim = state.graph, state.limits, state.aim

    def rate(unit: int) -> float:
        flagged = aim.flagged if graph.flag[unit] else 0.0
        outline = graph.perimeter_m[unit]
        return graph.score[unit] + flagged + aim.outline * (state.shared[unit] / outline if outline > 0 else 1.0)

    while state.sums.population < limits.min_population or state.sums.area_m2 < limits.min_hectares * HECTARE:
        fitting = [
            unit for unit in state.border(barred) if unit not in state.members and state.plus(unit).allowed(limits)
        ]
        if not fitting:
            break
        state.add(max(fitting, key=lambda unit: (rate(unit), -unit)))
    return state


def refined(state: State, barred: set[int], asked: set[int]) -> State:
    """Return a state that no single step improves: one unit in, one out, one against another, a chain of units in."""
    while True:
        step = _single(state, barred, asked) or _exchange(state, barred, asked) or _chained(state, barred)
        if step is None:
            return state
        into, out = step
        for unit in into:
            state.add(unit)
        for unit in out:
            state.drop(unit)


Step = tuple[tuple[int, ...], tuple[int, ...]]


def _single(state: State, barred: set[int], asked: set[int]) -> Step | None:
    """Return the unit whose coming or going gains most."""
    best = _Best(state)
    for unit in _outside(state, barred):
        best.see(state.plus(unit), ((unit,), ()))
    for unit in _loose(state, asked):
        best.see(state.without(unit), ((), (unit,)))
    return best.step


def _exchange(state: State, barred: set[int], asked: set[int]) -> Step | None:
    """Return the two units, one outside and one inside, whose exchange gains most."""
    best = _Best(state)
    graph, aim = state.graph, state.aim
    come = nlargest(EXCHANGED, _outside(state, barred), key=lambda unit: (graph.gain(unit, aim), -unit))
    go = nlargest(EXCHANGED, _loose(state, asked), key=lambda unit: (-graph.gain(unit, aim), -unit))
    for unit in come:
        near = graph.links[unit]
        for other in go:
            if state.touch[unit] - (other in near) > 0:
                best.see(state.swapped(unit, other), ((unit,), (other,)))
    return best.step


def _chained(state: State, barred: set[int]) -> Step | None:
    """Return the chain of units outside that leads to one that counts, if the whole gains."""
    graph, aim, best = state.graph, state.aim, _Best(state)
    queue: list[tuple[float, int, tuple[int, ...], Sums]] = []

    def follow(passed: float, chain: tuple[int, ...], sums: Sums, unit: int) -> None:
        longer = state.after(sums, chain, unit)
        if longer.allowed(state.limits):
            heappush(queue, (passed + max(0.0, -graph.gain(unit, aim)), unit, (*chain, unit), longer))

    for unit in _outside(state, barred):
        follow(0.0, (), state.sums, unit)
    seen: set[int] = set()
    while queue and len(seen) < LOOKED_AT:
        passed, unit, chain, sums = heappop(queue)
        if unit in seen:
            continue
        seen.add(unit)
        if len(chain) > 1 and graph.gain(unit, aim) > 0:
            best.see(sums, (chain, ()))
        if len(chain) < LONGEST:
            for near in graph.links[unit]:
                if near not in seen and near not in barred and near not in state.members:
                    follow(passed, chain, sums, near)
    return best.step


def _outside(state: State, barred: set[int]) -> list[int]:
    return [unit for unit in state.border(barred) if unit not in state.members]


def _loose(state: State, asked: set[int]) -> list[int]:
    """Return the members that may go without the others falling apart."""
    if len(state.members) < 2:
        return []
    return sorted(state.members - articulations(state.graph, state.members) - asked)


class _Best:
    """The best step seen: what is lacking first, then the value; the first of equal ones."""

    def __init__(self, state: State) -> None:
        self.limits, self.weight = state.limits, state.weight
        self.lacking, self.value = state.lacking(), state.value()
        self.step: Step | None = None

    def see(self, sums: Sums, step: Step) -> None:
        """Keep a step if it is allowed and better than all before."""
        if not sums.allowed(self.limits):
            return
        lacking, value = sums.lacking(self.limits), sums.value(self.weight)
        slack = 1e-9 * (1 + abs(self.value))
        if lacking < self.lacking - 1e-12 or (lacking <= self.lacking + 1e-12 and value > self.value + slack):
            self.lacking, self.value, self.step = min(lacking, self.lacking), value, step
