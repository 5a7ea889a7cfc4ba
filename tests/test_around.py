"""Inside, ring and city, and bands of distance: by slow loops, and so that no difference gives few people away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon, box

from qmgis import coverage
from qmgis.errors import CrsError, DataError
from qmgis.io.written.around import around_csv, around_csv_de
from qmgis.model import Secrecy
from qmgis.model.where import area_of
from qmgis.runs.compute import compute
from qmgis.runs.write import write_run
from qmgis.views.dossier import dossier
from tests import toy

FEW = {1, 2}
W, S = toy.WEST, toy.SOUTH


def polygons() -> gpd.GeoDataFrame:
    shapes = {"a": box(W + 120, S + 130, W + 640, S + 900), "b": Point(W + 900, S + 900).buffer(333)}
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=toy.CRS)


@pytest.mark.parametrize("ring", [None, 250.0])
def test_inside_ring_and_city_by_a_slow_loop(ring):
    homes, places = toy.toy_residents(), toy.toy_places()
    found = coverage.around(
        polygons(), homes, places, within_m=400, group="age_0_5", ring_m=ring, areas=toy.toy_areas()
    ).set_index(["polygon", "place"])
    inside_any = area_of(toy.toy_areas(), homes) >= 0
    for name, shape in polygons().geometry.items():
        sums, ways = defaultdict(float), defaultdict(float)
        for k, (point, people) in enumerate(zip(homes.frame.geometry, homes.frame["age_0_5"], strict=True)):
            if not inside_any[k]:
                continue
            way = min(point.distance(other) for other in places.frame.geometry)
            near = way <= 400
            where = "inside" if point.intersects(shape) else "ring" if point.distance(shape) <= (ring or 400) else ""
            for place in {where, "city"} - {""}:
                sums[place, near] += people
                ways[place] += people * way
        for place in coverage.PLACES_OF:
            row = found.loc[(name, place)]
            assert (row["reached"], row["not_reached"]) == (sums[place, True], sums[place, False])
            assert row["residents"] == row["reached"] + row["not_reached"]
            assert row["share"] == pytest.approx(row["reached"] / row["residents"])
            assert row["mean_m"] == pytest.approx(ways[place] / row["residents"])
            assert row["with_way"] == 1


def test_the_city_agrees_with_reach_and_the_ring_of_minutes_is_as_wide_as_people_walk():
    asked = {"within_min": 5, "kmh": 4.8, "group": "age_0_5", "network": toy.toy_network()}
    around = coverage.around(polygons(), toy.toy_residents(), toy.toy_places(), areas=toy.toy_areas(), **asked)
    same = coverage.around(
        polygons(), toy.toy_residents(), toy.toy_places(), areas=toy.toy_areas(), ring_m=400, **asked
    )
    pd.testing.assert_frame_equal(around, same)
    theme = {"year": 2024, "key": "kita", "title": toy.toy_places().title}
    reached = coverage.reach(toy.toy_areas(), toy.toy_places(), residents=toy.toy_residents(), **asked, **theme)
    assert around["not_reached"].iloc[2] == reached.parts["not_reached"].sum()


def test_what_is_no_polygon_is_told():
    asked = {"residents": toy.toy_residents(), "places": toy.toy_places(), "within_m": 400}
    with pytest.raises(CrsError):
        coverage.around(polygons().to_crs("EPSG:4326"), **asked)
    bow = gpd.GeoDataFrame(geometry=[Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], index=["bow"], crs=toy.CRS)
    with pytest.raises(DataError, match='"bow"'):
        coverage.around(bow, **asked)
    with pytest.raises(DataError, match="ring_m"):
        coverage.around(polygons(), ring_m=0, **asked)
    with pytest.raises(DataError, match='"a"'):
        coverage.around(polygons().iloc[[0, 0]], **asked)


def test_a_polygon_that_nearly_is_an_area_gives_nobody_away():
    """All pairs of an area that is shown and a polygon inside it that leaves some people out."""
    possible = defaultdict(set)
    cases = [(area, inside) for area in (0, *range(3, 70)) for inside in range(area + 1)]
    frame = pd.DataFrame(
        {"polygon": "p", "place": "inside", "residents": 100.0, "not_reached": [float(i) for _, i in cases]}
    )
    frame = frame.assign(reached=100 - frame["not_reached"], share=0.0)
    shown = coverage.guard_around(frame, secrecy=Secrecy())["not_reached"]
    for (area, inside), told in zip(cases, shown, strict=True):
        possible[area, told].add(area - inside)
    assert [key for key, numbers in possible.items() if numbers <= FEW] == []
    few = coverage.guard_around(frame.assign(residents=9.0), secrecy=Secrecy())
    assert few[["residents", "reached", "not_reached", "share"]].isna().all(axis=None)


def test_neither_the_mean_nor_those_without_a_way_tell_a_number_of_people():
    """Their share is of the rounded people: of the exact ones it would give these away."""
    exact = pd.DataFrame({"polygon": "p", "place": "inside", "residents": np.arange(55.0, 65.0), "not_reached": 40.0})
    exact = exact.assign(reached=exact["residents"] - 40, share=0.5, mean_m=321.0, with_way=1 - 12 / exact["residents"])
    shown = coverage.guard_around(exact)
    assert set(shown["with_way"]) == {1 - 10 / 60}
    assert set(shown["mean_m"]) == {320.0}


def test_by_origin_is_what_reach_sums():
    found = coverage.by_origin(
        toy.toy_residents(), toy.toy_places(), within_min=7, group="age_0_5", network=toy.toy_network()
    )
    assert found.columns.tolist() == ["people", "metres", "minutes", "reached", "geometry"]
    assert (found["reached"] == (found["minutes"] <= 7)).all()
    assert np.allclose(found["minutes"], found["metres"] / 60)  # 3.6 km/h for small children


def test_bands_by_a_slow_loop():
    found = coverage.bands(
        toy.toy_areas(), toy.toy_places(), residents=toy.toy_residents(), group="age_0_5", limits_m=(250, 500)
    )
    slow = np.zeros((31, 3))
    homes, where = toy.toy_residents().frame, area_of(toy.toy_areas(), toy.toy_residents())
    for k, (point, people) in enumerate(zip(homes.geometry, homes["age_0_5"], strict=True)):
        metres = min(point.distance(other) for other in toy.toy_places().frame.geometry)
        band = 0 if metres <= 250 else 1 if metres <= 500 else 2
        if where[k] >= 0:
            slow[where[k], band] += people
            slow[-1, band] += people
    assert found.to_numpy().tolist() == slow.tolist()
    with pytest.raises(DataError, match="limits_m"):
        coverage.bands(toy.toy_areas(), toy.toy_places(), residents=toy.toy_residents(), limits_m=(500, 250))


def test_bands_settle_like_trials_and_stay_hidden():
    outcome = compute(toy.toy_city(), "mss-2024")
    result = outcome.coverage["kita"]
    shown = result.seen["not_reached"].notna()
    two_less = (result.parts["not_reached"] - 2).clip(lower=0.0)
    exact = pd.DataFrame({400.0: result.parts["residents"] - two_less, np.inf: two_less})
    exact = pd.concat([exact, exact.sum().to_frame("city").T])
    shares = coverage.guard_bands(exact, result).drop(index="city")
    rounded = 1 - np.floor(result.parts["not_reached"] / 10) * 10 / result.parts["residents"]
    assert np.allclose(shares.loc[shown, 400.0], rounded[shown])
    assert shares[~shown].isna().all(axis=None)
    area = shown.index[shown][0]
    assert "bis 200 m" in dossier(outcome, area, lang="de").coverage[0].bands
    assert dossier(outcome, shown.index[~shown][0], lang="de").coverage[0].bands == ""


def test_a_run_writes_it_beside_its_areas(tmp_path):
    city = replace(toy.toy_city(), programmes={"programme": toy.toy_programme()})
    outcome = compute(city, "mss-2024")
    assert outcome.around["place"].tolist() == ["inside", "ring", "city"]
    write_run(outcome, tmp_path, formats=["csv", "csv_de"])
    assert (tmp_path / "mss-2024" / "around.csv").read_bytes() == around_csv(outcome)
    assert (tmp_path / "mss-2024" / "around_de.csv").read_bytes() == around_csv_de(outcome)
    table = pd.read_csv(tmp_path / "mss-2024" / "around.csv")
    assert (table[["residents", "not_reached"]] % 10 == 0).all(axis=None)
    assert "im Ring darum" in around_csv_de(outcome).decode("utf-8-sig")
    assert compute(toy.toy_city(), "mss-2024").around is None


def test_areas_at_the_edge_are_marked_where_nothing_is_known_beyond():
    frame = toy.toy_areas().frame
    whole = frame.geometry.union_all()
    slow = [shape.distance(whole.exterior) <= 500 for shape in frame.geometry]
    assert coverage.at_edge(toy.toy_areas(), 500).tolist() == slow
    assert 0 < coverage.at_edge(toy.toy_areas(), 100).sum() < len(frame)
    city = toy.toy_city()
    assert "kita_edge" not in compute(city, "mss-2024").table  # k3 lies beyond
    inner = replace(city.places["kita"], frame=city.places["kita"].frame.drop(index="k3"))
    outcome = compute(replace(city, places={"kita": inner}), "mss-2024")
    assert outcome.table["kita_edge"].tolist() == slow
    at = outcome.table.index[outcome.table["kita_edge"].to_numpy(dtype=bool)][0]
    assert "am Rand" in dossier(outcome, at, lang="de").coverage[0].note
    with pytest.raises(DataError, match="within_m"):
        coverage.at_edge(toy.toy_areas(), float("nan"))
