"""Straight-line distances."""

from __future__ import annotations

import numpy as np
import scipy

from qmgis.core.reach.access import Pairs

__all__ = ["nearest_straight", "pairs_straight"]


def nearest_straight(origins: np.ndarray, facilities: np.ndarray) -> np.ndarray:
    """Return the straight-line distance from each origin to its nearest facility; inf where there is none.

    Parameters
    ----------
    origins, facilities
        Metres, float (n, 2) and (k, 2).

    Examples
    --------
    >>> nearest_straight(np.array([[0.0, 0.0], [6.0, 0.0]]), np.array([[3.0, 4.0]])).tolist()
    [5.0, 5.0]
    """
    if not len(facilities):
        return np.full(len(origins), np.inf)
    if not len(origins):
        return np.empty(0)
    return np.asarray(scipy.spatial.cKDTree(facilities).query(origins)[0])


def pairs_straight(origins: np.ndarray, facilities: np.ndarray, *, cutoff_m: float) -> Pairs:
    """Return the straight-line distance of every origin and facility that are at most ``cutoff_m`` apart.

    Parameters
    ----------
    origins, facilities
        Metres, float (n, 2) and (k, 2); points that are missing are in no pair.
    cutoff_m
        Metres, above 0.

    Examples
    --------
    >>> found = pairs_straight(np.array([[0.0, 0.0], [60.0, 0.0]]), np.array([[3.0, 4.0]]), cutoff_m=50)
    >>> found.origin.tolist(), found.cost.tolist()
    ([0], [5.0])
    """
    here, there = (np.flatnonzero(np.isfinite(points).all(axis=1)) for points in (origins, facilities))
    if not len(here) or not len(there):
        nothing = np.empty(0, dtype=np.int64)
        return Pairs(nothing, nothing, np.empty(0), len(origins), len(facilities))
    near = scipy.spatial.cKDTree(facilities[there]).query_ball_point(
        origins[here], cutoff_m * (1 + 1e-12), return_sorted=True
    )
    origin = np.repeat(here, [len(one) for one in near])
    facility = there[np.concatenate([np.asarray(one, dtype=np.int64) for one in near])]
    metres = np.hypot(*(origins[origin] - facilities[facility]).T)
    keep = metres <= cutoff_m
    return Pairs(origin[keep], facility[keep], metres[keep], len(origins), len(facilities))
