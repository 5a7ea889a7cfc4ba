"""Changes of a known kind: flags that come or go by outlines, by the method, or by chance alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from qmgis.musterstadt.areas import Vintages
from qmgis.musterstadt.counts import BASE, EFFECT, EVEN, usual_rate

__all__ = ["Changed", "cast_changes", "plant_changes"]

HOMELY = ("old_town", "gruenderzeit", "rows", "slab")
LEAST = 420
NEEDY, BETTER_OFF, BELOW_THE_LIMIT = 2.3, -0.4, 1.2
LONG, MOSTLY_LONG = 0.42, 0.9
# Standard deviations of chance by which the numbers of a year lie beside their rate: always within what chance gives.
UNLUCKY_YEAR, LUCK, BAD_LUCK = 2020, -0.15, 0.35
PAIRS = {"boundary": (2020, 2022, "new"), "method": (2018, 2020, "gone"), "noise": (2020, 2022, "gone")}


@dataclass(frozen=True)
class Changed:
    """Ids of the newest areas whose flag changes for one reason alone; empty where a city has no room for one.

    ``boundary``: the part of a divided area where need is high, ``rest`` its other part; people stay as they were.
    ``method``: long-term unemployment is high and the rest is not. ``noise``: a few people more or less at the limit.
    """

    boundary: str = ""
    rest: str = ""
    method: str = ""
    noise: str = ""

    @property
    def used(self) -> set[str]:
        """Every area that changes."""
        return {self.boundary, self.rest, self.method, self.noise} - {""}

    def truth(self, worse: str, editions: tuple[int, ...]) -> dict[str, Any]:
        """Return by cause which flag changes between which editions, of the editions that there are."""
        areas = {"data": worse, "boundary": self.boundary, "method": self.method, "noise": self.noise}
        pairs = {"data": (2020, 2024, "new"), **PAIRS}
        return {
            cause: {"area": areas[cause], "kind": kind, "editions": [f"mss-{first}", f"mss-{last}"]}
            for cause, (first, last, kind) in pairs.items()
            if areas[cause] and {first, last} <= {*editions}
        }


def cast_changes(vintages: Vintages, residents: pd.Series, taken: set[str]) -> Changed:
    """Choose a divided area, a populous one and a small one, among those without a part."""
    residents = residents.reindex(vintages.new.index).fillna(0)
    splits = [
        [str(area) for area in entry["new"]]
        for entry in vintages.reform
        if entry["kind"] == "split" and not {*entry["new"]} & taken
    ]
    halves = max(splits, key=lambda new: (residents[new].min(), new), default=None)
    boundary, rest = ("", "")
    if halves is not None and residents[halves].min() >= LEAST:
        boundary, rest = sorted(halves, key=lambda area: (residents[area], area))
    reformed = {area for entry in vintages.reform for area in (*entry["old"], *entry["new"])}
    free = residents[~residents.index.isin(taken | reformed) & (residents > LEAST)]
    homely = free[vintages.new["use"].reindex(free.index).isin(HOMELY)]
    order = [str(area) for area in (homely if len(homely) >= 2 else free).sort_values(kind="stable").index]
    return Changed(boundary, rest, *((order[-1], order[0]) if len(order) >= 2 else ("", "")))


def plant_changes(counts: Mapping[int, pd.DataFrame], new: np.ndarray, changed: Changed) -> dict[int, pd.DataFrame]:
    """Return the counts of atoms with those of the changed areas in place; without chance but for a planted one.

    ``new`` is the newest area of each atom. No random number is drawn, so every other area stays as it was.
    """
    burden = {
        changed.boundary: NEEDY, changed.rest: BETTER_OFF, changed.method: BELOW_THE_LIMIT,
        changed.noise: BELOW_THE_LIMIT,
    }  # fmt: skip
    found = dict(counts)
    for year in EVEN:
        frame = counts[year].copy()
        for area, need in burden.items():
            rows = np.flatnonzero(new == area) if area else np.array([], dtype=int)
            luck = (BAD_LUCK if year == UNLUCKY_YEAR else LUCK) if area == changed.noise else 0.0
            for key in EFFECT:
                base = BASE[key][2]
                held = _held(frame[base].to_numpy()[rows], usual_rate(key, need, year), luck)
                frame.loc[frame.index[rows], key] = held
            long = MOSTLY_LONG if area == changed.method else LONG
            unemployed = frame["unemployed"].to_numpy()[rows]
            frame.loc[frame.index[rows], "long_term_unemployed"] = np.round(long * unemployed).astype(int)
        found[year] = frame
    return found


def _held(total: np.ndarray, rate: float, luck: float) -> np.ndarray:
    """Numbers of people at a rate, so many standard deviations beside it."""
    return np.asarray(np.round(total * rate + luck * np.sqrt(total * rate * (1 - rate))).astype(int).clip(0, total))
