"""The page Entwicklung: one number over the years, two runs against each other, all of it in the address."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.development.editions import pair_of
from qmgis.app.development.numbers import asked_of
from qmgis.app.main import create_app, pages
from qmgis.app.pages import development as page
from qmgis.runs.demo import demo_city
from qmgis.runs.secrecy.veiled import result_of
from qmgis.runs.years.changes import what_changed
from qmgis.runs.years.numbers import series


def at(city, **fields) -> ViewState:
    return settle(ViewState(page="development", **fields), city, pages=pages())


def text(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def filled(city, name, **fields) -> str:
    return text(page.fill(format_address(at(city, **fields)), None, name=name, city=city)[0])


@pytest.fixture(scope="module")
def demo():
    return demo_city()


def test_number_year_and_area_are_in_the_address(demo):
    state = at(demo, mode="transfer", year="2018", area="01010201", cause="noise", second="pair.mss-2018:mss-2024")
    assert parse_address(*split_address(format_address(state))) == state
    changes = page.refresh(demo, state)
    assert changes["development-title"]["children"] == "Entwicklung: Transferbezug 2018"
    assert changes["development-slider"]["value"] == 1
    assert changes["live"]["children"].startswith("Bahnhofsviertel, 2018: 11,2 %")


def test_without_a_choice_an_indicator_of_the_method_is_shown_in_the_newest_year(demo):
    asked = asked_of(demo, at(demo, mode="kita_share", year="1999", area="nowhere"))
    assert f"z_{asked.key}" in result_of(demo, "mss-2024").parts
    assert (asked.year, asked.area) == (2024, "")
    assert asked_of(demo, at(demo, mode="value_transfer")).key == "transfer"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "key", ["class", "group", "attention", "index", "dynamics_index", "living_space", "unemployed"]
)
def test_every_kind_of_number_is_drawn(demo, key, lang):
    state = at(demo, mode=key, area="01010201", year="2020", lang=lang)
    drawn = text(page.layout(demo, state))
    assert f"mode={key}" in drawn
    assert "development-table" in drawn
    assert filled(demo, "chart", mode=key, area="01010201", lang=lang)
    assert "Bahnhofsviertel" in filled(demo, "small", mode=key, lang=lang)


def test_map_legend_and_table_say_the_same(demo):
    changes = page.refresh(demo, at(demo, mode="child_poverty", year="2020"))
    laid_on, rows = changes["development-map-areas"]["hideout"], changes["development-table"]["rowData"]
    known = series(demo, "child_poverty").of_year(2020)
    assert set(laid_on["codes"]) == {row["area"] for row in rows} == set(known.index)
    assert set(laid_on["borderline"]) == set(known.index[(known["state"] == "ok") & (known["exact"] < 1 - 1e-9)])
    for row in rows:
        hidden = known.loc[row["area"], "state"] != "ok"
        assert (row["value"] is None) == hidden
        look = laid_on["classes"][laid_on["codes"][row["area"]]]
        assert (look["hatch"] != "none") == hidden
        if hidden:
            assert (row["span"], row["change"]) == ("–", None)
            assert laid_on["values"][row["area"]].endswith(row["why"])
    counts = [len([code for code in laid_on["codes"].values() if code == place]) for place in range(5)]
    assert sum(counts) == (known["state"] == "ok").sum()


def test_the_classes_of_the_map_are_the_same_in_every_year(demo):
    found = [
        page.refresh(demo, at(demo, mode="transfer", year=year))["development-map-areas"]["hideout"]["classes"]
        for year in ("2016", "2024")
    ]
    assert found[0] == found[1]


def test_what_a_run_hides_is_nowhere_on_the_page(demo):
    result = result_of(demo, "mss-2022")
    name = "child_poverty"
    gone = result.parts.index[result.seen[f"value_{name}"].isna() & result.parts[f"value_{name}"].notna()]
    assert len(gone)
    state = at(demo, mode=name, year="2022", area=gone[0])
    said = text(page.refresh(demo, state)["development-chosen"])
    assert "geheim" in said or "zu wenige" in said
    assert "Prozentpunkte" not in said


def test_small_lines_stand_by_district_and_name(demo):
    drawn = filled(demo, "small", mode="transfer")
    order = [drawn.index(name) for name in ("Mitte: 36", "Nord: 16", "Nordost: 16", "Nordwest", "Südwest", "West: 17")]
    assert order == sorted(order)
    assert drawn.index("Altstadt") < drawn.index("Am Dom") < drawn.index("Weberviertel")
    assert drawn.count("data:image/svg+xml") == 120


def test_many_areas_are_shown_a_district_at_a_time(demo, monkeypatch):
    monkeypatch.setattr("qmgis.app.development.numbers.MANY", 50)
    drawn = filled(demo, "small", mode="transfer", area="01010201")
    assert drawn.count("data:image/svg+xml") == 36
    assert "Südwest: 20" in drawn


def test_two_runs_are_chosen_by_links(demo):
    assert pair_of(demo, at(demo)) == ("mss-2022", "mss-2024")
    assert pair_of(demo, at(demo, run="mss-2018")) == ("mss-2018", "mss-2020")
    assert pair_of(demo, at(demo, second="run.mss-2018")) == ("mss-2018", "mss-2024")
    assert pair_of(demo, at(demo, second="pair.mss-2018:mss-2022")) == ("mss-2018", "mss-2022")
    assert pair_of(demo, at(demo, second="pair.mss-2022:mss-2018")) == ("mss-2022", "mss-2024")
    assert pair_of(replace(demo, runs={"mss-2024": demo.runs["mss-2024"]}), at(demo)) is None


def test_what_changed_is_told_and_filtered_by_cause(demo):
    pair = "pair.mss-2020:mss-2024"
    drawn = filled(demo, "runs", second=pair)
    frame = what_changed(demo, "mss-2020", "mss-2024").changes.frame
    changed = frame[frame["kind"].isin(["new", "gone", "moved"])]
    assert f"alle ({len(changed)})" in drawn
    assert "Daran haben Anteil" in drawn
    one = filled(demo, "runs", second=pair, cause="data")
    assert one.count("Daran haben Anteil") == (changed["cause"] == "data").sum() >= 1
    assert drawn.count("Daran haben Anteil") == len(changed)
    assert "Museumsviertel" in one
    assert "Keine Änderung, die vor allem darauf zurückgeht" in filled(demo, "runs", second=pair, cause="method")


def test_the_matrix_marks_the_diagonal_and_says_how_many_people_moved(demo):
    drawn = filled(demo, "runs", second="pair.mss-2020:mss-2024")
    assert "9,1 % der Einwohner leben in Gebieten mit einer anderen Klasse" in drawn
    assert "In 16 Gebieten ist eine der Klassen auf den heutigen Grenzen berechnet" in drawn
    assert '"= 72"' in drawn
    assert "10 Gebiete jedes Mal Aufmerksamkeit" in drawn


def test_a_city_with_one_run_is_told_so(city):
    alone = replace(city, runs={"mss-2024": city.runs["mss-2024"]})
    assert "hat nur einen Lauf" in filled(alone, "runs")


def test_shares_of_unknown_people_have_no_line_of_the_city(city):
    drawn = filled(city, "chart", mode="transfer", area="01010405")
    assert "Gebiet 29" in drawn or "01010405" not in drawn
    assert "Spielstadt" not in drawn
    assert "Ein Gebiet wählen" in filled(city, "chart", mode="transfer").replace(
        "ein Gebiet wählen", "Ein Gebiet wählen"
    )


def test_what_is_on_the_page_already_is_not_drawn_again(demo):
    address = format_address(at(demo, mode="transfer", area="01010201", year="2020"))
    _, done = page.fill(address, None, name="small", city=demo)
    later = format_address(at(demo, mode="transfer", area="01010201", year="2024"))
    drawn, again = page.fill(later, done, name="small", city=demo)
    assert drawn is again
    assert page.fill(later, done, name="chart", city=demo)[1] != done


def test_the_series_is_a_file(demo):
    client = create_app(demo).server.test_client()
    answer = client.get("/download/series?mode=transfer&lang=de")
    assert answer.status_code == 200
    assert "musterstadt-reihe-transfer.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert {row["Art der Einheit"] for row in rows} == {"Gebiet", "Bezirk", "Stadt", "Fördergebiet"}
    city = next(row for row in rows if row["Art der Einheit"] == "Stadt" and row["Jahr"] == "2024")
    assert city["Wert (Anteile in %)"] == "11,47"
    wrong = client.get("/download/series?mode=nothing&lang=en")
    assert wrong.status_code == 400
    assert "no number" in wrong.data.decode()
