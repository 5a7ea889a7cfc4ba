"""How unevenly groups live when what lies around an area counts too, not only the area itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy

from qmgis.core.pattern._persons import entropy_of, persons_of, two_groups
from qmgis.errors import DataError

__all__ = ["spatial_entropy", "spatial_entropy_profile", "spatial_proximity"]

RADII_M = (500.0, 1000.0, 2000.0)
_BLOCK = 4_000_000


def spatial_proximity(group: pd.Series, rest: pd.Series, *, places: pd.DataFrame, scale_m: float = 1000.0) -> float:
    """Return how much nearer people live to their own group than to everybody (White's SP); 1 is no clustering.

    Parameters
    ----------
    group, rest
        Persons of the group and all others, not negative, without gaps, shape (n,); the index are areas. Areas without
        persons are skipped.
    places
        The same index: ``x``, ``y`` of the areas' centres in metres, ``area_m2``. Nearness falls as exp(-d / scale_m);
        the mean distance inside an area is taken as the root of 0.6 times its surface.
    scale_m
        Metres over which nearness falls to 37 percent; the usual definition has kilometres.

    Raises
    ------
    DataError
        Places for other areas, a missing coordinate, a surface that is not positive, a scale that is not positive; as
        `segregation.dissimilarity` for persons.

    References
    ----------
    White, American Journal of Sociology 88, 1983, p. 1008; Massey & Denton, Social Forces 67, 1988, p. 294.

    Examples
    --------
    >>> x = pd.Series([90.0, 80, 10, 20])
    >>> places = pd.DataFrame({"x": [0.0, 1000, 2000, 3000], "y": 0.0, "area_m2": 1e6})
    >>> round(spatial_proximity(x, 100 - x, places=places), 4)
    1.2039
    """
    _positive(scale_m, "scale_m")
    matrix, there = two_groups(group, rest)
    points = _points(places, group.index, ("x", "y", "area_m2"))[there]
    inside = np.sqrt(0.6 * points[:, 2])
    columns = np.column_stack([matrix, matrix.sum(axis=1)])
    near = np.zeros(3)
    for start in range(0, len(points), step := max(_BLOCK // len(points), 1)):
        rows = slice(start, start + step)
        apart = np.hypot(points[rows, None, 0] - points[:, 0], points[rows, None, 1] - points[:, 1])
        apart[np.arange(len(apart)), np.arange(start, start + len(apart))] = inside[rows]
        near += (columns[rows] * (np.exp(-apart / scale_m) @ columns)).sum(axis=0)
    total = columns.sum(axis=0)
    mean = near / total**2
    return float((total[0] * mean[0] + total[1] * mean[1]) / (total[2] * mean[2]))


def spatial_entropy(counts: pd.DataFrame, *, places: pd.DataFrame, radius_m: float) -> float:
    """Return by how much the surroundings of people are less mixed than the city, 0 to 1 (spatial information H).

    Parameters
    ----------
    counts
        Persons, one column a group, not negative, without gaps, shape (n, g); the index are areas, or finer, addresses
        or cells of a grid. Areas and groups without persons are skipped.
    places
        The same index: ``x``, ``y`` in metres.
    radius_m
        How far surroundings reach. Who lives at distance d counts (1 - (d / radius)²)², nothing beyond.

    Raises
    ------
    DataError, NotEnoughDataError
        As `spatial_proximity`.

    References
    ----------
    Reardon & O'Sullivan, Sociological Methodology 34, 2004, p. 141.

    Examples
    --------
    >>> counts = pd.DataFrame({"group": [90.0, 10, 90, 10], "rest": [10.0, 90, 10, 90]})
    >>> places = pd.DataFrame({"x": [0.0, 300, 5000, 5300], "y": 0.0})
    >>> [round(spatial_entropy(counts, places=places, radius_m=radius), 3) for radius in (100, 1000)]
    [0.531, 0.004]
    """
    _positive(radius_m, "radius_m")
    matrix, there = persons_of(counts)
    points = _points(places, counts.index, ("x", "y"))[there]
    tree, around = scipy.spatial.cKDTree(points), np.empty_like(matrix)
    for start in range(0, len(points), 20_000):
        near = scipy.spatial.cKDTree(points[start : start + 20_000]).sparse_distance_matrix(
            tree, radius_m, output_type="coo_matrix"
        )
        near.data = (1 - (near.data / radius_m) ** 2) ** 2
        around[start : start + 20_000] = near.tocsr() @ matrix
    return entropy_of(matrix.sum(axis=1), around / around.sum(axis=1, keepdims=True), matrix.sum(axis=0))


def spatial_entropy_profile(
    counts: pd.DataFrame, *, places: pd.DataFrame, radii_m: Iterable[float] = RADII_M
) -> pd.Series:
    """Return `spatial_entropy` for several radii: large quarters keep their value, a patchwork loses it.

    Returns
    -------
    pd.Series
        Index ``radius_m``, 0 to 1.

    Examples
    --------
    >>> counts = pd.DataFrame({"group": [90.0, 80, 10, 20], "rest": [10.0, 20, 90, 80]})
    >>> places = pd.DataFrame({"x": [0.0, 300, 5000, 5300], "y": 0.0})
    >>> spatial_entropy_profile(counts, places=places).round(3).tolist()
    [0.393, 0.39, 0.39]
    """
    found = {float(radius): spatial_entropy(counts, places=places, radius_m=float(radius)) for radius in radii_m}
    return pd.Series(found, dtype=float).rename_axis("radius_m")


def _points(places: pd.DataFrame, areas: pd.Index, columns: tuple[str, ...]) -> np.ndarray:
    missing = [name for name in columns if name not in places]
    if missing or not places.index.equals(areas):
        raise DataError(
            f"Places do not fit the numbers of persons: give {', '.join(columns)} for the same areas in order.",
            de=f"Orte passen nicht zu den Personenzahlen: {', '.join(columns)} für dieselben Gebiete in derselben "
            "Reihenfolge angeben.",
        )
    points = places[list(columns)].to_numpy(dtype=float, na_value=np.nan)
    wrong = ~np.isfinite(points).all(axis=1)
    if "area_m2" in columns:
        wrong |= ~(points[:, -1] > 0)
    if wrong.any():
        named = ", ".join(str(one) for one in areas[wrong][:5])
        raise DataError(
            f"Places are missing, or have no surface, in {named} ({wrong.sum()}); give metres for every area.",
            de=f"Orte fehlen oder haben keine Fläche in {named} ({wrong.sum()}); Meter für jedes Gebiet angeben.",
        )
    return np.asarray(points)


def _positive(value: float, name: str) -> None:
    if not (np.isfinite(value) and value > 0):
        raise DataError(
            f"{name} is {value:g}; give metres above 0.", de=f"{name} ist {value:g}; Meter größer als 0 angeben."
        )
