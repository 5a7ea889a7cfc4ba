"""Reference systems: into metres, with everything that smells wrong named."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from qmgis.errors import CrsError, MissingColumnError, every_name
from qmgis.io.cells import numbers
from qmgis.io.cells.ids import with_more
from qmgis.io.layers.whereabouts import (
    CHECK,
    NOWHERE,
    USUAL,
    Box,
    beside,
    bounds_of,
    fitting,
    guess,
    middle,
    name_of,
    plausible,
    transformer,
)
from qmgis.model import Problem, Text

MOST = 1e8  # metres; the Earth is 4e7 around
_CORRECT = Text(de="Die Koordinate berichtigen.", en="Correct the coordinate.")

__all__ = ["USUAL", "beside", "parse", "points", "to_metric"]


def parse(name: str, *, file: str = "") -> pyproj.CRS:
    """Return the reference system of a name such as ``"EPSG:25833"``.

    Raises
    ------
    CrsError
        If there is no such system.

    Examples
    --------
    >>> parse("EPSG:25833").is_projected
    True
    """
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError as error:
        place = f"{file}: " if file else ""
        raise CrsError(
            f'{place}there is no reference system "{str(name)[:60]}"; name one such as "EPSG:25832".',
            de=f'{place}es gibt kein Koordinatensystem "{str(name)[:60]}"; eines angeben, etwa "EPSG:25832".',
        ) from error


def points(frame: pd.DataFrame, x: str, y: str, crs: str | None, *, decimal: str | None = None) -> gpd.GeoDataFrame:
    """Return a table as points, from its columns ``x`` and ``y``; a row without both has no geometry.

    What was wrong with single coordinates stands in ``attrs["problems"]``.

    Parameters
    ----------
    frame
        The table; it is not changed.
    x, y
        Columns with coordinates (x: east or longitude).
    crs
        Their reference system; None where nobody says it (`to_metric` then asks).
    decimal
        Decimal mark of coordinates printed as text.

    Raises
    ------
    MissingColumnError
        If a column is not there.

    Examples
    --------
    >>> places = points(pd.DataFrame({"e": ["391000,5"], "n": ["5820000,0"]}), "e", "n", "EPSG:25833")
    >>> places.geometry.iloc[0].wkt
    'POINT (391000.5 5820000)'
    """
    for name in (x, y):
        if name not in frame.columns:
            known = [str(column) for column in frame.columns]
            raise MissingColumnError(
                f'There is no column "{name}" with coordinates.{every_name(name, known)}',
                de=f'Es gibt keine Spalte "{name}" mit Koordinaten.{every_name(name, known, lang="de")}',
            )
    easting, problems_x = _coordinates(frame[x], decimal)
    northing, problems_y = _coordinates(frame[y], decimal)
    absurd = frame.index[(np.abs(easting) > MOST) | (np.abs(northing) > MOST)]
    if len(absurd):
        one = Text(de="das sind keine Koordinaten der Erde", en="these are no coordinates on Earth")
        what = with_more(one, [(row, "") for row in absurd])
        problems_x += (Problem("error", what, row=int(absurd[0]), column=f"{x}, {y}", remedy=_CORRECT),)
        easting = np.where(frame.index.isin(absurd), np.nan, easting)
    known = np.isfinite(easting) & np.isfinite(northing)
    geometry = np.full(len(frame), None, dtype=object)
    geometry[known] = shapely.points(easting[known], northing[known])
    found = gpd.GeoDataFrame(frame.copy(), geometry=geometry, crs=parse(crs) if crs else None)
    cells = frame[[x, y]]
    blank = (cells.isna() | cells.isin(["", *numbers.SIGNS])).any(axis=1).to_numpy()  # what is no number is told above
    missing = [(row, "") for row in frame.index[~known & blank]]
    found.attrs["problems"] = (*problems_x, *problems_y, *_without_place(missing))
    return found


def _coordinates(cells: pd.Series[Any], decimal: str | None) -> tuple[np.ndarray, tuple[Problem, ...]]:
    """Return coordinates as floats, and what was wrong with them."""
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.to_numpy(dtype=float), ()
    parsed = numbers.parse(cells, decimal=decimal)
    problems = [replace(one, remedy=_CORRECT) if one.level == "error" and one.row else one for one in parsed.problems]
    return parsed.values.to_numpy(dtype=float), tuple(problems)


def _without_place(rows: Sequence[tuple[object, str]]) -> list[Problem]:
    """Return the problem of rows without coordinates."""
    if not rows:
        return []
    first = rows[0][0]
    one = Text(de="Die Zeile hat keine Koordinaten", en="The row has no coordinates")
    remedy = Text(de="Sie bleibt außen vor.", en="It is left out.")
    row = int(first) if isinstance(first, int | np.integer) else None
    return [Problem("warning", with_more(one, rows), row=row, remedy=remedy if len(rows) == 1 else NOWHERE)]


def to_metric(
    frame: gpd.GeoDataFrame, *, target: str, declared: str | None = None, file: str = ""
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return a layer in the city's metric system, and what is doubtful about its coordinates.

    Parameters
    ----------
    frame
        The layer as read; its own system is used as written, whatever its name says.
    target
        The metric system of the city.
    declared
        What the layer file says; needed where the file does not say it.
    file
        The name for messages.

    Raises
    ------
    CrsError
        If no system is known, the target is not metric, or the coordinates cannot be in the system.

    Examples
    --------
    >>> places = points(pd.DataFrame({"x": [13.4], "y": [52.5]}), "x", "y", "EPSG:4326")
    >>> metric, problems = to_metric(places, target="EPSG:25833", file="a.csv")
    >>> metric.geometry.x.round().tolist(), problems
    ([391391.0], [])
    """
    goal = parse(target)
    if not goal.is_projected or goal.axis_info[0].unit_name not in ("metre", "meter"):
        raise CrsError(
            f'"{target}" does not measure in metres; name a metric system such as "EPSG:25832" as crs in city.toml.',
            de=f'"{target}" misst nicht in Metern; in city.toml etwa crs = "EPSG:25832" angeben.',
        )
    own = frame.crs
    if own is None and declared is None:
        raise _unknown(frame, file)
    stated = parse(declared, file=file) if declared else own
    source = pyproj.CRS(own) if own is not None else stated
    bounds = bounds_of(frame)
    if bounds is None:
        return frame.set_crs(source, allow_override=True).to_crs(goal), []
    _check_range(bounds, source, goal, file)
    problems = _differing(bounds, source, stated, file) + _disguised(source, file) + _grid(source, goal, bounds, file)
    moved = _moved(frame.set_crs(source, allow_override=True), goal, file)
    return moved, problems + _misplaced(frame, source, goal, file)


