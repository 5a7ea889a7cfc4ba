"""One pipeline from indicators to an index: fill, treat, direct, normalise, weigh, aggregate, standardise again.

Each step is a plain function of its own module; the tables at the end of this file name those that a profile may ask
for. A new step is one function there and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from qmgis.core import aggregate, impute, normalise, ranks, weigh
from qmgis.core.stats import check_sum, spread, zscore
from qmgis.core.treat import treat
from qmgis.errors import DataError, UnknownKeyError, did_you_mean

Step = TypeVar("Step")

__all__ = ["AGAIN", "AGGREGATE", "FILL", "NORMALISE", "WEIGH", "Composite", "Steps", "composite"]


@dataclass(frozen=True)
class Steps:
    """What is done to indicators to make one index of them; every word is a key of the tables below.

    ``directions`` of each indicator (+1 high is more burden, -1 less). ``domains`` names the domain of each indicator
    where the index has two levels. ``weights`` and ``domain_weights`` are 1 where not given; with the aggregation
    ``sum`` they are used literally, else rescaled to sum 1. ``to`` is the range of ``min_max``, ``goalposts`` the pair
    of each indicator, ``digits`` cuts percentile ranks off, ``least_weight`` is the share of the weight that must be
    there.
    """

    directions: Mapping[str, int]
    domains: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    domain_weights: Mapping[str, float] = field(default_factory=dict)
    weigh: str = "given"
    fill: str = "none"
    treat: Literal["none", "outliers"] = "none"
    normalise: str = "z"
    aggregate: str = "sum"
    domain_normalise: str = "none"
    domain_aggregate: str = "sum"
    again: str = "z"
    ddof: int = 0
    to: tuple[float, float] = (0.0, 1.0)
    goalposts: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    digits: int | None = None
    least_weight: float = 1.0
    constant: Literal["stop", "drop"] = "stop"

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators, in order."""
        return tuple(self.directions)


@dataclass(frozen=True, eq=False)
class Composite:
    """An index with everything on the way to it; all tables have the rows of the values.

    ``score``: before the last step; ``index``: after it. ``normalised``: a column an indicator. ``domains``: a column a
    domain, empty where there is one level. ``contributions``: a column an indicator (a domain where domains are
    normalised on their own) that add up to ``index``, or to ``score`` where the last step ranks; empty where the
    aggregation does not add. ``reference``: mean, spread and number of values of each indicator. ``filled`` and
    ``treated``: which cells are not as measured. ``weights``: as used. ``dropped``: indicators without spread.
    """

    score: pd.Series
    index: pd.Series
    normalised: pd.DataFrame
    domains: pd.DataFrame
    contributions: pd.DataFrame
    reference: pd.DataFrame
    filled: pd.DataFrame
    treated: pd.DataFrame
    weights: pd.Series
    dropped: tuple[str, ...] = ()


