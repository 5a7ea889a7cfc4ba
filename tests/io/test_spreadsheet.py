"""Spreadsheets of three kinds, with what offices do to them."""

import datetime

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from qmgis.errors import MissingColumnError, SourceError
from qmgis.io.cells import grid, numbers
from qmgis.io.disk import extents
from qmgis.io.sources import spreadsheet

SOURCE = spreadsheet.SOURCE
ROWS = [["Residents"], [], ["id", "name", "n"], ["01", "Süd", 5], ["02", "Nord", 2.5], ["03", None, True]]


def xlsx(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
    return path


def xls(path, sheets):
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell)
    book.save(str(path))
    return path


def ods(path, sheets):
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for cells in rows:
            row = TableRow()
            for cell in cells:
                row.addElement(_ods_cell(cell))
            table.addElement(row)
        document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def _ods_cell(cell):
    if cell is None:
        return TableCell()
    if isinstance(cell, bool):
        return TableCell(valuetype="boolean", booleanvalue=str(cell).lower())
    if isinstance(cell, str):
        entry = TableCell(valuetype="string")
        entry.addElement(P(text=cell))
        return entry
    return TableCell(valuetype="float", value=cell)


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_three_formats_one_table(tmp_path, write):
    frame = SOURCE.read(write(tmp_path / f"t.{write.__name__}", {"a": ROWS}), {})
    assert frame.index.tolist() == [4, 5, 6]
    assert frame["id"].tolist() == ["01", "02", "03"]
    assert frame["n"].tolist() == [5.0, 2.5, True]
    assert isinstance(frame.loc[6, "n"], bool)
    assert frame.loc[6, "name"] is None
    assert frame.loc[4, "name"] == "Süd"


def test_ids_that_became_numbers_are_whole_floats_and_can_be_mended(tmp_path):
    frame = SOURCE.read(xlsx(tmp_path / "t.xlsx", {"a": [["id", "n"], [1011101, 1], [12304314, 2]]}), {})
    assert frame["id"].tolist() == [1011101.0, 12304314.0]
    assert numbers.as_ids(frame["id"], width=8)[0].tolist() == ["01011101", "12304314"]


def test_the_sheet_is_named_counted_or_the_only_one_with_a_table(tmp_path):
    path = xlsx(tmp_path / "t.xlsx", {"Titel": [["Hello"]], "T1": [["a", "b"], [1, 2]], "T2": [["c", "d"], [3, 4]]})
    with pytest.raises(SourceError, match='2 sheets with tables; name one as sheet: "T1", "T2"'):
        SOURCE.read(path, {})
    assert list(SOURCE.read(path, {"sheet": "T2"}).columns) == ["c", "d"]
    assert list(SOURCE.read(path, {"sheet": 2}).columns) == ["a", "b"]
    with pytest.raises(SourceError, match=r'no sheet "T22".* Did you mean "T2"'):
        SOURCE.read(path, {"sheet": "T22"})
    one = xlsx(tmp_path / "one.xlsx", {"Titel": [["Hello"]], "T1": [["a", "b"], [1, 2]]})
    assert SOURCE.read(one, {}).shape == (1, 2)


def test_merged_header_rows(tmp_path):
    path = tmp_path / "m.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        sheet.merge_range(0, 0, 1, 0, "Stichtag")
        sheet.merge_range(0, 1, 0, 2, "Deutsche")
        sheet.write_row(0, 3, ["Fläche\nin ha"])
        sheet.write_row(1, 1, ["m", "w"])
        sheet.write_datetime(2, 0, datetime.date(2000, 12, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(2, 1, [1, 2, 3])
    frame = SOURCE.read(path, {"header": [1, 2]})
    assert list(frame.columns) == ["Stichtag", "Deutsche m", "Deutsche w", "Fläche in ha"]
    assert frame.loc[3].tolist() == ["2000-12-31", 1.0, 2.0, 3.0]


def test_a_date_in_a_number_column_is_named(tmp_path):
    path = tmp_path / "d.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        sheet.write_row(0, 0, ["id", "S1"])
        sheet.write_row(1, 0, ["01", 3.12])
        sheet.write(2, 0, "02")
        sheet.write_datetime(2, 1, datetime.date(2020, 12, 3), book.add_format({"num_format": "d.m."}))
    (problem,) = numbers.parse(SOURCE.read(path, {})["S1"]).problems
    assert problem.row == 3
    assert "date" in problem.what.en


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "not a spreadsheet"), (b"a;b\n1;2\n", "not a spreadsheet"), (b"PK\x03\x04junk", "not a zip"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not a spreadsheet")],
)  # fmt: skip
def test_files_that_are_no_spreadsheets(tmp_path, content, message):
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        SOURCE.read(path, {})
    assert caught.value.de


def test_a_cell_in_the_last_corner_does_not_take_the_process_down(tmp_path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        sheet.write(0, 0, "id")
        sheet.write(1048575, 16383, "x")
    with pytest.raises(SourceError, match="reaches over 1048576 rows and 16384 columns"):
        SOURCE.read(path, {})


def test_a_repeated_cell_in_ods_is_counted(tmp_path):
    document = OpenDocumentSpreadsheet()
    table = Table(name="a")
    for repeated in (1, 1048575):
        row = TableRow(numberrowsrepeated=repeated)
        entry = TableCell(valuetype="string", numbercolumnsrepeated=16000)
        entry.addElement(P(text="x"))
        row.addElement(entry)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "far.ods"))
    with pytest.raises(SourceError, match="1048576 rows and 16000 columns"):
        extents.check(tmp_path / "far.ods")


