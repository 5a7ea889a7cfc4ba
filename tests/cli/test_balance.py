"""``qmgis balance`` and ``qmgis plan`` of a folder with a register."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from qmgis.io.city.newcity import new_city
from tests.io.test_events import put
from tests.spoilt import ask

TABLES = {
    "measures": "measure;area;title;main_field;kind;investive_share;status;part\n"
    "M1;A;Park;HF3;INV;;running;1\nM2;A;Fest;HF1;MIX;0,25;idea;2\nM3;B;Rat;HF5;SOC;;cancelled;1\n",
    "costs": "measure;year;source;planned_ct;approved_ct\n"
    "M1;2024;efre;1000,01;500,00\nM1;2025;land;2000,00;\nM2;2025;land;10,02;\nM3;2025;land;7,00;\n",
    "funds": "fund;area;type;year;budget_ct\nF1;A;aktionsfonds;2024;10000,00\n",
    "grants": "grant;fund;year;amount_ct;purpose\nG1;F1;2024;1500,01;Beete\n",
}
LAYER = """kind = "measures"
title = "Maßnahmen"
licence = "CC0-1.0"
credit = "erfunden"
source = "register"
path = "town/register"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    town = new_city(tmp_path_factory.mktemp("made") / "town")
    rows = {"area_id": ["A", "B"], "name": ["Nord", "Süd"], "valid_from": ["2010", "2010"],
            "status": ["running", "running"], "programme_id": ["Soziale Stadt"] * 2}  # fmt: skip
    put(town, rows, ["A;designate;2010;;;;;;", "B;designate;2010;;;;;;"])
    folder = town / "layers/town"
    (folder / "measures.toml").write_text(LAYER, encoding="utf-8")
    (folder / "catalogues").mkdir(exist_ok=True)
    (folder / "catalogues/funds.toml").write_text('land = "BE"\n')
    tables = town / "data/town/register"
    shutil.rmtree(tables, ignore_errors=True)  # what a new city begins with
    tables.mkdir()
    for name, text in TABLES.items():
        (tables / f"{name}.csv").write_text(text, encoding="utf-8")
    return town


def test_balance_as_a_table(town):
    code, text = ask("balance", str(town / "layers/town"), "--lang", "en")
    assert code == 0, text
    assert "public space" in text
    assert "€1,500.01" in text  # what is not kept
    assert "entries without an amount" in text
    together = next(line for line in text.splitlines() if line.startswith("together") and "all kinds" in line)
    assert "3,017.03" in together


def test_balance_for_machines_and_of_one_area(town):
    code, text = ask("balance", str(town / "layers/town"), "--by", "source", "--area", "A", "--json")
    assert code == 0, text
    found = json.loads(text)
    whole = next(row for row in found["balance"] if row["group"] == row["kind"] == "all")
    assert (whole["planned_ct"], whole["approved_ct"], whole["approved_unknown"]) == (301_003, 50_000, 2)
    assert [one["code"] for one in found["breaches"]] == ["above_max"]
    assert found["funds"][0]["remaining_ct"] == 1_000_000 - 150_001


def test_plan_as_workbook_and_table(town, tmp_path):
    for ending in ("xlsx", "csv"):
        out = tmp_path / f"plan.{ending}"
        code, text = ask("plan", str(town / "layers/town"), "--area", "A", "--out", str(out))
        assert (code, text.strip()) == (0, str(out))
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx").active
    assert [row[-1].value for row in sheet.iter_rows() if row[0].value == "Gesamtsumme"] == [3010.03]
    assert "Gesamtsumme" in (tmp_path / "plan.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "--area", "A", "--out", "plan.pdf"], ".xlsx"),
        (["plan", "--area", "C", "--out", "plan.csv"], '"C"'),
        (["plan", "--area", "B", "--out", "plan.csv"], '"B"'),
        (["balance", "--area", "C"], '"C"'),
    ],
)
def test_what_cannot_be_had_is_one_sentence(town, words, said):
    code, text = ask(words[0], str(town / "layers/town"), *words[1:])
    assert code == 2
    assert said in text
    assert text.count("\n") == 1
