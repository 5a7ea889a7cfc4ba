"""A register out and in again: nothing is lost on the way, the earlier state is kept, and changes are told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmgis.errors import DataError, OutputError
from qmgis.io.register.cells import CellError, cents, number
from qmgis.io.register.content import csv_files
from qmgis.io.register.files import read_files
from qmgis.io.register.geopackage import write_geopackage
from qmgis.io.register.history import changes, history_of, import_register, write_template
from qmgis.io.register.layer import register_of
from qmgis.io.register.names import person_in, words_of
from qmgis.io.register.read import Around
from qmgis.io.register.workbook import workbook
from qmgis.io.rules.catalogues import code_lists, own_code_lists
from qmgis.io.rules.checklists import checklists
from qmgis.model import CODE_LISTS, REGISTER_TABLES, Register, Text, register_table

ROOT = Path(__file__).parents[2]
AROUND = Around("EPSG:25832", code_lists())
WORDS = words_of(code_lists()["organisation_words"].codes["organisation"].also)


def same(one: Register, other: Register) -> None:
    for name in REGISTER_TABLES:
        pd.testing.assert_frame_equal(one.table(name), other.table(name))
    pd.testing.assert_frame_equal(one.totals, other.totals)
    assert one.places.index.tolist() == other.places.index.tolist()
    assert shapely.equals_exact(one.places.to_numpy(), other.places.to_numpy(), 0).all()


def through(register: Register, folder: Path, suffix: str) -> Register:
    """Write a register and read it again."""
    path = folder / f"r{suffix}"
    if suffix == ".xlsx":
        path.write_bytes(workbook(register))
    elif suffix == ".gpkg":
        path.unlink(missing_ok=True)
        write_geopackage(path, register, crs="EPSG:25832")
    else:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        for name, text in csv_files(register).items():
            (path / name).write_bytes(text)
    return read(path)


def read(path: Path) -> Register:
    """Return the register of a folder or file, which has no errors."""
    made, found = register_of(read_files(path), AROUND)
    assert made is not None, [one.say("en") for one in found]
    return made


@pytest.fixture(scope="module")
def musterstadt() -> Register:
    return read(ROOT / "data/musterstadt/register")


@pytest.mark.parametrize("suffix", ["", ".xlsx", ".gpkg"])
def test_musterstadt_comes_back_whole(musterstadt, tmp_path, suffix):
    same(musterstadt, through(musterstadt, tmp_path, suffix))


@pytest.mark.parametrize("suffix", ["", ".xlsx", ".gpkg"])
def test_an_empty_register_comes_back_empty(tmp_path, suffix):
    empty = Register("register", Text("R", "R"), codes=code_lists())
    assert all(through(empty, tmp_path, suffix).table(name).empty for name in REGISTER_TABLES)


# Texts that are no blank at the ends, no control characters, and name no person.
WORD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
TEXT = st.lists(WORD, min_size=1, max_size=3).map("_".join).filter(lambda text: not person_in(text, WORDS, named=True))
AMOUNT = st.none() | st.integers(0, 10**13)
DAY = st.none() | st.dates(date(1900, 1, 1), date(2150, 12, 31))
NUMBER = st.none() | st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: float(f"{value:.6g}"))


def codes(name: str) -> st.SearchStrategy:
    return st.sampled_from(list(code_lists()[name].codes))


@st.composite
def registers(draw) -> Register:
    n = draw(st.integers(1, 4))
    ids = [f"M{spot}" for spot in range(n)]
    row = {
        "area": st.sampled_from(["A", "A, B", "B, A, C"]), "title": TEXT, "description": st.none() | TEXT,
        "main_field": st.just("HF1"),
        "other_fields": st.lists(codes("fields"), max_size=3, unique=True).map(tuple), "kind": st.just("MIX"),
        "investive_share": st.integers(0, 1000).map(lambda value: value / 1000), "status": st.just("suspended"),
        "target_groups": st.lists(codes("target_groups"), max_size=3, unique=True).map(tuple),
        "planned_start": DAY, "climate": st.none() | st.booleans(), "outputs": st.none() | TEXT,
        "Eigene Spalte": st.none() | TEXT, "priority": st.none() | st.integers(1, 3),
    }  # fmt: skip
    measures = register_table("measures", {"measure": ids} | {
        key: pd.Series([draw(values) for _ in ids], dtype=object) for key, values in row.items()
    })  # fmt: skip
    sources = draw(st.lists(codes("funding_sources").filter(lambda code: code != "total"), unique=True, max_size=4))
    costs = register_table("costs", {
        "measure": [ids[0]] * len(sources), "year": [2020] * len(sources), "source": sources,
        "planned_ct": pd.Series([draw(AMOUNT) for _ in sources], dtype=object),
        "spent_ct": pd.Series([draw(AMOUNT) for _ in sources], dtype=object),
    })  # fmt: skip
    goals = register_table("goals", {"goal": ["G1"], "area": ["A"], "level": ["field"], "text": [draw(TEXT)],
                                     "start_value": [draw(NUMBER)], "target_value": [draw(NUMBER)]})  # fmt: skip
    spots = draw(st.lists(st.tuples(st.floats(3e5, 7e5), st.floats(5.3e6, 6e6)), min_size=n, max_size=n))
    kept = [key for key in ids if draw(st.booleans())]
    points = [shapely.Point(*spot).buffer(5) if draw(st.booleans()) else shapely.Point(*spot) for spot in spots]
    places = gpd.GeoSeries(points[: len(kept)], index=pd.Index(kept, name="measure", dtype="str"), crs="EPSG:25832")
    return Register("register", Text("R", "R"), measures=measures, costs=costs, goals=goals, places=places,
                    codes=code_lists())  # fmt: skip


@pytest.mark.parametrize("suffix", ["", ".xlsx", ".gpkg"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(register=registers())
def test_any_register_comes_back_whole(tmp_path_factory, suffix, register):
    same(register, through(register, tmp_path_factory.getbasetemp(), suffix))


@given(st.integers(0, 10**14), st.sampled_from(["de", "en", "plain", "euro"]))
def test_amounts_in_any_writing_are_the_same_cents(amount, way):
    """Printed by the standard library's own rules, read back to the cent."""
    english = f"{Decimal(amount) / 100:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    text = {"de": german, "en": english, "plain": f"{Decimal(amount) / 100:.2f}", "euro": f"{german} €"}[way]
    assert cents(text) == amount


