"""Where to build against spopt's models with the same solver; one change of places against computing all again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.reach.access import Pairs
from qmgis.core.reach.distance import pairs_straight
from qmgis.core.reach.network import Graph, Snap, nearest, snap
from qmgis.core.reach.standing import add, close, stand
from qmgis.core.siting.models import How, Sites, Siting, mclp, p_median

SIDE_M, PLACES = 10_000.0, 500


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of all comparisons; the largest ones are timed once."""
    if quick:
        yield from _cover(500, 40, 5, 800.0, runs, peer=True)
        yield from _median(150, 20, 3, runs, peer=True)
        yield from _change(10_000, runs)
        return
    yield from _cover(1_000, 100, 10, 800.0, runs, peer=True)
    yield from _cover(10_000, 200, 20, 500.0, min(runs, 2), peer=True)
    yield from _cover(100_000, 500, 20, 500.0, 1, peer=False)
    yield from _median(1_000, 100, 10, 1, peer=True)
    yield from _median(2_000, 200, 10, 1, peer=False)
    yield from _change(1_000_000, runs)


def _town(origins: int, sites: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Homes in thirty clusters, candidates among them, and people."""
    rng = np.random.default_rng(0)
    middle = rng.uniform(0, SIDE_M, (30, 2))
    homes = middle[rng.integers(0, 30, origins)] + rng.normal(0, 700, (origins, 2))
    plots = homes[rng.choice(origins, sites, replace=False)] + rng.normal(0, 100, (sites, 2))
    return homes, plots, rng.integers(1, 100, origins).astype(float)


def _cover(origins: int, count: int, p: int, reach: float, runs: int, *, peer: bool) -> Iterator[Row]:
    homes, plots, people = _town(origins, count)
    pairs, size = pairs_straight(homes, plots, cutoff_m=reach), f"MCLP {origins:,} x {count}, p = {p}"

    def ours(how: How) -> Siting:
        return mclp(Sites(pairs, pd.Series(people)), reach=reach, p=p, how=how)

    spopt = _spopt("MCLP", homes, plots, people, p, reach) if peer else None
    yield from _peer(size, spopt, "" if peer else "not run: over a minute")
    questions: tuple[tuple[How, str, str], ...] = (
        ("greedy", "greedy, exchange, bound of the linear programme", ""),
        ("exact", "exact, with the bound", "<= 0.02x"),
    )  # fmt: skip
    for how, text, target in questions:
        took, best = _timed(partial(ours, how), runs)
        note, ratio = f"reaches {best.objective:,.0f}, gap {best.gap:.2%}", took / spopt[0] if spopt else None
        yield Row("siting", size, text, took, times_peer=ratio, target=target, note=note)


def _median(origins: int, count: int, p: int, runs: int, *, peer: bool) -> Iterator[Row]:
    homes, plots, people = _town(origins, count)
    costs = np.hypot(*(homes[:, None] - plots[None]).transpose(2, 0, 1))
    origin, site = (index.ravel() for index in np.indices(costs.shape))
    sites = Sites(Pairs(origin, site, costs.ravel(), *costs.shape), pd.Series(people))
    size = f"p-median {origins:,} x {count}, p = {p}"
    spopt = _spopt("PMedian", homes, plots, people, p, 0.0) if peer else None
    yield from _peer(size, spopt, "" if peer else "not run: over a minute")
    took, best = _timed(lambda: p_median(sites, p=p, how="exact"), runs)
    note, ratio = f"{best.objective:,.0f} m in all, gap {best.gap:.2%}", took / spopt[0] if spopt else None
    yield Row("siting", size, "exact, with the bound", took, times_peer=ratio, note=note)


def _timed(task: Callable[[], Siting], runs: int) -> tuple[float, Siting]:
    """Return the median seconds of some runs, with no warm-up since some take a minute, and the last answer."""
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        answer = task()
        seconds.append(perf_counter() - start)
    return median(seconds), answer


def _peer(size: str, found: tuple[float, float] | None, why: str) -> Iterator[Row]:
    name = "spopt, HiGHS by pulp, 60 s"
    if found is None:
        yield Row("siting", size, name, None, note=why or missing("spopt"))
    else:
        note = "no sites in that time" if np.isnan(found[1]) else f"objective {found[1]:,.0f}"
        yield Row("siting", size, name, found[0], note=note)


def _spopt(
    model: str, homes: np.ndarray, plots: np.ndarray, people: np.ndarray, p: int, reach: float
) -> tuple[float, float] | None:
    """Return seconds and objective of the peer, None where it is not installed."""
    if missing("spopt"):
        return None
    import pulp
    from spopt import locate

    costs = np.hypot(*(homes[:, None] - plots[None]).transpose(2, 0, 1))
    start = perf_counter()
    more = {"service_radius": reach} if model == "MCLP" else {}
    asked = getattr(locate, model).from_cost_matrix(costs, people, p_facilities=p, **more)
    try:
        asked.solve(pulp.HiGHS(msg=False, timeLimit=60))
    except RuntimeError:  # out of time without sites
        return perf_counter() - start, float("nan")
    return perf_counter() - start, float(asked.problem.objective.value())


def _change(nodes: int, runs: int) -> Iterator[Row]:
    points, edges, length = _synthetic.grid(nodes)
    graph = Graph(points, edges, length)
    rng = np.random.default_rng(1)
    side = np.sqrt(nodes) * _synthetic.EDGE_M
    here = snap(graph, rng.uniform(0, side, (nodes // 10, 2)), within_m=200)
    doors, one = (snap(graph, rng.uniform(0, side, (number, 2)), within_m=200) for number in (PLACES, 1))
    now = stand(graph, here, doors)
    wider = Snap(*(np.append(getattr(doors, name), getattr(one, name)) for name in ("edge", "along", "leg_m")))
    tasks = {
        "all": lambda: nearest(graph, here, wider),
        "add": lambda: add(now, one),
        "close": lambda: close(now, 7),
    }
    took, size = by_turns(tasks, runs=runs), f"{len(points):,} nodes, {PLACES} places"
    yield Row("siting", size, "one place more, everything computed again", took["all"])
    for name, text in (("add", "one place more"), ("close", "one place fewer")):
        yield Row("siting", size, f"{text}, only what it touches", took[name], times_peer=took[name] / took["all"])


JOB = Job("siting", "Siting: where to build, and what one place changes", run)
