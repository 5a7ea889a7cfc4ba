"""Borders: lengths against plain intersections, barriers and underpasses by hand, blocks with streets between."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from benchmarks import _synthetic
from qmgis.core.spatial.borders import borders


def test_lengths_are_those_of_plain_intersections():
    shapes = np.asarray(_synthetic.areas(60).frame.geometry.array)
    found = borders(shapes)
    for (one, other), metres in zip(found.pairs, found.metres, strict=True):
        plain = shapely.intersection(shapes[one].boundary, shapes[other].boundary).length
        assert metres == pytest.approx(plain, rel=1e-6)
    inner = sum(found.metres)
    assert shapely.union_all(shapes).length == pytest.approx(shapely.length(shapes).sum() - 2 * inner, rel=1e-6)
    assert found.open.all()


def test_borders_that_do_not_match_exactly_are_measured_beside_each_other():
    shapes = shapely.box([0, 100.004], 0, [100, 200], [100, 50])
    assert borders(shapes).metres.tolist() == pytest.approx([50], abs=0.1)


def test_blocks_touch_across_a_street_but_not_across_a_junction():
    """Two by two blocks of 100 m with streets of 20 m."""
    shapes = shapely.box([0, 120, 0, 120], [0, 0, 120, 120], [100, 220, 100, 220], [100, 100, 220, 220])
    found = borders(shapes, gap_m=25.0)
    assert found.pairs.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]
    assert (found.metres >= 100).all()
    rail = shapely.LineString([(110, -50), (110, 300)])
    assert borders(shapes, gap_m=25.0, barriers=rail).open.tolist() == [False, True, True, False]


def test_a_barrier_separates_unless_a_street_leads_across():
    shapes = shapely.box([0, 100, 0], [0, 0, 100], [100, 200, 100], [100, 100, 200])
    cross = shapely.MultiLineString([[(100, 0), (100, 100)], [(0, 100), (100, 100)]])
    shut = borders(shapes, barriers=cross)
    assert shut.pairs.tolist() == [[0, 1], [0, 2]]
    assert not shut.open.any()
    under = (np.array([[90.0, 20], [110, 20], [50, 20]]), np.array([[0, 1], [1, 2]]))
    opened = borders(shapes, barriers=cross, streets=under)
    assert opened.open.tolist() == [True, False]
    assert opened.bridged.tolist() == [True, False]
    # a street in one area only opens nothing
    assert not borders(shapes, barriers=cross, streets=(under[0], np.array([[0, 2]]))).open.any()


def test_no_areas_side_by_side():
    found = borders(shapely.box([0, 500], 0, [100, 600], 100))
    assert (found.pairs.shape, len(found.metres), len(found.open)) == ((0, 2), 0, 0)
