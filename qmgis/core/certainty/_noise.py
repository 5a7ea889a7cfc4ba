"""Draws counts again: exact binomial numbers that depend on the seed and their place only, not on how work is split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qmgis.core.certainty.choices import Noise, Rule
from qmgis.errors import DataError

__all__ = ["BLOCK", "Counts", "checked_noise"]

# Draws and areas that share one generator: part of what a seed means, never to be tuned.
BLOCK, AREAS = 32, 16_384


@dataclass(frozen=True, eq=False)
class Counts:
    """Probabilities and people of one point in time, (m, n); no people where there is no noise."""

    totals: np.ndarray
    chance: np.ndarray
    shares: np.ndarray

    def deviations(self, column: int, place: tuple[int, ...], *, seed: int, draws: int) -> np.ndarray:
        """Return drawn share minus observed share of a column, (draws, n); ``place`` tells these draws from others."""
        totals, chance, shares = self.totals[column], self.chance[column], self.shares[column]
        result = np.empty((draws, len(totals)))
        for number, start in enumerate(range(0, len(totals), AREAS)):
            part = slice(start, start + AREAS)
            sequence = np.random.SeedSequence(seed, spawn_key=(*place, column, number))
            people = totals[part, None]
            # Draws of one area follow each other, so that the sampler prepares each area once.
            count = np.random.default_rng(sequence).binomial(people, chance[part, None], size=(len(people), draws))
            result[:, part] = (count / np.maximum(people, 1) - shares[part, None]).T
        return result


def checked_noise(
    noise: Noise, rule: Rule, shape: tuple[int, ...], rows: np.ndarray, values: np.ndarray
) -> tuple[Counts, Counts | None]:
    """Return the counts of the areas in ``rows``, now and earlier, or the error that names what is wrong."""
    now = _counts(noise.counts, noise.totals, shape, rows, rule, ("counts", "Zählungen"))
    known = values[rows].T[now.totals > 0]
    if (known < 0).any() or (known > 1).any():
        raise DataError(
            f"Values with counts must be shares of 0-1, but reach from {known.min():g} to {known.max():g}; divide "
            "percent by 100.",
            de=f"Werte mit Zählungen müssen Anteile von 0-1 sein, reichen aber von {known.min():g} bis "
            f"{known.max():g}; Prozente durch 100 teilen.",
        )
    if not rule.needs_changes:
        return now, None
    if noise.earlier_counts is None or noise.earlier_totals is None:
        raise DataError(
            "The method looks at changes, but there are no counts of the earlier point in time; give earlier_counts "
            "and earlier_totals.",
            de="Das Verfahren betrachtet Veränderungen, aber Zählungen des früheren Zeitpunkts fehlen; earlier_counts "
            "und earlier_totals angeben.",
        )
    names = ("earlier counts", "früheren Zählungen")
    return now, _counts(noise.earlier_counts, noise.earlier_totals, shape, rows, rule, names)


def _counts(
    counts: ArrayLike, totals: ArrayLike, shape: tuple[int, ...], rows: np.ndarray, rule: Rule, names: tuple[str, str]
) -> Counts:
    observed, people = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    for array in (observed, people):
        if array.shape != shape:
            raise DataError(
                f"The {names[0]} have the shape {array.shape}, the values {shape}; give one count and total a value.",
                de=f"Die {names[1]} haben die Form {array.shape}, die Werte {shape}; je Wert eine Zählung und eine "
                "Grundgesamtheit angeben.",
            )
    observed, people = observed[rows], people[rows]
    unused = [column for column in range(shape[1]) if column not in rule.columns]
    observed[:, unused] = np.nan
    there = ~np.isnan(observed)
    _check(there & ~(np.isfinite(people) & (people >= 1)), names, "no people beside them", "keine Grundgesamtheit")
    _check(there & ~(observed >= 0), names, "numbers below 0", "Zahlen unter 0")
    people = np.where(there, np.rint(people), 0)
    # A share times an estimated total need not be whole, and may pass a total that was rounded down.
    _check(there & (observed > people + 0.5), names, "more than their denominators", "mehr als ihre Grundgesamtheit")
    observed = np.where(there, np.minimum(observed, people), 0.0)
    chance = np.where(there, (observed + 0.5) / (people + 1), 0.0)
    shares = observed / np.maximum(people, 1)
    return Counts(np.ascontiguousarray(people.T.astype(np.int64)), np.ascontiguousarray(chance.T), shares.T.copy())


def _check(wrong: np.ndarray, names: tuple[str, str], en: str, de: str) -> None:
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        cells = int(wrong.sum())
        raise DataError(
            f"The {names[0]} of {cells} cells have {en} (the first: scored area {row}, column {column}, from 0); "
            "correct them, or make the count missing.",
            de=f"Die {names[1]} von {cells} Zellen haben {de} (zuerst: bewertetes Gebiet {row}, Spalte {column}, ab "
            "0); berichtigen oder die Zählung als fehlend angeben.",
        )
