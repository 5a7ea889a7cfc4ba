"""Regions: every connected set tried on small cases, what must always hold, and hand-made ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.regions._cut import cut
from qmgis.core.regions._graph import articulations, joined
from qmgis.core.regions._search import grown, refined
from qmgis.core.regions._state import State
from qmgis.core.regions.grown import Aim, Limits, Units, best_region, cores, reached, without_barriers
from qmgis.errors import DataError
from tests.toy import toy_units

SIDE = 100.0
seeds = st.integers(0, 100_000)


def board(seed: int, columns: int = 3, rows: int = 3) -> Units:
    """A chessboard of squares with drawn residents, scores, flags and barriers."""
    rng, size = np.random.default_rng(seed), columns * rows
    number = np.arange(size).reshape(rows, columns)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    pairs = np.concatenate([across, np.column_stack([number[:-1].ravel(), number[1:].ravel()])])
    score = np.round(rng.normal(0, 1, size), 1)
    return Units(
        rng.integers(0, 20, size) * 50.0, score, score + rng.normal(0, 0.4, size) > 1.0, np.full(size, SIDE**2),
        np.full(size, 4 * SIDE), pairs, np.full(len(pairs), SIDE), rng.random(len(pairs)) < 0.85,
        rng.integers(0, 9, size) * 10.0,
    )  # fmt: skip


def drawn_limits(seed: int) -> Limits:
    rng = np.random.default_rng(seed + 1)
    low = float(rng.integers(0, 1200))
    return Limits(
        low, low + float(rng.integers(400, 2000)), 0.0, float(rng.choice([np.inf, 5.0])),
        float(rng.choice([np.inf, 200.0])), min_compactness=float(rng.choice([0.0, 0.4])),
    )  # fmt: skip


def linked(units: Units) -> networkx.Graph:
    graph = networkx.Graph()
    graph.add_nodes_from(range(units.size))
    graph.add_edges_from(units.pairs[units.open].tolist())
    return graph


def sums(units: Units, members: tuple[int, ...], aim: Aim) -> dict[str, float]:
    """Everything about a set of units, by plain sums over the arrays."""
    inside = np.isin(np.arange(units.size), members)
    inner = inside[units.pairs].all(axis=1)
    outline = units.perimeter_m[inside].sum() - 2 * units.border_m[inner].sum()
    gain = units.population * (units.score - aim.entry + aim.flagged * units.flag)
    metre = units.population.sum() / units.perimeter_m.sum()
    return {
        "population": units.population[inside].sum(), "hectares": units.area_m2[inside].sum() / 1e4,
        "cost": units.cost[inside].sum(), "compactness": 4 * np.pi * units.area_m2[inside].sum() / outline**2,
        "value": gain[inside].sum() - aim.outline * metre * outline,
    }  # fmt: skip


def keeps(units: Units, members: tuple[int, ...], limits: Limits) -> bool:
    found = sums(units, members, Aim())
    return (
        limits.min_population <= found["population"] <= limits.max_population
        and found["hectares"] <= limits.max_hectares
        and found["cost"] <= limits.budget
        and found["compactness"] >= limits.min_compactness - 1e-9
    )


def every_region(units: Units, limits: Limits, asked: set[int], barred: set[int]) -> list[tuple[int, ...]]:
    """All connected sets that keep all limits."""
    graph, usable = linked(units), sorted(set(range(units.size)) - barred)
    sets = (some for size in range(1, len(usable) + 1) for some in combinations(usable, size))
    return [
        some for some in sets if asked <= set(some) and keeps(units, some, limits)
        and networkx.is_connected(graph.subgraph(some))
    ]  # fmt: skip


# --- laws ----------------------------------------------------------------------------------------------------------


@given(seeds)
@settings(max_examples=60)
def test_regions_are_connected_within_limits_and_no_better_than_the_best(seed: int):
    units, limits, aim = board(seed), drawn_limits(seed), Aim()
    rng = np.random.default_rng(seed + 2)
    asked, barred = {int(rng.integers(9))} if rng.random() < 0.4 else set(), set(rng.choice(9, 1).tolist())
    barred -= asked
    core = next(iter(cores(units, limits=limits, barred=barred)), tuple(asked))
    found = best_region(units, core, limits=limits, aim=aim, asked=asked, barred=barred)
    best = max((sums(units, some, aim)["value"] for some in every_region(units, limits, asked, barred)), default=None)
    if found is None:
        return
    own = sums(units, found.members, aim)
    assert networkx.is_connected(linked(units).subgraph(found.members))
    assert asked <= set(found.members)
    assert not barred & set(found.members)
    assert found.population <= limits.max_population
    assert found.area_m2 / 1e4 <= limits.max_hectares
    assert found.cost <= limits.budget
    assert (found.lacking == 0) == keeps(units, found.members, limits)
    assert found.value == pytest.approx(own["value"])
    assert found.compactness == pytest.approx(own["compactness"])
    if found.lacking == 0:
        assert best is not None
        assert found.value <= best + 1e-6
    again = best_region(units, core, limits=limits, aim=aim, asked=asked, barred=barred)
    assert again is not None
    assert again == found


def test_how_often_the_search_finds_the_best_of_all_connected_sets():
    hits, asked = 0, 0
    for seed in range(70):
        units, limits, aim = board(seed), drawn_limits(seed), Aim()
        for core in cores(units, limits=limits)[:1]:
            every = [one for one in every_region(units, limits, set(), set()) if set(core) & set(one)]
            if not every:
                continue
            found = best_region(units, core, limits=limits, aim=aim)
            asked += 1
            best = max(sums(units, some, aim)["value"] for some in every)
            hits += found is not None and found.lacking == 0 and found.value >= best - 1e-6
    assert asked > 40
    assert hits / asked > 0.9


@given(seeds)
@settings(max_examples=40)
def test_growth_reaches_the_lower_limits_and_exchange_never_makes_it_worse(seed: int):
    units, limits, aim = board(seed, 5, 4), drawn_limits(seed), Aim()
    start = int(np.argmax(units.score))
    state = grown(State(units.graph, [start], limits, aim), set())
    before = (state.lacking(), state.value())
    after = refined(state, set(), set())
    assert after.lacking() <= before[0] + 1e-12
    assert after.lacking() < before[0] or after.value() >= before[1] - 1e-9
    again = State(units.graph, after.members, limits, aim)
    assert after.sums == pytest.approx(again.sums)


@given(seeds)
@settings(max_examples=40)
def test_a_limit_less_is_never_worse_when_begun_from_the_answer(seed: int):
    units, limits = board(seed, 5, 4), Limits(600, 2500)
    for core in cores(units, limits=limits):
        found = best_region(units, core, limits=limits)
        if found is None or found.lacking:
            continue
        for freer, less in ((units, replace(limits, max_population=np.inf)), (units, Limits(0, 2500)),
                            (without_barriers(units), limits)):  # fmt: skip
            other = best_region(freer, core, limits=less, begun=[found.members])
            assert other is not None
            assert other.value >= found.value - 1e-6


@given(seeds)
@settings(max_examples=40)
def test_units_that_hold_others_together_are_those_of_networkx(seed: int):
    units = board(seed, 4, 4)
    for part in networkx.connected_components(linked(units)):
        assert articulations(units.graph, part) == set(networkx.articulation_points(linked(units).subgraph(part)))


@given(seeds)
@settings(max_examples=40)
def test_chains_between_units_pass_the_fewest_residents(seed: int):
    units = board(seed, 4, 4)
    chain = joined(units.graph, [0, 15], ())
    ways = networkx.DiGraph()
    for one, other in units.pairs[units.open].tolist():
        ways.add_edge(one, other, passed=units.population[other] if other != 15 else 0.0)
        ways.add_edge(other, one, passed=units.population[one] if one != 15 else 0.0)
    if chain is None:
        assert not networkx.has_path(linked(units), 0, 15)
        return
    between = sum(units.population[unit] for unit in chain - {0, 15})
    assert between == networkx.shortest_path_length(ways, 0, 15, weight="passed")


@given(seeds)
@settings(max_examples=40)
def test_pieces_of_a_cut_are_the_part_again_and_large_enough(seed: int):
    units, limits = board(seed, 5, 5), Limits(800, 2500)
    for part in networkx.connected_components(linked(units)):
        pieces = cut(units.graph, sorted(part), limits)
        assert sorted(unit for piece in pieces for unit in piece) == sorted(part)
        for piece in pieces:
            assert networkx.is_connected(linked(units).subgraph(piece))
            assert len(pieces) == 1 or units.population[piece].sum() >= limits.min_population


def test_the_cut_is_the_one_that_leaves_both_sides_most_alike():
    """A line of eight units: all seven cuts tried by plain sums of squares."""
    rng = np.random.default_rng(4)
    pairs = np.column_stack([np.arange(7), np.arange(1, 8)])
    score, people = np.array([0.1, 0.3, 0.2, 0.4, 2.1, 2.0, 2.4, 2.2]), rng.integers(50, 150, 8) * 1.0
    line = Units(
        people, score, score > 0, np.ones(8), np.full(8, 4.0), pairs, np.ones(7), np.ones(7, bool), np.zeros(8)
    )

    def squares(part: slice) -> float:
        mean = np.average(score[part], weights=people[part])
        return float((people[part] * (score[part] - mean) ** 2).sum())

    best = min(range(1, 8), key=lambda at: squares(slice(0, at)) + squares(slice(at, 8)))
    assert best == 4
    assert cut(line.graph, list(range(8)), Limits(0, people.sum() - 1))[0] == [0, 1, 2, 3]


# --- by hand -------------------------------------------------------------------------------------------------------


def test_a_barrier_keeps_a_region_on_its_side():
    behind = toy_units(barrier=True)
    assert cores(behind, limits=Limits()) == ((5, 8), (4,))
    found = best_region(behind, (4,), limits=Limits(min_population=300))
    assert found is not None
    assert set(found.members) <= {0, 1, 3, 4, 6, 7}
    assert cores(without_barriers(behind), limits=Limits()) == ((4, 5, 8),)


def test_what_cannot_be_reached_is_lacking_and_what_is_too_much_is_none():
    behind = toy_units(barrier=True)
    found = best_region(behind, (5, 8), limits=Limits(min_population=400))
    assert found is not None
    assert (found.population, found.lacking) == (300.0, 0.25)
    assert best_region(behind, (4,), limits=Limits(max_population=150), asked=[4, 3]) is None
    assert best_region(behind, (4,), limits=Limits(), asked=[4, 5]) is None


def test_every_unit_says_why_it_is_in():
    found = best_region(toy_units(), (4, 5, 8), limits=Limits(min_population=500), asked=[0])
    assert found is not None
    reasons = dict(zip(found.members, found.reasons, strict=True))
    assert reasons[0][0] == "asked"
    assert all("flagged" in reasons[unit] for unit in (4, 5, 8))
    assert reasons[3][0] == "link"


def test_a_shorter_outline_can_be_asked_for():
    units = toy_units()
    loose = best_region(units, (4, 5, 8), limits=Limits(), aim=Aim(outline=0.0))
    tight = best_region(units, (4, 5, 8), limits=Limits(min_compactness=0.75))
    assert loose is not None
    assert loose.members == (4, 5, 8)
    assert tight is not None
    assert (tight.members, tight.lacking) == ((4, 5, 7, 8), 0.0)


def test_limits_and_units_that_mean_nothing_are_refused():
    with pytest.raises(DataError, match="lower one that is at least 0"):
        Limits(5000, 2000)
    with pytest.raises(DataError, match="lower one that is at least 0"):
        Limits(max_hectares=0)
    with pytest.raises(DataError, match="known and not negative"):
        replace(toy_units(), population=np.full(9, np.nan))


def test_reached_stops_at_barriers_and_barred_units():
    assert reached(toy_units(barrier=True), 8) == (2, 5, 8)
    assert reached(toy_units(), 0, barred=[1, 3]) == (0,)
    assert reached(toy_units(), 0, barred=[0]) == ()
