"""Effects by start and edition, and by distance from the programme areas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.core.effect.did import estimate
from qmgis.core.effect.grouptime import group_time
from qmgis.core.effect.match import level_and_trend, matched
from qmgis.effect._match import Matching, matching
from qmgis.effect._panel import RINGS, Panel

__all__ = ["by_group", "ring_table"]

FEWEST_IN_RING = 3


def by_group(panel: Panel, found: Matching, standing: pd.DataFrame) -> pd.DataFrame:
    """Return ATT(g, t) of the matched treated areas; later starts are comparison until they start.

    Returns
    -------
    pd.DataFrame
        Columns ``start`` and ``year``, ``value``, ``se``, ``treated``, ``others``.
    """
    kept = np.zeros(len(found.ids), bool)
    kept[found.pool] = True
    kept[found.stack.unit[found.stack.treated > 0]] = True
    stand = standing.loc[found.ids].to_numpy(float)
    groups = np.unique(found.first[found.treated][found.weights.sum(axis=1) > 0])
    weights = np.zeros((len(groups), len(found.ids)))
    for place, start in enumerate(groups):
        own = np.flatnonzero(kept & (found.first == start))
        rest = np.flatnonzero(kept & (found.first > start))
        before = np.column_stack([level_and_trend(stand[:, :start]), found.values[:, start - 1]])
        spread = before.std(axis=0, ddof=1)
        weights[place, rest] = matched(before[own], before[rest], spread=np.where(spread > 0, spread, 1.0)).sum(axis=0)
    programme = panel.units["programme"].reindex(found.ids).to_numpy(object)
    clusters = np.where(found.first < len(panel.years), programme, found.ids.to_numpy(object)).astype(str)
    table = group_time(found.values[kept], found.first[kept], clusters=clusters[kept], weights=weights[:, kept])
    table = table.drop(columns="scores").reset_index()
    years = np.array(panel.years)
    table.insert(0, "start", years[table.pop("group")])
    table.insert(1, "year", years[table.pop("time")])
    return table


def ring_table(panel: Panel, key: str, standing: pd.DataFrame) -> pd.DataFrame:
    """Return what changed around programme areas: each ring as a treatment of its own, compared with areas beyond all.

    Returns
    -------
    pd.DataFrame
        Index ``ring``; ``low_m``, ``high_m``, ``areas`` (that found another like them), ``value``, ``low``, ``high``
        (missing below three areas).
    """
    units, starts = panel.units, panel.first
    begun = pd.Series({one: starts[units["programme"] == one].min() for one in units["programme"].dropna().unique()})
    around = units[units["role"].isin(["near", "possible"])]
    beyond = around.index[around["metres"] >= RINGS[-1][1]]
    since = around["nearest"].map(begun).astype(float)
    begins = since.reindex(units.index).fillna(0).astype(int)
    rows = {}
    for low, high in RINGS:
        inside = around.index[(around["metres"] >= low) & (around["metres"] < high) & (since < len(panel.years))]
        found = matching(panel, key, treated=inside, pool=beyond, first=begins, level=standing)
        count = int(found.stack.treated.sum())
        nothing = float("nan")
        one = estimate(found.values, found.stack) if count >= FEWEST_IN_RING else None
        gap = (one.value, one.low, one.high) if one is not None else (nothing, nothing, nothing)
        rows[f"{low:.0f}-{high:.0f}"] = (low, high, count, *gap)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["low_m", "high_m", "areas", "value", "low", "high"])
    return frame.rename_axis("ring")