@pytest.mark.parametrize(
    ("cell", "fault"),
    [("1.700", "unclear_amount"), ("1,700", "unclear_amount"), ("-5", "negative_amount"), (-5.0, "negative_amount"),
     ("1,005.001", "split_cent"), (0.001, "split_cent"), ("1.7.0", "bad_amount"), ("k. A.", "bad_amount"),
     ("1e3", "bad_amount"), (True, "bad_amount"), ("5 %", "bad_amount"), ("١٧", "bad_amount"), ("99999999999999999",
     "huge_amount")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(cell, fault):
    with pytest.raises(CellError, match=fault):
        cents(cell)


def test_a_declared_decimal_mark_settles_what_is_unclear():
    assert cents("1.700", decimal=",") == 170000
    assert cents("1.700", decimal=".") == 170
    assert number("1.234.567") == Decimal(1234567)
    assert cents("1 700,5") == cents("1'700.50") == cents("1.700,50 EUR") == 170050
    assert cents("1700,-") == 170000


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Herr Yılmaz", "title"), ("Frau Prof. Dr. Klein", "title"), ("a@b.de", "mail"), ("Tel. 030 1234567", "phone"),
     ("+49 30 123456", "phone"), ("Meier, Anna", "likely"), ("Anna-Lena von Berg", "likely"), ("Quartiersrat", ""),
     ("Amt für Soziales", ""), ("Dr.-Külz-Straße", ""), ("Frauentreff Nord", ""), ("01.01.2018", ""),
     ("2017/103", ""), ("Stadtteilwerk gGmbH", ""), ("Rat", ""), ("Dr. Leo Mann Stiftung", ""),
     ("Anna Maria Müller", "likely"), ("A. Müller", "likely"),
     ("Fatma Yılmaz", "likely"), ("Łukasz Nowak", "likely"), ("ANNA MÜLLER", "likely"), ("AWO Essen", ""),
     ("Pfarrer Schmidt", "likely"), ("Dipl.-Ing. Anna Müller", "likely"), ("Vorsitzende der Jury", ""),
     ("Leo van der Heide", "likely"), ("O'Brien Sean", "likely")],
)  # fmt: skip
def test_persons_are_told_from_organisations(text, kind):
    assert person_in(text, WORDS, named=True) == kind


def test_every_code_list_ships_and_its_words_are_unambiguous():
    lists = code_lists()
    assert set(lists) == set(CODE_LISTS)
    for one in lists.values():
        titles = [code.title.de for code in one.codes.values()]
        assert len(set(titles)) == len(titles)
        assert one.version
        assert isinstance(one.date, date)


