"""Facilities, spread so that nearly everyone reaches one, except where a gap was planted."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from qmgis.musterstadt.areas import CRS
from qmgis.musterstadt.near import is_near
from qmgis.musterstadt.streets import Barriers, Walk

__all__ = ["KINDS", "Kind", "barrier_gap", "make_places"]

MARGIN_M = 30.0


@dataclass(frozen=True)
class Kind:
    """A kind of place: whom it serves within how many metres, how its places are called and how large they are."""

    key: str
    group: str
    within_m: float
    title: str
    per_person: float
    least: int
    names: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("kita", "age_0_5", 500, "Kita", 0.82, 25, (
        "Pusteblume", "Regenbogen", "Wühlmäuse", "Sonnenschein", "Kleine Strolche", "Löwenzahn", "Spatzennest",
        "Zwergenland", "Kunterbunt", "Bienenkorb", "Sternschnuppe", "Rappelkiste")),
    Kind("primary_school", "age_6_11", 1000, "Grundschule", 0.95, 120, (
        "am Markt", "am Mühlgraben", "an der Aue", "Lindenau", "Nord", "am Ring", "Gartenstadt", "Süd",
        "am Wasserturm", "Wiesenthal", "am Stadtpark", "Auental")),
    Kind("playground", "age_6_11", 400, "Spielplatz", 0.0, 0, (
        "Lindenhof", "Drachenwiese", "Piratenschiff", "Wasserspielplatz", "Kletterfelsen", "Sandburg",
        "Abenteuerplatz", "Märchenwald", "Seilgarten", "Ballspielplatz")),
    Kind("doctor", "age_65_plus", 800, "Hausarztpraxis", 0.0, 0, (
        "am Markt", "am Ring", "Dr. Beispiel", "Dr. Muster", "am Park", "im Ärztehaus", "an der Brücke")),
    Kind("stop", "residents", 400, "Haltestelle", 0.0, 0, (
        "Markt", "Rathaus", "Bahnhof", "Stadtpark", "Mühlgraben", "Wasserturm", "Ringstraße", "Friedhof",
        "Schwimmbad", "Krankenhaus", "Auenweg", "Siedlung")),
)  # fmt: skip


def make_places(
    kind: Kind,
    homes: pd.DataFrame,
    walk: Walk,
    rng: np.random.Generator,
    *,
    gap: np.ndarray,
    beyond: np.ndarray,
    forced: np.ndarray,
) -> gpd.GeoDataFrame:
    """Return the places of one kind.

    ``homes`` has ``x``, ``y`` and the group's column; ``gap`` marks homes that must stay out of reach; ``beyond``
    are points outside the boundary, ``forced`` points that must hold a place.
    """
    spots = homes[["x", "y"]].to_numpy()
    need = homes[kind.group].to_numpy(dtype=float)
    near = _near_gap(spots, gap, walk, kind.within_m + MARGIN_M)
    few = len(homes) <= 30_000
    chosen = _greedy(kind, spots, need, walk, near=near) if few else _scattered(kind, spots, rng, near=near)
    chosen = np.unique(np.round(np.vstack([chosen, forced, beyond]), 2), axis=0)
    if len(beyond):
        ok = walk.to_nearest(chosen, spots[gap], limit_m=kind.within_m + MARGIN_M) if gap.any() else None
        if ok is not None:
            keep = np.isinf(ok) | (cKDTree(forced).query(chosen)[0] < 0.1 if len(forced) else False)
            chosen = chosen[keep]
    return _frame(kind, chosen, spots, need)


def barrier_gap(
    homes: pd.DataFrame, walk: Walk, barriers: Barriers, *, within_m: float, taken: set[str]
) -> tuple[str, np.ndarray]:
    """Return the area that is cut off best from a place across the water or the tracks, and that place."""
    spots = homes[["x", "y"]].to_numpy()
    best: tuple[float, str, np.ndarray] = (0.0, "", np.empty((0, 2)))
    for line in (barriers.river, barriers.rail):
        close = np.flatnonzero(is_near(shapely.points(spots), line, 420))
        if not len(close):
            continue
        brink = is_near(shapely.points(spots[close]), line, 200)
        side = _side(line, spots[close])
        area = homes["area"].to_numpy()[close]
        for key in sorted(set(area) - taken)[:80]:
            own = close[area == key]
            if len(own) < 15 or np.ptp(side[area == key]) > 0:
                continue
            far = close[(side != side[area == key][0]) & brink]
            if not len(far):
                continue
            metres = cKDTree(spots[own].mean(axis=0)[None]).query(spots[far])[0]
            place = spots[far[np.argmin(metres)]]
            straight = np.hypot(*(spots[own] - place).T)
            steps = walk.to_nearest(spots[own], place[None], limit_m=within_m + 400)
            found = float(np.mean((straight < within_m - 20) & (steps > within_m + 150)))
            if found > best[0] + 1e-9:
                best = (found, key, place[None])
    return best[1], best[2]


def _side(line: shapely.LineString, points: np.ndarray) -> np.ndarray:
    """On which side of a line points lie, +1 left or -1 right."""
    at = shapely.line_locate_point(line, shapely.points(points))
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1.0)) - here
    away = points - here
    return np.asarray(np.sign(ahead[:, 0] * away[:, 1] - ahead[:, 1] * away[:, 0]))


def _near_gap(spots: np.ndarray, gap: np.ndarray, walk: Walk, metres: float) -> np.ndarray:
    """Homes too close to a planted gap to hold a place."""
    if not gap.any():
        return np.zeros(len(spots), bool)
    return np.asarray(np.isfinite(walk.to_nearest(spots, spots[gap], limit_m=metres)))


def _greedy(kind: Kind, spots: np.ndarray, need: np.ndarray, walk: Walk, *, near: np.ndarray) -> np.ndarray:
    """Places chosen one after the other where most people are still out of reach."""
    node, own = walk.nearest(spots)
    free = np.flatnonzero(~near)
    candidates = np.unique(node[free])
    step = max(1, len(candidates) // 900)
    candidates = candidates[::step]
    metres = dijkstra(walk.graph, directed=False, indices=candidates, limit=kind.within_m)
    reached = csr_array((metres[:, node] + own) <= kind.within_m - 60).astype(float)
    left = need.copy()
    chosen: list[int] = []
    least = 0.0022 * need.sum() / max(1.0, len(spots) / 9000)
    while True:
        gain = reached @ left
        best = int(np.argmax(gain))
        if gain[best] < least:
            break
        chosen.append(best)
        left[reached.indices[reached.indptr[best] : reached.indptr[best + 1]]] = 0
    home = [free[np.argmin(np.hypot(*(spots[free] - walk.nodes[candidates[spot]]).T))] for spot in chosen]
    return np.asarray(spots[np.array(home, dtype=int)].reshape(-1, 2))


def _scattered(kind: Kind, spots: np.ndarray, rng: np.random.Generator, *, near: np.ndarray) -> np.ndarray:
    """Places at homes near the points of a triangular lattice, for cities too large to search."""
    step = kind.within_m * 1.15
    low, high = spots.min(axis=0), spots.max(axis=0)
    x, y = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step * 0.87))
    x = x + (np.arange(x.shape[0]) % 2)[:, None] * step / 2
    lattice = np.column_stack([x.ravel(), y.ravel()]) + rng.normal(0, step / 12, (x.size, 2))
    free = spots[~near]
    away, home = cKDTree(free).query(lattice)
    return np.asarray(free[np.unique(np.asarray(home)[np.asarray(away) < step / 2])])


def _frame(kind: Kind, chosen: np.ndarray, spots: np.ndarray, need: np.ndarray) -> gpd.GeoDataFrame:
    chosen = chosen[np.lexsort((chosen[:, 1], chosen[:, 0]))]
    _, owner = cKDTree(chosen).query(spots)
    served = np.bincount(owner, need, minlength=len(chosen))
    count = len(chosen)
    names = [kind.names[spot % len(kind.names)] for spot in range(count)]
    turns = np.arange(count) // len(kind.names)
    quoted = "„{}“" if kind.key == "kita" else "{}"
    frame = pd.DataFrame({
        "id": [f"{kind.key}-{spot + 1:04d}" for spot in range(count)],
        "name": [f"{kind.title} {quoted.format(name)}" + (f" {turn + 1}" if turn else "")
                 for name, turn in zip(names, turns, strict=True)],
    })  # fmt: skip
    if kind.per_person:
        frame["capacity"] = np.maximum(np.round(served * kind.per_person / 5) * 5, kind.least)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(chosen), crs=CRS)
