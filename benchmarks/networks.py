"""Networks of OpenStreetMap: a real extract against osmium's own pass over it, and the cache against reading."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import osmium

from benchmarks._timing import Job, Row, by_turns
from qmgis.io.osm import Extract, network_of_streets, read_streets
from qmgis.io.rules.modes import modes

DATA = Path(os.environ.get("QMGIS_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILES = {"herrenberg/herrenberg-minimal.osm.pbf": "1,704 highways", "heidelberg/heidelberg.test.pbf": "25,359 highways"}
KEYS = frozenset().union(*(mode.keys for mode in modes().values()))
CRS = "EPSG:25832"


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each extract."""
    for name, size in list(FILES.items())[: 1 if quick else None]:
        if (DATA / name).is_file():
            yield from _rows(DATA / name, size, runs)
        else:
            yield Row("networks", size, name, None, note="skipped: the extract is not there (QMGIS_DATA)")


def _rows(path: Path, size: str, runs: int) -> Iterator[Row]:
    walk, streets = modes()["walk"], read_streets(path, KEYS)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder)

        def cached() -> object:
            return Extract(path, kept, KEYS, CRS).network(walk)

        took = by_turns(
            {
                "osmium": lambda: _every_point_of_a_way(path),
                "read": lambda: read_streets(path, KEYS),
                "build": lambda: network_of_streets(streets, walk, target=CRS),
                "cached": cached,
            },
            runs=runs,
        )
    peer = took["osmium"]
    yield Row("networks", size, "osmium: ids and places of the points of all highways", peer)
    yield Row(
        "networks", size, "read the streets, their tags and barriers", took["read"], times_peer=took["read"] / peer
    )
    yield Row("networks", size, "of these the walking network", took["build"], times_peer=took["build"] / peer)
    ratio = took["cached"] / (took["read"] + took["build"])
    yield Row(
        "networks", size, "the walking network as kept", took["cached"], times_peer=ratio, note="beside the two above"
    )


def _every_point_of_a_way(path: Path) -> int:
    """Do the least that a reader in Python has to do."""
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations("sparse_mem_array")
    ways = ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(osmium.filter.KeyFilter("highway"))
    return sum(len([(node.ref, node.x, node.y) for node in way.nodes]) for way in ways)


JOB = Job("networks", "Networks: extracts of OpenStreetMap", run)
