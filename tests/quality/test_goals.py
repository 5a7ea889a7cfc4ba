"""Goals: reached, partly, not, or not measurable inside the noise; balances and the extract say what is not known."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.io.rules.checklists import checklists
from qmgis.quality import (
    attainment,
    by_attainment,
    concept_check,
    final_balance,
    goal_table,
    interim_balance,
    reporting_extract,
)
from tests.records import measure, record

GOAL = {"goal": "Z1", "area": "QM-01", "level": "field", "field": "HF1", "text": "Weniger Bezug",
        "indicator": "transfer", "start_value": 0.30, "target_value": 0.25, "target_year": 2024}  # fmt: skip
NOW = pd.DataFrame({"value": [0.24], "low": [0.22], "high": [0.26], "year": [2024]}, index=["transfer"])


@pytest.mark.parametrize(
    ("start", "target", "now", "wanted"),
    [
        (0.30, 0.25, (0.24, 0.22, 0.26), "reached"),
        (0.30, 0.25, (0.25, 0.25, 0.25), "reached"),
        (0.30, 0.25, (0.27, 0.26, 0.28), "partly"),
        (0.30, 0.25, (0.27, 0.24, 0.29), "partly"),  # the target lies in the interval, the start does not
        (0.30, 0.25, (0.29, 0.27, 0.31), "not"),  # nothing that could be told from chance
        (0.30, 0.25, (0.40, 0.38, 0.42), "not"),
        (0.30, 0.25, (0.24, 0.17, 0.33), "not_measurable"),  # past the target, but the start cannot be ruled out
        (0.10, 0.20, (0.21, 0.19, 0.23), "reached"),  # upwards
        (None, 0.20, (0.10, 0.08, 0.12), "not_measurable"),
        (0.20, 0.20, (0.21, 0.19, 0.23), "not_measurable"),
        (5.0, 10.0, (10.0, 10.0, 10.0), "reached"),
        (5.0, 10.0, (5.0, 5.0, 5.0), "not"),
    ],
)
def test_attainment(start, target, now, wanted):
    assert attainment(start, target, now) == wanted


numbers = st.floats(0, 1, allow_nan=False)


@given(numbers, numbers, numbers, st.floats(0, 0.3))
def test_attainment_does_not_depend_on_the_direction(start, target, value, half):
    now, other = (value, value - half, value + half), (1 - value, 1 - value - half, 1 - value + half)
    ends = abs(abs(value - start) - half), abs(abs(value - target) - half)
    if min(abs(start - target), *ends, abs(value - target), abs(value - start)) > 1e-6:
        assert attainment(start, target, now) == attainment(1 - start, 1 - target, other)


@given(numbers, numbers, numbers, st.floats(0.001, 0.3))
def test_reached_and_partly_need_a_start_outside_of_the_interval(start, target, value, half):
    if attainment(start, target, (value, value - half, value + half)) in ("reached", "partly"):
        assert not value - half <= start <= value + half


def test_a_goal_is_computed_where_indicator_target_and_number_are_there():
    rows = [GOAL, {**GOAL, "goal": "Z2", "indicator": None, "attainment": "partly", "evidence": "Bericht"},
            {**GOAL, "goal": "Z3", "target_value": None}, {**GOAL, "goal": "Z4", "attainment": "not"},
            {**GOAL, "goal": "Z5", "indicator": "unemployment"}]  # fmt: skip
    found = goal_table(record({"goals": rows, "measures": [measure(goals=("Z1",)), measure("M2", status="completed",
                               goals=("Z1", "Z2"))]}), NOW).set_index("goal")  # fmt: skip
    assert found["attainment"].to_dict() == {"Z1": "reached", "Z2": "partly", "Z3": "not_measurable", "Z4": "reached",
                                             "Z5": "not_measurable"}  # fmt: skip
    assert found["basis"].tolist() == ["data", "recorded", "", "data", ""]
    assert found["differs"].tolist() == [False, False, False, True, False]
    assert found.loc["Z1", ["measures", "measures_open", "measures_done"]].tolist() == ["M1; M2", 1, 1]
    assert by_attainment(found.reset_index()).loc[0, ["reached", "goals"]].tolist() == [2, 5]
    assert found["due"].tolist() == [True] * 5


COSTS = [{"measure": "M1", "year": 2023, "source": "a", "planned_ct": 1_000, "spent_ct": 700},
         {"measure": "M1", "year": 2024, "source": "a", "planned_ct": 500},
         {"measure": "M2", "year": 2024, "source": "b", "planned_ct": 300}]  # fmt: skip


def test_balances_add_up_and_money_that_is_not_recorded_is_no_zero():
    rows = [measure(), measure("M2", status="completed"), measure("M3", status="planned", successor="O1")]
    found = record({"measures": rows, "costs": COSTS, "goals": [GOAL]})
    goals = goal_table(found, NOW)
    interim, final = interim_balance(found, goals), final_balance(found, goals)
    measures = interim[interim["part"] == "measures"].set_index("key")
    assert measures["count"].sum() == 3
    assert measures["planned_ct"].sum() == 1_800
    assert pd.isna(measures.loc["planned", "planned_ct"])
    assert pd.isna(measures.loc["completed", "spent_ct"])
    still = final[final["part"] == "open"].set_index("key")
    assert still["count"].to_dict() == {"M1": 0, "M3": 1}
    pd.testing.assert_frame_equal(final[final["part"] != "open"], interim)


def test_the_concept_check_names_every_part_and_what_is_not_recorded():
    rows = [{"concept": "K1", "area": "QM-01", "type": "IHEK", "adopted_on": "2020-01-01", "body": "Rat",
             "has_goals": True, "has_costs": False},
            {"concept": "K0", "area": "QM-01", "type": "IHEK", "adopted_on": "2010-01-01", "body": "Rat"}]  # fmt: skip
    checklist = checklists()["concept"]
    found = concept_check(checklist, record({"concepts": rows}))
    assert found["concept"].drop_duplicates().tolist() == ["K1", "K0"]
    newest = found[found["counts"]].set_index("item")["state"]
    assert newest.to_dict() == {"adopted": "yes", "validity": "yes", "has_goals": "yes", "has_costs": "no",
                                **dict.fromkeys(["has_measures", "has_participation", "has_climate",
                                                 "has_verstetigung"], "unknown")}  # fmt: skip
    older = found[found["concept"] == "K0"].set_index("item")["state"]
    assert older["validity"] == "no"


def test_the_extract_keeps_what_is_not_known_and_sums_money_by_year_and_source():
    found = record({"measures": [measure(), measure("M2", climate=True)], "costs": COSTS}, status="suspended",
                   until=date(2027, 12, 31), numbers={"land_ha": 30.5})  # fmt: skip
    extract = reporting_extract(found)
    rows = extract.set_index("key")
    assert rows.loc["status", "text"] == "ruhend"
    assert rows.loc["dwellings", "state"] == "missing"
    assert rows.loc["land_ha", "value"] == 30.5
    money = extract[extract["key"] == "planned_ct"].set_index(["year", "code"])["value"].to_dict()
    assert money == {(2023, "a"): 1_000, (2024, "a"): 500, (2024, "b"): 300}
    assert extract[extract["key"] == "spent_ct"]["state"].tolist() == ["ok", "missing", "missing"]


def test_a_concept_without_a_day_needs_no_item_for_it():
    checklist = checklists()["concept"]
    short = replace(checklist, items=tuple(one for one in checklist.items if one.key != "adopted"))
    rows = [{"concept": "K1", "area": "QM-01", "type": "IHEK", "body": "Rat"}]
    assert "adopted" in concept_check(checklist, record({"concepts": rows}))["item"].tolist()
    assert "adopted" not in concept_check(short, record({"concepts": rows}))["item"].tolist()
