"""Cost share beside count share: totals are those of the register to the cent, unknown stays unknown."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings

from qmgis.balance import AMOUNTS, BY, KINDS, balance, kind_parts
from qmgis.errors import DataError, UnknownKeyError
from tests.balance.frames import costs_of, measures_of, registers

DIVISION = pd.DataFrame({"measure": ["M0"] * 2, "area": ["QM-01", "QM-02"], "weight": [470, 90], "rule": "residents"})


def at(found: pd.DataFrame, group: str, kind: str = "all") -> pd.Series:
    return found.set_index(["group", "kind"]).loc[(group, kind)]


@settings(deadline=None, max_examples=25)
@given(registers())
def test_totals_equal_the_register_to_the_cent(register):
    measures, costs = register
    for by in BY:
        found = balance(measures, costs, DIVISION, by=by)
        whole, groups = at(found, "all"), found[(found["group"] != "all")]
        assert whole["measures"] == len(measures)
        for amount in AMOUNTS:
            known = costs[amount].dropna()
            if known.empty:
                assert pd.isna(whole[amount])
            else:
                assert whole[amount] == sum(int(cell) for cell in known)
            kinds = found[(found["group"] == "all") & (found["kind"] != "all")][amount].dropna()
            assert kinds.sum() == known.sum()
            if by != "target_group":
                assert groups[groups["kind"] == "all"][amount].dropna().sum() == known.sum()
                assert groups[groups["kind"] != "all"][amount].dropna().sum() == known.sum()
            bare = int((~measures["measure"].isin(costs["measure"])).sum())
            assert whole[f"{amount.removesuffix('_ct')}_unknown"] == costs[amount].isna().sum() + bare


@settings(deadline=None, max_examples=20)
@given(registers())
def test_each_group_is_the_sum_of_its_measures_one_by_one(register):
    """A slow loop over rows, with thousandths of cents by hand instead of the balance's own parts."""
    measures, costs = register
    found = balance(measures, costs, by="target_group")
    groups = dict(zip(measures["measure"], measures["target_groups"], strict=True))
    for group in ("children", "youth"):
        rows = costs[[group in groups[one] for one in costs["measure"]]] if len(costs) else costs
        if not any(group in named for named in groups.values()):
            continue
        known = rows["planned_ct"].dropna()
        told = at(found, group)
        assert told["measures"] == sum(group in named for named in groups.values())
        assert (pd.isna(told["planned_ct"]) and known.empty) or told["planned_ct"] == known.sum()


def test_mixed_measures_are_split_by_their_investive_share():
    measures = measures_of({"M1": {"kind": "MIX", "investive_share": 0.7}, "M2": {"kind": "SOC"}})
    costs = costs_of([("M1", 2024, "SZ", 1001, 5, None), ("M2", 2024, "SZ", 1000, None, None)])
    found = balance(measures, costs)
    assert (at(found, "HF1", "INV")["planned_ct"], at(found, "HF1", "SOC")["planned_ct"]) == (701, 1300)
    assert (at(found, "HF1", "INV")["measures"], at(found, "HF1", "SOC")["measures"]) == (0.7, 1.3)
    # 3.5 and 1.5: of equal remainders the first takes the cent
    assert (at(found, "all", "INV")["approved_ct"], at(found, "all", "SOC")["approved_ct"]) == (4, 1)


def test_a_mixed_measure_without_share_is_unknown_and_not_half():
    found = balance(measures_of({"M1": {"kind": "MIX"}}), costs_of([("M1", 2024, "SZ", 100, 100, 100)]))
    assert at(found, "all", "unknown")["planned_ct"] == 100
    assert set(found["kind"]) == {*KINDS, "all"}
    assert kind_parts(measures_of({"M1": {"kind": "MIX", "investive_share": 1.2}}))["kind"].tolist() == ["unknown"]


