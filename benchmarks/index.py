"""A composite index: z, sum, z and contributions against numpy and pandas; a whole MSS run by the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.stats import standard_index, standard_sum, zscore
from qmgis.io.profiles.files import profile
from qmgis.registry import collect

SIZES, COLUMNS = (1_000, 100_000, 1_000_000, 10_000_000), 8
BIG = 1_000_000


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of the kernel and of the method."""
    for rows in (10_000,) if quick else SIZES:
        yield from _size(rows, runs if rows < 10_000_000 else min(runs, 3))
    yield from _method(60 if quick else 542, runs)
    if not quick:
        yield from _method(10_000, runs)


def _size(rows: int, runs: int) -> Iterator[Row]:
    values = np.random.default_rng(3).random((COLUMNS, rows))
    frame = pd.DataFrame(values.T, columns=[f"i{n}" for n in range(COLUMNS)])
    tasks: dict[str, Callable[[], object]] = {
        "limit": lambda: (values.sum(), values.sum()),
        "numpy": lambda: _algebra(values.T),
        "pandas": lambda: _pandas(frame),
        "index": lambda: standard_index(frame),
    }
    if rows <= BIG:  # z and contributions of more rows take 3 GB and say nothing new
        tasks["parts"] = lambda: standard_sum(pd.DataFrame({name: zscore(frame[name]) for name in frame}))
    if not missing("polars"):
        tasks["polars"] = _polars(frame)
    took, size = by_turns(tasks, runs=runs), f"{rows:,} x {COLUMNS}"
    yield Row("index", size, "limit: reading the numbers twice", took["limit"])
    yield Row("index", size, "numpy, one matrix product (index only)", took["numpy"])
    yield Row("index", size, "pandas (index only)", took["pandas"])
    if "polars" in took:
        yield Row("index", size, "polars (index only)", took["polars"])
        ratio = took["index"] / took["polars"]
        yield Row(
            "index", size, "qmgis, index only", took["index"], times_peer=ratio, target="<= 0.25x", note="of polars"
        )
    else:
        yield Row("index", size, "polars", None, target="<= 0.25x", note=missing("polars"))
    for peer in ("limit", "pandas"):
        note = f"of {peer}"
        yield Row("index", size, "qmgis, index only", took["index"], times_peer=took["index"] / took[peer], note=note)
    if "parts" in took:
        ratio, note = took["parts"] / took["pandas"], "of pandas' index only; all z and contributions, checks"
        yield Row("index", size, "qmgis, index and its parts", took["parts"], times_peer=ratio, note=note)


def _algebra(values: np.ndarray) -> object:
    total = values @ (1 / values.std(axis=0))
    return (total - total.mean()) / total.std()


def _pandas(frame: pd.DataFrame) -> object:
    total = ((frame - frame.mean()) / frame.std(ddof=0)).sum(axis=1)
    return (total - total.mean()) / total.std(ddof=0)


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
