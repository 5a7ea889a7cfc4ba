"""Areas of two versions: ids, names, outlines, and the reform between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.blocks import Ground
from qmgis.musterstadt.names import area_names, district_names
from qmgis.musterstadt.plan import USES

__all__ = ["CRS", "Vintages", "make_vintages"]

CRS = "EPSG:25832"


@dataclass(frozen=True, eq=False)
class Vintages:
    """Both versions of the areas.

    ``old`` and ``new``: frames (index id) with name, district, region, use, geometry; ``block_old`` and ``block_new``:
    the id of each block; ``block_area`` both and the square metres; ``reform``: what was changed, for the truth.
    """

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    block_old: np.ndarray
    block_new: np.ndarray
    block_area: pd.DataFrame
    reform: list[dict[str, Any]] = field(default_factory=list)


def make_vintages(ground: Ground, rng: np.random.Generator) -> Vintages:
    """Return the newest areas, numbered and named, and those before the reform."""
    blocks = ground.blocks
    pieces = _pieces(blocks)
    number = pieces["id"].to_numpy()
    new = number[blocks["piece"].to_numpy()]
    names = dict(zip(pieces["id"].tolist(), pieces["name"].tolist(), strict=True))
    uses = pieces.set_index("id")["use"]
    old, old_names, reform = _before_reform(ground, new, names, rng)
    size = pd.DataFrame({"area_old": old, "area": new, "m2": shapely.area(blocks["geometry"].to_numpy())})
    return Vintages(_frame(blocks, old, old_names, uses), _frame(blocks, new, names, uses), old, new, size, reform)


def _pieces(blocks: pd.DataFrame) -> pd.DataFrame:
    """Number and name the pieces: district, region, quarter and area, two digits each."""
    size = shapely.area(blocks["geometry"].to_numpy())
    people = size * blocks["use"].map({key: use.per_ha for key, use in USES.items()}).to_numpy() + size / 1e3
    middle = shapely.get_coordinates(shapely.centroid(blocks["geometry"].to_numpy()))
    weighed = pd.DataFrame({"piece": blocks["piece"], "use": blocks["use"], "people": people,
                            "x": middle[:, 0] * people, "y": middle[:, 1] * people})  # fmt: skip
    sums = weighed.groupby("piece")[["people", "x", "y"]].sum()
    top = weighed.groupby(["piece", "use"])["people"].sum().reset_index().sort_values(["piece", "people"])
    frame = pd.DataFrame({"x": sums["x"] / sums["people"], "y": sums["y"] / sums["people"]})
    frame["use"] = top.drop_duplicates("piece", keep="last").set_index("piece")["use"]
    away = frame[["x", "y"]] - frame.loc[frame["use"] == "old_town", ["x", "y"]].mean()
    count = int(np.clip(len(frame) / 20, 4, 99))
    away_x, away_y = away["x"].to_numpy(), away["y"].to_numpy()
    core = np.hypot(away_x, away_y) < 1000
    turn = (np.arctan2(away_y, away_x) / (2 * np.pi)) % 1
    sector = pd.Series(turn).rank(method="first").to_numpy() - 1
    district = np.where(core, 0, 1 + np.floor(sector / len(frame) * (count - 1))).astype(int)
    curve = gpd.GeoSeries(shapely.points(frame[["x", "y"]].to_numpy())).hilbert_distance(level=12).to_numpy()
    order = np.lexsort((np.arange(len(frame)), curve, district))
    frame["id"] = _numbers(district[order], order)
    frame["district"] = district
    by_id = frame.sort_values("id")
    frame.loc[by_id.index, "name"] = area_names(by_id["use"].to_numpy())
    return frame


def _numbers(district: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Eight digits for each piece, in order within its district."""
    spot = np.zeros(len(order), int)
    held = np.zeros(len(order), int)
    for key in np.unique(district):
        inside = district == key
        spot[inside] = np.arange(inside.sum())
        held[inside] = inside.sum()
    regions = np.clip(np.ceil(held / 8), 1, 99).astype(int)
    region = spot * regions // held
    start = -(-region * held // regions)
    within, width = spot - start, np.ceil(held / regions).astype(int)
    quarters = np.clip(np.ceil(width / 3), 1, 99).astype(int)
    quarter = within * quarters // width
    last = within - (-(-quarter * width // quarters))
    digits = (district + 1) * 10**6 + (region + 1) * 10**4 + (quarter + 1) * 100 + last + 1
    numbers = np.empty(len(order), dtype=object)
    numbers[order] = [f"{value:08d}" for value in digits]
    return numbers


def _frame(blocks: pd.DataFrame, owner: np.ndarray, names: dict[str, str], uses: pd.Series) -> gpd.GeoDataFrame:
    """Outlines of areas from their blocks."""
    shapes = blocks["geometry"].to_numpy()
    order = np.argsort(owner, kind="stable")
    ids, start, held = np.unique(owner[order].astype(str), return_index=True, return_counts=True)
    outline = shapes[order[start]].copy()
    for spot in np.flatnonzero(held > 1):
        outline[spot] = shapely.coverage_union_all(shapes[order[start[spot] : start[spot] + held[spot]]])
    outline = shapely.normalize(outline)
    district = np.array([int(key[:2]) for key in ids])
    title = district_names(int(district.max()))
    frame = pd.DataFrame({
        "id": ids,
        "name": [names[key] for key in ids],
        "district": [title[spot - 1] for spot in district],
        "region": [key[:4] for key in ids],
        "use": uses.reindex(ids).fillna("mixed").to_numpy(),
    })  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=outline, crs=CRS).set_index("id")


def _before_reform(
    ground: Ground, new: np.ndarray, names: dict[str, str], rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, str], list[dict[str, Any]]]:
    """Undo a reform: areas that were one, areas that were two, and borders that ran elsewhere."""
    beside = _neighbours(ground, new)
    old, old_names = new.astype(object).copy(), dict(names)
    count = len(names)
    taken: set[str] = set()
    reform: list[dict[str, Any]] = []
    many = np.unique(new.astype(str), return_counts=True)
    big = {key for key, held in zip(*many, strict=True) if held >= 6}
    order = rng.permutation(sorted(names))
    wanted = {"split": min(max(2, count // 40), 50), "merge": min(max(1, count // 60), 50),
              "move": min(max(2, count // 30), 50)}  # fmt: skip
    for kind, number in wanted.items():
        for key in order:
            if number == 0:
                break
            mates = sorted(other for other in beside.get(key, {}) if other[:4] == key[:4] and other not in taken)
            if key in taken or (kind != "merge" and not mates) or (kind != "split" and key not in big):
                continue
            mate = max(mates, key=lambda other: (beside[key][other], other)) if mates else ""
            entry = _undo(kind, (key, mate), old, old_names, ground)
            if entry:
                reform.append(entry)
                taken |= {key, mate}
                number -= 1
    return old, old_names, reform


def _undo(
    kind: str, pair: tuple[str, str], old: np.ndarray, names: dict[str, str], ground: Ground
) -> dict[str, Any] | None:
    """Take one change of the reform back, in ``old`` and ``names``; None where it does not fit."""
    key, mate = pair
    if kind == "split":
        old[old == mate] = key
        former = names.pop(mate)
        return {"kind": "split", "old": [key], "new": [key, mate], "names_new": [names[key], former]}
    members = np.flatnonzero(old == key)
    if kind == "merge":
        spare = next(f"{value:08d}" for value in range(int(key) + 1, int(key) + 99) if f"{value:08d}" not in names)
        part = _side(ground.blocks["geometry"].to_numpy()[members])
        if not _whole(ground, members[part]) or not _whole(ground, members[~part]):
            return None
        old[members[part]] = spare
        names[spare] = f"{names[key]} Neubau"
        names[key] = f"{names[key]} Altbau"
        return {"kind": "merge", "old": [key, spare], "new": [key], "names_old": [names[key], names[spare]]}
    touching = _touching(ground, members, np.flatnonzero(old == mate))
    for block in touching:
        rest = members[members != block]
        if _whole(ground, rest):
            old[block] = mate
            return {"kind": "move", "old": [key, mate], "new": [key, mate]}
    return None


def _side(shapes: np.ndarray) -> np.ndarray:
    """Which shapes lie on one side of the middle of the longer extent."""
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    axis = int(np.argmax(np.ptp(middle, axis=0)))
    return np.asarray(middle[:, axis] > np.median(middle[:, axis]))


def _whole(ground: Ground, members: np.ndarray) -> bool:
    """Whether blocks form one connected area without holes."""
    if not len(members):
        return False
    union = shapely.coverage_union_all(ground.blocks["geometry"].to_numpy()[members])
    return union.geom_type == "Polygon" and not len(union.interiors)


def _touching(ground: Ground, members: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Blocks among the members that share an edge with the others, in order."""
    left, right = ground.edges["left"].to_numpy(), ground.edges["right"].to_numpy()
    one = np.isin(left, members) & np.isin(right, others)
    two = np.isin(right, members) & np.isin(left, others)
    return np.unique(np.concatenate([left[one], right[two]]))


def _neighbours(ground: Ground, owner: np.ndarray) -> dict[str, dict[str, float]]:
    """Shared border in metres of each pair of areas."""
    edges = ground.edges
    inner = ((edges["left"] >= 0) & (edges["right"] >= 0)).to_numpy()
    one, two = owner[edges["left"].to_numpy()[inner]], owner[edges["right"].to_numpy()[inner]]
    metres = shapely.length(edges["geometry"].to_numpy()[inner])
    found: dict[str, dict[str, float]] = {}
    for a, b, length in zip(one, two, metres, strict=True):
        if a != b:
            found.setdefault(a, {})[b] = found.setdefault(a, {}).get(b, 0.0) + length
            found.setdefault(b, {})[a] = found.setdefault(b, {}).get(a, 0.0) + length
    return found
