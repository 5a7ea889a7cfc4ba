"""The recipe's id follows everything that enters a run, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import open_city
from qmgis.io.declared.fingerprint import fingerprint_of
from qmgis.runs.compute import compute
from qmgis.runs.write import run_json

RUN = "mss-2024"
SECOND = """
[[theme]]
id = "other"
title = "Anderes Thema"
places = "kita"
within_m = 900

[[run]]
id = "other"
title = "Anderer Lauf"
method = "mss-2021"
year = 2024
areas = "town-2024"
"""


EXCLUDED = """
[[exclusion]]
area = "010101"
vintage = "town-2024"
reason = "declared"

"""


def recipe_of(town: Path) -> str:
    return compute(open_city(town / "layers" / "town"), RUN).recipe.id


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> str:
    return recipe_of(new_city(tmp_path_factory.mktemp("first") / "town"))


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def edit(town: Path, name: str, old: str, new: str) -> None:
    file = town / "layers" / "town" / f"{name}.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1, (name, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("unemployment", "direction = 1 ", "direction = -1 "),
        ("unemployment", 'unit = "percent"', 'unit = "per_1000"'),
        ("unemployed", 'value = "Arbeitslose"', 'value = "Arbeitslose 2022"'),
        ("unemployed", 'before = "Arbeitslose 2022" ', 'before = "Arbeitslose" '),
        ("unemployed", "change_years = 2", 'change_years = 2\nsigns = {"." = "missing"}'),
        ("unemployed", "change_years = 2", "change_years = 2\nmissing = [-99]"),
        ("unemployed", "change_years = 2", 'change_years = 2\nwhere = {Kennung = {not = ["x"]}}'),
        ("unemployment", '"Unemployment"', '"Unemployed"'),
        ("kita", "complete = true", "complete = false"),
        ("kita", 'credit = "', 'credit = "Stadt, '),
        ("residents", "[groups]", 'missing = [-1]\n[groups]'),
        ("areas", "valid_from = 2024-01-01", "valid_from = 2023-12-31"),
        ("city", "within_m = 500", "within_m = 600"),
        ("city", "[[theme]]", "[secrecy]\nmin_count = 4\n\n[[theme]]"),
        ("city", "[[theme]]", "[secrecy]\npublic = 20\n\n[[theme]]"),
        ("city", "[[theme]]", EXCLUDED + "[[theme]]"),
        ("city", 'en = "Social situation 2024"', 'en = "Social 2024"'),
    ],
)  # fmt: skip
def test_every_key_that_enters_changes_the_id(town, first, name, old, new):
    edit(town, name, old, new)
    assert recipe_of(town) != first


@pytest.mark.parametrize("key", ["direction", "value", "where", "aggregate", "signs", "change", "complete", "title"])
def test_every_key_of_a_file_counts_in_its_editions_too(key):
    plain = {"kind": "indicator", "edition": [{"year": 2024}]}
    deeper = {"kind": "indicator", "edition": [{"year": 2024, key: "x"}]}
    assert len({fingerprint_of(table) for table in (plain, {**plain, key: "x"}, deeper)}) == 3


def test_what_does_not_enter_leaves_the_id_alone(town, first):
    own = town / "layers" / "town"
    (own / "extra.toml").write_text((own / "kita.toml").read_text("utf-8").replace("complete = true", ""), "utf-8")
    city = own / "city.toml"
    city.write_text(city.read_text("utf-8") + SECOND, "utf-8")
    edit(town, "unemployment", 'kind = "indicator"', '# a remark\nkind   =  "indicator"')
    edit(town, "unemployment", '"Unemployment"', '" Unemployment "')
    assert recipe_of(town) == first


def test_run_json_names_the_settings(town):
    city = open_city(town / "layers" / "town")
    once, twice = (run_json(compute(city, RUN)) for _ in range(2))
    assert once == twice
    settings = {entry["path"] for entry in json.loads(once)["settings"]}
    assert {"town/city.toml", "town/unemployment.toml", "town/unemployed.toml", "town/kita.toml"} <= settings
