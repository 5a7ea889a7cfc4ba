"""Text tables in the forms that offices send."""

import csv
import gzip
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.errors import MissingColumnError, SourceError
from qmgis.io.cells import grid, numbers
from qmgis.io.sources import delimited

SOURCE = delimited.SOURCE


@pytest.fixture
def table(tmp_path):
    def write(content, **options):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return SOURCE.read(path, options)

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends_are_found_out(table, encoding, mark, end):
    lines = ["Nummer|Name|Größe", "01011101|Stülerstraße|1", "01011102|Großer Tiergarten|2", ""]
    frame = table(end.join(lines).replace("|", mark).encode(encoding))
    assert list(frame.columns) == ["Nummer", "Name", "Größe"]
    assert frame["Nummer"].tolist() == ["01011101", "01011102"]
    assert frame.loc[2, "Name"] == "Stülerstraße"
    assert frame.index.tolist() == [2, 3]
    assert frame.index.name == "row"
    assert all(pd.api.types.is_object_dtype(kind) for kind in frame.dtypes)


def test_decimal_commas_do_not_fool_the_delimiter(table):
    frame = table("id;a;b\n01;1,5;2,5\n02;3,5;4,5\n")
    assert frame["a"].tolist() == ["1,5", "3,5"]


def test_quotes_hold_delimiters_thousands_and_line_ends(table):
    frame = table('id,n,name\n01,"2,930","a\nb"\n02,"4,818","say ""hi"""\n')
    assert frame["n"].tolist() == ["2,930", "4,818"]
    assert frame["name"].tolist() == ["a\nb", 'say "hi"']


def test_titles_blank_rows_and_footnotes_are_left_out_and_said(table):
    text = (
        "Einwohner 2024;;\nStand: 31.12.2024;;\n\nid;n;m\n01;5;6\n;;\n02;.;-\n\n© Amt für Statistik\n1) vorläufig;;\n"
    )
    frame = table(text)
    assert frame.index.tolist() == [5, 7]
    assert list(frame.columns) == ["id", "n", "m"]
    (note,) = frame.attrs["problems"]
    assert (note.level, note.row) == ("note", 9)
    assert "Amt für Statistik" in note.what.en


@pytest.mark.parametrize(
    "note", ["1  Einschließlich unbekannt.;;", "Quelle: Amt", ";Korrektur am 18.05.;", "*) vorläufig;;"]
)
def test_footnotes_in_many_forms(table, note):
    assert table(f"id;n;m\n01;5;6\n{note}\n")["id"].tolist() == ["01"]


def test_a_last_area_without_values_is_not_taken_for_a_footnote(table):
    frame = table("id;n;m\n01;5;6\n02;;\n")
    assert frame["id"].tolist() == ["01", "02"]
    assert frame.loc[3, "n"] is None


def test_the_last_row_can_be_named(table):
    """Totals below the areas may bear the name of an area (Hamburg: the district and the quarter Harburg)."""
    text = b"Gebiet;Zahl\nHarburg;5\nVeddel;6\nHarburg;100\n"
    assert table(text, last=3).index.tolist() == [2, 3]
    assert len(table(text)) == 3


def test_header_and_skip_can_be_named(table):
    text = "a;b;c\nx;y;z\n1;2;3\n"
    assert list(table(text, header=2).columns) == ["x", "y", "z"]
    assert list(table(text, skip=1).columns) == ["x", "y", "z"]
    assert table(text, header=2).index.tolist() == [3]
    assert list(table("Einwohner;;Alter\nm;w;x\n1;2;3\n", header=[1, 2]).columns) == [
        "Einwohner m",
        "Einwohner w",
        "Alter x",
    ]


def test_blank_and_repeated_headings_become_unique(table):
    frame = table("id;;n; n ;n\nn\n01;a;1;2;3\n".replace("\nn\n", "\n"))
    assert list(frame.columns) == ["id", "column_2", "n", "n_2", "n_3"]
    assert any("n_2" in problem.what.en for problem in frame.attrs["problems"])


def test_columns_are_chosen_or_missed_with_a_hint(table):
    assert list(table("id;Dau10;c\n1;2;3\n", columns=["c", "id"]).columns) == ["c", "id"]
    with pytest.raises(MissingColumnError, match=r'no column "Dau1O".* Did you mean "Dau10"'):
        table("id;Dau10;c\n1;2;3\n", columns=["Dau1O"])


def test_short_rows_are_filled_and_said(table):
    frame = table("id;a;b\n01;1;2\n02;1\n03;1;2\n")
    assert frame.loc[3, "b"] is None
    assert frame.attrs["problems"][0].row == 3


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", {}, "not a table"),
        (b"one\ntwo\nthree\n", {}, "no delimiter"),
        (b"id;n\n", {}, "no rows"),
        (b"PK\x03\x04\x00\x00\x00", {}, "not a text file"),
        (b"\x00\x01\x02;\x00\n", {}, "not a text file"),
        ("ä;b\n1;2\n".encode("cp1252"), {"encoding": "utf-8"}, "row 1: not text in utf-8"),
        (b"a;b\n1;2\n", {"encoding": "klingon"}, "no encoding"),
        (b' {"a": 1, "b": 2}', {}, "JSON or XML"),
        (b"<html>a;b</html>", {}, "JSON or XML"),
        (b"a;b\n1;2\n", {"header": 9}, "no header in row 9"),
        (b"a;b\n1;2;3\n1;2\n", {"delimiter": ";"}, "row 2: 3 cells"),
        (b"a;b\n1;2\n", {"delimiter": ";;"}, "cannot be cut"),
        (b"\x1f\x8bbroken", {}, "broken gzip"),
    ],
)
def test_hostile_or_broken_files_give_one_sentence(table, content, options, message):
    with pytest.raises(SourceError, match=message) as caught:
        table(content, **options)
    assert caught.value.de
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match=r"none\.csv cannot be read"):
        SOURCE.read(tmp_path / "none.csv", {})


