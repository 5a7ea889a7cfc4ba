"""``qmgis register``: out, in again, history and numbers of a new city."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from qmgis.cli.main import app
from qmgis.io.city.newcity import new_city


def ask(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["register", *words])
    return done.exit_code, done.output


ROWS = {
    "measures": [
        "M1;QM-1;Neugestaltung des Platzes;HF3;INV;planned;1;1;all_residents;O1;2025-01-01;2026-12-31;;;ja",
        "M2;QM-1;Beratung im Quartier;HF2;SOC;running;2;1;unemployed;O1;2024-01-01;2026-12-31;2024-02-01;;nein",
    ],
    "costs": [
        "M1;2025;sozialer_zusammenhalt;200000,00;;", "M1;2025;municipality;100000,00;;",
        "M2;2024;esf;40000,00;40000,00;38500,50",
    ],
    "organisations": ["O1;QM-1;Stadtplanungsamt;administration;coordinator;2024-01-01"],
}  # fmt: skip


@pytest.fixture
def town(tmp_path) -> str:
    made = new_city(tmp_path / "town")
    for name, rows in ROWS.items():
        with (made / "data/town/measures" / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
    return str(made)


def test_out_and_in_again_with_a_history(town, tmp_path):
    book = tmp_path / "r.xlsx"
    assert ask("template", town, "--out", str(book))[0] == 0
    assert "Nichts hat sich geändert" in ask("import", town, str(book))[1]
    assert "Noch nichts" in ask("history", town)[1]
    content = openpyxl.load_workbook(book)
    content["Maßnahmen"]["C2"].value = "Platz am Markt"
    content.save(book)
    code, text = ask("import", town, str(book), "--json")
    assert code == 0
    assert json.loads(text)["changed"] == 1
    code, text = ask("history", town)
    assert "Maßnahmen M1: geändert, Bezeichnung: Neugestaltung des Platzes → Platz am Markt" in text
    assert json.loads(ask("history", town, "--json")[1])[0]["changes"][0]["after"] == "Platz am Markt"


def test_the_numbers(town):
    code, text = ask("show", town)
    assert code == 0
    assert "340.000,00" in text  # 200,000 + 100,000 + 40,000 planned
    assert "38.500,50" in text
    assert "340,000.00" in ask("show", town, "--lang", "en")[1]
    assert isinstance(json.loads(ask("show", town, "--json")[1]), dict)


def test_a_city_without_a_register_is_told_what_to_do(town, tmp_path):
    next((tmp_path / "town").glob("layers/*/measures.toml")).unlink()
    code, text = ask("show", town)
    assert code == 2
    assert "docs/register.md" in text
    assert ask("template", town, "--out", str(tmp_path / "empty.gpkg"), "--to", "gpkg")[0] == 0


def test_the_history_tells_texts_as_they_were_given(town, tmp_path):
    book = tmp_path / "r.xlsx"
    assert ask("template", town, "--out", str(book))[0] == 0
    content = openpyxl.load_workbook(book)
    content["Maßnahmen"]["C2"].value = "-5 Grad am Platz"
    content.save(book)
    assert ask("import", town, str(book))[0] == 0
    assert json.loads(ask("history", town, "--json")[1])[0]["changes"][0]["after"] == "-5 Grad am Platz"


def test_tables_keep_their_names_however_their_ending_is_written(town, tmp_path):
    book, folder = tmp_path / "r.xlsx", Path(town) / "data/town/measures"
    assert ask("template", town, "--out", str(book))[0] == 0
    given = [file.rename(file.with_suffix(".CSV")) for file in list(folder.glob("*.csv"))]
    earlier = (folder / "measures.CSV").read_bytes()
    content = openpyxl.load_workbook(book)
    content["Maßnahmen"]["C2"].value = "Platz am Markt"
    content.save(book)
    assert ask("import", town, str(book))[0] == 0
    assert given
    assert not [file for file in given if file.with_suffix(".csv").exists()]
    assert "Platz am Markt" in (folder / "measures.CSV").read_text(encoding="utf-8")
    assert [file.read_bytes() for file in folder.glob("history/*/measures.CSV")] == [earlier]
