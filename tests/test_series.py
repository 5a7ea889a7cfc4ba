"""Numbers over the years: rebuilt from counts, breaks told, noise marked, and nothing shown that a run hides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import qmgis
from qmgis import compare
from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError
from qmgis.model import Base, City, Text
from qmgis.runs.secrecy.veiled import result_of, veiled
from qmgis.runs.steps import score
from qmgis.runs.years.across import across
from qmgis.runs.years.editions import edition_on, editions_on, move_matrix, runs_in_order, undivided
from qmgis.runs.years.numbers import RESULTS, series, series_keys
from qmgis.runs.years.ways import way_of
from qmgis.series import Series, breaks_of, difference, numbers_of, persistence, with_error
from qmgis.targeting import within
from tests.toy import toy_areas, toy_city, toy_programme, toy_residents, toy_table

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def city() -> City:
    return qmgis.open_city(ROOT / "layers" / "musterstadt")


@pytest.fixture(scope="module")
def transfer(city: City) -> Series:
    return series(city, "transfer")


def test_districts_of_years_before_the_reform_are_what_the_city_counted(city: City):
    """The edition of 2022 says what 2020 was on its own areas, which is nowhere else in the series."""
    found, table = series(city, "unemployment", of="district"), city.tables["ms-2022"]
    then = table.of_year(2022) - table.of_year(2022, what="change")
    there = series(city, "unemployment").of_year(2020)
    parents = city.area_layers["ms-2022"].frame["parent"]
    compared = 0
    for district, row in found.of_year(2020).iterrows():
        inside = parents.index[parents == district]
        shown = [area for area in inside if there.loc[area, "state"] == "ok"]
        if then.loc[shown, "unemployed"].isna().any():
            continue  # the edition itself lacks an area
        counts = then.loc[shown, ["unemployed", "residents_15_64"]].sum()
        assert row["value"] == pytest.approx(counts["unemployed"] / counts["residents_15_64"], abs=2e-4)
        assert row["exact"] == pytest.approx(1)
        compared += 1
    assert compared == 5


def test_the_city_is_no_mean_of_its_areas(city: City, transfer: Series):
    whole = series(city, "transfer", of="city").of_unit("musterstadt")
    for year in (2022, 2024):
        above = below = 0.0
        for area, row in transfer.of_year(year).iterrows():
            if row["state"] == "ok":
                above += city.tables["ms-2022"].frame.loc[(area, year), "transfer_recipients"]
                below += city.tables["ms-2022"].frame.loc[(area, year), "population"]
        assert whole.loc[year, "value"] == pytest.approx(above / below, rel=1e-12)
        assert abs(whole.loc[year, "value"] - transfer.of_year(year)["value"].mean()) > 0.001


def test_the_interval_holds_the_value_and_is_wider_where_areas_were_divided(transfer: Series):
    known = transfer.frame[transfer.frame["state"] == "ok"]
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
    estimated = known[known["exact"] < 1]
    assert len(estimated) > 20
    assert (estimated["error"] > 0).any()
    assert (known.loc[known["exact"] >= 1 - 1e-9, "error"] == 0).all()


def test_the_error_is_the_largest_spread_between_weightings():
    index = pd.MultiIndex.from_tuples([("a", 2020), ("b", 2020)], names=["unit", "year"])
    frame = pd.DataFrame({"value": 0.2, "low": 0.02, "high": 0.98, "exact": [0.9, 1.0]}, index=index)
    others = [pd.Series(0.17, index=index), pd.Series(0.24, index=index)]
    found = with_error(frame, others)
    assert found["error"].tolist() == pytest.approx([0.04, 0.0])
    assert found["low"].tolist() == pytest.approx([0.0, 0.02])
    assert found["high"].tolist() == pytest.approx([1.0, 0.98])


def test_without_other_weights_only_the_interval_differs(city: City, transfer: Series, monkeypatch):
    monkeypatch.setattr(
        "qmgis.runs.years.numbers._by_other_weights", lambda *_: pytest.fail("carried by other weights")
    )
    found = series(city, "transfer", all_weights=False)
    of_interval = ["low", "high", "error"]
    pd.testing.assert_frame_equal(found.frame.drop(columns=of_interval), transfer.frame.drop(columns=of_interval))
    assert (found.frame["error"] == 0).all()
    assert (transfer.frame["error"] > 0).any()
    assert found.breaks == transfer.breaks


def test_what_a_run_hides_is_hidden_in_the_series_of_its_area(city: City):
    hidden = 0
    for run in city.runs.values():
        result, same = result_of(city, run.key), None
        if run.vintage != "ms-2022":
            same = undivided(way_of(city, run.vintage, "ms-2022").crosswalk).dropna()
        for name in (name for name in result.parts if name.startswith("value_")):
            gone = result.parts.index[result.seen[name].isna() & result.parts[name].notna()]
            areas = gone if same is None else same.index[same.isin(gone)]
            found = series(city, name.removeprefix("value_")).of_year(run.year).loc[areas]
            assert found[["value", "count", "total", "low", "high"]].isna().all(axis=None)
            assert (found["state"] == "secret").all()
            hidden += len(areas)
    assert hidden >= 6


@pytest.mark.parametrize("runs", [("mss-2018", "mss-2020", "mss-2022", "mss-2024"), ("mss-2024",), ("mss-2022",)])
def test_no_hidden_change_is_the_difference_of_two_years(city: City, runs: tuple[str, ...]):
    """Also where what was before has no run that hides it, or lies on other areas."""
    some, hidden = replace(city, runs={key: city.runs[key] for key in runs}), 0
    for run in some.runs.values():
        result = result_of(some, run.key)
        for name in (name for name in result.parts if name.startswith("change_")):
            gone = result.parts.index[result.seen[name].isna() & result.parts[name].notna()]
            found = series(some, name.removeprefix("change_"), vintage=run.vintage)
            moved = found.of_year(run.year)["value"] - found.of_year(run.year - 2)["value"]
            assert moved.loc[gone].isna().all()
            hidden += len(gone)
    assert hidden >= 6


def test_a_small_count_hides_no_other_share_of_its_denominator(city: City):
    """A rate of unemployment stays where only long-term unemployment is too small, carried and in its district."""
    side = across(veiled(city), "ms-2022").table
    for year in (2020, 2024):
        states, values = side.of_year(year, what="states"), side.of_year(year)
        alone = (states["long_term_unemployment"] == "secret") & (states["unemployment"] == "ok")
        assert alone.sum() >= 3
        assert values.loc[alone, ["unemployment", "residents_15_64"]].notna().all(axis=None)
    assert not (side.of_year(2018, what="states")["unemployment"] == "missing").any()


def test_another_share_of_a_hidden_numerator_is_hidden(city: City):
    table = city.tables["ms-2022"]
    twin = replace(table.indicators["child_poverty"], key="twin", denominator="population")
    frame = table.frame.assign(twin=table.frame["children_in_transfer"] / table.frame["population"])
    wider = replace(table, frame=frame, states=table.states.assign(twin="ok"), change=table.change.assign(twin=np.nan),
                    indicators={**table.indicators, "twin": twin})  # fmt: skip
    shown = veiled(replace(city, tables={**city.tables, "ms-2022": wider})).tables["ms-2022"].frame
    gone = shown["child_poverty"].isna() & frame["child_poverty"].notna()
    run = result_of(city, "mss-2024")
    own = run.parts.index[run.seen["value_child_poverty"].isna() & run.parts["value_child_poverty"].notna()]
    assert len(own) >= 6
    assert shown.loc[gone, "children_in_transfer"].isna().all()
    assert shown.xs(2024, level="year").loc[own, "twin"].isna().all()


def test_counts_that_tell_of_a_hidden_share_are_hidden_too(city: City):
    shown, table = veiled(city).tables["ms-2022"], city.tables["ms-2022"]
    gone = shown.frame["child_poverty"].isna() & table.frame["child_poverty"].notna()
    assert gone.any()
    assert shown.frame.loc[gone, ["children_in_transfer", "children_under_15"]].isna().all(axis=None)
    assert shown.frame.loc[gone, "population"].notna().all()
    small = (table.frame["children_in_transfer"] > 0) & (table.frame["children_in_transfer"] < city.secrecy.min_count)
    assert shown.frame.loc[small, "children_in_transfer"].isna().all()


def test_a_sum_with_a_hidden_part_is_hidden(city: City):
    parts = series(city, "children_in_transfer")
    found = series(city, "children_in_transfer", of="district")
    parents = city.area_layers["ms-2022"].frame["parent"]
    for (district, year), row in found.frame.iterrows():
        inside = parts.of_year(year).loc[parents.index[parents == district]]
        if inside["value"].isna().any():
            assert np.isnan(row["value"])
            assert row["state"] == "secret"
        else:
            assert row["value"] == pytest.approx(inside["value"].sum())
    assert set(found.frame["state"]) == {"ok", "secret"}


def test_breaks_are_told(city: City, transfer: Series):
    assert [(one.before, one.year, one.kind) for one in transfer.breaks] == [(2020, 2022, "boundary")]
    assert transfer.breaks[0].text.de.startswith("2022: andere Gebiete")


def test_definition_source_and_method_break_a_series():
    table, said = toy_table(), Text("neu", "new")
    one = replace(table, definitions={("transfer", 2023): said, ("transfer", 2024): said},
                  bases={("transfer", 2022): Base(of="population"), ("transfer", 2023): Base(of="population"),
                         ("transfer", 2024): Base(share=0.8)})  # fmt: skip
    years = dict.fromkeys(table.years, "toy-2022")
    found = breaks_of(
        table.years, vintages=years, titles={"toy-2022": Text("A", "A")}, tables={"toy-2022": one}, key="transfer",
        methods={2022: "x", 2023: "x", 2024: "y"},
    )  # fmt: skip
    assert [(each.year, each.kind) for each in found] == [(2023, "definition"), (2024, "source"), (2024, "method")]
    assert found[1].text.en == "2024: another source of the people behind the share (estimated; before: counted)."


def test_published_classes_stay_where_an_area_is_undivided(city: City):
    found, crosswalk = series(city, "group"), way_of(city, "ms-2016", "ms-2022").crosswalk
    weight = crosswalk.weight.toarray()
    official = result_of(city, "mss-2020").label
    computed = score(across(city, "ms-2022").city, method="mss-2021", year=2020, areas="ms-2022").label
    kept = 0
    for place, area in enumerate(crosswalk.new):
        row = found.frame.loc[(area, 2020)]
        own = [old for old, part in zip(crosswalk.old, weight[:, place], strict=True) if part > 0]
        alone = len(own) == 1 and weight[crosswalk.old.get_loc(own[0]), place] == pytest.approx(1)
        expected = official[own[0]] if alone else computed[area]
        assert row["official"] == alone
        assert row["label"] == expected or (pd.isna(row["label"]) and pd.isna(expected))
        kept += alone
    assert 100 < kept < 120
    assert [(one.kind, one.year) for one in found.breaks] == [("method", 2020), ("boundary", 2022)]


def test_a_run_that_cannot_be_computed_on_todays_areas_keeps_its_undivided_classes(city: City, monkeypatch):
    def fails(*_, **__):
        raise NotEnoughDataError("No.", de="Nein.")

    monkeypatch.setattr("qmgis.runs.years.editions.score", fails)
    edition_on.cache_clear()
    found = edition_on(city, "mss-2020", "ms-2022")
    edition_on.cache_clear()
    assert found.result.label[~found.official].isna().all()
    assert found.result.label[found.official].notna().sum() > 90
    assert found.warnings[0].de == "Nein."


def test_a_run_that_cannot_be_computed_at_all_is_left_out_and_named(city: City):
    broken = replace(city.runs["mss-2018"], key="broken", year=1999, title=Text("Kaputt", "Broken"))
    spoilt = replace(city, runs={"broken": broken, **city.runs})
    editions, left_out = editions_on(spoilt, "ms-2022")
    assert set(editions) == set(city.runs)
    assert "Kaputt" in left_out[0].de
    assert "Broken" in left_out[0].en
    found, usual = series(spoilt, "class"), series(city, "class")
    pd.testing.assert_frame_equal(found.frame, usual.frame)
    assert found.warnings[0] == left_out[0]
    assert series_keys(spoilt) == series_keys(city)
    pd.testing.assert_frame_equal(series(spoilt, "transfer").frame, series(city, "transfer").frame)


def test_where_no_run_can_be_computed_the_reasons_are_said(city: City):
    broken = {key: replace(run, year=1999) for key, run in city.runs.items()}
    with pytest.raises(NotEnoughDataError, match="cannot be computed on these areas"):
        series(replace(city, runs=broken), "class")


def test_attention_of_the_city_is_a_share_of_its_residents(city: City):
    whole = series(city, "attention", of="city").of_unit("musterstadt")
    result, people = result_of(city, "mss-2024"), city.tables["ms-2022"].of_year(2024)["population"]
    flag = result.parts["attention"]
    there = sum(people[area] for area in flag.index if flag[area] is True or flag[area] is np.True_)
    everyone = sum(people[area] for area in flag.index if not pd.isna(flag[area]))
    assert whole.loc[2024, "value"] == pytest.approx(there / everyone)
    assert whole["low"].isna().all()


def test_programme_areas_are_made_of_the_residents_inside(city: City):
    found, table = series(city, "transfer", of="programme"), city.tables["ms-2022"].of_year(2024)
    layer = city.area_layers["ms-2022"].frame
    people = city.residents["addresses"].frame
    outlines = city.programmes["programme"].frame
    for unit, row in found.of_year(2024).iterrows():
        above = below = 0.0
        for area, shape in layer.geometry.items():
            homes = people[people.within(shape)]
            inside = homes[homes.intersects(outlines.geometry[unit])]["residents"].sum()
            if inside == 0:
                continue
            share = inside / homes["residents"].sum()
            above += share * table.loc[area, "transfer_recipients"]
            below += share * table.loc[area, "population"]
        assert row["value"] == pytest.approx(above / below, rel=1e-6)
    assert set(found.names) == set(outlines.index)


def test_own_outlines_are_estimates_unless_they_follow_areas(city: City):
    layer = city.area_layers["ms-2022"].frame
    nordost = layer[layer["parent"] == "Nordost"]
    west, south, east, north = nordost.total_bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    outlines = gpd.GeoDataFrame(
        geometry=[nordost.union_all(), nordost.union_all().intersection(half)], index=["whole", "half"], crs=layer.crs
    )
    found = series(city, "transfer", of=outlines)
    district = series(city, "transfer", of="district").of_unit("Nordost")
    pd.testing.assert_frame_equal(
        found.of_unit("whole")[["value", "count", "low"]], district[["value", "count", "low"]], check_dtype=False
    )
    assert found.of_unit("whole").loc[2024, "official"]
    assert (found.of_unit("half")["exact"] < 1).all()
    assert not found.of_unit("half")["official"].any()


def test_small_parts_are_not_cut_off():
    programme, residents, areas = toy_programme(), toy_residents(), toy_areas()
    exact, guarded = (within(areas, programme, residents=residents, min_base=least) for least in (0, 10**9))
    assert ((exact["share"] > 0) & (exact["share"] < 1)).any()
    assert (guarded["share"] == 1).all()


def test_too_few_in_an_outline_are_not_shown(city: City):
    homes = city.residents["addresses"].frame
    area = city.area_layers["ms-2022"].frame.geometry["01010101"]
    inside = homes[homes.within(area)].sort_values("residents", ascending=False)
    spot = gpd.GeoDataFrame(geometry=[inside.geometry.iloc[0].buffer(1)], index=["spot"], crs=homes.crs)
    found = series(city, "unemployment", of=spot).of_year(2024).loc["spot"]
    counted = city.tables["ms-2022"].frame.loc[("01010101", 2024), "unemployed"]
    expected = counted * inside["residents"].iloc[0] / inside["residents"].sum()
    assert inside["residents"].iloc[0] < city.secrecy.min_base or 0 < expected < city.secrecy.min_count
    assert np.isnan(found["value"])
    assert found["state"] in ("secret", "too_small")


def test_an_index_has_no_value_of_a_district(city: City):
    with pytest.raises(DataError, match="attention"):
        series(city, "index", of="district")


def test_a_share_of_unknown_people_has_no_value_of_the_city():
    with pytest.raises(NotEnoughDataError, match="cannot be rebuilt"):
        series(toy_city(), "transfer", of="city")


def test_what_is_not_there_is_said(city: City):
    with pytest.raises(UnknownKeyError, match=r"Did you mean.*transfer"):
        series(city, "transfr")
    with pytest.raises(UnknownKeyError, match="district"):
        series(city, "transfer", of="districts")
    with pytest.raises(NotEnoughDataError, match="no programme areas"):
        series(toy_city(), "population", of="programme")
    with pytest.raises(UnknownKeyError, match="no unit"):
        series(city, "transfer", of="city").of_unit("nowhere")


@pytest.mark.parametrize("key", RESULTS)
def test_every_result_is_a_series(city: City, key: str):
    assert key in series_keys(city)
    found = series(city, key)
    assert found.years == (2018, 2020, 2022, 2024)
    assert found.frame["state"].isin(["ok", "secret", "not_applicable"]).all()
    assert found.frame["value"].notna().equals(found.frame["state"] == "ok")


def test_change_is_held_against_the_city_and_against_noise():
    """Newcombe's own example: 56 of 70 and 48 of 80."""
    index = pd.MultiIndex.from_product([["a"], [2020, 2024]], names=["unit", "year"])
    numbers = {"value": [48 / 80, 56 / 70], "count": [48.0, 56.0], "total": [80.0, 70.0], "exact": [0.5, 1.0]}
    one = Series(
        "x", Text("", ""), "share", "area", pd.DataFrame({**numbers, "error": 0.0}, index=index), (), "v", {"a": ""}
    )
    row = difference(one, 2020, 2024).loc["a"]
    assert [row["change"], row["low"], row["high"]] == pytest.approx([0.2, 0.0524, 0.3339], abs=1e-4)
    assert row["within_noise"] is np.False_ or row["within_noise"] is False
    assert row["exact"] == 0.5
    wide = replace(one, frame=one.frame.assign(error=0.03))
    assert difference(wide, 2020, 2024).loc["a", "within_noise"]


