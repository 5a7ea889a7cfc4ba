"""Checks every step begins with: a column of numbers, its gaps and its spread; columns with the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["finite_or_gap", "like", "matrix", "named", "numbers", "same_rows", "some"]


def named(values: pd.Series) -> str:
    """Return the name of a column for a message."""
    return str(values.name) if values.name is not None else "?"


def some(labels: Sequence[Any] | pd.Index, *, most: int = 5) -> str:
    """Return the first few labels for a message.

    Examples
    --------
    >>> some(list("abcdefg"))
    'a, b, c, d, e, … (7)'
    """
    shown = ", ".join(str(label) for label in list(labels)[:most])
    return f"{shown}, … ({len(labels)})" if len(labels) > most else shown


def finite_or_gap(values: pd.Series) -> np.ndarray:
    """Return the numbers as floats, gaps as NaN; infinite values are an error."""
    try:
        array = values.to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise DataError(
            f'"{named(values)}" holds text among its numbers ({error}); read the column as numbers first.',
            de=f'"{named(values)}" enthält Text zwischen den Zahlen ({error}); die Spalte erst als Zahlen lesen.',
        ) from error
    if np.isinf(array).any():
        where = some(values.index[np.isinf(array)])
        raise DataError(
            f'"{named(values)}" has infinite values (areas: {where}); make them missing or correct them.',
            de=f'"{named(values)}" hat unendliche Werte (Gebiete: {where}); fehlend setzen oder berichtigen.',
        )
    return array


def numbers(values: pd.Series, *, constant: bool = False, least: int = 2) -> np.ndarray:
    """Return a column as floats with NaN for gaps, after a look at how much it holds.

    Parameters
    ----------
    values
        Numbers, shape (n,).
    constant
        Whether a column with one distinct value is accepted.
    least
        How many values it needs.

    Raises
    ------
    NotEnoughDataError
        No value, fewer than ``least``, or all values equal.
    """
    array, name = finite_or_gap(values), named(values)
    known = array[~np.isnan(array)]
    if not len(known):
        raise NotEnoughDataError(
            f'"{name}" has no value in any area; supply the column or remove the indicator.',
            de=f'"{name}" hat in keinem Gebiet einen Wert; Spalte liefern oder Indikator weglassen.',
        )
    if len(known) < least:
        raise NotEnoughDataError(
            f'"{name}" has a value in {len(known)} areas and needs {least}; add areas or remove the indicator.',
            de=f'"{name}" hat nur in {len(known)} von mindestens {least} nötigen Gebieten einen Wert; Gebiete ergänzen '
            "oder Indikator weglassen.",
        )
    if not constant and np.ptp(known) == 0:
        raise NotEnoughDataError(
            f'"{name}" is constant: all {len(known)} areas have the same value; check the column or remove the '
            "indicator.",
            de=f'"{name}" ist konstant: alle {len(known)} Gebiete haben denselben Wert; Spalte prüfen oder Indikator '
            "weglassen.",
        )
    return array


def matrix(table: pd.DataFrame, *, constant: bool = True, least: int = 1) -> np.ndarray:
    """Return a table as floats (n, k), each column checked as `numbers` does; names of columns are unique."""
    if not len(table.columns):
        raise NotEnoughDataError(
            "The table has no indicator; name at least one column.",
            de="Die Tabelle hat keinen Indikator; mindestens eine Spalte nennen.",
        )
    if not table.columns.is_unique:
        twice = some(table.columns[table.columns.duplicated()].unique())
        raise DataError(
            f"The indicators {twice} are there more than once; keep one column of each.",
            de=f"Die Indikatoren {twice} kommen mehrmals vor; je eine Spalte behalten.",
        )
    columns = [numbers(table[name], constant=constant, least=least) for name in table.columns]
    return np.column_stack(columns)


def same_rows(first: pd.Series, *others: pd.Series | pd.DataFrame) -> None:
    """Raise unless all columns have the same areas in the same order, each once."""
    if not first.index.is_unique:
        twice = some(first.index[first.index.duplicated()].unique())
        raise DataError(
            f"Areas are there more than once: {twice}; keep one row of each.",
            de=f"Gebiete kommen mehrmals vor: {twice}; je eine Zeile behalten.",
        )
    for other in others:
        if not first.index.equals(other.index):
            raise DataError(
                f'"{named(first)}" and the column beside it have different areas or another order; '
                "bring them to the same areas in the same order.",
                de=f'"{named(first)}" und die Spalte daneben haben verschiedene Gebiete oder eine andere Reihenfolge; '
                "auf dieselben Gebiete in gleicher Reihenfolge bringen.",
            )


def like(array: np.ndarray, values: pd.Series) -> pd.Series:
    """Return numbers as a column with the index and name of another."""
    return pd.Series(array, index=values.index, name=values.name)
