"""A bad register, end to end: one clear sentence each with file, row and column, all together, in both languages."""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from qmgis.io.city.newcity import new_city
from tests.io.test_events import squares
from tests.spoilt import ask, check, fingerprint

PROGRAMME = (
    'kind = "programme"\ntitle = "P"\nlicence = "CC0-1.0"\ncredit = "test"\nsource = "vector"\npath = "town/p.gpkg"\n'
)
LAYER = (
    'kind = "measures"\ntitle = "M"\nlicence = "CC0-1.0"\ncredit = "test"\nsource = "register"\n'
    'path = "town/register"\n'
)
FILES = {
    "measures": "Maßnahme;Gebiet;Bezeichnung;Handlungsfeld;Art;Status;Beginn;Ende;Grund außerhalb;Geometrie;"
    "Organisation\n"
    "M1;A;Umbau;HF3;INV;laufend;2020-03-01;;;;O1\nM2;A;Beratung;HF2;SOC;abgeschlossen;2019-01-01;31.12.2020;;;O1\n",
    "costs": "Maßnahme;Jahr;Förderprogramm;geplant (EUR)\nM1;2020;Kommune;1.000,50 €\nM1;2020;EFRE;500\n"
    "M1;2020;Summe;1.500,50\nM2;2019;Kommune;100,00\n",
    "organisations": "Organisation;Gebiet;Name;Art\nO1;A;Nachbarschaftsverein e. V.;Verein\n",
    "funds": "Fonds;Gebiet;Art;Jahr;Budget\nF1;A;Aktionsfonds;2020;10000\n",
    "grants": "Bewilligung;Fonds;Jahr;Betrag;Zweck;entschieden von\nB1;F1;2020;500;Fest;Vergabejury\n",
    "assessments": "Gebiet;Katalog;Fassung;Punkt;Datum;Stufe\nA;Qualitätsstandards;2022;Q01;2024-01-01;2\n"
    "A;Qualitätsstandards;2022;Q02;2024-01-01;1\n",
}


@dataclass(frozen=True)
class Case:
    """Which text of which file becomes which, and what the only error says."""

    file: str
    old: str
    new: str
    de: str
    en: str
    level: str = field(default="error")


