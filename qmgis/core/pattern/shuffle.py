"""Tests of one number for all areas: the values shuffled over all places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from qmgis.core.pattern.permutation import BLOCK, TIE, Alternative, checked_permutations, pseudo_p
from qmgis.core.pattern.sample import Weights

__all__ = ["Autocorrelation", "ShuffleTest", "simulate"]


@dataclass(frozen=True)
class Autocorrelation:
    """A statistic of all areas and its test.

    ``expectation``: without a pattern. ``z``, ``p_normal`` (two-sided): if values were normal, none where that is not
    defined. ``p``: pseudo p-value of ``permutations`` shuffles from ``seed``, for ``alternative``. ``simulated_mean``,
    ``simulated_sd``: of the shuffles. ``weights``: ``row`` or ``given``; ``rule``: that of the neighbours.
    """

    measure: str
    statistic: float
    expectation: float
    z: float | None
    p_normal: float | None
    p: float
    alternative: Alternative
    permutations: int
    seed: int
    simulated_mean: float
    simulated_sd: float
    areas: int
    weights: Weights
    rule: str


@dataclass(frozen=True, eq=False)
class ShuffleTest:
    """What the tests of one call have in common."""

    array: np.ndarray
    permutations: int
    seed: int
    alternative: Alternative
    weights: Weights
    rule: str

    def of(
        self, measure: str, statistic: Callable[[np.ndarray], np.ndarray], expectation: float, variance: float | None
    ) -> Autocorrelation:
        """Return the statistic of the values as they are beside that of shuffled ones.

        Parameters
        ----------
        measure
            Its name.
        statistic
            Takes rows of values (b, n) and gives (b,).
        expectation, variance
            Without a pattern; the variance if values were normal, none where that is not defined.
        """
        checked_permutations(self.permutations)
        observed = float(statistic(self.array[None, :])[0])
        rng = np.random.default_rng(self.seed)
        drawn = simulate(statistic, self.array, permutations=self.permutations, rng=rng)
        tie = TIE * len(self.array) ** 0.5 * max(float(np.abs(drawn).max()), abs(observed))
        upper, lower = np.array((drawn >= observed - tie).sum()), np.array((drawn <= observed + tie).sum())
        p = pseudo_p(upper, lower, permutations=self.permutations, alternative=self.alternative)
        z = None if variance is None or variance <= 0 else (observed - expectation) / variance**0.5
        return Autocorrelation(
            measure=measure,
            statistic=observed,
            expectation=float(expectation),
            z=z,
            p_normal=None if z is None else float(2 * ndtr(-abs(z))),
            p=float(p),
            alternative=self.alternative,
            permutations=self.permutations,
            seed=self.seed,
            simulated_mean=float(drawn.mean()),
            simulated_sd=float(drawn.std()),
            areas=len(self.array),
            weights=self.weights,
            rule=self.rule,
        )


def simulate(
    statistic: Callable[[np.ndarray], np.ndarray], values: np.ndarray, *, permutations: int, rng: np.random.Generator
) -> np.ndarray:
    """Return a statistic of shuffled values: ``statistic`` takes rows (b, n) and gives (b,) or (b, m).

    Examples
    --------
    >>> simulate(lambda rows: rows.sum(axis=1), np.ones(3), permutations=2, rng=np.random.default_rng(0)).tolist()
    [3.0, 3.0]
    """
    rows = max(BLOCK // 4 // len(values), 1)
    blocks = [
        statistic(rng.permuted(np.tile(values, (min(rows, permutations - start), 1)), axis=1))
        for start in range(0, permutations, rows)
    ]
    return np.concatenate(blocks)
