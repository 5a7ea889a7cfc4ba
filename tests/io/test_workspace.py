"""From layer files to a city: values, states, changes, points and streets."""

from __future__ import annotations

import itertools
import json
import math
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.indicators.tables import Measured, tables_of
from qmgis.io.layers.lines import network_of_lines
from qmgis.model import Indicator, Text

MAYBE = st.one_of(st.none(), st.integers(0, 50))
HEAD = 'licence = "CC0 1.0"\ncredit = "test"\n'


@pytest.fixture
def town(tmp_path) -> Path:
    return new_city(tmp_path / "town")


def put(town: Path, name: str, text: str) -> None:
    (town / ("layers" if name.endswith(".toml") else "data") / "town" / name).write_text(text, encoding="utf-8")


def indicator(
    town: Path, key: str, *, measure: str = "count", unit: str = "persons", edition: str = "", **keys: str
) -> None:
    own = "".join(f"{name} = {value}\n" for name, value in keys.items())
    put(
        town,
        f"{key}.toml",
        f'kind = "indicator"\ntitle = "{key}"\nmeasure = "{measure}"\nunit = "{unit}"\n{own}{HEAD}'
        f'[[edition]]\nyear = 2024\nvintage = "town-2024"\nsource = "delimited"\npath = "town/own.csv"\n'
        f'id = "ID"\n{edition}\n',
    )


def table(town: Path, lines: list[str], header: str) -> None:
    put(town, "own.csv", header + "\n" + "\n".join(lines) + "\n")


def ids() -> list[str]:
    return [f"01{row:02d}{column:02d}" for row in range(1, 5) for column in range(1, 5)]


# Values and states ----------------------------------------------------------------------------------------------


def test_a_table_has_every_area_in_every_year(town):
    city = open_city(town)
    frame = city.tables["town-2024"].frame
    assert list(frame.index.get_level_values("area").unique()) == ids()
    assert city.tables["town-2024"].years == (2024,)
    assert frame.loc[("010101", 2024), "population"] == 1200


def test_states_of_official_signs_survive(town):
    cells = ["5", "0", "-", ".", "/", "x", "...", "–", "•", "-9999", "", "7", "8", "9", "10", "11"]
    table(town, [f"{area};{cell}" for area, cell in zip(ids(), cells, strict=True)], "ID;N")
    indicator(town, "own", edition='value = "N"')
    found = open_city(town).tables["town-2024"]
    state = found.of_year(2024, what="states")["own"]
    value = found.of_year(2024)["own"]
    assert state.iloc[:11].tolist() == [
        "ok", "ok", "missing", "secret", "too_small", "not_applicable", "missing", "missing", "secret", "missing",
        "missing",
    ]  # fmt: skip
    assert value.iloc[1] == 0
    assert value.iloc[2:11].isna().all()
    assert (state == "ok").equals(value.notna())


def test_a_publisher_may_use_signs_otherwise(town):
    table(town, [f"{area};{'-' if n else '4'}" for n, area in enumerate(ids())], "ID;N")
    indicator(town, "own", edition='value = "N"\nsigns = {"-" = "zero"}\nmissing = [4]')
    found = open_city(town).tables["town-2024"].of_year(2024)["own"]
    assert np.isnan(found.iloc[0])
    assert (found.iloc[1:] == 0).all()


@pytest.mark.parametrize(
    ("unit", "printed", "held"), [("percent", 12.5, 0.125), ("share", 0.125, 0.125), ("per_1000", 125, 0.125)]
)
def test_shares_are_held_from_0_to_1(town, unit, printed, held):
    table(town, [f"{area};{printed};{printed / 2}" for area in ids()], "ID;N;C")
    indicator(
        town, "own", measure="share", unit=unit, direction="1", edition='value = "N"\nchange = "C"\ndecimal = "."'
    )
    found = open_city(town).tables["town-2024"]
    assert found.frame.loc[("010101", 2024), "own"] == pytest.approx(held)
    assert found.change.loc[("010101", 2024), "own"] == pytest.approx(held / 2)


