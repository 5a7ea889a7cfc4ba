"""How steep streets are, by a raster of heights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyproj
import shapely

from qmgis.core.counted import counted
from qmgis.core.reach.network import Bends
from qmgis.core.reach.streets import lines_of
from qmgis.io.osm._build import Built
from qmgis.io.rules.modes import ModeFile

__all__ = ["with_slopes"]

# Heights are asked for this often along a street, or once a cell where cells are wider: kerbs and walls are no slope.
LEAST_STEP_M = 10.0


def with_slopes(built: Built, mode: ModeFile, ground: Any, *, target: str) -> Built:
    """Return the streets without those too steep for the mode, and slower uphill where the mode says so.

    The slope of a street is that of its steepest section; sections are as long as a cell, at least 10 m. Bridges,
    tunnels and streets whose slope is recorded are left as they are, as are those without heights.

    Parameters
    ----------
    built
        As `network_of_streets` gives it.
    mode
        With ``max_incline``, percent, and ``slower_up``.
    ground
        A `qmgis.io.sources.raster.Raster` with heights in metres.
    target
        The system of the streets.
    """
    step = max(_cell(ground, target), LEAST_STEP_M)
    count = np.maximum(np.round(built.length_m / step), 1).astype(np.int64)
    edge, place = counted(count + 1)
    spots = shapely.line_interpolate_point(
        lines_of(built.nodes, built.edges, built.bends)[edge], place / count[edge], normalized=True
    )
    height = _heights(ground, shapely.get_coordinates(spots), target)
    rise, of = np.diff(height), edge[1:]
    inside = edge[1:] == edge[:-1]
    rise, of = rise[inside], of[inside]
    run = np.maximum(built.length_m / count, 1.0)[of]
    steepest = np.full(len(count), -np.inf)
    np.fmax.at(steepest, of, np.abs(rise) / run * 100)
    known = np.isfinite(steepest)
    closed = known & ~built.incline_open & (steepest > mode.max_incline)
    counts = {**built.counts, "steep": int(closed.sum()), "no_height": int((~known).sum())}
    pace = built.pace
    if mode.slower_up:
        up = np.column_stack([_climb(rise, of, len(count)), _climb(-rise, of, len(count))])
        percent = 100 * up / np.maximum(built.length_m, 1.0)[:, None]
        pace = pace * (1 + mode.slower_up * np.where((known & ~built.incline_open)[:, None], percent, 0.0))
    return _without(replace(built, pace=pace, counts=counts), closed)


def _without(built: Built, closed: np.ndarray) -> Built:
    """Return the streets that are not closed; nobody joins one that is."""
    kept, between = ~closed, np.diff(built.bends.offset)
    bends = Bends(built.bends.points[np.repeat(kept, between)], np.append(0, np.cumsum(between[kept])))
    arrays = ("edges", "length_m", "passable", "pace", "way", "incline_open")
    return replace(built, bends=bends, **{name: getattr(built, name)[kept] for name in arrays})


def _climb(rise: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(of, np.nan_to_num(np.maximum(rise, 0.0)), count)


def _cell(ground: Any, target: str) -> float:
    """Return the side of a cell in metres, in the middle of the raster."""
    rows, columns = ground.values.shape
    x, y = ground.transform @ (np.array([columns / 2, columns / 2 + 1]), np.array([rows / 2, rows / 2]))
    east, north = pyproj.Transformer.from_crs(ground.crs or target, target, always_xy=True).transform(x, y)
    side = float(np.hypot(np.diff(east)[0], np.diff(north)[0]))
    return side if np.isfinite(side) else LEAST_STEP_M


def _heights(ground: Any, xy: np.ndarray, target: str) -> np.ndarray:
    """Return the heights at points, between the middles of the four cells around; NaN where one of them has none."""
    change = pyproj.Transformer.from_crs(target, ground.crs or target, always_xy=True)
    columns, rows = ~ground.transform @ tuple(np.asarray(axis) for axis in change.transform(*xy.T))
    column, row = np.asarray(columns) - 0.5, np.asarray(rows) - 0.5
    size = ground.values.shape
    with np.errstate(invalid="ignore"):
        within = (column >= 0) & (row >= 0) & (column <= size[1] - 1) & (row <= size[0] - 1)
    found = np.full(len(xy), np.nan)
    column, row = column[within], row[within]
    left, top = np.minimum(column.astype(np.int64), size[1] - 2), np.minimum(row.astype(np.int64), size[0] - 2)
    right, low = column - left, row - top
    upper = ground.values[top, left] * (1 - right) + ground.values[top, left + 1] * right
    lower = ground.values[top + 1, left] * (1 - right) + ground.values[top + 1, left + 1] * right
    found[within] = upper * (1 - low) + lower * low
    return found
