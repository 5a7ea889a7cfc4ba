"""Outlines: what is wrong with them, and their repair on the word of the layer file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.model import Problem, Text

EXAMPLES = 5
SLIVER_M2 = 1.0  # overlaps and gaps below this many square metres are rounding
SLIVER = 0.001  # of the smaller area: overlaps up to this share are slivers; official outlines stay below 0.0001
THIN = 0.02  # 4 pi area / perimeter²; below it, an outline is a thread

__all__ = ["SLIVER_M2", "THIN", "check_areas", "check_outlines", "repair"]


def check_areas(frame: gpd.GeoDataFrame, *, file: str, id: str, with_gaps: bool = True) -> list[Problem]:
    """Return what is wrong with the outlines of areas: each kind once, with ids named (at most five).

    Looked for: no geometry, not a polygon, invalid (where and why), equal outlines, threads, overlaps, gaps.

    Parameters
    ----------
    frame
        Areas in a metric reference system.
    file
        The name for messages.
    id
        Name of the index or column with the ids.
    with_gaps
        Whether to look for gaps; blocks have streets between them.

    Examples
    --------
    >>> square = shapely.box(0, 0, 100, 100)
    >>> areas = gpd.GeoDataFrame({"id": ["1", "2"]}, geometry=[square, square], crs="EPSG:25832")
    >>> [problem.say("en") for problem in check_areas(areas, file="a.gpkg", id="id")]
    ['a.gpkg: 2 areas have the same outline as another: 1, 2. Remove one, or correct its outline.']
    """
    ids, shapes = _ids(frame, id), frame.geometry.to_numpy()
    flat, broken, problems = _outlines(ids, shapes, file)
    equal = _equal(shapes, flat)
    problems += _named("equal", ids[equal], file)
    length, area = shapely.length(shapes), shapely.area(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        thin = flat & ~broken & (4 * np.pi * area / length**2 < THIN)
    problems += _named("thin", ids[thin], file)
    good = flat & ~equal
    shapes = np.where(broken, shapely.make_valid(shapes, method="structure", keep_collapsed=False), shapes)
    return problems + _seams(ids[good], shapes[good], file, with_gaps=with_gaps)


def check_outlines(frame: gpd.GeoDataFrame, *, file: str, id: str) -> list[Problem]:
    """Return what is wrong with each outline for itself; they may lie on each other, as programme areas do.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(0, 0)], crs="EPSG:25832")
    >>> [problem.what.en for problem in check_outlines(frame, file="a.gpkg", id="id")]
    ['1 area is no polygon (Point): 1.']
    """
    return _outlines(_ids(frame, id), frame.geometry.to_numpy(), file)[2]


def _ids(frame: gpd.GeoDataFrame, id: str) -> np.ndarray:
    return np.array([str(value) for value in (frame[id] if id in frame.columns else frame.index)], dtype=object)


def _outlines(ids: np.ndarray, shapes: np.ndarray, file: str) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
    """Return which shapes are polygons, which of them are invalid, and what is told of it."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    flat = there & np.isin(shapely.get_type_id(shapes), (3, 6))
    broken = flat & ~shapely.is_valid(shapes)
    kinds = _kinds(shapes[there & ~flat])
    problems = [
        *_named("absent", ids[~there], file),
        *_named("no_polygon", ids[there & ~flat], file, de=kinds, en=kinds),
        *_invalid(ids[broken], shapes[broken], file),
    ]
    return flat, broken, problems


