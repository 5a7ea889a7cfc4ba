"""The register of Musterstadt: clean, as dear as the table of costs says, with the holes that truth.json names."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qmgis.io.city.workspace import open_city
from qmgis.model import codes_in
from qmgis.musterstadt.programme import make_measures
from qmgis.musterstadt.register import make_register

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city():
    return open_city(ROOT / "layers" / "musterstadt")


@pytest.fixture(scope="module")
def register(city):
    return city.registers["measures"]


@pytest.fixture(scope="module")
def truth():
    return json.loads((ROOT / "data/musterstadt/truth.json").read_text(encoding="utf-8"))["register"]


def test_it_has_no_problem(city):
    assert [one for one in city.problems if "register" in one.file] == []


def test_every_table_has_rows_for_the_areas(register):
    assert {area for cell in register.measures["area"] for area in codes_in(cell)} == {
        "QM-01",
        "QM-02",
        "QM-03",
        "QM-04",
    }
    for name in ("costs", "funds", "grants", "concepts", "goals", "organisations", "assessments", "tasks", "anchors",
                 "bodies"):  # fmt: skip
        assert len(register.table(name)), name
    assert set(register.places.geom_type) == {"Point", "LineString", "Polygon"}
    assert len(register.places) < len(register.measures)


def test_sources_add_up_to_the_costs_of_each_year(city):
    """By another way: the table of costs before it is split, cent by cent."""
    programme = next(iter(city.programmes.values())).frame.reset_index().rename(columns={"programme_area": "area_id"})
    whole = make_measures(programme, np.random.default_rng(1))
    tables, _ = make_register(whole, programme, seed=1)
    parts = tables["register/costs.csv"]
    parts = parts[parts["Förderprogramm"] != "total"]

    def cents(column):
        return column.replace("", "0,00").str.replace(",", "").astype(int)

    for column, own in (("geplant (EUR)", "geplant_EUR"), ("ausgegeben (EUR)", "ausgegeben_EUR")):
        split = cents(parts[column]).groupby([parts["Maßnahme"], parts["Jahr"]]).sum()
        before = cents(whole[own]).groupby([whole["Massnahme"], whole["Jahr"]]).sum()
        assert split.to_dict() == before.to_dict()


def test_the_same_numbers_give_the_same_register(city):
    programme = next(iter(city.programmes.values())).frame.reset_index().rename(columns={"programme_area": "area_id"})
    one, other = (make_register(make_measures(programme, np.random.default_rng(5)), programme, seed=5)[0] for _ in "ab")
    assert all(one[name].equals(other[name]) for name in one)


def test_one_part_1_measure_is_open_without_finance(register, truth):
    open_ones = register.measures[
        (register.measures["part"] == 1) & register.measures["status"].isin(["planned", "approved", "running"])
    ]
    granted = register.costs.groupby("measure")["approved_ct"].sum()
    without = [key for key in open_ones["measure"] if granted.get(key, 0) == 0]
    assert without == [truth["part_1_without_finance"]["measure"]]


def test_one_task_has_no_successor(register, truth):
    alone = register.tasks[register.tasks["successor"].isna()]
    assert alone[["area", "task"]].to_dict("records") == [truth["task_without_successor"]]
    assert set(register.tasks["area"]) == {"QM-01", "QM-03"}


def test_one_fund_is_over_its_budget_and_one_grant_over_the_rule(register, truth):
    spent = register.grants.groupby(["fund", "year"])["amount_ct"].sum().rename("spent")
    funds = register.funds.join(spent, on=["fund", "year"])
    over = funds[funds["spent"] > funds["budget_ct"]]
    assert over[["area", "fund", "year"]].to_dict("records") == [truth["fund_over_budget"]]
    grants = register.grants.merge(register.funds, on=["fund", "year"])
    above = grants[grants["amount_ct"] > grants["max_grant_ct"]]
    assert above["grant"].tolist() == [truth["grant_over_rule"]["grant"]]


def test_one_measure_lies_outside_and_says_why(city, register, truth):
    programme = next(iter(city.programmes.values()))
    shapes = dict(zip(programme.area_ids, programme.frame.geometry, strict=True))
    areas = register.measures.set_index("measure")["area"]
    outside = [key for key, place in register.places.items() if not shapes[areas[key]].buffer(1).covers(place)]
    assert outside == [truth["outside_with_reason"]["measure"]]
    reasons = register.measures.set_index("measure")["outside_reason"].dropna()
    assert reasons.index.tolist() == outside


def test_the_other_holes_are_there(register, truth):
    bodies = register.bodies[register.bodies["type"] == "council"]
    minority = bodies[2 * bodies["residents"] <= bodies["members"]]
    assert minority["body"].tolist() == [truth["council_without_majority"]["body"]]
    climate = register.measures.groupby("area")["climate"].any()
    assert not climate[truth["area_without_climate_measure"]]
    concept = register.concepts.set_index("concept").loc[truth["concept_without_verstetigung"]["concept"]]
    assert concept["has_verstetigung"] is False or not bool(concept["has_verstetigung"])
    goal = register.goals.set_index("goal").loc[truth["goal_without_indicator"]["goal"]]
    assert pd.isna(goal["indicator"])
    secured = register.anchors.set_index("anchor")["secured_until"]
    assert secured[truth["anchor_not_secured"]["anchor"]] < pd.Timestamp("2027-12-31")


def test_two_days_of_assessments_can_be_compared(register):
    days = register.assessments[register.assessments["area"] == "QM-01"].groupby("date")["item"].agg(set)
    assert len(days) == 2
    assert days.iloc[0] == days.iloc[1]


def test_measures_of_a_mixed_kind_and_of_two_areas_are_planted(register, truth):
    measures = register.measures
    mixed = measures[measures["kind"] == "MIX"]
    assert mixed[["area", "investive_share", "measure"]].to_dict("records") == truth["mixed"]
    several = measures[measures["area"].str.contains(",")]
    assert several["measure"].tolist() == [truth["of_several_areas"]["measure"]]
    assert several["area"].tolist() == [", ".join(truth["of_several_areas"]["areas"])]
