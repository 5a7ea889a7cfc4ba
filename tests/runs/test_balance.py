"""The register of a city as files: totals to the cent, residents told once, a workbook whose sums are numbers."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from qmgis.balance import BY, balance
from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError
from qmgis.io.exports import geopackage, qgis_project, shapefile
from qmgis.runs.demo import demo_city
from qmgis.runs.overlays import with_overlays
from qmgis.runs.programme.balance import (
    balance_of,
    chosen,
    divided_of,
    division_of,
    funds_of,
    measures_of,
    plan_of,
    register_of,
    residents_by_area,
    spots_of,
)
from qmgis.runs.programme.balance_files import balance_files, plan_file
from qmgis.runs.programme.lives import figures_of
from qmgis.runs.programme.quality import portfolio_of
from qmgis.runs.programme.records import record_for
from qmgis.runs.programme.register import costs_of
from tests.balance.frames import register_city, toy_register
from tests.toy import HOSTILE, toy_city, toy_outcome

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def city():
    return register_city()


def test_every_balance_has_the_total_of_the_register(city):
    for by in BY:
        whole = balance_of(city, by=by).query("group == 'all' and kind == 'all'").iloc[0]
        assert (whole["planned_ct"], whole["approved_ct"], whole["spent_ct"]) == (17_250_003, 9_250_003, 8_549_999)
        assert (whole["measures"], whole["approved_unknown"]) == (4, 2)


def test_residents_are_those_of_the_key_figures(city):
    figures = figures_of(city, city.run("mss-2024"))
    told = figures[figures["figure"] == "residents"].set_index("programme_area")["inside"]
    assert residents_by_area(city) == told.to_dict()
    row = balance_of(city, by="area").query("group == 'QM-01' and kind == 'all'").iloc[0]
    assert row["planned_per_resident_ct"] == round(17_250_003 / row["residents"])
    assert balance_of(city, by="year")["residents"].isna().all()
    assert (balance_of(city, by="year", area="QM-01")["residents"] == row["residents"]).all()


def test_what_is_not_told_of_residents_gives_no_quotient(city):
    few = replace(city, secrecy=replace(city.secrecy, min_count=10_000))
    rows = balance_of(few, by="area")
    assert rows["residents"].isna().all()
    assert rows["planned_per_resident_ct"].isna().all()


def test_measures_are_chosen_by_field_status_and_kind(city):
    register = register_of(city)
    assert chosen(register, field="HF4")["measure"].tolist() == ["M1"]  # a further field
    assert chosen(register, status="running", kind="SOC")["measure"].tolist() == ["M3"]
    assert chosen(register, area="QM-02").empty


def test_white_spots_are_of_every_field_of_the_catalogue(city):
    spots = spots_of(city)
    assert set(spots["field"]) == {"HF1", "HF2", "HF3", "HF4", "HF5", "KLIMA"}
    assert spots.loc[spots["field"] == "HF5", "white"].all()
    early = replace(city, runs={"old": replace(city.run("mss-2022"), key="old", year=1990)})
    with pytest.raises(NotEnoughDataError, match="1990-12-31"):
        spots_of(early)


def test_a_status_that_nothing_has_is_refused(city):
    assert len(balance_of(city, status="running"))
    with pytest.raises(UnknownKeyError, match='no status "laufend"'):
        balance_of(city, status="laufend")


def test_what_is_not_there_is_said(city):
    with pytest.raises(DataError, match="kind"):
        register_of(toy_city())
    with pytest.raises(UnknownKeyError, match="QM-01"):
        balance_of(city, area="QM-1")
    twice = replace(city, registers={"a": toy_register(), "b": toy_register()})
    with pytest.raises(DataError, match="measure"):
        register_of(twice)


def test_a_second_layer_adds_its_measures(city):
    other = toy_register()
    renamed = {"M1": "N1", "M2": "N2", "M3": "N3", "M4": "N4"}
    measures = other.measures.assign(measure=other.measures["measure"].map(renamed).astype("str"))
    costs = other.costs.assign(measure=other.costs["measure"].map(renamed).astype("str"))
    more = replace(other, measures=measures, costs=costs, funds=other.funds.iloc[:0], grants=other.grants.iloc[:0],
                   places=other.places.iloc[:0])  # fmt: skip
    both = replace(city, registers={"a": other, "b": more})
    assert len(register_of(both).measures) == 8
    assert balance_of(both)["planned_ct"].max() == 2 * 17_250_003


def test_measures_of_several_areas_follow_their_outlines(city):
    register = toy_register()
    measures = register.measures.assign(area=pd.Series(["QM-01, QM-02", "QM-01", "QM-01", "QM-01"], dtype="str"))
    wide = replace(city, registers={"measures": replace(register, measures=measures, places=register.places.iloc[1:])})
    found = division_of(wide)
    assert found["rule"].tolist() == ["residents", "residents"]
    assert (found["weight"] % 10 == 0).all()
    rows = balance_of(wide, by="area").query("kind == 'all'").set_index("group")["planned_ct"]
    assert rows["QM-01"] + rows["QM-02"] == rows["all"] == 17_250_003


def test_files_of_a_run(city):
    files = balance_files(city, "de")
    assert sorted(files) == ["balance.csv", "balance_de.csv", "cost_plan.xlsx", "funds.csv", "funds_de.csv"]
    assert files == balance_files(register_city(), "de")
    table = pd.read_csv(io.BytesIO(files["balance.csv"]))
    whole = table.query("group == 'all' and kind == 'all'")
    assert whole["by"].tolist() == list(BY)
    assert set(whole["planned_ct"]) == {17_250_003}
    german = files["balance_de.csv"].decode("utf-8-sig")
    assert "172500,03" in german
    assert german.splitlines()[0].startswith("nach;Schlüssel;Gruppe;Art;Maßnahmen")
    assert "\n'=F1;" in files["funds_de.csv"].decode("utf-8-sig")  # a spreadsheet would take it for a formula
    ledger = pd.read_csv(io.BytesIO(files["funds.csv"]))
    assert ledger.loc[0, ["granted_ct", "remaining_ct"]].tolist() == [325_000, 675_000]
    assert "above the limit of €1,500.00" in ledger.loc[0, "breaches"]


def test_the_plan_is_a_workbook_of_words_and_numbers(city):
    book = openpyxl.load_workbook(io.BytesIO(balance_files(city, "de")["cost_plan.xlsx"]))
    assert book.sheetnames == ["Alle Gebiete", "QM-01 Quartier Ost"]
    sheet = book["QM-01 Quartier Ost"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows() if row[0].value}
    assert rows["Gesamtsumme"][-1] == 172_500.03
    assert rows["Summe Teil 1: vereinbart"][-1] + rows["Summe Teil 2: Ideen"][-1] == pytest.approx(172_500.03)
    titles = [row[2].value for row in sheet.iter_rows()]
    assert HOSTILE in titles
    amounts = [row[-1].value for row in sheet.iter_rows() if str(row[1].value).startswith("M")]
    assert sum(amounts) == pytest.approx(172_500.03)


def test_the_plan_as_a_table_is_for_german_spreadsheets(city):
    lines = plan_file(city, "QM-01", "de", to="csv").decode("utf-8-sig").splitlines()
    assert lines[0].split(";")[:3] == ["Teil", "Nr.", "Maßnahme"]
    assert lines[-5].endswith("90000,01;12500,02;70000,00;172500,03")
    assert plan_of(city, area="QM-01").parts.loc["all", "total"] == 17_250_003
    with pytest.raises(NotEnoughDataError, match="QM-02"):
        plan_of(city, area="QM-02")


def test_measures_and_white_spots_are_layers_with_a_style(city, tmp_path):
    outcome = with_overlays(city, replace(toy_outcome(), programme=city.programmes["quarters"]))
    file = tmp_path / "results.gpkg"
    file.write_bytes(geopackage.render(outcome, "de"))
    measures = gpd.read_file(file, layer="measures")
    assert measures["planned_eur"].sum() == pytest.approx(172_500.03)
    assert measures["place"].tolist() == ["point", "area", "area_wide", "area_wide"]
    assert measures.geometry.isna().tolist() == [False, False, True, True]
    assert set(gpd.read_file(file, layer="white_spots")["field"]) == {"HF1", "HF2", "HF3", "HF4", "HF5", "KLIMA"}
    with sqlite3.connect(file) as base:
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
    assert all(shape in styles["measures"] for shape in ("square", "triangle", "diamond", "circle", "pentagon"))
    assert "b_diagonal" in styles["white_spots"]
    assert b"measures.shp" in shapefile.render(outcome, "de")
    assert qgis_project.render(outcome, "de")


def test_money_of_the_layer_is_that_of_the_register(city):
    rows = measures_of(city).set_index("measure")
    assert rows.loc["M1", ["planned_ct", "approved_ct", "spent_ct"]].tolist() == [10_000_001, 9_000_001, 8_500_000]
    assert pd.isna(rows.loc["M4", "spent_ct"])
    assert [one.code for one in funds_of(city)[1]] == ["above_max"]
    assert funds_of(city, area="QM-02")[0].empty


@pytest.fixture(scope="module")
def demo():
    return demo_city()


def test_planted_holes_of_funds_are_found(demo):
    planted = json.loads((ROOT / "data/musterstadt/truth.json").read_text(encoding="utf-8"))["register"]
    found = {(one.code, one.fund, one.year, one.grant) for one in funds_of(demo)[1]}
    over, grant = planted["fund_over_budget"], planted["grant_over_rule"]
    assert found == {
        ("over_budget", over["fund"], str(over["year"]), ""),
        ("above_max", over["fund"], str(over["year"]), grant["grant"]),
    }


def test_totals_are_those_of_the_file_added_up_by_hand(demo):
    with (ROOT / "data/musterstadt/register/costs.csv").open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter=";") if row["Förderprogramm"] != "total"]
    for name, head in (("planned", "geplant (EUR)"), ("approved", "bewilligt (EUR)"), ("spent", "ausgegeben (EUR)")):
        cells = [Decimal(row[head].replace(".", "").replace(",", ".")) for row in rows if row[head].strip()]
        for by in BY:
            whole = balance_of(demo, by=by).query("group == 'all' and kind == 'all'").iloc[0]
            assert whole[f"{name}_ct"] == 100 * sum(cells)
            assert whole[f"{name}_unknown"] == len(rows) - len(cells)
    parts = plan_of(demo).parts["total"]
    assert parts["1"] + parts["2"] == parts["all"]


def test_an_area_costs_in_a_year_what_areas_have_cost(demo):
    """Berlin: 24 to 32 m euros a year for 32 to 34 areas, at most 2.6 m in one (DOMAIN N25); 6 m since 2005 (N26)."""
    by_year = balance_of(demo, by="year").query("kind == 'all' and group != 'all'")
    assert by_year["planned_ct"].max() / len(residents_by_area(demo)) < 260_000_000
    by_area = balance_of(demo, by="area").query("kind == 'all' and group != 'all'")
    assert by_area["planned_ct"].between(100_000_000, 2_000_000_000).all()


@pytest.fixture(scope="module")
def planted():
    return json.loads((ROOT / "data/musterstadt/truth.json").read_text(encoding="utf-8"))["register"]


def by_hand(measure: str) -> dict[str, int]:
    """Return planned and spent cents of a measure, added up from the file."""
    with (ROOT / "data/musterstadt/register/costs.csv").open(encoding="utf-8-sig") as lines:
        every = [row for row in csv.DictReader(lines, delimiter=";") if row["Förderprogramm"] != "total"]
    rows = [row for row in every if row["Maßnahme"] == measure]
    cells = {"planned_ct": "geplant (EUR)", "spent_ct": "ausgegeben (EUR)"}
    return {name: sum(int(row[head].replace(",", "") or 0) for row in rows) for name, head in cells.items()}


def test_planted_mixed_measures_are_split_by_their_share(demo, planted):
    for one in planted["mixed"]:
        register = register_of(demo)
        measures, costs = (frame[frame["measure"] == one["measure"]] for frame in (register.measures, register.costs))
        found = balance(measures, costs).query("group == 'all'").set_index("kind")
        for name, cents in by_hand(one["measure"]).items():
            assert found.loc["INV", name] == pytest.approx(one["investive_share"] * cents, abs=len(costs))
            assert found.loc["INV", name] + found.loc["SOC", name] == cents
        assert found.loc["INV", "measures"] == one["investive_share"]


def test_the_planted_measure_of_two_areas_is_divided_by_residents(demo, planted):
    """By hand: all residents of both outlines, rounded to tens, the cents of each row by largest remainder."""
    one = planted["of_several_areas"]
    found = divided_of(demo)
    assert set(found["measure"]) == {one["measure"]}
    assert found["area"].tolist() == one["areas"]
    assert set(found["rule"]) == {"residents"}
    outlines = next(iter(demo.programmes.values())).frame.geometry
    homes = next(layer.frame for layer in demo.residents.values() if "residents" in layer.groups)
    living = [10 * round(homes.loc[homes.within(outlines[area]), "residents"].sum() / 10) for area in one["areas"]]
    assert found["share"].tolist() == [n / sum(living) for n in living]
    for name, cents in by_hand(one["measure"]).items():
        assert found[name].sum() == cents
        assert found[name].tolist() == pytest.approx([cents * n / sum(living) for n in living], abs=6)
    assert divided_of(demo, area="QM-03").empty


def test_records_of_both_areas_hold_the_measure_and_their_part(demo, planted):
    one = planted["of_several_areas"]
    parts = [costs_of(demo, area) for area in one["areas"]]
    for area in one["areas"]:
        assert one["measure"] in set(record_for(demo, area, date(2024, 12, 31)).tables["measures"]["measure"])
    for name, cents in by_hand(one["measure"]).items():
        assert sum(part.loc[part["measure"] == one["measure"], name].sum() for part in parts) == cents
    listed = portfolio_of(demo, date(2024, 12, 31))
    whole = balance_of(demo, by="area").query("kind == 'all'").set_index("group")
    assert listed.set_index("programme_area")["planned_ct"].to_dict() == whole["planned_ct"].drop("all").to_dict()


def test_sub_areas_hold_what_lies_in_them(demo):
    """By another way: the places of the file joined to the areas of the city, one measure at a time."""
    rows = balance_of(demo, by="sub_area", area="QM-01").query("kind == 'all'").set_index("group")
    register = register_of(demo)
    mine = register.measures[register.measures["area"] == "QM-01"]["measure"]
    areas = demo.areas.frame
    sums: dict[str, int] = {}
    for measure in mine:
        if measure not in register.places.index:
            continue
        spot = areas.index[areas.contains(register.places[measure])]
        if len(spot):
            sums[spot[0]] = sums.get(spot[0], 0) + by_hand(measure)["planned_ct"]
    told = {key.partition("/")[2]: cents for key, cents in rows["planned_ct"].items() if "/" in key and cents}
    outside = set(sums) - set(told)
    assert {key: sums[key] for key in told} == told
    assert rows.loc["outside", "planned_ct"] == sum(sums[key] for key in outside)
    white = spots_of(demo).drop_duplicates("part").set_index("part")
    there = [key for key in rows.index if key in white.index]
    assert rows.loc[there, "residents"].tolist() == white.loc[there, "residents"].tolist()
    assert len(there) == (white["programme_area"] == "QM-01").sum()  # those without a measure too


def test_districts_hold_what_is_for_all_of_an_area_in_one(demo):
    rows = balance_of(demo, by="district", area="QM-01").query("kind == 'all'").set_index("group")
    assert sorted(rows.index) == ["Südwest", "all", "outside"]
    assert rows["residents"].drop("all").isna().all()


def test_the_plan_of_an_area_says_which_measures_it_shares(demo, planted):
    book = openpyxl.load_workbook(io.BytesIO(balance_files(demo, "de")["cost_plan.xlsx"]))
    said = {sheet.title: [row[0].value for row in sheet.iter_rows(max_row=6)] for sheet in book}
    sentence = f"hier mit allen Kosten: {planted['of_several_areas']['measure']}."
    told = {title for title, lines in said.items() if any(str(line).endswith(sentence) for line in lines)}
    assert {title[:5] for title in told} == set(planted["of_several_areas"]["areas"])
