"""A run of the toy city: the table, its columns, the recipe, and the files."""

import dataclasses
import json

import pandas as pd
import pytest

from qmgis.errors import NotEnoughDataError, UnknownKeyError, VintageError
from qmgis.priority import rank_need, reason
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city
from qmgis.runs.steps import area_layer, reach, score, table_on
from qmgis.runs.write import run_json, write_city
from qmgis.views.cells import why_empty
from qmgis.views.dossier import dossier
from tests import toy

FIRST = [
    "name", "population", "status_index", "status_class", "dynamics_index", "dynamics_class", "group", "attention",
    "left_out",
]  # fmt: skip


def test_table_has_the_columns_of_the_contract(toy_outcome):
    table = toy_outcome.table
    assert list(table.columns[: len(FIRST)]) == FIRST
    assert list(table.index) == toy.area_ids()
    assert [column.key for column in toy_outcome.columns] == list(table.columns)
    assert {f"z_{key}" for key in toy.SHARES} | {f"contribution_{key}" for key in toy.SHARES} <= set(table)
    assert {"kita_share", "kita_reached", "kita_not_reached", "kita_order", "kita_tier"} <= set(table)
    assert all(column.title.de and column.title.en for column in toy_outcome.columns)


def test_left_out_areas_are_empty_not_zero(toy_outcome):
    left = toy_outcome.table[toy_outcome.table["left_out"].notna()]
    assert left["left_out"].to_dict() == {
        "01010000": "too_few_residents", "01010005": "outlier", "01010101": "missing_indicator",
    }  # fmt: skip
    assert left[["status_index", "status_class", "group", "attention"]].isna().all(axis=None)
    assert toy_outcome.table.loc["01010101", "states"].startswith("child_poverty=secret")


def test_recipe_depends_on_parameters_only(toy_outcome, toy_city):
    again = compute(toy_city, "mss-2024")
    assert again.recipe.id == toy_outcome.recipe.id
    assert compute(toy_city, "mss-2022").recipe.id != again.recipe.id
    assert run_json(again) == run_json(toy_outcome)
    content = json.loads(run_json(again))
    assert content["left_out"]["01010005"] == "outlier"
    assert content["parameters"]["blocks"]["status"]["owns"] == ["above", "below", "below"]


def test_front_door_equals_the_run(toy_outcome, toy_city):
    index = score(toy_city, method="mss-2021", year=2024)
    pd.testing.assert_series_equal(index.value, toy_outcome.index.value)
    reached = reach(toy_city, places="kita", within_m=500, group="age_0_5", year=2024)
    pd.testing.assert_series_equal(reached.value, toy_outcome.coverage["kita"].value)


def test_wrong_words_say_what_there_is(toy_city):
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        compute(toy_city, "mss-2042")
    with pytest.raises(UnknownKeyError, match="kita"):
        reach(toy_city, places="kitta", within_m=500)
    with pytest.raises(UnknownKeyError, match="age_0_5"):
        reach(toy_city, places="kita", within_m=500, group="age_0_6")
    with pytest.raises(VintageError, match="toy-2022"):
        score(toy_city, method="mss-2021", year=2024, areas="toy-2016")
    with pytest.raises(NotEnoughDataError, match="2022, 2023, 2024"):
        score(toy_city, method="mss-2021", year=1999)
    with pytest.raises(UnknownKeyError, match="mss-202"):
        score(toy_city, method="mss-2020", year=2024)


def test_rows_that_a_table_lacks_are_missing(toy_city):
    table = toy_city.tables[toy.VINTAGE]
    layer = area_layer(toy_city)
    assert table_on(toy_city, layer).frame.index.get_level_values("area").unique().equals(layer.frame.index)
    assert len(table_on(toy_city, layer).frame) == len(layer.frame) * len(table.years)


def test_files_of_a_run(toy_city, tmp_path):
    write_city(toy_city, tmp_path, only="mss-2024")
    folder = tmp_path / "mss-2024"
    wanted = {
        "results.gpkg", "results.qgz", "areas.csv", "areas_de.csv", "areas.xlsx", "shapefile.zip", "map.html",
        "run.json", "log.json", "dossiers.json", "series.csv", "changes.csv",
    }  # fmt: skip
    assert {path.name for path in folder.iterdir()} == wanted
    first = {
        name: (folder / name).read_bytes()
        for name in ("areas.csv", "areas_de.csv", "run.json", "map.html", "dossiers.json")
    }
    (folder / "notes.txt").write_text("mine")
    write_city(toy_city, tmp_path, only="mss-2024")
    for name, content in first.items():
        assert (folder / name).read_bytes() == content, name
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_city_may_ask_for_more_residents_but_not_for_fewer(toy_city):
    left_out = {}
    for least in (100, 300, 3000):
        city = dataclasses.replace(toy_city, secrecy=dataclasses.replace(toy_city.secrecy, min_residents=least))
        result = score(city, method="mss-2021", year=2024)
        left_out[least] = set(result.left_out.index[result.left_out == "too_few_residents"])
        assert result.parameters["min_residents"] == max(least, 300)
    assert left_out[100] == left_out[300] < left_out[3000]


