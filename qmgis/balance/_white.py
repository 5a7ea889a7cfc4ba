"""White spots: parts of programme areas without a measure of a field, and how many people live there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.model import AreaLayer, Secrecy, codes_in

__all__ = ["COUNTING", "PART_COLUMNS", "SPOT_COLUMNS", "parts_of", "white_spots"]

# What is not yet agreed, or is given up, does not fill a spot.
COUNTING = ("planned", "approved", "running", "suspended", "completed", "handed_over")
PART_COLUMNS = ["part", "programme_area", "area", "name", "residents", "state", "geometry"]
SPOT_COLUMNS = [
    "field", "part", "programme_area", "area", "name", "residents", "state", "distance_m", "nearest", "area_wide",
    "white", "geometry",
]  # fmt: skip
SLIVER = 0.01


def parts_of(
    outlines: gpd.GeoSeries,
    areas: AreaLayer,
    *,
    people: gpd.GeoDataFrame | None = None,
    guard: gpd.GeoSeries | None = None,
    secrecy: Secrecy | None = None,
) -> gpd.GeoDataFrame:
    """Return the parts of programme areas that lie in one area each, with the residents that may be told.

    Parts below 1 % of their area are drawing, and left out. Outlines, those of other days too, cut an area into pieces;
    where one of them has 1 to ``min_base - 1`` residents, no number of that area is told. Where what is hidden of a
    programme area is one part, or has fewer together, the next smallest part is hidden too.

    Parameters
    ----------
    outlines
        Programme areas by id.
    areas
        The areas that divide them, in the same reference system.
    people
        Points with a column ``residents``; without them nothing is known of residents.
    guard
        All outlines that numbers are told of, on any day; by default those of ``outlines``.

    Returns
    -------
    gpd.GeoDataFrame
        One row a part: ``part`` (id), ``programme_area``, ``area``, ``name``, ``residents`` (missing where not told),
        ``state`` (``ok``, ``missing``, ``too_small``), ``geometry``.

    Examples
    --------
    >>> parts_of(toy_programme().frame.geometry, toy_areas())["state"].unique().tolist()
    ['missing']
    """
    own, other = areas.frame.geometry.to_numpy(), outlines.to_numpy()
    limits = secrecy if secrecy is not None else Secrecy()
    spot, area = shapely.STRtree(own).query(other, predicate="intersects")
    shapes = shapely.intersection(own[area], other[spot])
    kept = shapely.area(shapes) > SLIVER * shapely.area(own[area])
    spot, area, shapes = spot[kept], area[kept], shapes[kept]
    units, homes = areas.frame.index[area].astype(str), outlines.index[spot].astype(str)
    frame = gpd.GeoDataFrame(
        {
            "part": [f"{home}/{unit}" for home, unit in zip(homes, units, strict=True)],
            "programme_area": np.asarray(homes, dtype=object),
            "area": np.asarray(units, dtype=object),
            "name": areas.frame["name"].iloc[area].astype(object).to_numpy(),
        },
        geometry=shapes,
        crs=outlines.crs,
    )
    if people is None:
        return frame.assign(residents=np.nan, state="missing")[PART_COLUMNS]
    unit = _first(own, people)
    inside = _inside(unit, other, people, pairs=(spot, area))
    small = np.isin(area, _cut_small(unit, (guard if guard is not None else outlines).to_numpy(), people, limits))
    few = _more(small, inside, frame["programme_area"].to_numpy(), limits.min_base)
    state = np.where(np.isnan(inside), "missing", np.where(few, "too_small", "ok"))
    return frame.assign(residents=np.where(state == "ok", inside, np.nan), state=state)[PART_COLUMNS]


def _first(shapes: np.ndarray, people: gpd.GeoDataFrame) -> np.ndarray:
    """Return the place of the shape that each point lies in, the first on a border; -1 in none."""
    shape, point = shapely.STRtree(people.geometry.to_numpy()).query(shapes, predicate="intersects")
    found = np.full(len(people), len(shapes))
    np.minimum.at(found, point, shape)
    return np.where(found == len(shapes), -1, found)


def _member(outlines: np.ndarray, people: gpd.GeoDataFrame) -> np.ndarray:
    """Return which points lie in which outlines, bool (points, outlines)."""
    found = np.zeros((len(people), len(outlines)), dtype=bool)
    outline, point = shapely.STRtree(people.geometry.to_numpy()).query(outlines, predicate="intersects")
    found[point, outline] = True
    return found


def _inside(
    unit: np.ndarray, outlines: np.ndarray, people: gpd.GeoDataFrame, *, pairs: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the residents of each pair of an outline and an area; missing where a point has no number."""
    member, residents = _member(outlines, people), people["residents"].to_numpy(dtype=float)
    return np.array([residents[(unit == area) & member[:, spot]].sum() for spot, area in zip(*pairs, strict=True)])


