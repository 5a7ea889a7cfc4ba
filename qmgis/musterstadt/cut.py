"""Cutting shapes across."""

from __future__ import annotations

import numpy as np
import shapely

GRID_M = 1e-5

__all__ = ["halves", "largest"]


def halves(shapes: np.ndarray, part: np.ndarray, jitter: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut each shape across its long side, at a part of its length, askew by some degrees."""
    box = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    side_a, side_b = box[:, 1] - box[:, 0], box[:, 2] - box[:, 1]
    len_a, len_b = np.hypot(*side_a.T), np.hypot(*side_b.T)
    long = np.where((len_a >= len_b)[:, None], side_a, side_b)
    reach = np.maximum(len_a, len_b)
    unit = long / reach[:, None]
    middle = box[:, :4].mean(axis=1) + unit * ((part - 0.5) * reach)[:, None]
    turn = np.deg2rad(jitter)
    unit = np.column_stack([
        np.cos(turn) * unit[:, 0] - np.sin(turn) * unit[:, 1], np.sin(turn) * unit[:, 0] + np.cos(turn) * unit[:, 1],
    ])  # fmt: skip
    side = np.column_stack([-unit[:, 1], unit[:, 0]])
    big = (2 * reach)[:, None]
    ring = np.stack([
        middle + side * big, middle - side * big, middle - side * big - unit * big, middle + side * big - unit * big,
    ], axis=1)  # fmt: skip
    one = largest(shapely.intersection(shapes, shapely.polygons(ring), grid_size=GRID_M))
    two = shapely.difference(shapes, one, grid_size=GRID_M)
    whole = shapely.get_type_id(two) == 3
    if not whole.all():
        two[~whole] = largest(two[~whole])
        one[~whole] = largest(shapely.difference(shapes[~whole], two[~whole], grid_size=GRID_M))
    return one, two


def largest(shapes: np.ndarray) -> np.ndarray:
    """Return the largest polygon of each shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((shapely.area(parts), owner))
    last = np.append(np.flatnonzero(np.diff(owner[order])), len(order) - 1)
    return np.asarray(parts[order[last]], dtype=object)
