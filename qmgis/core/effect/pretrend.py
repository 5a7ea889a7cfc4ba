"""Whether units and their comparison moved alike before the treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from qmgis.core.effect.did import FEWEST_GROUPS, Stack, joint

__all__ = ["Pretrend", "pretrend"]


@dataclass(frozen=True)
class Pretrend:
    """The joint test of all editions before the treatment: ``p`` (0-1) and how many differences it tests."""

    p: float
    steps: int


def pretrend(values: np.ndarray, stack: Stack) -> Pretrend | None:
    """Return the test that treated units moved as their comparison before; None with fewer than two editions before.

    Tested are the differences of all editions that every cohort has, against the one before the treatment, jointly by F
    with the degrees of freedom of the weakest (a Hotelling test where clusters are few). Fewer than five treated
    clusters are too few to test: ``p`` is missing.

    Parameters
    ----------
    values
        Shape (units, editions).
    stack
        As `qmgis.core.effect.did.stacked` gives it.

    Examples
    --------
    >>> from qmgis.core.effect.did import stacked
    >>> rng = np.random.default_rng(2)
    >>> values, first = rng.normal(0, 1, (40, 4)), np.where(np.arange(40) < 10, 3, 4)
    >>> even = np.where(np.arange(40) < 10, 0, 1 / 30) * np.ones((10, 1))
    >>> found = pretrend(values, stacked(first, even, np.arange(40), treated=np.arange(10)))
    >>> 0 < found.p < 1, found.steps
    (True, 2)
    """
    steps = [-step for step in range(int(stack.cohort.min()), 1, -1)]
    if not steps:
        return None
    if len(np.unique(stack.cluster[stack.treated > 0])) < FEWEST_GROUPS:
        return Pretrend(float("nan"), len(steps))
    found = joint(values, stack, steps)
    count, df = len(steps), float(np.min(found.df))
    left = df - count + 1
    if left <= 0:
        return Pretrend(float("nan"), count)
    size = float(found.coef @ np.linalg.pinv(found.cov) @ found.coef)
    return Pretrend(float(scipy.stats.f.sf(size * left / (df * count), count, left)), count)
