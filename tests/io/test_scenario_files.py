"""Scenario files: what is read, every fault with its line, and what runs ask of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmgis.errors import DataError
from qmgis.io.city.check import check_city
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import open_city
from qmgis.model import City, Problem

WHOLE = """
title = {de = "Neue Kita", en = "New day care"}
note = "erfunden"
themes = ["kita"]

[[add]]
places = "kita"
id = "neu"
name = "Kita Neu"
at = [512300, 5702000]
capacity = 90

[[move]]
places = "kita"
id = "K01"
from = "kita"
place = "K02"

[[close]]
places = "kita"
id = "K03"

[[capacity]]
places = "kita"
id = "K04"
capacity = 10

[[housing]]
id = "quartier"
at = [512500, 5702100]
residents = 300
groups = {age_0_5 = 30}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = new_city(tmp_path / "stadt")
    (made / "layers/stadt/scenarios").mkdir()
    return made


def write(folder: Path, text: str, *, name: str = "neu", asked: str = 'scenarios = ["neu"]') -> None:
    (folder / f"layers/stadt/scenarios/{name}.toml").write_text(text, encoding="utf-8")
    city = folder / "layers/stadt/city.toml"
    plain = city.read_text(encoding="utf-8").split("\nscenarios =")[0].rstrip()
    assert plain.split("[[run]]")[-1].count("coverage"), "the run is the last table of the sample"
    city.write_text(f"{plain}\n{asked}\n", encoding="utf-8")


def faults(folder: Path) -> list[Problem]:
    return list(check_city(folder).problems)


def opened(folder: Path) -> City:
    return open_city(folder)


def test_everything_is_read(folder: Path):
    write(folder, WHOLE)
    assert faults(folder) == []
    city = opened(folder)
    assert [run.scenarios for run in city.runs.values()] == [("neu",)]
    one = city.scenarios["neu"]
    assert (one.title.de, one.title.en, one.themes) == ("Neue Kita", "New day care", ("kita",))
    kita = one.of("kita")
    assert kita.add == {"neu": (512300, 5702000)}
    assert kita.names == {"neu": "Kita Neu"}
    assert kita.move == {"K01": (512960, 5701580)}
    assert kita.close == ("K03",)
    assert kita.capacity == {"neu": 90, "K04": 10}
    assert one.housing[0].people == {"residents": 300, "age_0_5": 30}


def test_longitude_and_latitude(folder: Path):
    write(folder, 'title = "A"\ncrs = "EPSG:4326"\n[[housing]]\nid = "h"\nat = [9.18, 51.472]\nresidents = 5\n')
    assert faults(folder) == []
    x, y = opened(folder).scenarios["neu"].housing[0].point
    assert (x, y) == (pytest.approx(512505, abs=300), pytest.approx(5702200, abs=300))


def test_content_counts_and_comments_do_not(folder: Path):
    write(folder, WHOLE)
    first = opened(folder).scenarios["neu"].content
    write(folder, WHOLE.replace("\n[[close]]", "\n# closed in spring\n[[close]]"))
    assert opened(folder).scenarios["neu"].content == first
    write(folder, WHOLE.replace("residents = 300", "residents = 301"))
    assert opened(folder).scenarios["neu"].content != first


def row(text: str, start: str, *, after: str = "") -> int:
    lines = text.splitlines()
    first = lines.index(after) if after else 0
    return next(n for n in range(first, len(lines)) if lines[n].startswith(f"{start} ")) + 1


