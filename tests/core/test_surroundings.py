"""Segregation with surroundings: the formulas written out pair by pair, and what they must be at the ends."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from qmgis.core.pattern import segregation, surroundings
from qmgis.errors import DataError, NotEnoughDataError


def _city(seed: int, areas: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    names = [f"{one:02d}" for one in range(areas)]
    counts = pd.DataFrame(rng.integers(0, 200, (areas, 3)).astype(float), index=names, columns=list("abc"))
    places = pd.DataFrame(rng.uniform(0, 4000, (areas, 2)), index=names, columns=["x", "y"])
    return counts, places.assign(area_m2=rng.uniform(1e4, 1e6, areas))


def _grid(counts: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a square of areas 100 m apart with shares of a group of 100 persons."""
    y, x = np.divmod(np.arange(counts.size), counts.shape[1])
    people = pd.DataFrame({"group": counts.ravel(), "rest": 100.0 - counts.ravel()})
    return people, pd.DataFrame({"x": 100.0 * x, "y": 100.0 * y, "area_m2": 1e4})


def test_proximity_is_the_sum_over_all_pairs():
    counts, places = _city(3)
    x, y = counts["a"], counts["b"] + counts["c"]

    def mean(one: pd.Series, other: pd.Series) -> float:
        total = 0.0
        for i in places.index:
            for j in places.index:
                apart = math.dist(places.loc[i, ["x", "y"]], places.loc[j, ["x", "y"]]) / 1000
                if i == j:
                    apart = math.sqrt(0.6 * places.loc[i, "area_m2"]) / 1000
                total += one[i] * other[j] * math.exp(-apart)
        return total / (one.sum() * other.sum())

    expected = (x.sum() * mean(x, x) + y.sum() * mean(y, y)) / ((x + y).sum() * mean(x + y, x + y))
    assert surroundings.spatial_proximity(x, y, places=places) == pytest.approx(expected, abs=1e-12)


def test_entropy_is_the_formula_pair_by_pair():
    counts, places = _city(5)
    radius, share = 900.0, counts.sum() / counts.to_numpy().sum()
    city = -sum(p * math.log(p) for p in share)
    inside = 0.0
    for i in counts.index:
        around = np.zeros(3)
        for j in counts.index:
            apart = math.dist(places.loc[i, ["x", "y"]], places.loc[j, ["x", "y"]])
            if apart < radius:
                around += (1 - (apart / radius) ** 2) ** 2 * counts.loc[j].to_numpy()
        part = around / around.sum()
        inside += counts.loc[i].sum() * -sum(p * math.log(p) for p in part if p > 0)
    expected = 1 - inside / (counts.to_numpy().sum() * city)
    assert surroundings.spatial_entropy(counts, places=places, radius_m=radius) == pytest.approx(expected, abs=1e-12)


def test_without_surroundings_it_is_the_plain_index():
    counts, places = _city(7)
    plain = segregation.multigroup_entropy(counts)
    assert surroundings.spatial_entropy(counts, places=places, radius_m=1e-3) == pytest.approx(plain, abs=1e-12)


def test_a_checkerboard_is_mixed_and_two_halves_are_not():
    side = np.arange(12)
    board, halves = np.where((side[:, None] + side) % 2, 90.0, 10.0), np.where(side[:, None] < 6, 90.0, 10.0) + 0 * side
    (mixed, places), (apart, _) = _grid(board), _grid(halves)
    plain = segregation.entropy_index(mixed["group"], mixed["rest"])
    assert segregation.entropy_index(apart["group"], apart["rest"]) == pytest.approx(plain)
    profile = [surroundings.spatial_entropy_profile(one, places=places, radii_m=(300, 600)) for one in (mixed, apart)]
    assert (profile[0] < 0.1 * plain).all()
    assert (profile[1] > 0.5 * plain).all()
    near = [surroundings.spatial_proximity(one["group"], one["rest"], places=places) for one in (mixed, apart)]
    assert near[0] == pytest.approx(1, abs=0.01)
    assert near[1] > near[0] + 0.05


def test_equal_shares_are_no_clustering():
    _, places = _city(9)
    people = pd.Series(np.arange(1.0, 41), index=places.index)
    assert surroundings.spatial_proximity(people, 3 * people, places=places) == pytest.approx(1)
    both = pd.DataFrame({"one": people, "other": 3 * people})
    assert surroundings.spatial_entropy(both, places=places, radius_m=800) == pytest.approx(0, abs=1e-12)


def test_order_blocks_and_empty_areas_change_nothing(monkeypatch):
    counts, places = _city(11)
    x, y = counts["a"], counts["b"]
    before = surroundings.spatial_proximity(x, y, places=places)
    monkeypatch.setattr(surroundings, "_BLOCK", 90)
    assert surroundings.spatial_proximity(x[::-1], y[::-1], places=places[::-1]) == pytest.approx(before, abs=1e-12)
    empty = pd.Series(0.0, index=["99"])
    more = pd.concat([places, pd.DataFrame({"x": 0.0, "y": 0.0, "area_m2": 1.0}, index=["99"])])
    found = surroundings.spatial_proximity(pd.concat([x, empty]), pd.concat([y, empty]), places=more)
    assert found == pytest.approx(before, abs=1e-12)


def test_what_stops_it():
    counts, places = _city(13)
    x, y = counts["a"], counts["b"]
    with pytest.raises(DataError, match=r"^Places do not fit .* area_m2"):
        surroundings.spatial_proximity(x, y, places=places[["x", "y"]])
    with pytest.raises(DataError, match=r"have no surface, in 03 \(1\)"):
        surroundings.spatial_proximity(
            x, y, places=places.assign(area_m2=places["area_m2"].drop("03").reindex(places.index, fill_value=0.0))
        )
    with pytest.raises(DataError, match=r"^radius_m is 0; give metres above 0"):
        surroundings.spatial_entropy(counts, places=places, radius_m=0)
    with pytest.raises(DataError, match="missing or negative in 00"):
        surroundings.spatial_entropy(counts.drop("00").reindex(counts.index), places=places, radius_m=500)
    with pytest.raises(DataError, match="different areas"):
        surroundings.spatial_proximity(x, y[::-1], places=places)
    with pytest.raises(NotEnoughDataError):
        surroundings.spatial_proximity(x, 0 * y, places=places)
