"""Draws rates of few people towards a larger group, so that noise does not pass for need.

For maps and flags of small areas, never inside a replica of an official index.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, csr_matrix

from qmgis.core._columns import like, same_rows
from qmgis.core.rates import counts
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["empirical_bayes", "local_bayes", "logit_shrinkage", "logit_toward"]


def empirical_bayes(count: pd.Series, total: pd.Series) -> pd.Series:
    """Return rates drawn towards the rate of all areas, the more the fewer people an area has.

    Parameters
    ----------
    count, total
        Cases and people, at least 0, shape (n,), same index. Areas without people, or with a gap, count nowhere.

    Returns
    -------
    pd.Series
        The same index; cases per person, at least 0; missing where there are no people or a gap. Where the areas differ
        no more than chance allows, all get the rate of all.

    Raises
    ------
    NotEnoughDataError
        No area with people.
    DataError
        Negative counts, or different areas.

    References
    ----------
    Marshall, Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40, 1991.

    Examples
    --------
    >>> empirical_bayes(pd.Series([2, 10, 30, 0, 25]), pd.Series([100, 400, 1000, 50, 450])).round(6).tolist()
    [0.030808, 0.029258, 0.031003, 0.02979, 0.045156]
    """
    cases, people, known = _known(count, total)
    raw = np.divide(cases, people, out=np.zeros(len(cases)), where=known)
    base = cases.sum() / people.sum()
    scatter = (people * (raw - base) ** 2).sum() / people.sum()
    between = max(0.0, scatter - base / (people.sum() / known.sum()))
    return like(np.where(known, _drawn(raw, people, base, between), np.nan), count)


def local_bayes(count: pd.Series, total: pd.Series, neighbours: csr_array | csr_matrix) -> tuple[pd.Series, pd.Series]:
    """Return rates drawn towards the rate of the area and its neighbours, and which areas have no neighbour.

    Parameters
    ----------
    count, total
        As `empirical_bayes`.
    neighbours
        Shape (n, n), not 0 where the column's area is a neighbour of the row's; values and diagonal play no part.

    Returns
    -------
    tuple
        Rates as `empirical_bayes`; and areas (bool) without a neighbour that has people, which keep their raw rate:
        say so beside it.

    Raises
    ------
    NotEnoughDataError, DataError
        As `empirical_bayes`; a matrix of another size.

    References
    ----------
    Marshall 1991, as in `empirical_bayes`, section 3.

    Examples
    --------
    >>> near = csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    >>> found, alone = local_bayes(pd.Series([5, 5, 9]), pd.Series([100, 50, 90]), near)
    >>> found.round(4).tolist(), alone.tolist()
    ([0.0667, 0.0667, 0.1], [False, False, True])
    """
    cases, people, known = _known(count, total)
    group = _group(neighbours, known)
    raw = np.divide(cases, people, out=np.zeros(len(cases)), where=known)
    people_near, members = group @ people, group @ known.astype(float)
    there = members > 0
    base = np.divide(group @ cases, people_near, out=np.zeros(len(cases)), where=there)
    # Squares around the rate of all, moved to the group's own rate: fewer digits are lost than around 0.
    middle = cases.sum() / people.sum()
    squares = group @ (people * (raw - middle) ** 2) - people_near * (base - middle) ** 2
    scatter = np.divide(squares, people_near, out=np.zeros(len(cases)), where=there)
    chance = np.divide(base * members, people_near, out=np.zeros(len(cases)), where=there)
    between = np.maximum(0.0, scatter - chance)
    alone = known & (members <= 1)
    drawn = np.where(alone, raw, _drawn(raw, people, base, between))
    return like(np.where(known, drawn, np.nan), count), like(alone, count)


def logit_shrinkage(count: pd.Series, total: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return shares drawn towards that of their group (a district), on the logit scale of the English indices.

    Parameters
    ----------
    count, total
        People counted and all, shape (n,), same index; counts at most totals.
    groups
        The group of each area.

    Returns
    -------
    pd.DataFrame
        The same index; ``share`` (0-1) and ``weight`` of the area's own number (0-1); missing where there are no
        people, a gap, or no group. An area alone in its group, or in one without scatter, gets the group's share.

    Raises
    ------
    NotEnoughDataError, DataError
        As `empirical_bayes`; counts above totals.

    References
    ----------
    MHCLG, The English Indices of Deprivation 2019, technical report, appendix D; constants from the Scottish Indices of
    Deprivation 2003, appendix 1.

    Examples
    --------
    >>> found = logit_shrinkage(pd.Series([4, 10, 16]), pd.Series([20, 200, 80]), pd.Series(["x", "x", "x"]))
    >>> found["share"].round(4).tolist()
    [0.1838, 0.0555, 0.1944]
    """
    same_rows(count, groups)
    cases, people, known = _known(count, total)
    _at_most(cases, people)
    number = pd.factorize(groups)[0]
    known = known & (number >= 0)
    if not known.any():
        raise NotEnoughDataError(
            "No area with people belongs to a group; name the group of each area.",
            de="Kein Gebiet mit Einwohnern gehört zu einer Gruppe; jedem Gebiet seine Gruppe geben.",
        )
    size, place = int(number.max()) + 1, np.where(known, number, 0)

    def summed(array: np.ndarray) -> np.ndarray:
        return np.bincount(place, weights=np.where(known, array, 0.0), minlength=size)[place]

    all_cases, all_people, members = summed(cases), summed(people), summed(np.ones(len(cases)))
    far = (_logit(cases, people) - _logit(all_cases, all_people)) ** 2
    between = np.divide(summed(far), members - 1, out=np.zeros(len(cases)), where=members > 1)
    share, weight = logit_toward(cases, people, group_count=all_cases, group_total=all_people, between=between)
    found = {"share": np.where(known, share, np.nan), "weight": np.where(known, weight, np.nan)}
    return pd.DataFrame(found, index=count.index)


