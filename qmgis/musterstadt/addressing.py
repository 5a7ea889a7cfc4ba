"""Names of streets and numbers of houses: odd on the left, even on the right, from the middle of the town outwards."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["house_numbers", "street_names"]

NAMELESS = "path"
BEND = np.deg2rad(40)  # a street goes on where it bends less
STEMS = (
    "Ahorn", "Amsel", "Anger", "Apfel", "Bach", "Birken", "Brunnen", "Buchen", "Burg", "Drossel", "Eichen", "Erlen",
    "Eschen", "Falken", "Feld", "Fichten", "Finken", "Flieder", "Garten", "Ginster", "Hafer", "Hasel", "Heide",
    "Hirsch", "Hof", "Holunder", "Kastanien", "Kiefern", "Kirsch", "Klee", "Korn", "Kranich", "Lerchen", "Linden",
    "Malven", "Meisen", "Mohn", "Mond", "Mühlen", "Nelken", "Nuss", "Pappel", "Quellen", "Reb", "Roggen", "Rosen",
    "Schlehen", "Schul", "Schwalben", "Sonnen", "Stern", "Tannen", "Ulmen", "Veilchen", "Wald", "Weiden", "Weizen",
    "Wiesen", "Wind", "Ziegel",
)  # fmt: skip
ENDS = (
    "straße", "weg", "gasse", "ring", "platz", "allee", "steig", "ufer", "zeile", "kamp", "grund", "bogen", "hang",
    "winkel", "damm", "stieg", "pfad", "rain", "trift", "gang",
)  # fmt: skip


def street_names(streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return a name for each line, empty for paths; a street goes on straight across crossings, and no name returns.

    Examples
    --------
    >>> lines = shapely.linestrings([[[0, 0], [9, 0]], [[9, 0], [18, 1]], [[9, 0], [9, 9]]])
    >>> street_names(gpd.GeoDataFrame({"kind": ["street"] * 3}, geometry=lines)).tolist()
    ['Ahornstraße', 'Ahornstraße', 'Erlenring']
    """
    lines, named = streets.geometry.to_numpy(), streets["kind"].to_numpy() != NAMELESS
    names = np.full(len(lines), "", dtype=object)
    if not named.any():
        return names
    number = _courses(lines[named])
    _, first, number = np.unique(number, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=int)
    order[np.argsort(first, kind="stable")] = np.arange(len(first))
    names[named] = [_name(one) for one in order[number]]
    return names


def house_numbers(points: NDArray[np.object_], streets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``street`` and ``number`` of each point: its nearest named street, and its place on that side of it.

    Examples
    --------
    >>> line = shapely.linestrings([[[0, 0], [90, 0]]])
    >>> lines = gpd.GeoDataFrame({"kind": ["street"], "name": ["Ring"]}, geometry=line)
    >>> house_numbers(shapely.points([[80, 5], [10, 5], [40, -5]]), lines)["number"].tolist()
    ['3', '1', '2']
    """
    frame = streets[(streets["name"] != "").to_numpy()]
    names, owner = np.unique(frame["name"].to_numpy(), return_inverse=True)
    order = np.argsort(owner, kind="stable")
    whole = shapely.line_merge(shapely.multilinestrings(frame.geometry.to_numpy()[order], indices=owner[order]))
    parts, owner = shapely.get_parts(whole, return_index=True)
    parts = _outwards(parts, np.mean(shapely.get_coordinates(points), axis=0))
    length = shapely.length(parts)
    before = np.cumsum(length) - length
    where = shapely.STRtree(parts).query_nearest(points, all_matches=False)[1]
    at = shapely.line_locate_point(parts[where], points)
    table = pd.DataFrame({"owner": owner[where], "left": _left(parts[where], points, at), "at": before[where] + at})
    turn = table.sort_values(["owner", "left", "at"], kind="stable").groupby(["owner", "left"]).cumcount()
    number = 2 * turn.reindex(table.index) + np.where(table["left"], 1, 2)
    return pd.DataFrame({"street": names[table["owner"]], "number": number.astype(str)})


def _name(number: int) -> str:
    """Return the name of the n-th street: every stem with every end once, then numbered."""
    count = len(STEMS) * len(ENDS)
    turn, place = divmod(number, count)
    name = STEMS[(place * 11) % len(STEMS)] + ENDS[(place // len(STEMS) + place * 3) % len(ENDS)]
    return name if turn == 0 else f"{name} {turn + 1}"


def _courses(lines: NDArray[np.object_]) -> NDArray[np.int_]:
    """Return the number of the street of each line: lines that go on from each other with the least bend are one."""
    count = len(lines)
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)])
    inner = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (1, -2)])
    node = np.unique(np.round(ends, 2), axis=0, return_inverse=True)[1].reshape(-1)
    heading = np.arctan2(*(inner - ends).T[::-1])
    half = pd.DataFrame({"node": node, "half": np.arange(2 * count), "heading": heading})
    pairs = half.merge(half, on="node", suffixes=("", "_b"))
    pairs = pairs[pairs["half"] % count != pairs["half_b"] % count]
    turned = np.abs((pairs["heading"] - pairs["heading_b"]) % (2 * np.pi) - np.pi)
    pairs = pairs.assign(bend=np.round(turned, 6))[turned < BEND].sort_values(["half", "bend", "half_b"])
    best = np.full(2 * count, -1)
    chosen = pairs.drop_duplicates("half")
    best[chosen["half"]] = chosen["half_b"]
    one = np.flatnonzero((best >= 0) & (best[best] == np.arange(2 * count)))
    joint = coo_array((np.ones(len(one)), (one % count, best[one] % count)), shape=(count, count))
    return np.asarray(connected_components(joint, directed=False)[1])


def _outwards(lines: NDArray[np.object_], middle: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return lines that begin at their end nearer to the middle."""
    first, last = (shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1))
    turned = np.hypot(*(last - middle).T) < np.hypot(*(first - middle).T)
    return np.where(turned, shapely.reverse(lines), lines)


def _left(lines: NDArray[np.object_], points: NDArray[np.object_], at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie to the left of their line."""
    back = np.maximum(at - 1.0, 0.0)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, back))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, at + 1.0)) - here
    away = shapely.get_coordinates(points) - here
    return np.asarray(ahead[:, 0] * away[:, 1] - ahead[:, 1] * away[:, 0] > 0)
