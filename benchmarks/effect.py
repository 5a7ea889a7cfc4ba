"""Whether intervals of the comparison over time hold what they say: histories of Musterstadt with a known effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from benchmarks._timing import Job, Row
from qmgis.effect import Answer, Measured, Panel, effect, status
from qmgis.model import Text
from qmgis.musterstadt import make_city
from qmgis.musterstadt.counts import EFFECT
from qmgis.musterstadt.histories import Stage, drawn, groups_of, stage_of

KEYS = tuple(EFFECT)


@dataclass(frozen=True)
class Setting:
    """A city and its programme: areas, editions, programme areas of so many areas, places of the first editions."""

    areas: int
    editions: int
    groups: int
    size: int
    starts: tuple[int, ...]


LARGE = Setting(900, 8, 20, 2, (4, 5, 6))
TOGETHER = Setting(900, 8, 20, 2, (4,))
AS_IS = Setting(120, 5, 1, 4, (2,))
# How areas come into the programme: by their hidden need, or because a number happened to be high just before.
BY_NEED, BY_STATUS, BY_NUMBER = "need", "status", "number"


@cache
def stage(areas: int) -> Stage:
    """Give the city whose people stay."""
    return stage_of(make_city(areas=areas, seed=7))


def histories(
    ground: Stage, setting: Setting, *, chosen: str, planted: bool, count: int, seed: int
) -> Iterator[tuple[Answer, float, float]]:
    """Give answers for one history after another, what was planted, and t of the plain change of the treated areas."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        key = KEYS[number % len(KEYS)]
        held = {one: _counts(ground, one, setting, rng, 0.0) for one in KEYS}
        first, programme = _programme(ground, _candidates(ground, held, key, chosen, setting), setting, rng)
        if planted:
            lift = np.arange(setting.editions) >= first[:, None]
            held = {one: _lifted(held[one], EFFECT[one] * lift, rng) for one in KEYS}
        panel = _panel(ground, held, first, programme, setting)
        answer = effect(panel, key, level=status(panel), seed=number, tables=False)
        values = panel.measured[key].values.to_numpy()
        inside = np.flatnonzero(first < setting.editions)
        plain = np.array([values[at, first[at] :].mean() - values[at, first[at] - 1] for at in inside])
        yield answer, EFFECT[key] if planted else 0.0, float(plain.mean() / (plain.std(ddof=1) / np.sqrt(len(plain))))


def _candidates(
    ground: Stage, held: dict[str, tuple[np.ndarray, np.ndarray]], key: str, chosen: str, setting: Setting
) -> np.ndarray:
    """Give the areas that could come into the programme; half of them will."""
    if chosen == BY_NEED:
        return np.flatnonzero(ground.burden > 0.6)
    last = {one: (counts / people[:, None])[:, setting.starts[0] - 1] for one, (counts, people) in held.items()}
    scores = {one: (value - value.mean()) / value.std() for one, value in last.items()}
    high = sum(scores.values(), np.zeros(len(ground.ids))) if chosen == BY_STATUS else scores[key]
    return np.flatnonzero(high >= np.quantile(high, 0.75))


