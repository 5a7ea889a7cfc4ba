import dataclasses
import gzip
import json

import geopandas as gpd
import numpy as np
import pytest

from qmgis.app.address import ViewState
from qmgis.app.geometry import backdrop_sheet, gap_sheet, outline_sheet, place_sheet, programme_sheet
from qmgis.app.map import area_map
from qmgis.app.results import outcome_of
from qmgis.views.backdrop import STROKES
from tests.toy import HOSTILE, VINTAGE


@pytest.fixture(scope="module")
def outcome(city):
    return outcome_of(city, "mss-2024")


def test_outlines_keep_ids_names_and_places(city):
    areas = city.area_layers[VINTAGE]
    sheet = outline_sheet(areas)
    read = gpd.GeoDataFrame.from_features(json.loads(gzip.decompress(sheet.content)), crs="EPSG:4326")
    assert list(read["id"]) == list(areas.frame.index)
    assert HOSTILE in set(read["name"])
    back = read.geometry.to_crs(areas.frame.crs)
    moved = np.abs(back.area.to_numpy() - areas.frame.geometry.area.to_numpy())
    assert (moved < 0.001 * areas.frame.geometry.area.to_numpy()).all()
    assert sheet.box == tuple(read.total_bounds)


def test_nothing_but_id_and_name_travels(city):
    features = json.loads(gzip.decompress(outline_sheet(city.area_layers[VINTAGE]).content))["features"]
    assert {key for feature in features for key in feature["properties"]} == {"id", "name"}


def test_the_same_outlines_have_the_same_bytes(city):
    areas = city.area_layers[VINTAGE]
    again = outline_sheet.__wrapped__(areas)
    assert again == outline_sheet(areas)


def test_it_is_served_packed_and_for_good(client, city):
    sheet = outline_sheet(city.area_layers[VINTAGE])
    packed = client.get(sheet.address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(sheet.address, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data == gzip.decompress(sheet.content)


@pytest.mark.parametrize(
    "path",
    [
        f"/data/areas/{VINTAGE}/0000.geojson",
        "/data/areas/none/0000.geojson",
        "/data/backdrop/0000.geojson",
        "/data/programme/mss-2024/0000.geojson",
        "/data/programme/none/0000.geojson",
        "/data/places/mss-2024/none/0.geojson",
        "/data/places/none/kita/0.geojson",
        "/data/secrets/mss-2024/kita/0.geojson",
        "/data/gaps/mss-2024/kita/0.geojson",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


def test_places_and_gaps_of_a_theme_are_served(client, outcome):
    for sheet in (place_sheet(outcome, "kita"), gap_sheet(outcome, "kita")):
        assert sheet is not None
        assert client.get(sheet.address).status_code == 200


def test_the_backdrop_is_served_with_each_stroke_the_lowest_first(client, city):
    sheet = backdrop_sheet(city.backdrop)
    assert client.get(sheet.address).status_code == 200
    read = gpd.GeoDataFrame.from_features(json.loads(gzip.decompress(sheet.content)), crs="EPSG:4326")
    drawn = [(kind, str(stroke)) for kind in city.backdrop.kinds for stroke in range(len(STROKES[kind]))]
    assert list(zip(read["kind"], read["stroke"], strict=True)) == drawn
    back = read.drop_duplicates("kind").set_index("kind").geometry.to_crs(city.crs)
    there = city.backdrop.frame.set_index("kind").geometry
    assert all(back[kind].hausdorff_distance(there[kind]) < 0.2 for kind in city.backdrop.kinds)


def test_a_city_without_backdrop_has_its_map_and_no_box(outcome):
    plain = dataclasses.replace(outcome, backdrop=None)
    assert "overview-backdrop" in str(area_map(outcome, ViewState(), "de"))
    assert "backdrop" not in str(area_map(plain, ViewState(), "de"))


def test_programme_areas_are_served_by_their_state_on_the_runs_day(client, city, outcome):
    sheet = programme_sheet(outcome)
    read = client.get(sheet.address, headers={"Accept-Encoding": "identity"}).get_json()["features"]
    drawn = [(feature["properties"]["id"], feature["properties"]["kind"]) for feature in read]
    assert drawn[::2] == drawn[1::2] == [("QM-03", "planned"), ("QM-02", "former"), ("QM-01", "current")]
    assert HOSTILE not in json.dumps(read)
    without = dataclasses.replace(outcome, programme=None)
    assert programme_sheet(without) is None
    assert "overview-programme" in str(area_map(outcome, ViewState(), "de"))
    assert "overview-programme" not in str(area_map(without, ViewState(), "de"))
