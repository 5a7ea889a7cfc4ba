"""One run of a city, from its layers to an `Outcome`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis import coverage, priority
from qmgis.model import AreaLayer, AreaResult, City, Outcome, Run, Text, Theme, words
from qmgis.runs.overlays import with_overlays
from qmgis.runs.programme.around import around_of, bands_of
from qmgis.runs.programme.targeted import funded_of
from qmgis.runs.ranges import ranged_theme
from qmgis.runs.recipe import credits_of, recipe_of
from qmgis.runs.secrecy.smallnumbers import estimated_of
from qmgis.runs.secrecy.together import reached_together
from qmgis.runs.serving import limits_of, places_of, residents_of
from qmgis.runs.steps import (
    area_layer,
    certainty_of,
    need_of,
    pattern_of,
    profile_of,
    score,
    supply_theme,
    table_on,
)
from qmgis.runs.table import outcome_table
from qmgis.segregation import segregation

__all__ = ["compute", "definitions_of"]

Tell = Callable[[Text], None]


def _silent(_: Text) -> None:
    """Say nothing."""


def compute(city: City, run: str, *, tell: Tell = _silent, overlays: bool = True) -> Outcome:
    """Return everything that one declared run of a city gives.

    Parameters
    ----------
    city
        As `open_city` gives it.
    run
        Key of a run of ``city.toml``, such as ``"mss-2024"``.
    tell
        Called with a sentence before each step.
    overlays
        With catchments, proposals, scenarios and the register's measures and white spots; they change nothing else.

    Returns
    -------
    Outcome
        Index, coverage, need meets gap, the guarded table and the recipe.

    Raises
    ------
    QmgisError
        If the run is unknown or its data do not allow it.

    Examples
    --------
    >>> outcome = compute(toy_city(), "mss-2024")
    >>> outcome.table.loc["01010005", "left_out"]
    'outlier'
    """
    declared = city.run(run)
    areas = area_layer(city, vintage=declared.vintage)
    tell(words("runs.index", method=declared.method, year=declared.year))
    index = score(city, method=declared.method, year=declared.year, areas=declared.vintage)
    tell(words("runs.certainty"))
    sure = certainty_of(city, index, method=declared.method)
    lie = pattern_of(city, index)
    beside = [result for result in (sure, lie) if result is not None]
    themes = {key: _theme(city, declared, key) for key in declared.themes}
    together = reached_together(
        city, areas, {theme.places for theme in themes.values()}, year=declared.year,
        tell=lambda theme: tell(words("runs.coverage", title=theme.title)),
    )  # fmt: skip
    reached = {key: together[key] for key in themes}
    if themes:
        tell(words("runs.priority"))
    orders = _orders(city, areas, themes, together, (index, sure))
    supplied = _supplied(city, areas, themes, reached)
    gaps = _gaps(city, areas, together, themes)
    funded = funded_of(city, areas, index, declared)
    table, columns = outcome_table(
        city, areas, index, reached, orders, run=declared, beside=beside, funded=funded, supplied=supplied
    )
    outcome = Outcome(
        city=city.key,
        city_title=city.title,
        run=declared,
        areas=areas,
        index=index,
        coverage=reached,
        priority=orders,
        themes=themes,
        places={theme.places: places_of(city, theme) for theme in themes.values()},
        table=table,
        columns=columns,
        recipe=recipe_of(city, declared, index, beside=beside),
        credits=credits_of(city, declared, index),
        gaps=gaps,
        warnings=_warnings(city, areas, index, [*reached.values(), *supplied.values()], beside),
        note=city.note,
        backdrop=city.backdrop,
        certainty=sure,
        pattern=lie,
        supply=supplied,
        definitions=definitions_of(city, areas, index),
        change_years=table_on(city, areas).change_years,
        estimated=estimated_of(index, table_on(city, areas)),
        profile=profile_of(city, declared.method),
        programme=replace(funded.layer, deadlines=city.deadlines) if funded else None,
        targeting=funded.targeting if funded else None,
        around=around_of(city, areas, themes, run=declared, programme=funded.layer if funded else None),
        totals={key: both for key, both in coverage.totals(together, city.secrecy).items() if key in themes},
        bands=bands_of(city, areas, themes, reached=together),
        segregation=segregation(table, [str(key) for key in index.parameters["indicators"]]),
    )
    return with_overlays(city, outcome) if overlays else outcome


def definitions_of(city: City, areas: AreaLayer, index: AreaResult) -> dict[str, Text]:
    """Return what the sources say of the definitions of the indicators that enter an index.

    Examples
    --------
    >>> definitions_of(toy_city(), toy_areas(), toy_outcome().index)
    {}
    """
    said = table_on(city, areas).definitions
    keys = [str(key) for key in index.parameters["indicators"]]
    return {key: said[key, index.year] for key in keys if (key, index.year) in said}


def _theme(city: City, run: Run, key: str) -> Theme:
    from qmgis.errors import UnknownKeyError, did_you_mean

    if key not in city.themes:
        raise UnknownKeyError(
            f'Run "{run.key}" names the theme "{key}", which city.toml does not have.{did_you_mean(key, city.themes)}',
            de=f'Lauf "{run.key}" nennt das Thema "{key}", das city.toml nicht hat.'
            f"{did_you_mean(key, city.themes, lang='de')}",
        )
    return city.themes[key]


def _supplied(
    city: City, areas: AreaLayer, themes: Mapping[str, Theme], reached: Mapping[str, AreaResult]
) -> dict[str, AreaResult]:
    """Return the supply of the themes that ask for it."""
    offered = {key: supply_theme(city, areas, theme, reached[key]) for key, theme in themes.items()}
    return {key: result for key, result in offered.items() if result is not None}


def _orders(
    city: City,
    areas: AreaLayer,
    themes: Mapping[str, Theme],
    reached: Mapping[str, AreaResult],
    need: tuple[AreaResult, AreaResult | None],
) -> dict[str, AreaResult]:
    """Return need meets gap with its ranges, for themes whose places are all known."""
    index, sure = need
    return {
        key: ranged_theme(
            city, areas, theme, order=_order(city, index, reached[key], theme), reached=reached, certainty=sure
        )
        for key, theme in themes.items()
        if city.places[theme.places].complete
    }


def _order(city: City, index: AreaResult, reached: AreaResult, theme: Theme) -> AreaResult:
    """Return where need meets gap for a theme."""
    areas = area_layer(city, vintage=index.vintage)
    return priority.rank_need(index, reached, beside=need_of(city, areas, index, theme.need))


def _gaps(
    city: City, areas: AreaLayer, together: Mapping[str, AreaResult], themes: Mapping[str, Theme]
) -> gpd.GeoDataFrame | None:
    """Return the squares with residents out of reach, all themes in one frame; None without residents.

    Of several themes for the same places, in whatever runs, only the squares of the first have numbers: two limits, or
    two groups, would give those between them away.
    """
    frames, first = [], {city.themes[key].places: key for key in reversed(list(together))}
    for key, theme in themes.items():
        residents = residents_of(city, theme.group)
        if residents is None or not places_of(city, theme).complete:
            continue
        squares = coverage.gaps(
            residents,
            places_of(city, theme),
            **limits_of(city, theme),
            group=theme.group,
            areas=areas,
            min_count=city.secrecy.min_base,  # a square is a base of its own: fewer people could be told apart
            theme=theme.key,
        )
        if first[theme.places] == key:
            frames.append(coverage.guard_gaps(squares, areas, together[key], secrecy=city.secrecy))
        else:
            frames.append(squares.assign(not_reached=np.nan))
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=city.crs) if frames else None


def _warnings(
    city: City, areas: AreaLayer, index: AreaResult, reached: Sequence[AreaResult], beside: Sequence[AreaResult]
) -> tuple[Text, ...]:
    """Return what a reader has to know, each sentence once."""
    sentences = list(index.warnings)
    sentences += [warning for result in beside for warning in result.warnings]
    for result in reached:
        sentences += [Text(f"{result.title.de}: {w.de}", f"{result.title.en}: {w.en}") for w in result.warnings]
    if areas.note is not None:
        sentences.append(areas.note)
    elif areas.frame["approximate"].any():
        sentences.append(words("runs.approximate", count=int(areas.frame["approximate"].sum())))
    if table_on(city, areas).frame.isna().all(axis=None):
        sentences.append(words("runs.empty"))
    return tuple(dict.fromkeys(sentences))
