"""Turns numbers of 0-1 into the choices of a draw: the same for chance draws and for a Sobol design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmgis.core.certainty.choices import Choices, Rule

__all__ = ["Draws", "as_published", "settle", "slots", "without"]


@dataclass(frozen=True, eq=False)
class Draws:
    """What each of d draws uses.

    ``weights`` holds, for each block, (d, k) factors that need no more rescaling; ``normalisation`` numbers into
    ``names`` (None: each block's own); ``shift`` of all limits; ``ddof`` for each block, (blocks, d).
    """

    weights: tuple[np.ndarray, ...]
    names: tuple[str | None, ...]
    normalisation: np.ndarray
    shift: np.ndarray
    ddof: np.ndarray

    def __len__(self) -> int:
        return len(self.shift)

    def part(self, rows: slice) -> Draws:
        """Return some of the draws."""
        weights = tuple(one[rows] for one in self.weights)
        return Draws(weights, self.names, self.normalisation[rows], self.shift[rows], self.ddof[:, rows])


def slots(rule: Rule) -> dict[str, slice]:
    """Return which of the numbers of a draw each choice uses.

    Examples
    --------
    >>> from qmgis.core.certainty.choices import Block
    >>> slots(Rule(blocks=(Block(columns=(0, 1), limits=(0,)),)))["limits"]
    slice(3, 4, None)
    """
    count = sum(len(block.columns) for block in rule.blocks)
    names = ("normalisation", "limits", "ddof", "left_out")
    return {"weights": slice(0, count)} | {name: slice(count + i, count + i + 1) for i, name in enumerate(names)}


def settle(rule: Rule, choices: Choices, numbers: np.ndarray) -> Draws:
    """Return the draws that numbers of 0-1, shape (d, slots), stand for.

    Examples
    --------
    >>> from qmgis.core.certainty.choices import Block
    >>> rule = Rule(blocks=(Block(columns=(0, 1), limits=(0,)),))
    >>> settle(rule, Choices(weight_band=0.5), np.array([[1.0, 0.0, 0, 0, 0, 0]])).weights[0].tolist()
    [[1.5, 0.5]]
    """
    where = slots(rule)
    names: tuple[str | None, ...] = choices.normalisations or (None,)
    ddofs = np.asarray(choices.ddofs or (-1,))
    ddof = ddofs[_pick(numbers[:, where["ddof"]], len(ddofs))]
    # 0 leaves nothing out.
    left = _pick(numbers[:, where["left_out"]], len(rule.columns) + 1) if choices.leave_out else None
    weights, start = [], 0
    for block in rule.blocks:
        stop = start + len(block.columns)
        factor = 1 + choices.weight_band * (2 * numbers[:, start:stop] - 1)
        if left is not None:
            place = np.asarray([rule.columns.index(column) + 1 for column in block.columns])
            factor = np.where(left[:, None] == place, 0.0, factor)
        weights.append(_rescaled(np.asarray(block.weights) * factor, block.weights, block.aggregate))
        start = stop
    return Draws(
        tuple(weights),
        names,
        _pick(numbers[:, where["normalisation"]], len(names)),
        choices.limit_shift * (2 * numbers[:, where["limits"]][:, 0] - 1),
        np.stack([np.where(ddof < 0, block.ddof, ddof) for block in rule.blocks]),
    )


def as_published(rule: Rule) -> Draws:
    """Return the one draw that changes nothing."""
    return settle(rule, Choices(), np.full((1, slots(rule)["left_out"].stop), 0.5))


def without(rule: Rule) -> Draws:
    """Return one draw for each indicator, without it and with nothing else changed."""
    numbers = np.full((len(rule.columns), slots(rule)["left_out"].stop), 0.5)
    numbers[:, -1] = (np.arange(len(rule.columns)) + 1.5) / (len(rule.columns) + 1)
    return settle(rule, Choices(leave_out=True), numbers)


def _pick(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return which of so many equal parts of 0-1 each number is in."""
    return np.minimum((numbers[:, 0] * count).astype(np.intp), count - 1)


def _rescaled(weights: np.ndarray, given: tuple[float, ...], aggregate: str) -> np.ndarray:
    """Return weights with the sum the published ones have, or 1 for a mean."""
    total = sum(given) if aggregate == "sum" else 1.0
    return np.asarray(weights * (total / weights.sum(axis=1, keepdims=True)))
