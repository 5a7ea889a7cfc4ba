"""Runs beside programme areas: Musterstadt's are found in every run, files say the same, small parts stay secret."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from qmgis.io.exports.delimited import EXPORT
from qmgis.io.written.targeting import targeting_csv, targeting_csv_de
from qmgis.model import ProgrammeLayer, Text
from qmgis.model.where import area_of
from qmgis.runs.compute import compute
from qmgis.runs.demo import demo_city, demo_folder
from qmgis.runs.write import run_json, write_run
from qmgis.views.cells import why_empty
from qmgis.views.targeting import targeting_rows
from tests.toy import toy_city, toy_programme

RUNS = ("mss-2018", "mss-2020", "mss-2022", "mss-2024")
NAMES = {
    "running": "Quartier Lerchenauer Ring",
    "running_new": "Quartier Schlachthofviertel",
    "ended": "Quartier Am Schwimmbad",
    "waiting": "Quartier Sonnenwarte",
}


@pytest.fixture(scope="module")
def city():
    return demo_city()


@pytest.fixture(scope="module")
def truth():
    return json.loads((demo_folder() / "data" / "musterstadt" / "truth.json").read_text("utf-8"))["programme"]


@pytest.fixture(scope="module")
def outcomes(city):
    return {key: compute(city, key) for key in RUNS}


@pytest.mark.parametrize("run", RUNS)
def test_the_programme_areas_of_musterstadt_are_found_by_name_and_state(outcomes, truth, run):
    """QM-01 runs since 2018, QM-02 since July 2023, QM-03 ended in 2017, QM-04 waits; none of them was reformed."""
    table = outcomes[run].table
    states = {
        "running": "current",
        "running_new": "current" if run == "mss-2024" else "planned",
        "ended": "former",
        "waiting": "planned",
    }
    planted: set[str] = set()
    for key, areas in truth.items():
        rows = table.loc[areas]
        assert set(rows["programme"]) == {states[key]}, key
        assert set(rows["programme_names"]) == {NAMES[key]}
        assert rows["programme_share"].tolist() == [float(states[key] == "current")] * len(areas)
        planted |= set(areas)
    others = table.drop(sorted(planted))
    assert set(others["programme"]) == {"none"}
    assert others["programme_names"].isna().all()
    assert set(others["programme_share"]) == {0.0}


def test_the_report_of_musterstadt_counts_exactly_where_points_and_population_agree(city, outcomes, truth):
    outcome = outcomes["mss-2024"]
    rows = outcome.targeting.query("by == 'attention' and `class` == 'yes'").set_index("programme")
    people = city.residents["addresses"].frame["residents"]
    where = area_of(outcome.areas, city.residents["addresses"])
    inside = truth["running"] + truth["running_new"]  # all of them require attention
    assert outcome.table.loc[inside, "attention"].all()
    counted = people[np.isin(outcome.areas.frame.index[where], inside)].sum()
    assert rows.loc["current", "living"] == counted == rows.loc["current", "residents"]
    assert rows["areas"].sum() == outcome.table["attention"].sum()


def test_the_files_of_a_run_say_the_report(outcomes, tmp_path):
    outcome = outcomes["mss-2024"]
    write_run(outcome, tmp_path, formats=("csv", "csv_de"))
    folder = tmp_path / "mss-2024"
    assert (folder / "targeting.csv").read_bytes() == targeting_csv(outcome)
    assert (folder / "targeting_de.csv").read_bytes() == targeting_csv_de(outcome)
    machine = pd.read_csv(folder / "targeting.csv")
    pd.testing.assert_frame_equal(machine, outcome.targeting, check_dtype=False, check_exact=True)
    german = list(csv.reader(io.StringIO(targeting_csv_de(outcome).decode("utf-8-sig")), delimiter=";"))
    assert german[0][:4] == ["Gliederung", "Klasse", "Fördergebiete", "Gebiete"]
    assert german[5][:5] == ["Aufmerksamkeitsbedarf", "Besonderer Aufmerksamkeitsbedarf", "laufend", "6", "46,2"]
    said = json.loads(run_json(outcome))
    assert said["targeting"]["de"].startswith("Stand 31.12.2024: Von den 13 Gebieten")
    assert said["parameters"]["programme"]["on"] == "2024-12-31"
    assert "musterstadt/programme.gpkg" in {entry["path"] for entry in said["inputs"]}


def test_a_city_without_programme_areas_has_neither_columns_nor_files(toy_outcome, tmp_path):
    assert toy_outcome.targeting is None
    assert not [column for column in toy_outcome.table if column.startswith("programme")]
    write_run(toy_outcome, tmp_path, formats=("csv",))
    assert sorted(file.name for file in (tmp_path / "mss-2024").iterdir()) == ["areas.csv", "run.json"]
    assert "programme" not in toy_outcome.recipe.parameters
    assert targeting_rows(toy_outcome, "de") == []


def test_two_layers_of_programme_areas_count_together():
    one, city = toy_programme(), toy_city()
    other = replace(
        one, key="efre", frame=one.frame.assign(geometry=one.frame.geometry.map(lambda s: translate(s, 0, 800)))
    )
    outcome = compute(replace(city, programmes={"soziale": one, "efre": other}), "mss-2024")
    assert outcome.programme.frame.index.tolist()[:2] == ["efre:QM-01", "efre:QM-02"]
    assert outcome.table.loc[["01010002", "01010202"], "programme"].tolist() == ["current", "current"]


def test_rows_for_people_add_up(outcomes):
    rows = targeting_rows(outcomes["mss-2024"], "de")
    assert [row.label for row in rows] == [
        "Besonderer Aufmerksamkeitsbedarf", "Kein besonderer Aufmerksamkeitsbedarf", "Status: hoch", "Status: mittel",
        "Status: niedrig", "Status: sehr niedrig", "Nicht bewertet", "Alle Gebiete",
    ]  # fmt: skip
    assert rows[0].areas == ("6 (46 %)", "0 (0 %)", "4 (31 %)", "3 (23 %)", "13")


LIMIT = 10


def cut(city, *, seed: int, cuts: int):
    """Musterstadt with programme areas that cut through its areas anywhere, each from another year on."""
    rng, people = np.random.default_rng(seed), city.residents["addresses"].frame
    shapes, starts = [], []
    for number in range(cuts):
        spot = people.geometry.iloc[int(rng.integers(len(people)))]
        shapes.append(spot.buffer(float(rng.uniform(15, 130)), cap_style="square"))
        starts.append(f"{2017 + number % 8}-06-01")
    frame = gpd.GeoDataFrame(
        {"name": "Q", "programme": "P", "status": "running", "phase": None, "valid_from": pd.to_datetime(starts),
         "valid_to": pd.to_datetime([None] * cuts)},
        geometry=shapes, index=pd.Index([f"Q{n:03d}" for n in range(cuts)], name="programme_area", dtype="str"),
        crs=city.crs,
    )  # fmt: skip
    return replace(city, programmes={"programme": ProgrammeLayer("programme", Text("P", "P"), frame)})


def shown(city, run):
    """What the two tables of a run say, and how many people live at the points of each area."""
    outcome, points = compute(city, run), city.residents["addresses"]
    table = pd.read_csv(io.BytesIO(EXPORT.render(outcome, "de")), dtype={"area": str}).set_index("area")
    people = points.frame["residents"].groupby(area_of(outcome.areas, points)).sum()
    people.index = outcome.areas.frame.index[people.index]
    report = pd.read_csv(io.BytesIO(targeting_csv(outcome)))
    return outcome, table, people.reindex(table.index, fill_value=0.0), report


@pytest.fixture(scope="module")
def published(city):
    return {key: shown(cut(city, seed=3, cuts=160), key) for key in RUNS}


def _is_few(counts: pd.Series) -> pd.Series:
    return (counts > 1e-6) & (counts < LIMIT - 1e-6)


def test_no_side_of_a_cut_shows_few_people(published):
    for outcome, table, people, _ in published.values():
        inside = table["programme_share"] * people
        assert not _is_few(inside).any()
        assert not _is_few(people - inside).any()
        hidden = table["programme_share"].isna()
        assert 0 < hidden.sum() < len(table)
        assert table.loc[hidden, "states"].str.contains("programme_share=too_small").all()
        assert (why_empty(outcome, "programme_share")[hidden] == "too_small").all()


def test_without_the_guard_the_same_cuts_give_few_people_away(city):
    lax = replace(city, secrecy=replace(city.secrecy, min_base=0))
    _, table, people, _ = shown(cut(lax, seed=3, cuts=160), "mss-2024")
    assert _is_few(table["programme_share"] * people).any()


@pytest.mark.parametrize("pair", [("mss-2018", "mss-2020"), ("mss-2022", "mss-2024")])
def test_two_runs_do_not_show_few_people_by_their_difference(published, pair):
    (_, first, people, _), (_, second, _, _) = (published[key] for key in pair)
    moved = ((second["programme_share"] - first["programme_share"]) * people).abs()
    assert (moved > 0).any()
    assert not _is_few(moved).any()


def test_the_report_gives_no_hidden_share_back(city):
    """Of a class with one hidden area, the report less the others gives all of its people, none, or enough."""
    told = 0
    for seed in range(5):
        _, table, people, report = shown(cut(city, seed=seed, cuts=12), "mss-2024")
        entering = table[table["left_out"].isna()]
        for by, classes in (
            ("attention", entering["attention"].map({True: "yes", False: "no"})),
            ("status", entering["status_class"].map("{:.0f}".format)),
        ):
            for name, rows in entering.groupby(classes):
                hidden = rows.index[rows["programme_share"].isna()]
                if len(hidden) == 1:
                    cell = (report["by"] == by) & (report["class"] == name) & (report["programme"] == "current")
                    rest = report.loc[cell, "living"].sum() - (rows["programme_share"] * rows["population"]).sum()
                    inside = rest / rows["population"][hidden[0]] * people[hidden[0]]
                    assert not _is_few(pd.Series([inside, people[hidden[0]] - inside])).any()
                    told += 1
    assert told > 3
