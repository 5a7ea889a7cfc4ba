"""Weighted least squares with few clusters: variances that are not too small, and honest degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from qmgis.errors import NotEnoughDataError

__all__ = ["Linear", "linear", "t_interval"]

TINY = 1e-10


@dataclass(frozen=True, eq=False)
class Linear:
    """Coefficients, their covariance (CR3) and the degrees of freedom of each, shapes (k,), (k, k), (k,)."""

    coef: np.ndarray
    cov: np.ndarray
    df: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """Standard errors."""
        return np.asarray(np.sqrt(np.clip(np.diag(self.cov), 0, None)))


def linear(
    y: np.ndarray,
    x: np.ndarray,
    *,
    weights: np.ndarray,
    clusters: np.ndarray,
    wanted: Sequence[int] | None = None,
) -> Linear:
    """Return coefficients with variances that hold with few clusters.

    Variances are CR3: how far coefficients move when one cluster after another is left out (the jackknife). They are
    not too small on average, however differently units vary (Bell and McCaffrey 2002; Hansen 2022; MacKinnon, Nielsen
    and Webb 2023). Degrees of freedom are Satterthwaite's, small where few clusters, or few treated ones, carry the
    estimate (Pustejovsky and Tipton 2018). ``weights`` are those of a matching, not precisions.

    Parameters
    ----------
    y
        Shape (n,).
    x
        Shape (n, k), of full rank.
    weights
        Shape (n,), above 0.
    clusters
        Shape (n,): rows of one cluster belong together.
    wanted
        Coefficients whose degrees of freedom are wanted, all by default; those of the others are missing.

    Raises
    ------
    NotEnoughDataError
        Fewer rows than coefficients, or coefficients that cannot be told apart.

    Examples
    --------
    >>> y, treated = np.array([1.0, 2.0, 3.0, 7.0, 8.0, 9.0]), np.array([0.0, 0, 0, 1, 1, 1])
    >>> found = linear(y, np.column_stack([np.ones(6), treated]), weights=np.ones(6), clusters=np.arange(6))
    >>> found.coef.round(6).tolist(), round(float(found.se[1]), 4), round(float(found.df[1]), 4)
    ([2.0, 6.0], 0.9129, 4.0)
    """
    cross = x.T @ (weights[:, None] * x)
    if len(y) <= x.shape[1] or np.linalg.matrix_rank(cross) < x.shape[1]:
        raise NotEnoughDataError(
            "There are too few units, or too few kinds of them, to compare.",
            de="Es gibt zu wenige Gebiete oder zu wenig Verschiedenes unter ihnen, um zu vergleichen.",
        )
    spread = np.linalg.solve(cross, x.T * weights)
    rest = np.eye(len(y)) - x @ spread
    residual = rest @ y
    without = _without(rest, clusters)
    scores = np.stack(
        [_summed(spread[place] @ without.blocks * residual, without.number) for place in range(x.shape[1])], axis=1
    )
    asked = range(x.shape[1]) if wanted is None else wanted
    df = np.full(x.shape[1], np.nan)
    for place in asked:
        df[place] = _freedom(spread[place], rest, without)
    count = len(np.unique(clusters))
    return Linear(spread @ y, (count - 1) / count * scores.T @ scores, df)


def t_interval(estimate: float, se: float, df: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of an estimate with so many degrees of freedom.

    Examples
    --------
    >>> [round(end, 3) for end in t_interval(0.0, 1.0, 10.0)]
    [-2.228, 2.228]
    """
    reach = float(scipy.stats.t.ppf((1 + level) / 2, df)) * se
    return estimate - reach, estimate + reach


@dataclass(frozen=True, eq=False)
class _Without:
    """What gives residuals of a cluster that is left out, by cluster in one matrix (n, n), and each row's cluster."""

    blocks: scipy.sparse.csr_array
    number: np.ndarray


def _without(rest: np.ndarray, clusters: np.ndarray) -> _Without:
    """Return what turns residuals of each cluster into those of a regression without it."""
    _, number = np.unique(clusters, return_inverse=True)
    order = np.argsort(number, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(number))[:-1])
    rows, columns, values = [], [], []
    for part in parts:
        block = rest[np.ix_(part, part)]
        back = 1 / block if block.size == 1 and block[0, 0] > TINY else np.linalg.pinv(block, rcond=TINY)
        rows.append(np.repeat(part, len(part)))
        columns.append(np.tile(part, len(part)))
        values.append(back.ravel())
    place = np.concatenate(rows), np.concatenate(columns)
    return _Without(scipy.sparse.csr_array((np.concatenate(values), place), shape=rest.shape), number)


def _summed(values: np.ndarray, number: np.ndarray) -> np.ndarray:
    return np.bincount(number, values)


def _freedom(row: np.ndarray, rest: np.ndarray, without: _Without) -> float:
    """Return Satterthwaite's degrees of freedom of the variance of one coefficient."""
    weight = row @ without.blocks
    member = scipy.sparse.csr_array(
        (weight, (without.number, np.arange(len(weight)))), shape=(int(without.number.max()) + 1, len(weight))
    )
    sides = member @ rest
    products = sides @ sides.T
    return float(np.trace(products) ** 2 / (products**2).sum())
