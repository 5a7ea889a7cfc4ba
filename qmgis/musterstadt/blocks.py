"""From quarters to areas to blocks: cut again and again along streets, then bend everything onto the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.cut import halves, largest
from qmgis.musterstadt.plan import USES, Plan

SLIVER_M = 1.2
STEP_M = 45.0
LARGE_STEP_M = 150.0
GRID_M = 0.01

__all__ = ["Ground", "make_ground"]


@dataclass(frozen=True, eq=False)
class Ground:
    """Blocks and the lines between them, bent, in local metres.

    ``blocks``: ``geometry``, ``use``, ``piece`` (number of the area it was cut for). ``edges``: ``geometry``, ``left``
    and ``right`` (numbers of blocks, -1 outside).
    """

    blocks: pd.DataFrame
    edges: pd.DataFrame


def make_ground(
    plan: Plan, areas: int, rng: np.random.Generator, *, warp: Callable[[np.ndarray], np.ndarray], fine: bool
) -> Ground:
    """Return blocks that belong to exactly ``areas`` pieces; with ``fine=False`` every piece is one block."""
    quarters, count = _shares_of(plan.quarters if fine else _on_ground(plan.quarters, warp), areas)
    if not fine:  # what is cut on the ground, in straight lines, need not be bent
        warp = _unbent
    pieces, use = _cut_by_count(quarters, count, rng)
    block, owner = (pieces, np.arange(len(pieces))) if not fine else _cut_by_size(pieces, use, rng)
    lines, faces = _mosaic(block) if fine else _large_mosaic(block)
    spot = shapely.point_on_surface(faces)
    tree = shapely.STRtree(block)
    found = tree.query_nearest(spot, all_matches=False)[1]
    owner = owner[found]
    order = np.lexsort(np.round(shapely.get_coordinates(spot), 1).T)
    faces, owner = faces[order], owner[order]
    edges = _edges(lines, faces)
    blocks = pd.DataFrame({"geometry": shapely.transform(faces, warp), "use": use[owner], "piece": owner})
    edges["geometry"] = shapely.transform(edges["geometry"].to_numpy(), warp)
    blocks["piece"] = _merge_small(blocks, edges, areas)
    return Ground(blocks, edges)


def _on_ground(quarters: pd.DataFrame, warp: Callable[[np.ndarray], np.ndarray]) -> pd.DataFrame:
    """Quarters bent, with the corners of each also on the outline of its neighbours."""
    shapes = quarters["geometry"].to_numpy()
    _, faces = _mosaic(shapes, step_m=LARGE_STEP_M)
    spot = shapely.point_on_surface(faces)
    order = np.lexsort(np.round(shapely.get_coordinates(spot), 1).T)
    owner = shapely.STRtree(shapes).query_nearest(spot[order], all_matches=False)[1]
    bent = shapely.transform(faces[order], warp)
    knotted = ~shapely.is_valid(bent)  # of an outline that crosses itself the largest part
    if knotted.any():
        bent[knotted] = largest(shapely.make_valid(bent[knotted], method="structure", keep_collapsed=False))
    return pd.DataFrame({"geometry": bent, "use": quarters["use"].to_numpy()[owner]})


def _unbent(points: np.ndarray) -> np.ndarray:
    return points


def _mosaic(shapes: np.ndarray, *, step_m: float = STEP_M) -> tuple[np.ndarray, np.ndarray]:
    """Lines and faces of shapes that touch: every corner on a line becomes a node, slivers go."""
    noded = shapely.union_all(shapely.boundary(shapes), grid_size=GRID_M)
    return _without_slivers(_merged(shapely.get_parts(noded), step_m=step_m), step_m=step_m)


def _large_mosaic(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same for very many shapes: only where two shapes draw their border differently is it noded."""
    lines, faces = _without_slivers(_merged(_noded(shapes)))
    for _ in range(6):
        wrong = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(faces)))
        if not len(wrong):
            break
        edges = _edges(lines, faces)
        beside = np.isin(edges["left"].to_numpy(), wrong) | np.isin(edges["right"].to_numpy(), wrong)
        again = shapely.get_parts(shapely.union_all(edges["geometry"].to_numpy()[beside], grid_size=GRID_M))
        lines, faces = _without_slivers(_merged(np.concatenate([edges["geometry"].to_numpy()[~beside], again])))
    return lines, faces