@pytest.mark.parametrize(
    ("old", "new", "said", "at"),
    [
        ('themes = ["kita"]', 'themes = ["kitta"]', 'no theme "kitta". Did you mean "kita"', ("themes", "")),
        ("at = [512300, 5702000]", "at = [512300]", "a point [x, y]", ("at", "")),
        ("at = [512300, 5702000]", "at = [5702000, 512300]", '"neu" lies', ("at", "")),
        ("at = [512300, 5702000]", "at = [9.2, 51.4]", 'crs = "EPSG:4326"', ("at", "")),
        ("at = [512300, 5702000]", 'from = "kita"', "either at = [x, y], or from", ("id", "")),
        ("at = [512300, 5702000]", 'from = "kita"\nplace = "K9"', 'no place "K9"', ("place", "[[add]]")),
        ("at = [512300, 5702000]", 'from = "kit"\nplace = "K01"', 'no layer of places "kit". Did', ("from", "")),
        ('id = "neu"', 'id = "K01"', 'has a place "K01" already', ("id", "")),
        ('id = "K03"', 'id = "K7"', 'has no place "K7"', ("id", "[[close]]")),
        ('id = "K03"', 'id = "K01"', '"K01"', ("id", "[[close]]")),
        ("capacity = 10", "capacity = -1", "a number of 0 or more", ("capacity", "[[capacity]]")),
        ("capacity = 10", "places_of = 1", "not a key that is known", ("places_of", "[[capacity]]")),
        ("age_0_5 = 30", "age_0_6 = 30", 'group "age_0_6". Did you mean "age_0_5"', ("groups", "[[housing]]")),
        ("age_0_5 = 30", "age_0_5 = 301", "more people in an age group than in all", ("groups", "[[housing]]")),
        ("note =", 'crs = "EPSG:99"\nnote =', "EPSG:99", ("crs", "")),
    ],
)
def test_every_fault_has_its_line(folder: Path, old: str, new: str, said: str, at: tuple[str, str]):
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    write(folder, text)
    found = [one for one in faults(folder) if said in one.what.en]
    assert found, [one.say("en") for one in faults(folder)]
    assert found[0].level == "error"
    assert found[0].file == "scenarios/neu.toml"
    assert found[0].row == row(text, at[0], after=at[1])
    with pytest.raises(DataError):
        opened(folder)


def test_all_faults_come_together(folder: Path):
    write(folder, WHOLE.replace('"K03"', '"K7"').replace("age_0_5", "age_9_9").replace('"K04"', '"K8"'))
    assert len([one for one in faults(folder) if one.file == "scenarios/neu.toml"]) == 3


def test_a_path_needs_streets_and_two_points(folder: Path):
    line = "line = [[512300, 5702000], [512400, 5702000]]"
    write(folder, f'title = "A"\n[[path]]\nid = "steg"\n{line}\n')
    assert ["no network" in one.what.en for one in faults(folder)] == [True]
    write(folder, 'title = "A"\n[[closed]]\nid = "steg"\nline = [[512300, 5702000], [512300, 5702000]]\n')
    assert ["at least two different points" in one.what.en for one in faults(folder)] == [True]


def test_supply_needs_the_capacity_of_new_places(folder: Path):
    write(folder, WHOLE.replace("capacity = 90\n", ""))
    assert faults(folder) == []
    city = folder / "layers/stadt/city.toml"
    text = city.read_text(encoding="utf-8")
    city.write_text(text.replace('places = "kita"', 'places = "kita"\nsupply = "two_step"', 1), encoding="utf-8")
    assert ["needs capacity" in one.what.en for one in faults(folder)] == [True]


def test_runs_and_scenarios_fit(folder: Path):
    write(folder, WHOLE, asked='scenarios = ["neuu"]')
    levels = {one.level: one.what.en for one in faults(folder)}
    assert 'no scenario "neuu" (folder scenarios). Did you mean "neu"' in levels["error"]
    assert 'No run answers the scenario "neu"' in levels["note"]
    write(folder, WHOLE.replace('themes = ["kita"]\n', ""), asked='scenarios = ["neu"]')
    assert faults(folder) == []
    write(folder, "title = 'A'\n")
    assert ["The scenario changes nothing" in one.what.en for one in faults(folder)] == [True]


def test_a_scenario_for_no_theme_of_the_run_is_said(folder: Path):
    write(folder, WHOLE)
    city = folder / "layers/stadt/city.toml"
    text = city.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("coverage"))
    city.write_text(text.replace(line, "coverage = []"), encoding="utf-8")
    assert any("changes nothing for any theme" in one.what.en for one in faults(folder))
