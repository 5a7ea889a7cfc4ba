"""A city whose tables hold only what may be shown: what is too small, what a run hides, and what gives either away."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import permutations

import numpy as np
import pandas as pd

from qmgis.errors import QmgisError
from qmgis.model import RESIDENTS, AreaResult, City, IndicatorTable
from qmgis.runs.secrecy.guard import closed
from qmgis.runs.steps import score
from qmgis.runs.years.ways import way_of

__all__ = ["result_of", "veiled"]

VALUE, CHANGE = "value_", "change_"


@lru_cache(maxsize=32)
def result_of(city: City, run: str) -> AreaResult:
    """Return the index of a run alone, without coverage and certainty."""
    declared = city.run(run)
    return score(city, method=declared.method, year=declared.year, areas=declared.vintage)


@lru_cache(maxsize=4)
def veiled(city: City) -> City:
    """Return the city with cells emptied that no output may show.

    These are counts and shares below the limits of secrecy (`qmgis.runs.secrecy.guard.closed`); every value that a run
    of the city hides so that its sums give nothing away, with the counts that it is made of, residents apart, and
    other shares of the same count; and of a change that a run hides what was before, for it is the difference of both.

    Examples
    --------
    >>> city = toy_city()
    >>> veiled(city).tables["toy-2022"].frame.equals(city.tables["toy-2022"].frame)
    True
    """
    tables = {}
    for vintage, table in city.tables.items():
        hidden, moved = _hidden_in_runs(city, table)
        lost = table.frame.notna() & closed(table, city.secrecy).frame.isna()
        whole = _with_counts(table, hidden) | _with_numerators(table, lost)
        tables[vintage] = closed(_masked(table, whole, moved), city.secrecy)
    return replace(city, tables=tables)


def _hidden_in_runs(city: City, table: IndicatorTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which values no run shows although it has them, what was before a hidden change too; and which changes."""
    hidden = pd.DataFrame(False, index=table.frame.index, columns=table.frame.columns)
    moved = hidden.copy()
    for run in city.runs.values():
        try:
            result = result_of(city, run.key)
        except QmgisError:
            continue  # a run that cannot be computed shows nothing
        before = run.year - city.tables[run.vintage].change_years
        for name in (str(name) for name in result.parts if str(name).startswith((VALUE, CHANGE))):
            gone = result.parts.index[result.seen[name].isna() & result.parts[name].notna()]
            key = name.removeprefix(VALUE).removeprefix(CHANGE)
            if gone.empty or key not in hidden:
                continue
            if run.vintage == table.vintage:
                (hidden if name.startswith(VALUE) else moved).loc[_cells(table, gone, run.year), key] = True
            if name.startswith(CHANGE) and before in table.years:
                there = gone if run.vintage == table.vintage else _sources(city, table.vintage, run.vintage, gone)
                hidden.loc[_cells(table, there, before), key] = True
    return hidden, moved


def _cells(table: IndicatorTable, areas: pd.Index, year: int) -> np.ndarray:
    return np.asarray(
        table.frame.index.get_level_values("area").isin(areas) & (table.frame.index.get_level_values("year") == year)
    )


def _sources(city: City, old: str, new: str, areas: pd.Index) -> pd.Index:
    """Return the areas of one version of which a part is in some areas of another one."""
    way = way_of(city, old, new).crosswalk
    parts = way.weight[:, way.new.get_indexer(areas)]
    return way.old[np.asarray(parts.sum(axis=1)).ravel() > 0]


def _with_counts(table: IndicatorTable, hidden: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with the counts that a hidden share is made of, and the other shares of its numerator."""
    wider = hidden.copy()
    shares = [one for one in table.indicators.values() if one.measure == "share"]
    for one in shares:
        bases = {base.of for (named, _), base in table.bases.items() if named == one.key}
        for part in {one.numerator, one.denominator, *bases} - {None, RESIDENTS}:
            if part in wider:
                wider[part] |= hidden[one.key]
    for one, other in permutations(shares, 2):
        if one.numerator is not None and one.numerator == other.numerator:
            wider[other.key] |= hidden[one.key]
    return wider


def _with_numerators(table: IndicatorTable, lost: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with the numerators of hidden shares; denominators alone tell nothing of them."""
    wider = lost.copy()
    for one in table.indicators.values():
        if one.measure == "share" and one.numerator in wider:
            wider[one.numerator] |= lost[one.key]
    return wider


def _masked(table: IndicatorTable, hidden: pd.DataFrame, moved: pd.DataFrame) -> IndicatorTable:
    hidden = hidden & table.frame.notna()
    frame, change = table.frame.mask(hidden), table.change.mask(hidden | moved)
    return replace(table, frame=frame, states=table.states.mask(hidden, "secret"), change=change)
