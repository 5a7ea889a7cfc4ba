"""Where coordinates lie, whether that can be, and what they look like where it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from qmgis.io.declared.schema import Place
from qmgis.model import AreaLayer, Problem, Text, words

# What German geodata come in, most usual first; tried where coordinates do not fit.
USUAL = (
    "EPSG:25832", "EPSG:25833", "EPSG:4326", "EPSG:3035", "EPSG:31466", "EPSG:31467", "EPSG:31468", "EPSG:31469",
    "EPSG:3857", "EPSG:4647", "EPSG:5650",
)  # fmt: skip
MOST_DISTORTED = 0.01
Box = tuple[float, float, float, float]
NOWHERE = Text("", "")
_SWAPPED = Text(de=" Die Achsen scheinen vertauscht (x und y).", en=" The axes seem to be swapped (x and y).")
_GERMANY = (5.5, 47.0, 15.3, 55.2)
_IN_A_NAME = re.compile(r"(?i)(?:epsg[^a-z0-9]{0,2}(\d{4,5})|utm[^a-z0-9]{0,2}(3[23])(?!\d))")
CHECK = Text(de="crs in der Ebenendatei und in city.toml prüfen.", en="Check crs in the layer file and in city.toml.")

__all__ = [
    "CHECK",
    "NOWHERE",
    "USUAL",
    "Box",
    "beside",
    "bounds_of",
    "distortion",
    "elsewhere",
    "fitting",
    "guess",
    "middle",
    "name_of",
    "plausible",
    "stretched",
    "transformer",
]


def beside(
    frame: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, read: pyproj.CRS | str | None = None, file: str = ""
) -> list[Problem]:
    """Return an error where no feature lies in or near the areas: a wrong zone, or swapped axes, seldom show earlier.

    Parameters
    ----------
    frame, areas
        Two layers of a city in the same metric system. Near is within the extent of the areas, on each side.
    read
        The system that the file was read in; by default that of ``frame``.
    file
        The file of ``frame``, for messages.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(geometry=[shapely.box(350000, 5640000, 360000, 5650000)], crs="EPSG:25832")
    >>> read_as_33 = gpd.GeoDataFrame(geometry=[shapely.Point(355000, 5645000)], crs="EPSG:25833")
    >>> beside(read_as_33.to_crs("EPSG:25832"), areas, read="EPSG:25833", file="a.csv")[0].what.en
    'no feature lies near the areas. The coordinates were read as EPSG:25833, but look like EPSG:25832.'
    """
    hint = elsewhere(frame, areas, read=read)
    if hint is None:
        return []
    what = Text(
        de=f"kein Objekt liegt in der Nähe der Gebiete.{hint.de}", en=f"no feature lies near the areas.{hint.en}"
    )
    return [Problem("error", what, file=file, remedy=CHECK)]


def elsewhere(frame: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, read: pyproj.CRS | str | None = None) -> Text | None:
    """Return what the coordinates look like where no feature lies in or near the areas; None where one does.

    ``read`` is the system that the file was read in; by default that of ``frame``.
    """
    west, south, east, north = areas.total_bounds
    reach = max(east - west, north - south, 1000.0)
    near = (west - reach, south - reach, east + reach, north + reach)
    boxes = shapely.bounds(frame.geometry.to_numpy())
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    meets = (boxes[:, 0] <= near[2]) & (boxes[:, 2] >= near[0]) & (boxes[:, 1] <= near[3]) & (boxes[:, 3] >= near[1])
    if not len(boxes) or meets.any():
        return None
    x, y = float(np.median(boxes[:, 0])), float(np.median(boxes[:, 1]))
    goal, reach = pyproj.CRS(frame.crs), reach / 4  # a reading that is meant lies closer than one that may pass
    close = (west - reach, south - reach, east + reach, north + reach)
    return _other_reading(x, y, goal, close, read=goal if read is None else pyproj.CRS(read))


def _other_reading(x: float, y: float, goal: pyproj.CRS, near: Box, *, read: pyproj.CRS) -> Text:
    """Return the system, other than the one read, or the order of axes that would bring a place near, or nothing."""

    def fits(easting: float, northing: float, meant: pyproj.CRS) -> bool:
        there = transformer(meant, goal).transform(easting, northing)
        return bool(near[0] <= there[0] <= near[2] and near[1] <= there[1] <= near[3])

    easting, northing = transformer(goal, read).transform(x, y)
    if not np.isfinite([easting, northing]).all():
        return NOWHERE
    if fits(northing, easting, read):
        return _SWAPPED
    for meant in map(pyproj.CRS, USUAL if read.is_projected else ()):
        if meant != read and meant.is_projected and fits(easting, northing, meant):
            return Text(
                de=f" Die Koordinaten wurden als {name_of(read)} gelesen, sehen aber aus wie {name_of(meant)}.",
                en=f" The coordinates were read as {name_of(read)}, but look like {name_of(meant)}.",
            )
    return NOWHERE


def distortion(frame: gpd.GeoDataFrame) -> float:
    """Return by how much a metre of the frame's system differs from one on the ground, at its middle: 0.01 is 1 %.

    Examples
    --------
    >>> berlin = gpd.GeoDataFrame(geometry=[shapely.Point(13.4, 52.5)], crs="EPSG:4326")
    >>> round(distortion(berlin.to_crs("EPSG:25833")), 4), round(distortion(berlin.to_crs("EPSG:3857")), 2)
    (0.0003, 0.64)
    """
    bounds, source = bounds_of(frame), pyproj.CRS(frame.crs)
    place = middle(bounds, source) if bounds else (np.inf, np.inf)
    if not np.isfinite(place).all():
        return 0.0
    factors = pyproj.Proj(source).get_factors(*place)
    return float(max(abs(factors.meridional_scale - 1), abs(factors.parallel_scale - 1)))


def stretched(crs: str, place: Place, areas: Iterable[AreaLayer]) -> list[Problem]:
    """Return an error where a metre of the city's system is none on the ground, as in web maps (EPSG:3857)."""
    off = max(distortion(layer.frame) for layer in areas)
    if off <= MOST_DISTORTED:
        return []
    what = words("check.stretched", crs=crs, percent=f"{100 * off:.0f}")
    return [Problem("error", what, file=place.file, row=place.row("crs"))]


