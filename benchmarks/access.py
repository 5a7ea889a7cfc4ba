"""Supply that people reach: two and three steps against PySAL's access, which takes the same pairs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks._timing import Job, Row, by_turns, missing
from qmgis.core.reach.access import Pairs, gaussian, three_step, two_step

PEER, REACH = "access", 900.0


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each size."""
    for origins, facilities, each in ((500, 20, 4),) if quick else ((10_000, 200, 20), (100_000, 500, 50)):
        yield from _size(origins, facilities, each, runs)


def _size(origins: int, facilities: int, each: int, runs: int) -> Iterator[Row]:
    rng = np.random.default_rng(3)
    origin = np.repeat(np.arange(origins), each)
    facility = (rng.integers(0, facilities, origins)[:, None] + np.arange(each)).ravel() % facilities
    pairs = Pairs(origin, facility, rng.uniform(0, REACH, len(origin)), origins, facilities)
    people = pd.Series(rng.integers(1, 90, origins).astype(float))
    places = pd.Series(rng.integers(1, 50, facilities).astype(float))
    ours: dict[str, Callable[[], object]] = {
        "two steps": lambda: two_step(pairs, people, places, decay=gaussian(REACH)),
        "three steps": lambda: three_step(pairs, people, places, decay=gaussian(REACH)),
    }
    peers = {} if missing(PEER) else _pysal(pairs, people, places)
    took = by_turns({**ours, **peers}, runs=runs if origins < 100_000 else min(runs, 2))
    size = f"{origins:,} x {facilities:,}, {len(origin):,} pairs"
    for name in ours:
        peer = f"{PEER} {name}"
        if peer in took:
            yield Row("access", size, f"{peer}, Gaussian", took[peer])
        ratio = took[name] / took[peer] if peer in took else None
        yield Row("access", size, f"qmgis {name}, Gaussian", took[name], times_peer=ratio, note=missing(PEER))


def _pysal(pairs: Pairs, people: pd.Series, places: pd.Series) -> dict[str, Callable[[], object]]:
    """Give the same measures in PySAL; its frames are made beforehand."""
    from access import Access

    frame = pd.DataFrame({"origin": pairs.origin, "dest": pairs.facility, "cost": pairs.cost})
    demand = pd.DataFrame({"geoid": people.index, "people": people})
    supply = pd.DataFrame({"geoid": places.index, "places": places})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = Access(
            demand_df=demand, demand_index="geoid", demand_value="people", supply_df=supply, supply_index="geoid",
            supply_value="places", cost_df=frame, cost_origin="origin", cost_dest="dest", cost_name="cost",
        )  # fmt: skip

    def weight(cost: float) -> float:
        end = 0.6065306597126334
        return float((np.exp(-0.5 * (cost / REACH) ** 2) - end) / (1 - end))

    def quiet(measure: Callable[..., object]) -> Callable[[], object]:
        def task() -> object:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return measure(name="found", max_cost=REACH, weight_fn=weight)

        return task

    return {f"{PEER} two steps": quiet(peer.two_stage_fca), f"{PEER} three steps": quiet(peer.three_stage_fca)}


JOB = Job("access", "Supply: two and three steps", run)
