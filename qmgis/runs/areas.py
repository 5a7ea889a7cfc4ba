"""Proposals for an area in a run: the city's barriers, streets, programme areas, facilities and limits of secrecy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.delimitation import Options, Proposals, Rules, compare_options, proposals
from qmgis.model import AreaLayer, City, Outcome, PlaceLayer
from qmgis.runs.programme import living_at
from qmgis.runs.serving import network_of
from qmgis.runs.steps import area_layer, population_of

__all__ = ["compared_areas", "proposed_areas", "usual_rules"]


def proposed_areas(
    city: City, outcome: Outcome, *, rules: Rules | None = None, count: int = 3, blocks: AreaLayer | None = None,
    gap_m: float = 0.0, near_m: float = 500.0, tell: Callable[[float], None] = lambda _: None,
) -> Proposals:  # fmt: skip
    """Return connected areas around those that require attention in a run, several different ones for each place.

    Parameters
    ----------
    city, outcome
        A city, and a run of it whose method says who requires attention.
    rules, count, blocks, gap_m, near_m, tell
        As in `qmgis.delimitation.proposals`.

    Examples
    --------
    >>> found = proposed_areas(toy_city(), toy_outcome())
    >>> found.items[0].key, found.frame["residents"].between(5000, 20000).all()
    ('A1', np.True_)
    """
    return proposals(
        outcome.areas, outcome.index, population_of(city, outcome.areas, outcome.run.year), rules=rules, count=count,
        blocks=blocks, gap_m=gap_m, residents=living_at(city), barriers=_barriers(city), network=network_of(city),
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
        residents=living_at(city) if is_newest else None, programme=outcome.programme, on=outcome.run.on,
        places=_places(city), near_m=near_m, secrecy=city.secrecy, earlier=earlier,
    )  # fmt: skip


def _barriers(city: City) -> gpd.GeoSeries | None:
    """Return all barriers of a city; None where it has none."""
    known = [city.barriers[key] for key in sorted(city.barriers) if len(city.barriers[key])]
    return gpd.GeoSeries(pd.concat(known, ignore_index=True), crs=city.crs) if known else None


def _places(city: City) -> dict[str, PlaceLayer]:
    """Return the layers of places that a theme asks for; all where the city has no theme."""
    asked = {theme.places for theme in city.themes.values()} or set(city.places)
    return {key: city.places[key] for key in sorted(asked & set(city.places))}
