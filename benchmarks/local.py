"""Local Moran and Gi* with permutations against esda: the first call of a process, and the calls after it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.pattern.local import getis_ord_star, local_moran
from qmgis.core.spatial.neighbours import Neighbours, queen

PEER, SOME, MANY = "esda", 999, 99_999


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the first calls, then the rows of each size."""
    yield from _first()
    for count in (200,) if quick else (542, 10_000, 100_000):
        yield from _size(count, runs if count < 100_000 else min(runs, 3))


def _first() -> Iterator[Row]:
    """Time the first call of each program in this process, with its import for the peer."""
    values, found = _values(200)
    ours = _seconds(lambda: local_moran(values, found, permutations=SOME))
    if missing(PEER):
        yield Row("local", "200 areas", "qmgis, first call", ours, target="< 2 s", note=missing(PEER))
        return
    theirs = _seconds(lambda: _esda(values, found)["local Moran"]())
    note = "numba compiles" if not missing("numba") else "numba is not installed: nothing compiled"
    yield Row("local", "200 areas", "esda local Moran, import and first call", theirs, note=note)
    text = "qmgis local Moran, first call"
    yield Row("local", "200 areas", text, ours, times_peer=ours / theirs, target="< 2 s")


def _size(count: int, runs: int) -> Iterator[Row]:
    values, found = _values(count)
    tasks: dict[str, Callable[[], object]] = {
        "local Moran": lambda: local_moran(values, found, permutations=SOME),
        "Gi*": lambda: getis_ord_star(values, found, permutations=SOME),
        "many": lambda: local_moran(values, found, permutations=MANY),
    }
    peers = {} if missing(PEER) else _esda(values, found)
    took = by_turns({**tasks, **{f"{PEER} {name}": task for name, task in peers.items()}}, runs=runs)
    size = f"{count:,} areas"
    for name in ("local Moran", "Gi*"):
        peer = took.get(f"{PEER} {name}")
        if peer is not None:
            yield Row("local", size, f"esda {name}, {SOME} permutations, warm", peer)
        ratio = took[name] / peer if peer else None
        target = {542: "<= 1x", 100_000: "<= 0.33x"}.get(count, "")
        text = f"qmgis {name}, {SOME} permutations, FDR"
        yield Row("local", size, text, took[name], times_peer=ratio, target=target, note="" if peer else missing(PEER))
    yield Row("local", size, f"qmgis local Moran, {MANY:,} permutations, FDR", took["many"])


def _values(count: int) -> tuple[pd.Series, Neighbours]:
    """Give a value that neighbours share in part, and the neighbours."""
    found = queen(_synthetic.areas(count).frame.geometry)
    noise = np.random.default_rng(count).normal(size=count)
    return pd.Series(noise + 0.3 * (found.matrix @ noise) + 10, index=found.ids, name="need"), found


def _esda(values: pd.Series, found: Neighbours) -> dict[str, Callable[[], object]]:
    """Give the same statistics in esda, one core, draws not kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda
        from libpysal.graph import Graph

        graph = Graph.from_sparse(found.matrix.tocoo(), ids=list(found.ids))
    options = {"permutations": SOME, "n_jobs": 1, "seed": 1, "keep_simulations": False}
    array = values.to_numpy()

    def moran() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return esda.Moran_Local(array, graph, **options)

    def star() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return esda.G_Local(array, graph, transform="B", star=True, **options)

    return {"local Moran": moran, "Gi*": star}


def _seconds(task: Callable[[], object]) -> float:
    start = perf_counter()
    task()
    return perf_counter() - start


JOB = Job("local", "Clusters: local Moran and Gi*", run)