def test_a_value_before_gives_the_change(town):
    table(town, [f"{area};40;30" for area in ids()], "ID;N;B")
    indicator(town, "own", measure="mean", unit="euro", direction="-1", edition='value = "N"\nbefore = "B"')
    assert open_city(town).tables["town-2024"].change.loc[("010101", 2024), "own"] == 10


def test_a_year_may_stand_in_a_column(town):
    lines = [f"{area};{year};{year - 2000}" for area in ids() for year in (2020, 2022)]
    table(town, lines, "ID;Jahr;N")
    indicator(town, "own", edition='value = "N"')
    file = town / "layers/town/own.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("year = 2024", 'year = "Jahr"'), encoding="utf-8")
    found = open_city(town).tables["town-2024"]
    assert found.years == (2020, 2022, 2024)
    assert found.frame.loc[("010404", 2022), "own"] == 22
    assert found.states.loc[("010404", 2024), "own"] == "missing"


def yearly(town: Path, key: str, **keys: str) -> Path:
    """A layer over ``own.csv`` with the year in the column ``Jahr``."""
    indicator(town, key, **keys)
    file = town / f"layers/town/{key}.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("year = 2024", 'year = "Jahr"'), encoding="utf-8")
    return file


def test_the_change_may_come_from_an_earlier_edition(town):
    """As from a table a year: share 10/100 in 2020, 30/200 in 2022; one area is new and has no earlier value."""
    lines = [f"{area};{year};{n};{all}" for area in ids() for year, n, all in ((2020, 10, 100), (2022, 30, 200))]
    table(town, [line for line in lines if not line.startswith("010404;2020")], "ID;Jahr;N;Alle")
    yearly(town, "some", edition='value = "N"\nchange_from_editions = true')
    yearly(town, "all", edition='value = "Alle"\nchange_from_editions = true')
    put(
        town,
        "part.toml",
        'kind = "indicator"\ntitle = "part"\nmeasure = "share"\nunit = "percent"\ndirection = 1\n'
        f'numerator = "some"\ndenominator = "all"\n{HEAD}',
    )
    found = open_city(town).tables["town-2024"]
    assert found.change_years == 2
    change = found.of_year(2022, what="change")
    assert change.loc["010101", ["some", "all"]].tolist() == [20, 100]
    assert change.loc["010101", "part"] == pytest.approx(30 / 200 - 10 / 100)
    assert change.loc["010404", ["some", "all", "part"]].isna().all()
    assert found.of_year(2020, what="change")["some"].isna().all()


def test_a_change_without_earlier_edition_is_an_error(town):
    table(town, [f"{area};5" for area in ids()], "ID;N")
    indicator(town, "own", edition='value = "N"\nchange_from_editions = true\nchange_years = 3')
    (problem,) = [one for one in load(town).problems if one.level == "error"]
    assert 'needs an edition of 2021 for "town-2024"' in problem.say("en")


def test_two_ways_to_the_change_are_an_error(town):
    table(town, [f"{area};5;4" for area in ids()], "ID;N;B")
    indicator(town, "own", edition='value = "N"\nbefore = "B"\nchange_from_editions = true')
    problems = [one.say("en") for one in load(town).problems if one.level == "error"]
    assert any("before and change_from_editions exclude each other" in line for line in problems)


def test_where_leaves_rows_out(town):
    lines = [f"{area};{n};{'ja' if n % 2 else 'nein'}" for n, area in enumerate(ids())]
    table(town, [*lines, "010101;99;ja"], "ID;N;OK")
    indicator(town, "own", edition='value = "N"\nwhere = {OK = "ja", N = [1, 3, "99"]}')
    value = open_city(town).tables["town-2024"].of_year(2024)["own"]
    assert value.dropna().to_dict() == {"010101": 99, "010102": 1, "010104": 3}


def test_where_may_name_what_stays_out(town):
    lines = [f"{area};{n}" for n, area in enumerate(ids())]
    table(town, [*lines, "Summe;120"], "ID;N")
    indicator(town, "own", edition='value = "N"\nwhere = {ID = {not = ["Summe", "010101"]}}')
    city = open_city(town)
    value = city.tables["town-2024"].of_year(2024)["own"]
    assert value.notna().sum() == 15
    assert np.isnan(value["010101"])
    assert "Summe" not in "".join(one.say("en") for one in city.problems)


