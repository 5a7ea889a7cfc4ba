"""Straight-line distances."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

__all__ = ["nearest_straight"]


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
    return np.asarray(cKDTree(facilities).query(origins)[0])
