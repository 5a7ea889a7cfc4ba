"""Local statistics: the shared draws are exact, equal to esda in distribution, and cheap at 99,999 permutations."""

from __future__ import annotations

import itertools
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from qmgis.core.pattern import local
from qmgis.core.pattern import permutation as pm
from qmgis.core.spatial.neighbours import Neighbours, nearest, queen, row_standardised
from qmgis.errors import DataError, NotEnoughDataError
from tests.core.spatial import grid, grid_queen, pysal, pysal_weights, smooth


def quiet(function: Callable[..., object], *arguments: object, **options: object) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def weighted(found: Neighbours, seed: int = 5) -> Neighbours:
    matrix = found.matrix.copy()
    matrix.data = np.random.default_rng(seed).uniform(0.2, 1.0, matrix.nnz)
    return replace(found, matrix=matrix)


# The draws ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("count", "size"), [(5, 2), (9, 3), (4, 4), (5, 3), (5, 4)])
def test_every_ordered_draw_is_equally_likely(count: int, size: int):
    rows = 60_000
    drawn = pm.distinct_draws(count, size=size, rows=rows, rng=np.random.default_rng(3))
    found = pd.Series(map(tuple, drawn.tolist())).value_counts()
    possible = list(itertools.permutations(range(count), size))
    expected = rows / len(possible)
    assert set(found.index) == set(possible)
    assert ((found - expected) ** 2 / expected).sum() < len(possible) + 5 * np.sqrt(2 * len(possible))


def one_by_one(values: np.ndarray, matrix: csr_array, drawn: np.ndarray) -> tuple[list[int], list[int]]:
    """Count slowly: of each draw the first k that are not the area itself."""
    upper, lower = [], []
    for i in range(len(values)):
        weights = matrix.data[matrix.indptr[i] : matrix.indptr[i + 1]]
        observed = weights @ values[matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]]
        sums = []
        for row in drawn:
            slots = row[: len(weights)].copy()
            slots[slots == i] = row[len(weights)]
            sums.append(weights @ values[slots])
        upper.append(int((np.array(sums) >= observed - 1e-9).sum()))
        lower.append(int((np.array(sums) <= observed + 1e-9).sum()))
    return upper, lower


