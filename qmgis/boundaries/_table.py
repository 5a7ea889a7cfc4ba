"""An indicator table on other areas: counts carried, shares rebuilt, means weighted, indices refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from qmgis.boundaries._way import Way
from qmgis.core.spatial.crosswalk import Crosswalk, carry, quality
from qmgis.errors import VintageError
from qmgis.model import RESIDENTS, Indicator, IndicatorTable, Text, people_behind, words

__all__ = ["Carried", "carried"]

Pair = tuple[pd.Series, pd.Series]
# An amount of the old areas, and the crosswalk that it goes by.
Amount = tuple[pd.Series, Crosswalk]

# The state of a new cell is the first of these that one of its parts has.
WORST = ("secret", "too_small", "missing", "not_applicable")


@dataclass(frozen=True, eq=False)
class Carried:
    """A table on other areas, estimated by a crosswalk.

    Parameters
    ----------
    table
        Every year of the old table on the new areas; what could not be carried is missing.
    quality
        Index (``area``, ``year``): ``exact``, the share of the residents that come from undivided areas, 0-1.
    left_out
        Why an indicator is not carried, by its key.
    way
        How: of all residents.
    basis
        What each count goes by, by its key: ``residents``, a group such as ``age_0_14``, ``addresses``, ``grid`` or
        ``land``.
    """

    table: IndicatorTable
    quality: pd.DataFrame
    left_out: Mapping[str, Text]
    way: Way
    basis: Mapping[str, str] = field(default_factory=dict)


def carried(table: IndicatorTable, way: Way, *, vintage: str, ways: Mapping[str, Way] | None = None) -> Carried:
    """Return an indicator table on other areas.

    Counts are carried; shares are rebuilt from carried counts, or from the people behind them where the source prints
    the share alone; means are carried with the number they are a mean of. Indices and shares of nobody known are not.
    Changes are carried the same way: from what was before.

    Parameters
    ----------
    table
        Of the old areas. Cells that must not be shown are missing in it: what is carried is computed from the rest.
    way
        From the old areas to the new ones, by all residents.
    vintage
        The version of the new areas.
    ways
        Better ways for single count indicators, by key: those of their age group.

    Examples
    --------
    >>> areas = toy_areas()
    >>> from qmgis.boundaries import way_between
    >>> found = carried(toy_table(), way_between(areas, areas, residents=toy_residents()), vintage="toy-2022")
    >>> apart = (found.table.frame - toy_table().frame).abs().max(axis=None)
    >>> bool(apart < 1e-12), found.quality["exact"].dropna().unique().tolist()
    (True, [1.0])
    """
    other = [one for one in (ways or {}).values() if not one.crosswalk.old.equals(way.crosswalk.old)]
    if other:
        raise VintageError(
            "The ways of indicators and of all residents start from different areas; take those of one version.",
            de="Die Wege der Indikatoren und aller Einwohner beginnen bei verschiedenen Gebieten; die einer Fassung "
            "nehmen.",
        )
    by = {key: (ways or {}).get(key, way) for key in table.indicators}
    left_out: dict[str, Text] = {}
    years = [_year(table, year, by, left_out) for year in table.years]
    index = pd.MultiIndex.from_product([way.crosswalk.new, table.years], names=["area", "year"])
    frame, states, change = (
        pd.concat([one[what] for one in years], keys=table.years, names=["year", "area"])
        .swaplevel()
        .reindex(index)[list(table.indicators)]
        for what in range(3)
    )
    exact = {year: _exact(table, year, way) for year in table.years}
    kept = pd.DataFrame({"exact": pd.concat(exact, names=["year", "area"]).swaplevel().reindex(index)})
    noun = replace(table, frame=frame, states=states, change=change, vintage=vintage)
    basis = {key: by[key].basis for key, one in table.indicators.items() if one.measure == "count"}
    return Carried(noun, kept, left_out, way, basis)


def _exact(table: IndicatorTable, year: int, way: Way) -> pd.Series:
    values = table.of_year(year)
    people = values[RESIDENTS] if RESIDENTS in values else pd.Series(1.0, index=values.index)
    return quality(people.reindex(way.crosswalk.old).fillna(0.0), way.crosswalk)


def _year(
    table: IndicatorTable, year: int, by: Mapping[str, Way], left_out: dict[str, Text]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return values, states and changes of one year on the new areas."""
    new = next(iter(by.values())).crosswalk.new
    asked = {key: _amounts(table, one, year, by) for key, one in table.indicators.items()}
    amounts = _all_carried({key: found for key, found in asked.items() if not isinstance(found, Text)})
    values, before = {}, {}
    for key, found in asked.items():
        if isinstance(found, Text):
            if table.of_year(year)[key].notna().any():
                left_out.setdefault(key, found)
            values[key] = before[key] = pd.Series(np.nan, index=new)
        elif table.indicators[key].measure == "count":
            values[key], before[key] = amounts[key]
        else:
            above, below, above_before, below_before = amounts[key]
            values[key] = above / below.where(below > 0)
            before[key] = above_before / below_before.where(below_before > 0)
    frame = pd.DataFrame(values, index=new, dtype=float)
    change = frame - pd.DataFrame(before, index=new, dtype=float)
    states = pd.DataFrame(
        {key: _states(table, key, year, by[key], frame[key]) for key in table.indicators}, index=new, dtype=object
    )
    return frame, states, change