CASES = {
    "an unknown status": Case(
        "measures", "INV;laufend", "INV;laufent",
        r'measures\.csv, Zeile 2, Spalte "Status": "laufent" ist kein bekannter Code\. Meinten Sie "laufend"\? Bekannt',
        r'measures\.csv, row 2, column "Status": "laufent" is no known code\. Did you mean "laufend"\? Known are idea',
    ),
    "costs that do not add up": Case(
        "costs", "1.500,50", "1.600,50",
        r'costs\.csv, Zeile 4, Spalte "geplant \(EUR\)": Die Kosten von M1 ergeben nach Quellen 1\.500,50 €, die Summe '
        r"nennt 1\.600,50 €",
        r'costs\.csv, row 4, column "geplant \(EUR\)": The costs of M1 by source are 1,500\.50 €, the total states',
    ),
    "a negative amount": Case(
        "costs", "EFRE;500", "EFRE;-500",
        r'costs\.csv, Zeile 3, Spalte "geplant \(EUR\)": -500 ist negativ\. Beträge sind nie negativ',
        r'costs\.csv, row 3, column "geplant \(EUR\)": -500 is negative\. Amounts are never negative',
    ),
    "an amount that can be read in two ways": Case(
        "costs", "100,00", "1.700",
        r'costs\.csv, Zeile 5, Spalte "geplant \(EUR\)": "1\.700" kann Tausender oder Nachkommastellen bedeuten',
        r'costs\.csv, row 5, column "geplant \(EUR\)": "1\.700" can mean thousands or decimals',
    ),
    "an amount that is text": Case(
        "costs", "100,00", "ca. 100",
        r'costs\.csv, Zeile 5, .*"ca\. 100" ist kein Betrag\. Den Betrag in Euro eintragen',
        r'costs\.csv, row 5, .*"ca\. 100" is no amount\. Enter the amount in euros',
    ),
    "dates out of order": Case(
        "measures", "31.12.2020", "31.12.2018",
        r'measures\.csv, Zeile 3, Spalte "Ende": Das Ende \(31\.12\.2018\) liegt vor dem Beginn \(01\.01\.2019\)',
        r'measures\.csv, row 3, column "Ende": The end \(31 December 2018\) is before the start \(1 January 2019\)',
    ),
    "a measure that has not begun with a start": Case(
        "measures", "INV;laufend", "INV;Idee",
        r'measures\.csv, Zeile 2, Spalte "Beginn": Die Maßnahme ist nach ihrem Status noch nicht begonnen',
        r'measures\.csv, row 2, column "Beginn": By its status the measure has not begun, but it has a date',
    ),
    "a measure without area": Case(
        "measures", "M2;A;", "M2;;",
        r'measures\.csv, Zeile 3, Spalte "Gebiet": Die Zelle ist leer, hier wird ein Wert gebraucht',
        r'measures\.csv, row 3, column "Gebiet": The cell is empty, a value is needed here',
    ),
    "a measure of an unknown area": Case(
        "measures", "M2;A;", "M2;Z;",
        r'measures\.csv, Zeile 3, Spalte "Gebiet": Ein Fördergebiet "Z" gibt es nicht\. Die Kennung berichtigen',
        r'measures\.csv, row 3, column "Gebiet": There is no programme area "Z"\. Correct the id',
    ),
    "an unknown area beside a known one": Case(
        "measures", "M2;A;", 'M2;"A; Z";',
        r'measures\.csv, Zeile 3, Spalte "Gebiet": Ein Fördergebiet "Z" gibt es nicht\. Die Kennung berichtigen',
        r'measures\.csv, row 3, column "Gebiet": There is no programme area "Z"\. Correct the id',
    ),
    "a place outside of the area": Case(
        "measures", ";;;;O1\nM2", ";;;POINT (512100 5700300);O1\nM2",
        r'measures\.csv, Zeile 2, Spalte "Gebiet": M1 liegt nicht in A, wie es in dieser Zeit begrenzt war',
        r'measures\.csv, row 2, column "Gebiet": M1 does not lie in A as it was bounded at that time',
    ),
    "an organisation that is nowhere": Case(
        "measures", "abgeschlossen;2019-01-01;31.12.2020;;;O1", "abgeschlossen;2019-01-01;31.12.2020;;;O2",
        r'measures\.csv, Zeile 3, Spalte "Organisation": Eine Organisation "O2" gibt es nicht\. .*Bekannt sind: O1',
        r'measures\.csv, row 3, column "Organisation": There is no organisation "O2"\. .*Known are: O1',
    ),
    "two versions of a catalogue": Case(
        "assessments", "2022;Q02", "2016;Q02",
        r'assessments\.csv, Zeile 3, Spalte "Fassung": A, 01\.01\.2024: der Katalog "Qualitätsstandards" mischt die '
        r"Fassungen 2022 und 2016",
        r'assessments\.csv, row 3, column "Fassung": A, 1 January 2024: the catalogue "quality standards" mixes the',
    ),
    "two versions of a catalogue, an area each": Case(
        "assessments", "A;Qualitätsstandards;2022;Q02;2024-01-01;1",
        "B;Qualitätsstandards;2016;Q02;2024-01-01;1",
        r'assessments\.csv, Zeile 3, Spalte "Fassung": A, B, 01\.01\.2024: der Katalog "Qualitätsstandards" mischt die '
        r"Fassungen 2022 und 2016",
        r'assessments\.csv, row 3, column "Fassung": A, B, 1 January 2024: the catalogue "quality standards" mixes the',
    ),
    "an older version after the one that holds": Case(
        "assessments", "2022;Q02;2024-01-01", "2016;Q02;2025-01-01",
        r'assessments\.csv, Zeile 3, Spalte "Fassung": A: der Katalog "Qualitätsstandards" mischt die Fassungen '
        r"2022 und 2016; nach 2022 wird seit dem 01\.01\.2024 bewertet",
        r'assessments\.csv, row 3, column "Fassung": A: the catalogue "quality standards" mixes the versions 2022 and '
        r"2016; 2022 has been used since 1 January 2024",
    ),
    "two lists of fields": Case(
        "measures", "HF2;SOC", "D05;SOC",
        r'measures\.csv, Zeile 3, Spalte "Handlungsfeld": Die Handlungsfelder von A mischen zwei Fassungen der Liste',
        r'measures\.csv, row 3, column "Handlungsfeld": The fields of action of A mix two versions of the list',
    ),
    "a person in the register of actors": Case(
        "organisations", "Nachbarschaftsverein e. V.", "Frau Dr. Meier",
        r'organisations\.csv, Zeile 2, Spalte "Name": "Frau Dr\. Meier" nennt eine Person\. Die Organisation',
        r'organisations\.csv, row 2, column "Name": "Frau Dr\. Meier" names a person\. Name the organisation',
    ),
    "a mail address": Case(
        "grants", "Vergabejury", "a.meier@example.org",
        r'grants\.csv, Zeile 2, Spalte "entschieden von": "a\.meier@example\.org" enthält eine E-Mail-Adresse',
        r'grants\.csv, row 2, column "entschieden von": "a\.meier@example\.org" holds an e-mail address',
    ),
    "a phone number": Case(
        "grants", ";Fest;", ";Fest, Auskunft 0201 123456;",
        r'grants\.csv, Zeile 2, Spalte "Zweck": ".*0201 123456" enthält eine Telefonnummer',
        r'grants\.csv, row 2, column "Zweck": ".*0201 123456" holds a phone number',
    ),
    "a likely name": Case(
        "grants", "Vergabejury", "Anna Meier",
        r'grants\.csv, Zeile 2, Spalte "entschieden von": "Anna Meier" sieht nach dem Namen einer Person aus',
        r'grants\.csv, row 2, column "entschieden von": "Anna Meier" looks like the name of a person',
        "warning",
    ),
    "a key twice": Case(
        "measures", "M2;A", "M1;A",
        r'measures\.csv, Zeile 3, Spalte "Maßnahme": "M1" steht schon in Zeile 2\.',
        r'measures\.csv, row 3, column "Maßnahme": "M1" stands in row 2 already\.',
    ),
    "a missing column": Case(
        "funds", "Fonds;Gebiet;Art", "Fonds;Gebit;Art",
        r'funds\.csv, Zeile 1: Die Spalte "Gebiet" fehlt\. Meinten Sie "Gebit"\?',
        r'funds\.csv, row 1: The column "Area" is missing\.',
    ),
    "a hostile word": Case(
        "measures", "INV;laufend", "INV;=cmd|\x1b[31m",
        r'"=cmd\|\?\[31m" ist kein bekannter Code',
        r'"=cmd\|\?\[31m" is no known code',
    ),
    "half a row too much": Case(
        "funds", ";10000", ";10000;;5",
        r"funds\.csv, Zeile 2: Die Zeile hat mehr Zellen als die Kopfzeile \(5\)",
        r"funds\.csv, row 2: The row has more cells than the header \(5\)",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    town = new_city(tmp_path_factory.mktemp("made") / "town")
    for file in (town / "layers/town").glob("measures*.toml"):
        file.unlink()
    frame = gpd.GeoDataFrame(
        {"area_id": ["A", "B"], "valid_from": ["2010"] * 2}, geometry=squares(town, 2), crs="EPSG:25832"
    )  # fmt: skip
    frame.to_file(town / "data/town/p.gpkg", engine="pyogrio")
    (town / "layers/town/quarters.toml").write_text(PROGRAMME, encoding="utf-8")
    (town / "layers/town/register.toml").write_text(LAYER, encoding="utf-8")
    folder = town / "data/town/register"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return town


@pytest.fixture
def town(tmp_path, made) -> Path:
    return Path(shutil.copytree(made, tmp_path / "town"))


def spoil(town: Path, case: Case) -> None:
    file = town / "data/town/register" / f"{case.file}.csv"
    text = file.read_text(encoding="utf-8")
    assert case.old in text
    file.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")


def test_the_good_register_has_no_fault(made):
    said = check(made / "layers/town", "de")
    assert said.code == 0, said.text
    assert not said.errors + said.lines["warning"], said.text


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_in_one_sentence_and_nothing_is_written(town, name):
    case = CASES[name]
    spoil(town, case)
    before = fingerprint(town)
    for lang, wanted in (("de", case.de), ("en", case.en)):
        said = check(town / "layers/town", lang)
        told = said.lines[case.level]
        caused = [line for line in told if re.search(wanted, line)]
        assert len(caused) == 1, said.text
        assert said.code == (1 if case.level == "error" else 0)
        others = [line for line in told if line not in caused]
        assert name in ("a missing column", "a key twice") or not others, said.text
    assert fingerprint(town) == before


def test_all_faults_come_together_and_the_import_takes_nothing(town):
    for name in ("an unknown status", "costs that do not add up", "a mail address", "two versions of a catalogue"):
        spoil(town, CASES[name])
    bad = town / "bad"
    shutil.copytree(town / "data/town/register", bad)
    for name, text in FILES.items():
        (town / "data/town/register" / f"{name}.csv").write_text(text, encoding="utf-8")
    before = fingerprint(town / "data")
    code, text = ask("register", "import", str(town / "layers/town"), str(bad), "--lang", "en")
    assert code == 2
    for wanted in ("is no known code", "the total states", "e-mail address", "mixes the versions"):
        assert wanted in text
    assert fingerprint(town / "data") == before


def test_a_workbook_names_sheet_row_and_column(town):
    code, _ = ask("register", "template", str(town / "layers/town"), "--out", str(town / "r.xlsx"))
    assert code == 0
    book = openpyxl.load_workbook(town / "r.xlsx")
    book["Maßnahmen"]["C3"].value = "Gespräch mit Herrn Meier"
    book["Kosten"]["D5"].value = "1.700"
    book.save(town / "r.xlsx")
    code, text = ask("register", "import", str(town / "layers/town"), str(town / "r.xlsx"), "--lang", "de")
    assert code == 2
    assert 'r.xlsx, Maßnahmen, Zeile 3, Spalte "Bezeichnung": "Gespräch mit Herrn Meier" nennt eine Person' in text
    assert 'r.xlsx, Kosten, Zeile 5, Spalte "geplant (EUR)": "1.700" kann Tausender' in text


@pytest.mark.parametrize("suffix", ["xlsx", "gpkg", "txt"])
def test_a_file_that_is_none_is_named(town, suffix):
    file = town / f"bad.{suffix}"
    file.write_bytes(b"no register at all")
    code, text = ask("register", "import", str(town / "layers/town"), str(file), "--lang", "de")
    assert code == 2
    assert f"bad.{suffix}" in text


def test_likely_names_are_told_with_the_errors_and_a_day_that_is_none_in_a_geopackage(town):
    """A column of days in a base can hold a day that there is not: the layer is named, not the whole file."""
    code, _ = ask("register", "template", str(town / "layers/town"), "--to", "gpkg", "--out", str(town / "r.gpkg"))
    assert code == 0
    with sqlite3.connect(town / "r.gpkg") as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("UPDATE Organisationen SET Name = 'Fatma Yılmaz'")
        base.execute("UPDATE Bewilligungen SET Datum = '2024-02-30'")
    said = {"de": ("r.gpkg, Bewilligungen: Die Ebene ist nicht lesbar", "\nHinweis: r.gpkg, Organisationen"),
            "en": ("r.gpkg, Bewilligungen: The layer cannot be read", "\nWarning: r.gpkg, Organisationen")}  # fmt: skip
    for lang, wanted in said.items():
        code, text = ask("register", "import", str(town / "layers/town"), str(town / "r.gpkg"), "--lang", lang)
        assert code == 2
        assert all(one in text for one in wanted), text
        assert "Fatma Yılmaz" in text
