"""Two results side by side: counts add up, exchanging the two turns every sign, other areas are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qmgis.compare import (
    MOVES,
    agreement,
    crosstab,
    largest,
    moves,
    rank_correlation,
    reasons,
    settings,
    shifts,
)
from qmgis.errors import DataError, NotEnoughDataError, VintageError
from qmgis.methods.composite import score as composite
from qmgis.methods.mss import score as mss
from qmgis.model import AreaResult, Column, Text
from qmgis.scoring import LEFT_OUT
from tests.methods.test_mss import editions  # noqa: F401
from tests.toy import SHARES, area_ids, toy_city, toy_composite, toy_profile, toy_rules, toy_table

AREAS = area_ids()[:8]
CLASSES = ("low", "middle", "high")


def made(values, *, key="one", vintage="v", limits=(-0.5, 0.5)) -> AreaResult:
    """A result of given values, missing where they are, in three classes."""
    value = pd.Series(values, index=AREAS[: len(values)], dtype=float)
    codes = np.where(value.isna(), -1, np.searchsorted(limits, value.fillna(0)))
    label = pd.Series(pd.Categorical.from_codes(codes, CLASSES, ordered=True), index=value.index)
    needs = (label == "high").astype("boolean").mask(value.isna())
    parts = pd.DataFrame({"index": value, "attention": needs, "contribution_p": value})
    columns = tuple(Column(name, Text(name, name), "number") for name in parts)
    left_out = value[value.isna()].map(lambda _: "declared").astype(object)
    return AreaResult("index", key, Text(key, key), value, label, parts, columns, left_out, vintage, 2024)


numbers = st.lists(
    st.one_of(st.none(), st.integers(-20, 20).map(lambda n: n / 10)), min_size=len(AREAS), max_size=len(AREAS)
)


@given(numbers, numbers)
def test_a_crosstab_adds_up_and_turns_with_its_sides(first, second):
    one, other = made(first), made(second, key="other")
    for of in ("class", "attention"):
        table = crosstab(one, other, of=of)
        assert table.to_numpy().sum() == len(AREAS)
        assert (table == crosstab(other, one, of=of).T).all(axis=None)
        assert table.loc[LEFT_OUT].sum() == one.value.isna().sum()
    assert crosstab(one, other).sum(axis=1).loc["high"] == (one.label == "high").sum()


@given(numbers, numbers)
def test_shifts_turn_their_sign_with_the_sides(first, second):
    one, other = made(first), made(second, key="other")
    there, back = shifts(one, other), shifts(other, one)
    for key in ("rank_shift", "class_shift", "attention_shift"):
        assert there[key].isna().equals(back[key].isna())
        assert (there[key].dropna() == -back[key].dropna()).all()
    assert there["rank_shift"].sum() == 0
    both = one.value.notna() & other.value.notna()
    assert (there["rank_shift"].notna() == both).all()
    assert there["rank_first"].dropna().sum() == both.sum() * (both.sum() + 1) / 2
    turned = (reasons(one, other) + reasons(other, one)).to_numpy()
    assert np.nanmax(np.abs(turned), initial=0) < 1e-9


@given(numbers, numbers)
def test_agreement_counts_what_the_crosstabs_count(first, second):
    one, other = made(first), made(second, key="other")
    found, classes, needs = agreement(one, other), crosstab(one, other), crosstab(one, other, of="attention")
    assert found.scored == classes.drop(index=LEFT_OUT, columns=LEFT_OUT).to_numpy().sum()
    assert found.same == sum(classes.loc[key, key] for key in CLASSES)
    assert found.one_side == classes.loc[LEFT_OUT].sum() + classes[LEFT_OUT].sum() - 2 * classes.loc[LEFT_OUT, LEFT_OUT]
    if found.scored:
        assert (found.newly, found.no_longer) == (needs.loc["no", "yes"], needs.loc["yes", "no"])
    move = moves(one, other)
    assert set(move) <= set(MOVES)
    assert (move == "same").sum() == found.same
    assert (move == "one_side").sum() == found.one_side
    back = moves(other, one).map({"up": "down", "down": "up"})
    assert back.dropna().to_dict() == move[move.isin(["up", "down"])].to_dict()
    size = largest(shifts(one, other))["rank_shift"].abs()
    assert size.is_monotonic_decreasing
    assert (size > 0).all()


def test_between_other_classes_the_attention_decides():
    one, other = made([1.0, 0.0, -1.0]), made([1.0, 1.0, -1.0], key="other")
    renamed = replace(other, label=other.label.cat.rename_categories(["a", "b", "c"]))
    assert moves(one, renamed).tolist() == ["same", "up", "same"]
    assert agreement(one, renamed).same is None
    described = tuple(one for one in renamed.columns if one.key != "attention")
    silent = replace(renamed, parts=renamed.parts.drop(columns="attention"), columns=described)
    assert moves(one, silent).tolist() == ["unclear"] * 3
    found = agreement(one, silent)
    assert (found.newly, found.no_longer, found.scored) == (None, None, 3)
    assert shifts(one, silent)["rank_second"].tolist() == [1.5, 1.5, 3.0]


@given(numbers, numbers)
def test_rank_correlations_are_those_of_scipy(first, second):
    one, other = made(first), made(second, key="other")
    pair = pd.DataFrame({"a": one.value, "b": other.value}).dropna()
    if len(pair) < 3 or (pair.nunique() < 2).any():
        with pytest.raises(NotEnoughDataError, match="in common"):
            rank_correlation(one, other)
        return
    found = rank_correlation(one, other)
    assert found.areas == len(pair)
    assert found.spearman == pytest.approx(stats.spearmanr(pair["a"], pair["b"]).statistic)
    assert found.kendall == pytest.approx(stats.kendalltau(pair["a"], pair["b"]).statistic)


def test_the_reasons_add_up_to_the_move_where_both_have_the_same_indicators():
    table, own = toy_table(), toy_composite()
    first = mss(table, profile=toy_profile(), year=2024)
    second = composite(table, profile=own, year=2024)
    why = reasons(first, second)
    assert list(why) == [f"contribution_{key}" for key in SHARES]
    scored = first.value.dropna().index
    assert second.value.dropna().index.equals(scored)
    moved = [(one.value[scored] - one.value[scored].mean()) / one.value[scored].std(ddof=0) for one in (first, second)]
    assert why.loc[scored].sum(axis=1).to_numpy() == pytest.approx((moved[1] - moved[0]).to_numpy())
    assert why.drop(scored).isna().all(axis=None)
    assert shifts(first, second)["class_shift"].isna().all()  # other classes: no number of classes between them


def test_an_indicator_of_one_side_only_adds_nothing_to_the_other():
    table = toy_table()
    first = mss(table, profile=toy_profile(), year=2024)
    fewer = mss(table, profile=toy_profile(status=SHARES[:2], dynamics=SHARES[:1]), year=2024)
    why = reasons(first, fewer)
    both = first.value.index[first.value.notna() & fewer.value.notna()]
    z = [(one.value[both] - one.value[both].mean()) / one.value[both].std(ddof=0) for one in (first, fewer)]
    status = why.loc[both, [f"contribution_{key}" for key in SHARES]]
    assert status.sum(axis=1).to_numpy() == pytest.approx((z[1] - z[0]).to_numpy())
    gone = first.parts.loc[both, "contribution_child_poverty"]
    assert status["contribution_child_poverty"].to_numpy() == pytest.approx((gone.mean() - gone).to_numpy())
    assert list(why.columns[3:]) == [f"contribution_{key}_change" for key in SHARES]


def test_no_reasons_where_an_aggregation_does_not_add():
    own = toy_composite()
    steps = replace(own.blocks["index"].steps, domains={}, domain_weights={}, aggregate="copeland")
    other = replace(own, blocks={"index": replace(own.blocks["index"], steps=steps, limits=(-5.0, 5.0))})
    result = composite(toy_table(), profile=other, year=2024)
    assert reasons(mss(toy_table(), profile=toy_profile(), year=2024), result).shape == (30, 0)


def test_what_two_profiles_say_differently_is_named_as_in_their_files():
    assert settings(toy_profile(), toy_profile()) == []
    found = settings(toy_profile(), toy_profile(dynamics=SHARES[:2], constant="drop"))
    assert found == [
        ("status.constant", "stop", "drop"),
        ("dynamics.indicators", "unemployment, transfer, child_poverty", "unemployment, transfer"),
        ("dynamics.constant", "stop", "drop"),
    ]
    keys = {key: pair for key, *pair in settings(toy_profile(), toy_composite())}
    assert keys["method"] == ["mss", "composite"]
    assert keys["index.domain_weights.work"] == [None, "2.0"]
    assert "index.to" not in keys  # without effect


def test_rules_are_named_in_one_line_each():
    own = toy_rules()
    keys = {key: pair for key, *pair in settings(toy_profile(), own)}
    assert keys["rules.category.work"] == [None, "any(unemployment above sd 1; transfer at_least 0.2)"]
    assert keys["rules.cluster.beyond"] == [None, "transfer above factor 1"]
    limit = own.rules.categories[0].rule.conditions[0].limit
    other = replace(own.rules.categories[0].rule.conditions[0], limit=replace(limit, reference=3.0, weight=0.5))
    first = replace(own.rules.categories[0], rule=replace(own.rules.categories[0].rule, parts=(other,)))
    changed = replace(own, rules=replace(own.rules, categories=(first, own.rules.categories[1])))
    assert settings(own, changed) == [
        ("rules.category.children", "all(child_poverty at_least percentile 70)",
         "all(child_poverty at_least percentile 70 of 3 weight 0.5)")
    ]  # fmt: skip


def test_hidden_numbers_are_neither_reason_nor_rank():
    one, other = made([1.0, 0.2, -1.0, 0.7]), made([0.1, 0.3, -1.0, 0.8], key="other")
    shown = other.parts.copy()
    shown.loc[AREAS[0], ["index", "contribution_p"]] = np.nan
    guarded = replace(other, shown=shown)
    moved = shifts(one, guarded)
    assert moved.loc[AREAS[0], ["rank_first", "rank_second", "rank_shift"]].isna().all()
    assert moved.loc[AREAS[0], "class_shift"] == -1  # classes are shown
    assert reasons(one, guarded)["contribution_p"].isna().tolist() == [True, False, False, False]
    full = shifts(one, other)
    assert moved.drop(AREAS[0]).equals(full.drop(AREAS[0]))


@pytest.mark.parametrize("what", [crosstab, shifts, reasons, rank_correlation])
def test_other_areas_are_refused(what):
    with pytest.raises(VintageError, match=r'"one" of \d+ is for the areas "v" and "other" of \d+ for "w"') as found:
        what(made([1, 2, 3]), made([1, 2, 3], key="other", vintage="w"))
    assert "dieselbe Fassung" in found.value.say("de")
    with pytest.raises(DataError, match=f'such as "{AREAS[3]}"'):
        what(made([1, 2, 3]), made([1, 2, 3, 4], key="other"))


def test_a_result_without_attention_is_told_so():
    result = made([1, 2, 3])
    bare = replace(result, parts=result.parts[["index"]], columns=result.columns[:1])
    with pytest.raises(DataError, match="does not say who requires attention"):
        crosstab(bare, result, of="attention")


@pytest.mark.realdata
def test_berlin_2013_and_2017_side_by_side(editions):  # noqa: F811
    """The margins are the publisher's counts of status classes and of areas with attention (METHODS 1.7)."""
    one, other = (
        mss(editions[e][0], profile=toy_profile(status=editions[e][1], dynamics=editions[e][1]), year=e - 1,
            declared=editions[e][2])
        for e in (2013, 2017)
    )  # fmt: skip
    table = crosstab(one, other, of="attention")
    assert table.loc["yes"].sum() == 51
    assert table["yes"].sum() == 44
    assert table.to_numpy().sum() == len(one.value)


def test_a_city_has_its_toy_result():
    from qmgis.runs.steps import score

    result = score(toy_city(), method="mss-2021", year=2024)
    assert crosstab(result, result).to_numpy().sum() == len(result.value)


def test_the_same_indicators_in_another_order_are_no_difference():
    one = toy_profile()
    block = one.blocks["status"]

    def having(keys):
        directions = {key: block.steps.directions[key] for key in keys}
        return replace(
            one, blocks={**one.blocks, "status": replace(block, steps=replace(block.steps, directions=directions))}
        )

    turned = having(block.indicators[::-1])
    assert turned.status == one.status[::-1]
    assert settings(one, turned) == []
    assert "status.indicators" in [key for key, _, _ in settings(one, having(block.indicators[:-1]))]
