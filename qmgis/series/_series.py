"""The noun: one number over the years, of areas or of larger units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.model import Text
from qmgis.series._breaks import Break

__all__ = ["Series", "with_error"]


@dataclass(frozen=True, eq=False)
class Series:
    """One number over the years.

    Parameters
    ----------
    key, title
        Of the indicator, or ``class``, ``group``, ``index``, ``dynamics_index``, ``attention``.
    measure
        ``count``, ``share``, ``mean``, ``index`` or ``class``.
    of
        What the units are: ``area``, ``district``, ``city``, ``programme`` or ``polygon``.
    frame
        Index (``unit``, ``year``). ``value`` (shares 0-1; of a class its number, 0 the least pressing), ``label`` (the
        class), ``count``, ``total``, ``low``, ``high`` (95 %, wider by ``error``), ``error`` (how far other weights of
        conversion move the value), ``exact`` and ``covered`` (0-1), ``official`` (counted, or classed, on these
        outlines and not computed here), ``vintage`` (from which areas), ``state``.
    breaks
        Where the series breaks, oldest first.
    vintage
        On which version of the areas it is.
    names
        What each unit is called, by its id.
    unit
        As the source prints the number, such as ``percent``.
    codes
        What each class is called, by its code, the least pressing first; empty for numbers.
    warnings
        What a reader has to know.
    """

    key: str
    title: Text
    measure: str
    of: str
    frame: pd.DataFrame
    breaks: tuple[Break, ...]
    vintage: str
    names: Mapping[str, str]
    unit: str = ""
    codes: Mapping[str, Text] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """The years with any number, ascending."""
        return tuple(sorted({int(year) for year in self.frame.index.get_level_values("year")}))

    def of_unit(self, unit: str) -> pd.DataFrame:
        """Return the years of one unit.

        Raises
        ------
        UnknownKeyError
            There is no such unit.
        """
        if unit not in self.names:
            raise UnknownKeyError(
                f'The series has no unit "{unit}".{did_you_mean(unit, self.names)}',
                de=f'Die Reihe hat keine Einheit "{unit}".{did_you_mean(unit, self.names, lang="de")}',
            )
        rows = self.frame.index.get_level_values("unit") == unit
        return self.frame.loc[rows].droplevel("unit")

    def of_year(self, year: int) -> pd.DataFrame:
        """Return the units of one year; no rows where the year is absent."""
        rows = self.frame.index.get_level_values("year") == year
        return self.frame.loc[rows].droplevel("year")

    def at(self, unit: str, year: int) -> pd.Series:
        """Return one unit in one year."""
        return self.of_unit(unit).T[year]


def with_error(frame: pd.DataFrame, others: Sequence[pd.Series]) -> pd.DataFrame:
    """Return the numbers with ``error``: how far they move when areas are carried by other weights.

    Where all residents come from undivided areas (``exact`` is 1) nothing is estimated, and the error is 0.

    Parameters
    ----------
    frame
        As `numbers_of` gives it.
    others
        The values by other weights, with the same index.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 2020), ("b", 2020)], names=["unit", "year"])
    >>> known = {"value": 0.2, "low": 0.1, "high": 0.3, "exact": [0.4, 1.0]}
    >>> found = with_error(pd.DataFrame(known, index=index), [pd.Series(0.25, index=index)])
    >>> found[["low", "high", "error"]].round(6).to_numpy().tolist()
    [[0.05, 0.35, 0.05], [0.1, 0.3, 0.0]]
    """
    apart = [(other.reindex(frame.index) - frame["value"]).abs() for other in others]
    most = pd.concat(apart, axis=1).max(axis=1) if apart else pd.Series(0.0, index=frame.index)
    error = most.where(frame["exact"] < 1 - 1e-9, 0.0).where(frame["value"].notna()).fillna(0.0)
    return frame.assign(
        low=(frame["low"] - error).clip(lower=0.0), high=np.minimum(frame["high"] + error, 1.0), error=error
    )
