"""People of areas on buildings: totals are kept, weights are followed, what cannot be placed is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.spatial.dasymetric import allocate
from qmgis.errors import DataError


@given(st.integers(1, 8), st.integers(0, 40), st.integers(0, 10_000))
def test_every_total_is_kept_and_every_point_has_its_share(areas: int, points: int, seed: int):
    rng = np.random.default_rng(seed)
    totals = pd.Series(rng.integers(0, 5000, areas).astype(float), index=[f"a{n}" for n in range(areas)])
    area = pd.Series([f"a{n}" for n in rng.integers(0, areas + 1, points)], index=range(points), dtype=object)
    volume = pd.Series(rng.choice([0.0, np.nan, 120.5, 3300.0, 1e-3], points), index=range(points))
    found = allocate(totals, area, [volume])
    for name, total in totals.items():
        mine = area.index[area == name]
        if len(mine):
            assert found.people[mine].sum() == pytest.approx(total, rel=1e-12, abs=1e-9)
            weight = volume[mine].fillna(0.0)
            expected = weight / weight.sum() if weight.sum() else pd.Series(1 / len(mine), index=mine)
            np.testing.assert_allclose(found.people[mine], total * expected, atol=1e-9)
            assert found.step[name] == (0 if weight.sum() else 1)
        else:
            assert pd.isna(found.step[name])
            assert (name in found.unplaced.index) == (total > 0)
    outside = ~area.isin(totals.index)
    assert (found.people[outside] == 0).all()
    assert found.people.sum() + found.unplaced.sum() == pytest.approx(totals.sum(), abs=1e-6)


def test_the_next_weights_serve_where_the_first_are_nothing():
    area = pd.Series(["a", "a", "b", "b", "c"], index=list("vwxyz"))
    volume = pd.Series([1.0, 3.0, 0.0, 0.0, np.nan], index=area.index)
    land = pd.Series([9.0, 9.0, 1.0, 4.0, 0.0], index=area.index)
    found = allocate(pd.Series({"a": 40.0, "b": 10.0, "c": 5.0}), area, [volume, land])
    assert found.people.tolist() == [10.0, 30.0, 2.0, 8.0, 5.0]
    assert found.step.tolist() == [0, 1, 2]
    assert found.unplaced.empty


def test_unknown_is_not_zero():
    area = pd.Series(["a", "b"], index=["x", "y"])
    found = allocate(pd.Series({"a": np.nan, "b": 3.0, "c": np.nan}), area)
    assert np.isnan(found.people["x"])
    assert found.people["y"] == 3.0
    assert list(found.unplaced.index) == ["c"]


def test_what_stops_it():
    area = pd.Series(["a"], index=["x"])
    with pytest.raises(DataError, match="negative at a"):
        allocate(pd.Series({"a": -1.0}), area)
    with pytest.raises(DataError, match="negative at x"):
        allocate(pd.Series({"a": 1.0}), area, [pd.Series([-2.0], index=["x"])])
    with pytest.raises(DataError, match="other points"):
        allocate(pd.Series({"a": 1.0}), area, [pd.Series([2.0], index=["q"])])
