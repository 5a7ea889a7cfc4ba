"""A region while it is being searched: its sums, what it lacks, what it is worth, one unit more or fewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, pi
from typing import NamedTuple

from qmgis.core.regions._graph import Graph
from qmgis.errors import DataError

__all__ = ["Aim", "Limits", "State", "Sums"]

HECTARE = 10_000.0
NEARLY = 1e-9


@dataclass(frozen=True)
class Limits:
    """What a region has to keep: residents, hectares, cost, number of units, compactness (4 pi A / U², 0-1)."""

    min_population: float = 0.0
    max_population: float = inf
    min_hectares: float = 0.0
    max_hectares: float = inf
    budget: float = inf
    max_units: float = inf
    min_compactness: float = 0.0

    def __post_init__(self) -> None:
        lower = (self.min_population, self.min_hectares, self.min_compactness)
        upper = (self.max_population, self.max_hectares, self.budget, self.max_units)
        turned = self.min_population > self.max_population or self.min_hectares > self.max_hectares
        if turned or not all(one >= 0 for one in lower) or not all(one > 0 for one in upper):
            raise DataError(
                "Limits of an area need a lower one that is at least 0 and not above the upper one; correct them.",
                de="Grenzen für ein Gebiet brauchen eine untere, die mindestens 0 und nicht größer als die obere ist; "
                "berichtigen.",
            )


@dataclass(frozen=True)
class Aim:
    """What counts.

    ``entry``: from which score on a resident adds, in standard deviations; below it takes away. ``flagged``: what a
    resident of a flagged unit adds beyond. ``outline``: how much a short outline weighs; 0 not at all.
    """

    entry: float = 1.0
    flagged: float = 1.0
    outline: float = 0.1


class Sums(NamedTuple):
    """What the units of a region add up to; the outline is that of all of them together."""

    population: float
    area_m2: float
    perimeter_m: float
    cost: float
    gain: float
    units: int

    def allowed(self, limits: Limits) -> bool:
        """Return whether the upper limits hold."""
        return (
            self.population <= limits.max_population + NEARLY
            and self.area_m2 <= limits.max_hectares * HECTARE + NEARLY
            and self.cost <= limits.budget + NEARLY
            and self.units <= limits.max_units
        )

    def lacking(self, limits: Limits) -> float:
        """Return by how much lower limits are missed, as shares of the limits."""
        short = 0.0
        if self.population < limits.min_population - NEARLY:
            short += 1 - self.population / limits.min_population
        if self.area_m2 < limits.min_hectares * HECTARE - NEARLY:
            short += 1 - self.area_m2 / (limits.min_hectares * HECTARE)
        if limits.min_compactness > 0 and self.perimeter_m > 0:
            short += max(0.0, 1 - 4 * pi * self.area_m2 / self.perimeter_m**2 / limits.min_compactness)
        return short

    def value(self, weight: float) -> float:
        """Return what the residents add, less the outline."""
        return self.gain - weight * self.perimeter_m


class State:
    """Units that are in, and the border that each unit outside shares with them; changed step by step."""

    def __init__(self, graph: Graph, members: Iterable[int], limits: Limits, aim: Aim) -> None:
        self.graph, self.limits, self.aim = graph, limits, aim
        self.weight = aim.outline * graph.metre
        self.members: set[int] = set()
        self.shared: dict[int, float] = {}
        self.touch: dict[int, int] = {}
        self.sums = Sums(0.0, 0.0, 0.0, 0.0, 0.0, 0)
        for unit in sorted(members):
            self.add(unit)

    def value(self) -> float:
        """Return what the region is worth by its aim."""
        return self.sums.value(self.weight)

    def lacking(self) -> float:
        """Return by how much it misses its lower limits."""
        return self.sums.lacking(self.limits)

    def is_allowed(self) -> bool:
        """Return whether it keeps its upper limits."""
        return bool(self.members) and self.sums.allowed(self.limits)

    def border(self, barred: set[int]) -> list[int]:
        """Return the units outside that one can come to in one step, ascending."""
        return sorted(unit for unit, links in self.touch.items() if links and unit not in barred)

    def plus(self, unit: int) -> Sums:
        """Return the sums with one unit more."""
        return self._moved(self.sums, unit, self.shared.get(unit, 0.0), 1)

    def without(self, unit: int) -> Sums:
        """Return the sums with one unit fewer."""
        return self._moved(self.sums, unit, self.shared.get(unit, 0.0), -1)

    def swapped(self, unit: int, other: int) -> Sums:
        """Return the sums with ``unit`` in and ``other`` out."""
        fewer = self.without(other)
        shared = self.shared.get(unit, 0.0) - self.graph.borders[unit].get(other, 0.0)
        return self._moved(fewer, unit, shared, 1)

    def after(self, sums: Sums, chain: tuple[int, ...], unit: int) -> Sums:
        """Return the sums with a unit after a chain of others, whose sums are given."""
        borders = self.graph.borders[unit]
        shared = self.shared.get(unit, 0.0) + sum(borders.get(one, 0.0) for one in chain)
        return self._moved(sums, unit, shared, 1)

    def add(self, unit: int) -> None:
        """Take a unit in."""
        self.sums = self.plus(unit)
        self.members.add(unit)
        self._touched(unit, 1)

    def drop(self, unit: int) -> None:
        """Let a unit go."""
        self.sums = self.without(unit)
        self.members.discard(unit)
        self._touched(unit, -1)

    def _touched(self, unit: int, sign: int) -> None:
        for other, metres in self.graph.borders[unit].items():
            self.shared[other] = self.shared.get(other, 0.0) + sign * metres
        for other in self.graph.links[unit]:
            self.touch[other] = self.touch.get(other, 0) + sign

    def _moved(self, sums: Sums, unit: int, shared: float, sign: int) -> Sums:
        graph = self.graph
        return Sums(
            sums.population + sign * graph.population[unit],
            sums.area_m2 + sign * graph.area_m2[unit],
            sums.perimeter_m + sign * (graph.perimeter_m[unit] - 2 * shared),
            sums.cost + sign * graph.cost[unit],
            sums.gain + sign * graph.gain(unit, self.aim),
            sums.units + sign,
        )
