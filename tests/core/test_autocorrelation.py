"""Global autocorrelation: equal to PySAL to 1e-9 on the same weights; invariant where it has to be."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.pattern import autocorrelation as ac
from qmgis.core.spatial.neighbours import Neighbours, nearest, queen, row_standardised
from qmgis.errors import DataError, NotEnoughDataError
from tests.core.spatial import grid, grid_queen, pysal, pysal_weights, smooth


def quiet(function: Callable[..., object], *arguments: object, **options: object) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def decayed(found: Neighbours) -> Neighbours:
    matrix = found.matrix.copy()
    matrix.data = np.random.default_rng(5).uniform(0.2, 1.0, matrix.nnz)
    return replace(found, matrix=matrix)


FOUND = {
    "queen": lambda: grid_queen(9),
    "nearest": lambda: nearest(grid(9), k=5),
    "decay": lambda: decayed(grid_queen(9)),
    "island": lambda: queen(
        pd.concat([grid(9), pd.Series([shapely.box(9000, 0, 9100, 100)], index=["far"])]), islands="keep"
    ),
}


def values_for(found: Neighbours, seed: int = 1) -> pd.Series:
    return smooth(9, seed).reindex(found.ids).fillna(3.0)


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize(("weights", "transform"), [("row", "r"), ("given", "o")])
def test_moran_and_geary_equal_esda(name: str, weights: str, transform: str):
    found, esda = FOUND[name](), pysal().esda
    values, other = values_for(found), pysal_weights(found, transform=transform)
    for ours, theirs, statistic, z in (
        (ac.moran, quiet(esda.Moran, values.to_numpy(), other, transform, permutations=0), "I", "z_norm"),
        (ac.geary, quiet(esda.Geary, values.to_numpy(), other, transform, permutations=0), "C", "z_norm"),
    ):
        result = ours(values, found, weights=weights, permutations=39)
        assert result.statistic == pytest.approx(getattr(theirs, statistic), abs=1e-9)
        assert result.z == pytest.approx(getattr(theirs, z), abs=1e-9)
        assert result.expectation == pytest.approx(theirs.EI if statistic == "I" else 1.0, abs=1e-9)
    assert ac.moran_i(values, found, weights=weights) == pytest.approx(
        ac.moran(values, found, weights=weights, permutations=39).statistic, abs=1e-12
    )
    assert ac.geary_c(values, found, weights=weights) == pytest.approx(result.statistic, abs=1e-12)


def test_bivariate_equals_esda():
    found = grid_queen(9)
    here, there = smooth(9, 1), smooth(9, 2)
    theirs = quiet(pysal().esda.Moran_BV, here.to_numpy(), there.to_numpy(), pysal_weights(found), "r", permutations=0)
    assert ac.bivariate_moran(here, there, found, permutations=39).statistic == pytest.approx(theirs.I, abs=1e-9)


def test_rates_equal_esda():
    found, rng = grid_queen(9), np.random.default_rng(3)
    persons = pd.Series(rng.integers(50, 5000, len(found.ids)).astype(float), found.ids)
    cases = pd.Series(rng.binomial(persons.astype(int), rng.beta(2, 20, len(persons))).astype(float), found.ids)
    esda = pysal().esda
    expected = quiet(esda.smoothing.assuncao_rate, cases.to_numpy(), persons.to_numpy())
    np.testing.assert_allclose(ac.eb_standardised(cases, persons), expected, atol=1e-9)
    theirs = quiet(esda.Moran_Rate, cases.to_numpy(), persons.to_numpy(), pysal_weights(found), permutations=0)
    ours = ac.eb_moran(cases, persons, found, permutations=39)
    assert (ours.measure, ours.statistic) == ("eb_moran", pytest.approx(theirs.I, abs=1e-9))


def test_rates_that_vary_less_than_chance_keep_a_positive_variance():
    persons = pd.Series([100.0, 400, 1000, 50, 450], index=list("abcde"))
    rates = ac.eb_standardised(pd.Series([5.0, 21, 50, 3, 22], index=list("abcde")), persons)
    assert np.isfinite(rates).all()


def test_join_counts_equal_esda():
    found = grid_queen(9)
    has = smooth(9, 1) > 0
    theirs = quiet(pysal().esda.Join_Counts, has.to_numpy().astype(int), pysal_weights(found), permutations=0)
    ours = ac.join_counts(has, found, permutations=999)
    assert [ours.bb.statistic, ours.bw.statistic, ours.ww.statistic] == [theirs.bb, theirs.bw, theirs.ww]
    assert ours.bb.statistic + ours.bw.statistic + ours.ww.statistic == found.matrix.sum() / 2
    for one in (ours.bb, ours.bw, ours.ww):
        assert one.simulated_mean == pytest.approx(one.expectation, rel=0.05)
        assert one.z is None


def test_permutation_p_values_are_those_of_all_shuffles():
    """30 areas in a row, 28 of them without the property: all placements of the other two can be listed."""
    ids = [f"{number:02d}" for number in range(30)]
    row = queen(pd.Series(shapely.box(np.arange(30.0), 0, np.arange(30.0) + 1, 1), index=ids))
    has = pd.Series(0, index=ids).where(~pd.Series(ids, index=ids).isin(["03", "04"]), 1)
    placements = list(itertools.combinations(range(30), 2))
    upper = sum(b - a == 1 for a, b in placements) / len(placements)
    found = ac.join_counts(has, row, permutations=19_999, alternative="greater")
    assert found.bb.p == pytest.approx(upper, abs=4 * np.sqrt(upper / 20_000))
    two = ac.join_counts(has, row, permutations=19_999)
    assert two.bb.p == pytest.approx(2 * found.bb.p)
    assert ac.join_counts(has, row, permutations=999, alternative="less").bb.p == 1.0


def test_moments_of_the_shuffles_are_those_of_theory():
    found = ac.moran(smooth(9, 4), grid_queen(9), permutations=9999)
    assert found.simulated_mean == pytest.approx(found.expectation, abs=0.003)
    assert (found.statistic - found.expectation) / found.simulated_sd == pytest.approx(found.z, rel=0.05)


def test_the_tail_and_what_made_it_are_kept():
    found = ac.moran(smooth(9, 4), grid_queen(9), permutations=999, seed=7, alternative="directed")
    both = ac.moran(smooth(9, 4), grid_queen(9), permutations=999, seed=7)
    assert (found.alternative, found.permutations, found.seed, found.areas) == ("directed", 999, 7, 80)
    assert both.p == pytest.approx(2 * found.p)
    assert (both.weights, both.rule) == ("row", "queen")
    assert ac.moran(smooth(9, 4), grid_queen(9), permutations=999, seed=7) == both


def test_excluded_islands_have_values_that_do_not_count():
    far = pd.Series([shapely.box(9000, 0, 9100, 100)], index=["far"])
    found = queen(pd.concat([grid(9), far]), islands="exclude")
    with_island = pd.concat([smooth(9, 1), pd.Series([99.0], index=["far"])])
    assert ac.moran_i(with_island, found) == pytest.approx(ac.moran_i(smooth(9, 1), grid_queen(9)), abs=1e-12)


@given(st.randoms(use_true_random=False), st.floats(0.1, 100), st.floats(-100, 100))
@settings(max_examples=15)
def test_order_scale_and_names_change_nothing(random, scale: float, shift: float):
    values, found = smooth(9, 2), grid_queen(9)
    before = ac.moran(values, found, permutations=99)
    order = list(range(len(values)))
    random.shuffle(order)
    assert ac.moran(values.iloc[order], found, permutations=99) == before
    turned = queen(grid(9).iloc[order])
    assert ac.moran(values, turned, permutations=99).p == before.p
    scaled = ac.moran(values * scale + shift, found, permutations=99)
    assert scaled.statistic == pytest.approx(before.statistic, abs=1e-9)
    assert scaled.p == before.p
    names = {area: f"x{order[row]:03d}" for row, area in enumerate(values.index)}
    renamed = queen(grid(9).rename(names))
    assert ac.geary_c(values.rename(names), renamed) == pytest.approx(ac.geary_c(values, found), abs=1e-9)


def test_standardised_neighbours_are_taken_as_they_are():
    found = grid_queen(9)
    assert ac.moran_i(smooth(9, 1), row_standardised(found), weights="given") == ac.moran_i(smooth(9, 1), found)


def gap(values: pd.Series) -> pd.Series:
    return values.where(values.index != "0003")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (gap, DataError, "no value in 0003"),
        (lambda values: values * np.nan, NotEnoughDataError, "no values at all"),
        (lambda values: values * 0 + 0.1, NotEnoughDataError, "is 0.1 in all 80 areas"),
        (lambda values: values.iloc[1:], DataError, "no value in 0000"),
        (lambda values: values.rename({"0001": "0000"}), DataError, "twice: 0000"),
        (lambda values: pd.concat([values, pd.Series([1.0], index=["z"])]), DataError, "of their own: z"),
    ],
)
def test_bad_values_are_one_sentence(change, error: type[DataError], said: str):
    for call in (ac.moran, ac.geary):
        with pytest.raises(error, match=said) as caught:
            call(change(smooth(9, 1)), grid_queen(9))
        assert caught.value.say("de") != str(caught.value)


def test_too_few_areas_have_a_statistic_and_no_test():
    few = grid(5)
    values = pd.Series(np.arange(24.0), few.index)
    with pytest.raises(NotEnoughDataError, match="24 areas"):
        ac.moran(values, queen(few))
    assert -1 < ac.moran_i(values, queen(few)) < 1
    with pytest.raises(NotEnoughDataError, match="2 areas"):
        ac.moran_i(values.iloc[:2], queen(few.iloc[:2]))


def test_no_links_no_statistic():
    apart = pd.Series(
        shapely.box(np.arange(40) * 10.0, 0, np.arange(40) * 10.0 + 1, 1), index=[str(i) for i in range(40)]
    )
    with pytest.raises(NotEnoughDataError, match="neighbour"):
        ac.moran(pd.Series(np.arange(40.0), apart.index), queen(apart, islands="keep"))


@pytest.mark.parametrize(
    "call",
    [
        lambda v, w: ac.moran(v, w, permutations=9),
        lambda v, w: ac.moran(v, w, permutations=99, alternative="one-sided"),
        lambda v, w: ac.join_counts(v, w),
        lambda v, w: ac.join_counts(v > 0, row_standardised(w)),
        lambda v, w: ac.eb_standardised(v, v),
        lambda v, w: ac.eb_standardised(abs(v), v.iloc[::-1]),
        lambda v, w: ac.eb_standardised(v * 0, abs(v)),
    ],
)
def test_options_that_mean_nothing(call):
    with pytest.raises(DataError):
        call(smooth(9, 1), grid_queen(9))
