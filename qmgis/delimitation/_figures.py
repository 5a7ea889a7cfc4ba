"""Key figures of an area: residents, land, shape, who is captured, how alike, what lies inside and just outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.core.regions.grown import Region, Units
from qmgis.coverage import coordinates
from qmgis.errors import CrsError
from qmgis.model import PlaceLayer, ProgrammeLayer
from qmgis.targeting import SLIVER, states_on

__all__ = ["facilities", "figures_of", "programme_overlap", "spread"]

HECTARE = 10_000.0


def figures_of(units: Units, region: Region, *, total: float) -> dict[str, float]:
    """Return the figures of a region; ``total`` are the residents of all flagged units."""
    inside = np.array(region.members)
    people = units.population[inside]
    flagged = float(people[units.flag[inside]].sum())
    mean, sd = spread(units.score[inside], people)
    hectares = region.area_m2 / HECTARE
    return {
        "units": float(len(inside)),
        "residents": region.population,
        "hectares": hectares,
        "density": region.population / hectares if hectares > 0 else np.nan,
        "flagged_residents": flagged,
        "captured": flagged / total if total > 0 else np.nan,
        "flagged_share": flagged / region.population if region.population > 0 else np.nan,
        "score": mean,
        "score_sd": sd,
        "compactness": region.compactness,
        "cost": region.cost,
    }


def spread(score: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of scores, by residents; units without score do not count.

    Examples
    --------
    >>> spread(np.array([1.0, 2.0, np.nan]), np.array([100.0, 300.0, 50.0]))
    (1.75, 0.4330127018922193)
    """
    known = ~np.isnan(score) & (people > 0)
    if not known.any():
        return np.nan, np.nan
    mean = float(np.average(score[known], weights=people[known]))
    return mean, float(np.sqrt(np.average((score[known] - mean) ** 2, weights=people[known])))


def facilities(shapes: pd.Series, places: Mapping[str, PlaceLayer], *, near_m: float, crs: pyproj.CRS) -> pd.DataFrame:
    """Return how many places of each layer lie in each shape, and outside it within ``near_m``.

    Raises
    ------
    CrsError
        A layer of places is in another reference system.
    """
    rows = []
    for key, layer in places.items():
        if layer.frame.crs != crs:
            raise CrsError(
                f'The places "{key}" are in another reference system than the areas; bring both into the one of '
                "city.toml.",
                de=f"Die Orte „{key}“ liegen in einem anderen Koordinatensystem als die Gebiete; beide in das aus "
                "city.toml bringen.",
            )
        xy = coordinates(layer)
        tree = shapely.STRtree(shapely.points(xy[np.isfinite(xy).all(axis=1)]))
        for name, shape in shapes.items():
            inside = len(tree.query(shape, predicate="intersects"))
            near = len(tree.query(shape, predicate="dwithin", distance=near_m)) - inside
            rows.append((name, key, inside, near))
    return pd.DataFrame(rows, columns=[shapes.index.name or "area", "places", "inside", "near"])


def programme_overlap(shapes: pd.Series, programme: ProgrammeLayer | None, on: date | None) -> pd.DataFrame:
    """Return the programme areas that each shape shares land with, by more than a sliver of either."""
    columns = [shapes.index.name or "area", "programme_area", "name", "state", "hectares", "share", "share_of_it"]
    if programme is None or on is None:
        return pd.DataFrame(columns=columns)
    state, others = states_on(programme, on), np.asarray(programme.frame.geometry.array)
    own = np.asarray(shapes.array, dtype=object)
    one, other = shapely.STRtree(others).query(own, predicate="intersects")
    common = shapely.area(shapely.intersection(own[one], others[other]))
    share, of_it = common / shapely.area(own[one]), common / shapely.area(others[other])
    ids = programme.frame.index[other]
    found = pd.DataFrame(
        dict(zip(columns, (shapes.index[one], ids, programme.frame["name"].loc[ids].to_numpy(), state[ids].to_numpy(),
                           common / HECTARE, share, of_it), strict=True))
    )  # fmt: skip
    kept: pd.DataFrame = found[(share >= SLIVER) | (of_it >= SLIVER)].sort_values(columns[:2], ignore_index=True)
    return kept
