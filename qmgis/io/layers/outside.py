"""Do points lie where the areas are? Single ones far away, whole files elsewhere, and areas that all others miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from qmgis.i18n import number
from qmgis.io.cells.reading import shown
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers.whereabouts import CHECK, NOWHERE, elsewhere, middle
from qmgis.model import AreaLayer, Problem, ResidentLayer, Text, words

__all__ = ["Located", "astray", "cut", "far_points"]

FAR = 10_000.0  # metres


@dataclass(frozen=True, eq=False)
class Located:
    """A layer with its shapes in metres, and the system that its file was read in."""

    layer: LayerFile
    frame: gpd.GeoDataFrame
    read: pyproj.CRS | str | None = None

    @property
    def file(self) -> str:
        """The file that it was read from."""
        return self.layer.ref.path if self.layer.ref else ""


def far_points(points: Located, areas: Sequence[AreaLayer]) -> list[Problem]:
    """Return what is said of points far from the areas: a warning of single ones, a note on a file of the country.

    A file of which nothing lies at the areas is left to `astray`.
    """
    if not areas:
        return []
    west, south, east, north = _around(areas)
    reach = max(east - west, north - south, FAR)
    near = _meets(points.frame, (west - reach, south - reach, east + reach, north + reach))
    if near.all() or not _meets(points.frame, (west, south, east, north)).any():
        return []
    far = points.frame.index[~near]
    n, numbers = len(far), {"all": len(near), "km": _both(reach / 1000)}
    if 2 * len(far) > len(near) and points.layer.kind != "network":
        written = {"n": _both(n), "all": _both(len(near)), "km": numbers["km"]}
        kind = "places" if points.layer.kind == "places" else "residents"
        written["more"] = words(f"check.beyond_{kind}")
        return [Problem("note", words("check.mostly_far", **written), file=points.file)]
    what = words("check.some_far", n=n, **numbers, shown=shown(far[0]))
    return [Problem("warning", what, file=points.file, remedy=words("check.fix_outside"))]


def astray(located: Sequence[Located], areas: Located | None, boxes: Sequence[AreaLayer], *, crs: str) -> list[Problem]:
    """Return an error for each file of which nothing lies at the areas; where all files miss them, one of the areas.

    Parameters
    ----------
    located
        Every layer of points or streets.
    areas, boxes
        The newest version of the areas with its file, and all versions.
    crs
        The system of the city: what was read in another is suspected first.
    """
    if areas is None or not boxes:
        return []
    box = _around(boxes)
    lost = [one for one in located if len(one.frame) and not _meets(one.frame, box).any()]
    hints = [elsewhere(one.frame, areas.frame, read=one.read) or NOWHERE for one in lost]
    if lost and len(lost) == len(located):
        every = gpd.GeoDataFrame(geometry=np.concatenate([one.frame.geometry.to_numpy() for one in lost]), crs=crs)
        own = elsewhere(areas.frame, every, read=areas.read) or NOWHERE
        if _are_areas_wrong(areas, own, hints, crs=crs):
            files = ", ".join(dict.fromkeys(one.file for one in lost))
            what = words("check.areas_astray", files=files, hint=own, where=_where(areas.frame, every))
            return [Problem("error", what, file=areas.file, remedy=CHECK)]
    return [_lost(one, areas, hint) for one, hint in zip(lost, hints, strict=True)]


def _are_areas_wrong(areas: Located, own: Text, hints: Sequence[Text], *, crs: str) -> bool:
    """Tell whether the areas are more likely to be misread than the layers that all miss them."""
    if NOWHERE not in hints:  # each layer alone could be misread
        as_city = areas.read is None or pyproj.CRS(areas.read).equals(pyproj.CRS(crs), ignore_axis_order=True)
        return own != NOWHERE and len(hints) > 1 and not as_city
    return own != NOWHERE or len(hints) > 1


def _lost(one: Located, areas: Located, hint: Text) -> Problem:
    where = _where(one.frame, areas.frame)
    what = words("check.all_outside", n=len(one.frame), hint=hint, where=where)
    remedy = words("check.fix_elsewhere") if hint == NOWHERE else CHECK
    return Problem("error", what, file=one.file, remedy=remedy)


def _where(frame: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> Text:
    """Return where the middle of a layer lies, and how far its nearest shape is from another layer."""
    boxes = shapely.bounds(frame.geometry.to_numpy())
    west, south, east, north = (float(side) for side in np.nanmedian(boxes, axis=0))
    place = middle((west, south, east, north), pyproj.CRS(frame.crs))
    gap = float(np.nanmin(shapely.distance(shapely.box(*other.total_bounds), frame.geometry.to_numpy()))) / 1000
    if not np.isfinite([*place, gap]).all():
        return NOWHERE
    return words("check.lies_at", place=Text(_degrees(place, "de"), _degrees(place, "en")), km=_both(gap))


def _degrees(place: tuple[float, float], lang: str) -> str:
    """Return longitude and latitude for people.

    >>> _degrees((13.41, 52.5), "de"), _degrees((-2.2, 53.5), "en")
    ('52,50° N, 13,41° O', '53.50° N, 2.20° W')
    """
    east = "W" if place[0] < 0 else "O" if lang == "de" else "E"
    north = "S" if place[1] < 0 else "N"
    return f"{number(abs(place[1]), lang, digits=2)}° {north}, {number(abs(place[0]), lang, digits=2)}° {east}"


def _both(amount: float) -> Text:
    digits = 0 if amount >= 10 or isinstance(amount, int) else 1
    return Text(number(amount, "de", digits=digits), number(amount, "en", digits=digits))


def cut(residents: ResidentLayer, areas: Sequence[AreaLayer]) -> ResidentLayer:
    """Return the residents in the box around the areas; nobody else can live in one of them."""
    west, south, east, north = _around(areas)
    return replace(residents, frame=residents.frame.cx[west:east, south:north])


def _around(areas: Sequence[AreaLayer]) -> tuple[float, float, float, float]:
    boxes = np.array([area.frame.total_bounds for area in areas])
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _meets(frame: gpd.GeoDataFrame, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Tell which shapes lie in a box or touch it, by their own boxes."""
    own = shapely.bounds(frame.geometry.to_numpy())
    west, south, east, north = box
    inside = (own[:, 0] <= east) & (own[:, 2] >= west) & (own[:, 1] <= north) & (own[:, 3] >= south)
    return np.asarray(inside)
