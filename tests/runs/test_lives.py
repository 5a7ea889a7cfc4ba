"""The programme areas of Musterstadt: their lives, their figures beside the areas that they are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from qmgis.io.city.workspace import open_city
from qmgis.lifecycle import history, key_figures, lone
from qmgis.model import Event
from qmgis.runs.programme.lives import areas_of, deadlines_of, figures_of, located, programme_of
from qmgis.runs.secrecy.veiled import result_of
from tests.toy import toy_city, toy_programme

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def musterstadt():
    return open_city(ROOT / "layers/musterstadt")


def test_the_events_of_musterstadt_agree_with_its_outlines(musterstadt):
    assert [one for one in musterstadt.problems if "events.csv" in one.file or "programme" in one.file] == []
    phases = {
        area: history(programme_of(musterstadt), area)["phase"].iloc[-1]
        for area in ("QM-01", "QM-02", "QM-03", "QM-04")
    }
    assert phases == {"QM-01": "P7", "QM-02": "P6", "QM-03": "P9", "QM-04": "P4"}
    valid = areas_of(musterstadt, date(2024, 12, 31))
    own = programme_of(musterstadt).frame.loc[valid.index, "phase"]
    assert valid["phase"].tolist() == own.tolist()
    assert history(programme_of(musterstadt), "QM-03")["known"].all()


def test_deadlines_of_musterstadt(musterstadt):
    found = deadlines_of(musterstadt, date(2026, 1, 1))
    assert found[["programme_area", "rule", "state"]].to_numpy().tolist() == [
        ["QM-04", "study", "ahead"], ["QM-01", "agreed", "near"], ["QM-02", "agreed", "ahead"],
        ["QM-01", "term", "ahead"], ["QM-02", "term", "ahead"],
    ]  # fmt: skip


def test_figures_are_those_of_the_areas_that_a_programme_area_is_made_of(musterstadt):
    run = musterstadt.run("mss-2024")
    found = figures_of(musterstadt, run).set_index(["outline", "figure"])
    values = musterstadt.tables[run.vintage].of_year(2024)
    file = gpd.read_file(ROOT / "data/musterstadt/programme.gpkg").set_index("area_id")
    homes = gpd.read_file(ROOT / "data/musterstadt/addresses.gpkg")
    assert not found["estimated"].any()
    for area, members in file["member_unit_ids"].str.split(",").items():
        own = values.loc[members]
        row = found.loc[(area, "residents")]
        assert row["inside"] == own["population"].sum() == homes[homes.within(file.geometry[area])]["residents"].sum()
        assert row["total"] == values["population"].sum() == homes["residents"].sum()
        table = musterstadt.tables[run.vintage]
        for key, one in table.indicators.items():
            shown = (area, key) in found.index and found.loc[(area, key), "state"] == "ok"
            if shown and one.numerator in own and one.denominator in own:
                share = own[one.numerator].sum() / own[one.denominator].sum()
                assert found.loc[(area, key), "inside"] == pytest.approx(share)


def test_figures_of_a_proposal_hold_nothing_that_a_run_hides(musterstadt):
    """Two areas, one of which a run hides only so that its sums give nothing away: no sum is the way to it."""
    run = musterstadt.run("mss-2024")
    result, areas = result_of(musterstadt, "mss-2024"), musterstadt.area_layers["ms-2022"]
    gone = result.parts.index[result.seen["value_child_poverty"].isna() & result.parts["value_child_poverty"].notna()]
    counts = musterstadt.tables["ms-2022"].of_year(2024)["children_in_transfer"]
    hidden = counts[gone].idxmax()  # not small itself
    other = next(area for area in areas.frame.index if area not in gone and areas.frame.geometry[area].touches(
        areas.frame.geometry[hidden]))  # fmt: skip
    outline = lone(areas.frame.geometry[[hidden, other]].union_all(), musterstadt.crs)
    asked = {"residents": musterstadt.residents["addresses"], "year": 2024, "secrecy": musterstadt.secrecy}
    plain = key_figures(outline, areas, table=musterstadt.tables["ms-2022"], **asked).set_index("figure")
    assert plain.loc["children_in_transfer", "inside"] - counts[other] == counts[hidden]  # what the docstring warns of
    safe = figures_of(musterstadt, run, outlines=outline).set_index("figure")
    assert safe.loc[["children_in_transfer", "children_under_15"], ["inside", "total"]].isna().all(axis=None)


def test_layers_with_the_same_ids_are_told_apart_with_their_events():
    one = toy_programme()
    events = (Event("QM-01", "office_open", date(2018, 5, 1), row=2),)
    two = replace(one, key="other", frame=one.frame.assign(area=list(one.frame.index)), events=events)
    city = replace(toy_city(), programmes={"quarters": one, "other": two})
    valid = areas_of(city, date(2024, 12, 31))
    assert valid.index.tolist() == ["other:QM-01", "programme:QM-01"]
    assert valid["phase"].tolist() == ["P6", "P7"]
    points = gpd.GeoSeries.from_xy([560900.0], [5700200.0], crs="EPSG:25832")
    assert located(city, points, date(2024, 12, 31))["programme_area"].tolist() == ["other:QM-01; programme:QM-01"]
    assert pd.isna(programme_of(city).frame["area"]).sum() == 0


def test_no_outline_takes_a_cell_that_a_run_hides_out_of_a_sum(musterstadt):
    """Around a hidden area and a shown one, the count inside less the shown one would be the hidden one."""
    run = musterstadt.run("mss-2024")
    result, shapes = result_of(musterstadt, run.key), musterstadt.area_layers[run.vintage].frame.geometry
    gone = result.parts.index[result.seen["value_child_poverty"].isna() & result.parts["value_child_poverty"].notna()]
    shown = result.parts.index[result.seen["value_child_poverty"].notna()]
    assert len(gone) >= 6
    for area in gone:
        layer = lone(shapes.loc[[area, shown[0]]].union_all(), str(shapes.crs))
        found = figures_of(replace(musterstadt, programmes={"one": layer}), run).set_index("figure")
        counts = found.loc[["children_in_transfer", "children_under_15"]]
        assert counts[["inside", "total"]].isna().all(axis=None)
        assert (counts["state"] == "too_small").all()
        own = musterstadt.tables[run.vintage].of_year(2024).loc[shown[0]]
        assert found.loc["child_poverty", "inside"] == pytest.approx(own["child_poverty"])
