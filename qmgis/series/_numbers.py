"""One indicator over the years: of areas as they are counted, of larger units rebuilt from counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from qmgis.core.interval import wilson
from qmgis.errors import DataError, NotEnoughDataError
from qmgis.model import RESIDENTS, Indicator, IndicatorTable, people_behind

__all__ = ["COLUMNS", "LEAST_COVERED", "exact_in", "numbers_of", "share_flagged"]

COLUMNS = ("value", "count", "total", "low", "high", "exact", "covered", "state")
# A unit has a value where the areas that enter have at least so much of its residents.
LEAST_COVERED = 0.5
# The state of a unit without a value is the first of these that one of its areas has.
WORST = ("secret", "too_small", "missing", "not_applicable")
WHOLE = 1 - 1e-9


def numbers_of(
    table: IndicatorTable, key: str, *, exact: pd.Series, members: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return an indicator for each unit and year, with the people behind it and a 95 % interval.

    Counts are added; shares and means are rebuilt from the counts of the areas that have them, never averaged. A count
    of a unit is missing where one of its areas is; a share says by ``covered`` how much of the unit it rests on.

    Parameters
    ----------
    table
        Cells that must not be shown are missing in it: sums are made of the rest.
    key
        An indicator of it.
    exact
        Index (``area``, ``year``): the share of the residents from undivided areas, 0-1.
    members
        Columns ``unit``, ``area`` (text) and ``share`` (the part of the area's residents that is in the unit, 0-1);
        each area for itself without it.

    Returns
    -------
    pd.DataFrame
        Index (``unit``, ``year``), columns `COLUMNS`: ``value`` (shares 0-1); ``count`` and ``total`` of a share, total
        of a mean; ``low`` and ``high`` (Wilson) of a share; ``exact`` and ``covered`` 0-1; ``state``, ``ok`` exactly
        where there is a value. Years in which the source says nothing of any area are not there.

    Raises
    ------
    DataError
        An index has no value of larger units.
    NotEnoughDataError
        A share or mean of larger units whose people are not known in any year.

    Examples
    --------
    >>> table = toy_table()
    >>> exact = pd.Series(1.0, index=table.frame.index)
    >>> both = pd.DataFrame({"unit": "x", "area": ["01010000", "01010001"], "share": 1.0})
    >>> found = numbers_of(table, "population", exact=exact, members=both)
    >>> people = table.frame["population"]
    >>> bool(found.loc[("x", 2024), "value"] == people["01010000", 2024] + people["01010001", 2024])
    True
    """
    indicator = table.indicators[key]
    if members is not None and indicator.measure == "index":
        raise _no_sum(indicator)
    years = [year for year in table.years if (table.of_year(year, what="states")[key] != "missing").any()]
    parts = {year: _parts(table, indicator, year) for year in years}
    if members is None:
        is_share = indicator.measure == "share"
        found = {year: _of_areas(parts[year], exact.xs(year, level="year"), is_share=is_share) for year in years}
    else:
        if indicator.measure != "count" and all(part["total"].isna().all() for part in parts.values()):
            raise _no_people(indicator)
        found = {year: _of_units(parts[year], indicator, members, _people(table, year, exact)) for year in years}
    return _stacked(found)


def exact_in(people: pd.Series, weight: scipy.sparse.csr_array, units: pd.Index) -> pd.Series:
    """Return which share of the residents of each unit comes from areas that lie wholly in it, 0-1.

    Old areas that were divided inside a district say nothing less exact of the district.

    Parameters
    ----------
    people
        Residents of the areas that were counted, shape (n,).
    weight
        Which part of each is in each unit, 0-1, shape (n, units).
    units
        What the columns are.

    Examples
    --------
    >>> import scipy
    >>> exact_in(pd.Series([30.0, 10.0]), scipy.sparse.csr_array([[1.0], [0.5]]), pd.Index(["x"])).round(3).tolist()
    [0.857]
    """
    table = weight
    there = people.fillna(0.0).to_numpy()
    whole = scipy.sparse.csr_array(
        (np.where(table.data >= WHOLE, table.data, 0.0), table.indices, table.indptr), shape=table.shape
    )
    inside, exact = there @ table, there @ whole
    return pd.Series(np.divide(exact, inside, out=np.full(len(units), np.nan), where=inside > 0), index=units)


