"""Bad rasters and bad places of residents, end to end: one clear sentence each, and what a run says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from qmgis.io.city.newcity import new_city
from tests.spoilt import RESIDENTS, ask, check, data_file, fingerprint, layer

NORTH_UP = Affine(100, 0, 511_950, 0, -100, 5_702_650)
OWN = """kind = "indicator"
title = "Grün"
measure = "share"
unit = "percent"
direction = -1
licence = "-"
credit = "-"
[[edition]]
year = 2024
vintage = "town-2024"
source = "raster"
path = "town/green.tif"
statistic = "share"
classes = [1]
"""


@pytest.fixture
def town(tmp_path) -> Path:
    """The sample city with a raster of two kinds of land as an indicator."""
    town = new_city(tmp_path / "town")
    green(town)
    (town / "layers" / "town" / "green.toml").write_text(OWN, "utf-8")
    return town


def green(town: Path, *, crs: str | None = "EPSG:25832", place: Affine = NORTH_UP, nodata: float | None = 255,
          values: np.ndarray | None = None) -> None:  # fmt: skip
    values = np.tile(np.array([[1, 2]], "uint16"), (26, 13)) if values is None else values
    with rasterio.open(
        town / "data" / "town" / "green.tif", "w", driver="GTiff", width=values.shape[1], height=values.shape[0],
        count=1, dtype=str(values.dtype), crs=crs, transform=place, nodata=nodata,
    ) as sink:  # fmt: skip
        sink.write(values, 1)


def cut_off(town: Path) -> None:
    green(town, values=np.ones((900, 900), "uint16"), place=NORTH_UP @ Affine.scale(0.03))
    file = town / "data" / "town" / "green.tif"
    file.write_bytes(file.read_bytes()[:4000])


def measured(town: Path) -> None:
    layer(town, "green.toml", "classes = .*", "classes = [0.5]")
    green(town, values=np.random.default_rng(1).random((200, 200)), nodata=-1, place=NORTH_UP @ Affine.scale(0.13))


@pytest.mark.parametrize(
    ("spoil", "de", "en"),
    [
        (
            lambda town: green(town, crs=None),
            r"sagt nicht, in welchem Koordinatensystem es liegt\. Es in der edition als crs angeben",
            r"does not say which reference system it has\. Name it as crs in the edition",
        ),
        (lambda town: green(town, crs="EPSG:25833"), r"Es liegt woanders.*\(crs\) prüfen", r"elsewhere.*\(crs\)"),
        (
            lambda town: green(town, place=NORTH_UP @ Affine.rotation(5)),
            "liegt gedreht oder kopfüber",
            "turned or upside",
        ),
        (lambda town: green(town, place=Affine(100, 0, 511_950, 0, 100, 5_700_050)), "kopfüber", "upside down"),
        (cut_off, "defektes Raster; die Datei neu beziehen", "broken raster; get the file again"),
        (measured, "mehr als 1000 verschiedene Werte", "The raster has more than 1000 different values"),
        (
            lambda town: green(town, values=np.full((26, 26), 255, "uint16")),
            'oder dort ist überall "keine Angabe"',
            'or there is "no data" all over them',
        ),
    ],
)
def test_a_raster_that_is_no_indicator(town, tmp_path, spoil, de, en):
    assert check(town, "de").code == 0
    spoil(town)
    before = fingerprint(tmp_path)
    for lang, sentence in (("de", de), ("en", en)):
        said = check(town, lang)
        assert said.code == 1, said.text
        assert len(said.errors) == 1, said.text
        assert said.errors[0].startswith("town/green.tif: ")
        assert re.search(sentence, said.errors[0]), said.errors[0]
    assert ask("run", str(town), "--out", str(tmp_path / "out"))[0] == 2
    assert fingerprint(tmp_path) == before


def test_a_raster_in_another_system_is_none(town):
    """The outlines go to the raster; nothing is resampled, and nothing is said."""
    green(town, crs="EPSG:4326", place=Affine(0.002, 0, 9.15, 0, -0.002, 51.5), values=np.ones((60, 60), "uint16"))
    said = check(town, "de")
    assert (said.code, said.errors, said.lines["warning"]) == (0, [], [])


def test_a_raster_without_nodata_is_told_until_it_is_declared(town):
    green(town, nodata=None)
    assert 'nennt keinen Wert für "keine Angabe"' in check(town, "de").lines["warning"][0]
    assert "names no value for" in check(town, "en").lines["warning"][0]
    layer(town, "green.toml", "classes = .*", "classes = [1]\nmissing = []")
    assert check(town, "de").lines["warning"] == []


def test_a_class_that_is_nowhere_is_told(town):
    layer(town, "green.toml", "classes = .*", "classes = [7]")
    assert "Die Klassen 7 kommen in keinem Gebiet vor" in check(town, "de").lines["warning"][0]


def test_a_table_of_cells_without_a_column(town):
    """Parquet without geometry, as the census is delivered."""
    pd.DataFrame({"value": [3.0], "x": [4_300_050.0], "y": [3_150_050.0]}).to_parquet(data_file(town, "cells.parquet"))
    layer(town, "residents.toml", 'source = .*\npath = .*\nx = "X"\ny = "Y"',
          'source = "vector"\npath = "town/cells.parquet"\nx = "x"\ny = "y"')  # fmt: skip
    layer(town, "residents.toml", 'residents = "Einwohner"', 'residents = "value_"')
    said = check(town, "de")
    assert said.code == 1
    assert 'Die Spalte "value_" fehlt' in said.errors[0]
    assert '"value"' in said.errors[0]
    layer(town, "residents.toml", 'x = "x"', 'x = "east"')
    assert 'no column "east"' in check(town, "en").errors[0]


def test_a_group_that_the_table_of_residents_lacks(town):
    layer(town, "residents.toml", '= "Kinder 0-5"', '= "Kinder 0-6"')
    (error,) = check(town, "de").errors
    assert 'Die Spalte "Kinder 0-6" fehlt' in error
    assert 'Kinder 0-5"' in error
    layer(town, "residents.toml", "^age_0_5 =", "age_0_6 =")
    assert 'hat die Gruppe "age_0_5"' in " ".join(check(town, "de").errors)


def test_secret_cells_are_unknown_and_a_run_says_how_many_people_have_no_origin(town, tmp_path):
    layer(town, "city.toml", '^group = "age_0_5".*$', 'group = "residents"')
    rows = data_file(town, RESIDENTS).read_text("utf-8").splitlines()
    place = rows[0].split(";").index("Einwohner")
    lost = 0
    for number in range(1, 6):
        cells = rows[number].split(";")
        lost += int(cells[place])
        cells[place] = "•" if number < 4 else "–"
        rows[number] = ";".join(cells)
    data_file(town, RESIDENTS).write_text("\n".join(rows) + "\n", "utf-8")
    assert check(town, "de").code == 0
    code, text = ask("run", str(town), "--out", str(tmp_path / "out"), "--lang", "de")
    assert code == 0, text
    warned = (tmp_path / "out" / "mss-2024" / "run.json").read_text("utf-8")
    share = re.search(r"([\d,]+) % der Einwohner der Gebiete \(([\d.]+)\) sind keinem Wohnort", warned)
    assert share, warned
    whole = int(share[2].replace(".", ""))
    assert float(share[1].replace(",", ".")) == pytest.approx(100 * lost / whole, abs=0.3)
    assert "ohne bekannte Zahl von Personen" in warned


def test_the_sample_grid_counts_nearly_everybody(town, tmp_path):
    code, _ = ask("run", str(town), "--out", str(tmp_path / "out"), "--lang", "de")
    assert code == 0
    assert "keinem Wohnort" not in (tmp_path / "out" / "mss-2024" / "run.json").read_text("utf-8")