def composite(values: pd.DataFrame, steps: Steps) -> Composite:
    """Return the index of each area, and every step on the way to it.

    Parameters
    ----------
    values
        One column an indicator of ``steps``, one row an area of the reference set, shape (n, k).
    steps
        What to do, in this order: fill gaps, treat outliers, direct, normalise, weigh, aggregate (in domains, then
        over them), standardise again.

    Returns
    -------
    Composite
        All tables with the rows of ``values``; high is more burden.

    Raises
    ------
    NotEnoughDataError
        An indicator without spread or values, unless ``steps.constant`` drops it; indicators that cancel each other.
    UnknownKeyError
        A step that is not in the tables.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, steps 3-6.

    Examples
    --------
    >>> table = pd.DataFrame({"p": [5.0, 4.0, 1.0], "q": [2.0, 4.0, 9.0]}, index=["a", "b", "c"])
    >>> steps = Steps({"p": 1, "q": -1}, normalise="min_max", aggregate="mean", again="none")
    >>> composite(table, steps).index.round(3).to_dict()
    {'a': 1.0, 'b': 0.732, 'c': 0.0}
    """
    kept = values[list(steps.indicators)].astype(float)
    flat = [str(key) for key in kept if steps.constant == "drop" and spread(kept[key].dropna()) == 0.0]
    kept = kept.drop(columns=flat)
    filled_values, filled = _pick(FILL, "fill", steps.fill)(kept)
    used, treated, _ = (
        treat(filled_values) if steps.treat == "outliers" else (filled_values, filled_values.isna(), None)
    )
    treated = treated & used.notna()
    level = _pick(NORMALISE, "normalise", steps.normalise)
    directed = pd.DataFrame({key: used[key] * steps.directions[str(key)] for key in used})
    normalised = pd.DataFrame({key: level(directed[key], steps) for key in directed})
    score, domains, factors, linear = _aggregated(normalised, steps)
    if linear is not None:
        check_sum(score, linear.mul(factors, axis=1))
    index = _pick(AGAIN, "again", steps.again)(score, steps)
    return Composite(
        score=score,
        index=index.rename(None),
        normalised=normalised,
        domains=domains,
        contributions=_contributions(linear, factors, score, steps),
        reference=_reference(kept, steps),
        filled=filled,
        treated=treated,
        weights=factors,
        dropped=tuple(flat),
    )


def _pick(known: Mapping[str, Step], step: str, key: str) -> Step:
    if key not in known:
        raise UnknownKeyError(
            f'There is no step {step} = "{key}".{did_you_mean(key, known)}',
            de=f'Den Schritt {step} = "{key}" gibt es nicht.{did_you_mean(key, known, lang="de")}',
        )
    return known[key]


def _aggregated(
    normalised: pd.DataFrame, steps: Steps
) -> tuple[pd.Series, pd.DataFrame, pd.Series, pd.DataFrame | None]:
    """Return the score, the domains, the factors of what adds up to the score, and that; None where nothing does."""
    by = {str(key): steps.domains.get(str(key), "") for key in normalised}
    if set(by.values()) == {""}:
        weights = _weights(normalised, steps.weights, steps)
        score = _pick(AGGREGATE, "aggregate", steps.aggregate)(normalised, weights, steps)
        return score, normalised[[]], weights, normalised if steps.aggregate in LINEAR else None
    found, inside = {}, {}
    for domain in dict.fromkeys(by.values()):
        columns = normalised[[key for key in normalised if by[str(key)] == domain]]
        inside[domain] = _weights(columns, steps.weights, steps)
        one = _pick(AGGREGATE, "aggregate", steps.aggregate)(columns, inside[domain], steps)
        found[domain] = _pick(NORMALISE, "domain_normalise", steps.domain_normalise)(one, steps)
    domains = pd.DataFrame(found)
    over = _factors(domains, steps.domain_weights, literal=steps.domain_aggregate == "sum")
    score = _pick(AGGREGATE, "domain_aggregate", steps.domain_aggregate)(domains, over, steps)
    if steps.domain_aggregate not in LINEAR:
        return score, domains, over, None
    if steps.domain_normalise != "none" or steps.aggregate not in LINEAR:
        return score, domains, over, domains
    factors = pd.Series({key: inside[domain][key] * over[domain] for key, domain in by.items()})
    return score, domains, factors, normalised


def _weights(table: pd.DataFrame, given: Mapping[str, float], steps: Steps) -> pd.Series:
    """Return the weights of columns: as given, or found from the numbers."""
    if steps.weigh == "given":
        return _factors(table, given, literal=steps.aggregate == "sum")
    return _pick(WEIGH, "weigh", steps.weigh)(table)


def _factors(table: pd.DataFrame, given: Mapping[str, float], *, literal: bool) -> pd.Series:
    names = [str(key) for key in table]
    weights = {name: float(given.get(name, 1.0)) for name in names}
    rescaled = weigh.rescaled(weights, names)  # refuses negative ones
    return pd.Series(weights, name="weight") if literal else rescaled


