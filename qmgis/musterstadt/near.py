"""Long lines and the things near them: the line is handled in short parts, so that large cities stay quick."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely

__all__ = ["is_near", "is_near_points", "parts_of", "without"]

PART_M = 240.0


def parts_of(line: shapely.LineString) -> np.ndarray:
    """Return a long line in parts of some 240 metres.

    Examples
    --------
    >>> len(parts_of(shapely.LineString([(0, 0), (1000, 0)])))
    4
    """
    corners = shapely.get_coordinates(shapely.segmentize(line, PART_M / 4))
    steps = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
    number = np.floor(steps[:-1] / PART_M).astype(int)
    starts = np.append(np.flatnonzero(np.append(True, np.diff(number) > 0)), len(corners) - 1)
    return np.array([shapely.LineString(corners[one : two + 1]) for one, two in pairwise(starts)], dtype=object)


def is_near(shapes: np.ndarray, line: shapely.LineString, metres: float) -> np.ndarray:
    """Return which shapes lie within some metres of a long line.

    Examples
    --------
    >>> is_near(shapely.points([[500.0, 5.0], [500.0, 50.0]]), shapely.LineString([(0, 0), (1000, 0)]), 10)
    array([ True, False])
    """
    return _met(shapes, parts_of(line), metres)


def is_near_points(shapes: np.ndarray, points: np.ndarray, metres: float) -> np.ndarray:
    """Return which shapes lie within some metres of any of the points."""
    return _met(shapes, points, metres)


def without(shapes: np.ndarray, line: shapely.LineString, metres: float) -> np.ndarray:
    """Return the shapes less the strip of so many metres on both sides of a long line."""
    strips = shapely.buffer(parts_of(line), metres)
    left = shapes.copy()
    shape, strip = shapely.STRtree(strips).query(shapes, predicate="intersects")
    turn = np.arange(len(shape)) - np.searchsorted(shape, shape)
    for step in range(int(turn.max()) + 1 if len(turn) else 0):
        here = turn == step
        left[shape[here]] = shapely.difference(left[shape[here]], strips[strip[here]])
    return left


def _met(shapes: np.ndarray, others: np.ndarray, metres: float) -> np.ndarray:
    met = np.zeros(len(shapes), bool)
    if len(others) and len(shapes):
        met[shapely.STRtree(others).query(shapes, predicate="dwithin", distance=metres)[0]] = True
    return met
