"""The pages Maßnahmen and Bilanz: what the address asks for, the numbers of the balance, hostile titles, files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from dash import html

from qmgis.app.address import ViewState, settle
from qmgis.app.frame import frame
from qmgis.app.main import create_app, pages
from qmgis.app.pages import balance as balance_page
from qmgis.app.pages import measures as measures_page
from qmgis.app.programme.balance import asked_of, bars, shares_table
from qmgis.app.programme.measures import chosen_of, legend
from qmgis.runs.programme.balance import balance_of
from qmgis.runs.programme.balance_files import plan_file
from tests.balance.frames import register_city
from tests.toy import toy_city


@pytest.fixture(scope="module")
def town():
    return register_city()


def at(city, page: str, **fields) -> ViewState:
    return settle(ViewState(page=page, **fields), city, pages=pages())


def text(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_measures_are_filtered_by_the_address(town):
    every = chosen_of(town, at(town, "measures"))
    assert every.rows["measure"].tolist() == ["M1", "M2", "M3", "M4"]
    assert chosen_of(town, at(town, "measures", field="HF4")).rows["measure"].tolist() == ["M1"]
    assert chosen_of(town, at(town, "measures", status="running", kind="SOC")).rows["measure"].tolist() == ["M3"]
    assert len(chosen_of(town, at(town, "measures", field="<b>", quarter="QM-9")).rows) == 4
    changes = measures_page.refresh(town, at(town, "measures", kind="INV", lang="en"))
    assert changes["live"]["children"] == "2 of 4 measures."
    assert "Für ein ganzes Gebiet" in text(measures_page.layout(town, at(town, "measures")))


def test_the_map_and_its_table_say_the_same(town):
    changes = measures_page.refresh(town, at(town, "measures"))
    told = text(changes["measures-table"])
    assert all(key in told for key in ("M1", "M2", "M3", "M4", "100.000,01"))
    legend = text(changes["measures-legend"])
    assert "site site-INV" in legend
    assert "site site-MIX" in legend
    assert "site site-SOC" not in legend  # it has no place


@pytest.mark.parametrize("by", ["field", "year", "source", "area", "target_group"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_balance_is_drawn(town, by, lang):
    drawn = text(balance_page.layout(town, at(town, "balance", by=by, lang=lang)))
    assert ("172.500,03" if lang == "de" else "172,500.03") in drawn
    assert f"by={by}" in drawn or by == "field"
    assert ("über der Höchstgrenze" if lang == "de" else "above the limit") in drawn


def test_bars_and_table_are_those_of_the_balance(town):
    asked = asked_of(town, at(town, "balance", by="year", amount="spent", quarter="QM-01"))
    assert asked.table.equals(balance_of(town, by="year", area="QM-01"))
    spoken = balance_page.refresh(town, asked.state)["live"]["children"]
    whole = asked.table.query("group == 'all' and kind == 'INV'").iloc[0]
    assert (round(whole["spent_share"], 4), whole["measures_share"]) == (0.9942, 0.5625)
    assert "99,4 % des Geldes (ausgegeben), 56,3 % der Maßnahmen" in spoken


def test_bars_leave_out_parts_without_a_measure_and_the_table_keeps_them(town):
    asked = asked_of(town, at(town, "balance", by="sub_area"))
    empty = asked.table.query("kind == 'all' and measures == 0")["group"].tolist()
    assert empty
    drawn = str(bars(asked).to_plotly_json())
    assert not [group for group in empty if group in drawn]
    assert all(group in str(shares_table(asked).to_plotly_json()) for group in empty)


def test_white_spots_on_the_map_are_those_of_the_table(town):
    asked = asked_of(town, at(town, "balance", field="HF3"))
    laid = balance_page.refresh(town, asked.state)["balance-map-areas"]["hideout"]
    kinds = [laid["classes"][code]["code"] for code in laid["codes"].values()]
    assert (kinds.count("white"), kinds.count("near")) == (1, 1)
    assert len(laid["codes"]) == 30
    hidden = replace(town, secrecy=replace(town.secrecy, min_base=100_000))
    told = text(balance_page.refresh(hidden, at(hidden, "balance", field="HF3"))["balance-spots"])
    assert "zu klein" in told or "zu wenige" in told
    assert "403" not in told


def test_without_a_programme_area_on_the_day_the_rest_is_shown(town):
    early = replace(town, runs={"old": replace(town.run("mss-2024"), key="old", year=2022)}, programmes={})
    drawn = text(balance_page.layout(early, at(early, "balance")))
    assert "gilt kein Fördergebiet" in drawn
    assert "172.500,03" in drawn


def test_a_city_without_register_has_no_link_and_says_why():
    city = toy_city()
    shown = text(frame(city, at(city, "overview"), pages()))
    assert 'href": "/balance' not in shown
    for page in (balance_page, measures_page):
        assert "kein Maßnahmenregister" in text(page.layout(city, at(city, "balance")))
        assert page.refresh(city, at(city, "balance")) == {}
    assert '"/balance?' in text(frame(register_city(), at(register_city(), "measures"), pages()))


def test_files_are_those_of_the_command_line(town):
    client = create_app(town).server.test_client()
    got = client.get("/download/register/plan_csv?quarter=QM-01&lang=de")
    assert got.data == plan_file(town, "QM-01", "de", to="csv")
    assert "toy-cost_plan-QM-01.csv" in got.headers["Content-Disposition"]
    for kind in ("plan", "balance", "balance_de", "funds"):
        assert client.get(f"/download/register/{kind}?lang=en").status_code == 200
    assert client.get("/download/register/plan?quarter=QM-9").status_code == 400
    assert client.get("/download/register/other").status_code == 404


def test_a_kind_of_a_citys_own_stands_on_the_map_and_in_the_legend(town):
    rows = chosen_of(town, at(town, "measures")).rows
    odd = replace(chosen_of(town, at(town, "measures")), rows=rows.assign(kind="XYZ"))
    assert "site-unknown" in text(html.Div(legend(odd)))
