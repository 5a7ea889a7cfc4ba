"""Evaluates a method for many draws at once: the index of every area, its group, its place.

Without noise an index is one matrix product on columns normalised once, in single precision; the few values that
rounding could move over a limit are computed again in double precision, so groups are those of double precision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from qmgis.core.certainty._noise import Counts
from qmgis.core.certainty._scales import scaled
from qmgis.core.certainty._settle import Draws, as_published
from qmgis.core.certainty.choices import Block, Rule

__all__ = ["Problem", "groups_of", "indices", "places", "published"]

HALF_ULP = float(np.finfo(np.float32).eps) / 2
# Up to so many areas places are found by sorting, beyond it by counting on so many steps or more.
EXACT_PLACES, LEAST_STEPS = 5000, 1 << 16


@dataclass(frozen=True, eq=False)
class _Columns:
    """Normalised columns of a block, (k, n), and all that a matrix product of them needs."""

    exact: np.ndarray
    single: np.ndarray
    largest: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True, eq=False)
class Problem:
    """A method on the areas that count: values and changes (m, n), counts now and earlier, scaled columns as needed."""

    rule: Rule
    values: np.ndarray
    changes: np.ndarray | None
    now: Counts | None = None
    earlier: Counts | None = None
    seed: int = 0
    cache: dict[tuple[int, str], _Columns] = field(default_factory=dict)

    @property
    def areas(self) -> int:
        """How many areas count."""
        return int(self.values.shape[1])

    def source(self, block: Block) -> np.ndarray:
        """Return the oriented columns of a block, (k, n)."""
        given = self.changes if block.of == "changes" and self.changes is not None else self.values
        return np.asarray(given[list(block.columns)] * np.asarray(block.directions, dtype=float)[:, None])

    def fixed(self, number: int, name: str) -> _Columns:
        """Return the normalised columns of a block without noise; of a geometric mean, their logarithms."""
        key = (number, name)
        if key not in self.cache:
            block = self.rule.blocks[number]
            columns = scaled(self.source(block), name, positive=block.aggregate == "geometric")
            columns = np.log(columns) if block.aggregate == "geometric" else columns
            mean = columns.mean(axis=1)
            centred = columns - mean[:, None]
            spread = centred @ centred.T / self.areas
            single = columns.astype(np.float32)
            self.cache[key] = _Columns(columns, single, np.abs(columns).max(axis=1), mean, spread)
        return self.cache[key]


@dataclass(frozen=True, eq=False)
class _Raw:
    """The index of one block before it is standardised again, (d, n), and what its limits are in that unit."""

    index: np.ndarray
    middle: np.ndarray
    unit: np.ndarray
    # How far rounding may have moved a value, and the product it came from; 0 and none where exact.
    room: np.ndarray | None = None
    product: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)


def groups_of(problem: Problem, draws: Draws, place: tuple[int, ...] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of the group of each draw and area, (d, n), and the first block's index to rank by.

    ``place`` tells which noise is drawn; None draws none.
    """
    raws = _raws(problem, draws, place, single=True)
    return _crossed(problem.rule, raws, draws), raws[0].index


def indices(problem: Problem, draws: Draws) -> list[np.ndarray]:
    """Return the index of each block without noise, (d, n), in double precision."""
    raws = _raws(problem, draws, None, single=False)
    return [(raw.index - raw.middle[:, None]) / raw.unit[:, None] for raw in raws]


def places(index: np.ndarray, *, exact: bool = False) -> np.ndarray:
    """Return the place of each area in each draw, (d, n): 1 is the highest; equal ones get places one after the other.

    Of more than 5,000 areas, unless exact, the index is first rounded to equal steps of its range, at least four times
    as many as areas; areas on one step share their middle place.
    """
    count = index.shape[1]
    result = np.empty(index.shape, np.min_scalar_type(count))
    if count > EXACT_PLACES and not exact:
        for row, values in zip(result, index, strict=True):
            row[:] = _counted(values, result.dtype)
        return result
    place = np.arange(1, count + 1, dtype=result.dtype)
    # In double precision ties are real, and broken in the order of the areas.
    kind: Literal["quicksort", "stable"] = "quicksort" if index.dtype == np.float32 else "stable"
    for row, order in zip(result, np.argsort(-index, axis=1, kind=kind), strict=True):
        row[order] = place
    return result


