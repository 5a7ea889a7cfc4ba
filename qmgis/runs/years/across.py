"""A city on one version of its areas: years of other versions carried to it, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import pandas as pd

from qmgis.boundaries import Carried, carried
from qmgis.model import LANGS, City, IndicatorTable, Text, words
from qmgis.runs.secrecy.veiled import veiled
from qmgis.runs.steps import area_layer, table_on
from qmgis.runs.years.counted import with_counted
from qmgis.runs.years.ways import way_of, ways_of

__all__ = ["Across", "across", "laid_across"]

Frame = Literal["frame", "states", "change"]
FRAMES: tuple[Frame, ...] = get_args(Frame)


@dataclass(frozen=True, eq=False)
class Across:
    """A city whose table of one version of the areas has every year.

    Parameters
    ----------
    city
        The city with that table; its own numbers where it has them, else carried ones. Own numbers are whole, so that
        its results are those of its runs; carried ones are made of what may be shown alone (`runs.secrecy.veiled`).
    shown
        The same table with own numbers, too, as they may be shown.
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
    shown: IndicatorTable
    vintage: str
    years: Mapping[int, str]
    carried: Mapping[str, Carried]
    exact: pd.Series
    warnings: tuple[Text, ...]

    @property
    def table(self) -> IndicatorTable:
        """All years on the areas of the version; own numbers are whole."""
        return self.city.tables[self.vintage]


@lru_cache(maxsize=4)
def across(city: City, vintage: str | None = None) -> Across:
    """Return a city with every year on one version of its areas; what may not be shown is not carried.

    Examples
    --------
    >>> found = across(toy_city())
    >>> found.vintage, found.years
    ('toy-2022', {2022: 'toy-2022', 2023: 'toy-2022', 2024: 'toy-2022'})
    """
    return laid_across(city, vintage)


def laid_across(city: City, vintage: str | None = None, *, hidden: City | None = None) -> Across:
    """Return the same without keeping it: for cities made for one question.

    ``hidden`` is the city with what may be shown alone, where it is known already.
    """
    new = area_layer(city, vintage=vintage)
    own = table_on(city, new)
    hidden = veiled(city) if hidden is None else hidden
    layers = sorted(city.area_layers.values(), key=lambda one: str(one.valid_from or ""), reverse=True)
    others = {one.vintage: table_on(hidden, one) for one in layers if one.vintage in city.tables and one is not new}
    years = _years({new.vintage: own, **others})
    given: dict[str, Carried] = {}
    for vintage_, table in others.items():
        if vintage_ in years.values():
            way, ways = way_of(city, vintage_, new.vintage), ways_of(city, table, new.vintage)
            given[vintage_] = carried(table, way, vintage=new.vintage, ways=ways)
    exact = {new.vintage: _exact(own, 1.0)}
    exact |= {key: _exact(one.table, one.quality["exact"]) for key, one in given.items()}
    whole, told = city, table_on(hidden, new)
    shown = told
    said = [text for one in given.values() for text in (*one.way.warnings, *_basis_said(one), *one.left_out.values())]
    if given:
        walks = {vintage: one.way.crosswalk for vintage, one in given.items()}
        (joined, counted), (shown, _) = (
            with_counted(city, _joined([table, *(one.table for one in given.values())], years), told=told, years=years,
                         ways=walks)
            for table in (own, told)
        )  # fmt: skip
        whole = replace(city, tables={**city.tables, new.vintage: joined})
        said += [words("boundaries.counted", year=year, later=year + own.change_years) for year in counted]
    of_year = [rows[rows.index.get_level_values("year").map(years) == key] for key, rows in exact.items()]
    kept = pd.concat(of_year).reindex(whole.tables[new.vintage].frame.index)
    return Across(whole, shown, new.vintage, dict(sorted(years.items())), given, kept, tuple(dict.fromkeys(said)))


def _basis_said(one: Carried) -> list[Text]:
    """Return which counts go by which group; nothing where all go by all residents."""
    titles, parts = one.table.indicators, []
    groups = [basis for basis in dict.fromkeys(one.basis.values()) if basis != one.way.basis]
    for basis in groups:
        named = [titles[key].title for key, by in one.basis.items() if by == basis]
        shown = Text(*(", ".join(text.to(lang) for text in named) for lang in LANGS))
        parts.append(words("boundaries.by_group", basis=basis, indicators=shown, rest=one.way.basis))
    return parts


def _exact(table: IndicatorTable, value: pd.Series | float) -> pd.Series:
    return pd.Series(value, index=table.frame.index, name="exact", dtype=float)


def _years(tables: Mapping[str, IndicatorTable]) -> dict[int, str]:
    """Return from which version each year is: the one with values of most indicators, of two alike the first."""
    found: dict[int, tuple[int, str]] = {}
    for vintage, table in tables.items():
        for year in table.years:
            known = int(table.of_year(year).notna().any().sum())
            if year not in found or known > found[year][0]:
                found[year] = known, vintage
    return {year: vintage for year, (_, vintage) in found.items()}


def _joined(tables: list[IndicatorTable], years: Mapping[int, str]) -> IndicatorTable:
    """Return one table: indicators of all, each in each year from the first that has a value of it."""
    first = tables[0]
    indicators = {key: one for table in reversed(tables) for key, one in table.indicators.items()}
    areas = first.frame.index.get_level_values("area").unique()
    whole = {}
    for what in FRAMES:
        found = {year: _of_year([one for one in tables if year in one.years], year, list(indicators), what=what)
                 for year in sorted(years)}  # fmt: skip
        index = pd.MultiIndex.from_product([areas, sorted(years)], names=["area", "year"])
        joined = pd.concat(found, names=["year", "area"]).swaplevel().reindex(index)
        whole[what] = joined.astype(object).fillna("missing") if what == "states" else joined.astype(float)
    return replace(
        first, frame=whole["frame"], states=whole["states"], change=whole["change"],
        indicators=indicators, bases={key: base for table in reversed(tables) for key, base in table.bases.items()},
        definitions={key: said for table in reversed(tables) for key, said in table.definitions.items()},
    )  # fmt: skip


def _of_year(tables: list[IndicatorTable], year: int, keys: list[str], *, what: Frame) -> pd.DataFrame:  # fmt: skip
    """Return a year of all indicators, each from the first table that has a value of it."""
    values, parts = [one.of_year(year) for one in tables], [one.of_year(year, what=what) for one in tables]
    chosen = {key: next((n for n, frame in enumerate(values) if key in frame and frame[key].notna().any()), 0)
              for key in keys}  # fmt: skip
    columns = {key: parts[n].get(key) for key, n in chosen.items()}
    return pd.DataFrame(columns, index=parts[0].index)