def _without_slivers(lines: np.ndarray, *, step_m: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """Lines and the faces between them; each sliver joins the neighbour with which it shares the longest line."""
    for _ in range(4):
        faces = shapely.get_parts(shapely.polygonize(lines))
        thin = shapely.area(faces) / shapely.length(faces) < SLIVER_M
        if not thin.any():
            break
        edges = _edges(lines, faces)
        beside = edges[np.isin(edges["left"], np.flatnonzero(thin)) | np.isin(edges["right"], np.flatnonzero(thin))]
        metres = shapely.length(beside["geometry"].to_numpy())
        both = pd.concat([beside.assign(face=beside[side], metres=metres) for side in ("left", "right")])
        both = both[both["face"].isin(np.flatnonzero(thin))].sort_values("metres").drop_duplicates("face", keep="last")
        lines = _merged(edges["geometry"].drop(both.index.unique()).to_numpy(), step_m=step_m)
    return lines, faces


def _noded(shapes: np.ndarray) -> np.ndarray:
    """Outlines of shapes that touch as lines that meet at their ends only."""
    rings, part = shapely.get_coordinates(shapely.boundary(shapes), return_index=True)
    grid = np.rint(rings / GRID_M).astype(np.int64)
    step = (part[1:] == part[:-1]) & (grid[1:] != grid[:-1]).any(axis=1)
    one, two = grid[:-1][step], grid[1:][step]
    turned = (one[:, 0] > two[:, 0]) | ((one[:, 0] == two[:, 0]) & (one[:, 1] > two[:, 1]))
    one[turned], two[turned] = two[turned], one[turned]
    ends = np.column_stack([one, two])
    order = np.lexsort(ends.T)
    first = np.flatnonzero(np.append(True, (ends[order[1:]] != ends[order[:-1]]).any(axis=1)))
    drawn = np.diff(np.append(first, len(order)))
    lines = shapely.linestrings(np.round(ends[order[first]].reshape(-1, 2, 2) * GRID_M, 2))
    alone = shapely.union_all(lines[drawn != 2], grid_size=GRID_M)
    return np.concatenate([lines[drawn == 2], shapely.get_parts(alone)])


def _merged(lines: np.ndarray, *, step_m: float = np.inf) -> np.ndarray:
    lines = lines[shapely.get_type_id(lines) == 1]
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    return np.asarray(merged if np.isinf(step_m) else shapely.segmentize(merged, step_m), dtype=object)


def _shares_of(quarters: pd.DataFrame, areas: int) -> tuple[pd.DataFrame, np.ndarray]:
    """How many areas each quarter holds: by residents; quarters with too few are cut later as one and merged."""
    size = shapely.area(quarters["geometry"].to_numpy()) / 1e4
    people = size * quarters["use"].map({key: use.per_ha for key, use in USES.items()}).to_numpy()
    weight = (people / people.sum()) ** 0.95
    weight[(quarters["use"] == "industry").to_numpy() & (size > 12)] += 0.75 * weight.sum() / areas
    weight = weight / weight.sum() * areas
    own = weight >= 0.6
    if own.sum() > areas:
        own = weight >= np.sort(weight)[::-1][areas - 1]
    count = np.zeros(len(quarters), int)
    exact = weight[own] / weight[own].sum() * areas
    count[own] = _apportion(exact, areas)
    return quarters, np.maximum(count, 1)


def _apportion(exact: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers of at least one that sum to the total, largest remainders first."""
    count = np.maximum(np.floor(exact).astype(int), 1)
    order = np.argsort(-(exact - count), kind="stable")
    step = 0
    while count.sum() != total:
        spot = order[step % len(order)] if count.sum() < total else order[-1 - step % len(order)]
        if count.sum() < total:
            count[spot] += 1
        elif count[spot] > 1:
            count[spot] -= 1
        step += 1
    return np.asarray(count)


def _cut_by_count(quarters: pd.DataFrame, count: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cut every quarter into its number of pieces, in halves."""
    shapes, use = quarters["geometry"].to_numpy(), quarters["use"].to_numpy()
    done: list[tuple[np.ndarray, np.ndarray]] = []
    while len(shapes):
        single = count == 1
        done.append((shapes[single], use[single]))
        shapes, use, count = shapes[~single], use[~single], count[~single]
        if not len(shapes):
            break
        first = count // 2
        part = np.clip(first / count + rng.uniform(-0.06, 0.06, len(count)), 0.2, 0.8)
        jitter = np.array([USES[key].jitter for key in use])
        one, two = halves(shapes, part, rng.normal(0, 1, len(shapes)) * jitter)
        shapes, use = np.concatenate([one, two]), np.concatenate([use, use])
        count = np.concatenate([first, count - first])
    return np.concatenate([one for one, _ in done]), np.concatenate([two for _, two in done])


def _cut_by_size(pieces: np.ndarray, use: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cut pieces until every block is small enough for its use."""
    shapes, owner = pieces, np.arange(len(pieces))
    done: list[tuple[np.ndarray, np.ndarray]] = []
    while len(shapes):
        kinds = [USES[key] for key in use[owner]]
        limit = np.array([kind.block_ha for kind in kinds]) * 1e4 * rng.uniform(1.1, 1.9, len(shapes))
        small = shapely.area(shapes) < limit
        done.append((shapes[small], owner[small]))
        jitter = np.array([kind.jitter for kind in kinds])[~small]
        shapes, owner = shapes[~small], owner[~small]
        if not len(shapes):
            break
        part = rng.uniform(0.42, 0.58, len(shapes))
        one, two = halves(shapes, part, rng.normal(0, 1, len(shapes)) * jitter)
        shapes, owner = np.concatenate([one, two]), np.concatenate([owner, owner])
    return np.concatenate([one for one, _ in done]), np.concatenate([two for _, two in done])


def _edges(lines: np.ndarray, faces: np.ndarray) -> pd.DataFrame:
    """Lines with the blocks on their left and right."""
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.501, normalized=True)) - middle
    side = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None] * 0.001
    tree = shapely.STRtree(faces)
    sides = {}
    for name, sign in (("left", 1), ("right", -1)):
        point, face = tree.query(shapely.points(middle + sign * side), predicate="within")
        sides[name] = np.full(len(lines), -1)
        sides[name][point] = face
    frame = pd.DataFrame({"geometry": lines, **sides})
    order = np.lexsort(np.round(middle, 2).T)
    return frame.iloc[order].reset_index(drop=True)


def _merge_small(blocks: pd.DataFrame, edges: pd.DataFrame, areas: int) -> np.ndarray:
    """Join the pieces with fewest residents to a neighbour until exactly ``areas`` are left; numbers from 0."""
    piece = blocks["piece"].to_numpy()
    size = shapely.area(blocks["geometry"].to_numpy()) / 1e4
    people = size * blocks["use"].map({key: use.per_ha for key, use in USES.items()}).to_numpy()
    people = people + np.where(blocks["use"] == "industry", 8.0 * size, 0.0)
    sums = np.bincount(piece, people)
    held = {int(key): float(sums[key]) for key in np.unique(piece)}
    final = _joined(held, _borders(piece, edges), spare=len(held) - areas)
    number = {key: spot for spot, key in enumerate(sorted(set(final.values())))}
    return np.array([number[final[key]] for key in piece.tolist()])


def _borders(piece: np.ndarray, edges: pd.DataFrame) -> dict[int, dict[int, float]]:
    """Metres of border that each piece shares with each other."""
    inner = edges[(edges["left"] >= 0) & (edges["right"] >= 0)]
    one, two = piece[inner["left"]], piece[inner["right"]]
    length = shapely.length(inner["geometry"].to_numpy())
    other = one != two
    low, high = np.minimum(one, two)[other], np.maximum(one, two)[other]
    pairs = pd.DataFrame({"low": low, "high": high, "metres": length[other]}).groupby(["low", "high"])["metres"].sum()
    shared: dict[int, dict[int, float]] = {int(key): {} for key in np.unique(piece)}
    for (a, b), metres in zip(pairs.index.tolist(), pairs.tolist(), strict=True):
        shared[a][b] = shared[b][a] = metres
    return shared


def _joined(held: dict[int, float], shared: dict[int, dict[int, float]], *, spare: int) -> dict[int, int]:
    """The piece that each piece ends up in, after ``spare`` of the smallest joined a neighbour."""
    parent = {key: key for key in held}
    for small in sorted(held, key=lambda key: (held[key], key)):
        if spare <= 0:
            break
        if not shared[small]:
            continue
        into = max(shared[small], key=lambda other: (shared[small][other] / (200 + held[other]), -other))
        parent[small] = into
        held[into] += held[small]
        for other, metres in shared.pop(small).items():
            shared[other].pop(small)
            if other != into:
                shared[into][other] = shared[into].get(other, 0.0) + metres
                shared[other][into] = shared[other].get(into, 0.0) + metres
        spare -= 1
    final = {}
    for key in parent:
        top = key
        while parent[top] != top:
            top = parent[top]
        final[key] = top
    return final