def test_a_citys_own_list_goes_first_and_its_faults_are_told(tmp_path):
    folder = tmp_path / "catalogues"
    folder.mkdir()
    text = 'title = "Felder"\nversion = "1"\ndate = 2024-01-01\nsource = "Stadt"\n[[code]]\ncode = "A"\nde = "Alles"\n'
    (folder / "fields.toml").write_text(text + 'en = "all"\n', encoding="utf-8")
    own, found = own_code_lists(tmp_path)
    assert not found
    assert list(code_lists(own)["fields"].codes) == ["A"]
    (folder / "fields.toml").write_text(text + 'en = "all"\n[[code]]\ncode = "B"\nde = "Alles"\n', encoding="utf-8")
    told = [one.say("en") for one in own_code_lists(tmp_path)[1]]
    assert any('"en" is missing' in one for one in told)


def test_changes_are_named_by_row_and_field(musterstadt):
    measures = musterstadt.measures.copy()
    measures.loc[0, "title"] = "Neu"
    bodies = musterstadt.bodies.iloc[1:].reset_index(drop=True)
    told = changes(musterstadt, replace(musterstadt, measures=measures, bodies=bodies))
    assert told.to_dict("records") == [
        {"table": "measures", "key": "M001", "change": "changed", "field": "title",
         "before": "Quartiersbüro und Stadtteilarbeit", "after": "Neu"},
        {"table": "bodies", "key": "G-QM-01-1", "change": "gone", "field": "", "before": "", "after": ""},
    ]  # fmt: skip
    assert changes(musterstadt, musterstadt).empty


@pytest.fixture
def city(tmp_path) -> Path:
    """A little city with the register of Musterstadt, and no programme areas to check it against."""
    from qmgis.io.city.newcity import new_city

    town = new_city(tmp_path / "town")
    for file in (town / "layers/town").glob("measures*.toml"):
        file.unlink()
    shutil.rmtree(town / "data/town/register", ignore_errors=True)
    shutil.copytree(ROOT / "data/musterstadt/register", town / "data/town/register")
    goals = town / "data/town/register/goals.csv"
    goals.write_text(goals.read_text(encoding="utf-8").replace("child_poverty", "unemployment"), encoding="utf-8")
    (town / "layers/town/own.toml").write_text(
        'kind = "measures"\ntitle = "M"\nlicence = "-"\ncredit = "-"\nsource = "register"\npath = "town/register"\n',
        encoding="utf-8",
    )
    return town / "layers/town"


@pytest.mark.parametrize("suffix", [".xlsx", ".gpkg"])
def test_an_import_keeps_the_earlier_state_and_tells_the_changes(city, tmp_path, suffix):
    folder = city.parents[1] / "data/town/register"
    before = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    made = write_template(city, tmp_path / f"r{suffix}")
    assert import_register(city, made).history is None
    assert {file.name: file.read_bytes() for file in folder.glob("*.csv")} == before
    changed = read(made)
    measures = changed.measures.assign(Aktenzeichen=pd.Series(["A 1", *[None] * 35], dtype="str"))
    through(replace(changed, measures=measures), tmp_path, suffix)
    done = import_register(city, tmp_path / f"r{suffix}", now=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert done.history == folder / "history" / "2025-01-02T030405Z"
    assert {file.name: file.read_bytes() for file in done.history.glob("*.csv") if file.name in before} == before
    assert done.changes[["key", "field", "after"]].to_dict("records") == [
        {"key": "M001", "field": "Aktenzeichen", "after": "A 1"}
    ]
    [(name, about, told)] = history_of(city)
    assert (name, about["changed"], about["file"]) == ("2025-01-02T030405Z", 1, f"r{suffix}")
    assert told["field"].tolist() == ["Aktenzeichen"]
    assert "Aktenzeichen" in (folder / "measures.csv").read_text(encoding="utf-8").splitlines()[0]


def test_a_template_overwrites_nothing(city, tmp_path):
    file = tmp_path / "r.xlsx"
    file.write_bytes(b"mine")
    with pytest.raises(DataError, match="not overwritten"):
        write_template(city, file)
    assert file.read_bytes() == b"mine"


def test_the_workbook_explains_itself(musterstadt):
    import io

    book = openpyxl.load_workbook(io.BytesIO(workbook(musterstadt, areas={"QM-01": "Nord"})))
    assert book.sheetnames[:2] == ["Maßnahmen", "Kosten"]
    assert book.sheetnames[-2:] == ["Felder", "Codes"]
    codes_sheet = [[cell.value for cell in row] for row in book["Codes"].iter_rows()]
    heads = {cell.value: cell.column_letter for cell in book["Maßnahmen"][1]}
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in book["Maßnahmen"].data_validations.dataValidation}
    first, last = (int(part.rpartition("$")[2]) for part in lists[f"{heads['Status']}2"].split(":"))
    shown = [row[1] for row in codes_sheet[first - 1 : last]]
    assert shown == [code.title.de for code in code_lists()["statuses"].codes.values()]
    explained = {row[2].value for row in book["Felder"].iter_rows(min_row=2)}
    assert {key for columns in REGISTER_TABLES.values() for key in columns} <= explained


