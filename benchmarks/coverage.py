"""Nearest facility on a street network against scipy's bare search; reach against geopandas."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis import coverage
from qmgis.core.reach.cutoff import nodes_within
from qmgis.core.reach.network import Graph, from_facilities, nearest, snap
from qmgis.model import PlaceLayer, ResidentLayer, Text

FACILITIES = 1000
CUTOFF_M = 1000.0


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of both comparisons."""
    yield from _network(10_000 if quick else 1_000_000, runs)
    yield from _networkx(1_000 if quick else 100_000, runs)
    yield from _pairs(10_000 if quick else 100_000, runs)
    yield from _reach(5_000 if quick else 100_000, 60 if quick else 542, runs)


def _network(nodes: int, runs: int) -> Iterator[Row]:
    points, edges, length = _synthetic.grid(nodes)
    graph = Graph(points, edges, length)
    rng = np.random.default_rng(1)
    doors = rng.uniform(0, np.sqrt(nodes) * _synthetic.EDGE_M, (FACILITIES, 2))
    sources = rng.choice(len(points), FACILITIES, replace=False)
    homes = points + rng.uniform(-40, 40, points.shape)
    here = snap(graph, homes, within_m=200)
    tasks = {
        "scipy": lambda: dijkstra(graph.matrix, directed=True, indices=sources, min_only=True),
        "nodes": lambda: from_facilities(graph, snap(graph, doors, within_m=200)),
        "origins": lambda: nearest(graph, here, snap(graph, doors, within_m=200)),
        "snap": lambda: snap(graph, homes, within_m=200),
    }
    took, size = by_turns(tasks, runs=runs), f"{len(points):,} nodes"
    peer = took["scipy"]
    yield Row("coverage", size, "scipy dijkstra, min_only, facilities at nodes", peer)
    text = "snap 1,000 facilities to streets, distance of all nodes"
    yield Row("coverage", size, text, took["nodes"], times_peer=took["nodes"] / peer, target="<= 1.5x")
    text = "the same, and of as many addresses (snapped before)"
    yield Row("coverage", size, text, took["origins"], times_peer=took["origins"] / peer)
    yield Row("coverage", size, "snap as many addresses to streets, once a city", took["snap"])
    for package in ("pandana", "networkit"):
        yield Row("coverage", size, f"{package}", None, note=missing(package) or "not run: see PERF")


def _networkx(nodes: int, runs: int) -> Iterator[Row]:
    size = f"{nodes:,} nodes"
    if missing("networkx"):
        yield Row("coverage", size, "networkx", None, note=missing("networkx"))
        return
    import networkx as nx

    points, edges, length = _synthetic.grid(nodes)
    graph, peer = Graph(points, edges, length), nx.Graph()
    peer.add_weighted_edges_from(zip(*edges.T.tolist(), length.tolist(), strict=True))
    sources = np.random.default_rng(1).choice(len(points), 100, replace=False)
    doors, starts = snap(graph, points[sources], within_m=1), set(sources.tolist())
    tasks = {
        "networkx": lambda: nx.multi_source_dijkstra_path_length(peer, starts),
        "ours": lambda: from_facilities(graph, doors),
    }
    took = by_turns(tasks, runs=runs)
    yield Row("coverage", size, "networkx, 100 facilities at nodes, distance of all nodes", took["networkx"])
    ratio, text = took["ours"] / took["networkx"], "distance of all nodes, facilities at streets"
    yield Row("coverage", size, text, took["ours"], times_peer=ratio)


def _pairs(nodes: int, runs: int) -> Iterator[Row]:
    points, edges, length = _synthetic.grid(nodes)
    graph = Graph(points, edges, length)
    sources = np.random.default_rng(1).choice(
        len(points), FACILITIES if nodes > FACILITIES * 10 else 100, replace=False
    )
    doors = snap(graph, points[sources], within_m=1)

    def chunked() -> object:
        found = []
        for start in range(0, len(sources), 100):
            part = dijkstra(graph.matrix, directed=True, indices=sources[start : start + 100], limit=CUTOFF_M)
            facility, node = np.nonzero(np.isfinite(part))
            found.append((facility + start, node, part[facility, node]))
        return [np.concatenate(column) for column in zip(*found, strict=True)]

    tasks = {"scipy": chunked, "ours": lambda: nodes_within(graph, doors, cutoff_m=CUTOFF_M)}
    took, size = by_turns(tasks, runs=runs), f"{len(points):,} nodes, {len(sources):,} facilities"
    yield Row("coverage", size, "scipy dijkstra, 100 facilities at a time, limit 1,000 m: all pairs", took["scipy"])
    ratio, text = took["ours"] / took["scipy"], "all pairs within 1,000 m"
    yield Row("coverage", size, text, took["ours"], times_peer=ratio, target="<= 0.1x")


def _reach(addresses: int, count: int, runs: int) -> Iterator[Row]:
    layer = _synthetic.areas(count)
    west, south, east, north = layer.frame.total_bounds
    rng = np.random.default_rng(2)

    def points(number: int, name: str) -> gpd.GeoDataFrame:
        xy = rng.uniform([west, south], [east, north], (number, 2))
        index = pd.Index([f"{name}{i}" for i in range(number)], name=name, dtype="str")
        return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), index=index, crs=layer.frame.crs)

    homes = points(addresses, "origin").assign(residents=rng.integers(0, 40, addresses).astype(float))
    doors = points(FACILITIES // 2, "place").assign(name="K", capacity=np.nan)
    text = Text("Kita", "Day care")

    def ours() -> object:
        people = ResidentLayer("homes", text, homes, "address")
        there = PlaceLayer("kita", text, doors)
        return coverage.reach(layer, there, residents=people, within_m=500, year=2024, key="kita", title=text)

    def geopandas() -> object:
        near = homes.sjoin_nearest(doors[["geometry"]], distance_col="metres")
        inside = near.drop(columns="place").sjoin(layer.frame[["geometry"]], predicate="within")
        reached = inside["residents"].where(inside["metres"] <= 500, 0.0)
        return reached.groupby(inside["area"]).sum() / inside.groupby("area")["residents"].sum()

    took, size = by_turns({"geopandas": geopandas, "ours": ours}, runs=runs), f"{addresses:,} x {count}"
    yield Row("coverage", size, "geopandas: sjoin_nearest, sjoin, groupby (share only)", took["geopandas"])
    text_ours = "reach, straight line: share, numbers, median, p90, warnings"
    yield Row("coverage", size, text_ours, took["ours"], times_peer=took["ours"] / took["geopandas"])


JOB = Job("coverage", "Coverage: nearest facility and reach", run)
