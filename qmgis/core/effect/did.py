"""Differences in differences of matched units, stacked by the edition of the first treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from qmgis.core.effect.bootstrap import WILD_BELOW, wild_interval, wild_p
from qmgis.core.effect.linear import Linear, linear, t_interval

__all__ = [
    "DETECTABLE", "FEWEST_GROUPS", "Estimate", "Stack", "design", "estimate", "event_study", "joint", "of_change",
    "since_before", "stacked", "two_by_two",
]  # fmt: skip

# An effect of so many standard errors is found four times in five (METHODS 11.4).
DETECTABLE = 2.8
# With fewer treated clusters their own spread cannot be known.
FEWEST_GROUPS = 5


@dataclass(frozen=True, eq=False)
class Stack:
    """Rows to compare: unit, cohort (column of the first treatment), whether treated, weight, cluster; shape (n,)."""

    unit: np.ndarray
    cohort: np.ndarray
    treated: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray


@dataclass(frozen=True)
class Estimate:
    """A difference of changes with its 95 % interval.

    ``inference``: ``cluster`` (t), ``wild`` (bootstrap of clusters) or ``few`` (spread of the comparison units).
    """

    value: float
    se: float
    df: float
    low: float
    high: float
    p: float
    clusters: int
    inference: str

    @property
    def detectable(self) -> float:
        """The smallest effect found four times in five: 2.8 standard errors, more where clusters are few."""
        freedom = max(self.df, 1.0)
        return float(
            max(DETECTABLE, scipy.special.stdtrit(freedom, 0.975) + scipy.special.stdtrit(freedom, 0.8)) * self.se
        )


def two_by_two(treated_before: float, treated_after: float, other_before: float, other_after: float) -> float:
    """Return the difference of two changes.

    Examples
    --------
    >>> two_by_two(30, 27, 28, 26.5)  # METHODS 11.3
    -1.5
    """
    return (treated_after - treated_before) - (other_after - other_before)


def since_before(values: np.ndarray, first: int) -> np.ndarray:
    """Return the mean since a column less the edition before it, of each row.

    Examples
    --------
    >>> since_before(np.array([[1.0, 3.0, 5.0, 7.0], [1.0, 1.0, 1.0, 0.0]]), 2).tolist()
    [3.0, -0.5]
    """
    return np.asarray(values[:, first:].mean(axis=1) - values[:, first - 1])


def stacked(first: np.ndarray, weights: np.ndarray, clusters: np.ndarray, *, treated: np.ndarray) -> Stack:
    """Return treated units beside their comparison units, cohort by cohort.

    Within a cohort the weights of the comparison units sum to the number of treated units, so that least squares with
    a constant a cohort gives the mean over treated units (the group aggregate of Callaway and Sant'Anna 2021).

    Parameters
    ----------
    first
        Column of the first treatment, shape (n,).
    weights
        As `qmgis.core.effect.match.matched` gives them, of all units, shape (m, n); rows that sum to 0 are left out.
    clusters
        Shape (n,).
    treated
        The places of the treated units, shape (m,).

    Examples
    --------
    >>> found = stacked(np.array([2, 4, 4]), np.array([[0, 0.5, 0.5]]), np.arange(3), treated=np.array([0]))
    >>> found.unit.tolist(), found.treated.tolist(), found.weight.tolist()
    ([0, 1, 2], [1.0, 0.0, 0.0], [1.0, 0.5, 0.5])
    """
    parts = []
    kept = weights.sum(axis=1) > 0
    for cohort in np.unique(first[treated[kept]]):
        rows = kept & (first[treated] == cohort)
        own, total = treated[rows], weights[rows].sum(axis=0)
        others = np.flatnonzero(total > 0)
        parts.append((own, cohort, 1.0, np.ones(len(own))))
        parts.append((others, cohort, 0.0, total[others]))
    unit = np.concatenate([one[0] for one in parts]) if parts else np.empty(0, int)
    cohort = np.concatenate([np.full(len(one[0]), one[1]) for one in parts]) if parts else np.empty(0, int)
    is_treated = np.concatenate([np.full(len(one[0]), one[2]) for one in parts]) if parts else np.empty(0)
    weight = np.concatenate([one[3] for one in parts]) if parts else np.empty(0)
    return Stack(unit, cohort, is_treated, weight, clusters[unit])


def estimate(values: np.ndarray, stack: Stack, *, seed: int = 1) -> Estimate:
    """Return the mean change since the edition before the first treatment, beside that of the comparison units.

    Below 30 clusters the interval comes from a wild cluster bootstrap, else from t with the degrees of freedom of
    `qmgis.core.effect.linear.linear`. With fewer than five treated clusters neither holds: then the spread of the
    comparison units stands for that of whole treated clusters (Donald and Lang 2007, Conley and Taber 2011).

    Parameters
    ----------
    values
        Shape (units, editions), without gaps in the rows of the stack.
    stack
        As `stacked` gives it.
    seed
        Of the bootstrap.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = rng.normal(0, 1, (40, 4)) + 5 * (np.arange(40)[:, None] < 10) * (np.arange(4) > 2)
    >>> first = np.where(np.arange(40) < 10, 3, 4)
    >>> even = np.where(np.arange(40) < 10, 0, 1 / 30) * np.ones((10, 1))
    >>> found = estimate(values, stacked(first, even, np.arange(40), treated=np.arange(10)))
    >>> found.low < 5 < found.high, found.inference
    (True, 'cluster')
    """
    cohorts, place = np.unique(stack.cohort, return_inverse=True)
    changes = np.stack([since_before(values, cohort) for cohort in cohorts])
    change = changes[place, stack.unit]
    return of_change(change, stack, seed=seed)


def of_change(change: np.ndarray, stack: Stack, *, seed: int = 1) -> Estimate:
    """Return the difference between treated and comparison rows of any change, shape (n,)."""
    x = design(stack)
    if len(np.unique(stack.cluster[stack.treated > 0])) < FEWEST_GROUPS:
        return _few(change, stack, x)
    found = linear(change, x, weights=stack.weight, clusters=stack.cluster, wanted=(0,))
    value, se, df = float(found.coef[0]), float(found.se[0]), float(found.df[0])
    clusters = len(np.unique(stack.cluster))
    if clusters < WILD_BELOW:
        low, high = wild_interval(change, x, 0, weights=stack.weight, clusters=stack.cluster, seed=seed)
        p = wild_p(change, x, 0, weights=stack.weight, clusters=stack.cluster, seed=seed)
        return Estimate(value, se, df, low, high, p, clusters, "wild")
    p = float(2 * scipy.stats.t.sf(abs(value) / se, df)) if se else float("nan")
    return Estimate(value, se, df, *t_interval(value, se, df), p, clusters, "cluster")


def _few(change: np.ndarray, stack: Stack, x: np.ndarray) -> Estimate:
    """Return the difference with the spread of the comparison rows, a treated cluster counting as one unit."""
    root = np.sqrt(stack.weight)
    coef = np.linalg.lstsq(x * root[:, None], change * root, rcond=None)[0]
    others = stack.treated == 0
    rest = change[others] - x[others] @ coef
    groups, count = len(np.unique(stack.cluster[~others])), len(np.unique(stack.cluster[others]))
    df = count - (x.shape[1] - 1)
    clusters = groups + count
    if df < 1:
        nothing = float("nan")
        return Estimate(float(coef[0]), nothing, 0.0, -np.inf, np.inf, nothing, clusters, "few")
    share = stack.weight[others] / stack.weight[others].sum()
    spread = float(np.sqrt(rest @ rest / max(others.sum() - (x.shape[1] - 1), 1)))
    se = spread * float(np.sqrt(1 / groups + share @ share))
    p = float(2 * scipy.stats.t.sf(abs(coef[0]) / se, df)) if se else float("nan")
    return Estimate(float(coef[0]), se, float(df), *t_interval(float(coef[0]), se, df), p, clusters, "few")


def event_study(values: np.ndarray, stack: Stack) -> pd.DataFrame:
    """Return the difference at each edition before and since the first treatment; 0 at the one before it, by design.

    Each has the interval of `estimate`; where cohorts are few the spread of the comparison units serves.

    Returns
    -------
    pd.DataFrame
        Index ``step`` (editions since the first treatment, negative before); ``value``, ``se``, ``low``, ``high``,
        ``treated`` (units).

    Examples
    --------
    >>> values = np.array([[1.0, 1, 1, 4], [2, 2, 2, 2], [1, 1, 1, 1], [3, 3, 3, 6]])
    >>> weights = np.array([[0, 0.5, 0.5, 0], [0, 0.5, 0.5, 0]])
    >>> found = stacked(np.array([3, 4, 4, 3]), weights, np.arange(4), treated=np.array([0, 3]))
    >>> event_study(values, found)["value"].round(9).tolist()
    [0.0, 0.0, 0.0, 3.0]
    """
    rows = {}
    for step in range(-int(stack.cohort.max()), values.shape[1] - int(stack.cohort.min())):
        at = stack.cohort + step
        there = (at >= 0) & (at < values.shape[1])
        part = Stack(*(getattr(stack, name)[there] for name in ("unit", "cohort", "treated", "weight", "cluster")))
        count = int(part.treated.sum())
        if step == -1:
            rows[step] = (0.0, 0.0, 0.0, 0.0, count)
            continue
        found = of_change(values[part.unit, at[there]] - values[part.unit, part.cohort - 1], part)
        rows[step] = (found.value, found.se, found.low, found.high, count)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "se", "low", "high", "treated"])
    return frame.rename_axis("step")


def design(stack: Stack) -> np.ndarray:
    """Return the columns of the regression: treated, then one a cohort."""
    cohorts = np.unique(stack.cohort)
    return np.column_stack([stack.treated, (stack.cohort[:, None] == cohorts).astype(float)])


def joint(values: np.ndarray, stack: Stack, steps: list[int]) -> Linear:
    """Return the differences of several steps at once, one row a unit, cohort and step."""
    x = design(stack)
    change = [values[stack.unit, stack.cohort + step] - values[stack.unit, stack.cohort - 1] for step in steps]
    first = np.arange(len(steps)) * x.shape[1]
    found = linear(
        np.concatenate(change), np.kron(np.eye(len(steps)), x), weights=np.tile(stack.weight, len(steps)),
        clusters=np.tile(stack.cluster, len(steps)), wanted=first.tolist(),
    )  # fmt: skip
    return Linear(found.coef[first], found.cov[np.ix_(first, first)], found.df[first])
