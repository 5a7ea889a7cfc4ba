"""Reading outlines: our vector source against pyogrio and geopandas on the same files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns
from qmgis.io.sources.vector import SOURCE


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each format."""
    count = 200 if quick else 10_000
    frame = _synthetic.areas(count).frame.reset_index().rename(columns={"approximate": "approx"})
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("gpkg", "shp", "fgb", "geojson", "parquet"):
            path = Path(folder) / f"areas.{suffix}"
            if suffix == "parquet":
                frame.to_parquet(path)
            else:
                pyogrio.write_dataframe(frame.to_crs(4326) if suffix == "geojson" else frame, path)
            yield from _rows(path, f"{count:,} areas, {suffix}", runs)


def _rows(path: Path, size: str, runs: int) -> Iterator[Row]:
    def ours() -> object:
        return SOURCE.read(path, {})

    if path.suffix == ".parquet":
        peers = {"geopandas.read_parquet": lambda: gpd.read_parquet(path)}
    else:
        peers = {
            "pyogrio.read_dataframe, arrow": lambda: pyogrio.read_dataframe(path, use_arrow=True),
            "geopandas.read_file": lambda: gpd.read_file(path),
        }
    took = by_turns({**peers, "ours": ours}, runs=runs)
    best = min(took[name] for name in peers)
    for name in peers:
        yield Row("read", size, name, took[name])
    note = "with checks: kind by content, CRS, ids as text"
    yield Row("read", size, "qmgis source vector", took["ours"], times_peer=took["ours"] / best, note=note)


JOB = Job("read", "Read: outlines of areas", run)