@pytest.mark.parametrize("blocks", [8_000_000, 400])
@pytest.mark.parametrize("kind", ["alike", "mixed", "both"])
@pytest.mark.parametrize("whole", [True, False])
def test_counts_equal_those_of_each_area_by_itself(monkeypatch, kind: str, blocks: int, whole: bool):
    monkeypatch.setattr(pm, "BLOCK", blocks)
    found, rng = grid_queen(6), np.random.default_rng(1)
    values = rng.integers(0, 4, 35).astype(float) if whole else rng.normal(size=35)
    matrix = (found if kind == "alike" else weighted(found)).matrix.copy()
    if kind == "both":
        matrix.data[: matrix.indptr[12]] = 0.5
    upper, lower = pm.lag_tails(values - values.mean(), matrix, permutations=200, rng=np.random.default_rng(9))
    again, size, rows = np.random.default_rng(9), 9, max(blocks // 4 // 9, 1)
    parts = [pm.distinct_draws(35, size=size, rows=min(rows, 200 - s), rng=again) for s in range(0, 200, rows)]
    expected = one_by_one(values - values.mean(), matrix, np.concatenate(parts))
    assert (upper.tolist(), lower.tolist()) == expected


@pytest.mark.parametrize("mixed", [False, True])
def test_probabilities_are_those_of_all_possible_neighbours(mixed: bool):
    """Eight areas: every set of neighbours can be listed; whole numbers, so that many sums tie."""
    rng = np.random.default_rng(2)
    links = (rng.random((8, 8)) < 0.4) & ~np.eye(8, dtype=bool)
    values = np.array([0.0, 0, 1, 1, 2, 3, 3, 7])
    matrix = csr_array(links * (rng.integers(1, 4, (8, 8)) if mixed else 1.0))
    draws = 40_000
    upper, lower = pm.lag_tails(values, matrix, permutations=draws, rng=np.random.default_rng(11))
    for i in np.flatnonzero(links.sum(axis=1)):
        weights = matrix.data[matrix.indptr[i] : matrix.indptr[i + 1]]
        observed = (matrix @ values)[i]
        others = np.delete(values, i)
        sums = np.array([weights @ np.array(one) for one in itertools.permutations(others, len(weights))])
        for counted, share in ((upper[i], (sums >= observed).mean()), (lower[i], (sums <= observed).mean())):
            assert counted / draws == pytest.approx(share, abs=4.5 * np.sqrt(share * (1 - share) / draws) + 1e-12)


# Beside esda ----------------------------------------------------------------------------------------------------------
def esda_p(name: str, values: pd.Series, found: Neighbours, seed: int) -> np.ndarray:
    esda, array, weights = pysal().esda, values.to_numpy(), pysal_weights(found)
    options = {"permutations": 999, "n_jobs": 1, "seed": seed, "keep_simulations": False}
    if name == "moran":
        return np.asarray(quiet(esda.Moran_Local, array, weights, "r", **options).p_sim)
    return np.asarray(quiet(esda.G_Local, array, weights, "B", star=name == "star", **options).p_sim)


CALLS = {"moran": local.local_moran, "star": local.getis_ord_star, "gi": local.getis_ord}


@pytest.mark.parametrize("name", CALLS)
def test_p_values_agree_with_esda_over_seeds(name: str):
    found, values, seeds = grid_queen(9), smooth(9, 1) + 10, range(8)
    theirs = np.array([esda_p(name, values, found, seed) for seed in seeds])
    ours = np.array(
        [
            CALLS[name](values, found, permutations=999, seed=seed, alternative="directed").table["p"].to_numpy()
            for seed in seeds
        ]
    )
    apart = ours.mean(axis=0) - theirs.mean(axis=0)
    noise = np.sqrt(ours.mean(axis=0) * (1 - ours.mean(axis=0)) / 999 * 2 / len(seeds)) + 1e-3
    assert np.abs(apart / noise).max() < 4.5
    # Draws are shared among areas in both programs, so counts vary together over the seeds.
    assert (ours <= 0.05).sum(axis=1).mean() == pytest.approx((theirs <= 0.05).sum(axis=1).mean(), abs=1.5)


def test_local_moran_statistics_equal_esda():
    found, values, other = grid_queen(9), smooth(9, 1), smooth(9, 2)
    theirs = quiet(pysal().esda.Moran_Local, values.to_numpy(), pysal_weights(found), "r", permutations=0)
    ours = local.local_moran(values, found, permutations=99)
    np.testing.assert_allclose(ours.table["statistic"], theirs.Is, atol=1e-9)
    assert ours.table["quadrant"].map({"HH": 1, "LH": 2, "LL": 3, "HL": 4}).tolist() == theirs.q.tolist()
    np.testing.assert_allclose(local.local_moran_i(values, found), theirs.Is, atol=1e-9)
    both = quiet(
        pysal().esda.Moran_Local_BV, values.to_numpy(), other.to_numpy(), pysal_weights(found), "r", permutations=0
    )
    ours = local.bivariate_local_moran(values, other, found, permutations=99)
    np.testing.assert_allclose(ours.table["statistic"], both.Is, atol=1e-9)
    assert ours.table["quadrant"].map({"HH": 1, "LH": 2, "LL": 3, "HL": 4}).tolist() == both.q.tolist()


@pytest.mark.parametrize(("call", "star"), [(local.getis_ord_star, True), (local.getis_ord, False)])
def test_getis_ord_equals_esda_with_binary_weights(call, star: bool):
    found, values = nearest(grid(9), k=5), smooth(9, 1) + 10
    theirs = quiet(pysal().esda.G_Local, values.to_numpy(), pysal_weights(found), "B", star=star, permutations=0)
    np.testing.assert_allclose(call(values, found, permutations=99).table["statistic"], theirs.Zs, atol=1e-9)


def test_star_with_distance_decay_is_the_formula():
    found, values = weighted(grid_queen(9)), smooth(9, 1)
    w, y, n = found.matrix.toarray() + np.eye(80), values.to_numpy(), 80
    total, s = w.sum(axis=1), np.sqrt((y**2).mean() - y.mean() ** 2)
    expected = (w @ y - y.mean() * total) / (s * np.sqrt((n * (w**2).sum(axis=1) - total**2) / (n - 1)))
    np.testing.assert_allclose(local.getis_ord_star(values, found, permutations=99).table["statistic"], expected)


def test_local_joins_equal_esda():
    found, has = grid_queen(9), smooth(9, 1) > 0
    esda = pysal().esda
    theirs = quiet(esda.Join_Counts_Local(connectivity=pysal_weights(found), permutations=0).fit, has.to_numpy() * 1)
    table = local.local_joins(has, found, permutations=99).table
    np.testing.assert_array_equal(table["statistic"].fillna(0), theirs.LJC)
    assert (table["cluster"][~has] == "not tested").all()
    assert table["p"].isna().equals(~has)


# Tails and corrections ------------------------------------------------------------------------------------------------
def test_two_sided_is_twice_the_smaller_tail():
    found, values = grid_queen(9), smooth(9, 1)
    p = {
        one: local.local_moran(values, found, permutations=999, alternative=one).table["p"]
        for one in ("two-sided", "greater", "less", "directed")
    }
    np.testing.assert_allclose(p["directed"], np.minimum(p["greater"], p["less"]))
    np.testing.assert_allclose(p["two-sided"], np.minimum(1, 2 * p["directed"]))
    assert ((p["greater"] + p["less"]) >= 1).all()


def test_sp_5_the_list_of_the_reference():
    p = pd.Series([0.03, 0.001, 0.6, 0.008, 0.2, 0.02], index=list("abcdef"))
    assert local.fdr(p)[lambda one: one].index.tolist() == ["a", "b", "d", "f"]


def test_sp_5_nothing_is_significant_when_none_passes_unlike_esda():
    p = pd.Series([0.03, 0.04, 0.2, 0.6])
    assert not local.fdr(p).any()
    assert quiet(pysal().esda.fdr, p.to_numpy(), 0.05) == pytest.approx(0.05 / 4)
    exactly = pd.Series([0.0125, 0.5, 0.6, 0.7])
    assert local.fdr(exactly).tolist() == [True, False, False, False]


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=40))
def test_fdr_equals_scipy(values: list[float]):
    from scipy.stats import false_discovery_control

    p = pd.Series(values)
    adjusted = false_discovery_control(p)
    sure = np.abs(adjusted - 0.05) > 1e-9
    assert (local.fdr(p) == (adjusted <= 0.05))[sure].all()


