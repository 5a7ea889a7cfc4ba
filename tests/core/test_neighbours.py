"""Neighbours: equal to libpysal on the same geometry, islands told, barriers where they separate."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from qmgis.core.spatial.neighbours import Neighbours, nearest, queen, rook, row_standardised, within_band
from qmgis.errors import CrsError, DataError, NotEnoughDataError, UnknownKeyError

SQUARES = [shapely.box(x, y, x + 100, y + 100) for y in (0, 100, 200) for x in (0, 100, 200)]
BOW = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
RING = shapely.box(0, 0, 300, 300).difference(shapely.box(100, 100, 200, 200))


def series(shapes: list[shapely.Geometry]) -> pd.Series:
    return pd.Series(shapes, index=pd.Index([f"{number:03d}" for number in range(len(shapes))], dtype="str"))


def voronoi(count: int, seed: int) -> list[shapely.Geometry]:
    points = shapely.multipoints(np.random.default_rng(seed).uniform(0, 5000, (count, 2)))
    frame = shapely.box(0, 0, 5000, 5000)
    return list(shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame)), frame))


SPECIMENS = {
    "grid, corners touch": SQUARES,
    "hole filled": [RING, shapely.box(100, 100, 200, 200)],
    "hole half filled": [RING, shapely.box(100, 100, 150, 200), shapely.box(400, 0, 500, 300)],
    "multipolygon": [shapely.union_all([SQUARES[0], SQUARES[8]]), *SQUARES[1:8]],
    "unmatched corners": [
        shapely.box(0, 0, 100, 300),
        shapely.box(100, -50, 200, 120),
        shapely.box(100, 120, 200, 400),
    ],
    "corner on a side": [shapely.box(0, 0, 100, 300), shapely.Polygon([(100, 150), (200, 100), (200, 200)])],
    "islands": [*SQUARES[:3], shapely.box(900, 900, 950, 950), shapely.box(2000, 0, 2100, 100)],
    "voronoi": voronoi(300, 1),
}


def pairs_of(found: Neighbours) -> set[tuple[str, str]]:
    row, column = found.matrix.nonzero()
    return set(zip(found.ids[row], found.ids[column], strict=True))


def libpysal_pairs(areas: pd.Series, *, is_rook: bool) -> set[tuple[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.graph import Graph

        graph = Graph.build_contiguity(gpd.GeoSeries(areas), rook=is_rook, strict=True)
    return {(i, j) for (i, j), weight in graph.adjacency.items() if weight and i != j}


@pytest.mark.parametrize("snap_m", [0.0, 0.01])
@pytest.mark.parametrize("name", SPECIMENS)
def test_equal_to_libpysal(name: str, snap_m: float):
    areas = series(SPECIMENS[name])
    assert pairs_of(queen(areas, islands="keep", snap_m=snap_m)) == libpysal_pairs(areas, is_rook=False)
    assert pairs_of(rook(areas, islands="keep", snap_m=snap_m)) == libpysal_pairs(areas, is_rook=True)


def test_borders_that_miss_by_rounding_are_found_and_strict_touching_misses_them():
    moved = series([shapely.box(0, 0, 100, 100), shapely.box(100 - 1e-7, 20, 200, 100), shapely.box(100, 0, 200, 20)])
    assert queen(moved).of("000") == ["001", "002"]
    assert rook(moved).of("000") == ["001", "002"]
    assert queen(moved, snap_m=0.0).of("000") == ["002"]


def test_a_gap_wider_than_the_snap_separates():
    apart = series([shapely.box(0, 0, 100, 100), shapely.box(100.02, 0, 200, 100), shapely.box(300, 0, 400, 100)])
    assert queen(apart).islands.tolist() == ["000", "001", "002"]
    assert queen(apart, snap_m=0.05).islands.tolist() == ["002"]


@given(st.permutations(range(9)))
def test_row_order_changes_nothing(order: list[int]):
    areas = series(SQUARES)
    assert pairs_of(queen(areas.iloc[order])) == pairs_of(queen(areas))
    assert pairs_of(nearest(areas.iloc[order], k=3)) == pairs_of(nearest(areas, k=3))


@pytest.mark.parametrize(("policy", "ids"), [("nearest", 5), ("keep", 5), ("exclude", 3)])
def test_islands_are_told_whatever_the_policy(policy: str, ids: int):
    found = queen(series(SPECIMENS["islands"]), islands=policy)
    assert found.islands.tolist() == ["003", "004"]
    assert len(found.ids) == ids
    assert found.parameters["islands"] == policy
    assert found.linked["island"].tolist() == (["003", "004"] if policy == "nearest" else [])


def test_an_island_is_linked_to_the_nearest_outline_both_ways():
    found = queen(series(SPECIMENS["islands"]))
    assert found.linked["nearest"].tolist() == ["002", "003"]
    np.testing.assert_allclose(found.linked["distance_m"], [np.hypot(600, 800), np.hypot(1050, 800)])
    assert found.of("003") == ["002", "004"]
    assert (found.matrix != found.matrix.T).nnz == 0


def test_two_islands_are_linked_once():
    found = queen(series([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)]))
    assert found.matrix.toarray().tolist() == [[0, 1], [1, 0]]


def test_of_equally_near_areas_the_first_id_is_taken():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(10, 0, 11, 1), shapely.box(20, 0, 21, 1), shapely.box(21, 0, 22, 1)]
    assert queen(series(shapes)).linked["nearest"].tolist() == ["001", "000"]


# Barriers -----------------------------------------------------------------------------------------------------------
ALONG, ACROSS = shapely.LineString([(103, -50), (103, 350)]), shapely.LineString([(-50, 50), (350, 50)])


@pytest.mark.parametrize("snap_m", [0.0, 0.01])
def test_a_barrier_separates_where_it_runs_along_the_border(snap_m: float):
    found = queen(series(SQUARES), barriers=ALONG, snap_m=snap_m)
    assert found.of("000") == ["003"]  # corner to 004 lies on the barrier too
    assert found.of("001") == ["002", "004", "005"]
    assert sorted(zip(found.cut["area"], found.cut["neighbour"], strict=True))[:2] == [("000", "001"), ("000", "004")]
    assert found.parameters == {"snap_m": snap_m, "barriers": 1, "along_m": 10.0, "islands": "nearest"}


def test_a_barrier_through_both_areas_separates_nothing():
    assert len(queen(series(SQUARES), barriers=[ACROSS]).cut) == 0


def test_a_river_as_polygon_and_a_barrier_far_from_the_border():
    river = shapely.box(80, -50, 120, 350)
    assert rook(series(SQUARES), barriers=pd.Series([river])).of("000") == ["003"]
    far = shapely.LineString([(112, -50), (112, 350)])
    assert len(queen(series(SQUARES), barriers=far).cut) == 0
    assert len(queen(series(SQUARES), barriers=far, along_m=12.4).cut) > 0


def test_a_barrier_through_a_short_border_separates_nothing_either():
    narrow = series([shapely.box(0, 0, 100, 30), shapely.box(100, 0, 200, 30)])
    assert len(rook(narrow, barriers=shapely.LineString([(0, 15), (200, 15)])).cut) == 0
    assert len(rook(narrow, barriers=shapely.LineString([(102, 0), (102, 30)])).cut) == 2


def test_two_barriers_at_the_same_place_count_once():
    areas = series(SQUARES[:2])
    piece = shapely.LineString([(100, 0), (100, 35)])
    assert len(rook(areas, barriers=[piece, piece, shapely.MultiLineString([piece])], along_m=6).cut) == 0


def test_half_a_border_is_enough_and_less_is_not():
    areas = series(SQUARES[:2])
    assert len(rook(areas, barriers=shapely.LineString([(100, 0), (100, 45)]), along_m=6).cut) == 2
    assert len(rook(areas, barriers=shapely.LineString([(100, 0), (100, 35)]), along_m=6).cut) == 0


def test_a_barrier_cuts_the_line_between_points():
    points = pd.Series(shapely.points([[0.0, 0], [10, 0], [0, 9]]), index=list("abc"))
    rail = shapely.LineString([(5, -5), (5, 4)])
    assert within_band(points, distance_m=14, barriers=rail).of("a") == ["c"]
    assert nearest(points, k=1, barriers=rail, islands="keep").count.tolist() == [1, 0, 1]


def test_an_area_that_barriers_cut_off_is_an_island():
    found = queen(series(SQUARES[:2]), barriers=ALONG)
    assert found.islands.tolist() == ["000", "001"]
    assert found.linked["distance_m"].tolist() == [0.0, 0.0]


# Points ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("k", [1, 6])
def test_nearest_and_band_equal_brute_force(k: int):
    xy = np.random.default_rng(k).uniform(0, 1000, (80, 2))
    points = series(list(shapely.points(xy)))
    far = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    np.fill_diagonal(far, np.inf)
    expected = {(i, j) for i in range(80) for j in np.argsort(far[i])[:k]}
    assert pairs_of(nearest(points, k=k)) == {(f"{i:03d}", f"{j:03d}") for i, j in expected}
    band = pairs_of(within_band(points, distance_m=150, islands="keep"))
    assert band == {(f"{i:03d}", f"{j:03d}") for i, j in zip(*np.nonzero(far <= 150), strict=True)}


def test_equally_near_points_are_taken_by_id_however_many():
    xy = [(0.0, 0.0)] * 5 + [(float(np.cos(a)), float(np.sin(a))) for a in np.arange(20) / 20 * 2 * np.pi]
    points = series(list(shapely.points(xy)))
    assert nearest(points, k=6).of("000") == ["001", "002", "003", "004", "005", "006"]
    assert nearest(points, k=3).of("004") == ["000", "001", "002"]


def test_row_standardised_adds_up_to_one_and_leaves_islands_empty():
    found = row_standardised(queen(series(SPECIMENS["islands"]), islands="keep"))
    np.testing.assert_allclose(np.asarray(found.matrix.sum(axis=1)), [1, 1, 1, 0, 0])
    assert found.is_standardised


# Bad input ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("areas", "error", "said"),
    [
        (series(SQUARES[:1]), NotEnoughDataError, "1 areas"),
        (pd.Series(SQUARES[:3], index=["a", "b", "a"]), DataError, "twice: a"),
        (pd.Series([SQUARES[0], None, SQUARES[1]], index=list("abc")), DataError, "outline: b"),
        (pd.Series([SQUARES[0], shapely.Polygon(), SQUARES[1]], index=list("abc")), DataError, "outline: b"),
        (pd.Series([SQUARES[0], shapely.Point(0, 0)], index=list("ab")), DataError, "outline: b"),
        (pd.Series([BOW, SQUARES[0]], index=list("ab")), DataError, "faulty: a;"),
        (gpd.GeoSeries(SQUARES, crs=4326), CrsError, "WGS 84"),
        (gpd.GeoSeries(SQUARES, crs=2263), CrsError, "metres"),
    ],
)
def test_bad_geometry_is_one_sentence(areas: pd.Series, error: type[DataError], said: str):
    with pytest.raises(error, match=said) as caught:
        queen(areas)
    assert caught.value.say("de") != str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda areas: nearest(areas, k=9),
        lambda areas: nearest(areas, k=0),
        lambda areas: within_band(areas, distance_m=0),
        lambda areas: queen(areas, islands="drop"),
        lambda areas: queen(areas, barriers=[shapely.Point(0, 0)]),
        lambda areas: queen(areas, barriers=[None]),
    ],
)
def test_options_that_mean_nothing(call):
    with pytest.raises(DataError):
        call(series(SQUARES))


def test_an_area_that_is_not_there():
    with pytest.raises(UnknownKeyError, match="00x"):
        queen(series(SQUARES)).of("00x")


def test_the_noun_checks_itself():
    found = queen(series(SQUARES))
    with pytest.raises(DataError, match="matrix"):
        Neighbours(found.ids[:3], found.matrix, "x", {}, found.islands, found.linked, found.cut)
    loop = csr_array(found.matrix + csr_array(np.eye(9)))
    with pytest.raises(DataError, match="own neighbour"):
        Neighbours(found.ids, loop, "x", {}, found.islands, found.linked, found.cut)
