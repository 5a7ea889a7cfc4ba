"""Extracts that are broken, cut off, disguised or hostile; and the real ones, counted."""

from __future__ import annotations

import bz2
import gzip
import os
import re
from pathlib import Path

import numpy as np
import pytest

from qmgis.core.reach.network import Graph, main_parts, nearest, snap
from qmgis.errors import SourceError
from qmgis.io.osm import network_of_streets, read_streets
from qmgis.io.rules.modes import modes
from qmgis.io.sources.osm import SOURCE
from tests.io.osm.made import CRS, built, graph_of, osm

DATA = Path(os.environ.get("QMGIS_DATA", Path(__file__).parents[4] / "shared" / "data"))
HEIDELBERG = DATA / "heidelberg" / "heidelberg.test.pbf"
REAL = {
    HEIDELBERG: 25_359,
    DATA / "herrenberg" / "herrenberg-minimal.osm.pbf": 1_704,
    DATA / "berlin" / "network" / "berlin-siegessaeule.osm.gz": 146,
}
MAP = osm({1: (0, 0), 2: (100, 0)}, [((1, 2), {"highway": "path"})])


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        SOURCE.read(path, {})
    assert "\n" not in caught.value.en
    assert str(path.parent) not in caught.value.en + caught.value.de
    return caught.value.en


@pytest.mark.parametrize(("suffix", "pack"), [(".osm", bytes), (".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)])
def test_every_form_gives_the_same_whatever_its_name(suffix, pack, tmp_path):
    for name in (f"a{suffix}", "a.osm.pbf"):
        (tmp_path / name).write_bytes(pack(MAP.encode()))
        assert SOURCE.read(tmp_path / name, {}).highways == 1


@pytest.mark.parametrize("name", ["a.osm.gz", "a.osm.bz2"])
@pytest.mark.parametrize("keep", [20, 60, 200])
def test_packed_files_that_are_cut_off(name, keep, tmp_path):
    points = {n: (n * 7.0 % 977, n * 13.0 % 991) for n in range(1, 400)}
    text = osm(points, [(tuple(points), {"highway": "path"})]).encode()
    whole = gzip.compress(text) if name.endswith("gz") else bz2.compress(text)
    (tmp_path / name).write_bytes(whole[: len(whole) * keep // 220])
    assert "cut off or damaged" in refused(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        MAP[:150],
        MAP.replace('lat="', 'lat="north'),
        MAP.replace('<node id="1"', '<node id="one"'),
        MAP.replace("<osm", '<!DOCTYPE osm [<!ENTITY a "aaaa">]><osm').replace('v="path"', 'v="&a;"'),
        MAP.replace("</osm>", "</mos>"),
    ],
)
def test_broken_and_hostile_xml(text, tmp_path):
    (tmp_path / "a.osm").write_text(text, encoding="utf-8")
    assert "cut off or damaged" in refused(tmp_path / "a.osm")


def test_what_is_no_extract(tmp_path):
    for content in (b"id;name\n", b"<gpx/>", gzip.compress(b"a,b\n"), b"SQLite format 3\x00"):
        (tmp_path / "a.osm.pbf").write_bytes(content)
        assert "no extract of OpenStreetMap" in refused(tmp_path / "a.osm.pbf")
    (tmp_path / "a.osm.pbf").write_bytes(b"")
    assert "is empty" in refused(tmp_path / "a.osm.pbf")


def test_places_off_the_earth_are_places_that_are_not_there(tmp_path):
    one = built(re.sub('(<node id="2" lon=)"[0-9.]*"', '\\1"190.5"', MAP), tmp_path)
    assert (len(one.edges), one.counts["missing"]) == (0, 1)


def test_an_extract_without_streets(tmp_path):
    (tmp_path / "a.osm").write_text('<?xml version="1.0"?><osm version="0.6"/>', encoding="utf-8")
    streets = SOURCE.read(tmp_path / "a.osm", {})
    assert (streets.highways, streets.missing, len(streets)) == (0, 0, 0)
    for mode in modes().values():
        assert len(network_of_streets(streets, mode, target=CRS).edges) == 0


# Real extracts --------------------------------------------------------------------------------------------------

needed = pytest.mark.skipif(not HEIDELBERG.is_file(), reason="the real extracts are not there (QMGIS_DATA)")


@pytest.mark.realdata
@needed
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parent.name)
def test_every_highway_is_read(path):
    assert SOURCE.read(path, {}).highways == REAL[path]


@pytest.mark.realdata
@needed
def test_a_cut_off_pbf_is_one_sentence(tmp_path):
    (tmp_path / "a.osm.pbf").write_bytes(HEIDELBERG.read_bytes()[:1_000_000])
    assert "cut off or damaged" in refused(tmp_path / "a.osm.pbf")


@pytest.fixture(scope="module")
def heidelberg():
    return read_streets(HEIDELBERG, frozenset().union(*(mode.keys for mode in modes().values())))


@pytest.mark.realdata
@needed
@pytest.mark.parametrize(("mode", "least"), [("walk", 0.96), ("cycle", 0.95), ("barrier_free", 0.88)])
def test_heidelberg_hangs_together_and_no_way_is_shorter_than_its_straight_line(mode, least, heidelberg):
    one = network_of_streets(heidelberg, modes()[mode], target=CRS)
    graph = graph_of(one)
    _, part, metres = main_parts(graph)
    assert least < metres[0] / one.length_m.sum() < 1
    straight = np.hypot(*(one.nodes[one.edges[:, 0]] - one.nodes[one.edges[:, 1]]).T)
    assert (one.length_m >= straight - 1e-6).all()
    assert len(np.unique(part)) > 1
    rng = np.random.default_rng(3)
    spots = one.nodes[rng.choice(len(one.nodes), 400)] + rng.normal(0, 30, (400, 2))
    here, there = snap(graph, spots[:390]), snap(graph, spots[390:])
    far = nearest(graph, here, there)
    crow = np.hypot(*(spots[:390, None] - spots[None, 390:]).transpose(2, 0, 1))
    assert (far >= crow.min(axis=1) - 1e-6).all()
    assert np.isfinite(far).mean() > 0.5
    if mode == "walk":  # some moving stairs; all else is open both ways, so the way there is the way back
        assert one.passable.mean() > 0.9999
        both = Graph(one.nodes, one.edges, one.length_m, bends=one.bends)
        for number in range(0, 390, 40):
            pair = part_of(here, number), part_of(there, 0)
            np.testing.assert_allclose(nearest(both, *pair), nearest(both, *reversed(pair)), rtol=1e-9)
    else:
        assert one.passable.all() == (mode == "barrier_free")


def part_of(where, number):
    return type(where)(where.edge[[number]], where.along[[number]], where.leg_m[[number]])


@pytest.mark.realdata
@needed
def test_who_may_less_walks_less(heidelberg):
    length = {key: network_of_streets(heidelberg, mode, target=CRS).length_m.sum() for key, mode in modes().items()}
    assert length["barrier_free"] < length["walk"]
