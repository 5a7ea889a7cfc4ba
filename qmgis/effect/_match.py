"""Which areas are compared: like the treated ones before, in status, its trend, and the indicator itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.core.effect.did import Stack, stacked
from qmgis.core.effect.match import level_and_trend, matched
from qmgis.effect._checks import FEWEST_BEFORE
from qmgis.effect._panel import Panel
from qmgis.errors import NotEnoughDataError

__all__ = ["Matching", "matching", "status"]


@dataclass(frozen=True, eq=False)
class Matching:
    """Who is compared with whom.

    ``values`` (areas, editions) of the areas that enter; ``first`` column of the first treatment, ``ids``; ``treated``
    and ``pool``, places in them; ``weights`` (treated, areas); ``stack`` of those that found another; ``level`` of the
    status before, NaN where an area is in no question.
    """

    ids: pd.Index
    values: np.ndarray
    first: np.ndarray
    treated: np.ndarray
    pool: np.ndarray
    weights: np.ndarray
    stack: Stack
    extreme: np.ndarray


def status(panel: Panel) -> pd.DataFrame:
    """Return the mean standard score of all indicators with a direction in each edition; higher is more burden.

    Raises
    ------
    NotEnoughDataError
        No indicator has a direction.

    Examples
    --------
    >>> from qmgis.effect import Panel
    >>> callable(status)
    True
    """
    scores = []
    for one in panel.measured.values():
        if one.direction:
            spread = one.values.std(ddof=0)
            scores.append(one.direction * (one.values - one.values.mean()) / spread.where(spread > 0))
    if not scores:
        raise NotEnoughDataError(
            "No share says what is burden, so areas cannot be matched by their status.",
            de="Kein Anteil sagt, was Belastung ist; Gebiete lassen sich nicht nach ihrem Status vergleichen.",
        )
    total = sum(scores[1:], scores[0])
    return total / len(scores)


def matching(
    panel: Panel,
    key: str,
    *,
    treated: pd.Index,
    pool: pd.Index,
    first: pd.Series,
    fewest: int = FEWEST_BEFORE,
    level: pd.DataFrame | None = None,
) -> Matching:
    """Return treated areas with those that were like them before their start.

    Matched are mean and trend of the status and the last value of the indicator before the start, each within 0.25
    standard deviations. The status rests on several indicators, so that chance in one of them, which goes back by
    itself, moves it little; the indicator itself is there because areas may have been chosen by it.

    Parameters
    ----------
    panel, key
        The indicator and what there is of it.
    treated, pool
        Areas; those with a gap are left out, and treated ones with fewer than ``fewest`` editions before.
    first
        Column of the first treatment, index area.
    fewest
        Editions before.
    level
        The status; computed where it is not given.
    """
    one = panel.measured[key]
    standing = status(panel) if level is None else level
    whole = one.values.notna().all(axis=1) & standing.notna().all(axis=1) & one.exact
    own = treated[whole.reindex(treated) & (first.reindex(treated) >= fewest)]
    others = pool[whole.reindex(pool)].difference(own, sort=False)
    ids = own.append(others)
    values, stand = one.values.loc[ids].to_numpy(float), standing.loc[ids].to_numpy(float)
    begun = np.where(np.arange(len(ids)) < len(own), first.reindex(ids), len(panel.years)).astype(int)
    places, rest = np.arange(len(own)), np.arange(len(own), len(ids))
    weights = np.zeros((len(own), len(ids)))
    extreme = np.zeros(len(ids), bool)
    for start in np.unique(begun[places]):
        rows = np.flatnonzero(begun[places] == start)
        before = np.column_stack([level_and_trend(stand[:, :start]), values[:, start - 1]])
        spread = before.std(axis=0, ddof=1) if len(ids) > 1 else np.ones(3)
        spread = np.where(spread > 0, spread, 1.0)
        weights[np.ix_(rows, rest)] = matched(before[rows], before[rest], spread=spread)
        extreme[rest] |= before[rest, 0] >= np.quantile(before[rows, 0], 0.25)
    programme = panel.units["programme"].where(panel.units["programme"].notna(), panel.units["nearest"]).reindex(own)
    groups = np.concatenate([programme.to_numpy(object), others.to_numpy(object)]).astype(str)
    stack = stacked(begun, weights, groups, treated=places)
    return Matching(ids, values, begun, places, rest, weights, stack, extreme)
