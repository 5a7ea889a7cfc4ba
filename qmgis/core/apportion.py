"""Whole numbers divided by weights so that the parts make the whole: largest remainders, exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["apportion"]


def apportion(whole: int, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Return whole parts of a whole number, in proportion to weights; they always add up to it.

    Each part is first rounded down. What is left goes, one each, to the largest remainders (Hamilton's method); of
    equal remainders the earlier comes first.

    Parameters
    ----------
    whole
        What is divided, such as cents; any sign.
    weights
        Exact numbers from 0, at least one above it.

    Raises
    ------
    ValueError
        If a weight is below 0 or none is above it.

    Examples
    --------
    >>> apportion(100, [1, 1, 1])
    (34, 33, 33)
    >>> apportion(-5, [1, 1])
    (-3, -2)
    """
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact)
    if not total or any(weight < 0 for weight in exact):
        message = "weights must be from 0, and one of them above it"
        raise ValueError(message)
    quotas = [abs(whole) * weight / total for weight in exact]
    parts = [quota.numerator // quota.denominator for quota in quotas]
    left = abs(whole) - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - quotas[place], place))
    for place in order[:left]:
        parts[place] += 1
    return tuple(parts if whole >= 0 else [-part for part in parts])
