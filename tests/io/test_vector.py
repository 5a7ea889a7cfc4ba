"""Vector files of every kind, good and hostile."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapefile
import shapely

from qmgis.errors import MissingColumnError, SourceError
from qmgis.io.disk import gdal
from qmgis.io.sources import raster, vector

SOURCE = vector.SOURCE


@pytest.fixture
def areas():
    return gpd.GeoDataFrame(
        {
            "PLR_ID": ["01100101", "01100102", None],
            "NAME": ["Stülerstraße", "Großer Tiergarten", "x"],
            "N": [1, 2, 3],
            "S1": [1.5, np.nan, 2.0],
            "day": pd.to_datetime(["2021-01-01", None, "2021-12-31"]),
        },
        geometry=[shapely.box(x, 0, x + 1, 1) for x in (390000, 390001, 390002)],
        crs="EPSG:25833",
    )


WRITERS = {
    "a.gpkg": {"driver": "GPKG"},
    "a.shp": {"driver": "ESRI Shapefile"},
    "a.geojson": {"driver": "GeoJSON"},
    "a.fgb": {"driver": "FlatGeobuf", "SPATIAL_INDEX": "NO"},
    "a.sqlite": {"driver": "SQLite", "LAUNDER": "NO"},
}


def dated(areas):
    """Shapefiles hold days, not times."""
    return areas.assign(day=[None if pd.isna(day) else day.date() for day in areas["day"]])


@pytest.fixture(params=[*WRITERS, "a.parquet", "a.zip"])
def written(request, areas, tmp_path):
    path = tmp_path / request.param
    if path.suffix == ".parquet":
        areas.to_parquet(path)
    elif path.suffix == ".zip":
        dated(areas).to_file(tmp_path / "inner.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("inner.*"):
                archive.write(part, f"folder/{part.name}")
    else:
        (dated(areas) if path.suffix == ".shp" else areas).to_file(path, **WRITERS[request.param])
    return path


def test_every_format_gives_the_same(written):
    before = written.read_bytes(), sorted(file.name for file in written.parent.iterdir())
    frame = SOURCE.read(written, {})
    assert frame["PLR_ID"].tolist() == ["01100101", "01100102", None]
    assert frame["NAME"].tolist()[:2] == ["Stülerstraße", "Großer Tiergarten"]
    assert frame["N"].tolist() == [1, 2, 3]
    assert frame["S1"].tolist() == [1.5, None, 2.0]
    assert frame["day"].tolist() == ["2021-01-01", None, "2021-12-31"]
    assert frame.index.tolist() == [1, 2, 3]
    assert frame.index.name == "row"
    assert frame.crs.to_epsg() == 25833
    assert frame.geometry.area.tolist() == [1, 1, 1]
    assert all(frame[name].dtype == object for name in frame.columns if name != "geometry")
    assert before == (written.read_bytes(), sorted(file.name for file in written.parent.iterdir()))


def test_columns_are_chosen_or_missed_with_a_hint(written):
    assert list(SOURCE.read(written, {"columns": ["NAME"]}).columns) == ["NAME", "geometry"]
    with pytest.raises(MissingColumnError, match='Did you mean "PLR_ID"'):
        SOURCE.read(written, {"columns": ["PLRID"]})


def test_several_layers_ask_for_a_name(areas, tmp_path):
    path = tmp_path / "a.gpkg"
    areas.to_file(path, layer="plr")
    areas.to_file(path, layer="bzr")
    with pytest.raises(SourceError, match='2 layers; name one as layer: "plr", "bzr"'):
        SOURCE.read(path, {})
    with pytest.raises(SourceError, match=r'no layer "plrs".* Did you mean "plr"'):
        SOURCE.read(path, {"layer": "plrs"})
    assert len(SOURCE.read(path, {"layer": "plr"})) == 3


def test_a_shapefile_in_capitals_without_prj_and_cpg(areas, tmp_path):
    dated(areas).to_file(tmp_path / "a.shp", encoding="cp1252")
    for suffix in (".dbf", ".shx", ".shp"):
        (tmp_path / f"a{suffix}").rename(tmp_path / f"A{suffix.upper()}")
    (tmp_path / "a.prj").unlink()
    (tmp_path / "a.cpg").unlink()
    frame = SOURCE.read(tmp_path / "A.SHP", {})
    assert frame.crs is None
    assert frame["NAME"].tolist()[0] == "Stülerstraße"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_the_encoding_of_a_dbf_is_proven(tmp_path, encoding):
    with shapefile.Writer(str(tmp_path / "a.shp"), encoding=encoding) as writer:
        writer.field("NAME", "C")
        for name in ("Köln-Süd", "Weiß"):
            writer.point(1, 2)
            writer.record(name)
    assert SOURCE.read(tmp_path / "a.shp", {})["NAME"].tolist() == ["Köln-Süd", "Weiß"]


def test_a_wrong_encoding_is_one_sentence(tmp_path):
    with shapefile.Writer(str(tmp_path / "a.shp"), encoding="cp1252") as writer:
        writer.field("NAME", "C")
        writer.point(1, 2)
        writer.record("Köln")
    with pytest.raises(SourceError, match="encoding"):
        SOURCE.read(tmp_path / "a.shp", {"encoding": "klingon"})


def test_column_names_are_cleaned_and_unique(tmp_path):
    frame = gpd.GeoDataFrame({"latitude": [1], "latitude\n": [2.5]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326")
    frame.to_file(tmp_path / "a.gpkg")
    assert list(SOURCE.read(tmp_path / "a.gpkg", {}).columns) == ["latitude", "latitude_2", "geometry"]


def test_a_parquet_table_needs_x_y_and_crs(tmp_path):
    pd.DataFrame({"x": [4500.0, 4600.0], "y": [1.0, 2.0], "n": [5, -1]}).to_parquet(tmp_path / "a.parquet")
    frame = SOURCE.read(tmp_path / "a.parquet", {"x": "x", "y": "y", "crs": "EPSG:3035"})
    assert frame.geometry.iloc[1].coords[0] == (4600.0, 2.0)
    assert frame["n"].tolist() == [5, -1]
    with pytest.raises(SourceError, match="name its columns as x and y"):
        SOURCE.read(tmp_path / "a.parquet", {})
    with pytest.raises(MissingColumnError, match='Did you mean "x"'):
        SOURCE.read(tmp_path / "a.parquet", {"x": "xx", "y": "y", "crs": "EPSG:3035"})


def test_a_zip_with_several_files_asks_for_one(areas, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("one", "two"):
            areas.to_file(tmp_path / f"{name}.geojson")
            archive.write(tmp_path / f"{name}.geojson", f"{name}.geojson")
    with pytest.raises(SourceError, match=r"holds 2 vector files\. Name one as layer: one, two"):
        SOURCE.read(tmp_path / "a.zip", {})
    assert len(SOURCE.read(tmp_path / "a.zip", {"layer": "two"})) == 3


VRT = '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
PIPELINE = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {} ! write stream"}}'
TWIN = '{{"command_line": "gdal vector pipeline ! read {}", "pad": "' + "a" * 3000 + '", "type": "gdal_streamed_alg"}}'


@pytest.fixture
def secret(areas, tmp_path):
    areas.to_file(tmp_path / "secret.gpkg", layer="secret")
    return tmp_path / "secret.gpkg"


@pytest.mark.parametrize("name", ["evil.geojson", "evil.json", "evil.gpkg", "evil.shp", "evil.fgb", "evil"])
@pytest.mark.parametrize("content", [VRT, " \n" + VRT, "\ufeff" + VRT, PIPELINE, TWIN])
def test_disguised_files_are_refused(secret, name, content):
    path = secret.parent / name
    path.write_text(content.format(secret), encoding="utf-8")
    with pytest.raises(SourceError, match="was not opened") as caught:
        SOURCE.read(path, {})
    assert "wurde nicht geöffnet" in caught.value.de
    assert str(secret.parent) not in str(caught.value)


def test_disguised_files_in_a_zip_are_refused(secret):
    with zipfile.ZipFile(secret.parent / "a.zip", "w") as archive:
        archive.writestr("evil.geojson", VRT.format(secret))
    with pytest.raises(SourceError, match="was not opened"):
        SOURCE.read(secret.parent / "a.zip", {})


ATTACK = """
import sys
{first}
from pathlib import Path
from qmgis.errors import SourceError
from qmgis.io.disk import gdal
from qmgis.io.sources import raster, vector

