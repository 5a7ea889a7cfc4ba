"""Numbers of few people in changes and proposals are not shown, nor what gives them away (docs/siting.md)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis.coverage import hide_few
from qmgis.model import Secrecy

__all__ = ["CELLS", "shown_change", "shown_proposals"]

# Everybody is in one of these: reached before and after, gained, lost, reached neither before nor after.
CELLS = ("stay", "gain", "lose", "none")
MEDIANS = ("median_before_m", "median_after_m")


def shown_proposals(frame: gpd.GeoDataFrame, limits: Secrecy, *, not_reached: float) -> tuple[gpd.GeoDataFrame, bool]:
    """Return proposals without numbers of too few people, and whether their sum may be shown.

    ``not_reached``: people whom nobody reaches now; what would be left of them is looked at as well.
    """
    shown = frame.copy()
    newly = frame["newly"].astype(float)
    few = _few(newly, limits.min_count)
    left = not_reached - float(newly.sum())
    rest = _few(pd.Series([left]), limits.min_count).iloc[0]
    hidden = float(newly[few].sum())
    # the number reached with the sites, less what is shown, is the sum of what is hidden
    is_open = not rest and not 0 < hidden < limits.min_count
    if rest and len(newly) and not few.any():
        few.loc[newly.idxmin()] = True
    attention = frame["newly_attention"].astype(float)
    part = few | _few(attention, limits.min_count) | _few(newly - attention, limits.min_count)
    shown["newly"] = newly.mask(few)
    shown["newly_attention"] = attention.mask(part)
    shown["overlap"] = frame["overlap"].astype(float).mask(_few(frame["overlap"].astype(float), limits.min_count))
    thin = few | (newly < limits.min_base)
    for name in ("median_before_m", "median_after_m"):
        shown[name] = frame[name].astype(float).mask(thin)
    return shown, bool(is_open)


def shown_change(
    cells: dict[str, pd.DataFrame], parts: pd.DataFrame, limits: Secrecy, group: str
) -> tuple[pd.DataFrame, pd.Series]:
    """Return what may be shown of a change: of each area, and of all together.

    Before and after, gained and lost give all four cells, so none of them may hold 1 to ``min_count - 1`` people: of an
    area, of what an age group leaves of a wider one, and of all areas that are hidden together.

    Parameters
    ----------
    cells
        People by cell (`CELLS`): a frame with a row an area and a column a group.
    parts
        ``residents_…``, ``reached_before_…``, ``reached_after_…``, ``gain_…`` and ``lose_…`` of each group; where asked
        for, medians of the group of the question.
    limits, group
        Limits, and the group of the question.
    """
    before, gone, whole = _hidden(cells, limits, group)
    gone = _with_others(cells, gone, limits)
    shown, sums = parts.copy(), parts.drop(columns=list(MEDIANS), errors="ignore").sum(min_count=1)
    for name in (str(column) for column in gone):
        for column in ("residents", "reached_before"):
            shown[f"{column}_{name}"] = shown[f"{column}_{name}"].mask(before[name])
        for column in ("reached_after", "gain", "lose"):
            shown[f"{column}_{name}"] = shown[f"{column}_{name}"].mask(gone[name])
            sums[f"{column}_{name}"] = np.nan if whole[name] else sums[f"{column}_{name}"]
    for column in (column for column in MEDIANS if column in shown):
        shown[column] = shown[column].mask(before[group] if column == MEDIANS[0] else gone[group])
    return shown, sums


def _hidden(
    cells: dict[str, pd.DataFrame], limits: Secrecy, group: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return where too few people stand before, and in any part of the change; and the same for all areas together."""
    everybody = sum(cells.values(), start=cells["stay"] * 0)
    some = [cells["stay"] + cells["lose"], cells["stay"] + cells["gain"], *cells.values()]
    size, sums = len(everybody), pd.DataFrame([part.sum() for part in some])
    parts = pd.concat([*some, sums], ignore_index=True)
    all_ = pd.concat([everybody] * len(some) + [everybody.sum().to_frame().T] * len(some), ignore_index=True)
    found = _few_of(parts, all_ - parts, limits, group).to_numpy()
    areas, total = found[: size * len(some)].reshape(len(some), size, -1), found[size * len(some) :]
    before, gone = (
        pd.DataFrame(one, index=everybody.index, columns=everybody.columns) for one in (areas[0], np.any(areas, axis=0))
    )
    return before, gone, pd.Series(np.any(total, axis=0), index=everybody.columns)


def _few_of(some: pd.DataFrame, others: pd.DataFrame, limits: Secrecy, group: str) -> pd.DataFrame:
    """Return where two parts of the groups, or what narrower groups leave of wider ones, are too few."""
    frame = pd.DataFrame({"residents": some[group] + others[group], "not_reached": others[group]})
    for name in some:
        frame[f"reached_{name}"], frame[f"not_reached_{name}"] = some[name], others[name]
    shown, own = hide_few(frame, secrecy=limits, group=group)
    known = {name: shown[f"reached_{name}"].isna() & some[name].notna() for name in some}
    return pd.DataFrame({**known, group: own}, index=some.index)[list(some)]


def _with_others(cells: dict[str, pd.DataFrame], gone: pd.DataFrame, limits: Secrecy) -> pd.DataFrame:
    """Return what is hidden, with one more area wherever the sum of the hidden ones would be too few.

    Where there is no other area with people in that cell, the sum of all areas is too few itself and not shown.
    """
    wider = gone.copy()
    for name in gone:
        for frame in cells.values():
            hidden = float(frame[name][wider[name]].sum())
            shown = frame[name][~wider[name] & (frame[name] > 0)]
            if 0 < hidden < limits.min_count and len(shown):
                wider.loc[shown.idxmin()] = True  # all groups of it, so that none gives another away
    return wider


def _few(numbers: pd.Series, limit: float) -> pd.Series:
    return (numbers > 1e-6) & (numbers < limit)
