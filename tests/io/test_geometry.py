"""Outlines: each kind of fault is found once, named with ids, and nothing sound is accused."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.io.layers import crs, geometry
from qmgis.io.sources import vector


def frame(shapes, ids=None):
    ids = ids or [f"0{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"id": ids}, geometry=list(shapes), crs="EPSG:25832")


def check(shapes, ids=None):
    return geometry.check_areas(frame(shapes, ids), file="a.gpkg", id="id")


def square(x, y, size=100.0):
    return shapely.box(x, y, x + size, y + size)


GRID = [square(100 * x, 100 * y) for x in range(5) for y in range(5)]
BOW = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])


def test_a_sound_city_is_left_in_peace():
    assert check(GRID) == []
    assert check([GRID[0]]) == []
    assert check([square(0, 0), square(500, 500)]) == []
    assert check([shapely.MultiPolygon([square(0, 0), square(300, 0)]), square(100, 0)]) == []


@pytest.mark.parametrize("nothing", [None, shapely.Polygon(), shapely.MultiPolygon()])
def test_areas_without_outline(nothing):
    (problem,) = check([*GRID[:3], nothing])
    assert problem.level == "error"
    assert problem.what.en == "1 area has no outline: 04."
    assert problem.what.de == "1 Gebiet hat keinen Umriss: 04."


def test_what_is_no_polygon_is_named_with_its_kind():
    (problem,) = check([*GRID[:2], shapely.Point(900, 900), shapely.LineString([(0, 0), (1, 1)])])
    assert problem.what.en == "2 areas are no polygons (LineString, Point): 03, 04."


def test_invalid_outlines_say_where_and_why():
    (problem,) = check([BOW, *GRID[5:]])
    assert problem.level == "error"
    assert "1 outline is invalid (Self-intersection, 50 50): 01." in problem.what.en
    assert "repair = true" in problem.remedy.en


def test_equal_outlines():
    same = shapely.Polygon([(0, 100), (100, 100), (100, 0), (0, 0)])
    (problem,) = check([square(0, 0), same, square(100, 0)])
    assert "2 areas have the same outline" in problem.what.en
    assert "01, 02" in problem.what.en


def test_overlaps_are_measured_and_named_by_pair():
    (problem,) = check([square(0, 0), square(90, 0), square(500, 0)])
    assert problem.level == "error"
    assert "counted twice" in problem.remedy.en
    assert problem.what.en == "1 pair of areas overlaps, 1,000 m² in all: 01/02."
    assert "1.000 m²" in problem.what.de


def test_an_area_inside_another_is_an_overlap():
    (problem,) = check([square(0, 0), square(20, 20, 10)])
    assert "01/02" in problem.what.en


def test_slivers_are_notes_and_rounding_is_nothing():
    (problem,) = check([square(0, 0, 10_000), square(9_999.9, 0, 10_000)])
    assert problem.level == "note"
    assert "sliver" in problem.what.en
    assert check([square(0, 0), square(99.999, 0)]) == []


def test_gaps_are_named_by_a_neighbour():
    (problem,) = check([shape for number, shape in enumerate(GRID) if number != 12])
    assert problem.level == "note"
    assert "1 gap between the areas, 10,000 m² in all" in problem.what.en


def test_threads_are_a_warning():
    (problem,) = check([*GRID, shapely.box(0, -0.2, 400, -0.1)])
    assert problem.level == "warning"
    assert "thread" in problem.what.en


def test_at_most_five_ids_are_named():
    (problem,) = check([None] * 9)
    assert problem.what.en == "9 areas have no outline: 01, 02, 03, 04, 05, …."


def test_ids_may_be_the_index_and_hostile():
    areas = frame([None], ["<b>{x}</b>"]).set_index("id")
    (problem,) = geometry.check_areas(areas, file="a", id="id")
    assert "<b>{x}</b>" in problem.what.en


def test_third_dimension_does_not_matter():
    assert check([shapely.force_3d(shape, 5.0) for shape in GRID]) == []


class TestRepair:
    def test_repairs_only_the_invalid_and_logs_each(self):
        before = frame([BOW, square(200, 0), None])
        mended, (note,) = geometry.repair(before, file="a.shp", id="id")
        assert mended.geometry.iloc[0].is_valid
        assert mended.geometry.iloc[0].area == pytest.approx(5000)
        assert mended.geometry.iloc[1].equals(before.geometry.iloc[1])
        assert mended.geometry.iloc[2] is None
        assert not before.geometry.iloc[0].is_valid
        assert note.level == "note"
        assert note.what.en == "01 repaired (Self-intersection): 0 m² before, 5,000 m² after."
        assert mended.crs == before.crs

    def test_nothing_to_do(self):
        areas = frame(GRID)
        mended, notes = geometry.repair(areas)
        assert mended is areas
        assert notes == []

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=4, max_size=9))
    def test_any_ring_becomes_valid_polygons(self, corners):
        mended, _ = geometry.repair(frame([shapely.Polygon(corners)]))
        shape = mended.geometry.iloc[0]
        assert shape.is_valid
        assert shape.geom_type in ("Polygon", "MultiPolygon")


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.integers(2, 6), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_any_tiling_is_sound(columns, rows, skew, shift):
    corner = np.array([[(x + skew * y, y + shift * x) for y in range(rows + 1)] for x in range(columns + 1)]) * 100
    cells = [
        shapely.Polygon([corner[x, y], corner[x + 1, y], corner[x + 1, y + 1], corner[x, y + 1]])
        for x in range(columns)
        for y in range(rows)
    ]
    assert [problem for problem in check(cells) if problem.level != "note"] == []


@pytest.mark.realdata
class TestReal:
    def read(self, path, target):
        return crs.to_metric(vector.SOURCE.read(path, {}), target=target, file=path.name)[0]

    def test_hamburg_has_two_invalid_polygons_as_the_file_writes_them(self, realdata):
        raw = vector.SOURCE.read(realdata / "hamburg/stadtteile_sozialdaten_2017.geojson", {})
        found = geometry.check_areas(raw, file="h", id="stadtteil")
        (error,) = [problem.what.en for problem in found if problem.level == "error"]
        assert "2 outlines are invalid (Self-intersection" in error
        assert error.endswith("Ottensen, Othmarschen.")
        areas = self.read(realdata / "hamburg/stadtteile_sozialdaten_2017.geojson", "EPSG:25832")
        assert areas.geometry.is_valid.all()

    def test_koeln_and_its_repair(self, realdata):
        areas = self.read(realdata / "koeln/stadtteile/Stadtteil.shp", "EPSG:25832")
        errors = [p for p in geometry.check_areas(areas, file="k", id="STT_NAME") if p.level == "error"]
        assert len(errors) == 1
        assert "Marienburg" in errors[0].what.en
        mended, (note,) = geometry.repair(areas, file="k", id="STT_NAME")
        assert "Marienburg" in note.what.en
        assert not [p for p in geometry.check_areas(mended, file="k", id="STT_NAME") if p.level == "error"]
        assert mended.geometry.area.sum() == pytest.approx(areas.geometry.area.sum(), rel=1e-6)

    def test_school_districts_hold_collections(self, realdata):
        areas = self.read(realdata / "berlin/facilities/einschulungsbereiche.geojson", "EPSG:25833")
        errors = [p.what.en for p in geometry.check_areas(areas, file="e", id="esb") if p.level == "error"]
        assert len(errors) == 1
        assert "2 areas are no polygons (GeometryCollection)" in errors[0]

    def test_berlin_is_sound(self, realdata):
        areas = self.read(realdata / "berlin/lor/LOR_Planungsraum_447.geojson", "EPSG:25833")
        assert geometry.check_areas(areas, file="b", id="RAUMID") == []
