"""Small counts do not get out: primary rules, and what would give a hidden number away."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qmgis.methods.mss import score
from qmgis.model import Base, Indicator, IndicatorTable, Secrecy, Text
from qmgis.runs.secrecy.guard import few, guard_index, guarded
from tests import toy

AREAS = ["a", "b", "c", "d"]
NOTHING = Text("", "")


@pytest.fixture
def counts():
    """Share p = x / n; b has 2 cases, c a base of 8, d a true zero."""
    index = pd.MultiIndex.from_product([AREAS, [2024]], names=["area", "year"])
    frame = pd.DataFrame({"x": [30.0, 2.0, 5.0, 0.0], "n": [300.0, 400.0, 8.0, 500.0]}, index=index)
    frame["p"] = frame["x"] / frame["n"]
    indicators = {
        "x": Indicator("x", NOTHING, "count", "persons"),
        "n": Indicator("n", NOTHING, "count", "persons"),
        "p": Indicator("p", NOTHING, "share", "percent", 1, numerator="x", denominator="n"),
    }
    states = pd.DataFrame("ok", index=index, columns=frame.columns)
    return IndicatorTable(frame, states, frame * 0, indicators, "v")


def test_small_numerator_and_base_are_hidden_with_all_that_gives_them_away(counts):
    parts = pd.DataFrame(
        {"value_p": [0.1, 0.005, 0.625, 0.0], "change_p": 0.01, "z_p": 1.0, "z_q": 0.5, "contribution_p": 0.7},
        index=pd.Index(AREAS, name="area"),
    )
    before = parts.copy()
    shown, states = guard_index(parts, counts, 2024, Secrecy())
    assert shown.loc[["b", "c"]].isna().all(axis=None)
    assert shown.loc[["a", "d"]].notna().all(axis=None)
    assert states.to_dict() == {"a": "", "b": "p=secret", "c": "p=secret", "d": ""}
    pd.testing.assert_frame_equal(parts, before)


@pytest.mark.parametrize("counted", [True, False])
def test_a_share_that_leaves_too_few_is_hidden_too(counts, counted):
    """98 of 100 tell of two people; all of them tell of none."""
    frame = counts.frame.copy()
    frame["n"] = 100.0
    frame["x"] = [97.0, 98.0, 99.0, 100.0]
    frame["p"] = frame["x"] / frame["n"]
    table = replace(counts, frame=frame, change=frame * 0)
    if not counted:
        alone = replace(counts.indicators["p"], numerator=None, denominator=None)
        table = replace(table, indicators={**counts.indicators, "p": alone}, bases={("p", 2024): Base("n")})
    hidden = few(table, "p", 2024, Secrecy())
    assert hidden.tolist() == [False, True, True, False]
    moved = replace(table, frame=frame.assign(x=50.0, p=0.5), change=frame - frame.assign(x=50.0, p=0.5))
    moved = replace(moved, change=-moved.change)
    assert few(moved, "p", 2024, Secrecy()).tolist() == [False] * 4
    assert few(moved, "p", 2024, Secrecy(), before=True).tolist() == [False, True, True, False]


@pytest.mark.parametrize(("indicators", "least"), [(1, 6), (3, 6), (4, 7), (9, 12)])
def test_of_many_indicators_more_cells_are_hidden_than_trials_have_equations(counts, indicators, least):
    areas = [f"a{place:02d}" for place in range(20)]
    index = pd.MultiIndex.from_product([areas, [2024]], names=["area", "year"])
    frame = pd.DataFrame({"x": 30.0, "n": 300.0, "p": 0.1}, index=index)
    frame.loc[("a03", 2024), ["x", "p"]] = [2.0, 2 / 300]
    others = {f"q{place}": replace(counts.indicators["p"], key=f"q{place}", numerator=None, denominator=None)
              for place in range(indicators - 1)}  # fmt: skip
    frame = frame.assign(**dict.fromkeys(others, 0.5))
    states = pd.DataFrame("ok", index=index, columns=frame.columns)
    table = IndicatorTable(frame, states, frame * 0, {**counts.indicators, **others}, "v")
    parts = frame[["p", *others]].droplevel("year").add_prefix("value_")
    shown, _ = guard_index(parts, table, 2024, Secrecy(), scored=parts.index)
    assert shown["value_p"].isna().sum() == least
    assert not shown.drop(columns="value_p").isna().any(axis=None)


def test_states_of_the_source_are_named(counts):
    states = counts.states.copy()
    frame = counts.frame.copy()
    states.loc[("a", 2024), "p"], frame.loc[("a", 2024), "p"] = "too_small", np.nan
    table = IndicatorTable(frame, states, counts.change, counts.indicators, "v")
    _, named = guard_index(pd.DataFrame({"value_p": [np.nan, 0.1, 0.1, 0.0]}, index=AREAS), table, 2024, Secrecy())
    assert named["a"] == "p=too_small"


def test_a_rule_on_a_hidden_value_is_hidden_and_the_class_stays(counts):
    """That 5 of 8 persons are above 60 percent says too much of them; the class alone is what is published."""
    met = pd.array([False, False, True, False], dtype="boolean")
    parts = pd.DataFrame(
        {"index": [0.0, 0.0, 1.0, 0.0], "rank": [2.0, 2.0, 1.0, 2.0], "class": "flagged", "attention": met,
         "conditions": [0.0, 0.0, 1.0, 0.0], "open": 0.0, "rule_p": met, "value_p": [0.1, 0.005, 0.625, 0.0]},
        index=pd.Index(AREAS, name="area"),
    )  # fmt: skip
    shown, states = guard_index(parts, counts, 2024, Secrecy())
    hidden = ["index", "rank", "conditions", "open", "rule_p", "value_p"]
    assert shown.loc[["b", "c"], hidden].isna().all(axis=None)
    assert shown.loc[["a", "d"], hidden].notna().all(axis=None)
    assert shown[["class", "attention"]].notna().all(axis=None)
    assert shown["rule_p"].dtype == "boolean"
    assert states["c"] == "p=secret index=secret"


def test_a_change_that_no_one_measured_is_named():
    table = toy.toy_table()
    change = table.change.copy()
    change.loc[("01010404", 2024), "transfer"] = np.nan
    moved = replace(table, change=change)
    result = guarded(
        score(moved, profile=toy.toy_profile(), year=2024), moved, Secrecy(), residents="population"
    )  # fmt: skip
    assert result.left_out["01010404"] == "missing_change"
    assert result.states["01010404"] == "transfer_change=missing"
    assert result.states["01010405"] == ""