def test_areas_may_be_left_out_by_name(town):
    """Such as an island far away: Neuwerk is a quarter of Hamburg, 100 km from the others."""
    file = town / "layers/town/areas.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\nwhere = {NAME = {not = "Altstadt"}}\n', encoding="utf-8")
    city = open_city(town)
    assert len(city.areas.frame) == 15
    assert "Altstadt" not in set(city.areas.frame["name"])


@pytest.mark.parametrize("choice", ['["Hafen", "Haven"]', '{not = ["Haven"]}'])
def test_a_value_of_where_that_is_nowhere_is_told(town, choice):
    lines = [f"{area};5;{'Hafen' if n % 2 else 'Markt'}" for n, area in enumerate(ids())]
    table(town, lines, "ID;N;Lage")
    indicator(town, "own", edition=f'value = "N"\nwhere = {{Lage = {choice}}}')
    told = [one.say("en") for one in load(town).problems if one.level == "warning"]
    assert any('where names "Haven", which is in no row. Did you mean "Hafen"?' in line for line in told)


def test_where_has_no_other_words_than_not(town):
    table(town, [f"{area};5" for area in ids()], "ID;N")
    for choice in ('{nicht = ["x"]}', "{not = []}", "{}"):
        indicator(town, "own", edition=f'value = "N"\nwhere = {{ID = {choice}}}')
        (problem,) = [one for one in load(town).problems if one.level == "error"]
        assert "where" in problem.say("en")


def test_small_numbers_stay_in_the_table(town):
    """The official result needs them; outputs guard them."""
    table(town, [f"{area};2" if n else f"{area};1" for n, area in enumerate(ids())], "ID;N")
    indicator(town, "own", edition='value = "N"')
    assert open_city(town).tables["town-2024"].frame.loc[("010101", 2024), "own"] == 1


def test_things_of_a_list_are_counted_and_summed(town):
    table(town, ["010101;5", "010101;7", "010102;-", "010102;4", "010103;0"], "ID;N")
    indicator(town, "things", edition='aggregate = "count"')
    indicator(town, "sums", edition='value = "N"\naggregate = "sum"')
    found = open_city(town).tables["town-2024"]
    value, state = found.of_year(2024), found.of_year(2024, what="states")
    assert value["things"].iloc[:4].tolist() == [2, 2, 1, 0]
    assert value["sums"].iloc[[0, 2, 3]].tolist() == [12, 0, 0]
    assert state["sums"].iloc[:4].tolist() == ["ok", "missing", "ok", "ok"]
    assert np.isnan(value["sums"].iloc[1])


def test_a_list_knows_no_change(town):
    indicator(town, "own", edition='value = "N"\naggregate = "sum"\nbefore = "B"')
    assert any("aggregate does not go" in problem.say("en") for problem in load(town).problems)


# Shares from counts ---------------------------------------------------------------------------------------------


def test_a_share_is_rebuilt_from_its_counts(town):
    found = open_city(town).tables["town-2024"]
    # 010102: 63 of 1507 unemployed, two years before 68 of 1495
    assert found.frame.loc[("010102", 2024), "unemployment"] == pytest.approx(63 / 1507)
    assert found.change.loc[("010102", 2024), "unemployment"] == pytest.approx(63 / 1507 - 68 / 1495)


def test_what_an_edition_says_of_its_definition_is_known_by_indicator_and_year(town):
    table(town, [f"{area};10;40" for area in ids()], "ID;up;down")
    said = 'definition = {de = "neu abgegrenzt", en = "defined anew"}\n'
    indicator(town, "up", edition=f'value = "up"\n{said}')
    indicator(town, "down", edition='value = "down"')
    indicator(
        town, "part", measure="share", unit="percent", direction="1", numerator='"up"', denominator='"down"',
        edition='value = "up"\ndefinition = "eigene"',
    )  # fmt: skip
    found = open_city(town).tables["town-2024"].definitions
    assert found["up", 2024] == Text("neu abgegrenzt", "defined anew")
    assert found["part", 2024].de == "eigene"
    assert ("down", 2024) not in found


