"""Measures, costs and funds out of a register: whose they are, sums with gaps, what the public does not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from qmgis.model import Code, CodeList, Register, Text
from qmgis.model.register import register_table
from qmgis.reports import profile_html
from qmgis.runs.programme.inregister import of_programme_area, placed_in
from qmgis.runs.report import profile
from qmgis.runs.shared import known
from tests.reports.conftest import MARKUP
from tests.toy import CRS, SIDE, SOUTH, WEST, area_ids


def codes(*pairs: tuple[str, str]) -> CodeList:
    return CodeList("x", Text("x", "x"), "1", date(2024, 1, 1), "test",
                    {code: Code(code, Text(word, word)) for code, word in pairs})  # fmt: skip


@pytest.fixture(scope="module")
def register() -> Register:
    measures = register_table("measures", {
        "measure": ["M1", "M2", "M3"], "area": ["QM-01", "QM-01", "QM-02"], "title": [MARKUP, "Idee", "Woanders"],
        "main_field": ["HF1", "HF2", "HF1"], "kind": ["INV", "SOC", "INV"], "status": ["running", "idea", "running"],
        "actual_start": pd.to_datetime(["2021-05-01", None, None]),
        "planned_end": pd.to_datetime(["2024-12-31", None, None]),
    })  # fmt: skip
    costs = register_table("costs", {
        "measure": ["M1", "M1", "M2", "M3"], "year": [2023, 2024, 2024, 2024], "source": ["land"] * 4,
        "planned_ct": [100_050, 200_000, 50_000, 9_900_000], "spent_ct": [90_000, None, None, 1],
    })  # fmt: skip
    funds = register_table("funds", {"fund": ["F1", "F2"], "area": ["QM-01", "QM-02"], "type": ["VF", "VF"],
                                     "year": [2024, 2024], "budget_ct": [1_000_000, 77]})  # fmt: skip
    grants = register_table("grants", {"grant": ["G1", "G2"], "fund": ["F1", "F1"], "year": [2024, None],
                                       "date": pd.to_datetime([None, "2024-03-01"]), "amount_ct": [12_300, 100],
                                       "purpose": ["Fest", "Bank"]})  # fmt: skip
    places = gpd.GeoSeries([Point(WEST + 2.5 * SIDE, SOUTH + 50)], index=pd.Index(["M1"], name="measure"), crs=CRS)
    return Register("register", Text("Register", "Register"), measures, costs, funds, grants, places=places,
                    codes={"statuses": codes(("idea", "Idee"), ("running", "laufend"))})  # fmt: skip


@pytest.fixture(scope="module")
def filled(hostile, register):
    """What profiles share where the city has a register."""
    return known(replace(hostile, registers={"register": register}))


@pytest.fixture(scope="module")
def filled_for_public(hostile, register):
    return known(replace(hostile, registers={"register": register}), is_public=True)


def sections(shared, area):
    made = profile(shared, area)
    return made, {one.key: one for one in made.sections}


def test_measures_and_costs_of_a_programme_area(filled):
    made, found = sections(filled, "QM-01")
    (table,), years = found["measures"].tables, found["funds"].tables[0]
    assert table.rows == (
        (MARKUP, "HF1", "laufend", "2021–2024", "3.001 €", "mind. 900 €"),
        ("Idee", "HF2", "Idee", "–", "500 €", "–"),
    )
    assert years.rows == (
        ("2023", "1.001 €", "–", "900 €"), ("2024", "2.500 €", "–", "–"), ("Summe", "3.501 €", "–", "mind. 900 €"),
    )  # fmt: skip
    assert found["measures"].sentences[0].startswith("2 Maßnahmen (Idee: 1, laufend: 1); geplant 3.501 €")
    assert b"<script>" not in profile_html(made)


def test_funds_and_their_grants(filled):
    rows = sections(filled, "QM-01")[1]["funds"].tables[1].rows
    assert rows == (("VF", "2024", "10.000 €", "124 €", "2"),)


def test_the_public_reads_no_ideas_whatever_the_section(filled_for_public):
    _, found = sections(filled_for_public, "QM-01")
    assert [row[0] for row in found["measures"].tables[0].rows] == [MARKUP]
    assert [row[1] for row in found["funds"].tables[0].rows] == ["1.001 €", "2.000 €", "3.001 €"]
    assert "HF2" not in str(found)
    assert not any("idea" in set(one.measures["status"]) for one in filled_for_public.registers)


def test_an_area_has_the_measures_placed_in_it_and_no_funds(filled):
    _, found = sections(filled, area_ids()[2])
    assert [row[0] for row in found["measures"].tables[0].rows] == [MARKUP]
    assert [len(table.heads) for table in found["funds"].tables] == [4]  # costs by year, and no fund
    assert not {"measures", "funds"} & set(sections(filled, "01010405")[1])


def test_a_measure_of_several_areas_is_in_each_and_says_so(shared, register):
    both = replace(register, measures=register.measures.assign(area=["QM-01, QM-02", "QM-01", "QM-02"]))
    rows = sections(replace(shared, registers=(both,)), "QM-01")[1]["measures"].tables[0].rows
    assert [row[0] for row in rows] == [f"{MARKUP} (für 2 Gebiete)", "Idee"]
    assert of_programme_area(both, "QM-02").measures["measure"].tolist() == ["M1", "M3"]


def test_parts_of_a_register_keep_what_belongs_to_them(register):
    one = of_programme_area(register, "QM-02")
    assert (one.measures["measure"].tolist(), one.costs["planned_ct"].tolist()) == (["M3"], [9_900_000])
    assert (one.funds["fund"].tolist(), len(one.grants), len(one.places)) == (["F2"], 0, 0)
    assert placed_in(register, Point(WEST + 2.5 * SIDE, SOUTH + 50).buffer(1)).measures["measure"].tolist() == ["M1"]
