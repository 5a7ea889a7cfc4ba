"""From old areas to new ones by land: outlines to carried counts, against tobler's areal interpolation."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.spatial.crosswalk import carry, from_parts
from qmgis.core.spatial.overlap import land_parts

PEER = "tobler"


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each size."""
    for count in (100,) if quick else (542, 10_000):
        yield from _size(count, runs)


def _size(count: int, runs: int) -> Iterator[Row]:
    old = _synthetic.areas(count).frame[["geometry"]]
    west, south, east, north = old.total_bounds
    new = _synthetic.areas(round(count * 1.2)).frame[["geometry"]]
    new = gpd.GeoDataFrame(geometry=_onto(new.geometry, (west, south, east, north)), crs=old.crs, index=new.index)
    counts = pd.Series(np.random.default_rng(5).integers(100, 9000, len(old)).astype(float), index=old.index)

    def ours() -> pd.Series:
        parts = land_parts(old.geometry, new.geometry)
        return carry(counts, from_parts(parts, old=old.index, new=new.index))

    size = f"{len(old):,} to {len(new):,} areas"
    if missing(PEER):
        took = by_turns({"ours": ours}, runs=runs)
        yield Row("crosswalk", size, "qmgis, outlines to carried counts", took["ours"], note=missing(PEER))
        return
    from tobler.area_weighted import area_interpolate

    def peer() -> pd.Series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = old.assign(count=counts)
            return area_interpolate(table, new, extensive_variables=["count"], allocate_total=True)["count"]

    apart = float(np.abs(ours().to_numpy() - peer().to_numpy()).max())
    took = by_turns({"ours": ours, "peer": peer}, runs=runs)
    yield Row("crosswalk", size, "tobler area_interpolate, one count", took["peer"])
    note = f"largest difference {apart:.1e} of {counts.max():,.0f}"
    ratio = took["ours"] / took["peer"]
    yield Row("crosswalk", size, "qmgis, outlines to carried counts", took["ours"], times_peer=ratio, note=note)


def _onto(shapes: gpd.GeoSeries, box: tuple[float, float, float, float]) -> gpd.GeoSeries:
    """Return shapes stretched onto a box."""
    west, south, east, north = shapes.total_bounds
    wide, high = (box[2] - box[0]) / (east - west), (box[3] - box[1]) / (north - south)
    return shapes.affine_transform([wide, 0, 0, high, box[0] - west * wide, box[1] - south * high])


JOB = Job("crosswalk", "Boundary changes: counts from old areas to new ones", run)
