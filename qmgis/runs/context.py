"""A city's other indicators: what is known of an area beside the index, guarded by the same limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from qmgis.model import City, Column, Indicator, IndicatorTable, Outcome, Secrecy, Text, words
from qmgis.runs.secrecy.guard import guard_index
from qmgis.runs.steps import table_on

__all__ = ["ContextRow", "context_of"]

PEOPLE = ("persons", "households")
_UNITS = {
    "persons": "words.unit_persons", "households": "words.unit_households", "dwellings": "words.unit_dwellings",
    "places": "words.unit_places", "per_1000": "words.unit_per_1000", "euro": "words.unit_euro",
    "euro_per_m2": "words.unit_euro_per_m2", "m2": "words.unit_m2", "m2_per_person": "words.unit_m2_per_person",
    "hectares": "words.unit_hectares", "years": "words.unit_years", "points": "words.unit_points",
}  # fmt: skip


@dataclass(frozen=True)
class ContextRow:
    """One indicator beside the index: its value in an area or why it has none, and the city's value.

    ``city`` is rebuilt from ``areas`` areas whose value is shown: shares from numerator and denominator, counts as
    their sum; None where it cannot be rebuilt, for shares and means are never averaged.
    """

    column: Column
    year: int
    value: float | None
    state: str
    city: float | None
    areas: int


def context_of(city: City, outcome: Outcome, area: str) -> tuple[ContextRow, ...]:
    """Return the indicators of the run's areas that do not enter its index, for one area.

    Each is of the run's year; where the city has none of that year, of the nearest year, which the row names. Counts
    that are only parts of shares, and the population, are left out.

    Examples
    --------
    >>> context_of(toy_city(), toy_outcome(), "01010405")
    ()
    """
    table = table_on(city, outcome.areas)
    used = {column.key.removeprefix("value_") for column in outcome.columns if column.key.startswith("value_")}
    parts = {part for one in table.indicators.values() for part in (one.numerator, one.denominator) if part}
    parts |= {base.of for base in table.bases.values() if base.of}
    rows = []
    for key in sorted(set(table.indicators) - used - parts - {"population"}):
        year = _nearest(table, key, outcome.run.year)
        if year is not None:
            rows.append(_row(table, table.indicators[key], year, area, secrecy=city.secrecy))
    return tuple(rows)


def _nearest(table: IndicatorTable, key: str, year: int) -> int | None:
    """Return the year with values that is nearest to another, the later of two; None where there are no values."""
    known = [one for one in table.years if table.of_year(one)[key].notna().any()]
    return min(known, key=lambda one: (abs(one - year), -one)) if known else None


def _row(table: IndicatorTable, indicator: Indicator, year: int, area: str, *, secrecy: Secrecy) -> ContextRow:
    values, states = _guarded(table, indicator, year, secrecy)
    known = values.dropna().index
    value = float(values[area]) if area in known else None
    return ContextRow(
        column=_column(indicator),
        year=year,
        value=value,
        state="" if value is not None else str(states[area]),
        city=_of_city(table.of_year(year).loc[known], indicator),
        areas=len(known),
    )


def _guarded(table: IndicatorTable, indicator: Indicator, year: int, secrecy: Secrecy) -> tuple[pd.Series, pd.Series]:
    """Return the values of an indicator that may be shown, and the state of each area."""
    key, frame = indicator.key, table.of_year(year)
    shown, _ = guard_index(frame[[key]].add_prefix("value_"), table, year, secrecy)
    values = shown[f"value_{key}"]
    if indicator.measure == "count" and indicator.unit in PEOPLE:
        values = values.mask((values > 0) & (values < secrecy.min_count))
    states = table.of_year(year, what="states")[key].astype(object)
    return values, states.mask(values.isna() & frame[key].notna(), "secret")


def _of_city(shown: pd.DataFrame, indicator: Indicator) -> float | None:
    """Return the city's value over the areas that are shown, so that it gives no hidden area away."""
    if shown.empty:
        return None
    if indicator.measure == "count":
        return float(shown[indicator.key].sum())
    parts = list(_parts(shown, indicator))
    if len(parts) != 2:
        return None
    whole = parts[0].notna() & parts[1].notna()
    above, below = (float(part[whole].sum()) for part in parts)
    return above / below if below > 0 and bool(whole.all()) else None


def _parts(shown: pd.DataFrame, indicator: Indicator) -> Iterator[pd.Series]:
    """Yield numerator and denominator where the city has them."""
    for part in (indicator.numerator, indicator.denominator):
        if part in shown:
            yield shown[part]


def _column(indicator: Indicator) -> Column:
    """Return how the indicator is shown."""
    if indicator.measure == "share":
        return Column(indicator.key, indicator.title, "share", Text("%", "%"), 1)
    unit = words(_UNITS[indicator.unit]) if indicator.unit in _UNITS else Text("", "")
    if indicator.measure == "count":
        return Column(indicator.key, indicator.title, "count", unit, 0)
    return Column(indicator.key, indicator.title, "number", unit, 1)