def measured(key: str, value: list[float], before: list[float], state: list[str]) -> Measured:
    index = pd.Index([f"{n}" for n in range(len(value))], name="area", dtype="str")
    series = pd.Series(value, index=index, dtype=float)
    return Measured(
        key, "v", 2024, series, pd.Series(state, index=index, dtype=object), series - pd.Series(before, index=index)
    )


class Areas:
    vintage = "v"

    def __init__(self, n: int) -> None:
        self.frame = pd.DataFrame(index=pd.Index([f"{i}" for i in range(n)], name="area", dtype="str"))


def share(above: Measured, below: Measured):
    words = Text("x", "x")
    kinds = {
        "a": Indicator("a", words, "count", "persons"),
        "b": Indicator("b", words, "count", "persons"),
        "s": Indicator("s", words, "share", "percent", 1, "a", "b"),
    }
    tables, problems = tables_of(kinds, [above, below], {"v": Areas(len(above.value))})
    return tables["v"], problems


def test_a_denominator_of_zero_makes_no_share():
    found, _ = share(measured("a", [0, 3], [0, 2], ["ok", "ok"]), measured("b", [0, 10], [0, 0], ["ok", "ok"]))
    assert found.states["s"].tolist() == ["not_applicable", "ok"]
    assert np.isnan(found.frame["s"].iloc[0])
    assert found.change["s"].isna().all()


@pytest.mark.parametrize(
    ("above", "below", "state"),
    [
        ("secret", "missing", "secret"), ("missing", "secret", "secret"), ("too_small", "missing", "too_small"),
        ("ok", "missing", "missing"), ("not_applicable", "ok", "not_applicable"), ("ok", "too_small", "too_small"),
    ],
)  # fmt: skip
def test_the_worst_state_wins(above, below, state):
    def one(key, kind):
        return measured(key, [5.0 if kind == "ok" else np.nan], [1.0], [kind])

    found, _ = share(one("a", above), one("b", below))
    assert found.states["s"].tolist() == [state]
    assert np.isnan(found.frame["s"].iloc[0])


@given(
    st.lists(
        st.tuples(MAYBE, MAYBE, st.integers(0, 50), st.integers(0, 50)),
        min_size=1, max_size=8,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_share_is_ok_exactly_where_it_is_a_number(rows):
    def one(key, place):
        value = [np.nan if row[place] is None else float(row[place]) for row in rows]
        state = ["missing" if row[place] is None else "ok" for row in rows]
        return measured(key, value, [float(row[place + 2]) for row in rows], state)

    found, _ = share(one("a", 0), one("b", 1))
    assert (found.states["s"] == "ok").equals(found.frame["s"].notna())
    assert np.isfinite(found.frame["s"].dropna()).all()
    assert np.isfinite(found.change["s"].dropna()).all()
    for (value, base, *_), got in zip(rows, found.frame["s"], strict=True):
        if value is not None and base:
            assert got == pytest.approx(value / base)


def test_more_than_all_is_told():
    _, problems = share(measured("a", [12], [1], ["ok"]), measured("b", [10], [1], ["ok"]))
    assert [problem.level for problem in problems] == ["error"]
    assert "numerator" in problems[0].say("en")


# Areas ----------------------------------------------------------------------------------------------------------


def test_areas_are_dissolved_renamed_and_marked(town):
    file = town / "layers/town/areas.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text + 'approximate = ["010101"]\n[dissolve]\n"010101" = ["010101", "010102"]\n[names]\n"010101" = "Mitte"\n',
        encoding="utf-8",
    )
    areas = load(town).areas["town-2024"].frame
    assert len(areas) == 15
    assert areas.loc["010101", "name"] == "Mitte"
    assert areas.loc["010101", "approximate"]
    assert not areas.loc["010103", "approximate"]
    assert areas.loc["010101"].geometry.area == pytest.approx(2 * 600 * 600, rel=1e-4)
    assert areas.loc["010101", "parent"] == "Mitte"


def test_ids_that_a_layer_names_have_to_be_there(town):
    file = town / "layers/town/areas.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text + 'approximate = ["9"]\n[dissolve]\n"1" = ["010101", "8"]\n[names]\n"7" = "x"\n', encoding="utf-8"
    )
    said = " ".join(problem.say("en") for problem in load(town).problems)
    assert 'For "1" areas are to be joined that are not there: 8.' in said


