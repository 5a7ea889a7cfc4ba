"""What each of several causes adds to a difference, whatever the order in which they are thought to act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import factorial

import numpy as np

__all__ = ["attribution", "beyond_noise"]


def attribution(outcome: Callable[[tuple[int, ...]], np.ndarray], steps: Sequence[int]) -> list[np.ndarray]:
    """Return what each step of each factor adds to an outcome, averaged over all orders (Shapley).

    Each factor goes from 0 to its number of steps; while one moves, each other one stands at its beginning or its end.
    What is returned adds up to the outcome of all ends less that of all beginnings, exactly.

    Parameters
    ----------
    outcome
        The values at a place of every factor, such as ``(0, 2, 1)``; asked once for each.
    steps
        How many steps each factor has, 0 or more; one without steps adds nothing.

    Returns
    -------
    list of arrays
        For each factor shape (its steps, *shape of the outcome).

    References
    ----------
    Shapley, Contributions to the Theory of Games II, 1953, pp. 307-317; for changes of indicators Shorrocks, Journal of
    Economic Inequality 11, 2013, pp. 99-126.

    Examples
    --------
    >>> product_of = lambda at: np.array([(2.0, 3.0)[at[0]] * (10.0, 20.0)[at[1]]])
    >>> [step.tolist() for step in attribution(product_of, [1, 1])]
    [[[15.0]], [[25.0]]]
    """
    known: dict[tuple[int, ...], np.ndarray] = {}

    def at(place: tuple[int, ...]) -> np.ndarray:
        if place not in known:
            known[place] = np.asarray(outcome(place), dtype=float)
        return known[place]

    moving = [factor for factor, count in enumerate(steps) if count]
    shape = at(tuple(0 for _ in steps)).shape
    found = [np.zeros((count, *shape)) for count in steps]
    for factor in moving:
        others = [other for other in moving if other != factor]
        for ends in product((False, True), repeat=len(others)):
            place = [0] * len(steps)
            for other, is_end in zip(others, ends, strict=True):
                place[other] = steps[other] if is_end else 0
            before = sum(ends)
            weight = factorial(before) * factorial(len(others) - before) / factorial(len(moving))
            values = [at((*place[:factor], step, *place[factor + 1 :])) for step in range(steps[factor] + 1)]
            found[factor] += weight * np.diff(np.array(values), axis=0)
    return found


def beyond_noise(difference: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the part of differences that is more than chance alone makes likely: d · max(0, 1 - variance / d²).

    A difference below one standard error is all noise, one of three is nearly all signal.

    References
    ----------
    The positive part of James & Stein (Efron & Morris, Journal of the American Statistical Association 68, 1973,
    p. 117) for one difference.

    Examples
    --------
    >>> beyond_noise(np.array([0.5, 2.0, -4.0]), np.array([1.0, 1.0, 1.0])).tolist()
    [0.0, 1.5, -3.75]
    """
    square = np.square(difference)
    kept = np.divide(variance, square, out=np.ones_like(square), where=square > 0)
    return np.asarray(difference * np.clip(1 - kept, 0.0, 1.0))
