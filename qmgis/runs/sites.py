"""Siting for a theme of a run: the city's layers, its limits of secrecy, and the areas that require attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qmgis.errors import NotEnoughDataError, UnknownKeyError, did_you_mean
from qmgis.model import City, Outcome, PlaceLayer, ResidentLayer, Scenario, Text, Theme
from qmgis.runs.serving import metres_of, network_of, places_of, residents_of
from qmgis.siting import (
    Change,
    Proposals,
    at_crossings,
    best_sites,
    from_places,
    guard_change,
    on_grid,
    places_nearby,
    what_if,
    with_names,
)

__all__ = ["changed", "proposed"]


def proposed(
    city: City, outcome: Outcome, theme: str, *, candidates: PlaceLayer | None = None, k: int = 1, equity: float = 0.0,
    tell: Callable[[float], None] | None = None,
) -> Proposals:  # fmt: skip
    """Return up to ``k`` sites that bring most people of a theme's group within reach together.

    Sums of all areas are told where those of the run are (`qmgis.coverage.totals`).

    Parameters
    ----------
    city, outcome
        A city, and a run of it that has the theme.
    theme
        Key of the theme, such as ``"kita"``.
    candidates
        Where a place could be; by default the layer that the theme names, else the crossings in the run's squares of
        people not reached, or inhabited cells where the city has no network.
    k, equity, tell
        As in `qmgis.siting.best_sites`.

    Examples
    --------
    >>> found = proposed(toy_city(), toy_outcome(), "kita", k=2)
    >>> found.parameters["within_m"], len(found.sentences)
    (500.0, 2)
    """
    asked, residents = _asked(city, outcome, theme)
    spots, names = (candidates, None) if candidates is not None else _candidates(city, outcome, asked)
    return best_sites(
        residents, places_of(city, asked), spots, names=names,
        within_m=metres_of(asked, outcome.coverage[theme]), k=k, group=asked.group, areas=outcome.areas,
        attention=outcome.index.parts.get("attention"), equity=equity,
        network=network_of(city, asked.mode), secrecy=city.secrecy, sums=theme in outcome.totals, tell=tell,
    )  # fmt: skip


def changed(
    city: City, outcome: Outcome, theme: str, *, add: Mapping[str, tuple[float, float]] | None = None,
    move: Mapping[str, tuple[float, float]] | None = None, close: Sequence[str] = (), scenario: Scenario | None = None,
) -> Change:  # fmt: skip
    """Return what changes for a theme's group if places are added, moved or closed, or by a scenario.

    As `qmgis.siting.what_if`; supply is told as well where the theme asks for it, and areas and sums that the run
    hides of the theme are hidden.

    Examples
    --------
    >>> found = changed(toy_city(), toy_outcome(), "kita", close=["k2"])
    >>> found.total["gain_age_0_5"], found.total["lose_age_0_5"] > 0
    (np.float64(0.0), np.True_)
    """
    asked, residents = _asked(city, outcome, theme)
    found = what_if(
        residents, places_of(city, asked), outcome.areas, within_m=metres_of(asked, outcome.coverage[theme]), add=add,
        move=move, close=close, scenario=scenario, measure=asked.supply if scenario is not None else None,
        group=asked.group, network=network_of(city, asked.mode), secrecy=city.secrecy,
    )  # fmt: skip
    return guard_change(found, outcome.coverage[theme], secrecy=city.secrecy, sums=theme in outcome.totals)


def _asked(city: City, outcome: Outcome, theme: str) -> tuple[Theme, ResidentLayer]:
    if theme not in outcome.themes:
        known = outcome.themes
        raise UnknownKeyError(
            f'Run "{outcome.run.key}" has no theme "{theme}".{did_you_mean(theme, known)}',
            de=f'Lauf "{outcome.run.key}" hat kein Thema "{theme}".{did_you_mean(theme, known, lang="de")}',
        )
    residents = residents_of(city, outcome.themes[theme].group)
    if residents is None:
        raise NotEnoughDataError(
            f'{city.key} does not know where people live; add a layer kind = "residents" to ask for sites.',
            de=f'{city.key} weiß nicht, wo Menschen wohnen; für Standorte eine Ebene kind = "residents" anlegen.',
        )
    return outcome.themes[theme], residents


def _candidates(city: City, outcome: Outcome, theme: Theme) -> tuple[PlaceLayer, Mapping[str, Text] | None]:
    """Return the candidates of a theme, and their names where they have none of their own."""
    if theme.candidates is not None:
        return from_places(city.places[theme.candidates]), None
    spots = _spots(city, outcome, theme)
    names = places_nearby(spots, city.places.values())
    return with_names(spots, names, lang=city.lang), names


def _spots(city: City, outcome: Outcome, theme: Theme) -> PlaceLayer:
    network, squares = network_of(city, theme.mode), outcome.gaps
    if network is None:
        residents = residents_of(city, theme.group)
        if residents is not None:
            return on_grid(residents, group=theme.group, min_count=city.secrecy.min_count)
    mine = None if squares is None else squares[squares["theme"] == theme.key]
    if network is None or mine is None or mine.empty:
        raise NotEnoughDataError(
            f'Theme "{theme.key}" leaves no square of people not reached; name candidates to ask all the same.',
            de=f'Thema "{theme.key}" lässt keine Fläche mit nicht Erreichten; Standorte nennen, um dennoch zu fragen.',
        )
    return at_crossings(network, mine)
