"""Summaries of areas for what they lie in: districts, wards, areas of neighbourhood management.

Each takes the areas of one index and the group of each, and gives one row a group. An area with people but without a
score or rank makes its group's summary missing: leaving it out would say that it is like the others. Areas without a
group belong nowhere. ``of`` is how many areas were ranked together; by default all that are given.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.core._columns import named, numbers, same_rows, some
from qmgis.core.rates import counts
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["average_rank", "average_score", "extent", "local_concentration", "proportion", "scale"]


def average_score(scores: pd.Series, population: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the mean score of each group, weighted by people.

    Parameters
    ----------
    scores
        High is more deprived, shape (n,).
    population
        People, at least 0, same index.
    groups
        The group of each area, same index.

    Returns
    -------
    pd.Series
        One row a group, sorted; in the unit of ``scores``; missing where the group has no people.

    Raises
    ------
    NotEnoughDataError
        No score, or no area in any group.
    DataError
        Different areas, or negative people.

    References
    ----------
    MHCLG, The English Indices of Deprivation 2019, technical report, appendix N; all functions of this module.

    Examples
    --------
    >>> average_score(pd.Series([10.0, 40.0, 20.0]), pd.Series([1, 3, 5]), pd.Series(["x", "x", "y"])).to_dict()
    {'x': 32.5, 'y': 20.0}
    """
    return _mean(numbers(scores, constant=True, least=1), scores, population, groups)


def average_rank(ranks: pd.Series, population: pd.Series, groups: pd.Series, *, of: int | None = None) -> pd.Series:
    """Return the mean rank of each group, weighted by people and reversed: high is more deprived.

    Parameters
    ----------
    ranks
        1 (most deprived) to ``of``, shape (n,).
    population, groups
        As `average_score`.
    of
        How many areas were ranked together.

    Returns
    -------
    pd.Series
        One row a group; the mean of ``of - rank + 1``.

    Raises
    ------
    NotEnoughDataError, DataError
        As `average_score`; ranks outside 1 to ``of``.

    Examples
    --------
    >>> average_rank(pd.Series([1, 2, 3, 4]), pd.Series([3, 1, 1, 1]), pd.Series(["x", "x", "y", "y"])).to_dict()
    {'x': 3.75, 'y': 1.5}
    """
    array, count = _ranks(ranks, of)
    return _mean(count - array + 1, ranks, population, groups)


def proportion(ranks: pd.Series, groups: pd.Series, *, of: int | None = None, top: float = 0.1) -> pd.Series:
    """Return the share of each group's areas that are in the most deprived tenth of all; people play no part.

    Parameters
    ----------
    ranks, groups, of
        As `average_rank`.
    top
        How large a part of all areas counts as most deprived, above 0, at most 1.

    Returns
    -------
    pd.Series
        One row a group; 0-1.

    Raises
    ------
    NotEnoughDataError, DataError
        As `average_rank`.

    Examples
    --------
    >>> proportion(pd.Series([1, 30, 5, 2]), pd.Series(["x", "x", "y", "y"]), of=50).to_dict()
    {'x': 0.5, 'y': 1.0}
    """
    array, count = _ranks(ranks, of)
    _part(top)
    inside = np.where(np.isnan(array), np.nan, array <= top * count * (1 + 1e-12))
    return _mean(inside, ranks, pd.Series(1.0, index=ranks.index), groups)


def extent(ranks: pd.Series, population: pd.Series, groups: pd.Series, *, of: int | None = None) -> pd.Series:
    """Return the share of each group's people who live in the most deprived three tenths of all areas, graded.

    People in the most deprived tenth count fully, then 0.95 in the 11th hundredth down to 0.05 in the 30th.

    Parameters
    ----------
    ranks, population, groups, of
        As `average_rank`.

    Returns
    -------
    pd.Series
        One row a group; 0-1.

    Raises
    ------
    NotEnoughDataError, DataError
        As `average_rank`.

    Examples
    --------
    >>> ranks = pd.Series([1, 11, 30, 31])
    >>> extent(ranks, pd.Series([1, 1, 1, 1]), pd.Series(list("abcd")), of=100).round(4).to_dict()
    {'a': 1.0, 'b': 0.95, 'c': 0.05, 'd': 0.0}
    """
    array, count = _ranks(ranks, of)
    hundredth = np.ceil(array * 100 / count)
    graded = 0.95 - (hundredth - 11) * 0.9 / 19
    weight = np.select([np.isnan(array), hundredth <= 10, hundredth <= 30], [np.nan, 1.0, graded], default=0.0)
    return _mean(weight, ranks, population, groups)


