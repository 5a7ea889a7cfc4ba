"""Draws under "the values could be anywhere": of single areas with the area itself held, and of all areas."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from qmgis.errors import DataError

__all__ = ["TIE", "Alternative", "checked_permutations", "distinct_draws", "lag_tails", "pseudo_p"]

Alternative = Literal["two-sided", "greater", "less", "directed"]
# Numbers held at once: blocks of draws and of areas stay below this (8 bytes each).
BLOCK = 8_000_000
# Sums that differ by less than this share of the largest possible sum are equal: values tie, rounding does not decide.
TIE = 1e-12
LEAST_PERMUTATIONS = 39


def pseudo_p(
    upper: np.ndarray, lower: np.ndarray, *, permutations: int, alternative: Alternative = "two-sided"
) -> np.ndarray:
    """Return the pseudo p-values (M + 1)/(R + 1) from counts of draws at least, and at most, as large as observed.

    Parameters
    ----------
    upper, lower
        Numbers of draws, 0 to R, any shape; ties count in both.
    permutations
        R.
    alternative
        ``two-sided``: min(1, 2 min(upper, lower)); ``greater``, ``less``; ``directed``: the smaller of both, as esda.

    References
    ----------
    North, Curtis & Sham, American Journal of Human Genetics 71, 2002, p. 439.

    Examples
    --------
    >>> pseudo_p(np.array([0, 60]), np.array([99, 50]), permutations=99).tolist()
    [0.02, 1.0]
    """
    above, below = (upper + 1) / (permutations + 1), (lower + 1) / (permutations + 1)
    directed = np.minimum(above, below)
    choice = {"two-sided": np.minimum(1.0, 2 * directed), "greater": above, "less": below, "directed": directed}
    if alternative not in choice:
        raise DataError(
            f'There is no alternative "{alternative}"; use {", ".join(choice)}.',
            de=f'Eine Alternative "{alternative}" gibt es nicht; {", ".join(choice)} verwenden.',
        )
    return np.asarray(choice[alternative])


def checked_permutations(permutations: int) -> None:
    """Refuse a number of permutations from which no p-value of 0.05 could come.

    Examples
    --------
    >>> checked_permutations(999)
    """
    if permutations < LEAST_PERMUTATIONS:
        raise DataError(
            f"{permutations} permutations give no usable p-value; take at least {LEAST_PERMUTATIONS}, 9999 as a rule.",
            de=f"{permutations} Permutationen ergeben keinen brauchbaren p-Wert; mindestens {LEAST_PERMUTATIONS}, in "
            "der Regel 9999 nehmen.",
        )


def distinct_draws(count: int, *, size: int, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return ordered draws of ``size`` different numbers from 0 to ``count - 1``, every one equally likely.

    Parameters
    ----------
    count, size
        ``size`` is at most ``count``.
    rows
        How many draws.
    rng
        The source of chance.

    Returns
    -------
    np.ndarray
        int (rows, size).

    Examples
    --------
    >>> draws = distinct_draws(5, size=5, rows=2, rng=np.random.default_rng(0))
    >>> [sorted(row) for row in draws.tolist()]
    [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    """
    drawn = np.empty((rows, size), dtype=np.int32)
    if 2 * size > count:  # repeats would be the rule: order random keys instead
        step = max(BLOCK // count // 4, 1)
        for start in range(0, rows, step):
            drawn[start : start + step] = _first_of_order(rng.random((min(step, rows - start), count)), size)
        return drawn
    drawn[:] = rng.integers(count, size=(rows, size), dtype=np.int32)
    again = np.arange(rows)
    while True:
        ordered = np.sort(drawn[again], axis=1)
        again = again[(ordered[:, 1:] == ordered[:, :-1]).any(axis=1)]
        if not len(again):
            return drawn
        row, slot = _repeats(drawn[again])
        drawn[again[row], slot] = rng.integers(count, size=len(row), dtype=np.int32)


def _repeats(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where a number stands that stands earlier in the row too.

    Drawing only these anew is the same as drawing one after the other: a number once in a row stays in it, at this slot
    or an earlier one, so what is refused for standing earlier is refused in the end as well.
    """
    order = np.argsort(drawn, axis=1, kind="stable")
    ordered = np.take_along_axis(drawn, order, axis=1)
    row, place = np.nonzero(ordered[:, 1:] == ordered[:, :-1])
    return row, order[row, place + 1]


def _first_of_order(keys: np.ndarray, size: int) -> np.ndarray:
    """Return the columns of the ``size`` smallest keys of each row, in the order of their keys."""
    if size < keys.shape[1]:
        least = np.argpartition(keys, size - 1, axis=1)[:, :size]
        order = np.argsort(np.take_along_axis(keys, least, axis=1), axis=1)
        return np.asarray(np.take_along_axis(least, order, axis=1))
    return np.argsort(keys, axis=1)


def lag_tails(
    values: np.ndarray, matrix: csr_array, *, permutations: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each area's neighbours add up to at least, and to at most, what is observed.

    Conditional permutation: the area's own value is held, its k neighbours are a random draw without replacement from
    the n - 1 other areas. All areas share R ordered draws of k_max + 1 different areas from n; area i takes the first k
    that are not i, which is by symmetry such a draw. So only areas that are among their own first k need a sum of
    their own (R k in all, whatever n is); all others of one degree are counted in one sorted list.

    Parameters
    ----------
    values
        Without gaps, float (n,).
    matrix
        Weights, sparse (n, n), diagonal empty.
    permutations
        R.
    rng
        The source of chance.

    Returns
    -------
    tuple
        ``upper`` and ``lower``, int (n,); sums that are equal but for rounding count in both.

    References
    ----------
    Anselin, Geographical Analysis 27, 1995, p. 96; Davison & Hinkley, Bootstrap Methods, 1997, section 4.2.

    Examples
    --------
    >>> ring = csr_array(np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1))
    >>> values = np.array([0.0, 1, 1, 0, 9, 9])
    >>> upper, lower = lag_tails(values, ring, permutations=9999, rng=np.random.default_rng(0))
    >>> (upper[4] / 9999).round(1), (lower[4] / 9999).round(1)  # of ten pairs of others 4 have 9 or more, 8 at most 9
    (np.float64(0.4), np.float64(0.8))
    """
    count = len(values)
    degree = np.diff(matrix.indptr)
    upper, lower = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    size = int(degree.max(initial=0)) + 1
    sums = _Sums(values, matrix, degree)
    rows = max(BLOCK // 4 // size, 1)
    for start in range(0, permutations, rows):
        drawn = distinct_draws(count, size=size, rows=min(rows, permutations - start), rng=rng)
        for part in (sums.alike(drawn), sums.mixed(drawn)):
            upper += part[0]
            lower += part[1]
    return upper, lower


class _Sums:
    """The observed sums of neighbours and the counts of drawn ones, for areas with equal and with mixed weights."""

    def __init__(self, values: np.ndarray, matrix: csr_array, degree: np.ndarray) -> None:
        self.values, self.degree, self.count = values, degree, len(values)
        row = np.repeat(np.arange(self.count), degree)
        low, high = np.full(self.count, np.inf), np.zeros(self.count)
        np.minimum.at(low, row, matrix.data)
        np.maximum.at(high, row, matrix.data)
        equal = high <= low * (1 + 1e-9)
        self.equal, self.unequal = equal & (degree > 0), np.flatnonzero(~equal)
        # With equal weights plain sums are compared, with mixed ones weighted sums.
        one = self.equal[row]
        self.observed = np.bincount(row, np.where(one, 1.0, matrix.data) * values[matrix.indices], self.count)
        self.tie = TIE * np.abs(values).max() * np.bincount(row, np.where(one, 1.0, matrix.data), self.count)
        self.matrix = matrix

    def alike(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Count for the areas whose neighbours weigh the same: one sorted list of sums a degree."""
        upper, lower = np.zeros(self.count, dtype=np.int64), np.zeros(self.count, dtype=np.int64)
        total = np.cumsum(self.values[drawn], axis=1)
        for k in np.unique(self.degree[self.equal]):
            areas = np.flatnonzero(self.equal & (self.degree == k))
            ordered = np.sort(total[:, k - 1])
            upper[areas] = len(drawn) - np.searchsorted(ordered, self.observed[areas] - self.tie[areas])
            lower[areas] = np.searchsorted(ordered, self.observed[areas] + self.tie[areas], side="right")
        for slot in range(drawn.shape[1] - 1):
            area = drawn[:, slot]
            row = np.flatnonzero(self.equal[area] & (self.degree[area] > slot))
            area = area[row]
            k = self.degree[area]
            was = total[row, k - 1]
            now = was - self.values[area] + self.values[drawn[row, k]]
            self._replace(area, was, now, upper, lower)
        return upper, lower

    def mixed(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Count for the areas whose neighbours weigh differently: blocks of weights times drawn values."""
        upper, lower = np.zeros(self.count, dtype=np.int64), np.zeros(self.count, dtype=np.int64)
        if not len(self.unequal):
            return upper, lower
        found, order, bounds = self._own(drawn)
        neighbours = np.ascontiguousarray(self.values[drawn[:, :-1]].T)
        step = max(BLOCK // 2 // max(drawn.shape), 1)
        for start in range(0, len(self.unequal), step):
            areas = self.unequal[start : start + step]
            weights = self._weights(areas, len(neighbours))
            total = weights @ neighbours
            upper[areas] = (total >= (self.observed - self.tie)[areas, None]).sum(axis=1)
            lower[areas] = (total <= (self.observed + self.tie)[areas, None]).sum(axis=1)
            one = order[bounds[start] : bounds[min(start + step, len(self.unequal))]]
            place, row, slot = found[0][one], found[1][one], found[2][one]
            area = self.unequal[place]
            was = total[place - start, row]
            instead = self.values[drawn[row, self.degree[area]]]
            now = was + weights[place - start, slot] * (instead - self.values[area])
            self._replace(area, was, now, upper, lower)
        return upper, lower

    def _weights(self, areas: np.ndarray, width: int) -> np.ndarray:
        """Return the weights of these areas side by side, zeros behind them, shape (m, width)."""
        part = self.matrix[areas]
        degree = np.diff(part.indptr)
        row = np.repeat(np.arange(len(areas)), degree)
        weights = np.zeros((len(areas), width))
        weights[row, np.arange(len(row)) - np.repeat(part.indptr[:-1], degree)] = part.data
        return weights

    def _own(self, drawn: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray, np.ndarray]:
        """Return where areas with mixed weights are among their own neighbours, sorted by area."""
        place = np.full(self.count, -1)
        place[self.unequal] = np.arange(len(self.unequal))
        row, slot = np.nonzero((place[drawn] >= 0) & (self.degree[drawn] > np.arange(drawn.shape[1])))
        found = place[drawn[row, slot]]
        order = np.argsort(found, kind="stable")
        bounds = np.searchsorted(found[order], np.arange(len(self.unequal) + 1))
        return (found, row, slot), order, bounds

    def _replace(
        self, area: np.ndarray, was: np.ndarray, now: np.ndarray, upper: np.ndarray, lower: np.ndarray
    ) -> None:
        """Count the drawn sums ``now`` instead of ``was``."""
        least, most = (self.observed - self.tie)[area], (self.observed + self.tie)[area]
        np.add.at(upper, area, (now >= least).astype(np.int64) - (was >= least))
        np.add.at(lower, area, (now <= most).astype(np.int64) - (was <= most))
