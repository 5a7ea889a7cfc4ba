"""Ground of large cities: noded only where needed, and still one valid coverage."""

import numpy as np
import pytest
import shapely

from qmgis.musterstadt.blocks import _large_mosaic, make_ground
from qmgis.musterstadt.plan import bend, make_plan


@pytest.fixture(scope="module")
def ground():
    rng = np.random.default_rng(11)
    plan = make_plan(3_000, rng)
    return make_ground(plan, 3_000, rng, warp=bend(rng), fine=False)


def test_every_area_is_one_block(ground):
    assert ground.blocks["piece"].nunique() == 3_000
    assert set(ground.blocks["piece"]) == set(range(3_000))


def test_blocks_fit_without_gaps_and_overlaps(ground):
    shapes = ground.blocks["geometry"].to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    town = shapely.coverage_union_all(shapes)
    assert town.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)
    assert sum(hole.area for part in shapely.get_parts(town) for hole in shapely.get_parts(part.interiors)) == 0


def test_borders_that_differ_by_millimetres_become_one():
    left = shapely.Polygon([(0, 0), (100, 0), (100, 200), (0, 200)])
    lower = shapely.Polygon([(100.004, 0), (200, 0), (200, 90), (99.996, 90)])
    upper = shapely.Polygon([(99.996, 90), (200, 90), (200, 200), (100.003, 200)])
    _, faces = _large_mosaic(np.array([left, lower, upper]))
    assert len(faces) == 3
    assert shapely.coverage_is_valid(faces)
    assert shapely.area(faces).sum() == pytest.approx(200 * 200, rel=1e-3)


def test_plans_of_large_cities_lose_no_ground(monkeypatch):
    whole = make_plan(4_000, np.random.default_rng(5))
    monkeypatch.setattr("qmgis.musterstadt.plan.WHOLE_UP_TO", 10)
    parted = make_plan(4_000, np.random.default_rng(5))
    town, other = (shapely.union_all(one.quarters["geometry"].to_numpy()) for one in (whole, parted))
    assert shapely.symmetric_difference(town, other).area < 1e-6 * town.area
    assert len(parted.quarters) == pytest.approx(len(whole.quarters), rel=0.02)
