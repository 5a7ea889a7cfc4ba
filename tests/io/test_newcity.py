"""A new city checks clean, opens, and can be run."""

from __future__ import annotations

import pytest

from qmgis.errors import OutputError
from qmgis.io.city.check import check_city
from qmgis.io.city.newcity import city_key, new_city
from qmgis.io.city.workspace import open_city
from qmgis.io.profiles.files import profile
from qmgis.methods.mss import METHOD


@pytest.fixture
def made(tmp_path):
    return new_city(tmp_path / "Köln Süd")


def test_it_checks_clean(made):
    report = check_city(made)
    assert report.problems == ()
    assert report.usable


def test_it_opens_and_can_be_run(made):
    city = open_city(made)
    assert city.key == "koeln-sued"
    assert city.title.de == "Köln Süd"
    run = city.run("mss-2024")
    result = METHOD.score(
        city.tables[run.vintage],
        profile=profile(run.method),
        year=run.year,
        declared=city.declared(run.vintage, run.year),
    )
    assert result.left_out.to_dict() == {"010402": "too_few_residents"}
    assert result.value.notna().sum() == 15


def test_the_example_of_a_programme_area_can_be_taken(made):
    example = next(made.glob("layers/*/examples/programme.toml"))
    example.rename(example.parents[1] / "programme.toml")
    report = check_city(made)
    assert report.problems == ()
    assert set(open_city(made).programmes["programme"].area_ids) == {"QM-01"}


def test_it_explains_itself(made):
    text = next(made.glob("layers/*/city.toml")).read_text(encoding="utf-8")
    assert text.count("#") > 10
    assert "{{" not in text


def test_nothing_is_overwritten(made):
    before = sorted(file.read_bytes() for file in made.rglob("*.*") if file.is_file())
    with pytest.raises(OutputError, match="not empty"):
        new_city(made)
    assert sorted(file.read_bytes() for file in made.rglob("*.*") if file.is_file()) == before


def test_an_empty_folder_is_fine(tmp_path):
    (tmp_path / "x").mkdir()
    assert check_city(new_city(tmp_path / "x")).usable


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        new_city(tmp_path / "x")
    with pytest.raises(OutputError, match="cannot be written"):
        new_city(tmp_path / "x" / "y")
    assert [file.name for file in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("name", ['St. "Georg"', "a\\b'c", "{{city}}", "日本", "ÄÖÜ ß"])
def test_any_name_will_do(tmp_path, name):
    assert check_city(new_city(tmp_path / name)).problems == ()


def test_keys_are_plain():
    assert city_key("Mönchengladbach (Süd)") == "moenchengladbach-sued"
    assert city_key("Weiß") == "weiss"