def test_a_gzip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_BYTES", 10_000)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"a;b\n" * 10_000))
    with pytest.raises(SourceError, match="unpacks to more"):
        SOURCE.read(tmp_path / "bomb.csv.gz", {})
    (tmp_path / "large.csv").write_bytes(b"a;b\n" * 10_000)
    with pytest.raises(SourceError, match="larger than"):
        SOURCE.read(tmp_path / "large.csv", {})


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8).filter(lambda text: text.strip())


@settings(deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=3, max_size=12),
    st.sampled_from([";", ",", "\t", "|"]),
)
def test_what_is_written_is_read(tmp_path_factory, rows, mark):
    path = tmp_path_factory.mktemp("fuzz") / "t.csv"
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "a", "b"], *rows])
    path.write_text(buffer.getvalue(), encoding="utf-8")
    frame = SOURCE.read(path, {"delimiter": mark, "header": 1})
    assert frame.to_numpy().tolist() == rows


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_one_sentence(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "t.csv"
    path.write_bytes(data)
    try:
        frame = SOURCE.read(path, {})
    except SourceError:
        return
    assert frame.columns.is_unique
    for name in frame.columns:
        numbers.parse(frame[name])
        numbers.as_ids(frame[name])


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from(["a", "1", "x y"]), st.floats(0, 9)), max_size=5), max_size=8
    )
)
def test_any_rows_give_a_frame_or_one_sentence(rows):
    try:
        frame = grid.frame(rows, {}, file="f")
    except SourceError:
        return
    assert frame.columns.is_unique
    assert frame.index.is_monotonic_increasing


@pytest.mark.realdata
class TestReal:
    @pytest.mark.parametrize(
        ("name", "rows", "columns"),
        [
            ("berlin/mss/2013_MSS_cut.csv", 447, 44),
            ("berlin/mss/2021_mss_index-indikatoren_z-werte_plr.csv", 542, 15),
            ("berlin/population/WHNDAUER2016_Matrix.csv", 447, 13),
            ("berlin/population/EWR_L21_202412E_Matrix.csv", 542, 51),
            ("berlin/facilities/public_parks_gruenanlagenbestand.csv", 2556, 14),
            ("berlin/indicators/gssa_2022_planungsraeume.csv", 448, 12),
            ("england/imd2019_england_lsoa11.csv.gz", 32844, 17),
            ("ugly/hamburg_stadtteilprofile_2014.csv", 107, 69),
            ("koeln/bevoelkerung.csv", 29135, 9),
        ],
    )
    def test_rows_and_columns_as_the_publisher_has_them(self, realdata, name, rows, columns):
        assert SOURCE.read(realdata / name, {}).shape == (rows, columns)

    def test_hamburg_with_blanks_between_thousands(self, realdata):
        frame = SOURCE.read(realdata / "ugly/hamburg_stadtteilprofile_2014.csv", {})
        people = numbers.parse(frame["Bevölkerung"])
        assert not people.problems
        city = frame["Stadtgebiet"] == "Hamburg"
        assert people.values[city].tolist() == [1788994.0]
        districts = people.values[frame.index[-8:]].iloc[:-1]
        assert districts.sum() == 1788994.0
        states = {state for name in frame.columns[1:] for state in numbers.parse(frame[name]).states}
        assert states == {"ok", "secret", "missing"}
        assert not [p for name in frame.columns[1:] for p in numbers.parse(frame[name]).problems if p.level == "error"]

    def test_the_thousands_comma_of_2013_is_asked_for(self, realdata):
        frame = SOURCE.read(realdata / "berlin/mss/2013_MSS_cut.csv", {})
        cells = frame["EW 31.12.2012"]
        assert numbers.parse(cells).problems[0].level == "error"
        told = numbers.parse(cells, thousands=",")
        assert not told.problems
        assert told.values.iloc[0] == 2930

    def test_parks_of_berlin_have_a_decimal_comma_and_missing_years(self, realdata):
        frame = SOURCE.read(realdata / "berlin/facilities/public_parks_gruenanlagenbestand.csv", {})
        years = numbers.parse(frame["Baujahr"])
        assert (years.states == "missing").any()
        assert not years.problems


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'a;b;c\n1;"x;2\n3;y;4\n5;z;6\n', r"row 2: a quote \(\"\) is opened and never closed"),
        (b"a;b\n1;2\n" * 50_000 + b"3;\x00\n", r"row 100001 holds a NUL"),
        (b"\xef\xbb\xbfa;b\n1;\xe4\n", "row 2: two encodings in one file"),
        (b"\xef\xbb\xbf \n\n", "is empty and not a table"),
    ],
)
def test_what_is_wrong_with_a_text_is_named(table, content, message):
    with pytest.raises(SourceError, match=message) as caught:
        table(content)
    assert caught.value.de != caught.value.en


def test_quotes_over_several_lines_are_no_fault(table):
    frame = table(b'id;note\n1;"two\nlines"\n2;"a;b"\n3;"last\n"')
    assert frame["note"].tolist() == ["two\nlines", "a;b", "last\n"]
