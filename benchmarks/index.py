"""A composite index: z, sum, z and contributions against numpy and pandas; a whole MSS run by the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.stats import standard_sum, zscore
from qmgis.io.profiles import profile
from qmgis.registry import collect


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of the kernel and of the method."""
    rows, columns = (10_000, 8) if quick else (1_000_000, 8)
    frame = pd.DataFrame(np.random.default_rng(3).random((rows, columns)), columns=[f"i{n}" for n in range(columns)])
    values = frame.to_numpy()

    def algebra() -> object:
        weight = 1 / values.std(axis=0)
        total = values @ weight
        return (total - total.mean()) / total.std()

    def pandas() -> object:
        total = ((frame - frame.mean()) / frame.std(ddof=0)).sum(axis=1)
        return (total - total.mean()) / total.std(ddof=0)

    def ours() -> object:
        return standard_sum(pd.DataFrame({name: zscore(frame[name]) for name in frame}))

    peers = {"numpy": algebra, "pandas": pandas, "ours": ours}
    if not missing("polars"):
        peers["polars"] = _polars(frame)
    took, size = by_turns(peers, runs=runs), f"{rows:,} x {columns}"
    yield Row("index", size, "numpy, one matrix product (index only)", took["numpy"])
    yield Row("index", size, "pandas (index only)", took["pandas"])
    note = "index, all z and contributions, checks"
    yield Row("index", size, "qmgis core", took["ours"], times_peer=took["ours"] / took["pandas"], note=note)
    if "polars" in took:
        yield Row("index", size, "polars (index only)", took["polars"])
        ratio = took["ours"] / took["polars"]
        yield Row(
            "index", size, "qmgis core", took["ours"], times_peer=ratio, target="<= 0.25x", note=f"of polars; {note}"
        )
    else:
        yield Row("index", size, "polars", None, target="<= 0.25x", note=missing("polars"))
    yield from _method(60 if quick else 542, runs)
    if not quick:
        yield from _method(10_000, runs)


def _polars(frame: pd.DataFrame) -> Callable[[], object]:
    """Give the same index in polars, on columns that are there already."""
    import polars as pl

    columns = pl.DataFrame({str(name): frame[name].to_numpy() for name in frame})

    def index() -> object:
        scores = [(pl.col(name) - pl.col(name).mean()) / pl.col(name).std(ddof=0) for name in columns.columns]
        total = columns.select(pl.sum_horizontal(scores).alias("total"))
        return total.select((pl.col("total") - pl.col("total").mean()) / pl.col("total").std(ddof=0))

    return index


def _method(count: int, runs: int) -> Iterator[Row]:
    table, settings = _synthetic.table(count), profile("mss-2021")
    method = collect("qmgis.methods", "METHOD")[settings.method]
    took = by_turns({"ours": lambda: method.score(table, profile=settings, year=2024)}, runs=runs)
    yield Row("index", f"{count:,} areas", "mss-2021 whole: classes, groups, attention, reasons", took["ours"])


JOB = Job("index", "Index: composite of standard scores", run)
