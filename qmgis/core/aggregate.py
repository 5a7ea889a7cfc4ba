"""Makes one number of several indicators. Sums of standard scores are in `qmgis.core.stats`.

``weights`` are in the order of the columns and sum to 1 (`qmgis.core.weigh`); equal where none are given. A gap in an
area's row is a gap in its result, unless ``least_weight`` says how much of the weight must be there: then the weights
of what is there are rescaled, and `partial` names those areas.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import matrix, some
from qmgis.core.weigh import equal
from qmgis.errors import DataError, MissingColumnError

__all__ = [
    "TWO_THIRDS",
    "arithmetic",
    "copeland",
    "exceeded",
    "geometric",
    "harmonic",
    "mean_plus_spread",
    "partial",
    "power_mean",
    "weighted_sum",
]

TWO_THIRDS = 2 / 3
# Weights and their sums are compared with this much room.
HAIR = 1e-9
# How many comparisons of two areas are held at once.
BLOCK = 4_000_000


def arithmetic(table: pd.DataFrame, weights: pd.Series | None = None, *, least_weight: float = 1.0) -> pd.Series:
    """Return the weighted mean of each area: a low value is fully made up for by a high one.

    Parameters
    ----------
    table
        Normalised indicators, one column each, shape (n, k).
    weights
        Indexed by the columns; sum 1.
    least_weight
        The share of the weight that must be there, above 0, at most 1; see `TWO_THIRDS`.

    Returns
    -------
    pd.Series
        The same index, in the unit of ``table``.

    Raises
    ------
    NotEnoughDataError
        No indicator, or one without any value.
    DataError
        Weights that do not sum to 1 or belong to other indicators.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 6.

    Examples
    --------
    >>> arithmetic(pd.DataFrame({"p": [5, 4, 1], "q": [2, 4, 9], "s": [9, 4, 3]})).round(4).tolist()
    [5.3333, 4.0, 4.3333]
    """
    return power_mean(table, weights, power=1.0, least_weight=least_weight)


def geometric(table: pd.DataFrame, weights: pd.Series | None = None, *, least_weight: float = 1.0) -> pd.Series:
    """Return the weighted geometric mean of each area: a low value is only partly made up for.

    Parameters, returns and errors are those of `arithmetic`; values must be above 0 (normalise to 1-100).

    Examples
    --------
    >>> geometric(pd.DataFrame({"p": [5, 4, 1], "q": [2, 4, 9], "s": [9, 4, 3]})).round(4).tolist()
    [4.4814, 4.0, 3.0]
    """
    return power_mean(table, weights, power=0.0, least_weight=least_weight)


def harmonic(table: pd.DataFrame, weights: pd.Series | None = None, *, least_weight: float = 1.0) -> pd.Series:
    """Return the weighted harmonic mean of each area: a low value is hardly made up for.

    Parameters, returns and errors are those of `arithmetic`; values must be above 0 (normalise to 1-100).

    Examples
    --------
    >>> harmonic(pd.DataFrame({"p": [5, 4, 1], "q": [2, 4, 9], "s": [9, 4, 3]})).round(4).tolist()
    [3.6986, 4.0, 2.0769]
    """
    return power_mean(table, weights, power=-1.0, least_weight=least_weight)


def power_mean(
    table: pd.DataFrame, weights: pd.Series | None = None, *, power: float, least_weight: float = 1.0
) -> pd.Series:
    """Return ``(sum of w x^p)^(1/p)`` of each area; 1 is the arithmetic, 0 the geometric, -1 the harmonic mean.

    Parameters
    ----------
    table, weights, least_weight
        As `arithmetic`; values must be above 0 unless the power is 1.
    power
        The smaller, the less a low value is made up for.

    Raises
    ------
    DataError
        Values of 0 or less, an infinite power, or as `arithmetic`.

    Examples
    --------
    >>> power_mean(pd.DataFrame({"p": [1.0, 3.0], "q": [7.0, 3.0]}), power=2).round(4).tolist()
    [5.0, 3.0]
    """
    if not np.isfinite(power):
        raise DataError(
            f"The power {power} gives no mean; give a finite number.",
            de=f"Die Potenz {power} ergibt keinen Mittelwert; eine endliche Zahl angeben.",
        )
    array = matrix(table)
    part, there = _parts(table, array, weights, least_weight)
    if power == 1.0:
        mean = _total(part, array)
    else:
        _positive(table, array)
        # In logarithms, so that high powers neither overflow nor vanish; rows without any value are masked below.
        logs = np.where(np.isnan(array), 0.0, np.log(array))
        even = np.where(part.sum(axis=1, keepdims=True) > 0, part, 1.0)
        inner = _total(part, logs) if power == 0.0 else scipy.special.logsumexp(power * logs, axis=1, b=even) / power
        mean = np.exp(inner)
    return pd.Series(np.where(there, mean, np.nan), index=table.index)


def weighted_sum(table: pd.DataFrame, factors: pd.Series) -> pd.Series:
    """Return the sum of indicators times factors, used literally: they need not sum to 1 (the English 0.999).

    Parameters
    ----------
    table
        Indicators, one column each, shape (n, k).
    factors
        Indexed by the columns.

    Returns
    -------
    pd.Series
        The same index; missing where any indicator is whose factor is not 0.

    Raises
    ------
    MissingColumnError
        Factors and columns differ.

    Examples
    --------
    >>> weighted_sum(pd.DataFrame({"p": [1.0, 2.0], "q": [10.0, None]}), pd.Series({"p": 2, "q": 0.5})).tolist()
    [7.0, nan]
    """
    array, by = matrix(table), _aligned(table, factors)
    return pd.Series(np.where(by == 0, 0.0, array) @ by, index=table.index)


def partial(table: pd.DataFrame, weights: pd.Series | None = None, *, least_weight: float = TWO_THIRDS) -> pd.Series:
    """Return which areas get a result although indicators are missing, for the flag that must stand beside it.

    Examples
    --------
    >>> partial(pd.DataFrame({"p": [1.0, 2.0, None], "q": [1.0, None, None], "s": [1.0, 5.0, 2.0]})).tolist()
    [False, True, False]
    """
    array = matrix(table)
    there = _parts(table, array, weights, least_weight)[1]
    return pd.Series(there & (np.isnan(array) & (_weights(table, weights) > 0)).any(axis=1), index=table.index)


def copeland(table: pd.DataFrame, weights: pd.Series | None = None) -> pd.Series:
    """Return how many areas each one outranks minus how many outrank it: nothing is made up for.

    An area outranks another if it is higher in indicators that hold more than half of the weight, equal ones half each.
    Needs n (n - 1) / 2 comparisons, in blocks of bounded size.

    Parameters
    ----------
    table
        Indicators oriented the same way, one column each, shape (n, k); need not be normalised.
    weights
        Indexed by the columns; sum 1.

    Returns
    -------
    pd.Series
        The same index; whole numbers from -(n - 1) to n - 1 that sum to 0; areas with a gap are missing and compared
        with none.

    Raises
    ------
    NotEnoughDataError, DataError
        As `arithmetic`.

    References
    ----------
    Munda and Nardo, Noncompensatory/nonlinear composite indicators, Applied Economics 41, 2009.

    Examples
    --------
    >>> copeland(pd.DataFrame({"p": [5, 4, 1], "q": [2, 4, 9], "s": [9, 4, 3]})).tolist()
    [2.0, 0.0, -2.0]
    """
    array, share = matrix(table), _weights(table, weights)
    known = ~np.isnan(array).any(axis=1)
    rows = array[known]
    count, score = len(rows), np.zeros(int(known.sum()))
    step = max(1, BLOCK // max(count, 1))
    for start in range(0, count, step):
        block = rows[start : start + step]
        later = rows[start:]
        # Twice the outranking less 1: positive where the block's area outranks the later one.
        balance = np.zeros((len(block), len(later)))
        for number, weight in enumerate(share):
            balance += weight * np.sign(block[:, number, None] - later[None, :, number])
        won = np.sign(np.where(np.abs(balance) < HAIR, 0.0, balance))
        score[start : start + step] += won.sum(axis=1)
        score[start + len(block) :] -= won[:, len(block) :].sum(axis=0)
    result = np.full(len(array), np.nan)
    result[known] = score
    return pd.Series(result, index=table.index)


def mean_plus_spread(table: pd.DataFrame, *, times: float = 1.0, ddof: int = 0) -> pd.Series:
    """Return the limit of each indicator: its mean plus so many standard deviations.

    Examples
    --------
    >>> mean_plus_spread(pd.DataFrame({"p": [1.0, 3.0], "q": [0.0, 8.0]})).to_dict()
    {'p': 3.0, 'q': 8.0}
    """
    array = matrix(table, constant=False, least=2)
    limits = np.nanmean(array, axis=0) + times * np.nanstd(array, axis=0, ddof=ddof)
    return pd.Series(limits, index=table.columns)


def exceeded(table: pd.DataFrame, limits: pd.Series, *, at_limit: Literal["below", "above"] = "below") -> pd.Series:
    """Return how many indicators of each area are beyond their limit.

    Parameters
    ----------
    table
        Indicators, one column each, shape (n, k).
    limits
        Indexed by the columns, such as `mean_plus_spread`, or 0.9 for each percentile rank.
    at_limit
        Whether a value exactly on the limit counts as below or above it.

    Returns
    -------
    pd.Series
        The same index; whole numbers (``Int64``); missing where an indicator is, for the count would be too low.

    Raises
    ------
    MissingColumnError
        Limits and columns differ.

    Examples
    --------
    >>> exceeded(pd.DataFrame({"p": [1, 5], "q": [1, 5]}), pd.Series({"p": 1, "q": 4}), at_limit="above").tolist()
    [1, 2]
    """
    array, limit = matrix(table), _aligned(table, limits)
    beyond = array >= limit if at_limit == "above" else array > limit
    counted = pd.Series(beyond.sum(axis=1), index=table.index).astype("Int64")
    return counted.mask(pd.Series(np.isnan(array).any(axis=1), index=table.index))


def _aligned(table: pd.DataFrame, numbers: pd.Series) -> np.ndarray:
    """Return one finite number for each column, in their order."""
    if not numbers.index.is_unique:
        twice = some(numbers.index[numbers.index.duplicated()].unique())
        raise DataError(
            f"{twice} has more than one weight or limit; keep one.",
            de=f"{twice} hat mehr als ein Gewicht oder eine Grenze; eins behalten.",
        )
    lacking = [name for name in table.columns if name not in numbers.index or not np.isfinite(numbers[name])]
    extra = [name for name in numbers.index if name not in table.columns]
    if lacking or extra:
        raise MissingColumnError(
            f"Weights or limits and indicators differ ({some([*lacking, *extra])}); give one number to each indicator.",
            de=f"Gewichte oder Grenzen und Indikatoren passen nicht zusammen ({some([*lacking, *extra])}); jedem "
            "Indikator eine Zahl geben.",
        )
    return numbers.reindex(table.columns).to_numpy(dtype=float)


def _weights(table: pd.DataFrame, weights: pd.Series | None) -> np.ndarray:
    """Return the weights in the order of the columns."""
    share = _aligned(table, equal(list(table.columns)) if weights is None else weights)
    if (share < 0).any() or abs(share.sum() - 1) > HAIR:
        raise DataError(
            f"The weights sum to {share.sum():.6g} or one is negative; rescale them to 1 first (weigh.rescaled).",
            de=f"Die Gewichte ergeben {share.sum():.6g} oder eins ist negativ; erst auf 1 bringen (weigh.rescaled).",
        )
    return share


def _parts(
    table: pd.DataFrame, array: np.ndarray, weights: pd.Series | None, least_weight: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell's part of its row's weight, and which rows have enough of it."""
    if not 0 < least_weight <= 1:
        raise DataError(
            f"The least weight is {least_weight}; give a number above 0, at most 1.",
            de=f"Das Mindestgewicht ist {least_weight}; eine Zahl über 0 und höchstens 1 angeben.",
        )
    share = np.where(np.isnan(array), 0.0, _weights(table, weights))
    present = share.sum(axis=1, keepdims=True)
    part = np.divide(share, present, out=np.zeros_like(share), where=present > 0)
    return part, present[:, 0] >= least_weight - HAIR


def _total(part: np.ndarray, array: np.ndarray) -> np.ndarray:
    """Return the sums of rows, each cell times its part; a gap has no part."""
    return np.asarray((part * np.where(part > 0, array, 0.0)).sum(axis=1))


def _positive(table: pd.DataFrame, array: np.ndarray) -> None:
    """Raise if any value is 0 or less."""
    wrong = np.flatnonzero((array <= 0).any(axis=0))
    if len(wrong):
        names = some(table.columns[wrong])
        raise DataError(
            f"{names} has values of 0 or less, which this mean cannot take; normalise to 1-100 first (min_max).",
            de=f"{names} hat Werte von 0 oder weniger, die dieser Mittelwert nicht verträgt; erst auf 1-100 "
            "normalisieren (min_max).",
        )
