"""areas.csv, areas_de.csv and areas.xlsx, read back by the standard library and openpyxl."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from qmgis.errors import OutputError
from qmgis.io.exports import delimited, delimited_de, spreadsheet
from qmgis.io.written import cells as _cells
from qmgis.model import Column, Text
from tests.io.exports.sample import COLUMNS, HOSTILE

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows_of(content: bytes, *, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


@pytest.fixture(scope="module")
def machine(outcome) -> list[dict[str, str]]:
    return rows_of(delimited.render(outcome, "de"))


@pytest.fixture(scope="module")
def german(outcome) -> list[dict[str, str]]:
    return rows_of(delimited_de.render(outcome, "en"), delimiter=";", encoding="utf-8-sig")


@pytest.fixture(scope="module")
def book(outcome):
    return openpyxl.load_workbook(io.BytesIO(spreadsheet.render(outcome, "de")))


def test_csv_has_every_column_in_order(outcome, machine):
    assert list(machine[0]) == ["area", *outcome.table.columns]
    assert [row["area"] for row in machine] == list(outcome.table.index)
    assert machine[0]["area"] == "01010000"


def test_csv_numbers_read_back_exactly(outcome, machine):
    for column in (column for column in COLUMNS if column.kind not in ("text", "code", "bool")):
        read = np.array([float(row[column.key]) if row[column.key] else np.nan for row in machine])
        np.testing.assert_array_equal(read, outcome.table[column.key].to_numpy(float), err_msg=column.key)


def test_csv_words(machine):
    assert [machine[1]["population"], machine[6]["kita_reached"], machine[1]["kita_order"]] == ["2360", "12.5", "2"]
    assert {row["attention"] for row in machine} == {"true", "false", ""}
    assert {row["dynamics_class"] for row in machine} == {"+", "+/-", "-", ""}
    assert "4-" in {row["group"] for row in machine}
    left_out = machine[0]
    assert left_out["left_out"] == "too_few_residents"
    assert [left_out[name] for name in ("status_index", "attention", "group", "z_unemployment")] == [""] * 4


def test_csv_line_ends_and_encoding(outcome):
    content = delimited.render(outcome, "de")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")
    assert b"\r\n" not in content
    assert content == delimited.render(outcome, "en")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_text_is_a_formula(machine, german, number):
    given = HOSTILE[number]
    expected = _cells.clean(given)
    for row, name in ((machine[number], "name"), (german[number], "Name")):
        assert not row[name].startswith(FORMULA)
        assert row[name] in (expected, f"'{expected}")
        assert "\x00" not in row[name]
        assert row[name].startswith("'") == given.startswith(FORMULA)


def test_codes_outside_the_list_are_guarded():
    column = Column("x", Text("x", "x"), "code", codes={"+": Text("p", "p")})
    assert _cells.machine_cell("+", column) == "+"
    assert _cells.machine_cell("-", column) == "'-"


def test_german_csv_is_for_people(german):
    row = german[1]
    assert row["Gebiet"] == "01010001"
    assert [row["Dynamik-Klasse"], row["Status-Klasse"], row["Aufmerksamkeit"]] == ["positiv", "mittel", "nein"]
    assert [row["Arbeitslosigkeit (%)"], row["Veränderung (Prozentpunkte)"]] == ["24,6", "0,1"]
    assert [row["Bevölkerung (Personen)"], row["Status-Index"], row["Kita: Weg (m)"]] == ["2360", "-0,29", "1449"]
    assert german[0]["Ausgelassen"] == "zu wenige Einwohner"
    assert german[3]["Arbeitslosigkeit (%)"] == ""
    assert german[3]["Zustände"] == "Arbeitslosigkeit: geheim; Kita: zu wenige Fälle"


def test_german_csv_opens_in_excel(outcome):
    content = delimited_de.render(outcome, "de")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")


def test_german_csv_keeps_equal_titles_apart(outcome):
    same = tuple(replace(column, title=Text("Gleich", "Same"), unit=Text("", "")) for column in outcome.columns)
    content = delimited_de.render(replace(outcome, columns=same), "de").decode("utf-8-sig")
    heads = next(csv.reader(io.StringIO(content), delimiter=";"))
    assert len(set(heads)) == len(heads)


def test_workbook_has_three_sheets(book, outcome):
    assert book.sheetnames == ["Lies mich", "Gebiete", "Codebuch"]
    read_me = [cell for row in book["Lies mich"].values for cell in row]
    assert outcome.recipe.id in read_me
    assert set(outcome.credits) <= set(read_me)
    assert {"CC0-1.0", "Eine Warnung", "2024"} <= set(read_me)
    codes = {row[0]: row for row in book["Codebuch"].iter_rows(min_row=2, values_only=True)}
    assert list(codes) == ["area", *outcome.table.columns]
    assert codes["status_class"][5] == "1 = hoch; 2 = mittel; 3 = niedrig; 4 = sehr niedrig"
    assert codes["value_unemployment"][2] == "%"


def test_workbook_cells(book, outcome):
    sheet = book["Gebiete"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:S{len(outcome.table) + 1}"
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, sheet[3], strict=True))
    assert row["Gebiet"].value == "01010001"
    assert row["Gebiet"].data_type == "s"
    assert row["Arbeitslosigkeit"].value == pytest.approx(outcome.table.loc["01010001", "value_unemployment"])
    assert row["Arbeitslosigkeit"].number_format == "0.0%"
    assert row["Bevölkerung (Personen)"].value == 2360
    assert row["Status-Klasse"].value == "mittel"
    assert dict(zip(heads, sheet[2], strict=True))["Status-Index"].value is None


def test_workbook_has_no_formula_and_no_link(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    names = [row[1] for row in book["Gebiete"].iter_rows(min_row=2, max_row=1 + len(HOSTILE), values_only=True)]
    assert [name.replace("_x000D_", "\r") for name in names] == [_cells.clean(text) for text in HOSTILE]


def test_workbook_is_dated_1980(outcome):
    content = spreadsheet.render(outcome, "de")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"1980-01-01" in archive.read("docProps/core.xml")


def test_workbook_cuts_long_text_and_says_so(outcome):
    table = outcome.table.copy()
    table.loc["01010002", "name"] = "ä" * 40_000
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.render(replace(outcome, table=table), "de")))
    assert len(book["Gebiete"]["B4"].value) == 32_767
    assert any("32.767" in str(cell) for row in book["Lies mich"].values for cell in row)


def test_workbook_refuses_more_than_a_sheet():
    with pytest.raises(OutputError, match="1048576"):
        spreadsheet._check_size(1_048_576, 3)


@pytest.mark.parametrize("values", [[True, None], pd.array([True, None], dtype="boolean")])
def test_flags_keep_their_gap(values):
    assert _cells.arrow_column(pd.Series(values), "bool").to_pylist() == [True, None]


def test_arrow_columns():
    assert _cells.arrow_column(pd.Series([1.0, np.nan]), "count").to_pylist() == [1, None]
    assert _cells.arrow_column(pd.Series([1.5, 2.0]), "count").to_pylist() == [1.5, 2.0]
    assert _cells.arrow_column(pd.array([1, None], dtype="Int64"), "code").to_pylist() == ["1", None]
    assert _cells.arrow_column(pd.Series([np.inf, 0.0]), "share").to_pylist() == [None, 0.0]
    assert _cells.arrow_column(pd.Series(["a\x00", None, ""]), "text").to_pylist() == ["a\ufffd", None, ""]
    assert _cells.arrow_column(pd.Series([2.0**60]), "count").type == "double"
