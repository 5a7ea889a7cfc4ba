"""``dossiers.json`` holds every flagged and nearly flagged area, once, with equal bytes for equal runs."""

import json

import pytest

from qmgis.explanation import explain, nearly_flagged
from qmgis.runs.compute import compute
from qmgis.runs.dossiers import dossiers_json, editions_of
from qmgis.runs.write import write_city
from qmgis.views.summary import summary_text


@pytest.fixture(scope="module")
def made(toy_city, toy_outcome):
    return json.loads(dossiers_json(toy_outcome, editions_of(toy_city)))


def flagged(outcome):
    return list(outcome.table.index[outcome.table["attention"].fillna(False).astype(bool)])


def test_flagged_and_nearly_flagged_areas_are_in_it(made, toy_outcome):
    wanted = {*flagged(toy_outcome), *nearly_flagged(toy_outcome)}
    assert [one["area"] for one in made["areas"]] == [area for area in toy_outcome.table.index if area in wanted]
    assert (made["flagged"], made["nearly_flagged"]) == (2, 3)
    assert {one["area"] for one in made["areas"] if one["attention"]} == set(flagged(toy_outcome))
    assert {one["area"] for one in made["areas"] if one["nearly"]} == set(nearly_flagged(toy_outcome))


def test_numbers_are_those_of_the_table_and_the_explanation(made, toy_outcome, toy_city):
    editions = editions_of(toy_city)
    for one in made["areas"]:
        said, row = explain(toy_outcome, one["area"], editions=editions), toy_outcome.table.loc[one["area"]]
        assert one["indices"][0]["value"] == row["status_index"]
        assert one["indices"][1]["distance"] == pytest.approx(row["dynamics_distance"])
        shares = {indicator["key"]: indicator["value"] for indicator in one["indicators"]}
        assert shares["transfer"] == row["value_transfer"]
        sizes = [change["size"] for index in one["indices"] for step in index["steps"] for change in step["changes"]]
        assert sizes == [change.size for change in said.changes]
        assert one["summary"] == {lang: summary_text(said, lang) for lang in ("de", "en")}


def test_all_editions_are_in_it_whether_computed_or_not(made, toy_city, tmp_path):
    assert [one["run"] for one in made["areas"][0]["editions"]] == ["mss-2022", "mss-2024"]
    past = compute(toy_city, "mss-2022").table
    for one in made["areas"]:
        assert one["editions"][0]["group"]["code"] == past.loc[one["area"], "group"]
    write_city(toy_city, tmp_path / "all")
    write_city(toy_city, tmp_path / "one", only="mss-2024")
    whole, only = ((tmp_path / name / "mss-2024" / "dossiers.json").read_bytes() for name in ("all", "one"))
    assert whole == only
    assert json.loads(whole) == made
    assert (tmp_path / "all" / "mss-2022" / "dossiers.json").is_file()


def test_a_run_that_flags_nothing_has_an_empty_list(toy_outcome):
    from dataclasses import replace

    table = toy_outcome.table.drop(columns=["attention", "probability_attention"])
    said = json.loads(dossiers_json(replace(toy_outcome, table=table)))
    assert (said["areas"], said["flagged"], said["nearly_flagged"]) == ([], 0, 0)
