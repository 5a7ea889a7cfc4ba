"""What a map frames."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.spatial.extent import framed


def squares(columns: int, rows: int) -> list:
    return [shapely.box(x, y, x + 1, y + 1) for x in range(columns) for y in range(rows)]


def test_an_island_far_away_is_not_framed():
    found = framed(np.array([*squares(6, 5), shapely.box(-80, 50, -79, 51)], dtype=object))
    assert found[:30].all()
    assert not found[30]


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        ([*squares(3, 3), shapely.box(100, 0, 101, 1)], "too few to say what is usual"),
        ([*squares(6, 5), shapely.box(8, 0, 9, 1)], "near"),
        ([*squares(5, 5), *(shapely.box(90 + x, 0, 91 + x, 1) for x in range(5))], "a second town, not an island"),
        ([*squares(20, 20), shapely.box(20, 0, 120, 100)], "large, but it touches the others"),
    ],
)
def test_everything_else_is_framed(shapes, why):
    assert framed(np.array(shapes, dtype=object)).all(), why


def test_what_is_empty_is_not_framed():
    found = framed(np.array([*squares(2, 2), shapely.Polygon(), None], dtype=object))
    assert found.tolist() == [True, True, True, True, False, False]


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_city_in_one_piece_is_framed_whole(columns, rows):
    assert framed(np.array(squares(columns, rows), dtype=object)).all()


@pytest.mark.realdata
def test_hamburg_is_framed_without_neuwerk(realdata):
    town = gpd.read_file(realdata / "hamburg" / "stadtteile_sozialdaten_2017.geojson").to_crs(25832)
    assert town.loc[~framed(town.geometry.to_numpy()), "stadtteil"].tolist() == ["Neuwerk"]


@pytest.mark.realdata
@pytest.mark.parametrize("path", ["berlin/lor/LOR_Planungsraum_447.geojson", "koeln/stadtteile/Stadtteil.shp"])
def test_berlin_and_koeln_are_framed_whole(realdata, path):
    town = gpd.read_file(realdata / path).to_crs(25832)
    assert framed(town.geometry.to_numpy()).all()
