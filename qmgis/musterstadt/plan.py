"""The plan of the city: main streets, river, railway and outline, and the quarters between them.

Everything here lies in a flat plane around the market square; `bend` turns it into the ground.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.cut import halves
from qmgis.musterstadt.near import is_near, parts_of

__all__ = ["HECTARES_PER_AREA", "USES", "Plan", "Use", "bend", "make_plan"]

HECTARES_PER_AREA = 23.0
ORIGIN = np.array([588_000.0, 5_762_000.0])
OLD_TOWN_M = 330.0
SQUARE_M = 46.0
RIVER_HALF_M = 24.0
RAIL_HALF_M = 13.0
WHOLE_UP_TO = 15_000
MOST_SWAY_M = 110.0


@dataclass(frozen=True)
class Use:
    """How a kind of quarter is built: block size, looseness of its streets, residents and their houses.

    ``per_ha`` residents a hectare (gross); ``block_ha`` size of a block; ``jitter`` degrees by which streets stray;
    ``spacing_m`` metres of frontage a house; ``setback_m`` from the middle of the street to the house;
    ``burden`` shifts the underlying rates (0 average, +1 high need).
    """

    per_ha: float
    block_ha: float
    jitter: float
    spacing_m: float
    setback_m: float
    burden: float


USES: dict[str, Use] = {
    "old_town": Use(120, 0.50, 13, 16, 8, 0.05),
    "gruenderzeit": Use(135, 1.15, 3, 27, 12, 0.25),
    "rows": Use(78, 2.0, 4, 38, 16, 0.45),
    "slab": Use(150, 4.6, 2, 60, 30, 1.35),
    "villa": Use(34, 1.5, 5, 34, 15, -0.85),
    "garden": Use(38, 1.5, 6, 23, 13, -0.75),
    "village": Use(26, 0.8, 15, 26, 11, -0.35),
    "industry": Use(2.0, 6.5, 2, 170, 24, 0.8),
    "park": Use(0.0, 9.0, 10, 0, 0, 0.0),
    "fields": Use(0.25, 20.0, 9, 420, 14, -0.4),
}


@dataclass(frozen=True, eq=False)
class Plan:
    """Main lines and quarters in the flat plane.

    ``quarters``: frame with ``geometry`` and ``use``; ``main`` main street lines; ``river`` and ``rail`` centre
    lines; ``bridges`` and ``underpasses`` the points where a main street crosses.
    """

    radius_m: float
    outline: shapely.Polygon
    quarters: pd.DataFrame
    main: np.ndarray
    river: shapely.LineString
    rail: shapely.LineString
    bridges: np.ndarray
    underpasses: np.ndarray
    villages: np.ndarray


def make_plan(areas: int, rng: np.random.Generator) -> Plan:
    """Return the plan of a city with room for so many areas."""
    radius = float(np.sqrt(areas * HECTARES_PER_AREA * 1e4 / np.pi))
    outline = _outline(radius, rng)
    rings = _rings(radius)
    main, villages, circles = _main_streets(rings, rng)
    river, rail = _river(radius, rng), _rail(radius, rng)
    main = _inside(main, outline)
    faces = shapely.get_parts(
        shapely.polygonize(_noded(main, np.concatenate([circles, [river, rail, outline.exterior]])))
    )
    faces = faces[shapely.within(shapely.point_on_surface(faces), outline)]
    faces = faces[np.lexsort(_rounded(shapely.point_on_surface(faces)).T)]
    faces = _collectors(faces, rng)
    quarters = pd.DataFrame({"geometry": faces})
    quarters["use"] = _uses(faces, rings=rings, villages=villages, river=river, rail=rail, rng=rng)
    return Plan(
        radius, outline, quarters, main, river, rail,
        _crossings(main, river, spacing_m=700, rng=rng), _crossings(main, rail, spacing_m=800, rng=rng), villages,
    )  # fmt: skip


def _noded(main: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Lines that meet at their ends only; main streets of a large city do so but where another line runs across."""
    if len(main) <= WHOLE_UP_TO:
        return np.asarray(shapely.get_parts(shapely.union_all(np.concatenate([main, across]), grid_size=0.01)))
    strips = np.concatenate([parts_of(line) for line in across])
    crossed = np.zeros(len(main), bool)
    crossed[shapely.STRtree(strips).query(main, predicate="dwithin", distance=1.0)[0]] = True
    crossed[shapely.STRtree(main).query(main, predicate="crosses")[0]] = True
    noded = shapely.union_all(np.concatenate([main[crossed], across]), grid_size=0.01)
    plain = shapely.set_precision(main[~crossed], 0.01, mode="pointwise")
    return np.concatenate([plain, shapely.get_parts(noded)])