def test_overlapping_ids_of_areas_are_errors(town):
    file = town / "data/town/areas.geojson"
    file.write_text(file.read_text(encoding="utf-8").replace("010102", "010101"), encoding="utf-8")
    loaded = load(town)
    assert not loaded.usable
    assert any('"010101" stands in row 1 already' in problem.say("en") for problem in loaded.problems)


# Places and residents -------------------------------------------------------------------------------------------


def places(town: Path, features: list[dict], **keys: str) -> None:
    put(town, "own.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    own = "".join(f"{name} = {value}\n" for name, value in keys.items())
    put(town, "own.toml", f'kind = "places"\ntitle = "own"\nsource = "vector"\npath = "town/own.geojson"\n{own}{HEAD}')


def feature(geometry: dict | None, **properties: object) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


SPOT = [9.1814, 51.4690]


def test_a_multipoint_of_one_is_that_point_and_doubles_stay(town):
    spots = [
        {"type": "MultiPoint", "coordinates": [SPOT]},
        {"type": "Point", "coordinates": SPOT},
        {"type": "Point", "coordinates": SPOT},
        {"type": "Polygon", "coordinates": [[[9.18, 51.46], [9.19, 51.46], [9.19, 51.47], [9.18, 51.46]]]},
        None,
    ]
    kids = ["69", "k. A.", None, "1.200", "3"]
    rows = [
        feature(spot, nr=f"{n // 2}", platz=kid, name="A")
        for n, (spot, kid) in enumerate(zip(spots, kids, strict=True))
    ]
    places(
        town, rows, id='"nr"', name='"name"', capacity='"platz"', thousands='"."', complete="false", date="2022-12-01"
    )
    city = open_city(town)
    layer = city.places["own"]
    assert list(layer.frame.index) == ["0", "0-2", "1", "1-2"]
    assert set(layer.frame.geom_type) == {"Point"}
    assert layer.frame.crs == "EPSG:25832"
    assert layer.frame.geometry.iloc[0].equals_exact(layer.frame.geometry.iloc[1], 0.001)
    assert layer.frame["capacity"].tolist()[0] == 69
    assert layer.frame["capacity"].isna().tolist() == [False, True, True, False]
    assert layer.frame["capacity"].iloc[3] == 1200
    assert (layer.complete, layer.date) == (False, date(2022, 12, 1))
    said = " ".join(problem.say("en") for problem in city.problems)
    assert "2 ids come up again" in said
    assert "counts as one point inside" in said
    assert "no coordinates" in said
    assert "k. A." in said


def test_groups_of_residents_may_be_sums(town):
    put(town, "own.csv", "X;Y;A;B;C\n512150;5702150;3;4;-\n512450;5702150;-;-;5\n512450;5702450;;;\n")
    put(
        town,
        "residents.toml",
        'kind = "residents"\ntitle = "own"\nsource = "delimited"\npath = "town/own.csv"\nx = "X"\ny = "Y"\n'
        f'crs = "EPSG:25832"\norigin_type = "address"\n{HEAD}[groups]\nage_0_5 = ["A", "B"]\nage_80_plus = "C"\n',
    )
    frame = open_city(town).residents["residents"].frame
    assert len(frame) == 2  # the last row says nothing of anybody
    assert frame["age_0_5"].tolist()[0] == 7
    assert frame["age_0_5"].isna().tolist() == [False, True]
    assert frame["age_80_plus"].isna().tolist() == [True, False]
    assert frame["residents"].isna().all()


def test_a_raster_gives_residents_at_the_middle_of_its_cells(town):
    import rasterio
    from affine import Affine

    cells = np.array([[5, -1], [-9999, 8]], dtype="int32")
    with rasterio.open(
        town / "data/town/own.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="int32", crs="EPSG:25832",
        transform=Affine(200, 0, 512000, 0, -200, 5702400), nodata=-9999,
    ) as sink:  # fmt: skip
        sink.write(cells, 1)
    put(
        town,
        "residents.toml",
        'kind = "residents"\ntitle = "own"\nsource = "raster"\npath = "town/own.tif"\norigin_type = "grid"\n'
        f'residents = "band_1"\nmissing = [-1]\n{HEAD}[groups]\nage_0_5 = "band_1"\n',
    )
    frame = open_city(town).residents["residents"].frame
    assert frame["residents"].tolist() == [5, 8]
    assert [(point.x, point.y) for point in frame.geometry] == [(512100, 5702300), (512300, 5702100)]


def test_negative_residents_are_an_error(town):
    file = town / "data/town/residents_2024.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(";372;", ";-372;"), encoding="utf-8")
    loaded = load(town)
    assert any('row 2, column "Einwohner": -372 is negative' in problem.say("en") for problem in loaded.problems)


# Streets --------------------------------------------------------------------------------------------------------


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def parts_of(shapes):
    found = network_of_lines(shapes)
    return found.nodes, found.edges, found.length_m


def test_streets_join_at_common_points_only():
    streets = np.array([line((0, 0), (10, 0), (20, 0)), line((10, 0), (10, 10)), line((5, -5), (5, 5))], dtype=object)
    nodes, _, length = parts_of(streets)
    assert len(nodes) == 6
    assert sorted(length) == [10, 10, 10, 10]


def test_points_within_a_centimetre_are_one():
    nodes, edges, _ = parts_of(np.array([line((0, 0), (10, 0)), line((10.001, 0.002), (10, 10))], dtype=object))
    assert (len(nodes), len(edges)) == (3, 2)


def test_a_bend_is_no_node_but_its_length_counts():
    nodes, edges, length = parts_of(np.array([line((0, 0), (3, 4), (0, 8))], dtype=object))
    assert (len(nodes), edges.tolist(), length.tolist()) == (2, [[0, 1]], [10])


def test_nothing_gives_nothing():
    nodes, edges, length = parts_of(np.array([shapely.Point(0, 0), None], dtype=object))
    assert (len(nodes), len(edges), len(length)) == (0, 0, 0)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=5), min_size=1, max_size=5)
)
@settings(max_examples=80, deadline=None)
def test_a_network_is_its_streets(lines):
    """No length is lost, and every way is as long as in a graph of all points, built step by step."""
    streets = [line(*points) for points in lines if len(set(points)) > 1]
    nodes, edges, length = parts_of(np.array(streets, dtype=object))
    assert length.sum() == pytest.approx(sum(street.length for street in streets))
    assert len(np.unique(nodes, axis=0)) == len(nodes)
    assert set(edges.ravel()) == set(range(len(nodes)))
    steps = [(a, b, math.dist(a, b)) for street in streets for a, b in itertools.pairwise(street.coords)]
    expected = ways({point for a, b, _ in steps for point in (a, b)}, steps)
    spots = [tuple(node) for node in nodes]
    got = ways(set(spots), [(spots[a], spots[b], metres) for (a, b), metres in zip(edges, length, strict=True)])
    for pair, metres in got.items():
        assert metres == pytest.approx(expected[pair])


