"""The indicators of an area, and the smallest change of each that alone moves a class."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from qmgis.explanation._facts import Change, Hindrance, IndexFact, IndicatorFact, Step
from qmgis.explanation._steps import named_at, number_or_none
from qmgis.model import Column, Outcome
from qmgis.model.reading import Block, blocks_of, contribution_columns

__all__ = ["Lever", "changes_of", "even_slope", "indicators_at", "indicators_of", "levers_of"]

HAIR = 1e-6
# Normalisations without an end: beyond the values that there are, the index goes on as between them.
OPEN = ("z", "robust_z", "none")
Of = Literal["value", "change"]


@dataclass(frozen=True)
class Lever:
    """How an index moves with one indicator: by ``slope`` a unit, NaN where it does not rise evenly, in a range."""

    block: Block
    indicator: IndicatorFact
    of: Of
    slope: float
    low: float
    high: float


def indicators_of(outcome: Outcome) -> tuple[IndicatorFact, ...]:
    """Return the indicators of a run with what is the same for every area: means and the city's own values."""
    found: dict[str, Column] = {}
    for role in ("value_", "change_"):
        for column in outcome.columns:
            if column.key.startswith(role):
                found.setdefault(column.key.removeprefix(role), column)
    facts = []
    for key, described in found.items():
        city, areas = _of_city(outcome, key)
        facts.append(
            IndicatorFact(
                key=key,
                title=described.title,
                kind=_kind(described),
                unit=described.unit,
                mean=_mean(outcome, key, f"value_{key}"),
                city=city,
                city_areas=areas,
                is_estimated=key in outcome.estimated,
                mean_change=_mean(outcome, f"{key}_change", f"change_{key}"),
            )
        )
    return tuple(facts)


def indicators_at(outcome: Outcome, area: str, indicators: Sequence[IndicatorFact]) -> tuple[IndicatorFact, ...]:
    """Return the indicators with the numbers of an area."""
    return tuple(_at(outcome, area, one) for one in indicators)


def _at(outcome: Outcome, area: str, one: IndicatorFact) -> IndicatorFact:
    def at(column: str) -> float | None:
        return number_or_none(outcome, area, column.format(one.key))

    own = at("z_{}")
    return replace(
        one,
        value=at("value_{}"),
        count=at("count_{}"),
        base=at("base_{}"),
        low=at("low_{}"),
        high=at("high_{}"),
        reliability=named_at(outcome, area, f"reliability_{one.key}"),
        normalised=own if own is not None else at("score_{}"),
        contribution=at("contribution_{}"),
        change=at("change_{}"),
        normalised_change=at("z_{}_change"),
        contribution_change=at("contribution_{}_change"),
    )


def _kind(column: Column) -> Literal["share", "number"]:
    return "share" if column.kind in ("share", "points") else "number"


def _mean(outcome: Outcome, row: str, column: str) -> float | None:
    """Return the mean over the scored areas; None where it has none or the column is not there."""
    rows = outcome.index.reference.index
    row = row if row in rows else row.removesuffix("_change")  # a composite index of changes has no values beside them
    if row not in rows or column not in outcome.table:
        return None
    value = float(outcome.index.reference["mean"][row])
    return None if math.isnan(value) else value


def _of_city(outcome: Outcome, key: str) -> tuple[float | None, int]:
    """Return the city's value, rebuilt from the counts that are shown, and of how many areas."""
    names = [f"value_{key}", f"count_{key}", f"base_{key}"]
    if any(name not in outcome.table for name in names):
        return None, 0
    shown = outcome.table[names].astype(float).dropna()
    base = float(shown[names[2]].sum())
    return (float(shown[names[1]].sum()) / base, len(shown)) if base > 0 else (None, 0)


def levers_of(outcome: Outcome, indicators: Sequence[IndicatorFact]) -> tuple[Lever, ...]:
    """Return how each index moves with each of its indicators; the same for every area."""
    return tuple(_levers(outcome, indicators))