def test_the_parts_of_a_change_add_up(city: City, transfer: Series):
    whole = series(city, "transfer", of="city")
    found = difference(transfer, 2018, 2024, city=whole)
    known = found[found["change"].notna()]
    assert len(known) > 100
    assert (known["by_count"] + known["by_total"]).to_numpy() == pytest.approx(known["change"].to_numpy(), abs=1e-12)
    city_change = whole.of_unit("musterstadt")["value"]
    assert known["to_city"].to_numpy() == pytest.approx(
        (known["change"] - (city_change[2024] - city_change[2018])).to_numpy()
    )


def test_persistence_counts_the_editions(city: City):
    found = persistence(series(city, "attention"))
    labels = {run: edition_on(city, run, "ms-2022").result for run in runs_in_order(city)}
    for area, row in found.iterrows():
        flags = [one.parts.loc[area, "attention"] for one in labels.values() if pd.notna(one.label[area])]
        assert row["editions"] == len(flags)
        assert row["flagged"] == sum(bool(flag) for flag in flags)
    assert found["kind"].value_counts()[["all", "some", "none"]].gt(0).all()


def test_the_move_matrix_counts_areas_and_residents(city: City):
    found = move_matrix(city, "mss-2022", "mss-2024")
    pd.testing.assert_frame_equal(
        found.areas, compare.crosstab(result_of(city, "mss-2022"), result_of(city, "mss-2024"), of="status")
    )
    people = city.tables["ms-2022"].of_year(2024)["population"]
    assert found.residents.to_numpy().sum() == pytest.approx(people.sum())
    one, other = (result_of(city, run).parts["status_class"] for run in ("mss-2022", "mss-2024"))
    both = [area for area in people.index if pd.notna(one[area]) and pd.notna(other[area])]
    moved = sum(people[area] for area in both if one[area] != other[area])
    assert found.moved == pytest.approx(moved / sum(people[area] for area in both))
    assert found.computed == 0
    assert move_matrix(city, "mss-2020", "mss-2024").computed == 16


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(0, 2)), min_size=3, max_size=12))
def test_units_are_sums_whatever_the_cut(rows: list[tuple[int, int, int]]):
    areas = [f"a{place}" for place in range(len(rows))]
    index = pd.MultiIndex.from_product([areas, [2024]], names=["area", "year"])
    table = toy_table(years=(2024,))
    above = np.array([min(count, total) for count, total, _ in rows], float)
    below = np.array([total for _, total, _ in rows], float)
    frame = pd.DataFrame({"population": below, "poor": above, "share": above / below}, index=index)
    base = table.indicators["transfer"]
    indicators = {
        "population": table.indicators["population"], "poor": replace(table.indicators["population"], key="poor"),
        "share": replace(base, key="share", numerator="poor", denominator="population"),
    }  # fmt: skip
    noun = replace(
        table, frame=frame, states=frame.notna().replace({True: "ok"}), change=frame * np.nan, indicators=indicators
    )
    members = pd.DataFrame({"unit": [f"u{unit}" for *_, unit in rows], "area": areas, "share": 1.0})
    found = numbers_of(noun, "share", exact=pd.Series(1.0, index=index), members=members)
    for unit in members["unit"].unique():
        inside = [place for place, row in enumerate(rows) if f"u{row[2]}" == unit]
        expected = sum(above[inside]) / sum(below[inside])
        assert found.loc[(unit, 2024), "value"] == pytest.approx(expected)
        assert found.loc[(unit, 2024), "covered"] == 1
