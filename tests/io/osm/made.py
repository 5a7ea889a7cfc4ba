"""Small maps, written as OpenStreetMap XML: metres around a point become degrees there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyproj

from qmgis.core.reach.network import Graph, nearest, snap
from qmgis.io.osm import Built, network_of_streets, read_streets
from qmgis.io.rules.modes import modes

CRS = "EPSG:25832"
X, Y = 477_000.0, 5_473_000.0
_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

Points = Mapping[int, tuple[float, float]]
Ways = Sequence[tuple[Sequence[int], Mapping[str, str]]]


def osm(points: Points, ways: Ways, *, nodes: Mapping[int, Mapping[str, str]] | None = None) -> str:
    """Return a map: points by id in metres from the corner, ways by the ids of their points, tags of nodes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for name, (x, y) in points.items():
        lon, lat = _DEGREES.transform(X + x, Y + y)
        tags = _tags((nodes or {}).get(name, {}))
        lines.append(f'<node id="{name}" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
    for number, (refs, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs) + _tags(tags)
        lines.append(f'<way id="{number}">{inner}</way>')
    return "\n".join([*lines, "</osm>"])


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def built(text: str, folder: Path, *, mode: str = "walk", name: str = "map.osm") -> Built:
    """Return the network of a map."""
    (folder / name).write_text(text, encoding="utf-8")
    rules = modes()[mode]
    return network_of_streets(read_streets(folder / name, rules.keys), rules, target=CRS)


def graph_of(one: Built, *, slow: bool = False) -> Graph:
    cost = one.length_m[:, None] * (one.pace if slow else np.ones((1, 2)))
    return Graph(one.nodes, one.edges, one.length_m, np.where(one.passable, cost, np.inf), one.bends)


def way(one: Built, start: tuple[float, float], end: tuple[float, float], *, slow: bool = False) -> float:
    """Return how far it is from one place to another, in metres rounded to decimetres; places on streets."""
    graph = graph_of(one, slow=slow)
    here, there = (snap(graph, np.array([[X + x, Y + y]]), within_m=1.0) for x, y in (start, end))
    return round(float(nearest(graph, here, there)[0]), 1)
