"""Wild cluster bootstrap of one coefficient, the null imposed, for few clusters (Cameron, Gelbach and Miller 2008)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qmgis.errors import NotEnoughDataError

__all__ = ["DRAWS", "WILD_BELOW", "wild_interval", "wild_p"]

DRAWS = 999
WILD_BELOW = 30
# Up to so many clusters every combination of signs is tried.
ALL_UP_TO = 10
# Up to so many clusters two signs give too few different draws; then six weights (Webb 2014).
WEBB_BELOW = 12
STEPS = 40


def wild_p(
    y: np.ndarray,
    x: np.ndarray,
    at: int,
    *,
    weights: np.ndarray,
    clusters: np.ndarray,
    null: float = 0.0,
    draws: int = DRAWS,
    seed: int = 1,
) -> float:
    """Return how often chance gives a t value at least as far from the null as the one found, 0-1.

    Parameters
    ----------
    y, x
        Shapes (n,) and (n, k).
    at
        Which coefficient.
    weights, clusters
        Shape (n,).
    null
        The coefficient that is asked about.
    draws, seed
        How many, and from where; all combinations of signs where there are fewer of them.

    Raises
    ------
    NotEnoughDataError
        There are fewer than three clusters.

    Examples
    --------
    >>> y, treated = np.array([1.0, 2.0, 3.0, 7.0, 8.0, 9.0]), np.array([0.0, 0, 0, 1, 1, 1])
    >>> x = np.column_stack([np.ones(6), treated])
    >>> round(wild_p(y, x, 1, weights=np.ones(6), clusters=np.arange(6)), 3)
    0.031
    """
    return _asked(y, x, at, weights=weights, clusters=clusters, draws=draws, seed=seed)(null)


def wild_interval(
    y: np.ndarray,
    x: np.ndarray,
    at: int,
    *,
    weights: np.ndarray,
    clusters: np.ndarray,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> tuple[float, float]:
    """Return every value of a coefficient that `wild_p` does not reject: unlimited where no value is rejected.

    Examples
    --------
    >>> y, treated = np.array([1.0, 2.0, 3.0, 7.0, 8.0, 9.0]), np.array([0.0, 0, 0, 1, 1, 1])
    >>> x = np.column_stack([np.ones(6), treated])
    >>> low, high = wild_interval(y, x, 1, weights=np.ones(6), clusters=np.arange(6), level=0.9)
    >>> low < 6 < high
    True
    """
    p = _asked(y, x, at, weights=weights, clusters=clusters, draws=draws, seed=seed)
    middle = float(np.linalg.solve(x.T @ (weights[:, None] * x), x.T @ (weights * y))[at])
    step = float(np.std(y)) or 1.0
    return _end(p, middle, -step, 1 - level), _end(p, middle, step, 1 - level)


def _end(p: Callable[[float], float], middle: float, step: float, alpha: float) -> float:
    """Return where ``p`` falls to ``alpha`` on one side."""
    inside, outside = middle, middle + step
    for _ in range(12):
        if p(outside) <= alpha:
            break
        inside, outside = outside, outside + 2 * (outside - middle)
    else:
        return float(np.sign(step) * np.inf)
    for _ in range(STEPS):
        half = (inside + outside) / 2
        inside, outside = (half, outside) if p(half) > alpha else (inside, half)
    return (inside + outside) / 2


def _asked(
    y: np.ndarray,
    x: np.ndarray,
    at: int,
    *,
    weights: np.ndarray,
    clusters: np.ndarray,
    draws: int,
    seed: int,
) -> Callable[[float], float]:
    """Return the p value as a function of the null; draws are the same for every null."""
    _, number = np.unique(clusters, return_inverse=True)
    count = int(number.max()) + 1
    if count < 3:
        raise NotEnoughDataError(
            "A bootstrap of clusters needs at least three.", de="Ein Bootstrap von Gruppen braucht mindestens drei."
        )
    member = (number == np.arange(count)[:, None]).astype(float)
    spread = np.linalg.solve(x.T @ (weights[:, None] * x), x.T * weights)
    others = np.delete(x, at, axis=1)
    without = np.linalg.solve(others.T @ (weights[:, None] * others), others.T * weights)
    plain, slope = y - others @ (without @ y), x[:, at] - others @ (without @ x[:, at])
    row, rest = spread[at], np.eye(len(y)) - x @ spread
    signs = _signs(count, draws, seed)

    def p(null: float) -> float:
        pieces = member * (plain - null * slope)
        shift = pieces @ row
        inner = (member * row) @ rest @ pieces.T
        own = float(shift.sum()) ** 2 / max(float((inner.sum(axis=1) ** 2).sum()), 1e-300)
        drawn = (signs @ shift) ** 2 / np.maximum(((signs @ inner.T) ** 2).sum(axis=1), 1e-300)
        return float(np.mean(drawn >= own * (1 - 1e-9)))

    return p


def _signs(count: int, draws: int, seed: int) -> np.ndarray:
    if count <= ALL_UP_TO:
        return np.where(np.arange(2**count)[:, None] >> np.arange(count) & 1, 1.0, -1.0)
    rng = np.random.default_rng(seed)
    if count < WEBB_BELOW:
        levels = np.sqrt([0.5, 1.0, 1.5])
        return np.asarray(rng.choice(np.concatenate([-levels, levels]), (draws, count)))
    return np.asarray(rng.choice([-1.0, 1.0], (draws, count)))
