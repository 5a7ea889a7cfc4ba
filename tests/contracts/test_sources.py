"""What every source promises: declared whole, the same file gives the same, and hostile files give one sentence."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter

from qmgis.errors import QmgisError, SourceError
from qmgis.io.kinds import Source
from qmgis.io.osm import Streets
from qmgis.io.register.files import RawRegister
from qmgis.io.sources.raster import Raster
from qmgis.registry import collect

SOURCES: dict[str, Source] = collect("qmgis.io.sources", "SOURCE")


def _delimited(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("id;name;n\n01;Süd;1,5\n02;Nord;-\n", encoding="utf-8")
    return path


def _spreadsheet(folder: Path) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        for row, cells in enumerate([["id", "name", "n"], ["01", "Süd", 1.5], ["02", "Nord", "-"]]):
            sheet.write_row(row, 0, cells)
    return path


def _vector(folder: Path) -> Path:
    path = folder / "a.gpkg"
    shapes = [shapely.box(390000, 5820000, 390100, 5820100), shapely.box(390100, 5820000, 390200, 5820100)]
    gpd.GeoDataFrame({"id": ["01", "02"]}, geometry=shapes, crs="EPSG:25833").to_file(path)
    return path


def _raster(folder: Path) -> Path:
    import rasterio
    from affine import Affine

    path = folder / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=2, height=2, count=1, dtype="float32", crs="EPSG:25833",
        transform=Affine(100, 0, 390000, 0, -100, 5820000),
    ) as target:  # fmt: skip
        target.write(np.ones((1, 2, 2), dtype="float32"))
    return path


def _osm(folder: Path) -> Path:
    path = folder / "a.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="49.4" lon="8.6"/><node id="2" lat="49.41" lon="8.6"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>',
        encoding="utf-8",
    )
    return path


def _register(folder: Path) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("measures")
        for row, cells in enumerate([["measure", "title"], ["M1", "Treff"], ["M2", "Spielplatz"]]):
            sheet.write_row(row, 0, cells)
    return path


EXAMPLES = {
    "delimited": _delimited, "spreadsheet": _spreadsheet, "vector": _vector, "raster": _raster, "osm": _osm,
    "register": _register,
}  # fmt: skip
KINDS = {
    "table": pd.DataFrame,
    "vector": gpd.GeoDataFrame,
    "raster": Raster,
    "network": Streets,
    "register": RawRegister,
}


@pytest.mark.parametrize("key", SOURCES)
class TestSource:
    def test_is_declared_whole(self, key):
        source = SOURCES[key]
        assert source.key == key
        assert key in EXAMPLES, "give this contract an example file of the new source"
        assert source.title.de
        assert source.title.en
        assert all(suffix == "/" or (suffix.startswith(".") and suffix == suffix.lower()) for suffix in source.suffixes)
        assert source.read.__doc__

    def test_gives_what_it_says_and_the_same_each_time(self, key, tmp_path):
        path = EXAMPLES[key](tmp_path)
        before = path.read_bytes()
        one, two = (SOURCES[key].read(path, {}) for _ in range(2))
        assert isinstance(one, KINDS[SOURCES[key].gives])
        assert path.read_bytes() == before
        assert [file.name for file in tmp_path.iterdir()] == [path.name]
        if isinstance(one, Streets):
            for name in ("lon", "lat", "nodes", "at", "kind"):
                np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
            assert (one.highways, one.tags) == (1, ({"highway": "path"},))
            return
        if isinstance(one, RawRegister):
            assert list(one.sheets) == list(two.sheets) == ["measures"]
            assert one.sheets["measures"].frame.equals(two.sheets["measures"].frame)
            assert one.sheets["measures"].frame["measure"].tolist() == ["M1", "M2"]
            return
        if isinstance(one, Raster):
            np.testing.assert_array_equal(one.values, two.values)
            assert one.values.dtype == float
            return
        assert one.equals(two)
        assert one.index.name == "row"
        assert one["id"].tolist() == ["01", "02"]
        assert all(pd.api.types.is_object_dtype(one[name].dtype) for name in one.columns if name != "geometry")

    @pytest.mark.parametrize(
        "content", [b"", b"\x00" * 100, b"hello", b"<?xml version='1.0'?><a/>", b"{}", b"PK\x03\x04", b"\x89PNG\r\n"]
    )
    def test_what_it_cannot_read_is_one_sentence_in_both_languages(self, key, tmp_path, content):
        path = tmp_path / f"a{SOURCES[key].suffixes[0]}"
        path.write_bytes(content)
        with pytest.raises(SourceError) as caught:
            SOURCES[key].read(path, {})
        for text in (caught.value.en, caught.value.de):
            assert path.name in text
            assert text.endswith((".", "?"))
            assert "\n" not in text
            assert str(tmp_path) not in text

    def test_a_file_that_is_not_there(self, key, tmp_path):
        with pytest.raises(SourceError, match="none"):
            SOURCES[key].read(tmp_path / "none", {})

    def test_every_option_that_it_declares_is_in_the_docs(self, key):
        docs = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
        text = docs.read_text(encoding="utf-8")
        assert f"`{key}`" in text
        for option in SOURCES[key].options:
            assert f"`{option}`" in text


def test_errors_are_of_the_tree():
    assert issubclass(SourceError, QmgisError)
    assert issubclass(SourceError, OSError)
