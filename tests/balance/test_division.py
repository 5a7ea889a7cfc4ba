"""Measures of several areas: by residents reached, refused without them, equal only where declared."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPoint, Point, box, points

from qmgis.balance import balance, costs_in, divide
from tests.balance.frames import costs_of, measures_of
from tests.toy import CRS

AREAS = gpd.GeoSeries(
    {"A": box(0, 0, 1000, 1000), "B": box(1000, 0, 2000, 1000), "C": box(2000, 0, 3000, 1000)}, crs=CRS
)
HOMES = gpd.GeoDataFrame(
    {"residents": [104.0, 200.0, 53.0, 8.0]},
    geometry=points([(900, 500), (100, 100), (1100, 500), (2500, 500)]),
    crs=CRS,
)


def weights(found: pd.DataFrame, measure: str = "M1") -> dict[str, int]:
    rows = found[found["measure"] == measure]
    return dict(zip(rows["area"], rows["weight"], strict=True))


def test_area_wide_measures_are_divided_by_all_residents_rounded_to_tens():
    found = divide(measures_of({"M1": {"area": "A, B"}, "M2": {"area": ""}}), {}, AREAS, people=HOMES)
    assert weights(found) == {"A": 300, "B": 50}
    assert weights(found, "M2") == {"A": 300, "B": 50, "C": 10}


def test_a_place_reaches_those_in_it_or_near():
    places = {"M1": box(800, 0, 1200, 1000), "M2": Point(1000, 500), "M3": MultiPoint([(100, 100), (1100, 500)])}
    found = divide(measures_of({key: {"area": "A"} for key in places}), places, AREAS, people=HOMES, within_m=150)
    assert weights(found) == {"A": 100, "B": 50}
    assert weights(found, "M2") == {"A": 100, "B": 50}
    assert weights(found, "M3") == {"A": 200, "B": 50}


def test_measures_of_one_area_and_slivers_have_no_row():
    places = {"M1": box(0, 0, 1005, 100), "M2": Point(500, 500)}
    assert divide(measures_of({key: {"area": "A"} for key in places}), places, AREAS, people=HOMES).empty


@pytest.mark.parametrize("people", [None, HOMES.assign(residents=[104.0, 200.0, None, 8.0]), HOMES.iloc[:0]])
def test_without_residents_it_is_refused_unless_declared_equal(people):
    measures = measures_of({"M1": {"area": "A, B"}, "M2": {"area": "A, B"}})
    found = divide(measures, {}, AREAS, people=people, equal=["M2"])
    assert found.groupby("measure")["rule"].first().to_dict() == {"M1": "refused", "M2": "equal"}
    assert weights(found, "M2") == {"A": 1, "B": 1}
    costs = costs_of([("M1", 2024, "SZ", 101, None, None), ("M2", 2024, "SZ", 101, None, None)])
    by_area = balance(measures, costs, found, by="area").query("kind == 'all'").set_index("group")["planned_ct"]
    assert by_area.to_dict() == {"A": 51, "B": 50, "several": 101, "all": 202}


def test_an_area_that_is_not_known_is_refused():
    found = divide(measures_of({"M1": {"area": "A, Z"}}), {}, AREAS, people=HOMES)
    assert found["rule"].tolist() == ["refused", "refused"]


def test_costs_of_an_area_are_its_part_to_the_cent():
    """Every cent once: the parts of all areas make the costs, by hand with the largest remainder."""
    measures = measures_of({"M1": {"area": "A, B"}, "M2": {"area": "A"}, "M3": {"area": "A, Z"}})
    costs = costs_of([("M1", 2024, "SZ", 101, None, 7), ("M2", 2024, "SZ", 50, 5, 0), ("M3", 2024, "SZ", 9, 9, 9)])
    division = divide(measures, {}, AREAS, people=HOMES)
    at = {area: costs_in(measures, costs, division, area=area) for area in ("A", "B", "Z")}
    assert at["A"][["measure", "planned_ct"]].to_numpy().tolist()[:2] == [["M1", 87], ["M2", 50]]  # 101 * 300 / 350
    assert at["B"]["planned_ct"].tolist() == [14]
    assert at["A"]["spent_ct"].tolist()[:1] + at["B"]["spent_ct"].tolist() == [6, 1]
    assert at["A"]["approved_ct"].isna().tolist() == [True, False, True]
    assert at["Z"]["measure"].tolist() == ["M3"]
    assert at["Z"]["planned_ct"].isna().all()  # not divided: unknown in each, never whole in both
    assert at["A"].dtypes.to_dict() == costs.dtypes.to_dict()


def test_a_balance_of_one_area_does_not_divide_again():
    measures = measures_of({"M1": {"area": "A, B"}})
    costs = costs_of([("M1", 2024, "SZ", 100, 100, 100)])
    division = divide(measures, {}, AREAS, people=HOMES)
    found = balance(measures, costs, division, by="area", area="A").query("kind == 'all'").set_index("group")
    assert found["planned_ct"].to_dict() == {"A": 86, "all": 86}
