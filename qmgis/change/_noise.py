"""How much of what moved between two years is no more than chance makes likely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qmgis.core.attribution import beyond_noise
from qmgis.model import IndicatorTable, People, people_behind

__all__ = ["noise_share"]


def noise_share(
    table: IndicatorTable, years: tuple[int, int], keys: Sequence[str], *, of_changes: bool = False
) -> tuple[pd.Series, tuple[str, ...]]:
    """Return for each area which part of the movement of its shares between two years chance alone makes likely.

    q = 1 - Σ |d'| / Σ |d| over the shares, each in standard deviations of the areas, where d is a difference and d' the
    part of it that exceeds chance (`qmgis.core.attribution.beyond_noise`). A share is a count of chance among its
    people: the variance of a difference is p(1 - p)(1/n + 1/n') with the p of both years together; that of a change has
    the variances of all shares in it.

    Parameters
    ----------
    table
        Both years on the same areas.
    years
        The earlier and the later one.
    keys
        The shares that count.
    of_changes
        Whether their changes moved, not their values.

    Returns
    -------
    tuple
        Index ``area``, 0-1; 0 where nothing moved. And the shares whose people are not known, taken as free of chance.

    Examples
    --------
    >>> found, unknown = noise_share(toy_table(), (2022, 2024), ["transfer"])
    >>> float(found.max()), unknown
    (0.0, ('transfer',))
    """
    areas = table.frame.index.get_level_values("area").unique()
    moved, kept = np.zeros(len(areas)), np.zeros(len(areas))
    source, shared = table.change if of_changes else table.frame, years[1] - years[0] == table.change_years
    unknown = []
    for key in keys:
        then, now = (source.xs(year, level="year")[key].reindex(areas).to_numpy() for year in years)
        people = _people(table, key, years)
        variance = np.zeros(len(areas))
        if people is None:
            unknown.append(key)
        else:
            level = _level(table, key, years, people)
            found = _of_moves(level, people, shared) if of_changes else _of_values(level, people)
            variance = np.nan_to_num(found.reindex(areas).to_numpy(dtype=float))
        spread = float(np.nanstd(then)) if np.isfinite(then).any() else 0.0
        if spread > 0:
            apart = np.nan_to_num(now - then) / spread
            moved += np.abs(apart)
            kept += np.abs(beyond_noise(apart, variance / spread**2))
    share = 1 - np.divide(kept, moved, out=np.ones(len(areas)), where=moved > 0)
    return pd.Series(share, index=areas, name="noise"), tuple(unknown)


def _people(table: IndicatorTable, key: str, years: tuple[int, int]) -> tuple[People, People] | None:
    then, now = (people_behind(table, key, year) for year in years)
    return None if then is None or now is None else (then, now)


def _level(table: IndicatorTable, key: str, years: tuple[int, int], people: tuple[People, People] | None) -> pd.Series:
    """Return p(1 - p) of both years together."""
    then, now = (table.of_year(year)[key] for year in years)
    weight = (people[0].total, people[1].total) if people is not None else (1.0, 1.0)
    together = (then * weight[0] + now * weight[1]) / (weight[0] + weight[1])
    return (together * (1 - together)).clip(lower=0)


def _of_values(level: pd.Series, people: tuple[People, People]) -> pd.Series:
    then, now = (1 / one.total.where(one.total > 0) for one in people)
    return level * (then + now)


def _of_moves(level: pd.Series, people: tuple[People, People], shared: bool) -> pd.Series:
    """Return the variance of the difference of two changes; where they share a year, its share is in both."""
    then, now = people
    ends = [now.total, then.total, then.total_before, *([] if shared else [now.total_before])]
    one, middle, first, *more = (1 / end.where(end > 0) for end in ends)
    return level * (one + (4 * middle + first if shared else middle + first + more[0]))
