"""The steps of the chain for a city: each picks a city's layers and calls one plain function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from qmgis import coverage
from qmgis.certainty import how_sure, influence
from qmgis.errors import NotEnoughDataError, UnknownKeyError, VintageError, did_you_mean
from qmgis.io.profiles.files import profile as open_profile
from qmgis.io.profiles.files import profiles
from qmgis.model import (
    AreaLayer,
    AreaResult,
    City,
    Indicator,
    IndicatorTable,
    Profile,
    Theme,
)
from qmgis.pattern import pattern
from qmgis.registry import collect
from qmgis.runs.secrecy.guard import few, guarded, guarded_beside
from qmgis.runs.secrecy.versions import few_between
from qmgis.runs.serving import limits_of, metres_of, network_of, places_of, residents_of
from qmgis.scoring import neighbours_for
from qmgis.whatif import tuned

__all__ = [
    "area_layer",
    "certainty_of",
    "influence_of",
    "need_of",
    "pattern_of",
    "reach",
    "score",
    "settled",
    "table_on",
]


def score(
    city: City,
    *,
    method: str | Profile,
    year: int,
    areas: str | None = None,
    instead: Mapping[str, float] | None = None,
) -> AreaResult:
    """Return the index of a city's areas in one year.

    Parameters
    ----------
    city
        As `open_city` gives it.
    method
        Key of a profile, such as ``"mss-2021"``: a shipped one, or one of the city's own; or a profile itself.
    year
        Year of measurement.
    areas
        Version of the areas (vintage); by default the newest that has values of that year.
    instead
        Other weights and limits to try, by their place in the profile's file: ``{"status.weights.transfer": 2}``,
        ``{"status.limits.3": 1.3}``; see `qmgis.whatif.knobs`. It changes nothing but this result.

    Returns
    -------
    AreaResult
        One row an area of that version, in its order; ``shown`` is what may be seen of it by the city's limits.

    Raises
    ------
    UnknownKeyError, VintageError, NotEnoughDataError
        If the profile, the version or a place in ``instead`` is unknown, or there are no values of that year.
    DataError
        What is to be tried is no number, or leaves no weight above 0, or its limits do not ascend.

    Examples
    --------
    >>> city = toy_city()
    >>> score(city, method="mss-2021", year=2024).left_out["01010005"]
    'outlier'
    >>> trial = score(city, method="mss-2021", year=2024, instead={"status.limits.3": 1.2})
    >>> trial.limits["status"]
    (-1.0, 1.0, 1.2)
    """
    settings, table, declared = settled(city, method=method, year=year, areas=areas)
    settings = tuned(settings, instead or {})
    methods = collect("qmgis.methods", "METHOD")
    beside = neighbours_for(settings, area_layer(city, vintage=table.vintage))
    result: AreaResult = methods[settings.method].score(table, profile=settings, year=year, declared=declared, **beside)
    return guarded(result, table, city.secrecy, residents=settings.residents)


def settled(
    city: City, *, method: str | Profile, year: int, areas: str | None = None
) -> tuple[Profile, IndicatorTable, dict[str, str]]:
    """Return what a method takes: the profile under the city's limits, the table, the declared exclusions.

    Examples
    --------
    >>> profile, table, declared = settled(toy_city(), method="mss-2021", year=2024)
    >>> profile.min_residents, table.vintage, declared
    (300, 'toy-2022', {'01010005': 'outlier'})
    """
    layer = area_layer(city, year=year, vintage=areas)
    return profile_of(city, method), table_on(city, layer), city.declared(layer.vintage, year)


def profile_of(city: City, method: str | Profile) -> Profile:
    """Return a profile, by key shipped or the city's own, with the city's limit of residents where that is higher."""
    known = {**profiles(), **city.profiles}
    found = method if isinstance(method, Profile) else open_profile(method, known=known)
    return replace(found, min_residents=max(found.min_residents, city.secrecy.min_residents))


def certainty_of(city: City, index: AreaResult, *, method: str) -> AreaResult | None:
    """Return how sure the class of each area is; probabilities and ranks are not shown where the index is not.

    Examples
    --------
    >>> city = toy_city()
    >>> found = certainty_of(city, score(city, method="mss-2021", year=2024), method="mss-2021")
    >>> found.kind
    'certainty'
    """
    profile, table, _ = settled(city, method=method, year=index.year, areas=index.vintage)
    found = how_sure(table, index, profile=profile)
    return None if found is None else guarded_beside(found, index)


def influence_of(city: City, index: AreaResult, *, method: str) -> pd.DataFrame | None:
    """Return what leaving out each indicator would do to an index; None where that cannot be computed.

    Examples
    --------
    >>> city = toy_city()
    >>> influence_of(city, score(city, method="mss-2021", year=2024), method="mss-2021").index.tolist()
    ['unemployment', 'transfer', 'child_poverty']
    """
    profile, table, _ = settled(city, method=method, year=index.year, areas=index.vintage)
    return influence(table, index, profile=profile)


def pattern_of(city: City, index: AreaResult) -> AreaResult | None:
    """Return how an index lies in space: where high values stand together, and low ones; None for few areas.

    Examples
    --------
    >>> city = toy_city()
    >>> pattern_of(city, score(city, method="mss-2021", year=2024)) is None  # 27 areas are too few
    True
    """
    return pattern(area_layer(city, vintage=index.vintage), index)


def reach(
    city: City,
    *,
    places: str,
    within_m: float | None = None,
    within_min: float | None = None,
    mode: str = "walk",
    speed_kmh: float | None = None,
    group: str = "residents",
    year: int | None = None,
    areas: str | None = None,
) -> AreaResult:
    """Return who reaches which places: share and number of residents within a distance, for each area.

    Parameters
    ----------
    city
        As `open_city` gives it.
    places
        Key of a layer of places, such as ``"kita"``.
    within_m
        Threshold in metres: along streets where the city has a network, straight line otherwise.
    within_min, speed_kmh
        Instead of it minutes, at this speed; by default at that of the mode for the group.
    mode
        ``"walk"``, ``"cycle"``, ``"barrier_free"`` or one of the city's own.
    group
        Which residents: ``"residents"`` or an age group such as ``"age_0_5"``.
    year, areas
        Year of measurement and version of the areas; by default the newest.

    Returns
    -------
    AreaResult
        One row an area; ``value`` is the share reached (0-1).

    Examples
    --------
    >>> result = reach(toy_city(), places="kita", within_m=500, group="age_0_5")
    >>> bool(result.value.between(0, 1).all())
    True
    """
    if places not in city.places:
        raise UnknownKeyError(
            f'{city.key} has no layer of places "{places}".{did_you_mean(places, city.places)}',
            de=f'{city.key} hat keine Orte-Ebene "{places}".{did_you_mean(places, city.places, lang="de")}',
        )
    layer = area_layer(city, year=year, vintage=areas)
    measured = year if year is not None else max(city.tables[layer.vintage].years)
    theme = Theme(places, city.places[places].title, places, within_m, group, None, within_min, mode, speed_kmh)
    return reach_theme(city, layer, theme, year=measured)


def reach_theme(city: City, layer: AreaLayer, theme: Theme, *, year: int) -> AreaResult:
    """Return the coverage of one theme."""
    residents = residents_of(city, theme.group)
    result: AreaResult = coverage.reach(
        layer,
        places_of(city, theme),
        residents=residents,
        group=theme.group if residents is not None else "residents",
        **limits_of(city, theme),
        population=population_of(city, layer, year),
        year=year,
        key=theme.key,
        title=theme.title,
        few=city.secrecy.min_count,
    )
    result = coverage.guarded(result, city.secrecy)
    newest = area_layer(city)
    if residents is None or layer.vintage == newest.vintage:
        return result
    return coverage.without(result, few_between(city, layer, newest, residents))


def supply_theme(city: City, layer: AreaLayer, theme: Theme, reached: AreaResult) -> AreaResult | None:
    """Return the places in reach for each 100 of a theme's group; None where the theme does not ask for them.

    Examples
    --------
    >>> city, layer = toy_city(), toy_areas()
    >>> supply_theme(city, layer, city.themes["kita"], toy_outcome().coverage["kita"]) is None
    True
    """
    if theme.supply is None:
        return None
    residents = residents_of(city, theme.group)
    if residents is None:
        raise NotEnoughDataError(
            f'Theme "{theme.key}" asks for supply, which needs residents by place; add a layer of residents with '
            f'"{theme.group}", or leave supply out.',
            de=f'Thema "{theme.key}" fragt nach der Versorgung und braucht dazu Einwohner nach Wohnort; eine '
            f'Einwohner-Ebene mit "{theme.group}" ergänzen oder supply weglassen.',
        )
    found: AreaResult = coverage.supply(
        layer,
        places_of(city, theme),
        residents=residents,
        within_m=metres_of(theme, reached),
        group=theme.group,
        network=network_of(city, theme.mode),
        measure=theme.supply,
        falls=theme.orientation is None or not theme.orientation.classes,  # classes are of all within alike
        guide=theme.guide,
        classes=theme.orientation.classes if theme.orientation is not None else (),
        year=reached.year,
        key=theme.key,
        title=theme.title,
    )
    return coverage.guard_supply(found, reached, city.secrecy)


def area_layer(city: City, *, year: int | None = None, vintage: str | None = None) -> AreaLayer:
    """Return one version of the areas: the one named, or the newest with values of that year."""
    if vintage is not None:
        if vintage not in city.area_layers:
            known = city.area_layers
            raise VintageError(
                f'{city.key} has no areas of the version "{vintage}".{did_you_mean(vintage, known)}',
                de=f'{city.key} hat keine Gebiete der Fassung "{vintage}".{did_you_mean(vintage, known, lang="de")}',
            )
        return city.area_layers[vintage]
    newest_first = sorted(city.area_layers.values(), key=lambda a: (str(a.valid_from or ""), a.vintage), reverse=True)
    with_values = [a for a in newest_first if a.vintage in city.tables]
    fitting = [a for a in with_values if year is None or year in city.tables[a.vintage].years]
    if not fitting:
        years = sorted({y for table in city.tables.values() for y in table.years})
        raise NotEnoughDataError(
            f"{city.key} has no values of {year}; there are: {', '.join(map(str, years)) or 'none'}.",
            de=f"{city.key} hat keine Werte von {year}; vorhanden: {', '.join(map(str, years)) or 'keine'}.",
        )
    return fitting[0]


def table_on(city: City, layer: AreaLayer) -> IndicatorTable:
    """Return the indicator table with exactly the areas of the layer, in its order; absent rows are missing."""
    if layer.vintage not in city.tables:
        raise VintageError(
            f'There are no indicators for the version "{layer.vintage}"; there are for: {", ".join(city.tables)}.',
            de=f'Für die Fassung "{layer.vintage}" gibt es keine Indikatoren; vorhanden für: {", ".join(city.tables)}.',
        )
    table = city.tables[layer.vintage]
    wanted = pd.MultiIndex.from_product([layer.frame.index, table.years], names=["area", "year"])
    if table.frame.index.equals(wanted):
        return table
    return replace(
        table,
        frame=table.frame.reindex(wanted),
        states=table.states.reindex(wanted, fill_value="missing"),
        change=table.change.reindex(wanted),
    )


def population_of(city: City, layer: AreaLayer, year: int) -> pd.Series | None:
    """Return the residents of each area in a year where the city has them, else None; missing where too few."""
    table = table_on(city, layer)
    if "population" not in table.indicators or year not in table.years:
        return None
    people = table.of_year(year)["population"]
    return people.mask((people > 0) & (people < city.secrecy.min_count))


def need_of(
    city: City, layer: AreaLayer, index: AreaResult, indicator: str | None
) -> tuple[Indicator, pd.Series] | None:
    """Return the indicator that belongs to a theme's group with its values as they may be shown; None without one."""
    table = table_on(city, layer)
    if indicator is None or indicator not in table.indicators:
        return None
    if f"value_{indicator}" in index.seen:
        return table.indicators[indicator], index.seen[f"value_{indicator}"]
    values = table.of_year(index.year)[indicator]
    return table.indicators[indicator], values.mask(few(table, indicator, index.year, city.secrecy))
