"""A scenario in the address: places that are added, moved and closed, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite

import geopandas as gpd
import shapely

from qmgis.app.address import MOST_CHANGES
from qmgis.app.geometry import outline_sheet
from qmgis.errors import DataError
from qmgis.model import AreaLayer, City, Outcome, PlaceLayer
from qmgis.runs.sites import changed
from qmgis.siting import Change

__all__ = ["Scenario", "change_of", "point_word", "scenario_of"]

_WORLD = "EPSG:4326"
BEYOND = 0.05  # degrees around the areas where a place may still be put


@dataclass(frozen=True)
class Scenario:
    """Places by id: where new ones are (metres), where others move to, and which close."""

    add: dict[str, tuple[float, float]] = field(default_factory=dict)
    move: dict[str, tuple[float, float]] = field(default_factory=dict)
    close: tuple[str, ...] = ()


def point_word(point: shapely.Point, crs: str) -> str:
    """Return a point as an address has it: latitude and longitude, to about a metre.

    Examples
    --------
    >>> point_word(shapely.Point(560000, 5700000), "EPSG:25832")
    '51.44800,9.86342'
    """
    world = gpd.GeoSeries([point], crs=crs).to_crs(_WORLD).iloc[0]
    return f"{world.y:.5f},{world.x:.5f}"


@lru_cache(maxsize=64)
def scenario_of(entries: tuple[str, ...], places: PlaceLayer, areas: AreaLayer, crs: str, prefix: str) -> Scenario:
    """Return the scenario of an address.

    Parameters
    ----------
    entries
        ``add:53.1,10.2``, ``move:<id>@53.1,10.2``, ``close:<id>``, in their order.
    places, areas, crs
        The places that there are, the areas that points must lie in or near, the city's reference system.
    prefix
        What new places are called, before their number.

    Raises
    ------
    DataError
        An entry is none of these, names an unknown place or a point far away, a place twice, or there are too many.

    Examples
    --------
    >>> found = scenario_of(("close:k1", "add:51.44800,9.86342"), toy_places(), toy_areas(), "EPSG:25832", "new")
    >>> found.close, [(name, [round(one, -1) for one in point]) for name, point in found.add.items()]
    (('k1',), [('new 1', [560000.0, 5700000.0])])
    """
    if len(entries) > MOST_CHANGES:
        raise DataError(
            f"A scenario has at most {MOST_CHANGES} changes; take some back.",
            de=f"Ein Szenario hat höchstens {MOST_CHANGES} Änderungen; einige zurücknehmen.",
        )
    known, used = {str(one) for one in places.frame.index}, set[str]()
    add: dict[str, tuple[float, float]] = {}
    move: dict[str, tuple[float, float]] = {}
    close: list[str] = []
    for entry in entries:
        kind, _, rest = entry.partition(":")
        key, _, at = rest.rpartition("@") if kind == "move" else (rest, "", rest)
        if kind not in ("add", "move", "close") or (kind != "add" and (key not in known or key in used)):
            raise _no_change(entry, places)
        if kind == "add":
            add[_free(prefix, len(add) + 1, known)] = _point(at, entry, places, areas, crs)
            continue
        used.add(key)
        if kind == "move":
            move[key] = _point(at, entry, places, areas, crs)
        else:
            close.append(key)
    return Scenario(add, move, tuple(close))


@lru_cache(maxsize=24)
def change_of(city: City, answered: Outcome, theme: str, entries: tuple[str, ...], prefix: str) -> Change:
    """Return what a scenario changes; the city and the run stay as they are.

    Raises
    ------
    QmgisError
        As `scenario_of`, and where the city does not know where people live.
    """
    asked = answered.themes[theme]
    found = scenario_of(entries, answered.places[asked.places], answered.areas, city.crs, prefix)
    return changed(city, answered, theme, add=found.add, move=found.move, close=found.close)


def _free(prefix: str, number: int, known: set[str]) -> str:
    name = f"{prefix} {number}"
    while name in known:
        name += "+"
    return name


def _point(text: str, entry: str, places: PlaceLayer, areas: AreaLayer, crs: str) -> tuple[float, float]:
    try:
        north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise _no_change(entry, places) from None
    west, south, right, top = outline_sheet(areas).box
    inside = west - BEYOND <= east <= right + BEYOND and south - BEYOND <= north <= top + BEYOND
    if not (isfinite(north) and isfinite(east) and inside):
        raise DataError(
            f'"{text}" is no point in or near the city; give latitude and longitude such as '
            f"{(south + top) / 2:.4f},{(west + right) / 2:.4f}.",
            de=f'"{text}" ist kein Punkt in der Stadt oder nahe bei ihr; Breite und Länge angeben, etwa '
            f"{(south + top) / 2:.4f},{(west + right) / 2:.4f}.",
        )
    there = gpd.GeoSeries([shapely.Point(east, north)], crs=_WORLD).to_crs(crs).iloc[0]
    return float(there.x), float(there.y)


def _no_change(entry: str, places: PlaceLayer) -> DataError:
    return DataError(
        f'"{entry}" is no change of the places "{places.key}": each place is moved or closed once, a new one has a '
        "point (add:latitude,longitude); take it back, or start anew.",
        de=f'"{entry}" ist keine Änderung der Orte "{places.key}": Jeder Ort zieht einmal um oder schließt einmal, ein '
        "neuer hat einen Punkt (add:Breite,Länge); zurücknehmen oder von vorn beginnen.",
    )
