"""Orientation values: those that ship are whole, a city's own replace them, every fault has its line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qmgis.cli.main import app
from qmgis.errors import LayerFileError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.rules.orientation import orientation, own_orientation, with_own

OWN = """
[[value]]
id = "berlin-green"
title = "Green"
population = "everybody"
source = "Council"
date = "2024"
mark = "checked"
value = 8
unit = "m2_per_person"
"""
GOOD = """[[service]]
id = "library"
title = "Library"
group = "residents"
within_m = 900
orientation = "park-300"
"""


def own(folder: Path, text: str) -> Path:
    (folder / "orientation").mkdir(exist_ok=True)
    (folder / "orientation" / "own.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_ships_says_where_it_comes_from_and_that_nobody_can_claim_it():
    known = orientation()
    assert {"berlin-green", "berlin-playground", "primary-school", "kita", "berlin-siko", "park-300"} <= set(
        known.values
    )
    for value in known.values.values():
        assert value.source.strip()
        assert value.source in value.sentence.de
        assert ("kein Rechtsanspruch" in value.sentence.de) == (value.law is None)
        assert value.value is not None or value.distance.de or value.note is not None
    assert {key for key, value in known.values.items() if value.law} == {
        "berlin-playground", "berlin-private-playground", "school-transport", "kita-claim",
    }  # fmt: skip
    green = known.values["berlin-green"]
    assert (green.value, green.within_m, green.classes, green.mark) == (6, 500, (6, 3, 0.1), "unchecked")
    assert {key: service.group for key, service in known.services.items()} == {
        "kita": "age_0_5", "playground": "age_6_11", "primary_school": "age_6_11", "doctor": "age_65_plus",
        "stop": "age_65_plus", "meeting_place": "age_65_plus", "green": "residents",
    }  # fmt: skip


def test_a_city_replaces_and_adds(tmp_path):
    found, problems = own_orientation(own(tmp_path, OWN + GOOD))
    assert problems == []
    both = with_own(found)
    assert both.values["berlin-green"].value == 8
    assert both.values["berlin-green"].classes == ()
    assert both.services["library"].orientation == "park-300"
    assert len(both.values) == len(orientation().values)
    assert len(both.services) == len(orientation().services) + 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (OWN.replace('mark = "checked"', 'mark = "sure"'), 8, '"mark" must be one of checked, secondary, unchecked'),
        (OWN.replace("value = 8\n", ""), 9, '"unit" needs "value" as well'),
        (OWN.replace("value = 8", "value = -1"), 9, '"value" must be a number above 0'),
        (OWN + "classes = [3, 6]\n", 11, "a list of falling numbers above 0"),
        (OWN + "clases = [6, 3]\n", 11, 'Did you mean "classes"?'),
        (OWN + OWN, 13, '"berlin-green"'),
        (GOOD.replace('"residents"', '"children"'), 4, '"group" must be "residents" or ages'),
        (GOOD.replace("park-300", "park-30"), 6, 'There is no orientation value "park-30". Did you mean "park-300"?'),
        (GOOD.replace("title", "titel"), 3, 'Did you mean "title"?'),
        ("# own\n[[values]]\n", 2, 'Did you mean "value"?'),
        ("[[value]\n", 1, ""),
    ],
)
def test_every_fault_is_told_with_its_line(tmp_path, text, line, said):
    _, problems = own_orientation(own(tmp_path, text))
    assert any(said in problem.what.en and problem.row == line for problem in problems), problems
    assert all(problem.file == "orientation/own.toml" for problem in problems)


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def themed(town: Path, old: str, new: str) -> Path:
    folder = town / "layers" / "town" if (town / "layers").is_dir() else town
    text = (folder / "city.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "city.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_theme_names_a_value_and_may_differ_from_it(town):
    folder = themed(town, "within_m = 500", 'within_m = 600\nguide = "kita"')
    city = open_city(folder)
    theme = city.themes["kita"]
    assert theme.orientation == orientation().values["kita"]
    assert theme.guide is None
    assert [one.level for one in city.problems] == ["note"]
    assert "600 m" in city.problems[0].what.en
    assert "500 m" in city.problems[0].what.en


def test_faults_of_guides(town):
    folder = themed(town, "within_m = 500", 'within_m = 500\nguide = "kitta"')
    found = load(folder).problems
    assert any(
        'There is no orientation value "kitta". Did you mean "kita"?' in one.what.en and one.row for one in found
    )
    themed(town, '"kitta"', '"berlin-green"\nsupply = "two_step"')
    said = [one.what.en for one in load(folder).problems]
    assert any("places per 100" in one and "6 m² per person" in one for one in said), said


def test_what_is_usual_is_told_where_a_theme_says_nothing(town):
    folder = themed(town, "within_m = 500", "")
    assert any('Usual for Day care: within_m = 500, group = "age_0_5".' in one.what.en for one in load(folder).problems)
    folder = themed(town, 'group = "age_0_5"', "within_m = 500")
    notes = [one for one in open_city(folder).problems if 'group = "age_0_5" is usual' in one.what.en]
    assert [one.level for one in notes] == ["note"]


def test_the_command_line_lists_them(tmp_path):
    folder = own(tmp_path, OWN)
    told = CliRunner().invoke(app, ["orientation", "--city", str(folder), "--lang", "en"])
    assert told.exit_code == 0
    assert "8 m² per person" in told.stdout
    assert told.stdout.count("no legal claim") >= 10
    rows = json.loads(CliRunner().invoke(app, ["orientation", "--json"]).stdout)
    assert len(rows["values"]) == len(orientation().values)
    shutil.rmtree(folder / "orientation")
    wrong = CliRunner().invoke(app, ["orientation", "--city", str(own(tmp_path, "[[valu]]\n")), "--lang", "en"])
    assert wrong.exit_code == 2
    with pytest.raises(LayerFileError):
        open_city(tmp_path)
