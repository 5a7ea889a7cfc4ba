"""Who is whose neighbour: our matrices against libpysal's Graph, on areas whose borders fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import geopandas as gpd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.spatial.neighbours import nearest, queen, rook

PEER, K = "libpysal", 6


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each size."""
    for count in (200,) if quick else (542, 10_000, 100_000):
        yield from _size(count, runs if count < 100_000 else min(runs, 3))


def _size(count: int, runs: int) -> Iterator[Row]:
    areas = _synthetic.areas(count).frame.geometry
    ours: dict[str, Callable[[], object]] = {
        "queen": lambda: queen(areas),
        "rook": lambda: rook(areas),
        "nearest": lambda: nearest(areas, k=K),
        "queen, strict (snap_m=0)": lambda: queen(areas, snap_m=0.0),
    }
    peers = {} if missing(PEER) else _libpysal(areas)
    tasks = {**{f"qmgis {name}": task for name, task in ours.items()}, **peers}
    took, size = by_turns(tasks, runs=runs), f"{count:,} areas"
    for name in ours:
        peer = f"{PEER} {name.split(',')[0]}"
        if peer in took and "," not in name:
            yield Row("weights", size, peer, took[peer])
        ratio = took[f"qmgis {name}"] / took[peer] if peer in took else None
        target = "<= 0.1x" if name == "queen" and count == 100_000 else ""
        note = "" if peer in took else missing(PEER)
        yield Row("weights", size, f"qmgis {name}", took[f"qmgis {name}"], times_peer=ratio, target=target, note=note)


def _libpysal(areas: gpd.GeoSeries) -> dict[str, Callable[[], object]]:
    """Give the same rules in libpysal, the way its documentation builds them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.graph import Graph
    points = areas.representative_point()

    def quiet(build: Callable[[], object]) -> Callable[[], object]:
        def task() -> object:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return build()

        return task

    return {
        f"{PEER} queen": quiet(lambda: Graph.build_contiguity(areas, rook=False, strict=True)),
        f"{PEER} rook": quiet(lambda: Graph.build_contiguity(areas, rook=True, strict=True)),
        f"{PEER} nearest": quiet(lambda: Graph.build_knn(points, k=K)),
    }


JOB = Job("weights", "Neighbours: queen, rook, nearest", run)
