"""Values of old areas on new ones: against Musterstadt's truth, what is not carried, and what stays hidden."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import qmgis
from qmgis.boundaries import carried, way_between
from qmgis.errors import VintageError
from qmgis.model import City, IndicatorTable
from qmgis.runs.secrecy.guard import closed
from qmgis.runs.secrecy.veiled import veiled
from qmgis.runs.years.across import across, laid_across
from qmgis.runs.years.counted import counted_before
from qmgis.runs.years.editions import undivided
from qmgis.runs.years.ways import ways_of
from tests.toy import toy_areas, toy_city, toy_table

ROOT = Path(__file__).parents[1]
TRUTH = json.loads((ROOT / "data" / "musterstadt" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def city() -> City:
    return qmgis.open_city(ROOT / "layers" / "musterstadt")


@pytest.fixture(scope="module")
def truth(city: City) -> pd.DataFrame:
    """What the edition of 2022 says of 2020 on its own areas: the city counted both."""
    table = city.tables["ms-2022"]
    return table.of_year(2022) - table.of_year(2022, what="change")


def way(city: City, **given: object):
    return way_between(city.area_layers["ms-2016"], city.area_layers["ms-2022"], **given)


def misplaced(found: IndicatorTable, truth: pd.DataFrame, key: str) -> float:
    apart = (found.of_year(2020)[key] - truth[key]).abs().reindex(truth.index)
    return float(apart.sum() / 2 / truth[key].sum())


def test_people_carry_musterstadts_reform_better_than_land(city, truth):
    table, given = city.tables["ms-2016"], city.crosswalks["crosswalk"]
    by_people = carried(table, way(city, given=given), vintage="ms-2022").table
    by_land = carried(table, way(city), vintage="ms-2022").table
    assert misplaced(by_people, truth, "population") < 0.001
    # what was planted as a change by outlines alone cannot be carried: one part holds nearly all the need
    planted = next(one["new"] for one in TRUTH["reform"] if TRUTH["change"]["boundary"]["area"] in one["new"])
    for key in ("population", "transfer_recipients", "unemployed", "children_under_15"):
        assert misplaced(by_people, truth.drop(planted), key) < misplaced(by_land, truth.drop(planted), key) < 0.006
    assert misplaced(by_people, truth, "unemployed") > 0.008
    apart = (by_people.of_year(2020)["transfer"] - truth["transfer"]).abs().drop(planted)
    assert apart.median() < 0.0001
    assert apart.max() < 0.015


def test_each_basis_is_taken_where_it_is_the_best(city):
    given, homes = city.crosswalks["crosswalk"], city.residents["addresses"]
    bare = replace(given, frame=given.frame.drop(columns="residents"))
    land = replace(given, frame=given.frame[["old", "new", "land"]])
    found = [way(city, given=given), way(city, given=given, residents=homes, group="age_0_5"),
             way(city, given=bare, residents=homes, group="age_0_5"), way(city, given=bare),
             way(city, given=land), way(city)]  # fmt: skip
    assert [(one.basis, one.source) for one in found] == [
        ("residents", "crosswalk"), ("residents", "crosswalk"), ("age_0_5", "addresses"), ("addresses", "crosswalk"),
        ("land", "crosswalk"), ("land", ""),
    ]  # fmt: skip
    assert [bool(one.warnings) for one in found] == [False, False, False, False, True, True]


def test_file_and_points_of_the_same_people_are_the_same_way(city):
    by_file = way(city, given=city.crosswalks["crosswalk"]).crosswalk.weight.toarray()
    by_points = way(city, residents=city.residents["addresses"]).crosswalk.weight.toarray()
    np.testing.assert_allclose(by_points, by_file, atol=1e-12)


def test_against_its_direction_a_crosswalk_gives_its_amounts(city):
    old, new = city.area_layers["ms-2016"], city.area_layers["ms-2022"]
    back = way_between(new, old, given=city.crosswalks["crosswalk"])
    by_points = way_between(new, old, residents=city.residents["addresses"])
    np.testing.assert_allclose(back.crosswalk.weight.toarray(), by_points.crosswalk.weight.toarray(), atol=1e-12)


def test_a_crosswalk_of_other_versions_is_refused(city):
    with pytest.raises(VintageError, match='leads from "ms-2016" to "ms-2022", not from "toy-2022"'):
        way_between(toy_areas(), toy_areas(), given=city.crosswalks["crosswalk"])


def test_indices_and_shares_of_nobody_known_are_named_and_missing():
    areas = toy_areas()
    found = carried(toy_table(), way_between(areas, areas), vintage="next")
    assert found.table.vintage == "next"
    shares = [key for key, one in toy_table().indicators.items() if one.measure == "share" and one.numerator is None]
    assert set(found.left_out) == set(shares)
    for key in shares:
        assert found.table.frame[key].isna().all()
        assert (found.table.states[key] != "ok").all()
        assert found.left_out[key].de != found.left_out[key].en


def test_the_city_on_one_version_has_every_year_and_keeps_its_own_numbers(city):
    found = across(city, "ms-2022")
    assert found.years[2020] == "ms-2016"
    assert found.years[2022] == "ms-2022"
    own, whole = city.tables["ms-2022"], found.table
    for year in own.years:
        pd.testing.assert_frame_equal(whole.of_year(year)[list(own.indicators)], own.of_year(year))
    assert (found.exact.xs(2022, level="year") == 1).all()
    reformed = {"02010203", "02010301", "02020302", "02020301", "01030203", "01030202"}
    exact = found.exact.xs(2020, level="year")
    assert (exact[list(reformed)] == 0).all()
    assert (exact == 1).mean() > 0.85
    index = qmgis.score(found.city, method="mss-2021", year=2020, areas="ms-2022")
    assert index.value.notna().sum() > 100


def test_a_city_with_one_version_is_left_alone():
    city = toy_city()
    assert across(city).city is city


def test_numbers_of_too_few_people_are_not_carried(city):
    table, secrecy = city.tables["ms-2016"], city.secrecy
    small = [
        (area, year, key)
        for key, one in table.indicators.items() if one.measure == "count"
        for (area, year), value in table.frame[key].items() if 0 < value < secrecy.min_count
    ]  # fmt: skip
    assert small
    shut = closed(table, secrecy)
    found = carried(shut, way(city, given=city.crosswalks["crosswalk"]), vintage="ms-2022").table
    weight = pd.DataFrame(
        way(city, given=city.crosswalks["crosswalk"]).crosswalk.weight.toarray(),
        index=table.frame.index.get_level_values("area").unique(), columns=city.area_layers["ms-2022"].frame.index,
    )  # fmt: skip
    for area, year, key in small:
        assert np.isnan(shut.frame.loc[(area, year), key])
        for new in weight.columns[weight.loc[area] > 0]:
            assert np.isnan(found.frame.loc[(new, year), key])
            assert found.states.loc[(new, year), key] == "secret"


def test_divided_areas_have_what_the_later_edition_counted_back_and_no_other_area(city, truth):
    old = veiled(city).tables["ms-2016"]
    walk, ways = way(city, given=city.crosswalks["crosswalk"]), ways_of(city, old, "ms-2022")
    found, plain = across(city, "ms-2022"), carried(old, walk, vintage="ms-2022", ways=ways).table
    planted = next(one["new"] for one in TRUTH["reform"] if TRUTH["change"]["boundary"]["area"] in one["new"])
    whole = undivided(way(city, given=city.crosswalks["crosswalk"]).crosswalk)
    for key in ("population", "unemployed", "child_poverty"):
        now = found.table.of_year(2020)[key]
        pd.testing.assert_series_equal(now[planted], truth.loc[planted, key])
        alone = whole.dropna().index
        pd.testing.assert_series_equal(now[alone], plain.of_year(2020)[key][alone])
    # changes are carried: nobody counted 2018 on these areas
    moved = found.table.of_year(2020, what="change")
    pd.testing.assert_frame_equal(moved, plain.of_year(2020, what="change")[list(moved)])
    assert any("2022" in text.en and "2020" in text.en for text in found.warnings)


def test_a_part_that_may_not_be_shown_keeps_back_the_parts_beside_it(city):
    table = city.tables["ms-2022"]
    one, other = next(one["new"] for one in TRUTH["reform"] if TRUTH["change"]["boundary"]["area"] in one["new"])
    change = table.change.copy()
    change.loc[(one, 2022), "unemployed"] = table.frame.loc[(one, 2022), "unemployed"] - 1  # one before
    shut = replace(city, tables={**city.tables, "ms-2022": replace(table, change=change)}, runs={})
    before = counted_before(shut, shut.tables["ms-2022"], 2022)
    assert before.loc[[one], ["unemployed", "unemployment"]].isna().all(axis=None)
    assert before.loc[one, "transfer_recipients"] > 0
    found, plain = (laid_across(city_, "ms-2022").table.of_year(2020) for city_ in (shut, replace(city, runs={})))
    assert found.loc[other, "unemployed"] != plain.loc[other, "unemployed"]
    share = closed(city.tables["ms-2016"], city.secrecy).of_year(2020).loc["02010203", "unemployment"]
    assert found.loc[[one, other], "unemployment"].tolist() == pytest.approx([share, share], abs=0.01)


def test_counts_of_an_age_group_go_by_where_the_group_lives(city, truth):
    table, walk = city.tables["ms-2016"], way(city, given=city.crosswalks["crosswalk"])
    ways = ways_of(city, table, "ms-2022")
    by_all = carried(table, walk, vintage="ms-2022")
    by_group = carried(table, walk, vintage="ms-2022", ways=ways)
    assert by_group.basis["children_in_transfer"] == "age_0_14"
    assert by_group.basis["unemployed"] == by_group.basis["residents_15_64"] == "age_15_64"
    assert by_group.basis["population"] == by_group.basis["transfer_recipients"] == "residents"
    assert set(by_all.basis.values()) == {"residents"}
    for key, least in (("children_under_15", 3), ("residents_65_plus", 3), ("residents_15_64", 1.5),
                       ("children_single_parent", 1.5)):  # fmt: skip
        assert misplaced(by_all.table, truth, key) > least * misplaced(by_group.table, truth, key), key
    pd.testing.assert_frame_equal(by_group.quality, by_all.quality)


def test_a_group_that_no_layer_knows_goes_by_all_residents_and_is_not_named(city):
    bare = city.crosswalks["crosswalk"]
    bare = replace(bare, frame=bare.frame[["old", "new", "residents", "land"]])
    without = replace(city, crosswalks={"crosswalk": bare}, residents={})
    assert ways_of(without, city.tables["ms-2016"], "ms-2022") == {}
    said = [text.en for text in laid_across(without, "ms-2022").warnings]
    assert not [one for one in said if "where the group" in one]
    named = [text.en for text in across(city, "ms-2022").warnings if "where the group" in text.en]
    assert len(named) == 3
    assert {one.split('"')[1] for one in named} == {"age_0_14", "age_15_64", "age_65_plus"}
