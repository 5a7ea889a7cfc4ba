"""Reference systems: what is wrong is found and named, what is right is left in peace."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.errors import CrsError, MissingColumnError
from qmgis.io.layers import crs
from qmgis.io.sources import vector

# City halls (longitude, latitude) and the zone of their city.
BERLIN, HAMBURG, KOELN = (13.4084, 52.5186), (9.9925, 53.5503), (6.9583, 50.9381)
KOELN_PRJ = (
    'PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,'
    '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",2500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def around(place, system, *, swapped=False):
    """Five points around a place, as numbers of a system."""
    to = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True)
    x, y = to.transform(*[np.array(place)[axis] + np.linspace(-0.02, 0.02, 5) for axis in (0, 1)])
    return gpd.GeoSeries(shapely.points(y, x) if swapped else shapely.points(x, y))


def layer(place, coordinates, said, **options):
    return gpd.GeoDataFrame(geometry=around(place, coordinates, **options), crs=said)


@pytest.mark.parametrize(
    "system", ["EPSG:4326", "EPSG:4258", "EPSG:25833", "EPSG:25832", "EPSG:3035", "EPSG:32633", "EPSG:3857"]
)
@pytest.mark.parametrize(("place", "target"), [(BERLIN, "EPSG:25833"), (HAMBURG, "EPSG:25832"), (KOELN, "EPSG:25832")])
def test_right_layers_are_moved_without_a_word(system, place, target):
    frame = layer(place, system, system)
    before = frame.copy()
    moved, problems = crs.to_metric(frame, target=target, file="a.gpkg")
    assert not problems
    assert moved.crs == target
    expected = around(place, target)
    assert moved.geometry.distance(expected.set_crs(target)).max() < 0.01
    assert frame.equals(before)
    assert frame.crs == before.crs


def test_no_system_is_an_error_that_says_what_it_looks_like():
    with pytest.raises(CrsError, match=r"a.shp does not say.*fit EPSG:25832 and EPSG:25833: ask the source") as caught:
        crs.to_metric(layer(BERLIN, "EPSG:25833", None), target="EPSG:25833", file="a.shp")
    assert "passen zu EPSG:25832 und EPSG:25833: die Quelle fragen." in caught.value.de
    assert caught.value.de.count("EPSG") == 2  # no example beside it
    moved, problems = crs.to_metric(
        layer(BERLIN, "EPSG:25833", None), target="EPSG:25833", declared="EPSG:25833", file="a"
    )
    assert len(moved) == 5
    assert not problems


def test_a_declared_system_that_differs_is_an_error_and_the_file_wins():
    frame = layer(BERLIN, "EPSG:25833", "EPSG:25833")
    moved, (problem,) = crs.to_metric(frame, target="EPSG:25833", declared="EPSG:25832", file="a.gpkg")
    assert moved.geometry.iloc[0].x == pytest.approx(frame.geometry.iloc[0].x)
    assert problem.level == "error"
    assert "the file says EPSG:25833, the layer file EPSG:25832" in problem.what.en
    assert not crs.to_metric(frame, target="EPSG:25833", declared="EPSG:32633", file="a")[1]


@pytest.mark.parametrize(
    ("place", "coordinates", "said", "target", "looks"),
    [
        (BERLIN, "EPSG:25833", "EPSG:25832", "EPSG:25833", "EPSG:25833"),
        (HAMBURG, "EPSG:25832", "EPSG:25833", "EPSG:25832", "EPSG:25832"),
        (BERLIN, "EPSG:25833", "EPSG:3035", "EPSG:25833", "EPSG:25833"),
        (KOELN, "EPSG:31466", "EPSG:25832", "EPSG:25832", "EPSG:31466"),
    ],
)
def test_a_wrong_zone_is_named(place, coordinates, said, target, looks):
    _, problems = crs.to_metric(layer(place, coordinates, said), target=target, file="a.gpkg")
    assert [problem.level for problem in problems] == ["error"]
    assert f"look like {looks}" in problems[0].what.en


def test_one_system_is_named_once():
    """500 km to the east of Hamburg, in the system that the city has as well."""
    frame = layer(HAMBURG, "EPSG:25832", "EPSG:25832")
    _, problems = crs.to_metric(frame.assign(geometry=frame.translate(500_000, 0)), target="EPSG:25832", file="a.gpkg")
    assert "outside of EPSG:25832." in problems[0].what.en
    assert "außerhalb von EPSG:25832." in problems[0].what.de


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:25833"])
def test_swapped_axes_are_named(system):
    frame = layer(BERLIN, system, system, swapped=True)
    _, problems = crs.to_metric(frame, target="EPSG:25833", file="a.csv")
    assert "axes seem to be swapped" in problems[0].what.en
    assert "Achsen scheinen vertauscht" in problems[0].what.de


def test_metres_said_to_be_degrees_and_degrees_said_to_be_metres():
    with pytest.raises(CrsError, match=r"said to be in degrees.*fit EPSG:25832 and EPSG:25833"):
        crs.to_metric(layer(BERLIN, "EPSG:25833", "EPSG:4326"), target="EPSG:25833", file="a.geojson")
    with pytest.raises(CrsError, match=r"said to be in metres.*look like EPSG:4326"):
        crs.to_metric(layer(BERLIN, "EPSG:4326", "EPSG:25833"), target="EPSG:25833", file="a.geojson")


def test_single_strays_are_a_warning_with_the_row():
    shapes = [*around(BERLIN, "EPSG:4326"), shapely.Point(0, 0)]
    frame = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326", index=pd.RangeIndex(1, 7, name="row"))
    _, (problem,) = crs.to_metric(frame, target="EPSG:25833", file="a.geojson")
    assert (problem.level, problem.row) == ("warning", 6)
    assert "1 of 6 features" in problem.what.en


@pytest.mark.parametrize("code", [31466, 31467, 31468, 31469, 4314])
def test_a_missing_datum_grid_is_a_warning_with_its_accuracy(code):
    place = {31466: KOELN, 31467: HAMBURG, 31468: (11.5, 48.1), 31469: BERLIN, 4314: HAMBURG}[code]
    system = f"EPSG:{code}"
    target = "EPSG:25833" if code == 31469 else "EPSG:25832"
    group = pyproj.transformer.TransformerGroup
    with pytest.warns(UserWarning, match="Best transformation") if not _has_grid(system) else _nothing():
        group(system, target, always_xy=True)
    moved, problems = crs.to_metric(layer(place, system, system), target=target, file="alt.shp")
    assert len(moved) == 5
    if not _has_grid(system):
        (problem,) = problems
        assert problem.level == "warning"
        assert "BETA2007" in problem.what.en
        assert "0.9 m" in problem.what.en
        assert "statt 0,9 m" in problem.what.de


def _has_grid(system):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyproj.transformer.TransformerGroup(system, "EPSG:25832", always_xy=True).best_available


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_the_prj_of_koeln_is_honoured_as_written():
    own = pyproj.CRS.from_wkt(KOELN_PRJ)
    moved, problems = crs.to_metric(layer(KOELN, own, own), target="EPSG:25832", file="Stadtteil.shp")
    assert moved.geometry.distance(around(KOELN, "EPSG:25832").set_crs("EPSG:25832")).max() < 0.01
    assert [problem.level for problem in problems] == ["note"]
    assert "named like EPSG:32632" in problems[0].what.en


@pytest.mark.parametrize("target", ["EPSG:4326", "EPSG:2263", "EPSG:99999", "metres"])
def test_targets_that_are_not_metric(target):
    with pytest.raises(CrsError) as caught:
        crs.to_metric(layer(BERLIN, "EPSG:4326", "EPSG:4326"), target=target, file="a")
    assert caught.value.de


def test_layers_without_any_geometry_pass():
    frame = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[None, shapely.Point()], crs="EPSG:25833")
    moved, problems = crs.to_metric(frame, target="EPSG:25832", file="a")
    assert len(moved) == 2
    assert not problems


class TestBeside:
    areas = gpd.GeoDataFrame(geometry=around(KOELN, "EPSG:25832").buffer(2000).to_list(), crs="EPSG:25832")

    def test_layers_of_one_city(self):
        assert not crs.beside(layer(KOELN, "EPSG:25832", "EPSG:25832"), self.areas)
        wide = gpd.GeoDataFrame(geometry=[*around(KOELN, "EPSG:25832"), shapely.Point(9e5, 6e6)], crs="EPSG:25832")
        assert not crs.beside(wide, self.areas)
        assert not crs.beside(wide.iloc[:0], self.areas)

    def test_the_neighbouring_zone_is_named_even_where_it_is_plausible(self):
        frame, problems = crs.to_metric(layer(KOELN, "EPSG:25832", "EPSG:25833"), target="EPSG:25832", file="a.csv")
        assert not problems
        (problem,) = crs.beside(frame, self.areas, read="EPSG:25833", file="a.csv")
        assert problem.level == "error"
        assert "read as EPSG:25833, but look like EPSG:25832" in problem.what.en

    def test_another_city(self):
        (problem,) = crs.beside(layer(HAMBURG, "EPSG:25832", "EPSG:25832"), self.areas)
        assert problem.what.en == "no feature lies near the areas."

    def test_another_city_is_no_wrong_zone_because_that_would_lie_a_little_nearer(self):
        """Berlin read 6 degrees off lies near to Hamburg with its island, but not in it."""
        hamburg = gpd.GeoDataFrame(geometry=[shapely.box(461468, 5916000, 588000, 5979000)], crs="EPSG:25832")
        berlin = layer(BERLIN, "EPSG:25833", "EPSG:25833").to_crs("EPSG:25832")
        (problem,) = crs.beside(berlin, hamburg, read="EPSG:25833")
        assert problem.what.en == "no feature lies near the areas."


class TestPoints:
    def test_text_with_decimal_comma_and_missing(self):
        frame = pd.DataFrame({"x": ["391000,5", None, "391002,5"], "y": ["5820000", "5820001", "abc"]}, dtype=object)
        frame.index = pd.RangeIndex(2, 5, name="row")
        before = frame.copy()
        found = crs.points(frame, "x", "y", "EPSG:25833")
        assert found.geometry.iloc[0].coords[0] == (391000.5, 5820000)
        assert found.geometry.isna().tolist() == [False, True, True]
        levels = {problem.row: problem.level for problem in found.attrs["problems"]}
        assert levels == {4: "error", 3: "warning"}
        pd.testing.assert_frame_equal(frame, before)

    def test_missing_column_and_unknown_system(self):
        frame = pd.DataFrame({"x": [1.0], "y": [2.0]})
        with pytest.raises(MissingColumnError, match="east"):
            crs.points(frame, "east", "y", "EPSG:25833")
        with pytest.raises(CrsError, match="no reference system"):
            crs.points(frame, "x", "y", "EPSG:0")
        assert crs.points(frame, "x", "y", None).crs is None


@settings(max_examples=20, deadline=None)
@given(
    st.floats(5.9, 15.0), st.floats(47.3, 55.0), st.sampled_from(["EPSG:4326", "EPSG:25832", "EPSG:25833", "EPSG:3035"])
)
def test_every_place_in_germany_in_every_usual_system_is_right(longitude, latitude, system):
    frame = layer((longitude, latitude), system, system)
    target = "EPSG:25832" if longitude < 12 else "EPSG:25833"
    assert not crs.to_metric(frame, target=target, file="a")[1]


@pytest.mark.realdata
class TestReal:
    def test_koeln_lies_where_its_open_points_are(self, realdata):
        areas, problems = crs.to_metric(
            vector.SOURCE.read(realdata / "koeln/stadtteile/Stadtteil.shp", {}),
            target="EPSG:25832",
            file="Stadtteil.shp",
        )
        assert [problem.level for problem in problems] == ["note"]
        places = vector.SOURCE.read(realdata / "koeln/osm_poi/amenity_kindergarten.geojson", {})
        places, _ = crs.to_metric(places, target="EPSG:25832", file="k")
        assert not crs.beside(places, areas)
        assert places.within(shapely.box(*areas.total_bounds)).mean() > 0.6

    def test_ugly_shapefile_of_berlin(self, realdata):
        frame = vector.SOURCE.read(realdata / "ugly/shp_without_prj/Planungsraum_EPSG_25833.shp", {})
        with pytest.raises(CrsError, match="fit EPSG:25832 and EPSG:25833: ask the source"):
            crs.to_metric(frame, target="EPSG:25832", file="p.shp")
        with pytest.raises(CrsError, match="the name of the file says EPSG:25833"):
            crs.to_metric(frame, target="EPSG:25832", file="shp/Planungsraum_EPSG_25833.shp")
        moved, _ = crs.to_metric(frame, target="EPSG:25833", declared="EPSG:25833", file="p.shp")
        lor = vector.SOURCE.read(realdata / "berlin/lor/LOR_Planungsraum_447.geojson", {})
        lor, _ = crs.to_metric(lor, target="EPSG:25833", file="lor")
        ours = moved[moved["SCHLUESSEL"].notna()].set_index("SCHLUESSEL").geometry.area.groupby(level=0).sum()
        theirs = lor.set_index("RAUMID").geometry.area
        assert (ours / theirs).dropna().between(0.99, 1.01).mean() > 0.98

    def test_england_is_not_in_zone_32(self, realdata):
        frame = vector.SOURCE.read(realdata / "england/lsoa2011_manchester_E08000003.geojson", {})
        assert crs.to_metric(frame, target="EPSG:25832", file="m")[1][0].level == "error"
        assert not [p for p in crs.to_metric(frame, target="EPSG:27700", file="m")[1] if p.level == "error"]
