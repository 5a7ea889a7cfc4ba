"""``qmgis areas`` and ``qmgis locate``: what is valid on a day, deadlines, and a table looked at row by row."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import geopandas as gpd
import pytest

from qmgis.io.city.newcity import new_city
from tests.io.test_events import put, squares
from tests.spoilt import ask, fingerprint

EVENT_ROWS = ["A;designate;2010;2024-06-30;;;;;", "B;study_start;2020;;;;;;"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    town = new_city(tmp_path_factory.mktemp("made") / "town")
    rows = {"area_id": ["A", "B"], "name": ["=HYPERLINK(1)", "Süd"], "valid_from": ["2010", ""],
            "status": ["running", "waiting"], "programme_id": ["Soziale Stadt", ""]}  # fmt: skip
    put(town, rows, EVENT_ROWS)
    return town


@pytest.fixture
def town(tmp_path, made) -> Path:
    return Path(shutil.copytree(made, tmp_path / "town"))


def layers(town: Path) -> str:
    return str(town / "layers/town")


def test_areas_of_a_day_and_their_deadlines(town):
    code, text = ask("areas", layers(town), "--on", "31.12.2023", "--lang", "en")
    assert code == 0
    lines = [line for line in text.splitlines() if line]
    assert lines[0].endswith("1 programme area on 31 December 2023.")
    assert lines[3].split("  ")[0] == "A"
    assert "P5 designated" in lines[3]
    assert "30 June 2024" in lines[3]
    due = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[6:9]]
    assert due == [
        ["B", "Süd", "Longest time as a study area (3 years)", "1 January 2023", "-364", "passed"],
        ["A", "=HYPERLINK(1)", "agreed end of funding", "30 June 2024", "182", "near"],
        ["A", "=HYPERLINK(1)", "Longest term of funding (15 years)", "1 January 2025", "367", "near"],
    ]
    assert "not whether the area is ready" in lines[-1]


def test_json_has_the_same_with_days_as_text(town):
    code, text = ask("areas", layers(town), "--on", "2023-12-31", "--json")
    found = json.loads(text)
    assert code == 0
    assert found["on"] == "2023-12-31"
    assert [one["programme_area"] for one in found["areas"]] == ["A"]
    assert found["areas"][0]["until"] == "2024-06-30"
    assert [(one["rule"], one["limit"]) for one in found["deadlines"]] == [
        ("study", "2023-01-01"), ("agreed", "2024-06-30"), ("term", "2025-01-01"),
    ]  # fmt: skip


def test_a_city_replaces_a_deadline_and_turns_one_off(town):
    own = town / "layers/town/deadlines"
    own.mkdir()
    (own / "study.toml").write_text("use = false\n", encoding="utf-8")
    text = (Path(__file__).parents[2] / "qmgis/deadlines/term.toml").read_text("utf-8")
    (own / "term.toml").write_text(text.replace("years = 15", "years = 20"), encoding="utf-8")
    found = json.loads(ask("areas", layers(town), "--on", "2023", "--json")[1])
    assert [(one["rule"], one["limit"]) for one in found["deadlines"]] == [
        ("agreed", "2024-06-30"), ("term", "2030-01-01"),
    ]  # fmt: skip
    (own / "term.toml").write_text(text.replace("years = 15", "yeas = 20").replace('"end"', '"ended"'), "utf-8")
    code, told = ask("areas", layers(town), "--lang", "en")
    assert code == 2
    assert 'deadlines/term.toml, row 9: "yeas" is not a key that is known here. Did you mean "years"?' in told
    assert 'deadlines/term.toml, row 8: "met_by" must be a list of events out of propose' in told


def test_before_the_first_area_there_is_none(town):
    code, text = ask("areas", layers(town), "--on", "1990", "--lang", "de")
    assert (code, text.strip().endswith("Am 31.12.1990 gibt es kein Fördergebiet.")) == (0, True)


def test_a_city_without_programme_areas_and_a_day_that_is_none(town):
    code, text = ask("areas", layers(town), "--on", "gestern", "--lang", "en")
    assert (code, '"gestern" is no date; write it as 2024-12-31' in text) == (2, True)
    (town / "layers/town/quarters.toml").unlink()
    code, text = ask("areas", layers(town), "--lang", "de")
    assert (code, "hat keine Fördergebiete; eine Ebene mit kind" in text) == (2, True)


def table(town: Path, text: str) -> Path:
    file = town / "addresses.csv"
    file.write_text(text, encoding="utf-8")
    return file


def spots(town: Path) -> list[tuple[float, float]]:
    """Inside of A, near its western boundary, outside."""
    west, south, _, north = squares(town, 1)[0].bounds
    middle = (south + north) / 2
    return [(west + 50, middle), (west - 4, middle), (west - 60, middle)]


def rows(file: Path, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_locate_gives_the_same_rows_with_their_position(town):
    lines = [f'"=cmd|{n}";{x:.2f};{y:.2f}'.replace(".", ",") for n, (x, y) in enumerate(spots(town))]
    file = table(town, "Adresse;Rechtswert;Hochwert\n" + "\n".join([*lines, "-leer;;"]) + "\n")
    before = file.read_bytes()
    code, text = ask("locate", layers(town), str(file), "--on", "2023", "--lang", "de")
    assert code == 0
    assert "1 innerhalb, 1 nahe der Grenze (bis 10 m), 1 außerhalb, 1 ohne Koordinaten, am 31.12.2023." in text
    assert file.read_bytes() == before
    found = rows(town / "addresses_located.csv", ";")
    assert found[0] == ["Adresse", "Rechtswert", "Hochwert", "Lage", "Fördergebiet", "Name des Fördergebiets",
                        "nächste Grenze von", "Abstand zur Grenze (m)"]  # fmt: skip
    assert [row[0] for row in found[1:]] == ["'=cmd|0", "'=cmd|1", "'=cmd|2", "'-leer"]
    assert [row[3:] for row in found[1:]] == [
        ["innerhalb", "A", "'=HYPERLINK(1)", "A", "50"],
        ["nahe der Grenze", "", "", "A", "4"],
        ["außerhalb", "", "", "A", "60"],
        ["unbekannt", "", "", "", ""],
    ]


def test_locate_takes_degrees_named_columns_and_a_tolerance(town):
    place = gpd.GeoSeries.from_xy(*zip(*spots(town), strict=True), crs="EPSG:25832").to_crs("EPSG:4326")
    file = table(town, "lat,lon,position\n" + "".join(f"{p.y:.8f},{p.x:.8f},x\n" for p in place))
    out = town / "new/found.csv"
    code, text = ask("locate", layers(town), str(file), "--on", "2023", "--lang", "en", "--json", "--out", str(out),
                     "--tolerance", "1")  # fmt: skip
    assert code == 0
    assert json.loads(text) == {
        "on": "2023-12-31",
        "file": str(out),
        "inside": 1,
        "near": 0,
        "outside": 2,
        "unknown": 0,
    }
    head = rows(out, ",")[0]
    assert head == ["lat", "lon", "position", "position 2", "programme_area", "programme_area_name", "nearest",
                                 "distance_m"]  # fmt: skip
    named = table(town, "a,b\n" + "".join(f"{p.x:.8f},{p.y:.8f}\n" for p in place))
    code, _ = ask("locate", layers(town), str(named), "--x", "a", "--y", "b", "--crs", "EPSG:4326", "--on", "2023")
    assert code == 0


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("Adresse;Ort\nMarkt 1;A\n", [], 'there are no columns "x", "y"; there are "Adresse", "Ort". Name the columns'),
        ("x;y\n1;2\n", ["--x", "a", "--y", "y"], 'there are no columns "a"; there are "x", "y".'),
        ("x;y\n1;2\n", ["--x", "x"], "name --x and --y together"),
        ("x;y\n1;2\n", [], "no point lies in the city if the coordinates are in EPSG:25832."),
        ("x;y\nhier;2\n;3\n4;dort\n", [], 'row 2, column "x"'),
        ("x;y\n1;2\n", ["--crs", "EPSG:9"], "EPSG:9"),
        ("x;y\n1;2\n", ["--out", "SAME"], "would overwrite the input"),
    ],
)
def test_locate_says_what_is_wrong_and_writes_nothing(town, text, more, said):
    file = table(town, text)
    before = fingerprint(town)
    code, told = ask(
        "locate", layers(town), str(file), "--lang", "en", *[str(file) if one == "SAME" else one for one in more]
    )
    assert code == 2
    assert said in told
    if "hier" in text:
        assert 'row 3, column "x": One of two coordinates is missing' in told
        assert 'row 4, column "y"' in told
    assert fingerprint(town) == before


def test_a_file_that_is_no_table_is_told(town):
    for name, said in (("none.csv", "There is no file"), ("layers/town/city.toml", "is no table")):
        code, told = ask("locate", layers(town), str(town / name), "--lang", "en")
        assert (code, said in told) == (2, True), told


class TestStreets:
    def _named(self, town: Path) -> None:
        """Give the people of the town streets and numbers, as in a file of addresses."""
        spot = gpd.read_file(town / "data/town/p.gpkg").geometry[0].centroid
        rows = [f"{spot.x};{spot.y};9;1;Ring;{number}" for number in (1, 2, 5)] + ["512150;5702150;372;17;Ring;3"]
        path = town / "data/town/residents_2024.csv"
        path.write_text("\n".join(["X;Y;Einwohner;Kinder 0-5;strasse;hausnr", *rows]) + "\n", encoding="utf-8")
        file = town / "layers/town/residents.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("origin_type", 'street = "strasse"\nnumber = "hausnr"\norigin_type', 1), "utf-8")

    def test_table_file_and_json_tell_the_same(self, town):
        self._named(town)
        code, text = ask("areas", layers(town), "--on", "2023", "--streets", "A", "--json")
        assert code == 0, text
        (street,) = json.loads(text)["streets"]
        assert street == {"street": "Ring", "position": "partly", "odd": "1, 5", "even": "2", "other": "",
                          "addresses": 3, "elsewhere": 1, "near": 0}  # fmt: skip
        code, text = ask("areas", layers(town), "--on", "2023", "--streets", "A", "--lang", "en")
        assert code == 0
        assert "1 street with 3 addresses" in text
        assert "cut by the boundary  1, 5  2" in text
        out = town / "list.csv"
        code, text = ask("areas", layers(town), "--on", "2023", "--streets", "A", "--lang", "de", "--out", str(out))
        (row,) = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")), delimiter=";")
        assert (code, row["ungerade"], row["Adressen"]) == (0, street["odd"], str(street["addresses"]))

    def test_what_cannot_be_is_one_sentence(self, town):
        code, text = ask("areas", layers(town), "--on", "2023", "--streets", "A", "--lang", "de")
        assert (code, "hat keine Adressen mit Straßen" in text) == (2, True)
        code, text = ask("areas", layers(town), "--out", str(town / "list.csv"), "--lang", "en")
        assert (code, "name one with --streets" in text) == (2, True)
        self._named(town)
        code, text = ask("areas", layers(town), "--on", "2023", "--streets", "Z", "--lang", "en")
        assert (code, '"Z" is no programme area on 2023-12-31; there are: A.' in text) == (2, True)

    def test_house_numbers_need_streets(self, town):
        self._named(town)
        file = town / "layers/town/residents.toml"
        file.write_text(file.read_text(encoding="utf-8").replace('street = "strasse"\n', ""), "utf-8")
        code, text = ask("areas", layers(town), "--lang", "en")
        assert (code, "number names house numbers; they need street" in text) == (2, True)