def name_of(crs: pyproj.CRS) -> str:
    """Return a short name: the EPSG code where it is certain, else the name in the file."""
    code = crs.to_epsg(min_confidence=100)
    return f"EPSG:{code}" if code else str(crs.name)


def bounds_of(frame: gpd.GeoDataFrame) -> Box | None:
    """Return the bounds of the middle 98 % of the features, so that single strays do not decide."""
    boxes = shapely.bounds(frame.geometry.to_numpy())
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    low, high = (0.0, 1.0) if len(boxes) < 50 else (0.01, 0.99)
    west, south = np.quantile(boxes[:, :2], low, axis=0)
    east, north = np.quantile(boxes[:, 2:], high, axis=0)
    return float(west), float(south), float(east), float(north)


@lru_cache(maxsize=64)
def transformer(source: pyproj.CRS, goal: pyproj.CRS | str) -> pyproj.Transformer:
    """Return the transformer between two systems, east before north."""
    return pyproj.Transformer.from_crs(source.to_2d(), goal, always_xy=True)


def middle(bounds: Box, source: pyproj.CRS, *, swapped: bool = False) -> tuple[float, float]:
    """Return longitude and latitude of the middle of a box; infinite where there is none."""
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if swapped:
        x, y = y, x
    if source.is_geographic and (abs(x) > 180 or abs(y) > 90):
        return np.inf, np.inf
    try:
        longitude, latitude = transformer(source, "EPSG:4326").transform(x, y)
    except ProjError:
        return np.inf, np.inf
    return float(longitude), float(latitude)


def _inside(place: tuple[float, float], crs: pyproj.CRS, *, margin: float = 1.0) -> bool:
    """Tell whether longitude and latitude lie in the area of use of a system (unknown: everywhere)."""
    return bool(_all_inside(np.array([place]), crs, margin=margin)[0])


