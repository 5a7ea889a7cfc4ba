"""Which choice of a method matters most, for the whole result and for each area; what each indicator does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qmgis.core.certainty._engine import Problem, groups_of, indices, places, published
from qmgis.core.certainty._noise import BLOCK
from qmgis.core.certainty._prepare import prepared
from qmgis.core.certainty._settle import settle, slots, without
from qmgis.core.certainty.choices import Choices, Noise, Rule
from qmgis.core.certainty.sobol import Sobol, design, jansen
from qmgis.errors import DataError

__all__ = ["Influence", "Sensitivity", "sensitivity", "without_each"]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Sobol indices of the choices that vary; rows are those of the input.

    Attributes
    ----------
    factors
        ``weights``, ``normalisation``, ``limits``, ``ddof``, ``left_out``, ``noise``: those that vary.
    rank
        Indices of the mean absolute shift of places over the areas.
    classes
        Indices of the share of areas whose group is not the reported one.
    area_total
        Total index of each factor for whether the area is in its reported group, (n, factors); NaN where it always or
        never is, or the area is left out.
    hangs_on
        The factor with the largest total index, (n,); None where ``area_total`` is missing.
    samples
        n of the n (factors + 2) evaluations.
    """

    factors: tuple[str, ...]
    rank: Sobol
    classes: Sobol
    area_total: np.ndarray
    hangs_on: np.ndarray
    samples: int


@dataclass(frozen=True, eq=False)
class Influence:
    """The method without one indicator at a time: the rows of the first axis are ``columns``, the second areas.

    Attributes
    ----------
    columns
        The indicator that is left out.
    index
        Index of each block, (columns, n, blocks); NaN where left out.
    classes
        Class numbers, (columns, n, blocks); 0 where left out.
    rank
        Place by the first index, (columns, n).
    moved
        How many areas change their group, (columns,).
    rank_shift
        Mean absolute shift of places, (columns,).
    """

    columns: tuple[int, ...]
    index: np.ndarray
    classes: np.ndarray
    rank: np.ndarray
    moved: np.ndarray
    rank_shift: np.ndarray


def sensitivity(
    values: ArrayLike,
    rule: Rule,
    choices: Choices,
    *,
    changes: ArrayLike | None = None,
    noise: Noise | None = None,
    valid: ArrayLike | None = None,
    ids: Sequence[str] | None = None,
    samples: int = 256,
    seed: int = 0,
) -> Sensitivity:
    """Return how much each choice (and noise, if given) explains of the shifts of places and classes.

    Parameters
    ----------
    values, changes, rule, noise, valid, ids
        As `qmgis.core.certainty.classes.certainty`.
    choices
        Those that vary are the factors; at least one, or noise.
    samples
        Raised to the next power of 2; samples x (factors + 2) evaluations are made.

    Raises
    ------
    DataError
        Nothing varies, or as `certainty`.

    References
    ----------
    Saisana, Saltelli and Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators, Journal of the Royal Statistical Society A 168, 2005.

    Examples
    --------
    >>> from qmgis.core.certainty.choices import Block
    >>> values = np.random.default_rng(1).random((40, 3))
    >>> rule = Rule(blocks=(Block(columns=(0, 1, 2), limits=(0.5,)),))
    >>> found = sensitivity(values, rule, Choices(weight_band=0.5, limit_shift=0.1), samples=64)
    >>> found.factors, bool(found.rank.total[0] > 0.8), float(found.rank.total[1])
    (('weights', 'limits'), True, 0.0)
    """
    given = prepared(values, rule, changes=changes, noise=noise, choices=choices, valid=valid, ids=ids, seed=seed)
    factors = choices.factors + (("noise",) if noise is not None else ())
    if not factors:
        raise DataError(
            "Nothing varies; give a choice that does, or noise.",
            de="Es wird nichts verändert; eine Wahlmöglichkeit oder Zählungen angeben.",
        )
    width = slots(rule)["left_out"].stop
    a, b = design(samples, width, rng=np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,))))
    shift, share, same, apart = _evaluate(given.problem, choices, factors, a, b)
    count = len(a)
    inside = same / (2 * count)
    spread = (inside * (1 - inside))[:, None]
    total = np.divide(apart / (2 * count), spread, out=np.full(apart.shape, np.nan), where=spread > 0)
    known = spread[:, 0] > 0
    most = np.full(given.areas, None, dtype=object)
    most[given.rows[known]] = np.asarray(factors, dtype=object)[total[known].argmax(axis=1)]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    results = [jansen(one[:, 0], one[:, 1], one[:, 2:], rng=rng) for one in (shift, share)]
    return Sensitivity(factors, results[0], results[1], given.back(total), most, count)


def without_each(
    values: ArrayLike,
    rule: Rule,
    *,
    changes: ArrayLike | None = None,
    valid: ArrayLike | None = None,
    ids: Sequence[str] | None = None,
) -> Influence:
    """Return index, classes and place of each area without one indicator at a time (in all blocks that use it).

    Raises
    ------
    DataError
        A block has one indicator only, or as `qmgis.core.certainty.classes.certainty`.

    Examples
    --------
    >>> from qmgis.core.certainty.choices import Block
    >>> rule = Rule(blocks=(Block(columns=(0, 1), limits=(0.0,)),))
    >>> without_each([[1.0, 9.0], [2.0, 3.0], [3.0, 2.0]], rule).rank.tolist()
    [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]
    """
    every = Choices(leave_out=True)
    given = prepared(values, rule, changes=changes, noise=None, choices=every, valid=valid, ids=ids, seed=0)
    draws = without(rule)
    index = np.stack(indices(given.problem, draws), axis=-1)
    code = groups_of(given.problem, draws, None)[0]
    place = places(index[:, :, 0])
    group, rank = published(given.problem)
    return Influence(
        columns=rule.columns,
        index=np.stack([given.back(one) for one in index]),
        classes=np.stack([given.back(np.asarray(rule.groups)[one], gap=0) for one in code]),
        rank=np.stack([given.back(one) for one in place]),
        moved=(code != group).sum(axis=1),
        rank_shift=np.abs(place.astype(float) - rank).mean(axis=1),
    )


def _evaluate(
    problem: Problem, choices: Choices, factors: tuple[str, ...], a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return both results for A, B and each mixture, (n, d + 2), and counts for each area.

    The counts: how often A and B give the reported group, (areas,), and how often A and a mixture differ in that.
    """
    group, rank = published(problem)
    where = slots(problem.rule)
    shift, share = np.empty((len(a), len(factors) + 2)), np.empty((len(a), len(factors) + 2))
    same, apart = np.zeros(problem.areas), np.zeros((problem.areas, len(factors)))
    for start in range(0, len(a), BLOCK):
        rows = slice(start, start + BLOCK)
        base = np.empty(0)
        for number, factor in enumerate(("", "", *factors)):
            # The noise of A has the number 2, that of B 3.
            numbers, source = (b[rows], 3) if number == 1 else (a[rows].copy(), 2)
            if factor == "noise":
                source = 3
            elif factor:
                numbers[:, where[factor]] = b[rows, where[factor]]
            place = None if problem.now is None else (source, start // BLOCK)
            code, index = groups_of(problem, settle(problem.rule, choices, numbers), place)
            shift[rows, number] = np.abs(places(index).astype(float) - rank).mean(axis=1)
            stays = code == group
            share[rows, number] = 1 - stays.mean(axis=1)
            base = stays if number == 0 else base
            if number < 2:
                same += stays.sum(axis=0)
            else:
                apart[:, number - 2] += (base != stays).sum(axis=0)
    return shift, share, same, apart
