"""Units that were alike before: nearest neighbours within a caliper."""

from __future__ import annotations

import numpy as np

__all__ = ["CALIPER", "NEAREST", "level_and_trend", "matched"]

CALIPER = 0.25
NEAREST = 5


def level_and_trend(values: np.ndarray) -> np.ndarray:
    """Return mean and slope an edition of each row, shape (n, 2); a slope of 0 where there is one edition.

    Examples
    --------
    >>> level_and_trend(np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]])).tolist()
    [[2.0, 1.0], [4.0, 0.0]]
    """
    steps = np.arange(values.shape[1]) - (values.shape[1] - 1) / 2
    slope = values @ steps / max(float(steps @ steps), 1.0)
    return np.column_stack([values.mean(axis=1), slope])


def matched(
    treated: np.ndarray, pool: np.ndarray, *, spread: np.ndarray, caliper: float = CALIPER, nearest: int = NEAREST
) -> np.ndarray:
    """Return the weights of the pool for each treated unit: equal ones for its nearest, which may serve many.

    Parameters
    ----------
    treated, pool
        What is matched on, shapes (n, k) and (m, k).
    spread
        The standard deviation of each, shape (k,), above 0.
    caliper
        Farther in any of them, in standard deviations, is too far.
    nearest
        At most so many.

    Returns
    -------
    np.ndarray
        Shape (n, m); a row sums to 1, or to 0 where nothing in the pool is near enough.

    Examples
    --------
    >>> matched(np.array([[1.0]]), np.array([[1.1], [0.8], [2.0]]), spread=np.array([1.0]), nearest=2).tolist()
    [[0.5, 0.5, 0.0]]
    """
    if not len(pool) or not len(treated):
        return np.zeros((len(treated), len(pool)))
    away = np.abs(treated[:, None, :] - pool[None, :, :]) / spread
    far = (away > caliper).any(axis=2)
    distance = np.where(far, np.inf, np.sqrt((away**2).sum(axis=2)))
    order = np.argsort(distance, axis=1, kind="stable")[:, :nearest]
    weights = np.zeros(distance.shape)
    np.put_along_axis(weights, order, 1.0, axis=1)
    weights[far] = 0.0
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))