def ways(spots: set, steps: list) -> dict:
    """Floyd and Warshall: the shortest way between all pairs."""
    far = {(a, b): 0.0 if a == b else math.inf for a in spots for b in spots}
    for a, b, metres in steps:
        if a != b:
            far[a, b] = far[b, a] = min(far[a, b], metres)
    for via, a, b in itertools.product(spots, repeat=3):
        far[a, b] = min(far[a, b], far[a, via] + far[via, b])
    return far


def test_a_ring_can_be_walked():
    square = line((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
    nodes, _, length = parts_of(np.array([square], dtype=object))
    assert (len(nodes), length.tolist()) == (2, [20, 20])


def test_a_network_layer_is_read(town):
    streets = gpd.GeoDataFrame(
        {"art": ["weg", "weg", "autobahn"]},
        geometry=[line((512000, 5702000), (512300, 5702000)), line((512300, 5702000), (512300, 5702400)),
                  line((512300, 5702400), (513000, 5702400))],
        crs="EPSG:25832",
    )  # fmt: skip
    streets.to_file(town / "data/town/net.gpkg", layer="net")
    put(
        town,
        "net.toml",
        'kind = "network"\ntitle = "net"\nsource = "vector"\npath = "town/net.gpkg"\nlayer = "net"\n'
        f'where = {{art = ["weg"]}}\n{HEAD}',
    )
    network = open_city(town).networks["net"]
    assert len(network.nodes) == 3
    assert sorted(network.length_m) == [300, 400]
    assert network.crs == "EPSG:25832"


# The city -------------------------------------------------------------------------------------------------------


def test_layers_carry_files_years_and_credits(town):
    city = open_city(town)
    infos = {info.key: info for info in city.layers}
    assert infos["unemployment"].years == (2024,)
    assert infos["unemployment"].vintages == ("town-2024",)
    assert [file.path for file in infos["population"].files] == ["town/indicators_2024.csv"]
    assert infos["population"].credit
    assert city.themes["kita"].within_m == 500
    assert city.run("mss-2024").themes == ("kita",)


def test_other_kinds_are_read_and_listed(town):
    put(town, "own.csv", "measure;cost\nA;5\nB;6\n")
    put(town, "own.toml", f'kind = "raster"\ntitle = "own"\nsource = "delimited"\npath = "town/own.csv"\n{HEAD}')
    assert {info.key: info.rows for info in open_city(town).layers}["own"] == 2


def test_a_named_data_root_comes_first(town, tmp_path):
    other = tmp_path / "other" / "town"
    other.mkdir(parents=True)
    text = (town / "data/town/kitas.csv").read_text(encoding="utf-8")
    (other / "kitas.csv").write_text("\n".join(text.splitlines()[:3]) + "\n", encoding="utf-8")
    assert len(open_city(town, data=tmp_path / "other").places["kita"].frame) == 2
    assert len(open_city(town).places["kita"].frame) == 5


def test_the_folder_itself_may_be_named(town):
    assert open_city(town / "layers" / "town").key == open_city(town).key == "town"


# The city that ships --------------------------------------------------------------------------------------------

MUSTERSTADT = Path(__file__).parents[2] / "layers" / "musterstadt"


@pytest.fixture(scope="module")
def musterstadt():
    return open_city(MUSTERSTADT)


def test_musterstadt_opens_without_a_word(musterstadt):
    assert [problem.say("en") for problem in musterstadt.problems] == []
    assert musterstadt.areas.vintage == max(musterstadt.area_layers)
    assert set(musterstadt.tables) == set(musterstadt.area_layers)


def test_musterstadts_shares_are_those_of_its_counts(musterstadt):
    for table in musterstadt.tables.values():
        built = [one for one in table.indicators.values() if one.numerator]
        assert built
        for one in built:
            expected = table.frame[one.numerator] / table.frame[one.denominator].replace(0, np.nan)
            pd.testing.assert_series_equal(table.frame[one.key], expected, check_names=False)


def test_musterstadts_streets_hang_together(musterstadt):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    (network,) = musterstadt.networks.values()
    n = len(network.nodes)
    graph = coo_array((np.ones(len(network.edges)), tuple(network.edges.T)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    assert np.bincount(label).max() / n > 0.98


def test_residents_of_the_whole_country_are_cut_to_the_city(town):
    """The census grid is delivered for all of Germany: nobody outside of the box around the areas lives in one."""
    file = town / "data/town/residents_2024.csv"
    lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    columns = lines[0].lstrip("\ufeff").split(";")
    far = [";".join({"X": str(300_000 + n), "Y": "5400000"}.get(name, "5") for name in columns) for n in range(100)]
    before = open_city(town).residents["residents"].frame
    file.write_text("\n".join([*lines, *far]) + "\n", encoding="utf-8")
    city = open_city(town)
    pd.testing.assert_frame_equal(city.residents["residents"].frame, before)
    (note,) = city.problems
    assert note.level == "note"
    assert "100 of 164 points lie more than" in note.say("en")


def test_a_few_residents_far_away_are_a_warning_and_stay(town):
    file = town / "data/town/residents_2024.csv"
    text = file.read_text(encoding="utf-8").rstrip("\n")
    columns = text.split("\n", 1)[0].lstrip("\ufeff").split(";")
    far = ";".join({"X": "300000", "Y": "5400000"}.get(name, "5") for name in columns)
    file.write_text(text + "\n" + far + "\n", encoding="utf-8")
    city = open_city(town)
    assert len(city.residents["residents"].frame) == 65
    assert [one.level for one in city.problems] == ["warning"]
