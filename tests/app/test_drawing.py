"""Outlines drawn and uploaded on the page Gebietsabgrenzung: snapped to areas, exact only at home, guarded, refused."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from qmgis.app.address import MOST_CORNERS, ViewState, format_address, parse_address, settle, split_address
from qmgis.app.delimitation.asked import plan_of
from qmgis.app.delimitation.drawing import draw_target
from qmgis.app.delimitation.drawn import Told, shelf
from qmgis.app.delimitation.files import option_frame
from qmgis.app.delimitation.map import overlay, where_of
from qmgis.app.main import create_app
from qmgis.errors import DataError
from qmgis.model import Secrecy
from tests.toy import CRS, HOSTILE, SOUTH, WEST, area_ids, toy_areas, toy_city, toy_programme, toy_residents

WAIT = 20.0


@pytest.fixture(scope="module")
def city():
    return replace(toy_city(), programmes={"programme": toy_programme()})


def _corner(x: float, y: float) -> str:
    point = gpd.GeoSeries([shapely.Point(WEST + x, SOUTH + y)], crs=CRS).to_crs(4326).iloc[0]
    return f"{point.y:.5f},{point.x:.5f}"


def _square(x: float, y: float, side: float, number: int = 1) -> str:
    ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    return "&".join(f"corner={number}:{_corner(*one)}" for one in ring)


def _plan(city, query: str, *, alone: bool = False):
    state = settle(parse_address("/delimitation", f"?{query}"), city, pages=("delimitation", "overview"))
    return plan_of(city, state, with_programme=alone, wait=WAIT)


def _options(plan):
    assert plan.options is not None, plan.drawn.fault
    return plan.options.frame


def test_corners_are_in_the_address_in_their_order():
    state = ViewState(
        page="delimitation", corners=("1:51.2,9.1", "1:51.1,9.1", "2:51.1,9.2"), files=("ab",), fit="exact"
    )
    assert parse_address(*split_address(format_address(state))) == state


def test_a_drawn_line_counts_as_whole_areas(city):
    plan = _plan(city, _square(390, 390, 830))
    members = plan.drawn.members["z1 (gezeichnet)"]
    assert len(members) == 4
    people = toy_residents().frame
    shape = shapely.union_all(toy_areas().frame.geometry[list(members)].to_numpy())
    assert _options(plan).loc["z1 (gezeichnet)", "residents"] == people["residents"][people.intersects(shape)].sum()
    assert {area for area, keys in where_of(plan).items() if "z1" in keys} == set(members)
    row = option_frame(plan).set_index("name").loc["z1 (gezeichnet)"]
    assert (row["kind"], row["areas"].split()) == ("drawn", list(members))


def test_asking_for_the_line_itself_gives_whole_areas_where_others_may_ask(city):
    query = _square(390, 390, 700) + "&fit=exact"
    away, home = _plan(city, query), _plan(city, query, alone=True)
    assert away.drawn.members["z1 (gezeichnet)"]
    assert not away.drawn.exact
    assert home.drawn.exact
    assert _options(home).loc["z1 (gezeichnet)", "hectares"] == pytest.approx(49, abs=0.5)
    assert _options(away).loc["z1 (gezeichnet)", "hectares"] == pytest.approx(16 * len(
        away.drawn.members["z1 (gezeichnet)"]))  # fmt: skip


def test_a_house_less_changes_nothing_over_two_visits():
    """The second outline leaves out the five of one address; both are asked on views of their own."""
    layer = toy_residents()
    frame = layer.frame.copy()
    spot = frame.geometry.iloc[30]
    frame.iloc[30, frame.columns.get_loc("residents")] = 5
    city = replace(toy_city(), residents={"addresses": replace(layer, frame=frame)}, secrecy=Secrecy(min_base=10))
    x, y = spot.x - WEST, spot.y - SOUTH
    ring = [(x - 400, y - 400), (x + 400, y - 400), (x + 400, y + 400), (x - 400, y + 400)]
    dent = [(x - 12, y + 400), (x - 12, y - 12), (x + 12, y - 12), (x + 12, y + 400)]
    told = []
    for corners in (ring, [*ring[:3], *reversed(dent), ring[3]]):
        query = "&".join(f"corner=1:{_corner(*one)}" for one in corners) + "&fit=exact"
        found = _options(_plan(city, query, alone=True))
        told.append(found.loc["z1 (gezeichnet)", "residents"])
    assert told[0] == told[1] or abs(told[0] - told[1]) >= 10


def test_what_was_told_is_limited_and_kept_in_order(city):
    some = Told(most=2)
    shapes = [shapely.box(0, 0, side, side) for side in (1, 2, 3)]
    first = [shapely.Point(9, 9)]
    assert some.after(city, shapes[:1], first=first) == (*first, shapes[0])
    assert some.after(city, [shapes[1], shapes[0]], first=first) == (*first, shapes[0], shapes[1])
    with pytest.raises(DataError, match="start the dashboard anew"):
        some.after(city, [shapes[2]], first=first)


def test_areas_of_few_people_stay_out_of_a_drawn_outline():
    layer, few = toy_residents(), area_ids()[7]
    frame = layer.frame.copy()
    within = frame.index[frame.geometry.within(toy_areas().frame.geometry[few])]
    frame.loc[within, "residents"] = 0
    frame.loc[within[:1], "residents"] = 4
    city = replace(toy_city(), residents={"addresses": replace(layer, frame=frame)})
    assert few not in _plan(city, _square(390, 390, 830)).drawn.members["z1 (gezeichnet)"]


BAD = [
    ("corner=1:a,b", "keine Ecke"), ("corner=x:1,2", "keine Ecke"), ("corner=1:0,0", "liegt nicht in der Stadt"),
    ("corner=1:nan,9.8", "liegt nicht in der Stadt"), ("file=0000", "erneut hochladen"),
    (_square(10, 10, 50), "Von keinem Gebiet"),
    ("&".join(f"corner=1:{_corner(*one)}" for one in [(0, 0), (400, 400), (400, 0), (0, 400)]), "kreuzt sich"),
    ("&".join([f"corner=1:{_corner(5, 5)}"] * (MOST_CORNERS + 1)), f"höchstens {MOST_CORNERS} Ecken"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "sentence"), BAD)
def test_what_is_no_outline_is_one_sentence_and_the_rest_stays(query, sentence, city):
    plan = _plan(city, query)
    assert sentence in plan.drawn.fault
    assert plan.drawn.shapes == {}
    assert "A1" in _options(plan).index


def test_two_corners_are_marks_and_no_outline_yet(city):
    plan = _plan(city, f"corner=1:{_corner(100, 100)}&corner=1:{_corner(400, 100)}&edit=draw:1")
    assert plan.drawn.fault == ""
    assert len(plan.drawn.open) == 2
    assert overlay(plan)
    target = draw_target(plan)["data-point"]
    clicked = parse_address(*split_address(target.replace("__VALUE__", "51.5,9.9")))
    assert clicked.corners[2:] == ("1:51.5,9.9",)
    assert draw_target(_plan(city, ""))["data-point"] == ""


def _file(kind: str, tmp_path, names=("Nord", HOSTILE)) -> bytes:
    shapes = [shapely.box(WEST + x, SOUTH + 390, WEST + x + 830, SOUTH + 1220) for x in (390, 790)]
    frame = gpd.GeoDataFrame({"name": list(names)}, geometry=shapes, crs=CRS)
    if kind == "zip":
        frame.to_file(tmp_path / "mine.shp")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as whole:
            for file in tmp_path.glob("mine.*"):
                whole.write(file, file.name)
        return packed.getvalue()
    path = tmp_path / f"mine.{kind}"
    (frame.to_crs(4326) if kind == "geojson" else frame).to_file(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def client(city):
    return create_app(city).server.test_client()


def _post(client, content: bytes, name: str, **more):
    headers = more.pop("headers", {"X-Qmgis": "1"})
    return client.post(f"/upload/outlines?lang=de&name={name}", data=content, base_url="http://127.0.0.1",
                       headers=headers)  # fmt: skip


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "zip"])
def test_a_file_is_kept_and_its_outlines_stand_beside(kind, city, client, tmp_path):
    answer = _post(client, _file(kind, tmp_path), f"mine.{kind}")
    assert answer.status_code == 200
    plan = _plan(city, answer.json["go"].partition("?")[2])
    assert len(plan.drawn.shapes) == 2
    assert "d1 Nord (Datei)" in _options(plan).index
    assert all(len(areas) == 4 for areas in plan.drawn.members.values())


def test_uploads_that_are_no_outlines_say_so(client, tmp_path):
    for content, name, said in (
        (b"<html>", "a.html", "GeoJSON, GeoPackage"), (b"nothing", "a.gpkg", "upload.gpkg"),
        (_file("geojson", tmp_path, ("a", "a")), "a.geojson", "zweimal"),
    ):  # fmt: skip
        answer = _post(client, content, name)
        assert said in answer.json["said"]
        assert "\n" not in answer.json["said"]
        assert "/tmp" not in answer.json["said"]


def test_a_foreign_page_cannot_upload(client, tmp_path):
    assert _post(client, _file("geojson", tmp_path), "a.geojson", headers={}).status_code == 403
    assert _post(client, b"x" * 2_100_000, "a.geojson").status_code == 413


def test_a_packed_file_that_grows_too_much_is_not_unpacked(client, tmp_path):
    """Below every cap of zips for data, yet hundreds of megabytes of outlines from one request."""
    import zipfile

    words = b"".join(str(number).encode() for number in range(3000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b'{"type": "FeatureCollection", "x": "' + words * 4000 + b'", "features": []}')
    content = (tmp_path / "a.zip").read_bytes()
    assert len(content) < 1_500_000
    assert "Höchstens 12" in _post(client, content, "a.zip").json["said"]


def test_the_shelf_forgets_the_oldest(tmp_path):
    content, areas = _file("geojson", tmp_path), toy_areas()
    small = type(shelf)(kept=1)
    first = small.put(content, "a.geojson", areas)
    second = small.put(content.replace(b"Nord", b"Ost"), "a.geojson", areas)
    assert small.get(second).index[0] == "Ost"
    with pytest.raises(DataError, match="upload it again"):
        small.get(first)
