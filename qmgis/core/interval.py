"""How stable a small number is: intervals of shares, counts and ratios, and a label for each.

Register counts are complete; an interval tells how far the number could lie from the risk it expresses, not sampling
error.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import like, same_rows
from qmgis.core.rates import as_share, change, counts, share
from qmgis.errors import DataError

__all__ = ["CAUTION", "SOLID", "byar", "newcombe", "reliability", "smr", "variation", "wilson"]

# Coefficients of variation up to which a number is solid, or to be read with caution.
SOLID, CAUTION = 0.15, 0.30
# Below so many cases Byar's formula is too rough.
EXACT_BELOW = 10


def wilson(count: pd.Series, total: pd.Series, *, level: float = 0.95) -> pd.DataFrame:
    """Return the interval of a share.

    Parameters
    ----------
    count, total
        People counted and all, shape (n,), same index; counts at most totals.
    level
        Above 0, below 1.

    Returns
    -------
    pd.DataFrame
        The same index; ``low`` and ``high``, 0-1; missing where the total is 0 or either number is missing.

    Raises
    ------
    DataError
        As `qmgis.core.rates.share`, or a level outside 0-1.

    References
    ----------
    Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.

    Examples
    --------
    >>> wilson(pd.Series([10, 0]), pd.Series([100, 50])).round(5).to_numpy().tolist()
    [[0.05523, 0.17437], [0.0, 0.07135]]
    """
    z, p = _z(level), share(count, total).to_numpy()
    n = np.where(np.isnan(p), np.nan, total.to_numpy(dtype=float, na_value=np.nan))
    wide = 1 + z**2 / n
    centre = (p + z**2 / (2 * n)) / wide
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / wide
    # At 0 and 1 the limit is exactly that.
    low = np.where(p == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(p == 1, 1.0, np.minimum(centre + half, 1.0))
    return pd.DataFrame({"low": low, "high": high}, index=count.index)


def byar(count: pd.Series, *, level: float = 0.95, exact_below: float = EXACT_BELOW) -> pd.DataFrame:
    """Return the interval of a count: exact for few cases, Byar's approximation else.

    Parameters
    ----------
    count
        Cases, at least 0, shape (n,).
    level
        Above 0, below 1.
    exact_below
        Counts below it get exact limits (chi-square); 0 uses Byar's formula for all.

    Returns
    -------
    pd.DataFrame
        The same index; ``low`` and ``high``, in cases; missing where the count is.

    Raises
    ------
    DataError
        A negative count, or a level outside 0-1.

    References
    ----------
    Breslow and Day, Statistical Methods in Cancer Research II, IARC 1987, page 69.

    Examples
    --------
    >>> byar(pd.Series([10, 0])).round(3).to_numpy().tolist()
    [[4.787, 18.391], [0.0, 3.689]]
    """
    z, cases = _z(level), counts(count, count)[0]
    exact = cases < exact_below
    # 1 stands in where there is no case: the lower limit is 0 there.
    some = np.where(cases > 0, cases, 1.0)
    low = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    high = (cases + 1) * (1 - 1 / (9 * (cases + 1)) + z / (3 * np.sqrt(cases + 1))) ** 3
    tail = (1 - level) / 2
    low = np.where(exact, scipy.stats.chi2.ppf(tail, 2 * some) / 2, low)
    high = np.where(exact, scipy.stats.chi2.isf(tail, 2 * cases + 2) / 2, high)
    low = np.where(cases == 0, 0.0, np.where(np.isnan(cases), np.nan, np.maximum(low, 0.0)))
    return pd.DataFrame({"low": low, "high": high}, index=count.index)


def smr(
    count: pd.Series, expected: pd.Series, *, level: float = 0.95, exact_below: float = EXACT_BELOW
) -> pd.DataFrame:
    """Return the ratio of observed to expected cases with its interval.

    Parameters
    ----------
    count
        Observed cases, at least 0, shape (n,).
    expected
        Expected cases, at least 0, same index.
    level, exact_below
        As `byar`.

    Returns
    -------
    pd.DataFrame
        The same index; ``ratio``, ``low``, ``high``; 1 is as expected; missing where nothing is expected.

    Raises
    ------
    DataError
        Negative numbers, or different areas.

    Examples
    --------
    >>> smr(pd.Series([10]), pd.Series([5.0])).round(3).to_numpy().tolist()
    [[2.0, 0.957, 3.678]]
    """
    cases, divisor = counts(count, expected)
    divisor = np.where(divisor > 0, divisor, np.nan)
    limits = byar(count, level=level, exact_below=exact_below)
    return pd.DataFrame(
        {"ratio": cases / divisor, "low": limits["low"] / divisor, "high": limits["high"] / divisor}, index=count.index
    )


def newcombe(now: pd.DataFrame, before: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return the difference of two shares with its interval.

    For two dates of one area the people overlap, so the interval is too wide: label it approximate.

    Parameters
    ----------
    now, before
        ``count`` and ``total`` of each area, shape (n, 2), same index.
    level
        Above 0, below 1.

    Returns
    -------
    pd.DataFrame
        The same index; ``change``, ``low``, ``high``, -1 to 1 (0.01 is one percentage point).

    Raises
    ------
    DataError
        As `wilson`; different areas.

    References
    ----------
    Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17, 1998,
    method 10.

    Examples
    --------
    >>> one, two = ({"count": [56], "total": [70]}, {"count": [48], "total": [80]})
    >>> newcombe(pd.DataFrame(one), pd.DataFrame(two)).round(4).to_numpy().tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    first, second = share(now["count"], now["total"]), share(before["count"], before["total"])
    moved = change(first, second)
    of_first = wilson(now["count"], now["total"], level=level)
    of_second = wilson(before["count"], before["total"], level=level)
    low = moved - np.hypot(first - of_first["low"], of_second["high"] - second)
    high = moved + np.hypot(of_first["high"] - first, second - of_second["low"])
    return pd.DataFrame({"change": moved, "low": low, "high": high})


def variation(shares: pd.Series, total: pd.Series) -> pd.Series:
    """Return the coefficient of variation of a share, ``sqrt((1 - p) / (p n))``; infinite where the share is 0.

    Parameters
    ----------
    shares
        0-1, shape (n,).
    total
        People the share is of, same index; missing or 0 gives a missing result.

    Raises
    ------
    DataError
        A share outside 0-1, or different areas.

    Examples
    --------
    >>> variation(pd.Series([0.1, 0.0, 0.1]), pd.Series([900, 100, 0])).round(4).tolist()
    [0.1, inf, nan]
    """
    same_rows(shares, total)
    p, n = as_share(shares), counts(total, total)[0]
    p, n = np.where(n > 0, p, np.nan), np.where(n > 0, n, np.nan)
    result = np.full(len(p), np.inf)
    np.divide(1 - p, p * n, out=result, where=~(p == 0))
    return like(np.where(np.isnan(n), np.nan, np.sqrt(result)), shares)


def reliability(cv: pd.Series) -> pd.Series:
    """Return a label for each coefficient of variation: ``solid`` to 15 %, ``caution`` to 30 %, ``weak`` beyond.

    Parameters
    ----------
    cv
        At least 0, shape (n,), as `variation` gives it; infinite is weak.

    Returns
    -------
    pd.Series
        The same index; missing where ``cv`` is.

    Examples
    --------
    >>> reliability(pd.Series([0.15, 0.3, 0.31, None])).tolist()
    ['solid', 'caution', 'weak', None]
    """
    array = cv.to_numpy(dtype=float, na_value=np.nan)
    labels = np.select([array <= SOLID, array <= CAUTION, array > CAUTION], ["solid", "caution", "weak"], default="")
    return pd.Series([label or None for label in labels.tolist()], index=cv.index, name=cv.name, dtype=object)


def _z(level: float) -> float:
    """Return the two-sided normal quantile of a level."""
    if not 0 < level < 1:
        raise DataError(
            f"The level of the interval is {level}; give a number between 0 and 1, such as 0.95.",
            de=f"Das Niveau ist {level}; eine Zahl zwischen 0 und 1 angeben, etwa 0.95.",
        )
    return float(scipy.stats.norm.isf((1 - level) / 2))
