"""Addresses along the blocks and the people who live there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.blocks import Ground
from qmgis.musterstadt.near import is_near, without
from qmgis.musterstadt.plan import USES
from qmgis.musterstadt.streets import Barriers

__all__ = ["AGES", "make_addresses"]

AGES = ("age_0_5", "age_6_11", "age_12_14", "age_15_17", "age_18_64", "age_65_plus")
HOUSE = {
    "old_town": 6.5, "gruenderzeit": 15.0, "rows": 14.0, "slab": 44.0, "villa": 3.4,
    "garden": 2.9, "village": 3.6, "industry": 4.0, "park": 0.0, "fields": 3.4,
}  # fmt: skip
SHARES = {
    "old_town": (0.040, 0.037, 0.018, 0.017, 0.650, 0.238),
    "gruenderzeit": (0.064, 0.053, 0.024, 0.023, 0.695, 0.141),
    "rows": (0.056, 0.055, 0.027, 0.027, 0.585, 0.250),
    "slab": (0.073, 0.072, 0.036, 0.035, 0.580, 0.204),
    "villa": (0.050, 0.062, 0.033, 0.033, 0.545, 0.277),
    "garden": (0.058, 0.064, 0.032, 0.032, 0.555, 0.259),
    "village": (0.050, 0.055, 0.029, 0.029, 0.582, 0.255),
    "industry": (0.050, 0.045, 0.022, 0.023, 0.720, 0.140),
    "park": (0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "fields": (0.050, 0.055, 0.029, 0.029, 0.582, 0.255),
}


def make_addresses(
    ground: Ground, barriers: Barriers, rng: np.random.Generator, *, residents: int, per_area: float
) -> pd.DataFrame:
    """Return addresses: ``x``, ``y``, ``block``, ``residents`` and a column each of `AGES`."""
    blocks = ground.blocks
    use = blocks["use"].to_numpy()
    rim = _inner_rims(blocks["geometry"].to_numpy(), use, barriers)
    length = shapely.length(rim)
    spacing = np.array([USES[key].spacing_m or np.inf for key in use])
    count = np.floor(length / spacing).astype(int)
    wanted = per_area * blocks["piece"].nunique()
    if count.sum() > wanted:
        count = _thin(count, wanted, blocks["piece"].to_numpy(), rng)
    block = np.repeat(np.arange(len(blocks)), count)
    place = (np.arange(len(block)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[block]
    place = np.clip(place + rng.uniform(-0.22, 0.22, len(block)) / count[block], 0, 1)
    point = shapely.line_interpolate_point(rim[block], place, normalized=True)
    dry = ~is_near(point, barriers.river, 38) & ~is_near(point, barriers.rail, 24)
    spot = np.round(shapely.get_coordinates(point), 2)
    frame = pd.DataFrame({"x": spot[:, 0], "y": spot[:, 1], "block": block})[dry].reset_index(drop=True)
    return _with_people(frame, use, rng, residents=residents)


def _inner_rims(shapes: np.ndarray, use: np.ndarray, barriers: Barriers) -> np.ndarray:
    """The line of house fronts inside each block; empty where there is no room."""
    setback = np.array([USES[key].setback_m for key in use])
    shapes = without(without(shapes, barriers.river, 30), barriers.rail, 16)
    inner = shapely.buffer(shapes, -setback, join_style="mitre")
    parts, owner = shapely.get_parts(inner, return_index=True)
    rims = np.full(len(shapes), shapely.LineString(), dtype=object)
    order = np.lexsort((shapely.area(parts), owner))
    rims[owner[order]] = shapely.get_exterior_ring(parts[order])
    return rims


def _thin(count: np.ndarray, wanted: float, piece: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fewer addresses in the same proportion, at least one in each piece that has any."""
    fewer = np.floor(count * wanted / count.sum() + rng.random(len(count))).astype(int)
    order = np.lexsort((-count, piece))
    first = order[np.append(True, np.diff(piece[order]) != 0)]
    fewer[first] = np.maximum(fewer[first], np.minimum(count[first], 1))
    return np.asarray(fewer)


def _with_people(frame: pd.DataFrame, use: np.ndarray, rng: np.random.Generator, *, residents: int) -> pd.DataFrame:
    kind = use[frame["block"].to_numpy()]
    mean = np.array([HOUSE[key] for key in kind])
    mean = mean * residents / mean.sum()
    held = np.maximum(rng.poisson(mean * rng.gamma(6, 1 / 6, len(mean))), 1)
    shares = np.array([SHARES[key] for key in kind])
    ages = rng.multinomial(held, shares / shares.sum(axis=1, keepdims=True))
    people = pd.DataFrame(ages, columns=list(AGES))
    return pd.concat([frame, people.assign(residents=held)], axis=1)
