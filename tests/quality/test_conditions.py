"""Framework conditions and standards: every item appears, data and people side by side, no number for all."""

from datetime import date

import pandas as pd
import pytest

import qmgis.quality as room
from qmgis.errors import DataError
from qmgis.io.rules.checklists import checklists
from qmgis.lifecycle import assessment_faults, history_of
from qmgis.model import Office, Text
from qmgis.model.funds import FundRule
from qmgis.quality import answered, conditions, standards
from tests.records import EVENTS, measure, record, said

LIST = checklists()["conditions"]
BODY = {"body": "B1", "area": "QM-01", "name": "Quartiersrat", "type": "council"}
CONCEPT = {"concept": "K1", "area": "QM-01", "type": "IHEK", "adopted_on": "2020-01-01", "body": "Rat"}
FUND = {"fund": "F1", "area": "QM-01", "type": "aktionsfonds", "year": 2024, "budget_ct": 1_000_000}
GOAL = {"goal": "Z1", "area": "QM-01", "level": "field", "text": "Weniger", "indicator": "transfer"}


def level(item: str, tables=None, **changes) -> str:
    return conditions(LIST, record(tables, **changes)).set_index("item")["level"][item]


def cost(source: str, **amounts) -> dict:
    return {"measure": "M1", "year": 2024, "source": source, "planned_ct": 100, **amounts}


@pytest.mark.parametrize("make", [conditions, standards])
def test_every_item_appears_and_nothing_is_known_of_an_empty_area(make):
    checklist = LIST if make is conditions else checklists()["standards"]
    found = make(checklist, record(events=EVENTS.head(0), outlined=False, begun=None))
    assert found["item"].tolist() == [item.key for item in checklist.items]
    assert set(found["level"]) <= {"unknown", "0"}
    assert found.loc[found["level"] == "0", "item"].tolist() == (["R01"] if make is conditions else [])
    assert answered(found)["items"].sum() == len(found)


def test_nothing_turns_a_checklist_into_one_number():
    assert not [
        name for name in dir(room) if any(word in name.lower() for word in ("score", "points", "grade", "mean"))
    ]
    assert not [column for column in conditions(LIST, record()) if "score" in column]


@pytest.mark.parametrize(
    ("item", "tables", "wanted"),
    [
        ("R02", {"concepts": [CONCEPT]}, "3"),
        ("R02", {"concepts": [{**CONCEPT, "adopted_on": "2017-12-31"}]}, "1"),  # 7 years are over on the day
        ("R02", {"concepts": [{**CONCEPT, "adopted_on": "2018-01-01"}]}, "3"),
        ("R02", {"concepts": [{**CONCEPT, "type": "VU"}]}, "0"),
        ("R02", {"concepts": [{**CONCEPT, "valid_to": "2024-12-31"}]}, "1"),
        ("R05", {"concepts": [{**CONCEPT, "has_verstetigung": True}]}, "3"),
        ("R05", {"concepts": [{**CONCEPT, "has_verstetigung": False}]}, "0"),
        ("R05", {"concepts": [CONCEPT]}, "unknown"),
        ("R06", {"measures": [measure(climate=True)]}, "3"),
        ("R06", {"measures": [measure(climate=True, status="idea")]}, "1"),
        ("R06", {"measures": [measure(climate=True, status="cancelled")]}, "0"),
        ("R06", {"measures": [measure()]}, "unknown"),
        ("R12", {"bodies": [{**BODY, "members": 20, "residents": 11, "rules_on": "2019-01-01"}]}, "3"),
        ("R12", {"bodies": [{**BODY, "members": 20, "residents": 11}]}, "2"),
        ("R12", {"bodies": [{**BODY, "members": 20, "residents": 10, "rules_on": "2019-01-01"}]}, "1"),  # N36: > 50 %
        ("R12", {"bodies": [{**BODY, "members": 12, "residents": 5},
                            {**BODY, "body": "B2", "type": "jury", "members": 7, "residents": 7}]}, "1"),
        ("R12", {"bodies": [BODY]}, "unknown"),
        ("R12", {"bodies": [{**BODY, "type": "steering", "members": 5, "residents": 5}]}, "0"),
        ("R13", {"funds": [{**FUND, "max_grant_ct": 150_000}]}, "3"),
        ("R13", {"funds": [FUND]}, "2"),
        ("R13", {"funds": [{**FUND, "year": 2022, "max_grant_ct": 150_000}]}, "1"),
        ("R13", {"funds": [{**FUND, "area": "QM-02"}]}, "0"),
        ("R14", {"measures": [measure()], "costs": [cost("a", planned_ct=900), cost("b"), cost("c")]}, "3"),
        ("R14", {"measures": [measure()], "costs": [cost("a"), cost("b")]}, "1"),
        ("R14", {"measures": [measure()], "costs": [cost("a"), cost("b", planned_ct=0)]}, "0"),
        ("R15", {"goals": [{**GOAL, "target_value": 0.2}]}, "3"),
        ("R15", {"goals": [{**GOAL, "target_value": 0.2}, {**GOAL, "goal": "Z2"}]}, "2"),
        ("R15", {"goals": [GOAL]}, "1"),
    ],
)  # fmt: skip
def test_what_the_register_tells(item, tables, wanted):
    assert level(item, tables) == wanted


