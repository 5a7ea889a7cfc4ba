"""Heights under streets: a plane whose slope is known, voids, bridges, and a real tile."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import pytest
from affine import Affine

from qmgis.core.reach.streets import lines_of
from qmgis.io.osm import network_of_streets, read_streets
from qmgis.io.osm._slopes import _heights, with_slopes
from qmgis.io.rules.modes import modes
from qmgis.io.sources import raster
from qmgis.io.sources.raster import Raster
from tests.io.osm.made import CRS, X, Y, built, osm, way

DATA = Path(os.environ.get("QMGIS_DATA", Path(__file__).parents[4] / "shared" / "data"))
TILE = DATA / "raster" / "N52E008.hgt.zip"
PATH = {"highway": "footway"}
SQUARE = {1: (0.0, 0.0), 2: (200.0, 0.0), 3: (200.0, 200.0), 4: (0.0, 200.0)}
INF = float("inf")


def plane(*, east: float = 0.0, north: float = 0.0, cell: float = 25.0) -> Raster:
    """Heights that rise by these shares to the east and north."""
    side = int(1200 / cell)
    x, y = np.meshgrid((np.arange(side) + 0.5) * cell, 1000 - (np.arange(side) + 0.5) * cell)
    return Raster(100 + east * x + north * y, Affine(cell, 0, X - 100, 0, -cell, Y + 900), pyproj.CRS(CRS))


def sloped(ways, ground, folder, *, mode="barrier_free", **changes):
    rules = replace(modes()[mode], **changes)
    return with_slopes(built(osm(SQUARE, ways), folder, mode=mode), rules, ground, target=CRS)


def test_heights_of_a_plane_are_exact_between_the_cells():
    ground = plane(east=0.08, north=0.03)
    xy = np.array([[X + 31.7, Y + 12.9], [X + 500.0, Y + 333.3]])
    expected = 100 + 0.08 * (xy[:, 0] - X + 100) + 0.03 * (xy[:, 1] - Y + 100)
    np.testing.assert_allclose(_heights(ground, xy, CRS), expected, atol=1e-9)
    assert np.isnan(_heights(ground, np.array([[X - 500, Y]]), CRS)).all()


@pytest.mark.parametrize(("percent", "open_"), [(5.9, True), (6.1, False)])
def test_a_barrier_free_way_ends_where_it_rises_by_more_than_6_percent(percent, open_, tmp_path):
    one = sloped(
        [((1, 2), PATH), ((2, 3), PATH), ((2, 4), {**PATH, "bridge": "yes"})], plane(east=percent / 100), tmp_path
    )
    assert way(one, (0, 0), (200, 0)) == (200.0 if open_ else INF)
    assert way(one, (200, 10), (200, 200)) == 190.0  # across the slope
    assert len(one.edges) == len(one.bends.offset) - 1 == len(lines_of(one.nodes, one.edges, one.bends))
    assert one.counts["steep"] == (0 if open_ else 1)


@pytest.mark.parametrize("tags", [{"bridge": "yes"}, {"tunnel": "yes"}, {"incline": "4%"}, {"wheelchair": "yes"}])
def test_what_is_recorded_counts_more_than_the_ground(tags, tmp_path):
    assert way(sloped([((1, 2), {**PATH, **tags})], plane(east=0.3), tmp_path), (0, 0), (200, 0)) == 200.0


def test_a_steep_section_in_a_long_way_is_found(tmp_path):
    ground = plane()
    values = ground.values.copy()
    values[:, 8:] += 8.0  # a step of 8 m within one cell, about in the middle of the way
    one = sloped([((1, 2), PATH)], replace(ground, values=values), tmp_path)
    assert one.counts["steep"] == 1


def test_without_a_height_a_way_stays_open_and_is_counted(tmp_path):
    ground = plane(east=0.5)
    void = replace(ground, values=np.full_like(ground.values, np.nan))
    one = sloped([((1, 2), PATH)], void, tmp_path)
    assert way(one, (0, 0), (200, 0)) == 200.0
    assert (one.counts["steep"], one.counts["no_height"]) == (0, 1)


def test_who_walks_is_not_slowed_unless_the_mode_says_so(tmp_path):
    ways, ground = [((1, 2), PATH)], plane(east=0.1)
    same = sloped(ways, ground, tmp_path, mode="walk")
    assert (way(same, (0, 0), (200, 0), slow=True), same.counts["steep"]) == (200.0, 0)
    slow = sloped(ways, ground, tmp_path, mode="walk", slower_up=0.1)
    assert way(slow, (0, 0), (200, 0), slow=True) == 400.0  # 10 % up, 10 % more time a percent
    assert way(slow, (200, 0), (0, 0), slow=True) == 200.0
    assert way(slow, (0, 0), (200, 0)) == 200.0


def test_lines_are_the_streets_with_their_bends(tmp_path):
    one = built(osm(SQUARE, [((1, 2, 3), PATH), ((3, 4), PATH)]), tmp_path)
    lines = lines_of(one.nodes, one.edges, one.bends)
    np.testing.assert_allclose([line.length for line in lines], one.length_m)
    np.testing.assert_allclose([line.coords[0] for line in lines], one.nodes[one.edges[:, 0]])


@pytest.mark.realdata
@pytest.mark.skipif(not TILE.is_file(), reason="the real tile is not there (QMGIS_DATA)")
def test_a_real_tile_makes_hills_steep_and_plains_not(tmp_path):
    """Teutoburger Wald beside the plain north of it, in degrees and with voids, asked for in metres."""
    lines = []
    for number in range(400):
        lon, lat = 8.0 + number % 20 * 0.045, 52.02 + number // 20 * 0.045
        lines.append(f'<node id="{2 * number + 1}" lon="{lon}" lat="{lat}"/>')
        lines.append(f'<node id="{2 * number + 2}" lon="{lon}" lat="{lat + 0.004}"/>')
    ways = [f'<way id="{n}"><nd ref="{2 * n + 1}"/><nd ref="{2 * n + 2}"/><tag k="highway" v="path"/></way>'
            for n in range(400)]  # fmt: skip
    (tmp_path / "a.osm").write_text("\n".join(['<osm version="0.6">', *lines, *ways, "</osm>"]), encoding="utf-8")
    mode = modes()["barrier_free"]
    one = network_of_streets(read_streets(tmp_path / "a.osm", mode.keys), mode, target=CRS)
    found = with_slopes(one, mode, raster.SOURCE.read(TILE, {}), target=CRS)
    assert 0 < found.counts["steep"] < 200
    assert found.counts["no_height"] < 5
