"""How sure the class of an area is, where counts are small and methods could have been chosen otherwise.

The reported class never changes; the probability of each class stands beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qmgis.core.certainty._engine import Problem, groups_of, places, published
from qmgis.core.certainty._noise import BLOCK
from qmgis.core.certainty._prepare import Prepared, prepared
from qmgis.core.certainty._settle import Draws, settle, slots
from qmgis.core.certainty.choices import Choices, Noise, Rule
from qmgis.errors import DataError

__all__ = ["LIKELY", "SURE", "Certainty", "certainty", "labels"]

SURE, LIKELY = 0.9, 0.7
# Two threads pay above so many numbers that are computed or drawn. Ranks of so many bytes are kept; beyond, those of
# every second, third … draw.
THREADED, RANK_BYTES = 2_000_000, 1 << 30
# Sums of yes and no are kept in one byte each.
MOST_ROWS = 255


@dataclass(frozen=True, eq=False)
class Certainty:
    """The result; rows are those of the input, NaN (classes: 0, labels: None) where an area is left out.

    Attributes
    ----------
    groups
        Class numbers, one a block, of each column of ``probability``.
    probability
        Share of draws in each group, (n, groups); rows sum to 1.
    reported
        Class numbers of the published method, (n, blocks).
    certain
        Probability of the reported group, (n,).
    label
        ``sure``, ``likely`` or ``borderline``, (n,).
    attention
        Probability that the area requires attention, (n,); None if the method has no such rule.
    rank, rank_median, rank_low, rank_high
        Place by the first index (1 is the highest) as published, and median and 5-95 % interval over the draws.
    without_noise
        How many counts of each area are missing, so that nothing is drawn for them, (n,).
    approximate
        Whether denominators are estimates.
    draws, seed
        How often, and from where.
    """

    groups: tuple[tuple[int, ...], ...]
    probability: np.ndarray
    reported: np.ndarray
    certain: np.ndarray
    label: np.ndarray
    attention: np.ndarray | None
    rank: np.ndarray
    rank_median: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    without_noise: np.ndarray
    approximate: bool
    draws: int
    seed: int

    def of_block(self, number: int) -> np.ndarray:
        """Return the probability of each class of one block, (n, classes)."""
        classes = np.asarray([group[number] for group in self.groups])
        sums = [self.probability[:, classes == one].sum(axis=1) for one in range(1, classes.max() + 1)]
        return np.stack(sums, axis=1).round(12)  # sums of shares of draws: 1 is 1, not 0.9999999999999999

    def certain_of(self, number: int) -> np.ndarray:
        """Return the probability of the reported class of one block, (n,)."""
        classes = self.reported[:, number]
        picked = np.take_along_axis(self.of_block(number), np.maximum(classes - 1, 0)[:, None], axis=1)[:, 0]
        return np.where(classes > 0, picked, np.nan)


def certainty(
    values: ArrayLike,
    rule: Rule,
    *,
    changes: ArrayLike | None = None,
    noise: Noise | None = None,
    choices: Choices | None = None,
    valid: ArrayLike | None = None,
    ids: Sequence[str] | None = None,
    reported: ArrayLike | None = None,
    draws: int = 1000,
    seed: int = 0,
    memory_mb: float = 32.0,
    threads: int | None = None,
) -> Certainty:
    """Return the probability of each class of each area under noise, other choices of method, or both.

    Parameters
    ----------
    values, changes
        Indicators and their changes, (n, m) each; changes only where the rule looks at them.
    rule
        The method as published.
    noise, choices
        What is drawn anew in each draw; without either every class has probability 1.
    valid
        Which areas count, (n,); those without gaps by default. The others are left out of every draw.
    ids
        Names of the areas; with them the result does not depend on the order of the rows.
    reported
        Class numbers as published, (n,) or (n, blocks), where they are not to be computed.
    draws, seed
        Same seed, same result, whatever ``memory_mb`` and ``threads``.
    memory_mb
        Room for the index of one block of draws, without noise.
    threads
        1 or 2; by default 2 from two million values on.

    Raises
    ------
    DataError
        Fewer draws than 1; counts, totals or values that cannot be.
    NotEnoughDataError
        Fewer than three areas count, or an indicator is constant.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 7.

    Examples
    --------
    >>> from qmgis.core.certainty.choices import Block
    >>> rule = Rule(blocks=(Block(columns=(0,), limits=(1.0,)),))
    >>> result = certainty([[0.1], [0.1], [0.1], [0.5]], rule, choices=Choices(limit_shift=0.1))
    >>> result.probability.tolist()[-1], result.label.tolist()[-1]
    ([0.0, 1.0], 'sure')
    """
    _check_draws(draws)
    given = prepared(values, rule, changes=changes, noise=noise, choices=choices, valid=valid, ids=ids, seed=seed)
    nothing = noise is None and not (choices and choices.factors) and not (choices and choices.normalisations)
    count = 1 if nothing and not (choices and choices.ddofs) else draws
    drawn = _drawn(rule, choices, count, seed)
    tally, ranks = _tally(given.problem, drawn, memory_mb, threads)
    computed, place = published(given.problem)
    numbers = computed if reported is None else _given(reported, given, rule)
    probability = given.back(tally / count)
    certain = given.back(tally[np.arange(len(numbers)), numbers] / count)
    low, middle, high = (given.back(one) for one in _interval(ranks))
    flagged = [rule.groups.index(tuple(group)) for group in rule.attention]
    return Certainty(
        groups=rule.groups,
        probability=probability,
        reported=given.back(np.asarray(rule.groups)[numbers], gap=0),
        certain=certain,
        label=labels(certain),
        attention=probability[:, flagged].sum(axis=1) if flagged else None,
        rank=given.back(place),
        rank_median=middle,
        rank_low=low,
        rank_high=high,
        without_noise=given.back(given.without_noise),
        approximate=noise is not None and noise.approximate,
        draws=draws,
        seed=seed,
    )


def labels(certain: np.ndarray) -> np.ndarray:
    """Return ``sure`` from 0.9, ``likely`` from 0.7, else ``borderline``; None where missing.

    Examples
    --------
    >>> labels(np.array([0.9, 0.899, 0.2, np.nan])).tolist()
    ['sure', 'likely', 'borderline', None]
    """
    # A share of draws is a quotient: 0.9 may be one unit in the last place short.
    room = 1e-12
    words = np.select([certain >= SURE - room, certain >= LIKELY - room], ["sure", "likely"], default="borderline")
    result = words.astype(object)
    result[np.isnan(certain)] = None
    return np.asarray(result)


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise DataError(
            f"{draws} draws give no probability; ask for at least 1, usually 1000.",
            de=f"{draws} Ziehungen ergeben keine Wahrscheinlichkeit; mindestens 1, üblich sind 1000.",
        )


def _drawn(rule: Rule, choices: Choices | None, count: int, seed: int) -> Draws:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    return settle(rule, choices or Choices(), rng.random((count, slots(rule)["left_out"].stop)))


def _given(reported: ArrayLike, given: Prepared, rule: Rule) -> np.ndarray:
    """Return the numbers of the groups that were published."""
    classes = np.nan_to_num(np.asarray(reported, dtype=float)).reshape(given.areas, -1).astype(int)[given.rows]
    known = {group: number for number, group in enumerate(rule.groups)}
    try:
        return np.asarray([known[tuple(row)] for row in classes.tolist()])
    except KeyError as error:
        raise DataError(
            f"The reported classes hold {error}, which is no group of this method; give one class number a block.",
            de=f"Die berichteten Klassen enthalten {error}, keine Gruppe dieses Verfahrens; je Block eine "
            "Klassennummer angeben.",
        ) from error


def _tally(problem: Problem, drawn: Draws, memory_mb: float, threads: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each area is in each group, (n, groups), and its places, (draws kept, n)."""
    count, areas, groups = len(drawn), problem.areas, len(problem.rule.groups)
    for number, block in enumerate(problem.rule.blocks):
        if problem.now is None:
            # Here, so that threads find them ready.
            for name in drawn.names:
                problem.fixed(number, name or block.normalise)
    dtype = np.min_scalar_type(areas)
    every = max(1, -(-count * areas * dtype.itemsize // RANK_BYTES))
    ranks = np.empty((-(-count // every), areas), dtype)

    def work(part: slice) -> np.ndarray:
        place = None if problem.now is None else (1, part.start // BLOCK)
        code, index = groups_of(problem, drawn.part(part), place)
        kept = np.arange(part.start + -part.start % every, part.stop, every)
        if len(kept):
            ranks[kept // every] = places(index[kept - part.start])
        return np.stack([np.add.reduce((code == one).view(np.uint8), axis=0, dtype=np.uint8) for one in range(groups)])

    cells = 1 if problem.now is None else len(problem.rule.columns) * (2 if problem.earlier else 1)
    used = threads or (2 if count * areas * cells >= THREADED and (os.cpu_count() or 1) > 1 else 1)
    parts = list(_parts(count, areas, memory_mb / used, noisy=problem.now is not None))
    total = np.zeros((groups, areas), np.int64)
    if used == 1:
        for part in parts:
            total += work(part)
    else:
        with ThreadPoolExecutor(used) as pool:
            for one in pool.map(work, parts):
                total += one
    return total.T, ranks


def _parts(count: int, areas: int, memory_mb: float, *, noisy: bool) -> Iterator[slice]:
    """Return the blocks of draws: of a fixed size where their noise belongs to them, else as memory allows."""
    # Index, its negative, its order and the bytes of limits and groups: about 24 bytes a value.
    rows = BLOCK if noisy else int(min(MOST_ROWS, max(1, memory_mb * 2**20 // (24 * areas))))
    for start in range(0, count, rows):
        yield slice(start, min(start + rows, count))


def _interval(ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places at 5 %, in the middle and at 95 % of the draws."""
    count, areas = ranks.shape
    last = count - 1
    picked = np.empty((4, areas), ranks.dtype)
    for start in range(0, areas, 1024):
        part = np.sort(np.ascontiguousarray(ranks[:, start : start + 1024].T), axis=1)
        wanted = [int(0.05 * last), last // 2, count // 2, -(-95 * last // 100)]
        picked[:, start : start + 1024] = part[:, wanted].T
    return picked[0], picked[1:3].mean(axis=0), picked[3]