def _levers(outcome: Outcome, indicators: Sequence[IndicatorFact]) -> Iterator[Lever]:
    keys = {column.key for column in outcome.columns}
    for block in blocks_of(outcome):
        of: Of = "change" if block == "dynamics" else "value"
        if block == "index" and not any(key.startswith("value_") for key in keys):
            of = "change"
        for one in indicators:
            if f"{of}_{one.key}" in keys:
                low, high = _range(outcome, block, f"{of}_{one.key}")
                yield Lever(block, one, of, _slope(outcome, block, one.key, of), low, high)


def _slope(outcome: Outcome, block: Block, key: str, of: Of) -> float:
    columns = {column.key for column in contribution_columns(outcome, block)}
    contribution = f"contribution_{key}_change" if block == "dynamics" else f"contribution_{key}"
    if "score" in outcome.table or contribution not in columns:  # a last step that ranks, or no sum at all
        return math.nan
    return even_slope(outcome, contribution, f"{of}_{key}")


def even_slope(outcome: Outcome, contribution: str, source: str) -> float:
    """Return the slope of a contribution over its indicator where all areas lie on one line, else NaN.

    Examples
    --------
    >>> even_slope(toy_outcome(), "contribution_transfer", "value_transfer") > 0
    True
    """
    both = outcome.table[[source, contribution]].astype(float).dropna()
    x, y = both[source].to_numpy(), both[contribution].to_numpy()
    if len(both) < 3 or np.ptp(x) == 0:
        return math.nan
    low, high = int(x.argmin()), int(x.argmax())
    slope = (y[high] - y[low]) / (x[high] - x[low])
    apart = float(np.abs(y - y[low] - slope * (x - x[low])).max())
    return float(slope) if apart <= HAIR * max(float(np.ptp(y)), HAIR) else math.nan


def _range(outcome: Outcome, block: Block, column: str) -> tuple[float, float]:
    """Return between which values an index goes on evenly: those that there are, where its scale ends with them."""
    settings = outcome.index.parameters.get("blocks", {}).get(block, {})
    if settings.get("normalise") in OPEN and settings.get("treat", "none") == "none":
        return -math.inf, math.inf
    values = outcome.table[column].astype(float)
    return float(values.min()), float(values.max())


def changes_of(
    indices: Sequence[IndexFact], indicators: Sequence[IndicatorFact], levers: Sequence[Lever]
) -> tuple[Change, ...]:
    """Return for each index, step and indicator of an area the smallest change that alone reaches the step.

    The index rises by ``slope`` for each unit of an indicator (contribution beside value, over all areas that show
    both), so ``size = gap / slope``, with mean, spread and all other numbers held. The class changes once the limit is
    crossed, on it where the limit belongs to the other class.
    """
    here = {one.key: one for one in indicators}
    return tuple(
        _change(step, here[lever.indicator.key], lever)
        for index in indices
        for step in index.steps
        for lever in levers
        if lever.block == index.block
    )


def _change(step: Step, indicator: IndicatorFact, lever: Lever) -> Change:
    now = indicator.value if lever.of == "value" else indicator.change
    if now is None or (step.limit is not None and step.gap is None):
        return _made(step, indicator, lever, now, None, "not_shown")
    if step.gap is None or math.isnan(lever.slope) or lever.slope == 0:
        return _made(step, indicator, lever, now, None, "uneven")
    size = step.gap / lever.slope
    low, high = _bounds(indicator, lever)
    is_possible = low <= now + size <= high
    return _made(step, indicator, lever, now, size if is_possible else None, "" if is_possible else "out_of_range")


def _made(
    step: Step, one: IndicatorFact, lever: Lever, now: float | None, size: float | None, why: Hindrance
) -> Change:
    then = None if size is None or now is None else now + size
    return Change(step, one.key, one.title, lever.of, one.kind, one.unit, now, size, then, why)


def _bounds(indicator: IndicatorFact, lever: Lever) -> tuple[float, float]:
    """Return within what an indicator stays possible: a share is a share, now and before its change."""
    if indicator.kind != "share":
        return lever.low, lever.high
    low, high = 0.0, 1.0
    if lever.of == "change":
        low, high = (-1.0, 1.0) if indicator.value is None else (indicator.value - 1.0, indicator.value)
    return max(low, lever.low), min(high, lever.high)
