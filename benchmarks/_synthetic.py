"""Invented cities of any size, alike in every run: a jittered street grid, crooked areas, indicators."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.model import AreaLayer, City, Indicator, IndicatorTable, Outcome, Run, Text

CRS = "EPSG:25832"
VINTAGE = "bench"
SHARES = ("unemployment", "transfer", "child_poverty", "older_poverty")
EDGE_M = 100.0


@cache
def areas(count: int) -> AreaLayer:
    """Areas of about 60 corners each that fit together: Voronoi cells with edges bent by one smooth wave."""
    rng = np.random.default_rng(count)
    side = np.sqrt(count) * 800.0
    frame = shapely.box(0, 0, side, side)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, side, (count, 2))), extend_to=frame)
    )
    cells = shapely.segmentize(shapely.intersection(cells, frame), 60.0)
    bent = shapely.transform(cells, lambda xy: xy + 25.0 * np.sin(xy[:, ::-1] / 90.0) + [560_000.0, 5_700_000.0])
    ids = pd.Index([f"{number:08d}" for number in range(count)], name="area", dtype="str")
    table = {"name": [f"Gebiet {number}" for number in range(count)], "parent": "01", "approximate": False}
    layer = gpd.GeoDataFrame(table, geometry=bent, index=ids, crs=CRS)
    return AreaLayer("areas", Text("Gebiete", "Areas"), layer, VINTAGE, credit="qmgis benchmarks")


@cache
def grid(nodes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A street grid with bent corners: nodes, edges and lengths."""
    side = int(np.sqrt(nodes))
    rng = np.random.default_rng(nodes)
    x, y = (axis.ravel() * EDGE_M for axis in np.meshgrid(np.arange(side), np.arange(side)))
    points = np.column_stack([x, y]) + rng.uniform(-30, 30, (side * side, 2))
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    edges = np.concatenate([across, up])
    straight = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T)
    return points, edges, straight * rng.uniform(1.0, 1.3, len(edges))


def table(count: int) -> IndicatorTable:
    """Four shares and the population of each area, with changes over two years."""
    rng = np.random.default_rng(count)
    ids = areas(count).frame.index
    index = pd.MultiIndex.from_product([ids, [2024]], names=["area", "year"])
    frame = pd.DataFrame(rng.beta(2, 12, (count, len(SHARES))), index=index, columns=list(SHARES))
    frame.insert(0, "population", rng.integers(1000, 9000, count).astype(float))
    change = pd.DataFrame(rng.normal(0, 0.01, frame.shape), index=index, columns=frame.columns)
    states = pd.DataFrame("ok", index=index, columns=frame.columns)
    known = {key: Indicator(key, Text(key, key), "share", "percent", 1) for key in SHARES}
    known["population"] = Indicator("population", Text("Bevölkerung", "Population"), "count", "persons")
    return IndicatorTable(frame, states, change, known, VINTAGE)


@cache
def city(count: int) -> City:
    """A city with this many areas and one run."""
    run = Run("bench", Text("Messung", "Benchmark"), "mss-2021", 2024, VINTAGE)
    return City(
        key="bench",
        title=Text("Messstadt", "Bench Town"),
        lang="de",
        crs=CRS,
        area_layers={VINTAGE: areas(count)},
        tables={VINTAGE: table(count)},
        places={},
        residents={},
        networks={},
        runs={"bench": run},
        themes={},
    )


@cache
def outcome(count: int) -> Outcome:
    """The computed run of a city with this many areas."""
    from qmgis.runs.compute import compute

    return compute(city(count), "bench")
