"""Areas beside programme areas: what is how much in which, on which day, and what the report makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from qmgis.errors import CrsError, DataError
from qmgis.model import PROGRAMME_STATES, AreaResult, Column, ProgrammeLayer, ResidentLayer, Text
from qmgis.scoring import LEFT_OUT
from qmgis.targeting import overlaps, report, sentence, states_on, targeting
from tests.test_compare import AREAS, made, numbers
from tests.toy import CRS, SIDE, SOUTH, WEST, toy_areas, toy_programme, toy_residents

ON = date(2024, 12, 31)
HALF, WHOLE, FORMER, PLANNED, OUTSIDE = "01010003", "01010002", "01010100", "01010101", "01010405"


def programme(shapes: list, *, start=None, end=None, status="running") -> ProgrammeLayer:
    """Programme areas of given outlines."""
    count = len(shapes)
    frame = gpd.GeoDataFrame(
        {
            "name": [f"Quartier {n}" for n in range(count)],
            "programme": "P",
            "status": status if isinstance(status, list) else [status] * count,
            "phase": None,
            "valid_from": pd.to_datetime(start if start is not None else [None] * count),
            "valid_to": pd.to_datetime(end if end is not None else [None] * count),
        },
        geometry=shapes,
        index=pd.Index([f"Q{n}" for n in range(count)], name="programme_area", dtype="str"),
        crs=CRS,
    )
    return ProgrammeLayer("programme", Text("P", "P"), frame)


def residents(points: list[tuple[float, float, float]]) -> ResidentLayer:
    """People at x, y in metres from the south-western corner of the city."""
    frame = gpd.GeoDataFrame(
        {"residents": [float(count) for *_, count in points]},
        geometry=[Point(WEST + x, SOUTH + y) for x, y, _ in points],
        index=pd.Index([f"o{n}" for n in range(len(points))], name="origin", dtype="str"),
        crs=CRS,
    )
    return ResidentLayer("addresses", Text("A", "A"), frame, "address")


def corner(width: float, height: float, *, x: float = 0.0, y: float = 0.0):
    return box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


FIRST = "01010000"  # the area of 400 m at the corner


def test_a_half_covered_area_by_land_and_by_residents():
    by_land = overlaps(toy_areas(), toy_programme(), on=ON)
    assert by_land.loc[[HALF, WHOLE], "current"].tolist() == pytest.approx([0.5, 1.0])
    assert set(by_land["basis"]) == {"land"}
    people = toy_residents()
    found = overlaps(toy_areas(), toy_programme(), on=ON, residents=people)
    x, y = people.frame.geometry.x, people.frame.geometry.y
    inside = people.frame["residents"][(y < SOUTH + SIDE) & x.between(WEST + 3 * SIDE, WEST + 3.5 * SIDE)].sum()
    whole = people.frame["residents"][(y < SOUTH + SIDE) & x.between(WEST + 3 * SIDE, WEST + 4 * SIDE)].sum()
    assert found.loc[HALF, "current"] == pytest.approx(inside / whole)
    assert found.loc[[WHOLE, HALF, FORMER, PLANNED, OUTSIDE], "programme"].tolist() == [
        "current", "current", "former", "planned", "none",
    ]  # fmt: skip
    assert found.loc[[WHOLE, FORMER], "names"].tolist() == ["Quartier Ost", "Quartier West"]
    assert pd.isna(found.loc[OUTSIDE, "names"])
    assert found[[*PROGRAMME_STATES]].sum(axis=1).to_numpy() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("on", "states"),
    [
        (date(2004, 12, 31), ["planned", "planned", "planned"]),
        (date(2005, 1, 1), ["planned", "current", "planned"]),
        (date(2017, 12, 30), ["planned", "current", "planned"]),
        (date(2017, 12, 31), ["planned", "former", "planned"]),
        (date(2018, 1, 1), ["current", "former", "planned"]),
    ],
)
def test_dates_decide_and_an_end_is_the_first_day_without(on, states):
    assert states_on(toy_programme(), on).tolist() == states
    assert overlaps(toy_areas(), toy_programme(), on=on).loc[[WHOLE, FORMER, PLANNED], "programme"].tolist() == states


def test_without_a_start_the_status_decides_until_the_end():
    one = programme(
        [corner(10, 10)] * 4,
        status=["running", "suspended", "waiting", "ended"],
        end=[None, "2020-06-01", None, "2010-01-01"],
    )
    assert states_on(one, date(2019, 12, 31)).tolist() == ["current", "current", "planned", "former"]
    assert states_on(one, date(2020, 12, 31)).tolist() == ["current", "former", "planned", "former"]


def test_where_programme_areas_overlap_every_resident_counts_once():
    """The former area of the whole, half of it current again: current 30, former 70."""
    one = programme(
        [corner(SIDE, SIDE), corner(SIDE / 2, SIDE)], start=["2000-01-01", "2020-01-01"], end=["2010-01-01", None]
    )
    people = residents([(50, 50, 30), (300, 50, 70)])
    found = overlaps(toy_areas(), one, on=ON, residents=people).loc[FIRST]
    assert found[[*PROGRAMME_STATES]].tolist() == pytest.approx([0.3, 0.7, 0.0, 0.0])
    assert (found["programme"], found["names"]) == ("current", "Quartier 1")
    by_land = overlaps(toy_areas(), one, on=ON).loc[FIRST]
    assert by_land[[*PROGRAMME_STATES]].astype(float).tolist() == pytest.approx([0.5, 0.5, 0.0, 0.0])


def test_slivers_do_not_count_unless_somebody_lives_there():
    sliver = programme([corner(3, SIDE)])  # 0.75 % of the land
    people = residents([(200, 200, 50)])
    for layer in (None, people):
        found = overlaps(toy_areas(), sliver, on=ON, residents=layer).loc[FIRST]
        assert (found["programme"], found["current"]) == ("none", 0.0)
    there = overlaps(toy_areas(), sliver, on=ON, residents=residents([(200, 200, 50), (1, 5, 50)])).loc[FIRST]
    assert (there["programme"], there["current"]) == ("current", 0.5)
    assert overlaps(toy_areas(), programme([corner(5, SIDE)]), on=ON).loc[FIRST, "programme"] == "current"


def test_areas_without_known_residents_go_by_land():
    found = overlaps(toy_areas(), toy_programme(), on=ON, residents=residents([(50, 50, 20)]))
    assert found["basis"].value_counts().to_dict() == {"land": 29, "residents": 1}
    assert found.loc[HALF, "current"] == pytest.approx(0.5)


@pytest.mark.parametrize("inside", [1, 9, 10, 40, 41, 49])
def test_few_people_on_either_side_of_a_cut_are_counted_with_the_others(inside):
    one, people = programme([corner(100, SIDE)]), residents([(50, 50, inside), (300, 50, 50 - inside)])
    found = overlaps(toy_areas(), one, on=ON, residents=people, min_base=10).loc[FIRST]
    hidden = not 10 <= inside <= 40
    assert found["too_few"] == hidden
    assert found["current"] == (float(inside > 25) if hidden else inside / 50)
    assert found["programme"] == "current"


def test_two_days_do_not_give_few_people_away():
    """The second programme area covers the first and five people more: what is shown does not change by them."""
    one = programme([corner(100, SIDE), corner(200, SIDE)], start=["2010-01-01", "2020-01-01"])
    people = residents([(50, 50, 100), (150, 50, 5), (300, 50, 100)])
    days = [
        overlaps(toy_areas(), one, on=day, residents=people, min_base=10).loc[FIRST] for day in (date(2015, 12, 31), ON)
    ]
    assert days[0]["current"] == days[1]["current"]
    assert [day["too_few"] for day in days] == [False, True]


def test_other_systems_are_refused():
    other = toy_programme()
    moved = replace(other, frame=other.frame.to_crs("EPSG:25833"))
    with pytest.raises(CrsError, match=r'"areas_2022" .* and "programme"'):
        overlaps(toy_areas(), moved, on=ON)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": ["runing"]},
        {"start": ["2020-01-01"], "end": ["2019-01-01"]},
        {"status": [None]},
        {"status": ["ended"]},
    ],
)
def test_a_faulty_layer_is_refused(fault):
    with pytest.raises(DataError, match='Programme area "Q0" is not well formed'):
        programme([corner(10, 10)], **fault)
    with pytest.raises(DataError, match="outline"):
        programme([Polygon()])


@given(numbers, st.lists(st.sampled_from([None, "current", "former"]), min_size=8, max_size=8), numbers)
def test_targeting_shares_sum_to_one_and_lose_nobody(values, groups, people):
    population = pd.Series([None if n is None else abs(n) * 100 for n in people], index=AREAS, dtype=float)
    found = targeting(made(values), pd.Series(groups, index=AREAS, dtype=object), population)
    assert found["areas"].sum() == len(AREAS)
    assert found["unknown"].sum() == population.isna().sum()
    assert found["residents"].sum() == pytest.approx(population.sum())
    for share in ("area_share", "resident_share"):
        sums = found[share].groupby(level="class").sum(min_count=1).dropna()
        assert sums.to_numpy() == pytest.approx(1.0)
    assert found.loc[found["areas"] > 0, "area_share"].notna().all()


states = st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(lambda parts: sum(parts) > 0)


@given(numbers, st.lists(states, min_size=8, max_size=8), numbers)
def test_a_report_adds_up_to_all_and_its_shares_to_one(values, parts, people):
    population = pd.Series([None if n is None else abs(n) * 100 for n in people], index=AREAS, dtype=float)
    shares = pd.DataFrame(parts, index=AREAS, columns=PROGRAMME_STATES, dtype=float)
    shares = shares.div(shares.sum(axis=1), axis=0)
    table = report(made(values), shares, population)
    for by, rows in table.groupby("by"):
        whole, each = rows[rows["class"] == "all"], rows[rows["class"] != "all"]
        assert whole["areas"].sum() == each["areas"].sum() == len(AREAS), by
        assert whole["unknown"].sum() == each["unknown"].sum() == population.isna().sum()
        for count in ("residents", "living"):
            assert whole[count].sum() == pytest.approx(each[count].sum())
            assert whole[count].sum() == pytest.approx(population.sum())
        for share in ("area_share", "resident_share", "living_share"):
            sums = rows.groupby("class")[share].sum(min_count=1).dropna()
            assert sums.to_numpy() == pytest.approx(1.0)


def test_the_report_has_the_form_of_hamburgs_statement():
    """55 of 100 areas with low status in current, 27 in former and 18 in no programme areas (the form: DOMAIN N22).

    By hand: every low area has 10 residents. Ten of the current ones lie there by 60 % only, so that 4 residents each,
    40 in all, live outside: 550 - 40 = 510 inside, 180 + 40 = 220 in none.
    """
    index = pd.Index([f"a{number:03d}" for number in range(200)])
    value = pd.Series(np.where(np.arange(200) < 100, 1.0, -1.0), index=index)
    label = pd.Series(pd.Categorical.from_codes((value > 0).astype(int), ["other", "low"], ordered=True), index=index)
    parts = pd.DataFrame({"index": value, "attention": pd.array(value > 0, dtype="boolean")}, index=index)
    columns = (Column("index", Text("i", "i"), "number"), Column("attention", Text("a", "a"), "bool"))
    result = AreaResult(
        "index", "k", Text("k", "k"), value, label, parts, columns, pd.Series([], dtype=object), "v", 2021
    )
    shares = pd.DataFrame(0.0, index=index, columns=PROGRAMME_STATES)
    shares.iloc[:55, 0], shares.iloc[55:82, 1], shares.iloc[82:, 3] = 1.0, 1.0, 1.0
    shares.iloc[:10, 0], shares.iloc[:10, 3] = 0.6, 0.4
    table = report(result, shares, pd.Series(10.0, index=index))
    low = table[(table["by"] == "class") & (table["class"] == "low")].set_index("programme")
    assert low["areas"].to_dict() == {"current": 55, "former": 27, "planned": 0, "none": 18}
    assert low["area_share"].round(2).to_dict() == {"current": 0.55, "former": 0.27, "planned": 0.0, "none": 0.18}
    assert low["residents"].tolist() == [550.0, 270.0, 0.0, 180.0]
    assert low["living"].tolist() == pytest.approx([510.0, 270.0, 0.0, 220.0])
    assert table[table["class"] == LEFT_OUT]["area_share"].isna().all()
    said = sentence(table, date(2021, 12, 31))
    assert said.de == (
        "Stand 31.12.2021: Von den 100 Gebieten mit besonderem Aufmerksamkeitsbedarf liegen 55 in laufenden, 27 in "
        "früheren und 18 in keinem Fördergebiet; das sind 51 %, 27 %, 22 % ihrer Einwohner."
    )
    assert said.en == (
        "As of 31 December 2021: of the 100 areas that require attention 55 lie in current, 27 in former and 18 in no "
        "programme area; that is 51%, 27%, 22% of their residents."
    )


@pytest.mark.parametrize(
    ("year", "classes", "units"),
    [
        (2013, {"high": 152, "middle": 534, "low": 65, "very_low": 82}, 833),
        (2014, {"high": 149, "middle": 539, "low": 68, "very_low": 83}, 839),
        (2018, {"high": 151, "middle": 542, "low": 79, "very_low": 76}, 848),
        (2021, {"high": 167, "middle": 564, "low": 56, "very_low": 66}, 853),
    ],
)
def test_the_classes_of_hamburg_make_its_units(year, classes, units):
    """Published counts by class sum to the published units, and 17.8, 63.9, 9.3 % in 2018 (DOMAIN N19 to N22)."""
    index = pd.Index([f"u{number:03d}" for number in range(units)])
    codes = np.repeat(range(4), list(classes.values()))
    label = pd.Series(pd.Categorical.from_codes(codes, list(classes), ordered=True), index=index)
    parts = pd.DataFrame({"index": codes.astype(float)}, index=index)
    columns = (Column("index", Text("i", "i"), "number"),)
    value = parts["index"]
    result = AreaResult(
        "index", "k", Text("k", "k"), value, label, parts, columns, pd.Series([], dtype=object), "v", year
    )
    low = label.isin(["low", "very_low"])
    groups = pd.Series("none", index=index).mask(low & (np.arange(units) % 2 == 0), "current")
    found = targeting(result, groups, pd.Series(2000.0, index=index))
    counted = found["areas"].groupby(level="class").sum()
    assert {name: int(counted[name]) for name in classes} == classes
    assert int(counted.sum()) == units
    if year == 2018:
        shares = 100 * counted / units
        assert [round(float(shares[name]), 1) for name in ("high", "middle", "low")] == [17.8, 63.9, 9.3]


def test_a_state_counts_from_half_of_an_area_on():
    shares = pd.DataFrame(
        [[0.5, 0.5, 0, 0], [0.49, 0, 0, 0.51], [0.3, 0.2, 0.1, 0.4], [0, 0, 0.5, 0.5]],
        index=AREAS[:4], columns=PROGRAMME_STATES,
    )  # fmt: skip
    result, people = made([1.0, 1.0, 1.0, 1.0]), pd.Series(100.0, index=AREAS[:4])
    rows = report(result, shares, people).query("by == 'attention' and `class` == 'yes'").set_index("programme")
    assert rows["areas"].to_dict() == {"current": 1, "former": 0, "planned": 1, "none": 2}
    assert rows["living"].tolist() == pytest.approx([129, 70, 60, 141])
    low = report(result, shares, people, covered=0.3).query("by == 'attention' and `class` == 'yes'")
    assert low["areas"].tolist() == [3, 0, 1, 0]


def test_unknown_residents_are_not_zero():
    people = pd.Series([np.nan, np.nan, 10.0], index=AREAS[:3])
    found = targeting(made([1.0, 1.0, -1.0]), pd.Series("current", index=AREAS[:3]), people)
    assert found.loc[("high", "current"), ["areas", "unknown"]].tolist() == [2, 2]
    assert np.isnan(found.loc[("high", "current"), "residents"])
    assert np.isnan(found.loc[("high", "current"), "resident_share"])
    assert found.loc[("middle", "current"), "residents"] == 0
    shares = pd.DataFrame([[1.0, 0, 0, 0]] * 3, index=AREAS[:3], columns=PROGRAMME_STATES)
    table = report(made([1.0, 1.0, -1.0]), shares, None)
    assert table["living"].dropna().eq(0).all()
    assert sentence(table, ON).de.endswith("das sind 100 %, 0 %, 0 % dieser Gebiete.")


def test_sentences_of_one_and_of_no_area():
    shares = pd.DataFrame([[1.0, 0, 0, 0]], index=AREAS[:1], columns=PROGRAMME_STATES)
    people = pd.Series(10.0, index=AREAS[:1])
    assert sentence(report(made([1.0]), shares, people), ON).de.startswith(
        "Stand 31.12.2024: Ein Gebiet hat besonderen"
    )
    assert (
        sentence(report(made([-1.0]), shares, people), ON).en == "As of 31 December 2024: no area requires attention."
    )
    bare = made([1.0])
    bare = replace(bare, parts=bare.parts[["index"]], columns=bare.columns[:1])
    assert sentence(report(bare, shares, people), ON) == Text("", "")


def test_targeting_names_what_does_not_fit():
    result, people = made([1, 2, 3]), pd.Series(10.0, index=AREAS[:3])
    with pytest.raises(DataError, match="The groups name the area"):
        targeting(result, pd.Series("current", index=["x"]), people)
    with pytest.raises(DataError, match="twice"):
        targeting(result, pd.Series("current", index=[AREAS[0]] * 2), people)
    with pytest.raises(DataError, match="negative number of residents"):
        targeting(result, pd.Series("current", index=AREAS[:1]), -people)
