"""Names for points that have none: by the nearest place that people know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from qmgis.coverage import amount, coordinates
from qmgis.model import Lang, PlaceLayer, Text, words

__all__ = ["names_of", "places_nearby", "with_names"]

AT_M, NEARBY_M = 25.0, 500.0
TOWARDS = ("e", "ne", "n", "nw", "w", "sw", "s", "se")


def names_of(candidates: PlaceLayer, names: Mapping[str, Text] | None = None) -> dict[str, Text]:
    """Return what people call each candidate: the name that is given, else its own, else its id.

    Examples
    --------
    >>> names_of(toy_places(), {"k1": Text("Ort", "Place")})["k1"].en
    'Place'
    """
    own = candidates.frame["name"]
    plain = own.where(own.notna(), own.index.to_series()).astype(str)
    return {str(key): Text(name, name) for key, name in plain.items()} | dict(names or {})


def places_nearby(candidates: PlaceLayer, known: Iterable[PlaceLayer]) -> dict[str, Text]:
    """Return a name for each candidate: by the nearest named place up to 500 m away, else a number.

    Parameters
    ----------
    candidates
        Points that have no name of their own, such as crossings.
    known
        Layers of places of any kind; places without a name do not help.

    Returns
    -------
    dict
        By id; candidates of the same name are numbered.

    Examples
    --------
    >>> from qmgis.siting import at_crossings
    >>> land = toy_areas().frame.head(1)
    >>> places_nearby(at_crossings(toy_network(), land), [toy_places()])["node-0"].en
    '420 m south-west of Kita Nord'
    """
    titles, points = _landmarks(known)
    xy = coordinates(candidates)
    metres, nearest = np.full(len(xy), np.inf), np.zeros(len(xy), dtype=int)
    located = np.isfinite(xy).all(axis=1)
    if len(points):
        metres[located], nearest[located] = cKDTree(points).query(xy[located])
    found: dict[str, Text] = {}
    seen: dict[Text, int] = {}
    unnamed = 0
    for key, at, way, near in zip(candidates.frame.index, xy, metres, nearest, strict=True):
        if way > NEARBY_M:
            unnamed += 1
            found[str(key)] = words("siting.point", number=unnamed)
            continue
        name = _beside(titles[near], at - points[near], float(way))
        seen[name] = seen.get(name, 0) + 1
        found[str(key)] = name if seen[name] == 1 else words("siting.point_again", name=name, number=seen[name])
    return found


def with_names(candidates: PlaceLayer, names: Mapping[str, Text], *, lang: Lang) -> PlaceLayer:
    """Return candidates that carry their names in one language.

    Examples
    --------
    >>> with_names(toy_places(), names_of(toy_places()), lang="de").frame["name"]["k1"]
    'Kita Nord'
    """
    index = candidates.frame.index
    plain = pd.Series([names[str(key)].to(lang) for key in index], index, dtype=object)
    return replace(candidates, frame=candidates.frame.assign(name=plain))


def _landmarks(known: Iterable[PlaceLayer]) -> tuple[list[str], np.ndarray]:
    """Return the names and points of places that have both."""
    titles: list[str] = []
    points = [np.empty((0, 2))]
    for layer in known:
        xy, name = coordinates(layer), layer.frame["name"]
        rows = np.isfinite(xy).all(axis=1) & name.notna().to_numpy() & (name.astype(str).str.strip() != "").to_numpy()
        titles += name[rows].astype(str).tolist()
        points.append(xy[rows])
    return titles, np.concatenate(points)


def _beside(title: str, offset: np.ndarray, metres: float) -> Text:
    if metres <= AT_M:
        return words("siting.at", place=title)
    sector = round(float(np.arctan2(offset[1], offset[0])) / (np.pi / 4)) % 8
    toward = words(f"siting.toward_{TOWARDS[sector]}")
    return words("siting.beside", metres=amount(round(metres, -1)), toward=toward, place=title)
