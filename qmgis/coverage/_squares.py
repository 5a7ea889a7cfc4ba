"""Numbers of squares that, beside those of the areas, would give few people away."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import shapely

from qmgis.coverage._guard import NEARLY_NONE
from qmgis.model import AreaLayer, AreaResult, Secrecy

__all__ = ["guard_gaps"]

SLIVER_M2 = 1.0  # corners of squares and outlines that touch


def guard_gaps(
    squares: gpd.GeoDataFrame, areas: AreaLayer, result: AreaResult, *, secrecy: Secrecy | None = None
) -> gpd.GeoDataFrame:
    """Return squares of people not reached without the numbers that give few people away beside those of the areas.

    Whoever takes the squares inside an area from its people not reached knows those who live in the rest of it. Where
    these would be 1 to ``min_count - 1``, the smallest of the squares has no number; the same for the areas that a
    square lies in together, for all that hang together by squares, for the areas inside a square, and for the whole
    city. Squares inside an area whose people are not shown have none either.

    Parameters
    ----------
    squares
        As `gaps` gives them.
    areas, result
        The areas and the coverage of the same question as it is shown.
    secrecy
        Limits; those of DESIGN 4 by default.

    Examples
    --------
    >>> from qmgis.coverage import gaps
    >>> result = toy_outcome().coverage["kita"]
    >>> squares = gaps(toy_residents(), toy_places(), within_m=500, theme="kita", group="age_0_5", min_count=10)
    >>> len(guard_gaps(squares, toy_areas(), result)) == len(squares)
    True
    """
    if squares.empty:
        return squares
    limits = secrecy if secrecy is not None else Secrecy()
    known = result.seen["not_reached"].reindex(areas.frame.index).to_numpy(dtype=float)
    people = squares["not_reached"].to_numpy(dtype=float).copy()
    of_square, holds = _overlaps(squares, areas)
    for together in _unions(of_square, len(known)):
        inside = np.array([square for square, some in enumerate(of_square) if some and some <= together], dtype=int)
        inside = inside[np.isfinite(people[inside])]
        if not len(inside):
            continue
        if not np.isfinite(known[list(together)]).all():
            people[inside] = np.nan if len(together) == 1 else people[inside]
        elif _tells(known[list(together)].sum() - people[inside].sum(), limits):
            people[inside[people[inside].argmin()]] = np.nan
    for square, some in enumerate(holds):
        if some and _tells(people[square] - np.nansum(known[list(some)]), limits):
            people[square] = np.nan
    if np.isfinite(people).any() and _tells(result.parts["not_reached"].sum() - np.nansum(people), limits):
        people[np.nanargmin(people)] = np.nan
    return squares.assign(not_reached=people)


def _tells(rest: float, limits: Secrecy) -> bool:
    return NEARLY_NONE < rest < limits.min_count


def _overlaps(squares: gpd.GeoDataFrame, areas: AreaLayer) -> tuple[list[frozenset[int]], list[frozenset[int]]]:
    """Return for each square the areas that it lies in, and those that lie in it whole."""
    square, area = areas.frame.sindex.query(squares.geometry.array, predicate="intersects")
    one, other = squares.geometry.array[square], areas.frame.geometry.array[area]
    shared = shapely.area(shapely.intersection(one, other))
    whole = shared > shapely.area(other) - SLIVER_M2
    touches, holds = ([set[int]() for _ in range(len(squares))] for _ in range(2))
    for found, rows in ((touches, shared > SLIVER_M2), (holds, whole)):
        for number, place in zip(square[rows].tolist(), area[rows].tolist(), strict=True):
            found[number].add(place)
    return [frozenset(some) for some in touches], [frozenset(some) for some in holds]


def _unions(of_square: Iterable[frozenset[int]], areas: int) -> list[frozenset[int]]:
    """Return each area, the areas of each square together, and those that hang together by squares."""
    whole: list[frozenset[int]] = []
    for some in of_square:
        joined = [other for other in whole if other & some]
        whole = [other for other in whole if not other & some]
        whole.append(some.union(*joined))
    found = [*(frozenset([area]) for area in range(areas)), *of_square, *whole]
    return [some for some in dict.fromkeys(found) if some]
