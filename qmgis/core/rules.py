"""Flags by rules that anyone can check: conditions joined by all and any, gaps told, joined areas, closed holes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy

from qmgis.core._columns import named, numbers, same_rows
from qmgis.core.spatial.neighbours import Neighbours
from qmgis.errors import DataError, MissingColumnError, NotEnoughDataError

LimitKind = Literal["number", "percentile", "sd", "factor"]
Comparison = Literal["at_least", "above", "at_most", "below"]

__all__ = [
    "Comparison", "Condition", "Group", "Judgement", "Limit", "LimitKind", "clusters", "compared", "infill", "judge",
    "large_enough", "pooled", "qpv_threshold", "threshold",
]  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """What a value is compared with.

    ``kind``: ``number``, the amount itself; ``percentile``, the area's percentile rank (0-100) among the valid areas;
    ``sd``, mean plus so many standard deviations of the valid areas; ``factor``, so many times a reference value. The
    reference is a given number, that of the city, or ``weight`` times the one plus the rest times the other.
    """

    kind: LimitKind
    amount: float
    reference: float | None = None
    weight: float = 1.0

    @property
    def needs_city(self) -> bool:
        """Whether the value of the whole city enters."""
        return self.kind == "factor" and (self.reference is None or self.weight < 1)


@dataclass(frozen=True)
class Condition:
    """An indicator on one side of a limit; ``at_least`` and ``at_most`` are met on the limit itself."""

    indicator: str
    side: Comparison
    limit: Limit


@dataclass(frozen=True)
class Group:
    """Conditions and groups of which all, or any, have to be met."""

    how: Literal["all", "any"]
    parts: tuple[Condition | Group, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition below, each once, in order."""
        found: dict[Condition, None] = {}
        for part in self.parts:
            found |= dict.fromkeys((part,) if isinstance(part, Condition) else part.conditions)
        return tuple(found)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every indicator below, each once, in order."""
        return tuple(dict.fromkeys(condition.indicator for condition in self.conditions))


@dataclass(frozen=True, eq=False)
class Judgement:
    """Which rules hold where; the rows of the values, a column a rule.

    ``met``: a rule holds with what is known, a missing value counts as not met. ``open``: it is not met, but would be
    with some value in place of what is missing. ``conditions``: how many conditions of all rules are met.
    """

    met: pd.DataFrame
    open: pd.DataFrame
    conditions: pd.Series


def judge(rules: Mapping[str, Group], values: pd.DataFrame, *, city: Mapping[str, float] | None = None) -> Judgement:
    """Return which rules each area meets.

    Parameters
    ----------
    rules
        A group of conditions for each rule.
    values
        One column an indicator, one row an area of the reference set, shape (n, k).
    city
        Value of the whole city for each indicator that is compared with a factor of it; see `pooled`.

    Returns
    -------
    Judgement
        All tables with the rows of ``values``.

    Raises
    ------
    MissingColumnError
        A condition names an indicator without a column.
    NotEnoughDataError
        An indicator with a percentile or standard deviations as limit has fewer than two different values.

    Notes
    -----
    A condition on a missing value is neither met nor not met; ``all`` and ``any`` follow Kleene's logic. What stays
    undecided counts as not met and is told as ``open``.

    References
    ----------
    Council on Environmental Quality, Climate and Economic Justice Screening Tool: Technical Support Document, 2022.

    Examples
    --------
    >>> table = pd.DataFrame({"burden": [0.9, 0.9, 0.1], "poor": [0.4, None, 0.4]}, index=["a", "b", "c"])
    >>> both = Group("all", (Condition("burden", "at_least", Limit("number", 0.5)),
    ...                      Condition("poor", "above", Limit("number", 0.3))))
    >>> found = judge({"both": both}, table)
    >>> found.met["both"].tolist(), found.open["both"].tolist(), found.conditions.tolist()
    ([True, False, False], [False, True, False], [2, 1, 1])
    """
    every = Group("any", tuple(rules.values()))
    absent = [key for key in every.indicators if key not in values]
    if absent:
        raise MissingColumnError(
            f"The rules need columns that the table does not have: {', '.join(absent)}; add them or change the rules.",
            de=f"Die Regeln brauchen Spalten, die die Tabelle nicht hat: {', '.join(absent)}; ergänzen oder die Regeln "
            "ändern.",
        )
    held = {one: _holds(one, values[one.indicator], city or {}) for one in every.conditions}
    said = {key: _joined(rule, held) for key, rule in rules.items()}
    counted = sum((one.fillna(False).astype(int) for one in held.values()), pd.Series(0, index=values.index))
    return Judgement(
        pd.DataFrame({key: one.fillna(False).astype(bool) for key, one in said.items()}, index=values.index),
        pd.DataFrame({key: one.isna() for key, one in said.items()}, index=values.index),
        counted,
    )


def threshold(limit: Limit, values: pd.Series, *, city: float | None = None) -> float:
    """Return the number that a limit stands for; of a percentile the share of other areas, 0-1.

    Parameters
    ----------
    limit
        Any kind.
    values
        The valid areas, shape (n,); enters for standard deviations only.
    city
        Value of the whole city, where a factor refers to it.

    Examples
    --------
    >>> threshold(Limit("sd", 1.0), pd.Series([1.0, 3.0])), threshold(Limit("factor", 0.6), pd.Series([]), city=20.0)
    (3.0, 12.0)
    """
    if limit.kind == "number":
        return limit.amount
    if limit.kind == "percentile":
        return limit.amount / 100
    if limit.kind == "sd":
        known = numbers(values)
        return float(np.nanmean(known) + limit.amount * np.nanstd(known))
    own, given = 0.0 if city is None else city, 0.0 if limit.reference is None else limit.reference
    weight = 0.0 if limit.reference is None else limit.weight
    if limit.needs_city and (city is None or not np.isfinite(city)):
        raise NotEnoughDataError(
            f'"{named(values)}" is compared with the value of the whole city, which is not known; give a reference.',
            de=f'"{named(values)}" wird mit dem Wert der ganzen Stadt verglichen, der nicht vorliegt; reference '
            "angeben.",
        )
    return limit.amount * (weight * given + (1 - weight) * own)


def pooled(part: pd.Series, whole: pd.Series, *, by: pd.Series | None = None) -> pd.Series:
    """Return the value of areas taken together: the sum of parts over the sum of wholes, never a mean of shares.

    Parameters
    ----------
    part, whole
        Numerator and denominator of each area, or value times residents and residents; where one is missing the area
        does not enter.
    by
        The group of each area; areas without one do not enter. All areas are one group ``all`` by default.

    Returns
    -------
    pd.Series
        One row a group; missing where the whole is 0.

    Examples
    --------
    >>> float(pooled(pd.Series([9.0, 0.0]), pd.Series([10.0, 90.0]))["all"])
    0.09
    """
    same_rows(part, whole)
    both = part.notna() & whole.notna()
    group = pd.Series("all", index=part.index) if by is None else by
    sums = pd.DataFrame({"part": part.where(both), "whole": whole.where(both)}).groupby(group, sort=True).sum()
    value: pd.Series = sums["part"] / sums["whole"].where(sums["whole"] > 0)
    return value


def qpv_threshold(national: float, urban: float, *, large: bool = False) -> float:
    """Return the income below which France marks a cell: 60 percent of a mix of the national and the urban median.

    Parameters
    ----------
    national, urban
        Median income per consumption unit of the country and of the urban unit.
    large
        An urban unit of 5 million residents or more (Paris): the urban median then weighs 70 percent, else 30.

    References
    ----------
    Décret n° 2014-767 du 3 juillet 2014.

    Examples
    --------
    >>> round(qpv_threshold(23_000, 20_000)), round(qpv_threshold(23_000, 20_000, large=True))
    (13260, 12540)
    """
    if not (0 < national < np.inf and 0 < urban < np.inf):
        raise DataError(
            f"Medians of {national} and {urban} are no incomes; give two numbers above 0.",
            de=f"Mediane von {national} und {urban} sind keine Einkommen; zwei Zahlen über 0 angeben.",
        )
    return threshold(Limit("factor", 0.6, national, 0.3 if large else 0.7), pd.Series(dtype=float), city=urban)


def infill(flagged: pd.Series, softer: pd.Series, neighbours: Neighbours) -> pd.Series:
    """Return the areas that are not flagged, meet a softer condition, and whose neighbours are all flagged.

    One pass: what is filled in does not surround others. An area without neighbours is surrounded by nothing; a
    neighbour that is not in ``flagged`` is not flagged.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import queen
    >>> row = queen(pd.Series(shapely.box([0, 1, 2, 3], 0, [1, 2, 3, 4], 1), index=list("abcd")))
    >>> flagged = pd.Series([True, False, True, False], index=list("abcd"))
    >>> infill(flagged, ~flagged, row).tolist()
    [False, True, False, True]
    """
    same_rows(flagged, softer)
    there = flagged.reindex(neighbours.ids, fill_value=False).to_numpy(dtype=bool)
    links = _links(neighbours)
    count, hit = np.diff(links.indptr), links @ there.astype(float)
    closed = pd.Series((count > 0) & (hit == count), index=neighbours.ids).reindex(flagged.index, fill_value=False)
    return closed & softer & ~flagged


def clusters(flagged: pd.Series, neighbours: Neighbours) -> pd.Series:
    """Return the cluster of each flagged area: the areas that hang together by neighbours.

    Returns
    -------
    pd.Series
        Text, the same index: ``c1``, ``c2``, … in the order of each cluster's smallest id; missing where not flagged.

    Examples
    --------
    >>> import shapely
    >>> from qmgis.core.spatial.neighbours import queen
    >>> row = queen(pd.Series(shapely.box([0, 1, 2, 3], 0, [1, 2, 3, 4], 1), index=list("abcd")))
    >>> clusters(pd.Series([True, False, True, True], index=list("abcd")), row).tolist()
    ['c1', None, 'c2', 'c2']
    """
    ids = np.sort(flagged.index[flagged.to_numpy(dtype=bool)].to_numpy(dtype=object))
    at = neighbours.ids.get_indexer(pd.Index(ids, dtype=object))
    known = at >= 0
    label = np.arange(len(ids)) + len(ids)  # an area that the neighbours do not know is a cluster of its own
    if known.any():
        links = _links(neighbours)[at[known]][:, at[known]]
        label[known] = scipy.sparse.csgraph.connected_components(links, directed=False)[1]
    of_area = dict(zip(ids, (f"c{number + 1}" for number in pd.factorize(label)[0]), strict=True))
    return pd.Series([of_area.get(area) for area in flagged.index], index=flagged.index, dtype=object)


def large_enough(
    cluster: pd.Series, residents: pd.Series, *, least: float, beyond: pd.Series | None = None
) -> pd.Series:
    """Return the clusters that stay: with enough residents, and beyond the threshold as a whole.

    Parameters
    ----------
    cluster
        As `clusters` gives it.
    residents
        Of each area, the same index; missing ones do not count.
    least
        Residents that a cluster must have.
    beyond
        Whether the pooled value of a cluster is beyond the threshold, one row a cluster; see `pooled` and `compared`.

    Returns
    -------
    pd.Series
        True or false, one row a cluster.

    Examples
    --------
    >>> cluster = pd.Series(["c1", "c1", None, "c2"])
    >>> large_enough(cluster, pd.Series([600.0, 500.0, 900.0, 700.0]), least=1000).to_dict()
    {'c1': True, 'c2': False}
    """
    same_rows(cluster, residents)
    kept = residents.groupby(cluster, sort=True).sum() >= least
    if beyond is not None:
        kept &= beyond.reindex(kept.index).fillna(False).astype(bool)
    return kept.rename("kept")


def compared(values: pd.Series, side: Comparison, limit: float) -> pd.Series:
    """Return whether values are on one side of a number; missing where the value is.

    Examples
    --------
    >>> compared(pd.Series([1.0, 2.0, None]), "at_least", 2.0).tolist()
    [False, True, <NA>]
    """
    compare = {"at_least": values.ge, "above": values.gt, "at_most": values.le, "below": values.lt}[side]
    return compare(limit).astype("boolean").mask(values.isna())


def _links(neighbours: Neighbours) -> scipy.sparse.csr_array:
    """Return the matrix with 1 for each link, however the links are weighed."""
    links = neighbours.matrix.copy()
    links.data = np.ones_like(links.data)
    return links


def _holds(condition: Condition, values: pd.Series, city: Mapping[str, float]) -> pd.Series:
    """Return whether a condition is met, missing where the value is."""
    limit = threshold(condition.limit, values, city=city.get(condition.indicator))
    if condition.limit.kind == "percentile":
        from qmgis.core.normalise import percentile_rank

        values = percentile_rank(values)
    return compared(values, condition.side, limit)


def _joined(group: Group, held: Mapping[Condition, pd.Series]) -> pd.Series:
    """Return whether a group is met; undecided where a missing value decides it."""
    first, *rest = (held[part] if isinstance(part, Condition) else _joined(part, held) for part in group.parts)
    for one in rest:
        first = first & one if group.how == "all" else first | one
    return first
