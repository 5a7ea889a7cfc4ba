"""Whether indicators say the same thing twice, or contradict each other."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import matrix
from qmgis.errors import NotEnoughDataError

__all__ = ["CONFLICTING", "REDUNDANT", "correlation", "cronbach_alpha", "flags", "principal_components"]

REDUNDANT, CONFLICTING = 0.9, 0.0
# Fewer areas with both values give no correlation.
LEAST = 3


def correlation(
    table: pd.DataFrame, *, of: Literal["values", "ranks"] = "values"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return correlations of all pairs of indicators, their two-sided p-values, and the areas each rests on.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k); each pair uses the areas that have both values.
    of
        ``values`` gives Pearson's r, ``ranks`` Spearman's.

    Returns
    -------
    tuple
        r (-1 to 1), p (0-1, by Student's t with n - 2; 0 on the diagonal) and n; each (k, k). r and p are missing where
        one of the two is constant in the areas that have both.

    Raises
    ------
    NotEnoughDataError
        An indicator without two different values, or a pair with fewer than three areas.

    Examples
    --------
    >>> r, p, n = correlation(pd.DataFrame({"p": [1.0, 2.0, 3.0, 4.0], "q": [1.0, 3.0, 2.0, 4.0]}))
    >>> [round(float(one.loc["p", "q"]), 4) for one in (r, p, n)]
    [0.8, 0.2, 4.0]
    """
    array = matrix(table, constant=False, least=LEAST)
    there = (~np.isnan(array)).astype(float)
    n = there.T @ there
    _enough(table, n)
    # Moved to mean 0 first: correlations of large numbers with a tiny spread keep their digits.
    frame = pd.DataFrame(array - np.nanmean(array, axis=0))
    r = frame.corr(method="pearson" if of == "values" else "spearman").to_numpy().copy()
    np.fill_diagonal(r, 1.0)
    r = np.clip(r, -1.0, 1.0)
    free = np.maximum(n - 2, 1)
    with np.errstate(divide="ignore"):
        p = 2 * scipy.stats.t.sf(np.abs(r) * np.sqrt(free / (1 - r**2)), free)
    names = table.columns
    return (
        pd.DataFrame(r, index=names, columns=names),
        pd.DataFrame(p, index=names, columns=names),
        pd.DataFrame(n.astype(np.int64), index=names, columns=names),
    )


def flags(r: pd.DataFrame, *, redundant: float = REDUNDANT, conflicting: float = CONFLICTING) -> pd.DataFrame:
    """Return the pairs of indicators that are near copies or point in opposite directions.

    Parameters
    ----------
    r
        Correlations of indicators that are oriented the same way, shape (k, k), as `correlation` gives them.
    redundant
        Above it a pair is ``redundant``: equal weights count one thing twice.
    conflicting
        Below it a pair is ``conflicting``: check the direction of one of the two.

    Returns
    -------
    pd.DataFrame
        One row a flagged pair: ``first``, ``second``, ``r``, ``flag``.

    References
    ----------
    COINr 1.1.14, ``get_corr_flags``.

    Examples
    --------
    >>> r = pd.DataFrame([[1, 0.95, -0.2], [0.95, 1, 0.1], [-0.2, 0.1, 1]], index=list("pqs"), columns=list("pqs"))
    >>> flags(r)["flag"].tolist()
    ['redundant', 'conflicting']
    """
    array = r.to_numpy(dtype=float)
    first, second = np.triu_indices(len(array), k=1)
    value = array[first, second]
    flag = np.select([value > redundant, value < conflicting], ["redundant", "conflicting"], default="")
    pairs = pd.DataFrame({"first": r.index[first], "second": r.index[second], "r": value, "flag": flag})
    return pairs[pairs["flag"] != ""].reset_index(drop=True)


def cronbach_alpha(table: pd.DataFrame) -> float:
    """Return how well indicators measure one thing: standardised alpha, at most 1, negative where they contradict.

    Parameters
    ----------
    table
        One column an indicator, oriented the same way, shape (n, k), k at least 2; pairwise complete.

    Returns
    -------
    float
        ``k / (k - 1) (1 - k / sum of all correlations)``.

    Raises
    ------
    NotEnoughDataError
        Fewer than two indicators, or as `correlation`.

    References
    ----------
    Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16, 1951.

    Examples
    --------
    >>> round(cronbach_alpha(pd.DataFrame({"p": [1.0, 2.0, 3.0, 4.0], "q": [1.0, 3.0, 2.0, 4.0]})), 4)
    0.8889
    """
    count = len(table.columns)
    if count < 2:
        raise NotEnoughDataError(
            f"Alpha needs at least 2 indicators and the table has {count}; add an indicator.",
            de=f"Alpha braucht mindestens 2 Indikatoren, die Tabelle hat {count}; einen Indikator ergänzen.",
        )
    total = float(_complete(table).sum())
    return -np.inf if total <= 0 else count / (count - 1) * (1 - count / total)


def principal_components(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how much of the variance each component holds, and the loadings of the indicators.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k); correlations are pairwise complete.

    Returns
    -------
    tuple
        One row a component (from 1): ``eigenvalue``, ``explained`` and ``cumulative`` (0-1); and the loadings, shape
        (k, k), one column a component: correlations of indicator and component, signed so that they sum to at least 0.

    Raises
    ------
    NotEnoughDataError
        As `correlation`.

    References
    ----------
    Jolliffe, Principal Component Analysis, 2002, chapters 2 and 6.

    Examples
    --------
    >>> scree, loadings = principal_components(pd.DataFrame({"p": [1.0, 2.0, 3.0, 4.0], "q": [1.0, 3.0, 2.0, 4.0]}))
    >>> scree["explained"].round(4).tolist(), loadings[1].round(4).tolist()
    ([0.9, 0.1], [0.9487, 0.9487])
    """
    size, vectors = np.linalg.eigh(_complete(table))
    size, vectors = size[::-1], vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    number = pd.RangeIndex(1, len(size) + 1, name="component")
    explained = size / size.sum()
    scree = pd.DataFrame({"eigenvalue": size, "explained": explained, "cumulative": np.cumsum(explained)}, index=number)
    # Pairwise complete correlations can give eigenvalues a little below 0.
    return scree, pd.DataFrame(vectors * np.sqrt(np.maximum(size, 0)), index=table.columns, columns=number)


def _complete(table: pd.DataFrame) -> np.ndarray:
    """Return the matrix of correlations, an error if one of them does not exist."""
    r = correlation(table)[0].to_numpy()
    if np.isnan(r).any():
        first, second = (table.columns[place[0]] for place in np.nonzero(np.isnan(r)))
        raise NotEnoughDataError(
            f'"{first}" or "{second}" is constant in the areas that have both; fill gaps or remove one of them.',
            de=f'"{first}" oder "{second}" ist in den Gebieten mit beiden Werten konstant; Lücken füllen oder einen '
            "weglassen.",
        )
    return r


def _enough(table: pd.DataFrame, n: np.ndarray) -> None:
    """Raise if a pair of indicators shares too few areas."""
    few = np.argwhere(n < LEAST)
    if len(few):
        first, second = (table.columns[place] for place in few[0])
        raise NotEnoughDataError(
            f'"{first}" and "{second}" share {int(n[tuple(few[0])])} areas and need {LEAST}; remove one of them.',
            de=f'"{first}" und "{second}" haben {int(n[tuple(few[0])])} Gebiete gemeinsam und brauchen {LEAST}; einen '
            "weglassen.",
        )
