"""The best crosswalk between two versions of the areas: by people where they are known, by land last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import scipy
import shapely

from qmgis.core.spatial.crosswalk import Crosswalk, from_parts
from qmgis.core.spatial.overlap import cell_parts, land_parts, point_parts
from qmgis.errors import VintageError
from qmgis.model import LAND, AreaLayer, CrosswalkLayer, ResidentLayer, Text, words
from qmgis.model.where import area_of, same_crs

__all__ = ["SLIVER", "Way", "amounts_of", "pieces_of", "way_between"]

# Parts of land below this share of their old area are slivers of drawing (METHODS 11.1).
SLIVER = 0.01


@dataclass(frozen=True, eq=False)
class Way:
    """A crosswalk and what it goes by.

    ``basis`` is ``residents``, an age group, ``addresses``, ``grid`` or ``land``; ``source`` the key of the layer, or
    empty where the outlines alone serve.
    """

    crosswalk: Crosswalk
    basis: str
    source: str
    warnings: tuple[Text, ...]


def way_between(
    old: AreaLayer,
    new: AreaLayer,
    *,
    given: CrosswalkLayer | None = None,
    residents: ResidentLayer | None = None,
    group: str = "residents",
) -> Way:
    """Return how counts of a group come from one version of the areas to another, by the best that is there.

    In this order: the group in a crosswalk that the city gives, all residents in it, points or cells where the group
    lives (`from_parts` of what both areas share), addresses in the crosswalk, land. Areas where nobody is counted go by
    land and are told.

    Parameters
    ----------
    old, new
        Two versions of the areas in one metric system; counts go from the first to the second.
    given
        A crosswalk of these two versions, in either direction.
    residents
        Where people live, at one date.
    group
        Whose counts are carried, such as ``"age_65_plus"``.

    Raises
    ------
    VintageError, CrsError
        ``given`` is of other versions; layers lie in different systems.

    Examples
    --------
    >>> way = way_between(toy_areas(), toy_areas(), residents=toy_residents())
    >>> way.basis, bool(way.crosswalk.whole.all())
    ('residents', True)
    """
    same_crs(old, new, residents)
    table = None if given is None else _turned(given, old, new)
    amount, basis, source = _best(old, new, table, residents, group)
    index = old.frame.index, new.frame.index
    if basis == LAND:
        way = from_parts(amount, old=index[0], new=index[1], sliver=0.0 if source else SLIVER)
        return Way(way, basis, source, (words("boundaries.by_land", old=old.title, new=new.title),))
    sliver = SLIVER if basis == "grid" else 0.0
    way = from_parts(amount, old=index[0], new=index[1], sliver=sliver)
    if way.empty:
        land = from_parts(pieces_of(old, new), old=index[0], new=index[1], sliver=SLIVER)
        way = from_parts(amount, old=index[0], new=index[1], sliver=sliver, beside=land)
    return Way(way, basis, source, _told(way))


def _best(
    old: AreaLayer,
    new: AreaLayer,
    table: tuple[pd.DataFrame, str] | None,
    residents: ResidentLayer | None,
    group: str,
) -> tuple[pd.DataFrame, str, str]:
    """Return the amounts of the best basis, what it is, and the key of its layer."""
    frame, key = table if table is not None else (pd.DataFrame(), "")
    for basis in dict.fromkeys((group, "residents")):
        if basis in frame:
            return _amounts(frame, basis), basis, key
    if residents is not None and residents.origin_type != "area":
        for basis in dict.fromkeys((group, "residents")):
            if basis in residents.groups:
                found = amounts_of(old, new, residents, basis)
                return found, "grid" if residents.origin_type == "grid" else basis, residents.key
    for basis in ("addresses", LAND):
        if basis in frame:
            return _amounts(frame, basis), basis, key
    return pieces_of(old, new), LAND, ""


@lru_cache(maxsize=2)
def pieces_of(old: AreaLayer, new: AreaLayer) -> pd.DataFrame:
    """Return the land that two versions share, piece by piece, as `land_parts` gives it; made once."""
    return land_parts(old.frame.geometry, new.frame.geometry)


def amounts_of(old: AreaLayer, new: AreaLayer, residents: ResidentLayer, group: str) -> pd.DataFrame:
    """Return the people of a group in each pair of areas, as `from_parts` takes them."""
    if residents.origin_type == "grid":
        return _of_cells(pieces_of(old, new), residents, group)
    return _of_points(old, new, residents, group)


def _amounts(frame: pd.DataFrame, basis: str) -> pd.DataFrame:
    return frame[["old", "new", basis]].rename(columns={basis: "amount"}).dropna()


def _turned(given: CrosswalkLayer, old: AreaLayer, new: AreaLayer) -> tuple[pd.DataFrame, str]:
    """Return the crosswalk from ``old`` to ``new``; against its direction only its amounts serve."""
    if (given.old_vintage, given.new_vintage) == (old.vintage, new.vintage):
        return given.frame, given.key
    if (given.old_vintage, given.new_vintage) == (new.vintage, old.vintage):
        turned = given.frame.drop(columns=list(given.weights)).rename(columns={"old": "new", "new": "old"})
        return turned, given.key
    raise VintageError(
        f'Crosswalk "{given.key}" leads from "{given.old_vintage}" to "{given.new_vintage}", not from "{old.vintage}" '
        f'to "{new.vintage}".',
        de=f'Der Gebietsschlüssel "{given.key}" führt von "{given.old_vintage}" nach "{given.new_vintage}", nicht von '
        f'"{old.vintage}" nach "{new.vintage}".',
    )


def _of_points(old: AreaLayer, new: AreaLayer, residents: ResidentLayer, group: str) -> pd.DataFrame:
    people = residents.frame[group].reset_index(drop=True)
    return point_parts(_area_names(old, residents), _area_names(new, residents), people)


def _area_names(areas: AreaLayer, residents: ResidentLayer) -> pd.Series:
    at, names = area_of(areas, residents), areas.frame.index.to_numpy(dtype=object)
    return pd.Series(np.where(at < 0, None, names[np.maximum(at, 0)]), dtype=object)


def _of_cells(pieces: pd.DataFrame, residents: ResidentLayer, group: str) -> pd.DataFrame:
    """Return the people of cells by the land of each; a cell is a square as wide as the cells are apart."""
    known = residents.frame[residents.frame[group] > 0]
    places = shapely.get_coordinates(known.geometry.to_numpy())
    if len(places) < 2:
        return pieces[["old", "new"]].assign(amount=0.0)
    apart = np.asarray(scipy.spatial.cKDTree(places).query(places, k=2)[0])
    half = float(np.median(apart[:, 1])) / 2
    squares = shapely.box(*(places - half).T, *(places + half).T)
    return cell_parts(pieces, squares, known[group].to_numpy(dtype=float))


def _told(way: Crosswalk) -> tuple[Text, ...]:
    found = []
    for areas, key in ((way.instead, "boundaries.instead"), (way.empty, "boundaries.empty")):
        if areas:
            shown = ", ".join(areas[:5]) + (" …" if len(areas) > 5 else "")
            found.append(words(key, n=len(areas), areas=shown))
    return tuple(found)
