"""A city whose tables hold only what may be shown: what is too small, what a run hides, and what gives either away."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from qmgis.errors import QmgisError
from qmgis.model import RESIDENTS, AreaResult, City, IndicatorTable
from qmgis.runs.across import closed
from qmgis.runs.steps import score

__all__ = ["result_of", "veiled"]

VALUE = "value_"


@lru_cache(maxsize=32)
def result_of(city: City, run: str) -> AreaResult:
    """Return the index of a run alone, without coverage and certainty."""
    declared = city.run(run)
    return score(city, method=declared.method, year=declared.year, areas=declared.vintage)


@lru_cache(maxsize=4)
def veiled(city: City) -> City:
    """Return the city with cells emptied that no output may show.

    These are counts and shares below the limits of secrecy (`qmgis.runs.across.closed`), every value that a run of the
    city hides so that its sums give nothing away, and the counts of such shares, residents apart: they would tell more
    of them through other shares of the same people.

    Examples
    --------
    >>> city = toy_city()
    >>> veiled(city).tables["toy-2022"].frame.equals(city.tables["toy-2022"].frame)
    True
    """
    tables = {}
    for vintage, table in city.tables.items():
        hidden = _hidden_in_runs(city, table) | _lost(table, closed(table, city.secrecy))
        tables[vintage] = closed(_masked(table, _with_counts(table, hidden)), city.secrecy)
    return replace(city, tables=tables)


def _lost(table: IndicatorTable, kept: IndicatorTable) -> pd.DataFrame:
    return table.frame.notna() & kept.frame.isna()


def _hidden_in_runs(city: City, table: IndicatorTable) -> pd.DataFrame:
    """Return which cells a run of the city does not show although it has them."""
    hidden = pd.DataFrame(False, index=table.frame.index, columns=table.frame.columns)
    for key in (run.key for run in city.runs.values() if run.vintage == table.vintage):
        try:
            result = result_of(city, key)
        except QmgisError:
            continue  # a run that cannot be computed shows nothing
        for name in (str(name) for name in result.parts if str(name).startswith(VALUE)):
            gone = result.seen[name].isna() & result.parts[name].notna()
            areas, years = (hidden.index.get_level_values(level) for level in ("area", "year"))
            hidden.loc[areas.isin(gone.index[gone]) & (years == result.year), name.removeprefix(VALUE)] = True
    return hidden


def _with_counts(table: IndicatorTable, hidden: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with the counts that a hidden share is made of."""
    wider = hidden.copy()
    for key, indicator in table.indicators.items():
        bases = {base.of for (named, _), base in table.bases.items() if named == key}
        for part in {indicator.numerator, indicator.denominator, *bases} - {None, RESIDENTS}:
            if indicator.measure == "share" and part in wider:
                wider[part] |= hidden[key]
    return wider


def _masked(table: IndicatorTable, hidden: pd.DataFrame) -> IndicatorTable:
    hidden = hidden & table.frame.notna()
    frame, change = table.frame.mask(hidden), table.change.mask(hidden)
    return replace(table, frame=frame, states=table.states.mask(hidden, "secret"), change=change)
