"""Which areas play a part: clusters of need, the programme, the placebo, the outlier, the small ones, the gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qmgis.musterstadt.areas import Vintages
from qmgis.musterstadt.counts import Situation

__all__ = ["Roles", "cast", "thinned"]

SHELTER = {"age_0_5": 34, "age_6_11": 30, "age_12_14": 14, "age_15_17": 16, "age_18_64": 318, "age_65_plus": 8}


@dataclass(frozen=True, eq=False)
class Roles:
    """Ids of the newest areas by the part that they play."""

    programme: tuple[str, ...]
    placebo: tuple[str, ...]
    hidden: tuple[str, ...]
    ended: tuple[str, ...]
    worse: str
    better: str
    outlier: str
    small: tuple[str, ...]
    new_housing: str
    gaps: dict[str, tuple[str, ...]]
    barrier: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """Every area that plays a part."""
        gaps = {key for ids in self.gaps.values() for key in ids}
        single = {self.worse, self.better, self.outlier, self.new_housing}
        return tuple(sorted({*self.attention, *self.ended, *self.small, *gaps, *single}))

    def with_barrier_gap(self, area: str) -> Roles:
        """Return the roles with the area that only walking cuts off."""
        if not area:
            return self
        return replace(self, barrier=area, gaps=self.gaps | {"kita": (*self.gaps["kita"], area)})

    @property
    def attention(self) -> tuple[str, ...]:
        """The areas whose need is so high that they must come out as areas that require attention."""
        return tuple(sorted({*self.programme, *self.placebo, *self.hidden}))

    @property
    def situation(self) -> Situation:
        """What the counts have to know."""
        need = {key: 1.85 + 0.12 * (spot % 4) for spot, key in enumerate(self.attention)}
        burden = need | {key: 2.4 + 0.1 * (spot % 3) for spot, key in enumerate(self.programme)}
        burden |= {self.worse: 0.35, self.better: 0.6, self.new_housing: 0.0}
        return Situation(
            burden, self.programme, 2020, (self.worse,), (self.better,), self.outlier, self.new_housing
        )  # fmt: skip


def cast(vintages: Vintages, homes: pd.DataFrame) -> Roles:
    """Choose the areas for each part, by their kind of quarter and the number of residents."""
    frame = _candidates(vintages, homes)
    reformed = {key for entry in vintages.reform for key in (*entry["old"], *entry["new"])}
    steady = frame[~frame.index.isin(reformed)]
    free = Pool(steady[steady["residents"] > 420])
    size = 3 if len(frame) < 100 else 4
    programme = free.cluster("slab", size)
    placebo = free.cluster("slab", size)
    hidden = free.cluster("gruenderzeit", 2)
    ended = free.cluster("rows", 2)
    worse, better, housing = free.one("gruenderzeit"), free.one("rows"), free.one("garden")
    gaps = {"kita": (programme[0], hidden[0], free.one("garden")), "playground": (placebo[0], free.one("rows"))}
    rest = frame[~frame.index.isin(free.taken | reformed)]
    few = rest[rest["residents"] > 0].sort_values(["residents", "x"])
    industry = rest[(rest["use"] == "industry") & (rest["residents"] > 0)].sort_values(["residents", "x"])
    outlier = str((industry if len(industry) else few).index[-1 if len(industry) else 3])
    small = tuple(sorted(few.index.drop(outlier, errors="ignore")[:3]))
    return Roles(programme, placebo, hidden, ended, worse, better, outlier, small, housing, gaps)


def thinned(homes: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """Leave out addresses where an area has to be small, and put a shelter into the outlier."""
    area = homes["area"].to_numpy()
    upto = homes.groupby("area")["residents"].cumsum().to_numpy()
    keep = np.ones(len(homes), bool)
    for spot, key in enumerate(roles.small):
        keep &= ~((area == key) & (upto > (262, 178, 94)[spot]))
    keep &= ~((area == roles.new_housing) & (upto > 400))
    keep &= ~((area == roles.outlier) & (upto > 560))
    homes = homes[keep].copy()
    shelter = homes.index[(homes["area"] == roles.outlier)][:1]
    homes.loc[shelter, list(SHELTER)] = list(SHELTER.values())
    homes.loc[shelter, "residents"] = sum(SHELTER.values())
    return homes


class Pool:
    """Areas that have no part yet."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.taken: set[str] = set()

    def cluster(self, use: str, size: int) -> tuple[str, ...]:
        """Take the areas of a kind around the most populous one; others of many residents where the kind is rare."""
        free = self.frame[~self.frame.index.isin(self.taken)]
        kind = free[free["use"] == use]
        if len(kind) < size:
            kind = free[~free["use"].isin(["villa", "garden", "village", "fields"])]
        kind = kind if len(kind) >= size else free
        first = kind.sort_values(["residents", "x"]).iloc[-1]
        away = np.hypot(kind["x"] - first["x"], kind["y"] - first["y"]).sort_values(kind="stable")
        ids = tuple(str(key) for key in away.index[:size])
        self.taken |= set(ids)
        return ids

    def one(self, use: str) -> str:
        """Take one area of a kind."""
        return self.cluster(use, 1)[0]


def _candidates(vintages: Vintages, homes: pd.DataFrame) -> pd.DataFrame:
    middle = vintages.new.geometry.centroid
    held = homes.groupby("area")["residents"].sum()
    return pd.DataFrame({
        "use": vintages.new["use"], "residents": held.reindex(vintages.new.index).fillna(0),
        "x": middle.x, "y": middle.y,
    })  # fmt: skip
