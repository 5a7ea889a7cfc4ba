"""Spatial pattern of an index: a planted cluster is found, chance is not, few areas are not tested."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from qmgis.errors import VintageError
from qmgis.model import AreaLayer, Text
from qmgis.pattern import PATTERNS, pattern, sentence
from tests import toy

SIDE = 12


def layer() -> AreaLayer:
    ids = [f"{row:02d}{column:02d}" for row in range(SIDE) for column in range(SIDE)]
    shapes = [box(c * 100, r * 100, c * 100 + 100, r * 100 + 100) for r in range(SIDE) for c in range(SIDE)]
    frame = gpd.GeoDataFrame(
        {"name": ids, "parent": "x", "approximate": False}, geometry=shapes,
        index=pd.Index(ids, name="area", dtype="str"), crs="EPSG:25832",
    )  # fmt: skip
    return AreaLayer("a", Text("a", "a"), frame, toy.VINTAGE)


def result_of(values: np.ndarray):
    index = layer().frame.index
    value = pd.Series(values, index=index)
    label = pd.Series(pd.Categorical(["x"] * len(value), ["x"], ordered=True), index=index)
    empty = pd.Series(dtype=object)
    return replace(
        toy.toy_outcome().index, value=value, label=label, parts=pd.DataFrame(index=index), columns=(), left_out=empty,
        shown=None, states=None,
    )  # fmt: skip


def planted() -> np.ndarray:
    values = np.random.default_rng(1).normal(0, 0.3, (SIDE, SIDE))
    values[1:4, 1:4] += 3
    values[8:11, 7:11] -= 3
    return values.ravel()


def test_planted_clusters_are_found():
    found = pattern(layer(), result_of(planted()))
    middle = found.label.loc[["0202", "0909"]].tolist()
    assert middle == ["high_high", "low_low"]
    assert found.parameters["moran_p"] < 0.05
    assert "alike" in sentence(found).en
    assert set(found.parts["pattern"]) <= set(PATTERNS.values())


def test_chance_has_no_pattern():
    found = pattern(layer(), result_of(np.random.default_rng(7).normal(size=SIDE * SIDE)))
    assert (found.parts["pattern"] == "not_significant").mean() > 0.97


def test_gaps_stay_and_rows_may_come_in_any_order():
    values = planted()
    values[5] = np.nan
    result = result_of(values)
    found = pattern(layer(), result)
    assert found.parts.loc[result.value.index[5]].isna().all()
    order = np.random.default_rng(3).permutation(SIDE * SIDE)
    mixed = replace(layer(), frame=layer().frame.iloc[order])
    pd.testing.assert_series_equal(pattern(mixed, result).parts["pattern_p"], found.parts["pattern_p"])


def test_few_areas_and_other_versions_are_not_tested():
    outcome = toy.toy_outcome()
    assert pattern(outcome.areas, outcome.index) is None
    with pytest.raises(VintageError, match="toy-2022"):
        pattern(replace(layer(), vintage="other"), result_of(planted()))
