"""Cells of a grid in polygons, by the share inside: sums and counts beside exactextract."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.spatial.cover import Grid
from qmgis.core.spatial.zonal import zonal

WHAT = ("sum", "mean")
ROWS = 400


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each size."""
    sizes = ((300, 40),) if quick else ((3_000, 542), (10_000, 542), (10_000, 10_000))
    for side, count in sizes:
        yield from _size(side, count, runs if side < 10_000 else min(runs, 3))


def _size(side: int, count: int, runs: int) -> Iterator[Row]:
    rng = np.random.default_rng(1)
    values, whole = rng.random((side, side)), shapely.box(0, 0, side, side)
    seeds = shapely.MultiPoint(rng.uniform(0, side, (count, 2)))
    tiles = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=whole)), whole)
    areas, grid = pd.Series(shapely.segmentize(tiles, side / 100)), Grid(0, side, 1, 1, side, side)
    tasks: dict[str, Callable[[], object]] = {
        "limit": lambda: values.sum(),
        "ours": lambda: zonal(_blocks(values), areas, grid=grid, statistics=WHAT),
    }
    if not missing("exactextract"):
        tasks["exactextract"] = _exactextract(values, areas, side)
    took, size = by_turns(tasks, runs=runs), f"{side * side / 1e6:,.0f} M cells, {count:,} areas"
    yield Row("zonal", size, "limit: reading the cells once", took["limit"])
    if "exactextract" not in took:
        yield Row("zonal", size, "exactextract", None, target="<= 0.2x", note=missing("exactextract"))
        yield Row("zonal", size, "qmgis", took["ours"])
        return
    yield Row("zonal", size, "exactextract: count, sum, mean", took["exactextract"], note="shares in single precision")
    ratio, target = took["ours"] / took["exactextract"], "<= 0.2x" if side >= 10_000 else ""
    note = "shares in double precision"
    yield Row("zonal", size, "qmgis: count, sum, mean", took["ours"], times_peer=ratio, target=target, note=note)


def _blocks(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    return ((start, values[start : start + ROWS]) for start in range(0, len(values), ROWS))


def _exactextract(values: np.ndarray, areas: pd.Series, side: int) -> Callable[[], object]:
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    frame = gpd.GeoDataFrame(geometry=areas, crs="EPSG:25832")
    source = NumPyRasterSource(values, 0, 0, side, side, srs_wkt=frame.crs.to_wkt())
    return lambda: exact_extract(source, frame, ["count", "sum", "mean"], output="pandas")


JOB = Job("zonal", "Zonal statistics: cells counted by their share inside", run)
