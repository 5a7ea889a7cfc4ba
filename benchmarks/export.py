"""Every export of a run: seconds and bytes; GeoPackage, Shapefile and GeoParquet beside geopandas alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns
from qmgis.model import Outcome
from qmgis.registry import collect

PEERS = {".gpkg": "gpkg", ".zip": "shp", ".parquet": "parquet", ".fgb": "fgb"}


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each export."""
    for count in (60,) if quick else (542, 10_000):
        outcome = _synthetic.outcome(count)
        for export in collect("qmgis.io.exports", "EXPORT").values():
            yield from _rows(outcome, export, count, runs if count < 1000 else 1)


def _rows(outcome: Outcome, export: object, count: int, runs: int) -> Iterator[Row]:
    made: dict[str, int] = {}

    def ours() -> None:
        made["ours"] = len(export.render(outcome, "de"))  # type: ignore[attr-defined]

    tasks, name = {"ours": ours}, str(export.filename)  # type: ignore[attr-defined]
    suffix = PEERS.get(Path(name).suffix)
    with tempfile.TemporaryDirectory() as folder:
        if suffix is not None:
            tasks["geopandas"] = lambda: _geopandas(outcome, Path(folder), suffix)
        took = by_turns(tasks, runs=runs)
    peer, size = took.get("geopandas"), f"{count:,} areas"
    if peer is not None:
        yield Row("export", size, f"geopandas, {suffix}, layer of areas only", peer)
    ratio = took["ours"] / peer if peer else None
    yield Row("export", size, name, took["ours"], times_peer=ratio, note=f"{made['ours'] / 1e6:.2f} MB")


def _geopandas(outcome: Outcome, folder: Path, suffix: str) -> None:
    table = outcome.table
    texts = {name: str for name in table if not pd.api.types.is_float_dtype(table[name].dtype)}
    frame = gpd.GeoDataFrame(table.astype(texts), geometry=outcome.areas.frame.geometry)
    if suffix == "shp":
        frame.columns = [f"c{place}" if column != "geometry" else column for place, column in enumerate(frame)]
    if suffix == "parquet":
        frame.to_parquet(folder / "a.parquet")
    else:
        frame.to_file(folder / f"a.{suffix}")


JOB = Job("export", "Export: files of a run", run)
