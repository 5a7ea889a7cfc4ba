"""Whom a share without counts is a share of: declared in layer files, counted or estimated, and told where absent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.model import people_behind

HEAD = 'licence = "CC0 1.0"\ncredit = "test"\n'
IDS = [f"01{row:02d}{column:02d}" for row in range(1, 5) for column in range(1, 5)]


@pytest.fixture
def town(tmp_path) -> Path:
    """A city with 16 areas, of which own.csv gives a share, children by two age groups and all residents, twice."""
    folder = new_city(tmp_path / "town")
    rows = ["ID;JAHR;ANTEIL;A;B;ALLE"]
    rows += [f"{area};2024;{10 + n};{20 + n};30;{500 + n}" for n, area in enumerate(IDS)]
    rows += [f"{area};2022;{10 + n};{10 + n};40;{1000 + 2 * n}" for n, area in enumerate(IDS)]
    (folder / "data" / "town" / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    put(folder, "population", "count", "persons", 'value = "ALLE"')
    put(folder, "children", "count", "persons", 'value = ["A", "B"]')
    return folder


def put(town: Path, key: str, measure: str, unit: str, value: str, *, own: str = "", year: str = '"JAHR"') -> None:
    where = "" if year == '"JAHR"' else f"where = {{JAHR = [{year}]}}\n"
    text = (
        f'kind = "indicator"\ntitle = "{key}"\nmeasure = "{measure}"\nunit = "{unit}"\ndirection = 1\n{own}{HEAD}'
        f'[[edition]]\nyear = {year}\nvintage = "town-2024"\nsource = "delimited"\npath = "town/own.csv"\n'
        f'id = "ID"\n{value}\n{where}'
    )
    (town / "layers" / "town" / f"{key}.toml").write_text(text, encoding="utf-8")


def declare(town: Path, own: str, *, year: str = "2024") -> None:
    put(town, "own", "share", "percent", 'value = "ANTEIL"', own=own + "\n", year=year)


def behind(town: Path):
    return people_behind(open_city(town).tables["town-2024"], "own", 2024)


def errors(town: Path) -> list[str]:
    return [problem.say("en") for problem in load(town).problems if problem.level == "error"]


def test_columns_are_added(town):
    children = open_city(town).tables["town-2024"].of_year(2024)["children"]
    assert children.tolist() == [50 + n for n in range(16)]


def test_a_gap_in_one_column_makes_the_sum_missing(town):
    file = town / "data" / "town" / "own.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("010101;2024;10;20;30", "010101;2024;10;.;30"), "utf-8")
    table = open_city(town).tables["town-2024"]
    assert pd.isna(table.of_year(2024)["children"]["010101"])
    assert table.of_year(2024, what="states")["children"]["010101"] == "secret"


def test_a_base_of_the_same_year_is_counted(town):
    declare(town, 'base = "children"')
    found = behind(town)
    assert found.total.tolist() == [50 + n for n in range(16)]
    assert found.count is None
    assert not found.is_estimated
    assert found.total_before.equals(found.total)


def test_a_base_of_another_year_lends_its_age_structure(town):
    declare(town, 'base = "children"\nbase_year = 2022')
    found = behind(town)
    assert found.is_estimated
    expected = [round((50 + n) / (1000 + 2 * n) * (500 + n)) for n in range(16)]
    assert found.total.tolist() == expected


def test_a_share_of_the_residents_is_an_estimate(town):
    declare(town, "base_share = 0.143")
    found = behind(town)
    assert found.is_estimated
    assert found.total.tolist() == [round(0.143 * (500 + n)) for n in range(16)]


def test_counts_are_their_own_base(town):
    put(town, "poor", "count", "persons", 'value = "A"')
    put(town, "own", "share", "percent", 'value = "ANTEIL"', own='numerator = "poor"\ndenominator = "children"\n')
    found = behind(town)
    assert found.count.tolist() == [20 + n for n in range(16)]
    assert found.total.tolist() == [50 + n for n in range(16)]


def test_an_unknown_base_says_which_was_meant(town):
    declare(town, 'base = "childrn"')
    assert errors(town) == [
        'town/own.toml, row 6: There is no indicator "childrn" with measure = "count". Did you mean "children"?'
    ]


def test_a_base_without_values_of_the_year_says_which_there_are(town):
    declare(town, 'base = "children"\nbase_year = 2020')
    (said,) = errors(town)
    assert said == (
        'town/own.toml, row 6: The base "children" has no values of 2020 on the version "town-2024" (there are: 2022, '
        "2024). Add an edition of that year, name another year as base_year, or give base_share."
    )
    said = [problem.say("de") for problem in load(town).problems if problem.level == "error"]
    assert 'Die Bezugsgröße "children" hat 2020' in said[0]


def test_a_base_changes_no_number(town):
    declare(town, "")
    before = open_city(town).tables["town-2024"].frame
    declare(town, 'base = "children"')
    pd.testing.assert_frame_equal(open_city(town).tables["town-2024"].frame, before)
