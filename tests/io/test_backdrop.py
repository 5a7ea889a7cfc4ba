"""What maps draw for orientation: from layer files to a few lines and areas near the city."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from qmgis.errors import DataError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.layers.backdrop import MOST_POINTS, backdrop_of
from qmgis.model import Backdrop
from qmgis.runs.compute import compute

ROOT = Path(__file__).resolve().parents[2]
MUSTERSTADT = ROOT / "layers" / "musterstadt"
CITY = gpd.GeoSeries([shapely.box(0, 0, 10_000, 8_000)], crs="EPSG:25832")


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def add(town: Path, shapes: list, *, crs: str = "EPSG:25832", kind: str = "backdrop", **keys: str) -> None:
    """Add a layer of shapes; ``keys`` are written as they are."""
    frame = gpd.GeoDataFrame({"use": [f"u{n}" for n in range(len(shapes))]}, geometry=shapes, crs=crs)
    frame.to_file(town / "data" / "town" / "own.gpkg")
    own = "".join(f"{name} = {value}\n" for name, value in keys.items())
    (town / "layers" / "town" / "own.toml").write_text(
        f'kind = "{kind}"\ntitle = "own"\nlicence = "CC0 1.0"\ncredit = "test"\nsource = "vector"\n'
        f'path = "town/own.gpkg"\n{own}'
    )


def middle(town: Path) -> tuple[float, float]:
    west, south, east, north = open_city(town).areas.frame.total_bounds
    return (west + east) / 2, (south + north) / 2


def across(town: Path, *, bend: float = 50.0) -> shapely.LineString:
    """A line through the middle of the town, far beyond it on both sides."""
    x, y = middle(town)
    return shapely.LineString([(x - 9e4, y), (x, y + bend), (x + 9e4, y)])


def test_a_line_of_a_bed_runs_along_its_middle():
    course = shapely.LineString([(0, 0), (2000, 400), (4000, 300), (6000, 1500), (9000, 7000)])
    drawn = backdrop_of({"rail": np.array([course.buffer(10)])}, CITY).frame.geometry.iloc[0]
    assert drawn.geom_type == "MultiLineString"
    assert drawn.hausdorff_distance(course) < 25  # the ends of the bed are round
    assert shapely.get_num_coordinates(drawn) < 20


def test_a_square_is_no_thread():
    assert list(backdrop_of({"rail": np.array([shapely.box(0, 0, 900, 900)])}, CITY).frame.index) == ["rail-areas"]


def test_what_lies_far_off_or_cannot_be_seen_is_not_drawn():
    far, tiny = shapely.box(5e4, 5e4, 6e4, 6e4), shapely.box(10, 10, 14, 14)
    assert backdrop_of({"green": np.array([far, tiny])}, CITY) is None
    kept = backdrop_of({"green": np.array([far, tiny, shapely.box(0, 0, 500, 500)])}, CITY)
    assert kept.frame.geometry.iloc[0].equals(shapely.box(0, 0, 500, 500))


def test_lines_are_cut_off_a_little_beyond_the_areas():
    river = shapely.LineString([(-9e4, 4000), (5000, 4100), (9e4, 4000)])
    west, _, east, _ = backdrop_of({"water": np.array([river])}, CITY).frame.total_bounds
    assert (west, east) == pytest.approx((-200, 10_200))


def test_the_drawing_order_is_the_same_for_every_city():
    square = np.array([shapely.box(0, 0, 900, 900)])
    kinds = backdrop_of({"rail": square, "green": square, "water": square}, CITY).kinds
    assert kinds == ("green", "water", "rail")


def test_invalid_areas_are_drawn_all_the_same():
    bow = shapely.Polygon([(0, 0), (900, 900), (900, 0), (0, 900)])
    assert backdrop_of({"water": np.array([bow])}, CITY).frame.area.iloc[0] == pytest.approx(900 * 450)


def test_too_much_is_simplified_more_and_then_left_out():
    rng = np.random.default_rng(1)
    ends = rng.uniform(0, 8000, (MOST_POINTS, 2, 2))
    many = shapely.linestrings(ends)
    assert backdrop_of({"road": many}, CITY) is None
    wave = [(x, 20 * np.sin(x / 3)) for x in np.linspace(0, 10_000, 3 * MOST_POINTS)]
    drawn = backdrop_of({"road": np.array([shapely.LineString(wave)])}, CITY)
    assert shapely.get_num_coordinates(drawn.frame.geometry.iloc[0]) <= MOST_POINTS


def test_musterstadt_has_river_railway_main_streets_and_parks():
    city = open_city(MUSTERSTADT)
    parts = city.backdrop.frame.set_index("kind").geometry
    assert city.backdrop.kinds == ("green", "water", "road", "rail")
    assert city.backdrop.layers == ("parks", "railway", "river", "streets")
    assert parts.apply(shapely.get_num_coordinates).sum() < 2000
    data = ROOT / "data" / "musterstadt"
    bed = gpd.read_file(data / "barriers.gpkg", layer="railway").geometry.iloc[0]
    assert bed.buffer(3).covers(parts["rail"])
    streets = gpd.read_file(data / "network.gpkg", layer="streets")
    main = streets[streets["kind"].isin(["main", "bridge", "underpass"])].length.sum()
    assert parts["road"].length == pytest.approx(main, rel=0.02)
    parks = gpd.read_file(data / "areas.gpkg", layer="blocks").query("use == 'park'").geometry.union_all()
    assert parts["green"].symmetric_difference(parks).area < 0.02 * parks.area


def test_what_is_drawn_is_named_in_recipe_and_credits():
    city = open_city(MUSTERSTADT)
    outcome = compute(city, "mss-2018")
    assert outcome.backdrop is city.backdrop
    assert {"musterstadt/barriers.gpkg", "musterstadt/network.gpkg"} <= {file.path for file in outcome.recipe.inputs}


def test_a_city_without_such_layers_has_no_backdrop(town):
    assert open_city(town).backdrop is None


def test_barriers_are_drawn_where_the_layer_says_so(town):
    add(town, [across(town)], kind="barriers", draw='"water"')
    city = open_city(town)
    assert city.backdrop.kinds == ("water",)
    assert city.backdrop.layers == ("own",)
    (town / "layers" / "town" / "own.toml").write_text(
        (town / "layers" / "town" / "own.toml").read_text().replace('draw = "water"\n', "")
    )
    assert open_city(town).backdrop is None


def test_streets_are_drawn_all_or_the_main_ones(town):
    x, y = middle(town)
    lines = [shapely.LineString([(x - 500, y + d), (x, y + d), (x + 500, y + d)]) for d in (0, 300)]
    lines.append(shapely.LineString([(x, y), (x, y + 300)]))
    add(town, lines, kind="network")
    assert open_city(town).backdrop.frame.length.tolist() == [2300.0]
    add(town, lines, kind="network", main='{use = ["u0"]}')
    assert open_city(town).backdrop.frame.length.tolist() == [1000.0]


def test_where_chooses(town):
    x, y = middle(town)
    add(town, [shapely.box(x, y, x + n, y + n) for n in (100, 200)], draw='"green"', where='{use = ["u1"]}')
    assert open_city(town).backdrop.frame.area.tolist() == [40_000.0]


def test_another_reference_system_is_brought_into_the_citys(town):
    x, y = middle(town)
    square = gpd.GeoSeries([shapely.box(x, y, x + 400, y + 400)], crs="EPSG:25832")
    add(town, list(square.to_crs("EPSG:4326")), crs="EPSG:4326", draw='"water"')
    assert open_city(town).backdrop.frame.geometry.iloc[0].hausdorff_distance(square.iloc[0]) < 0.1


@pytest.mark.parametrize("kind", ["barriers", "backdrop"])
def test_a_wrong_zone_is_an_error_that_names_the_right_one(town, kind):
    x, y = middle(town)
    add(town, [shapely.Point(x, y).buffer(50)], crs="EPSG:25833", kind=kind, draw='"rail"')
    errors = [problem for problem in load(town).problems if problem.level == "error"]
    assert [problem.file for problem in errors] == ["town/own.gpkg"]
    assert "EPSG:25832" in errors[0].say("en")


def test_too_much_to_draw_is_said(town):
    x, y = middle(town)
    rng = np.random.default_rng(2)
    add(town, list(shapely.linestrings(np.array([x, y]) + rng.uniform(-900, 900, (MOST_POINTS, 2, 2)))), draw='"road"')
    loaded = load(town)
    assert loaded.usable
    assert loaded.backdrop is None
    assert [p.level for p in loaded.problems if "orientation" in p.what.en] == ["note"]


def test_a_layer_file_says_what_to_draw(town):
    line = across(town)
    add(town, [line])
    assert "draw" in " ".join(problem.say("en") for problem in load(town).problems)
    add(town, [line], draw='"watr"')
    assert 'Did you mean "water"?' in " ".join(problem.say("en") for problem in load(town).problems)
    add(town, [line], draw='"water"', where='{usage = ["u0"]}')
    assert 'Did you mean "use"?' in " ".join(problem.say("en") for problem in load(town).problems)


def test_a_backdrop_knows_its_kinds_only():
    index = pd.Index(["a"], name="part", dtype="str")
    frame = gpd.GeoDataFrame({"kind": ["lava"]}, geometry=[shapely.Point(0, 0).buffer(9)], index=index, crs=25832)
    with pytest.raises(DataError, match="lava"):
        Backdrop(frame)