def _counted(values: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """Return places by counting the areas on each step."""
    steps = max(LEAST_STEPS, 1 << (4 * len(values) - 1).bit_length())
    least, most = values.min(), values.max()
    scale = values.dtype.type((steps - 1) / (most - least)) if most > least else values.dtype.type(0)
    step = np.minimum(((values - least) * scale).astype(np.int64), steps - 1)
    on_step = np.bincount(step, minlength=steps)
    above = len(values) - np.cumsum(on_step)
    above += (on_step + 1) >> 1
    return np.asarray(above.astype(dtype).take(step))


def _raws(problem: Problem, draws: Draws, place: tuple[int, ...] | None, *, single: bool) -> list[_Raw]:
    blocks = range(len(problem.rule.blocks))
    if place is None or problem.now is None:
        return [_fixed(problem, number, draws, single=single) for number in blocks]
    totals = _noisy(problem, draws, place)
    return [_finished(problem, number, draws, totals[number]) for number in blocks]


def _fixed(problem: Problem, number: int, draws: Draws, *, single: bool) -> _Raw:
    """Return the index of a block as one matrix product for each normalisation."""
    block, weights = problem.rule.blocks[number], draws.weights[number]
    single = single and not block.parts and block.aggregate != "geometric"
    index = np.empty((len(draws), problem.areas), np.float32 if single else float)
    room, product = np.zeros(len(draws)), []
    middle, spread = np.zeros(len(draws)), np.ones(len(draws))
    for which, rows in _by_name(draws):
        columns = problem.fixed(number, which or block.normalise)
        used = weights[rows]
        index[rows] = _product(used.astype(np.float32), columns.single) if single else _product(used, columns.exact)
        product.append((rows, used, columns.exact))
        room[rows] = 2 * (len(columns.exact) + 4) * HALF_ULP * (used @ columns.largest)
        if block.aggregate != "geometric" and block.restandardise:
            middle[rows] = used @ columns.mean
            spread[rows] = np.sqrt(np.einsum("di,ij,dj->d", used, columns.covariance, used))
    if block.aggregate == "geometric":
        return _finished(problem, number, draws, index)
    unit = spread / _per_ddof(problem, number, draws)
    return _Raw(index, middle, unit, room if single else None, product)


def _product(weights: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return ``weights @ columns``, each number summed in the same order whatever the shape, so equal areas stay equal.

    With so few indicators this is no slower than the matrix library, whose threads wait for each other.
    """
    return np.asarray(np.einsum("dk,kn->dn", weights, columns))


def _finished(problem: Problem, number: int, draws: Draws, total: np.ndarray) -> _Raw:
    """Return an index whose mean and spread are taken from its values."""
    block = problem.rule.blocks[number]
    index = np.exp(total) if block.aggregate == "geometric" else total
    middle, spread = np.zeros(len(draws)), np.ones(len(draws))
    if block.restandardise:
        middle, spread = index.mean(axis=1), index.std(axis=1)
    return _Raw(index, middle, spread / _per_ddof(problem, number, draws))


def _per_ddof(problem: Problem, number: int, draws: Draws) -> np.ndarray:
    """Return what an index whose variances divide by n is multiplied with to divide by n - ddof."""
    block = problem.rule.blocks[number]
    factor = np.sqrt((problem.areas - draws.ddof[number]) / problem.areas)
    if block.restandardise:
        return np.asarray(factor)
    standard = np.asarray([(name or block.normalise) == "z" for name in draws.names])[draws.normalisation]
    return np.where(standard, factor, 1.0)


def _noisy(problem: Problem, draws: Draws, place: tuple[int, ...]) -> list[np.ndarray]:
    """Return the sums (geometric: of logarithms) of each block with counts drawn anew, one column after the other."""
    blocks, count = problem.rule.blocks, len(draws)
    totals = [np.zeros((count, problem.areas)) for _ in blocks]
    sources = [problem.source(block) for block in blocks]
    for column in problem.rule.columns:
        now = _moved(problem.now, column, (*place, 0), problem, count)
        for block, source, weights, total in zip(blocks, sources, draws.weights, totals, strict=True):
            if column not in block.columns:
                continue
            at = block.columns.index(column)
            moved = now
            if block.of == "changes":
                moved = now - _moved(problem.earlier, column, (*place, 1), problem, count)
            values = block.directions[at] * moved + source[at]
            for which, rows in _by_name(draws):
                part = values if len(draws.names) == 1 else values[rows]
                part = scaled(part, which or block.normalise, positive=block.aggregate == "geometric")
                part = np.log(part) if block.aggregate == "geometric" else part
                part *= weights[rows, at][:, None]
                total[rows] += part
    return totals


def _moved(counts: Counts | None, column: int, place: tuple[int, ...], problem: Problem, draws: int) -> np.ndarray:
    if counts is None:
        return np.zeros((draws, problem.areas))
    return counts.deviations(column, place, seed=problem.seed, draws=draws)


def _by_name(draws: Draws) -> list[tuple[str | None, np.ndarray]]:
    """Return the draws of each normalisation."""
    rows = ((name, np.flatnonzero(draws.normalisation == number)) for number, name in enumerate(draws.names))
    return [(name, found) for name, found in rows if len(found)]


def _by_limits(block: Block, raw: _Raw, shift: np.ndarray) -> np.ndarray:
    """Return how many limits each value has passed."""
    passed = np.zeros(raw.index.shape, np.uint8)
    for limit, side in zip(block.limits, block.owns, strict=True):
        bar = raw.middle + (limit + shift) * raw.unit
        if raw.room is None:
            beyond = raw.index >= bar[:, None] if side == "above" else raw.index > bar[:, None]
        else:
            beyond = _beyond(raw, bar, side)
        passed += beyond.view(np.uint8)
    return passed


def _beyond(raw: _Raw, bar: np.ndarray, side: str) -> np.ndarray:
    """Return which values are beyond the bar, those too near to tell in single precision computed again."""
    room = (raw.room if raw.room is not None else 0.0) + 4 * HALF_ULP * np.abs(bar)
    beyond = raw.index > (bar + room).astype(np.float32)[:, None]
    maybe = raw.index > (bar - room).astype(np.float32)[:, None]
    maybe ^= beyond
    near = _true(maybe)
    if not len(near):
        return np.asarray(beyond)
    at, area = np.divmod(near, beyond.shape[1])
    exact = np.empty(len(near))
    for rows, weights, columns in raw.product:
        place = np.full(len(beyond), -1)
        place[rows] = np.arange(len(rows))
        mine = np.flatnonzero(place[at] >= 0)
        exact[mine] = np.einsum("ij,ij->i", weights[place[at[mine]]], columns[:, area[mine]].T)
    beyond[at, area] = exact >= bar[at] if side == "above" else exact > bar[at]
    return np.asarray(beyond)


def _true(flags: np.ndarray) -> np.ndarray:
    """Return where rare flags are set, eight at a time."""
    flat = flags.ravel()
    whole = len(flat) // 8 * 8
    words = np.flatnonzero(flat[:whole].view(np.uint64))
    near = np.append((words[:, None] * 8 + np.arange(8)).ravel(), np.arange(whole, len(flat)))
    return np.asarray(near[flat[near]])


def _equal_parts(index: np.ndarray, parts: int) -> np.ndarray:
    """Return the part each area is in, less 1, from places in which equal areas share the mean."""
    count = index.shape[1]
    result = np.empty(index.shape, np.uint8)
    for row, values in zip(result, index, strict=True):
        order = np.argsort(-values, kind="stable")
        place = np.arange(1.0, count + 1)
        new = np.append(True, np.diff(values[order]) != 0)
        if not new.all():
            start = np.flatnonzero(new)
            size = np.diff(np.append(start, count))
            place = np.repeat(start + (size + 1) / 2, size)
        row[order] = np.ceil(place * parts / count) - 1
    return result


def published(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of the group of each area with nothing drawn, and its place, in double precision."""
    draws = as_published(problem.rule)
    raws = _raws(problem, draws, None, single=False)
    return _crossed(problem.rule, raws, draws)[0], places(raws[0].index, exact=True)[0]


def _crossed(rule: Rule, raws: list[_Raw], draws: Draws) -> np.ndarray:
    """Return the number of the group from the classes of all blocks."""
    dtype = np.min_scalar_type(len(rule.groups) - 1)
    code = np.zeros(raws[0].index.shape, dtype)
    for number, (block, raw) in enumerate(zip(rule.blocks, raws, strict=True)):
        classes = _equal_parts(raw.index, block.parts) if block.parts else _by_limits(block, raw, draws.shift)
        if number:
            code *= dtype.type(block.classes)
        code += classes
    return code