def _unknown(frame: gpd.GeoDataFrame, file: str) -> CrsError:
    """Return the error of a layer without reference system."""
    bounds = bounds_of(frame)
    hint = fitting(bounds, file=file) if bounds else NOWHERE
    file = PurePath(file).name
    return CrsError(
        f"{file} does not say its reference system; name it as crs in the layer file.{hint.en}",
        de=f"{file} nennt kein Koordinatensystem; es in der Ebenendatei als crs angeben.{hint.de}",
    )


def _check_range(bounds: Box, source: pyproj.CRS, goal: pyproj.CRS, file: str) -> None:
    """Raise if the coordinates cannot be in their system."""
    degrees = max(abs(bounds[0]), abs(bounds[2])) <= 180 and max(abs(bounds[1]), abs(bounds[3])) <= 90
    if source.is_geographic and not degrees:
        hint = fitting(bounds, file=file)
        raise CrsError(
            f"{file} is said to be in degrees ({name_of(source)}), but has coordinates like {bounds[0]:.0f}, "
            f"{bounds[1]:.0f}.{hint.en}",
            de=f"{file} soll in Grad sein ({name_of(source)}), hat aber Koordinaten wie {bounds[0]:.0f}, "
            f"{bounds[1]:.0f}.{hint.de}",
        )
    if source.is_projected and degrees and not (bounds[0] <= 0 <= bounds[2] and bounds[1] <= 0 <= bounds[3]):
        hint = fitting(bounds, file=file)
        hint = guess(bounds, pyproj.CRS("EPSG:4326"), goal) if hint == NOWHERE else hint
        raise CrsError(
            f"{file} is said to be in metres ({name_of(source)}), but has coordinates like {bounds[0]:.4f}, "
            f"{bounds[1]:.4f}.{hint.en}",
            de=f"{file} soll in Metern sein ({name_of(source)}), hat aber Koordinaten wie {bounds[0]:.4f}, "
            f"{bounds[1]:.4f}.{hint.de}",
        )


def _differing(bounds: Box, source: pyproj.CRS, stated: pyproj.CRS, file: str) -> list[Problem]:
    """Return an error where the layer file says another system than the file, and it makes a difference."""
    if source.equals(stated, ignore_axis_order=True):
        return []
    here, there = middle(bounds, source), middle(bounds, stated)
    distance = pyproj.Geod(ellps="GRS80").inv(*here, *there)[2] if np.isfinite([*here, *there]).all() else np.inf
    if distance < 2:
        return []
    gap = f"{distance:,.0f} m" if np.isfinite(distance) else "∞"
    what = Text(
        de=f"die Datei sagt {name_of(source)}, die Ebenendatei {name_of(stated)}; das sind {gap.replace(',', '.')} "
        f"Unterschied, gelesen wurde nach der Datei.",
        en=f"the file says {name_of(source)}, the layer file {name_of(stated)}; that is {gap} apart, "
        f"the file's was used.",
    )
    remedy = Text(
        de="crs in der Ebenendatei streichen oder berichtigen.", en="Remove or correct crs in the layer file."
    )
    return [Problem("error", what, file=file, remedy=remedy)]


