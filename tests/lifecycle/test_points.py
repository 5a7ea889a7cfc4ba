"""Points and streets in programme areas, beside slow loops."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point

from qmgis.errors import CrsError, DataError
from qmgis.lifecycle import areas_on, check_points, street_list
from tests.toy import CRS, SIDE, SOUTH, WEST, toy_network, toy_programme

ON = date(2024, 12, 31)


def test_every_point_as_a_slow_loop_says():
    rng = np.random.default_rng(5)
    spots = [Point(WEST + x, SOUTH + y) for x, y in rng.uniform(-100, 1700, (300, 2))]
    points = gpd.GeoSeries([*spots, None, Point()], crs=CRS, index=[f"p{n}" for n in range(302)])
    for day in (ON, date(2016, 1, 1), date(1999, 1, 1)):
        found = check_points(points, toy_programme(), day, tolerance_m=25)
        valid = areas_on(toy_programme(), day)
        assert found.index.tolist() == points.index.tolist()
        for spot, row in zip(spots, found.itertuples(), strict=False):
            within = [area for area, shape in valid.geometry.items() if shape.contains(spot)]
            distances = [shape.boundary.distance(spot) for shape in valid.geometry]
            near = any(metres <= 25 for metres in distances)
            assert row.position == ("near" if near else "inside" if within else "outside")
            assert row.programme_area == "; ".join(within)
            assert row.distance_m == pytest.approx(min(distances)) if distances else np.isnan(row.distance_m)
        assert found["position"].tolist()[300:] == ["unknown", "unknown"]


def test_a_tolerance_of_nothing_leaves_the_boundary_itself():
    points = gpd.GeoSeries([Point(WEST + 2 * SIDE, SOUTH + 50), Point(WEST + 2 * SIDE - 0.01, SOUTH + 50)], crs=CRS)
    assert check_points(points, toy_programme(), ON, tolerance_m=0)["position"].tolist() == ["near", "outside"]


def test_points_in_degrees_and_negative_tolerances_are_refused():
    with pytest.raises(CrsError, match="another reference system"):
        check_points(gpd.GeoSeries([Point(9, 51)], crs="EPSG:4326"), toy_programme(), ON)
    with pytest.raises(DataError, match="0 or more"):
        check_points(gpd.GeoSeries([Point(9, 51)], crs=CRS), toy_programme(), ON, tolerance_m=-1)


def test_streets_by_name_wholly_and_partly():
    east, north = WEST + 2 * SIDE, SOUTH
    lines = [
        LineString([(east + 10, north + 10), (east + 110, north + 10)]),
        LineString([(east + 110, north + 10), (east + 110, north + 60)]),
        LineString([(east - 300, north + 50), (east + 100, north + 50)]),
        LineString([(east - 300, north + 50), (east - 200, north + 50)]),
        LineString([(east + 10, north + 90), (east + 60, north + 90)]),
    ]
    names = ["Am Markt", "Am Markt", "Ring", "Feldweg", None]
    found = street_list(gpd.GeoDataFrame({"name": names}, geometry=lines, crs=CRS), toy_programme(), ON)
    assert found[["street", "position", "length_m", "share", "segments"]].to_numpy().tolist() == [
        ["", "inside", 50.0, 1.0, 1],
        ["Am Markt", "inside", 150.0, 1.0, 2],
        ["Ring", "partly", 100.0, 0.25, 1],
    ]


def test_a_network_has_no_names_and_takes_them():
    found = street_list(toy_network(), toy_programme(), ON)
    assert found["street"].tolist() == [""]
    names = [f"S{n % 2}" for n in range(len(toy_network().edges))]
    assert street_list(toy_network(), toy_programme(), ON, names=names)["street"].tolist() == ["S0", "S1"]
    with pytest.raises(DataError, match="names for"):
        street_list(toy_network(), toy_programme(), ON, names=["a"])
