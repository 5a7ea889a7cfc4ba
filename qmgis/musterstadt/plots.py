"""Free plots of land, one of which reaches most children who have no Kita: the planted best site."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from qmgis.musterstadt.areas import CRS
from qmgis.musterstadt.layers import toml_text
from qmgis.musterstadt.places import MARGIN_M
from qmgis.musterstadt.streets import Walk

__all__ = ["make_plots", "scenario_file"]

MANY, CLOSEST, WITHIN_M = 24, 80, 500.0
CLEARLY = 0.6  # of what the best reaches, any other plot reaches at most this
NAMES = (
    "Alte Gärtnerei", "Ehemalige Wäscherei", "Parkplatz am Ring", "Alter Bauhof", "Ehemalige Molkerei", "Baulücke",
    "Alte Brennerei", "Ehemaliges Postamt", "Festwiese", "Alte Ziegelei", "Ehemalige Druckerei", "Lagerplatz",
)  # fmt: skip


def make_plots(
    homes: pd.DataFrame, walk: Walk, kitas: gpd.GeoDataFrame, gaps: tuple[str, ...], seed: int
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return the plots, and which of them is best with bounds of what it and any other reaches.

    The best one stands where most children without a Kita live within reach, with 60 m to spare (for ways to the street
    are not measured alike everywhere); the others are drawn, and kept where even with 60 m more they reach at most 0.6
    times as many.
    """
    spots, children = homes[["x", "y"]].to_numpy(), homes["age_0_5"].to_numpy(dtype=float)
    away = walk.to_nearest(spots, shapely.get_coordinates(kitas.geometry.to_numpy()), limit_m=2 * WITHIN_M)
    surely, perhaps = away > WITHIN_M + 2 * MARGIN_M, away > WITHIN_M - 2 * MARGIN_M
    node, own = walk.nearest(spots)
    corners = cKDTree(walk.nodes)

    def reached(where: int, left: np.ndarray, metres: float) -> np.ndarray:
        around = np.array(corners.query_ball_point(walk.nodes[where], metres))  # no way within metres leaves it
        part = walk.graph[around][:, around]
        way = np.full(len(walk.nodes), np.inf)
        first = np.flatnonzero(around == where)
        way[around] = np.asarray(dijkstra(part, directed=False, indices=first, limit=metres))[0]
        return np.asarray(left & (way[node] + own <= metres))

    best: tuple[float, int, str] = (0.0, -1, "")
    for gap in gaps:
        mine = surely & (homes["area"].to_numpy() == gap)
        if not mine.any():
            continue
        near = corners.query(spots[mine].mean(axis=0), k=min(CLOSEST, len(walk.nodes)))[1]
        for where in np.atleast_1d(near):
            found = float(children[reached(int(where), surely, WITHIN_M - 2 * MARGIN_M)].sum())
            if found > best[0] + 1e-9:
                best = (found, int(where), gap)
    chosen, most = _others(best, walk, np.random.default_rng([seed, 4]), lambda where: float(
        children[reached(where, perhaps, WITHIN_M + 2 * MARGIN_M)].sum()))  # fmt: skip
    points = walk.nodes[np.unique([*chosen, best[1]])]
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    ids = [f"plot-{number + 1:04d}" for number in range(len(points))]
    names = [NAMES[number % len(NAMES)] + (f" {number // len(NAMES) + 1}" if number >= len(NAMES) else "")
             for number in range(len(points))]  # fmt: skip
    planted = int(np.hypot(*(points - walk.nodes[best[1]]).T).argmin())
    frame = gpd.GeoDataFrame({"id": ids, "name": names}, geometry=shapely.points(points), crs=CRS)
    return frame, {"theme": "kita", "plot": ids[planted], "gap": best[2], "reaches_at_least": int(best[0]),
                   "others_at_most": int(most)}  # fmt: skip


def scenario_file(plots: gpd.GeoDataFrame, kitas: gpd.GeoDataFrame, best: str) -> dict[str, str]:
    """Return the example scenario: a Kita on the best plot, the next one beyond closed, new homes on another plot."""
    where = plots.set_index("id").geometry
    away = where.distance(where[best]).drop(best)
    apart = kitas.distance(where[best]).to_numpy()
    nearest = str(kitas["id"].iloc[int(np.where(apart > WITHIN_M + 2 * MARGIN_M, apart, np.inf).argmin())])
    text = toml_text({
        "title": {"de": "Neue Kita und neue Wohnungen", "en": "New day care and new homes"},
        "note": {"de": "Erfundenes Beispiel.", "en": "An invented example."},
        "themes": ["kita", "primary_school"],
        "add": [{"places": "kita", "id": "kita-new", "name": "Kita Neubau", "from": "plots", "place": best,
                 "capacity": 120}],
        "close": [{"places": "kita", "id": nearest}],
        "housing": [{"id": "quarter", "from": "plots", "place": str(away.idxmin()), "residents": 400,
                     "groups": {"age_0_5": 36, "age_6_11": 28, "age_12_17": 24, "age_18_64": 262, "age_65_plus": 50}}],
    })  # fmt: skip
    return {"scenarios/new-kita.toml": text}


def _others(best: tuple[float, int, str], walk: Walk, rng: np.random.Generator, reach: Any) -> tuple[list[int], float]:
    """Return other corners that reach clearly fewer, some of them near the best one, and the most that one reaches."""
    away = np.hypot(*(walk.nodes - walk.nodes[best[1]]).T)
    near = np.flatnonzero((away > WITHIN_M / 2) & (away < 3 * WITHIN_M))
    drawn = [*rng.permutation(near)[:30], *rng.permutation(len(walk.nodes))[: 10 * MANY]]
    chosen: list[int] = []
    most = 0.0
    for where in dict.fromkeys(int(one) for one in drawn if one != best[1]):
        if len(chosen) == MANY - 1:
            break
        apart = all(np.hypot(*(walk.nodes[where] - walk.nodes[other])) > 120 for other in chosen)
        if apart and (found := reach(where)) <= CLEARLY * best[0]:
            chosen.append(where)
            most = max(most, found)
    return chosen, most
