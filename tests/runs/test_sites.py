"""Sites for a theme of a run: the layers, attention and limits of the city are those that are asked with."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from qmgis.errors import NotEnoughDataError, UnknownKeyError
from qmgis.model import City, Outcome, Secrecy
from qmgis.runs.sites import changed, proposed
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


def test_without_streets_inhabited_cells_are_candidates(city: City, outcome: Outcome):
    found = proposed(replace(city, networks={}), outcome, "kita")
    assert found.frame.index.str.startswith("cell-").all()
    assert found.parameters["distance_type"] == "straight_line"


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
