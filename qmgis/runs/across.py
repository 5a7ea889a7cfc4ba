"""A city on one version of its areas: years of other versions carried to it, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from qmgis.boundaries import Carried, Way, carried, way_between
from qmgis.model import LANGS, City, CrosswalkLayer, IndicatorTable, ResidentLayer, Secrecy, Text, words
from qmgis.runs.counted import with_counted
from qmgis.runs.guard import few
from qmgis.runs.serving import residents_of
from qmgis.runs.steps import area_layer, table_on

__all__ = ["Across", "across", "closed", "laid_across", "way_of", "ways_of"]

RESIDENTS_BASIS = "residents"


@dataclass(frozen=True, eq=False)
class Across:
    """A city whose table of one version of the areas has every year.

    Parameters
    ----------
    city
        The city with that table; its own numbers where it has them, else carried ones.
    vintage
        The version of the areas.
    years
        From which version each year is: its own, or the one that it is carried from.
    carried
        What each other version gave, by its name.
    exact
        Index (``area``, ``year``): the share of residents from undivided areas, 0-1; 1 where nothing is carried.
    warnings
        How it was carried, and what was not.
    """

    city: City
    vintage: str
    years: Mapping[int, str]
    carried: Mapping[str, Carried]
    exact: pd.Series
    warnings: tuple[Text, ...]

    @property
    def table(self) -> IndicatorTable:
        """All years on the areas of the version."""
        return self.city.tables[self.vintage]


@lru_cache(maxsize=4)
def across(city: City, vintage: str | None = None) -> Across:
    """Return a city with every year on one version of its areas; numbers of too few people are not carried.

    Examples
    --------
    >>> found = across(toy_city())
    >>> found.vintage, found.years
    ('toy-2022', {2022: 'toy-2022', 2023: 'toy-2022', 2024: 'toy-2022'})
    """
    return laid_across(city, vintage)


def laid_across(city: City, vintage: str | None = None) -> Across:
    """Return the same without keeping it: for cities made for one question."""
    new = area_layer(city, vintage=vintage)
    own = table_on(city, new)
    years = dict.fromkeys(own.years, new.vintage)
    given: dict[str, Carried] = {}
    for layer in sorted(city.area_layers.values(), key=lambda one: str(one.valid_from or ""), reverse=True):
        if layer.vintage in city.tables and not set(city.tables[layer.vintage].years) <= set(years):
            table = closed(table_on(city, layer), city.secrecy)
            way, ways = way_of(city, layer.vintage, new.vintage), ways_of(city, table, new.vintage)
            given[layer.vintage] = carried(table, way, vintage=new.vintage, ways=ways)
            years |= {year: layer.vintage for year in table.years if year not in years}
    exact = pd.concat([_exact(own, 1.0), *(_exact(one.table, one.quality["exact"]) for one in given.values())])
    whole, said = (
        city,
        [text for one in given.values() for text in (*one.way.warnings, *_basis_said(one), *one.left_out.values())],
    )
    if given:
        joined = _joined([own, *(one.table for one in given.values())], years)
        walks = {vintage: one.way.crosswalk for vintage, one in given.items()}
        joined, counted = with_counted(city, joined, years=years, ways=walks)
        whole = replace(city, tables={**city.tables, new.vintage: joined})
        said += [words("boundaries.counted", year=year, later=year + own.change_years) for year in counted]
    kept = exact[~exact.index.duplicated()].reindex(whole.tables[new.vintage].frame.index)
    return Across(whole, new.vintage, dict(sorted(years.items())), given, kept, tuple(dict.fromkeys(said)))


def closed(table: IndicatorTable, secrecy: Secrecy) -> IndicatorTable:
    """Return a table without counts of too few people and without shares that rest on them.

    Examples
    --------
    >>> closed(toy_table(), Secrecy()).frame.equals(toy_table().frame)
    True
    """
    hidden = np.zeros(table.frame.shape, dtype=bool)
    moved = hidden.copy()
    years = table.frame.index.get_level_values("year").to_numpy()
    for year in table.years:
        values, rows = table.of_year(year), np.flatnonzero(years == year)
        for place, key in enumerate(str(name) for name in table.frame):
            indicator = table.indicators[key]
            if indicator.measure == "count":
                hidden[rows, place] = (values[key] > 0) & (values[key] < secrecy.min_count)
            moved[rows, place] = hidden[rows, place]
            if indicator.numerator or indicator.denominator or (key, year) in table.bases:
                hidden[rows, place] |= few(table, key, year, secrecy).to_numpy(dtype=bool)
                moved[rows, place] = hidden[rows, place] | few(table, key, year, secrecy, before=True).to_numpy(
                    dtype=bool
                )
    frame, change = table.frame.mask(hidden), table.change.mask(moved)
    return replace(table, frame=frame, states=table.states.mask(hidden, "secret"), change=change)


def way_of(city: City, old: str, new: str, *, group: str = RESIDENTS_BASIS) -> Way:
    """Return how counts of all residents, or of a group, come from one version of a city's areas to another.

    Examples
    --------
    >>> way_of(toy_city(), "toy-2022", "toy-2022").basis
    'residents'
    """
    given = [one for one in city.crosswalks.values() if {one.old_vintage, one.new_vintage} == {old, new}]
    layers = city.area_layers
    known = _residents(city, group)
    return way_between(layers[old], layers[new], given=_first(given, old), residents=known, group=group)


def ways_of(city: City, table: IndicatorTable, new: str) -> dict[str, Way]:
    """Return the ways of the counts whose group is known where people live, by key; all others go by all residents.

    Examples
    --------
    >>> ways_of(toy_city(), toy_table(), "toy-2022")
    {}
    """
    groups = {key: one.group for key, one in table.indicators.items() if one.group and one.measure == "count"}
    found = {group: way_of(city, table.vintage, new, group=group) for group in dict.fromkeys(groups.values())}
    return {key: found[group] for key, group in groups.items() if found[group].basis in (group, "grid")}


def _basis_said(one: Carried) -> list[Text]:
    """Return which counts go by which group; nothing where all go by all residents."""
    titles, parts = one.table.indicators, []
    groups = [basis for basis in dict.fromkeys(one.basis.values()) if basis != one.way.basis]
    for basis in groups:
        named = [titles[key].title for key, by in one.basis.items() if by == basis]
        shown = Text(*(", ".join(text.to(lang) for text in named) for lang in LANGS))
        parts.append(words("boundaries.by_group", basis=basis, indicators=shown, rest=one.way.basis))
    return parts


def _first(given: list[CrosswalkLayer], old: str) -> CrosswalkLayer | None:
    """Return the crosswalk in the right direction, else one in the other."""
    return min(given, key=lambda one: one.old_vintage != old, default=None)


def _residents(city: City, group: str) -> ResidentLayer | None:
    """Return the best layer of where the group lives, else of where all do."""
    known = {name for layer in city.residents.values() for name in layer.groups}
    found = next((name for name in (group, RESIDENTS_BASIS) if name in known), None)
    return None if found is None else residents_of(city, found)


def _exact(table: IndicatorTable, value: pd.Series | float) -> pd.Series:
    return pd.Series(value, index=table.frame.index, name="exact", dtype=float)


def _joined(tables: list[IndicatorTable], years: Mapping[int, str]) -> IndicatorTable:
    """Return one table: each year from the first that has it, indicators of all."""
    first = tables[0]
    indicators = {key: one for table in reversed(tables) for key, one in table.indicators.items()}
    taken: set[int] = set()
    frames: dict[str, list[pd.DataFrame]] = {"frame": [], "states": [], "change": []}
    for table in tables:
        rows = table.frame.index.get_level_values("year").isin(set(table.years) - taken)
        for what, parts in frames.items():
            part: pd.DataFrame = getattr(table, what).loc[rows].reindex(columns=list(indicators))
            parts.append(part.astype(object).fillna("missing") if what == "states" else part.astype(float))
        taken |= set(table.years)
    index = pd.MultiIndex.from_product([first.frame.index.get_level_values("area").unique(), sorted(years)],
                                       names=["area", "year"])  # fmt: skip
    whole = {what: pd.concat(parts).reindex(index) for what, parts in frames.items()}
    return replace(
        first, frame=whole["frame"], states=whole["states"].fillna("missing"), change=whole["change"],
        indicators=indicators, bases={key: base for table in reversed(tables) for key, base in table.bases.items()},
        definitions={key: said for table in reversed(tables) for key, said in table.definitions.items()},
    )  # fmt: skip
