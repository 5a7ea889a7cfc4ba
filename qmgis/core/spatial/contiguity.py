"""Pairs of areas that touch: shared corners prove most of them cheaply, geometry decides about the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

__all__ = ["BORDER_SNAPS", "Pairs", "queen_pairs", "rook_pairs", "valid", "windows"]

Pairs = tuple[np.ndarray, np.ndarray]

# Two borders that meet at a corner stay within the snapping distance for a while; only more than this many of it is a
# border (1 m for the usual centimetre, met by borders that part at less than 0.6 degrees).
BORDER_SNAPS = 100.0
# Pairs from which on two threads are worth their while.
MANY = 2_000
# Rows an area that are enough to prove most of its pairs.
ENOUGH = 30
# Rows that are worked on at a time.
BLOCK = 65_536
# Odd constants of the multiplicative hash; a collision costs time, never a wrong pair.
HASH = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)


def queen_pairs(shapes: np.ndarray, *, snap_m: float) -> Pairs:
    """Return the pairs of areas that share a border or a corner, each once, the lower number first.

    Parameters
    ----------
    shapes
        Polygons and multipolygons, shape (n,), in metres.
    snap_m
        Areas this near are taken as touching, also where they overlap; 0 asks for touching in the strict sense
        (a common point, no common inside).

    Examples
    --------
    >>> squares = shapely.box([0, 1, 3], 0, [1, 2, 4], 1)
    >>> [numbers.tolist() for numbers in queen_pairs(squares, snap_m=0.0)]
    [[0], [1]]
    """
    first, second = _candidates(shapes, snap_m)
    if snap_m == 0.0:
        touching = _asked(shapely.touches, shapes, first, second)
        return first[touching], second[touching]
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    proved = _among(_met((corners[:, 0], corners[:, 1]), owner, len(shapes)), first * len(shapes) + second)
    rest = np.flatnonzero(~proved)
    proved[rest] = _asked(lambda a, b: shapely.dwithin(a, b, snap_m), shapes, first[rest], second[rest])
    return first[proved], second[proved]


def rook_pairs(shapes: np.ndarray, *, snap_m: float) -> Pairs:
    """Return the pairs of areas that share a border of positive length, each once, the lower number first.

    Parameters
    ----------
    shapes, snap_m
        As in `queen_pairs`; borders that do not match exactly count from 100 times ``snap_m`` on.

    Examples
    --------
    >>> squares = shapely.box([0, 1, 1], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    >>> [numbers.tolist() for numbers in rook_pairs(squares, snap_m=0.01)]
    [[0, 1], [1, 2]]
    """
    if snap_m == 0.0:
        first, second = _candidates(shapes, 0.0)
        border = _asked(lambda a, b: shapely.relate_pattern(a, b, "F***1****"), shapes, first, second)
        return first[border], second[border]
    first, second = _candidates(shapes, snap_m)
    ends, owner = _sides(shapes)
    border = _among(_met(ends, owner, len(shapes)), first * len(shapes) + second)
    touching = border.copy()
    rest = np.flatnonzero(~border)
    touching[rest] = _asked(lambda a, b: shapely.dwithin(a, b, snap_m), shapes, first[rest], second[rest])
    first, second, border = first[touching], second[touching], border[touching]
    rest = np.flatnonzero(~border)
    border[rest] = _asked(lambda a, b: shapely.relate_pattern(a, b, "F***1****"), shapes, first[rest], second[rest])
    rest = np.flatnonzero(~border)
    border[rest] = _beside(shapes, first[rest], second[rest], snap_m)
    return first[border], second[border]


def windows(shapes: np.ndarray, first: np.ndarray, second: np.ndarray, *, margin_m: float) -> np.ndarray:
    """Return the boxes in which two areas can meet: west, south, east, north, shape (m, 4)."""
    bounds = shapely.bounds(shapes)
    a, b = bounds[first], bounds[second]
    low, high = np.maximum(a[:, :2], b[:, :2]) - margin_m, np.minimum(a[:, 2:], b[:, 2:]) + margin_m
    return np.column_stack([np.minimum(low, high), np.maximum(low, high)])


def valid(shapes: np.ndarray) -> np.ndarray:
    """Return which shapes are valid, asked in two threads where they are many.

    Examples
    --------
    >>> valid(np.array([shapely.box(0, 0, 1, 1), shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])])).tolist()
    [True, False]
    """
    if len(shapes) <= MANY:
        return np.asarray(shapely.is_valid(shapes))
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(shapely.is_valid, np.array_split(shapes, 2))))


def _candidates(shapes: np.ndarray, margin_m: float) -> Pairs:
    """Return the pairs whose boxes meet, sorted by the first."""
    west, south, east, north = shapely.bounds(shapes).T
    boxes = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    first, second = shapely.STRtree(shapes).query(boxes)
    once = first < second
    return first[once], second[once]


def _asked(question: Callable[..., object], shapes: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the answer of a predicate for each pair, with the first areas prepared meanwhile.

    Pairs are sorted by the first area. Many are shared among two threads, never those of one area: its preparation is
    not made for two at a time.
    """
    if not len(first):
        return np.zeros(0, dtype=bool)
    left, right = shapes[first], shapes[second]
    fresh = left[~shapely.is_prepared(left)]
    shapely.prepare(fresh)
    middle = int(np.searchsorted(first, first[len(first) // 2])) if len(first) > MANY else 0
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda part: question(left[part], right[part]), (slice(0, middle), slice(middle, None)))
        answer = np.concatenate([np.asarray(part, dtype=bool) for part in parts])
    shapely.destroy_prepared(fresh)
    return answer


def _met(columns: tuple[np.ndarray, ...], owner: np.ndarray, count: int) -> np.ndarray:
    """Return pairs of owners (lower number times ``count`` plus the higher) that have an equal row in ``columns``.

    Two passes through a table in which the last row of each slot stays: every pair found is right, some are missed.
    Where areas have many rows a part of them, the same of all areas, proves nearly as many pairs. Block by block, for
    fresh memory costs more than the arithmetic.
    """
    few = len(owner) // (max(count, 1) * ENOUGH)
    if few > 1:
        some = np.flatnonzero(_mixed(columns[:1]) < np.uint64(2**64 // few))
        columns, owner = tuple(column[some] for column in columns), owner[some]
    bits = max(len(owner), 2).bit_length() + 1
    table = np.zeros(1 << bits, dtype=np.int32)
    blocks = [np.arange(at, min(at + BLOCK, len(owner)), dtype=np.int32) for at in range(0, len(owner), BLOCK)]
    for rows in blocks:
        table[_slots(columns, rows, bits)] = rows
    keys = [np.zeros(0, dtype=np.int64)]
    for rows in blocks:
        last = table[_slots(columns, rows, bits)]
        one, other = owner[rows], owner[last]
        met = one != other
        for column in columns:
            met &= column[rows] == column[last]
        key = (np.minimum(one, other) * count + np.maximum(one, other))[met]
        keys.append(key[np.flatnonzero(np.diff(key, prepend=-1))])
    return np.asarray(np.unique(np.concatenate(keys)))


def _among(ascending: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return which keys are in the ascending list."""
    if not len(ascending):
        return np.zeros(len(keys), dtype=bool)
    at = np.searchsorted(ascending, keys)
    return np.asarray(ascending[np.minimum(at, len(ascending) - 1)] == keys)


def _slots(columns: tuple[np.ndarray, ...], rows: np.ndarray, bits: int) -> np.ndarray:
    """Return the slot of each row; equal rows have the same."""
    block = slice(rows[0], rows[-1] + 1)
    mixed = _mixed(tuple(column[block] + 0.0 for column in columns))  # + 0.0: the two zeros are one
    return (mixed >> np.uint64(64 - bits)).view(np.int64)


def _mixed(columns: tuple[np.ndarray, ...]) -> np.ndarray:
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column, factor in zip(columns, HASH, strict=False):
        mixed = (mixed ^ (column.view(np.uint64) * np.uint64(factor))) * np.uint64(HASH[0])
    return mixed


def _sides(shapes: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the straight pieces of all borders, the lower end first, and the area of each."""
    parts, area = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero((ring[1:] == ring[:-1]) & (corners[1:] != corners[:-1]).any(axis=1))
    a, b = corners[start], corners[start + 1]
    turn = ((a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1])))[:, None]
    low, high = np.where(turn, b, a), np.where(turn, a, b)
    return (low[:, 0], low[:, 1], high[:, 0], high[:, 1]), area[part[ring[start]]]


def _beside(shapes: np.ndarray, first: np.ndarray, second: np.ndarray, snap_m: float) -> np.ndarray:
    """Return which pairs have borders that run beside each other, within the snapping distance."""
    window = windows(shapes, first, second, margin_m=2 * snap_m)
    size = np.hypot(window[:, 2] - window[:, 0], window[:, 3] - window[:, 1])
    beside = size > BORDER_SNAPS * snap_m
    rows = np.flatnonzero(beside)
    if len(rows):
        box = shapely.box(*window[rows].T)
        one = shapely.intersection(shapely.boundary(shapes[first[rows]]), box)
        other = shapely.buffer(shapely.intersection(shapely.boundary(shapes[second[rows]]), box), snap_m)
        beside[rows] = shapely.length(shapely.intersection(one, other)) > BORDER_SNAPS * snap_m
    return np.asarray(beside)