def _all_inside(places: NDArray[np.float64], crs: pyproj.CRS, *, margin: float) -> NDArray[np.bool_]:
    """Tell which places (n, 2: longitude, latitude) lie in the area of use of a system (unknown: everywhere)."""
    area = crs.area_of_use
    if area is None:
        return np.asarray(np.isfinite(places).all(axis=1))
    west, south, east, north = area.bounds
    low, high = np.array([west - margin, south - margin]), np.array([east + margin, north + margin])
    return np.asarray(((low <= places) & (places <= high)).all(axis=1))


def plausible(places: NDArray[np.float64], source: pyproj.CRS, goal: pyproj.CRS) -> NDArray[np.bool_]:
    """Tell which places fit the city's system, and their own: all of Germany is often delivered in one zone.

    ``places`` are longitude and latitude, float (n, 2).
    """
    inside = _all_inside(places, source, margin=7.0) & _all_inside(places, goal, margin=3.5)
    return inside & _central(places, goal)


def _central(places: NDArray[np.float64], goal: pyproj.CRS) -> NDArray[np.bool_]:
    """Tell which places lie in the band of latitude where German cities are, for systems of the whole north."""
    area = goal.area_of_use
    wide = area is not None and area.bounds[3] - area.bounds[1] > 30
    latitude = places[:, 1]
    return (latitude >= 34.0) & (latitude <= 72.0) if wide else np.ones(len(places), dtype=bool)


def guess(bounds: Box, source: pyproj.CRS | None, goal: pyproj.CRS) -> Text:
    """Return what the coordinates look like, or nothing."""
    if source is not None and plausible(np.array([middle(bounds, source, swapped=True)]), source, goal)[0]:
        return _SWAPPED
    for name in USUAL:
        crs = pyproj.CRS(name)
        place = middle(bounds, crs)
        if _inside(place, crs, margin=0.5) and _inside(place, goal, margin=0.5) and _in_germany(place):
            return Text(de=f" Die Koordinaten sehen aus wie {name}.", en=f" The coordinates look like {name}.")
    return NOWHERE


def _in_germany(place: tuple[float, float]) -> bool:
    return _GERMANY[0] <= place[0] <= _GERMANY[2] and _GERMANY[1] <= place[1] <= _GERMANY[3]


def fitting(bounds: Box, *, file: str = "") -> Text:
    """Return which usual systems would put the coordinates into Germany, or nothing; several mostly do.

    Zones of UTM cannot be told apart by their numbers alone: a zone in the name of the file is named.

    Examples
    --------
    >>> fitting((390000, 5810000, 400000, 5820000), file="plr_EPSG_25833.shp").en
    ' The coordinates fit EPSG:25832 and EPSG:25833; the name of the file says EPSG:25833.'
    >>> fitting((13.3, 52.4, 13.5, 52.6)).en
    ' The coordinates look like EPSG:4326.'
    """
    names = [name for name in USUAL if _fits(bounds, name)]
    if len(names) < 2:
        one = names[0] if names else ""
        return Text(f" Die Koordinaten sehen aus wie {one}.", f" The coordinates look like {one}.") if one else NOWHERE
    de = f" Die Koordinaten passen zu {', '.join(names[:-1])} und {names[-1]}"
    en = f" The coordinates fit {', '.join(names[:-1])} and {names[-1]}"
    found = [f"EPSG:{code}" if code else f"EPSG:258{zone}" for code, zone in _IN_A_NAME.findall(file)]
    said = next((name for name in found if name in names), None)
    if said:
        return Text(f"{de}; der Dateiname nennt {said}.", f"{en}; the name of the file says {said}.")
    return Text(f"{de}: die Quelle fragen.", f"{en}: ask the source.")


def _fits(bounds: Box, name: str) -> bool:
    crs = pyproj.CRS(name)
    place = middle(bounds, crs)
    return _inside(place, crs, margin=0.5) and _in_germany(place)
