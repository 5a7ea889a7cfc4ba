"""Change between two years beside that of the city and beside noise; how lasting a flag is."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from qmgis.core.interval import newcombe
from qmgis.series._series import Series

__all__ = ["KEPT", "difference", "persistence"]

Kept = Literal["all", "some", "none", "unknown"]
KEPT: tuple[Kept, ...] = get_args(Kept)


def difference(series: Series, first: int, second: int, *, city: Series | None = None) -> pd.DataFrame:
    """Return what changed between two years, for each unit.

    Parameters
    ----------
    series
        Of any units.
    first, second
        Two of its years.
    city
        The same number of the whole city, to hold the change against.

    Returns
    -------
    pd.DataFrame
        Index ``unit``. ``before``, ``after``, ``change``; ``low`` and ``high`` of the change of a share (Newcombe,
        wider by what conversion may miss; approximate, for many people are in both years); ``within_noise``: whether 0
        lies between them, missing without an interval; ``city_change`` and ``to_city``, the difference to it;
        ``by_count`` and ``by_total``: what more or fewer people counted, and in all, add to the change of a share;
        ``exact``, the smaller one, 0-1. Shares as 0-1. Missing where either year is.

    References
    ----------
    Newcombe, Statistics in Medicine 17, 1998, method 10. Δr = ΔO/P̄ - r̄ ΔP/P̄ with means of both years is exact.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> index = pd.MultiIndex.from_product([["a"], [2020, 2024]], names=["unit", "year"])
    >>> numbers = {"value": [0.2, 0.3], "count": [20.0, 30.0], "total": [100.0, 100.0], "exact": 1.0, "error": 0.0}
    >>> one = Series("x", Text("x", "x"), "share", "area", pd.DataFrame(numbers, index=index), (), "v", {"a": "A"})
    >>> row = difference(one, 2020, 2024).loc["a"]
    >>> round(float(row["change"]), 3), bool(row["within_noise"]), round(float(row["by_count"]), 3)
    (0.1, True, 0.1)
    """
    then, now = series.of_year(first), series.of_year(second)
    then = then.reindex(now.index)
    change = now["value"] - then["value"]
    found = pd.DataFrame({"before": then["value"], "after": now["value"], "change": change})
    limits = _limits(then, now, change) if series.measure == "share" else found[[]].assign(low=np.nan, high=np.nan)
    found[["low", "high"]] = limits[["low", "high"]]
    within = ((found["low"] <= 0) & (found["high"] >= 0)).astype("boolean")
    found["within_noise"] = within.where(found["low"].notna() & found["high"].notna())
    found["city_change"] = _of_city(city, first, second)
    found["to_city"] = found["change"] - found["city_change"]
    nothing = pd.DataFrame(np.nan, index=now.index, columns=["by_count", "by_total"])
    found[["by_count", "by_total"]] = _split(then, now) if series.measure == "share" else nothing
    found["exact"] = np.minimum(then["exact"], now["exact"])
    return found


def persistence(attention: Series) -> pd.DataFrame:
    """Return in how many editions each area required attention: in all, in some, or in none.

    Parameters
    ----------
    attention
        Of areas, with the key ``attention``.

    Returns
    -------
    pd.DataFrame
        Index ``unit``: ``editions`` (with a result), ``flagged``, ``kind`` (one of `KEPT`; ``unknown`` without any).

    Examples
    --------
    >>> from qmgis.model import Text
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2020, 2024]], names=["unit", "year"])
    >>> frame = pd.DataFrame({"value": [1.0, 1.0, 0.0, 1.0]}, index=index)
    >>> one = Series("attention", Text("", ""), "class", "area", frame, (), "v", {"a": "A", "b": "B"})
    >>> persistence(one)["kind"].tolist()
    ['all', 'some']
    """
    value = attention.frame["value"].unstack("year")  # noqa: PD010
    editions, flagged = value.notna().sum(axis=1), (value > 0).sum(axis=1)
    kinds = np.select([editions == 0, flagged == editions, flagged > 0], ["unknown", "all", "some"], "none")
    kind = pd.Categorical(kinds, categories=list(KEPT))
    return pd.DataFrame({"editions": editions, "flagged": flagged, "kind": kind}, index=value.index)


def _limits(then: pd.DataFrame, now: pd.DataFrame, change: pd.Series) -> pd.DataFrame:
    """Return the interval of the change of a share; missing where the people of a year are not known."""
    pair = newcombe(now[["count", "total"]], then[["count", "total"]])
    error = now["error"] + then["error"]
    missing = change.isna()
    return pd.DataFrame({
        "low": (pair["low"] - error).clip(lower=-1.0).mask(missing),
        "high": (pair["high"] + error).clip(upper=1.0).mask(missing),
    })  # fmt: skip


def _of_city(city: Series | None, first: int, second: int) -> float:
    if city is None or len(city.names) != 1 or not {first, second} <= set(city.years):
        return float("nan")
    whole = city.of_unit(next(iter(city.names)))["value"]
    return float(whole[second] - whole[first])


def _split(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return what more people counted and more people in all add to the change of a share."""
    total = (now["total"] + then["total"]) / 2
    share = (now["count"] / now["total"] + then["count"] / then["total"]) / 2
    return pd.DataFrame({
        "by_count": (now["count"] - then["count"]) / total,
        "by_total": -share * (now["total"] - then["total"]) / total,
    })  # fmt: skip
