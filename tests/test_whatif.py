"""Other weights and limits: the profile's own give the official result, wrong ones one sentence, secrets stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.aggregate import weighted_sum
from qmgis.errors import DataError, QmgisError, UnknownKeyError
from qmgis.io.profiles.files import profiles
from qmgis.runs.steps import score
from qmgis.whatif import knobs, tuned
from tests.toy import VINTAGE, toy_city, toy_composite, toy_profile, toy_rules

CITY = toy_city()
OWN = [toy_profile(), toy_composite(), toy_rules()]
WEIGHTS = [one.key for one in knobs(toy_profile()) if one.kind == "weight"]


def scored(profile, instead=None):
    return score(CITY, method=profile, year=2024, areas=VINTAGE, instead=instead)


@pytest.mark.parametrize("profile", [*OWN, *profiles().values()], ids=lambda one: one.key)
def test_every_knob_begins_at_the_profiles_number_and_on_its_grid(profile):
    found = knobs(profile)
    assert len({one.key for one in found}) == len(found)
    assert found or profile.blocks == {} or all(block.quantiles for block in profile.blocks.values())
    for one in found:
        assert one.low <= one.value <= one.high
        steps = (one.value - one.low) / one.step
        assert steps == pytest.approx(round(steps), abs=1e-6)
    assert tuned(profile, {one.key: one.value for one in found}) is profile


@pytest.mark.parametrize("profile", OWN, ids=lambda one: one.key)
def test_the_profiles_own_numbers_give_the_official_result_exactly(profile):
    same = scored(profile, {one.key: one.value for one in knobs(profile)})
    official = scored(profile)
    pd.testing.assert_frame_equal(same.parts, official.parts)
    assert same.title == official.title


@pytest.mark.parametrize("profile", OWN, ids=lambda one: one.key)
def test_every_knob_moves_something(profile):
    official = scored(profile)
    for one in knobs(profile):
        for value in (one.low, one.high):
            if one.kind == "limit":
                value = one.value + (value - one.value) / 100
            if value != one.value:
                trial = tuned(profile, {one.key: value})
                assert trial != profile
                assert not trial.verified
                assert trial.title.de.endswith("(Versuch)")
    ends = [scored(profile, {one.key: one.high if one.kind != "limit" else one.value + one.step * 2})
            for one in knobs(profile)]  # fmt: skip
    assert any(not trial.label.equals(official.label) for trial in ends)


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6), st.floats(0.01, 50))
@settings(max_examples=15)
def test_weights_times_a_constant_give_the_same_classes(tenths, by):
    weights = dict(zip(WEIGHTS, (n / 10 for n in tenths), strict=True))
    if min(sum(tenths[:3]), sum(tenths[3:])) == 0:
        with pytest.raises(DataError, match="All weights"):
            scored(toy_profile(), weights)
        return
    one = scored(toy_profile(), weights)
    other = scored(toy_profile(), {key: value * by for key, value in weights.items()})
    assert one.value.to_numpy() == pytest.approx(other.value.to_numpy(), nan_ok=True, abs=1e-9)
    near = (one.parts[["status_distance", "dynamics_distance"]].abs() < 1e-9).any(axis=1)
    assert one.label[~near].equals(other.label[~near])


def test_a_weight_of_zero_is_the_index_without_the_indicator():
    one = scored(toy_profile(), {"status.weights.transfer": 0})
    fewer = scored(toy_profile(status=("unemployment", "child_poverty")))
    assert one.value.to_numpy() == pytest.approx(fewer.value.to_numpy(), nan_ok=True)
    table = pd.DataFrame({"p": [1.0, 2.0], "q": [np.nan, 1.0]})
    assert weighted_sum(table, pd.Series({"p": 2.0, "q": 0.0})).tolist() == [2.0, 4.0]


def test_limits_and_rules_are_moved_where_they_stand():
    trial = tuned(toy_profile(), {"status.limits.3": 1.25, "dynamics.limits.1": -0.5})
    assert trial.blocks["status"].limits == (-1.0, 1.0, 1.25)
    assert trial.blocks["dynamics"].limits == (-0.5, 1.0)
    rules = tuned(toy_rules(), {"rules.least": 2, "rules.limits.3": 0.3}).rules
    assert rules.least == 2
    assert [one.limit.amount for category in rules.categories for one in category.rule.conditions] == [70, 1.0, 0.3]
    assert rules.infill == toy_rules().rules.infill
    assert rules.cluster == toy_rules().rules.cluster
    domains = tuned(toy_composite(), {"index.domain_weights.children": 3}).blocks["index"].steps
    assert domains.domain_weights == {"work": 2.0, "children": 3.0}


@pytest.mark.parametrize(
    ("profile", "instead", "said"),
    [
        (toy_profile(), {"status.weights.transfers": 1}, 'Did you mean "status.weights.transfer"'),
        (toy_profile(), {"status.weights.transfer": -0.1}, "is negative (-0.1); give 0 or more"),
        (toy_profile(), {"status.weights.transfer": float("nan")}, "which is no number"),
        (toy_profile(), {"status.weights.transfer": float("inf")}, "which is no number"),
        (toy_profile(), {"status.weights.transfer": True}, "which is no number"),
        (toy_profile(), {"status.weights.transfer": 1e308}, "too large to compute with; give a number such as 1"),
        (toy_profile(), dict.fromkeys(WEIGHTS[:3], 0), 'All weights of "status"'),
        (toy_composite(), dict.fromkeys(["index.weights.unemployment", "index.weights.transfer"], 0), "of its domains"),
        (toy_composite(), dict.fromkeys(["index.domain_weights.work", "index.domain_weights.children"], 0), "are 0"),
        (toy_profile(), {"status.limits.1": 1.0}, "do not ascend (1, 1, 1.5)"),
        (toy_rules(), {"rules.least": 1.5}, "a whole number from 1 to 2"),
        (toy_rules(), {"rules.weights.x": 1}, "has no weight and no limit"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(profile, instead, said):
    with pytest.raises(QmgisError) as found:
        tuned(profile, instead)
    assert said in found.value.say("en")
    assert found.value.say("de") != found.value.say("en")
    assert isinstance(found.value, UnknownKeyError | DataError)


def test_weights_that_the_method_finds_itself_cannot_be_moved():
    own = toy_composite()
    steps = replace(own.blocks["index"].steps, weigh="equal", domains={}, domain_weights={})
    found = knobs(replace(own, blocks={"index": replace(own.blocks["index"], steps=steps)}))
    assert {one.kind for one in found} == {"limit"}
