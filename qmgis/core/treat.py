"""Outliers: a test by skew and kurtosis, winsorising, and logarithms that are safe for any sign."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import like, matrix, numbers

__all__ = ["KURTOSIS", "MOST_POINTS", "SKEW", "box_cox", "has_outliers", "log_safe", "shape", "treat", "winsorise"]

# A column is left alone unless it is beyond both.
SKEW, KURTOSIS = 2.0, 3.5
MOST_POINTS = 5


def shape(values: pd.Series) -> tuple[float, float]:
    """Return skewness and excess kurtosis, both corrected for small samples.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least four known; gaps are left aside.

    Raises
    ------
    NotEnoughDataError
        Fewer than four values, or all equal.

    References
    ----------
    Joanes and Gill, Comparing measures of sample skewness and kurtosis, The Statistician 47, 1998 (G1 and G2).

    Examples
    --------
    >>> [round(number, 6) for number in shape(pd.Series([*range(1, 11), 30, 100]))]
    [3.063241, 9.741391]
    """
    return _shape(numbers(values, least=4))


def has_outliers(values: pd.Series, *, skew: float = SKEW, kurtosis: float = KURTOSIS) -> bool:
    """Return whether a column has outliers by its shape: both ``|skew|`` and excess kurtosis are above the limits.

    Examples
    --------
    >>> has_outliers(pd.Series(range(10))), has_outliers(pd.Series([*range(1, 11), 30, 100]))
    (False, True)
    """
    return _fails(numbers(values, least=4), skew, kurtosis)


def winsorise(
    values: pd.Series, *, at_most: int = MOST_POINTS, skew: float = SKEW, kurtosis: float = KURTOSIS
) -> tuple[pd.Series, pd.Series]:
    """Return the column with its farthest points moved to the next one until its shape passes, and which were moved.

    The farthest point lies on the side of the skew: the largest where it is positive, else the smallest.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least four known; gaps stay.
    at_most
        How many points may be moved; points with the same value are moved together or not at all.
    skew, kurtosis
        The limits of `has_outliers`.

    Returns
    -------
    tuple
        Values (float) and moved points (bool), the same index. The shape need not pass: see `has_outliers`.

    Raises
    ------
    NotEnoughDataError
        Fewer than four values, or all equal.

    References
    ----------
    COINr 1.1.14, ``winsorise``; OECD/JRC, Handbook on Constructing Composite Indicators, 2008.

    Examples
    --------
    >>> moved = winsorise(pd.Series([*range(1, 11), 30, 100]))
    >>> moved[0].tolist()[-3:], moved[1].tolist()[-3:]
    ([10.0, 30.0, 30.0], [False, False, True])
    """
    array = numbers(values, least=4).copy()
    moved = np.zeros(len(array), dtype=bool)
    while _fails(array, skew, kurtosis):
        high = _shape(array)[0] >= 0
        end = np.nanmax(array) if high else np.nanmin(array)
        farthest = array == end
        rest = array[~farthest & ~np.isnan(array)]
        # Moving the last other value as well would leave a constant.
        if (moved | farthest).sum() > at_most or np.ptp(rest) == 0:
            break
        array[farthest] = rest.max() if high else rest.min()
        moved |= farthest
    return like(array, values), like(moved, values)


def log_safe(values: pd.Series) -> pd.Series:
    """Return logarithms that exist for any sign: ``ln(x - min + 0.01 range)``, mirrored where the skew is negative.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least four known; gaps stay.

    Returns
    -------
    pd.Series
        The same index; in the same order as the values (never reversed); without unit.

    Raises
    ------
    NotEnoughDataError
        Fewer than four values, or all equal.

    References
    ----------
    COINr 1.1.14, ``log_CT_plus``.

    Examples
    --------
    >>> log_safe(pd.Series([-1.0, 0.0, 1.0, 99.0])).round(4).tolist()
    [0.0, 0.6931, 1.0986, 4.6151]
    """
    array = numbers(values, least=4)
    low, high = np.nanmin(array), np.nanmax(array)
    room = 0.01 * (high - low)
    return like(np.log(array - low + room) if _shape(array)[0] >= 0 else -np.log(high - array + room), values)


def box_cox(values: pd.Series) -> tuple[pd.Series, float]:
    """Return the Box-Cox transform with the likeliest exponent, and the exponent.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least four known; gaps stay. Moved to ``x - min + 0.01 range`` first if not all are
        positive.

    Raises
    ------
    NotEnoughDataError
        Fewer than four values, or all equal.

    References
    ----------
    Box and Cox, An analysis of transformations, JRSS B 26, 1964.

    Examples
    --------
    >>> values, exponent = box_cox(pd.Series([1.0, 2.0, 4.0, 8.0, 16.0]))
    >>> round(exponent, 3)
    0.0
    """
    array = numbers(values, least=4)
    low = np.nanmin(array)
    positive = array if low > 0 else array - low + 0.01 * (np.nanmax(array) - low)
    known = ~np.isnan(array)
    result = np.full(len(array), np.nan)
    result[known], exponent = scipy.stats.boxcox(positive[known])
    return like(result, values), float(exponent)


def treat(
    table: pd.DataFrame, *, at_most: int = MOST_POINTS, skew: float = SKEW, kurtosis: float = KURTOSIS
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the table with outliers treated, which cells were changed, and what was done to each indicator.

    A column whose shape passes stays as it is. Else it is winsorised; if it still does not pass, the untreated column
    is replaced by its `log_safe`.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k); gaps stay.
    at_most
        How many points of an indicator may be moved.
    skew, kurtosis
        The limits of `has_outliers`.

    Returns
    -------
    tuple
        Values; changed cells (bool); and one row an indicator with ``how`` (``none``, ``winsorised``, ``log``),
        ``points`` (cells changed), ``skew`` and ``kurtosis`` before, ``skew_after``, ``kurtosis_after``, and
        ``outliers_left`` (whether the result still fails the test).

    Raises
    ------
    NotEnoughDataError
        An indicator with fewer than four values, or all equal.

    References
    ----------
    COINr 1.1.14, ``Treat``.

    Examples
    --------
    >>> values, changed, done = treat(pd.DataFrame({"p": [*range(1, 11), 30, 100], "q": range(12)}))
    >>> done["how"].to_dict(), done["points"].to_dict()
    ({'p': 'winsorised', 'q': 'none'}, {'p': 1, 'q': 0})
    """
    matrix(table, constant=False, least=4)
    values, changed, done = {}, {}, {}
    for name in table.columns:
        column, moved = winsorise(table[name], at_most=at_most, skew=skew, kurtosis=kurtosis)
        how = "winsorised" if moved.any() else "none"
        if has_outliers(column, skew=skew, kurtosis=kurtosis):
            column, moved, how = log_safe(table[name]), table[name].notna(), "log"
        before, after = shape(table[name]), shape(column)
        values[name], changed[name] = column, moved
        done[name] = {
            "how": how,
            "points": int(moved.sum()),
            "skew": before[0],
            "kurtosis": before[1],
            "skew_after": after[0],
            "kurtosis_after": after[1],
            "outliers_left": has_outliers(column, skew=skew, kurtosis=kurtosis),
        }
    return pd.DataFrame(values), pd.DataFrame(changed), pd.DataFrame.from_dict(done, orient="index")


def _shape(array: np.ndarray) -> tuple[float, float]:
    """Return skewness and excess kurtosis of the known numbers."""
    known = array[~np.isnan(array)]
    # Centred and scaled first, so that a tiny spread far from 0 is no matter.
    known = (known - known.mean()) / np.ptp(known)
    return float(scipy.stats.skew(known, bias=False)), float(scipy.stats.kurtosis(known, bias=False))


def _fails(array: np.ndarray, skew: float, kurtosis: float) -> bool:
    """Return whether both limits are passed."""
    measured = _shape(array)
    return abs(measured[0]) > skew and measured[1] > kurtosis
