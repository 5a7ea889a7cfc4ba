"""Standard scores and sums of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.errors import NotEnoughDataError

__all__ = ["MIN_AREAS", "check_sum", "leave_one_out", "spread", "standard_index", "standard_sum", "zscore"]

# Fewer values give no meaningful spread (METHODS A.1).
MIN_AREAS = 3
# Rows at a time: so many numbers stay in the processor's cache from one step to the next.
_ROWS = 16_384
# Spread of a sum, as part of its widest part, below which it is only the rounding of numbers.
CANCELLED = 1e-9


def spread(values: pd.Series, *, ddof: int = 0) -> float:
    """Return the standard deviation, exactly 0 where all values are equal.

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,).
    ddof
        0 divides by n (official German monitors), 1 by n - 1.

    Examples
    --------
    >>> spread(pd.Series([2.0, 4.0])), spread(pd.Series([0.1, 0.1, 0.1]))
    (1.0, 0.0)
    """
    array = values.to_numpy(dtype=float)
    return 0.0 if len(array) == 0 or np.ptp(array) == 0 else float(array.std(ddof=ddof))


def zscore(values: pd.Series, *, ddof: int = 0) -> pd.Series:
    """Return the standard scores: distance from the mean in standard deviations.

    Parameters
    ----------
    values
        Numbers of the reference set, shape (n,), without gaps.
    ddof
        0 divides the variance by n (official German monitors), 1 by n - 1.

    Returns
    -------
    pd.Series
        The same index; without unit; mean 0, standard deviation 1.

    Raises
    ------
    NotEnoughDataError
        Fewer than three values, a gap among them, or all values equal.

    References
    ----------
    Senatsverwaltung Berlin, Monitoring Soziale Stadtentwicklung 2021, Indikatorenblätter, sections 3.1-4.3.

    Examples
    --------
    >>> zscore(pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])).round(4).to_dict()
    {'a': -1.2247, 'b': 0.0, 'c': 1.2247}
    """
    name = values.name if values.name is not None else "?"
    if len(values) < MIN_AREAS:
        raise NotEnoughDataError(
            f'"{name}" has {len(values)} values; a standard score needs at least {MIN_AREAS} areas.',
            de=f'"{name}" hat {len(values)} Werte; eine Standardisierung braucht mindestens {MIN_AREAS} Gebiete.',
        )
    array = values.to_numpy(dtype=float)
    if not np.isfinite(array).all():
        raise NotEnoughDataError(
            f'"{name}" has gaps; leave those areas out before standardising.',
            de=f'"{name}" hat Lücken; diese Gebiete vor der Standardisierung ausnehmen.',
        )
    sd = spread(values, ddof=ddof)
    if sd == 0.0:
        raise NotEnoughDataError(
            f'"{name}" is constant: all {len(values)} areas have the same value, so it cannot be standardised; '
            "check the column or remove the indicator.",
            de=f'"{name}" ist konstant: alle {len(values)} Gebiete haben denselben Wert und sind nicht '
            "standardisierbar; Spalte prüfen oder Indikator weglassen.",
        )
    return pd.Series((array - array.mean()) / sd, index=values.index, name=values.name)


def standard_sum(scores: pd.DataFrame, *, ddof: int = 0) -> tuple[pd.Series, pd.DataFrame]:
    """Return the sum of standard scores, standardised again, and what each score contributes to it.

    Parameters
    ----------
    scores
        One column an indicator, standard scores of the reference set, shape (n, k), without gaps.
    ddof
        As in `zscore`.

    Returns
    -------
    tuple
        The index (mean 0, standard deviation 1) and its contributions; each row of them adds up to the index.

    Raises
    ------
    NotEnoughDataError
        If the sums have no spread.

    Examples
    --------
    >>> z = pd.DataFrame({"p": [-1.0, 0.0, 1.0], "q": [-1.0, 1.0, 0.0]})
    >>> index, parts = standard_sum(z)
    >>> bool(((parts.sum(axis=1) - index).abs() < 1e-12).all())
    True
    """
    matrix = scores.to_numpy(dtype=float)
    total = pd.Series(matrix.sum(axis=1), index=scores.index, name="sum")
    check_sum(total, scores)
    index = zscore(total, ddof=ddof)
    parts = (matrix - matrix.mean(axis=0)) / spread(total, ddof=ddof)
    return index, pd.DataFrame(parts, index=scores.index, columns=scores.columns)


def check_sum(total: pd.Series, parts: pd.DataFrame) -> None:
    """Raise where the sum of parts that differ is the same everywhere: what is left is only the rounding of numbers.

    Raises
    ------
    NotEnoughDataError
        The parts cancel each other.

    Examples
    --------
    >>> check_sum(pd.Series([3.0, 4.0]), pd.DataFrame({"p": [1.0, 2.0], "q": [2.0, 2.0]}))
    """
    widest = max((spread(parts[name].dropna()) for name in parts), default=0.0)
    if spread(total.dropna()) <= CANCELLED * widest and widest > 0:
        names = ", ".join(str(name) for name in parts)
        raise _cancelled(names)


def _cancelled(names: str) -> NotEnoughDataError:
    return NotEnoughDataError(
        f"{names} cancel each other: their sum is the same in all areas; check the directions or leave one out.",
        de=f"{names} heben sich auf: ihre Summe ist in allen Gebieten gleich; Richtungen prüfen oder einen Indikator "
        "weglassen.",
    )


def standard_index(values: pd.DataFrame, *, ddof: int = 0) -> pd.Series:
    """Return the sum of standard scores, standardised again, without its parts: for millions of cells or addresses.

    Parameters
    ----------
    values
        One column an indicator, directed so that high means more disadvantage, shape (n, k), without gaps.
    ddof
        As in `zscore`.

    Returns
    -------
    pd.Series
        The index of `zscore` of each column and `standard_sum`, to rounding; mean 0, standard deviation 1.

    Raises
    ------
    NotEnoughDataError
        As `zscore`, for a column or for the sums.

    Examples
    --------
    >>> values = pd.DataFrame({"p": [1.0, 2.0, 3.0], "q": [1.0, 3.0, 2.0]})
    >>> standard_index(values).round(4).tolist()
    [-1.4142, 0.7071, 0.7071]
    """
    total = np.zeros(len(values))
    columns = [values[name].to_numpy(dtype=float) for name in values]
    moments = [_moments(column, ddof=ddof) for column in columns]
    for name, (mean, sd) in zip(values, moments, strict=True):
        if len(values) < MIN_AREAS or not np.isfinite(mean) or sd <= CANCELLED * abs(mean):
            zscore(values[name], ddof=ddof)  # says what is wrong, where something is
    for start in range(0, len(total), _ROWS):
        part = slice(start, start + _ROWS)
        for column, (mean, sd) in zip(columns, moments, strict=True):
            total[part] += (column[part] - mean) / sd
    mean, sd = _moments(total, ddof=ddof)
    if sd <= CANCELLED:
        raise _cancelled(", ".join(str(name) for name in values))
    total -= mean
    total /= sd
    return pd.Series(total, index=values.index)


def _moments(array: np.ndarray, *, ddof: int) -> tuple[float, float]:
    """Return mean and standard deviation, reading the numbers twice and keeping no copy."""
    mean, squares = float(array.mean()) if len(array) else 0.0, 0.0
    for start in range(0, len(array), _ROWS):
        squares += float(np.square(array[start : start + _ROWS] - mean).sum())
    return mean, float(np.sqrt(squares / max(len(array) - ddof, 1)))


def leave_one_out(values: pd.Series) -> pd.Series:
    """Return each value's distance from the mean of all others, in their standard deviations.

    Parameters
    ----------
    values
        Numbers without gaps, shape (n,), n at least 3.

    Returns
    -------
    pd.Series
        The same index; infinite where all others are equal and the value is not.

    Examples
    --------
    >>> leave_one_out(pd.Series([0.0, 2.0, 0.0, 2.0, 9.0])).round(2).tolist()[-1]
    8.0
    """
    array = values.to_numpy(dtype=float)
    array = array - array.mean()
    others = len(array) - 1
    mean = (array.sum() - array) / others
    variance = np.maximum((np.square(array).sum() - np.square(array)) / others - np.square(mean), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (array - mean) / np.sqrt(variance)
    return pd.Series(np.where(array == mean, 0.0, distance), index=values.index)
