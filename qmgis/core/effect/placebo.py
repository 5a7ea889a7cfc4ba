"""How large differences come out where nothing was done: changes of single units, and of groups as many as treated."""

from __future__ import annotations

import numpy as np

from qmgis.core.effect.did import since_before

__all__ = ["exchanged", "single_interval", "unusual"]


def unusual(change: float, others: np.ndarray) -> float:
    """Return the share of a unit and others whose change is at least as far from the others' mean, 0-1.

    Examples
    --------
    >>> unusual(5.0, np.array([-1.0, 0.0, 1.0]))
    0.25
    """
    middle = float(np.mean(others))
    return float((1 + np.sum(np.abs(others - middle) >= abs(change - middle) * (1 - 1e-9))) / (1 + len(others)))


def single_interval(change: float, others: np.ndarray, *, treated: int = 1, level: float = 0.95) -> tuple[float, ...]:
    """Return the difference of the change of few units to that of others, its standard error and interval.

    With few treated units their own spread cannot be known; that of the others stands for it (Donald and Lang 2007,
    Conley and Taber 2011), with as many degrees of freedom as there are others less one.

    Parameters
    ----------
    change
        Mean change of the treated units.
    others
        Changes of the comparison units, shape (n,), at least two.
    treated
        How many units are treated.

    Returns
    -------
    tuple of float
        Difference, standard error, low, high.

    Examples
    --------
    >>> [round(one, 3) for one in single_interval(3.0, np.array([-1.0, 0.0, 1.0]))]
    [3.0, 1.155, -1.968, 7.968]
    """
    from scipy import stats

    gap = change - float(np.mean(others))
    se = float(np.std(others, ddof=1)) * float(np.sqrt(1 / treated + 1 / len(others)))
    reach = float(stats.t.ppf((1 + level) / 2, len(others) - 1)) * se
    return gap, se, gap - reach, gap + reach


def exchanged(
    values: np.ndarray,
    weights: np.ndarray,
    first: np.ndarray,
    *,
    treated: np.ndarray,
    draws: int = 999,
    seed: int = 1,
) -> float:
    """Return how often a difference is as large when each treated unit changes places with one of its matches, 0-1.

    Parameters
    ----------
    values
        Shape (units, editions).
    weights
        As `qmgis.core.effect.match.matched` gives them, of all units, shape (treated, units).
    first
        Column of the first treatment, shape (units,).
    treated
        Places of the treated units.
    draws, seed
        How many, and from where.

    Examples
    --------
    >>> values = np.array([[0.0, 5.0], [0, 0], [0, 1], [0, -1]])
    >>> round(exchanged(values, np.array([[0, 1, 1, 1]]) / 3, np.array([1, 2, 2, 2]), treated=np.array([0])), 1)
    0.2
    """
    rng = np.random.default_rng(seed)
    found, drawn = 0.0, np.zeros(draws)
    rows = [(unit, weight) for unit, weight in zip(treated, weights, strict=True) if weight.sum() > 0]
    for unit, weight in rows:
        family = np.append(unit, np.flatnonzero(weight))
        start = int(first[unit])
        change = since_before(values[family], start)
        gaps = (change * len(change) - change.sum()) / (len(change) - 1)
        found += gaps[0]
        drawn += rng.choice(gaps, draws)
    return float((1 + np.sum(np.abs(drawn) >= abs(found) * (1 - 1e-9))) / (1 + draws))
