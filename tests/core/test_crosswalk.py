"""From old areas to new ones: totals kept, shares rebuilt, the unknown told; and Berlin's reform against its truth."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.spatial.crosswalk import (
    Crosswalk,
    carry,
    carry_mean,
    chained,
    from_parts,
    from_weights,
    quality,
    rebuilt,
)
from qmgis.core.spatial.overlap import cell_parts, land_parts, point_parts
from qmgis.errors import DataError

OLD, NEW = pd.Index(["a", "b", "c"]), pd.Index(["x", "y"])
PARTS = pd.DataFrame({"old": ["a", "a", "b", "c"], "new": ["x", "y", "y", "x"], "amount": [30.0, 10, 20, 0]})


def drawn(seed: int, *, old: int = 6, new: int = 5) -> tuple[pd.DataFrame, pd.Index, pd.Index]:
    """Parts of which each old area has at least one with people."""
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 40, (old, new)) * (rng.random((old, new)) < 0.5)
    table[np.arange(old), rng.integers(0, new, old)] += 1
    row, column = np.nonzero(table)
    names = pd.Index([f"o{i}" for i in range(old)]), pd.Index([f"n{i}" for i in range(new)])
    parts = pd.DataFrame({"old": names[0][row], "new": names[1][column], "amount": table[row, column].astype(float)})
    return parts, *names


seeds = st.integers(0, 10_000)


@given(seeds)
def test_rows_add_to_one_and_totals_are_kept(seed: int):
    parts, old, new = drawn(seed)
    way = from_parts(parts, old=old, new=new)
    np.testing.assert_allclose(way.weight.sum(axis=1), 1.0, atol=1e-12)
    counts = pd.DataFrame(np.random.default_rng(seed).integers(0, 900, (6, 2)) * 1.0, index=old, columns=["p", "q"])
    found = carry(counts, way)
    np.testing.assert_allclose(found.sum(), counts.sum(), rtol=1e-12)
    by_hand = [sum(way.weight[o, n] * counts["p"].iloc[o] for o in range(6)) for n in range(5)]
    np.testing.assert_allclose(found["p"], by_hand, atol=1e-9)


@given(seeds)
def test_people_carried_by_people_are_the_people(seed: int):
    parts, old, new = drawn(seed)
    whole = parts.groupby("old")["amount"].sum().reindex(old)
    there = parts.groupby("new")["amount"].sum().reindex(new, fill_value=0.0)
    np.testing.assert_allclose(carry(whole, from_parts(parts, old=old, new=new)), there, atol=1e-9)


@given(seeds)
def test_shares_lie_between_those_of_their_parts(seed: int):
    parts, old, new = drawn(seed)
    way, rng = from_parts(parts, old=old, new=new), np.random.default_rng(seed)
    below = pd.Series(rng.integers(1, 500, 6) * 1.0, index=old)
    above = (below * rng.random(6)).round()
    share = rebuilt(above, below, numerator_by=way, denominator_by=way)
    for number, area in enumerate(new):
        mine = (above / below)[way.weight[:, [number]].toarray().ravel() > 0]
        if len(mine):
            assert mine.min() - 1e-12 <= share[area] <= mine.max() + 1e-12
        else:
            assert np.isnan(share[area])


@given(seeds)
def test_quality_is_one_exactly_where_nothing_was_divided(seed: int):
    parts, old, new = drawn(seed)
    way = from_parts(parts, old=old, new=new)
    found = quality(pd.Series(10.0, index=old), way)
    divided = set(parts["old"][parts["old"].duplicated(keep=False)])
    for area in new:
        sources = set(parts["old"][parts["new"] == area])
        if sources:
            assert (found[area] > 1 - 1e-9) == (not sources & divided)
            assert (found[area] < 1e-9) == (sources <= divided)


@given(seeds)
def test_two_reforms_in_one_are_one_after_the_other(seed: int):
    parts, old, middle = drawn(seed)
    later, _, new = drawn(seed + 1, old=5, new=4)
    later["old"] = later["old"].str.replace("o", "n")
    new = pd.Index(["z" + name for name in new])
    later["new"] = "z" + later["new"]
    one = from_parts(parts, old=old, new=middle)
    two = from_parts(later, old=middle, new=new)
    counts = pd.Series(np.arange(6.0) * 100, index=old)
    np.testing.assert_allclose(carry(counts, chained(one, two)), carry(carry(counts, one), two), atol=1e-9)


def test_what_is_missing_in_a_part_is_missing_in_the_whole_and_nowhere_else():
    way = from_parts(PARTS, old=OLD, new=NEW, beside=from_parts(PARTS.assign(amount=1.0), old=OLD, new=NEW))
    assert carry(pd.Series([np.nan, 5.0, 1.0], index=OLD), way).isna().tolist() == [True, True]
    assert carry(pd.Series([40.0, np.nan, 0.0], index=OLD), way).tolist()[0] == 30.0


def test_areas_without_people_go_by_land_and_are_told():
    assert from_parts(PARTS, old=OLD, new=NEW).empty == ("c",)
    way = from_parts(PARTS, old=OLD, new=NEW, beside=from_parts(PARTS.assign(amount=1.0), old=OLD, new=NEW))
    assert (way.instead, way.empty) == (("c",), ())
    assert way.weight.toarray()[2].tolist() == [1.0, 0.0]


def test_counts_of_areas_that_went_nowhere_are_refused():
    way = from_parts(PARTS, old=OLD, new=NEW)
    assert carry(pd.Series([40.0, 20.0, 0.0], index=OLD), way).tolist() == [30.0, 30.0]
    with pytest.raises(DataError, match="does not say where these areas went, and they have counts: c;"):
        carry(pd.Series([40.0, 20.0, 7.0], index=OLD), way)


def test_a_mean_is_weighted_with_what_it_is_a_mean_of():
    way = from_parts(PARTS, old=OLD, new=NEW)
    rent, homes = pd.Series([8.0, 10.0, np.nan], index=OLD), pd.Series([40.0, 20.0, 0.0], index=OLD)
    assert carry_mean(rent, homes, way).round(9).tolist() == [8.0, round((8 * 10 + 10 * 20) / 30, 9)]


def test_slivers_are_dropped_and_the_rest_divided_anew():
    parts = pd.DataFrame({"old": ["a"] * 3, "new": ["x", "y", "z"], "amount": [600.0, 395, 5]})
    way = from_parts(parts, old=pd.Index(["a"]), new=pd.Index(["x", "y", "z"]), sliver=0.01)
    np.testing.assert_allclose(way.weight.toarray()[0], [600 / 995, 395 / 995, 0])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", "x", 0.5), ("a", "y", 0.4)], r"do not add up to 1: a \(0.9\)"),
        ([("a", "x", 1.0), ("q", "y", 1.0)], "1 areas that do not exist before: q"),
        ([("a", "x", 0.5), ("a", "q", 0.5)], "1 areas that do not exist after: q"),
        ([("a", "x", 0.5), ("a", "x", 0.5)], "more than once: a → x"),
        ([("a", "x", 1.5), ("a", "y", -0.5)], "missing or negative amounts: a → y"),
        ([("a", "x", np.nan)], "missing or negative amounts: a → x"),
    ],
)
def test_printed_weights_that_cannot_be_are_refused(rows: list[tuple[str, str, float]], said: str):
    table = pd.DataFrame(rows, columns=["old", "new", "weight"])
    with pytest.raises(DataError, match=said) as error:
        from_weights(table, old=pd.Index(["a"]), new=NEW)
    assert error.value.say("de") != error.value.say("en")


def test_counts_of_another_version_are_refused():
    with pytest.raises(DataError, match="not of the same areas, each once: d"):
        carry(pd.Series([1.0, 2, 3, 4], index=["a", "b", "c", "d"]), from_parts(PARTS, old=OLD, new=NEW))


def test_land_people_and_cells_of_one_plan_agree():
    squares = shapely.box([0, 1, 2, 3], 0, [1, 2, 3, 4], 1)
    old = pd.Series([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1)], index=["a", "b"])
    new = pd.Series([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 4, 1)], index=["x", "y"])
    land = land_parts(old, new)
    assert land["amount"].tolist() == [1.0, 1.0, 2.0]
    cells = cell_parts(land, squares, np.ones(4))
    points = point_parts(pd.Series(["a", "a", "b", "b"]), pd.Series(["x", "y", "y", "y"]), pd.Series([1.0] * 4))
    pd.testing.assert_frame_equal(cells, points)


@given(seeds)
def test_cells_give_all_their_people_to_the_pieces_below_them(seed: int):
    rng = np.random.default_rng(seed)
    cut = np.sort(rng.uniform(0, 10, 4))
    old = pd.Series([shapely.box(0, 0, cut[1], 10), shapely.box(cut[1], 0, 10, 10)], index=["a", "b"])
    new = pd.Series([shapely.box(0, 0, 10, cut[2]), shapely.box(0, cut[2], 10, 10)], index=["x", "y"])
    corner = rng.uniform(0, 9, (8, 2))
    cells, people = shapely.box(*corner.T, *(corner + 1).T), rng.uniform(0, 9, 8)
    assert cell_parts(land_parts(old, new), cells, people)["amount"].sum() == pytest.approx(people.sum())


def squares_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The cells of a grid that have people, in Berlin's system, and their people."""
    with rasterio.open(path) as grid:
        values, there, crs = grid.read(1), grid.transform, grid.crs
    row, column = np.nonzero(values > 0)
    (west, north), (east, south) = there @ (column, row), there @ (column + 1, row + 1)
    cells = gpd.GeoSeries(shapely.box(west, south, east, north), crs=crs).to_crs("EPSG:25833")
    return cells.to_numpy(), values[row, column].astype(float)


