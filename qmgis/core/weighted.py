"""Means, medians and other quantiles of people, not of places."""

from __future__ import annotations

import numpy as np

__all__ = ["means_by", "quantile", "quantiles_by"]


def means_by(
    values: np.ndarray, weights: np.ndarray, groups: np.ndarray, *, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean of the finite values of each group, and the share of weight that they have.

    Both are NaN where a group has no weight, the mean also where no value with weight is finite.

    Parameters
    ----------
    values
        Numbers, inf allowed, shape (n,).
    weights
        Not negative, shape (n,).
    groups
        Numbers of groups from 0 to ``size - 1``, shape (n,).
    size
        How many groups there are.

    Examples
    --------
    >>> mean, share = means_by(np.array([100.0, 300.0, np.inf]), np.array([1.0, 1.0, 2.0]), np.zeros(3, int), size=1)
    >>> float(mean[0]), float(share[0])
    (200.0, 0.5)
    """
    finite = np.isfinite(values)
    known = np.bincount(groups[finite], weights[finite], minlength=size)
    sums = np.bincount(groups[finite], weights[finite] * values[finite], minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return sums / known, known / np.bincount(groups, weights, minlength=size)


def quantile(values: np.ndarray, weights: np.ndarray, *, q: float = 0.5) -> float:
    """Return the smallest value at or below which at least the share ``q`` of the weight lies.

    The result is always one of the values (no interpolation), so it may be inf; NaN where there is no weight.

    Parameters
    ----------
    values
        Numbers, inf allowed, shape (n,).
    weights
        Not negative, shape (n,); rows without weight do not count.
    q
        Above 0, at most 1: 0.5 is the median.

    Examples
    --------
    >>> quantile(np.array([100.0, 300.0, 900.0]), np.array([1.0, 1.0, 8.0]))
    900.0
    """
    return float(quantiles_by(values, weights, np.zeros(len(values), dtype=np.int64), q=q, size=1)[0])


def quantiles_by(values: np.ndarray, weights: np.ndarray, groups: np.ndarray, *, q: float, size: int) -> np.ndarray:
    """Return the weighted quantile of each group; NaN where a group has no weight.

    Parameters
    ----------
    values, weights
        As in `quantile`, shape (n,).
    groups
        Numbers of groups from 0 to ``size - 1``, shape (n,).
    q
        Above 0, at most 1.
    size
        How many groups there are.

    Examples
    --------
    >>> quantiles_by(np.array([1.0, 2.0, 5.0]), np.ones(3), np.array([0, 0, 2]), q=0.5, size=3).tolist()
    [1.0, nan, 5.0]
    """
    counted = weights > 0
    values, weights, groups = values[counted], weights[counted], groups[counted]
    order = np.lexsort((values, groups))
    values, weights, groups = values[order], weights[order], groups[order]
    result = np.full(size, np.nan)
    if not len(values):
        return result
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    last = np.append(first[1:], len(groups))
    running = np.cumsum(weights)
    before = np.concatenate([[0.0], running])[first]
    # A hair below the exact share, so that 0.9 of ten equal people is nine of them and not ten.
    wanted = before + q * (running[last - 1] - before) * (1 - 1e-9)
    result[groups[first]] = values[np.minimum(np.maximum(np.searchsorted(running, wanted), first), last - 1)]
    return result
