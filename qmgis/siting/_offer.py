"""What a change does to the places that people share: supply before and after, for those who live there now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis.coverage import shared_among
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy, Supply
from qmgis.model.where import area_of
from qmgis.siting._cells import parts_of
from qmgis.siting._guard import shown_change

__all__ = ["offer"]

PER = 100.0
Before = tuple[ResidentLayer, PlaceLayer, Network | None]
After = tuple[ResidentLayer | None, PlaceLayer, Network | None]


def offer(
    before: Before, after: After, areas: AreaLayer, reached: pd.DataFrame, *, limits: Secrecy,
    within_m: float, group: str, measure: Supply, snap_m: float,
) -> pd.DataFrame:  # fmt: skip
    """Return supply before and after by area, as it may be shown.

    Parameters
    ----------
    before
        Residents, places, streets.
    after
        New homes, or None; places and streets as they would be. New people take their share, and the mean of an area
        is that of the people who live there now.
    reached
        What is shown of the change itself: nothing is told where it is hidden, since people without supply are mostly
        those not reached; and people without are hidden where the difference to these would be too few.
    areas, limits, within_m, group, measure, snap_m
        As in `qmgis.coverage.supply`.
    """
    residents, homes = before[0], after[0]
    asked: dict[str, Any] = {"within_m": within_m, "group": group, "measure": measure, "snap_m": snap_m}
    everybody = residents if homes is None or group not in homes.groups else _with(residents, homes)
    was = shared_among(residents, before[1], network=before[2], **asked)[0].access
    is_ = shared_among(everybody, after[1], network=after[2], **asked)[0].access[: len(was)]
    parts, cells = parts_of(residents, areas, (group,), was > 0, is_ > 0)
    shown, _ = shown_change(cells, parts, limits, group)
    where, people = area_of(areas, residents), residents.frame[group].fillna(0.0).to_numpy(dtype=float)
    rows, total = where >= 0, parts[f"residents_{group}"].to_numpy()
    found = pd.DataFrame(index=areas.frame.index)
    for when, access in (("before", was), ("after", is_)):
        sums = np.bincount(where[rows], (people * access)[rows], minlength=len(found))
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(total > 0, PER * sums / total, np.nan)
        found[f"access_{when}"] = pd.Series(mean, index=found.index).where(shown[f"reached_{when}_{group}"].notna())
        served, known = shown[f"reached_{when}_{group}"], reached[f"reached_{when}_{group}"]
        between = (served - known).abs()
        tells = (between > 1e-6) & (between < limits.min_count)
        found[f"without_{when}"] = (shown[f"residents_{group}"] - served).mask(tells)
        found[[f"access_{when}", f"without_{when}"]] = found[[f"access_{when}", f"without_{when}"]].where(known.notna())
    return found


def _with(residents: ResidentLayer, homes: ResidentLayer) -> ResidentLayer:
    """Return the residents with the new ones after them."""
    frame = pd.concat([residents.frame.reset_index(drop=True), homes.frame.reset_index(drop=True)], ignore_index=True)
    index = pd.Index([str(number) for number in frame.index], name="origin", dtype="str")
    return replace(residents, frame=gpd.GeoDataFrame(frame.set_axis(index), crs=residents.frame.crs))