def test_gaps_in_p_count_nowhere():
    p = pd.Series([0.04, np.nan, np.nan])
    assert local.fdr(p).tolist() == [True, False, False]
    assert not local.fdr(pd.Series([np.nan])).any()


def test_levels_significance_and_clusters_fit():
    values = pd.Series(np.arange(224.0), grid(15).index)
    for correction in ("fdr", "none"):
        found = local.local_moran(values, grid_queen(15), permutations=9999, correction=correction)
        table = found.table
        assert table["significant"].equals(table["cluster"] != "none")
        assert set(table["cluster"]) == {"HH", "LL", "none"}
        assert (table["p"] <= table["level"])[table["level"].notna()].all()
        assert (table["p"] > 0.05).equals(table["level"].isna())
    assert table["significant"].equals(table["p"] <= 0.05)


def test_a_value_at_the_mean_is_never_significant():
    values = smooth(9, 1)
    values.iloc[5] = 0
    values = values - values.drop(values.index[5]).mean()
    values.iloc[5] = 0.0
    table = local.local_moran(values, grid_queen(9), permutations=99).table
    assert table["p"].iloc[5] == 1.0


def test_an_area_without_neighbours_is_said_to_have_none():
    far = pd.Series([shapely.box(9000, 0, 9100, 100)], index=["far"])
    values = pd.concat([smooth(9, 1), pd.Series([4.0], index=["far"])])
    for policy in ("keep", "exclude"):
        table = local.local_moran(values, queen(pd.concat([grid(9), far]), islands=policy), permutations=99).table
        assert table.index.equals(values.index)
        assert table.loc["far", ["cluster", "significant"]].tolist() == ["no neighbours", False]
        assert table.loc["far", ["statistic", "p", "level", "quadrant"]].isna().all()


@given(st.randoms(use_true_random=False), st.floats(0.1, 100), st.floats(-100, 100))
@settings(max_examples=10)
def test_order_and_scale_change_nothing(random, scale: float, shift: float):
    values, order = smooth(9, 2), list(range(80))
    random.shuffle(order)
    for call in (local.local_moran, local.getis_ord_star):
        before = call(values, grid_queen(9), permutations=199).table
        after = call(values.iloc[order], queen(grid(9).iloc[order]), permutations=199).table
        pd.testing.assert_frame_equal(after.reindex(before.index), before, atol=1e-9)
        scaled = call(values * scale + shift, grid_queen(9), permutations=199).table
        pd.testing.assert_frame_equal(scaled.drop(columns="lag"), before.drop(columns="lag"), atol=1e-6)


def test_many_permutations_are_affordable():
    """224 areas, 99,999 draws; esda would keep 224 x 99,999 of them."""
    tracemalloc.start()
    found = local.local_moran(smooth(15, 1), grid_queen(15), permutations=99_999)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.table["p"].min() < 0.001
    assert peak < 250e6


# Bad input ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda v, w: local.local_moran(v * 0, w), NotEnoughDataError, "constant"),
        (lambda v, w: local.local_moran(v.where(v > 0), w), DataError, "no value in"),
        (lambda v, w: local.local_moran(v, w, permutations=9), DataError, "9 permutations"),
        (lambda v, w: local.local_moran(v, w, alternative="upper"), DataError, "alternative"),
        (lambda v, w: local.local_moran(v, w, alpha=5), DataError, "alpha"),
        (lambda v, w: local.getis_ord_star(v, row_standardised(w)), DataError, "row-standardised"),
        (lambda v, w: local.getis_ord(v, row_standardised(w)), DataError, "row-standardised"),
        (lambda v, w: local.local_joins(v, w), DataError, "other than 0 and 1"),
        (lambda v, w: local.local_moran(v, queen(grid(5))), NotEnoughDataError, "24 areas"),
    ],
)
def test_bad_input_is_one_sentence(call, error: type[DataError], said: str):
    with pytest.raises(error, match=said) as caught:
        call(smooth(9, 1), grid_queen(9))
    assert caught.value.say("de") != str(caught.value)
