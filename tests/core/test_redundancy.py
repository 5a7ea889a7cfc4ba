"""Correlations against SciPy, components against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.decomposition import PCA

from qmgis.core.redundancy import correlation, cronbach_alpha, flags, principal_components
from qmgis.errors import NotEnoughDataError


def table(seed, n=40, k=4, gaps=0.0):
    rng = np.random.default_rng(seed)
    array = rng.normal(size=(n, k)) + rng.normal(size=(n, 1)) * rng.uniform(0, 2)
    array[rng.uniform(size=array.shape) < gaps] = np.nan
    return pd.DataFrame(array.round(1), columns=list("pqst")[:k])


@settings(max_examples=40)
@given(st.integers(0, 40), st.sampled_from([0.0, 0.2]))
def test_correlations_equal_scipy(seed, gaps):
    x = table(seed, gaps=gaps)
    for of, reference in (("values", stats.pearsonr), ("ranks", stats.spearmanr)):
        r, p, n = correlation(x, of=of)
        for first in "pqst":
            for second in "pqst":
                both = x[[first, second]].dropna() if first != second else x[[first]].dropna()
                assert n.loc[first, second] == len(both)
                expected = reference(both[first], both[second])
                np.testing.assert_allclose(r.loc[first, second], expected[0], atol=1e-9)
                np.testing.assert_allclose(p.loc[first, second], expected[1], atol=1e-9)


@given(st.integers(0, 40))
def test_components_equal_scikit_learn(seed):
    x = table(seed)
    scree, loadings = principal_components(x)
    z = (x - x.mean()) / x.std(ddof=0)
    reference = PCA().fit(z)
    np.testing.assert_allclose(scree["explained"], reference.explained_variance_ratio_, atol=1e-9)
    for number in loadings:
        vector = loadings[number] / np.sqrt(scree.loc[number, "eigenvalue"])
        np.testing.assert_allclose(np.abs(vector), np.abs(reference.components_[number - 1]), atol=1e-6)
        assert loadings[number].sum() >= -1e-9
    np.testing.assert_allclose((loadings**2).sum(axis=1), 1)
    np.testing.assert_allclose(scree["eigenvalue"].sum(), 4)


@given(st.integers(0, 40), st.integers(1, 9), st.integers(-1000, 1000))
def test_unit_and_order_of_rows_do_not_matter(seed, a, b):
    x = table(seed, gaps=0.1)
    for of in ("values", "ranks"):
        r = correlation(x, of=of)[0]
        pd.testing.assert_frame_equal(correlation(x[::-1] * a + b, of=of)[0], r)
        assert np.allclose(r, r.T)
    assert cronbach_alpha(x * a + b) == pytest.approx(cronbach_alpha(x))


def test_alpha_is_the_classic_one_of_standard_scores():
    x = table(3)
    z = (x - x.mean()) / x.std()
    classic = 4 / 3 * (1 - z.var().sum() / z.sum(axis=1).var())
    assert cronbach_alpha(x) == pytest.approx(classic)
    assert cronbach_alpha(pd.DataFrame({"p": [1.0, 2, 3], "q": [3.0, 2, 1]})) == -np.inf


def test_flags_name_copies_and_contradictions_once():
    x = table(1)
    x["copy"], x["turned"] = x["p"] * 2 + 1, -x["q"]
    found = flags(correlation(x)[0]).set_index(["first", "second"])["flag"]
    assert found[("p", "copy")] == "redundant"
    assert found[("q", "turned")] == "conflicting"
    assert len(flags(pd.DataFrame(np.eye(3)))) == 0
    # Exactly on a limit is neither.
    assert len(flags(pd.DataFrame([[1, 0.9], [0.9, 1]]))) == 0


def test_a_tiny_spread_far_from_zero_keeps_its_digits():
    x = table(2)
    np.testing.assert_allclose(correlation(x * 1e-3 + 1e6)[0], correlation(x)[0], atol=1e-5)


@pytest.mark.parametrize(
    "x",
    [
        pd.DataFrame({"p": [1.0, 2, 3], "q": [4.0, 4, 4]}),
        pd.DataFrame({"p": [1.0, 2, 3], "q": [np.nan, np.nan, np.nan]}),
        pd.DataFrame({"p": [1.0, 2, 3, np.nan, np.nan, np.nan], "q": [np.nan, np.nan, 2, 3, 4, 5]}),
        pd.DataFrame(),
    ],
)
def test_too_little(x):
    with pytest.raises(NotEnoughDataError):
        correlation(x)


def test_constant_where_both_are_there():
    x = pd.DataFrame({"p": [1.0, 1, 1, 5], "q": [1.0, 2, 3, np.nan]})
    assert np.isnan(correlation(x)[0].loc["p", "q"])
    with pytest.raises(NotEnoughDataError, match='"p" or "q"'):
        principal_components(x)
    with pytest.raises(NotEnoughDataError, match="2 indicators"):
        cronbach_alpha(x[["p"]])
