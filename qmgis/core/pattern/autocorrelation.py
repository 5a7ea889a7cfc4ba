"""Is a pattern on the map more than chance? One number for all areas, with its test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from qmgis.core.pattern.permutation import Alternative
from qmgis.core.pattern.sample import LEAST_FOR_STATISTIC, Weights, checked_binary, sample
from qmgis.core.pattern.shuffle import Autocorrelation, ShuffleTest
from qmgis.core.spatial.neighbours import Neighbours
from qmgis.errors import DataError

__all__ = [
    "Autocorrelation",
    "JoinCounts",
    "bivariate_moran",
    "eb_moran",
    "eb_standardised",
    "geary",
    "geary_c",
    "join_counts",
    "moran",
    "moran_i",
]


@dataclass(frozen=True)
class JoinCounts:
    """Neighbouring pairs: both have it (``bb``), one of them (``bw``), neither (``ww``)."""

    bb: Autocorrelation
    bw: Autocorrelation
    ww: Autocorrelation


def moran_i(values: pd.Series, neighbours: Neighbours, *, weights: Weights = "row") -> float:
    """Return Moran's I without a test: above -1/(n - 1) neighbours are alike, below it they differ.

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 3; the index are areas.
    neighbours
        Who is whose neighbour.
    weights
        ``row``: each area's weights add up to 1; ``given``: as they are.

    Raises
    ------
    NotEnoughDataError, DataError
        As in `qmgis.core.pattern.sample.sample`.

    References
    ----------
    Moran, Biometrika 37, 1950, p. 17; Cliff & Ord, Spatial Processes, 1981, p. 17.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> row = pd.Series(shapely.points(np.arange(4.0), 0.0), index=list("abcd"))
    >>> round(moran_i(pd.Series([0.0, 0, 1, 1], index=list("abcd")), within_band(row, distance_m=1)), 4)
    0.5
    """
    _, matrix, (array,) = sample(neighbours, [values], weights=weights, least=LEAST_FOR_STATISTIC)
    return float(_moran_of(array, matrix)(array[None, :])[0])


def geary_c(values: pd.Series, neighbours: Neighbours, *, weights: Weights = "row") -> float:
    """Return Geary's C without a test: below 1 neighbours are alike, above 1 they differ; parameters as in `moran_i`.

    References
    ----------
    Geary, The Incorporated Statistician 5, 1954, p. 115.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> row = pd.Series(shapely.points(np.arange(4.0), 0.0), index=list("abcd"))
    >>> round(geary_c(pd.Series([0.0, 0, 1, 1], index=list("abcd")), within_band(row, distance_m=1)), 4)
    0.375
    """
    _, matrix, (array,) = sample(neighbours, [values], weights=weights, least=LEAST_FOR_STATISTIC)
    return float(_geary_of(array, matrix)(array[None, :])[0])


def moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> Autocorrelation:
    """Return Moran's I with its tests.

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 30; the index are areas.
    neighbours
        Who is whose neighbour.
    weights
        As in `moran_i`.
    permutations
        How often the values are shuffled.
    seed
        The same seed gives the same result, whatever order rows come in.
    alternative
        ``two-sided``; ``greater`` (neighbours are alike), ``less``; ``directed``: the smaller tail, as PySAL.

    Raises
    ------
    NotEnoughDataError
        Fewer than 30 areas, one value everywhere, no values, no links.
    DataError
        Gaps, or areas that do not fit the neighbours.

    References
    ----------
    Cliff & Ord, Spatial Processes, 1981, pp. 42-46.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=1)
    >>> found = moran(pd.Series(np.arange(36.0), index=ids), row, permutations=99)
    >>> round(found.statistic, 3), found.p, round(found.expectation, 4)
    (0.991, 0.02, -0.0286)
    """
    ids, matrix, (array,) = sample(neighbours, [values], weights=weights)
    count, (s0, s1, s2) = len(ids), _sums(matrix)
    expectation = -1.0 / (count - 1)
    variance = (count**2 * s1 - count * s2 + 3 * s0**2) / ((count**2 - 1) * s0**2) - expectation**2
    test = ShuffleTest(array, permutations, seed, alternative, weights, neighbours.rule)
    return test.of("moran", _moran_of(array, matrix), expectation, variance)


def geary(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> Autocorrelation:
    """Return Geary's C with its tests; parameters and errors as in `moran`, but ``less`` is "neighbours are alike".

    References
    ----------
    Cliff & Ord, Spatial Processes, 1981, pp. 42-46.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=1)
    >>> geary(pd.Series(np.arange(36.0), index=ids), row, permutations=99).p
    0.02
    """
    ids, matrix, (array,) = sample(neighbours, [values], weights=weights)
    count, (s0, s1, s2) = len(ids), _sums(matrix)
    variance = ((2 * s1 + s2) * (count - 1) - 4 * s0**2) / (2 * (count + 1) * s0**2)
    test = ShuffleTest(array, permutations, seed, alternative, weights, neighbours.rule)
    return test.of("geary", _geary_of(array, matrix), 1.0, variance)


def bivariate_moran(
    values: pd.Series,
    around: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> Autocorrelation:
    """Return how a value goes with another value of the neighbours; the other is shuffled.

    It mixes correlation in the same place with correlation across borders, so it shows no influence of neighbours.

    Parameters
    ----------
    values, around
        Numbers without gaps, shape (n,): here, and in the neighbours.
    neighbours, weights, permutations, seed, alternative
        As in `moran`; errors too.

    References
    ----------
    Anselin, Syabri & Smirnov, New Tools for Spatial Data Analysis, 2002; Lee, Journal of Geographical Systems 3, 2001,
    p. 369 (its limits).

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=1)
    >>> up, down = pd.Series(np.arange(36.0), index=ids), pd.Series(np.arange(36.0)[::-1], index=ids)
    >>> round(bivariate_moran(up, down, row, permutations=99).statistic, 3)
    -0.991
    """
    _, matrix, (here, there) = sample(neighbours, [values, around], weights=weights)
    lag = (here - here.mean()) @ matrix
    factor = 1.0 / (matrix.sum() * here.std() * there.std())
    middle = there.mean()
    test = ShuffleTest(there, permutations, seed, alternative, weights, neighbours.rule)
    return test.of("bivariate_moran", lambda rows: np.asarray((rows - middle) @ lag * factor), 0.0, None)


def eb_standardised(counts: pd.Series, population: pd.Series) -> pd.Series:
    """Return rates in standard deviations that allow for the noise of small populations.

    Parameters
    ----------
    counts
        Cases, not negative, shape (n,).
    population
        Persons they come from, above 0, the same index.

    Returns
    -------
    pd.Series
        (rate - overall rate) / sqrt(a + overall rate / population), a the variance between areas; where that is
        negative, the noise alone.

    Raises
    ------
    DataError
        A gap, a negative count, a population of 0; areas that do not fit.
    NotEnoughDataError
        No cases at all.

    References
    ----------
    Assunção & Reis, Statistics in Medicine 18, 1999, p. 2147.

    Examples
    --------
    >>> eb_standardised(pd.Series([2.0, 10, 30, 0, 25]), pd.Series([100.0, 400, 1000, 50, 450])).round(3).tolist()
    [-0.66, -0.657, -0.324, -1.22, 1.755]
    """
    if not counts.index.equals(population.index):
        raise DataError(
            "Cases and population have different areas; give both for the same areas in the same order.",
            de="Fälle und Bevölkerung haben verschiedene Gebiete; beide für dieselben Gebiete angeben.",
        )
    cases, persons = counts.to_numpy(dtype=float), population.to_numpy(dtype=float)
    wrong = counts.index[~(np.isfinite(cases) & np.isfinite(persons) & (cases >= 0) & (persons > 0))]
    if len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"Rates need cases and a population above 0, but not so in {named} ({len(wrong)}); leave these areas out.",
            de=f"Raten brauchen Fälle und eine Bevölkerung über 0, anders in {named} ({len(wrong)}); ausnehmen.",
        )
    if cases.sum() == 0:
        raise DataError(
            "There are no cases in any area, so there are no rates to compare; check the column.",
            de="In keinem Gebiet gibt es Fälle, also keine Raten zum Vergleichen; Spalte prüfen.",
        )
    rate, overall = cases / persons, cases.sum() / persons.sum()
    between = (persons * (rate - overall) ** 2).sum() / persons.sum() - overall / persons.mean()
    variance = between + overall / persons
    return pd.Series(
        (rate - overall) / np.sqrt(np.where(variance <= 0, overall / persons, variance)), counts.index, name=counts.name
    )


def eb_moran(
    counts: pd.Series,
    population: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> Autocorrelation:
    """Return Moran's I of rates whose populations differ; see `eb_standardised` and `moran`.

    References
    ----------
    Assunção & Reis, Statistics in Medicine 18, 1999, p. 2147.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=1)
    >>> eb_moran(pd.Series(range(36), index=ids), pd.Series(100, index=ids), row, permutations=99).measure
    'eb_moran'
    """
    rates = eb_standardised(counts, population)
    found = moran(rates, neighbours, weights=weights, permutations=permutations, seed=seed, alternative=alternative)
    return Autocorrelation(**{**vars(found), "measure": "eb_moran"})


def join_counts(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> JoinCounts:
    """Return how many neighbouring pairs both have a property, one of them, or neither.

    Parameters
    ----------
    values
        0 and 1, or true and false, without gaps, shape (n,), n at least 30.
    neighbours
        With weights as given (1), not row-standardised.
    permutations, seed, alternative
        As in `moran`; errors too.

    References
    ----------
    Cliff & Ord, Spatial Processes, 1981, pp. 11-13 and 19-20 (nonfree sampling).

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=1)
    >>> found = join_counts(pd.Series(np.arange(36) < 10, index=ids), row, permutations=99)
    >>> found.bb.statistic, found.bw.statistic, found.ww.statistic, found.bb.expectation
    (9.0, 1.0, 25.0, 2.5)
    """
    ids, matrix, (array,) = sample(neighbours, [checked_binary(values, neighbours)], weights="given")
    count, having = len(ids), float(array.sum())
    pairs, other, joins = count * (count - 1), count - having, matrix.sum() / 2
    test = ShuffleTest(array, permutations, seed, alternative, "given", neighbours.rule)

    def both(rows: np.ndarray) -> np.ndarray:
        return _quadratic(rows, matrix) / 2

    ends = np.asarray(matrix.sum(axis=0) + matrix.sum(axis=1)) / 2
    return JoinCounts(
        test.of("join_bb", both, joins * having * (having - 1) / pairs, None),
        test.of("join_bw", lambda rows: rows @ ends - 2 * both(rows), joins * 2 * having * other / pairs, None),
        test.of("join_ww", lambda rows: both(1 - rows), joins * other * (other - 1) / pairs, None),
    )


def _moran_of(array: np.ndarray, matrix: csr_array) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that gives I of rows of shuffled values, shape (b, n)."""
    middle = array.mean()
    factor = len(array) / (matrix.sum() * np.square(array - middle).sum())
    return lambda rows: _quadratic(rows - middle, matrix) * factor


def _geary_of(array: np.ndarray, matrix: csr_array) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that gives C of rows of shuffled values, shape (b, n)."""
    middle = array.mean()
    factor = (len(array) - 1) / (2 * matrix.sum() * np.square(array - middle).sum())
    ends = np.asarray(matrix.sum(axis=0) + matrix.sum(axis=1))

    def statistic(rows: np.ndarray) -> np.ndarray:
        centred = rows - middle
        return np.asarray((np.square(centred) @ ends - 2 * _quadratic(centred, matrix)) * factor)

    return statistic


def _quadratic(rows: np.ndarray, matrix: csr_array) -> np.ndarray:
    """Return sum over i and j of w_ij x_i x_j for each row x."""
    return np.asarray(np.einsum("bn,nb->b", rows, matrix @ rows.T))


def _sums(matrix: csr_array) -> tuple[float, float, float]:
    """Return S0, S1 and S2 of the weights."""
    both = matrix + matrix.T
    ends = np.asarray(matrix.sum(axis=0) + matrix.sum(axis=1))
    return float(matrix.sum()), float((both * both).sum() / 2), float(np.square(ends).sum())
