"""How sure a class is, 1,000 draws: choices of method and small-number noise, against pandas and plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks._timing import Job, Row, by_turns
from qmgis.core.certainty.choices import Block, Choices, Noise, Rule
from qmgis.core.certainty.classes import certainty
from qmgis.core.certainty.sensitivity import sensitivity

LIMITS = (-1.0, 1.0, 1.5)
BAND = 0.25


def run(quick: bool, runs: int) -> Iterator[Row]:
    """Give the rows of each size; the peers do fewer draws where they are slow, and their time is scaled up."""
    if quick:
        yield from _size(60, 4, draws=40, slow=10, runs=runs, noise=True)
        return
    yield from _size(542, 10, draws=1000, slow=1000, runs=runs, noise=True)
    yield from _size(10_000, 8, draws=1000, slow=100, runs=min(runs, 3), noise=True)
    # Noise alone takes a minute here: it is bound by drawing 800 million binomial numbers.
    yield from _size(100_000, 8, draws=1000, slow=20, runs=min(runs, 3), noise=False)


def _size(areas: int, columns: int, *, draws: int, slow: int, runs: int, noise: bool) -> Iterator[Row]:
    rng = np.random.default_rng(3)
    totals = rng.integers(300, 6000, (areas, columns))
    counts = rng.binomial(totals, np.clip(rng.beta(4, 20, (areas, 1)) + rng.normal(0, 0.02, (areas, columns)), 0.01, 1))
    shares = counts / totals
    rule = Rule(blocks=(Block(columns=tuple(range(columns)), limits=LIMITS),))
    size, band = f"{areas:,} x {columns}", Choices(weight_band=BAND)
    tasks: dict[str, Callable[[], object]] = {
        "limit": lambda: _limit(shares, draws),
        "ours": lambda: certainty(shares, rule, choices=band, draws=draws),
        "numpy": lambda: _broadcast(shares, min(draws, 10 * slow)),
        "pandas": lambda: _pandas(shares, slow),
    }
    took = by_turns(tasks, runs=runs)
    peers = {"numpy": took["numpy"] * draws / min(draws, 10 * slow), "pandas": took["pandas"] * draws / slow}
    what = "weights ±25 %: classes and rank intervals"
    yield Row("certainty", size, "limit: one product of matrices and one sort a draw", took["limit"])
    ratio = took["ours"] / took["limit"]
    yield Row("certainty", size, f"qmgis, {what}", took["ours"], times_peer=ratio, target="<= 3x", note="of limit")
    yield Row("certainty", size, f"pandas loop, {what}", peers["pandas"], note=f"from {slow} draws")
    yield Row("certainty", size, f"numpy, one broadcast a block of draws, {what}", peers["numpy"])
    for peer, target in (("pandas", ""), ("numpy", "<= 0.2x" if areas >= 10_000 else "")):
        ratio = took["ours"] / peers[peer]
        yield Row("certainty", size, f"qmgis, {what}", took["ours"], times_peer=ratio, target=target, note=f"of {peer}")
    if noise:
        yield from _noise(shares, Noise(counts, totals), rule, size, draws, runs)


def _noise(shares: np.ndarray, noise: Noise, rule: Rule, size: str, draws: int, runs: int) -> Iterator[Row]:
    people, chance = np.asarray(noise.totals), (np.asarray(noise.counts) + 0.5) / (np.asarray(noise.totals) + 1)

    def plain() -> None:
        rng = np.random.default_rng(1)
        for _ in range(draws):
            _index(rng.binomial(people, chance) / people)

    tasks: dict[str, Callable[[], object]] = {
        "numpy": plain,
        "noise": lambda: certainty(shares, rule, noise=noise, draws=draws),
    }
    small = len(shares) < 5000
    if small:
        every = Choices(weight_band=BAND, limit_shift=0.1, leave_out=True)
        tasks["both"] = lambda: certainty(shares, rule, noise=noise, choices=every, draws=draws)
        tasks["sobol"] = lambda: sensitivity(shares, rule, every, samples=min(draws, 256))
    took = by_turns(tasks, runs=runs if small else 1)
    yield Row("certainty", size, "numpy loop, binomial noise: index only", took["numpy"])
    ratio = took["noise"] / took["numpy"]
    note = "classes and rank intervals; exact draws are most of both"
    yield Row("certainty", size, "qmgis, binomial noise", took["noise"], times_peer=ratio, note=note)
    if small:
        yield Row("certainty", size, "qmgis, noise and choices", took["both"])
        yield Row("certainty", size, "qmgis, Sobol indices of 3 choices, 256 samples", took["sobol"])


def _limit(shares: np.ndarray, draws: int) -> None:
    """Do what cannot be left out: the index of every draw, and the order of the areas, in single precision."""
    scores = ((shares - shares.mean(axis=0)) / shares.std(axis=0)).astype(np.float32).T.copy()
    weights = np.random.default_rng(1).random((draws, len(scores)), np.float32)
    for start in range(0, draws, step := max(1, 25_000_000 // shares.shape[0])):
        np.sort(weights[start : start + step] @ scores, axis=1)


def _index(shares: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    scores = (shares - shares.mean(axis=0)) / shares.std(axis=0)
    total = scores.sum(axis=1) if weights is None else scores @ weights
    return (total - total.mean()) / total.std()


def _broadcast(shares: np.ndarray, draws: int) -> object:
    """Give the same in plain numpy: double precision, percentiles, blocks that fit 400 MB."""
    rng = np.random.default_rng(1)
    scores = (shares - shares.mean(axis=0)) / shares.std(axis=0)
    tally = np.zeros((len(LIMITS) + 1, len(shares)), int)
    ranks = np.empty((draws, len(shares)), np.int32)
    step = max(1, 400_000_000 // (8 * shares.size))
    for start in range(0, draws, step):
        weights = 1 + rng.uniform(-BAND, BAND, (min(step, draws - start), shares.shape[1]))
        weights /= weights.sum(axis=1, keepdims=True)
        total = (scores[None, :, :] * weights[:, None, :]).sum(axis=2)
        index = (total - total.mean(axis=1, keepdims=True)) / total.std(axis=1, keepdims=True)
        classes = np.digitize(index, LIMITS)
        for number in range(len(LIMITS) + 1):
            tally[number] += (classes == number).sum(axis=0)
        ranks[start : start + len(index)] = np.argsort(np.argsort(-index, axis=1), axis=1) + 1
    return tally, np.percentile(ranks, [5, 50, 95], axis=0)


def _pandas(shares: np.ndarray, draws: int) -> object:
    rng, frame = np.random.default_rng(1), pd.DataFrame(shares)
    scores = (frame - frame.mean()) / frame.std(ddof=0)
    classes, ranks = {}, {}
    for draw in range(draws):
        weights = 1 + rng.uniform(-BAND, BAND, shares.shape[1])
        total = (scores * (weights / weights.sum())).sum(axis=1)
        index = (total - total.mean()) / total.std(ddof=0)
        classes[draw] = pd.cut(index, [-np.inf, *LIMITS, np.inf], labels=False)
        ranks[draw] = index.rank(ascending=False)
    shares_of = [(pd.DataFrame(classes) == number).mean(axis=1) for number in range(len(LIMITS) + 1)]
    return shares_of, pd.DataFrame(ranks).quantile([0.05, 0.5, 0.95], axis=1)


JOB = Job("certainty", "Certainty: 1,000 draws of choices and noise", run)
