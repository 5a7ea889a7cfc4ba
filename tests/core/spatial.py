"""What the tests of spatial statistics share: a grid city, and PySAL without its warnings and its compile time."""

from __future__ import annotations

import warnings
from functools import cache
from types import SimpleNamespace

import numba
import numpy as np
import pandas as pd
import shapely

from qmgis.core.spatial.neighbours import Neighbours, queen


@cache
def grid(side: int) -> pd.Series:
    """Square areas of 100 m; one in the middle is missing, so that degrees differ."""
    x, y = (axis.ravel() * 100.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    squares = np.delete(shapely.box(x, y, x + 100, y + 100), side * side // 2)
    return pd.Series(squares, index=pd.Index([f"{number:04d}" for number in range(len(squares))], dtype="str"))


@cache
def grid_queen(side: int) -> Neighbours:
    """The queen neighbours of the grid."""
    return queen(grid(side))


def smooth(side: int, seed: int) -> pd.Series:
    """A value that neighbours share in part."""
    found = grid_queen(side)
    noise = np.random.default_rng(seed).normal(size=len(found.ids))
    return pd.Series(noise + 0.25 * (found.matrix @ noise), index=found.ids, name="need")


@cache
def pysal() -> SimpleNamespace:
    """Give esda and libpysal, imported while numba compiles nothing: that would take half a minute."""
    compiles = numba.config.DISABLE_JIT
    numba.config.DISABLE_JIT = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import esda
            import libpysal
            from esda import crand
    finally:
        numba.config.DISABLE_JIT = compiles
    crand.boolean = bool  # numba's own is no type where nothing is compiled
    return SimpleNamespace(esda=esda, libpysal=libpysal)


def pysal_weights(found: Neighbours, *, transform: str = "o") -> object:
    """Give the same neighbours as PySAL's W."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lists = {area: found.of(area) for area in found.ids}
        start = found.matrix.indptr
        sets = {
            area: found.matrix.data[start[row] : start[row + 1]][
                np.argsort(found.matrix.indices[start[row] : start[row + 1]])
            ]
            for row, area in enumerate(found.ids)
        }
        weights = pysal().libpysal.weights.W(
            lists, {area: list(one) for area, one in sets.items()}, id_order=list(found.ids), silence_warnings=True
        )
        weights.transform = transform
    return weights
