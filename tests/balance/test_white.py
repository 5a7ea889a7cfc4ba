"""Parts without a measure, by place or distance; few residents, and what would give them away, are not told."""

from __future__ import annotations

import geopandas as gpd
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box, points

from qmgis.balance import SPOT_COLUMNS, parts_of, white_spots
from qmgis.model import Secrecy
from tests.balance.frames import measures_of
from tests.toy import CRS, SIDE, SOUTH, WEST, area_ids, toy_areas

IDS = area_ids()
OUTLINES = gpd.GeoSeries({"QM-01": box(WEST, SOUTH, WEST + 2.5 * SIDE, SOUTH + SIDE)}, crs=CRS)


def homes(numbers: list[float], places: list[float]) -> gpd.GeoDataFrame:
    """Points in the lowest row of areas, so many sides from the west."""
    spots = points([(WEST + x * SIDE, SOUTH + 100) for x in places])
    return gpd.GeoDataFrame({"residents": numbers}, geometry=spots, crs=CRS)


def test_parts_lie_in_one_area_each_and_slivers_are_left_out():
    outlines = gpd.GeoSeries({"Q": box(WEST, SOUTH, WEST + 1.005 * SIDE, SOUTH + 0.5 * SIDE)}, crs=CRS)
    parts = parts_of(outlines, toy_areas(), people=homes([50.0, 30.0], [0.5, 1.5]))
    assert parts["part"].tolist() == [f"Q/{IDS[0]}"]
    assert parts["residents"].tolist() == [50.0]


def told(numbers, places, outlines=OUTLINES):
    parts = parts_of(outlines, toy_areas(), people=homes(numbers, places), secrecy=Secrecy(min_base=10))
    return dict(zip(parts["part"].str[-2:], parts["residents"].fillna(-1), strict=True))


def test_few_residents_and_the_rest_of_their_area_are_not_told():
    assert told([50.0, 30.0, 40.0, 60.0], [0.5, 1.5, 2.2, 2.8]) == {"00": 50, "01": 30, "02": 40}
    # 7 in the last part: hidden, and so is the next smallest, since the sum of the programme area is told
    assert told([50.0, 30.0, 7.0, 60.0], [0.5, 1.5, 2.2, 2.8]) == {"00": 50, "01": -1, "02": -1}
    # 7 of the area live outside: the number inside gives them away
    assert told([50.0, 30.0, 40.0, 7.0], [0.5, 1.5, 2.2, 2.8]) == {"00": 50, "01": -1, "02": -1}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_no_sum_gives_few_people_away(numbers):
    inside = [float(n) for n in numbers[:3]]
    shown = told([*inside, float(numbers[3])], [0.5, 1.5, 2.2, 2.8])
    hidden = [n for n, cell in zip(inside, shown.values(), strict=True) if cell < 0]
    if hidden:
        assert sum(hidden) >= 10 or len(hidden) == 3
        assert len(hidden) > 1
    assert all(cell <= 0 or cell >= 10 for cell in shown.values())


def test_outlines_of_other_days_give_nobody_away():
    """Two outlines of the last area that differ by 7 residents: neither number is told."""
    both = gpd.GeoSeries({"now": OUTLINES.iloc[0], "then": box(WEST, SOUTH, WEST + 2.7 * SIDE, SOUTH + SIDE)}, crs=CRS)
    people = homes([50.0, 30.0, 40.0, 7.0, 60.0], [0.5, 1.5, 2.2, 2.6, 2.8])
    assert parts_of(OUTLINES, toy_areas(), people=people)["residents"].tolist() == [50, 30, 40]
    guarded = parts_of(OUTLINES, toy_areas(), people=people, guard=both)
    assert guarded["state"].tolist() == ["ok", "too_small", "too_small"]


def test_a_point_without_number_makes_a_part_missing():
    parts = parts_of(OUTLINES, toy_areas(), people=homes([50.0, float("nan"), 40.0], [0.5, 1.5, 2.2]))
    assert parts["state"].tolist() == ["ok", "missing", "ok"]


def test_white_is_where_no_measure_of_the_field_lies():
    parts = parts_of(OUTLINES, toy_areas())
    measures = measures_of(
        {
            "M1": {"main_field": "HF1"},
            "M2": {"main_field": "HF2", "other_fields": ("HF1",)},
            "M3": {"main_field": "HF1", "status": "idea"},
            "M4": {"main_field": "HF3"},
            "M5": {"main_field": "HF2", "status": "cancelled"},
        }
    )
    places = {
        "M1": Point(WEST + 10, SOUTH + 10),
        "M2": LineString([(WEST + 2.1 * SIDE, SOUTH + 10), (WEST + 2.3 * SIDE, SOUTH + 10)]),
        "M3": Point(WEST + 1.5 * SIDE, SOUTH + 10),
        "M5": Point(WEST + 10, SOUTH + 10),
    }
    found = white_spots(parts, measures, places, fields=["HF1", "HF2", "HF3"])
    assert found.columns.tolist() == SPOT_COLUMNS
    white = {field: rows.loc[rows["white"], "area"].str[-2:].tolist() for field, rows in found.groupby("field")}
    assert white == {"HF1": ["01"], "HF2": ["00", "01"], "HF3": ["00", "01", "02"]}
    assert found.groupby("field")["area_wide"].max().to_dict() == {"HF1": 0, "HF2": 0, "HF3": 1}
    assert found.loc[found["field"] == "HF3", "distance_m"].isna().all()


def test_white_by_distance_looks_from_the_middle_of_the_part():
    parts = parts_of(OUTLINES, toy_areas())
    measures, places = measures_of({"M1": {}}), {"M1": Point(WEST + 0.5 * SIDE, SOUTH + 0.5 * SIDE)}
    found = white_spots(parts, measures, places, fields=["HF1"], within_m=SIDE)
    assert found["distance_m"].round(6).tolist() == [0.0, 400.0, 700.0]
    assert found["white"].tolist() == [False, False, True]
    assert set(found["nearest"]) == {"M1"}


def test_no_field_no_rows():
    none = white_spots(parts_of(OUTLINES, toy_areas()), measures_of({"M1": {}}), {}, fields=[])
    assert none.empty
    assert list(none[none["white"]]) == SPOT_COLUMNS  # not read as a choice of columns
