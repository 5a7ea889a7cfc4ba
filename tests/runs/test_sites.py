"""Sites for a theme of a run: the layers, attention and limits of the city are those that are asked with."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from qmgis.errors import NotEnoughDataError, UnknownKeyError
from qmgis.model import City, Outcome, PlaceLayer, Secrecy, Text
from qmgis.runs.sites import changed, proposed
from qmgis.siting import places_nearby
from tests import toy


@pytest.fixture(scope="module")
def city() -> City:
    return toy.toy_city()


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return toy.toy_outcome()


def test_the_run_gives_threshold_group_attention_and_candidates(city: City, outcome: Outcome):
    found = proposed(city, outcome, "kita", k=2)
    assert (found.parameters["within_m"], found.parameters["group"]) == (500, "age_0_5")
    assert found.frame.index.str.startswith("node-").all()
    assert found.residents == outcome.coverage["kita"].parts["residents"].sum()
    assert found.reached_before == outcome.coverage["kita"].parts["reached"].sum()
    assert found.frame["newly_attention"].notna().all()
    add = {str(name): (point.x, point.y) for name, point in found.frame.geometry.items()}
    after = changed(city, outcome, "kita", add=add)
    assert after.parts["gain_age_0_5"].sum() == found.frame["newly"].sum()


def test_the_summary_tells_sums_where_no_hidden_area_follows_from_them(city: City, outcome: Outcome):
    """One area is hidden: the total less those that are shown would be its number, 64 of 65 children."""
    hidden = outcome.coverage["kita"].seen["reached"].isna() & outcome.coverage["kita"].parts["reached"].notna()
    assert (hidden.sum(), dict(outcome.totals)) == (1, {})
    assert "sums are not shown" in proposed(city, outcome, "kita").summary.en
    told = replace(outcome, totals={"kita": (370.0, 1522.0)})
    assert "of 1,892 persons" in proposed(city, told, "kita").summary.en


def test_without_streets_inhabited_cells_are_candidates(city: City, outcome: Outcome):
    found = proposed(replace(city, networks={}), outcome, "kita")
    assert found.frame.index.str.startswith("cell-").all()
    assert found.parameters["distance_type"] == "straight_line"


def test_proposals_are_named_by_what_is_near(city: City, outcome: Outcome):
    found = proposed(city, outcome, "kita", k=2)
    points = city.places["kita"].frame
    for (key, row), said in zip(found.frame.iterrows(), found.sentences, strict=True):
        metres = points.distance(row.geometry)
        if metres.min() > 500:
            assert row["name"].startswith("Punkt ")
        else:
            assert str(points["name"][metres.idxmin()]) in row["name"]
        assert row["name"] in said.de
        assert str(key) not in said.de + said.en
        assert not any(other in said.de for other in row["alternatives"])
    assert "Punkt" not in found.sentences[0].en


def test_a_name_says_distance_and_direction():
    def points(xy, names):
        index = pd.Index([f"p{n}" for n in range(len(xy))], name="place", dtype="str")
        frame = gpd.GeoDataFrame(
            {"name": names, "capacity": float("nan")}, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), index=index,
            crs=toy.CRS,
        )  # fmt: skip
        return PlaceLayer("p", Text("P", "P"), frame)

    known = points([(0, 0), (5000, 0), (1, 0)], ["Schule", " ", None])
    spots = [(0, 20), (0, 120), (-85, 85), (120, 4), (5000, 0), (9000, 0), (1, 121)]
    found = places_nearby(points(spots, [None] * len(spots)), [known])
    assert [name.de for name in found.values()] == [
        "bei Schule", "120 m nördlich von Schule", "120 m nordwestlich von Schule", "120 m östlich von Schule",
        "Punkt 1", "Punkt 2", "120 m nördlich von Schule, Punkt 2",
    ]  # fmt: skip
    assert found["p2"].en == "120 m north-west of Schule"
    assert places_nearby(points(spots[:1], [None]), [])["p0"].en == "point 1"


def test_the_limits_of_the_city_hold(city: City, outcome: Outcome):
    strict = replace(city, secrecy=Secrecy(min_count=10_000))
    found = proposed(strict, outcome, "kita")
    assert (found.frame["newly"] > 0).all()
    assert found.shown["newly"].isna().all()
    change = changed(strict, outcome, "kita", close=["k2"])
    assert change.parts["lose_age_0_5"].sum() > 0
    assert pd.isna(change.total["lose_age_0_5"])
    assert "not shown" in change.sentence.en


def test_what_cannot_be_asked(city: City, outcome: Outcome):
    with pytest.raises(UnknownKeyError, match=r'has no theme "kitta"\. Did you mean "kita"'):
        proposed(city, outcome, "kitta")
    with pytest.raises(NotEnoughDataError, match="no square of people not reached"):
        proposed(city, replace(outcome, gaps=None), "kita")
    lonely = replace(city, residents={})
    everybody = replace(outcome, themes={"kita": replace(outcome.themes["kita"], group="residents")})
    with pytest.raises(NotEnoughDataError, match="does not know where people live"):
        changed(lonely, everybody, "kita", close=["k2"])
