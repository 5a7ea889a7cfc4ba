"""Points where a place could be: from a layer, at crossings in a gap, or on a grid over inhabited land."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.coverage import checked_group, coordinates
from qmgis.errors import CrsError, DataError, NotEnoughDataError
from qmgis.model import Network, PlaceLayer, ResidentLayer, Text, words

__all__ = ["at_crossings", "from_places", "on_grid"]


def from_places(layer: PlaceLayer) -> PlaceLayer:
    """Return the places of a layer as candidates, with their entrances: each point once, those without left out.

    Parameters
    ----------
    layer
        Places of any kind, such as vacant shops or school yards.

    Examples
    --------
    >>> from_places(toy_places()).frame.index.tolist()
    ['k1', 'k2', 'k3']
    """
    xy = coordinates(layer)
    located = np.isfinite(xy).all(axis=1)
    twice = pd.DataFrame(xy).duplicated().to_numpy()
    kept = layer.frame[located & ~twice]
    found = _layer(kept, layer.title, layer.credit, layer.licence, layer.key)
    return found if layer.doors is None else replace(found, doors=layer.doors[layer.doors["place"].isin(kept.index)])


def at_crossings(network: Network, land: gpd.GeoDataFrame) -> PlaceLayer:
    """Return the crossings of the street network inside polygons, such as the squares of `qmgis.coverage.gaps`.

    Parameters
    ----------
    network
        Walkable streets.
    land
        Polygons in the same reference system.

    Returns
    -------
    PlaceLayer
        Index ``place``: ``node-`` and the number of the node.

    Raises
    ------
    CrsError, NotEnoughDataError
        Another reference system, or no crossing inside.

    Examples
    --------
    >>> from qmgis.coverage import gaps
    >>> squares = gaps(toy_residents(), toy_places(), within_m=500, theme="kita", network=toy_network())
    >>> len(at_crossings(toy_network(), squares).frame) > 10
    True
    """
    crs = pyproj.CRS.from_user_input(network.crs)
    if land.crs != crs:
        raise CrsError(
            f'The polygons and the network "{network.key}" are in different reference systems; bring both into the one '
            "of city.toml.",
            de=f'Die Flächen und das Netz "{network.key}" liegen in verschiedenen Koordinatensystemen; beide in das '
            "aus city.toml bringen.",
        )
    points = shapely.points(network.nodes)
    used = np.unique(network.edges)
    inside = shapely.STRtree(points[used]).query(land.geometry.array, predicate="intersects")[1]
    nodes = used[np.unique(inside)]
    if not len(nodes):
        raise NotEnoughDataError(
            f'No crossing of the network "{network.key}" lies inside the polygons; use a grid, or wider polygons.',
            de=f'In den Flächen liegt keine Kreuzung des Netzes "{network.key}"; ein Raster oder größere Flächen '
            "verwenden.",
        )
    ids = [f"node-{node}" for node in nodes]
    frame = gpd.GeoDataFrame({"name": ids, "capacity": np.nan}, geometry=points[nodes], index=ids, crs=crs)
    return _layer(frame, words("siting.candidates_crossings"), network.credit, network.licence, "crossings")


def on_grid(
    residents: ResidentLayer, *, cell_m: float = 100.0, group: str = "residents", min_count: float = 3
) -> PlaceLayer:
    """Return the middles of the cells of a grid in which people live.

    Parameters
    ----------
    residents
        Where people live.
    cell_m
        Side of a cell in metres; corners are multiples of it in the layer's reference system.
    group
        Whose cells: all residents, or an age group.
    min_count
        Fewest people of a cell, so that no candidate points at a few people.

    Returns
    -------
    PlaceLayer
        Index ``place``: ``cell-`` with column and row, from north-west to south-east.

    Raises
    ------
    DataError, NotEnoughDataError
        An impossible side, or no cell with so many people.

    Examples
    --------
    >>> len(on_grid(toy_residents(), cell_m=200).frame)
    120
    """
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise DataError(
            f"cell_m is {cell_m}; give metres above 0.", de=f"cell_m ist {cell_m}; Meter größer als 0 angeben."
        )
    people, xy = checked_group(residents, group).to_numpy(dtype=float), coordinates(residents)
    rows = (people > 0) & np.isfinite(xy).all(axis=1)
    cells = np.floor(xy[rows] / cell_m).astype(np.int64)
    table = pd.DataFrame({"column": cells[:, 0], "row": cells[:, 1], "people": people[rows]})
    summed = table.groupby(["row", "column"], as_index=False).sum()
    table = summed[summed["people"] >= min_count].sort_values(["row", "column"], ascending=[False, True])
    if table.empty:
        raise NotEnoughDataError(
            f'No cell of {cell_m:g} m holds {min_count:g} people of "{group}"; use larger cells.',
            de=f"In keiner Zelle von {cell_m:g} m leben {min_count:g} Menschen der Gruppe {group}; größere wählen.",
        )
    ids = [f"cell-{column}-{row}" for row, column in zip(table["row"], table["column"], strict=True)]
    middle = shapely.points((table["column"] + 0.5) * cell_m, (table["row"] + 0.5) * cell_m)
    frame = gpd.GeoDataFrame({"name": ids, "capacity": np.nan}, geometry=middle, index=ids, crs=residents.frame.crs)
    return _layer(frame, words("siting.candidates_grid"), residents.credit, residents.licence, "grid")


def _layer(frame: gpd.GeoDataFrame, title: Text, credit: str, licence: str, key: str) -> PlaceLayer:
    named = frame.set_axis(pd.Index(frame.index, name="place", dtype="str"))
    return PlaceLayer(key, title, named, licence=licence, credit=credit)
