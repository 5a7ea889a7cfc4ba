"""What changed, and why: causes add up, each kind is found, and Musterstadt's planted case is no chance."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import qmgis
from qmgis.change import CAUSES, changes, noise_share, seen_on, sentence, summary
from qmgis.core.spatial.crosswalk import from_parts
from qmgis.errors import DataError, NotEnoughDataError
from qmgis.model import City, Text
from qmgis.runs.years.across import across
from qmgis.runs.years.changes import what_changed

ROOT = Path(__file__).parents[1]
TRUTH = json.loads((ROOT / "data" / "musterstadt" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def city() -> City:
    return qmgis.open_city(ROOT / "layers" / "musterstadt")


def at(attention: list[float], index: list[float]) -> pd.DataFrame:
    """Two areas whose class is 2 where the index is below 1, else 3."""
    number = [2.0 if one < 1 else 3.0 for one in index]
    return pd.DataFrame({"attention": attention, "class": number, "index": index}, index=["a", "b"])


QUIET, LOUD = at([0, 0], [0.5, 0.2]), at([1, 0], [1.5, 0.2])
CALM = pd.DataFrame({"values": [0.1, 0.0], "changes": [0.9, 0.0]}, index=["a", "b"])
PLACES = [(d, b, m) for d in (0, 1) for b in (0, 1) for m in (0, 1)]


@pytest.mark.parametrize(("axis", "cause"), [(0, "data"), (1, "boundary"), (2, "method")])
def test_a_change_by_one_cause_alone_is_given_to_it(axis: int, cause: str):
    found = changes({place: LOUD if place[axis] else QUIET for place in PLACES}, CALM).frame
    assert found["kind"].tolist() == ["new", "same"]
    assert found.loc["a", "cause"] == cause
    assert found.loc["a", [f"attention_{one}" for one in CAUSES]].sum() == pytest.approx(1)
    assert found.loc["b", "cause"] is None or pd.isna(found.loc["b", "cause"])
    back = changes({place: QUIET if place[axis] else LOUD for place in PLACES}, CALM).frame
    assert back["kind"].tolist() == ["gone", "same"]
    assert back.loc["a", "cause"] == cause


def test_what_moves_within_chance_is_chance():
    noisy = CALM.assign(values=[0.8, 0.0])
    found = changes({(0, 0, 0): QUIET, (1, 0, 0): LOUD}, noisy).frame.loc["a"]
    assert (found["cause"], found["attention_noise"], found["index_data"]) == ("noise", 0.8, pytest.approx(0.2))


def test_attention_that_moves_without_its_class_is_judged_by_the_changes():
    first, second = at([0, 0], [1.2, 0.2]), at([1, 0], [1.3, 0.2])
    found = changes({(0, 0, 0): first, (1, 0, 0): second}, CALM).frame.loc["a"]
    assert (found["kind"], found["cause"], found["attention_noise"]) == ("new", "noise", 0.9)


def test_two_causes_share_alike_whatever_the_order():
    both = {place: LOUD if place[1] and place[2] else QUIET for place in PLACES}
    found = changes(both, CALM).frame.loc["a"]
    assert found["attention_boundary"] == found["attention_method"] == 0.5


def test_areas_that_one_edition_leaves_out_are_not_compared():
    gap = LOUD.copy()
    gap.loc["a"] = np.nan
    assert changes({(0, 0, 0): gap, (1, 0, 0): LOUD}, CALM).frame["kind"].tolist() == ["not_comparable", "same"]


def test_a_missing_result_is_named():
    with pytest.raises(DataError, match=r"the result at \(0, 1, 0\) is missing"):
        changes({place: QUIET for place in PLACES if place != (0, 1, 0)}, CALM)


def test_old_areas_are_seen_by_where_people_lived_and_gaps_say_nothing():
    lived = pd.DataFrame({"old": ["p", "q", "r"], "new": ["a", "a", "b"], "amount": [60.0, 40, 10]})
    way = from_parts(lived, old=pd.Index(["p", "q", "r"]), new=pd.Index(["a", "b"]))
    people = pd.Series({"p": 60.0, "q": 40.0, "r": 10.0})
    old = pd.DataFrame({"attention": [1.0, 0.0, np.nan]}, index=["p", "q", "r"])
    assert seen_on(old, way, people)["attention"].tolist()[0] == 0.6
    assert seen_on(old, way, people)["attention"].isna().tolist() == [False, True]
    assert np.isnan(seen_on(old.assign(attention=[np.nan, 0.0, 1.0]), way, people)["attention"]["a"])


def test_more_people_leave_less_to_chance(city):
    table = city.tables["ms-2022"]
    few, _ = noise_share(table, (2022, 2024), ["transfer"])
    bigger = {key: 100.0 for key, one in table.indicators.items() if one.measure == "count"}
    frame, change = table.frame.mul(pd.Series(bigger), fill_value=1), table.change.mul(pd.Series(bigger), fill_value=1)
    for name in table.frame.columns.difference(list(bigger)):
        frame[name], change[name] = table.frame[name], table.change[name]
    many, _ = noise_share(replace(table, frame=frame[table.frame.columns], change=change[table.frame.columns]),
                          (2022, 2024), ["transfer"])  # fmt: skip
    assert (many <= few + 1e-12).all()
    assert many.mean() < few.mean() / 2


@pytest.mark.parametrize("cause", CAUSES)
def test_musterstadts_planted_change_of_each_kind_is_found(city, cause: str):
    planted = TRUTH["change"][cause]
    row = what_changed(city, *planted["editions"]).changes.frame.loc[planted["area"]]
    assert (row["kind"], row["cause"]) == (planted["kind"], cause)
    change = row["attention_after"] - row["attention_before"]
    added = {one: row[f"attention_{one}"] for one in CAUSES}
    assert abs(change) == 1
    assert sum(added.values()) == pytest.approx(change, abs=1e-12)
    assert added[cause] / change > (0.8 if cause == "data" else 0.9)


def test_people_of_the_divided_area_stayed_as_they_were(city):
    """What was planted, from the tables alone: the edition of 2022 and that of 2020 count the same people."""
    area = TRUTH["change"]["boundary"]["area"]
    new, old = city.tables["ms-2022"], city.tables["ms-2016"]
    whole = next(one["new"] for one in TRUTH["reform"] if area in one["new"])
    before = new.of_year(2022) - new.of_year(2022, what="change")
    for key in ("population", "unemployed", "transfer_recipients", "children_in_transfer"):
        assert before.loc[whole, key].sum() == old.of_year(2020).loc[whole[0], key]
    shares = ["unemployment", "transfer", "child_poverty"]
    # no more than the trend that all areas have
    assert (new.of_year(2022, what="change").loc[area, shares].abs() < 0.01).all()


def test_without_what_the_later_edition_counted_back_a_divided_area_cannot_be_told(city, monkeypatch):
    """A crosswalk gives each part the mean of the old area: outlines and data then add alike."""
    monkeypatch.setattr("qmgis.runs.years.across.with_counted", lambda city, table, **_: (table, ()))
    across.cache_clear()
    row = what_changed(city, "mss-2020", "mss-2022").changes.frame.loc[TRUTH["change"]["boundary"]["area"]]
    across.cache_clear()
    assert row["attention_boundary"] == pytest.approx(0.5)


def test_musterstadts_planted_change_is_found_and_nothing_else_is_called_one(city):
    found = what_changed(city, "mss-2020", "mss-2024")
    frame = found.changes.frame
    worse = frame.loc[TRUTH["worse"][0]]
    assert (worse["kind"], worse["cause"]) == ("new", "data")
    assert worse["attention_data"] > 0.8
    planted = {*TRUTH["worse"], *TRUTH["better"], *TRUTH["effect"]["areas"], TRUTH["new_housing"]}
    planted.add(TRUTH["change"]["boundary"]["area"])
    others = frame[frame["kind"].isin(["new", "gone"]) & ~frame.index.isin(planted)]
    assert len(others) > 0
    assert (others["cause"] == "noise").all()
    known = frame[frame["kind"] != "not_comparable"]
    for what in ("attention", "class", "index"):
        added = known[[f"{what}_{cause}" for cause in CAUSES]].sum(axis=1)
        np.testing.assert_allclose(added, known[f"{what}_after"] - known[f"{what}_before"], atol=1e-12)
    assert (known["index_method"] == 0).all()
    assert (known["index_boundary"] != 0).any()


def test_another_method_is_told_from_other_data(city):
    runs = {key: replace(city.runs["mss-2022"], key=key, method=key) for key in ("mss-2013", "mss-2021")}
    found = what_changed(replace(city, runs=runs), "mss-2013", "mss-2021").changes.frame
    known = found[found["kind"] != "not_comparable"]
    assert (known[["index_data", "index_noise", "index_boundary"]].to_numpy() == 0).all()
    assert (known["index_method"] != 0).any()


def test_data_that_a_method_cannot_use_are_named(city):
    early = replace(city.runs["mss-2020"], key="early", year=2016)
    with pytest.raises(NotEnoughDataError, match='method "mss-2021" cannot be computed with the data of 2016') as error:
        what_changed(replace(city, runs={**city.runs, "early": early}), "early", "mss-2024")
    assert "lässt sich mit den Daten von 2016" in error.value.say("de")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_is_said_names_no_cause_that_did_not_act(city, lang: str):
    found = what_changed(city, "mss-2020", "mss-2024").changes
    said = summary(found, first=Text("2020", "2020"), second=Text("2024", "2024")).to(lang)
    assert ("Methode" in said or "method" in said) is False
    worse = sentence(found.frame.loc[TRUTH["worse"][0]]).to(lang)
    assert ("86 %" in worse) or ("86%" in worse)
    assert not {"verursacht", "bewirkt", "caused"} & set(said.lower().split())


def test_a_run_beside_itself_has_not_changed(city):
    found = what_changed(city, "mss-2024", "mss-2024").changes
    assert set(found.frame["kind"]) <= {"same", "not_comparable"}
    assert found.count().to_numpy().sum() == 0
