"""Normalisations over the last axis of an array, for many draws at once; the formulas of `core.normalise`."""

from __future__ import annotations

import numpy as np

__all__ = ["scaled"]

ROBUST = 1.4826


def scaled(values: np.ndarray, name: str, *, positive: bool = False) -> np.ndarray:
    """Return values normalised over the last axis, as floats; with no spread 0, or 1 where ``positive`` (1-100).

    Standard scores divide the variance by n. A robust score of a row whose values are mostly equal is a standard score.

    Examples
    --------
    >>> scaled(np.array([[1.0, 2.0, 5.0]]), "min_max").tolist()
    [[0.0, 0.25, 1.0]]
    """
    if name == "percentile_rank":
        result = _percentile(values)
    elif name == "min_max":
        least = values.min(axis=-1, keepdims=True)
        result = _divided(values - least, values.max(axis=-1, keepdims=True) - least)
    elif name == "robust_z":
        middle = values - np.median(values, axis=-1, keepdims=True)
        mad = ROBUST * np.median(np.abs(middle), axis=-1, keepdims=True)
        result = np.where(mad > 0, _divided(middle, mad), scaled(values, "z"))
    else:
        centred = values - values.mean(axis=-1, keepdims=True)
        result = _divided(centred, np.sqrt(np.square(centred).mean(axis=-1, keepdims=True)))
    return np.asarray(1 + 99 * result if positive else result)


def _divided(values: np.ndarray, spread: np.ndarray) -> np.ndarray:
    # Finite numbers over infinity are 0.
    return np.asarray(values / np.where(spread > 0, spread, np.inf))


def _percentile(values: np.ndarray) -> np.ndarray:
    rows = values.reshape(-1, values.shape[-1])
    smaller = np.empty(rows.shape)
    for number, row in enumerate(rows):
        smaller[number] = np.searchsorted(np.sort(row), row)
    return np.asarray(smaller.reshape(values.shape) / (values.shape[-1] - 1))
