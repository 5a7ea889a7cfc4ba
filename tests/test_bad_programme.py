"""Bad programme areas, end to end: one clear sentence each with the way out, all together, in both languages."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.affinity import translate
from shapely.geometry import Polygon

from qmgis.io.city.newcity import new_city
from tests.io.test_events import COLUMNS, EVENTS, HEAD, squares
from tests.spoilt import ask, check, fingerprint


@dataclass(frozen=True)
class Case:
    """Rows and events, which outlines are bent, and what the only error says."""

    rows: dict[str, list[str]]
    de: str
    en: str
    events: tuple[str, ...] = ("A;rename;2012;;;;;;",)
    shapes: dict[int, str] = field(default_factory=dict)


ONE = {"area_id": ["A", "B"], "valid_from": ["2010", "2010"]}
CASES = {
    "overlapping outlines": Case(
        {"area_id": ["A", "A"], "valid_from": ["2010", "2015"], "valid_to": ["2016-01-01", ""]},
        r'p\.gpkg, Zeile 2, Spalte "valid_to": Zwei Umrisse von "A" gelten am selben Tag: der aus Zeile 1 bis '
        r'01\.01\.2016, '
        r"der aus Zeile 2 ab 01\.01\.2015\. In Zeile 1 als Ende 01\.01\.2015 eintragen",
        r'p\.gpkg, row 2, column "valid_to": Two outlines of "A" hold on the same day: that of row 1 until 1 '
        r'January 2016, '
        r"that of row 2 from 1 January 2015\. Enter 1 January 2015 as the end in row 1",
    ),
    "an event before the designation": Case(
        ONE,
        r'events\.csv, Zeile 2, Spalte "date": "A": "Erweiterung" am 01\.05\.2008, aber bis dahin ist das Gebiet nicht '
        r"festgelegt\. Das Datum berichtigen, oder die Festlegung",
        r'events\.csv, row 2, column "date": "A": "extension" on 1 May 2008, but the area is not designated by then\. '
        r"Correct the date, or add the designation",
        ("A;extend;2008-05-01;;;;;;",),
    ),
    "an end before the start": Case(
        {**ONE, "valid_to": ["2009-06-30", ""]},
        r'p\.gpkg, Zeile 1, Spalte "valid_to": Das Ende \("2009-06-30"\) liegt nicht nach dem Start\. Start oder Ende',
        r'p\.gpkg, row 1, column "valid_to": The end \("2009-06-30"\) is not after the start\. Correct the start',
        ("B;rename;2012;;;;;;",),
    ),
    "an end before the designation": Case(
        ONE,
        r'events\.csv, Zeile 3, .*"A" endet am 31\.12\.2009, vor der Festlegung am 01\.01\.2010\. Das Datum des Endes',
        r'events\.csv, row 3, .*"A" ends on 31 December 2009, before its designation on 1 January 2010\. Correct '
        r'the date',
        ("A;study_start;2008;;;;;;", "A;end;2009;;;;;;", "A;designate;2010;;;;;;"),
    ),
    "an area outside of the city": Case(
        ONE,
        r"p\.gpkg: 1 Fördergebiet liegt außerhalb der Stadt: B\. Den Umriss berichtigen",
        r"p\.gpkg: 1 programme area lies outside of the city: B\. Correct the outline, or leave it out with where\.",
        shapes={1: "far"},
    ),
    "an outline that crosses itself": Case(
        ONE,
        r"p\.gpkg: 1 Umriss ist ungültig \(Self-intersection, .*\): B\. Die Datei berichtigen oder repair = true",
        r"p\.gpkg: 1 outline is invalid \(Self-intersection, .*\): B\. Correct the file, or say repair = true\.",
        shapes={1: "bow"},
    ),
    "an outline that touches itself": Case(
        ONE,
        r"p\.gpkg: 1 Umriss ist ungültig \(Ring Self-intersection, .*\): B\. Die Datei berichtigen oder repair = true",
        r"p\.gpkg: 1 outline is invalid \(Ring Self-intersection, .*\): B\. Correct the file, or say repair = true\.",
        shapes={1: "touch"},
    ),
    "a merger without the other area": Case(
        ONE,
        r'events\.csv, Zeile 2, .*"A": Bei "Zusammenlegung" am 01\.01\.2020 fehlen die anderen Fördergebiete\. In '
        r'other_ids',
        r'events\.csv, row 2, .*"A": "merger" on 1 January 2020 names no other programme areas\. Enter in other_ids '
        r'the id',
        ("A;merge;2020;;;;;;",),
    ),
    "a merger into an area that has ended": Case(
        ONE,
        r'events\.csv, Zeile 3, .*führt zu "B", das seit 31\.12\.2015 beendet ist\. Die Kennung in other_ids',
        r'events\.csv, row 3, .*leads to "B", which has ended on 31 December 2015\. Correct the id in other_ids',
        ("B;end;2015;;;;;;", "A;merge;2020;;B;;;;"),
    ),
    "a second designation": Case(
        ONE,
        r'events\.csv, Zeile 3, .*"Festlegung" am 01\.01\.2014, aber das Gebiet ist schon seit 01\.01\.2010 festgelegt',
        r'events\.csv, row 3, .*"designation" on 1 January 2014, but the area is designated since 1 January 2010 '
        r'already',
        ("A;designate;2010;;;;;;", "A;designate;2014;;;;;;"),
    ),
    "a prolongation that is none": Case(
        ONE,
        r'events\.csv, Zeile 3, .*"A": Die Verlängerung am 01\.01\.2018 reicht nicht über das vereinbarte Ende '
        r'31\.12\.2020',
        r'events\.csv, row 3, .*"A": the prolongation on 1 January 2018 does not reach beyond the agreed end 31 '
        r'December 2020',
        ("A;designate;2010;2020;;;;;", "A;prolong;2018;2019;;;;;"),
    ),
    "an event of an unknown area": Case(
        ONE,
        r'events\.csv, Zeile 2, Spalte "area_id": Ein Fördergebiet "a" gibt es nicht\. Meinten Sie "A"\? Die Kennung',
        r'events\.csv, row 2, column "area_id": There is no programme area "a"\. Did you mean "A"\? Correct the id',
        ("a;rename;2012;;;;;;",),
    ),
    "a hostile word": Case(
        ONE,
        r'events\.csv, Zeile 2, Spalte "type": "=cmd\|\?\[31m" ist kein bekanntes Ereignis\. Bekannt sind propose',
        r'events\.csv, row 2, column "type": "=cmd\|\?\[31m" is no known event\. Known are propose',
        ("A;=cmd|\x1b[31m;2012;;;;;;",),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return new_city(tmp_path_factory.mktemp("made") / "town")


@pytest.fixture
def town(tmp_path, made) -> Path:
    return Path(shutil.copytree(made, tmp_path / "town"))


def bent(square: Polygon, how: str) -> Polygon:
    west, south, east, north = square.bounds
    if how == "far":
        return translate(square, 5000, 0)
    if how == "touch":
        middle = ((west + east) / 2, (south + north) / 2)
        return Polygon([(west, south), (east, south), middle, (east, north), (west, north), middle])
    return Polygon([(west, south), (east, north), (east, south), (west, north)])


def spoil(town: Path, case: Case) -> None:
    count = len(case.rows["area_id"])
    shapes = [
        bent(square, case.shapes[place]) if place in case.shapes else square
        for place, square in enumerate(squares(town, count))
    ]
    frame = gpd.GeoDataFrame(case.rows, geometry=shapes, crs="EPSG:25832")
    frame.to_file(town / "data/town/p.gpkg", engine="pyogrio")
    (town / "data/town/events.csv").write_text("\n".join([COLUMNS, *case.events]) + "\n", encoding="utf-8")
    (town / "layers/town/quarters.toml").write_text(HEAD + EVENTS, encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_in_one_sentence_and_nothing_is_written(town, name):
    case = CASES[name]
    spoil(town, case)
    before = fingerprint(town)
    for lang, wanted in (("de", case.de), ("en", case.en)):
        said = check(town / "layers/town", lang)
        assert len(said.errors) == 1, said.text
        assert re.search(wanted, said.errors[0]), said.errors[0]
        assert said.code == 1
        code, text = ask("areas", str(town / "layers/town"), "--on", "2020", "--lang", lang)
        assert code == 2
        assert re.search(wanted, text)
    assert fingerprint(town) == before


def test_all_faults_come_together(town):
    rows = {"area_id": ["A", "A", "B", "C"], "valid_from": ["2010", "2015", "2010", "2012"],
            "valid_to": ["", "", "2009", ""]}  # fmt: skip
    events = ("A;extend;2008;;;;;;", "Z;end;2011;;;;;;", "C;unfug;2011;;;;;;")
    spoil(town, Case(rows, "", "", events, {3: "bow"}))
    said = check(town / "layers/town", "en")
    wanted = ("Two outlines", "is not after the start", "is no known event", 'no programme area "Z"',
              "not designated by then", "1 outline is invalid")  # fmt: skip
    for one in wanted:
        assert any(one in line for line in said.errors), (one, said.text)
    assert "6 errors" in ask("areas", str(town / "layers/town"), "--lang", "en")[1]