def _contributions(linear: pd.DataFrame | None, factors: pd.Series, score: pd.Series, steps: Steps) -> pd.DataFrame:
    """Return what each column adds to the index (to the score where the last step ranks)."""
    if linear is None:
        return pd.DataFrame(index=score.index)
    parts = linear.mul(factors, axis=1)
    return (parts - parts.mean()) / spread(score.dropna(), ddof=steps.ddof) if steps.again == "z" else parts


def _reference(values: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    return pd.DataFrame({
        "mean": values.mean(),
        "sd": [spread(values[key].dropna(), ddof=steps.ddof) for key in values],
        "n": values.notna().sum(),
    })  # fmt: skip


def _unfilled(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return table, pd.DataFrame(np.zeros(table.shape, bool), index=table.index, columns=table.columns)


def _goalposts(values: pd.Series, steps: Steps) -> pd.Series:
    key = str(values.name)
    if key not in steps.goalposts:
        raise DataError(
            f'Goalposts are missing for "{key}"; give the value that counts as 0 and the one that counts as 1.',
            de=f'Für "{key}" fehlen goalposts; den Wert angeben, der als 0, und den, der als 1 gilt.',
        )
    zero, one = (end * steps.directions[key] for end in steps.goalposts[key])
    return normalise.goalposts(values, zero=zero, one=one)


LINEAR = ("sum", "mean")
Filled = tuple[pd.DataFrame, pd.DataFrame]
FILL: Mapping[str, Callable[[pd.DataFrame], Filled]] = MappingProxyType(
    {"none": _unfilled, "mean": impute.by_mean, "median": impute.by_median}
)
NORMALISE: Mapping[str, Callable[[pd.Series, Steps], pd.Series]] = MappingProxyType({
    "none": lambda values, _: values,
    "z": lambda values, steps: zscore(values, ddof=steps.ddof),
    "robust_z": lambda values, _: normalise.robust_z(values),
    "min_max": lambda values, steps: normalise.min_max(values, to=steps.to),
    "percentile_rank": lambda values, steps: normalise.percentile_rank(values, digits=steps.digits),
    "rank": lambda values, _: ranks.rank(values, first="lowest"),
    "borda": lambda values, _: normalise.borda(values),
    "exponential_rank": lambda values, _: ranks.exponential_rank(values),
    "exponential_from_ranks": lambda values, _: ranks.exponential_from_ranks(values),
    "fraction_of_max": lambda values, _: normalise.fraction_of_max(values),
    "distance_to_maximum": lambda values, _: normalise.distance_to_maximum(values),
    "goalposts": _goalposts,
})  # fmt: skip
WEIGH: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = MappingProxyType({
    "equal": lambda table: weigh.equal([str(key) for key in table]),
    "principal": lambda table: weigh.principal(table)[0]["weight"],
    "equal_effect": lambda table: weigh.equal_effect(table)[0],
})  # fmt: skip
AGGREGATE: Mapping[str, Callable[[pd.DataFrame, pd.Series, Steps], pd.Series]] = MappingProxyType({
    "sum": lambda table, weights, _: aggregate.weighted_sum(table, weights),
    "mean": lambda table, weights, steps: aggregate.arithmetic(table, weights, least_weight=steps.least_weight),
    "geometric": lambda table, weights, steps: aggregate.geometric(table, weights, least_weight=steps.least_weight),
    "harmonic": lambda table, weights, steps: aggregate.harmonic(table, weights, least_weight=steps.least_weight),
    "copeland": lambda table, weights, _: aggregate.copeland(table, weights),
})  # fmt: skip
AGAIN: Mapping[str, Callable[[pd.Series, Steps], pd.Series]] = MappingProxyType({
    "none": lambda score, _: score,
    "z": lambda score, steps: zscore(score, ddof=steps.ddof),
    "percentile_rank": lambda score, steps: normalise.percentile_rank(score, digits=steps.digits),
    "min_max": lambda score, steps: normalise.min_max(score, to=steps.to),
    "exponential_rank": lambda score, _: ranks.exponential_rank(score),
})  # fmt: skip
