"""One contract over every way to write: files of DESIGN 5, equal bytes, both languages, nothing changed, credits."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest

from qmgis.io.kinds import Export
from qmgis.model import Text
from qmgis.registry import collect

EXPORTS: dict[str, Export] = collect("qmgis.io.exports", "EXPORT")
FILES = {
    "csv": "areas.csv",
    "csv_de": "areas_de.csv",
    "fgb": "areas.fgb",
    "geojson": "areas.geojson",
    "gpkg": "results.gpkg",
    "map": "map.html",
    "parquet": "areas.parquet",
    "qgz": "results.qgz",
    "shp": "shapefile.zip",
    "xlsx": "areas.xlsx",
}
EVIL = "<script>alert(1)</script>]]>\"'&\x00\x0b\ud800 =1+1 " + "ü" * 300

each = pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS.keys())


def unpacked(content: bytes) -> bytes:
    """All that a container holds, as one text to search in."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    return content


def fingerprint(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv().encode(errors="surrogatepass")).hexdigest()


def test_every_file_of_the_design_is_there():
    assert {key: export.filename for key, export in EXPORTS.items()} == FILES


@each
def test_is_described(export):
    assert isinstance(export.title, Text)
    assert export.title.de
    assert export.title.en
    assert "/" in export.media_type
    assert export.render.__doc__


@each
@pytest.mark.parametrize("lang", ["de", "en"])
def test_equal_outcomes_give_equal_bytes_and_nothing_changes(export, toy_outcome, lang):
    before = fingerprint(toy_outcome.table)
    first = export.render(toy_outcome, lang)
    assert first
    assert first == export.render(toy_outcome, lang)
    assert fingerprint(toy_outcome.table) == before


@each
def test_names_its_sources(export, toy_outcome):
    if export.key in ("csv", "csv_de"):
        pytest.skip("a plain table holds nothing but the table; run.json beside it names the sources")
    content = unpacked(export.render(toy_outcome, "de"))
    assert toy_outcome.credits[0].encode() in content
    assert toy_outcome.recipe.id.encode() in content


@each
def test_survives_hostile_text_everywhere(export, toy_outcome):
    evil = EVIL.replace("\ud800", "") if export.key == "map" else EVIL
    table = toy_outcome.table.copy()
    table["name"] = pd.Series([evil] * len(table), index=table.index, dtype=object)
    columns = tuple(replace(column, title=Text(evil, evil), note=Text(evil, evil)) for column in toy_outcome.columns)
    hostile = replace(
        toy_outcome,
        table=table,
        columns=columns,
        city_title=Text(evil, evil),
        warnings=(Text(evil, evil),),
        credits=(evil,),
    )
    content = export.render(hostile, "de")
    assert b"\xed\xa0\x80" not in content
    for name, text in _documents(content):
        assert "\x00" not in text, name
    if export.key == "map":
        assert b"<script>alert(1)</script>" not in content


def _documents(content: bytes) -> list[tuple[str, str]]:
    """Return the XML and text files of a container; XML has to be well formed."""
    from xml.etree import ElementTree as ET

    if not content.startswith(b"PK"):
        return []
    documents = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".qml", ".sld", ".qgs", ".rels")):
                ET.fromstring(archive.read(name))
            if not name.endswith((".shp", ".shx", ".dbf")):
                documents.append((name, archive.read(name).decode()))
    return documents


@each
def test_needs_neither_places_nor_gaps_nor_themes(export, toy_outcome):
    prefixes = tuple(f"{key}_" for key in toy_outcome.themes)
    kept = tuple(column for column in toy_outcome.columns if not column.key.startswith(prefixes))
    bare = replace(
        toy_outcome,
        table=toy_outcome.table[[column.key for column in kept]],
        columns=kept,
        coverage={},
        priority={},
        themes={},
        places={},
        gaps=None,
        note=None,
        warnings=(),
    )
    assert export.render(bare, "de")


def test_formats_agree_on_areas_and_population(toy_outcome, tmp_path):
    import geopandas as gpd

    (tmp_path / "areas.fgb").write_bytes(EXPORTS["fgb"].render(toy_outcome, "de"))
    flat = gpd.read_file(tmp_path / "areas.fgb").set_index("area")["population"]
    parquet = gpd.read_parquet(io.BytesIO(EXPORTS["parquet"].render(toy_outcome, "de"))).set_index("area")["population"]
    table = pd.read_csv(io.BytesIO(EXPORTS["csv"].render(toy_outcome, "de")), dtype={"area": str}).set_index("area")
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(EXPORTS["gpkg"].render(toy_outcome, "de"))
        package = dict(base.execute("SELECT area, population FROM areas").fetchall())
    expected = toy_outcome.table["population"].astype(int).to_dict()
    assert flat.to_dict() == parquet.to_dict() == table["population"].to_dict() == package == expected
