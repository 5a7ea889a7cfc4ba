"""Sobol indices after Jansen: how much of the variance of a result each choice explains, alone and with all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from qmgis.errors import DataError

__all__ = ["Sobol", "design", "jansen"]


@dataclass(frozen=True, eq=False)
class Sobol:
    """First-order and total index of each factor, (d,), with a bootstrap interval; NaN where nothing varies."""

    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray


def design(samples: int, numbers: int, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the two base samples A and B of 0-1, (n, numbers) each; n is ``samples``, up to the next power of 2.

    The third part, A with one factor from B, is made of them: n (d + 2) evaluations in all.

    Raises
    ------
    DataError
        Fewer samples than 2.

    References
    ----------
    Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics Communications 181, 2010.

    Examples
    --------
    >>> a, b = design(100, 3, rng=np.random.default_rng(1))
    >>> a.shape, b.shape
    ((128, 3), (128, 3))
    """
    if samples < 2:
        raise DataError(
            f"{samples} samples show no variance; ask for at least 2, usually 256.",
            de=f"{samples} Stichproben zeigen keine Streuung; mindestens 2, üblich sind 256.",
        )
    both = qmc.Sobol(2 * numbers, rng=rng).random_base2(int(np.ceil(np.log2(samples))))
    return both[:, :numbers], both[:, numbers:]


def jansen(
    a: np.ndarray, b: np.ndarray, ab: np.ndarray, *, rng: np.random.Generator, resamples: int = 500, level: float = 0.9
) -> Sobol:
    """Return ``S = 1 - mean((f(B) - f(AB))²) / 2V`` and ``ST = mean((f(A) - f(AB))²) / 2V`` of each factor.

    Parameters
    ----------
    a, b
        Results for the two base samples, (n,).
    ab
        Results for A with the numbers of one factor from B, (n, d).
    rng, resamples, level
        Of the bootstrap over the n rows.

    References
    ----------
    Jansen, Analysis of variance designs for model output, Computer Physics Communications 117, 1999.

    Examples
    --------
    >>> a, b = design(1024, 2, rng=np.random.default_rng(1))
    >>> f = lambda x: x[:, 0]
    >>> swapped = np.stack([f(np.column_stack([b[:, 0], a[:, 1]])), f(np.column_stack([a[:, 0], b[:, 1]]))], axis=1)
    >>> found = jansen(f(a), f(b), swapped, rng=np.random.default_rng(1))
    >>> (found.first.round(2) + 0.0).tolist(), found.total.round(2).tolist()
    ([1.0, 0.0], [1.0, 0.0])
    """
    apart_b, apart_a = np.square(b[:, None] - ab) / 2, np.square(a[:, None] - ab) / 2
    both = np.stack([a, b], axis=1)
    # Centred, so that variances from sums of squares keep their digits.
    both = both - both.mean()
    first, total = _indices(apart_b.mean(axis=0), apart_a.mean(axis=0), both.var())
    tries = np.full((2, resamples, ab.shape[1]), np.nan)
    for number in range(resamples):
        rows = rng.integers(0, len(a), len(a))
        tries[:, number] = _indices(apart_b[rows].mean(axis=0), apart_a[rows].mean(axis=0), both[rows].var())
    if np.isnan(first).all():
        return Sobol(first, first, first, total, total, total)
    low, high = np.nanquantile(tries, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return Sobol(first, low[0], high[0], total, low[1], high[1])


def _indices(apart_b: np.ndarray, apart_a: np.ndarray, variance: float) -> tuple[np.ndarray, np.ndarray]:
    if not variance > 0:
        return np.full(len(apart_a), np.nan), np.full(len(apart_a), np.nan)
    return 1 - apart_b / variance, apart_a / variance