@pytest.mark.parametrize(("kind", "until", "wanted"), [
    ("aktionsfonds", None, "3"), ("projektfonds", None, "2"), ("aktionsfonds", date(2023, 1, 1), "2"),
])  # fmt: skip
def test_a_rule_that_the_city_knows_for_a_fund_of_that_type_is_a_rule(kind, until, wanted):
    rule = FundRule("land", Text("", ""), kind, "", "", max_grant_ct=150_000, valid_to=until)
    assert level("R13", {"funds": [FUND]}, fund_rules=(rule,)) == wanted


def test_a_table_that_nobody_keeps_is_unknown_and_one_without_this_area_is_none():
    assert level("R13") == "unknown"
    assert level("R13", kept={"funds"}) == "0"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"events": EVENTS.assign(body="")}, "2"),
        ({"outlined": False}, "1"),
        ({}, "3"),
        ({"events": EVENTS.tail(1)}, "1"),
    ],
)
def test_a_resolution_names_body_basis_and_outline(changes, wanted):
    assert level("R01", **changes) == wanted


@pytest.mark.parametrize(
    ("office", "wanted"),
    [
        (Office("Büro", True, 0.6), "3"), (Office("Büro", True, 0.5), "3"), (Office("Büro", True, 0.49), "2"),
        (Office("Büro", False, 0.6), "1"), (Office("Büro", False, 0.1), "0"), (Office("Büro", True), "unknown"),
        (None, "unknown"),
    ],
)  # fmt: skip
def test_the_office_is_inside_and_most_reach_it(office, wanted):
    assert level("R10", office=office) == wanted


@pytest.mark.parametrize(
    ("years", "wanted"), [((2020, 2022, 2024), "3"), ((2018, 2022, 2024), "1"), ((2020, 2022), "3"),
                          ((2018, 2020), "1"),                          ((2024,), "1"), ((), "unknown")]
)  # fmt: skip
def test_editions_follow_each_other_every_two_years(years, wanted):
    assert level("R16", editions=years) == wanted


def due(limit: str) -> pd.DataFrame:
    return pd.DataFrame({"rule": ["term"], "limit": pd.to_datetime([limit]), "state": ["ahead"]})


@pytest.mark.parametrize(
    ("until", "limit", "wanted"),
    [(date(2027, 12, 31), "2033-01-01", "3"), (date(2034, 1, 1), "2033-01-01", "1"), (None, "2033-01-01", "1"),
     (date(2024, 1, 1), "2033-01-01", "2")],
)  # fmt: skip
def test_the_running_time_is_planned_within_the_term(until, limit, wanted):
    assert level("R17", until=until, deadlines=due(limit)) == wanted


def test_people_do_not_overrule_data_and_both_are_shown():
    row = conditions(LIST, record({"assessments": [said("R16", "0"), said("R03", "2")]}, editions=(2022, 2024)))
    rows = row.set_index("item")
    assert rows.loc["R16", ["level", "computed", "judged", "basis"]].tolist() == ["3", "3", "0", "data"]
    assert rows.loc["R16", "differs"]
    assert rows.loc["R03", ["level", "basis", "judged_evidence"]].tolist() == ["2", "judged", "Protokoll"]


@pytest.mark.parametrize(("judged", "wanted"), [(None, "unknown"), ("2", "2"), ("0", "0"), ("3", "3")])
def test_what_needs_both_is_unknown_while_one_is(judged, wanted):
    rows = [said("R18", judged)] if judged else [said("R03", "1")]
    assert level("R18", {"assessments": rows}, editions=(2022, 2024)) == wanted


def test_the_last_assessment_counts_and_history_stays():
    rows = [said("R03", "3", on="2024-06-01"), said("R03", "1", on="2022-06-01"), said("R03", "0", on="2025-06-01"),
            said("R03", "2", on="2024-07-01", version="2019")]  # fmt: skip
    found = record({"assessments": rows})
    row = conditions(LIST, found).set_index("item").loc["R03"]
    assert (row["level"], row["said"]) == ("3", 2)  # neither the later one nor that of another version
    assert history_of(LIST, found)["date"].dt.year.tolist() == [2022, 2024, 2024]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([said("R19", "1")], 'has no item "R19"'),
        ([said("R03", "4")], 'is no level for R03; levels are 0, 1'),
        ([said("R03", "1", on=None)], "the day is missing"),
        ([said("R03", "1"), said("R04", "1", version="2019")], "several versions (2019, 2025)"),
    ],
)  # fmt: skip
def test_unsound_assessments_are_told(rows, words):
    with pytest.raises(DataError) as caught:
        conditions(LIST, record({"assessments": rows}))
    assert words in str(caught.value)
    assert caught.value.say("de") != str(caught.value)


def test_all_faults_come_together_and_days_to_come_are_told():
    rows = pd.DataFrame([said("R19", "9", on="2030-01-01"), said("R03", "7")])
    faults = [one.en for one in assessment_faults(rows, LIST, today=date(2025, 1, 1))]
    assert len(faults) == 4
    assert "in the future" in faults[0]


def test_standards_have_hints_and_no_level_from_data():
    rows = [
        measure(origin="residents"),
        measure("M2", origin="provider"),
        measure("M3", target_groups=("youth", "elderly")),
    ]
    found = standards(checklists()["standards"], record({"measures": rows})).set_index("item")
    assert found.loc["Q01", "evidence_en"] == "Residents proposed 1 of 2 measures of which the origin is known."
    assert found.loc["Q04", "evidence_en"] == "1 of 3 measures are for two or more target groups."
    assert set(found["level"]) == {"unknown"}
