"""What an edition says of the years before it on its own areas: counted there, so better than what is carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.core.spatial.crosswalk import Crosswalk
from qmgis.errors import QmgisError
from qmgis.model import City, IndicatorTable
from qmgis.runs.secrecy.guard import few
from qmgis.runs.secrecy.veiled import result_of

__all__ = ["counted_before", "with_counted"]


def counted_before(city: City, table: IndicatorTable, year: int) -> pd.DataFrame:
    """Return the counts, and shares of counts, that an edition gives for so many years before as its changes span.

    Missing where the edition gives none, and where they or what they would tell may not be shown.

    Examples
    --------
    >>> city = toy_city()
    >>> found = counted_before(city, city.tables["toy-2022"], 2024)
    >>> bool(found["population"].notna().any())
    False
    """
    now, moved = table.of_year(year), table.of_year(year, what="change")
    counts = [key for key, one in table.indicators.items() if one.measure == "count"]
    before = (now[counts] - moved[counts]).astype(float)
    hidden = _hidden_in_runs(city, table, year)
    for key in counts:
        small = (before[key] > 0) & (before[key] < city.secrecy.min_count)
        before[key] = before[key].mask(small | hidden)
    shares = {
        key: (str(one.numerator), str(one.denominator)) for key, one in table.indicators.items()
        if one.measure == "share" and one.numerator in counts and one.denominator in counts
    }  # fmt: skip
    for key, (above, _) in shares.items():
        closed = few(table, key, year, city.secrecy, before=True) | few(table, key, year, city.secrecy)
        before[above] = before[above].mask(closed)
    for key, (above, below) in shares.items():
        before[key] = before[above] / before[below].where(before[below] > 0)
    return before


def with_counted(
    city: City, table: IndicatorTable, *, told: IndicatorTable, years: Mapping[int, str], ways: Mapping[str, Crosswalk]
) -> tuple[IndicatorTable, tuple[int, ...]]:
    """Return a table whose carried years have what was counted on divided areas, and which years those are.

    Undivided areas are left alone: what is carried to them is exact. Areas that were one before are given together or
    not at all, so that none can be computed from the others. Changes stay those that are carried.

    Parameters
    ----------
    table
        All years on one version of the areas.
    told
        What may be shown of the years that were counted on these areas.
    years
        From which version each year is.
    ways
        The crosswalk from each other version.

    Examples
    --------
    >>> city = toy_city()
    >>> table = city.tables["toy-2022"]
    >>> with_counted(city, table, told=table, years={}, ways={})[1]
    ()
    """
    frame, states, found = table.frame.copy(), table.states.copy(), []
    for year, vintage in years.items():
        later = year + table.change_years
        if vintage == table.vintage or years.get(later) != table.vintage:
            continue
        before = counted_before(city, told, later)
        known = pd.DataFrame({key: _whole(before[key], ways[vintage]) for key in before})
        for key in before:
            areas = known.index[known[key]]
            here = (frame.index.get_level_values("year") == year) & frame.index.get_level_values("area").isin(areas)
            frame.loc[here, key] = before[key].reindex(frame.index.get_level_values("area")[here]).to_numpy()
            states.loc[here, key] = "ok"
        found += [year] if known.any(axis=None) else []
    return replace(table, frame=frame, states=states), tuple(found)


def _whole(values: pd.Series, way: Crosswalk) -> pd.Series:
    """Return which divided areas have a number, as have all others that were one with them."""
    parts = (way.weight > 0).astype(float)
    divided = parts.T @ (~way.whole.to_numpy()).astype(float) > 0
    gone = values.reindex(way.new).isna().to_numpy().astype(float)
    return pd.Series(np.asarray(divided & ~(parts.T @ (parts @ gone) > 0)), index=way.new)


def _hidden_in_runs(city: City, table: IndicatorTable, year: int) -> pd.Series:
    """Return of which areas a run of that year hides a number."""
    areas = table.of_year(year).index
    hidden = pd.Series(False, index=areas)
    for run in city.runs.values():
        if (run.vintage, run.year) != (table.vintage, year):
            continue
        try:
            result = result_of(city, run.key)
        except QmgisError:
            continue  # a run that cannot be computed shows nothing
        numbers = [name for name in result.parts if str(name).startswith(("value_", "change_"))]
        gone = result.seen[numbers].isna() & result.parts[numbers].notna()
        hidden |= gone.any(axis=1).reindex(areas, fill_value=False)
    return hidden
