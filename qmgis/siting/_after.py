"""A city's layers as a scenario would have them: new layers beside the old ones, which stay as they are."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.core.reach.network import Bends
from qmgis.core.reach.paths import along, with_path
from qmgis.core.reach.streets import Streets
from qmgis.errors import DataError, UnknownKeyError, did_you_mean
from qmgis.model import Network, PlaceChanges, PlaceLayer, ResidentLayer, Scenario

__all__ = ["homes_of", "network_after", "places_after"]


def places_after(places: PlaceLayer, changes: PlaceChanges) -> PlaceLayer:
    """Return the places as the changes leave them: those that stay, those that move, then the new ones.

    Entrances stay with their place; one that moves, or is new, is entered at its point.

    Examples
    --------
    >>> found = places_after(toy_places(), PlaceChanges(add={"new": (0.0, 0.0)}, close=("k2",), names={"new": "Neu"}))
    >>> found.frame["name"].tolist()[-1], len(found.frame)
    ('Neu', 3)
    """
    frame = places.frame[~places.frame.index.isin(changes.close)].copy()
    for name, point in changes.move.items():
        frame.loc[name, "geometry"] = shapely.Point(point)
    new = gpd.GeoDataFrame(
        {"name": [changes.names.get(name, name) for name in changes.add], "capacity": np.nan},
        geometry=[shapely.Point(point) for point in changes.add.values()],
        index=pd.Index(list(changes.add), dtype="str"), crs=frame.crs,
    )  # fmt: skip
    whole = pd.concat([frame[["name", "capacity", "geometry"]], new]) if len(new) else frame
    whole.index = pd.Index(whole.index, name="place", dtype="str")
    for name, capacity in changes.capacity.items():
        whole.loc[name, "capacity"] = float(capacity)
    later = gpd.GeoDataFrame(whole, geometry="geometry", crs=places.frame.crs)
    return replace(places, frame=later, doors=_doors_after(places.doors, changes))


def _doors_after(doors: gpd.GeoDataFrame | None, changes: PlaceChanges) -> gpd.GeoDataFrame | None:
    """Return the entrances of the places that stay, and the points of those that move or are new."""
    if doors is None:
        return None
    points = {**changes.move, **changes.add}
    stay = doors[~doors["place"].isin([*changes.close, *changes.move])]
    new = gpd.GeoDataFrame({"place": list(points)}, geometry=[shapely.Point(one) for one in points.values()])
    whole = pd.concat([stay[["place", "geometry"]], new.set_crs(doors.crs)], ignore_index=True)
    whole.index = pd.Index(whole.index.astype(str), name="door", dtype="str")
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=doors.crs)


def homes_of(residents: ResidentLayer, scenario: Scenario) -> ResidentLayer | None:
    """Return the new homes of a scenario with the groups of the residents, unknown ones missing; None without any.

    Examples
    --------
    >>> homes_of(toy_residents(), Scenario("none", toy_residents().title)) is None
    True
    """
    if not scenario.housing:
        return None
    for home in scenario.housing:
        for group in home.people:
            if group not in residents.groups:
                known = residents.groups
                raise UnknownKeyError(
                    f'"{home.key}" of the scenario "{scenario.key}" names the group "{group}", which layer '
                    f'"{residents.key}" does not have.{did_you_mean(group, known)}',
                    de=f'"{home.key}" im Szenario "{scenario.key}" nennt die Gruppe "{group}", die es in der Ebene '
                    f'"{residents.key}" nicht gibt.{did_you_mean(group, known, lang="de")}',
                )
    people = {name: [home.people.get(name, np.nan) for home in scenario.housing] for name in residents.groups}
    frame = gpd.GeoDataFrame(
        people, geometry=[shapely.Point(home.point) for home in scenario.housing], crs=residents.frame.crs,
        index=pd.Index([home.key for home in scenario.housing], name="origin", dtype="str"),
    )  # fmt: skip
    if "residents" not in frame:
        frame["residents"] = np.nan
    return replace(residents, frame=frame)


def network_after(network: Network | None, scenario: Scenario) -> Network | None:
    """Return the streets with the new paths of a scenario, open both ways, and without those that it closes.

    Raises
    ------
    DataError
        Paths where there are no streets, or a line along which there is none to close.

    Examples
    --------
    >>> streets = toy_network()
    >>> network_after(streets, Scenario("none", streets.title)) is streets
    True
    """
    if not (scenario.paths or scenario.closed):
        return network
    if network is None:
        raise DataError(
            f'The scenario "{scenario.key}" changes paths, but there is no network; distances are straight lines.',
            de=f'Das Szenario "{scenario.key}" ändert Wege, aber es gibt kein Wegenetz; gemessen wird Luftlinie.',
        )
    count = len(network.edges)
    bends = network.bends if network.bends is not None else Bends(np.empty((0, 2)), np.zeros(count + 1, dtype=np.int64))
    streets, was = Streets(network.nodes, network.edges, network.length_m, bends, np.arange(count)), np.arange(count)
    for name, line in scenario.closed.items():
        gone = along(streets, shapely.LineString(line))
        if not gone.any():
            raise DataError(
                f'"{name}" of the scenario "{scenario.key}" closes no street: none runs along the line (5 m).',
                de=f'"{name}" im Szenario "{scenario.key}" sperrt nichts: An der Linie (5 m) verläuft kein Weg.',
            )
        streets, was = _without(streets, gone), was[~gone]
    for line in scenario.paths.values():
        streets, before = with_path(streets, shapely.LineString(line))
        was = np.where(before >= 0, was[before], -1)
    new = was < 0
    return replace(
        network,
        nodes=streets.nodes,
        edges=streets.edges,
        length_m=streets.length_m,
        bends=streets.bends if len(streets.bends.points) else None,
        passable=None if network.passable is None else network.passable[was] | new[:, None],
        pace=None if network.pace is None else np.where(new[:, None], 1.0, network.pace[was]),
        main=None if network.main is None else network.main[was] | new,
    )


def _without(streets: Streets, gone: np.ndarray) -> Streets:
    between = np.diff(streets.bends.offset)
    bends = Bends(streets.bends.points[~np.repeat(gone, between)], np.append(0, np.cumsum(between[~gone])))
    return Streets(streets.nodes, streets.edges[~gone], streets.length_m[~gone], bends, streets.line[~gone])
