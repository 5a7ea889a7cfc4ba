"""What of a small map is open to whom, and where ways meet: each case written as OpenStreetMap XML."""

from __future__ import annotations

import numpy as np
import pytest

from qmgis.io.osm._build import _number
from tests.io.osm.made import built, osm, way

INF = float("inf")
ROAD = {"highway": "residential"}
# 1 - 2 - 3 on a line, 4 above 2.
PLUS = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0), 4: (100.0, 100.0)}


def line(*, tags=ROAD, middle=None, mode="walk", folder):
    """The way from 1 over 2 to 3, and what a node in the middle may bear."""
    return built(osm(PLUS, [((1, 2, 3), tags)], nodes={2: middle or {}}), folder, mode=mode)


def test_ways_are_split_where_they_meet_and_nowhere_else(tmp_path):
    one = built(osm(PLUS, [((1, 2, 3), ROAD), ((2, 4), ROAD)]), tmp_path)
    assert sorted(one.length_m.round(1)) == [100.0, 100.0, 100.0]
    assert len(one.nodes) == 4
    alone = built(osm(PLUS, [((1, 2, 3), ROAD)]), tmp_path)
    assert alone.length_m.round(1).tolist() == [200.0]
    assert len(alone.bends.points) == 1
    assert way(one, (0, 0), (100, 100)) == 200.0


def test_a_bend_is_walked_and_can_be_joined(tmp_path):
    one = built(osm(PLUS, [((1, 2, 4), ROAD)]), tmp_path)
    assert one.length_m.round(1).tolist() == [200.0]
    assert way(one, (50, 0), (100, 50)) == 100.0


def test_a_bridge_over_a_road_is_no_junction(tmp_path):
    cross = {1: (0.0, 0.0), 2: (200.0, 0.0), 3: (100.0, -100.0), 4: (100.0, 100.0)}
    one = built(osm(cross, [((1, 2), ROAD), ((3, 4), {**ROAD, "bridge": "yes", "layer": "1"})]), tmp_path)
    assert way(one, (0, 0), (100, 100)) == INF
    # two nodes at one place, as bridges sometimes have them, are two nodes
    stacked = {**cross, 5: (100.0, 0.0), 6: (100.0, 0.0)}
    one = built(osm(stacked, [((1, 5, 2), ROAD), ((3, 6, 4), ROAD)]), tmp_path)
    assert way(one, (0, 0), (100, 100)) == INF


@pytest.mark.parametrize(
    ("mode", "tags", "open_"),
    [
        ("walk", {"highway": "steps"}, True),
        ("cycle", {"highway": "steps"}, False),
        ("barrier_free", {"highway": "steps"}, False),
        ("barrier_free", {"highway": "steps", "ramp:wheelchair": "yes"}, True),
        ("walk", {"highway": "motorway"}, False),
        ("walk", {"highway": "construction"}, False),
        ("walk", {"highway": "trunk"}, False),
        ("walk", {"highway": "trunk", "sidewalk": "right"}, True),
        ("walk", {"highway": "service", "access": "private"}, False),
        ("walk", {"highway": "service", "access": "private", "foot": "yes"}, True),
        ("walk", {"highway": "residential", "foot": "no"}, False),
        ("walk", {"highway": "cycleway"}, True),
        ("walk", {"railway": "platform"}, True),
        ("walk", {"railway": "rail"}, False),
        ("cycle", {"highway": "cycleway"}, True),
        ("cycle", {"highway": "path", "bicycle": "no"}, False),
        ("cycle", {"highway": "footway", "foot": "no"}, False),
        ("barrier_free", {"highway": "path", "surface": "gravel"}, False),
        ("barrier_free", {"highway": "path", "surface": "gravel", "smoothness": "good"}, True),
        ("barrier_free", {"highway": "footway", "smoothness": "bad"}, False),
        ("barrier_free", {"highway": "footway", "smoothness": "bad", "wheelchair": "yes"}, True),
        ("barrier_free", {"highway": "footway", "wheelchair": "no"}, False),
        ("barrier_free", {"highway": "footway", "incline": "6%"}, True),
        ("barrier_free", {"highway": "footway", "incline": "-8 %"}, False),
        ("barrier_free", {"highway": "footway", "incline": "up"}, True),
        ("barrier_free", {"highway": "footway", "incline": "8%", "wheelchair": "limited"}, True),
        ("barrier_free", {"highway": "footway", "width": "0.6"}, False),
        ("walk", {"highway": "footway", "width": "0.6", "incline": "20%"}, True),
    ],
)
def test_who_may_use_a_way(mode, tags, open_, tmp_path):
    one = line(tags=tags, mode=mode, folder=tmp_path)
    assert len(one.edges) == (1 if open_ else 0)