def _equal(shapes: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Return which outlines occur more than once."""
    equal = np.zeros(len(shapes), dtype=bool)
    keys = pd.Series(shapely.to_wkb(shapely.normalize(shapely.force_2d(shapes[flat]))), dtype=object)
    equal[flat] = keys.duplicated(keep=False).to_numpy()
    return equal


def _kinds(shapes: np.ndarray) -> str:
    """Return the kinds of geometry that occur."""
    return ", ".join(sorted({str(shape.geom_type) for shape in shapes}))


def _invalid(ids: np.ndarray, shapes: np.ndarray, file: str) -> list[Problem]:
    """Return the problem of invalid outlines, with reason and place of the first."""
    if not len(ids):
        return []
    reason = str(shapely.is_valid_reason(shapes[0]))
    why, _, place = reason.partition("[")
    spot = " ".join(f"{float(value):.7g}" for value in place.rstrip("]").split()) if place else ""
    at = f" ({why.strip()}, {spot})" if spot else f" ({why.strip()})"
    return _named("invalid", ids, file, de=at, en=at)


def _seams(ids: np.ndarray, shapes: np.ndarray, file: str, *, with_gaps: bool) -> list[Problem]:
    """Return overlaps and gaps between valid outlines."""
    if len(shapes) < 2:
        return []
    shapes = shapely.force_2d(shapes)
    fits = shapely.coverage_is_valid(shapes)
    found = [] if fits else _overlaps(ids, shapes, file)
    if not with_gaps:
        return found
    whole = shapely.coverage_union_all(shapes) if fits else shapely.union_all(shapes)
    return found + _gaps(ids, shapes, whole, file)


def _overlaps(ids: np.ndarray, shapes: np.ndarray, file: str) -> list[Problem]:
    """Return overlaps that are more than rounding, and those that are slivers."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    pairs = np.column_stack([left, right])[left < right]
    pairs = pairs[~shapely.touches(shapes[pairs[:, 0]], shapes[pairs[:, 1]])]
    area = shapely.area(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    smaller = np.minimum(shapely.area(shapes[pairs[:, 0]]), shapely.area(shapes[pairs[:, 1]]))
    order = np.argsort(-area, kind="stable")
    pairs, area, smaller = pairs[order], area[order], smaller[order]
    real = area > np.maximum(SLIVER_M2, SLIVER * smaller)
    slivers = (area > SLIVER_M2) & ~real
    problems = []
    for kind, chosen in (("overlap", real), ("overlap_sliver", slivers)):
        names = np.array([f"{ids[a]}/{ids[b]}" for a, b in pairs[chosen]], dtype=object)
        problems += _named(kind, names, file, **_square_metres(area[chosen]))
    return problems


def _gaps(ids: np.ndarray, shapes: np.ndarray, whole: shapely.Geometry, file: str) -> list[Problem]:
    """Return holes in the ``whole`` of the areas, named by an area beside each."""
    parts = shapely.get_parts(whole)
    holes = [shapely.Polygon(ring) for part in parts for ring in shapely.get_rings(part)[1:]]
    holes = [hole for hole in holes if hole.area > SLIVER_M2]
    if not holes:
        return []
    holes.sort(key=lambda hole: -hole.area)
    tree = shapely.STRtree(shapes)
    beside = tree.nearest([hole.boundary for hole in holes])
    names = np.array([str(ids[place]) for place in beside], dtype=object)
    return _named("gap", names, file, **_square_metres(np.array([hole.area for hole in holes])))


def _square_metres(area: np.ndarray) -> dict[str, str]:
    """Return the sum of areas in both languages."""
    text = f"{area.sum():,.0f}"
    return {"de": text.replace(",", "."), "en": text}


_FAULTS: dict[str, tuple[Literal["error", "warning", "note"], Text, Text, Text]] = {
    "absent": (
        "error",
        Text(de="1 Gebiet hat keinen Umriss", en="1 area has no outline"),
        Text(de="{count} Gebiete haben keinen Umriss", en="{count} areas have no outline"),
        Text(de="Umriss ergänzen oder mit where auslassen.", en="Add the outline, or leave it out with where."),
    ),
    "no_polygon": (
        "error",
        Text(de="1 Gebiet ist keine Fläche ({more})", en="1 area is no polygon ({more})"),
        Text(de="{count} Gebiete sind keine Flächen ({more})", en="{count} areas are no polygons ({more})"),
        Text(de="Nur Flächen als Gebiete angeben.", en="Give only polygons as areas."),
    ),
    "invalid": (
        "error",
        Text(de="1 Umriss ist ungültig{more}", en="1 outline is invalid{more}"),
        Text(de="{count} Umrisse sind ungültig{more}", en="{count} outlines are invalid{more}"),
        Text(de="Die Datei berichtigen oder repair = true angeben.", en="Correct the file, or say repair = true."),
    ),
    "equal": (
        "error",
        Text(de="1 Gebiet hat denselben Umriss wie ein anderes", en="1 area has the same outline as another"),
        Text(
            de="{count} Gebiete haben denselben Umriss wie ein anderes",
            en="{count} areas have the same outline as another",
        ),
        Text(de="Eines entfernen oder seinen Umriss berichtigen.", en="Remove one, or correct its outline."),
    ),
    "thin": (
        "warning",
        Text(de="1 Umriss ist nur ein dünner Streifen", en="1 outline is a thin thread"),
        Text(de="{count} Umrisse sind nur dünne Streifen", en="{count} outlines are thin threads"),
        Text(de="Prüfen, ob das Gebiete sind.", en="Check whether these are areas."),
    ),
    "overlap": (
        "error",
        Text(
            de="1 Paar von Gebieten überlappt sich, zusammen {more} m²",
            en="1 pair of areas overlaps, {more} m² in all",
        ),
        Text(
            de="{count} Paare von Gebieten überlappen sich, zusammen {more} m²",
            en="{count} pairs of areas overlap, {more} m² in all",
        ),
        Text(
            de="Wer dort wohnt, würde doppelt gezählt; die Umrisse berichtigen.",
            en="Whoever lives there would be counted twice; correct the outlines.",
        ),
    ),
    "overlap_sliver": (
        "note",
        Text(
            de="1 Paar von Gebieten überlappt sich um einen schmalen Splitter, zusammen {more} m²",
            en="1 pair of areas overlaps by a sliver, {more} m² in all",
        ),
        Text(
            de="{count} Paare von Gebieten überlappen sich um schmale Splitter, zusammen {more} m²",
            en="{count} pairs of areas overlap by slivers, {more} m² in all",
        ),
        Text(de="", en=""),
    ),
    "gap": (
        "note",
        Text(
            de="1 Lücke zwischen den Gebieten, zusammen {more} m², neben",
            en="1 gap between the areas, {more} m² in all, beside",
        ),
        Text(
            de="{count} Lücken zwischen den Gebieten, zusammen {more} m², neben",
            en="{count} gaps between the areas, {more} m² in all, beside",
        ),
        Text(de="", en=""),
    ),
}


def _named(fault: str, names: Sequence[str] | np.ndarray, file: str, *, de: str = "", en: str = "") -> list[Problem]:
    """Return the problem of one kind with examples, or none."""
    if not len(names):
        return []
    level, one, many, remedy = _FAULTS[fault]
    text = one if len(names) == 1 else many
    listed = ": " + ", ".join(list(names[:EXAMPLES])) + (", …" if len(names) > EXAMPLES else "") + "."
    what = Text(
        de=text.de.format(count=len(names), more=de) + listed, en=text.en.format(count=len(names), more=en) + listed
    )
    return [Problem(level, what, file=file, remedy=remedy)]


def repair(frame: gpd.GeoDataFrame, *, file: str = "", id: str = "") -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the frame with invalid outlines rebuilt, and a note on each with its area before and after.

    Parts that are no polygons (lines and points left over) are dropped. The argument is not changed.

    Parameters
    ----------
    frame
        Areas, in a metric system if the areas in the notes are to be square metres.
    file
        The name for messages.
    id
        Name of the index or column with the ids; the index where it is empty.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    >>> mended, notes = repair(gpd.GeoDataFrame(geometry=[bow], crs="EPSG:25832"), file="a.shp")
    >>> bool(mended.is_valid.all()), notes[0].say("en")
    (True, 'a.shp: 0 repaired (Self-intersection): 0 m² before, 50 m² after.')
    """
    shapes = frame.geometry.to_numpy()
    broken = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_valid(shapes)))
    if not len(broken):
        return frame, []
    ids = frame[id] if id in frame.columns else frame.index
    mended = shapes.copy()
    problems = []
    for place in broken:
        old = shapes[place]
        mended[place] = _polygons(shapely.make_valid(old, method="structure", keep_collapsed=False))
        why = str(shapely.is_valid_reason(old)).partition("[")[0].strip()
        before, after = f"{old.area:,.0f}", f"{mended[place].area:,.0f}"
        name = str(list(ids)[place])
        what = Text(
            de=f"{name} repariert ({why}): {before.replace(',', '.')} m² vorher, {after.replace(',', '.')} m² nachher.",
            en=f"{name} repaired ({why}): {before} m² before, {after} m² after.",
        )
        problems.append(Problem("note", what, file=file))
    return frame.set_geometry(gpd.GeoSeries(mended, index=frame.index, crs=frame.crs)), problems


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape, as one valid shape (GEOS leaves parts that share an edge now and then)."""
    if shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid:
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()