def local_concentration(
    ranks: pd.Series, population: pd.Series, groups: pd.Series, *, of: int | None = None, top: float = 0.1
) -> pd.Series:
    """Return the mean reversed rank, weighted by people, of the areas where each group's most deprived tenth lives.

    The most deprived areas that together hold exactly a tenth of the group's people; the last one counts partly.

    Parameters
    ----------
    ranks, population, groups, of
        As `average_rank`.
    top
        Which part of the group's people, above 0, at most 1.

    Returns
    -------
    pd.Series
        One row a group; the mean of ``of - rank + 1``; missing where the group has no people.

    Raises
    ------
    NotEnoughDataError, DataError
        As `average_rank`.

    Examples
    --------
    >>> ranks, people = pd.Series([3, 1, 9]), pd.Series([100, 60, 840])
    >>> local_concentration(ranks, people, pd.Series(["x", "x", "x"]), of=10).to_dict()
    {'x': 9.2}
    """
    array, count = _ranks(ranks, of)
    _part(top)
    table = _table(count - array + 1, ranks, population, groups).sort_values("value", ascending=False, kind="stable")
    grouped = table.groupby("group")["people"]
    wanted = grouped.transform("sum") * top
    before = grouped.cumsum() - table["people"]
    # An area with a gap is last in its group, but makes the summary missing all the same.
    taken = np.minimum(table["people"], np.maximum(wanted - before, 0.0))
    table["people"] = np.where(table["value"].isna(), table["people"], taken)
    return _weighted(table, ranks)


def scale(persons: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the number of persons of each group, such as all who live on low income.

    Parameters
    ----------
    persons
        At least 0, shape (n,).
    groups
        As `average_score`.

    Returns
    -------
    pd.Series
        One row a group; missing where an area of it is.

    Raises
    ------
    NotEnoughDataError, DataError
        As `average_score`.

    Examples
    --------
    >>> scale(pd.Series([10, 20, None]), pd.Series(["x", "x", "y"])).to_dict()
    {'x': 30.0, 'y': nan}
    """
    numbers(persons, constant=True, least=1)
    same_rows(persons, groups)
    table = _table(np.ones(len(persons)), persons, persons, groups)
    table["gap"] = table["people"].isna()
    summed = table.groupby("group")[["people", "gap"]].sum()
    return pd.Series(summed["people"].where(summed["gap"] == 0), name=persons.name)


def _ranks(ranks: pd.Series, of: int | None) -> tuple[np.ndarray, int]:
    """Return ranks as floats, and of how many areas they are."""
    array = numbers(ranks, constant=True, least=1)
    count = int((~np.isnan(array)).sum()) if of is None else of
    outside = (array < 1) | (array > count)
    if outside.any():
        where = some(ranks.index[outside])
        raise DataError(
            f'"{named(ranks)}" has ranks outside 1 to {count} (areas: {where}); say of how many areas they are (of).',
            de=f'"{named(ranks)}" hat Ränge außerhalb von 1 bis {count} (Gebiete: {where}); angeben, von wie vielen '
            "Gebieten sie stammen (of).",
        )
    return array, count


def _part(top: float) -> None:
    """Raise unless a part of a whole is above 0, at most 1."""
    if not 0 < top <= 1:
        raise DataError(
            f"The most deprived part is {top}; give a number above 0, at most 1.",
            de=f"Der am stärksten benachteiligte Teil ist {top}; eine Zahl über 0 und höchstens 1 angeben.",
        )


def _labels(groups: pd.Series) -> np.ndarray:
    """Return the groups, an error if no area has one."""
    if not groups.notna().any():
        raise NotEnoughDataError(
            "No area belongs to a group; name the group of each area.",
            de="Kein Gebiet gehört zu einer Gruppe; jedem Gebiet seine Gruppe geben.",
        )
    return groups.to_numpy(dtype=object)


def _table(array: np.ndarray, values: pd.Series, population: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return value, people and group of each area."""
    same_rows(values, population, groups)
    people = counts(population, population)[0]
    return pd.DataFrame({"value": array, "people": people, "group": _labels(groups)})


def _mean(array: np.ndarray, values: pd.Series, population: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the mean of each group, weighted by people."""
    return _weighted(_table(array, values, population, groups), values)


def _weighted(table: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Return weighted means; missing where an area with people has no value, or its people are not known."""
    gap = table["people"].isna() | (table["value"].isna() & (table["people"] > 0))
    summed = (
        pd.DataFrame(
            {
                "group": table["group"],
                "total": (table["value"] * table["people"]).fillna(0.0),
                "people": table["people"].fillna(0.0),
                "gap": gap.astype(float),
            }
        )
        .groupby("group")[["total", "people", "gap"]]
        .sum()
    )
    mean = summed["total"] / summed["people"].where((summed["people"] > 0) & (summed["gap"] == 0))
    return pd.Series(mean, name=values.name)
