"""The files of a run about other years: they read back exactly, are guarded, and are written with the others."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qmgis.errors import NotEnoughDataError
from qmgis.io.written.cells import machine_cell, machine_cells
from qmgis.model import Column, Text
from qmgis.runs.demo import demo_city
from qmgis.runs.secrecy.veiled import result_of
from qmgis.runs.write import write_city
from qmgis.runs.years.changes import what_changed
from qmgis.runs.years.numbers import series
from qmgis.runs.years.series_files import changes_columns, changes_csv, over_time, series_columns, series_csv
from tests.toy import toy_city


@pytest.fixture(scope="module")
def demo():
    return demo_city()


@pytest.fixture(scope="module")
def files(demo) -> dict[str, bytes]:
    return over_time(demo, "mss-2024").files


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype={"unit": str, "area": str, "label": str}, keep_default_na=True)


def test_numbers_read_back_exactly(demo, files):
    table = read(files["series.csv"])
    assert list(table.columns) == [column.key for column in series_columns()]
    assert set(table["of"]) == {"area", "district", "city", "programme"}
    here = table[(table["of"] == "area") & (table["key"] == "transfer")].set_index(["unit", "year"])
    known = series(demo, "transfer").frame
    assert len(here) == len(known)
    for name in ("value", "low", "high", "exact", "error"):
        pd.testing.assert_series_equal(here[name], known[name], check_names=False, check_index_type=False, rtol=1e-14)
    assert (here["state"] == known["state"]).all()


def test_a_cell_is_empty_exactly_where_its_state_says_why(files):
    table = read(files["series.csv"])
    assert (table["value"].notna() == (table["state"] == "ok")).all()
    hidden = table[table["state"].isin(["secret", "too_small"])]
    assert len(hidden)
    assert hidden[["count", "low", "high"]].isna().all(axis=None)


def test_nothing_that_a_run_hides_is_in_its_file(demo, files):
    table = read(files["series.csv"])
    result = result_of(demo, "mss-2024")
    for name in (name for name in result.parts if name.startswith("value_")):
        gone = result.parts.index[result.seen[name].isna() & result.parts[name].notna()]
        rows = table[(table["of"] == "area") & (table["key"] == name.removeprefix("value_")) & (table["year"] == 2024)]
        assert rows[rows["unit"].isin(gone)]["value"].isna().all()


def test_what_changed_is_that_since_the_edition_before(demo, files):
    table = read(files["changes.csv"]).set_index("area")
    assert set(table["since"]) == {"mss-2022"}
    frame = what_changed(demo, "mss-2022", "mss-2024").changes.frame
    assert (table["kind"] == frame["kind"].astype(str)).all()
    parts = [f"class_{cause}" for cause in ("data", "noise", "boundary", "method")]
    known = table["class_before"].notna() & table["class_after"].notna() & table[parts].notna().all(axis=1)
    added = table.loc[known, parts].sum(axis=1)
    assert added.to_numpy() == pytest.approx(
        (table["class_after"] - table["class_before"])[known].to_numpy(), abs=1e-12
    )
    assert not [column.key for column in changes_columns() if column.key.startswith("index")]


def test_the_earliest_run_has_nothing_before_it(demo):
    assert set(over_time(demo, "mss-2018").files) == {"series.csv"}
    assert over_time(demo, "mss-2018").warnings == ()


def test_a_change_that_cannot_be_told_is_said_in_the_runs_warnings(tmp_path: Path, monkeypatch):
    """As in Berlin, where MSS 2017 needs an indicator that the edition of 2021 does not have."""

    def fails(*_):
        raise NotEnoughDataError("Long-term unemployment is missing.", de="Langzeitarbeitslosigkeit fehlt.")

    monkeypatch.setattr("qmgis.runs.years.series_files.what_changed", fails)
    (outcome,) = write_city(toy_city(), tmp_path, only="mss-2024")
    assert not (tmp_path / "mss-2024" / "changes.csv").exists()
    said = json.loads((tmp_path / "mss-2024" / "run.json").read_text(encoding="utf-8"))["warnings"]
    assert said[-1]["en"] == (
        'Without changes.csv: what changed since "mss-2022" cannot be said. Long-term unemployment is missing.'
    )
    assert outcome.warnings[-1].de.startswith("Ohne changes.csv")
    assert outcome.warnings[-1].de.endswith("Langzeitarbeitslosigkeit fehlt.")


def test_people_read_words_and_a_decimal_comma(demo):
    text = series_csv([series(demo, "class"), series(demo, "transfer")], lang="de").decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith("Art der Einheit;Kennung;Name")
    assert "Gebiet;01010101;Neue Vorstadt;class;Klasse;2024;" in text
    row = next(line for line in lines if ";transfer;Transferbezug;2024;" in line)
    assert ";12,47;" in row
    found = what_changed(demo, "mss-2022", "mss-2024")
    german = changes_csv(found, demo.areas.frame["name"], lang="de").decode("utf-8-sig")
    assert "Unverändert" in german


def test_a_name_is_no_formula(tmp_path):
    text = over_time(toy_city(), "mss-2024").files["series.csv"].decode()
    assert "onerror" in text
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.startswith(("=", "@"))]


def test_runs_write_them_with_the_other_files(tmp_path: Path):
    city = toy_city()
    write_city(city, tmp_path / "one", only="mss-2024")
    write_city(city, tmp_path / "two", only="mss-2024")
    for name in ("series.csv", "changes.csv"):
        assert (tmp_path / "one" / "mss-2024" / name).read_bytes() == (
            tmp_path / "two" / "mss-2024" / name
        ).read_bytes()
    seconds = json.loads((tmp_path / "one" / "mss-2024" / "log.json").read_text())["seconds"]
    assert "series.csv" in seconds


@pytest.mark.parametrize(("kind", "values"), [
    ("share", [0.1, np.nan, np.inf, -0.0, 1e-20, 2.0]), ("number", [1, 2, 2]), ("order", [2020.0, 2022.0, np.nan]),
    ("text", ["=1", None, "a", "a", "-"]), ("code", ["ok", None, 1.0, "ok"]), ("bool", [True, False, None, True]),
])  # fmt: skip
def test_a_column_of_cells_is_what_each_cell_is(kind, values):
    column = Column("x", Text("", ""), kind, codes={"ok": Text("gut", "good")} if kind == "code" else {})
    for cells in (pd.Series(values), pd.Series(values, dtype=object)):
        assert machine_cells(cells, column) == [machine_cell(one, column) for one in cells.tolist()]
