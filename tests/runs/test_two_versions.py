"""Two versions of the areas that differ by one house: no number of residents of both gives its people away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.ops import nearest_points

from qmgis.io.city.workspace import open_city
from qmgis.runs.compute import compute
from qmgis.runs.programme.balance import spots_of
from qmgis.runs.programme.lives import figures_of
from qmgis.runs.programme.proposed import compared_areas
from qmgis.runs.steps import reach_theme

ROOT = Path(__file__).resolve().parents[2]
AREA, OLD, NEW = "01010202", "mss-2020", "mss-2024"


@pytest.fixture(scope="module")
def city():
    """Musterstadt, the older areas of which have a house of two residents of AREA in its neighbour."""
    whole = open_city(ROOT / "layers/musterstadt")
    older, homes = whole.area_layers["ms-2016"], whole.residents["addresses"].frame
    shapes = older.frame.geometry
    outline = next(iter(whole.programmes.values())).frame.geometry["QM-02"]
    beside = [
        one for one in shapes.index[shapes.touches(shapes[AREA])] if not outline.intersects(shapes[one].buffer(-1))
    ]
    inside = homes[homes.within(whole.area_layers["ms-2022"].frame.geometry[AREA]) & homes["residents"].eq(2)]
    house = inside.geometry[inside.distance(shapes[beside].union_all()).idxmin()]
    other = shapes[beside].distance(house).idxmin()
    border = nearest_points(house, shapes[other])[1]
    piece = shapely.LineString([house, (2 * border.x - house.x, 2 * border.y - house.y)]).buffer(3)
    piece = piece.intersection(shapes[AREA])
    assert homes[homes.within(piece)]["residents"].tolist() == [2]
    frame = older.frame.copy()
    frame.loc[AREA, "geometry"] = shapes[AREA].difference(piece)
    frame.loc[other, "geometry"] = shapes[other].union(piece)
    layer = next(iter(whole.programmes.values()))
    begun = layer.frame.assign(valid_from=pd.Timestamp("2015-01-01").as_unit("s"))
    return replace(
        whole, area_layers={**whole.area_layers, "ms-2016": replace(older, frame=frame)},
        programmes={"programme": replace(layer, frame=begun, events=())},
    )  # fmt: skip


def test_key_figures_do_not(city):
    newest, older = (figures_of(city, city.run(run)) for run in (NEW, OLD))
    people = {"residents", *city.residents["addresses"].groups}
    assert people <= set(newest["figure"])
    assert not people & set(older["figure"])
    assert "unemployment" in set(older["figure"])


def test_white_spots_do_not(city):
    newest, older = (spots_of(city, run=run).drop_duplicates("part") for run in (NEW, OLD))
    assert (newest["state"] == "ok").all()
    assert older["residents"].isna().all()
    assert set(older["state"]) == {"missing"}


def test_outlines_of_ones_own_do_not(city):
    found = {}
    for run in (NEW, OLD):
        outcome = compute(city, run)
        own = gpd.GeoDataFrame(geometry=[outcome.areas.frame.geometry[AREA]], index=pd.Index(["mine"], name="option"),
                               crs=city.crs)  # fmt: skip
        found[run] = compared_areas(city, outcome, own).frame.loc["mine", "residents"]
        assert found[run] == outcome.table["population"][AREA]
    assert found[NEW] - found[OLD] != 2.0


def test_who_reaches_a_place_does_not(city):
    """Everybody within any distance is counted, so reached and not reached are the residents of an area."""
    shown = {}
    for vintage, year in (("ms-2022", 2024), ("ms-2016", 2020)):
        found = reach_theme(city, city.area_layers[vintage], city.themes["stop"], year=year)
        shown[vintage] = found.seen["reached"] + found.seen["not_reached"]
        exact = found.parts["reached"] + found.parts["not_reached"]
        assert shown[vintage].dropna().equals(exact[shown[vintage].notna()])
    together = pd.DataFrame(shown).dropna()
    between = (together["ms-2022"] - together["ms-2016"]).abs()
    assert AREA not in together.index
    assert len(together) > 80
    assert not between.between(0, city.secrecy.min_base, inclusive="neither").any()


def test_an_area_of_few_residents_has_no_number_in_any_sum(city):
    table = city.tables["ms-2022"]
    frame = table.frame.copy()
    frame.loc[(AREA, 2024), "population"] = 2.0
    few = replace(city, tables={**city.tables, "ms-2022": replace(table, frame=frame)})
    outcome = compute(few, NEW)
    assert pd.isna(outcome.table["population"][AREA])
    assert "population=too_small" in outcome.table["states"][AREA]
    every = outcome.targeting[(outcome.targeting["by"] == "attention") & (outcome.targeting["class"] == "all")]
    assert every["residents"].sum() == outcome.table["population"].sum()
    assert every["unknown"].sum() == 1