def misplaced(crosswalk: Crosswalk, before: pd.Series, after: pd.Series) -> float:
    """The share of all people who are put into a wrong area."""
    found = carry(before, crosswalk)
    assert found.sum() == pytest.approx(after.sum(), abs=1e-6)
    return float((found - after).abs().sum() / 2 / after.sum())


@pytest.mark.realdata
def test_berlins_reform_by_people_beats_land(realdata: Path):
    lor, wfs = realdata / "berlin" / "lor", realdata / "berlin" / "mss" / "wfs_2021"
    old = gpd.read_file(lor / "LOR_Planungsraum_447.geojson").to_crs("EPSG:25833").set_index("RAUMID").make_valid()
    home = old.index.to_series().replace({"09041403": "09041301"})  # where the tables have Allende II
    part = old.area / old.area.groupby(home).transform("sum")
    old = gpd.GeoDataFrame(geometry=old).dissolve(home)
    new = gpd.read_file(realdata / "berlin" / "derived" / "plr_2021_approx_25833.gpkg").set_index("PLR_ID").make_valid()

    def residents(name: str) -> pd.Series:
        return pd.read_csv(wfs / name, dtype={"PLR_ID": str}).set_index("PLR_ID")["EW"].astype(float)

    before = residents("mss_2021_kontext_indikatoren_k08_k14_k15.csv")
    after = residents("mss_2021_indizes.csv")
    assert before.sum() == after.sum() == 3_769_962
    names = {"plr_id_pre2021": "old", "plr_id_2021": "new"}
    printed = pd.read_csv(lor / "lor_crosswalk_447_to_542.csv", dtype=str).rename(columns=names)
    weight = printed["weight"].astype(float) * printed["old"].map(part)
    joined = weight.groupby([printed["old"].map(home), printed["new"]]).sum().rename("weight").reset_index()
    given_ = from_weights(joined, old=old.index, new=after.index)
    assert len(given_.renormalised) == 64
    pieces = land_parts(old.geometry, new.geometry.reindex(after.index))
    land = from_parts(pieces, old=old.index, new=after.index, sliver=0.01)
    homes, children = squares_of(realdata / "berlin" / "derived" / "zensus2022_berlin_100m_unter10.tif")
    kilometres, people = squares_of(realdata / "berlin" / "derived" / "zensus2022_berlin_1km_einwohner.tif")
    by_children = from_parts(cell_parts(pieces, homes, children), old=old.index, new=after.index, beside=land)
    # the people of each square kilometre laid on the hectares in it where children live
    inside, square = shapely.STRtree(kilometres).query(shapely.centroid(homes), predicate="within")
    told = np.bincount(square, children[inside], len(kilometres))
    laid = np.zeros(len(homes))
    laid[inside] = people[square] * children[inside] / told[square]
    rest = cell_parts(pieces, kilometres[told == 0], people[told == 0])
    both = pd.concat([cell_parts(pieces, homes, laid), rest])
    by_people = from_parts(both, old=old.index, new=after.index, beside=land)
    by_file, by_land, by_child, by_person = (
        misplaced(way, before, after) for way in (given_, land, by_children, by_people)
    )
    assert by_person < by_child < by_land / 2  # 1.8, 2.1 and 5.2 % of all residents
    assert by_file == pytest.approx(by_land, rel=0.01)  # no second opinion: the outlines were cut with the file