def test_empty_ods_rows_at_the_end_do_not_count(tmp_path):
    document = OpenDocumentSpreadsheet()
    table = Table(name="a")
    for cells in (["id", "n"], ["01", 5]):
        row = TableRow()
        for cell in cells:
            row.addElement(_ods_cell(cell))
        table.addElement(row)
    row = TableRow(numberrowsrepeated=1048574)
    row.addElement(TableCell(numbercolumnsrepeated=16384))
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "t.ods"))
    assert SOURCE.read(tmp_path / "t.ods", {}).shape == (1, 2)


@pytest.mark.realdata
class TestReal:
    def test_2017_and_2013(self, realdata):
        frame = SOURCE.read(realdata / "berlin/mss/2017_MSS_cut.xlsx", {})
        assert frame.shape == (447, 51)
        assert frame.loc[2, "Nummer"] == "01011101"
        assert SOURCE.read(realdata / "berlin/mss/MSS_2013_cutforR.xls", {}).shape == (447, 31)

    def test_xls_and_csv_of_2013_say_the_same(self, realdata):
        from qmgis.io.sources import delimited

        sheet = SOURCE.read(realdata / "berlin/mss/MSS_2013_cutforR.xls", {})
        text = delimited.SOURCE.read(realdata / "berlin/mss/2013_MSS_cut.csv", {})
        ours = numbers.parse(sheet["S1"]).values
        theirs = numbers.parse(text["S1"]).values
        pd.testing.assert_series_equal(ours.round(2), theirs, atol=0.011)

    def test_the_2009_table_keeps_the_row_of_the_city(self, realdata):
        frame = SOURCE.read(realdata / "ugly/mss_2009_cut_merged_header.xlsx", {})
        assert frame.loc[2, "Planungsraum"] == "Berlin"
        assert frame.loc[2, "column_3"] == 3362842.0

    def test_the_statistical_report_asks_for_a_sheet_and_reads_merged_headers(self, realdata):
        path = realdata / "ugly/SB_A01-05-00_2024h02_BE.xlsx"
        with pytest.raises(SourceError, match="name one as sheet"):
            SOURCE.read(path, {})
        frame = SOURCE.read(path, {"sheet": "T1 T2", "header": [3, 4]})
        assert list(frame.columns[:5]) == [
            "Stichtag",
            "Insgesamt insgesamt",
            "Insgesamt männlich",
            "Insgesamt weiblich",
            "Deutsche zusammen",
        ]
        assert frame.loc[6].tolist()[:4] == ["2000-12-31", 3331232.0, 1616893.0, 1714339.0]

    def test_a_column_that_is_missing(self, realdata):
        with pytest.raises(MissingColumnError, match='Did you mean "S1"'):
            SOURCE.read(realdata / "berlin/mss/MSS_2013_cutforR.xls", {"columns": ["S 1"]})


def test_a_failed_formula_is_not_empty(tmp_path):
    """calamine gives `#DIV/0!` as an empty cell; it would pass for a missing value."""
    book = openpyxl.Workbook()
    book.active.append(["id", "n"])
    for cell in ("#DIV/0!", 5, "#N/A"):
        book.active.append(["a", cell])
    other = book.create_sheet("R&D")
    other.append(["id", "n"])
    other.append(["#REF!", 1])
    book.save(tmp_path / "a.xlsx")
    first = spreadsheet.SOURCE.read(tmp_path / "a.xlsx", {"sheet": 1})
    assert first["n"].tolist() == ["#DIV/0!", 5.0, "#N/A"]
    assert spreadsheet.SOURCE.read(tmp_path / "a.xlsx", {"sheet": "R&D"})["id"].tolist() == ["#REF!"]


def test_a_second_header_row_is_proposed():
    rows = [["Stand 2024"], ["Gebiet", "Name", "Alter"], [None, None, "0-5", "6-9"], ["01", "Mitte", 5, 6]]
    with pytest.raises(SourceError, match=r"the header \(row 2\) has 3 \(2 such rows\); .*two rows: header = \[1, 2\]"):
        grid.frame(rows, {"header": 2}, file="a.xlsx")
