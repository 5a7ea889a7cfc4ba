"""Where people live, by whole units: those of a unit with few people count with one beside it in the same area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.model import AreaLayer, ResidentLayer
from qmgis.model.where import area_of

__all__ = ["people_by_unit", "unit_of"]


def people_by_unit(
    areas: AreaLayer, residents: ResidentLayer, units: Sequence[AreaLayer], *, min_base: int,
    versions: Sequence[AreaLayer] = (), outlines: Sequence[shapely.Geometry] = (),
) -> ResidentLayer:  # fmt: skip
    """Return where people live with one point for those of a unit; fewer than ``min_base`` count with others beside.

    Whatever is counted of these points, in any outline, is a sum of points of ``min_base`` people or more, and so is
    every difference. Fewer go to the nearest point on the same side of all ``versions`` and ``outlines``, or else in
    the same area; in an area of fewer than ``min_base`` people these stay together. Everybody counts once.

    Parameters
    ----------
    areas, residents
        Areas of the city, and where people live; who lives outside the areas is left out.
    units
        Every layer of units that the same people may ask for; people in a street count with the nearest unit.
    min_base
        Least people of a point.
    versions
        Other versions of the areas that are asked about.
    outlines
        Outlines that are told of, such as programme areas.

    Examples
    --------
    >>> blocks, people = toy_areas(), toy_residents()
    >>> found = people_by_unit(blocks, people, [blocks], min_base=10)
    >>> bool(found.frame["residents"].sum() == people.frame["residents"].sum()), len(found.frame) <= len(blocks.frame)
    (True, True)
    """
    where, lived = area_of(areas, residents), residents.frame["residents"].to_numpy(dtype=float)
    kept = np.flatnonzero((where >= 0) & (lived > 0))
    points = np.asarray(residents.frame.geometry.array, dtype=object)[kept]
    own = [unit_of(layer, points) for layer in units]
    told = [area_of(one, residents)[kept] for one in versions] + [_within(points, shape) for shape in outlines]
    cells, cell = np.unique(np.column_stack([where[kept], *own, *told]), axis=0, return_inverse=True)
    shapes = [np.asarray(layer.frame.geometry.array, dtype=object) for layer in units]
    fits = np.logical_and.reduce(
        [shapely.contains_properly(one[at], points) for one, at in zip(shapes, own, strict=True)]
    )
    spots, inner = _spots(points, lived[kept], cell.ravel(), fits=fits)
    shapes.insert(0, np.asarray(areas.frame.geometry.array, dtype=object))
    for number in np.flatnonzero(~inner):
        common = [one[at] for one, at in zip(shapes, cells[number, : len(shapes)], strict=True)]
        spots[number], inner[number] = _inside(common)
    people = np.bincount(cell.ravel(), weights=lived[kept], minlength=len(cells))
    sides = cells[:, 1 + len(units) :]
    for group in (np.column_stack([cells[:, :1], sides]), np.column_stack([cells[:, :1], sides[:, len(versions) :]]),
                  cells[:, :1]):  # fmt: skip
        _settle(people, spots, group, inner=inner, min_base=min_base)
    return _layer(residents, spots, people)


def unit_of(units: AreaLayer, points: np.ndarray) -> np.ndarray:
    """Return the number of the unit that each point lies in, or of the nearest one.

    Examples
    --------
    >>> unit_of(toy_areas(), toy_areas().frame.geometry.iloc[[2, 0]].centroid.to_numpy()).tolist()
    [2, 0]
    """
    shapes = np.asarray(units.frame.geometry.array, dtype=object)
    found = np.full(len(points), len(shapes), dtype=np.int64)
    unit, point = shapely.STRtree(points).query(shapes, predicate="intersects")
    np.minimum.at(found, point, unit)
    beside = np.flatnonzero(found == len(shapes))
    if len(beside):
        found[beside] = shapely.STRtree(shapes).nearest(points[beside])
    return found


def _within(points: np.ndarray, shape: shapely.Geometry) -> np.ndarray:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects(shape, points)).astype(np.int64)


def _spots(
    points: np.ndarray, people: np.ndarray, cell: np.ndarray, *, fits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each cell the point with most people, one that ``fits`` first, and whether it does."""
    order = np.lexsort((np.arange(len(cell)), -people, ~fits, cell))
    first = order[np.unique(cell[order], return_index=True)[1]]
    return points[first].copy(), fits[first].copy()


def _inside(shapes: Sequence[shapely.Geometry]) -> tuple[shapely.Geometry, bool]:
    """Return a point in all of some shapes, and True; where they have no land in common, one in the second."""
    common = shapes[0]
    for shape in shapes[1:]:
        common = shapely.intersection(common, shape)
    is_land = shapely.area(common) > 0
    return shapely.point_on_surface(common if is_land else shapes[1]), bool(is_land)


def _settle(people: np.ndarray, spots: np.ndarray, group: np.ndarray, *, inner: np.ndarray, min_base: int) -> None:
    """Move the people of points with few, the fewest first, to the nearest point with people of the same group."""
    number = np.unique(group, axis=0, return_inverse=True)[1].ravel()
    few = (people > 0) & ((people < min_base) | ~inner)
    xy = shapely.get_coordinates(spots)
    for one in np.unique(number[few]):
        there = np.flatnonzero((number == one) & (people > 0))
        while len(there) > 1:
            small = there[(people[there] < min_base) | ~inner[there]]
            if not len(small):
                break
            moved = small[np.lexsort((small, people[small]))[0]]
            others = there[(there != moved) & inner[there]]
            if not len(others):
                break
            nearest = others[np.lexsort((others, np.hypot(*(xy[others] - xy[moved]).T)))[0]]
            people[nearest] += people[moved]
            people[moved] = 0.0
            there = there[there != moved]


def _layer(residents: ResidentLayer, spots: np.ndarray, people: np.ndarray) -> ResidentLayer:
    held = np.flatnonzero(people > 0)
    index = pd.Index([str(number) for number in held], name="origin", dtype="str")
    frame = gpd.GeoDataFrame({"residents": people[held]}, geometry=spots[held], index=index, crs=residents.frame.crs)
    return replace(residents, frame=frame, addresses=None)