@pytest.mark.parametrize(
    ("mode", "node", "open_"),
    [
        ("walk", {"barrier": "gate"}, True),
        ("walk", {"barrier": "gate", "locked": "yes"}, False),
        ("walk", {"barrier": "gate", "access": "private"}, False),
        ("walk", {"barrier": "gate", "access": "private", "foot": "yes"}, True),
        ("walk", {"barrier": "bollard"}, True),
        ("walk", {"barrier": "fence"}, False),
        ("walk", {"barrier": "stile"}, True),
        ("cycle", {"barrier": "stile"}, False),
        ("barrier_free", {"barrier": "cycle_barrier"}, False),
        ("barrier_free", {"barrier": "cycle_barrier", "wheelchair": "yes"}, True),
        ("barrier_free", {"kerb": "raised"}, False),
        ("barrier_free", {"barrier": "kerb", "kerb": "lowered"}, True),
        ("walk", {"kerb": "raised"}, True),
    ],
)
def test_who_gets_through_a_node(mode, node, open_, tmp_path):
    one = line(middle=node, mode=mode, folder=tmp_path)
    assert way(one, (0, 0), (200, 0)) == (200.0 if open_ else INF)
    assert way(one, (0, 0), (90, 0)) == 90.0  # up to a gate one may go from either side
    assert way(one, (200, 0), (110, 0)) == 90.0
    assert one.counts["closed_nodes"] == (0 if open_ else 1)


def test_a_closed_gate_where_three_ways_meet_ends_each(tmp_path):
    text = osm(PLUS, [((1, 2, 3), ROAD), ((2, 4), ROAD)], nodes={2: {"barrier": "gate", "locked": "yes"}})
    one = built(text, tmp_path)
    assert [way(one, (0, 0), end) for end in ((200, 0), (100, 100))] == [INF, INF]
    assert len(one.nodes) == 6


@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "yes", "oneway:bicycle": "no"}, True, True),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, True, True),
        ({"oneway": "yes", "cycleway:left:oneway": "-1"}, True, True),
        ({"oneway:bicycle": "yes"}, True, False),
        ({"oneway": "no"}, True, True),
        ({"oneway": "yes", "bicycle": "dismount"}, True, True),
    ],
)
def test_one_way_streets_bind_people_who_cycle(tags, there, back, tmp_path):
    one = line(tags={**ROAD, **tags}, mode="cycle", folder=tmp_path)
    assert way(one, (20, 0), (180, 0)) == (160.0 if there else INF)
    assert way(one, (180, 0), (20, 0)) == (160.0 if back else INF)
    walked = line(tags={**ROAD, **tags}, folder=tmp_path)
    assert walked.passable.all()


def test_people_on_foot_are_bound_by_their_own_sign_and_moving_stairs(tmp_path):
    for tags in ({**ROAD, "oneway:foot": "yes"}, {"highway": "steps", "conveying": "forward"}):
        one = line(tags=tags, folder=tmp_path)
        assert (way(one, (20, 0), (180, 0)), way(one, (180, 0), (20, 0))) == (160.0, INF)


