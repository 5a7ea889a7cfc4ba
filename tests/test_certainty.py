"""How sure a class is: a city whose chance is known, and what the engine cannot know is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.certainty import LABELS, how_sure, influence
from qmgis.methods.composite import score as composite_score
from qmgis.methods.mss import score
from qmgis.model import Base, Indicator, IndicatorTable, Text
from tests import toy

YEAR = 2024


def counted(people: int, *, areas: int = 60) -> IndicatorTable:
    """Shares with their counts of so many people an area, rising evenly from area to area."""
    ids = [f"{number:03d}" for number in range(areas)]
    index = pd.MultiIndex.from_product([ids, [YEAR]], names=["area", "year"])
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"population": float(people)}, index=index)
    change = pd.DataFrame({"population": 0.0}, index=index)
    indicators = {"population": Indicator("population", Text("E", "P"), "count", "persons")}
    for key in ("p", "q"):
        cases = np.round(
            people * np.clip(np.linspace(0.05, 0.3, areas) ** 2 * 4 + rng.normal(0, 0.004, areas), 0.01, 0.9)
        )
        moved = np.round(people * rng.normal(0, 0.01, areas))
        frame[f"{key}_cases"], change[f"{key}_cases"] = cases, moved
        frame[key], change[key] = cases / people, moved / people
        indicators[f"{key}_cases"] = Indicator(f"{key}_cases", Text(key, key), "count", "persons")
        indicators[key] = Indicator(key, Text(key, key), "share", "percent", 1, f"{key}_cases", "population")
    states = pd.DataFrame("ok", index=index, columns=frame.columns)
    return IndicatorTable(frame, states, change, indicators, "v")


PROFILE = toy.toy_profile(status=("p", "q"), dynamics=("p", "q"))


def sure_of(table: IndicatorTable, **options):
    return how_sure(table, score(table, profile=PROFILE, year=YEAR), profile=PROFILE, draws=300, **options)


def test_more_people_make_classes_surer():
    few, many = sure_of(counted(300)), sure_of(counted(300_000))
    assert few.parts["probability_noise"].mean() < many.parts["probability_noise"].mean()
    assert many.parts["probability_noise"].min() > 0.5
    assert (many.parts["probability_noise"] > 0.99).mean() > 0.9
    np.testing.assert_allclose(
        few.parts["probability_choices"].mean(), many.parts["probability_choices"].mean(), atol=0.1
    )


def test_it_never_changes_the_class_and_says_the_same_for_the_same_seed():
    table = counted(800)
    result = score(table, profile=PROFILE, year=YEAR)
    before = result.parts.copy()
    one, two = (how_sure(table, result, profile=PROFILE, draws=200, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(result.parts, before)
    pd.testing.assert_frame_equal(one.parts, two.parts)
    assert not one.parts["probability"].equals(sure_of(table, seed=4).parts["probability"])


def test_labels_follow_the_probability():
    found = sure_of(counted(500)).parts
    expected = np.select([found["probability"] >= 0.9, found["probability"] >= 0.7], ["sure", "likely"], "borderline")
    assert (found["certainty"] == expected).all()
    assert found.loc[found["certainty"] == "sure", "hangs_on"].isna().all()
    assert (found["rank_low"] <= found["rank_median"]).all()
    assert (found["rank_median"] <= found["rank_high"]).all()


def test_an_area_on_the_limit_is_borderline():
    table = counted(400)
    result = score(table, profile=PROFILE, year=YEAR)
    near = result.parts["status_distance"].abs().idxmin()
    assert how_sure(table, result, profile=PROFILE, draws=400).parts.loc[near, "certainty"] == "borderline"


def test_the_attention_flag_has_its_own_probability():
    table = counted(800)
    found, result = sure_of(table).parts, score(table, profile=PROFILE, year=YEAR)
    flagged = result.parts["attention"].astype(bool)
    assert found.loc[flagged, "probability_attention"].mean() > found.loc[~flagged, "probability_attention"].mean()
    own = found["probability_attention"].where(flagged, 1 - found["probability_attention"])
    assert ((own >= 0.9) == (found["certainty_attention"] == "sure")).all()


def test_left_out_areas_stay_left_out():
    outcome = toy.toy_outcome()
    found = how_sure(toy.toy_table(), outcome.index, profile=toy.toy_profile(), draws=100)
    assert list(found.value.index) == list(outcome.index.value.index)
    assert found.parts.loc[outcome.index.left_out.index].isna().all(axis=None)
    assert set(found.label.dropna()) <= set(LABELS)


def test_shares_without_counts_are_told():
    outcome = toy.toy_outcome()
    found = how_sure(toy.toy_table(), outcome.index, profile=toy.toy_profile(), draws=50)
    assert "understates the chance" in found.warnings[0].en
    assert "Unemployment" in found.warnings[0].en
    assert sure_of(counted(500)).warnings == ()


def test_a_declared_base_draws_the_chance_of_its_people():
    """The same shares of a fifth of the residents are less sure; a base like the counts' is as good as the counts."""
    table = counted(500)
    shares = {key: replace(table.indicators[key], numerator=None, denominator=None) for key in ("p", "q")}
    bare = replace(table, indicators={**table.indicators, **shares})
    whole, fifth = (
        replace(bare, bases={(key, YEAR): base for key in ("p", "q")}) for base in (Base("population"), Base(share=0.2))
    )
    exact, small = sure_of(whole), sure_of(fifth)
    np.testing.assert_allclose(exact.parts["probability_noise"], sure_of(table).parts["probability_noise"])
    assert exact.warnings == ()
    assert not exact.parameters["approximate"]
    assert small.parts["probability_noise"].mean() < exact.parts["probability_noise"].mean() - 0.02
    assert [warning.de for warning in small.warnings] == [
        "Bezugsgröße geschätzt, daher ist auch der Zufall nur angenähert: p, q."
    ]
    assert small.parameters["approximate"]


