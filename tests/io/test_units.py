"""Units of proposals in city.toml: read beside the areas, never as a version of them; one sentence a fault."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from qmgis.io.city.check import check_city
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import open_city

CRS = "EPSG:25832"
LAYER = """
kind = "areas"
title = {de = "Baublöcke", en = "Blocks"}
vintage = "blocks-2024"
valid_from = 2099-01-01
source = "vector"
path = "town/blocks.gpkg"
id = "id"
licence = "CC0 1.0"
credit = "test"
"""


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def quarters(town: Path, *, side: float = 1.0) -> gpd.GeoDataFrame:
    """Each area cut into four, as boxes of its bounds; ``side`` below 1 leaves streets between."""
    areas = gpd.read_file(town / "data" / "town" / "areas.geojson").to_crs(CRS)
    shapes, ids = [], []
    for key, shape in zip(areas["KENNUNG"], areas.geometry, strict=True):
        west, south, east, north = shape.bounds
        wide, high = (east - west) / 2, (north - south) / 2
        for number, (x, y) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
            box = shapely.box(west + x * wide, south + y * high, west + (x + side) * wide, south + (y + side) * high)
            shapes.append(box)
            ids.append(f"{key}-{number}")
    return gpd.GeoDataFrame({"id": ids}, geometry=shapes, crs=CRS)


def declare(town: Path, blocks: gpd.GeoDataFrame, *, said: str = 'units = "blocks"', layer: str = LAYER) -> None:
    blocks.to_file(town / "data" / "town" / "blocks.gpkg", layer="blocks")
    folder = town / "layers" / "town"
    (folder / "blocks.toml").write_text(layer, encoding="utf-8")
    city = (folder / "city.toml").read_text(encoding="utf-8")
    (folder / "city.toml").write_text(f"{city}\n[delimitation]\n{said}\n", encoding="utf-8")


def told(town: Path, level: str, lang: str = "en") -> list[str]:
    return [one.say(lang) for one in check_city(town).problems if one.level == level]


def test_units_are_no_version_of_the_areas_however_new_they_are(town):
    before = open_city(town)
    declare(town, quarters(town))
    city = open_city(town)
    assert set(city.area_layers) == set(before.area_layers)
    assert city.areas.vintage == before.areas.vintage
    assert list(city.units) == ["blocks"]
    assert len(city.units["blocks"].frame) == 64
    assert told(town, "error") + told(town, "warning") == []


def test_several_layers_and_the_width_of_streets(town):
    declare(town, quarters(town, side=0.9), said='units = ["blocks", "parts"]\ngap_m = 40')
    (town / "layers" / "town" / "parts.toml").write_text(LAYER.replace("blocks-2024", "parts"), encoding="utf-8")
    city = open_city(town)
    assert list(city.units) == ["blocks", "parts"]
    assert city.gap_m == 40
    assert check_city(town).problems == (), "gaps between blocks are streets, no fault"


def test_another_reference_system_is_brought_into_that_of_the_city(town):
    own = quarters(town)
    declare(town, own.to_crs("EPSG:4326"))
    frame = open_city(town).units["blocks"].frame
    assert frame.crs == CRS
    assert frame.geometry.area.sum() == pytest.approx(own.geometry.area.sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("said", "en", "de"),
    [
        ('units = "block"', 'no layer "block" whose polygons.*Did you mean "blocks"', 'Eine Ebene "block".*nicht'),
        ('units = "kita"', 'The layer "kita" is of the kind “places”', 'Die Ebene "kita" ist von der Art „Orte“'),
        ('units = "areas"', 'is the version "town-2024" that runs', 'ist der Gebietsstand "town-2024"'),
        ("units = 3", '"units" must be the name of a layer', '"units" muss der Name einer Ebene'),
        ('units = "blocks"\ngap = 3', '"gap" is not a key.*"gap_m"', '"gap" .*"gap_m"'),
    ],
)
def test_what_city_toml_says_wrong_is_one_sentence_with_its_row(town, said, en, de):
    declare(town, quarters(town), said=said)
    for lang, wanted in (("en", en), ("de", de)):
        lines = told(town, "error", lang)
        assert len(lines) == 1
        assert "town/city.toml" in lines[0]
        assert re.search(wanted, lines[0]), lines[0]


def test_polygons_only(town):
    blocks = quarters(town)
    blocks.loc[3, "geometry"] = shapely.Point(blocks.geometry[3].centroid)
    declare(town, blocks)
    lines = told(town, "error")
    assert len(lines) == 1
    assert "is no polygon (Point): " in lines[0]
    assert blocks["id"][3] in lines[0]


def test_an_id_twice(town):
    blocks = quarters(town)
    blocks.loc[5, "id"] = blocks["id"][4]
    declare(town, blocks)
    lines = told(town, "error")
    assert len(lines) == 1
    assert blocks["id"][4] in lines[0]


def test_overlaps(town):
    blocks = quarters(town)
    blocks.loc[5, "geometry"] = blocks.geometry[5].union(blocks.geometry[4])
    declare(town, blocks)
    lines = told(town, "error")
    assert len(lines) == 1
    assert "overlap" in lines[0]


def test_units_elsewhere_and_a_few_outside(town):
    blocks = quarters(town)
    blocks.loc[:, "geometry"] = blocks.geometry.translate(50_000, 0)
    declare(town, blocks)
    assert ["Not one unit lies in the areas" in line for line in told(town, "error")] == [True]
    blocks = quarters(town)
    blocks.loc[[0, 7], "geometry"] = blocks.geometry[[0, 7]].translate(50_000, 0)
    blocks.to_file(town / "data" / "town" / "blocks.gpkg", layer="blocks")
    (line,) = told(town, "warning")
    assert f"2 units lie outside the areas and are left out: {blocks['id'][0]}, {blocks['id'][7]}." in line
    assert len(open_city(town).units["blocks"].frame) == 62


def test_units_need_to_know_where_people_live(town):
    declare(town, quarters(town))
    file = town / "layers" / "town" / "residents.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('origin_type = "grid"', 'origin_type = "area"'), encoding="utf-8")
    lines = [line for line in told(town, "error") if "small units" in line]
    assert len(lines) == 1
    assert "city.toml" in lines[0]
    assert any("Wohnorte" in line for line in told(town, "error", "de"))


def test_units_that_touch_no_other_are_a_warning(town):
    declare(town, quarters(town, side=0.9))
    (line,) = told(town, "warning")
    assert "touch no other" in line
    assert "gap_m" in line
