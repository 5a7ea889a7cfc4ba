"""Connected regions grown from units that stand out, within limits: where they start, what they take in, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from qmgis.core.regions._cut import cut
from qmgis.core.regions._graph import Graph, articulations, joined, parts_of
from qmgis.core.regions._search import grown, refined
from qmgis.core.regions._state import Aim, Limits, State
from qmgis.errors import DataError

__all__ = ["Aim", "Limits", "Reason", "Region", "Units", "best_region", "cores", "reached", "without_barriers"]

Reason = Literal["asked", "flagged", "score", "link", "minimum", "outline"]
SEEDS = 4  # single units from which a region is grown anew, beside the whole core


@dataclass(frozen=True, eq=False)
class Units:
    """Blocks or areas as arrays; ties go to the one that comes first.

    ``population``: residents, float (n,), at least 0. ``score``: higher is more pressing, in standard deviations, float
    (n,); NaN where unknown. ``flag``: bool (n,). ``area_m2``, ``perimeter_m``: float (n,). ``pairs``: numbers of units
    that touch, each pair once, int (m, 2). ``border_m``: the border that they share, float (m,). ``open``: whether one
    can go from one to the other, bool (m,); False where a barrier separates them. ``cost``: float (n,).
    """

    population: np.ndarray
    score: np.ndarray
    flag: np.ndarray
    area_m2: np.ndarray
    perimeter_m: np.ndarray
    pairs: np.ndarray
    border_m: np.ndarray
    open: np.ndarray
    cost: np.ndarray
    graph: Graph = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size, many = len(self.population), len(self.pairs)
        each = (self.score, self.flag, self.area_m2, self.perimeter_m, self.cost)
        fits = all(len(one) == size for one in each) and len(self.border_m) == len(self.open) == many
        numbers = (self.population, self.area_m2, self.perimeter_m, self.cost)
        known = fits and all(bool((np.isfinite(one) & (one >= 0)).all()) for one in numbers)
        if not known or (many and not 0 <= self.pairs.min() <= self.pairs.max() < size):
            raise DataError(
                "Units of a region need residents, land, outline and cost that are known and not negative, and pairs "
                "of units that exist; leave out units without.",
                de="Einheiten eines Gebiets brauchen Einwohner, Fläche, Umriss und Kosten, die bekannt und nicht "
                "negativ sind, und Paare vorhandener Einheiten; Einheiten ohne diese ausnehmen.",
            )
        object.__setattr__(self, "graph", Graph.of(self))

    @property
    def size(self) -> int:
        """How many units there are."""
        return len(self.population)


@dataclass(frozen=True)
class Region:
    """A connected set of units and its sums.

    ``members``: numbers of units, ascending. ``reasons``: why each is in. ``lacking``: by how much lower limits are
    missed, as a share, 0 where all hold. ``value``: what the aim adds up to; to be compared under one aim only.
    """

    members: tuple[int, ...]
    reasons: tuple[tuple[Reason, ...], ...]
    population: float
    area_m2: float
    perimeter_m: float
    cost: float
    value: float
    lacking: float

    @property
    def compactness(self) -> float:
        """4 pi A / U²: 1 for a circle, 0.785 for a square; holes and tongues lower it."""
        return 4 * np.pi * self.area_m2 / self.perimeter_m**2 if self.perimeter_m > 0 else 0.0


def without_barriers(units: Units) -> Units:
    """Return the same units, every pair that touches open.

    Examples
    --------
    >>> without_barriers(toy_units(barrier=True)).open.all()
    np.True_
    """
    return replace(units, open=np.ones(len(units.pairs), dtype=bool))


def reached(units: Units, start: int, *, barred: Collection[int] = ()) -> tuple[int, ...]:
    """Return the units that one can come to from a unit, itself among them, without those barred.

    Examples
    --------
    >>> reached(toy_units(barrier=True), 0)
    (0, 1, 3, 4, 6, 7)
    """
    usable = set(range(units.size)) - set(barred)
    return next((tuple(part) for part in parts_of(units.graph, usable) if start in part), ())


def cores(
    units: Units, *, limits: Limits, entry: float = 1.0, barred: Collection[int] = ()
) -> tuple[tuple[int, ...], ...]:
    """Return where regions start: connected flagged units, with units of a high score beside them.

    Parts with more residents than the limit are cut at the border of a spanning tree that leaves the two parts most
    alike in themselves, as long as both reach the lower limit.

    Parameters
    ----------
    units
        Blocks or areas.
    limits
        ``min_population`` and ``max_population`` decide about cuts.
    entry
        Units beside flagged ones start a region with them from this score on.
    barred
        Units that no region may hold.

    Returns
    -------
    tuple
        Numbers of units, ascending; the core with most residents × score first.

    References
    ----------
    Assunção et al., International Journal of Geographical Information Science 20, 2006, p. 797 (SKATER).

    Examples
    --------
    >>> cores(toy_units(), limits=Limits())
    ((4, 5, 8),)
    """
    out, near = set(barred), units.graph.links
    flagged = [unit for unit in range(units.size) if units.flag[unit] and unit not in out]
    beside = {other for unit in flagged for other in near[unit] if units.score[other] > entry and other not in out}
    found = parts_of(units.graph, {*flagged, *beside})
    pieces = [tuple(piece) for part in found for piece in cut(units.graph, part, limits)]
    burden = {piece: sum(units.graph.gain(unit, Aim(0.0, 0.0, 0.0)) for unit in piece) for piece in pieces}
    return tuple(sorted(pieces, key=lambda piece: (-burden[piece], piece)))


def best_region(
    units: Units, core: Sequence[int], *, limits: Limits, aim: Aim | None = None, asked: Collection[int] = (),
    barred: Collection[int] = (), begun: Collection[Sequence[int]] = (),
) -> Region | None:  # fmt: skip
    """Return a connected region around a core that keeps the limits and holds most of what the aim counts.

    Grown from the core, and from its weightiest units alone: the neighbour with the highest score + flagged × flag +
    outline × shared border / its own outline first, until the lower limits are reached; then units are added, dropped,
    exchanged and reached by a chain of others as long as Σ residents × (score - entry + flagged × flag) - outline ×
    length of the outline rises. Never above an upper limit, never without a unit asked for, always connected. A good
    answer, not proved to be the best.

    Parameters
    ----------
    units
        Blocks or areas.
    core
        Numbers of units to start from.
    limits, aim
        What has to hold, and what counts.
    asked, barred
        Units that are in, whatever they count, and units that are out.
    begun
        Regions to start from instead of single units, such as the answer under one limit more: the result is never
        worse.

    Returns
    -------
    Region or None
        None where no start keeps the upper limits. ``lacking`` is above 0 where a lower limit could not be reached.

    References
    ----------
    Openshaw & Rao, Environment and Planning A 27, 1995, p. 425 (exchange along the border).

    Examples
    --------
    >>> found = best_region(toy_units(), (4, 5, 8), limits=Limits(min_population=400))
    >>> found.members, found.reasons[-2:], found.population
    ((4, 5, 7, 8), (('minimum',), ('flagged', 'score', 'minimum')), 400.0)
    """
    goal, out = aim or Aim(), set(barred)
    must = joined(units.graph, sorted(set(asked)), out)
    if must is None:
        return None
    best: tuple[tuple[float, float, tuple[int, ...]], State] | None = None
    for start in _starts(units, core, must, out, begun, goal):
        state = State(units.graph, start, limits, goal)
        if not state.is_allowed():
            continue
        state = refined(grown(state, out), out, set(asked))
        rank = (round(state.lacking(), 9), -round(state.value(), 6), tuple(sorted(state.members)))
        if best is None or rank < best[0]:
            best = (rank, state)
    return None if best is None else _region(units, best[1], set(asked))


def _starts(
    units: Units, core: Sequence[int], must: set[int], out: set[int], begun: Collection[Sequence[int]], aim: Aim
) -> list[set[int]]:
    """Return sets of units to start from, each connected."""
    graph = units.graph
    usable = [unit for unit in core if unit not in out]
    seeds = [] if begun else sorted(usable, key=lambda unit: (-graph.gain(unit, aim), unit))[:SEEDS]
    wished = [set(usable), *({seed} for seed in seeds)]
    starts = [joined(graph, sorted(wish | must), out, close=must) for wish in wished if wish or must]
    known = [set(one) for one in begun if must <= set(one) and not out & set(one)]
    found: list[set[int]] = [*known, *([must] if must else [])]
    found += [start for start in starts if start is not None]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _region(units: Units, state: State, asked: set[int]) -> Region:
    state = State(units.graph, state.members, state.limits, state.aim)  # sums in one order, whatever the steps were
    members = tuple(sorted(state.members))
    ties = articulations(units.graph, state.members)
    reasons = tuple(_reasons(units, state, unit, asked, ties) for unit in members)
    sums = state.sums
    return Region(
        members, reasons, sums.population, sums.area_m2, sums.perimeter_m, sums.cost, state.value(), state.lacking()
    )


def _reasons(units: Units, state: State, unit: int, asked: set[int], ties: set[int]) -> tuple[Reason, ...]:
    """Return everything that speaks for a unit; ``outline`` where nothing else does: it rounds off, at no cost."""
    alone = len(state.members) < 2
    holds: dict[Reason, bool] = {
        "asked": unit in asked,
        "flagged": bool(units.flag[unit]),
        "score": bool(units.score[unit] > state.aim.entry),
        "link": unit in ties,
        "minimum": not alone and state.without(unit).lacking(state.limits) > state.lacking() + 1e-12,
    }
    return tuple(reason for reason, is_so in holds.items() if is_so) or ("outline",)
