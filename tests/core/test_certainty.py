"""How sure a class is: against plain loops over the same draws, and where the answer is known."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core import aggregate, normalise
from qmgis.core.certainty._engine import Problem, groups_of, places, published
from qmgis.core.certainty._noise import BLOCK
from qmgis.core.certainty._prepare import prepared
from qmgis.core.certainty._settle import settle, slots
from qmgis.core.certainty.choices import NORMALISATIONS, Block, Choices, Noise, Rule
from qmgis.core.certainty.classes import _drawn, certainty, labels
from qmgis.core.certainty.sensitivity import sensitivity, without_each
from qmgis.core.certainty.sobol import design, jansen
from qmgis.core.classify import by_limits
from qmgis.core.ranks import quantile_class, rank
from qmgis.core.stats import spread, zscore
from qmgis.errors import DataError, NotEnoughDataError, QmgisError

SIDES = ("above", "below", "below")
EVERYTHING = Choices(weight_band=0.3, normalisations=NORMALISATIONS, limit_shift=0.15, ddofs=(0, 1), leave_out=True)
STATUS = Block(columns=(0, 1, 2), directions=(1, -1, 1), weights=(1, 2, 1), limits=(-1, 1, 1.5), owns=SIDES)
DYNAMICS = Block(columns=(0, 2), of="changes", limits=(-1, 1), owns=("above", "below"))
CROSSED = Rule(blocks=(STATUS, DYNAMICS), attention=((4, 1), (4, 2), (4, 3), (3, 3)))
SINGLE = Rule(blocks=(STATUS,), attention=((4,),))


def city(areas: int = 60, columns: int = 3, *, people: int = 800, seed: int = 4):
    rng = np.random.default_rng(seed)
    totals = rng.integers(people // 2, people * 2, (2, areas, columns))
    counts = rng.binomial(totals, rng.uniform(0.05, 0.4, (2, areas, columns)))
    shares = counts / totals
    noise = Noise(counts[0], totals[0], counts[1], totals[1])
    return shares[0], shares[0] - shares[1], noise


SCALES = {
    "z": zscore,
    "min_max": normalise.min_max,
    "percentile_rank": normalise.percentile_rank,
    "robust_z": normalise.robust_z,
}


def plain(block: Block, values: np.ndarray, draws, number: int, row: int) -> np.ndarray:
    """One block of one draw, with the public functions of core; class numbers."""
    name, ddof = draws.names[draws.normalisation[row]] or block.normalise, int(draws.ddof[number][row])
    total = pd.Series(0.0, index=range(len(values)))
    weights = draws.weights[number][row]
    columns = {}
    for at, (column, direction) in enumerate(zip(block.columns, block.directions, strict=True)):
        oriented = pd.Series(values[:, column] * direction)
        columns[at] = zscore(oriented, ddof=ddof) if name == "z" else SCALES[name](oriented)
    table = pd.DataFrame(columns)
    if block.aggregate == "geometric":
        total = aggregate.geometric(1 + 99 * table, pd.Series(weights))
    else:
        total = (table * weights).sum(axis=1)
    if block.restandardise:
        total = (total - total.mean()) / spread(total, ddof=ddof)
    if block.parts:
        return quantile_class(rank(total), parts=block.parts).to_numpy(int)
    return by_limits(total, [limit + draws.shift[row] for limit in block.limits], owns=block.owns).to_numpy(int)


def looped(rule: Rule, problem: Problem, draws, place) -> np.ndarray:
    """The group of each draw and area, one draw after the other."""
    result = np.zeros((len(draws), problem.areas), int)
    values, changes = problem.values.T, None if problem.changes is None else problem.changes.T
    for row in range(len(draws)):
        now, moved = values.copy(), None if changes is None else changes.copy()
        if place is not None:
            for column in rule.columns:
                drawn = problem.now.deviations(column, (*place, 0), seed=problem.seed, draws=len(draws))[row]
                now[:, column] += drawn
                if moved is not None and problem.earlier is not None:
                    before = problem.earlier.deviations(column, (*place, 1), seed=problem.seed, draws=len(draws))[row]
                    moved[:, column] += drawn - before
        for number, block in enumerate(rule.blocks):
            classes = plain(block, moved if block.of == "changes" else now, draws, number, row)
            result[row] = result[row] * block.classes + classes - 1
    return result


def problem_of(rule, shares, changes, noise, choices=None):
    wanted = {"changes": changes, "noise": noise, "choices": choices}
    return prepared(shares, rule, **wanted, valid=None, ids=None, seed=7).problem


PARTS = Rule(blocks=(Block(columns=(0, 1), parts=5, restandardise=False),))
RULES = {
    "crossed": (CROSSED, EVERYTHING),
    "single": (SINGLE, EVERYTHING),
    "parts": (PARTS, EVERYTHING),
    "mean, literal limits": (
        Rule(blocks=(Block(columns=(0, 1, 2), aggregate="mean", restandardise=False, limits=(-0.4, 0.3)),)),
        Choices(weight_band=0.9, limit_shift=0.3, ddofs=(0, 1), leave_out=True),
    ),
    "geometric": (
        Rule(blocks=(Block(columns=(0, 1), normalise="min_max", aggregate="geometric", limits=(-0.5, 1)),)),
        Choices(weight_band=0.5, normalisations=("min_max", "percentile_rank")),
    ),
    "geometric, literal limits": (
        Rule(
            blocks=(
                Block(columns=(0, 1), normalise="min_max", aggregate="geometric", restandardise=False, limits=(20, 40)),
            )
        ),
        Choices(weight_band=0.5, limit_shift=3),
    ),
}


@pytest.mark.parametrize("noisy", [False, True], ids=["choices", "both"])
@pytest.mark.parametrize("name", RULES)
def test_classes_equal_those_of_a_plain_loop_over_the_same_draws(name, noisy):
    rule, choices = RULES[name]
    shares, changes, noise = city()
    problem = problem_of(rule, shares, changes, noise if noisy else None, choices)
    draws = _drawn(rule, choices, BLOCK, 3)
    place = (1, 0) if noisy else None
    assert (groups_of(problem, draws, place)[0] == looped(rule, problem, draws, place)).all()


def test_noise_alone_equals_the_loop_and_is_tallied_in_full():
    shares, changes, noise = city()
    problem = problem_of(CROSSED, shares, changes, noise)
    result = certainty(shares, CROSSED, changes=changes, noise=noise, draws=BLOCK, seed=7)
    codes = looped(CROSSED, problem, _drawn(CROSSED, Choices(), BLOCK, 7), (1, 0))
    expected = np.stack([(codes == group).mean(axis=0) for group in range(12)], axis=1)
    np.testing.assert_allclose(result.probability, expected, atol=1e-12)
    attention = sum(expected[:, CROSSED.groups.index(group)] for group in CROSSED.attention)
    np.testing.assert_allclose(result.attention, attention, atol=1e-12)


def test_single_precision_harms_no_class_even_where_values_crowd_at_a_limit():
    rng = np.random.default_rng(2)
    # Thousands of areas within the rounding of single precision of the limit.
    values = np.concatenate([rng.standard_normal((2000, 3)), 1 + rng.normal(0, 3e-7, (4000, 3))])
    block = Block(columns=(0, 1, 2), aggregate="mean", restandardise=False, limits=(-1.0, 0.0))
    problem = problem_of(Rule(blocks=(block,)), values, None, None)
    at_crowd = float(problem.fixed(0, "z").exact[:, 3000].mean())
    rule = Rule(
        blocks=(Block(columns=(0, 1, 2), aggregate="mean", restandardise=False, limits=(at_crowd - 1, at_crowd)),)
    )
    problem = problem_of(rule, values, None, None)
    draws = _drawn(rule, Choices(weight_band=1e-7), 64, 1)
    codes, index = groups_of(problem, draws, None)
    double = draws.weights[0] @ problem.fixed(0, "z").exact
    expected = (double > at_crowd - 1).astype(int) + (double > at_crowd)
    alone = (index > at_crowd - 1).astype(int) + (index > np.float32(at_crowd))
    assert index.dtype == np.float32
    assert (alone != expected).sum() > 1000
    # A matrix product and a sum of the same numbers may differ in the last bit of double precision.
    told = np.abs(double - at_crowd) > 1e-14
    assert (codes[told] == expected[told]).all()


def test_nothing_drawn_is_sure_and_as_published():
    shares, changes, _ = city()
    result = certainty(shares, CROSSED, changes=changes)
    assert (result.certain == 1).all()
    assert set(result.label) == {"sure"}
    assert (result.rank == result.rank_median).all()
    assert (result.rank == result.rank_low).all()
    table = pd.DataFrame({column: zscore(pd.Series(shares[:, column])) for column in range(3)})
    index = zscore((table * [1, -2, 1]).sum(axis=1))
    assert result.reported[:, 0].tolist() == by_limits(index, STATUS.limits, owns=SIDES).tolist()
    assert result.rank.tolist() == rank(index).tolist()


def test_certain_is_one_not_almost_one():
    shares, changes, _ = city()
    result = certainty(shares, CROSSED, changes=changes)
    crossed = replace(result, groups=((1, 1), (1, 2), (1, 3)), probability=np.array([[0.7, 0.2, 0.1]]))
    assert sum([0.7, 0.2, 0.1]) < 1
    assert crossed.of_block(0).tolist() == [[1.0]]


def test_probabilities_sum_to_one_and_marginals_agree():
    shares, changes, noise = city()
    result = certainty(shares, CROSSED, changes=changes, noise=noise, choices=EVERYTHING, draws=200)
    np.testing.assert_allclose(result.probability.sum(axis=1), 1)
    np.testing.assert_allclose(result.of_block(0).sum(axis=1), 1)
    assert result.of_block(0).shape == (60, 4)
    assert (result.certain_of(0) >= result.certain - 1e-12).all()
    assert (result.rank_low <= result.rank_median).all()
    assert (result.rank_median <= result.rank_high).all()


def test_noise_vanishes_with_many_people():
    shares, changes, _ = city()
    people = np.full(shares.shape, 10**12)
    noise = Noise(shares * people, people, (shares - changes) * people, people)
    result = certainty(shares, CROSSED, changes=changes, noise=noise, draws=100)
    assert (result.certain == 1).all()
    assert (result.rank_low == result.rank_high).all()


def test_an_area_on_a_limit_is_a_coin_flip_and_one_far_off_is_sure():
    rng = np.random.default_rng(1)
    totals = np.full((401, 1), 2000)
    shares = np.append(rng.permutation(np.linspace(0.1, 0.3, 400)), 0)[:, None]
    # The last area is moved on the limit of one standard deviation; it counts little among 401.
    for _ in range(50):
        shares[-1] = shares.mean() + shares.std()
    rule = Rule(blocks=(Block(columns=(0,), limits=(1.0,)),))
    result = certainty(shares, rule, noise=Noise(shares * totals, totals), draws=4000)
    assert abs(result.probability[-1, 1] - 0.5) < 0.05
    assert result.label[-1] == "borderline"
    assert result.label[int(np.argmin(shares))] == "sure"


def test_more_people_make_a_reported_class_surer():
    shares, _, _ = city(200)
    sure = [
        certainty(shares, SINGLE, noise=Noise(shares * people, np.full(shares.shape, people)), draws=400).certain.mean()
        for people in (100, 1000, 10_000)
    ]
    assert sure[0] < sure[1] < sure[2]


def test_wider_choices_make_it_less_sure():
    shares, _, _ = city(200)
    sure = [certainty(shares, SINGLE, choices=Choices(weight_band=band)).certain.mean() for band in (0.05, 0.3, 0.9)]
    assert sure[0] > sure[1] > sure[2]


def test_left_out_areas_change_nothing_and_stay_out():
    shares, changes, noise = city()
    more = np.vstack([shares, [[np.nan, 0.9, 0.9], [0.9, 0.9, 0.9]]])
    counts = Noise(*(np.vstack([part, [[5, 5, 5]] * 2]) for part in _parts(noise)))
    valid = np.append(np.ones(60, bool), [False, False])
    moved = np.vstack([changes, [[0.1] * 3] * 2])
    with_more = certainty(more, CROSSED, changes=moved, noise=counts, choices=EVERYTHING, valid=valid, draws=64)
    alone = certainty(shares, CROSSED, changes=changes, noise=noise, choices=EVERYTHING, draws=64)
    np.testing.assert_array_equal(with_more.probability[:60], alone.probability)
    assert np.isnan(with_more.probability[60:]).all()
    assert with_more.label[60:].tolist() == [None, None]
    assert with_more.reported[60:].tolist() == [[0, 0], [0, 0]]
    assert np.isnan(with_more.rank[60:]).all()


def _parts(noise: Noise):
    return noise.counts, noise.totals, noise.earlier_counts, noise.earlier_totals


def test_the_order_of_rows_does_not_matter_with_ids():
    shares, changes, noise = city()
    ids = [f"{number:08}" for number in range(60)]
    turn = np.random.default_rng(9).permutation(60)
    wanted = {"choices": EVERYTHING, "draws": 96, "seed": 5}
    one = certainty(shares, CROSSED, changes=changes, noise=noise, ids=ids, **wanted)
    turned = Noise(*(np.asarray(part)[turn] for part in _parts(noise)))
    two = certainty(
        shares[turn], CROSSED, changes=changes[turn], noise=turned, ids=[ids[place] for place in turn], **wanted
    )
    np.testing.assert_array_equal(one.probability[turn], two.probability)
    np.testing.assert_array_equal(one.rank_median[turn], two.rank_median)


@pytest.mark.parametrize("noisy", [False, True])
def test_same_seed_same_result_whatever_the_blocks_and_threads(noisy):
    shares, changes, noise = city()
    wanted = {"changes": changes, "noise": noise if noisy else None, "choices": EVERYTHING, "draws": 150}
    first = certainty(shares, CROSSED, seed=3, **wanted)
    for memory_mb, threads in ((0.001, 1), (0.05, 2), (500, 2)):
        again = certainty(shares, CROSSED, seed=3, memory_mb=memory_mb, threads=threads, **wanted)
        np.testing.assert_array_equal(first.probability, again.probability)
        np.testing.assert_array_equal(first.rank_low, again.rank_low)
        np.testing.assert_array_equal(first.rank_high, again.rank_high)
    assert (certainty(shares, CROSSED, seed=4, **wanted).probability != first.probability).any()


def test_the_index_of_a_draw_does_not_depend_on_its_block_and_equal_areas_are_equal():
    values = np.random.default_rng(1).random((6001, 7))
    values[5000] = values[3]
    rule = Rule(blocks=(Block(columns=tuple(range(7)), limits=(0,)),))
    problem = problem_of(rule, values, None, None)
    draws = _drawn(rule, Choices(weight_band=0.5), 37, 1)
    whole = groups_of(problem, draws, None)[1]
    for rows in (1, 2, 5, 36):
        pieces = [groups_of(problem, draws.part(slice(at, at + rows)), None)[1] for at in range(0, 37, rows)]
        np.testing.assert_array_equal(np.vstack(pieces), whole)
    np.testing.assert_array_equal(whole[:, 5000], whole[:, 3])


def test_secret_counts_draw_nothing_and_are_counted():
    shares, _, noise = city()
    counts = np.asarray(noise.counts, dtype=float)
    counts[0] = np.nan
    totals = np.asarray(noise.totals, dtype=float)
    totals[0, 1] = np.nan
    problem = problem_of(SINGLE, shares, None, Noise(counts, totals))
    for column in range(3):
        drawn = problem.now.deviations(column, (1, 0), seed=0, draws=50)
        assert (drawn[:, 0] == 0).all()
        assert (drawn[:, 1:] != 0).any()
    result = certainty(shares, SINGLE, noise=Noise(counts, totals, approximate=True), draws=50)
    assert result.without_noise.tolist()[:2] == [3, 0]
    assert result.approximate


def test_an_indicator_without_counts_may_have_any_unit():
    shares, _, noise = city()
    counts = np.asarray(noise.counts, dtype=float)
    counts[:, 2] = np.nan
    ages = shares * [1, 1, 100]
    wanted = {"noise": Noise(counts, noise.totals), "draws": 50}
    one, two = certainty(shares, SINGLE, **wanted), certainty(ages, SINGLE, **wanted)
    np.testing.assert_allclose(one.probability, two.probability, atol=0.03)
    assert (two.without_noise == 1).all()


def test_counts_are_drawn_with_the_probability_of_the_methods_paper():
    shares, _, _ = city(3)
    totals = np.full(shares.shape, 50)
    problem = problem_of(SINGLE, shares, None, Noise(np.zeros(shares.shape), totals))
    drawn = problem.now.deviations(0, (1, 0), seed=0, draws=20_000) * 50
    # O = 0 of P = 50: p = 0.5 / 51.
    assert abs(drawn.mean() - 50 * 0.5 / 51) < 0.02
    assert (drawn == np.rint(drawn)).all()


def test_a_reported_class_is_kept_even_where_it_is_another():
    shares, _, _ = city()
    official = np.full(60, 3)
    result = certainty(shares, SINGLE, choices=Choices(limit_shift=0.1), reported=official)
    assert (result.reported[:, 0] == 3).all()
    np.testing.assert_array_equal(result.certain, result.probability[:, 2])


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 40), st.integers(0, 10_000), st.floats(0.001, 100), st.floats(-5, 5))
def test_index_and_certainty_do_not_know_units(areas, seed, factor, added):
    values = np.random.default_rng(seed).random((areas, 3))
    one = certainty(values, SINGLE, choices=Choices(weight_band=0.4, leave_out=True), draws=40)
    two = certainty(values * factor + added, SINGLE, choices=Choices(weight_band=0.4, leave_out=True), draws=40)
    np.testing.assert_allclose(one.probability, two.probability, atol=1 / 40 + 1e-9)


def test_places_by_counting_are_near_those_by_sorting():
    index = np.random.default_rng(1).standard_normal((2, 20_000)).astype(np.float32)
    exact = np.argsort(np.argsort(-index, axis=1), axis=1) + 1
    off = places(index).astype(int) - exact
    assert np.abs(off).max() <= 8
    assert np.abs(off).mean() < 0.5
    assert places(np.zeros((1, 6000))).tolist() == [[3000] * 6000]


def test_memory_stays_bounded():
    values = np.random.default_rng(1).random((20_000, 4))
    rule = Rule(blocks=(Block(columns=(0, 1, 2, 3), limits=(-1, 1)),))
    tracemalloc.start()
    certainty(values, rule, choices=Choices(weight_band=0.2), draws=500, memory_mb=8, threads=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Places take 2 bytes a value, 20 MB; the index of all draws in double precision would take 80 MB.
    assert peak < 45e6


def test_labels_have_their_limits():
    assert labels(np.array([1, 0.9, 0.8999, 0.7, 0.6999, np.nan])).tolist() == [
        "sure",
        "sure",
        "likely",
        "likely",
        "borderline",
        None,
    ]


def test_sobol_indices_of_ishigami_are_those_published():
    def ishigami(x: np.ndarray) -> np.ndarray:
        u = np.pi * (2 * x - 1)
        return np.sin(u[:, 0]) + 7 * np.sin(u[:, 1]) ** 2 + 0.1 * u[:, 2] ** 4 * np.sin(u[:, 0])

    rng = np.random.default_rng(1)
    a, b = design(1 << 15, 3, rng=rng)
    mixed = []
    for column in range(3):
        ab = a.copy()
        ab[:, column] = b[:, column]
        mixed.append(ishigami(ab))
    found = jansen(ishigami(a), ishigami(b), np.stack(mixed, axis=1), rng=rng, resamples=100)
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0], atol=0.01)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.01)
    assert (found.first_low < found.first).all()
    assert (found.total < found.total_high).all()
    assert ((found.total_high - found.total_low) < 0.06).all()


def test_the_choice_that_matters_is_found():
    shares, _, noise = city(120)
    wide = sensitivity(shares, SINGLE, Choices(weight_band=0.9, limit_shift=0.01), samples=128)
    assert wide.factors == ("weights", "limits")
    assert wide.rank.total[0] > 0.9
    # Limits move no place.
    assert wide.rank.total[1] == 0
    few = Noise(np.asarray(noise.counts) // 20, np.asarray(noise.totals) // 20)
    loud = sensitivity(shares, SINGLE, Choices(weight_band=0.02), noise=few, samples=128)
    assert loud.factors == ("weights", "noise")
    assert loud.rank.total[1] > 0.9
    named = [one for one in loud.hangs_on if one]
    assert named.count("noise") > 0.9 * len(named)


def test_an_area_beside_a_limit_hangs_on_the_limit():
    values = np.linspace(0, 1, 101)[:, None]
    values = np.hstack([values, values])
    rule = Rule(blocks=(Block(columns=(0, 1), limits=(1.0,)),))
    found = sensitivity(values, rule, Choices(weight_band=0.5, limit_shift=0.2), samples=64)
    index = zscore(pd.Series(values[:, 0]))
    near = int((index - 1).abs().argmin())
    assert found.hangs_on[near] == "limits"
    np.testing.assert_allclose(found.area_total[near], [0, 1], atol=0.1)
    assert found.hangs_on[0] is None
    assert np.isnan(found.area_total[0]).all()
    # Equal columns: weights move nothing, so nothing varies.
    assert np.isnan(found.rank.total).all()


def test_influence_equals_the_method_without_the_indicator():
    shares, changes, _ = city()
    found = without_each(shares, CROSSED, changes=changes)
    assert found.columns == (0, 1, 2)
    without_first = zscore(-2 * zscore(pd.Series(shares[:, 1])) + zscore(pd.Series(shares[:, 2])))
    np.testing.assert_allclose(found.index[0, :, 0], without_first, atol=1e-12)
    np.testing.assert_allclose(found.index[0, :, 1], zscore(pd.Series(changes[:, 2])), atol=1e-12)
    assert found.classes[0, :, 0].tolist() == by_limits(without_first, STATUS.limits, owns=SIDES).tolist()
    assert found.rank[0].tolist() == rank(without_first).tolist()
    group = published(problem_of(CROSSED, shares, changes, None))[0]
    classes = np.asarray(CROSSED.groups)[group]
    assert found.moved[1] == (found.classes[1] != classes).any(axis=1).sum()


def test_numbers_stand_for_choices():
    numbers = np.zeros((2, slots(CROSSED)["left_out"].stop))
    numbers[1] = 1 - 1e-12
    draws = settle(CROSSED, EVERYTHING, numbers)
    assert draws.normalisation.tolist() == [0, 3]
    np.testing.assert_allclose(draws.shift, [-0.15, 0.15])
    assert draws.ddof.tolist() == [[0, 1], [0, 1]]
    # Nothing left out, then the last column; sums stay 4 and 2.
    np.testing.assert_allclose(draws.weights[0], [[1, 2, 1], [4 / 3, 8 / 3, 0]])
    np.testing.assert_allclose(draws.weights[1], [[1, 1], [2, 0]])


SHARES, CHANGES, NOISE = city()
COUNTS, TOTALS = (np.asarray(part, dtype=float) for part in _parts(NOISE)[:2])
GAP = np.where(np.arange(60)[:, None] == 4, np.nan, SHARES)
BAD = {
    "negative weight": lambda: Block(columns=(0, 1), weights=(1, -1), limits=(0,)),
    "weights of nothing": lambda: Block(columns=(0, 1), weights=(0, 0), limits=(0,)),
    "too few weights": lambda: Block(columns=(0, 1), weights=(1,), limits=(0,)),
    "column twice": lambda: Block(columns=(0, 0), limits=(0,)),
    "no direction": lambda: Block(columns=(0,), directions=(0,), limits=(0,)),
    "limits fall": lambda: Block(columns=(0,), limits=(1, 0)),
    "no classes": lambda: Block(columns=(0,)),
    "owner": lambda: Block(columns=(0,), limits=(0,), owns=("left",)),
    "normalisation": lambda: Block(columns=(0,), limits=(0,), normalise="zz"),
    "ddof": lambda: Block(columns=(0,), limits=(0,), ddof=2),
    "geometric z": lambda: Block(columns=(0,), limits=(0,), aggregate="geometric"),
    "three blocks": lambda: Rule(blocks=(STATUS, STATUS, STATUS)),
    "attention": lambda: Rule(blocks=(STATUS,), attention=((5,),)),
    "band": lambda: Choices(weight_band=1.0),
    "negative band": lambda: Choices(weight_band=-0.1),
    "shift": lambda: Choices(limit_shift=float("nan")),
    "choice of ddof": lambda: Choices(ddofs=(3,)),
    "choice of normalisation": lambda: Choices(normalisations=("rank",)),
    "no draws": lambda: certainty(SHARES, SINGLE, draws=0),
    "one sample": lambda: sensitivity(SHARES, SINGLE, Choices(weight_band=0.1), samples=1),
    "nothing varies": lambda: sensitivity(SHARES, SINGLE, Choices()),
    "counts above": lambda: certainty(SHARES, SINGLE, noise=Noise(TOTALS + 1, TOTALS)),
    "negative counts": lambda: certainty(SHARES, SINGLE, noise=Noise(-COUNTS - 1, TOTALS)),
    "no people": lambda: certainty(SHARES, SINGLE, noise=Noise(COUNTS, TOTALS * np.nan)),
    "nobody": lambda: certainty(SHARES, SINGLE, noise=Noise(COUNTS * 0, TOTALS * 0)),
    "percent": lambda: certainty(SHARES * 100, SINGLE, noise=Noise(COUNTS, TOTALS)),
    "shape of counts": lambda: certainty(SHARES, SINGLE, noise=Noise(COUNTS[:5], TOTALS[:5])),
    "no earlier counts": lambda: certainty(SHARES, CROSSED, changes=CHANGES, noise=Noise(COUNTS, TOTALS)),
    "no changes": lambda: certainty(SHARES, CROSSED),
    "column not there": lambda: certainty(SHARES[:, :2], SINGLE),
    "one dimension": lambda: certainty(SHARES[:, 0], SINGLE),
    "infinite": lambda: certainty(SHARES + np.inf, SINGLE),
    "gap": lambda: certainty(GAP, SINGLE, valid=np.ones(60, bool)),
    "valid of others": lambda: certainty(SHARES, SINGLE, valid=np.ones(5, bool)),
    "ids twice": lambda: certainty(SHARES, SINGLE, ids=["a"] * 60),
    "strange class": lambda: certainty(SHARES, SINGLE, reported=np.full(60, 9)),
    "robust without spread": lambda: certainty(
        np.where(np.arange(60)[:, None] < 40, 0.1, SHARES), SINGLE, choices=Choices(normalisations=("robust_z",))
    ),
    "no indicator left": lambda: without_each(SHARES, Rule(blocks=(Block(columns=(0,), limits=(0,)),))),
    "limits of another unit": lambda: certainty(
        SHARES,
        Rule(blocks=(Block(columns=(0,), limits=(0,), restandardise=False),)),
        choices=Choices(normalisations=("z", "min_max")),
    ),
    "geometric choice": lambda: certainty(
        SHARES, RULES["geometric"][0], choices=Choices(normalisations=("min_max", "z"))
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence_in_both_languages(name):
    with pytest.raises(QmgisError) as caught:
        BAD[name]()
    english, german = caught.value.say("en"), caught.value.say("de")
    assert english
    assert german
    assert english != german


@pytest.mark.parametrize("valid", [np.zeros(60, bool), np.arange(60) < 2])
def test_too_few_areas_are_an_error(valid):
    with pytest.raises(NotEnoughDataError, match="left out"):
        certainty(SHARES, SINGLE, valid=valid)


def test_a_constant_indicator_is_an_error():
    with pytest.raises(NotEnoughDataError, match="same value"):
        certainty(np.where(np.arange(3) == 1, 0.5, SHARES), SINGLE)
    with pytest.raises(DataError):
        certainty(SHARES, SINGLE, draws=-1)
