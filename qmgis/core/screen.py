"""Which areas and indicators have enough values to go on with, and why not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["keep_areas", "keep_indicators"]

# Shares of counts such as 2/3 are compared with a hair of room.
HAIR = 1e-12


def keep_areas(table: pd.DataFrame, *, least: float = 0.66) -> pd.DataFrame:
    """Return which areas have enough values, with the share they have and what they lack.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k).
    least
        An area is kept if at least this share of its values is there, above 0, at most 1.

    Returns
    -------
    pd.DataFrame
        The same index; ``kept`` (bool), ``share`` (0-1) and ``missing`` (names of the indicators without a value).

    Raises
    ------
    NotEnoughDataError
        No indicator.
    DataError
        ``least`` outside 0-1.

    References
    ----------
    COINr 1.1.14, ``Screen``.

    Examples
    --------
    >>> kept = keep_areas(pd.DataFrame({"p": [1.0, None], "q": [2.0, None], "r": [None, 3.0]}, index=["a", "b"]))
    >>> kept["kept"].tolist(), kept["missing"].tolist()
    ([True, False], ['r', 'p, q'])
    """
    there = _there(table, least)
    share = there.mean(axis=1)
    names = table.columns.astype(str).to_numpy()
    return pd.DataFrame(
        {"kept": share + HAIR >= least, "share": share, "missing": [", ".join(names[~row]) for row in there]},
        index=table.index,
    )


def keep_indicators(table: pd.DataFrame, *, least: float = 0.66) -> pd.DataFrame:
    """Return which indicators have enough values, with the share they have and in how many areas they lack one.

    Parameters
    ----------
    table
        One column an indicator, one row an area, shape (n, k).
    least
        An indicator is kept if at least this share of its values is there, above 0, at most 1.

    Returns
    -------
    pd.DataFrame
        One row an indicator; ``kept`` (bool), ``share`` (0-1) and ``missing`` (number of areas without a value).

    Raises
    ------
    NotEnoughDataError
        No area.
    DataError
        ``least`` outside 0-1.

    Examples
    --------
    >>> keep_indicators(pd.DataFrame({"p": [1.0, 2.0], "q": [None, 3.0]}))["kept"].to_dict()
    {'p': True, 'q': False}
    """
    there = _there(table, least)
    share = there.mean(axis=0)
    return pd.DataFrame(
        {"kept": share + HAIR >= least, "share": share, "missing": (~there).sum(axis=0)}, index=table.columns
    )


def _there(table: pd.DataFrame, least: float) -> np.ndarray:
    """Return which cells hold a value, bool (n, k)."""
    if not 0 < least <= 1:
        raise DataError(
            f"The least share of values is {least}; give a number above 0, at most 1.",
            de=f"Der Mindestanteil an Werten ist {least}; eine Zahl über 0 und höchstens 1 angeben.",
        )
    if not table.size:
        raise NotEnoughDataError(
            "The table has no area or no indicator; there is nothing to screen. Check where the table comes from.",
            de="Die Tabelle hat kein Gebiet oder keinen Indikator; es gibt nichts zu prüfen. Herkunft prüfen.",
        )
    return table.notna().to_numpy()
