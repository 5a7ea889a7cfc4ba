"""The effect of a city's programme: its areas and editions as a panel, and what can be said of every indicator."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from qmgis.effect import ALL, Answer, Measured, Panel, effect, status, units_of
from qmgis.errors import NotEnoughDataError, QmgisError
from qmgis.model import RESIDENTS, City
from qmgis.runs.programme.lives import programme_of
from qmgis.runs.programme.targeted import joined, living_at
from qmgis.runs.secrecy.veiled import result_of, veiled
from qmgis.runs.steps import area_layer
from qmgis.runs.years.editions import default_run, runs_in_order
from qmgis.runs.years.numbers import WHOLE, series
from qmgis.series import Series
from qmgis.targeting import within

__all__ = ["answers_of", "can_compare", "effects", "measured_keys", "panel_of", "scopes_of"]

Tell = Callable[[float], None]
PREPARED = 0.8  # of the time that all answers take, the part that the numbers over the years take


def can_compare(city: City) -> bool:
    """Return whether a city has programme areas with a start, and two editions or more.

    Examples
    --------
    >>> can_compare(toy_city())
    False
    """
    layer = joined(city)
    years = {year for table in city.tables.values() for year in table.years}
    return layer is not None and bool(layer.frame["valid_from"].notna().any()) and len(years) > 1 and bool(city.runs)


def measured_keys(city: City) -> tuple[str, ...]:
    """Return the shares that are compared: those of the newest run's method, then all others.

    Examples
    --------
    >>> measured_keys(toy_city())
    ('unemployment', 'transfer', 'child_poverty')
    """
    table = veiled(city).tables[area_layer(city).vintage]
    entered = [str(key) for key in result_of(city, default_run(city)).parameters["indicators"]]
    shares = [key for key, one in table.indicators.items() if one.measure == "share"]
    return tuple(dict.fromkeys(key for key in (*entered, *shares) if key in shares))


@lru_cache(maxsize=2)
def panel_of(city: City) -> Panel:
    """Return the areas of a city over its editions, on the newest outlines.

    Its editions are those for which every share of the newest run's method has values. What a run hides is empty
    (`qmgis.runs.years.numbers`); an area that other outlines divided is not exact.

    Raises
    ------
    DataError
        The city has no programme areas.
    NotEnoughDataError
        It has fewer than two editions, or no shares.

    Examples
    --------
    >>> from dataclasses import replace
    >>> panel = panel_of(replace(toy_city(), programmes={"quarters": toy_programme()}))
    >>> panel.years, list(panel.measured)
    ((2022, 2023, 2024), ['unemployment', 'transfer', 'child_poverty'])
    """
    programme, layer = programme_of(city), area_layer(city)
    keys = measured_keys(city)
    entered = {str(key) for key in result_of(city, default_run(city)).parameters["indicators"]}
    found = {key: _series_of(city, key, layer.vintage) for key in keys}
    years = _years(found, entered)
    if len(years) < 2:
        raise NotEnoughDataError(
            f"{city.key} has fewer than two editions of a share; a comparison over time needs them.",
            de=f"{city.key} hat weniger als zwei Ausgaben eines Anteils; ein Vergleich über die Zeit braucht sie.",
        )
    indicators = veiled(city).tables[layer.vintage].indicators
    areas = layer.frame.index
    measured = {}
    for key, one in found.items():
        wide = {name: _wide(one, name, areas, years)
                for name in ("value", "count", "total", "exact")}  # fmt: skip
        direction = indicators[key].direction if key in entered else 0
        exact = (wide["exact"] >= WHOLE).all(axis=1)
        measured[key] = Measured(
            key, one.title, wide["value"], wide["count"], wide["total"], exact, direction,
            breaks=tuple(gap.text for gap in one.breaks), placebo=indicators[key].direction == 0,
        )  # fmt: skip
    members = within(layer, programme, residents=living_at(city), min_base=city.secrecy.min_base)
    units = units_of(layer, programme, members, begins=years[0], left_out=_left_out(city, layer.vintage))
    programmes = pd.DataFrame({
        "name": programme.frame["name"].astype(str).groupby(programme.area_ids).first(),
        "start": programme.frame["valid_from"].groupby(programme.area_ids).min(),
    })  # fmt: skip
    return Panel(years, measured, _people(city, layer.vintage, areas), units, programmes)


def scopes_of(panel: Panel) -> tuple[str, ...]:
    """Return what can be asked for: all programme areas, then each that has a start.

    Examples
    --------
    >>> from dataclasses import replace
    >>> scopes_of(panel_of(replace(toy_city(), programmes={"quarters": toy_programme()})))[0]
    'all'
    """
    return (ALL, *panel.programmes.index[panel.programmes["start"].notna()])


def effects(city: City, *, scope: str | None = None, key: str | None = None) -> list[Answer]:
    """Return what can be said: of every indicator, of all programme areas and each; or of one of them.

    Raises
    ------
    UnknownKeyError
        There is no such programme area or indicator.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> {answer.kind for answer in effects(city, scope="all")}
    {'none'}
    """
    panel = panel_of(city)
    level = status(panel)
    scopes = scopes_of(panel) if scope is None else (scope,)
    keys = tuple(panel.measured) if key is None else (key,)
    return [effect(panel, one, scope=area, level=level) for area in scopes for one in keys]


def answers_of(city: City, tell: Tell | None = None) -> tuple[Answer, ...]:
    """Return every answer, each made once; ``tell`` is called with the share that is done (0-1) before each.

    Examples
    --------
    >>> from dataclasses import replace
    >>> city = replace(toy_city(), programmes={"quarters": toy_programme()})
    >>> len(answers_of(city)) == 3 * len(scopes_of(panel_of(city)))
    True
    """
    told = tell or (lambda _: None)
    keys, vintage = measured_keys(city), area_layer(city).vintage
    for place, key in enumerate(keys):
        told(PREPARED * (place + 0.5) / len(keys))
        _series_of(city, key, vintage)
    asked = [(scope, key) for scope in scopes_of(panel_of(city)) for key in keys]
    found = []
    for place, (scope, key) in enumerate(asked):
        told(PREPARED + (1 - PREPARED) * place / len(asked))
        found.append(_answer_of(city, scope, key))
    return tuple(found)


@lru_cache(maxsize=512)
def _answer_of(city: City, scope: str, key: str) -> Answer:
    return effect(panel_of(city), key, scope=scope, level=_level_of(city))


@lru_cache(maxsize=2)
def _level_of(city: City) -> pd.DataFrame:
    return status(panel_of(city))


@lru_cache(maxsize=32)
def _series_of(city: City, key: str, vintage: str) -> Series:
    return series(city, key, vintage=vintage, all_weights=False)


def _wide(one: Series, name: str, areas: pd.Index, years: Sequence[int]) -> pd.DataFrame:
    """Return a row an area and a column a year."""
    columns = {year: one.of_year(year)[name].reindex(areas).astype(float) for year in years if year in one.years}
    return pd.DataFrame(columns, index=areas).reindex(columns=list(years))


def _years(found: Mapping[str, Series], entered: Collection[str]) -> tuple[int, ...]:
    """Return the years in which every share of the method has values."""
    known = [
        {year for year in one.years if one.of_year(year)["value"].notna().any()}
        for key, one in found.items() if key in entered
    ]  # fmt: skip
    return tuple(sorted(set.intersection(*known))) if known else ()


def _left_out(city: City, vintage: str) -> set[str]:
    """Return the areas to which a run on these outlines gives no index."""
    runs = [key for key in runs_in_order(city) if city.runs[key].vintage == vintage]
    found: set[str] = set()
    for key in runs:
        try:
            found |= {str(area) for area in result_of(city, key).left_out.index}
        except QmgisError:
            continue  # a run that cannot be computed leaves nothing out
    return found


def _people(city: City, vintage: str, areas: pd.Index) -> pd.DataFrame:
    """Return residents by area and year, empty where they are not known."""
    try:
        counted = _series_of(city, RESIDENTS, vintage)
    except (NotEnoughDataError, LookupError):
        return pd.DataFrame(np.nan, index=areas, columns=[])
    return _wide(counted, "value", areas, counted.years)
