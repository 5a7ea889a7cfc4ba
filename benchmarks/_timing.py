"""What a job is, and how time is measured."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from time import perf_counter

__all__ = ["Job", "Row", "by_turns", "missing"]


@dataclass(frozen=True)
class Row:
    """One line of the table; ``times_peer`` is our time (or size) divided by the peer's, below 1 is better."""

    job: str
    size: str
    what: str
    value: float | None
    unit: str = "s"
    times_peer: float | None = None
    target: str = ""
    note: str = ""


@dataclass(frozen=True)
class Job:
    """A benchmark: ``run(quick, runs)`` gives rows; ``quick`` takes small sizes."""

    key: str
    title: str
    run: Callable[[bool, int], Iterator[Row]]


def by_turns(tasks: Mapping[str, Callable[[], object]], *, runs: int) -> dict[str, float]:
    """Return the median seconds of each task, run by turns after one warm-up so that a busy machine hits all alike."""
    for task in tasks.values():
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            gc.collect()
            gc.disable()  # as timeit does: what other tasks have left alive is nobody's cost
            start = perf_counter()
            task()
            seconds[name].append(perf_counter() - start)
            gc.enable()
    return {name: median(values) for name, values in seconds.items()}


def missing(package: str) -> str:
    """Return why a peer is skipped, or nothing where it is installed."""
    return "" if find_spec(package) is not None else f"skipped: {package} is not installed"
