"""Crosswalks as layers: columns by the data model's names, amounts before weights, and every fault at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qmgis.io.city.workspace import load, open_city

ROOT = Path(__file__).parents[2]


@pytest.fixture
def town(tmp_path) -> Path:
    """Musterstadt with nothing but its areas and its crosswalk, whose columns are not named."""
    for name in ("areas.gpkg", "crosswalk.csv"):
        (tmp_path / "data/musterstadt").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data/musterstadt" / name, tmp_path / "data/musterstadt" / name)
    folder = tmp_path / "layers/musterstadt"
    folder.mkdir(parents=True)
    for name in ("areas_2016.toml", "areas_2022.toml", "crosswalk.toml"):
        shutil.copy(ROOT / "layers/musterstadt" / name, folder / name)
    plain = (folder / "crosswalk.toml").read_text(encoding="utf-8").split("\n[amounts]")[0]
    (folder / "crosswalk.toml").write_text(plain, encoding="utf-8")
    (folder / "city.toml").write_text('title = "M"\nlang = "de"\ncrs = "EPSG:25832"\n', encoding="utf-8")
    return tmp_path


def rewrite(town: Path, change: dict[str, str], *, keys: str = "") -> list[str]:
    """Change the file and the layer file, and return what is said of it."""
    file, layer = town / "data/musterstadt/crosswalk.csv", town / "layers/musterstadt/crosswalk.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    layer.write_text(layer.read_text(encoding="utf-8") + keys, encoding="utf-8")
    found = load(town).problems
    assert all(one.say("de") != one.say("en") for one in found)
    return [one.say("en") for one in found]


def test_the_names_of_the_data_model_need_no_keys(town):
    found = open_city(town).crosswalks["crosswalk"]
    assert (found.old_vintage, found.new_vintage) == ("ms-2016", "ms-2022")
    assert (found.bases, found.weights) == (("residents", "addresses", "land"), {"land"})
    row = found.frame.set_index(["old", "new"]).loc[("01010101", "01010101")]
    assert row.to_dict() == {"residents": 1219.0, "addresses": 76.0, "land": 1.0}


def test_own_keys_choose_the_columns(town):
    rewrite(town, {}, keys='weights = {residents = "weight_population"}\n')
    found = open_city(town).crosswalks["crosswalk"]
    assert (found.bases, found.weights) == (("residents",), {"residents"})


def test_amounts_of_age_groups_stand_beside_those_of_all_residents():
    found = open_city(ROOT / "layers" / "musterstadt", data=ROOT / "data").crosswalks["crosswalk"]
    assert found.bases == ("residents", "addresses", "age_0_14", "age_15_64", "age_65_plus", "land")
    assert found.frame[["age_0_14", "age_15_64", "age_65_plus"]].sum(axis=1).equals(found.frame["residents"])


HEAD = "from_unit;to_unit"
FIRST = "01010101;01010101;ms-2016;ms-2022;76;1219;159;881;179;1,000000;1,000000"


def first(old: str, new: str) -> dict[str, str]:
    return {FIRST: FIRST.replace(old, new)}


def test_an_unknown_old_area_is_no_sum_of_weights(town):
    said = rewrite(town, {"01010301;01010201": "99;01010201"})
    sums = [one for one in said if "do not add up to 1" in one]
    assert any('no area "99"' in one for one in said)
    assert len(sums) == 1
    assert "(number: 1), such as 01010301" in sums[0]


UNKNOWN = 'There is no area "99" in the version'
CASES = {
    f'row 2, column "from_unit": {UNKNOWN} "ms-2016"': first("01010101;01", "99;01"),
    f'row 2, column "to_unit": {UNKNOWN} "ms-2022"': first("01010101;ms", "99;ms"),
    'column "weight_area": Weights of old areas do not add up to 1 (number: 1), such as 01010101: 0.900000.': first(
        "000000;1,000000", "000000;0,900000"
    ),
    "Weights of old areas miss 1 a little (number: 1), such as 01010101: 0.999000; they are brought to 1.": first(
        "000000;1,000000", "000000;0,999000"
    ),
    "row 3: The pair of areas 01010101 → 01010101 occurs more than once": {FIRST: f"{FIRST}\n{FIRST}"},
    'row 2, column "residents": -1219 is negative.': first(";1219;", ";-1219;"),
    'Not in the crosswalk, of the version "ms-2016" (number: 1): 01010101;': {f"{FIRST}\n": ""},
    "The crosswalk has no column by which old areas can be divided.": {
        "addresses;residents;age_0_14;age_15_64;age_65_plus;weight_population;weight_area": "a;b;c;d;e;f;g"
    },
}
KEYS = {
    'from_vintage = "ms-2061"\n': 'from_vintage is "ms-2061"; it takes one version of the areas of this city: ms-2016, '
    'ms-2022. Did you mean "ms-2016"?',
    'amounts = {residents = "people"}\n': 'column "people": There is no column "people"',
    'weights = {residents = "addresses"}\n': "do not add up to 1 (number: ",
}


@pytest.mark.parametrize("said", CASES)
def test_every_fault_has_a_sentence_with_its_place(town, said: str):
    found = rewrite(town, CASES[said])
    assert any(said in one for one in found), found


@pytest.mark.parametrize("keys", KEYS)
def test_keys_that_cannot_be_are_named(town, keys: str):
    found = rewrite(town, {}, keys=keys)
    assert any(KEYS[keys] in one for one in found), found


def test_all_faults_of_a_file_come_together(town):
    bad = {FIRST: FIRST.replace("01010101;01010101", "99;98").replace(";1219;", ";-1;")}
    found = rewrite(town, bad)
    assert sum('"99"' in one or '"98"' in one or "-1" in one for one in found) == 3
