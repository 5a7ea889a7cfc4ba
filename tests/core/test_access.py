"""Supply that people reach: the printed examples, the formulas written out, and what must be conserved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access import Access
from hypothesis import given
from hypothesis import strategies as st

from qmgis.core.reach import access
from qmgis.core.reach.access import Pairs, conserved, cumulative, gaussian, gravity, step, three_step, two_step
from qmgis.errors import DataError

METRES = np.array([[200.0, 900], [400, 500], [1200, 300]])
PEOPLE, PLACES = pd.Series([100.0, 200, 300]), pd.Series([10.0, 12])


def all_pairs(costs: np.ndarray) -> Pairs:
    origin, facility = (index.ravel() for index in np.indices(costs.shape))
    return Pairs(origin, facility, costs.ravel(), *costs.shape)


EXAMPLE = all_pairs(METRES)


def test_ac_1_two_step():
    found = two_step(EXAMPLE, PEOPLE, PLACES, decay=step(600))
    np.testing.assert_allclose(found.ratio, [0.03333, 0.024], atol=1e-5)
    np.testing.assert_allclose(found.access, [0.03333, 0.05733, 0.024], atol=1e-5)
    assert (PEOPLE * found.access).sum() == pytest.approx(22)


def test_ac_2_gaussian():
    found = two_step(EXAMPLE, PEOPLE, PLACES, decay=gaussian(600))
    np.testing.assert_allclose(found.access, [0.046635, 0.038368, 0.032210], atol=1e-6)


sizes = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(0, 10_000))


def drawn(size: tuple[int, int, int]) -> tuple[np.ndarray, pd.Series, pd.Series]:
    rng = np.random.default_rng(size[2])
    costs = rng.uniform(0, 1200, size[:2]).round(-1)
    return costs, pd.Series(rng.integers(0, 90, size[0]).astype(float)), pd.Series(rng.integers(0, 50, size[1]) * 1.0)


@given(sizes)
def test_supply_is_conserved(size):
    costs, people, places = drawn(size)
    for decay in (step(600), gaussian(900), access.exponential(300)):
        for measure in (two_step, three_step):
            found = measure(all_pairs(costs), people, places, decay=decay)
            assert conserved(found, people, places) == pytest.approx(0, abs=1e-9)
            assert (found.access >= 0).all()


def pysal(costs: np.ndarray, people: pd.Series, places: pd.Series, reach: float) -> Access:
    """The same question to PySAL; it keeps its pairs in frames."""
    pairs = pd.DataFrame(
        [(f"o{o}", f"f{f}", cost) for (o, f), cost in np.ndenumerate(costs) if cost <= reach],
        columns=["origin", "dest", "cost"],
    )
    demand = pd.DataFrame({"geoid": [f"o{o}" for o in people.index], "people": people})
    supply = pd.DataFrame({"geoid": [f"f{f}" for f in places.index], "places": places})
    return Access(
        demand_df=demand, demand_index="geoid", demand_value="people", supply_df=supply, supply_index="geoid",
        supply_value="places", cost_df=pairs, cost_origin="origin", cost_dest="dest", cost_name="cost",
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("seed", range(5))
def test_equals_pysal_access(seed: int):
    rng = np.random.default_rng(seed)
    costs, reach = rng.uniform(0, 1500, (30, 6)), 900.0
    people, places = pd.Series(rng.integers(1, 90, 30) * 1.0), pd.Series(rng.integers(1, 50, 6) * 1.0)
    peer, near = pysal(costs, people, places, reach), costs <= reach
    pairs = Pairs(*np.nonzero(near), costs[near], *costs.shape)
    rows = [f"o{o}" for o in range(30)]

    def asked(found: pd.DataFrame) -> np.ndarray:
        return found.iloc[:, 0].reindex(rows).fillna(0.0).to_numpy()

    for decay in (step(reach), gaussian(reach)):
        weight = lambda cost, decay=decay: float(decay(np.array([cost]))[0])  # noqa: E731
        expected = asked(peer.two_stage_fca(name="two", max_cost=reach, weight_fn=weight))
        np.testing.assert_allclose(two_step(pairs, people, places, decay=decay).access, expected, atol=1e-12)
        expected = asked(peer.three_stage_fca(name="three", max_cost=reach, weight_fn=weight))
        np.testing.assert_allclose(three_step(pairs, people, places, decay=decay).access, expected, atol=1e-12)
        expected = asked(peer.weighted_catchment(name="gravity", max_cost=reach, weight_fn=weight))
        np.testing.assert_allclose(gravity(pairs, places, decay=decay), expected, atol=1e-9)


@given(sizes)
def test_three_step_is_the_formula(size):
    costs, people, places = drawn(size)
    near = gaussian(700)(costs)
    found = three_step(all_pairs(costs), people, places, decay=gaussian(700))
    for o in range(size[0]):
        total = 0.0
        for j in range(size[1]):
            share = [near[i, j] / near[i].sum() if near[i].sum() else 0.0 for i in range(size[0])]
            asked = sum(share[i] * near[i, j] * people[i] for i in range(size[0]))
            total += share[o] * near[o, j] * places[j] / asked if asked else 0.0
        assert found.access[o] == pytest.approx(total, abs=1e-12)


@given(sizes)
def test_sums_are_the_formulas_and_grow_with_reach(size):
    costs, _, places = drawn(size)
    pairs = all_pairs(costs)
    np.testing.assert_allclose(cumulative(pairs, places, reach=500), ((costs <= 500) * places.to_numpy()).sum(axis=1))
    assert (cumulative(pairs, places, reach=1000) >= cumulative(pairs, places, reach=500)).all()
    decay = access.power(1.5, least=50)
    expected = (np.maximum(costs, 50) ** -1.5 * places.to_numpy()).sum(axis=1)
    np.testing.assert_allclose(gravity(pairs, places, decay=decay), expected)


def test_who_is_not_reached():
    pairs = Pairs(np.array([0]), np.array([0]), np.array([100.0]), 2, 2)
    found = two_step(pairs, pd.Series([50.0, 50]), pd.Series([5.0, 9]), decay=step(600))
    assert found.access.tolist() == [0.1, 0.0]
    assert found.idle.tolist() == [1]
    nobody = two_step(pairs, pd.Series([0.0, 50]), pd.Series([5.0, 9]), decay=step(600))
    assert nobody.access.tolist() == [0.0, 0.0]
    assert nobody.idle.tolist() == [0, 1]


def test_what_stops_it():
    with pytest.raises(DataError, match="cost of 0 or more"):
        Pairs(np.array([0]), np.array([0]), np.array([-1.0]), 1, 1)
    with pytest.raises(DataError, match="two known numbers"):
        Pairs(np.array([2]), np.array([0]), np.array([1.0]), 1, 1)
    with pytest.raises(DataError, match="supply has 2 numbers for 2 places, missing or negative ones at: kita"):
        cumulative(EXAMPLE, pd.Series([5.0, np.nan], index=["hort", "kita"]), reach=500)
    with pytest.raises(DataError, match="reach is 0; give a number above 0"):
        step(0)