def _lifted(
    held: tuple[np.ndarray, np.ndarray], shift: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Take the effect out of those counted: each leaves with the same chance, so that the share falls by the effect."""
    counts, people = held
    share = np.clip(-shift * people[:, None] / np.maximum(counts, 1), 0, 1)
    return counts - rng.binomial(counts, share), people


def _counts(
    ground: Stage, key: str, setting: Setting, rng: np.random.Generator, shift: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    held, people = drawn(ground, key, editions=setting.editions, histories=1, rng=rng, effect=shift)
    return held[0], people


def _programme(
    ground: Stage, candidates: np.ndarray, setting: Setting, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw half of those that could be chosen: first edition of each area and its programme area."""
    first = np.full(len(ground.ids), setting.editions)
    programme = np.full(len(ground.ids), None, dtype=object)
    for number, group in enumerate(groups_of(ground, candidates, size=setting.size, count=setting.groups, rng=rng)):
        first[group] = setting.starts[number % len(setting.starts)]
        programme[group] = f"P{number:02d}"
    return first, programme


def _panel(
    ground: Stage,
    held: dict[str, tuple[np.ndarray, np.ndarray]],
    first: np.ndarray,
    programme: np.ndarray,
    setting: Setting,
) -> Panel:
    years = tuple(range(2026 - 2 * setting.editions, 2026, 2))
    index = pd.Index(ground.ids, name="area")
    inside = first < setting.editions
    metres = ground.metres[:, inside].min(axis=1)
    role = np.where(inside, "treated", np.where(metres < 500, "near", "possible"))
    start = pd.to_datetime([f"{years[one]}-01-01" if one < setting.editions else None for one in first])
    nearest = programme[inside][ground.metres[:, inside].argmin(axis=1)]
    units = pd.DataFrame({"name": ground.ids, "programme": programme, "start": start, "role": role, "metres": metres,
                          "nearest": nearest}, index=index)  # fmt: skip
    measured = {}
    for key, (counts, people) in held.items():
        count = pd.DataFrame(counts.astype(float), index=index, columns=list(years))
        total = pd.DataFrame(np.repeat(people[:, None], len(years), axis=1).astype(float), index=index,
                             columns=list(years))  # fmt: skip
        whole = pd.Series(True, index=index)
        measured[key] = Measured(key, Text(key, key), count / total, count, total, whole)
    people = pd.DataFrame({year: ground.people["residents"].astype(float) for year in years}, index=index)
    names = sorted(set(programme[inside]))
    programmes = pd.DataFrame({"name": names, "start": pd.NaT}, index=pd.Index(names))
    return Panel(years, measured, people, units, programmes)


def measures(found: list[tuple[Answer, float, float]], *, kind: str) -> dict[str, float]:
    """Give what the answers of many histories were worth, of one kind of answer."""
    told = [(one, one.estimate, truth) for one, truth, _ in found if one.kind == kind and one.estimate is not None]
    tests = [one.pretrend.p < 0.05 for one, _, _ in told if one.pretrend is not None]
    return {
        "kind": len(told) / len(found),
        "covered": float(np.mean([one.low <= truth <= one.high for _, one, truth in told])),
        "alarm": float(np.mean([one.low > 0 or one.high < 0 for _, one, _ in told])),
        "differs": float(np.mean([one.differs for one, _, _ in told])),
        "plain": float(np.mean([abs(plain) > 1.96 for _, _, plain in found])),
        "bias": float(np.mean([(one.value - truth) / one.se for _, one, truth in told])),
        "spread": float(np.std([(one.value - truth) / one.se for _, one, truth in told])),
        "wild": float(np.mean([one.inference == "wild" for _, one, _ in told])),
        "pretrend": float(np.mean(tests)) if tests else float("nan"),
    }


SEEDS = (1, 2)
CASES = (
    ("effect planted, chosen by status", LARGE, BY_STATUS, True, "93-97 %"),
    ("no effect, chosen by status", LARGE, BY_STATUS, False, "3-7 %"),
    ("no effect, chosen by a high number", TOGETHER, BY_NUMBER, False, "3-7 %"),
    ("effect planted, chosen by hidden need", LARGE, BY_NEED, True, "93-97 %"),
    ("no effect, chosen by hidden need", LARGE, BY_NEED, False, "3-7 %"),
    ("effect planted, Musterstadt as is", AS_IS, BY_NEED, True, ">= 93 %"),
    ("no effect, Musterstadt as is", AS_IS, BY_NEED, False, "<= 7 %"),
)


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give coverage and false alarms of each case, of a hundred histories a run, from one set of draws and another."""
    count = 20 if quick else 100 * runs
    for (name, setting, chosen, planted, target), seed in product(CASES, SEEDS[:1] if quick else SEEDS):
        kind = "descriptive" if setting is AS_IS else "design"
        found = measures(
            list(histories(stage(setting.areas), setting, chosen=chosen, planted=planted, count=count, seed=seed)),
            kind=kind,
        )
        note = (
            f"{kind} {found['kind']:.0%}; mean error {found['bias']:+.2f} SE, its spread {found['spread']:.2f} SE; "
            f"told as different {found['differs']:.1%}; plain before-after {found['plain']:.0%}; "
            f"wild {found['wild']:.0%}; pre-trend rejected {found['pretrend']:.1%}"
        )
        text = f"{name}: interval {'has the truth' if planted else 'leaves out 0'}"
        value = 100 * found["covered" if planted else "alarm"]
        size = f"{count} x {setting.areas} areas, {setting.editions} editions, seed {seed}"
        yield Row("effect", size, text, value, "%", target=target, note=note)


JOB = Job("effect", "Effect: do intervals hold what they say?", run)