def test_missing_is_not_zero_and_says_how_many():
    measures = measures_of({"M1": {}, "M2": {"kind": "SOC"}, "M3": {"kind": "ACC"}})
    costs = costs_of([("M1", 2024, "SZ", 600, None, None), ("M2", 2024, "SZ", 400, 300, 0)])
    found = balance(measures, costs)
    whole = at(found, "all")
    assert (whole["approved_ct"], whole["approved_unknown"]) == (300, 2)
    assert (whole["spent_ct"], whole["spent_unknown"]) == (0, 2)
    assert pd.isna(at(found, "all", "INV")["approved_ct"])
    assert pd.isna(at(found, "all", "INV")["approved_share"])
    assert pd.isna(at(found, "all", "ACC")["planned_ct"])  # a measure without costs: not known
    assert at(found, "all", "PRE")["planned_ct"] == 0  # no measure at all: nothing
    assert at(found, "all", "SOC")["approved_share"] == 1.0  # of what is approved, where that is known


def test_cost_share_and_count_share_differ():
    measures = measures_of({"M1": {}, "M2": {"kind": "SOC"}, "M3": {"kind": "SOC"}, "M4": {"kind": "SOC"}})
    costs = costs_of(
        [("M1", 2024, "SZ", 9700, None, None), *((f"M{n}", 2024, "SZ", 100, None, None) for n in (2, 3, 4))]
    )
    row = at(balance(measures, costs), "all", "INV")
    assert (row["planned_share"], row["measures_share"]) == (0.97, 0.25)


def test_a_measure_of_several_years_counts_once_in_the_total():
    measures = measures_of({"M1": {"other_fields": ("HF2", "HF3")}})
    costs = costs_of([("M1", 2023, "SZ", 10, None, None), ("M1", 2024, "EFRE", 20, None, None)])
    by_year = balance(measures, costs, by="year")
    assert [at(by_year, group)["measures"] for group in ("2023", "2024", "all")] == [1, 1, 1]
    assert [at(by_year, group)["planned_ct"] for group in ("2023", "2024", "all")] == [10, 20, 30]
    assert at(balance(measures, costs, by="source"), "EFRE")["planned_of_all"] == pytest.approx(2 / 3)
    by_field = balance(measures, costs)
    assert by_field.loc[by_field["kind"] == "all", ["group", "also"]].fillna(0).to_numpy().tolist() == [
        ["HF1", 0], ["HF2", 1], ["HF3", 1], ["all", 0],
    ]  # fmt: skip
    assert at(by_field, "HF2")["measures"] == 0


def test_costs_by_source_make_the_sum_that_was_published():
    """15 years of RISE: 765 m euros are 357 + 391 + 17 (DOMAIN N24)."""
    measures = measures_of({"M1": {}})
    parts = {"land": 35_700_000_000, "bezirke": 39_100_000_000, "eu": 1_700_000_000}
    found = balance(
        measures, costs_of([("M1", None, key, cents, None, None) for key, cents in parts.items()]), by="source"
    )
    assert at(found, "all")["planned_ct"] == 76_500_000_000
    assert {key: at(found, key)["planned_ct"] for key in parts} == parts


def test_areas_that_are_not_divided_stand_apart():
    measures = measures_of({"M0": {"area": "QM-01, QM-02"}, "M1": {}})
    costs = costs_of([("M0", 2024, "SZ", 100, None, None), ("M1", 2024, "SZ", 50, None, None)])
    found = balance(measures, costs, by="area")
    assert (at(found, "several")["planned_ct"], at(found, "QM-01")["planned_ct"]) == (100, 50)
    divided = balance(measures, costs, DIVISION, by="area")
    assert "several" not in set(divided["group"])
    assert (at(divided, "QM-01")["planned_ct"], at(divided, "QM-02")["planned_ct"]) == (134, 16)  # 83.93 and 16.07
    assert at(divided, "QM-01")["measures"] == pytest.approx(1 + 470 / 560)
    own = balance(measures, costs, DIVISION, by="source", area="QM-02")
    assert (at(own, "all")["planned_ct"], at(own, "SZ")["planned_ct"]) == (16, 16)
    assert at(own, "all")["measures"] == pytest.approx(90 / 560)
    assert balance(measures, costs, by="source", area="QM-02")["group"].tolist() == ["all"] * 5


def test_what_cannot_be_asked_is_said():
    with pytest.raises(UnknownKeyError, match="field"):
        balance(measures_of({"M1": {}}), costs_of([]), by="fields")
    with pytest.raises(DataError, match="M9"):
        balance(measures_of({"M1": {}}), costs_of([("M9", 2024, "SZ", 1, 1, 1)]))
