"""Changes and lines side by side: treated areas, those compared with, the equally extreme, the city."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.effect._match import Matching
from qmgis.effect._panel import Panel

__all__ = ["changes_of", "lines_of", "members_of"]


def lines_of(
    panel: Panel, key: str, found: Matching, *, chosen: np.ndarray, compared: np.ndarray | None = None
) -> pd.DataFrame:
    """Return a row a year: shares rebuilt from counts; of the comparison weighted as matched."""
    weights = _weights(found, chosen, compared)
    everywhere = pd.Series(1.0, index=panel.units.index)
    return pd.DataFrame(
        {
            "area": _share(panel, key, pd.Series(1.0, index=found.ids[chosen])),
            "comparison": _share(panel, key, weights),
            "city": _share(panel, key, everywhere),
        }
    ).rename_axis("year")


def changes_of(
    panel: Panel, key: str, found: Matching, *, chosen: np.ndarray, compared: np.ndarray | None = None
) -> pd.DataFrame:
    """Return before, after and change of each: those of one start against their own edition before, a mean over areas.

    Areas that start at other editions are never behind a number of one start: they would not be treated yet, or long.
    """
    extreme = pd.Series(1.0, index=found.ids[found.extreme])
    city = pd.Series(1.0, index=panel.units.index)
    starts, counts = np.unique(found.first[chosen], return_counts=True)
    sums = dict.fromkeys(("area", "comparison", "extreme", "city"), (0.0, 0.0))
    for start, count in zip(starts, counts, strict=True):
        own = chosen[found.first[chosen] == start]
        groups = {
            "area": pd.Series(1.0, index=found.ids[own]), "comparison": _weights(found, own, compared),
            "extreme": extreme, "city": city,
        }  # fmt: skip
        for of, weights in groups.items():
            share, part = _share(panel, key, weights).to_numpy(float), count / len(chosen)
            before, after = sums[of]
            sums[of] = (before + part * float(share[start - 1]), after + part * float(share[start:].mean()))
    areas = {"area": len(chosen), "comparison": len(_weights(found, chosen, compared)), "extreme": len(extreme),
             "city": len(city)}  # fmt: skip
    rows = {of: (before, after, after - before, areas[of]) for of, (before, after) in sums.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["before", "after", "change", "areas"])
    return frame.rename_axis("of")


def members_of(found: Matching, *, chosen: np.ndarray, compared: np.ndarray | None = None) -> pd.DataFrame:
    """Return the areas that enter, a row each: treated ones first, each group with its weights, which sum to 1.

    A comparison area is described over the starts of the treated areas beside which it stands, as often as it does.
    """
    own = found.treated[np.isin(found.treated, chosen)]
    starts = found.first[own]
    beside = found.weights[np.isin(found.treated, chosen)] if compared is None else np.ones((len(own), len(found.ids)))
    rest = np.flatnonzero(beside.sum(axis=0) > 0) if compared is None else compared
    groups = (("area", own, np.eye(len(own))), ("comparison", rest, beside[:, rest]))
    rows = {}
    for of, places, parts in groups:
        for at, part in zip(places, parts.T, strict=True):
            before = float(np.average(found.values[at, starts - 1], weights=part))
            after = float(np.average([found.values[at, start:].mean() for start in starts], weights=part))
            rows[found.ids[at]] = (of, float(part.sum() / parts.sum()), before, after, after - before)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["of", "weight", "before", "after", "change"])
    return frame.rename_axis("area")


def _weights(found: Matching, chosen: np.ndarray, compared: np.ndarray | None) -> pd.Series:
    if compared is not None:
        return pd.Series(1.0, index=found.ids[compared])
    total = found.weights[np.isin(found.treated, chosen)].sum(axis=0)
    return pd.Series(total, index=found.ids)[lambda weight: weight > 0]


def _share(panel: Panel, key: str, weights: pd.Series) -> pd.Series:
    """Return the share of areas together, from their counts; the mean where there are none. Areas with a gap stay out.

    So the same areas stand behind every year.
    """
    one = panel.measured[key]
    rows = one.values.index.get_indexer(weights.index)
    count, total = one.count.to_numpy(float)[rows], one.total.to_numpy(float)[rows]
    values, weight = one.values.to_numpy(float)[rows], weights.to_numpy(float)[:, None]
    counted = np.isfinite(count).any()
    held, base = (weight * count, weight * total) if counted else (weight * values, weight * np.ones_like(values))
    whole = np.isfinite(held).all(axis=1) & np.isfinite(base).all(axis=1)
    below = base[whole].sum(axis=0)
    share = np.divide(held[whole].sum(axis=0), below, out=np.full(len(panel.years), np.nan), where=below > 0)
    return pd.Series(share, index=list(panel.years))
