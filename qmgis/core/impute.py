"""Fills gaps on the caller's word, and says which cells were filled. Never for replicas of official indices."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core._columns import finite_or_gap, matrix, same_rows
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["by_group", "by_mean", "by_median", "carry_forward", "linear_in_time"]

Filled = tuple[pd.DataFrame, pd.DataFrame]


def by_mean(table: pd.DataFrame) -> Filled:
    """Return the table with each gap filled by the mean of its indicator, and which cells were filled.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k).

    Returns
    -------
    tuple
        Values and a boolean table of filled cells, both with the index and columns of ``table``.

    Raises
    ------
    NotEnoughDataError
        An indicator has no value at all.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 3.

    Examples
    --------
    >>> values, filled = by_mean(pd.DataFrame({"p": [1.0, None, 3.0]}))
    >>> values["p"].tolist(), filled["p"].tolist()
    ([1.0, 2.0, 3.0], [False, True, False])
    """
    array = matrix(table)
    return _filled(table, array, np.broadcast_to(np.nanmean(array, axis=0), array.shape))


def by_median(table: pd.DataFrame) -> Filled:
    """Return the table with each gap filled by the median of its indicator, and which cells were filled.

    Parameters, returns and errors are those of `by_mean`.

    Examples
    --------
    >>> by_median(pd.DataFrame({"p": [1.0, None, 3.0, 8.0]}))[0]["p"].tolist()
    [1.0, 3.0, 3.0, 8.0]
    """
    array = matrix(table)
    return _filled(table, array, np.broadcast_to(np.nanmedian(array, axis=0), array.shape))


def by_group(table: pd.DataFrame, groups: pd.Series, *, middle: Literal["mean", "median"] = "mean") -> Filled:
    """Return the table with each gap filled by the mean or median of the area's group, and which cells were filled.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k).
    groups
        The group of each area, such as its district, same index.
    middle
        What a gap is filled with.

    Returns
    -------
    tuple
        As `by_mean`; a gap stays where the area has no group or the group no value.

    Raises
    ------
    NotEnoughDataError
        An indicator has no value at all.
    DataError
        Different areas.

    Examples
    --------
    >>> table = pd.DataFrame({"p": [1.0, None, 5.0, None]})
    >>> by_group(table, pd.Series(["x", "x", "y", "z"]))[0]["p"].tolist()
    [1.0, 1.0, 5.0, nan]
    """
    same_rows(groups, table)
    array = matrix(table)
    number = pd.factorize(groups)[0]
    middles = pd.DataFrame(array).groupby(number).transform(middle).to_numpy(dtype=float)
    return _filled(table, array, np.where(number[:, None] >= 0, middles, np.nan))


def carry_forward(by_year: pd.DataFrame, *, at_most: int = 1) -> Filled:
    """Return the table with each gap filled by the value of the year before, and which cells were filled.

    Parameters
    ----------
    by_year
        One indicator: one column a year (a number, ascending), one row an area, shape (n, t).
    at_most
        How many columns a value may be carried on.

    Returns
    -------
    tuple
        As `by_mean`; a gap stays where no earlier value is near enough.

    Raises
    ------
    DataError
        Columns that are no ascending years.
    NotEnoughDataError
        No value in any year.

    Examples
    --------
    >>> carry_forward(pd.DataFrame({2020: [1.0], 2021: [None], 2022: [None]}))[0].iloc[0].tolist()
    [1.0, 1.0, nan]
    """
    array, _ = _years(by_year)
    if at_most < 1:
        raise DataError(
            f"A value cannot be carried on {at_most} years; give 1 or more.",
            de=f"Ein Wert kann nicht {at_most} Jahre fortgeschrieben werden; 1 oder mehr angeben.",
        )
    column = np.arange(array.shape[1])[None, :]
    last = np.maximum.accumulate(np.where(np.isnan(array), -1, column), axis=1)
    earlier = np.take_along_axis(array, np.maximum(last, 0), axis=1)
    return _filled(by_year, array, np.where((last >= 0) & (column - last <= at_most), earlier, np.nan))


def linear_in_time(by_year: pd.DataFrame) -> Filled:
    """Return the table with each gap filled on the line between the years around it, and which cells were filled.

    Parameters
    ----------
    by_year
        One indicator: one column a year (a number, ascending; gaps between years count), one row an area, shape (n, t).

    Returns
    -------
    tuple
        As `by_mean`; a gap stays before the first and after the last known year: nothing is continued outwards.

    Raises
    ------
    DataError
        Columns that are no ascending years.
    NotEnoughDataError
        No value in any year.

    Examples
    --------
    >>> linear_in_time(pd.DataFrame({2019: [None], 2020: [1.0], 2021: [None], 2023: [4.0]}))[0].iloc[0].tolist()
    [nan, 1.0, 2.0, 4.0]
    """
    array, years = _years(by_year)
    gap, column = np.isnan(array), np.arange(array.shape[1])[None, :]
    last = np.maximum.accumulate(np.where(gap, -1, column), axis=1)
    after = np.minimum.accumulate(np.where(gap, len(years), column)[:, ::-1], axis=1)[:, ::-1]
    inside = (last >= 0) & (after < len(years))
    start, end = np.where(inside, last, 0), np.where(inside, after, 0)
    low, high = np.take_along_axis(array, start, axis=1), np.take_along_axis(array, end, axis=1)
    along = (years[None, :] - years[start]) / np.where(end > start, years[end] - years[start], 1.0)
    return _filled(by_year, array, np.where(inside, low + along * (high - low), np.nan))


def _years(by_year: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return values and years as floats; columns must be ascending numbers."""
    years = pd.to_numeric(by_year.columns.to_series(), errors="coerce").to_numpy(dtype=float)
    if not len(years) or np.isnan(years).any() or (np.diff(years) <= 0).any():
        raise DataError(
            "The columns are no ascending years; name each column by its year, the oldest first.",
            de="Die Spalten sind keine aufsteigenden Jahre; jede Spalte nach ihrem Jahr benennen, das älteste zuerst.",
        )
    array = np.column_stack([finite_or_gap(by_year[year]) for year in by_year.columns])
    if np.isnan(array).all():
        raise NotEnoughDataError(
            "There is no value in any year; nothing can be carried on or interpolated. Supply at least one year.",
            de="In keinem Jahr gibt es einen Wert; nichts kann fortgeschrieben werden. Mindestens ein Jahr liefern.",
        )
    return array, years


def _filled(table: pd.DataFrame, array: np.ndarray, fill: np.ndarray) -> Filled:
    """Return the values with gaps filled where there is a filling, and which cells those are."""
    cells = np.isnan(array) & ~np.isnan(fill)
    values = pd.DataFrame(np.where(cells, fill, array), index=table.index, columns=table.columns)
    return values, pd.DataFrame(cells, index=table.index, columns=table.columns)
