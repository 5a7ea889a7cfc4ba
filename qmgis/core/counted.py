"""Lists of different length, one after the other: which list an entry belongs to, and which place it has there."""

from __future__ import annotations

import numpy as np

__all__ = ["counted"]


def counted(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each number as often as counted, and which time it is.

    Examples
    --------
    >>> [numbers.tolist() for numbers in counted(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    number = np.repeat(np.arange(len(counts)), counts)
    return number, np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts, counts)
