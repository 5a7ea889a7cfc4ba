"""``qmgis report``: one area, all, going on, wrong ids, the public, both languages."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from qmgis.io.city.newcity import new_city
from tests.spoilt import ask


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> str:
    return str(new_city(tmp_path_factory.mktemp("made") / "town"))


@pytest.fixture(scope="module")
def area(town) -> str:
    from qmgis.io.city.workspace import open_city

    return str(open_city(town).areas.frame.index[2])


def test_one_area_in_english_for_the_public(town, area, tmp_path):
    out = tmp_path / "reports"
    code, text = ask("report", town, "--area", area, "--out", str(out), "--lang", "en", "--public")
    assert code == 0, text
    pdf, html = out / f"town-{area}.pdf", out / f"town-{area}.html"
    assert text.strip() == f"Area profile: {pdf} and {html}"
    assert PdfReader(io.BytesIO(pdf.read_bytes())).trailer["/Root"]["/Lang"] == "en"
    assert "version for the public" in html.read_text("utf-8")


def test_all_and_again(town, tmp_path):
    first = json.loads(ask("report", town, "--all", "--out", str(tmp_path), "--json")[1])
    assert len(first["made"]) == 16
    assert all(Path(f"{file}.pdf").is_file() for file in first["files"].values())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    code, text = ask("report", town, "--all", "--out", str(tmp_path))
    assert (code, text.strip()) == (0, f"0 Gebietsprofile geschrieben in {tmp_path}; 16 waren schon da.")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_wrong_id_is_one_sentence_and_writes_nothing(town, area, tmp_path):
    wrong = area[:-1] + "X"
    code, text = ask("report", town, "--area", wrong, "--out", str(tmp_path / "x"), "--lang", "en")
    assert code == 2
    assert f'There is no area "{wrong}" in town. Did you mean "' in text
    assert len(text.strip().splitlines()) == 1
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("asked", [[], ["--all", "--area", "1"]])
def test_an_area_or_all(town, asked):
    code, text = ask("report", town, *asked)
    assert code == 2
    assert "--area" in text
    assert "--all" in text


def test_a_wrong_run_is_told(town, area):
    code, text = ask("report", town, "--area", area, "--run", "mss", "--lang", "en")
    assert code == 2
    assert 'declares no run "mss"' in text


def test_the_second_time_computes_nothing_and_writes_the_same(town, area, tmp_path, monkeypatch):
    from qmgis.runs import kept

    code, text = ask("report", town, "--area", area, "--out", str(tmp_path / "one"))
    assert code == 0, text

    def never(*_given, **_asked):
        raise AssertionError("computed again")

    monkeypatch.setattr(kept, "_computed", never)
    code, text = ask("report", town, "--area", area, "--out", str(tmp_path / "two"))
    assert code == 0, text
    for name in (f"town-{area}.pdf", f"town-{area}.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    "wrong", ["<script>alert(1)</script>", '#panic("x")', "../../etc/passwd", "x" * 500, " ", "=1+1"]
)
def test_a_hostile_id_is_one_sentence(town, wrong, tmp_path):
    code, text = ask("report", town, "--area", wrong, "--out", str(tmp_path / "x"), "--lang", "en")
    assert code == 2
    assert "There is no area" in text
    assert len(text.strip().splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_a_file_in_place_of_the_folder_is_one_sentence(town, area, tmp_path):
    (tmp_path / "x").write_text("mine")
    code, text = ask("report", town, "--area", area, "--out", str(tmp_path / "x"), "--lang", "en")
    assert code == 2
    assert "is not a folder: choose another folder." in text
    assert (tmp_path / "x").read_text() == "mine"


@pytest.mark.parametrize("lost", ["areas", "population"])
def test_a_missing_layer_is_told_although_the_city_was_kept(lost, tmp_path):
    made = new_city(tmp_path / "made" / "town")
    area = str(next(iter(json.loads(ask("report", str(made), "--all", "--out", str(tmp_path), "--json")[1])["made"])))
    next(made.rglob(f"{lost}.toml")).unlink()
    code, text = ask("report", str(made), "--area", area, "--out", str(tmp_path / "x"), "--lang", "en")
    assert code == 2, text
    assert not (tmp_path / "x").exists()
