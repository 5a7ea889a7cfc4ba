"""Network layers of a city: an extract with modes, lines with bends and barriers, and every key that misleads."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

import qmgis
from qmgis.core.reach.network import Graph
from qmgis.errors import DataError, LayerFileError, QmgisError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.rules.modes import modes
from qmgis.model import walking
from qmgis.runs.compute import compute
from qmgis.runs.serving import network_of

HEAD = 'licence = "CC0 1.0"\ncredit = "test"\n'
CRS = "EPSG:25832"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def put(town: Path, name: str, text: str) -> None:
    (town / "layers" / "town" / name).write_text(text, encoding="utf-8")


def box_of(town: Path) -> np.ndarray:
    return open_city(town).areas.frame.total_bounds


def streets(town: Path, *, own: str = "", apart: bool = False) -> None:
    """A grid of streets every 100 m, one of them steps, one one-way; with ``apart`` every 300 m, and a path alone."""
    west, south, east, north = box_of(town)
    back = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    step = 300 if apart else 100
    columns, rows = int((east - west) // step) + 1, int((north - south) // step) + 1
    name = {(i, j): i * rows + j + 1 for i in range(columns) for j in range(rows)}
    spots = {number: (west + i * step, south + j * step) for (i, j), number in name.items()}
    ways = [([name[i, j] for j in range(rows)], {"highway": "residential"}) for i in range(columns)]
    ways += [([name[i, j] for i in range(columns)], {"highway": "steps" if j == 1 else "path"}) for j in range(rows)]
    ways[2][1]["oneway"] = "yes"
    if apart:
        spots |= {9001: (west + 440, south + 450), 9002: (west + 460, south + 450)}
        ways.append(([9001, 9002], {"highway": "footway"}))
    lines = ['<osm version="0.6">']
    for number, spot in spots.items():
        lon, lat = back.transform(*spot)
        lines.append(f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}"/>')
    for number, (refs, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}">{inner}</way>')
    (town / "data" / "town" / "a.osm").write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    put(town, "net.toml", f'kind = "network"\ntitle = "net"\nsource = "osm"\npath = "town/a.osm"\n{own}{HEAD}')


def theme(town: Path, *changes: tuple[str, str]) -> None:
    file = town / "layers" / "town" / "city.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def said(problems, level: str) -> str:
    return " ".join(one.say("en") for one in problems if one.level == level)


# An extract -----------------------------------------------------------------------------------------------------


def test_an_extract_gives_the_modes_that_themes_ask_for(town):
    streets(town)
    city = open_city(town)
    assert [network.mode.key for network in city.networks.values()] == ["walk"]
    west, south, east, north = box_of(town)
    count = int((east - west) // 100) + int((north - south) // 100) + 2
    assert {info.key: info.rows for info in city.layers}["net"] == count
    theme(town, ("within_m = 500", 'within_min = 5\nmode = "cycle"'))
    city = open_city(town)
    assert sorted(network.mode.key for network in city.networks.values()) == ["cycle", "walk"]
    assert network_of(city, "walk").passable is None
    assert not network_of(city, "cycle").passable.all()
    assert said(city.problems, "error") == ""


def test_a_run_says_the_mode_the_limit_and_the_speed(town):
    streets(town)
    theme(town, ("within_m = 500", 'within_min = 10\nmode = "barrier_free"'))
    outcome = compute(open_city(town), "mss-2024")
    key = next(iter(outcome.coverage))
    result = outcome.coverage[key]
    assert result.parameters["within_min"] == 10
    assert (result.parameters["mode"], result.parameters["kmh"]) == ("barrier_free", 3.6)
    titles = {column.key: column.title for column in outcome.columns}
    assert "10 min barrierefreier Fußweg, 3,6 km/h" in titles[f"{key}_share"].de
    assert "barrier-free walking distance" in titles[f"{key}_median_m"].en
    asked = outcome.recipe.parameters["coverage"][0]
    assert (asked["within_min"], asked["mode"]) == (10, "barrier_free")
    assert len(asked["rules"]) == 64


def test_minutes_are_metres_at_the_speed_of_the_group(town):
    streets(town)
    city = open_city(town)
    slow = qmgis.reach(city, places="kita", within_min=10, speed_kmh=3.0)
    metres = qmgis.reach(city, places="kita", within_m=500)
    assert slow.parts["reached"].tolist() == metres.parts["reached"].tolist()
    adults = qmgis.reach(city, places="kita", within_min=10)
    assert adults.parameters["kmh"] == 4.8
    children = qmgis.reach(city, places="kita", within_min=10, group="age_0_5")
    assert children.parameters["kmh"] == 3.6
    with pytest.raises(DataError, match="either within_m"):
        qmgis.reach(city, places="kita", within_min=10, within_m=500)
    with pytest.raises(QmgisError, match='no streets for the mode "cycle"'):
        qmgis.reach(city, places="kita", within_min=10, mode="cycle")


def test_who_joins_a_small_part_only_is_told(town):
    streets(town, apart=True)
    city = open_city(town)
    network = city.networks["net"]
    assert (~network.main).sum() == 1
    assert "falls into 2 parts" in said(city.problems, "note")
    told = [one.en for one in qmgis.reach(city, places="kita", within_m=500).warnings]
    assert [one for one in told if "Joined only to a small piece" in one and "origins: 1;" in one]


def test_an_own_mode_is_a_file(town):
    streets(town)
    (town / "layers" / "town" / "modes").mkdir()
    text = (
        'title = "mit Karre"\ndistance = "Karrenweg"\ndate = 2026-05-01\nsource = "x"\n[[speed]]\nkmh = 2.0\n'
        '[[way]]\nwhere = {highway = ["residential"]}\nuse = true\n'
    )
    put(town, "modes/cart.toml", text)
    theme(town, ("within_m = 500", 'within_min = 15\nmode = "cart"'))
    outcome = compute(open_city(town), "mss-2024")
    result = next(iter(outcome.coverage.values()))
    assert (result.parameters["mode"], result.parameters["kmh"]) == ("cart", 2.0)
    assert "Karrenweg" in result.columns[0].title.de + result.columns[1].title.de
    put(town, "modes/cart.toml", text.replace("use = true", "usee = true\nkmh = 99"))
    found = said(load(town).problems, "error")
    assert 'Did you mean "use"' in found
    assert "km/h above 0 and up to 60" in found


def test_a_cut_off_extract_is_one_sentence(town):
    streets(town)
    file = town / "data" / "town" / "a.osm"
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(DataError, match="cut off or damaged"):
        open_city(town)


def test_an_extract_without_a_way_for_the_mode(town):
    streets(town)
    file = town / "data" / "town" / "a.osm"
    text = file.read_text(encoding="utf-8")
    for kind in ("residential", "path", "steps"):
        text = text.replace(f'v="{kind}"', 'v="motorway"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="holds no way on foot"):
        open_city(town)


@pytest.mark.parametrize(
    ("change", "own", "message"),
    [
        ('mode = "cylce"', "", 'Did you mean "cycle"'),
        ("within_min = 5", "", "exclude each other"),
        ("within_min = 0", "", "minutes above 0"),
        ("speed_kmh = 4", "", "goes with minutes only"),
        ("", 'modes = ["cylce"]\n', 'Did you mean "cycle"'),
        ("", 'elevation = "dem"\n', 'no raster layer "dem"'),
        ("", 'cut_by = ["rail"]\n', 'no layer of barriers "rail"'),
        ("", 'where = {a = ["b"]}\n', "does not go with source"),
    ],
)
def test_keys_that_mislead_are_named(change, own, message, town):
    streets(town, own=own)
    if change:
        theme(town, ("within_m = 500", f"within_m = 500\n{change}"))
    with pytest.raises(LayerFileError, match=message):
        open_city(town)


def test_a_theme_needs_a_limit(town):
    theme(town, ("within_m = 500\n", ""))
    with pytest.raises(LayerFileError, match="limit is missing"):
        open_city(town)


def test_a_mode_needs_streets(town):
    theme(town, ("within_m = 500", 'within_m = 500\nmode = "barrier_free"'))
    with pytest.raises(LayerFileError, match="no streets for mode"):
        open_city(town)


# Lines ----------------------------------------------------------------------------------------------------------


def lined(town: Path, shapes: list, *, own: str = "", bridge: list[str] | None = None, wall=None) -> None:
    frame = gpd.GeoDataFrame({"bridge": bridge or ["no"] * len(shapes)}, geometry=shapes, crs=CRS)
    frame.to_file(town / "data" / "town" / "net.gpkg")
    put(town, "net.toml", f'kind = "network"\ntitle = "net"\nsource = "vector"\npath = "town/net.gpkg"\n{own}{HEAD}')
    if wall is not None:
        gpd.GeoDataFrame(geometry=[wall], crs=CRS).to_file(town / "data" / "town" / "river.gpkg")
        put(town, "river.toml", f'kind = "barriers"\ntitle = "r"\nsource = "vector"\npath = "town/river.gpkg"\n{HEAD}')


def test_lines_keep_their_bends_and_serve_the_modes_named(town):
    west, south, *_ = box_of(town)
    bent = shapely.LineString([(west, south), (west + 100, south + 100), (west + 200, south)])
    lined(town, [bent], own='modes = ["walk", "cycle"]\n')
    networks = open_city(town).networks
    assert sorted(networks) == ["net", "net:cycle"]
    assert networks["net"].bends.points.tolist() == [[west + 100, south + 100]]


def test_barriers_cut_lines_where_no_bridge_leads_across(town):
    west, south, east, north = box_of(town)
    middle = (west + east) / 2
    roads = [shapely.LineString([(west, y), (east, y)]) for y in (south + 10, south + 200)]
    roads.append(shapely.LineString([(west, south + 10), (west, south + 200)]))
    roads.append(shapely.LineString([(east, south + 10), (east, south + 200)]))
    river = shapely.LineString([(middle, south - 10), (middle, north + 10)])
    for bridge, parts in ((["no"] * 4, 2), (["no", "yes", "no", "no"], 1)):
        own = 'cut_by = ["river"]\nbridges = {bridge = ["yes"]}\n'
        lined(town, roads, own=own, bridge=bridge, wall=river)
        city = open_city(town)
        network = city.networks["net"]
        used = np.unique(network.edges)
        assert len(np.unique(Graph(network.nodes, network.edges, network.length_m).component[used])) == parts
        assert "cut" in said(city.problems, "note")
        net = next(info for info in city.layers if info.key == "net")
        assert [file.path for file in net.files] == ["town/net.gpkg", "town/river.gpkg"]
    lined(town, roads, own='cut_by = ["canal"]\n')
    with pytest.raises(LayerFileError, match='no layer of barriers "canal"'):
        open_city(town)
    uncut = 'bridges = {bridge = ["yes"]}\n'
    lined(town, roads, own=uncut)
    assert len(open_city(town).networks["net"].edges) == 4


def test_walking_without_a_file_is_as_fast_as_the_file_says():
    assert walking().speeds == modes()["walk"].mode.speeds
    assert (walking().title, walking().way) == (modes()["walk"].mode.title, modes()["walk"].mode.way)
