"""Ranks, what is made of them, and classes of equal size."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core._columns import like, named, numbers, some
from qmgis.errors import DataError

__all__ = ["SCALE", "exponential_from_ranks", "exponential_rank", "mean_ranks", "quantile_class", "rank"]

# Chosen by the publisher so that the most deprived tenth scores above 50.
SCALE = 23.0


def rank(
    values: pd.Series, *, ties: Literal["mean", "min"] = "mean", first: Literal["highest", "lowest"] = "highest"
) -> pd.Series:
    """Return the place of each area in the order, from 1.

    Parameters
    ----------
    values
        Numbers, shape (n,), at least two different; gaps stay and are not counted.
    ties
        Equal values share the mean of their places, or all get the smallest.
    first
        Which end has rank 1.

    Raises
    ------
    NotEnoughDataError
        No two different values.

    Examples
    --------
    >>> rank(pd.Series([3, 7, 7, 10])).tolist(), rank(pd.Series([3, 7, 7, 10]), ties="min").tolist()
    ([4.0, 2.5, 2.5, 1.0], [4.0, 2.0, 2.0, 1.0])
    """
    column = like(numbers(values), values)
    return column.rank(method="average" if ties == "mean" else "min", ascending=first == "lowest")


def mean_ranks(ranks: pd.Series) -> pd.Series:
    """Return published ranks with ties moved to the mean of their places.

    Parameters
    ----------
    ranks
        Ranks of one whole set of areas, 1 to n; ties printed as the smallest, mean or largest place; gaps stay.

    Raises
    ------
    DataError
        Not the ranks of these areas: places beyond n, or holes, as in a part of the areas or deciles.

    Examples
    --------
    >>> mean_ranks(pd.Series([1, 2, 2, 4])).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    given = like(numbers(ranks), ranks)
    low, high = given.rank(method="min"), given.rank(method="max")
    wrong = (given < low) | (given > high)
    if wrong.any():
        where, count = some(given.index[wrong]), int(given.notna().sum())
        raise DataError(
            f'"{named(ranks)}" are not the ranks 1 to {count} of these areas (look at: {where}); give the ranks of all '
            "areas that were ranked together.",
            de=f'"{named(ranks)}" sind nicht die Ränge 1 bis {count} dieser Gebiete (siehe: {where}); die Ränge aller '
            "gemeinsam gereihten Gebiete angeben.",
        )
    return given.rank(method="average")


def exponential_rank(values: pd.Series, *, scale: float = SCALE) -> pd.Series:
    """Return exponential scores of 0-100 from values; the highest value gets 100.

    A high score is only partly cancelled by low scores of other indicators.

    Parameters
    ----------
    values
        Numbers, high is more deprived, shape (n,), at least two different; gaps stay and are not counted.
    scale
        How strongly the top is stretched; 23 puts the most deprived tenth above 50.

    Returns
    -------
    pd.Series
        The same index; ``-scale ln(1 - R (1 - exp(-100 / scale)))`` with ``R = (n - rank + 1) / n``, ties at mean rank.

    Raises
    ------
    NotEnoughDataError
        No two different values.

    References
    ----------
    MHCLG, The English Indices of Deprivation 2019, technical report, appendix E.

    Examples
    --------
    >>> exponential_rank(pd.Series(range(10))).round(4).tolist()[-2:]
    [50.4267, 100.0]
    """
    return _exponential(rank(values), scale)


def exponential_from_ranks(ranks: pd.Series, *, scale: float = SCALE) -> pd.Series:
    """Return exponential scores of 0-100 from published ranks; rank 1 (most deprived) gets 100.

    Parameters
    ----------
    ranks
        As `mean_ranks`: the ranks of all areas that were ranked together; ties are moved to their mean rank.
    scale
        As `exponential_rank`, which also gives formula and reference.

    Raises
    ------
    DataError
        Not the ranks of these areas.

    Examples
    --------
    >>> exponential_from_ranks(pd.Series(range(1, 11))).round(4).tolist()[:2]
    [100.0, 50.4267]
    """
    return _exponential(mean_ranks(ranks), scale)


def quantile_class(ranks: pd.Series, *, parts: int = 10, of: int | None = None) -> pd.Series:
    """Return the decile (or other part) of each rank: ``ceil(rank / (n / parts))``, 1 holds rank 1.

    Parameters
    ----------
    ranks
        1 to ``of``, shape (n,); gaps stay.
    parts
        How many classes, 10 for deciles.
    of
        How many areas were ranked; those with a rank here by default.

    Returns
    -------
    pd.Series
        The same index; whole numbers (``Int64``), 1 to ``parts``.

    Raises
    ------
    DataError
        Ranks outside 1 to ``of``.

    Examples
    --------
    >>> quantile_class(pd.Series([1, 5, 6, 25]), parts=10, of=25).tolist()
    [1, 2, 3, 10]
    """
    array = numbers(ranks, constant=True, least=1)
    count = int((~np.isnan(array)).sum()) if of is None else of
    outside = (array < 1) | (array > count)
    if outside.any():
        where = some(ranks.index[outside])
        raise DataError(
            f'"{named(ranks)}" has ranks outside 1 to {count} (areas: {where}); say of how many areas they are.',
            de=f'"{named(ranks)}" hat Ränge außerhalb von 1 bis {count} (Gebiete: {where}); angeben, von wie vielen '
            "Gebieten sie stammen.",
        )
    return like(np.ceil(array * parts / count), ranks).astype("Int64")


def _exponential(ranks: pd.Series, scale: float) -> pd.Series:
    """Return the exponential scores of mean ranks."""
    if not scale > 0:
        raise DataError(
            f"The scale of the exponential rank is {scale}; give a number above 0 (the publisher uses 23).",
            de=f"Der Maßstab der exponentiellen Ränge ist {scale}; eine Zahl über 0 angeben (amtlich 23).",
        )
    count = int(ranks.notna().sum())
    part = (count - ranks.to_numpy(dtype=float) + 1) / count
    # log1p and expm1 keep the digits of the least deprived areas.
    return like(-scale * np.log1p(part * np.expm1(-100.0 / scale)), ranks)
