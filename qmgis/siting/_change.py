"""What if a place is added, moved or closed: who gains, who loses, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from qmgis.core.reach.distance import nearest_straight
from qmgis.core.reach.network import snap
from qmgis.core.reach.standing import Standing, add, close, stand
from qmgis.core.weighted import quantiles_by
from qmgis.coverage import (
    amount,
    checked_group,
    coordinates,
    doors_of,
    graph_of,
    joined,
    listed,
    origin_distances,
)
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import (
    AreaLayer,
    Network,
    PlaceChanges,
    PlaceLayer,
    Point,
    ResidentLayer,
    Scenario,
    Secrecy,
    Supply,
    Text,
    words,
)
from qmgis.model.where import area_of, same_crs
from qmgis.siting._after import homes_of, network_after, places_after
from qmgis.siting._cells import parts_of
from qmgis.siting._guard import shown_change
from qmgis.siting._newcomers import Newcomers, newcomers
from qmgis.siting._offer import offer
from qmgis.siting._words import caveats, sentence_of_change

__all__ = ["Change", "what_if"]


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
    new
        People of new housing apart: index ``area``, ``residents_…``, ``reached_…`` and ``not_reached_…`` of each group,
        as they may be shown; None without new housing.
    supply
        Where it was asked for, of those who live there now: index ``area``, ``access_before`` and ``access_after``
        (places for each 100), ``without_before`` and ``without_after`` (people who reach none), as they may be shown.
    """

    parts: pd.DataFrame
    shown: pd.DataFrame
    total: pd.Series
    metres: pd.DataFrame
    sentence: Text
    warnings: tuple[Text, ...]
    parameters: Mapping[str, object]
    credits: tuple[str, ...]
    new: pd.DataFrame | None = None
    supply: pd.DataFrame | None = None


def what_if(
    residents: ResidentLayer, places: PlaceLayer, areas: AreaLayer, *, within_m: float,
    add: Mapping[str, Point] | None = None, move: Mapping[str, Point] | None = None, close: Sequence[str] = (),
    scenario: Scenario | None = None, group: str = "residents", network: Network | None = None, snap_m: float = 50.0,
    measure: Supply | None = None, secrecy: Secrecy | None = None,
) -> Change:  # fmt: skip
    """Return what changes for whom if places are added, moved or closed, or by a scenario; the layers stay as they are.

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
    scenario
        Instead of these three: also changed capacities, new housing, new and closed paths.
    measure
        Whether supply is asked for as well, and how it is shared (`qmgis.coverage.supply`).
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
    asked = _asked(places, scenario, PlaceChanges(dict(add or {}), dict(move or {}), tuple(close)))
    changes, limits = asked.of(places.key), secrecy if secrecy is not None else Secrecy()
    later, streets = places_after(places, changes), network_after(network, asked)
    if streets is not network:
        before, after, off = _anew(residents, places, later, network, streets, float(snap_m))
    elif network is None:
        before, after, off = *_straight(residents, places, later), ()
    else:
        before, after, off = _walked(residents, places, network, float(snap_m), changes)
    parts, cells = parts_of(residents, areas, residents.groups, before <= within_m, after <= within_m)
    _add_medians(parts, residents, areas, group, before, after)
    shown, total = shown_change(cells, parts, limits, group)
    homes = homes_of(residents, asked)
    new = None if homes is None else newcomers(homes, areas, later, streets, within_m, snap_m, limits)
    supplied = None
    if measure is not None:
        supplied = offer(
            (residents, places, network), (homes, later, streets), areas, shown, limits=limits, within_m=within_m,
            group=group, measure=measure, snap_m=snap_m,
        )  # fmt: skip
    layers = (residents, places, areas, network)
    return Change(
        parts,
        shown,
        total,
        pd.DataFrame({"before": before, "after": after}, index=residents.frame.index),
        sentence_of_change(total, group, within_m, new.total if new is not None else None),
        (*caveats(residents, places, network), *_off(off, new, snap_m)),
        {
            "places": places.key, "group": group, "within_m": within_m, "add": dict(changes.add),
            "move": dict(changes.move), "close": list(changes.close), "scenario": asked.key,
            "distance_type": "straight_line" if network is None else "network",
        },
        tuple(dict.fromkeys(one.credit for one in layers if one is not None and one.credit)),
        None if new is None else new.shown,
        supplied,
    )  # fmt: skip


def _asked(places: PlaceLayer, scenario: Scenario | None, changes: PlaceChanges) -> Scenario:
    """Return what is asked as a scenario, checked against the places."""
    apart = bool(changes.add or changes.move or changes.close)
    if scenario is not None and apart:
        raise DataError(
            "Both a scenario and single changes are given; give one of them.",
            de="Ein Szenario und einzelne Änderungen sind angegeben; nur eines von beiden angeben.",
        )
    asked = scenario if scenario is not None else Scenario("", Text("", ""), {places.key: changes} if apart else {})
    if not asked.touches(places.key):
        raise DataError(
            "Nothing is to be changed; name a place to add, move or close.",
            de="Es soll sich nichts ändern; einen Ort nennen, der dazukommt, umzieht oder schließt.",
        )
    _check(places, asked.of(places.key))
    return asked


def _off(off: Sequence[str], new: Newcomers | None, snap_m: float) -> list[Text]:
    """Return what has to be said of places and homes that cannot be reached, or lie outside."""
    found = [words("siting.warning_off", names=listed(list(off)), snap=amount(snap_m))] if off else []
    for key, names in (("homes_off", new.off), ("homes_outside", new.outside)) if new is not None else ():
        if names:
            found.append(words(f"siting.warning_{key}", names=listed(list(names)), snap=amount(snap_m)))
    return found


def _check(places: PlaceLayer, changes: PlaceChanges) -> None:
    known = [str(name) for name in places.frame.index]
    new, moved, closed = changes.add, changes.move, changes.close
    for name in [*moved, *closed, *(name for name in changes.capacity if name not in new)]:
        if name not in known:
            raise UnknownKeyError(
                f'Layer "{places.key}" has no place "{name}".{did_you_mean(name, known)}',
                de=f'Ebene "{places.key}" hat keinen Ort "{name}".{did_you_mean(name, known, lang="de")}',
            )
    twice = [name for name in closed if name in moved or name in changes.capacity or closed.count(name) > 1]
    twice += [name for name in new if name in known]
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
    residents: ResidentLayer, places: PlaceLayer, network: Network, snap_m: float, changes: PlaceChanges
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return metres before and after, and which of the places join no street."""
    first = _standing(residents, places, network, snap_m)
    doors, own = doors_of(places)
    names = places.frame.index[own[np.isfinite(doors).all(axis=1)]]
    now = first
    for door in np.flatnonzero(names.isin([*changes.move, *changes.close])):
        now = close(now, int(door))
    there = {**changes.add, **changes.move}
    points = np.array(list(there.values()), dtype=float).reshape(-1, 2)
    more = snap(graph_of(network), points, within_m=snap_m)
    now = add(now, more) if len(points) else now
    return first.metres, now.metres, tuple(name for name, met in zip(there, more.found, strict=True) if not met)


