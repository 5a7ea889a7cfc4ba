"""Readiness and deadline are two signals; what is unknown is never met and may decide that nothing can be said."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.io.rules.checklists import checklists
from qmgis.model import Office
from qmgis.readiness import QUADRANTS, TASKS, exit_plan, one_page, post_exit_watch, profile_counts, readiness, signals
from tests.records import measure, record, said

LIST = checklists()["readiness"]
OFFICE = {"organisation": "O1", "area": "QM-01", "name": "Bezirksamt", "type": "administration", "role": "contact"}
ANCHOR = {"anchor": "A1", "area": "QM-01", "name": "Treff", "operator": "O1", "secured_until": "2030-12-31"}


def reports(classes, *, gap=None, negative=None) -> pd.DataFrame:
    years = [2024 - 2 * n for n in range(len(classes))][::-1]
    lowest = [0.8 if one == 4 else 0.2 for one in classes]
    return pd.DataFrame({
        "lowest_share": lowest, "main_class": classes, "classes": 4.0, "gap": gap or [1.0] * len(classes),
        "negative_share": negative or [0.0] * len(classes),
    }, index=pd.Index(years, name="year"), dtype=float)  # fmt: skip


def state(criterion: str, tables=None, **changes) -> str:
    return readiness(LIST, record(tables, **changes)).set_index("criterion")["state"][criterion]


def tasks(*keys: str, **changes) -> list[dict]:
    row = {"area": "QM-01", "successor": "O1", "budget_ct": 500_000, "from_date": "2028-01-01", **changes}
    return [{"task": key, **row} for key in keys]


def cost(**changes) -> dict:
    return {"measure": "M1", "year": 2025, "source": "a", "planned_ct": 1_000, **changes}


def judged(item: str, level: str, **changes) -> dict:
    return said(item, level, catalogue="readiness", **changes)


def test_every_criterion_appears_and_unknown_is_never_met():
    found = readiness(LIST, record())
    assert found["criterion"].tolist() == [f"V{n:02d}" for n in range(1, 16)]
    assert set(found["state"]) == {"unknown"}
    assert profile_counts(found)["unknown"].sum() == 15
    assert profile_counts(found)["met"].sum() == 0
    assert signals(found, record()).ready == "cannot_say"


@pytest.mark.parametrize(
    ("criterion", "tables", "wanted"),
    [
        ("V03", {"assessments": [judged("V03", "2")]}, "met"),
        ("V03", {"assessments": [judged("V03", "3", evidence=None)]}, "partly"),  # without evidence
        ("V03", {"assessments": [judged("V03", "1")]}, "partly"),
        ("V03", {"assessments": [judged("V03", "0")]}, "not"),
        ("V03", {"assessments": [judged("V03", "na")]}, "unknown"),
        ("V05", {"tasks": tasks("T3")}, "unknown"),  # named, but nobody has judged whether the networks work
        ("V05", {"tasks": tasks("T3"), "assessments": [judged("V05", "2")]}, "met"),
        ("V05", {"tasks": tasks("T1"), "assessments": [judged("V05", "2")]}, "not"),
        ("V11", {"organisations": [OFFICE]}, "met"),
        ("V11", {"organisations": [{**OFFICE, "until": "2020-01-01"}]}, "not"),
        ("V11", {"organisations": [{**OFFICE, "type": "provider"}]}, "not"),
        ("V13", {"measures": [measure(part=1)], "costs": [cost(approved_ct=1_000)]}, "met"),
        ("V13", {"measures": [measure(part=1, status="completed")]}, "met"),
        ("V13", {"measures": [measure(part=1)], "costs": [cost()]}, "not"),
        ("V13", {"measures": [measure(part=1)], "costs": [cost(approved_ct=400)]}, "not"),
        ("V13", {"measures": [measure(part=1), measure("M2", part=1, priority=3)],
                 "costs": [cost(approved_ct=1_000), cost(measure="M2")]}, "partly"),
        ("V13", {"measures": [measure(part=1), measure("M2", part=1, priority=1)],
                 "costs": [cost(approved_ct=1_000), cost(measure="M2")]}, "not"),
        ("V13", {"measures": [measure(part=2)]}, "unknown"),
        ("V14", {"tasks": tasks(*TASKS)}, "met"),
        ("V14", {"tasks": tasks(*TASKS[:9])}, "partly"),
        ("V14", {"tasks": tasks(*TASKS, budget_ct=None)}, "partly"),
        ("V14", {"tasks": tasks(*TASKS, successor=None)}, "not"),
        ("V15", {"tasks": tasks("watch")}, "met"),
        ("V15", {"tasks": tasks("watch", from_date=None)}, "partly"),
        ("V15", {"tasks": tasks("T1")}, "not"),
    ],
)  # fmt: skip
def test_what_register_and_people_tell(criterion, tables, wanted):
    assert state(criterion, tables) == wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (reports([3.0]), "met"),
        (reports([4.0]), "not"),
        (reports([4.0, 4.0], gap=[1.5, 1.4]), "met"),
        (reports([4.0, 4.0], gap=[1.5, 1.45]), "not"),
        (reports([3.0, 4.0], gap=[1.0, 1.2]), "not"),
    ],
)
def test_position(found, wanted):
    assert state("V01", reports=found) == wanted


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [([0.1, 0.2], "met"), ([0.5, 0.2], "partly"), ([0.6, 0.9], "not"), ([0.9, 0.0, 0.0], "met"), ([0.0], "unknown")],
)
def test_dynamics_of_the_last_two_reports(shares, wanted):
    assert state("V02", reports=reports([3.0] * len(shares), negative=shares)) == wanted


@pytest.mark.parametrize(
    ("anchor", "share", "wanted"),
    [({}, 0.6, "met"), ({}, 0.4, "partly"), ({}, None, "unknown"), ({"secured_until": "2027-12-30"}, 0.6, "partly"),
     ({"secured_until": "2027-12-31"}, 0.6, "met"), ({"operator": None}, 0.6, "not")],
)  # fmt: skip
def test_anchor_is_secured_and_reached(anchor, share, wanted):
    tables = {"anchors": [{**ANCHOR, **anchor}], "assessments": [judged("V06", "3")]}
    assert state("V06", tables, anchors={"A1": Office("Treff", True, share)}) == wanted


def test_supply_compares_every_theme_with_the_limit():
    supplies = pd.DataFrame({"inside": [0.9, 0.7, 0.95], "city": 0.8}, index=["kita", "doctor", "playground"])
    assert state("V07", supplies=supplies) == "partly"
    assert state("V08", supplies=supplies) == "met"
    assert state("V07", supplies=supplies.loc[["playground"]]) == "unknown"


@pytest.mark.parametrize(("year", "wanted"), [(2027, "not"), (2028, "met")])
def test_a_fund_after_the_end(year, wanted):
    fund = {"fund": "F1", "area": "QM-01", "type": "aktionsfonds", "year": year, "budget_ct": 500_000}
    assert state("V12", {"funds": [fund]}, until=date(2027, 12, 31)) == wanted
    assert state("V12", {"funds": [fund]}) == "unknown"


states = st.lists(st.sampled_from(["met", "partly", "not", "unknown"]), min_size=1, max_size=8)


def table(found) -> pd.DataFrame:
    return pd.DataFrame({"criterion": [f"V{n}" for n in range(len(found))], "decides": True, "state": found})


@given(states, st.integers(0, 3))
def test_cannot_be_said_is_exactly_where_the_unknown_decides(found, allowed):
    """By brute force: all ways to fill in what is unknown."""
    from itertools import product

    open_ = [n for n, one in enumerate(found) if one == "unknown"]
    answers = set()
    for fill in product(["met", "partly", "not"], repeat=len(open_)):
        whole = list(found)
        for at, one in zip(open_, fill, strict=True):
            whole[at] = one
        answers.add("not" not in whole and whole.count("partly") <= allowed)
    wanted = "cannot_say" if len(answers) == 2 else "ready" if answers == {True} else "not_ready"
    assert signals(table(found), record(), partly_allowed=allowed).ready == wanted


def due(limit: str, state: str) -> pd.DataFrame:
    return pd.DataFrame({"rule": ["term"], "limit": pd.to_datetime([limit]), "state": [state]})


@pytest.mark.parametrize(
    ("found", "limit", "near", "quadrant", "disagree", "words"),
    [
        (["met"], "2030-01-01", "ahead", "ready_left", True, "could begin before the deadline"),
        (["met"], "2024-01-01", "passed", "ready_expired", False, "agree"),
        (["not"], "2024-01-01", "passed", "not_ready_expired", True, "the time has run out"),
        (["not"], "2024-12-31", "passed", "not_ready_expired", True, "the time has run out"),
        (["not"], "2030-01-01", "ahead", "not_ready_left", False, "There is time"),
        (["not"], "2025-06-01", "near", "not_ready_left", True, "part: the deadline is near"),
        (["unknown"], "2024-01-01", "passed", "cannot_say_expired", False, "cannot be said"),
    ],
)
def test_quadrants_and_the_sentence(found, limit, near, quadrant, disagree, words):
    one = signals(table(found), record(deadlines=due(limit, near)))
    assert one.quadrant == quadrant
    assert one.quadrant in QUADRANTS
    assert one.disagree is disagree
    assert words in one.sentence.en


def test_criteria_that_do_not_decide_are_named_beside():
    rows = pd.DataFrame({"criterion": ["V01", "V03"], "decides": [False, True], "state": ["not", "met"]})
    one = signals(rows, record(deadlines=due("2024-01-01", "passed")))
    assert one.ready == "ready"
    assert "Nicht mitgezählt, aber zu sehen: V01 nicht erfüllt." in one.sentence.de
    assert "V03" not in one.sentence.en


def test_the_deadline_never_changes_a_criterion():
    late, early = (readiness(LIST, record(deadlines=due(day, "ahead"))) for day in ("2020-01-01", "2040-01-01"))
    assert late["state"].tolist() == early["state"].tolist()


def test_the_exit_plan_flags_what_lacks_successor_budget_or_day():
    rows = {
        "tasks": [*tasks("T1", "T2"), *tasks("T3", budget_ct=None), *tasks("M3")],
        "measures": [measure(), measure("M2", status="completed", after_funding="continues"),
                     measure("M3", status="planned"), measure("M4", status="cancelled"),
                     measure("M5", status="completed", after_funding="one_off"),
                     measure("M6", successor="O1", planned_end="2025-12-31")],
        "costs": [cost(measure="M6")],
        "organisations": [OFFICE],
    }  # fmt: skip
    plan = exit_plan(record(rows)).set_index("id")
    assert set(TASKS) <= set(plan.index)
    assert [one for one in plan.index if one.startswith("M")] == ["M1", "M2", "M3", "M6"]
    assert plan.loc[["T1", "T2", "M3", "M6"], "flagged"].tolist() == [False] * 4
    assert plan.loc["T3", "missing"] == "budget"
    assert plan.loc["T4", "missing"] == "successor; budget; date"
    assert plan.loc["M2", "flagged"]
    assert plan.loc["T1", "successor_name"] == "Bezirksamt"
    assert plan.loc["M6", "budget_ct"] == 1_000


def watched(**changes) -> pd.DataFrame:
    return post_exit_watch(LIST, record(ended=date(2019, 12, 31), phase="P9", **changes)).set_index("rule")


@pytest.mark.parametrize(
    ("classes", "wanted"),
    [([3.0, 3.0, 3.0, 3.0], "quiet"), ([3.0, 3.0, 4.0], "unknown"), ([3.0, 3.0, 3.0, 4.0], "alert")],
)
def test_falling_by_a_class_is_told(classes, wanted):
    assert watched(reports=reports(classes)).loc["class", "state"] == wanted


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [([0.9, 0.9, 0.1, 0.6], "quiet"), ([0.0, 0.9, 0.9, 0.1], "alert"), ([0.9, 0.0, 0.9, 0.1], "quiet")],
)
def test_negative_dynamics_twice_in_a_row_after_the_end_is_told(shares, wanted):
    assert watched(reports=reports([3.0] * 4, negative=shares)).loc["dynamics", "state"] == wanted


def test_anchors_that_are_no_longer_secured_are_told():
    found = watched(tables={"anchors": [{**ANCHOR, "secured_until": "2023-12-31"}, {**ANCHOR, "anchor": "A2"}]})
    assert found.loc[["anchor:A1", "anchor:A2"], "state"].tolist() == ["alert", "quiet"]


def test_an_area_that_runs_is_not_watched():
    assert post_exit_watch(LIST, record(reports=reports([3.0, 4.0]))).empty


def test_one_page_answers_four_questions_in_both_languages():
    found = record(
        {"organisations": [OFFICE], "tasks": tasks("T1"), "assessments": [said("R11", "2", evidence="2,5 VZÄ")]}
    )
    profile = readiness(LIST, found)
    page = one_page(profile, found, found=signals(profile, found), plan=exit_plan(found))
    assert page["section"].drop_duplicates().tolist() == ["criteria", "when", "staff", "tasks"]
    assert page.loc[page["section"] == "criteria"].shape[0] == 16
    assert "2,5 VZÄ" in page.loc[page["section"] == "staff", "line_de"].tolist()
    assert (page[["line_de", "line_en"]] != "").all(axis=None)
    assert (page["state"] == "open").sum() == 9
