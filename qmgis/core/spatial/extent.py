"""What a map frames: the box around shapes, without the few that lie far away from all others."""

from __future__ import annotations

import numpy as np
import shapely

__all__ = ["framed"]

FEW = 0.05
TIMES = 3.0


def framed(shapes: np.ndarray) -> np.ndarray:
    """Return which shapes a map begins with: all but a few far ones, such as an island that belongs to a harbour city.

    Far is a shape whose distance from the middle is more than three times that of 95 % of the shapes, and which lies
    farther off their box than the box is long. Where 20 or fewer shapes are given, all are framed.

    Parameters
    ----------
    shapes
        Geometries of one metric reference system; empty and missing ones are not framed.

    Returns
    -------
    numpy.ndarray
        A boolean for each shape.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> city = [shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)]
    >>> framed(np.array([*city, shapely.box(-90, 60, -89, 61)])).sum()
    np.int64(25)
    """
    boxes = shapely.bounds(shapes)
    there: np.ndarray = np.isfinite(boxes).all(axis=1)
    if there.sum() * FEW <= 1:
        return there
    centres = np.column_stack([boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1)])
    away = np.linalg.norm(centres - np.median(centres[there], axis=0), axis=1)
    near = there & (away <= TIMES * np.quantile(away[there], 1 - FEW, method="lower"))
    west, south = boxes[near, :2].min(axis=0)
    east, north = boxes[near, 2:].max(axis=0)
    off = shapely.distance(shapely.box(west, south, east, north), shapely.box(*boxes.T))
    kept: np.ndarray = there & (near | (off <= max(east - west, north - south)))
    return kept
