"""Programme areas as a layer: columns by name or by the life cycle's names, and every fault of every row at once."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from qmgis.errors import DataError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from tests.spoilt import layer

CRS = "EPSG:25832"
HEAD = (
    'kind = "programme"\ntitle = "P"\nlicence = "CC0-1.0"\ncredit = "test"\nsource = "vector"\npath = "town/p.gpkg"\n'
)


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def square(town: Path, side: float = 100.0) -> Polygon:
    west, south, east, north = open_city(town).areas.frame.total_bounds
    return box((west + east) / 2, (south + north) / 2, (west + east) / 2 + side, (south + north) / 2 + side)


def put(town: Path, rows: dict[str, list], *, keys: str = "", shapes: list | None = None) -> None:
    count = len(next(iter(rows.values())))
    outlines = shapes if shapes is not None else [square(town)] * count
    gpd.GeoDataFrame(rows, geometry=outlines, crs=CRS).to_file(town / "data/town/p.gpkg", engine="pyogrio")
    (town / "layers/town/quarters.toml").write_text(HEAD + keys, encoding="utf-8")


def told(town: Path, lang: str = "en") -> list[str]:
    return [problem.say(lang) for problem in load(town).problems if "p.gpkg" in problem.file]


def test_columns_of_the_life_cycle_need_no_keys(town):
    put(town, {"area_id": ["01", "02"], "name": ["A", None], "phase": ["P7", "p4"], "valid_from": ["2018", None]})
    found = open_city(town).programmes["quarters"].frame
    assert found.index.tolist() == ["01", "02"]
    assert found["name"].tolist() == ["A", "02"]
    assert found["status"].tolist() == ["running", "waiting"]
    assert found["phase"].tolist() == ["P7", "P4"]
    assert found.loc["01", "valid_from"] == pd.Timestamp("2018-01-01")
    assert found["valid_to"].isna().all()
    assert told(town) == []


def test_own_columns_words_and_ways_to_write_a_day(town):
    rows = {
        "nr": [1, 2, 3, 4],
        "stand": ["Vorbereitung", "Laufend", "abgerechnet", ""],
        "von": ["", "01.07.2012", "1999", "2020-05-04 00:00:00"],
        "bis": ["", "", "2008", "31.12.2030"],
    }
    keys = 'id = "nr"\nstatus = "stand"\nstart = "von"\nend = "bis"\ncodes = {Vorbereitung = "waiting"}\n'
    put(town, rows, keys=keys)
    found = open_city(town).programmes["quarters"].frame
    assert found["status"].tolist() == ["waiting", "running", "settled", None]
    assert found["valid_from"].dt.strftime("%Y-%m-%d").tolist()[1:] == ["2012-07-01", "1999-01-01", "2020-05-04"]
    assert found["valid_to"].dt.strftime("%Y-%m-%d").tolist()[2:] == ["2008-12-31", "2030-12-31"]


def test_every_fault_of_every_row_is_told_at_once(town):
    rows = {
        "area_id": ["A", "A", "C", "D", "E", "F", "G", "H"],
        "status": ["runing", "running", "running", "ended", "", "running", "running", "runing"],
        "valid_from": ["2018", "2018-02-30", "2018", "2000", "", "2018", "2018", "2018"],
        "valid_to": ["", "", "2017", "", "", "bald", "", ""],
        "phase": ["", "P11", "", "", "", "", "", ""],
    }
    put(town, rows, shapes=[*[square(town)] * 6, None, square(town)])
    assert told(town) == [
        'town/p.gpkg, row 2, column "area_id": The id "A" stands in row 1 already. Every programme area needs an id of '
        "its own; join its parts into one outline, or choose with where; give outlines of different times a start and "
        "an end.",
        'town/p.gpkg, row 1, column "status": "runing" is no known status of a programme area, and 1 more (row 8). '
        'Did you mean "running"? Known are waiting, running, suspended, ended, settled; explain own words with codes: '
        'codes = {"runing" = "running"}.',
        'town/p.gpkg, row 2, column "phase": "P11" is no phase. Phases are called P0 to P10.',
        'town/p.gpkg, row 2, column "valid_from": "2018-02-30" is no date. Write it as 2018-01-31, 31.01.2018 or 2018, '
        "or leave it empty.",
        'town/p.gpkg, row 6, column "valid_to": "bald" is no date. Write it as 2018-01-31, 31.01.2018 or 2018, or '
        "leave it empty.",
        'town/p.gpkg, row 3, column "valid_to": The end ("2017") is not after the start. Correct the start or the end.',
        'town/p.gpkg, row 4, column "valid_to": The programme area "D" has ended, but its end is missing. Enter the '
        "end; a year will do.",
        'town/p.gpkg, row 5, column "valid_from": The programme area "E" has neither a start nor a status. Enter '
        "one of them, or set start or status in the layer file to the right column.",
        "town/p.gpkg: 1 area has no outline: G. Add the outline, or leave it out with where.",
    ]
    assert any('Meinten Sie "running"' in line for line in told(town, "de"))
    with pytest.raises(DataError, match=r"8 errors|9 errors"):
        open_city(town)


def test_a_column_that_is_named_and_not_there_is_told(town):
    put(town, {"area_id": ["A"], "von": ["2018"]}, keys='start = "vom"\n')
    assert told(town)[0].startswith('town/p.gpkg, column "vom": ')
    assert 'Did you mean "von"?' in told(town)[0]


def test_a_wrong_key_and_code_are_told(town):
    put(town, {"area_id": ["A"]}, keys='begin = "x"\ncodes = {laufend = "runing"}\n')
    said = [problem.say("en") for problem in load(town).problems]
    assert any('"begin" is not a key that is known here' in line for line in said)
    assert any("codes" in line and "waiting, running, suspended" in line for line in said)


def test_invalid_outlines_are_repaired_on_the_layer_files_word_only(town):
    west, south, east, north = square(town).bounds
    bow = Polygon([(west, south), (east, north), (east, south), (west, north)])
    rows = {"area_id": ["A"], "valid_from": ["2018"]}
    put(town, rows, shapes=[bow])
    assert "1 outline is invalid" in told(town)[0]
    put(town, rows, shapes=[bow], keys="repair = true\n")
    assert told(town)[0].startswith("town/p.gpkg: A repaired")
    assert open_city(town).programmes["quarters"].frame.is_valid.all()


def test_programme_areas_that_lie_elsewhere_are_an_error(town):
    put(town, {"area_id": ["A"], "valid_from": ["2018"]}, shapes=[box(0, 0, 100, 100)])
    assert any("outside" in line or "lies" in line for line in told(town))
    assert not load(town).usable


def test_lying_on_each_other_is_no_fault(town):
    put(town, {"area_id": ["A", "B"], "valid_from": ["2018", "2019"]})
    assert told(town) == []


def test_points_are_refused_by_kind_of_source(town):
    put(town, {"area_id": ["A"], "valid_from": ["2018"]})
    layer(town, "quarters.toml", 'source = "vector"', 'source = "delimited"')
    assert any("vector" in problem.say("en") for problem in load(town).problems)
