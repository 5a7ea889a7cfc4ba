"""Weights: sum to 1, refuse nonsense; AHP against Saaty's school, PCA against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from qmgis.core.weigh import ahp, by_level, equal, equal_effect, principal, rescaled
from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError
from tests.core.test_redundancy import table

some_weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda w: sum(w) > 1e-3)


@given(some_weights, st.floats(1e-3, 1e3))
def test_weights_rescale(numbers, factor):
    names = [f"i{n}" for n in range(len(numbers))]
    weights = rescaled(dict(zip(names, numbers, strict=True)), names)
    assert weights.sum() == pytest.approx(1)
    assert weights.index.tolist() == names
    larger = rescaled({name: number * factor for name, number in zip(names, numbers, strict=True)}, names)
    np.testing.assert_allclose(larger, weights, atol=1e-9)


@pytest.mark.parametrize(
    ("weights", "error", "said"),
    [
        ({"p": -1, "q": 2}, DataError, "negative"),
        ({"p": np.nan, "q": 2}, DataError, "no number"),
        ({"p": np.inf, "q": 2}, DataError, "no number"),
        ({"p": 0, "q": 0}, DataError, "All weights"),
        ({"p": 1}, DataError, "q has no weight"),
        ({"p": 1, "q": 1, "qq": 1}, UnknownKeyError, "qq"),
    ],
)
def test_refused_weights(weights, error, said):
    with pytest.raises(error, match=said) as caught:
        rescaled(weights, ["p", "q"])
    assert caught.value.say("de") != str(caught.value)


def test_equal_and_levels():
    assert equal(list("pqst")).tolist() == [0.25] * 4
    weights = by_level({"p": 2, "q": 2, "s": 7}, {"p": "x", "q": "x", "s": "y"}, of_groups={"y": 3, "x": 1})
    assert weights.to_dict() == {"p": 0.125, "q": 0.125, "s": 0.75}
    with pytest.raises(DataError, match="All weights"):
        by_level({"p": 0, "s": 7}, {"p": "x", "s": "y"}, of_groups={"y": 3, "x": 1})
    with pytest.raises(UnknownKeyError):
        by_level({"p": 1}, {"p": "x"}, of_groups={"y": 3, "x": 1})
    with pytest.raises(NotEnoughDataError):
        equal([])
    with pytest.raises(DataError, match="more than once"):
        equal(["p", "p"])


def test_principal_component_weights_equal_scikit_learn():
    x = table(5)
    found, explained = principal(x)
    reference = PCA().fit((x - x.mean()) / x.std())
    np.testing.assert_allclose(found["weight"], reference.components_[0] ** 2, atol=1e-9)
    assert explained == pytest.approx(reference.explained_variance_ratio_[0])
    assert found["weight"].sum() == pytest.approx(1)


@given(st.integers(0, 30))
def test_equal_effect_is_more_even_than_equal_weights(seed):
    x = table(seed, n=60) * [1, 5, 0.1, 20]
    weights, effect = equal_effect(x)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    index = (x * weights).sum(axis=1)
    np.testing.assert_allclose([np.corrcoef(x[name], index)[0, 1] for name in x], effect, atol=1e-6)
    plain = [np.corrcoef(x[name], x.mean(axis=1))[0, 1] for name in x]
    assert effect.std() <= np.std(plain) + 1e-9
    if (weights > 0).all() and effect.min() > 0.3:
        assert np.ptp(effect) < 1e-3


def test_equal_effect_never_pays_with_negative_weights():
    rng = np.random.default_rng(0)
    p = rng.normal(size=200)
    x = pd.DataFrame({"p": p, "q": p + rng.normal(size=200) * 0.1, "s": -p + rng.normal(size=200), "t": p * 2})
    weights, _ = equal_effect(x)
    assert (weights >= 0).all()
    with pytest.raises(NotEnoughDataError):
        equal_effect(x[:4])


# Saaty 1980: choosing a school; the printed weights are .32 .14 .03 .13 .24 .14.
SCHOOL = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]


def test_ahp_gives_the_printed_school():
    school = pd.DataFrame(SCHOOL, index=list("lfsvcm"), columns=list("lfsvcm"))
    weights, ratio = ahp(school, limit=None)
    np.testing.assert_allclose(weights, [0.32, 0.14, 0.03, 0.13, 0.24, 0.14], atol=0.006)
    vector = np.ones(6)
    for _ in range(200):
        vector = np.array(SCHOOL) @ vector / vector.sum()
    assert ratio == pytest.approx((vector.sum() - 6) / 5 / 1.24)
    with pytest.raises(DataError, match=r"0\.23"):
        ahp(school)


@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=8))
def test_ahp_finds_the_weights_of_free_comparisons(numbers):
    true = np.array(numbers) / sum(numbers)
    pairs = pd.DataFrame(true[:, None] / true[None, :])
    weights, ratio = ahp(pairs)
    np.testing.assert_allclose(weights, true, atol=1e-9)
    assert 0 <= ratio < 1e-6


@pytest.mark.parametrize("pairs", [[[1, 2], [2, 1]], [[1, -2], [-0.5, 1]], [[2, 1], [1, 2]], [[1, 2]]])
def test_comparisons_that_are_none(pairs):
    with pytest.raises(DataError):
        ahp(pd.DataFrame(pairs))
    assert ahp(pd.DataFrame([[1, 6], [0.17, 1]]))[1] == 0
