"""Shrinkage against METHODS' examples, esda where it is right, and the formula written out."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix
from scipy.special import expit, logit

from qmgis.core.shrink import empirical_bayes, local_bayes, logit_shrinkage, logit_toward
from qmgis.errors import DataError, NotEnoughDataError

PEOPLE = pd.Series([100, 400, 1000, 50, 450], name="people")
areas = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 900)), min_size=3, max_size=20).map(
    lambda rows: (pd.Series([a for a, _ in rows]), pd.Series([a + b for a, b in rows]))
)


def ring(count, seed=0):
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(size=(count, count)) < 0.4
    matrix |= matrix.T
    np.fill_diagonal(matrix, False)
    matrix[0, 1] = matrix[1, 0] = True
    return matrix


def test_printed_example_and_clamp():
    theta = empirical_bayes(pd.Series([2, 10, 30, 0, 25]), PEOPLE)
    np.testing.assert_allclose(theta, [0.030808, 0.029258, 0.031003, 0.029790, 0.045156], atol=1e-6)
    np.testing.assert_allclose(empirical_bayes(pd.Series([5, 21, 50, 3, 22]), PEOPLE), 0.0505, atol=1e-12)


@given(areas)
def test_global_equals_esda_where_that_is_right(pair):
    count, people = pair
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Empirical_Bayes

        theirs = Empirical_Bayes(count.to_numpy(), people.to_numpy()).r.ravel()
    found = empirical_bayes(count, people)
    base = count.sum() / people.sum()
    between = (people * (count / people - base) ** 2).sum() / people.sum() - base / people.mean()
    if between > 1e-12:
        np.testing.assert_allclose(found, theirs, rtol=1e-9)
    if between < -1e-12:
        # There esda does not clamp: not to be copied.
        np.testing.assert_allclose(found, base)
    raw = count / people
    assert found.between(np.minimum(raw, base) - 1e-12, np.maximum(raw, base) + 1e-12).all()


@given(areas, st.integers(0, 20))
def test_local_equals_esda(pair, seed):
    count, people = pair
    matrix = ring(len(count), seed)
    for island in np.flatnonzero(~matrix.any(axis=1)):
        matrix[island, (island + 1) % len(count)] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Spatial_Empirical_Bayes
        from libpysal.weights import W

        w = W({n: list(np.flatnonzero(row)) for n, row in enumerate(matrix)}, id_order=list(range(len(matrix))))
        theirs = Spatial_Empirical_Bayes(count.to_numpy(), people.to_numpy(), w).r.ravel()
    found, alone = local_bayes(count, people, csr_array(matrix.astype(float)))
    assert not alone.any()
    known = np.isfinite(theirs)
    np.testing.assert_allclose(found[known], theirs[known], rtol=1e-6, atol=1e-9)


@given(areas, st.integers(0, 5))
def test_order_of_rows_does_not_matter_and_nobody_counts_nowhere(pair, seed):
    count, people = pair
    found = empirical_bayes(count, people)
    pd.testing.assert_series_equal(empirical_bayes(count[::-1], people[::-1])[::-1], found)
    more = pd.Series([*count, 0, np.nan]), pd.Series([*people, 0, 50])
    empty = empirical_bayes(*more)
    np.testing.assert_allclose(empty[:-2], found)
    assert empty[-2:].isna().all()
    matrix = np.zeros((len(count) + 2,) * 2)
    matrix[:-2, :-2] = ring(len(count), seed)
    local, _ = local_bayes(count, people, csr_matrix(matrix[:-2, :-2]))
    matrix[:, -2:] = matrix[-2:, :] = 1
    np.testing.assert_allclose(local_bayes(*more, csr_matrix(matrix))[0][:-2], local, atol=1e-12)
    turned = local_bayes(count[::-1], people[::-1], csr_array(ring(len(count), seed)[::-1, ::-1].astype(float)))[0]
    np.testing.assert_allclose(turned[::-1], local, atol=1e-12)


def test_edges():
    nobody_ill = empirical_bayes(pd.Series([0, 0]), pd.Series([10, 20]))
    assert nobody_ill.tolist() == [0, 0]
    matrix = csr_array(np.array([[1.0, 3, 0], [0.5, 9, 0], [0, 0, 7]]))
    found, alone = local_bayes(pd.Series([1, 1, 4]), pd.Series([10, 10, 10]), matrix)
    assert found[2] == 0.4
    assert alone.tolist() == [False, False, True]
    with pytest.raises(NotEnoughDataError):
        empirical_bayes(pd.Series([1, np.nan]), pd.Series([0, 5]))
    with pytest.raises(DataError, match="negative"):
        empirical_bayes(pd.Series([-1, 2]), pd.Series([5, 5]))
    with pytest.raises(DataError, match="2 by 2"):
        local_bayes(pd.Series([1, 1, 4]), pd.Series([10, 10, 10]), csr_array(np.eye(2)))


def test_logit_example_of_methods():
    four, of, counted, people, t2 = (np.array([x]) for x in (4.0, 20.0, 300.0, 5000.0, 0.25))
    share, weight = logit_toward(four, of, group_count=counted, group_total=people, between=t2)
    assert weight[0] == pytest.approx(0.47914, abs=5e-6)
    assert share[0] == pytest.approx(0.11356, abs=5e-6)


@given(areas, areas)
def test_logit_equals_the_formula_written_out(one, two):
    count = pd.concat([one[0], two[0]], ignore_index=True)
    people = pd.concat([one[1], two[1]], ignore_index=True)
    groups = pd.Series(["x"] * len(one[0]) + ["y"] * len(two[0]))
    found = logit_shrinkage(count, people, groups)
    for r, n, place in ((*one, groups == "x"), (*two, groups == "y")):
        m, top = logit((r + 0.5) / (n + 1)), logit((r.sum() + 0.5) / (n.sum() + 1))
        noise = (n + 1) * (n + 2) / (n * (r + 1) * (n - r + 1))
        t2 = ((m - top) ** 2).sum() / (len(r) - 1)
        w = (1 / noise) / (1 / noise + 1 / t2) if t2 > 0 else 0 * noise
        np.testing.assert_allclose(found.loc[place, "weight"], w, atol=1e-9)
        np.testing.assert_allclose(found.loc[place, "share"], expit(w * m + (1 - w) * top), atol=1e-9)
    assert found["share"].between(0, 1).all()
    pd.testing.assert_frame_equal(logit_shrinkage(count[::-1], people[::-1], groups[::-1])[::-1], found)


def test_logit_edges():
    found = logit_shrinkage(
        pd.Series([3, 0, np.nan, 4, 1]), pd.Series([10, 0, 10, 10, 10]), pd.Series(["x", "x", "x", None, "y"])
    )
    assert found["share"].isna().tolist() == [False, True, True, True, False]
    # Alone in its group: the group's share, which is its own with a half case on either side.
    assert found["share"][0] == pytest.approx(3.5 / 11)
    assert found["weight"][0] == 0
    with pytest.raises(DataError, match="more people"):
        logit_shrinkage(pd.Series([3, 9]), pd.Series([5, 5]), pd.Series(["x", "x"]))
    with pytest.raises(NotEnoughDataError, match="group"):
        logit_shrinkage(pd.Series([3]), pd.Series([5]), pd.Series([None]))
