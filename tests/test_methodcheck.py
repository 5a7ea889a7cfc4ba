"""Whether indicators belong together: METHODS 1.11 and 7 on the real editions, and plain words on made ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.core.composite import Steps
from qmgis.errors import MissingColumnError
from qmgis.methodcheck import check_method
from qmgis.model import Block
from tests.methods.test_mss import editions  # noqa: F401
from tests.toy import SHARES, toy_composite, toy_profile, toy_table


def of(editions, edition):  # noqa: F811
    table, keys, declared, _ = editions[edition]
    profile = toy_profile(status=keys, dynamics=keys)
    return check_method(table, profile=profile, year=edition - 1, declared=declared)


# METHODS 1.11: alpha of the status 0.976-0.985, of the dynamics 0.46-0.84; SI with DI -0.04, -0.23, +0.002.
@pytest.mark.realdata
@pytest.mark.parametrize(("edition", "between"), [(2013, -0.04), (2017, -0.23), (2021, 0.002)])
def test_the_editions_have_the_printed_alphas_and_correlations(editions, edition, between):  # noqa: F811
    found = of(editions, edition)
    status, dynamics = found.blocks["status"], found.blocks["dynamics"]
    assert 0.976 <= round(status.alpha, 3) <= 0.985
    assert 0.46 <= round(dynamics.alpha, 2) <= 0.84
    digits = 3 if edition == 2021 else 2
    assert round(float(found.between.loc["status", "dynamics"]), digits) == between
    assert status.areas == {2013: 434, 2017: 436, 2021: 536}[edition]
    assert any("near copies" in one.en for one in status.sentences)
    assert any("nahezu Kopien" in one.de for one in status.sentences)
    assert status.scree["explained"].sum() == pytest.approx(1.0)


@pytest.mark.realdata
def test_the_status_indicators_correlate_as_printed(editions):  # noqa: F811
    """METHODS 7: 0.85-0.97 (2013-2017), 0.93-0.97 (2021)."""
    for edition, low in ((2013, 0.85), (2017, 0.85), (2021, 0.93)):
        r = of(editions, edition).blocks["status"].r.to_numpy()
        pairs = r[np.triu_indices(len(r), k=1)].round(2)
        assert low <= pairs.min()
        assert pairs.max() <= 0.97


@pytest.mark.realdata
def test_the_dynamics_of_2021_are_loose_and_contradict_each_other(editions):  # noqa: F811
    """METHODS 1.11: alpha 0.46, and two indicators correlate at -0.23."""
    dynamics = of(editions, 2021).blocks["dynamics"]
    assert round(dynamics.alpha, 2) == 0.46
    assert dynamics.flags[["first", "second", "flag"]].to_numpy().tolist() == [
        ["unemployment", "transfer", "conflicting"]
    ]
    assert round(float(dynamics.flags["r"].iloc[0]), 2) == -0.23
    said = " ".join(one.en for one in dynamics.sentences)
    assert "hang together only loosely" in said
    assert "opposite directions (r = -0.23)" in said


def test_values_are_turned_before_they_are_compared():
    """An indicator of relief that falls where burden rises is no contradiction."""
    table = toy_table()
    relief = replace(table.indicators["transfer"], direction=-1)
    turned = replace(
        table,
        frame=table.frame.assign(transfer=-table.frame["transfer"]),
        indicators={**table.indicators, "transfer": relief},
    )
    one, other = (check_method(each, profile=toy_profile(), year=2024).blocks["status"] for each in (table, turned))
    assert other.alpha == pytest.approx(one.alpha)
    assert np.allclose(other.r, one.r)
    wrong = replace(turned, indicators={**table.indicators})
    flagged = check_method(wrong, profile=toy_profile(), year=2024).blocks["status"]
    assert set(flagged.flags["flag"]) >= {"conflicting"}
    assert any("entgegengesetzte Richtungen" in one.de for one in flagged.sentences)


def test_one_indicator_has_nothing_to_compare():
    block = Block(Steps({"transfer": 0}), classes=("a", "b"), limits=(0.0,), owns=("below",))
    profile = replace(toy_composite(), blocks={"index": block}, attention=(), low=())
    found = check_method(toy_table(), profile=profile, year=2024).blocks["index"]
    assert found.alpha is None
    assert [one.en for one in found.sentences] == ["Only one indicator: there is nothing to compare."]


def test_an_index_of_percentile_ranks_is_checked_as_it_enters():
    found = check_method(toy_table(), profile=toy_composite(), year=2024).blocks["index"]
    assert found.r.loc["unemployment", "transfer"] == pytest.approx(found.rho.loc["unemployment", "transfer"])
    assert (found.with_index > 0.5).all()
    assert list(found.titles) == list(SHARES)


def test_contradictions_below_zero_are_said_without_a_number():
    rng = np.random.default_rng(3)
    table = toy_table()
    noise = pd.Series(rng.normal(0, 0.01, len(table.frame)), index=table.frame.index)
    opposed = table.frame.assign(transfer=0.5 - table.frame["unemployment"] + noise)
    profile = toy_profile(status=("unemployment", "transfer"))
    found = check_method(replace(table, frame=opposed), profile=profile, year=2024).blocks["status"]
    assert found.alpha < 0
    assert any("Alpha below 0" in one.en for one in found.sentences)


def test_a_missing_indicator_is_named():
    profile = toy_profile(status=("unemployment", "transfers"))
    with pytest.raises(MissingColumnError, match=r'needs the indicator "transfers".*Did you mean "transfer"'):
        check_method(toy_table(), profile=profile, year=2024)