def logit_toward(
    count: np.ndarray, total: np.ndarray, *, group_count: np.ndarray, group_total: np.ndarray, between: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return shares drawn towards given shares, and the weight of each own number, for a given scatter.

    Parameters
    ----------
    count, total, group_count, group_total
        People counted and all, of the area and of its group, shape (n,).
    between
        The variance of logits between areas of the group, at least 0, shape (n,).

    Examples
    --------
    >>> four, of, all_counted, people, t2 = (np.array([x]) for x in (4.0, 20.0, 300.0, 5000.0, 0.25))
    >>> share, weight = logit_toward(four, of, group_count=all_counted, group_total=people, between=t2)
    >>> share.round(5).tolist(), weight.round(5).tolist()
    ([0.11356], [0.47914])
    """
    noise = np.divide(
        (total + 1) * (total + 2),
        total * (count + 1) * (total - count + 1),
        out=np.full(len(count), np.inf),
        where=total > 0,
    )
    # The same as (1 / noise) / (1 / noise + 1 / between), without dividing by 0.
    weight = np.divide(between, between + noise)
    drawn = weight * _logit(count, total) + (1 - weight) * _logit(group_count, group_total)
    return 1 / (1 + np.exp(-drawn)), weight


def _logit(count: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the logit of a share, with a half case added on either side."""
    return np.asarray(np.log((count + 0.5) / (total - count + 0.5)))


def _drawn(raw: np.ndarray, people: np.ndarray, base: np.ndarray | float, between: np.ndarray | float) -> np.ndarray:
    """Return ``base + a / (a + base / people) (raw - base)``, written without dividing by people."""
    own = between * people
    divisor = np.asarray(own + base)
    weight = np.divide(own, divisor, out=np.zeros(len(raw)), where=divisor > 0)
    return np.asarray(base + weight * (raw - base))


def _known(count: pd.Series, total: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cases and people with 0 for what is not known, and which areas have people and both numbers."""
    cases, people = counts(count, total)
    known = ~np.isnan(cases) & (people > 0)
    if not known.any():
        raise NotEnoughDataError(
            f'No area has both "{count.name}" and people to count them in; check the population.',
            de=f'Kein Gebiet hat sowohl "{count.name}" als auch Einwohner; Bevölkerung prüfen.',
        )
    return np.where(known, cases, 0.0), np.where(known, people, 0.0), known


def _at_most(cases: np.ndarray, people: np.ndarray) -> None:
    """Raise if more are counted than there are."""
    if (cases > people).any():
        raise DataError(
            f"In {int((cases > people).sum())} areas more people are counted than there are; check both columns.",
            de=f"In {int((cases > people).sum())} Gebieten sind mehr Personen gezählt als vorhanden; beide Spalten "
            "prüfen.",
        )


def _group(neighbours: csr_array | csr_matrix, known: np.ndarray) -> csr_array:
    """Return ones for each known area and its known neighbours, itself included."""
    count = len(known)
    if neighbours.shape != (count, count):
        raise DataError(
            f"The neighbours are {neighbours.shape[0]} by {neighbours.shape[1]} and the areas {count}; build them from "
            "the same areas.",
            de=f"Die Nachbarschaft ist {neighbours.shape[0]} mal {neighbours.shape[1]}, die Gebiete sind {count}; aus "
            "denselben Gebieten bilden.",
        )
    pairs = neighbours.tocoo()
    row, column = np.asarray(pairs.row), np.asarray(pairs.col)
    keep = (np.asarray(pairs.data) != 0) & (row != column) & known[row] & known[column]
    own = np.flatnonzero(known)
    row, column = np.concatenate([row[keep], own]), np.concatenate([column[keep], own])
    return csr_array((np.ones(len(row)), (row, column)), shape=(count, count))
