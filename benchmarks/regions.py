"""Proposals for areas, beside spopt's ways to build regions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks import _synthetic
from benchmarks._timing import Job, Row, missing
from qmgis.core.regions.grown import Limits, Units, best_region, cores
from qmgis.core.spatial.borders import borders
from qmgis.delimitation import Rules, proposals

LEAST, MOST = 5_000.0, 20_000.0


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows; peers and the largest ones are timed once, for they take minutes."""
    for count in (120,) if quick else (542, 10_000):
        size = f"{count:,} areas"
        took, units = _timed(lambda n=count: _field(n), 1)
        yield Row("regions", size, "borders and their lengths", took)
        took, (regions, kept) = _timed(lambda u=units: _regions(u), min(runs, 3))
        yield Row(
            "regions", size, "cores, cut, grown, exchanged: one region a place", took, note=f"{kept} of {regions}"
        )
        peers = dict(_peers(count, units, kept)) if count <= 542 else {}
        for name, seconds in peers.items():
            yield Row("regions", size, name, seconds, times_peer=None if seconds is None else took / seconds,
                      note=missing("spopt") if seconds is None else "the whole city, as many regions")  # fmt: skip
        if not peers:
            yield Row("regions", size, "spopt", None, note="not run: over a minute")
        outcome = _synthetic.outcome(count)
        took, found = _timed(
            lambda o=outcome: proposals(o.areas, o.index, o.table["population"], rules=Rules(LEAST, MOST)), 1
        )
        target = {542: "seconds", 10_000: "< 60 s"}.get(count, "")
        note = f"{len(found.items)} proposals at {found.frame['place'].nunique()} places"
        yield Row("regions", size, "all proposals with reasons and prices", took, target=target, note=note)


def _timed(task: Callable[[], object], runs: int) -> tuple[float, object]:
    """Return the fewest seconds of some runs, and the last answer."""
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        answer = task()
        seconds.append(perf_counter() - start)
    return min(seconds), answer


def _field(count: int) -> Units:
    """Areas with residents and a score that changes smoothly over the city, some noise on it."""
    shapes = np.asarray(_synthetic.areas(count).frame.geometry.array)
    rng = np.random.default_rng(count)
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    waves = (
        np.sin(x / width + rng.uniform(0, 6)) * np.cos(y / width + rng.uniform(0, 6)) for width in (800, 1500, 3000)
    )
    score = sum(waves) + rng.normal(0, 0.7, count)
    score = (score - score.mean()) / score.std()
    found = borders(shapes)
    return Units(
        rng.integers(1000, 9000, count) * 1.0, score, score > 1.5, shapely.area(shapes), shapely.length(shapes),
        found.pairs, found.metres, found.open, np.zeros(count),
    )  # fmt: skip


def _regions(units: Units) -> tuple[int, int]:
    """Return how many cores there are, and how many became regions within the limits."""
    limits, taken = Limits(LEAST, MOST), set[int]()
    starts, kept = cores(units, limits=limits), 0
    for core in starts:
        region = best_region(units, [unit for unit in core if unit not in taken], limits=limits, barred=taken)
        if region is not None and region.lacking == 0:
            kept += 1
            taken |= set(region.members)
    return len(starts), kept


def _peers(count: int, units: Units, regions: int) -> Iterator[tuple[str, float | None]]:
    """Give the seconds that spopt takes for as many regions, None where it is not installed."""
    names = ("spopt Skater", "spopt AZP", "spopt MaxPHeuristic, 2 constructions")
    if missing("spopt"):
        yield from ((name, None) for name in names)
        return
    import warnings

    import libpysal
    from spopt.region import AZP, MaxPHeuristic, Skater

    warnings.simplefilter("ignore")
    frame = gpd.GeoDataFrame(
        pd.DataFrame({"score": units.score, "people": units.population}),
        geometry=_synthetic.areas(count).frame.geometry.array,
    )
    w = libpysal.weights.Rook.from_dataframe(frame, use_index=False)
    tasks: dict[str, Callable[[], object]] = {
        names[0]: lambda: Skater(frame, w, ["score"], n_clusters=regions, floor=1).solve(),
        names[1]: lambda: AZP(frame, w, ["score"], n_clusters=regions, random_state=0).solve(),
        names[2]: lambda: MaxPHeuristic(
            frame, w, ["score"], "people", LEAST, 1, max_iterations_construction=2, max_iterations_sa=2
        ).solve(),
    }
    for name, task in tasks.items():
        yield name, _timed(task, 1)[0]


JOB = Job("regions", "Proposals for areas: connected regions within limits", run)
