"""Many histories of one city: its areas and people stay, only the counts are drawn again; for tests of designs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.city import Musterstadt
from qmgis.musterstadt.counts import BASE, STAY
from qmgis.musterstadt.plan import USES

__all__ = ["Stage", "drawn", "groups_of", "stage_of"]

PEOPLE = {"residents": "Einwohner", "residents_15_64": "Einwohner_15_64", "age_0_14": "Kinder_unter_15"}
FEWEST = 300
# How the risk of everybody moves from edition to edition, as in the plan of Musterstadt.
TREND = (0.002, 0.005, 0.006, 0.004, 0.001, 0.003, -0.002, 0.0)


@dataclass(frozen=True, eq=False)
class Stage:
    """Areas with at least 300 residents: ids, outlines, hidden need (n,), people by base, metres between (n, n)."""

    ids: np.ndarray
    outlines: np.ndarray
    burden: np.ndarray
    people: Mapping[str, np.ndarray]
    metres: np.ndarray


def stage_of(city: Musterstadt, *, seed: int = 1) -> Stage:
    """Return what stays of a city; its hidden need is drawn once, by kind of quarter, place and area.

    Examples
    --------
    >>> from qmgis.musterstadt import make_city
    >>> stage = stage_of(make_city(areas=60, seed=7))
    >>> len(stage.ids) == len(stage.burden) == len(stage.metres)
    True
    """
    layer = city.vectors["areas.gpkg"]["ms-2022"]
    table = city.tables["counts_2024.csv"].set_index("Gebiet")
    counted = table[list(PEOPLE.values())].apply(pd.to_numeric, errors="coerce").dropna()
    kept = counted.index[(counted["Einwohner"] >= FEWEST) & (counted["Kinder_unter_15"] >= 20)]
    outlines = layer.set_index("id").geometry.loc[kept].to_numpy()
    use = _use_of(city, kept)
    spot = shapely.get_coordinates(shapely.centroid(outlines))
    rng = np.random.default_rng(seed)
    field = np.zeros(len(kept))
    for length in (5200.0, 3600.0, 2300.0, 1700.0):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        field += np.sin(2 * np.pi / length * (spot @ [np.cos(angle), np.sin(angle)]) + phase)
    burden = 0.72 * use.map({key: one.burden for key, one in USES.items()}).to_numpy() + 0.20 * field
    burden = np.clip(burden + rng.normal(0, 0.16, len(kept)), -1.15, 1.6)
    people = {key: counted.loc[kept, column].to_numpy().astype(int) for key, column in PEOPLE.items()}
    metres = np.stack([shapely.distance(outlines, one) for one in outlines])
    return Stage(kept.to_numpy().astype(object), outlines, burden, people, metres)


def groups_of(stage: Stage, candidates: np.ndarray, *, size: int, count: int, rng: np.random.Generator) -> list[Any]:
    """Return groups of candidates that lie together, drawn at random, no area in two and none beside another group.

    Examples
    --------
    >>> from qmgis.musterstadt import make_city
    >>> stage = stage_of(make_city(areas=60, seed=7))
    >>> found = groups_of(stage, np.arange(len(stage.ids)), size=2, count=3, rng=np.random.default_rng(1))
    >>> [len(one) for one in found]
    [2, 2, 2]
    """
    free = set(candidates.tolist())
    found: list[np.ndarray] = []
    for start in rng.permutation(candidates):
        if len(found) == count:
            break
        order = [place for place in np.argsort(stage.metres[start], kind="stable") if place in free][:size]
        if start not in free or len(order) < size or stage.metres[start, order[-1]] > 400:
            continue
        found.append(np.array(order))
        near = (stage.metres[order] < 500).any(axis=0)
        free -= set(np.flatnonzero(near).tolist())
    return found


def drawn(
    stage: Stage,
    key: str,
    *,
    editions: int,
    histories: int,
    rng: np.random.Generator,
    effect: np.ndarray | float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return counts of people in a situation and of all, shape (histories, areas, editions) and (areas,).

    The risk of an area is its own and moves as everybody's; most people stay in their situation from one edition to the
    next, so that what chance gave stays for a while too (the model of `qmgis.musterstadt.counts`).

    Parameters
    ----------
    stage
        As `stage_of` gives it.
    key
        ``unemployed``, ``transfer_recipients``, ``children_in_transfer`` or another of `BASE`.
    editions
        1 to 8, every second year.
    histories
        How many.
    effect
        Added to the risk (points of a share), shape (histories, areas, editions) or a part of it.

    Examples
    --------
    >>> from qmgis.musterstadt import make_city
    >>> stage = stage_of(make_city(areas=60, seed=7))
    >>> held, people = drawn(stage, "unemployed", editions=5, histories=3, rng=np.random.default_rng(1))
    >>> held.shape == (3, len(stage.ids), 5), bool((held <= people[:, None]).all())
    (True, True)
    """
    mean, follows, base = BASE[key][:3]
    people = stage.people[base]
    own = mean * np.maximum(1 + follows * stage.burden, 0.22)
    risk = own[:, None] + np.array(TREND[-editions:])
    risk = np.clip(np.broadcast_to(risk, (histories, *risk.shape)) + effect, 0.002, 0.92)
    held = np.empty(risk.shape, int)
    held[..., 0] = rng.binomial(people, risk[..., 0])
    for at in range(1, editions):
        now, before = risk[..., at], risk[..., at - 1]
        stay = np.minimum(STAY + (1 - STAY) * now, now / before)
        join = np.clip((now - before * stay) / (1 - before), 0, 1)
        held[..., at] = rng.binomial(held[..., at - 1], stay) + rng.binomial(people - held[..., at - 1], join)
    return held, people


def _use_of(city: Musterstadt, ids: pd.Index) -> pd.Series:
    """Return the kind of quarter of each area: that of most of its land."""
    blocks = city.vectors["areas.gpkg"]["blocks"]
    land = blocks[["area", "use"]].assign(land=shapely.area(blocks.geometry.to_numpy()))
    summed = land.groupby(["area", "use"], as_index=False)["land"].sum().sort_values("land", kind="stable")
    most: pd.Series = summed.drop_duplicates("area", keep="last").set_index("area")["use"].reindex(ids)
    return most
