"""``qmgis quality`` and ``qmgis readiness``: tables for people, JSON for machines, one sentence a fault."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qmgis.io.city.newcity import new_city
from tests.io.test_events import put
from tests.spoilt import ask

EVENTS = ["A;designate;2010;2024-06-30;;;;;"]
HEAD = "area,catalogue,version,item,date,level,evidence,role,next_step\n"
LAYER = (
    'kind = "measures"\ntitle = "Register"\nlicence = "x"\ncredit = "x"\nsource = "register"\npath = "town/register"\n'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    town = new_city(tmp_path_factory.mktemp("made") / "town")
    rows = {"area_id": ["A"], "name": ["Süd"], "valid_from": ["2010"], "status": ["running"], "programme_id": ["SZ"]}
    put(town, rows, EVENTS)
    (town / "layers/town/measures.toml").write_text(LAYER, encoding="utf-8")
    shutil.rmtree(town / "data/town/register", ignore_errors=True)
    (town / "data/town/register").mkdir()
    return town


def assess(town: Path, *rows: str) -> str:
    file = town / "data/town/register/assessments.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return str(town / "layers/town")


@pytest.fixture
def town(tmp_path, made) -> Path:
    return Path(shutil.copytree(made, tmp_path / "town"))


def test_quality_shows_every_item_and_what_is_unknown(town):
    layers = assess(town, "A,conditions,2025,R03,2023-05-01,2,Protokoll,provider,")
    code, text = ask("quality", layers, "--area", "A", "--on", "2023-12-31", "--lang", "en")
    assert code == 0, text
    assert all(f"\nR{n:02d}" in text for n in range(1, 19))
    assert all(f"\nQ{n:02d}" in text for n in range(1, 13))
    row = next(line for line in text.splitlines() if line.startswith("R03"))
    assert "largely" in row
    assert "unknown" in text


def test_quality_as_json(town):
    layers = assess(town, "A,conditions,2025,R03,2023-05-01,2,Protokoll,provider,")
    code, text = ask("quality", layers, "--area", "A", "--on", "2023-12-31", "--json")
    found = json.loads(text)
    assert code == 0
    assert len(found["conditions"]) == 18
    assert {row["item"]: row["level"] for row in found["conditions"]}["R03"] == "2"


def test_readiness_of_all_and_of_one(town):
    layers = assess(town, "A,readiness,2025,V03,2023-05-01,3,Protokoll,provider,")
    code, text = ask("readiness", layers, "--on", "2023-12-31", "--lang", "en")
    assert code == 0, text
    assert "The deadline is 30 June 2024." in text
    code, text = ask("readiness", layers, "--area", "A", "--on", "2023-12-31", "--json")
    found = json.loads(text)
    assert code == 0
    assert found["signals"]["quadrant"] == "cannot_say_left"
    assert {row["criterion"]: row["state"] for row in found["profile"]}["V03"] == "met"
    assert [row["id"] for row in found["plan"]][:2] == ["T1", "T2"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,conditions,2025,R19,2023-05-01,2,,,", 'no item "R19"'),
        ("A,conditions,2025,R03,2199-05-01,2,,,", "in the future"),
    ],
)
def test_unsound_assessments_end_with_code_2(town, row, words):
    code, text = ask("quality", assess(town, row), "--area", "A", "--lang", "en")
    assert code == 2
    assert words in text


def test_an_unknown_area_ends_with_code_2(town):
    code, text = ask("readiness", assess(town), "--area", "B", "--lang", "en")
    assert code == 2
    assert 'no programme area "B"' in text