def _disguised(source: pyproj.CRS, file: str) -> list[Problem]:
    """Return a note where a system bears a usual name but has other parameters (Köln's shapefiles)."""
    if source.to_epsg(min_confidence=100) or not source.is_projected:
        return []
    alike = source.to_authority(min_confidence=20)
    if alike is None or pyproj.CRS.from_authority(*alike).to_2d().equals(source.to_2d(), ignore_axis_order=True):
        return []
    name = ":".join(alike)
    what = Text(
        de=f"das Koordinatensystem heißt wie {name}, hat aber andere Werte; gelesen wurde nach den Werten.",
        en=f"the reference system is named like {name} but has other parameters; the parameters were used.",
    )
    return [Problem("note", what, file=file)]


def _grid(source: pyproj.CRS, goal: pyproj.CRS, bounds: Box, file: str) -> list[Problem]:
    """Return a warning where the best transformation lacks its grid."""
    if source == goal:
        return []
    place = middle(bounds, source)
    around = (place[0] - 0.1, place[1] - 0.1, place[0] + 0.1, place[1] + 0.1)
    area: Any = AreaOfInterest(*around) if np.isfinite(place).all() else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = TransformerGroup(source.to_2d(), goal, always_xy=True, area_of_interest=area)
    if group.best_available or not group.unavailable_operations:
        return []
    best = group.unavailable_operations[0]
    names = ", ".join(grid.short_name for grid in best.grids) or best.name
    accuracy = group.transformers[0].accuracy if group.transformers else -1
    metres = f"{accuracy:g}" if accuracy >= 0 else "?"
    there = f"{best.accuracy:g}"
    what = Text(
        de=f"von {name_of(source)} nach {name_of(goal)} fehlt das Datumsgitter {names}: Lagefehler bis etwa "
        f"{metres.replace('.', ',')} m statt {there.replace('.', ',')} m.",
        en=f"from {name_of(source)} to {name_of(goal)} the datum grid {names} is missing: positions may be off by "
        f"about {metres} m instead of {there} m.",
    )
    remedy = Text(
        de="Das Gitter in einen Ordner legen, den PROJ kennt, oder die Daten in ETRS89/UTM beziehen.",
        en="Put the grid into a folder that PROJ knows, or get the data in ETRS89/UTM.",
    )
    return [Problem("warning", what, file=file, remedy=remedy)]


def _moved(frame: gpd.GeoDataFrame, goal: pyproj.CRS, file: str) -> gpd.GeoDataFrame:
    """Return the frame in the goal system, or raise one sentence."""
    try:
        return frame.to_crs(goal)
    except (ProjError, CRSError, ValueError) as error:
        raise CrsError(
            f"{file} cannot be brought from {name_of(pyproj.CRS(frame.crs))} to {name_of(goal)}.",
            de=f"{file} lässt sich nicht von {name_of(pyproj.CRS(frame.crs))} nach {name_of(goal)} umrechnen.",
        ) from error


def _misplaced(frame: gpd.GeoDataFrame, source: pyproj.CRS, goal: pyproj.CRS, file: str) -> list[Problem]:
    """Return what lies where its system, or the city's, is not used: all of it, or single features."""
    boxes = shapely.bounds(frame.geometry.to_numpy())
    middle = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2])
    there = np.isfinite(middle).all(axis=1)
    longitude, latitude = transformer(source, "EPSG:4326").transform(middle[there, 0], middle[there, 1])
    good = plausible(np.column_stack([longitude, latitude]), source, goal)
    bad = frame.index[there][~good]
    if not len(bad):
        return []
    row = int(bad[0]) if isinstance(bad[0], int | np.integer) else None
    if len(bad) <= len(good) / 2:
        what = Text(
            de=f"{len(bad)} von {len(good)} Objekten liegen weit außerhalb von {name_of(goal)}.",
            en=f"{len(bad)} of {len(good)} features lie far outside of {name_of(goal)}.",
        )
        return [Problem("warning", what, file=file, row=row)]
    bounds = bounds_of(frame)
    hint = guess(bounds, source, goal) if bounds else NOWHERE
    place = f"{np.median(longitude):.1f}° E, {np.median(latitude):.1f}° N"
    systems = list(dict.fromkeys([name_of(source), name_of(goal)]))
    what = Text(
        de=f"die Koordinaten liegen mit {systems[0]} bei {place}, außerhalb von {' oder '.join(systems)}.{hint.de}",
        en=f"with {systems[0]} the coordinates lie at {place}, outside of {' or '.join(systems)}.{hint.en}",
    )
    return [Problem("error", what, file=file, remedy=CHECK)]
