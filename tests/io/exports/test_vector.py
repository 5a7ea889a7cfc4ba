"""GeoJSON, FlatGeobuf, GeoParquet, Shapefile and GeoPackage, read back by readers that did not write them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyproj
import pytest
import shapefile
import shapely

from qmgis.errors import OutputError
from qmgis.i18n import number
from qmgis.io.exports import flatgeobuf, geojson, geopackage, geoparquet, qgis_project
from qmgis.io.exports import shapefile as shapefile_export
from qmgis.io.written import cells as _cells
from qmgis.io.written import shapefile as _shapefile
from qmgis.io.written import vector as _vector
from qmgis.io.written.styles import area_styles
from qmgis.model import AreaLayer, Column, Text
from qmgis.runs.compute import compute
from qmgis.views.legend import entry_of, legend_for
from tests import toy
from tests.io.disks import tmpfs
from tests.io.exports.sample import HOSTILE
from tests.toy import toy_outcome

LAYERS = ("areas", "places", "gaps", "programme")
needs_ogr = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs gdal-bin")


def by_ogr(path: Path, layer: str) -> dict[str, dict[str, object]]:
    """Rows as Debian's GDAL 3.6 reads them, by area."""
    command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(path), layer]
    plain = {name: value for name, value in os.environ.items() if name not in ("OGR_SKIP", "GDAL_SKIP")}
    done = subprocess.run(command, capture_output=True, check=True, env=plain)
    assert done.stderr == b""
    return {row["properties"]["area"]: row["properties"] for row in json.loads(done.stdout)["features"]}


def without_outline(outcome):
    """The same outcome with one area that has no outline and one of two parts."""
    frame = outcome.areas.frame.copy()
    shapes = frame.geometry.to_numpy().copy()
    shapes[2] = None
    shapes[4] = shapely.multipolygons([shapes[4], shapely.affinity.translate(shapes[4], 10_000, 0)])
    frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    return replace(outcome, areas=AreaLayer("a", Text("a", "a"), frame, outcome.areas.vintage))