def share_flagged(flags: pd.DataFrame, people: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return for each unit and year the share of the residents who live in flagged areas.

    Parameters
    ----------
    flags
        Index (``area``, ``year``): ``flag`` (True, False or missing) and ``exact`` (0-1).
    people
        The same index: ``people``, residents of each area.
    members
        As in `numbers_of`.

    Returns
    -------
    pd.DataFrame
        As `numbers_of`: ``count`` residents of flagged areas, ``total`` of all that have a flag; no interval, for
        classes are no counts of people.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2024]], names=["area", "year"])
    >>> flags = pd.DataFrame({"flag": pd.array([True, False], dtype="boolean"), "exact": 1.0}, index=index)
    >>> people = pd.DataFrame({"people": [100.0, 300.0]}, index=index)
    >>> both = pd.DataFrame({"unit": "x", "area": ["a", "b"], "share": 1.0})
    >>> share_flagged(flags, people, both)["value"].tolist()
    [0.25]
    """
    found = {}
    for year in flags.index.unique("year"):
        own, there = flags.xs(year, level="year"), people.xs(year, level="year")["people"]
        flag = own["flag"].astype("Float64").astype(float)
        parts = pd.DataFrame({"value": flag, "amount": flag * there, "total": there.where(flag.notna())})
        parts["state"] = np.where(flag.notna(), "ok", "not_applicable")
        beside = pd.DataFrame({"people": there.fillna(0.0), "exact": own["exact"]})
        unit = _summed(parts, members, beside)
        found[int(year)] = unit.assign(low=np.nan, high=np.nan)[list(COLUMNS)]
    return _stacked(found)


def _stacked(found: dict[int, pd.DataFrame]) -> pd.DataFrame:
    if not found:
        index = pd.MultiIndex.from_arrays([[], []], names=["unit", "year"])
        return pd.DataFrame(
            {name: pd.Series(dtype=object if name == "state" else float) for name in COLUMNS}, index=index
        )
    whole = pd.concat(found, names=["year", "unit"]).swaplevel()
    units = next(iter(found.values())).index
    return whole.reindex(pd.MultiIndex.from_product([units, sorted(found)], names=["unit", "year"]))


def _people(table: IndicatorTable, year: int, exact: pd.Series) -> pd.DataFrame:
    """Return residents of each area (1 where the table has none) and which share comes from undivided areas."""
    values = table.of_year(year)
    people = values[RESIDENTS].fillna(0.0) if RESIDENTS in values else pd.Series(1.0, index=values.index)
    if not people.any():
        people = pd.Series(1.0, index=values.index)
    return pd.DataFrame({"people": people, "exact": exact.xs(year, level="year").reindex(values.index)})


def _parts(table: IndicatorTable, indicator: Indicator, year: int) -> pd.DataFrame:
    """Return value and state of each area, and the counts that larger units are made of."""
    values, states = table.of_year(year), table.of_year(year, what="states")
    value = values[indicator.key]
    parts = pd.DataFrame({"value": value, "amount": np.nan, "total": np.nan, "state": states[indicator.key]})
    if indicator.measure == "share":
        people = people_behind(table, indicator.key, year)
        if people is not None:
            total = people.total.reindex(value.index).where(value.notna())
            amount = value * total if people.count is None else people.count.reindex(value.index)
            fits = (total > 0) & (amount <= total * (1 + 1e-9))
            parts["amount"], parts["total"] = amount.where(fits).clip(upper=total), total.where(fits)
    elif indicator.measure == "mean":
        of = indicator.denominator or (RESIDENTS if indicator.unit.endswith("_per_person") else None)
        if of in values:
            parts["total"] = values[of].where(value.notna() & (values[of] > 0))
            parts["amount"] = value * parts["total"]
    elif indicator.measure == "count":
        parts["amount"] = value
    return parts


def _of_areas(parts: pd.DataFrame, exact: pd.Series, *, is_share: bool) -> pd.DataFrame:
    limits = wilson(parts["amount"], parts["total"]) if is_share else parts[[]].assign(low=np.nan, high=np.nan)
    found = pd.DataFrame({
        "value": parts["value"], "count": parts["amount"] if is_share else np.nan, "total": parts["total"],
        "low": limits["low"], "high": limits["high"], "exact": exact.reindex(parts.index),
        "covered": parts["value"].notna().astype(float), "state": parts["state"],
    })  # fmt: skip
    return found.rename_axis("unit")[list(COLUMNS)]


def _of_units(parts: pd.DataFrame, indicator: Indicator, members: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    found = _summed(parts, members, people, whole_only=indicator.measure == "count")
    if indicator.measure == "count":
        found["value"], found["count"], found["total"] = found["count"], np.nan, np.nan
        found["value"] = found["value"].where(found["state"] == "ok")
    if indicator.measure == "mean":
        found["count"] = np.nan
    is_share = indicator.measure == "share"
    limits = wilson(found["count"], found["total"]) if is_share else found[[]].assign(low=np.nan, high=np.nan)
    return found.assign(low=limits["low"], high=limits["high"])[list(COLUMNS)]


def _summed(
    parts: pd.DataFrame, members: pd.DataFrame, people: pd.DataFrame, *, whole_only: bool = False
) -> pd.DataFrame:
    """Return amounts and totals of each unit, and what its value is; ``whole_only`` misses a sum with a gap."""
    units = pd.Index(members["unit"].unique(), name="unit")
    unit, at = units.get_indexer(members["unit"]), parts.index.get_indexer(pd.Index(members["area"]))
    share = members["share"].to_numpy(dtype=float)
    there = (at >= 0) & (share > 0)
    unit, at, share = unit[there], at[there], share[there]
    amount, total = (parts[name].to_numpy(dtype=float)[at] for name in ("amount", "total"))
    living, exact = (people[name].reindex(parts.index).to_numpy(dtype=float)[at] for name in ("people", "exact"))
    known = np.isfinite(amount) if whole_only else np.isfinite(amount) & np.isfinite(total)

    def added(values: np.ndarray, which: np.ndarray) -> np.ndarray:
        return np.bincount(unit[which], weights=(share * np.nan_to_num(values))[which], minlength=len(units))

    everyone, counted, gap = added(living, share > 0), added(living, known), added(np.ones_like(share), ~known)
    covered = _divided(counted, everyone)
    count, whole = added(amount, known), added(total, known)
    enough = (gap == 0) if whole_only else (np.nan_to_num(covered) >= LEAST_COVERED) & (whole > 0)
    value = count if whole_only else _divided(count, whole)
    numbers = {"count": count, "total": whole, "value": value}
    found = pd.DataFrame({name: np.where(enough, one, np.nan) for name, one in numbers.items()}, index=units)
    found["exact"] = _divided(added(living * exact, known & (share >= WHOLE)), counted)
    found["covered"] = np.nan_to_num(covered)
    worst = _worst(parts["state"].to_numpy(dtype=object)[at[~known]], unit[~known], len(units))
    found["state"] = np.where(enough & np.isfinite(value), "ok", worst)
    return found


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return shares


def _worst(states: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
    """Return the worst state of the areas without a number, by unit."""
    rank = {state: place for place, state in enumerate(WORST)}
    first = np.full(units, len(WORST))
    np.minimum.at(first, unit, [rank.get(state, rank["missing"]) for state in states])
    words: np.ndarray = np.array([*WORST, "missing"], dtype=object)[first]
    return words


def _no_sum(indicator: Indicator) -> DataError:
    return DataError(
        f'"{indicator.title.en}" is an index: it has no value of larger areas; ask for the share of residents in areas '
        "that require attention.",
        de=f'"{indicator.title.de}" ist ein Index: Er hat keinen Wert für größere Gebiete; stattdessen nach dem Anteil '
        "der Einwohner in Gebieten fragen, die Aufmerksamkeit erfordern.",
    )


def _no_people(indicator: Indicator) -> NotEnoughDataError:
    return NotEnoughDataError(
        f'"{indicator.title.en}" cannot be rebuilt for larger areas: it is not known how many people stand behind it; '
        "give numerator and denominator, or base, in its layer file.",
        de=f'"{indicator.title.de}" lässt sich für größere Gebiete nicht neu bilden: Es ist nicht bekannt, wie viele '
        "Menschen dahinter stehen; in der Ebenendatei numerator und denominator oder base angeben.",
    )
