"""Cuts numbers into ordered classes, and says how far the next limit is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

__all__ = ["by_limits", "to_nearest_limit"]


def by_limits(
    values: pd.Series, limits: Sequence[float], *, owns: Sequence[Literal["below", "above"]] | None = None
) -> pd.Series:
    """Return the number of the class (1 to k + 1) that each value falls into; missing stays missing.

    Parameters
    ----------
    values
        Any numbers, shape (n,).
    limits
        Ascending, shape (k,).
    owns
        Which side a value exactly on a limit belongs to, for each limit; ``below`` everywhere by default.

    Returns
    -------
    pd.Series
        The same index; whole numbers (``Int64``).

    Examples
    --------
    >>> by_limits(pd.Series([-1.0, 1.0, 1.5, 2.0]), (-1, 1, 1.5), owns=("above", "below", "below")).tolist()
    [2, 2, 3, 4]
    """
    sides = owns if owns is not None else ["below"] * len(limits)
    array = values.to_numpy(dtype=float)
    passed = [
        (array >= limit) if side == "above" else (array > limit) for limit, side in zip(limits, sides, strict=True)
    ]
    number = 1 + np.sum(passed, axis=0, dtype=np.int64) if passed else np.ones(len(array), dtype=np.int64)
    classes = pd.Series(number, index=values.index).astype("Int64")
    return classes.mask(pd.Series(np.isnan(array), index=values.index))


def to_nearest_limit(values: pd.Series, limits: Sequence[float]) -> pd.Series:
    """Return the signed distance from the nearest limit: positive above it, negative below it.

    Examples
    --------
    >>> to_nearest_limit(pd.Series([0.9, 1.3, 3.0]), (-1, 1, 1.5)).round(2).tolist()
    [-0.1, -0.2, 1.5]
    """
    gaps = values.to_numpy(dtype=float)[:, None] - np.asarray(limits, dtype=float)[None, :]
    nearest = np.abs(np.where(np.isnan(gaps), np.inf, gaps)).argmin(axis=1)
    return pd.Series(gaps[np.arange(len(gaps)), nearest], index=values.index)
