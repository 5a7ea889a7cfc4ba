"""Need meets gap with ranges: trials by a slow loop, labels by hand, and what nobody may compute back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from qmgis import coverage, priority
from qmgis.errors import DataError
from qmgis.model import Secrecy, Text
from qmgis.model.where import area_of
from qmgis.runs.compute import compute
from tests import toy
from tests.test_priority import Row, gap_of, need_of

ASKED = {"within_m": 500.0, "group": "age_0_5"}
KITA = {"year": 2024, "key": "kita", "title": Text("Kita", "Day care")}


def slow_trial(metres: float) -> list[float]:
    """People not reached at a threshold, origin by origin, with straight lines."""
    people, places = toy.toy_residents().frame, toy.toy_places().frame.geometry
    where, found = area_of(toy.toy_areas(), toy.toy_residents()), [0.0] * len(toy.toy_areas().frame)
    for place, (point, count) in enumerate(zip(people.geometry, people["age_0_5"], strict=True)):
        if where[place] >= 0 and min(point.distance(other) for other in places) > metres:
            found[where[place]] += count
    return found


def test_trials_are_those_of_a_slow_loop():
    found = coverage.trials(toy.toy_areas(), toy.toy_places(), residents=toy.toy_residents(), **ASKED)
    assert list(found) == ["nearer", "farther", "slower", "detour"]
    for name, metres in {"nearer": 400, "farther": 600, "slower": 375, "detour": 500 / 1.3}.items():
        assert found[name].tolist() == slow_trial(metres)


def test_on_streets_there_is_no_detour_and_the_trial_is_that_of_reach():
    asked = {"residents": toy.toy_residents(), "group": "age_0_5", "network": toy.toy_network()}
    found = coverage.trials(toy.toy_areas(), toy.toy_places(), within_m=500, **asked)
    assert list(found) == ["nearer", "farther", "slower"]
    for name, metres in {"nearer": 400, "farther": 600, "slower": 375}.items():
        again = coverage.reach(toy.toy_areas(), toy.toy_places(), within_m=metres, **asked, **KITA)
        assert found[name].tolist() == again.parts["not_reached"].tolist()


def test_minutes_are_tried_at_slow_speed_unless_people_are_slow_already():
    streets = toy.toy_network()
    assert coverage.trials_of(within_min=10, network=streets)["slower"] == pytest.approx(0.75)
    assert coverage.trials_of(within_min=10, kmh=4.0, network=streets)["slower"] == pytest.approx(0.9)
    assert "slower" not in coverage.trials_of(within_min=10, group="age_65_plus", network=streets)
    cycle = replace(streets, mode=replace(streets.mode, speeds=(replace(streets.mode.speeds[0], kmh=15.0),)))
    assert sorted(coverage.trials_of(network=cycle)) == ["farther", "nearer"]


# area, status index, class, attention, share, not reached
ROWS: list[Row] = [
    ("01", 1.9, 4, True, 0.10, 90),
    ("02", 1.6, 4, True, 0.85, 15),
    ("03", 2.5, 4, True, 0.95, 5),
    ("04", 0.4, 2, False, 0.20, 80),
    ("05", 0.4, 2, False, 0.95, 5),
    ("06", 1.0, 3, True, 0.10, 90),
]


def test_labels_by_hand():
    order = priority.rank_need(need_of(ROWS), gap_of(ROWS))
    tried = pd.DataFrame({"nearer": [95, 30, 15, 90, 8, 95], "farther": [60, 8, 3, 60, 0, 60]}, index=order.value.index)
    sure = pd.Series(["sure", "sure", "sure", "sure", "sure", "likely"], index=order.value.index)
    found = priority.ranged(order, tried.astype(float), sure=sure)
    assert found.parts["firm"].tolist() == ["firm", "open", "open", "no", "no", "open"]
    assert found.parts["holds"].tolist() == [2, 1, 1, 2, 2, 2]
    assert found.parts["not_reached_low"].tolist() == [60, 0, 0, 60, 0, 60]
    assert found.parts["not_reached_high"].tolist() == [100, 40, 20, 100, 10, 100]
    told = priority.behind(found)
    assert (told.firm, told.possible, told.people, told.low, told.high, told.withheld) == (1, 3, 195, 60, 260, 0)
    alone = priority.ranged(order, tried.astype(float))
    assert alone.parts["firm"].tolist() == ["firm", "open", "open", "no", "no", "firm"]
    borderline = priority.ranged(order, tried.astype(float), sure=sure.replace({"sure": "borderline"}))
    assert borderline.parts["firm"].tolist() == ["open", "open", "open", "open", "no", "open"]
    with pytest.raises(DataError, match="no trial"):
        priority.ranged(order, tried[[]])


FEW = {1.0, 2.0}


def published(rows: pd.DataFrame, *, anchor: bool) -> pd.DataFrame:
    """What is shown for areas with given true numbers: residents, now, nearer, farther, and of another theme."""
    shown = rows["now"].where(~_too_few(rows["now"], rows["residents"]))
    base = gap_of([("x", 0, 1, True, 0.5, 1)], parameters={"places": "kita", "group": "age_0_5"})
    parts = pd.DataFrame({"residents": rows["residents"], "not_reached": rows["now"]})
    parts["share"] = 1 - parts["not_reached"] / parts["residents"]
    label = pd.Series(pd.Categorical(["x"] * len(rows), ordered=True), index=rows.index)
    columns = {"value": parts["share"], "label": label, "left_out": pd.Series(dtype=object)}
    own = replace(base, parts=parts, shown=parts.assign(not_reached=shown), **columns)
    others = []
    if anchor:
        there = parts.assign(not_reached=rows["other"])
        others = [replace(own, key="b", parts=there, shown=there)]
    tried = coverage.guard_trials(rows[["nearer", "farther"]], own, others, secrecy=Secrecy())
    need = [(area, 1.0, 4, True, 0.0, 0.0) for area in rows.index]
    order = priority.rank_need(need_of(need), own)
    found = priority.ranged(order, tried).parts[["holds", "not_reached_low", "not_reached_high", "firm"]]
    found.insert(0, "now", shown)
    found.insert(0, "residents", rows["residents"])
    if anchor:
        found.insert(0, "other", rows["other"])
    return found[shown.notna()]


def _too_few(number: pd.Series, residents: pd.Series) -> pd.Series:
    return number.isin(FEW) | (residents - number).isin(FEW)


@pytest.mark.parametrize("anchor", ["", "between", "beyond"])
def test_nobody_computes_few_people_from_two_thresholds(anchor: str):
    """Every possible area: those that look alike from outside never differ by 1 or 2 people in all cases."""
    cases = []
    sizes = (11, 20, 29, 505) if anchor else (*range(10, 33), 505)
    for residents in sizes:
        # of many, those around a tenth: there the label "underserved" and a rounded number together tell most
        some = range(38, 65) if residents > 100 else range(residents + 1)
        for farther, now, nearer in product(some, some, some):
            if farther <= now <= nearer:
                # another theme for the same places, its threshold between this one and the trial, or nearer still
                span = {"": [0], "between": range(now, nearer + 1), "beyond": range(nearer, some[-1] + 1)}[anchor]
                others = [x for x in span if not {x - now, x, residents - x} & FEW] if anchor else [0]
                cases += [(residents, farther, now, nearer, other) for other in others]
    rows = pd.DataFrame(cases, columns=["residents", "farther", "now", "nearer", "other"], dtype=float)
    rows.index = pd.Index([str(number) for number in range(len(rows))], name="area")
    seen = published(rows, anchor=bool(anchor))
    true = rows.loc[seen.index]
    differences = {
        "now - farther": true["now"] - true["farther"],
        "nearer - now": true["nearer"] - true["now"],
        "nearer - farther": true["nearer"] - true["farther"],
        "farther": true["farther"],
        "reached nearer": true["residents"] - true["nearer"],
        **({"to the other": (true["nearer"] - true["other"]).abs()} if anchor else {}),
    }
    keys = [tuple(row) for row in seen.itertuples(index=False)]
    for name, values in differences.items():
        possible = defaultdict(set)
        for key, value in zip(keys, values, strict=True):
            possible[key].add(value)
        told = [key for key, numbers in possible.items() if numbers <= FEW]
        assert told == [], (name, told[:3])


def test_what_is_hidden_stays_hidden():
    outcome = compute(toy.toy_city(), "mss-2024")
    order, seen = outcome.priority["kita"], outcome.coverage["kita"].seen
    hidden = seen["not_reached"].isna()
    assert hidden.any()
    assert order.parts.loc[hidden, ["holds", "not_reached_low", "not_reached_high", "firm"]].isna().all(axis=None)
    shown = order.parts[~hidden & order.value.notna()]
    assert (shown["not_reached_low"] <= shown["not_reached"]).all()
    assert (shown["not_reached"] <= shown["not_reached_high"]).all()
    edges = np.where(shown["not_reached_high"] == shown["residents"], 0, shown["not_reached_high"])
    assert (shown["not_reached_low"] % 10 == 0).all()
    assert (edges % 10 == 0).all()
    assert {f"kita_{name}" for name in ("holds", "not_reached_low", "not_reached_high", "firm")} <= set(outcome.table)
    described = {column.key: column for column in outcome.columns}
    assert described["kita_holds"].title.en == "Day care: Holds in so many of 3 trials"
