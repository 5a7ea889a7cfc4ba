"""Catchments, proposals and scenarios of a run: who asks gets them, guarded, and in every file."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from qmgis.io.written.beside import beside
from qmgis.io.written.styles import OVERLAYS
from qmgis.io.written.vector import layers
from qmgis.model import City, Housing, Outcome, PlaceChanges, Scenario, Text
from qmgis.runs.compute import compute
from qmgis.runs.overlays import scenario_of
from qmgis.runs.sites import changed, proposed
from qmgis.runs.write import write_run
from tests import toy
from tests.test_siting import safe


def scenario(key: str = "new", **changes: object) -> Scenario:
    return Scenario(key, Text(f"{key} <b>", key), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def city() -> City:
    plain = toy.toy_city()
    change = scenario(
        places={"kita": PlaceChanges(add={"neu": (toy.WEST + 1900, toy.SOUTH + 900)}, close=("k2",))},
        housing=(Housing("home", (toy.WEST + 1900, toy.SOUTH + 900), {"residents": 90, "age_0_5": 12}),),
        paths={"steg": ((toy.WEST + 1600, toy.SOUTH + 500), (toy.WEST + 1700, toy.SOUTH + 500))},
    )
    theme = replace(plain.themes["kita"], proposals=2, catchments=True)
    run = replace(plain.runs["mss-2024"], scenarios=("new",))
    return replace(plain, themes={"kita": theme}, runs={**plain.runs, "mss-2024": run}, scenarios={"new": change})


@pytest.fixture(scope="module")
def outcome(city: City) -> Outcome:
    return compute(city, "mss-2024")


def test_who_does_not_ask_gets_nothing():
    plain = toy.toy_outcome()
    assert (plain.catchments, plain.proposals, plain.scenario) == (None, None, None)
    assert beside(plain, "csv") == {}


def test_the_numbers_are_those_of_siting(city: City, outcome: Outcome):
    asked = changed(city, outcome, "kita", scenario=city.scenarios["new"])
    frame = outcome.scenario
    assert frame is not None
    assert frame["area"].tolist() == outcome.areas.frame.index.tolist()
    np.testing.assert_array_equal(frame["gain"], asked.shown["gain_age_0_5"])
    assert asked.new is not None
    np.testing.assert_array_equal(frame["new_reached"], asked.new["reached_age_0_5"])
    assert "12 neuen Einwohnern" in outcome.answers[0].de
    sites = proposed(city, outcome, "kita", k=2)
    assert outcome.proposals is not None
    assert outcome.proposals["place"].tolist() == sites.shown.index.tolist()
    assert outcome.catchments is not None
    assert set(outcome.catchments["place"]) <= {"", "k1", "k2", "k3"}
    whole, *each = outcome.catchments.geometry
    assert (outcome.catchments["place"].iloc[0], outcome.catchments["name"].iloc[0]) == ("", "alle Orte zusammen")
    assert whole.symmetric_difference(shapely.union_all(each)).area < 1e-6
    assert {"toy/scenarios/new.toml"} <= {file.path for file in outcome.recipe.settings}


def test_two_scenarios_do_not_give_few_people_away(city: City, outcome: Outcome):
    """Places a block apart: who is reached by the one and not by the other is never 1 or 2."""
    spots = [(toy.WEST + 1100 + 45 * n, toy.SOUTH + 700 + 35 * n) for n in range(9)]
    asked = tuple(
        scenario(f"s{n}", places={"kita": PlaceChanges(add={"neu": spot})}) for n, spot in enumerate(spots)
    )  # fmt: skip
    frame, said = scenario_of(city, outcome, asked)
    assert frame is not None
    after = frame.pivot(index="area", columns="scenario", values="after")
    everything = pd.DataFrame(
        {one.key: changed(city, outcome, "kita", scenario=one).shown["reached_after_age_0_5"] for one in asked}
    )
    differing = [
        (one, other) for one in after for other in after
        if not safe((everything[one] - everything[other]).abs())
    ]  # fmt: skip
    assert differing, "the case must be one in which differences would tell"
    for one in after:
        for other in after:
            assert safe((after[one] - after[other]).abs())
    assert len(said) < len(asked)  # no sums where an area is hidden


def test_sums_of_two_scenarios_do_not_give_few_people_away(city: City, outcome: Outcome):
    """The sums of two answers, less what both show of the areas, are nobody or enough people."""
    spots = [(toy.WEST + 900 + 60 * n, toy.SOUTH + 300 + 90 * n) for n in range(14)]
    parts = ("reached_after", "gain", "lose")
    asked = [scenario(f"s{n}", places={"kita": PlaceChanges(add={"neu": spot})}) for n, spot in enumerate(spots)]
    changes = {one.key: changed(city, outcome, "kita", scenario=one) for one in asked}
    telling = []
    for one in asked:
        for other in asked:
            first, second = (changes[each.key] for each in (one, other))
            if one is other or pd.isna([each.total["gain_age_0_5"] for each in (first, second)]).any():
                continue
            rest = [
                abs((first.total - second.total)[f"{part}_age_0_5"]
                    - (first.shown - second.shown)[f"{part}_age_0_5"].sum()) for part in parts
            ]  # fmt: skip
            if any(0 < number < 3 for number in rest):
                telling.append((one, other))
    assert telling, "the case must be one in which sums would tell"
    for pair in telling:
        assert len(scenario_of(city, outcome, pair)[1]) < 2


def test_an_area_that_the_run_hides_stays_hidden(city: City, outcome: Outcome):
    area = outcome.areas.frame.index[0]
    reached = outcome.coverage["kita"]
    seen = reached.seen.copy()
    seen.loc[area, ["reached", "residents"]] = np.nan
    closed = replace(outcome, coverage={"kita": replace(reached, shown=seen)})
    frame, _ = scenario_of(city, closed, (city.scenarios["new"],))
    assert frame is not None
    row = frame.set_index("area").loc[area]
    assert row[["before", "after", "gain", "lose", "residents"]].isna().all()


def test_every_file_has_them(city: City, outcome: Outcome, tmp_path: Path):
    write_run(outcome, tmp_path, formats=("gpkg", "qgz", "csv", "csv_de", "shp"))
    folder = tmp_path / "mss-2024"
    made = {str(name) for name in pyogrio.list_layers(folder / "results.gpkg")[:, 0]}
    there = set(OVERLAYS) - {"measures", "white_spots"}  # the toy city has no register
    assert there <= made
    with sqlite3.connect(folder / "results.gpkg") as base:
        styled = {row[0] for row in base.execute("SELECT f_table_name FROM layer_styles")}
        told = set(base.execute("SELECT layer, column_name FROM codebook WHERE title != ''"))
    assert there <= styled
    for layer in layers(outcome, "de"):
        assert {(layer.name, layer.sql_names[column.key]) for column in layer.columns} <= told
        names = [column.title.en for column in layer.columns]
        assert len(set(names)) == len(names)
    read = pyogrio.read_dataframe(folder / "results.gpkg", layer="scenario_places").set_index("place")
    assert read["change"].to_dict() == {"neu": "add", "k2": "close", "home": "housing"}
    csv = pd.read_csv(folder / "scenario.csv", dtype={"area": str})
    assert outcome.scenario is not None
    np.testing.assert_array_equal(csv["gain"], outcome.scenario["gain"])
    sites = pd.read_csv(folder / "scenario_places.csv").set_index("place")
    np.testing.assert_allclose(sites[["x", "y"]], read.get_coordinates().loc[sites.index], atol=0.01)
    paths = pyogrio.read_dataframe(folder / "results.gpkg", layer="scenario_paths").set_index("path")
    csv_paths = pd.read_csv(folder / "scenario_paths.csv").set_index("path")
    np.testing.assert_allclose(csv_paths["length_m"], paths.length[csv_paths.index], rtol=1e-6)
    assert outcome.catchments is not None
    assert len(pd.read_csv(folder / "catchments.csv")) == len(outcome.catchments)
    assert all((folder / f"{name}_de.csv").exists() for name in ("catchments", "scenario_places", "scenario_paths"))
    german = (folder / "scenario_de.csv").read_text(encoding="utf-8-sig").splitlines()
    assert german[0].startswith("Szenario;")
    assert "Gewinnen einen Ort (Personen)" in german[0]
    assert len((folder / "proposals.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2
    told_json = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert told_json["scenarios"][0]["en"] == outcome.answers[0].en