def _all_carried(asked: Mapping[str, Sequence[Amount]]) -> dict[str, list[pd.Series]]:
    """Return all amounts on the new areas, each crosswalk gone once."""
    flat = [(key, place, amount, walk) for key, found in asked.items() for place, (amount, walk) in enumerate(found)]
    carried_: dict[tuple[str, int], pd.Series] = {}
    for walk in {id(walk): walk for *_, walk in flat}.values():
        mine = {(key, place): amount for key, place, amount, other in flat if other is walk}
        whole = carry(pd.DataFrame(dict(enumerate(mine.values()))), walk)
        carried_ |= {name: whole[number] for number, name in enumerate(mine)}
    return {key: [carried_[key, place] for place in range(len(found))] for key, found in asked.items()}


def _amounts(table: IndicatorTable, indicator: Indicator, year: int, by: Mapping[str, Way]) -> Sequence[Amount] | Text:
    """Return what is carried of an indicator: a count now and before; numerator and denominator now and before.

    Or why it is not carried.
    """
    walk, key = by[indicator.key].crosswalk, indicator.key
    values, moved = (table.of_year(year, what=what).reindex(walk.old) for what in ("frame", "change"))
    if indicator.measure == "count":
        return (values[key], walk), (values[key] - moved[key], walk)
    found = _of_counts(values, moved, indicator, by) or _of_people(table, indicator, year, by)
    if found is None:
        reason = "boundaries.no_index" if indicator.measure == "index" else "boundaries.no_people"
        return words(reason, indicator=indicator.title)
    return found


def _of_counts(
    values: pd.DataFrame, moved: pd.DataFrame, indicator: Indicator, by: Mapping[str, Way]
) -> Sequence[Amount] | None:
    """Return numerator and denominator of a share, now and before; None where they are not counted."""
    above, below = indicator.numerator, indicator.denominator
    counted = above is not None and below is not None and above in values and below in values
    if indicator.measure != "share" or not counted or values[below].isna().all():
        return None
    one, other = by[str(above)].crosswalk, by[str(below)].crosswalk
    shown = values[above].where(values[indicator.key].notna() | (values[below] == 0))  # a hidden share hides its counts
    before = values[below] - moved[below]
    return (shown, one), (values[below], other), (shown - moved[above], one), (before, other)


def _of_people(
    table: IndicatorTable, indicator: Indicator, year: int, by: Mapping[str, Way]
) -> Sequence[Amount] | None:
    """Return sum and number of a share or mean by the people behind it; None where they are not known."""
    people = _people(table, indicator, year)
    if people is None:
        return None
    way = by[indicator.key].crosswalk
    value = table.of_year(year)[indicator.key].reindex(way.old)
    moved = table.of_year(year, what="change")[indicator.key].reindex(way.old)
    now, before = (one.reindex(way.old) for one in people)
    sums = (value * now).where(now != 0, 0.0), ((value - moved) * before).where(before != 0, 0.0)
    return (sums[0], way), (now, way), (sums[1], way), (before, way)


def _people(table: IndicatorTable, indicator: Indicator, year: int) -> Pair | None:
    """Return the people behind a share, or the number that a mean is over, now and before."""
    if indicator.measure == "share":
        people = people_behind(table, indicator.key, year)
        return None if people is None else (people.total, people.total_before)
    of = indicator.denominator or (RESIDENTS if indicator.unit.endswith("_per_person") else None)
    values = table.of_year(year)
    if indicator.measure != "mean" or of is None or of not in values:
        return None
    return values[of], (values[of] - table.of_year(year, what="change")[of]).fillna(values[of])


def _states(table: IndicatorTable, key: str, year: int, way: Way, values: pd.Series) -> np.ndarray:
    """Return the state of each new cell: ok where it has a number, else the worst of its parts and of their counts."""
    indicator, whole = table.indicators[key], table.of_year(year, what="states").reindex(way.crosswalk.old)
    counts = [one for one in (indicator.numerator, indicator.denominator) if one in whole]
    states = whole[[key, *counts]].fillna("missing").to_numpy()
    found = np.where(values.notna(), "ok", "missing").astype(object)
    if found[found != "ok"].size == 0:
        return found
    parts = way.crosswalk.weight.T.tocsr()
    for state in (one for one in reversed(WORST) if (states == one).any()):
        here = np.asarray(parts @ (states == state).any(axis=1).astype(float)).ravel() > 0
        found[here & values.isna().to_numpy()] = state
    return found