def test_age_groups_reach_the_table_guarded(toy_outcome, toy_city):
    table, columns = toy_outcome.table, {column.key: column for column in toy_outcome.columns}
    added = ["kita_reached_age_6_64", "kita_not_reached_age_6_64", "kita_reached_age_65_plus"]
    assert set(added) <= set(table)
    assert "kita_reached_age_0_5" not in table  # the theme's own group has its columns
    assert list(table).index("kita_tier") < list(table).index(added[0]) < list(table).index("states")
    assert "6 bis 64" in columns[added[0]].title.de
    raw = toy_outcome.coverage["kita"].parts
    people = raw[["reached_age_65_plus", "not_reached_age_65_plus"]]
    few = ((people > 0) & (people < toy_city.secrecy.min_count)).any(axis=1)
    assert few.any()
    assert table.loc[few, "kita_reached_age_65_plus"].isna().all()
    assert table.loc[few, "states"].str.contains("kita_age_65_plus=too_small").all()
    assert (why_empty(toy_outcome, "kita_reached_age_65_plus")[few] == "too_small").all()
    assert set(why_empty(toy_outcome, "kita_need")[toy_outcome.table["kita_need"].isna()]) == {"secret"}


def test_the_need_of_a_theme_stands_beside_its_gap(toy_outcome):
    order = toy_outcome.priority["kita"]
    pd.testing.assert_series_equal(
        toy_outcome.table["kita_need"], toy_outcome.table["value_child_poverty"], check_names=False
    )
    assert order.parts["need_value"].equals(toy_outcome.index.seen["value_child_poverty"].rename("need_value"))
    assert next(c for c in toy_outcome.columns if c.key == "kita_need").kind == "share"
    first = order.value.idxmin()
    assert reason(order, first).de.endswith("Kinderarmut: 55,6 %.")
    assert dossier(toy_outcome, first).coverage[0].need == "Kinderarmut: 55,6 %"
    without = rank_need(toy_outcome.index, toy_outcome.coverage["kita"])
    pd.testing.assert_series_equal(without.value, order.value)
    assert "need_value" not in without.parts


def test_a_need_that_the_method_does_not_ask_for_is_guarded_by_its_own_counts():
    city = demo_city()
    theme = dataclasses.replace(city.themes["kita"], need="single_parent")
    city = dataclasses.replace(city, themes={**city.themes, "kita": theme})
    run = dataclasses.replace(city.runs["mss-2024"], themes=("kita",))
    outcome = compute(dataclasses.replace(city, runs={"mss-2024": run}), "mss-2024")
    counts = city.tables[run.vintage].of_year(2024)["children_single_parent"]
    few = (counts > 0) & (counts < city.secrecy.min_count)
    assert few.any()
    assert outcome.table.loc[few[few].index, "kita_need"].isna().all()
    assert outcome.table["kita_need"].notna().sum() > 100


def test_themes_of_two_runs_do_not_give_few_people_away(toy_city):
    """One child of the first area is not reached; one run asks for children and tells all others, one everybody."""
    everybody = dataclasses.replace(toy_city.themes["kita"], key="all", group="residents")
    past = dataclasses.replace(toy_city.runs["mss-2022"], themes=("all",))
    city = dataclasses.replace(toy_city, themes={**toy_city.themes, "all": everybody}, runs={"mss-2022": past})
    both = dataclasses.replace(city, runs={**toy_city.runs, "mss-2022": past})
    area, older = "01010000", ["reached_age_6_64", "reached_age_65_plus"]
    alone = compute(city, "mss-2022").coverage["all"].seen
    assert alone.loc[area, ["reached", "reached_age_6_64"]].notna().all()
    assert alone.loc[area, ["reached_age_0_5", "reached_age_65_plus"]].isna().all()
    assert compute(both, "mss-2024").coverage["kita"].seen.loc[area, older].notna().all()
    beside = compute(both, "mss-2022").coverage["all"].seen
    assert pd.isna(beside.loc[area, "reached"])
    assert beside["reached"].notna().sum() > len(beside) / 2


def test_squares_of_a_second_limit_for_the_same_places_have_no_numbers():
    """Who lives between 500 and 520 m would be the difference of two squares."""
    plain = toy.toy_city()
    near = plain.themes["kita"]
    themes = {"kita": near, "far": dataclasses.replace(near, key="far", within_m=520.0)}
    run = dataclasses.replace(plain.runs["mss-2024"], themes=("kita", "far"))
    squares = compute(dataclasses.replace(plain, themes=themes, runs={"mss-2024": run}), "mss-2024").gaps
    assert squares is not None
    numbers = squares.groupby("theme")["not_reached"].count()
    assert (numbers["kita"] > 0, numbers["far"]) == (True, 0)
    assert (squares["theme"] == "far").any()
    other = dataclasses.replace(plain.runs["mss-2022"], themes=("far",))
    runs = {"mss-2024": dataclasses.replace(run, themes=("kita",)), "mss-2022": other}
    alone = compute(dataclasses.replace(plain, themes=themes, runs=runs), "mss-2022").gaps
    assert alone is not None
    assert alone["not_reached"].isna().all()
