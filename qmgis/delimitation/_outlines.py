"""Outlines that somebody drew or uploaded: in the city's system, sound, inside the city; else what is wrong."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from qmgis.coverage import amount
from qmgis.errors import CrsError, DataError
from qmgis.i18n import number
from qmgis.model import AreaLayer, Text, words

__all__ = ["BEYOND", "beyond", "checked_outlines", "whole_areas"]

BEYOND = 0.01  # share of an outline that may lie outside the city's areas unsaid


def checked_outlines(outlines: gpd.GeoDataFrame, areas: AreaLayer) -> gpd.GeoDataFrame:
    """Return outlines in the reference system of the areas, their names as text in the index ``option``.

    Raises
    ------
    CrsError
        Nothing says in which reference system the outlines are.
    DataError
        No outline at all; or what is wrong with each: no polygon, it touches or crosses itself, it lies outside the
        city or where its reference system has no place, a name twice; one sentence each.

    Examples
    --------
    >>> shapes = toy_areas().frame.geometry.iloc[[0, 1]].buffer(50).to_crs(4326)
    >>> drawn = gpd.GeoDataFrame(geometry=shapes.set_axis(["A", "B"]))
    >>> checked_outlines(drawn, toy_areas()).index.tolist()
    ['A', 'B']
    """
    if outlines.crs is None:
        raise CrsError(
            "Nothing says in which reference system the outlines are; set it, such as EPSG:4326 for GeoJSON "
            "or a .prj file beside a shapefile.",
            de="Nichts sagt, in welchem Koordinatensystem die Umrisse liegen; angeben, etwa EPSG:4326 bei GeoJSON "
            "oder eine .prj-Datei beim Shapefile.",
        )
    if outlines.empty:
        raise DataError(
            "There is no outline to look at; draw one, or choose a proposal.",
            de="Es gibt keinen Umriss; einen zeichnen oder einen Vorschlag wählen.",
        )
    metric = gpd.GeoDataFrame(geometry=outlines.geometry.to_crs(areas.frame.crs))
    metric.index = outlines.index.astype("str").rename("option")
    faults = _faults(metric, areas)
    if faults:
        raise DataError(" ".join(one.en for one in faults), de=" ".join(one.de for one in faults))
    return metric


def beyond(metric: gpd.GeoDataFrame, areas: AreaLayer) -> list[Text]:
    """Return a sentence for each outline of which more than a sliver lies outside the city's areas."""
    said = []
    for name, share in zip(metric.index, 1 - _inside(metric, areas), strict=True):
        if share > BEYOND:
            both = amount(100 * share)
            said.append(words("delimitation.warning_beyond", name=name, share=Text(f"{both.de} %", f"{both.en}%")))
    return said


def whole_areas(outlines: gpd.GeoDataFrame, areas: AreaLayer) -> dict[str, tuple[str, ...]]:
    """Return the areas of which more than half of the land lies in each outline, ascending; none where there is none.

    Only land counts, so that what comes out tells nothing of where people live.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(geometry=toy_areas().frame.geometry.iloc[[9]].buffer(60).set_axis(["mine"]))
    >>> whole_areas(drawn, toy_areas()) == {"mine": (toy_areas().frame.index[9],)}
    True
    """
    metric = checked_outlines(outlines, areas)
    own, others = np.asarray(metric.geometry.array, dtype=object), np.asarray(areas.frame.geometry.array)
    one, other = shapely.STRtree(others).query(own, predicate="intersects")
    inside = shapely.area(shapely.intersection(own[one], others[other])) > 0.5 * shapely.area(others[other])
    ids = areas.frame.index.astype("str")
    return {str(name): tuple(sorted(ids[other[inside & (one == number)]])) for number, name in enumerate(metric.index)}


def _faults(metric: gpd.GeoDataFrame, areas: AreaLayer) -> list[Text]:
    shapes = np.asarray(metric.geometry.array, dtype=object)
    found = [words("delimitation.outline_twice", name=name) for name in metric.index[metric.index.duplicated()]]
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    flat = there & np.isin(shapely.get_type_id(shapes), (3, 6))
    found += [words("delimitation.outline_none", name=name) for name in metric.index[~flat]]
    nowhere = flat & ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    found += [words("delimitation.outline_nowhere", name=name) for name in metric.index[nowhere]]
    flat &= ~nowhere
    sound = flat & shapely.is_valid(shapes)
    for name, shape in zip(metric.index[flat & ~sound], shapes[flat & ~sound], strict=True):
        found.append(words("delimitation.outline_faulty", name=name, spot=_spot(shape)))
    usable = metric[sound]
    away = usable.index[_inside(usable, areas) <= 1e-9]
    return found + [words("delimitation.outline_outside", name=name) for name in away]


def _spot(shape: shapely.Geometry) -> Text:
    """Return where a shape meets itself, in metres east and north."""
    place = str(shapely.is_valid_reason(shape)).partition("[")[2].rstrip("]").split()
    numbers = [[number(float(one), lang, digits=1) for one in place] for lang in ("de", "en")]
    return Text("; ".join(numbers[0]), "; ".join(numbers[1]))


def _inside(metric: gpd.GeoDataFrame, areas: AreaLayer) -> np.ndarray:
    """Return which share of each outline lies in the city's areas."""
    own, others = np.asarray(metric.geometry.array, dtype=object), np.asarray(areas.frame.geometry.array)
    one, other = shapely.STRtree(others).query(own, predicate="intersects")
    common = shapely.area(shapely.intersection(own[one], others[other]))
    return np.asarray(np.bincount(one, weights=common, minlength=len(own)) / shapely.area(own))
