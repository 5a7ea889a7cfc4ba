"""Places that are areas are entered at their edge or their entrances, and never silently in their middle."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from qmgis import coverage
from qmgis.coverage import origin_distances
from qmgis.errors import DataError
from qmgis.io.city.newcity import new_city
from qmgis.io.city.workspace import load, open_city
from qmgis.io.layers.doors import along
from qmgis.model import Network, PlaceChanges, PlaceLayer, Scenario, Secrecy, Text
from qmgis.siting import best_sites, from_places, what_if
from qmgis.siting._after import network_after
from tests import toy

W, S = toy.WEST, toy.SOUTH
PARK = box(W + 500, S + 300, W + 900, S + 700)


def park(doors: list[Point] | None, **changes: object) -> PlaceLayer:
    frame = gpd.GeoDataFrame(
        {"name": ["Park"], "capacity": [9000.0]}, geometry=[PARK.centroid],
        index=pd.Index(["p"], name="place", dtype="str"), crs=toy.CRS,
    )  # fmt: skip
    if doors is None:
        return PlaceLayer("park", Text("P", "P"), frame, **changes)
    index = pd.Index([f"d{n}" for n in range(len(doors))], name="door", dtype="str")
    entries = gpd.GeoDataFrame({"place": ["p"] * len(doors)}, geometry=doors, index=index, crs=toy.CRS)
    return PlaceLayer("park", Text("P", "P"), frame, doors=entries, **changes)


@given(st.floats(1, 500), st.floats(1, 500), st.floats(1, 100))
def test_points_along_an_outline_lie_on_it_and_close_together(width, height, every):
    shape = box(0, 0, width, height)
    points = along(shape, every_m=every)
    assert max(shape.boundary.distance(point) for point in points) < 1e-6
    gaps = shapely.length(shape.boundary) / len(points)
    assert gaps <= every + 1e-9
    assert len(points) == max(1, int(np.ceil(2 * (width + height) / every)))


def test_a_hole_has_an_edge_too():
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    assert sum(39 < point.x < 61 and 39 < point.y < 61 for point in along(ring)) == 4


@pytest.mark.parametrize("streets", [False, True])
def test_the_way_leads_to_the_nearest_entrance(streets):
    network = toy.toy_network() if streets else None
    doors = [Point(W + 500, S + 300), Point(W + 900, S + 700)]
    found = origin_distances(toy.toy_residents(), park(doors), network=network)
    alone = [origin_distances(toy.toy_residents(), park([door]), network=network).metres for door in doors]
    assert found.metres.equals(pd.concat(alone, axis=1).min(axis=1).rename("metres"))
    middle = origin_distances(toy.toy_residents(), park(None), network=network)
    assert (found.metres != middle.metres).any()
    assert found.places_off == ()


def test_a_place_is_off_only_where_all_its_entrances_are():
    far = Point(W - 5000, S - 5000)
    near = Point(W + 500, S + 300)
    assert origin_distances(toy.toy_residents(), park([far]), network=toy.toy_network()).places_off == ("p",)
    assert origin_distances(toy.toy_residents(), park([far, near]), network=toy.toy_network()).places_off == ()


@pytest.mark.parametrize("streets", [False, True])
def test_size_is_shared_once_however_many_entrances(streets):
    """All that a park has is given out once: entrances are no further parks."""
    network = toy.toy_network() if streets else None
    asked = {"within_m": 800.0, "group": "residents", "year": 2024, "key": "park", "title": Text("P", "P")}
    found = coverage.supply(
        toy.toy_areas(), park(list(along(PARK)), unit="m2"), residents=toy.toy_residents(), network=network, **asked
    )
    assert (found.parts["access"] * found.parts["residents"]).sum() == pytest.approx(9000)
    shapes = coverage.catchments(park(list(along(PARK))), within_m=300, network=network)
    assert shapes.index.tolist() == ["p"]
    assert shapes.geometry.iloc[0].area > 4 * PARK.area / 2


def test_entrances_belong_to_a_place():
    wrong = park([Point(W, S)]).doors.assign(place="q")
    with pytest.raises(DataError, match="every entrance belongs to a place"):
        replace(park(None), doors=wrong)


def parks(doors: dict[str, list[tuple[float, float]]], key: str = "park") -> PlaceLayer:
    """Places with several entrances, each in the middle of its own."""
    points = {name: [Point(W + x, S + y) for x, y in some] for name, some in doors.items()}
    middle = [shapely.MultiPoint(some).centroid for some in points.values()]
    frame = gpd.GeoDataFrame(
        {"name": list(doors), "capacity": np.nan}, geometry=middle,
        index=pd.Index(list(doors), name="place", dtype="str"), crs=toy.CRS,
    )  # fmt: skip
    flat = [(name, point) for name, some in points.items() for point in some]
    entries = gpd.GeoDataFrame(
        {"place": [name for name, _ in flat]}, geometry=[point for _, point in flat],
        index=pd.Index([f"d{n}" for n in range(len(flat))], name="door", dtype="str"), crs=toy.CRS,
    )  # fmt: skip
    return PlaceLayer(key, Text("P", "P"), frame, doors=entries)


def metres_to(points: list[tuple[float, float]], network: Network | None) -> np.ndarray:
    """The nearest of some points, asked one by one."""
    asked = [parks({"one": [point]}) for point in points]
    ways = [origin_distances(toy.toy_residents(), one, network=network).metres.to_numpy() for one in asked]
    return np.min([np.full(len(toy.toy_residents().frame), np.inf), *ways], axis=0)


DOORS = {"a": [(300, 300), (900, 700)], "b": [(1300, 300), (1900, 300), (1900, 900)], "far": [(-9000, 0)]}
SPOTS = {
    "p": [(500, 1500), (700, 1900)], "q": [(1500, 1500), (1500, 1700), (1900, 1100)], "r": [(2100, 1500)],
    "s": [(100, 900), (1100, 1100)], "off": [(-9000, 0)],
}  # fmt: skip


@pytest.mark.parametrize("streets", [False, True])
def test_closing_and_moving_a_place_is_what_all_its_entrances_give(streets):
    network, people = (toy.toy_network() if streets else None), toy.toy_residents()
    change = {"close": ["a"], "move": {"b": (W + 700, S + 1500)}, "add": {"new": (W + 2100, S + 300)}}
    found = what_if(people, parks(DOORS), toy.toy_areas(), within_m=400, network=network, **change)
    before = metres_to([one for some in DOORS.values() for one in some], network)
    after = metres_to([(700, 1500), (2100, 300), *DOORS["far"]], network)
    np.testing.assert_allclose(found.metres["before"], before)
    np.testing.assert_allclose(found.metres["after"], after)
    weight = people.frame["residents"].to_numpy()
    assert found.parts["gain_residents"].sum() == weight[(before > 400) & (after <= 400)].sum() > 0
    assert found.parts["lose_residents"].sum() == weight[(before <= 400) & (after > 400)].sum() > 0


def test_a_scenario_with_a_path_and_supply_knows_entrances():
    people, layer = toy.toy_residents(), parks(DOORS)
    layer = replace(layer, frame=layer.frame.assign(capacity=40.0))
    bridge = {"bridge": ((W + 1600, S + 1500), (W + 1700, S + 1500))}
    plan = Scenario("plan", Text("P", "P"), {"park": PlaceChanges(close=("a",))}, paths=bridge)
    found = what_if(
        people, layer, toy.toy_areas(), within_m=400, network=toy.toy_network(), scenario=plan, measure="two_step"
    )
    left = replace(layer, frame=layer.frame.drop(index="a"), doors=layer.doors[layer.doors["place"] != "a"])
    again = origin_distances(people, left, network=network_after(toy.toy_network(), plan)).metres
    np.testing.assert_allclose(found.metres["after"], again)
    served = found.supply["access_after"].mul(found.parts["residents_residents"] / 100).sum()
    assert served == pytest.approx(40)  # "far" reaches nobody, "a" is closed


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("streets", [False, True])
def test_proposals_with_entrances_are_what_trying_all_gives(streets, k):
    network, people = (toy.toy_network() if streets else None), toy.toy_residents()
    spots = from_places(parks(SPOTS, "spots"))
    found = best_sites(people, parks(DOORS), spots, within_m=400, k=k, network=network, secrecy=Secrecy(0, 0, 0))
    weight = people.frame["residents"].to_numpy()
    met = metres_to([one for some in DOORS.values() for one in some], network) <= 400
    tried = {
        some: weight[met | (metres_to([one for name in some for one in SPOTS[name]], network) <= 400)].sum()
        for some in combinations(SPOTS, k)
    }
    assert found.reached_before == weight[met].sum()
    assert found.siting.reached == max(tried.values())
    assert tried[tuple(sorted(found.frame.index))] == max(tried.values())
    assert found.frame["newly"].sum() == max(tried.values()) - weight[met].sum()
    assert any("off" in one.en for one in found.warnings) == streets


@pytest.fixture
def town(tmp_path) -> Path:
    """A town whose Kitas are areas: squares around their points, with one entrance beside the first."""
    root = new_city(tmp_path / "town")
    folder = root / "layers" / "town" if (root / "layers").is_dir() else root
    city = open_city(folder)
    squares = city.places["kita"].frame[["name", "geometry"]].reset_index()
    squares["geometry"] = squares.geometry.map(lambda point: point.buffer(100, cap_style="square"))
    data = folder.parents[1] / "data" / "town"
    squares.to_file(data / "sites.gpkg", driver="GPKG", engine="pyogrio")
    first = squares.geometry.iloc[0].bounds
    doors = gpd.GeoDataFrame(
        {"id": ["d1", "d2"]}, geometry=[Point(first[0] - 10, first[1]), Point(first[0] - 9000, first[1])],
        crs=squares.crs,
    )  # fmt: skip
    doors.to_file(data / "doors.gpkg", driver="GPKG", engine="pyogrio")
    common = 'licence = "CC0-1.0"\ncredit = "test"\nkind = "places"\nsource = "vector"\n'
    (folder / "site.toml").write_text(f'title = "S"\n{common}path = "town/sites.gpkg"\nid = "place"\n')
    (folder / "door.toml").write_text(f'title = "D"\n{common}path = "town/doors.gpkg"\nid = "id"\n')
    return folder


def test_an_area_is_never_silently_a_point(town):
    assert open_city(town).places["site"].doors is None
    said = [one for one in load(town).problems if "one point inside" in one.what.en]
    assert [one.level for one in said] == ["warning"]
    assert 'access = "boundary"' in said[0].remedy.en


def test_access_by_the_boundary(town):
    with (town / "site.toml").open("a") as file:
        file.write('access = "boundary"\n')
    city = open_city(town)
    places = city.places["site"]
    assert not [one for one in city.problems if "inside" in one.what.en]
    assert places.doors.groupby("place").size().tolist() == [32] * len(places.frame)
    near = origin_distances(next(iter(city.residents.values())), places).metres
    middle = origin_distances(next(iter(city.residents.values())), replace(places, doors=None)).metres
    outside = middle > 150
    assert (near[outside] < middle[outside]).all()


def test_access_by_entrances(town):
    with (town / "site.toml").open("a") as file:
        file.write('entrances = "door"\n')
    city = open_city(town)
    places, said = city.places["site"], [one.what.en for one in city.problems if one.level == "warning"]
    count = places.doors.groupby("place").size()
    assert count[places.frame.index[0]] == 1
    assert set(count.drop(places.frame.index[0])) == {32}
    assert any("One entrance lies more than 50 m" in one for one in said)
    assert any("no entrance" in one for one in said) == (len(places.frame) > 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('entrances = "dor"', 'no layer of places "dor". Did you mean "door"?'),
        ('access = "centre"', '"access" must be one of boundary'),
        ('access = "boundary"\nentrances = "door"', '"access" and "entrances" exclude each other'),
    ],
)
def test_faults_are_told(town, line, words):
    with (town / "site.toml").open("a") as file:
        file.write(f"{line}\n")
    assert any(words in one.what.en and one.row for one in load(town).problems)


def test_points_have_no_outline(town):
    with (town / "door.toml").open("a") as file:
        file.write('access = "boundary"\n')
    assert any("needs areas" in one.what.en for one in load(town).problems)
