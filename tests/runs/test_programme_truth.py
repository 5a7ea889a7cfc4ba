"""What Musterstadt's register has planted is found: holes of the exit plan, money, anchors, bodies, concepts, goals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from qmgis.balance import kind_title
from qmgis.io.city.workspace import open_city
from qmgis.model import Text
from qmgis.model.register import Code, CodeList
from qmgis.runs.programme.balance_files import plan_file
from qmgis.runs.programme.quality import faults_of, qualities_of, readiness_of
from qmgis.runs.programme.records import codes_of
from qmgis.runs.programme.words import balance_shown, plan_shown

ROOT = Path(__file__).resolve().parents[2]
ON = date(2024, 12, 31)


@pytest.fixture(scope="module")
def city():
    return open_city(ROOT / "layers" / "musterstadt", data=ROOT / "data")


@pytest.fixture(scope="module")
def truth():
    return json.loads((ROOT / "data/musterstadt/truth.json").read_text(encoding="utf-8"))["register"]


def test_assessments_are_sound(city):
    assert faults_of(city, today=ON) == []


def test_the_task_without_successor_is_flagged_and_no_other_lacks_one(city, truth):
    planted = truth["task_without_successor"]
    plan = readiness_of(city, planted["area"], ON).plan
    tasks = plan[plan["kind"] == "task"].set_index("id")
    assert tasks.index[tasks["successor"] == ""].tolist() == [planted["task"]]
    assert tasks.loc[planted["task"], "missing"].startswith("successor")


def test_the_agreed_measure_without_finance_is_named(city, truth):
    planted = truth["part_1_without_finance"]
    row = readiness_of(city, planted["area"], ON).profile.set_index("criterion").loc["V13"]
    assert row["state"] in ("partly", "not")
    assert planted["measure"] in row["evidence_de"]


def test_the_anchor_that_is_not_secured_does_not_count(city, truth):
    planted = truth["anchor_not_secured"]
    row = readiness_of(city, planted["area"], ON).profile.set_index("criterion").loc["V06"]
    assert row["measured"] == "met"  # by the other one
    assert "Nachbarschaftszentrum" in row["evidence_de"]
    later = readiness_of(city, planted["area"], date(2033, 1, 1)).profile.set_index("criterion").loc["V06"]
    assert later["measured"] == "partly"


def conditions(city, area: str):
    return qualities_of(city, area, ON).conditions.set_index("item")


def test_the_council_without_a_majority_is_told(city, truth):
    assert conditions(city, truth["council_without_majority"]["area"]).loc["R12", "level"] == "1"
    assert conditions(city, "QM-01").loc["R12", "level"] == "3"


def test_the_concept_without_a_statement_is_told(city, truth):
    planted = truth["concept_without_verstetigung"]
    assert conditions(city, planted["area"]).loc["R05", "level"] == "0"
    check = qualities_of(city, planted["area"], ON).concept.set_index(["concept", "item"])["state"]
    assert check[planted["concept"], "has_verstetigung"] == "no"
    assert conditions(city, "QM-01").loc["R05", "level"] == "3"


def test_the_area_without_a_measure_for_the_climate_is_told(city, truth):
    assert conditions(city, truth["area_without_climate_measure"]).loc["R06", "level"] in ("0", "1")
    assert conditions(city, "QM-01").loc["R06", "level"] == "3"


def test_the_goal_without_an_indicator_cannot_be_measured(city, truth):
    planted = truth["goal_without_indicator"]
    goals = qualities_of(city, planted["area"], ON).goals.set_index("goal")
    assert goals.loc[planted["goal"], "attainment"] == "not_measurable"
    measured = goals[goals["indicator"] != ""]
    assert measured["basis"].eq("data").all()
    assert (measured["low"] <= measured["value"]).all()


def test_the_office_and_the_watch_are_found_where_they_are_and_nowhere_else(city, truth):
    office = conditions(city, truth["office_inside"]["area"]).loc["R10"]
    assert office["level"] == "3"
    assert "Quartiersbüro" in office["evidence_de"]
    assert conditions(city, "QM-02").loc["R10", "level"] == "unknown"
    agreed = {area: readiness_of(city, area, ON).profile.set_index("criterion").loc["V15", "state"]
              for area in ("QM-01", truth["watch_agreed"]["area"])}  # fmt: skip
    assert agreed == {"QM-01": "not", "QM-03": "met"}


def test_readiness_and_deadline_of_all_areas(city):
    first, ended = readiness_of(city, "QM-01", ON), readiness_of(city, "QM-03", ON)
    assert (first.signals.time, ended.signals.time) == ("left", "expired")
    assert first.signals.ready == "not_ready"
    assert "unknown" in set(first.profile["state"])
    assert ended.watch["state"].isin(["alert", "quiet", "unknown"]).all()
    assert first.watch.empty


def test_evidence_calls_sources_and_themes_by_their_titles(city):
    money = qualities_of(city, "QM-01", ON).conditions.set_index("item").loc["R14"]
    reach = readiness_of(city, "QM-01", ON).profile.set_index("criterion").loc["V07"]
    assert "Social Cohesion" in money["evidence_en"]
    assert "sozialer_zusammenhalt" not in money["evidence_de"]
    assert "Kita in 500 m:" in reach["evidence_de"]


def test_a_citys_own_code_lists_are_read_on_the_page_of_quality(city):
    own = CodeList(
        "fields", Text("Felder", "Fields"), "1", date(2024, 1, 1), "", {"HF1": Code("HF1", Text("Eigen", "Own"))}
    )
    layer = next(iter(city.registers.values()))
    codes = codes_of(replace(city, registers={"register": replace(layer, codes={**layer.codes, "fields": own})}))
    rows = pd.DataFrame({"part": ["goals"], "field": ["HF1"], "key": ["reached"]})
    assert balance_shown(rows, codes, "de")["field"].tolist() == ["Eigen"]
    assert balance_shown(rows, codes_of(city), "de")["field"].tolist() != ["Eigen"]


def test_tasks_and_kinds_are_called_as_the_city_calls_them(city):
    """In the exit plan, on its one page, in the balance and in the plan of costs."""

    def listed(key, code):
        return CodeList(key, Text("L", "L"), "1", date(2024, 1, 1), "", {code: Code(code, Text("Eigen", "Own"))})

    layer = next(iter(city.registers.values()))
    own = {**layer.codes, "task_fields": listed("task_fields", "T1"), "kinds": listed("kinds", "SOC")}
    town = replace(city, registers={"register": replace(layer, codes=own)})
    shown = plan_shown(readiness_of(town, "QM-01", date(2024, 12, 31)).plan, codes_of(town), "de").set_index("id")
    assert shown.loc["T1", "title"] == "Eigen"
    page = readiness_of(town, "QM-01", date(2024, 12, 31)).page
    assert page["line_de"].str.startswith("T1 Eigen").any()
    assert kind_title("SOC", codes_of(town)).de == "Eigen"
    assert kind_title("INV", codes_of(town)).de == "investiv"
    assert ";Eigen;" in plan_file(town, "QM-01", "de", to="csv").decode("utf-8-sig")