def _anew(
    residents: ResidentLayer, places: PlaceLayer, later: PlaceLayer, network: Network | None, streets: Network | None,
    snap_m: float,
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:  # fmt: skip
    """Return the same where the streets change: everything is computed again."""
    before = origin_distances(residents, places, network=network, snap_m=snap_m)
    after = origin_distances(residents, later, network=streets, snap_m=snap_m)
    off = tuple(name for name in after.places_off if name not in before.places_off)
    return before.metres.to_numpy(), after.metres.to_numpy(), off


@lru_cache(maxsize=4)
def _standing(residents: ResidentLayer, places: PlaceLayer, network: Network, snap_m: float) -> Standing:
    graph, there = graph_of(network), doors_of(places)[0]
    doors = snap(graph, there[np.isfinite(there).all(axis=1)], within_m=snap_m)
    return stand(graph, joined(residents, network, snap_m), doors)


def _straight(residents: ResidentLayer, *both: PlaceLayer) -> tuple[np.ndarray, np.ndarray]:
    here = coordinates(residents)
    located = np.isfinite(here).all(axis=1)
    found = []
    for some in (doors_of(places)[0] for places in both):
        metres = np.full(len(here), np.inf)
        metres[located] = nearest_straight(here[located], some[np.isfinite(some).all(axis=1)])
        found.append(metres)
    return found[0], found[1]


def _add_medians(
    parts: pd.DataFrame, residents: ResidentLayer, areas: AreaLayer, group: str, before: np.ndarray, after: np.ndarray
) -> None:
    where = area_of(areas, residents)
    inside = where >= 0
    weight = residents.frame[group].fillna(0.0).to_numpy(dtype=float)[inside]
    for when, metres in (("before", before), ("after", after)):
        value = quantiles_by(metres[inside], weight, where[inside], q=0.5, size=len(parts))
        parts[f"median_{when}_m"] = np.where(np.isinf(value), np.nan, value)
