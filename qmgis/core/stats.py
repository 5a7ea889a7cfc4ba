"""Standard scores and sums of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.errors import NotEnoughDataError

__all__ = ["MIN_AREAS", "leave_one_out", "spread", "standard_sum", "zscore"]

# Fewer values give no meaningful spread (METHODS A.1).
MIN_AREAS = 3


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
    index = zscore(total, ddof=ddof)
    parts = (matrix - matrix.mean(axis=0)) / spread(total, ddof=ddof)
    return index, pd.DataFrame(parts, index=scores.index, columns=scores.columns)


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