def _cut_small(unit: np.ndarray, outlines: np.ndarray, people: gpd.GeoDataFrame, limits: Secrecy) -> np.ndarray:
    """Return the places of areas that outlines cut so that a piece has too few residents."""
    residents = people["residents"].fillna(0.0).to_numpy(dtype=float)
    keys, piece = np.unique(np.column_stack([unit, _member(outlines, people)]), axis=0, return_inverse=True)
    size = np.bincount(piece.ravel(), weights=residents, minlength=len(keys))
    found: np.ndarray = np.unique(keys[(size > 0) & (size < limits.min_base), 0])
    return found


def _more(small: np.ndarray, inside: np.ndarray, homes: np.ndarray, least: int) -> np.ndarray:
    """Return which parts are hidden: those, and as many more that a sum of their programme area tells nothing."""
    hidden = small.copy()
    for home in np.unique(homes):
        mine = np.flatnonzero(homes == home)
        for place in mine[np.argsort(inside[mine], kind="stable")]:
            own = mine[hidden[mine]]
            if not len(own) or (len(own) > 1 and inside[own].sum() >= least):
                break
            hidden[place] = True
    return hidden


def white_spots(
    parts: gpd.GeoDataFrame,
    measures: pd.DataFrame,
    places: Mapping[str, shapely.Geometry],
    *,
    fields: Sequence[str],
    within_m: float = 0.0,
    statuses: Sequence[str] = COUNTING,
) -> gpd.GeoDataFrame:
    """Return for each part and field how far the nearest measure is, and whether none is near enough.

    A measure is of its main field and of its further ones. With ``within_m`` 0 a part is white where no measure with a
    place lies in it; else where none lies within that distance of its middle, straight line. Measures without a place
    are for all of their area: they fill no spot, ``area_wide`` says how many there are.

    Parameters
    ----------
    parts
        As `parts_of` gives them.
    measures
        ``measure``, ``area``, ``main_field``, ``other_fields``, ``status``.
    places
        Places of measures in metres, those of all areas: what lies across a border counts.
    fields
        Codes that are asked for.
    within_m
        Metres, from 0.
    statuses
        Which measures count.

    Returns
    -------
    gpd.GeoDataFrame
        One row a field and part, `SPOT_COLUMNS`; ``distance_m`` is missing where no measure has a place.

    Examples
    --------
    >>> parts = parts_of(toy_programme().frame.geometry, toy_areas())
    >>> none = pd.DataFrame(columns=["measure", "area", "main_field", "other_fields", "status"])
    >>> white_spots(parts, none, {}, fields=["HF1"])["white"].all()
    np.True_
    """
    counting = measures[measures["status"].isin(list(statuses))]
    shapes = parts.geometry.to_numpy()
    spots = shapes if within_m == 0 else shapely.point_on_surface(shapes)
    frames = []
    for field in fields:
        mine = [
            (measure, codes_in(area))
            for measure, area, main, others in counting[["measure", "area", "main_field", "other_fields"]].itertuples(
                index=False, name=None
            )
            if field == main or field in codes_in(others)
        ]
        placed = [one for one, _ in mine if one in places and places[one] is not None and not places[one].is_empty]
        wide = [areas for one, areas in mine if one not in placed]
        distance, nearest = _nearest(spots, [places[one] for one in placed], placed)
        frames.append(
            parts.assign(
                field=field,
                distance_m=distance,
                nearest=nearest,
                area_wide=[sum(not areas or home in areas for areas in wide) for home in parts["programme_area"]],
                white=~(distance <= within_m),
            )
        )
    if not frames:
        none = gpd.GeoDataFrame(columns=SPOT_COLUMNS, geometry="geometry", crs=parts.crs)
        return none.astype({"white": bool})
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=parts.crs)[SPOT_COLUMNS]


def _nearest(
    spots: np.ndarray, shapes: Sequence[shapely.Geometry], names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance to the nearest of some shapes, and its name."""
    if not shapes:
        return np.full(len(spots), np.nan), np.full(len(spots), None, dtype=object)
    table = shapely.distance(spots[:, None], np.asarray(shapes, dtype=object)[None, :])
    at = table.argmin(axis=1)
    return table[np.arange(len(spots)), at], np.asarray(names, dtype=object)[at]