@pytest.fixture(scope="module")
def bundle(outcome, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shapefile")
    with zipfile.ZipFile(io.BytesIO(shapefile_export.render(outcome, "de"))) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def package(outcome, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "results.gpkg"
    path.write_bytes(geopackage.render(outcome, "de"))
    return path


def query(path: Path, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(statement).fetchall()


# GeoJSON


def test_geojson_is_rfc_7946(outcome):
    content = json.loads(geojson.render(outcome, "de"))
    assert "crs" not in content
    assert outcome.recipe.id in content["description"]
    to_degrees = pyproj.Transformer.from_crs(outcome.areas.frame.crs, "EPSG:4326", always_xy=True)
    for feature, shape in zip(content["features"], outcome.areas.frame.geometry, strict=True):
        ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
        assert ring.is_ccw
        expected = shapely.transform(shape, to_degrees.transform, interleaved=False)
        assert shapely.hausdorff_distance(ring, expected.exterior) < 2e-7
        text = json.dumps(feature["geometry"]["coordinates"])
        assert all(len(number.partition(".")[2]) <= 7 for number in text.replace("]", "").replace("[", "").split(", "))


def test_geojson_values(outcome):
    rows = [feature["properties"] for feature in json.loads(geojson.render(outcome, "de"))["features"]]
    assert [row["area"] for row in rows] == list(outcome.table.index)
    assert [row["name"] for row in rows[: len(HOSTILE)]] == [_cells.clean(text) for text in HOSTILE]
    assert rows[0]["status_index"] is None
    assert rows[1]["attention"] is False
    assert rows[1]["population"] == 2360
    assert rows[1]["value_unemployment"] == outcome.table.loc["01010001", "value_unemployment"]


def test_geojson_keeps_areas_without_outline(outcome):
    features = json.loads(geojson.render(without_outline(outcome), "de"))["features"]
    assert [feature["properties"]["area"] for feature in features if feature["geometry"] is None] == ["01010002"]


# FlatGeobuf


@pytest.mark.parametrize("has_gap", [False, True])
def test_flatgeobuf_keeps_rows_and_order(outcome, tmp_path, has_gap):
    given = without_outline(outcome) if has_gap else outcome
    (tmp_path / "areas.fgb").write_bytes(flatgeobuf.render(given, "de"))
    frame = gpd.read_file(tmp_path / "areas.fgb").sort_values("row")
    assert frame["area"].tolist() == list(outcome.table.index)
    assert frame["row"].tolist() == list(range(1, 31))
    assert frame.geometry.isna().sum() == has_gap
    assert frame.crs == outcome.areas.frame.crs


@needs_ogr
def test_flatgeobuf_by_another_gdal(outcome, tmp_path):
    (tmp_path / "areas.fgb").write_bytes(flatgeobuf.render(outcome, "de"))
    rows = by_ogr(tmp_path / "areas.fgb", "areas")
    assert rows["01010001"]["attention"] is False
    assert rows["01010000"].get("status_index") is None


# GeoParquet


def test_geoparquet(outcome):
    file = pq.ParquetFile(io.BytesIO(geoparquet.render(outcome, "de")))
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert geo["columns"]["geometry"]["crs"]["id"]["code"] == 25832
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    about = json.loads(file.schema_arrow.metadata[b"qmgis_about"])
    assert outcome.recipe.id in dict(about).values()
    frame = file.read().to_pandas()
    assert frame["area"].tolist() == list(outcome.table.index)
    assert frame["name"].tolist()[:2] == ["=1+2", "+49 30 1234"]
    expected = outcome.table["value_unemployment"].reset_index(drop=True)
    pd.testing.assert_series_equal(frame["value_unemployment"], expected)
    assert file.schema_arrow.field("attention").type == "bool"
    assert file.read()["attention"].null_count == 2
    assert shapely.equals(shapely.from_wkb(frame["geometry"].iloc[0]), outcome.areas.frame.geometry.iloc[0])


def test_geoparquet_opens_in_geopandas(outcome):
    frame = gpd.read_parquet(io.BytesIO(geoparquet.render(without_outline(outcome), "de")))
    assert frame.crs == outcome.areas.frame.crs
    assert frame.geometry.isna().sum() == 1


# Shapefile


def test_shapefile_bundle_is_complete(bundle):
    names = {path.name for path in bundle.iterdir()}
    parts = {f"{layer}.{part}" for layer in LAYERS for part in ("shp", "shx", "dbf", "prj", "cpg")}
    assert parts | {"areas.qml", "areas.sld", "codebook.csv", "LIESMICH.txt"} <= names
    assert (bundle / "areas.cpg").read_text() == "UTF-8"
    assert pyproj.CRS((bundle / "areas.prj").read_text()).to_epsg(min_confidence=25) == 25832


def test_shapefile_by_pyshp(bundle, outcome):
    with shapefile.Reader(str(bundle / "areas.shp")) as reader:
        fields = [field[0] for field in reader.fields[1:]]
        rows = [record.as_dict() for record in reader.records()]
        assert shapely.equals(shapely.geometry.shape(reader.shape(0)), outcome.areas.frame.geometry.iloc[0])
    assert max(map(len, fields)) <= 10
    assert [row["area"] for row in rows] == list(outcome.table.index)
    first, second = rows[:2]
    assert (first["stat_idx"], first["attention"], first["z_unempl"]) == (None, None, None)
    assert first["group"] == ""
    assert (second["attention"], second["population"], second["group"]) == (0, 2360, "2+")
    assert second["val_unempl"] == pytest.approx(outcome.table.loc["01010001", "value_unemployment"], abs=1e-15)
    assert rows[0]["kita_share"] == 0.0
    assert rows[3]["kita_share"] is None


def test_shapefile_codebook_names_every_field(bundle, outcome):
    with shapefile.Reader(str(bundle / "areas.shp")) as reader:
        fields = [field[0] for field in reader.fields[1:]]
    with (bundle / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Kurzname"] for row in rows] == fields
    assert [row["Langname"] for row in rows] == ["area", *outcome.table.columns]
    assert {row["Langname"]: row["Einheit"] for row in rows}["kita_share"] == "Anteil von 0 bis 1"


def test_shapefile_cuts_between_characters_and_says_so(bundle):
    with shapefile.Reader(str(bundle / "areas.shp")) as reader:
        cut = [row["name"] for row in reader.records() if set(row["name"]) == {"ü"}]
    assert cut == ["ü" * 127, "ü" * 127]
    readme = (bundle / "LIESMICH.txt").read_text(encoding="utf-8-sig")
    assert "2 Texte im Feld name" in readme
    assert "NULL" in readme
    assert "CC0-1.0" in readme
    assert "Amt für <Statistik> & Wahlen" in readme


def test_shapefile_keeps_areas_without_outline(outcome):
    with zipfile.ZipFile(io.BytesIO(shapefile_export.render(without_outline(outcome), "en"))) as archive:
        assert "README.txt" in archive.namelist()
        parts = {part: io.BytesIO(archive.read(f"areas.{part}")) for part in ("shp", "shx", "dbf")}
    with shapefile.Reader(**parts) as reader:
        assert [shape.shapeType for shape in reader.shapes()].count(shapefile.NULL) == 1
        assert len(reader.records()) == 30


def test_shapefile_refuses_what_it_cannot_hold(outcome):
    many = tuple(Column(f"x{number}", Text("x", "x"), "number") for number in range(260))
    table = pd.DataFrame(0.5, index=outcome.table.index, columns=[column.key for column in many])
    with pytest.raises(OutputError, match="at most 255") as error:
        shapefile_export.render(replace(outcome, table=table, columns=many, themes={}), "de")
    assert "GeoPackage" in error.value.say("de")
    with pytest.raises(OutputError, match=r"areas\.dbf would have 2\.2 GB"):
        _shapefile._check_sizes({"areas.shp": 5, "areas.dbf": 2_200_000_000})


@needs_ogr
def test_shapefile_by_another_gdal(bundle):
    rows = by_ogr(bundle / "areas.shp", "areas")
    assert rows["01010000"]["stat_idx"] is None
    assert rows["01010105"]["name"] == "😀 Straße"
    assert rows["01010000"]["kita_share"] == 0.0


# GeoPackage


def test_geopackage_is_version_1_2(package):
    assert query(package, "PRAGMA user_version") == [(10200,)]
    assert query(package, "PRAGMA integrity_check") == [("ok",)]
    contents = dict(query(package, "SELECT table_name, data_type FROM gpkg_contents"))
    layers = dict.fromkeys(LAYERS, "features")
    assert contents == layers | dict.fromkeys(("layer_styles", "about", "codebook"), "attributes")
    assert query(package, "SELECT DISTINCT last_change FROM gpkg_contents") == [("1980-01-01T00:00:00.000Z",)]


def test_geopackage_values(package, outcome):
    rows = query(package, "SELECT area, name, population, status_index, attention, kita_share FROM areas ORDER BY fid")
    assert [row[0] for row in rows] == list(outcome.table.index)
    assert [row[1] for row in rows[: len(HOSTILE)]] == [_cells.clean(text) for text in HOSTILE]
    assert rows[0][3:] == (None, None, 0.0)
    assert rows[1][2:5] == (2360, outcome.table.loc["01010001", "status_index"], 0)
    assert query(package, "SELECT layer, capacity FROM places ORDER BY place")[-1] == ("kita", None)
    assert query(package, "SELECT theme, not_reached FROM gaps") == [("kita", 25.0), ("kita", 12.5)]


def test_geopackage_says_where_it_comes_from(package, outcome):
    about = query(package, "SELECT label, text FROM about")
    assert ("Rezept", outcome.recipe.id) in about
    assert ("Quelle", "Amt für <Statistik> & Wahlen") in about
    book = query(package, "SELECT column_name FROM codebook WHERE layer = 'areas'")
    assert [name for (name,) in book] == ["area", *outcome.table.columns]


def test_geopackage_styles_have_the_colours_of_the_legend(package, outcome):
    rows = query(package, "SELECT styleName, styleQML, styleSLD FROM layer_styles WHERE useAsDefault = 1")
    assert len(rows) == len(LAYERS)
    legend = legend_for(outcome, "group")
    _, qml, sld = next(row for row in rows if row[0] == "group")
    root = ET.fromstring(qml)
    categories = root.findall(".//category")
    assert [(c.get("value"), c.get("label")) for c in categories] == [(e.value, e.label.de) for e in legend.entries]
    rules = ET.fromstring(sld).iter("{http://www.opengis.net/se}Rule")
    fills = [rule.find(".//{http://www.opengis.net/se}SvgParameter[@name='fill']").text for rule in rules]
    assert fills == [entry.colour for entry in legend.entries]


@needs_ogr
def test_geopackage_by_another_gdal(package):
    rows = by_ogr(package, "areas")
    assert rows["01010001"]["attention"] is False
    assert rows["01010000"]["attention"] is None


def test_geopackage_with_names_it_uses_itself(outcome):
    keys = ("fid", "geom", "FID", "area")
    columns = tuple(Column(key, Text(key, key), "number") for key in keys[:3])
    table = pd.DataFrame(0.5, index=outcome.table.index, columns=list(keys[:3]))
    content = geopackage.render(replace(outcome, table=table, columns=columns, themes={}), "de")
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(content)
        names = [row[1] for row in base.execute("PRAGMA table_info(areas)")]
    assert names == ["fid", "geom", "area", "fid_2", "geom_2", "FID_3"]


def test_parts_become_multi(outcome):
    layer = _vector.areas_layer(without_outline(outcome))
    assert layer.geometry_type == "MultiPolygon"
    assert layer.has_gaps


def test_no_temporary_folder_is_one_sentence(outcome, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match=r"results\.gpkg could not be made .* TMPDIR") as error:
        geopackage.render(outcome, "de")
    assert "TMPDIR" in error.value.say("de")


@pytest.mark.parametrize("render", [shapefile_export.render, geopackage.render])
@pytest.mark.parametrize("size", [16, 64, 80, 96, 128, 224, 256, 300])
def test_full_temporary_disk_is_an_error_and_never_a_short_file(outcome, monkeypatch, tmp_path, render, size):
    """GDAL keeps quiet when the last bytes of a shapefile do not fit."""
    whole = render(outcome, "de")
    with tmpfs(tmp_path / "disk", f"size={size}k") as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        with suppress(OutputError):
            assert render(outcome, "de") == whole
        assert list(disk.iterdir()) == []


def test_how_firm_need_meets_gap_has_a_style(tmp_path):
    """QGIS and GeoPackage draw it in the classes and colours of the screen."""
    outcome = toy_outcome()
    legend = legend_for(outcome, "kita_firm")
    style = next(one for one in area_styles(outcome) if one.key == "kita_firm")
    assert (style.topic, style.theme, style.title.en) == ("priority", "kita", "Day care: how firm")
    assert [(one.value, one.colour) for one in style.entries] == [(one.value, one.colour) for one in legend.entries]
    path = tmp_path / "results.gpkg"
    path.write_bytes(geopackage.render(outcome, "de"))
    with closing(sqlite3.connect(path)) as file:
        found = dict(file.execute("SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = 'areas'"))
    assert all(f'label="{entry.label.de}"' in found["kita_firm"] for entry in legend.classes)


def test_supply_has_a_style_whose_classes_are_those_of_the_result(tmp_path):
    """GeoPackage, QGIS project and legend draw each area in the class that the result says, in the same words."""
    city = toy.toy_city()
    kitas = replace(toy.toy_places(), frame=toy.toy_places().frame.fillna({"capacity": 37.0}))
    theme = replace(city.themes["kita"], supply="two_step")
    outcome = compute(replace(city, themes={"kita": theme}, places={"kita": kitas}), "mss-2024")
    legend, result = legend_for(outcome, "kita_access"), outcome.supply["kita"]
    style = next(one for one in area_styles(outcome) if one.key == "kita_access")
    assert (style.topic, style.theme, style.title.de) == ("coverage", "kita", "Kita: Versorgung")
    shown = outcome.table["kita_access"].dropna().index
    drawn = entry_of(outcome.table, legend)[shown]
    assert drawn.tolist() == result.label[shown].cat.codes.tolist()
    aim = result.limits["access"][0]
    assert float(f"{aim:.3g}") == aim  # of the whole city, in digits that the legend can say
    assert number(aim, "de", digits=2).rstrip("0").rstrip(",") in legend.classes[0].label.de
    path = tmp_path / "results.gpkg"
    path.write_bytes(geopackage.render(outcome, "de"))
    with closing(sqlite3.connect(path)) as file:
        found = dict(file.execute("SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = 'areas'"))
    assert all(f'label="{entry.label.de}"' in found["kita_access"] for entry in legend.classes)
    assert f"&quot;kita_access&quot; &gt;= {aim!r}" in found["kita_access"]
    with zipfile.ZipFile(io.BytesIO(shapefile_export.render(outcome, "de"))) as archive:
        mine = next(name for name in archive.namelist() if name.startswith("areas_kita") and name.endswith(".qml"))
        assert legend.classes[0].label.de in archive.read(mine).decode()
        assert mine.replace(".qml", ".sld") in archive.namelist()
    assert b"Kita: Versorgung" in zipfile.ZipFile(io.BytesIO(qgis_project.render(outcome, "de"))).read("results.qgs")
