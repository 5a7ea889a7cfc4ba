"""The distance from each origin to the nearest place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core.reach.distance import nearest_straight
from qmgis.core.reach.network import Graph, Snap, nearest, snap
from qmgis.coverage._points import coordinates, doors_of
from qmgis.errors import DataError
from qmgis.model import Network, PlaceLayer, ResidentLayer
from qmgis.model.where import same_crs

__all__ = ["Distances", "graph_of", "joined", "origin_distances"]


@dataclass(frozen=True, eq=False)
class Distances:
    """How far it is from each origin to its nearest place, and who could not be asked.

    Parameters
    ----------
    metres
        Index ``origin``; with the ways to and from the street; inf where no place is reached.
    minutes
        The same in time, at the speed asked for; None where none was. With ways that are slow (a bicycle pushed) the
        nearest place in time may be another.
    distance_type
        ``network`` or ``straight_line``.
    off_network
        Origins farther than the tolerance from every street (their distance is inf).
    cut_off
        Origins whose streets are connected with no place (their distance is inf).
    small_part
        Origins that join a small part of the streets, since no other is near enough.
    places_off
        Places farther than the tolerance from every street: nobody reaches them.
    places_without_point
        Places whose location is missing.
    """

    metres: pd.Series
    distance_type: Literal["network", "straight_line"]
    minutes: pd.Series | None = None
    off_network: tuple[str, ...] = ()
    cut_off: tuple[str, ...] = ()
    small_part: tuple[str, ...] = ()
    places_off: tuple[str, ...] = ()
    places_without_point: tuple[str, ...] = ()


def origin_distances(
    residents: ResidentLayer,
    places: PlaceLayer,
    *,
    network: Network | None = None,
    snap_m: float = 50.0,
    kmh: float | None = None,
) -> Distances:
    """Return the distance from each origin to the nearest place: along streets where a network is given, else straight.

    The last results are kept, so that asking again for the same layers costs nothing.

    Parameters
    ----------
    residents
        Where people live.
    places
        Facilities of one kind; those outside the areas count.
    network
        Streets of a mode. A point joins the nearest street, not the nearest crossing; main streets before others.
    snap_m
        Points farther than this from every street (metres) do not join it.
    kmh
        Speed; then the time is told as well.

    Raises
    ------
    CrsError, DataError
        If the layers are in different reference systems, or hold no points.

    References
    ----------
    docs/coverage.md: way to the street + along the streets + way to the place; not reached is infinite, not missing.

    Examples
    --------
    >>> found = origin_distances(toy_residents(), toy_places(), network=toy_network())
    >>> found.distance_type, float(found.metres.min())
    ('network', 100.0)
    """
    if not (np.isfinite(snap_m) and snap_m >= 0):
        raise DataError(
            f"snap_m is {snap_m}; give a tolerance in metres of at least 0.",
            de=f"snap_m ist {snap_m}; eine Entfernung in Metern von mindestens 0 angeben.",
        )
    return _kept(residents, places, network, float(snap_m), kmh)


@lru_cache(maxsize=16)
def _kept(
    residents: ResidentLayer, places: PlaceLayer, network: Network | None, snap_m: float, kmh: float | None
) -> Distances:
    same_crs(residents, places, network)
    there, own = doors_of(places)
    located = np.isfinite(there).all(axis=1)
    index = places.frame.index
    lost = _ids(index, ~_among(own[located], index))
    origins = residents.frame.index
    if network is None:
        metres = _straight(coordinates(residents), there[located])
        return Distances(
            pd.Series(metres, index=origins, name="metres"),
            "straight_line",
            _minutes(metres, kmh, origins),
            places_without_point=lost,
        )
    graph, here = graph_of(network), joined(residents, network, snap_m)
    doors = snap(graph, there[located], within_m=snap_m)
    metres = nearest(graph, here, doors)
    slow = metres if kmh is None or network.pace is None else nearest(graph_of(network, slow=True), here, doors)
    small = here.found & ~_main(network)[np.maximum(here.edge, 0)]
    return Distances(
        pd.Series(metres, index=origins, name="metres"),
        "network",
        _minutes(slow, kmh, origins),
        small_part=_ids(origins, small),
        off_network=_ids(origins, ~here.found),
        cut_off=_ids(origins, here.found & np.isinf(metres)),
        places_off=_ids(index, _among(own[located], index) & ~_among(own[located][doors.found], index)),
        places_without_point=lost,
    )


def _minutes(metres: np.ndarray, kmh: float | None, origins: pd.Index) -> pd.Series | None:
    return None if kmh is None else pd.Series(metres / (kmh / 0.06), index=origins, name="minutes")


def _main(network: Network) -> np.ndarray:
    return np.ones(max(len(network.edges), 1), dtype=bool) if network.main is None else network.main


@lru_cache(maxsize=8)
def graph_of(network: Network, *, slow: bool = False) -> Graph:
    """Return the streets with their metres as costs, or (``slow``) with those metres that take the same time."""
    cost = None
    if network.passable is not None or slow:
        both = np.column_stack([network.length_m, network.length_m])
        paced = both * network.pace if slow and network.pace is not None else both
        cost = paced if network.passable is None else np.where(network.passable, paced, np.inf)
    return Graph(network.nodes, network.edges, network.length_m, cost, network.bends, network.main)


@lru_cache(maxsize=4)
def joined(residents: ResidentLayer, network: Network, snap_m: float) -> Snap:
    """Return where the origins join the streets; one without a point joins none."""
    here = coordinates(residents)
    located = np.flatnonzero(np.isfinite(here).all(axis=1))
    found = snap(graph_of(network), here[located], within_m=snap_m)
    edge, along, leg = np.full(len(here), -1, dtype=np.int64), np.zeros(len(here)), np.full(len(here), np.inf)
    edge[located], along[located], leg[located] = found.edge, found.along, found.leg_m
    return Snap(edge, along, leg)


def _straight(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    metres = np.full(len(here), np.inf)
    located = np.isfinite(here).all(axis=1)
    metres[located] = nearest_straight(here[located], there)
    return metres


def _among(own: np.ndarray, index: pd.Index) -> np.ndarray:
    return np.isin(np.arange(len(index)), own)


def _ids(index: pd.Index, rows: np.ndarray) -> tuple[str, ...]:
    return tuple(str(name) for name in index[rows])
