"""The people behind a share: counted where the source gives counts, declared where it prints the share alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from qmgis.model.indicator import IndicatorTable

__all__ = ["RESIDENTS", "Base", "People", "people_behind"]

RESIDENTS = "population"


@dataclass(frozen=True)
class Base:
    """Whom a share without counts is a share of, in one year: the numbers of a count indicator, or part of all people.

    ``of`` is the key of a count indicator, ``year`` the year of its numbers where that is another one; ``share`` is the
    part of an area's residents (0-1) that the base is.
    """

    of: str | None = None
    year: int | None = None
    share: float | None = None

    @property
    def is_estimated(self) -> bool:
        """Whether the base is not counted at the date of the share."""
        return self.of is None or self.year is not None


@dataclass(frozen=True, eq=False)
class People:
    """The people behind a share, index ``area``, now and before its change; whole numbers where estimated.

    ``count`` and ``count_before`` are None where the source does not publish whom it counted.
    """

    total: pd.Series
    total_before: pd.Series
    count: pd.Series | None = None
    count_before: pd.Series | None = None
    is_estimated: bool = False


def people_behind(table: IndicatorTable, key: str, year: int) -> People | None:
    """Return the people behind a share in a year; None where neither counts nor a base are known.

    A base of another year lends its age structure: it is scaled by the residents of both years where the table has
    them. Before a change the base is what it was, where that is known, else what it is.

    Examples
    --------
    >>> people_behind(toy_table(), "transfer", 2024) is None
    True
    """
    indicator = table.indicators[key]
    values, moved = table.of_year(year), table.of_year(year, what="change")
    above, below = indicator.numerator, indicator.denominator
    if above in values and below in values and values[below].notna().any():
        return People(values[below], values[below] - moved[below], values[above], values[above] - moved[above])
    base = table.bases.get((key, year))
    total = None if base is None else _total(table, base, year)
    if base is None or total is None:
        return None
    earlier = moved[base.of] if base.of in moved and not base.is_estimated else total * float("nan")
    return People(total, (total - earlier).fillna(total), is_estimated=base.is_estimated)


def _total(table: IndicatorTable, base: Base, year: int) -> pd.Series | None:
    """Return the people of a base; None where the table does not have what it names."""
    residents = _counted(table, RESIDENTS, year)
    if base.of is None or base.share is not None:
        return None if residents is None or base.share is None else (residents * base.share).round()
    total = _counted(table, base.of, year if base.year is None else base.year)
    if total is None or base.year is None:
        return total
    then = _counted(table, RESIDENTS, base.year)
    if residents is None or then is None:
        return total.round()
    return (total / then.where(then > 0) * residents).round()


def _counted(table: IndicatorTable, key: str, year: int) -> pd.Series | None:
    values = table.of_year(year)
    return values[key] if key in values and values[key].notna().any() else None