folder = Path(sys.argv[1])
for source, name in ((vector.SOURCE, "evil.geojson"), (vector.SOURCE, "pipe.geojson"), (raster.SOURCE, "evil.tif")):
    try:
        source.read(folder / name, {{}})
        print("READ", name)
    except SourceError as error:
        print("refused", name)
print(len(vector.SOURCE.read(folder / "secret.gpkg", {{}})), "rows")

if {guarded}:
    import pyogrio, rasterio
    for name in ("evil.geojson", "pipe.geojson", "evil.gpkg"):
        try:
            pyogrio.read_dataframe(folder / name)
            print("READ", name)
        except Exception:
            print("refused", name)
    try:
        rasterio.open(folder / "evil.tif")
        print("READ evil.tif")
    except rasterio.errors.RasterioIOError:
        print("refused evil.tif")
"""


@pytest.mark.parametrize(
    ("first", "guarded"),
    [("", True), ("import geopandas, pyogrio, rasterio\nrasterio.Env().__enter__()", False)],
    ids=["qmgis first", "others first"],
)
def test_the_real_attack_is_closed(secret, tmp_path, first, guarded):
    import rasterio
    from affine import Affine

    with rasterio.open(
        tmp_path / "secret.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="float32", crs="EPSG:25833",
        transform=Affine(1, 0, 390000, 0, -1, 5820000),
    ) as target:  # fmt: skip
        target.write(np.ones((1, 2, 2), dtype="float32"))
    (tmp_path / "evil.tif").write_text(
        f'<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f"<SourceFilename>{tmp_path}/secret.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"
        f"</VRTRasterBand></VRTDataset>"
    )
    (tmp_path / "evil.geojson").write_text(VRT.format(secret))
    (tmp_path / "evil.gpkg").write_text(VRT.format(secret))
    (tmp_path / "pipe.geojson").write_text(PIPELINE.format(secret))
    script = textwrap.dedent(ATTACK.format(first=first, guarded=guarded))
    clean = {name: value for name, value in os.environ.items() if name not in ("OGR_SKIP", "GDAL_SKIP")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False, env=clean
    )
    assert done.returncode == 0, done.stderr
    assert "READ" not in done.stdout
    assert "3 rows" in done.stdout
    assert done.stdout.count("refused") == (7 if guarded else 3)
    assert "Unable to find driver" not in done.stderr


def test_the_guard_keeps_what_a_user_has_switched_off(monkeypatch):
    monkeypatch.setenv("OGR_SKIP", "DXF")
    monkeypatch.delenv("GDAL_SKIP", raising=False)
    gdal.guard()
    gdal.guard()
    assert os.environ["OGR_SKIP"].split(",")[:2] == ["DXF", "OGR_VRT"]
    assert os.environ["OGR_SKIP"].count("OGR_VRT") == 1
    assert "VRT" in os.environ["GDAL_SKIP"].split(",")


def test_a_view_that_loads_another_file_is_not_read(secret):
    path = secret.parent / "view.gpkg"
    shutil.copy(secret, path)
    with sqlite3.connect(path) as database:
        load = "ogr_datasource_load_layers('/etc/passwd')"
        database.execute(f"create view v as select fid, geom, {load} as x from secret")
    with pytest.raises(SourceError):
        SOURCE.read(path, {})


ENDLESS = "with recursive c(fid) as (select 1 union all select fid + 1 from c) select c.fid as fid, {geom} from c"


@pytest.mark.parametrize("how", ["layer", "contents", "beside"])
def test_a_query_that_never_ends_is_not_read(secret, how):
    """The layer itself, the list of layers, or any other view is a query."""
    path = secret.parent / "endless.gpkg"
    shutil.copy(secret, path)
    with sqlite3.connect(path) as database:
        query = ENDLESS.format(geom="(select geom from secret limit 1) as geom")
        if how == "contents":
            database.execute("alter table gpkg_contents rename to was")
            query = "select * from was"
        database.execute(f"create view {'gpkg_contents' if how == 'contents' else 'endless'} as {query}")
        if how == "layer":
            database.execute("update gpkg_contents set table_name = 'endless', identifier = 'endless'")
            database.execute("update gpkg_geometry_columns set table_name = 'endless'")
    with pytest.raises(SourceError, match="is a query"):
        SOURCE.read(path, {"layer": "secret"} if how == "beside" else {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gpkg", b"", "is empty"),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, "broken"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 20, "broken"),
        ("a.fgb", b"fgb\x03fgb\x00" + b"\xff" * 50, "no layer"),
        ("a.parquet", b"PAR1junkPAR1", "broken Parquet"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "broken JSON"),
        ("a.geojson", b'{"a": 1}', 'JSON of the type "None"'),
        ("a.geojson", b"[1, 2]", "no known GIS file"),
        ("a.geojson", b'{"type": "Topology", "objects": {}}', 'JSON of the type "Topology"'),
        ("a.geojson", b'{"x":' * 100_000, "broken JSON"),
        ("a.gpkg", b"hello", "no known GIS file"),
        ("a.csv", b"id;n\n1;2\n", "no known GIS file"),
        ("a.tif", b"II*\x00" + b"\x00" * 50, "is a raster"),
    ],
)
def test_broken_files_give_one_sentence(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        SOURCE.read(tmp_path / name, {})
    assert caught.value.de
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("name", ["none.gpkg", "."])
def test_files_that_are_not_there(tmp_path, name):
    with pytest.raises(SourceError, match="cannot be read"):
        SOURCE.read(tmp_path / name, {})


def test_a_gpkg_in_use_is_left_alone(areas, tmp_path):
    areas.to_file(tmp_path / "a.gpkg")
    before = (tmp_path / "a.gpkg").read_bytes()
    SOURCE.read(tmp_path / "a.gpkg", {})
    assert (tmp_path / "a.gpkg").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.gpkg"]


def test_large_geojson_is_not_parsed_twice_but_must_be_whole(areas, tmp_path, monkeypatch):
    areas.to_file(tmp_path / "a.geojson")
    monkeypatch.setattr(gdal, "_LARGE", 10)
    assert len(SOURCE.read(tmp_path / "a.geojson", {})) == 3
    whole = (tmp_path / "a.geojson").read_bytes()
    (tmp_path / "a.geojson").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="broken JSON"):
        SOURCE.read(tmp_path / "a.geojson", {})


def test_points_without_coordinates_are_reported(tmp_path):
    pd.DataFrame({"x": [4500.0, None], "y": [1.0, 2.0]}).to_parquet(tmp_path / "a.parquet")
    frame = SOURCE.read(tmp_path / "a.parquet", {"x": "x", "y": "y", "crs": "EPSG:3035"})
    assert frame.attrs["problems"][0].row == 2


def test_a_geojson_point_without_features_around_it(tmp_path):
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "Point", "coordinates": [13.4, 52.5]}))
    assert SOURCE.read(tmp_path / "a.geojson", {}).geometry.iloc[0].x == 13.4


class TestRaster:
    def write(self, path, values, **options):
        import rasterio
        from affine import Affine

        height, width = values.shape
        with rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=1, dtype=str(values.dtype),
            transform=Affine(100, 0, 4500000, 0, -100, 3300000), **options,
        ) as target:  # fmt: skip
            target.write(values, 1)

    def test_values_missing_values_and_places(self, tmp_path):
        values = np.array([[5, -9999, -1], [7, 8, 9]], dtype="int32")
        self.write(tmp_path / "a.tif", values, nodata=-9999, crs="EPSG:3035")
        found = raster.SOURCE.read(tmp_path / "a.tif", {"missing": [-1]})
        np.testing.assert_array_equal(found.values, [[5, np.nan, np.nan], [7, 8, 9]])
        points = raster.cells(found)
        assert points["value"].tolist() == [5, 7, 8, 9]
        assert points.geometry.iloc[0].coords[0] == (4500050, 3299950)
        assert points.crs.to_epsg() == 3035

    def test_crs_from_the_layer_file_only_where_the_file_is_silent(self, tmp_path):
        self.write(tmp_path / "a.tif", np.ones((1, 1), dtype="int32"))
        assert raster.SOURCE.read(tmp_path / "a.tif", {}).crs is None
        assert raster.SOURCE.read(tmp_path / "a.tif", {"crs": "EPSG:3035"}).crs.to_epsg() == 3035

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"II*\x00" + b"\x00" * 50, "broken raster"),
            (b"{}", "not opened"),
            (b"PK\x05\x06" + b"\x00" * 18, "no GeoTIFF"),
        ],
    )
    def test_broken_files(self, tmp_path, content, message):
        (tmp_path / "a.tif").write_bytes(content)
        with pytest.raises(SourceError, match=message):
            raster.SOURCE.read(tmp_path / "a.tif", {})

    def test_bands_and_size(self, tmp_path, monkeypatch):
        self.write(tmp_path / "a.tif", np.ones((3, 3), dtype="int32"), crs="EPSG:3035")
        with pytest.raises(SourceError, match="no band 2; it has 1"):
            raster.SOURCE.read(tmp_path / "a.tif", {"band": 2})
        monkeypatch.setattr(raster, "MAX_CELLS", 8)
        with pytest.raises(SourceError, match="3 × 3 cells"):
            raster.SOURCE.read(tmp_path / "a.tif", {})


@pytest.mark.realdata
class TestReal:
    @pytest.mark.parametrize(
        ("name", "rows", "epsg"),
        [
            ("berlin/lor/LOR_Planungsraum_447.geojson", 448, 4326),
            ("berlin/lor/LOR_Planungsraum_447.sqlite", 448, 4326),
            ("berlin/lor/lor_prognoseraeume_2021.geojson", 58, 25833),
            ("berlin/derived/plr_2021_approx_25833.gpkg", 542, 25833),
            ("berlin/geofabrik_2019/gis_osm_transport_free_1.shp", 7904, 4326),
            ("hamburg/stadtteile_sozialdaten_2017.geojson", 104, 4326),
            ("koeln/stadtteile/Stadtteil.shp", 86, None),
            ("ugly/school_inductions_geop.gpkg", 925, 25833),
        ],
    )
    def test_rows_and_systems(self, realdata, name, rows, epsg):
        frame = SOURCE.read(realdata / name, {})
        assert len(frame) == rows
        assert frame.crs.to_epsg() == epsg

    def test_sqlite_and_geojson_of_berlin_are_one(self, realdata):
        one = SOURCE.read(realdata / "berlin/lor/LOR_Planungsraum_447.geojson", {})
        two = SOURCE.read(realdata / "berlin/lor/LOR_Planungsraum_447.sqlite", {})
        assert sorted(one["RAUMID"]) == sorted(two["raumid"])
        assert one["RAUMID"].str.len().eq(8).all()

    def test_umlauts_of_shapefiles_without_cpg(self, realdata):
        names = set(SOURCE.read(realdata / "koeln/stadtteile/Stadtteil.shp", {})["STT_NAME"])
        assert {"Mülheim", "Weiß"} <= names
        frame = SOURCE.read(realdata / "ugly/shp_without_prj/Planungsraum_EPSG_25833.shp", {})
        assert frame.crs is None
        assert "Tiergarten Süd" in set(frame["BEZIRKSREG"])
        assert frame["SCHLUESSEL"].isna().sum() == 2

    def test_the_grids_of_the_census(self, realdata):
        options = {"x": "x", "y": "y", "crs": "EPSG:3035"}
        frame = SOURCE.read(realdata / "zensus2022/1km_continuous_Einwohner.parquet", options)
        assert len(frame) == 361478
        grid = raster.SOURCE.read(realdata / "berlin/derived/zensus2022_berlin_1km_einwohner.tif", {"missing": [-1]})
        cells = raster.cells(grid).set_index(["geometry"])["value"]
        west, south, east, north = 4531000, 3253000, 4577000, 3291000
        inside = frame.cx[west:east, south:north]
        people = pd.to_numeric(inside["Einwohner"])
        assert people[people >= 0].sum() == cells.sum()

    def test_an_elevation_tile(self, realdata):
        tile = raster.SOURCE.read(realdata / "raster/N52E008.hgt.zip", {})
        assert tile.values.shape == (1201, 1201)
        assert np.isnan(tile.values).sum() == 3
        assert np.nanmax(tile.values) == 357
