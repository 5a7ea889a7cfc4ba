"""New and closed paths: by hand, and against the same lines read as a network of their own."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from qmgis.core.reach.network import Bends, Graph, nearest, snap
from qmgis.core.reach.paths import along, with_path
from qmgis.core.reach.streets import Streets
from qmgis.io.layers.lines import network_of_lines

GRID = [shapely.LineString([(0, y), (300, y)]) for y in (0, 100, 200)] + [
    shapely.LineString([(x, 0), (x, 200)]) for x in (0, 100, 200, 300)
]


def streets_of(lines: list[shapely.LineString]) -> Streets:
    """Return lines that meet where they cross: noded first."""
    return network_of_lines(np.asarray(shapely.get_parts(shapely.union_all(lines)), dtype=object))


def ways(streets: Streets, corners: np.ndarray) -> np.ndarray:
    """Return the shortest ways between the nodes nearest to corners, by a dense search."""
    count = len(streets.nodes)
    weight: dict[tuple[int, int], float] = {}
    for (one, other), metres in zip(streets.edges.tolist(), streets.length_m.tolist(), strict=True):
        key = (min(one, other), max(one, other))
        weight[key] = min(metres + 1e-12, weight.get(key, np.inf))
    rows, columns = np.array(list(weight)).T
    graph = coo_array((list(weight.values()), (rows, columns)), shape=(count, count)).tocsr()
    near = [int(np.hypot(*(streets.nodes - corner).T).argmin()) for corner in corners]
    return np.asarray(dijkstra(graph, directed=False, indices=near))[:, near]


def test_a_path_across_two_streets_by_hand():
    """From (50, 0) to (50, 100): both streets are split there, the path is one piece of 100 m."""
    found, was = with_path(streets_of(GRID), shapely.LineString([(50, 0), (50, 100)]))
    new = was < 0
    assert found.length_m[new].tolist() == [100]
    assert np.bincount(was[~new]).max() == 2
    assert (np.bincount(was[~new]) == 2).sum() == 2
    assert found.length_m[~new].sum() == streets_of(GRID).length_m.sum()


def test_the_end_of_a_path_is_led_to_a_street_within_ten_metres_and_no_farther():
    near, _ = with_path(streets_of(GRID), shapely.LineString([(50, 8), (50, 60)]))
    far, was = with_path(streets_of(GRID), shapely.LineString([(50, 11), (50, 60)]))
    assert near.length_m[-1] == 60
    assert far.length_m[was < 0].tolist() == [49]
    assert np.bincount(was[was >= 0]).max() == 1


def test_a_path_over_a_gap_joins_both_banks():
    """Two stumps that end at the same spot without a common node: a path that ends there joins both."""
    bends = Bends(np.empty((0, 2)), np.zeros(3, dtype=np.int64))
    nodes = np.array([[0.0, 0], [100, 0], [100, 0], [200, 0]])
    cut = Streets(nodes, np.array([[0, 1], [2, 3]]), np.array([100.0, 100]), bends, np.array([0, 1]))
    assert np.isinf(ways(cut, nodes[[0, 3]])).any()
    found, _ = with_path(cut, shapely.LineString([(100, -30), (100, 0)]))
    graph = Graph(found.nodes, found.edges, found.length_m, bends=found.bends)
    assert nearest(graph, snap(graph, nodes[[0]]), snap(graph, nodes[[3]])).tolist() == [200]


point = st.tuples(st.integers(0, 60), st.integers(0, 40)).map(lambda xy: (xy[0] * 5.0, xy[1] * 5.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(point, min_size=2, max_size=4, unique=True), min_size=1, max_size=3))
def test_ways_are_those_of_all_lines_drawn_together(paths):
    """The oracle nodes all lines at once (GEOS) and knows nothing of what was there before."""
    drawn = [shapely.LineString(path) for path in paths]
    if not all(line.is_simple for line in drawn):
        return
    found = streets_of(GRID)
    for line in drawn:
        found, _ = with_path(found, line)
    # ends in the open are led to a street within 10 m: the oracle gets these as lines of their own
    more = [_lead(line, GRID + drawn[:number]) for number, line in enumerate(drawn)]
    whole = streets_of([*GRID, *drawn, *(lead for leads in more for lead in leads)])
    corners = np.array([(x, y) for x in (0, 100, 200, 300) for y in (0, 100, 200)], dtype=float)
    np.testing.assert_allclose(ways(found, corners), ways(whole, corners), atol=0.05)


def _lead(line: shapely.LineString, there: list[shapely.LineString]) -> list[shapely.LineString]:
    """Return what leads the ends of a line to the nearest of others."""
    town = shapely.union_all(there)
    ends = [shapely.Point(line.coords[place]) for place in (0, -1)]
    return [shapely.shortest_line(end, town) for end in ends if 0 < end.distance(town) <= 10]


def test_streets_along_a_line_are_closed_and_those_across_are_not():
    streets = streets_of(GRID)
    gone = along(streets, shapely.LineString([(0, 102), (200, 102)]))
    middles = np.array([streets.nodes[edge].mean(axis=0) for edge in streets.edges])
    assert sorted(map(tuple, middles[gone].tolist())) == [(50.0, 100.0), (150.0, 100.0)]
    assert not along(streets, shapely.LineString([(50, 40), (90, 60)])).any()