def test_a_formula_stays_text(tmp_path):
    measures = register_table("measures", {"measure": ["M1"], "area": ["A"], "title": ["=1+1"], "main_field": ["HF1"],
                                           "kind": ["INV"], "status": ["idea"], "outputs": ["'=2"]})  # fmt: skip
    register = Register("register", Text("R", "R"), measures=measures, codes=code_lists())
    assert b";'=1+1;" in csv_files(register)["measures.csv"]
    for suffix in ("", ".xlsx", ".gpkg"):
        again = through(register, tmp_path, suffix)
        assert again.measures.loc[0, ["title", "outputs"]].tolist() == ["=1+1", "'=2"]


def test_a_shape_that_is_too_long_for_a_cell_is_refused(musterstadt):
    dense = musterstadt.places.copy()
    dense.iloc[0] = shapely.Point(590000, 5760000).buffer(30, quad_segs=1000)
    with pytest.raises(OutputError, match="GeoPackage"):
        workbook(replace(musterstadt, places=dense))


def test_an_item_that_a_catalogue_does_not_have_is_told_with_its_row_and_the_nearest(tmp_path):
    head = "Gebiet;Katalog;Fassung;Punkt;Datum;Stufe\n"
    rows = ("QM-01;standards;2022;Q13;2022-11-15;2\nQM-01;standards;2016;Z1;2021-11-15;2\n"
            "QM-01;conditions;2025;R1;2022-11-15;2\n")  # fmt: skip
    (tmp_path / "assessments.csv").write_text(head + rows, encoding="utf-8")
    _, found = register_of(read_files(tmp_path), replace(AROUND, checklists=checklists()))
    told = [one for one in found if one.column == "Punkt"]
    assert [one.row for one in told] == [2, 4]
    assert 'has no item "Q13"' in told[0].say("en")
    assert 'Meinten Sie "R' in told[1].say("de")


def test_what_is_known_is_said_in_the_language_of_the_sentence(tmp_path):
    text = "Maßnahme;Gebiet;Bezeichnung;Handlungsfeld;Art;Status\nM1;QM-01;X;HF1;INVV;idea\n"
    (tmp_path / "measures.csv").write_text(text, encoding="utf-8")
    _, found = register_of(read_files(tmp_path), AROUND)
    (told,) = [one for one in found if one.column == "Art"]
    assert "INV (investive)" in told.say("en")
    assert "INV (investiv)" in told.say("de")


@pytest.mark.parametrize(("version", "told"), [("1999", ["QM-01"]), ("2022", [])])
def test_assessments_that_no_version_in_force_counts_are_told(musterstadt, tmp_path, version, told):
    rows = musterstadt.table("assessments").query("area == 'QM-01'").assign(version=version)
    write_geopackage(tmp_path / "r.gpkg", replace(musterstadt, assessments=rows),
                     crs="EPSG:25832")  # fmt: skip
    made, found = register_of(read_files(tmp_path / "r.gpkg"), replace(AROUND, checklists=checklists()))
    assert made is not None
    said = [one for one in found if "do not count" in one.say("en")]
    assert [one.level for one in said] == ["warning"] * len(told)
    assert all("Version 2022 holds" in one.say("en") for one in said)


@pytest.mark.parametrize("cell", ["A; B", "A,B", " A ;B; A", "A, B"])
@pytest.mark.parametrize("suffix", ["", ".xlsx", ".gpkg"])
def test_several_areas_in_a_cell_are_read_however_they_are_written(tmp_path, suffix, cell):
    """As a person types it into each kind of file, not as we write it."""
    row = {"Maßnahme": "M1", "Gebiet": cell, "Bezeichnung": "Fest", "Handlungsfeld": "HF1", "Art": "SOC",
           "Status": "Idee"}  # fmt: skip
    path = tmp_path / f"r{suffix}"
    if suffix == ".xlsx":
        pd.DataFrame([row]).to_excel(path, sheet_name="Maßnahmen", index=False)
    elif suffix == ".gpkg":
        gpd.GeoDataFrame([row], geometry=[None], crs="EPSG:25832").to_file(path, layer="Maßnahmen", driver="GPKG")
    else:
        path.mkdir()
        pd.DataFrame([row]).to_csv(path / "Maßnahmen.csv", sep=";", index=False)
    (tmp_path / "again").mkdir()
    made, found = register_of(read_files(path), AROUND)
    assert not [one for one in found if one.level == "error"]
    assert made.measures["area"].tolist() == ["A, B"]
    same(made, through(made, tmp_path / "again", suffix))
