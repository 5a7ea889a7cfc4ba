"""The plan of costs and time: sums of what was published, reproducible, and never of what is not known."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings

from qmgis.balance import UNKNOWN, cost_plan
from qmgis.errors import NotEnoughDataError, UnknownKeyError
from tests.balance.frames import costs_of, measures_of, registers


def test_the_parts_of_a_published_plan():
    """Eidelstedt-Mitte 2016-2023: part 1 4,085,659 and part 2 4,198,000 make 8,283,659 euros (DOMAIN N30)."""
    measures = measures_of({f"M{n}": {"part": 1 if n < 8 else 2} for n in range(16)})
    agreed, ideas = divmod(408_565_900, 8), divmod(419_800_000, 8)
    rows = [(f"M{n}", 2016 + n, "rise", agreed[0] + (agreed[1] if n == 0 else 0), None, None) for n in range(8)]
    rows += [(f"M{n + 8}", 2016 + n, "rise", ideas[0] + (ideas[1] if n == 0 else 0), None, None) for n in range(8)]
    plan = cost_plan(measures, costs_of(rows))
    assert plan.parts["total"].to_dict() == {"1": 408_565_900, "2": 419_800_000, "all": 828_365_900}
    assert plan.years == tuple(str(year) for year in range(2016, 2024))


@settings(deadline=None, max_examples=25)
@given(registers())
def test_sums_by_part_and_source_are_those_of_the_rows(register):
    measures, costs = register
    plan = cost_plan(measures, costs)
    known = costs["planned_ct"].dropna()
    for table in (plan.parts, plan.sources):
        assert table.loc["all", "total"] == known.sum() if len(known) else pd.isna(table.loc["all", "total"])
        assert table.drop(index="all")[plan.sums].sum().tolist() == plan.rows[plan.sums].sum().tolist()
    assert set(plan.rows["measure"]) == set(measures["measure"])
    bare = int((~measures["measure"].isin(costs["measure"])).sum())
    assert plan.unknown["all"] == costs["planned_ct"].isna().sum() + bare


def test_rows_are_ordered_by_part_priority_and_id_and_gaps_stay_empty():
    measures = measures_of(
        {"M3": {"part": 2}, "M2": {"priority": 2}, "M1": {"priority": 3}, "M4": {"part": None}, "M5": {"part": 1}}
    )
    costs = costs_of([("M1", 2024, "SZ", 5, 1, 1), ("M1", 2026, "EFRE", 7, 1, 1), ("M2", 2026, None, None, 1, 1)])
    plan = cost_plan(measures, costs)
    assert plan.rows["measure"].tolist() == ["M5", "M2", "M1", "M1", "M3", "M4"]
    assert plan.rows["source"].tolist()[2:4] == ["EFRE", "SZ"]
    assert plan.years == ("2024", "2026", UNKNOWN)
    assert plan.rows.loc[plan.rows["measure"] == "M2", plan.sums].isna().all(axis=None)
    assert plan.parts.loc["1", ["2024", "2026", "total"]].tolist() == [5, 7, 12]
    assert plan.unknown == {"1": 2, "2": 1, UNKNOWN: 1, "all": 4}


def test_an_area_has_its_own_measures_and_cancelled_ones_are_in_no_plan():
    measures = measures_of(
        {"M1": {}, "M2": {"area": "QM-02"}, "M3": {"area": "QM-01, QM-02"}, "M4": {"status": "cancelled"}}
    )
    assert cost_plan(measures, costs_of([]), area="QM-01").rows["measure"].tolist() == ["M1", "M3"]
    with pytest.raises(NotEnoughDataError, match="QM-09"):
        cost_plan(measures.iloc[:2], costs_of([]), area="QM-09")
    with pytest.raises(UnknownKeyError, match="planned_ct"):
        cost_plan(measures, costs_of([]), amount="planned")
