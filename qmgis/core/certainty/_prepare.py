"""Checks what the certainty engine is given and brings it into the form it computes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qmgis.core.certainty._engine import Problem
from qmgis.core.certainty._noise import checked_noise
from qmgis.core.certainty.choices import Choices, Noise, Rule
from qmgis.core.stats import MIN_AREAS
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["Prepared", "prepared"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """The problem, which rows of the input its areas are, and how many cells of each row carry no noise."""

    problem: Problem
    rows: np.ndarray
    areas: int
    without_noise: np.ndarray

    def back(self, numbers: np.ndarray, *, gap: float = np.nan) -> np.ndarray:
        """Return numbers of the areas that count, (n, ...), as rows of the input; ``gap`` where left out."""
        dtype = float if np.isnan(gap) else np.result_type(numbers.dtype, np.int64)
        result = np.full((self.areas, *numbers.shape[1:]), gap, dtype=dtype)
        result[self.rows] = numbers
        return result


def prepared(
    values: ArrayLike,
    rule: Rule,
    *,
    changes: ArrayLike | None,
    noise: Noise | None,
    choices: Choices | None,
    valid: ArrayLike | None,
    ids: Sequence[str] | None,
    seed: int,
) -> Prepared:
    """Return the problem, or the error that says what is wrong with it."""
    table = _matrix(values, None)
    moved = None if changes is None else _matrix(changes, table.shape)
    if rule.columns[-1] >= table.shape[1]:
        raise DataError(
            f"The method uses column {rule.columns[-1]} (from 0) of {table.shape[1]}; give its values.",
            de=f"Das Verfahren nutzt Spalte {rule.columns[-1]} (ab 0) von {table.shape[1]}; ihre Werte angeben.",
        )
    if rule.needs_changes and moved is None:
        raise DataError(
            "The method looks at changes, but none are given; give changes.",
            de="Das Verfahren betrachtet Veränderungen, aber es gibt keine; changes angeben.",
        )
    if choices is not None:
        choices.check(rule)
    rows = _rows(table, moved, rule, valid, ids)
    now, earlier = (None, None) if noise is None else checked_noise(noise, rule, table.shape, rows, table)
    problem = Problem(
        rule=rule,
        values=np.ascontiguousarray(table[rows].T),
        changes=None if moved is None else np.ascontiguousarray(moved[rows].T),
        now=now,
        earlier=earlier,
        seed=seed,
    )
    _check_spread(problem, choices)
    silent = np.zeros(len(rows), np.int64)
    for counts in (now, earlier):
        if counts is not None:
            silent += (counts.totals[list(rule.columns)] == 0).sum(axis=0)
    return Prepared(problem, rows, len(table), silent)


def _matrix(values: ArrayLike, shape: tuple[int, ...] | None) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if array.ndim != 2 or (shape is not None and array.shape != shape):
        wanted = "(n, m)" if shape is None else str(shape)
        raise DataError(
            f"The values have the shape {array.shape} instead of {wanted}; give one row an area, one column an "
            "indicator.",
            de=f"Die Werte haben die Form {array.shape} statt {wanted}; je Gebiet eine Zeile, je Indikator eine "
            "Spalte angeben.",
        )
    if np.isinf(array).any():
        raise DataError(
            "There are infinite values; make them missing or correct them.",
            de="Es gibt unendliche Werte; als fehlend angeben oder berichtigen.",
        )
    return array


def _rows(
    table: np.ndarray, changes: np.ndarray | None, rule: Rule, valid: ArrayLike | None, ids: Sequence[str] | None
) -> np.ndarray:
    """Return the rows that count, in the order of their ids."""
    gap = np.zeros(len(table), bool)
    for block in rule.blocks:
        source = changes if block.of == "changes" and changes is not None else table
        gap |= np.isnan(source[:, list(block.columns)]).any(axis=1)
    use = ~gap if valid is None else np.asarray(valid, dtype=bool)
    if use.shape != gap.shape or (ids is not None and len(ids) != len(gap)):
        raise DataError(
            f"There are {len(gap)} areas; give valid and ids one entry for each.",
            de=f"Es sind {len(gap)} Gebiete; valid und ids brauchen je Gebiet einen Eintrag.",
        )
    if (use & gap).any():
        raise DataError(
            f"{int((use & gap).sum())} areas that count have gaps (the first: row {int(np.argmax(use & gap))}, from "
            "0); leave them out or fill them on purpose.",
            de=f"{int((use & gap).sum())} Gebiete, die zählen, haben Lücken (zuerst: Zeile "
            f"{int(np.argmax(use & gap))}, ab 0); ausnehmen oder bewusst füllen.",
        )
    rows = np.flatnonzero(use)
    if len(rows) < MIN_AREAS:
        raise NotEnoughDataError(
            f"Only {len(rows)} of {len(gap)} areas are not left out, {MIN_AREAS} are needed; look at the exclusions.",
            de=f"Nur {len(rows)} von {len(gap)} Gebieten sind nicht ausgenommen, nötig sind {MIN_AREAS}; die "
            "Ausnahmen prüfen.",
        )
    if ids is None:
        return rows
    names = np.asarray([str(one) for one in ids])
    if len(np.unique(names)) < len(names):
        raise DataError(
            "Some ids of areas are there twice; give each area its own.",
            de="Manche Gebietskennungen kommen doppelt vor; jedem Gebiet eine eigene geben.",
        )
    return rows[np.argsort(names[rows], kind="stable")]


def _check_spread(problem: Problem, choices: Choices | None) -> None:
    for block in problem.rule.blocks:
        names = {block.normalise, *(choices.normalisations if choices else ())}
        for column, values in zip(block.columns, problem.source(block), strict=True):
            if np.ptp(values) == 0:
                raise NotEnoughDataError(
                    f"Column {column} ({block.of}) has the same value in all {len(values)} areas; check or remove it.",
                    de=f"Spalte {column} ({block.of}) hat in allen {len(values)} Gebieten denselben Wert; prüfen oder "
                    "weglassen.",
                )
            if "robust_z" in names and np.median(np.abs(values - np.median(values))) == 0:
                raise NotEnoughDataError(
                    f"At least half of the values of column {column} ({block.of}) are equal, so it has no robust "
                    "spread; leave robust_z out.",
                    de=f"Mindestens die Hälfte der Werte von Spalte {column} ({block.of}) ist gleich, es gibt keine "
                    "robuste Streuung; robust_z weglassen.",
                )
