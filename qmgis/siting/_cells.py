"""People by area and group in the four cells of a change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qmgis.model import AreaLayer, ResidentLayer
from qmgis.model.where import area_of
from qmgis.siting._guard import CELLS

__all__ = ["parts_of"]


def parts_of(
    residents: ResidentLayer, areas: AreaLayer, groups: Sequence[str], was: np.ndarray, is_: np.ndarray
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the numbers of each area and group, and the four cells that they are made of."""
    where, index = area_of(areas, residents), areas.frame.index
    inside, size = where >= 0, len(index)
    masks = {"stay": was & is_, "gain": ~was & is_, "lose": was & ~is_, "none": ~was & ~is_}
    cells = {cell: pd.DataFrame(index=index) for cell in CELLS}
    parts = pd.DataFrame(index=index)
    for name in groups:
        people = residents.frame[name].to_numpy(dtype=float)
        known = inside & ~np.isnan(people)
        blank = (np.bincount(where[inside], minlength=size) > 0) & (np.bincount(where[known], minlength=size) == 0)
        for cell, mask in masks.items():
            sums = np.bincount(where[known & mask], people[known & mask], minlength=size)
            cells[cell][name] = np.where(blank, np.nan, sums)
        parts[f"residents_{name}"] = sum(cells[cell][name] for cell in CELLS)
        parts[f"reached_before_{name}"] = cells["stay"][name] + cells["lose"][name]
        parts[f"reached_after_{name}"] = cells["stay"][name] + cells["gain"][name]
        for cell in ("gain", "lose"):
            parts[f"{cell}_{name}"] = cells[cell][name]
    return parts, cells
