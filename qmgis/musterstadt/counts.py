"""Who lives in an area and in what situation: hidden rates, real chance, and what was planted.

People are followed on atoms, the smallest parts common to both versions of the areas, so that every version and
every year fits with every other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.musterstadt.plan import USES

__all__ = ["BASE", "EFFECT", "EVEN", "YEARS", "Situation", "make_counts", "usual_rate"]

YEARS = tuple(range(2014, 2025))
EVEN = tuple(range(2014, 2025, 2))
STAY = 0.86
BASE = {  # share in an average area, how strongly it follows the burden, denominator
    "unemployed": (0.050, 0.80, "residents_15_64"),
    "transfer_recipients": (0.085, 0.85, "residents"),
    "children_in_transfer": (0.185, 0.85, "age_0_14"),
    "children_single_parent": (0.20, 0.35, "age_0_14"),
    "foreign_nationals": (0.16, 0.55, "residents"),
}
TREND = {2014: 0.006, 2016: 0.004, 2018: 0.001, 2020: 0.003, 2022: -0.002, 2024: 0.0}
EFFECT = {"unemployed": -0.020, "transfer_recipients": -0.030, "children_in_transfer": -0.040}
SLOPE = {"unemployed": 0.020, "transfer_recipients": 0.026, "children_in_transfer": 0.055}


@dataclass(frozen=True, eq=False)
class Situation:
    """Planted facts by newest area id: burden that is set, areas of the programme and its first full year, slopes."""

    burden: dict[str, float]
    programme: tuple[str, ...]
    programme_from: int
    worse: tuple[str, ...]
    better: tuple[str, ...]
    outlier: str
    new_housing: str


def make_counts(atoms: pd.DataFrame, situation: Situation, rng: np.random.Generator) -> dict[int, pd.DataFrame]:
    """Return counts by atom for every year: people for each year, situations for even years.

    ``atoms`` has ``old``, ``new``, ``use``, ``x``, ``y`` and the people of 2024 by age.
    """
    burden = _burden(atoms, situation, rng)
    people = _people(atoms, situation, rng)
    held: dict[str, np.ndarray] = {}
    before: dict[str, np.ndarray] = {}
    found: dict[int, pd.DataFrame] = {}
    for year in YEARS:
        frame = people[year]
        if year in EVEN:
            for key, (mean, follows, base) in BASE.items():
                rate = _rate(key, mean, follows, burden, year=year, new=atoms["new"].to_numpy(), situation=situation)
                total = frame[base].to_numpy()
                held[key] = _followed(held.get(key), before.get(key), rate, total=total, rng=rng)
                before[key] = rate
            long = np.clip(0.36 + 0.05 * burden, 0.15, 0.6)
            frame = frame.assign(**held, long_term_unemployed=rng.binomial(held["unemployed"], long))
        found[year] = frame
    return found


def _burden(atoms: pd.DataFrame, situation: Situation, rng: np.random.Generator) -> np.ndarray:
    """Hidden need: kind of quarter, a smooth field over the city, and the area's own."""
    kind = atoms["use"].map({key: use.burden for key, use in USES.items()}).to_numpy()
    spot = atoms[["x", "y"]].to_numpy()
    spot = spot - spot.mean(axis=0)
    field = np.zeros(len(atoms))
    for length in (5200.0, 3600.0, 2300.0, 1700.0):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        field += np.sin(2 * np.pi / length * (spot @ [np.cos(angle), np.sin(angle)]) + phase)
    ids, number = np.unique(atoms["new"].astype(str), return_inverse=True)
    own = rng.normal(0, 0.16, len(ids))
    burden = 0.72 * kind + 0.20 * field + own[number]
    weight = atoms["residents"].to_numpy() + 1e-9
    mean = np.bincount(number, burden * weight) / np.bincount(number, weight)
    mean = np.clip(mean, -1.15, 1.05)
    for key, value in situation.burden.items():
        mean[np.searchsorted(ids, key)] = value
    return np.asarray(mean[number])


def usual_rate(key: str, burden: float, year: int) -> float:
    """Return the underlying share of a year at some need, without anything planted.

    Examples
    --------
    >>> round(usual_rate("unemployed", 1.0, 2024), 3)
    0.09
    """
    mean, follows, _ = BASE[key]
    return float(_usual(key, mean, follows, np.array([burden]), year=year)[0])


def _usual(key: str, mean: float, follows: float, burden: np.ndarray, *, year: int) -> np.ndarray:
    return np.asarray(mean * np.maximum(1 + follows * burden, 0.22) + (TREND[year] if key in EFFECT else 0.0))


def _rate(
    key: str, mean: float, follows: float, burden: np.ndarray, *, year: int, new: np.ndarray, situation: Situation
) -> np.ndarray:
    """The underlying share of a year, with everything that was planted."""
    rate: np.ndarray = _usual(key, mean, follows, burden, year=year)
    if key in EFFECT and year >= situation.programme_from:
        rate = rate + EFFECT[key] * np.isin(new, situation.programme)
    if key in SLOPE:
        steps = max(0, (year - 2020) // 2)
        rate = rate + SLOPE[key] * steps * np.isin(new, situation.worse)
        rate = rate - 0.8 * SLOPE[key] * (steps - 2) * np.isin(new, situation.better)
        rate = np.where(new == situation.outlier, {"unemployed": 0.24, "transfer_recipients": 0.62}.get(key, 0.8), rate)
    return np.asarray(np.clip(rate, 0.002, 0.92))


def _followed(
    held: np.ndarray | None, before: np.ndarray | None, rate: np.ndarray, *, total: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Numbers drawn so that each has its share as mean, and most people stay in their situation for two years."""
    if held is None or before is None:
        return rng.binomial(total, rate)
    held = np.minimum(held, total)
    stay = np.clip(STAY + (1 - STAY) * rate, 0, 1)
    stay = np.minimum(stay, rate / before)
    join = np.clip((rate - before * stay) / (1 - before), 0, 1)
    return np.asarray(rng.binomial(held, stay) + rng.binomial(total - held, join))


def _people(atoms: pd.DataFrame, situation: Situation, rng: np.random.Generator) -> dict[int, pd.DataFrame]:
    """People by age of each year; 2024 is the sum of the addresses."""
    ages = [name for name in atoms.columns if name.startswith("age_")]
    ids, number = np.unique(atoms["new"].astype(str), return_inverse=True)
    growth = rng.normal(0.003, 0.006, len(ids))[number]
    found = {}
    for year in YEARS:
        factor = (1 + growth) ** (year - 2024)
        if year < 2024:
            factor = np.where(atoms["new"].to_numpy() == situation.new_housing, 0.62, factor)
        parts = atoms[ages].to_numpy() * factor[:, None]
        whole = atoms[ages].to_numpy() if year == 2024 else np.floor(parts + rng.random(parts.shape)).astype(int)
        frame = pd.DataFrame(whole, columns=ages)
        found[year] = with_sums(frame)
    return found


def with_sums(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the sums that indicators need to people by age."""
    return frame.assign(
        residents=frame.filter(like="age_").sum(axis=1),
        age_0_14=frame["age_0_5"] + frame["age_6_11"] + frame["age_12_14"],
        residents_15_64=frame["age_15_17"] + frame["age_18_64"],
    )


def by_area(counts: dict[int, pd.DataFrame], owner: np.ndarray, year: int) -> pd.DataFrame:
    """Return one year's counts by area, index ``id``."""
    summed: pd.DataFrame = counts[year].groupby(pd.Index(owner, name="id")).sum().sort_index()
    return summed
