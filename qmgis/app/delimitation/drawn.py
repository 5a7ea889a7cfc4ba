"""Outlines that somebody drew on the page or uploaded: from the address and the shelf into shapes of a city."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.app.address import MOST_CORNERS, ViewState
from qmgis.app.frame import lang_of
from qmgis.app.geometry import outline_sheet
from qmgis.delimitation import checked_outlines, whole_areas
from qmgis.errors import DataError, QmgisError
from qmgis.i18n import number, say
from qmgis.io.disk.archives import unpacked_bytes
from qmgis.io.layers.drawn import read_outlines
from qmgis.model import AreaLayer, City, Lang
from qmgis.runs.years.editions import default_run

__all__ = [
    "KINDS", "Drawn", "Shelf", "Told", "can_be_exact", "corners_of", "drawn_of", "is_exact", "shelf", "told", "without",
]  # fmt: skip

KINDS = (".geojson", ".json", ".gpkg", ".zip")
MOST_OUTLINES = 12
MOST_POINTS = 50_000
MOST_BYTES = 30_000_000  # of a file that was packed: far more than so many points take
BEYOND = 0.05  # degrees around the areas where a corner may still be
_WORLD = "EPSG:4326"


@dataclass(frozen=True, eq=False)
class Drawn:
    """Outlines by the word that the page has for them.

    ``lines``: as they were drawn, in the city's system. ``shapes``: what is counted: whole areas, or the lines.
    ``members``: the areas of each; empty where the line itself counts. ``open``: corners that make no outline yet.
    ``fault``: what is wrong with them; then there are none.
    """

    lines: dict[str, Any] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    open: tuple[Any, ...] = ()
    fault: str = ""
    exact: bool = False


class Shelf:
    """The last files that were uploaded, by a word that their content gives."""

    def __init__(self, *, kept: int = 24) -> None:
        self._kept, self._lock = kept, Lock()
        self._files: OrderedDict[str, gpd.GeoDataFrame] = OrderedDict()

    def put(self, content: bytes, name: str, areas: AreaLayer) -> str:
        """Keep the outlines of a file and return their word.

        Raises
        ------
        QmgisError
            The file is of another kind, cannot be read, or its outlines are faulty: one sentence.
        """
        kind = Path(name).suffix.lower()
        if kind not in KINDS:
            raise DataError(
                "A file of outlines is GeoJSON, GeoPackage (.gpkg), or a zip that holds one of them or a shapefile.",
                de="Eine Datei mit Umrissen ist GeoJSON, GeoPackage (.gpkg) oder ein Zip, das eine solche Datei oder "
                "ein Shapefile enthält.",
            )
        with tempfile.TemporaryDirectory(prefix="qmgis-") as folder:
            file = Path(folder) / f"upload{kind}"
            file.write_bytes(content)
            if kind == ".zip" and unpacked_bytes(file) > MOST_BYTES:
                raise _too_many()
            read = read_outlines(file)
        if len(read) > MOST_OUTLINES or int(shapely.get_num_coordinates(read.geometry.to_numpy()).sum()) > MOST_POINTS:
            raise _too_many()
        outlines = checked_outlines(read, areas)
        word = sha256(content + kind.encode()).hexdigest()[:16]
        with self._lock:
            self._files[word] = outlines
            self._files.move_to_end(word)
            while len(self._files) > self._kept:
                self._files.popitem(last=False)
        return word

    def get(self, word: str) -> gpd.GeoDataFrame:
        """Return the outlines of a file, or say that they are no longer there."""
        with self._lock:
            found = self._files.get(word)
        if found is None:
            raise DataError(
                "An uploaded file is no longer here; take it off the list and upload it again.",
                de="Eine hochgeladene Datei ist nicht mehr da; aus der Liste nehmen und erneut hochladen.",
            )
        return found


class Told:
    """The outlines that cut areas and were asked about since the start, by city, in their order."""

    def __init__(self, *, most: int = 400) -> None:
        self._most, self._lock = most, Lock()
        self._shapes: dict[City, dict[bytes, Any]] = {}

    def after(self, city: City, shapes: Sequence[Any], *, first: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Remember outlines and return all of the city, ``first`` those that the page shows to everybody here."""
        with self._lock:
            known = self._shapes.setdefault(city, {shapely.to_wkb(one): one for one in first})
            new = {shapely.to_wkb(one): one for one in shapes}
            if len({**known, **new}) > self._most + len(first):
                raise DataError(
                    f"More than {self._most} outlines were drawn exactly; compare whole areas, or start the dashboard "
                    "anew.",
                    de=f"Mehr als {self._most} Umrisse wurden genau gezeichnet; ganze Gebiete vergleichen oder das "
                    "Dashboard neu starten.",
                )
            for key, shape in new.items():
                known.setdefault(key, shape)
            return tuple(known.values())


shelf = Shelf()
told = Told()


def is_exact(city: City, state: ViewState, *, alone: bool) -> bool:
    """Return whether the drawn lines themselves are counted: on the own machine, for the newest areas, if asked for."""
    return state.fit == "exact" and can_be_exact(city, state, alone=alone)


def can_be_exact(city: City, state: ViewState, *, alone: bool) -> bool:
    """Return whether drawn lines may be counted: two versions of the areas could be subtracted, so only the newest."""
    return alone and city.run(state.run).vintage == city.run(default_run(city)).vintage


