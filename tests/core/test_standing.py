"""Facilities come and go: after any changes the distances are those of a search from the beginning."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmgis.core.reach.network import Snap, nearest, snap
from qmgis.core.reach.standing import add, close, stand
from qmgis.errors import DataError
from tests.core.test_cutoff import town

changes = st.lists(st.tuples(st.sampled_from(["add", "close", "move"]), st.integers(0, 10_000)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 7), steps=changes)
def test_every_change_is_what_a_new_search_gives(seed: int, count: int, steps: list[tuple[str, int]]):
    graph, homes, places = town(seed)
    here = snap(graph, homes, within_m=100)
    found = stand(graph, here, snap(graph, places[:count], within_m=100))
    for what, number in steps:
        if what != "add" and found.is_open.any():
            open_ = np.flatnonzero(found.is_open)
            found = close(found, int(open_[number % len(open_)]))
        if what != "close":
            point = np.random.default_rng(number).uniform(0, 1000, (1, 2))
            found = add(found, snap(graph, point, within_m=100))
        there, is_open = found.facilities, found.is_open
        left = Snap(there.edge[is_open], there.along[is_open], there.leg_m[is_open])
        np.testing.assert_allclose(found.metres, nearest(graph, here, left), atol=1e-9)
        known = found.owner >= 0
        assert found.is_open[found.owner[known]].all()
        assert np.isinf(found.node_m[~known]).all()


def test_only_what_is_touched_is_looked_at():
    graph, _, places = town(4)
    here = snap(graph, np.random.default_rng(0).uniform(0, 1000, (400, 2)), within_m=200)
    found = stand(graph, here, snap(graph, places, within_m=200))
    after = close(found, 2)
    assert 0 < len(after.touched) < 300
    moved = np.flatnonzero(after.metres != found.metres)
    assert set(moved) <= set(after.touched.tolist())
    back = add(
        after, Snap(*(part[[2]] for part in (found.facilities.edge, found.facilities.along, found.facilities.leg_m)))
    )
    np.testing.assert_allclose(back.metres, found.metres, atol=1e-9)
    assert found.is_open.all()  # a standing is never changed


def test_what_is_not_there_cannot_be_closed():
    graph, homes, places = town(1)
    found = stand(graph, snap(graph, homes, within_m=200), snap(graph, places, within_m=200))
    with pytest.raises(DataError, match="no open facility with the number 9"):
        close(found, 9)
    with pytest.raises(DataError, match="number 2"):
        close(close(found, 2), 2)
