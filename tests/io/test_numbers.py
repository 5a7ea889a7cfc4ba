"""Numbers as publishers print them: states, marks, and no silent guess."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.errors import DataError
from qmgis.io.cells import marks, numbers
from qmgis.model import STATES


def column(*cells, name="S1"):
    return pd.Series(list(cells), dtype=object, index=range(2, len(cells) + 2), name=name)


def read(*cells, **options):
    found = numbers.parse(column(*cells), **options)
    return [None if math.isnan(value) else value for value in found.values], list(found.states), found.problems


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("", "missing"), (" ", "missing"), (None, "missing"), (np.nan, "missing"), (pd.NA, "missing"),
        ("-", "missing"), ("–", "missing"), ("...", "missing"), ("…", "missing"), (" - ", "missing"),
        (".", "secret"), ("•", "secret"), ("/", "too_small"), ("x", "not_applicable"), ("X", "not_applicable"),
        ("-9999", "missing"), (-9999.0, "missing"), ("-9999,0", "missing"), ("0", "ok"), (0.0, "ok"), ("-0", "ok"),
    ],
)  # fmt: skip
def test_official_signs_stay_apart(cell, state):
    values, states, problems = read(cell)
    assert states == [state]
    assert values == [0.0 if state == "ok" else None]
    assert not problems


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12,5", "3"], [12.5, 3]),
        (["12.5", "-3"], [12.5, -3]),
        (["1.234,5", "1.234"], [1234.5, 1234]),
        (["1,234.5", "1,234"], [1234.5, 1234]),
        (["1.234.567"], [1234567]),
        (["1 788 994", " 122 815    ", "-  23"], [1788994, 122815, -23]),
        (["1\u00a0234,5", "1\u202f234,5", "1\u2009234"], [1234.5, 1234.5, 1234]),
        (["1'234.5", "1’234"], [1234.5, 1234]),
        ([".707", "-.5", "0.123"], [0.707, -0.5, 0.123]),
        (["12,345", "3,5"], [12.345, 3.5]),
        (["12,5 %", "3%"], [12.5, 3]),
        (["−5", "–7", "+3"], [-5, -7, 3]),
        (["1e5", "2,5E+03"], [100000, 2500]),
        (["00123", "1.", "12345678901"], [123, 1, 12345678901]),
        ([3114.0, 7, np.int64(5), np.float64(0.5)], [3114, 7, 5, 0.5]),
        (["\ufeff12", "1\u200b3"], [12, 13]),
    ],
)
def test_numbers_as_printed(cells, expected):
    values, states, problems = read(*cells)
    assert values == pytest.approx(expected)
    assert set(states) == {"ok"}
    assert not problems


@pytest.mark.parametrize("cells", [["12,345"], ["1.234", "2.345"], ["2,930", "4,818", "560"], ["1.234", "1,234"]])
def test_thousands_or_decimals_is_an_error_and_never_guessed(cells):
    values, _, problems = read(*cells)
    assert [problem.level for problem in problems] == ["error"]
    assert cells[0] in problems[0].what.en
    assert "decimal" in problems[0].remedy.en
    assert [value for value in values if value] == [float(cell) for cell in cells if cell.isdigit()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"decimal": ","}, 1234), ({"decimal": "."}, 1.234), ({"thousands": "."}, 1234), ({"thousands": ","}, 1.234)],
)
def test_the_layer_file_settles_it(options, expected):
    assert read("1.234", **options)[0] == [expected]


def test_a_decimal_comma_is_not_read_as_thousands():
    values, _, problems = read("12,5", decimal=".")
    assert values == [None]
    assert problems[0].row == 2
    assert problems[0].level == "error"
    assert '"12,5"' in problems[0].what.en


def test_uneven_writing_is_a_warning():
    values, _, problems = read("1.234", "12,5")
    assert values == [1234, 12.5]
    assert [problem.level for problem in problems] == ["warning"]
    assert read("1.234", "5678", decimal=",")[2][0].level == "warning"
    assert not read("1.234", "567", decimal=",")[2]


def test_two_decimal_marks_are_an_error_with_the_row():
    values, _, problems = read("1.5", "2.5", "3,5")
    assert values == [1.5, 2.5, None]
    assert {problem.level for problem in problems} == {"error"}
    assert [problem.row for problem in problems] == [None, 4]


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("abc", "not a number"), ("(12)", "not a number"), ("5-", "not a number"), ("1_000", "not a number"),
        ("0x10", "not a number"), ("nan", "not a number"), ("inf", "not a number"), ("١٢", "not a number"),
        (",", "not a number"), ("- -5", "not a number"), (True, "not a number"), ("<b>1</b>", "not a number"),
        ("12.03.2020", "date"), ("2020-03-12", "date"), ("12. Mrz", "date"), ("12/03/2020", "date"),
        (float("inf"), "finite"), ("12 34", "fit"), ("1.23.4", "fit"), ("1,234.5.6", "fit"), ("1e999", "finite"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_named_with_row_and_value(cell, word):
    found = numbers.parse(column("7", cell))
    assert np.isnan(found.values[3])
    assert found.states[3] == "missing"
    (problem,) = found.problems
    assert (problem.level, problem.row, problem.column) == ("error", 3, "S1")
    assert word in problem.what.en
    assert str(cell) in problem.what.en
    assert problem.remedy.de
    assert problem.remedy.en


def test_many_faults_are_one_problem_with_rows():
    (problem,) = read("1", *["k. A."] * 9)[2]
    assert problem.row == 3
    assert "8 more (rows 4, 5, 6, 7, …)" in problem.what.en


def test_hostile_values_are_shown_short_and_printable():
    (problem,) = read("1", "\x1b[31m" + "a" * 500)[2]
    assert len(problem.what.en) < 80
    assert problem.what.en.isprintable()


def test_signs_and_sentinels_of_the_layer_file():
    assert read("-", signs={"-": "zero"})[0] == [0.0]
    assert read("k. A.", "g", signs={"k. A.": "missing", "g": "secret"})[1] == ["missing", "secret"]
    assert read("-1", "5", missing=[-1])[1] == ["missing", "ok"]
    assert read(-999.0, 5.0, missing=[-999])[1] == ["missing", "ok"]
    with pytest.raises(DataError, match="one of missing"):
        read("-", signs={"-": "nothing"})


@pytest.mark.parametrize("options", [{"decimal": ";"}, {"decimal": ",", "thousands": ","}, {"thousands": "_"}])
def test_unknown_marks_are_refused(options):
    with pytest.raises(DataError, match="do not go together"):
        read("1", **options)


def test_percent_signs_on_some_values_only_are_said():
    assert [problem.level for problem in read("12 %", "5")[2]] == ["warning"]


def test_footnote_marks_are_passed_over_and_said():
    values, _, problems = read("2 500¹", "3*", "4")
    assert values == [2500, 3, 4]
    assert [problem.level for problem in problems] == ["note"]


def test_the_argument_is_not_changed_and_the_index_is_kept():
    cells = column("1,5", None, "x")
    before = cells.copy()
    found = numbers.parse(cells)
    pd.testing.assert_series_equal(cells, before)
    assert list(found.values.index) == list(cells.index)
    assert found.values.name == "S1"
    assert numbers.parse(column()).values.empty


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.integers(), st.booleans()), max_size=20))
def test_any_cells_give_numbers_or_named_problems(cells):
    series = pd.Series(cells, dtype=object)
    found = numbers.parse(series)
    assert set(found.states) <= set(STATES)
    assert ((found.states == "ok") == found.values.notna()).all()
    assert np.isfinite(found.values.dropna()).all()
    for problem in found.problems:
        assert problem.say("de")
        assert problem.say("en")


@settings(deadline=None)
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False).map(float), min_size=1, max_size=30),
    st.sampled_from([(",", "."), (".", ","), (",", " "), (".", " "), (",", "'"), (",", "\u00a0"), (",", "")]),
)
def test_what_a_german_office_prints_reads_back(values, style):
    decimal, thousands = style
    printed = [f"{value:,.2f}".translate(str.maketrans({",": thousands, ".": decimal})) for value in values]
    found = numbers.parse(pd.Series(printed, dtype=object))
    expected = [math.nan if value == -9999 else value for value in values]
    np.testing.assert_array_equal(found.values, expected)
    assert not [problem for problem in found.problems if problem.level == "error"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30), st.sampled_from(".,"))
def test_grouped_whole_numbers_are_right_or_refused(values, mark):
    printed = [f"{value:,}".replace(",", mark) for value in values]
    found = numbers.parse(pd.Series(printed, dtype=object))
    right = pd.Series(values, dtype=float)
    assert (found.values.isna() | (found.values == right)).all()
    if found.values.isna().any():
        assert found.problems[0].level == "error"


def test_shape_of_an_exponent_is_never_thousands():
    assert marks.shape("1.234e5") == marks.Shape(decimal=".")


class TestIds:
    def test_text_numbers_and_blanks(self):
        ids, problems = numbers.as_ids(column("01011101", 1011102.0, 12304314, " 12304313 ", "DE\u00a01"))
        assert list(ids) == ["01011101", "1011102", "12304314", "12304313", "DE 1"]
        assert not [problem for problem in problems if problem.level == "error"]

    def test_lost_leading_zero_is_named_and_can_be_filled(self):
        cells = column(1011101.0, 12304314.0, 2020101.0)
        ids, (problem,) = numbers.as_ids(cells)
        assert list(ids) == ["1011101", "12304314", "2020101"]
        assert (problem.level, problem.row) == ("warning", 2)
        assert "leading zero" in problem.what.en
        ids, problems = numbers.as_ids(cells, width=8)
        assert list(ids) == ["01011101", "12304314", "02020101"]
        assert not problems

    @pytest.mark.parametrize("cell", ["1.10011E+07", 1.5, True, 1e17])
    def test_converted_ids_are_errors(self, cell):
        _, problems = numbers.as_ids(column("01011101", cell))
        assert "error" in {problem.level for problem in problems}

    def test_an_id_that_is_missing_stays_missing(self):
        ids, (problem,) = numbers.as_ids(column("01", None, " ", float("nan")))
        assert list(ids) == ["01", None, None, None]
        assert (problem.row, problem.level) == (3, "warning")

    def test_numbers_of_districts_are_not_suspected(self):
        assert not numbers.as_ids(column("1", "12", "101"))[1]
        assert not numbers.as_ids(column("0101", "11001"))[1]

    @settings(deadline=None)
    @given(st.lists(st.text(max_size=10), max_size=20))
    def test_any_text(self, cells):
        ids, _ = numbers.as_ids(pd.Series(cells, dtype=object))
        assert all(text is None or (isinstance(text, str) and text) for text in ids)

    @settings(deadline=None)
    @given(st.integers(0, 2**53 - 1))
    def test_whole_floats_keep_every_digit(self, number):
        assert list(numbers.as_ids(pd.Series([float(number)], dtype=object))[0]) == [str(number)]
