"""Where measures lie within their programme areas: by land, length or points; for all of an area without a place."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from shapely import LineString, MultiPoint, Point, box

from qmgis.balance import AMOUNTS, balance, lying
from tests.balance.frames import costs_of, measures_of, registers
from tests.toy import CRS

PARTS = gpd.GeoDataFrame(
    {"programme_area": ["A", "A", "B"], "group": ["west", "east", "south"]},
    geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, -100, 200, 0)],
    crs=CRS,
)
WHERE = pd.DataFrame(
    [(f"M{n}", area, group, weight) for n in range(3) for area, group, weight in
     (("QM-01", "a", 3), ("QM-01", "b", 4), ("QM-02", "c", 1))],
    columns=["measure", "area", "group", "weight"],
)  # fmt: skip
DIVISION = pd.DataFrame({"measure": ["M0"] * 2, "area": ["QM-01", "QM-02"], "weight": [470, 90], "rule": "residents"})


@pytest.mark.parametrize(
    ("place", "held"),
    [
        (Point(50, 50), {"west": 1.0}),
        (LineString([(70, 50), (110, 50)]), {"west": 0.75, "east": 0.25}),
        (box(90, 0, 140, 100), {"west": 0.2, "east": 0.8}),
        (box(99.9, 0, 199, 100), {"east": 1.0}),  # a sliver is drawing
        (MultiPoint([(10, 10), (20, 20), (150, 10)]), {"west": 2 / 3, "east": 1 / 3}),
        (Point(500, 500), {"outside": 1.0}),
        (None, {"wide": 1.0}),
    ],
)
def test_a_place_lies_in_the_parts_that_hold_it(place, held):
    found = lying(measures_of({"M1": {"area": "A"}}), {} if place is None else {"M1": place}, PARTS)
    shares = dict(zip(found["group"], found["weight"] / found["weight"].sum(), strict=True))
    assert shares == pytest.approx(held, abs=0.001)


def test_without_a_place_it_is_of_the_only_part_there_is():
    found = lying(measures_of({"M1": {"area": "A, B"}}), {}, PARTS)
    assert found[["area", "group"]].to_numpy().tolist() == [["A", "wide"], ["B", "south"]]
    unknown = lying(measures_of({"M1": {"area": "B"}}), {}, PARTS.assign(group=None))
    assert unknown["group"].tolist() == ["unknown"]


def test_money_lies_where_the_place_does_to_the_cent():
    measures = measures_of({"M1": {"area": "A"}, "M2": {"area": "A"}})
    costs = costs_of([("M1", 2024, "SZ", 101, None, 3), ("M2", 2024, "SZ", 50, 50, 50)])
    where = lying(measures, {"M1": box(50, 0, 150, 100)}, PARTS)
    found = balance(measures, costs, by="sub_area", where=where, groups=("north",)).query("kind == 'all'")
    rows = found.set_index("group")
    assert rows["planned_ct"].to_dict() == {"east": 50, "north": 0, "west": 51, "wide": 50, "all": 151}
    assert rows["measures"].to_dict() == {"east": 0.5, "north": 0, "west": 0.5, "wide": 1, "all": 2}
    assert found["group"].tolist() == ["east", "north", "west", "wide", "all"]


@settings(deadline=None, max_examples=25)
@given(registers())
def test_groups_add_up_to_the_register_and_to_each_programme_area(register):
    measures, costs = register
    for area in (None, "QM-01", "QM-02"):
        rows = balance(measures, costs, DIVISION, by="sub_area", area=area, where=WHERE).query("kind == 'all'")
        whole = balance(measures, costs, DIVISION, by="area").query("kind == 'all'").set_index("group")
        for amount in AMOUNTS:
            told = rows.loc[rows["group"] != "all", amount].fillna(0).sum()
            name = area or "all"
            assert told == (0 if name not in whole.index or pd.isna(whole[amount][name]) else whole[amount][name])
