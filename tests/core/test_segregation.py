"""Segregation and inequality: the reference's examples, slow formulas of all pairs, and what small areas do to D."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.pattern import inequality
from qmgis.core.pattern import segregation as seg
from qmgis.core.spatial.neighbours import queen, rook
from qmgis.errors import DataError, NotEnoughDataError
from tests.core.spatial import grid

X = pd.Series([10.0, 40, 30, 20], index=list("abcd"))
Y = 100 - X
INDICES = [
    seg.dissimilarity,
    seg.isolation,
    seg.interaction,
    seg.correlation_ratio,
    seg.gini,
    seg.entropy_index,
]
counts = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=25).filter(
    lambda rows: all(sum(column) for column in zip(*rows, strict=True)) and sum(any(row) for row in rows) > 1
)


@pytest.mark.parametrize(
    ("index", "expected"),
    list(zip(INDICES, [0.2667, 0.3, 0.7, 0.0667, 0.3333, 0.06223], strict=True)),
    ids=[index.__name__ for index in INDICES],
)
def test_seg_1_the_example(index, expected: float):
    assert index(X, Y) == pytest.approx(expected, abs=1e-4)


def test_seg_2_the_example():
    found = inequality.theil(pd.Series([1.0, 2, 3, 6]), pd.Series([1, 1, 2, 2]))
    assert (found.total, found.within, found.between) == pytest.approx((0.187445, 0.056633, 0.130812), abs=1e-6)
    assert inequality.gini_values(pd.Series([1.0, 2, 3, 6])) == pytest.approx(0.3333, abs=1e-4)


def test_bounds():
    apart, alike = pd.Series([10.0, 0, 5]), pd.Series([0.0, 30, 0])
    for index in (seg.dissimilarity, seg.isolation, seg.correlation_ratio, seg.gini, seg.entropy_index):
        assert index(apart, alike) == pytest.approx(1)
        if index is not seg.isolation:
            assert index(alike + 5, 3 * (alike + 5)) == pytest.approx(0, abs=1e-12)


@given(counts)
def test_gini_equals_all_pairs(rows: list[tuple[int, int]]):
    x, y = (pd.Series(column, dtype=float) for column in zip(*rows, strict=True))
    there = (x + y) > 0
    t, p = (x + y)[there].to_numpy(), (x[there] / (x + y)[there]).to_numpy()
    share = x.sum() / t.sum()
    pairs = (t[:, None] * t * np.abs(p[:, None] - p)).sum() / (2 * t.sum() ** 2 * share * (1 - share))
    assert seg.gini(x, y) == pytest.approx(pairs, abs=1e-9)


@given(counts)
def test_empty_areas_order_and_size_change_nothing(rows: list[tuple[int, int]]):
    x, y = (pd.Series(column, dtype=float) for column in zip(*rows, strict=True))
    more = [pd.concat([one[::-1], pd.Series([0.0])], ignore_index=True) * 3 for one in (x, y)]
    for index in INDICES:
        before = index(x, y)
        assert index(*more) == pytest.approx(before, abs=1e-9)
        assert -1e-9 <= before <= 1 + 1e-9
    both = pd.DataFrame({"x": x, "y": y, "nobody": 0.0})
    assert seg.multigroup_dissimilarity(both) == pytest.approx(seg.dissimilarity(x, y), abs=1e-9)
    assert seg.multigroup_entropy(both) == pytest.approx(seg.entropy_index(x, y), abs=1e-9)


def test_three_groups_are_the_formula():
    rng = np.random.default_rng(1)
    people = pd.DataFrame(rng.integers(0, 90, (12, 3)).astype(float), columns=list("xyz"))
    t, total = people.sum(axis=1), people.to_numpy().sum()
    share = people.sum() / total
    part = people.div(t, axis=0)
    spread = (share * (1 - share)).sum()
    expected = sum((t * (part[g] - share[g]).abs()).sum() for g in "xyz") / (2 * total * spread)
    assert seg.multigroup_dissimilarity(people) == pytest.approx(expected)
    city = -(share * np.log(share)).sum()
    logs = np.log((part / share).where(part > 0, 1.0))
    assert seg.multigroup_entropy(people) == pytest.approx(((part * logs).sum(axis=1) * t).sum() / (total * city))


# Neighbours -----------------------------------------------------------------------------------------------------------
def test_mixing_across_borders_lowers_d_and_a_checkerboard_is_not_a_ghetto():
    ids = grid(6).index
    rng = np.random.default_rng(2)
    x = pd.Series(rng.integers(1, 50, len(ids)).astype(float), ids)
    found = rook(grid(6))
    p, links = (x / 100).to_numpy(), found.matrix.toarray()
    expected = seg.dissimilarity(x, 100 - x) - (links * np.abs(p[:, None] - p)).sum() / links.sum()
    assert seg.dissimilarity_adjusted(x, 100 - x, found) == pytest.approx(expected)
    row, column = found.matrix.nonzero()
    lengths = pd.Series(100.0, pd.MultiIndex.from_arrays([ids[row], ids[column]]))
    assert seg.dissimilarity_borders(x, 100 - x, lengths) == pytest.approx(expected)
    once = lengths[row < column]
    assert seg.dissimilarity_borders(x, 100 - x, once) == pytest.approx(expected)


def test_links_of_areas_without_persons_are_skipped():
    areas = pd.Series(shapely.box(range(4), 0, range(1, 5), 1), index=list("abcd"))
    x, y = X.where(X.index != "b", 0.0), Y.where(X.index != "b", 0.0)
    expected = seg.dissimilarity(x, y) - 0.1
    assert seg.dissimilarity_adjusted(x, y, rook(areas)) == pytest.approx(expected)


# Small numbers --------------------------------------------------------------------------------------------------------
def test_chance_alone_looks_like_segregation_where_areas_are_small():
    x = pd.Series(np.random.default_rng(4).binomial(20, 0.05, 400).astype(float))
    found = seg.bias_check(x, 20 - x, seed=1)
    assert found.observed > 0.3
    assert found.expected == pytest.approx(found.observed, abs=4 * found.expected_sd)
    assert abs(found.above_chance) < 0.1
    assert (found.draws, found.seed, found.areas, found.median_persons) == (500, 1, 400, 20.0)


def test_the_correction_comes_nearer_to_the_truth():
    rng = np.random.default_rng(5)
    truth = np.where(np.arange(300) < 100, 0.4, 0.1)
    persons = 60
    exact = seg.dissimilarity(pd.Series(truth), pd.Series(1 - truth))
    x = pd.Series(rng.binomial(persons, truth).astype(float))
    found = seg.bias_check(x, persons - x)
    assert abs(found.corrected - exact) < abs(found.observed - exact)
    large = seg.bias_check(x * 1000, (persons - x) * 1000)
    assert large.corrected == pytest.approx(large.observed, abs=0.002)


def test_the_same_seed_gives_the_same_check():
    assert seg.bias_check(X, Y, seed=3) == seg.bias_check(X, Y, seed=3)
    assert seg.bias_check(X, Y, seed=3) != seg.bias_check(X, Y, seed=4)


# Inequality -----------------------------------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.floats(0.01, 1000), st.integers(1, 9)), min_size=2, max_size=20))
def test_gini_of_values_equals_all_pairs_of_persons(rows: list[tuple[float, int]]):
    y, people = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    each = np.repeat(y, people.astype(int))
    expected = np.abs(each[:, None] - each).sum() / (2 * len(each) ** 2 * each.mean())
    assert inequality.gini_values(pd.Series(y), population=pd.Series(people)) == pytest.approx(expected, abs=1e-9)


def test_theil_within_is_the_sum_of_the_groups():
    rng = np.random.default_rng(6)
    y, groups = pd.Series(rng.lognormal(size=60)), pd.Series(rng.integers(0, 4, 60))
    found = inequality.theil(y, groups)
    within = sum(
        part.sum() / y.sum() * inequality.theil(part, groups[part.index]).total for _, part in y.groupby(groups)
    )
    assert found.within == pytest.approx(within)
    assert inequality.theil(pd.Series([0.0, 4.0]), pd.Series([1, 2])).total == pytest.approx(np.log(2))


# Bad input ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: seg.dissimilarity(X.where(X > 10), Y), DataError, r"negative in a \(1\)"),
        (lambda: seg.gini(X, -Y), DataError, r"negative in a, b, c, d \(4\)"),
        (lambda: seg.isolation(X * 0, Y), NotEnoughDataError, "1 groups"),
        (lambda: seg.isolation(X[:1], Y[:1]), NotEnoughDataError, "1 areas"),
        (lambda: seg.isolation(X * 0, Y * 0), NotEnoughDataError, "0 areas"),
        (lambda: seg.entropy_index(X, Y[::-1]), DataError, "different areas"),
        (lambda: seg.bias_check(X, Y, draws=1), DataError, "1 draws"),
        (lambda: seg.dissimilarity_adjusted(X, Y, queen(grid(5))), DataError, "no persons' numbers: 0000"),
        (
            lambda: seg.dissimilarity_borders(X, Y, pd.Series([1.0], pd.MultiIndex.from_tuples([("a", "z")]))),
            DataError,
            "Borders",
        ),
        (
            lambda: seg.dissimilarity_borders(X, Y, pd.Series([0.0], pd.MultiIndex.from_tuples([("a", "b")]))),
            NotEnoughDataError,
            "neighbours",
        ),
        (lambda: seg.dissimilarity_borders(X, Y, X), DataError, "Borders"),
        (lambda: inequality.gini_values(X - 20), DataError, "negative in a"),
        (lambda: inequality.gini_values(X, population=Y[::-1]), DataError, "different areas"),
        (lambda: inequality.gini_values(X * 0), NotEnoughDataError, "only 0"),
        (lambda: inequality.theil(X, pd.Series([1, 1, None, 2], X.index)), DataError, "group"),
    ],
)
def test_bad_input_is_one_sentence(call, error: type[DataError], said: str):
    with pytest.raises(error, match=said) as caught:
        call()
    assert caught.value.say("de") != str(caught.value)