def test_a_roundabout_is_cycled_one_way_and_walked_both(tmp_path):
    ring = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (100.0, 100.0), 4: (0.0, 100.0)}
    text = osm(ring, [((1, 2, 3, 4, 1), {**ROAD, "junction": "roundabout"})])
    cycled, walked = built(text, tmp_path, mode="cycle"), built(text, tmp_path)
    assert len(walked.edges) == 2  # a ring needs two nodes
    assert (way(cycled, (50, 0), (100, 50)), way(cycled, (100, 50), (50, 0))) == (100.0, 300.0)
    assert (way(walked, (50, 0), (100, 50)), way(walked, (100, 50), (50, 0))) == (100.0, 100.0)


def test_a_pushed_bicycle_is_slower_and_its_metres_are_kept(tmp_path):
    one = line(tags={"highway": "footway"}, mode="cycle", folder=tmp_path)
    assert one.pace.tolist() == [[15 / 4, 15 / 4]]
    assert way(one, (0, 0), (200, 0)) == 200.0
    assert way(one, (0, 0), (200, 0), slow=True) == 750.0


def test_points_that_the_extract_lacks_end_a_way(tmp_path):
    one = built(osm(PLUS, [((1, 2, 99, 3), ROAD), ((2, 4), ROAD)]), tmp_path)
    assert one.counts["missing"] == 1
    assert way(one, (0, 0), (100, 100)) == 200.0
    assert not np.isin(200.0, one.nodes[:, 0] - 477_000).any()
    nothing = built(osm(PLUS, [((98, 99), ROAD)]), tmp_path)
    assert (len(nothing.edges), nothing.counts["missing"], nothing.counts["highways"]) == (0, 2, 1)


def test_a_way_drawn_twice_is_walked_once(tmp_path):
    one = built(osm(PLUS, [((1, 2, 3), ROAD), ((3, 2, 1), ROAD), ((2, 4), ROAD)]), tmp_path)
    assert (len(one.edges), one.counts["doubled"]) == (3, 2)
    # what one of the two closes, the other opens
    text = osm(PLUS, [((1, 2, 3), {**ROAD, "oneway": "yes"}), ((3, 2, 1), {**ROAD, "oneway": "yes"})])
    both = built(text, tmp_path, mode="cycle")
    assert way(both, (180, 0), (20, 0)) == 160.0


def test_loops_and_points_named_twice_in_a_row(tmp_path):
    lollipop = {**PLUS, 5: (200.0, 100.0)}
    one = built(osm(lollipop, [((1, 2, 2, 3, 5, 4, 2), ROAD)]), tmp_path)
    assert way(one, (0, 0), (200, 100)) == 300.0
    assert (one.edges[:, 0] != one.edges[:, 1]).all()
    there_and_back = built(osm(PLUS, [((1, 2, 1), ROAD)]), tmp_path)
    assert there_and_back.length_m.round(1).tolist() == [100.0]


def test_ways_before_points_and_ids_below_0_and_beyond_all_maps(tmp_path):
    big = 1 << 60
    points = {-1: (0.0, 0.0), -2: (100.0, 0.0), big: (200.0, 0.0)}
    text = osm(points, [((-1, -2, big), ROAD)])
    head, body = text.split('<osm version="0.6">')
    lines = body.strip().split("\n")
    turned = "\n".join([head, '<osm version="0.6">', lines[3], *reversed(lines[:3]), "</osm>"])
    for form in (text, turned):
        one = built(form, tmp_path)
        assert one.length_m.round(1).tolist() == [200.0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8 %", 8.0),
        ("-5,5%", -5.5),
        ("45°", 100.0),
        ("0.8 m", 0.8),
        ("1", 1.0),
        ("up", None),
        ("", None),
        ("5 ft", None),
    ],
)
def test_numbers_of_tags(text, number):
    assert _number(text) == (number if number is None else pytest.approx(number))
