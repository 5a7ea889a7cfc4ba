"""Shares and rates from counts, and their change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.core._columns import finite_or_gap, like, named, same_rows, some
from qmgis.errors import DataError

__all__ = ["as_share", "change", "counts", "rate", "share"]


def counts(count: pd.Series, total: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and what they are counted in as floats, after checking rows and signs; gaps are NaN.

    Raises
    ------
    DataError
        Different areas, or negative or infinite numbers.
    """
    same_rows(count, total)
    arrays = finite_or_gap(count), finite_or_gap(total)
    for column, array in zip((count, total), arrays, strict=True):
        if (array < 0).any():
            where = some(column.index[array < 0])
            raise DataError(
                f'"{named(column)}" has negative counts (areas: {where}); if they stand for "missing", make them so.',
                de=f'"{named(column)}" hat negative Anzahlen (Gebiete: {where}); stehen sie für „fehlt“, dann so '
                "kennzeichnen.",
            )
    return arrays


def share(count: pd.Series, total: pd.Series) -> pd.Series:
    """Return which part of a total is counted, 0-1; missing where the total is 0 or either number is missing.

    Parameters
    ----------
    count
        Persons or cases, at least 0, shape (n,).
    total
        Those they are a part of, at least as many, shape (n,), same index.

    Returns
    -------
    pd.Series
        The same index and the name of ``count``; 0-1.

    Raises
    ------
    DataError
        A count above its total, a negative count, or different areas.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (denomination).

    Examples
    --------
    >>> share(pd.Series([10.0, 0.0, None]), pd.Series([40, 0, 20])).tolist()
    [0.25, nan, nan]
    """
    part, whole = counts(count, total)
    above = part > whole
    if above.any():
        where = some(count.index[above])
        raise DataError(
            f'"{named(count)}" is larger than "{named(total)}" (areas: {where}); check that both count the same people '
            "at the same date.",
            de=f'"{named(count)}" ist größer als "{named(total)}" (Gebiete: {where}); prüfen, ob beide dieselben '
            "Personen am selben Stichtag zählen.",
        )
    return like(_divided(part, whole), count)


def rate(count: pd.Series, base: pd.Series, *, per: float = 1.0) -> pd.Series:
    """Return a count per unit of a base that it is no part of, such as surgeries per 1,000 residents.

    Parameters
    ----------
    count, base
        At least 0, shape (n,), same index.
    per
        How many units of the base the rate is given for.

    Returns
    -------
    pd.Series
        The same index; missing where the base is 0 or either number is missing.

    Raises
    ------
    DataError
        A negative count, or different areas.

    Examples
    --------
    >>> rate(pd.Series([3, 1]), pd.Series([2000, 0]), per=1000).tolist()
    [1.5, nan]
    """
    part, whole = counts(count, base)
    return like(_divided(part, whole) * per, count)


def change(now: pd.Series, before: pd.Series) -> pd.Series:
    """Return the difference of two shares; 0.01 is one percentage point, positive is an increase.

    Parameters
    ----------
    now, before
        Shares, 0-1, shape (n,), same index.

    Returns
    -------
    pd.Series
        The same index; -1 to 1; missing where either is.

    Raises
    ------
    DataError
        Values outside 0-1 (percent among shares), or different areas.

    Examples
    --------
    >>> change(pd.Series([0.12, 0.3]), pd.Series([0.10, None])).round(4).tolist()
    [0.02, nan]
    """
    same_rows(now, before)
    return like(as_share(now) - as_share(before), now)


def as_share(values: pd.Series) -> np.ndarray:
    """Return shares as floats, gaps as NaN; values outside 0-1 are an error."""
    array = finite_or_gap(values)
    outside = (array < 0) | (array > 1)
    if outside.any():
        where = some(values.index[outside])
        raise DataError(
            f'"{named(values)}" has values outside 0 to 1 (areas: {where}); divide percent by 100 first.',
            de=f'"{named(values)}" hat Werte außerhalb von 0 bis 1 (Gebiete: {where}); Prozent erst durch 100 teilen.',
        )
    return array


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the quotient, NaN where the denominator is 0 or missing."""
    quotient: np.ndarray = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return quotient
