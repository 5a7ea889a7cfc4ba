"""The areas around an area, and those that are like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.core.spatial.neighbours import queen
from qmgis.explanation._facts import Named, Neighbour, Similar
from qmgis.explanation._steps import flag_at, group_at
from qmgis.model import Outcome
from qmgis.model.reading import name_of, value_at

__all__ = ["MOST", "TOLERANCE", "around", "neighbours_of", "similar_to"]

# How unlike two areas may be, in standard deviations an indicator, and how many are named.
TOLERANCE = 0.5
MOST = 5


@dataclass(frozen=True)
class Alike:
    """The areas that are like an area, and by how many numbers they were looked for."""

    areas: tuple[Similar, ...]
    indicators: int


def neighbours_of(outcome: Outcome, areas: Sequence[str]) -> dict[str, tuple[Neighbour, ...]]:
    """Return for each area those that share a border or a corner with it, in the order of the areas."""
    near = _near(outcome.areas.frame.geometry, areas)
    return {area: tuple(_neighbour(outcome, other) for other in near[area]) for area in areas}


def _near(shapes: pd.Series, areas: Sequence[str]) -> Mapping[str, list[str]]:
    """Return who touches whom; only outlines whose boxes meet are looked at."""
    asked = shapes.index.get_indexer(pd.Index(areas))
    boxes = shapely.buffer(shapely.box(*shapely.bounds(shapes.to_numpy()[asked]).T), 1.0)
    _, met = shapely.STRtree(shapes.to_numpy()).query(boxes)
    candidates = np.unique(np.concatenate([met, asked]))
    if len(candidates) < 2:
        return {area: [] for area in areas}
    found = queen(shapes.iloc[candidates], islands="keep")
    return {area: found.of(area) for area in areas}


def _neighbour(outcome: Outcome, area: str) -> Neighbour:
    left_out = str(value_at(outcome, area, "left_out") or "")
    return Neighbour(area, name_of(outcome, area), group_at(outcome, area), flag_at(outcome, area), left_out)


def around(neighbours: Iterable[Neighbour]) -> tuple[tuple[Named, int], ...]:
    """Return how many neighbours have which class, by code."""
    groups = [one.group for one in neighbours if one.group is not None]
    return tuple((group, groups.count(group)) for group in sorted(set(groups), key=lambda group: group.code))


def similar_to(
    outcome: Outcome, areas: Sequence[str], *, tolerance: float = TOLERANCE, most: int = MOST
) -> dict[str, Alike]:
    """Return for each area those with similar values, the most similar first, and by how many numbers.

    Distance is the root of the mean squared difference of the normalised indicators that entered, in standard
    deviations; those that are not shown of the area do not enter, and areas that do not show the others are not
    compared.

    Parameters
    ----------
    outcome
        A run.
    areas
        Ids.
    tolerance
        The largest distance, standard deviations an indicator, above 0.
    most
        How many at most.
    """
    space = _space(outcome)
    found = dict.fromkeys(areas, Alike((), 0))
    patterns: dict[tuple[str, ...], list[str]] = {}
    for area in areas:
        shown = tuple(str(key) for key in space.columns[space.loc[[area]].notna().to_numpy()[0]])
        if shown:
            patterns.setdefault(shown, []).append(area)
    for shown, asked in patterns.items():
        rows = space[list(shown)].dropna()
        values = rows.to_numpy()
        for area, own in zip(asked, rows.loc[asked].to_numpy(), strict=True):
            far = np.sqrt(((values - own) ** 2).mean(axis=1)).round(9)
            others = [(float(far[place]), str(rows.index[int(place)])) for place in np.flatnonzero(far <= tolerance)]
            near = sorted(pair for pair in others if pair[1] != area)[:most]
            alike = tuple(_similar(outcome, other, d, len(shown)) for d, other in near)
            found[area] = Alike(alike, len(shown))
    return found


def _similar(outcome: Outcome, area: str, distance: float, indicators: int) -> Similar:
    return Similar(
        area, name_of(outcome, area), group_at(outcome, area), flag_at(outcome, area), distance, indicators
    )  # fmt: skip


def _space(outcome: Outcome) -> pd.DataFrame:
    """Return the indicators that entered in standard deviations, as far as they are shown; left out areas are empty."""
    roles = ("z_", "score_", "value_")
    role = next((one for one in roles if any(column.key.startswith(one) for column in outcome.columns)), "z_")
    keys = [column.key for column in outcome.columns if column.key.startswith(role)]
    table = outcome.table[keys].astype(float).mask(outcome.table["left_out"].notna())
    if role == "z_":
        return table
    spread = table.std(ddof=0)
    kept = [key for key in keys if spread[key] > 0]
    return table[kept] / spread[kept]
