"""One unit beside a weighted mean of others that was like it before (Abadie, Diamond and Hainmueller 2010)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from qmgis.errors import NotEnoughDataError

__all__ = ["Synthetic", "simplex_fit", "synthetic"]

FEWEST = 3
# The sum of the weights is held by a row so much heavier than all others.
HEAVY = 1e4


@dataclass(frozen=True, eq=False)
class Synthetic:
    """Weights of the donors (n,), the gap in each edition (t,), root mean square gaps before and since, placebo ``p``.

    ``p`` is the share of the unit and its donors whose ratio of the gap since to the gap before is at least as large.
    """

    weights: np.ndarray
    gap: np.ndarray
    before: float
    since: float
    p: float


def simplex_fit(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    """Return the weights, at least 0 and summing to 1, with which donors come nearest to a target.

    Parameters
    ----------
    target
        Shape (k,).
    donors
        Shape (n, k).

    Examples
    --------
    >>> simplex_fit(np.array([1.0, 2.0]), np.array([[0.0, 0.0], [2.0, 4.0]])).round(6).tolist()
    [0.5, 0.5]
    """
    size = max(float(np.abs(donors).max()), float(np.abs(target).max()), 1e-12)
    left = np.vstack([donors.T / size, np.full(len(donors), HEAVY)])
    weights, _ = scipy.optimize.nnls(left, np.append(target / size, HEAVY), maxiter=50 * len(donors))
    return np.asarray(weights / weights.sum())


def synthetic(values: np.ndarray, first: int) -> Synthetic:
    """Return the first row beside its synthetic control made of the others, and how unusual the gap is.

    Every donor is treated as if it were the unit, with the other donors (never the unit) as its donors.

    Parameters
    ----------
    values
        Shape (1 + donors, editions), the unit first.
    first
        Column of the first treatment.

    Raises
    ------
    NotEnoughDataError
        Fewer than three donors, or no edition before or since.

    Examples
    --------
    >>> values = np.array([[1.0, 2, 3, 9], [0, 1, 2, 3], [2, 3, 4, 5], [5, 5, 5, 5], [4, 3, 4, 3]])
    >>> synthetic(values, 3).gap.round(3).tolist()
    [-0.0, -0.0, -0.0, 5.0]
    """
    if len(values) <= FEWEST or not 0 < first < values.shape[1]:
        raise NotEnoughDataError(
            "A synthetic control needs three other areas, and an edition before and since the start.",
            de="Ein synthetischer Vergleich braucht drei andere Gebiete und eine Ausgabe vor und nach dem Start.",
        )
    weights, gap = _gap(values[0], values[1:], first)
    before, since = _size(gap[:first]), _size(gap[first:])
    ratios = [since / max(before, 1e-9)]
    for place in range(1, len(values)):
        others = np.delete(values[1:], place - 1, axis=0)
        _, other = _gap(values[place], others, first)
        ratios.append(_size(other[first:]) / max(_size(other[:first]), 1e-9))
    p = float(np.mean(np.array(ratios) >= ratios[0] * (1 - 1e-9)))
    return Synthetic(weights, gap, before, since, p)


def _gap(unit: np.ndarray, donors: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    weights = simplex_fit(unit[:first], donors[:, :first])
    return weights, unit - weights @ donors


def _size(gap: np.ndarray) -> float:
    return float(np.sqrt(np.mean(gap**2)))
