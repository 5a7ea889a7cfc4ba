"""What if a place is added, moved or closed: who gains, who loses, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from qmgis.core.distance import nearest_straight
from qmgis.core.network import snap
from qmgis.core.standing import Standing, add, close, stand
from qmgis.core.weighted import quantiles_by
from qmgis.coverage import amount, checked_group, coordinates, graph_of, joined, listed, only_points
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy, Text, words
from qmgis.model.where import area_of, same_crs
from qmgis.siting._guard import CELLS, shown_change
from qmgis.siting._words import caveats, sentence_of_change

__all__ = ["Change", "what_if"]

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Change:
    """Who is reached before and after, who gains and who loses: numbers of people, never a net number alone.

    Parameters
    ----------
    parts
        Index ``area``; for each group of the residents ``residents_…``, ``reached_before_…``, ``reached_after_…``,
        ``gain_…`` (reached only after) and ``lose_…`` (reached only before); ``median_before_m`` and ``median_after_m``
        of the group asked for, empty where they are infinite.
    shown, total
        The same without numbers of too few people; and the sums of all areas, missing where they would give some away.
    metres
        Index ``origin``: ``before`` and ``after``, to the nearest place; inf where none is reached.
    sentence
        What it means for the group asked for, from what is shown.
    """

    parts: pd.DataFrame
    shown: pd.DataFrame
    total: pd.Series
    metres: pd.DataFrame
    sentence: Text
    warnings: tuple[Text, ...]
    parameters: Mapping[str, object]
    credits: tuple[str, ...]


def what_if(
    residents: ResidentLayer, places: PlaceLayer, areas: AreaLayer, *, within_m: float,
    add: Mapping[str, Point] | None = None, move: Mapping[str, Point] | None = None, close: Sequence[str] = (),
    group: str = "residents", network: Network | None = None, snap_m: float = 50.0, secrecy: Secrecy | None = None,
) -> Change:  # fmt: skip
    """Return what changes for whom if places are added, moved or closed; the layers stay as they are.

    Parameters
    ----------
    residents, places, areas, within_m, group, network, snap_m
        As in `qmgis.coverage.reach`. People outside all areas do not count.
    add
        New places: name and point (metres in the layers' reference system).
    move
        Ids of places, and where they go.
    close
        Ids of places that are no longer there.
    secrecy
        Limits below which numbers are not shown.

    Raises
    ------
    DataError, UnknownKeyError
        Nothing to change, an unknown place, a place that is to be moved and closed, a point that is none.

    Examples
    --------
    >>> found = what_if(toy_residents(), toy_places(), toy_areas(), within_m=500, close=["k2"], network=toy_network())
    >>> int(found.total["gain_residents"]), int(found.total["lose_residents"])
    (0, 1601)
    """
    if not (np.isfinite(within_m) and within_m > 0):
        raise DataError(
            f"within_m is {within_m}; give a distance in metres above 0.",
            de=f"within_m ist {within_m}; eine Entfernung in Metern über 0 angeben.",
        )
    same_crs(areas, residents, places, network)
    checked_group(residents, group)
    new, moved = dict(add or {}), dict(move or {})
    only_points(places)
    _check(places, new, moved, close)
    gone = [*moved, *close]
    points = np.array([*new.values(), *moved.values()], dtype=float).reshape(-1, 2)
    if network is None:
        before, after, off = _straight(residents, places, gone, points)
    else:
        before, after, off = _walked(residents, places, network, float(snap_m), gone, points)
    parts, cells = _parts(residents, areas, group, before, after, within_m)
    shown, total = shown_change(cells, parts, secrecy if secrecy is not None else Secrecy(), group)
    layers = (residents, places, areas, network)
    warnings = caveats(residents, places, network)
    names = [name for name, lost in zip([*new, *moved], off, strict=True) if lost]
    if names:
        warnings.append(words("siting.warning_off", names=listed(names), snap=amount(snap_m)))
    return Change(
        parts,
        shown,
        total,
        pd.DataFrame({"before": before, "after": after}, index=residents.frame.index),
        sentence_of_change(total, group, within_m),
        tuple(warnings),
        {
            "places": places.key, "group": group, "within_m": within_m, "add": new, "move": moved, "close": list(close),
            "distance_type": "straight_line" if network is None else "network",
        },
        tuple(dict.fromkeys(one.credit for one in layers if one is not None and one.credit)),
    )  # fmt: skip


def _check(places: PlaceLayer, new: Mapping[str, Point], moved: Mapping[str, Point], closed: Sequence[str]) -> None:
    known = [str(name) for name in places.frame.index]
    if not new and not moved and not closed:
        raise DataError(
            "Nothing is to be changed; name a place to add, move or close.",
            de="Es soll sich nichts ändern; einen Ort nennen, der dazukommt, umzieht oder schließt.",
        )
    for name in [*moved, *closed]:
        if name not in known:
            raise UnknownKeyError(
                f'Layer "{places.key}" has no place "{name}".{did_you_mean(name, known)}',
                de=f'Ebene "{places.key}" hat keinen Ort "{name}".{did_you_mean(name, known, lang="de")}',
            )
    twice = [name for name in closed if name in moved or list(closed).count(name) > 1] + [n for n in new if n in known]
    if twice:
        raise DataError(
            f'Place "{twice[0]}" is named twice, or exists already; name each place once.',
            de=f'Ort "{twice[0]}" ist zweimal genannt oder besteht schon; jeden Ort einmal nennen.',
        )
    for name, point in {**new, **moved}.items():
        if np.shape(point) != (2,) or not np.isfinite(np.asarray(point, dtype=float)).all():
            raise DataError(
                f'Place "{name}" has no point {point!r}; give x and y in metres.',
                de=f'Ort "{name}" hat keinen Punkt {point!r}; x und y in Metern angeben.',
            )


def _walked(
    residents: ResidentLayer, places: PlaceLayer, network: Network, snap_m: float, gone: list[str], points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return metres before and after, and which of the points joined no street."""
    first = _standing(residents, places, network, snap_m)
    located = places.frame.index[np.isfinite(coordinates(places)).all(axis=1)]
    now = first
    for name in gone:
        if name in located:
            now = close(now, int(located.get_loc(name)))
    doors = snap(graph_of(network), points, within_m=snap_m)
    now = add(now, doors) if len(points) else now
    return first.metres, now.metres, ~doors.found


@lru_cache(maxsize=4)
def _standing(residents: ResidentLayer, places: PlaceLayer, network: Network, snap_m: float) -> Standing:
    graph, there = graph_of(network), coordinates(places)
    doors = snap(graph, there[np.isfinite(there).all(axis=1)], within_m=snap_m)
    return stand(graph, joined(residents, network, snap_m), doors)


def _straight(
    residents: ResidentLayer, places: PlaceLayer, gone: list[str], points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    here, there = coordinates(residents), coordinates(places)
    left = there[~places.frame.index.isin(gone)]
    located = np.isfinite(here).all(axis=1)
    found = []
    for some in (there, np.concatenate([left, points])):
        metres = np.full(len(here), np.inf)
        metres[located] = nearest_straight(here[located], some[np.isfinite(some).all(axis=1)])
        found.append(metres)
    return found[0], found[1], np.zeros(len(points), dtype=bool)


def _parts(
    residents: ResidentLayer, areas: AreaLayer, group: str, before: np.ndarray, after: np.ndarray, within_m: float
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the numbers of each area and group, and the four cells that they are made of."""
    where, index = area_of(areas, residents), areas.frame.index
    inside, size = where >= 0, len(index)
    was, is_ = before <= within_m, after <= within_m
    masks = {"stay": was & is_, "gain": ~was & is_, "lose": was & ~is_, "none": ~was & ~is_}
    cells = {cell: pd.DataFrame(index=index) for cell in CELLS}
    parts = pd.DataFrame(index=index)
    for name in residents.groups:
        people = residents.frame[name].to_numpy(dtype=float)
        known = inside & ~np.isnan(people)
        blank = (np.bincount(where[inside], minlength=size) > 0) & (np.bincount(where[known], minlength=size) == 0)
        for cell, mask in masks.items():
            sums = np.bincount(where[known & mask], people[known & mask], minlength=size)
            cells[cell][name] = np.where(blank, np.nan, sums)
        parts[f"residents_{name}"] = sum(cells[cell][name] for cell in CELLS)
        parts[f"reached_before_{name}"] = cells["stay"][name] + cells["lose"][name]
        parts[f"reached_after_{name}"] = cells["stay"][name] + cells["gain"][name]
        for cell in ("gain", "lose"):
            parts[f"{cell}_{name}"] = cells[cell][name]
    weight = residents.frame[group].fillna(0.0).to_numpy(dtype=float)[inside]
    for when, metres in (("before", before), ("after", after)):
        value = quantiles_by(metres[inside], weight, where[inside], q=0.5, size=size)
        parts[f"median_{when}_m"] = np.where(np.isinf(value), np.nan, value)
    return parts, cells
