"""Uploaded outlines: names, reference systems, and files that are none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from qmgis.delimitation import compare_options
from qmgis.errors import DataError, MissingColumnError, SourceError
from qmgis.io.layers.drawn import read_outlines
from tests import toy
from tests.toy import CRS, HOSTILE, SOUTH, WEST

SHAPES = [box(WEST, SOUTH, WEST + 800, SOUTH + 800), box(WEST + 400, SOUTH, WEST + 1200, SOUTH + 800)]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp", "fgb"])
def test_outlines_of_any_file_are_compared(ending: str, tmp_path: Path):
    file = tmp_path / f"mine.{ending}"
    frame = gpd.GeoDataFrame({"name": ["<b>A", "B"]}, geometry=SHAPES, crs=CRS)
    (frame.to_crs(4326) if ending == "geojson" else frame).to_file(file)
    outlines, outcome = read_outlines(file), toy.toy_outcome()
    found = compare_options(outlines, outcome.areas, outcome.index, residents=toy.toy_residents())
    assert sorted(found.frame.index) == ["<b>A", "B"]  # FlatGeobuf has an order of its own
    assert found.frame["hectares"].tolist() == pytest.approx([64, 64], rel=1e-4)


def test_names_come_from_a_column_or_are_numbers(tmp_path: Path):
    file = tmp_path / "mine.gpkg"
    gpd.GeoDataFrame({"titel": [HOSTILE, None]}, geometry=SHAPES, crs=CRS).to_file(file)
    assert read_outlines(file).index.tolist() == ["1", "2"]
    assert read_outlines(file, name="titel").index.tolist() == [HOSTILE, "2"]
    with pytest.raises(MissingColumnError, match='Did you mean "titel"'):
        read_outlines(file, name="titl")


def test_files_that_are_none(tmp_path: Path):
    with pytest.raises(SourceError):
        read_outlines(tmp_path / "nothing.gpkg")
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text("no outlines", encoding="utf-8")
    with pytest.raises((SourceError, DataError)):
        read_outlines(wrong)