def _inside(lines: np.ndarray, outline: shapely.Polygon) -> np.ndarray:
    """The parts of lines inside the outline; only lines that may cross it are cut, which are few in a large city."""
    shapely.prepare(outline)
    kept = lines[shapely.intersects(outline, lines)]
    crossing = ~shapely.contains_properly(outline, kept)
    kept[crossing] = shapely.intersection(kept[crossing], outline)
    return np.asarray(shapely.get_parts(kept[~shapely.is_empty(kept)]))


def bend(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """Return the way from the plane to the ground: streets bow a little; coordinates of the reference system."""
    waves = []
    for length, height, count in ((1900.0, 46.0, 3), (800.0, 17.0, 4), (330.0, 4.5, 5)):
        for _ in range(count):
            angle, phase, push = rng.uniform(0, 2 * np.pi, 3)
            waves.append((2 * np.pi / length * np.array([np.cos(angle), np.sin(angle)]), phase, push, height))

    def bent(points: np.ndarray) -> np.ndarray:
        moved = points.astype(float).copy()
        for wave, phase, push, height in waves:
            size = height * np.sin(points @ wave + phase)
            moved[:, 0] += size * np.cos(push)
            moved[:, 1] += size * np.sin(push)
        return np.asarray(np.round(moved + ORIGIN, 2))

    return bent


def _collectors(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut large quarters along collector streets."""
    done = []
    while len(faces):
        large = shapely.area(faces) > rng.uniform(58e4, 100e4, len(faces))
        done.append(faces[~large])
        faces = faces[large]
        if len(faces):
            one, two = halves(faces, rng.uniform(0.38, 0.62, len(faces)), rng.normal(0, 9, len(faces)))
            faces = np.concatenate([one, two])
    return np.concatenate(done)


def _rounded(points: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(shapely.get_coordinates(points), 1))


def _outline(radius: float, rng: np.random.Generator) -> shapely.Polygon:
    """An outline with bays and tongues."""
    turn = np.linspace(0, 2 * np.pi, max(160, int(radius / 25)), endpoint=False)
    size = np.ones_like(turn)
    for order, height in ((2, 0.10), (3, 0.09), (5, 0.07), (7, 0.045), (11, 0.03), (17, 0.018), (29, 0.01)):
        size += height * np.cos(order * turn + rng.uniform(0, 2 * np.pi))
    size *= radius / np.sqrt(np.mean(size**2))
    return shapely.Polygon(np.column_stack([size * np.cos(turn), size * np.sin(turn)]))


def _rings(radius: float) -> np.ndarray:
    """Mean radii of the ring streets, the last beyond the outline."""
    rings = [OLD_TOWN_M, 900.0]
    while rings[-1] < 1.6 * radius + 500:
        rings.append(rings[-1] + 900.0 + 60 * min(len(rings), 6))
    return np.array(rings)


def _main_streets(rings: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rings and roads out of the city; villages where outer roads meet, with the lane around them."""
    turns = np.sort(np.arange(7) / 7 * 2 * np.pi + rng.uniform(-0.2, 0.2, 7))
    shape = [(order, 0.06 / order**0.5, rng.uniform(0, 2 * np.pi)) for order in (2, 3, 5)]
    market = shapely.box(-SQUARE_M, -0.7 * SQUARE_M, SQUARE_M, 0.7 * SQUARE_M).exterior
    lines = [shapely.LineString(market), *(_gate_lane(turn, rings[0], shape) for turn in turns)]
    villages: list[np.ndarray] = []
    for level, ring in enumerate(rings):
        keep = np.ones(len(turns), bool) if level < 2 else rng.random(len(turns)) > 0.28
        ends = np.append(turns[1:], turns[0] + 2 * np.pi)
        sway = rng.normal(0, 1.0 if level else 0.0, len(turns)) * min(
            0.035 * (rings[1] / ring) ** 0.5, MOST_SWAY_M / ring
        )
        lines += [_arc(start, end, ring, shape) for start, end, kept in zip(turns, ends, keep, strict=True) if kept]
        if level + 1 == len(rings):
            break
        outer = rings[level + 1]
        lines += _roads(turns, turns + sway, (ring, outer), shape)
        if level >= 2:
            spots = rng.random(len(turns)) < 0.17
            villages += [_spot(turn, ring, shape) for turn in turns[spots]]
        turns = turns + sway
        gaps = np.append(np.diff(turns), turns[0] + 2 * np.pi - turns[-1])
        wide = gaps * outer > 1750
        new = turns[wide] + gaps[wide] * rng.uniform(0.42, 0.58, int(wide.sum()))
        turns = np.sort(np.concatenate([turns, new]))
    circles = [_lane_around(spot, rng) for spot in villages]
    return np.array(lines, object), np.array(villages).reshape(-1, 2), np.array(circles, object)


def _swell(turn: np.ndarray | float, shape: list[tuple[int, float, float]]) -> np.ndarray:
    return 1 + sum((height * np.cos(order * np.asarray(turn) + phase) for order, height, phase in shape), np.zeros(1))


def _spot(turn: float, ring: float, shape: list[tuple[int, float, float]]) -> np.ndarray:
    size = ring * float(_swell(turn, shape)[0])
    return np.array([size * np.cos(turn), size * np.sin(turn)])


def _arc(start: float, end: float, ring: float, shape: list[tuple[int, float, float]]) -> shapely.LineString:
    turn = np.linspace(start, end, max(4, int((end - start) * ring / 90)))
    size = ring * _swell(turn, shape)
    return shapely.LineString(np.column_stack([size * np.cos(turn), size * np.sin(turn)]))


def _roads(
    start: np.ndarray, end: np.ndarray, span: tuple[float, float], shape: list[tuple[int, float, float]]
) -> list[shapely.LineString]:
    step = np.linspace(0, 1, 12)
    turn = start[:, None] + (end - start)[:, None] * (3 * step**2 - 2 * step**3)
    size = (span[0] + (span[1] - span[0]) * step) * _swell(turn, shape)
    return list(shapely.linestrings(np.stack([size * np.cos(turn), size * np.sin(turn)], axis=-1)))


def _gate_lane(turn: float, ring: float, shape: list[tuple[int, float, float]]) -> shapely.LineString:
    """A lane from a corner of the market square to a gate in the ring."""
    gate = _spot(turn, ring, shape)
    corner = np.array([SQUARE_M * np.sign(np.cos(turn)), 0.7 * SQUARE_M * np.sign(np.sin(turn))])
    bow = (gate + corner) / 2 + 0.1 * np.array([-gate[1], gate[0]])
    step = np.linspace(0, 1, 9)[:, None]
    return shapely.LineString((1 - step) ** 2 * corner + 2 * step * (1 - step) * bow + step**2 * gate)


def _lane_around(spot: np.ndarray, rng: np.random.Generator) -> shapely.LineString:
    """The uneven lane around a village core."""
    turn = np.linspace(0, 2 * np.pi, 33)
    size = rng.uniform(150, 215) * (1 + 0.16 * np.cos(2 * turn + rng.uniform(0, 6)) + 0.08 * np.cos(3 * turn))
    return shapely.LineString(spot + np.column_stack([size * np.cos(turn), size * np.sin(turn)]))


def _river(radius: float, rng: np.random.Generator) -> shapely.LineString:
    """A river that winds through the city and touches the old town in the south."""
    along = np.arange(-2.2 * radius, 2.2 * radius + 1, 40.0)
    reach = np.clip(np.abs(along) / 1500, 0.25, 1.6)
    phase = rng.uniform(0, 2 * np.pi, 3)
    across = -OLD_TOWN_M - 95 + reach * (
        190 * (np.sin(along / 520 + phase[0]) - np.sin(phase[0]))
        + 120 * (np.sin(along / 1210 + phase[1]) - np.sin(phase[1]))
    ) - 0.00004 * along**2 * min(1.0, 3000 / radius)  # fmt: skip
    slip = along + 130 * reach * np.sin(along / 260 + phase[2])
    tilt = rng.uniform(-0.25, 0.25)
    turned = np.column_stack([
        np.cos(tilt) * slip - np.sin(tilt) * across, np.sin(tilt) * slip + np.cos(tilt) * across,
    ])  # fmt: skip
    return shapely.LineString(turned)


def _rail(radius: float, rng: np.random.Generator) -> shapely.LineString:
    """A railway in wide curves, past the old town in the north."""
    along = np.arange(-2.2 * radius, 2.2 * radius + 1, 50.0)
    across = 640 + 420 * np.tanh(along / 1500) + 160 * np.sin(along / 1450 + rng.uniform(0, 6))
    across += 0.00011 * along**2 * min(1.0, 3000 / radius)
    tilt = rng.uniform(0.25, 0.5)
    return shapely.LineString(np.column_stack([
        np.cos(tilt) * along - np.sin(tilt) * across, np.sin(tilt) * along + np.cos(tilt) * across,
    ]))  # fmt: skip


def _crossings(main: np.ndarray, line: shapely.LineString, *, spacing_m: float, rng: np.random.Generator) -> np.ndarray:
    """Points where main streets cross a barrier, thinned so that crossings are rare."""
    points = shapely.get_parts(shapely.intersection(main[is_near(main, line, 1.0)], line))
    points = points[shapely.get_type_id(points) == 0]
    at = np.unique(np.round(shapely.line_locate_point(line, points), 1))
    kept: list[float] = []
    for place in at:
        if not kept or place - kept[-1] > spacing_m * rng.uniform(0.7, 1.4):
            kept.append(float(place))
    return np.asarray(shapely.line_interpolate_point(line, kept), dtype=object)


def _uses(
    faces: np.ndarray,
    *,
    rings: np.ndarray,
    villages: np.ndarray,
    river: shapely.LineString,
    rail: shapely.LineString,
    rng: np.random.Generator,
) -> np.ndarray:
    """What each quarter is."""
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    far = np.hypot(middle[:, 0], middle[:, 1])
    turn = np.arctan2(middle[:, 1], middle[:, 0])
    edge = far / far.max()
    size = shapely.area(faces) / 1e4
    by_rail = is_near(faces, rail, 30)
    by_river = is_near(faces, river, 30)
    luck = rng.random(len(faces))
    use = np.where(luck < 0.30, "rows", np.where(luck < 0.42, "villa", "garden")).astype(object)
    use[(far < rings[2]) & (use == "garden") & (luck < 0.72)] = "rows"
    use[(edge > 0.80) & (luck > 0.25)] = "fields"
    use[(edge > 0.62) & (luck > 0.70)] = "fields"
    use[by_rail & (far > rings[1] * 0.9) & (np.abs(np.sin(turn - 0.6)) > 0.2) & (luck < 0.62)] = "industry"
    use[by_river & (far > rings[1]) & (luck > 0.45)] = "park"
    _place_slabs(use, far=far, rings=rings, size=size, turn=turn)
    use[far < rings[1] * 1.03] = "gruenderzeit"
    use[(far < rings[1] * 1.03) & by_river & (size < 9)] = "park"
    use[far < rings[0] * 1.1] = "old_town"
    if len(villages):
        tree = shapely.STRtree(shapely.points(villages))
        _, near = tree.query_nearest(shapely.points(middle), return_distance=True, all_matches=False)
        use[(near < 170) & (size < 9) & (far > rings[1] * 1.2)] = "village"
    return use


def _place_slabs(use: np.ndarray, *, far: np.ndarray, rings: np.ndarray, size: np.ndarray, turn: np.ndarray) -> None:
    """Give large housing estates to two quarters between the second and the fourth ring, one a large sector beyond."""
    sectors = ((2.2, 3.4), (-0.9, 0.6))
    fits = (far > rings[1] * 1.35) & (size > 25) & (use != "village")
    for low, high in sectors:
        chosen = np.flatnonzero(fits & (turn > low) & (turn < high) & (far < rings[min(3, len(rings) - 1)]))
        if len(chosen):
            use[chosen[np.argmin(np.abs(size[chosen] - 60))]] = "slab"
    beyond = np.flatnonzero(fits & (far > rings[min(4, len(rings) - 1)]))
    use[beyond[::11]] = "slab"
