"""Proposals for an area in a run: the city's barriers, streets, programme areas, facilities and limits of secrecy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.delimitation import Options, Proposals, Rules, compare_options, people_by_unit, proposals
from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.model import AreaLayer, City, Outcome, PlaceLayer, ResidentLayer
from qmgis.runs.programme.targeted import joined, living_at
from qmgis.runs.serving import network_of
from qmgis.runs.steps import area_layer, population_of

__all__ = ["compared_areas", "located", "proposed_areas", "units_of", "usual_rules"]


def proposed_areas(
    city: City, outcome: Outcome, *, rules: Rules | None = None, count: int = 3, blocks: AreaLayer | None = None,
    gap_m: float | None = None, near_m: float = 500.0, tell: Callable[[float], None] = lambda _: None,
) -> Proposals:  # fmt: skip
    """Return connected areas around those that require attention in a run, several different ones for each place.

    Parameters
    ----------
    city, outcome
        A city, and a run of it (`qmgis.compute`) whose method says who requires attention.
    rules
        By default those of `qmgis.delimitation.Rules`; the dashboard begins with ``usual_rules(city, outcome)``.
    count, blocks, gap_m, near_m, tell
        As in `qmgis.delimitation.proposals`; ``blocks`` such as ``city.units["blocks"]``, ``gap_m`` by default what the
        city says of its units.

    Examples
    --------
    >>> found = proposed_areas(toy_city(), toy_outcome())
    >>> found.items[0].key, found.frame["residents"].between(5000, 20000).all()
    ('A1', np.True_)
    """
    gap_m = (0.0 if blocks is None else city.gap_m) if gap_m is None else gap_m
    return proposals(
        outcome.areas, outcome.index, population_of(city, outcome.areas, outcome.run.year), rules=rules, count=count,
        blocks=blocks, gap_m=gap_m, residents=located(city), barriers=_barriers(city), network=network_of(city),
        programme=outcome.programme, on=outcome.run.on, places=_places(city), near_m=near_m, secrecy=city.secrecy,
        tell=tell,
    )  # fmt: skip


def usual_rules(city: City, outcome: Outcome) -> Rules:
    """Return rules whose sizes suit the areas of a run, for a first look.

    At least three areas of median population (in whole hundreds, not above 5,000), at most four times that, and room
    for two areas of median population; with areas of 1,700 or more residents the 5,000 to 20,000 of `Rules`.

    Examples
    --------
    >>> usual_rules(toy_city(), toy_outcome()) == Rules()
    True
    """
    population = population_of(city, outcome.areas, outcome.run.year)
    lived_in = pd.Series(dtype=float) if population is None else population[population > 0]
    if lived_in.empty:
        return Rules()
    usual, median = Rules(), float(lived_in.median())
    low = min(max(100.0, round(3 * median / 100) * 100.0), usual.min_residents)
    return Rules(low, max(4 * low, round(2 * median / 100) * 100.0))


def compared_areas(
    city: City, outcome: Outcome, outlines: gpd.GeoDataFrame, *, near_m: float = 500.0,
    earlier: Sequence[shapely.Geometry] = (),
) -> Options:  # fmt: skip
    """Return outlines side by side, drawn, uploaded or proposed; as `qmgis.delimitation.compare_options`.

    Where people live counts on the newest version of the areas only: numbers of two versions could be subtracted.

    Examples
    --------
    >>> city, outcome = toy_city(), toy_outcome()
    >>> found = compared_areas(city, outcome, proposed_areas(city, outcome).frame)
    >>> found.frame["split_areas"].tolist()[:2]
    [0, 0]
    """
    is_newest = outcome.run.vintage == area_layer(city).vintage
    return compare_options(
        outlines, outcome.areas, outcome.index, population=population_of(city, outcome.areas, outcome.run.year),
        residents=located(city) if is_newest else None, programme=outcome.programme, on=outcome.run.on,
        places=_places(city), near_m=near_m, secrecy=city.secrecy, earlier=earlier,
        lived=living_at(city) if is_newest and city.units else None,
    )  # fmt: skip


@lru_cache(maxsize=8)
def located(city: City) -> ResidentLayer | None:
    """Return where people live; by the units that the city declares, where it declares any.

    Then every number of proposals and outlines is a sum of the same parts of enough people, whatever they are made of
    and whichever version of the areas they are for (`qmgis.delimitation.people_by_unit`).
    """
    living = living_at(city)
    if living is None or not city.units:
        return living
    areas, programme = area_layer(city), joined(city)
    return people_by_unit(
        areas, living, list(city.units.values()), min_base=city.secrecy.min_base,
        versions=[one for one in city.area_layers.values() if one is not areas],
        outlines=[] if programme is None else list(programme.frame.sort_index().geometry),
    )  # fmt: skip


def units_of(city: City, run: str, key: str) -> AreaLayer | None:
    """Return the units that the city declares by this key; None for areas, and for a run of older areas.

    Raises
    ------
    UnknownKeyError
        The city declares no such units.
    """
    if not key:
        return None
    if key not in city.units:
        raise UnknownKeyError(
            f'{city.key} declares no units "{key}".{did_you_mean(key, city.units)}',
            de=f'{city.key} kennt keine Einheiten "{key}".{did_you_mean(key, city.units, lang="de")}',
        )
    return city.units[key] if city.run(run).vintage == area_layer(city).vintage else None


def _barriers(city: City) -> gpd.GeoSeries | None:
    """Return all barriers of a city; None where it has none."""
    known = [city.barriers[key] for key in sorted(city.barriers) if len(city.barriers[key])]
    return gpd.GeoSeries(pd.concat(known, ignore_index=True), crs=city.crs) if known else None


def _places(city: City) -> dict[str, PlaceLayer]:
    """Return the layers of places that a theme asks for; all where the city has no theme."""
    asked = {theme.places for theme in city.themes.values()} or set(city.places)
    return {key: city.places[key] for key in sorted(asked & set(city.places))}
