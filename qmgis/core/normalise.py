"""Brings indicators to one scale. Standard scores are in `qmgis.core.stats`.

Every function takes a column as it is; `orient` it first, so that a high value means more disadvantage.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core._columns import like, named, numbers, some
from qmgis.errors import DataError, NotEnoughDataError

__all__ = [
    "borda",
    "distance_to_maximum",
    "distance_to_reference",
    "distance_to_target",
    "fraction_of_max",
    "goalposts",
    "min_max",
    "orient",
    "percentile_rank",
    "robust_z",
]


def orient(values: pd.Series, *, direction: Literal[1, -1]) -> pd.Series:
    """Return the values turned so that high means more disadvantage.

    Parameters
    ----------
    values
        Numbers, shape (n,).
    direction
        1: high is more disadvantage already; -1: low is.

    Examples
    --------
    >>> orient(pd.Series([1.0, None, 3.0]), direction=-1).tolist()
    [-1.0, nan, -3.0]
    """
    if direction not in (1, -1):
        raise DataError(
            f'The direction of "{named(values)}" is {direction}; give 1 (high is worse) or -1 (low is worse).',
            de=f'Die Richtung von "{named(values)}" ist {direction}; 1 (hoch ist schlechter) oder -1 (niedrig ist '
            "schlechter) angeben.",
        )
    # 0 stays 0 and never becomes -0.
    return like(numbers(values, constant=True, least=1) * direction + 0.0, values)


def min_max(values: pd.Series, *, to: tuple[float, float] = (0.0, 1.0)) -> pd.Series:
    """Return ``(x - min) / (max - min)``, stretched to the range asked for; missing everywhere if all are equal.

    Parameters
    ----------
    values
        Numbers, shape (n,); gaps stay.
    to
        The results of the smallest and the largest value.

    Raises
    ------
    NotEnoughDataError
        No value at all.
    DataError
        ``to`` does not ascend.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5.

    Examples
    --------
    >>> min_max(pd.Series([2.0, 3.0, 6.0]), to=(1, 100)).tolist()
    [1.0, 25.75, 100.0]
    """
    array = numbers(values, constant=True, least=1)
    low, high = to
    if not low < high:
        raise DataError(
            f"The range {low} to {high} does not ascend; give the smaller end first.",
            de=f"Der Bereich {low} bis {high} steigt nicht an; das kleinere Ende zuerst angeben.",
        )
    least, span = np.nanmin(array), np.nanmax(array) - np.nanmin(array)
    part = (array - least) / span if span > 0 else np.full(len(array), np.nan)
    # Written so that both ends are hit exactly.
    return like(low * (1 - part) + high * part, values)


def percentile_rank(values: pd.Series, *, digits: int | None = None) -> pd.Series:
    """Return the share of the other areas with a smaller value, 0-1; equal values get the same, lowest rank.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay and are not counted.
    digits
        Cut off (not rounded) after so many decimals, as the spreadsheet function does: 4 for the SVI. None keeps all.

    Returns
    -------
    pd.Series
        The same index; (number smaller) / (n - 1).

    Raises
    ------
    NotEnoughDataError
        No two different values.

    References
    ----------
    CDC/ATSDR Social Vulnerability Index 2022, documentation; the spreadsheet function PERCENTRANK.INC.

    Examples
    --------
    >>> percentile_rank(pd.Series([3, 7, 7, 10, 20])).tolist()
    [0.0, 0.25, 0.25, 0.75, 1.0]
    """
    array = numbers(values)
    known = np.sort(array[~np.isnan(array)])
    smaller = np.searchsorted(known, array)
    others = len(known) - 1
    # Whole numbers, so that 1/4 is never cut to 0.2499.
    result = smaller / others if digits is None else (smaller * 10**digits // others) / 10**digits
    return like(np.where(np.isnan(array), np.nan, result), values)


def borda(values: pd.Series) -> pd.Series:
    """Return how many areas each one exceeds, an equal one counted half.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay and are not counted.

    Returns
    -------
    pd.Series
        The same index; 0 to n - 1; the sum is n (n - 1) / 2 with and without ties.

    Raises
    ------
    NotEnoughDataError
        No two different values.

    Examples
    --------
    >>> borda(pd.Series([3, 7, 7, 10])).tolist()
    [0.0, 1.5, 1.5, 3.0]
    """
    return like(numbers(values), values).rank(method="average") - 1


def goalposts(values: pd.Series, *, zero: float, one: float) -> pd.Series:
    """Return where a value stands between two goalposts, 0-1; values beyond them are cut to 0 or 1.

    Parameters
    ----------
    values
        Numbers, shape (n,); gaps stay. They may be constant: the goalposts come from elsewhere.
    zero, one
        The values that get 0 and 1, in the unit of ``values``; ``zero`` above ``one`` turns the direction.

    Raises
    ------
    NotEnoughDataError
        No value at all.
    DataError
        Both goalposts are the same or no numbers.

    References
    ----------
    COINr 1.1.14, ``n_goalposts``; UNDP, Human Development Report, technical notes.

    Examples
    --------
    >>> goalposts(pd.Series([10.0, 20.0, 35.0, 50.0]), zero=20, one=40).tolist()
    [0.0, 0.0, 0.75, 1.0]
    """
    if not np.isfinite([zero, one]).all() or zero == one:
        raise DataError(
            f'The goalposts of "{named(values)}" are {zero} and {one}; give two different numbers.',
            de=f'Die Zielmarken von "{named(values)}" sind {zero} und {one}; zwei verschiedene Zahlen angeben.',
        )
    array = numbers(values, constant=True, least=1)
    return like(np.clip((array - zero) / (one - zero), 0.0, 1.0), values)


def distance_to_target(values: pd.Series, *, target: float, cap: bool = False) -> pd.Series:
    """Return the way from the smallest value to a target that is done: 0 at the smallest, 1 at the target.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay.
    target
        In the unit of ``values``, above their smallest.
    cap
        Whether values beyond the target get 1 instead of more.

    Raises
    ------
    NotEnoughDataError
        No two different values.
    DataError
        The target is not above the smallest value.

    References
    ----------
    COINr 1.1.14, ``n_dist2targ``: ``1 - (target - x) / (target - min)``.

    Examples
    --------
    >>> distance_to_target(pd.Series([10.0, 30.0, 60.0]), target=50).tolist()
    [0.0, 0.5, 1.25]
    """
    array = numbers(values)
    least = np.nanmin(array)
    if not target > least:
        raise DataError(
            f'The target {target} of "{named(values)}" is not above the smallest value {least:g}; correct it, or '
            "orient the indicator first.",
            de=f'Das Ziel {target} von "{named(values)}" liegt nicht über dem kleinsten Wert {least:g}; berichtigen '
            "oder den Indikator zuerst ausrichten.",
        )
    done = (array - least) / (target - least)
    return like(np.minimum(done, 1.0) if cap else done, values)


def distance_to_reference(values: pd.Series, *, area: str, cap: bool = False) -> pd.Series:
    """Return the way from the smallest value to that of a reference area: 0 at the smallest, 1 at the area.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay.
    area
        A label of the index with a value above the smallest.
    cap
        Whether values beyond the reference get 1 instead of more.

    Raises
    ------
    DataError
        The area is not there, has no value, or the smallest one.

    Examples
    --------
    >>> distance_to_reference(pd.Series([10.0, 30.0, 50.0], index=["a", "b", "c"]), area="b").tolist()
    [0.0, 1.0, 2.0]
    """
    if area not in values.index or pd.isna(values.loc[area]):
        raise DataError(
            f'The reference area {area} has no value in "{named(values)}"; name another area.',
            de=f'Das Bezugsgebiet {area} hat keinen Wert in "{named(values)}"; ein anderes Gebiet nennen.',
        )
    return distance_to_target(values, target=float(values.loc[area]), cap=cap)


def distance_to_maximum(values: pd.Series) -> pd.Series:
    """Return the way from the smallest to the largest value, 0-1: `distance_to_target` with the largest as target.

    Examples
    --------
    >>> distance_to_maximum(pd.Series([10.0, 30.0, 50.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return distance_to_target(values, target=float(np.nanmax(numbers(values))))


def fraction_of_max(values: pd.Series) -> pd.Series:
    """Return each value as a fraction of the largest.

    Parameters
    ----------
    values
        Numbers of at least 0, shape (n,), at least two different; gaps stay.

    Raises
    ------
    NotEnoughDataError
        No two different values.
    DataError
        Negative values, of which a fraction means nothing.

    Examples
    --------
    >>> fraction_of_max(pd.Series([0.0, 5.0, 20.0])).tolist()
    [0.0, 0.25, 1.0]
    """
    array = numbers(values)
    if (array < 0).any():
        where = some(values.index[array < 0])
        raise DataError(
            f'"{named(values)}" has negative values (areas: {where}); use min_max instead of a fraction.',
            de=f'"{named(values)}" hat negative Werte (Gebiete: {where}); min_max statt eines Bruchteils nehmen.',
        )
    return like(array / np.nanmax(array), values)


def robust_z(values: pd.Series) -> pd.Series:
    """Return the distance from the median in robust standard deviations, ``(x - median) / (1.4826 MAD)``.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay.

    Raises
    ------
    NotEnoughDataError
        No two different values, or more than half of them equal to the median.

    Examples
    --------
    >>> robust_z(pd.Series([1.0, 2.0, 3.0, 4.0, 100.0])).round(4).tolist()
    [-1.349, -0.6745, 0.0, 0.6745, 65.4256]
    """
    array = numbers(values)
    middle = np.nanmedian(array)
    mad = np.nanmedian(np.abs(array - middle))
    if mad == 0:
        raise NotEnoughDataError(
            f'At least half of the values of "{named(values)}" are equal, so it has no robust spread; use zscore.',
            de=f'Mindestens die Hälfte der Werte von "{named(values)}" ist gleich, es gibt keine robuste Streuung; '
            "zscore nehmen.",
        )
    return like((array - middle) / (1.4826 * mad), values)
