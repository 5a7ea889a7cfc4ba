"""People of new housing: who of them would be reached, apart from those who live there now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.coverage import joined, origin_distances
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy
from qmgis.model.where import area_of

__all__ = ["Newcomers", "newcomers"]


@dataclass(frozen=True, eq=False)
class Newcomers:
    """New people by area and group as they may be shown, their sums, and homes that lie off the streets or outside."""

    shown: pd.DataFrame
    total: pd.Series
    off: tuple[str, ...]
    outside: tuple[str, ...]


def newcomers(
    homes: ResidentLayer, areas: AreaLayer, places: PlaceLayer, network: Network | None, within_m: float,
    snap_m: float, limits: Secrecy,
) -> Newcomers:  # fmt: skip
    """Return who of the new people reaches a place; homes outside all areas do not count.

    Where a group is unknown of one home, it is unknown of the area. The numbers are those of a plan; all the same 1 to
    ``min_count - 1`` reached or not reached are not shown, and there is no sum from which they could be computed.
    """
    where, size = area_of(areas, homes), len(areas.frame)
    reached = origin_distances(homes, places, network=network, snap_m=snap_m).metres.to_numpy() <= within_m
    shown = pd.DataFrame(index=areas.frame.index)
    for name in homes.frame.columns.drop("geometry"):
        people = homes.frame[name].to_numpy(dtype=float)
        rows = where >= 0
        both = [np.bincount(where[rows & mask], people[rows & mask], minlength=size) for mask in (reached, ~reached)]
        few = np.any([(one > 0) & (one < limits.min_count) for one in both], axis=0)
        shown[f"residents_{name}"] = both[0] + both[1]
        for column, one in zip(("reached", "not_reached"), both, strict=True):
            shown[f"{column}_{name}"] = np.where(few, np.nan, one)
    total = shown.sum(skipna=False)
    off = np.zeros(len(where), dtype=bool) if network is None else ~joined(homes, network, snap_m).found
    names = homes.frame.index
    return Newcomers(shown, total, tuple(map(str, names[off])), tuple(map(str, names[where < 0])))