def corners_of(state: ViewState) -> dict[int, tuple[str, ...]]:
    """Return the corners of each drawn outline, in their order.

    Examples
    --------
    >>> corners_of(ViewState(corners=("1:51.44,9.86", "2:51.45,9.86", "1:51.44,9.87")))
    {1: ('51.44,9.86', '51.44,9.87'), 2: ('51.45,9.86',)}
    """
    return _by_outline(state.corners)


def _by_outline(corners: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for entry in corners:
        outline, _, at = entry.partition(":")
        if not (outline.isdecimal() and len(outline) <= 2):
            raise _no_corner(entry)
        found[int(outline)] = (*found.get(int(outline), ()), at)
    return dict(sorted(found.items()))


def drawn_of(city: City, layer: AreaLayer, state: ViewState, *, few: frozenset[str], alone: bool) -> Drawn:
    """Return the outlines that an address asks for; where one is faulty none, and why.

    Parameters
    ----------
    layer
        The areas, or smaller units, that outlines are laid on.
    few
        Areas in which few people live: they are in no outline of whole areas.
    alone
        Whether only whoever sits at this machine asks.
    """
    exact = is_exact(city, state, alone=alone)
    try:
        return _drawn(layer, state.corners, state.files, lang_of(state), few=few, exact=exact)
    except QmgisError as error:
        return Drawn(fault=error.say(lang_of(state)))


@lru_cache(maxsize=64)
def _drawn(
    layer: AreaLayer, corners: tuple[str, ...], files: tuple[str, ...], lang: Lang, *, few: frozenset[str], exact: bool
) -> Drawn:
    """Return drawn and uploaded outlines, each made once: the page looks again while proposals are computed."""
    lines, begun = _drawn_lines(corners, layer, lang)
    uploaded = [pair for word in files for pair in shelf.get(word).geometry.items()]
    for place, (name, shape) in enumerate(uploaded, start=1):
        lines[say("plan.uploaded", lang, number=place, name=str(name)[:60])] = shape
    if len(lines) > MOST_OUTLINES:
        raise _too_many()
    if not lines:
        return Drawn(open=begun)
    metric = checked_outlines(gpd.GeoDataFrame(geometry=pd.Series(lines)).set_crs(layer.frame.crs), layer)
    if exact:
        return Drawn(lines, dict(metric.geometry), dict.fromkeys(lines, ()), begun, exact=True)
    members = {name: tuple(one for one in units if one not in few)
               for name, units in whole_areas(metric, layer).items()}  # fmt: skip
    empty = [name for name, units in members.items() if not units]
    if empty:
        raise _no_area(empty[0])
    frame = layer.frame.geometry
    shapes = {name: shapely.union_all(frame.loc[list(units)].to_numpy()) for name, units in members.items()}
    return Drawn(lines, shapes, members, begun)


def _drawn_lines(corners: tuple[str, ...], layer: AreaLayer, lang: Lang) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the drawn outlines by name, and the points of what is no outline yet."""
    if len(corners) > MOST_CORNERS:
        raise DataError(
            f"All drawn outlines together have at most {MOST_CORNERS} corners; take some back, or upload a file.",
            de=f"Alle gezeichneten Umrisse zusammen haben höchstens {MOST_CORNERS} Ecken; einige zurücknehmen oder "
            "eine Datei hochladen.",
        )
    lines: dict[str, Any] = {}
    begun: list[Any] = []
    for outline, own in _by_outline(corners).items():
        points = [_corner(one, layer) for one in own]
        metric = gpd.GeoSeries(points, crs=_WORLD).to_crs(layer.frame.crs)
        if len(points) < 3:
            begun += list(metric)
        else:
            lines[say("plan.drawn", lang, number=outline)] = shapely.Polygon([(p.x, p.y) for p in metric])
    return lines, tuple(begun)


def _corner(text: str, areas: AreaLayer) -> shapely.Point:
    try:
        north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise _no_corner(text) from None
    west, south, right, top = outline_sheet(areas).box
    inside = west - BEYOND <= east <= right + BEYOND and south - BEYOND <= north <= top + BEYOND
    if not (isfinite(north) and isfinite(east) and inside):
        example = f"{(south + top) / 2:.4f},{(west + right) / 2:.4f}"
        raise DataError(
            f'The corner "{text}" is not in or near the city; give latitude and longitude such as {example}.',
            de=f'Die Ecke "{text}" liegt nicht in der Stadt oder nahe bei ihr; Breite und Länge angeben, etwa '
            f"{example}.",
        )
    return shapely.Point(east, north)


def without(state: ViewState, outline: int) -> ViewState:
    """Return the view without one drawn outline."""
    return replace(state, corners=tuple(one for one in state.corners if not one.startswith(f"{outline}:")))


def _no_corner(entry: str) -> DataError:
    return DataError(
        f'"{entry}" is no corner of an outline; give latitude,longitude in degrees, or start anew.',
        de=f'"{entry}" ist keine Ecke eines Umrisses; Breite,Länge in Grad angeben oder von vorn beginnen.',
    )


def _too_many() -> DataError:
    return DataError(
        f"At most {MOST_OUTLINES} outlines with {MOST_POINTS:,} points together can be compared; take some out.",
        de=f"Höchstens {MOST_OUTLINES} Umrisse mit zusammen {number(MOST_POINTS, 'de')} Punkten lassen sich "
        "vergleichen; einige herausnehmen.",
    )


def _no_area(name: str) -> DataError:
    return DataError(
        f"Of no area or block where enough people live does more than half lie in “{name}”; draw it wider.",
        de=f"Von keinem Gebiet oder Block mit genügend Einwohnern liegt mehr als die Hälfte in „{name}“; weiter "
        "zeichnen.",
    )
