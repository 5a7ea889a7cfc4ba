"""Nouns as plain arrays: what goes in comes out, nothing else does, and nothing is run."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal

from qmgis.io.disk.packed import packed, unpacked
from qmgis.model import AreaResult, Text
from tests.toy import toy_areas, toy_outcome

CLASSES = {"qmgis.model": ("AreaLayer", "AreaResult", "Column", "Text")}


def again(noun):
    return unpacked(packed(noun, CLASSES), CLASSES)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False) | st.dates(),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    | st.frozensets(st.integers(), max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value):
    found = again(value)
    assert found == value
    assert type(found) is type(value)


def test_what_is_missing_keeps_its_kind():
    found = again((None, float("nan"), pd.NA, pd.NaT, math.inf, {"a": -math.inf}))
    assert found[0] is None
    assert math.isnan(found[1])
    assert found[2] is pd.NA
    assert found[3] is pd.NaT
    assert found[4:] == (math.inf, {"a": -math.inf})


def test_frames_keep_every_type_and_index():
    frame = pd.DataFrame({
        "float": [1.5, float("nan"), math.inf], "int": np.array([1, 2, 3], dtype="int32"), "bool": [True, False, True],
        "str": pd.array(["a", None, "ä\0"], dtype="str"), "object": ["a", None, "a"], "mixed": [("x", "y"), 1, None],
        "Int64": pd.array([1, None, -3], dtype="Int64"), "boolean": pd.array([True, None, False], dtype="boolean"),
        "category": pd.Categorical(["lo", None, "hi"], categories=["lo", "mid", "hi"], ordered=True),
        "day": pd.to_datetime(["2024-01-02", None, "1999-12-31"]).as_unit("s"), 7: [date(2024, 1, 2), None, pd.NA],
    }, index=pd.MultiIndex.from_tuples([("b", 1), ("a", 2), ("a", 3)], names=["unit", None]))  # fmt: skip
    assert_frame_equal(again(frame), frame)
    assert_frame_equal(again(frame.reset_index(drop=True)), frame.reset_index(drop=True))
    assert_frame_equal(again(pd.DataFrame()), pd.DataFrame())
    assert_series_equal(again(frame["Int64"]), frame["Int64"])
    assert_index_equal(again(frame.index), frame.index)


def test_shapes_keep_their_place_and_system():
    frame = toy_areas().frame
    found = again(frame)
    assert isinstance(found, gpd.GeoDataFrame)
    assert found.crs == frame.crs
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(frame))
    nowhere = gpd.GeoSeries([shapely.Point(1, 2), None], index=pd.Index(["a", "b"], name="measure"), crs="EPSG:25832")
    assert again(nowhere).isna().tolist() == [False, True]
    assert again(shapely.box(0, 0, 1, 1)).equals(shapely.box(0, 0, 1, 1))


def test_results_are_built_by_their_own_constructor():
    index = toy_outcome().index
    found = again(index)
    assert isinstance(found, AreaResult)
    assert_frame_equal(found.parts, index.parts)
    assert found.columns == index.columns
    kept = packed(index, CLASSES)
    spoilt = kept["words"].tobytes().replace(b'"ordered":true', b'"ordered":false')
    with pytest.raises(ValueError, match="not well formed"):
        unpacked({**kept, "words": np.frombuffer(spoilt, np.uint8)}, CLASSES)


@pytest.mark.parametrize("one", [object(), open, np.zeros((2, 2)), OrderedDict, Text])
def test_what_is_no_noun_is_not_kept(one):
    with pytest.raises(TypeError):
        packed(one, CLASSES)
    with pytest.raises(TypeError, match="no class that may be kept"):
        packed(Text("a", "b"), {})


@pytest.mark.parametrize(
    "told", [{"~": "system", "is": "id"}, {"~": "noun"}, {"~": "__class__"}, {"~": "Popen", "args": "id"}, {"x": 1},
             {"~": "array", "cells": {"as": "raw", "type": "|O", "at": 0, "n": 1}}]
)  # fmt: skip
def test_nothing_else_comes_out(told):
    words = np.frombuffer(json.dumps(told).encode(), np.uint8)
    with pytest.raises((ValueError, LookupError, TypeError)):
        unpacked({"words": words, "numbers": np.zeros(64, np.uint8)}, CLASSES)
