"""Outlines of where places are reached from: the streets in reach and nothing else."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.core.reach.network import Bends, nearest, snap
from qmgis.coverage import catchments
from qmgis.coverage._distances import graph_of
from qmgis.errors import DataError
from qmgis.model import Network, PlaceLayer, Text
from tests import toy

CRS = "EPSG:25832"


def place(*points: tuple[float, float]) -> PlaceLayer:
    index = pd.Index([f"k{n}" for n in range(len(points))], name="place", dtype="str")
    frame = gpd.GeoDataFrame({"name": "K", "capacity": np.nan}, geometry=gpd.points_from_xy(*zip(*points, strict=True)),
                             index=index, crs=CRS)  # fmt: skip
    return PlaceLayer("kita", Text("Kita", "Day care"), frame)


def cross() -> Network:
    """Two streets that cross at 0/0, and one apart."""
    nodes = np.array([[0.0, 0], [1000, 0], [-1000, 0], [0, 1000], [0, -1000], [0, 3000], [500, 3000]])
    edges = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [5, 6]])
    return Network("n", Text("n", "n"), nodes, edges, np.array([1000.0, 1000, 1000, 2000, 500]), CRS)


def test_along_the_streets_by_hand():
    """From 200 m right of the crossing, 500 m: to both sides, 300 m up, 150 m down the street twice as long."""
    found = catchments(place((200, 10)), within_m=510, network=cross(), width_m=1).geometry.iloc[0]
    reach = shapely.MultiLineString([[(-300, 0), (700, 0)], [(0, 0), (0, 300)], [(0, 0), (0, -150)]])
    assert found.area == pytest.approx(reach.buffer(1).area, rel=0.01)
    assert found.symmetric_difference(reach.buffer(1)).area < 0.01 * found.area


def test_a_place_off_the_streets_has_none():
    found = catchments(place((200, 10), (200, 400)), within_m=300, network=cross())
    assert found.geometry.is_empty.tolist() == [False, True]
    assert list(found.index) == ["k0", "k1"]


def test_without_streets_it_is_the_circle():
    found = catchments(place((0, 0)), within_m=500)
    assert found.area.iloc[0] == pytest.approx(np.pi * 500**2, rel=0.01)


def test_every_point_of_the_streets_inside_reaches_and_none_outside_does():
    layer, network = toy.toy_places(), toy.toy_network()
    rng = np.random.default_rng(1)
    graph = graph_of(network)
    edge, along = rng.integers(0, len(graph.edges), 400), rng.random(400)[:, None]
    points = graph.nodes[graph.edges[edge, 0]] * (1 - along) + graph.nodes[graph.edges[edge, 1]] * along
    here = snap(graph, points, within_m=1)
    for number, key in enumerate(layer.frame.index):
        one = replace(layer, frame=layer.frame.iloc[[number]])
        door = snap(graph, shapely.get_coordinates(one.frame.geometry.array), within_m=50)
        metres = nearest(graph, here, door)
        outline = catchments(one, within_m=600, network=network, width_m=2).geometry.iloc[0]
        inside = shapely.covers(outline, shapely.points(points))
        near = np.abs(metres - 600) < 10
        assert (inside == (metres <= 600))[~near].all(), key


def test_a_larger_distance_holds_the_smaller():
    small, large = (catchments(toy.toy_places(), within_m=metres, network=toy.toy_network()) for metres in (300, 600))
    there = ~small.geometry.is_empty.to_numpy()
    assert there.sum() > 1
    assert shapely.covers(shapely.buffer(large.geometry.to_numpy(), 5), small.geometry.to_numpy())[there].all()


def test_what_stops_it():
    with pytest.raises(DataError, match="within_m is 0"):
        catchments(place((0, 0)), within_m=0)


def test_a_bent_street_and_a_closed_way():
    """A street with a corner is followed round it; who may not go one way does not reach the place from there."""
    nodes = np.array([[0.0, 0], [300, 300]])
    bent = Bends(np.array([[300.0, 0]]), np.array([0, 1]))
    streets = Network("n", Text("n", "n"), nodes, np.array([[0, 1]]), np.array([600.0]), CRS, bends=bent)
    found = catchments(place((250, 5)), within_m=155, network=streets, width_m=1).geometry.iloc[0]
    reach = shapely.LineString([(100, 0), (300, 0), (300, 100)]).buffer(1)
    assert found.symmetric_difference(reach).area < 0.02 * reach.area
    one_way = replace(streets, passable=np.array([[True, False]]))
    found = catchments(place((250, 5)), within_m=155, network=one_way, width_m=1).geometry.iloc[0]
    reach = shapely.LineString([(100, 0), (250, 0)]).buffer(1)
    assert found.symmetric_difference(reach).area < 0.02 * reach.area
