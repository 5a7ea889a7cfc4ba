"""Where do like values cluster? One statistic for each area, with its test and what is left after many tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from qmgis.core.pattern.clusters import Correction, LocalResult, LocalTest, fdr
from qmgis.core.pattern.permutation import Alternative, checked_permutations, lag_tails
from qmgis.core.pattern.sample import LEAST_FOR_STATISTIC, Weights, checked_binary, sample
from qmgis.core.spatial.neighbours import Neighbours
from qmgis.errors import DataError

__all__ = [
    "Correction",
    "LocalResult",
    "bivariate_local_moran",
    "fdr",
    "getis_ord",
    "getis_ord_star",
    "local_joins",
    "local_moran",
    "local_moran_i",
]


def local_moran_i(values: pd.Series, neighbours: Neighbours, *, weights: Weights = "row") -> pd.Series:
    """Return each area's part of Moran's I without a test, on esda's scale: row-standardised, they add up to (n - 1) I.

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 3; the index are areas.
    neighbours
        Who is whose neighbour.
    weights
        ``row``: each area's weights add up to 1; ``given``: as they are.

    References
    ----------
    Anselin, Geographical Analysis 27, 1995, p. 98.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> row = pd.Series(shapely.points(np.arange(4.0), 0.0), index=list("abcd"))
    >>> local_moran_i(pd.Series([0.0, 0, 1, 1], index=list("abcd")), within_band(row, distance_m=1)).abs().tolist()
    [0.75, 0.0, 0.0, 0.75]
    """
    ids, matrix, (array,) = sample(neighbours, [values], weights=weights, least=LEAST_FOR_STATISTIC)
    z = array - array.mean()
    part = np.where(np.diff(matrix.indptr) > 0, (len(ids) - 1) * z * (matrix @ z) / np.square(z).sum(), np.nan)
    return pd.Series(part, ids).reindex(values.index.astype("str")).set_axis(values.index)


def local_moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    correction: Correction = "fdr",
    alpha: float = 0.05,
) -> LocalResult:
    """Return where high values stand among high ones, low among low ones, or against their neighbours (LISA).

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 30; the index are areas.
    neighbours
        Who is whose neighbour.
    weights
        As in `local_moran_i`.
    permutations
        How many draws of neighbours; 99,999 where results are published.
    seed
        The same seed gives the same result, whatever order rows come in.
    alternative
        ``two-sided``; ``greater`` (area and neighbours alike), ``less`` (they differ); ``directed``, as esda 2.9: the
        smaller tail, which is half of two-sided.
    correction
        ``fdr`` (see `fdr`) or ``none``.
    alpha
        Level of significance.

    Raises
    ------
    NotEnoughDataError
        Fewer than 30 areas, one value everywhere, no values, no links.
    DataError
        Gaps, or areas that do not fit the neighbours.

    References
    ----------
    Anselin, Geographical Analysis 27, 1995, pp. 97-100.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=2)
    >>> found = local_moran(pd.Series(np.arange(36.0), index=ids), row, permutations=999)
    >>> found.table["cluster"].unique().tolist()
    ['LL', 'none', 'HH']
    """
    ids, matrix, (array,) = sample(neighbours, [values], weights=weights)
    z = array - array.mean()
    lag = matrix @ z
    upper, lower = _tails(z, matrix, permutations, seed)
    quadrant = np.where(z > 0, "H", "L").astype(object) + np.where(lag > 0, "H", "L").astype(object)
    numbers = ((len(ids) - 1) * z * lag / np.square(z).sum(), matrix @ array)
    tails = _signed(z, upper, lower, permutations)
    linked = np.diff(matrix.indptr) > 0
    how = LocalTest("local_moran", permutations, seed, alternative, correction, alpha, weights, neighbours.rule)
    return how.result(ids, numbers, tails, quadrant=quadrant, tested=linked, index=values.index)


def bivariate_local_moran(
    values: pd.Series,
    around: pd.Series,
    neighbours: Neighbours,
    *,
    weights: Weights = "row",
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    correction: Correction = "fdr",
    alpha: float = 0.05,
) -> LocalResult:
    """Return where a value goes with another value of the neighbours; the first letter is here, the second around.

    Parameters
    ----------
    values, around
        Numbers without gaps, shape (n,): here, and in the neighbours (drawn anew in the test).
    neighbours, weights, permutations, seed, alternative, correction, alpha
        As in `local_moran`; errors too.

    References
    ----------
    Anselin, Syabri & Smirnov, New Tools for Spatial Data Analysis, 2002.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=2)
    >>> up, down = pd.Series(np.arange(36.0), index=ids), pd.Series(np.arange(36.0)[::-1], index=ids)
    >>> bivariate_local_moran(up, down, row, permutations=999).table["cluster"].unique().tolist()
    ['LH', 'none', 'HL']
    """
    ids, matrix, (here, there) = sample(neighbours, [values, around], weights=weights)
    x, y = (here - here.mean()) / here.std(), (there - there.mean()) / there.std()
    lag = matrix @ y
    upper, lower = _tails(y, matrix, permutations, seed)
    quadrant = np.where(x > 0, "H", "L").astype(object) + np.where(lag > 0, "H", "L").astype(object)
    numbers = ((len(ids) - 1) / len(ids) * x * lag, matrix @ there)
    tails = _signed(x, upper, lower, permutations)
    linked = np.diff(matrix.indptr) > 0
    how = LocalTest(
        "bivariate_local_moran", permutations, seed, alternative, correction, alpha, weights, neighbours.rule
    )
    return how.result(ids, numbers, tails, quadrant=quadrant, tested=linked, index=values.index)


def getis_ord_star(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    correction: Correction = "fdr",
    alpha: float = 0.05,
) -> LocalResult:
    """Return where high (hot spots) or low values (cold spots) are close together, the area itself included (Gi*).

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 30; the index are areas.
    neighbours
        With weights as given; the area itself counts with weight 1, so they must not be row-standardised.
    permutations, seed, alternative, correction, alpha
        As in `local_moran`; errors too. ``greater`` asks for hot spots only.

    Returns
    -------
    LocalResult
        ``statistic`` is the standard score; ``quadrant`` H (above what is expected) or L.

    References
    ----------
    Ord & Getis, Geographical Analysis 27, 1995, p. 289.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=2)
    >>> found = getis_ord_star(pd.Series(np.arange(36.0), index=ids), row, permutations=999)
    >>> found.table["statistic"].iloc[-1].round(4), found.table["cluster"].unique().tolist()
    (np.float64(2.8332), ['L', 'none', 'H'])
    """
    ids, matrix, (array,) = sample(neighbours, [_unscaled(values, neighbours)], weights="given")
    count, total = len(ids), np.asarray(matrix.sum(axis=1)) + 1
    squares = np.asarray((matrix * matrix).sum(axis=1)) + 1
    spread = array.std() * np.sqrt(np.maximum(count * squares - total**2, 0) / (count - 1))
    lag = matrix @ array + array
    how = LocalTest("getis_ord_star", permutations, seed, alternative, correction, alpha, "given", neighbours.rule)
    return _hot(values, ids, matrix, (array, lag, lag - array.mean() * total, spread), how)


def getis_ord(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    correction: Correction = "fdr",
    alpha: float = 0.05,
) -> LocalResult:
    """Return where the neighbours' values are high or low, the area itself left out (Gi); else as `getis_ord_star`.

    References
    ----------
    Ord & Getis, Geographical Analysis 27, 1995, p. 289.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=2)
    >>> getis_ord(pd.Series(np.arange(36.0), index=ids), row, permutations=999).table["cluster"].unique().tolist()
    ['L', 'none', 'H']
    """
    ids, matrix, (array,) = sample(neighbours, [_unscaled(values, neighbours)], weights="given")
    others, total = len(ids) - 1, np.asarray(matrix.sum(axis=1))
    squares = np.asarray((matrix * matrix).sum(axis=1))
    mean = (array.sum() - array) / others
    centred = array - array.mean()
    variance = (np.square(centred).sum() - np.square(centred)) / others - np.square(mean - array.mean())
    spread = np.sqrt(np.maximum(variance, 0) * np.maximum(others * squares - total**2, 0) / (others - 1))
    lag = matrix @ array
    how = LocalTest("getis_ord", permutations, seed, alternative, correction, alpha, "given", neighbours.rule)
    return _hot(values, ids, matrix, (array, lag, lag - mean * total, spread), how)


def local_joins(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    permutations: int = 9999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    correction: Correction = "fdr",
    alpha: float = 0.05,
) -> LocalResult:
    """Return how many neighbours of an area that has a property have it too; areas without it are not tested.

    Parameters
    ----------
    values
        0 and 1, or true and false, without gaps, shape (n,), n at least 30.
    neighbours
        With weights as given (1), not row-standardised.
    permutations, seed, alternative, correction, alpha
        As in `local_moran`; errors too.

    References
    ----------
    Anselin & Li, Journal of Geographical Systems 21, 2019, p. 189.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import within_band
    >>> ids = [f"{number:02d}" for number in range(36)]
    >>> row = within_band(pd.Series(shapely.points(np.arange(36.0), 0.0), index=ids), distance_m=2)
    >>> found = local_joins(pd.Series(np.arange(36) < 5, index=ids), row, permutations=999)
    >>> found.table["statistic"].head(6).tolist(), found.table["cluster"].iloc[[2, 9]].tolist()
    ([2.0, 3.0, 4.0, 3.0, 2.0, nan], ['H', 'not tested'])
    """
    ids, matrix, (array,) = sample(neighbours, [checked_binary(values, neighbours)], weights="given")
    lag, has = matrix @ array, array > 0
    upper, lower = _tails(array, matrix, permutations, seed)
    linked = np.diff(matrix.indptr) > 0
    share = array.sum() - 1
    quadrant = np.where(lag > matrix.sum(axis=1) * share / (len(ids) - 1), "H", "L").astype(object)
    how = LocalTest("local_joins", permutations, seed, alternative, correction, alpha, "given", neighbours.rule)
    found = how.result(ids, (lag, lag), (upper, lower), quadrant=quadrant, tested=linked & has, index=values.index)
    untested = found.table.index.astype("str").isin(ids[linked & ~has])
    found.table.loc[untested, "cluster"] = "not tested"
    return found


def _unscaled(values: pd.Series, neighbours: Neighbours) -> pd.Series:
    """Return the values where the weights fit Gi, else the error."""
    if neighbours.is_standardised:
        raise DataError(
            "Gi and Gi* weigh the area and each neighbour with 1; give neighbours that are not row-standardised.",
            de="Gi und Gi* gewichten Gebiet und Nachbarn mit 1; Nachbarn ohne Zeilenstandardisierung angeben.",
        )
    return values


def _tails(values: np.ndarray, matrix: csr_array, permutations: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how often drawn neighbours reach what is observed; see `lag_tails`."""
    checked_permutations(permutations)
    return lag_tails(values, matrix, permutations=permutations, rng=np.random.default_rng(seed))


def _signed(own: np.ndarray, upper: np.ndarray, lower: np.ndarray, permutations: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the tails of own value times lag from those of the lag; a value of 0 ties with every draw."""
    none = np.abs(own) <= 1e-12 * np.abs(own).max()
    up, down = np.where(own > 0, upper, lower), np.where(own > 0, lower, upper)
    return np.where(none, permutations, up), np.where(none, permutations, down)


def _hot(
    values: pd.Series,
    ids: pd.Index,
    matrix: csr_array,
    parts: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    how: LocalTest,
) -> LocalResult:
    """Return Gi or Gi* from values, lag, lag above expectation and its standard deviation."""
    array, lag, above, spread = parts
    upper, lower = _tails(array, matrix, how.permutations, how.seed)
    score = np.divide(above, spread, out=np.full(len(ids), np.nan), where=spread > 0)
    quadrant, linked = np.where(above > 0, "H", "L").astype(object), np.diff(matrix.indptr) > 0
    return how.result(ids, (score, lag), (upper, lower), quadrant=quadrant, tested=linked, index=values.index)