def test_other_steps_have_no_certainty_and_linear_ones_do():
    table, profile = toy.toy_table(), toy.toy_composite()
    result = composite_score(table, profile=profile, year=YEAR)
    assert how_sure(table, result, profile=profile, draws=50).parts["probability"].between(0, 1).sum() == 28
    block = profile.blocks["index"]
    bent = replace(profile, blocks={"index": replace(block, steps=replace(block.steps, normalise="borda"))})
    assert how_sure(table, composite_score(table, profile=bent, year=YEAR), profile=bent) is None


def test_the_weights_that_vary_are_those_of_the_result():
    """Found weights too: nothing is computed again from the profile."""
    table, profile = toy.toy_table(), toy.toy_composite()
    block = profile.blocks["index"]
    steps = replace(block.steps, domains={}, domain_weights={}, normalise="z", again="z", weigh="principal")
    found = replace(profile, blocks={"index": replace(block, steps=steps)})
    result = composite_score(table, profile=found, year=YEAR)
    weights = result.weights["index"]
    assert weights.nunique() == 3
    total = (result.parts.filter(like="score_").set_axis(weights.index, axis=1) * weights).sum(axis=1, min_count=3)
    pd.testing.assert_series_equal(
        (total - total.mean()) / total.std(ddof=0), result.value, check_names=False, check_exact=False
    )
    one_sided = replace(result, weights={"index": pd.Series([0.0, 1.0, 0.0], index=weights.index)})
    own, other = (how_sure(table, one, profile=found, draws=100).parts["rank_median"] for one in (result, one_sided))
    assert not own.equals(other)
    assert other.rank().corr(result.parts["value_transfer"].where(own.notna()).rank()) < -0.99


def test_influence_counts_who_moves():
    table = counted(500)
    found = influence(table, score(table, profile=PROFILE, year=YEAR), profile=PROFILE)
    assert list(found.index) == ["p", "q"]
    assert (found["moved"] >= 0).all()


@pytest.mark.realdata
def test_berlin_reported_classes_stand(realdata):
    from qmgis.io.city.workspace import open_city
    from qmgis.runs.steps import certainty_of
    from qmgis.runs.steps import score as score_city

    city = open_city("layers/berlin", data=realdata)
    index = score_city(city, method="mss-2021", year=2020)
    found = certainty_of(city, index, method="mss-2021")
    assert found.value.notna().sum() == 536
    far = index.parts["status_distance"].abs() > 1.0
    assert found.parts.loc[far, "probability"].mean() > 0.97
