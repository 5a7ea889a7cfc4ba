"""Who is reached: sums by hand and by all pairs, what must always hold, and inputs that mislead."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from qmgis import coverage
from qmgis.errors import CrsError, DataError, MissingColumnError
from qmgis.model import AreaLayer, AreaResult, Column, Network, PlaceLayer, ResidentLayer, Secrecy, Text
from tests import toy

TITLE = Text("Kita", "Day care")
CRS = "EPSG:25832"
X, Y = 500_000.0, 5_600_000.0


def areas(count: int = 2, *, side: float = 1000.0) -> AreaLayer:
    """Squares in a row."""
    frame = gpd.GeoDataFrame(
        {"name": "A", "parent": None, "approximate": False},
        geometry=[box(X + i * side, Y, X + (i + 1) * side, Y + side) for i in range(count)],
        index=pd.Index([f"0{i}" for i in range(count)], name="area", dtype="str"),
        crs=CRS,
    )
    return AreaLayer("squares", Text("Quadrate", "Squares"), frame, "v1", credit="areas")


def places(xy: list[tuple[float, float]], **changes: object) -> PlaceLayer:
    frame = gpd.GeoDataFrame(
        {"name": "K", "capacity": np.nan},
        geometry=[Point(X + x, Y + y) for x, y in xy],
        index=pd.Index([f"k{i}" for i in range(len(xy))], name="place", dtype="str"),
        crs=CRS,
    )
    return PlaceLayer("kita", TITLE, frame, credit="places", **changes)  # type: ignore[arg-type]


def residents(rows: list[tuple[float, float, float, float]], **changes: object) -> ResidentLayer:
    """Rows of x, y, residents and children."""
    table = np.array(rows, dtype=float).reshape(-1, 4)
    frame = gpd.GeoDataFrame(
        {"residents": table[:, 2], "age_0_5": table[:, 3]},
        geometry=gpd.points_from_xy(X + table[:, 0], Y + table[:, 1]),
        index=pd.Index([f"o{i}" for i in range(len(table))], name="origin", dtype="str"),
        crs=CRS,
    )
    return ResidentLayer("addresses", Text("Adressen", "Addresses"), frame, "address", credit="people", **changes)  # type: ignore[arg-type]


def street(*, length: float = 2000.0) -> Network:
    """One straight street along y = 500 through both squares."""
    nodes = np.array([[X, Y + 500], [X + 1000, Y + 500], [X + 2000, Y + 500]])
    half = np.array([length / 2, length / 2])
    return Network("street", Text("Straße", "Street"), nodes, np.array([[0, 1], [1, 2]]), half, CRS, credit="street")


def ask(layer: AreaLayer, there: PlaceLayer, people: ResidentLayer | None, **options: object) -> AreaResult:
    settings = {"within_m": 500.0, "year": 2024, "key": "kita", "title": TITLE, **options}
    return coverage.reach(layer, there, residents=people, **settings)  # type: ignore[arg-type]


def said(result: AreaResult) -> str:
    return " ".join(warning.en for warning in result.warnings)


PEOPLE = [
    (100, 500, 10, 1),  # 400 m from the place at 500
    (500, 530, 20, 2),  # 30 m to the street
    (1000, 500, 30, 3),  # 500 m: on the border of the two areas, exactly at the threshold
    (1500, 500, 40, 4),  # 1000 m
]


def test_worked_example_by_hand():
    result = ask(areas(), places([(500, 500)]), residents(PEOPLE), network=street())
    assert result.kind == "coverage"
    assert result.parts["residents"].tolist() == [60, 40]
    assert result.parts["reached"].tolist() == [60, 0]
    assert result.parts["not_reached"].tolist() == [0, 40]
    assert result.value.tolist() == [1.0, 0.0]
    assert result.label.tolist() == ["reached", "not_reached"]
    assert result.parts["median_m"].tolist() == [400, 1000]
    assert result.parts["p90_m"].tolist() == [500, 1000]
    np.testing.assert_allclose(result.parts["mean_m"], [(10 * 400 + 20 * 30 + 30 * 500) / 60, 1000])
    assert result.parts["with_way"].tolist() == [1, 1]
    assert result.parts["reached_age_0_5"].tolist() == [6, 0]
    assert result.parts["not_reached_age_0_5"].tolist() == [0, 4]
    assert result.parameters["distance_type"] == "network"
    assert result.credits == ("areas", "places", "people", "street")
    assert "straight" not in said(result)


def test_a_group_is_counted_and_not_everybody():
    result = ask(areas(), places([(500, 500)]), residents(PEOPLE), network=street(), group="age_0_5", within_m=450)
    assert result.parts["residents"].tolist() == [6, 4]
    assert result.parts["reached"].tolist() == [3, 0]
    assert result.label.tolist() == ["partly", "not_reached"]


def test_winding_street_counts_and_straight_line_is_labelled():
    winding = ask(areas(), places([(500, 500)]), residents(PEOPLE), network=street(length=4000))
    straight = ask(areas(), places([(500, 500)]), residents(PEOPLE))
    assert winding.parts["reached"].tolist() == [20, 0]
    assert straight.parts["reached"].tolist() == [60, 0]
    assert straight.parameters["distance_type"] == "straight_line"
    assert "straight lines" in said(straight)
    assert "straight line" in next(c.title.en for c in straight.columns if c.key == "share")


def test_limits_belong_to_the_better_class():
    people = residents([(100, 500, 9, 0), (100, 999, 1, 0), (1100, 500, 5, 0), (1100, 999, 5, 0)])
    result = ask(areas(), places([(100, 500), (1100, 500)]), people, within_m=400)
    assert result.value.tolist() == [0.9, 0.5]
    assert result.label.tolist() == ["reached", "partly"]
    assert list(result.label.cat.categories) == ["reached", "partly", "not_reached"]
    assert result.limits["share"] == (0.9, 0.5)


def test_places_beyond_the_boundary_count():
    result = ask(areas(1), places([(-100, 500)]), residents([(100, 500, 8, 0)]))
    assert result.value.tolist() == [1.0]
    assert "neighbouring" not in said(result)
    assert "neighbouring" in said(ask(areas(1), places([(100, 500)]), residents([(100, 500, 8, 0)])))


def test_areas_without_people_are_left_out_and_stay_rows():
    result = ask(areas(3), places([(500, 500)]), residents([(100, 500, 8, 0), (1100, 500, 0, 0)]))
    assert result.value.index.tolist() == ["00", "01", "02"]
    assert result.left_out.to_dict() == {"01": "no_residents", "02": "no_residents"}
    assert result.value.isna().tolist() == [False, True, True]
    assert result.label.isna().tolist() == [False, True, True]
    assert result.parts["residents"].tolist() == [8, 0, 0]


def test_unknown_numbers_of_people_are_not_zero():
    people = residents([(100, 500, np.nan, 0), (1100, 500, np.nan, 0), (1200, 500, 7, 0)])
    result = ask(areas(), places([(500, 500)]), people, within_m=1000)
    assert result.left_out.to_dict() == {"00": "missing_indicator"}
    assert np.isnan(result.parts.loc["00", "residents"])
    assert result.parts.loc["01", "residents"] == 7
    assert "not counted: 2." in said(result)


def test_an_area_that_a_coarse_grid_misses_is_unknown_and_not_empty():
    people, population = residents([(100, 500, 8, 0)]), pd.Series({"00": 8.0, "01": 900.0, "02": 0.0})
    result = ask(areas(3), places([(500, 500)]), people, population=population)
    assert result.left_out.to_dict() == {"01": "missing_indicator", "02": "no_residents"}
    assert np.isnan(result.parts.loc["01", "residents"])
    assert result.parts.loc["02", "residents"] == 0
    assert "no origin lies, so they are without a result: 1 (01)" in said(result)
    cells = ResidentLayer("grid", TITLE, people.frame, "grid")
    unsure = ask(areas(3), places([(500, 500)]), cells, population=pd.Series({"02": 0.0}))
    assert unsure.left_out.to_dict() == {"01": "missing_indicator", "02": "no_residents"}
    assert set(ask(areas(3), places([(500, 500)]), cells).left_out) == {"missing_indicator"}


def test_origins_outside_all_areas_are_counted_and_told():
    result = ask(areas(1), places([(500, 500)]), residents([(100, 500, 8, 0), (5000, 500, 90, 0)]))
    assert result.parts["residents"].sum() == 8
    assert "Outside all areas and not counted: 90 of 98 persons (91.8%), origins: 1." in said(result)


def test_warnings_do_not_tell_of_few_people():
    people = residents([(100, 500, 8, 0), (300, 500, 90, 0), (100, 900, 2, 0), (5000, 500, 1, 0)])
    told = said(ask(areas(1), places([(100, 500)]), people, network=street()))
    assert "not counted: fewer than 3 of 101 persons (fewer than 3.0%), origins: 1." in told
    assert "counted as not reached: fewer than 3 persons (fewer than 3.0%), origins: 1." in told
    assert "fewer than 10 of 101" in said(ask(areas(1), places([(100, 500)]), people, network=street(), few=10))


def test_origins_off_the_network_are_not_reached_and_told():
    people = residents([(100, 500, 8, 0), (100, 900, 5, 0)])
    result = ask(areas(1), places([(100, 500)]), people, network=street())
    assert result.parts.loc["00", ["reached", "not_reached"]].tolist() == [8, 5]
    assert "More than 50 m away from the street network and so counted as not reached: 5 persons (38.5%)" in said(
        result
    )
    assert "origins: 1." in said(result)
    assert "o1" not in said(result)  # an address is nobody's business
    assert "connect to no place" not in said(result)
    assert np.isnan(result.parts.loc["00", "p90_m"])
    assert result.parts.loc["00", "median_m"] == 0
    assert ask(areas(1), places([(100, 500)]), people, network=street(), snap_m=400).value.tolist() == [1.0]


def test_streets_without_connection_are_told():
    nodes = np.array([[X, Y + 500], [X + 400, Y + 500], [X + 450, Y + 500], [X + 900, Y + 500]])
    islands = Network("i", TITLE, nodes, np.array([[0, 1], [2, 3]]), np.array([400.0, 450.0]), CRS)
    result = ask(areas(1), places([(100, 500)]), residents([(390, 500, 3, 0), (460, 500, 4, 0)]), network=islands)
    assert result.parts.loc["00", ["reached", "not_reached"]].tolist() == [3, 4]
    assert "streets that connect to no place and so counted as not reached: 4 persons (57.1%), origins: 1;" in said(
        result
    )


def test_places_that_cannot_be_reached_are_told():
    there = places([(100, 500), (100, 700)])
    there.frame.loc["k2"] = {"name": "ohne Lage", "capacity": np.nan, "geometry": None}
    result = ask(areas(1), there, residents([(100, 500, 8, 0)]), network=street())
    assert "nobody reaches them: 1 (k1)" in said(result)
    assert "without location and so not counted: 1 (k2)" in said(result)


def test_incomplete_and_empty_lists_are_told():
    people = residents([(100, 500, 8, 0)])
    assert "incomplete: reach is understated" in said(ask(areas(1), places([(1, 1)], complete=False), people))
    nothing = ask(areas(1), places([]), people, network=street())
    assert nothing.value.tolist() == [0.0]
    assert "holds no place" in said(nothing)


@pytest.mark.parametrize(("population", "said_of"), [(20.0, "60.0% of the residents"), (8.0, ""), (12.0, "")])
def test_residents_without_origin_are_told_as_a_share(population, said_of):
    """8 people have an origin; a difference of less than ``min_base`` could be a rounding, and is of few."""
    people = residents([(100, 500, 8, 0)])
    result = ask(areas(1), places([(1, 1)]), people, population=pd.Series({"00": population}))
    assert said_of in said(result)
    assert ("have no origin" in said(result)) == bool(said_of)


def test_how_people_came_to_their_places_is_told_and_in_the_recipe():
    note = Text("verteilt", "divided")
    people = replace(residents([(100, 500, 8, 0)]), spread="blocks", notes=(note,), origin_type="building")
    result = ask(areas(1), places([(1, 1)]), people)
    assert note in result.warnings
    assert (result.parameters["origin_type"], result.parameters["spread"]) == ("building", "blocks")


def test_year_of_the_residents_is_told_where_it_differs():
    assert "Residents are of 2019" in said(ask(areas(1), places([(1, 1)]), residents([(100, 500, 8, 0)], year=2019)))


def test_preview_from_areas_with_population():
    population = pd.Series({"01": 50.0, "00": np.nan})
    result = ask(areas(3), places([(1500, 500)]), None, population=population)
    assert result.parts.loc["01", "reached"] == 50
    assert result.left_out.to_dict() == {"00": "missing_indicator", "02": "missing_indicator"}
    assert result.parameters["origin_type"] == "area"
    assert "Preview" in said(result)
    with pytest.raises(DataError, match="layer of residents"):
        ask(areas(), places([(1, 1)]), None)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"group": "age_0_6"}, MissingColumnError, 'Did you mean "age_0_5"'),
        ({"within_m": 0}, DataError, "above 0"),
        ({"within_m": float("nan")}, DataError, "above 0"),
        ({"snap_m": -1.0}, DataError, "tolerance"),
        ({"limits": (0.5, 0.9)}, DataError, "falling"),
    ],
)
def test_wrong_options_give_one_sentence(changes: dict[str, object], kind: type[Exception], message: str):
    with pytest.raises(kind, match=message):
        ask(areas(1), places([(1, 1)]), residents([(100, 500, 8, 0)]), **changes)


def test_wrong_layers_give_one_sentence():
    people = residents([(100, 500, 8, 0)])
    with pytest.raises(DataError, match='origin "o0": -8'):
        ask(areas(1), places([(1, 1)]), residents([(100, 500, -8, 0)]))
    elsewhere = places([(1, 1)])
    moved = PlaceLayer("kita", TITLE, elsewhere.frame.to_crs("EPSG:25833"))
    with pytest.raises(CrsError, match="EPSG:25833"):
        ask(areas(1), moved, people)
    lines = elsewhere.frame.set_geometry([LineString([(0, 0), (1, 1)])], crs=CRS)
    with pytest.raises(DataError, match="must hold points"):
        ask(areas(1), PlaceLayer("parks", TITLE, lines), people)


def test_nothing_that_was_given_is_changed():
    layer, there, people = areas(), places([(500, 500)]), residents(PEOPLE)
    before = [frame.copy() for frame in (layer.frame, there.frame, people.frame)]
    ask(layer, there, people, network=street())
    coverage.gaps(people, there, within_m=500, theme="kita")
    for old, new in zip(before, (layer.frame, there.frame, people.frame), strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(old), pd.DataFrame(new))


def test_distances_are_computed_once():
    people, there, net = residents(PEOPLE), places([(500, 500)]), street()
    first = coverage.origin_distances(people, there, network=net)
    assert coverage.origin_distances(people, there, network=net) is first
    assert coverage.origin_distances(people, there) is not first


def test_every_column_is_described_in_both_languages():
    result = ask(toy.toy_areas(), toy.toy_places(), toy.toy_residents(), group="age_0_5", network=toy.toy_network())
    twice = ("reached_age_0_5", "not_reached_age_0_5")  # the group that was asked for, once more among all groups
    titles = [(column.title.de, column.title.en) for column in result.columns if column.key not in twice]
    assert len(set(titles)) == len(titles)
    assert all(de and en and "{" not in de + en for de, en in titles)


def test_toy_city_equals_all_pairs():
    """Straight lines from every address to every place, and areas by geopandas: nothing of ours."""
    layer, there, people = toy.toy_areas(), toy.toy_places(), toy.toy_residents()
    xy = people.frame.get_coordinates().to_numpy()
    near = np.zeros(len(xy), dtype=bool)
    for x, y in there.frame.get_coordinates().to_numpy():
        near |= np.hypot(xy[:, 0] - x, xy[:, 1] - y) <= 500
    result = ask(layer, there, people, group="age_65_plus")
    of = pd.Series([layer.frame.index[layer.frame.contains(point)][0] for point in people.frame.geometry])
    expected = pd.Series(np.where(near, people.frame["age_65_plus"], 0.0)).groupby(of).sum()
    pd.testing.assert_series_equal(result.parts["reached"], expected, check_names=False, check_index_type=False)


@pytest.mark.parametrize("seed", range(5))
def test_means_and_shares_with_a_way_equal_networkx_on_streets_in_pieces(seed: int):
    rng = np.random.default_rng(seed)
    cells = [(x, y) for x in range(8) for y in range(4)]
    lines = [(a, b) for a in cells for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in cells and rng.random() < 0.6]
    graph = nx.Graph()
    graph.add_nodes_from(cells)
    graph.add_weighted_edges_from((a, b, float(rng.integers(230, 500))) for a, b in lines)
    number = {cell: i for i, cell in enumerate(cells)}
    nodes = np.array([(X + 100 + 230 * x, Y + 100 + 230 * y) for x, y in cells])
    kept = np.array([(number[a], number[b]) for a, b in graph.edges])
    metres = np.array([way for _, _, way in graph.edges.data("weight")])
    streets = Network("pieces", TITLE, nodes, kept, metres, CRS)
    joined = sorted({cell for line in graph.edges for cell in line})
    doors = [joined[i] for i in rng.choice(len(joined), 2, replace=False)]
    ways = nx.multi_source_dijkstra_path_length(graph, set(doors))
    homes = [(100 + 230 * x, 100 + 230 * y, float(rng.integers(0, 30)), 0.0) for x, y in joined]
    there = places([(100 + 230 * x, 100 + 230 * y) for x, y in doors])
    found = ask(areas(), there, residents(homes), network=streets, snap_m=1.0).parts
    for area, first in (("00", 0), ("01", 4)):
        mine = [
            (home[2], ways[cell])
            for home, cell in zip(homes, joined, strict=True)
            if first <= cell[0] < first + 4 and cell in ways
        ]
        everybody = sum(home[2] for home, cell in zip(homes, joined, strict=True) if first <= cell[0] < first + 4)
        with_way = sum(people for people, _ in mine)
        assert found.loc[area, "with_way"] == pytest.approx(with_way / everybody)
        if with_way:
            assert found.loc[area, "mean_m"] == pytest.approx(sum(p * way for p, way in mine) / with_way)
        else:
            assert np.isnan(found.loc[area, "mean_m"])


# What must always hold.

seeds = st.integers(0, 10_000)


def city(seed: int) -> tuple[AreaLayer, PlaceLayer, ResidentLayer]:
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.uniform(-100, 2100, 60), rng.uniform(0, 1000, 60), rng.integers(0, 50, (60, 2))])
    return areas(), places([tuple(xy) for xy in rng.uniform(0, 1500, (3, 2))]), residents([tuple(row) for row in rows])


@given(seeds, st.sampled_from([None, "network"]))
@settings(max_examples=15, deadline=None)
def test_reached_and_not_reached_add_up(seed: int, kind: str | None):
    layer, there, people = city(seed)
    result = ask(layer, there, people, network=street() if kind else None, snap_m=200.0)
    inside = gpd.sjoin(people.frame[["residents", "geometry"]], layer.frame[["geometry"]], predicate="intersects")
    assert result.parts["residents"].sum() == inside["residents"].sum()
    assert (result.parts["reached"] + result.parts["not_reached"] == result.parts["residents"]).all()


@given(seeds, st.floats(50, 900), st.floats(1.0, 3.0))
@settings(max_examples=15, deadline=None)
def test_a_larger_threshold_never_lowers_coverage(seed: int, within_m: float, factor: float):
    layer, there, people = city(seed)
    near = ask(layer, there, people, network=street(), within_m=within_m, snap_m=300.0)
    far = ask(layer, there, people, network=street(), within_m=within_m * factor, snap_m=300.0)
    assert (far.parts["reached"] >= near.parts["reached"]).all()


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_another_place_never_lowers_coverage(seed: int):
    layer, there, people = city(seed)
    fewer = PlaceLayer("kita", TITLE, there.frame.iloc[:2])
    for network in (None, street()):
        more, less = (ask(layer, some, people, network=network, snap_m=300.0) for some in (there, fewer))
        assert (more.parts["reached"] >= less.parts["reached"]).all()


# Squares of those not reached.


def test_squares_by_hand():
    people = residents([(10, 10, 5, 0), (90, 90, 4, 0), (110, 10, 3, 0), (950, 950, 2, 0)])
    squares = coverage.gaps(people, places([]), within_m=500, theme="kita", min_count=3)
    assert squares["not_reached"].tolist() == [9, 3]
    assert squares.total_bounds.tolist() == [X, Y, X + 200, Y + 100]
    assert squares.crs == CRS
    assert list(squares.columns) == ["theme", "not_reached", "geometry"]


def test_squares_below_the_limit_are_merged_or_withheld():
    people = residents([(10, 10, 2, 0), (110, 10, 3, 0), (310, 310, 8, 0), (410, 10, 2, 0)])
    squares = coverage.gaps(people, places([]), within_m=500, theme="kita", min_count=3)
    # the 2 of the first square join the 3 beside them; the last two have no neighbours and are withheld
    assert sorted(zip(squares["not_reached"], squares.area, strict=True)) == [(5, 200.0**2), (8, 100.0**2)]


def test_only_those_out_of_reach_are_in_the_squares():
    people = residents(PEOPLE)
    squares = coverage.gaps(people, places([(500, 500)]), within_m=500, theme="kita", network=street())
    assert squares["not_reached"].tolist() == [40]
    children = coverage.gaps(people, places([(500, 500)]), within_m=300, theme="kita", group="age_0_5", min_count=1)
    assert children["not_reached"].tolist() == [1, 3, 4]
    assert coverage.gaps(people, places([(500, 500)]), within_m=5000, theme="kita").empty


def test_squares_inside_the_areas_add_up_to_the_areas():
    people = residents([(100, 500, 8, 0), (150, 500, 8, 0), (1500, 500, 9, 0), (5000, 500, 90, 0)])
    result = ask(areas(), places([(0, 0)]), people)
    squares = coverage.gaps(people, places([(0, 0)]), within_m=500, theme="kita", areas=areas())
    assert squares["not_reached"].sum() == result.parts["not_reached"].sum() == 25


@given(seeds, st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_squares_hold_enough_people_and_never_overlap(seed: int, least: int):
    _, there, people = city(seed)
    squares = coverage.gaps(people, there, within_m=300, theme="kita", min_count=least)
    metres = coverage.origin_distances(people, there).metres
    out = people.frame["residents"][metres > 300]
    assert (squares["not_reached"] >= least).all()
    assert squares["not_reached"].sum() <= out.sum()
    assert squares.area.sum() == pytest.approx(squares.union_all().area)
    if least == 1:
        assert squares["not_reached"].sum() == out.sum()


@pytest.mark.parametrize(("cell_m", "within_m"), [(0, 500), (100, -1)])
def test_impossible_squares_are_refused(cell_m: float, within_m: float):
    with pytest.raises(DataError, match="above 0"):
        coverage.gaps(residents(PEOPLE), places([]), within_m=within_m, theme="kita", cell_m=cell_m)


def test_numbers_of_few_people_are_hidden_with_all_that_gives_them_away():
    index = pd.Index(list("abcd"), name="area")
    parts = pd.DataFrame({"residents": [50.0, 9.0, 50.0, 50.0], "reached": [50.0, 9.0, 48.0, 1.0]}, index=index)
    parts["not_reached"] = parts["residents"] - parts["reached"]
    parts["share"], parts["median_m"] = parts["reached"] / parts["residents"], 100.0
    parts["reached_age_0_5"], parts["not_reached_age_0_5"] = [1.0, 4.0, 10.0, 0.0], [30.0, 5.0, 10.0, 12.0]
    before = parts.copy()
    shown, hidden = coverage.hide_few(parts)
    assert hidden.tolist() == [False, True, True, True]
    own = ["residents", "reached", "not_reached", "share", "median_m"]
    assert shown.loc[["b", "c", "d"], own].isna().all(axis=None)
    assert shown.loc["a", own].tolist() == [50.0, 50.0, 0.0, 1.0, 100.0]
    assert shown["reached_age_0_5"].isna().tolist() == [True, True, False, False]
    assert shown["not_reached_age_0_5"].isna().tolist() == [True, True, False, False]
    pd.testing.assert_frame_equal(parts, before)


def _ways(no_way, mean=123.4, residents=60.0):
    """Parts of a coverage: everybody not reached, so many of them without any way."""
    frame = pd.DataFrame({"residents": [residents], "not_reached": [residents], "share": [0.0], "mean_m": [mean]})
    return frame.assign(with_way=1 - no_way / residents)


def test_a_mean_is_shown_in_steps_and_over_enough_people():
    shown = [coverage.hide_few(_ways(float(no_way)))[0].iloc[0] for no_way in range(61)]
    assert {row["mean_m"] for row in shown[:51]} == {120.0}
    assert all(np.isnan(row["mean_m"]) for row in shown[51:])  # of fewer than ten people
    told: dict[float, set[int]] = {}
    for no_way, row in enumerate(shown):
        told.setdefault(row["with_way"], set()).add(no_way)
    assert all(len(numbers) == 10 or numbers == {60} for numbers in told.values())
    hidden = coverage.hide_few(_ways(5.0, residents=9.0))[0]
    assert hidden[["residents", "mean_m", "with_way"]].isna().all(axis=None)


def _ages(**people):
    """Parts of a coverage of all residents: (reached, not reached) of each group."""
    parts = pd.DataFrame({"reached": [0.0], "not_reached": [0.0]}, index=pd.Index(["a"], name="area"))
    for name, (reached, not_reached) in people.items():
        own = ("reached", "not_reached") if name == "residents" else (f"reached_{name}", f"not_reached_{name}")
        parts[own[0]], parts[own[1]] = [float(reached)], [float(not_reached)]
    return parts.assign(residents=parts["reached"] + parts["not_reached"])


def _hidden(parts, group="residents"):
    shown, own = coverage.hide_few(parts, group=group)
    names = [name.removeprefix("reached_") for name in parts if name.startswith("reached_age")]
    return {name for name in names if shown[f"reached_{name}"].isna().all()} | ({group} if own.all() else set())


def test_no_difference_to_the_total_gives_a_hidden_group_away():
    two = {"age_0_17": (20, 2), "age_18_64": (200, 40), "age_65_plus": (50, 30)}
    assert _hidden(_ages(residents=(270, 72), **two)) == {"age_0_17", "age_65_plus"}
    assert _hidden(_ages(residents=(270, 70), **{**two, "age_0_17": (20, 0)})) == set()


def test_no_difference_of_two_shown_groups_gives_few_away():
    """2 people of 6 to 9 years are 12 of 0 to 9 without 10 of 0 to 5."""
    parts = _ages(residents=(100, 40), age_0_9=(12, 20), age_0_5=(10, 12))
    assert _hidden(parts) == {"age_0_5"}


def test_the_rest_of_a_total_is_looked_at_too():
    """No group holds the oldest two, but the total does."""
    assert _hidden(_ages(residents=(102, 50), age_0_17=(40, 20), age_18_64=(60, 30))) == {"age_0_17"}


def test_a_base_is_not_what_is_left_of_all_residents():
    """Everybody is in one group; the theme is of one of them, so only the base of the other can be computed."""
    assert _hidden(_ages(residents=(30, 30), age_0_5=(30, 30), age_6_plus=(4, 3)), group="age_0_5") == {
        "age_0_5", "age_6_plus",
    }  # fmt: skip


@pytest.mark.parametrize(("between", "hidden"), [(0, False), (2, True), (3, False)])
def test_two_limits_for_the_same_places_do_not_give_few_people_away(between, hidden):
    """20 people within 400 m; who lives between 400 and 500 m is the difference of the two results."""
    rows = [(200, 500, 20, 0), (50, 500, between, 0), (990, 990, 30, 0), (1500, 500, 40, 0)]
    people, there = residents(rows), places([(500, 500)])
    limits = {"near": 400.0, "far": 500.0}
    results = {
        key: coverage.guarded(ask(areas(), there, people, network=street(), within_m=metres, key=key), Secrecy())
        for key, metres in limits.items()
    }
    found = coverage.apart(results, Secrecy())
    assert found["near"] is results["near"]
    assert found["near"].seen["reached"].tolist() == [20, 0]
    assert found["far"].seen["reached"].isna().tolist() == [hidden, False]
    assert ("far=too_small" in str(found["far"].states["00"])) == hidden
    elsewhere = {**results, "far": replace(results["far"], parameters={**results["far"].parameters, "places": "x"})}
    assert coverage.apart(elsewhere, Secrecy())["far"].seen["reached"].notna().all()


AGES = ("age_0_5", "age_6_64", "age_65_plus")


def _three_ages() -> ResidentLayer:
    """Two origins in each of two squares, one 100 m from a place and one beyond every limit; only "00" has a few."""
    layer = residents([(400, 500, 112, 30), (900, 100, 110, 20), (1400, 500, 130, 30), (1900, 100, 110, 20)])
    ages = {"age_6_64": [80.0, 40.0, 80.0, 40.0], "age_65_plus": [2.0, 50.0, 20.0, 50.0]}
    return replace(layer, frame=layer.frame.assign(**ages))


def _by_group(**options: object) -> dict[str, AreaResult]:
    """Guarded results of one question, one for each group."""
    there = places([(500, 500), (1500, 500)])
    groups = (*AGES, "residents")
    found = {group: ask(areas(), there, _three_ages(), group=group, key=group, **options) for group in groups}
    return {group: coverage.guarded(result, Secrecy()) for group, result in found.items()}


def _told(results: dict[str, AreaResult], area: str) -> dict[str, float]:
    """What a reader of all results knows of an area: the people reached of each group, by any of them."""
    known: dict[str, float] = {}
    for result in results.values():
        seen = result.seen.loc[area]
        known |= {name: seen[f"reached_{name}"] for name in AGES if not np.isnan(seen[f"reached_{name}"])}
        known |= {} if np.isnan(seen["reached"]) else {str(result.parameters["group"]): seen["reached"]}
    return known


@pytest.mark.parametrize("order", [("age_0_5", "residents"), ("residents", "age_0_5"), (*AGES, "residents")])
@pytest.mark.parametrize("same", [True, False])
def test_two_groups_for_the_same_places_do_not_give_few_people_away(order, same):
    """Two people of 65 and older are reached in area 00: everybody less the two other groups would tell."""
    asked = {key: _by_group()[key] for key in order}
    if not same:  # at another distance the difference may hold others too
        asked[order[-1]] = _by_group(within_m=400.0)[order[-1]]
    assert {"age_0_5", "age_6_64", "residents"} <= set(_told(asked, "00"))  # before
    found = coverage.apart(asked, Secrecy())
    known = _told(found, "00")
    assert ({"age_0_5", "age_6_64", "residents"} <= set(known)) != same
    assert "age_65_plus" not in known
    assert found[order[0]] is asked[order[0]]
    assert len(_told(found, "01")) == 4  # nothing more is hidden where nothing is given away


@pytest.mark.parametrize("elsewhere", [True, False])
def test_how_many_there_are_of_a_group_is_not_told_by_two_themes_together(elsewhere):
    """Two of 65 and older live in 00. One theme hides them and the smallest group, another one them and a third."""
    template, groups = toy.toy_outcome().coverage["kita"], ("age_0_5", "age_6_17", "age_18_64", "age_65_plus")
    first = template.parts.index[0]

    def made(key: str, both: dict[str, tuple[float, float]]) -> AreaResult:
        names = [f"{way}reached_{group}" for group in groups for way in ("", "not_")]
        old = [name for name in template.parts if "reached_age" in str(name)]
        parts = template.parts.drop(columns=old).assign(**dict.fromkeys(names, 100.0))
        for group, (reached, missed) in both.items():
            parts.loc[first, [f"reached_{group}", f"not_reached_{group}"]] = reached, missed
        parts["reached"] = parts[[f"reached_{one}" for one in groups]].sum(axis=1)
        parts["not_reached"] = parts[[f"not_reached_{one}" for one in groups]].sum(axis=1)
        parts["residents"] = parts["reached"] + parts["not_reached"]
        parts["share"] = parts["reached"] / parts["residents"]
        asked = {**template.parameters, "places": key, "group": "residents"}
        columns = tuple(Column(str(name), Text("", ""), "count") for name in parts)
        made = replace(
            template, key=key, parts=parts, columns=columns, parameters=asked, shown=None, states=None,
        )  # fmt: skip
        return coverage.guarded(made, Secrecy())

    one = made("one", {"age_65_plus": (1, 1), "age_0_5": (10, 10), "age_6_17": (30, 30)})
    many = {"age_65_plus": (1, 1), "age_0_5": (10, 10), "age_6_17": (58, 2)}
    results = {"one": one, "two": made("two", many)} if elsewhere else {"one": one}
    sizes = {group: one.parts.loc[first, [f"reached_{group}", f"not_reached_{group}"]].sum() for group in groups}
    told = {
        group: sizes[group]
        for result in coverage.apart(results, Secrecy()).values()
        for group in groups
        if not np.isnan(result.seen.loc[first, f"reached_{group}"])
    }
    assert "age_65_plus" not in told
    assert one.parts.loc[first, "residents"] - sum(told.values()) != sizes["age_65_plus"]


def test_minutes_are_the_metres_that_they_are():
    timed = _by_group(within_m=None, within_min=10.0, kmh=3.0)
    asked = {"age_0_5": _by_group()["age_0_5"], "residents": timed["residents"]}
    found = coverage.apart(asked, Secrecy())
    assert found["residents"].seen["reached"].isna().tolist() == [True, False]


def _with_people(some: list[tuple[float, float]], **asked: object) -> AreaResult:
    """Children reached and not reached in the first areas; in all others 50 and 50."""
    template = toy.toy_outcome().coverage["kita"]
    parts = template.parts.copy()
    parts.loc[:, [name for name in parts if "reached" in str(name)]] = 50.0
    for area, (reached, missed) in zip(parts.index, some, strict=False):
        parts.loc[area, ["reached", "reached_age_0_5"]] = reached
        parts.loc[area, ["not_reached", "not_reached_age_0_5"]] = missed
    parts["residents"] = parts["reached"] + parts["not_reached"]
    parts["share"] = parts["reached"] / parts["residents"]
    made = replace(template, parts=parts, parameters={**template.parameters, **asked}, shown=None, states=None)
    return coverage.guarded(made, Secrecy())


@pytest.mark.parametrize(
    ("hidden", "told"),
    [
        ([], True),
        ([(20, 2)], False),  # the rest is the hidden area
        ([(20, 1), (30, 2)], False),  # 3 people not reached are few, all the same
        ([(40, 1), (1, 40)], True),  # 41 and 41: 1 and 1, or 2 and 2
        ([(40, 2), (1, 40)], False),  # 42 of 83 can only be 2 and 40
        ([(40, 1), (2, 40)], False),
        ([(40, 2), (1, 40), (2, 60)], True),
        ([(40, 2), (1, 40), (1, 60)], False),
        ([(40, 2), (1, 40), (4, 5)], True),
    ],
)
def test_the_total_is_told_where_no_hidden_area_follows_from_it(hidden, told):
    result = _with_people(hidden)
    assert result.seen["reached"].isna().sum() == len(hidden)
    found = coverage.totals({"kita": result}, Secrecy())
    assert ("kita" in found) == told
    if told:
        assert found["kita"] == (result.parts["reached"].sum(), result.parts["not_reached"].sum())


def test_a_told_total_leaves_more_than_one_way_to_fill_the_hidden_areas():
    """All hidden pairs of areas of 41 to 50 people, against every way that gives the same sum."""
    small = [(1, 0), (2, 0), (0, 1), (0, 2)]  # few reached, few not reached
    for one in small:
        for other in small:
            size = (42, 47)
            areas_ = [_filled(n, kind) for n, kind in zip(size, (one, other), strict=True)]
            found = coverage.totals({"kita": _with_people(areas_)}, Secrecy())
            missed = sum(area[1] for area in areas_)
            ways = [(a, b) for a in small for b in small if _filled(size[0], a)[1] + _filled(size[1], b)[1] == missed]
            if found:
                assert len(ways) > 1


def _filled(size: int, kind: tuple[int, int]) -> tuple[float, float]:
    return (kind[0], size - kind[0]) if kind[0] else (size - kind[1], kind[1])


@pytest.mark.parametrize(("between", "told"), [(0, True), (2, False), (3, True)])
def test_two_totals_do_not_give_few_people_away(between, told):
    near, far = _with_people([]), _with_people([(50 + between, 50 - between)], within_m=600.0)
    found = coverage.totals({"near": near, "far": far}, Secrecy())
    assert ("far" in found) == told
    elsewhere = replace(far, parameters={**far.parameters, "places": "x"})
    assert "far" in coverage.totals({"near": near, "far": elsewhere}, Secrecy())


def _counted(rows: list[tuple[float, float, float, float]]) -> list[float]:
    """Return the numbers of the squares beside two areas without a place, nan where there is none."""
    people = residents(rows)
    result = coverage.guarded(ask(areas(), places([(500, 9000)]), people), Secrecy())
    squares = coverage.gaps(people, places([(500, 9000)]), within_m=500, theme="kita", areas=areas(), min_count=10)
    return coverage.guard_gaps(squares, areas(), result)["not_reached"].tolist()


def test_squares_and_areas_together_do_not_give_few_people_away():
    """Two of 32 live in a square of their own, which is withheld: what 30 in the other square leave of the area."""
    other = (1500, 50, 40, 0)
    assert _counted([(50, 50, 30, 0), (950, 950, 2, 0), other]) == [pytest.approx(np.nan, nan_ok=True), 40]
    assert _counted([(50, 50, 30, 0), (950, 950, 3, 0), other]) == [30, 40]
    assert _counted([(50, 50, 30, 0), other]) == [30, 40]


def test_a_square_across_a_border_is_looked_at_with_both_areas():
    """20 to the west and 5 to the east of the border in one square, 2 more withheld far away."""
    both = [(950, 50, 20, 0), (1050, 50, 5, 0), (1150, 150, 20, 0)]
    assert np.isfinite(_counted(both)).all()
    assert not np.isfinite(_counted([*both, (50, 950, 2, 0)])).all()


def test_the_sum_of_the_city_is_looked_at_too():
    """One area is hidden with the two that are withheld; the city's sum less the squares would be these two."""
    people = residents([(50, 50, 2, 0), (950, 950, 40, 0), (1500, 50, 40, 0), (1150, 750, 30, 0)])
    there = places([(950, 950)])
    result = coverage.guarded(ask(areas(), there, people, within_m=100), Secrecy())
    assert result.seen["not_reached"].isna().tolist() == [True, False]
    squares = coverage.gaps(people, there, within_m=100, theme="kita", areas=areas(), min_count=10)
    assert squares["not_reached"].tolist() == [30, 40]
    assert coverage.guard_gaps(squares, areas(), result)["not_reached"].isna().tolist() == [True, False]


def test_a_square_does_not_tell_of_an_area_that_is_hidden():
    """31 live there, two of them reached: 29 not reached are hidden, so the square must not say them."""
    people = residents([(50, 50, 29, 0), (950, 950, 2, 0), (1500, 50, 40, 0)])
    there = places([(950, 950)])
    result = coverage.guarded(ask(areas(), there, people, within_m=100), Secrecy())
    assert result.seen["not_reached"].isna().tolist() == [True, False]
    squares = coverage.gaps(people, there, within_m=100, theme="kita", areas=areas(), min_count=10)
    assert coverage.guard_gaps(squares, areas(), result)["not_reached"].isna().tolist() == [True, False]
