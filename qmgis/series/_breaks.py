"""Where a series breaks, and why: other areas, another definition, other sources, another method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from qmgis.model import IndicatorTable, Text, words

__all__ = ["BREAKS", "Break", "breaks_of"]

BreakKind = Literal["boundary", "definition", "source", "method"]
BREAKS: tuple[BreakKind, ...] = get_args(BreakKind)


@dataclass(frozen=True)
class Break:
    """What is different from one year with a number to the next: ``year`` is the first one after it."""

    before: int
    year: int
    kind: BreakKind
    text: Text


def breaks_of(
    years: Sequence[int],
    *,
    vintages: Mapping[int, str],
    titles: Mapping[str, Text],
    tables: Mapping[str, IndicatorTable] | None = None,
    key: str = "",
    methods: Mapping[int, str] | None = None,
) -> tuple[Break, ...]:
    """Return the breaks between years that follow each other, oldest first.

    Parameters
    ----------
    years
        Those with a number, ascending.
    vintages
        On which version of the areas each year was counted.
    titles
        What each version is called.
    tables, key
        The tables of all versions and an indicator: its definition, and whom it is a share of, may change.
    methods
        By which method each year is classed.

    Examples
    --------
    >>> titles = {"old": Text("Gebiete 2016", "Areas 2016"), "new": Text("Gebiete 2022", "Areas 2022")}
    >>> found = breaks_of([2020, 2022], vintages={2020: "old", 2022: "new"}, titles=titles)
    >>> found[0].kind, found[0].text.en
    ('boundary', '2022: other areas (Areas 2022; before: Areas 2016).')
    """
    found: list[Break] = []
    for before, year in pairwise(years):
        old, new = vintages[before], vintages[year]
        if old != new:
            found.append(_break(before, year, "boundary", after=titles[new], before_=titles[old]))
        if tables is not None:
            found += _of_indicator(before, year, tables[old], tables[new], key)
        if methods is not None and methods[before] != methods[year]:
            found.append(_break(before, year, "method", after=methods[year], before_=methods[before]))
    return tuple(found)


def _of_indicator(before: int, year: int, old: IndicatorTable, new: IndicatorTable, key: str) -> list[Break]:
    found = []
    said = new.definitions.get((key, year))
    if said != old.definitions.get((key, before)):
        found.append(_break(before, year, "definition", after=said or words("series.definition_usual")))
    if key in old.indicators and key in new.indicators and _whom(old, key, before) != _whom(new, key, year):
        found.append(_break(before, year, "source", after=_whom(new, key, year), before_=_whom(old, key, before)))
    return found


def _whom(table: IndicatorTable, key: str, year: int) -> Text:
    """Return where the people behind a share come from."""
    indicator, base = table.indicators[key], table.bases.get((key, year))
    if indicator.measure != "share":
        return Text("", "")
    if base is None:
        counted = indicator.denominator in table.indicators
        return words("series.people_counted" if counted else "series.people_unknown")
    return words("series.people_estimated" if base.is_estimated else "series.people_counted")


def _break(before: int, year: int, kind: BreakKind, *, after: Text | str, before_: Text | str = "") -> Break:
    parts = {"year": str(year), "after": after, "before": before_}
    return Break(before, year, kind, words(f"series.break_{kind}", **parts))
