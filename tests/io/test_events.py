"""Events and outlines of different times of programme areas: read, brought together, and every fault at once."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from qmgis.errors import DataError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.rules.deadlines import deadline_rules
from qmgis.lifecycle import areas_on, deadlines, history, timeline

HEAD = (
    'kind = "programme"\ntitle = "P"\nlicence = "CC0-1.0"\ncredit = "test"\nsource = "vector"\npath = "town/p.gpkg"\n'
)
EVENTS = '[events]\nsource = "delimited"\npath = "town/events.csv"\n'
COLUMNS = "area_id;type;date;until;other_ids;body;document_ref;legal_basis_id;comment"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return new_city(tmp_path_factory.mktemp("made") / "town")


@pytest.fixture
def town(tmp_path, made) -> Path:
    return Path(shutil.copytree(made, tmp_path / "town"))


def squares(town: Path, count: int, side: float = 100.0) -> list[Polygon]:
    """Squares beside each other from the middle of the city."""
    west, south, east, north = gpd.read_file(town / "data/town/areas.geojson").to_crs("EPSG:25832").total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    return [box(x + n * side, y, x + (n + 1) * side, y + side) for n in range(count)]


def put(town: Path, rows: dict[str, list], events: list[str], *, keys: str = "", head: str = COLUMNS) -> None:
    count = len(next(iter(rows.values())))
    gpd.GeoDataFrame(rows, geometry=squares(town, count), crs="EPSG:25832").to_file(
        town / "data/town/p.gpkg", engine="pyogrio"
    )
    (town / "data/town/events.csv").write_text("\n".join([head, *events]) + "\n", encoding="utf-8")
    (town / "layers/town/quarters.toml").write_text(HEAD + EVENTS + keys, encoding="utf-8")


def told(town: Path, lang: str = "en") -> list[str]:
    problems = load(town).problems
    return [one.say(lang) for one in problems if "p.gpkg" in one.file or "events.csv" in one.file]


def test_outlines_of_different_times_and_their_events(town):
    rows = {"area_id": ["A", "A", "B"], "valid_from": ["2005", "2010-07-01", ""], "valid_to": ["2010-07-01", "", ""]}
    events = [
        "A;Festlegung;2005-01-01;2020-01-01;;Rat;R 1;BauGB 171e(3);",
        "A;extend;2010-07-01;;;Rat;R 2;;",
        "B;designate;2012;;;;;;",
        "B;Ende;2017;;;;;;war gut",
    ]
    put(town, rows, events)
    assert told(town) == []
    layer = open_city(town).programmes["quarters"]
    assert layer.frame.index.tolist() == ["A:1", "A:2", "B"]
    assert layer.area_ids.tolist() == ["A", "A", "B"]
    dates = layer.frame.loc["B", ["valid_from", "valid_to"]]
    assert [day.date() for day in dates] == [date(2012, 1, 1), date(2017, 12, 31)]
    assert [event.row for event in layer.events] == [2, 3, 4, 5]
    assert layer.events[3].comment == "war gut"
    first, second, third = (areas_on(layer, date(year, 8, 1)) for year in (2009, 2012, 2018))
    assert first[["version", "phase"]].to_dict("index") == {"A": {"version": 1, "phase": "P5"}}
    assert second["version"].to_dict() == {"A": 2, "B": 1}
    assert second.loc["A", "legal_basis"] == "BauGB 171e(3)"
    assert second.loc["A", "until"] == pd.Timestamp("2020-01-01")
    assert third.index.tolist() == ["A"]
    assert history(layer, "B")["event"].tolist() == ["designate", "end"]
    spans = timeline(layer).query("programme_area == 'A' and kind == 'outline'")
    assert spans["end"].tolist()[0] == spans["start"].tolist()[1] == pd.Timestamp("2010-07-01")


def test_an_event_on_the_start_of_the_next_outline_ends_the_one_before(town):
    rows = {"area_id": ["A", "A"], "valid_from": ["", "2010"], "valid_to": ["", ""]}
    put(town, rows, ["A;designate;2005;;;;;;", "A;reduce;01.01.2010;;;;;;"])
    assert told(town) == []
    frame = open_city(town).programmes["quarters"].frame
    assert frame["valid_from"].dt.year.tolist() == [2005, 2010]
    assert frame["valid_to"].tolist()[0] == pd.Timestamp("2010-01-01")


def test_a_merger_ends_two_areas_and_begins_one(town):
    rows = {"area_id": ["A", "B", "C"], "valid_from": ["1999", "2005", "2021"]}
    put(town, rows, ["A;merge;2021;;C;;;;", "B;Zusammenlegung;2021;;C;;;;"])
    assert told(town) == []
    layer = open_city(town).programmes["quarters"]
    assert areas_on(layer, date(2020, 12, 31)).index.tolist() == ["A", "B"]
    after = areas_on(layer, date(2021, 1, 1))
    assert after[["phase", "predecessors"]].to_dict("index") == {"C": {"phase": "P5", "predecessors": "A; B"}}
    assert after.loc["C", "begun"] == pd.Timestamp("1999-01-01")
    rows = deadlines(layer, date(2025, 12, 31), rules=deadline_rules())
    assert rows[["programme_area", "rule", "state"]].to_numpy().tolist() == [["C", "term", "passed"]]


def test_events_of_a_spreadsheet_with_own_columns_and_words(town):
    put(town, {"area_id": ["01"], "valid_from": ["2018"]}, [])
    pd.DataFrame({"Gebiet": ["01"], "Was": ["Umgriff neu"], "Wann": [pd.Timestamp("2019-03-01")]}).to_excel(
        town / "data/town/events.xlsx", index=False
    )
    keys = '[events]\nsource = "spreadsheet"\npath = "town/events.xlsx"\nid = "Gebiet"\nevent = "Was"\ndate = "Wann"\n'
    keys += 'codes = {"Umgriff neu" = "rename"}\n'
    (town / "layers/town/quarters.toml").write_text(HEAD + keys, encoding="utf-8")
    assert told(town) == []
    event = open_city(town).programmes["quarters"].events[0]
    assert (event.programme_area, event.type, event.on) == ("01", "rename", date(2019, 3, 1))


def test_every_fault_of_the_events_is_told_at_once(town):
    rows = {"area_id": ["A", "B", "C"], "valid_from": ["2005", "2010", ""], "status": ["", "", "waiting"]}
    events = [
        "A;extent;2010;;;;;;",
        "A;extend;bald;;;;;;",
        "A;extend;;;;;;;",
        ";end;2020;;;;;;",
        "D;end;2020;;;;;;",
        "A;prolong;2019;2018;;;;;",
        "A;extend;2001-05-01;;;;;;",
        "C;office_open;2020;;;;;;",
        "B;end;2017-06-30;;;;;;",
        "B;interim_balance;2018-01-01;;;;;;",
        "A;merge;2021;;BB;;;;",
        "A;prolong;2015;;;;;;",
        "A;designate;2016;;;;;;",
    ]
    put(town, rows, events)
    fix = "Correct the date, or add the designation (designate) with its date."
    assert [line.replace("town/events.csv, ", "") for line in told(town)] == [
        'row 2, column "type": "extent" is no known event. Did you mean "extend"? Known are propose, study_start, '
        "designate, reentry, merge, split, extend, reduce, rename, prolong, office_open, concept_adopt, "
        "concept_update, "
        "interim_balance, transition_start, final_balance, end; explain own words in the table [events] with codes: "
        'codes = {"extent" = "end"}.',
        'row 3, column "date": "bald" is no date. Write it as 2018-01-31, 31.01.2018 or 2018, or leave it empty.',
        'row 7, column "until": The agreed end ("2018") is not after the date of the event. Correct one of them.',
        'row 4, column "date": The event "extend A" has no date. Enter the date, such as 2018-01-31; a year will do.',
        'row 5, column "area_id": The event "end" has no id of a programme area. Enter the id of the programme area, '
        "as "
        "it stands with the outlines.",
        'row 6, column "area_id": There is no programme area "D". Known are: A, B, C. Correct the id, or add the '
        "outline "
        "to town/p.gpkg.",
        'row 12, column "other_ids": There is no programme area "BB". Did you mean "B"? Correct the id, or add the '
        "outline to town/p.gpkg.",
        'row 8, column "date": "A": "extension" on 1 May 2001, but the area is not designated by then. ' + fix,
        'row 13, column "date": "A": "prolongation" on 1 January 2015, but the area is not designated by then. ' + fix,
        'row 11, column "date": "B": "interim balance" on 1 January 2018, but the area has ended on 30 June 2017. '
        "Correct the date, or add the re-entry (reentry).",
        'row 9, column "date": "C": "opening of the office" on 1 January 2020, but the area is not designated by then. '
        + fix,
    ]
    assert len(told(town, "de")) == 11
    with pytest.raises(DataError, match="11 errors"):
        open_city(town)


def test_where_events_and_outlines_differ_the_outline_counts_and_it_is_told(town):
    rows = {"area_id": ["A"], "valid_from": ["2005"], "valid_to": ["2017"]}
    put(town, rows, ["A;designate;2004;;;;;;", "A;extend;2010;;;;;;", "A;end;2016;;;;;;"])
    assert [line.replace("town/events.csv, ", "") for line in told(town)] == [
        'row 2, column "date": "A" is designated on 1 January 2004, but its outline holds from 1 January 2005; the '
        "outline counts. Correct one of the two dates.",
        'row 3, column "date": "A": "extension" on 1 January 2010, but no outline holds from that day; the old one '
        "stays. "
        "Add a row with the same id, the new outline and this start to town/p.gpkg, and end the old row on that day.",
        'row 4, column "date": "A" ends on 31 December 2016, but its outline holds until 31 December 2017; the outline '
        "counts. Correct one of the two dates.",
    ]
    assert len(areas_on(open_city(town).programmes["quarters"], date(2017, 6, 1))) == 1


def test_outlines_that_overlap_in_time_are_told_with_both_rows(town):
    rows = {"area_id": ["A", "A", "B"], "valid_from": ["2005", "2010", "2001"], "valid_to": ["", "2020", ""]}
    put(town, rows, ["B;office_open;2003;;;;;;"])
    assert told(town) == [
        'town/p.gpkg, row 2, column "valid_to": Two outlines of "A" hold on the same day: that of row 1 without an '
        "end, "
        "that of row 2 from 1 January 2010. Enter 1 January 2010 as the end in row 1, or correct the start in row 2.",
    ]


def test_a_re_entry_needs_an_outline_of_its_own(town):
    put(town, {"area_id": ["A"], "valid_from": ["2005"]}, ["A;end;2017;;;;;;", "A;reentry;2022;;;;;;"])
    assert "no outline holds from that day" in told(town)[0]
    assert not load(town).usable
    rows = {"area_id": ["A", "A"], "valid_from": ["2005", "2022"]}
    put(town, rows, ["A;end;2017;;;;;;", "A;reentry;2022;;;;;;"])
    assert told(town) == []
    layer = open_city(town).programmes["quarters"]
    assert [len(areas_on(layer, date(year, 6, 1))) for year in (2016, 2020, 2023)] == [1, 0, 1]
    rows |= {"valid_to": ["2017-06-30", ""]}
    put(town, rows, ["A;rename;2010;;;;;;"])
    assert told(town) == []
    life = history(open_city(town).programmes["quarters"], "A")
    assert life["event"].tolist() == ["designate", "rename", "end", "reentry"]
    assert life["known"].tolist() == [False, True, False, False]


def test_a_wrong_key_in_the_table_of_events_is_told_with_its_line(town):
    put(town, {"area_id": ["A"], "valid_from": ["2005"]}, ["A;rename;2006;;;;;;"], keys='dat = "x"\n')
    said = [one.say("en") for one in load(town).problems]
    assert said == ['town/quarters.toml, row 10: "dat" is not a key that is known here. Did you mean "date"?']
    put(town, {"area_id": ["A"], "valid_from": ["2005"]}, ["A;rename;2006;;;;;;"], keys='date = "Tag"\n')
    assert told(town)[0].startswith('town/events.csv, column "Tag": ')
    put(town, {"area_id": ["A"], "valid_from": ["2005"]}, [])
    assert told(town) == ["town/events.csv: events.csv has a header but no rows. Named in town/quarters.toml, row 9."]
    (town / "data/town/events.csv").unlink()
    assert any("town/events.csv" in one.say("en") for one in load(town).problems)


def test_german_says_the_same(town):
    put(town, {"area_id": ["A"], "valid_from": ["2005"], "valid_to": ["2017"]}, ["A;extend;2018-02-01;;;;;;"])
    assert told(town, "de")[-1].startswith(
        'town/events.csv, Zeile 2, Spalte "date": "A": "Erweiterung" am 01.02.2018, aber das Gebiet ist seit '
        "31.12.2017 beendet. Das Datum berichtigen, oder die Wiederaufnahme (reentry) ergänzen."
    )
