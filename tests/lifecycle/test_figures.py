"""Key figures of outlines: beside slow loops, conserved, rebuilt from counts, and silent on few people."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from qmgis.errors import DataError
from qmgis.lifecycle import key_figures, lone
from qmgis.model import Indicator, IndicatorTable, ProgrammeLayer, ResidentLayer, Secrecy, Text
from tests.toy import CRS, SIDE, SOUTH, VINTAGE, WEST, area_ids, toy_areas, toy_programme, toy_residents

OPEN = Secrecy(min_count=0, min_base=0)
FIRST, SECOND = area_ids()[:2]


def outline(first: float, last: float, *, rows: float = 1.0) -> ProgrammeLayer:
    """From one column of areas to another, in the lowest rows."""
    return lone(box(WEST + first * SIDE, SOUTH, WEST + last * SIDE, SOUTH + rows * SIDE), CRS)


def outlines(*spans: tuple[float, float]) -> ProgrammeLayer:
    layers = [outline(*span) for span in spans]
    frame = gpd.GeoDataFrame(pd.concat([layer.frame for layer in layers]), crs=CRS)
    frame.index = pd.Index([f"O{n}" for n in range(len(layers))], name="programme_area", dtype="str")
    return ProgrammeLayer("o", Text("", ""), frame)


def people(*spots: tuple[float, float, dict[str, float]]) -> ResidentLayer:
    """Points by column and row of areas, with residents by group."""
    frame = gpd.GeoDataFrame(
        pd.DataFrame([spot[2] for spot in spots]).astype(float),
        geometry=[Point(WEST + x * SIDE, SOUTH + y * SIDE) for x, y, _ in spots],
        crs=CRS,
    )
    frame.index = pd.Index([f"p{n}" for n in range(len(spots))], name="origin", dtype="str")
    return ResidentLayer("p", Text("", ""), frame, "address")


def table(**columns: dict[str, float]) -> IndicatorTable:
    """Counts by area, and a share ``poor / all``; areas that are not named have 100, of which 20 are poor."""
    counts = {"poor": 20.0, "all": 100.0}
    frame = pd.DataFrame({key: pd.Series(columns.get(key, {}), dtype=float).reindex(area_ids()) for key in counts})
    given_nothing = {key: [area for area in area_ids() if area not in columns.get(key, {})] for key in counts}
    for key, number in counts.items():
        frame.loc[given_nothing[key], key] = number
    frame["share"] = frame["poor"] / frame["all"]
    frame.index = pd.MultiIndex.from_product([area_ids(), [2024]], names=["area", "year"])
    states = pd.DataFrame("ok", index=frame.index, columns=frame.columns).where(frame.notna(), "missing")
    named = {key: Indicator(key, Text(key, key), "count", "persons") for key in counts}
    named["share"] = Indicator("share", Text("", ""), "share", "percent", 1, numerator="poor", denominator="all")
    return IndicatorTable(frame, states, frame * np.nan, named, VINTAGE)


def figure(found: pd.DataFrame, name: str, of: str = "outline") -> pd.Series:
    return found[(found["outline"] == of) & (found["figure"] == name)].iloc[0]


def test_residents_are_counted_by_where_they_live_as_a_slow_loop_says():
    layer, homes = toy_programme(), toy_residents()
    found = key_figures(layer, toy_areas(), residents=homes, secrecy=OPEN)
    for outline_id, shape in layer.frame.geometry.items():
        for group in homes.groups:
            inside = sum(
                n for n, spot in zip(homes.frame[group], homes.frame.geometry, strict=True) if shape.intersects(spot)
            )
            row = figure(found, group, outline_id)
            assert (row["inside"], row["inside"] + row["outside"]) == (inside, homes.frame[group].sum())
            assert (row["estimated"], row["basis"], row["state"]) == (False, "counted", "ok")
    assert figure(found, "land_ha", "QM-01")["inside"] == pytest.approx(1.5 * SIDE * SIDE / 10_000)


def test_whole_areas_are_added_up_and_shares_rebuilt_from_counts():
    counts = table(poor={FIRST: 30.0, SECOND: 90.0}, all={FIRST: 100.0, SECOND: 900.0})
    found = key_figures(outline(0, 2), toy_areas(), table=counts, year=2024)
    assert figure(found, "poor")[["inside", "outside", "total"]].tolist() == [120.0, 560.0, 680.0]
    row = figure(found, "share")
    assert row["inside"] == 0.12 != (0.3 + 0.1) / 2
    assert (row["outside"], row["total"]) == (0.2, 680 / 3800)
    assert not found["estimated"].any()


def test_a_cut_area_is_divided_by_population_or_else_by_land():
    counts = table(poor={FIRST: 40.0})
    homes = people((0.1, 0.5, {"residents": 30.0}), (0.9, 0.5, {"residents": 90.0}), (1.5, 0.5, {"residents": 50.0}))
    by_people = figure(key_figures(outline(0, 0.5), toy_areas(), residents=homes, table=counts, year=2024), "poor")
    assert by_people[["inside", "outside", "total"]].tolist() == [10.0, 610.0, 620.0]
    assert by_people[["basis", "estimated"]].tolist() == ["residents", True]
    by_land = figure(key_figures(outline(0, 0.5), toy_areas(), table=counts, year=2024), "poor")
    assert by_land[["inside", "basis", "estimated"]].tolist() == [20.0, "land", True]


@settings(max_examples=25, deadline=None)
@given(st.tuples(st.floats(0, 5), st.floats(0.1, 3), st.floats(0.1, 5)))
def test_inside_and_outside_make_the_total(drawn):
    first, width, rows = drawn
    layer = outline(first, first + width, rows=rows)
    found = key_figures(layer, toy_areas(), residents=toy_residents(), table=table(), year=2024, secrecy=OPEN)
    counts = found[found["figure"] != "share"]
    np.testing.assert_allclose(counts["inside"] + counts["outside"], counts["total"])
    totals = {"poor": 600.0, "all": 3000.0, **{g: toy_residents().frame[g].sum() for g in toy_residents().groups}}
    for name, total in totals.items():
        assert figure(found, name)["total"] == pytest.approx(total)
    assert figure(found, "share")[["inside", "outside", "total"]].dropna().to_numpy(float) == pytest.approx(0.2)
    assert ((counts["inside"] > -1e-9) & (counts["outside"] > -1e-9)).all()


def test_a_part_of_few_people_counts_with_the_largest_of_its_area():
    homes = people((0.1, 0.5, {"residents": 9.0}), (0.9, 0.5, {"residents": 50.0}), (1.5, 0.5, {"residents": 40.0}))
    for first, last, inside in ((0, 0.5, 0.0), (0.5, 2, 99.0), (0.5, 1, 59.0)):
        row = figure(key_figures(outline(first, last), toy_areas(), residents=homes), "residents")
        assert row["inside"] == inside


def test_no_difference_of_two_outlines_tells_of_few_people():
    """The second is the first and a strip where nine live."""
    homes = people(
        (0.1, 0.5, {"residents": 30.0}), (0.6, 0.5, {"residents": 9.0}), (0.9, 0.5, {"residents": 50.0})
    )  # fmt: skip
    found = key_figures(outlines((0, 0.5), (0, 0.7)), toy_areas(), residents=homes)
    difference = figure(found, "residents", "O1")["inside"] - figure(found, "residents", "O0")["inside"]
    assert difference == 0


def test_age_groups_of_a_part_with_few_of_them_are_estimated_all_together():
    old = {"residents": 60.0, "age_0_17": 30.0, "age_18_plus": 30.0}
    few = {"residents": 20.0, "age_0_17": 1.0, "age_18_plus": 19.0}
    homes = people((0.1, 0.5, few), (0.9, 0.5, old))
    found = key_figures(outline(0, 0.5), toy_areas(), residents=homes)
    assert figure(found, "residents")[["inside", "estimated"]].tolist() == [20.0, False]
    for group, whole in (("age_0_17", 31.0), ("age_18_plus", 49.0)):
        row = figure(found, group)
        assert (row["inside"], row["estimated"], row["basis"]) == (pytest.approx(whole / 4), True, "residents")
    enough = people((0.1, 0.5, {"residents": 20.0, "age_0_17": 10.0, "age_18_plus": 10.0}), (0.9, 0.5, old))
    assert not figure(key_figures(outline(0, 0.5), toy_areas(), residents=enough), "age_0_17")["estimated"]


def test_a_cell_of_few_people_does_not_come_out_as_the_rest_of_a_sum():
    one = key_figures(outline(0, 2), toy_areas(), table=table(poor={FIRST: 2.0}), year=2024)
    for name in ("poor", "share"):
        row = figure(one, name)
        assert row["state"] == "too_small"
        assert row[["inside", "total"]].isna().all()
        assert row["outside"] == {"poor": 560.0, "share": 0.2}[name]
    assert figure(one, "all")["state"] == "ok"
    two = key_figures(outline(0, 2), toy_areas(), table=table(poor={FIRST: 2.0, SECOND: 1.0}), year=2024)
    assert figure(two, "poor")["inside"] == 3.0
    elsewhere = key_figures(outline(0, 1), toy_areas(), table=table(poor={SECOND: 2.0}), year=2024)
    assert figure(elsewhere, "poor")["inside"] == 20.0
    assert figure(elsewhere, "poor")[["outside", "total"]].isna().all()


def test_a_numerator_of_a_small_base_is_hidden_like_its_share():
    small = table(poor={FIRST: 5.0}, all={FIRST: 8.0})
    for name in ("poor", "share"):
        assert np.isnan(figure(key_figures(outline(0, 2), toy_areas(), table=small, year=2024), name)["inside"])


def test_nested_outlines_do_not_tell_of_a_cell_by_their_difference():
    """Each holds two or three hidden cells, enough together; the third alone is their difference."""
    small = table(poor=dict(zip(area_ids()[:3], (2.0, 1.0, 2.0), strict=True)))
    alone = [figure(key_figures(outline(0, last), toy_areas(), table=small, year=2024), "poor") for last in (2, 3)]
    assert [row["inside"] for row in alone] == [3.0, 5.0]
    nested = key_figures(outlines((0, 2), (0, 3)), toy_areas(), table=small, year=2024)
    assert figure(nested, "poor", "O0")["inside"] == 3.0
    assert np.isnan(figure(nested, "poor", "O0")["outside"])
    assert np.isnan(figure(nested, "poor", "O1")["inside"])
    assert np.isnan(figure(nested, "poor", "O1")["total"])


@pytest.mark.parametrize("each", [1.0, 2.0], ids=["least", "most"])
def test_a_sum_does_not_tell_of_hidden_cells_that_are_all_alike(each):
    """Three that are 1 or 2 make 3 in one way only, and 6 in one."""
    small = table(poor=dict.fromkeys(area_ids()[:3], each))
    assert np.isnan(figure(key_figures(outline(0, 3), toy_areas(), table=small, year=2024), "poor")["inside"])


ALIKE = {"residents": 120.0, "age_0_5": 20.0, "age_6_17": 30.0, "age_18_plus": 70.0}


@pytest.mark.parametrize(("children", "partner"), [(1.0, 31.0), (2.0, 32.0)], ids=["one", "two"])
def test_age_groups_of_a_whole_area_do_not_come_out_of_differences_and_rests(children, partner):
    """The second outline is the first and an area with one or two children: nothing tells which."""
    few = {"residents": 100.0, "age_0_5": children, "age_6_17": partner, "age_18_plus": 100.0 - children - partner}
    homes = people((0.5, 0.5, ALIKE), (1.5, 0.5, few), (2.5, 0.5, ALIKE))
    found = key_figures(outlines((0, 1), (0, 2), (1, 2)), toy_areas(), residents=homes)
    inside = found.set_index(["outline", "figure"])["inside"]
    difference = inside["O1"] - inside["O0"]
    assert difference["age_0_5"] == 0.0
    assert difference[["age_0_5", "age_6_17"]].sum() == children + partner
    alone = found[found["outline"] == "O2"].set_index("figure")
    assert alone.loc["age_0_5", "state"] == "too_small"
    rest = alone.loc["residents", "inside"] - alone.loc[["age_6_17", "age_18_plus"], "inside"].sum()
    assert rest == 0.0
    assert (alone["outside"] + alone["inside"] - alone["total"]).dropna().eq(0.0).all()
    assert alone.loc["age_0_5", "total"] - 2 * ALIKE["age_0_5"] == 0.0


def test_age_groups_stand_in_the_order_of_age():
    groups = {"residents": 60.0, "age_18_64": 20.0, "age_6_17": 10.0, "age_0_5": 10.0, "age_65_plus": 20.0}
    found = key_figures(outline(0, 1), toy_areas(), residents=people((0.5, 0.5, groups)))
    assert found["figure"].tolist()[1:] == ["residents", "age_0_5", "age_6_17", "age_18_64", "age_65_plus"]


def test_an_area_of_few_residents_is_no_difference_of_outlines():
    homes = people(
        (0.5, 0.5, ALIKE), (1.5, 0.5, {"residents": 2.0, "age_0_5": 0.0, "age_6_17": 1.0, "age_18_plus": 1.0})
    )
    found = key_figures(outlines((0, 1), (0, 2)), toy_areas(), residents=homes).set_index(["figure", "outline"])
    assert found.loc[("residents", "O0"), "inside"] == 120.0
    assert found.loc["residents"].loc[["O0", "O1"], "total"].isna().all()
    assert np.isnan(found.loc[("residents", "O1"), "inside"])
    for group in ("age_0_5", "age_6_17", "age_18_plus"):
        assert found.loc[(group, "O0"), "inside"] == found.loc[(group, "O1"), "inside"]


def test_a_cell_that_the_table_hides_is_in_no_sum():
    given = table(poor={FIRST: 30.0})
    first = given.frame.index.get_level_values("area") == FIRST
    frame, states = given.frame.copy(), given.states.copy()
    frame.loc[first, ["poor", "share"]], states.loc[first, ["poor", "share"]] = np.nan, "secret"
    hidden = replace(given, frame=frame, states=states)
    found = key_figures(outline(0, 2), toy_areas(), table=hidden, year=2024, secrecy=OPEN)
    count, share = figure(found, "poor"), figure(found, "share")
    assert (count["state"], share["state"]) == ("too_small", "ok")
    assert np.isnan(count["inside"])
    assert np.isnan(count["total"])
    assert count["outside"] == 560.0
    assert share[["inside", "outside", "total"]].tolist() == pytest.approx([0.2, 0.2, 0.2])


def test_missing_is_never_zero():
    found = key_figures(outline(0, 1), toy_areas(), table=table(poor={SECOND: np.nan}), year=2024)
    row = figure(found, "poor")
    assert (row["inside"], row["state"]) == (20.0, "missing")
    assert np.isnan(row["outside"])
    assert np.isnan(row["total"])


def test_points_without_a_number_are_no_zero_either():
    homes = people((0.5, 0.5, {"residents": 50.0}), (1.5, 0.5, {"residents": np.nan}), (2.5, 0.5, {"residents": 40.0}))
    row = figure(key_figures(outline(0, 1), toy_areas(), residents=homes), "residents")
    assert (row["inside"], row["state"]) == (50.0, "missing")
    assert row[["outside", "total"]].isna().all()
    assert np.isnan(figure(key_figures(outline(1, 3), toy_areas(), residents=homes), "residents")["inside"])


def test_a_table_without_year_or_of_other_areas_is_refused():
    with pytest.raises(DataError, match="and a year"):
        key_figures(outline(0, 1), toy_areas(), table=table())
