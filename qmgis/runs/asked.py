"""A question of coverage that no run declares: other places, group, distance or mode, answered as a run would.

Whoever may ask for 500 m and for 501 m learns who lives between. So the distances are a short list, and the answers to
all questions about the same places are guarded together, once, whatever is asked first (`guarded_together`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis import coverage
from qmgis.errors import DataError
from qmgis.model import AreaResult, City, Outcome, Theme, walking, words
from qmgis.runs.recipe import credits_of, recipe_of
from qmgis.runs.secrecy.together import reached_together
from qmgis.runs.serving import limits_of, metres_of, network_of, places_of, residents_of
from qmgis.runs.steps import reach_theme, supply_theme
from qmgis.runs.table import outcome_table

__all__ = ["KEY", "METRES", "MINUTES", "Tell", "answer", "ask", "groups_of", "guarded_together", "limits_of_places",
           "modes_of", "outlines", "word_of"]  # fmt: skip

KEY = "asked"
METRES = (200.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1500.0, 2000.0)
MINUTES = (5.0, 10.0, 15.0, 20.0, 30.0)
Tell = Callable[[float], None]
_AT_ONCE = 8  # places whose outlines are made between two words of progress


def groups_of(city: City) -> tuple[str, ...]:
    """Return the groups that can be asked about, everybody first.

    Examples
    --------
    >>> groups_of(toy_city())
    ('residents', 'age_0_5', 'age_6_64', 'age_65_plus')
    """
    found = dict.fromkeys(group for layer in city.residents.values() for group in layer.groups)
    ordered = sorted(found, key=lambda group: (group != "residents", coverage.ages_of(group) or (0, 0), group))
    return tuple(ordered) or ("residents",)


def modes_of(city: City) -> tuple[str, ...]:
    """Return the ways to move that can be asked for; walking is always one of them.

    Examples
    --------
    >>> modes_of(toy_city())
    ('walk',)
    """
    return tuple(dict.fromkeys(["walk", *(network.mode.key for network in city.networks.values())]))


def ask(
    city: City, outcome: Outcome, *, places: str = "", group: str = "", within: str = "", mode: str = ""
) -> Theme:  # fmt: skip
    """Return the question as a theme; what is empty or unknown is taken from the run's theme of these places.

    Parameters
    ----------
    city, outcome
        A city and a run of it.
    places, group, mode
        Key of a layer of places, a group of residents, a way to move.
    within
        Metres or minutes of the list, such as ``"600m"`` or ``"10min"``.

    Returns
    -------
    Theme
        A theme of the run where that is what is asked, else one with the key ``asked``.

    Raises
    ------
    DataError
        The city has no places.

    Examples
    --------
    >>> city, outcome = toy_city(), toy_outcome()
    >>> ask(city, outcome).key, ask(city, outcome, within="500m").key, ask(city, outcome, within="501m").key
    ('kita', 'kita', 'kita')
    >>> found = ask(city, outcome, within="10min", group="residents")
    >>> found.key, found.within_m, found.within_min
    ('asked', None, 10.0)
    """
    if not city.places:
        raise DataError(
            f'{city.key} has no places; add a layer kind = "places" to ask who is reached.',
            de=f'{city.key} hat keine Orte; eine Ebene kind = "places" anlegen, um zu fragen, wer erreicht wird.',
        )
    known = list(outcome.themes.values())
    first = next((one for one in known if one.places == places), None)
    if first is None and places not in city.places:
        first = next(iter(known), None)
    key = first.places if first else places if places in city.places else next(iter(city.places))
    start = first or Theme(KEY, city.places[key].title, key, 500.0, groups_of(city)[0])
    allowed = {word_of(one): one for one in limits_of_places(city, key)}
    metres, minutes = allowed.get(within, (start.within_m, start.within_min))
    wanted = replace(
        start, group=group if group in groups_of(city) else start.group, within_m=metres, within_min=minutes,
        mode=mode if mode in modes_of(city) else start.mode,
    )  # fmt: skip
    same = [one for one in known if _question(one) == _question(wanted)]
    return same[0] if same else _titled(city, wanted)


def answer(city: City, outcome: Outcome, theme: Theme, *, ladder: Mapping[str, AreaResult] | None = None) -> Outcome:
    """Return the run with this one theme, as maps, tables and exports take it.

    Parameters
    ----------
    city, outcome
        A city and a run of it.
    theme
        A question that `ask` made.
    ladder
        What `guarded_together` gave for these places; made anew where it is missing and the run has no such theme.

    Examples
    --------
    >>> city, outcome = toy_city(), toy_outcome()
    >>> found = answer(city, outcome, ask(city, outcome, within="800m"))
    >>> float(found.coverage["asked"].seen["reached"].sum()) > float(outcome.coverage["kita"].seen["reached"].sum())
    True
    """
    if theme.key in outcome.themes:
        reached = outcome.coverage[theme.key]
        supplied = outcome.supply.get(theme.key)
        squares = None if outcome.gaps is None else outcome.gaps[outcome.gaps["theme"] == theme.key]
        return _alone(city, outcome, theme, reached, supplied, squares)
    steps = ladder if ladder is not None else guarded_together(city, outcome, theme.places)
    reached = reach_theme(city, outcome.areas, theme, year=outcome.run.year)
    reached = _masked(reached, steps[_rung(city, theme)])
    asks_supply = theme.supply is not None and reached.seen["reached"].sum() > 0
    supplied = supply_theme(city, outcome.areas, theme, reached) if asks_supply else None
    return _alone(city, outcome, theme, reached, supplied, _squares(city, outcome, theme))


def guarded_together(
    city: City, outcome: Outcome, places: str, *, tell: Tell = lambda _: None
) -> dict[str, AreaResult]:
    """Return the answers to all questions about some places, guarded so that no two of them give few people away.

    The themes of all runs come first, since they are shown as they are; where two answers differ by 1 to
    ``min_count - 1`` people of a group in an area, the later one hides it. So what is hidden never hangs on who asks
    what, or when.

    Parameters
    ----------
    city, outcome, places
        A city, a run of it, and the key of a layer of places.
    tell
        Called with the share that is done (0-1) before each step; what it raises ends the work.

    Examples
    --------
    >>> len(guarded_together(toy_city(), toy_outcome(), "kita"))  # 9 distances, 5 times at two speeds
    19
    """
    rungs = _rungs(city, places)
    found: dict[str, AreaResult] = {}
    for done, (rung, theme) in enumerate(rungs.items()):
        tell(done / (len(rungs) + 1))
        found[rung] = reach_theme(city, outcome.areas, theme, year=outcome.run.year)
    tell(len(rungs) / (len(rungs) + 1))
    mine = reached_together(city, outcome.areas, [places], year=outcome.run.year)
    for key, shown in mine.items():
        rung = _rung(city, city.themes[key])
        found |= {rung: _with_ages(found[rung], shown)} if rung in found else {}
    apart = coverage.apart({**{f"run {key}": one for key, one in mine.items()}, **found}, city.secrecy)
    return {key: apart[key] for key in found}


def outlines(city: City, answered: Outcome, theme: str, *, tell: Tell = lambda _: None) -> gpd.GeoDataFrame:
    """Return from where each place of a theme is reached, as outlines (`qmgis.coverage.catchments`).

    Examples
    --------
    >>> outlines(toy_city(), toy_outcome(), "kita").index.tolist()
    ['k1', 'k2', 'k3']
    """
    asked = answered.themes[theme]
    layer, network = places_of(city, asked), network_of(city, asked.mode)
    within = metres_of(asked, answered.coverage[theme])
    parts = []
    for start in range(0, len(layer.frame), _AT_ONCE):
        tell(start / len(layer.frame))
        some = replace(layer, frame=layer.frame.iloc[start : start + _AT_ONCE])
        parts.append(coverage.catchments(some, network=network, within_m=within))
    return gpd.GeoDataFrame(pd.concat(parts), crs=city.crs) if parts else coverage.catchments(layer, within_m=within)


def limits_of_places(city: City, places: str) -> tuple[tuple[float | None, float | None], ...]:
    """Return the distances and times that can be asked for: the list, and those of the city's themes.

    Examples
    --------
    >>> len(limits_of_places(toy_city(), "kita"))
    14
    """
    themes = [theme for theme in city.themes.values() if theme.places == places and theme.speed_kmh is None]
    metres = sorted({*METRES, *(theme.within_m for theme in themes if theme.within_m is not None)})
    minutes = sorted({*MINUTES, *(theme.within_min for theme in themes if theme.within_min is not None)})
    return (*((one, None) for one in metres), *((None, one) for one in minutes))


def word_of(limit: tuple[float | None, float | None]) -> str:
    """Return the word for metres, or minutes, in an address.

    Examples
    --------
    >>> word_of((600.0, None)), word_of((None, 10.0))
    ('600m', '10min')
    """
    metres, minutes = limit
    return f"{metres:g}m" if metres is not None else f"{minutes:g}min"


def _question(theme: Theme) -> tuple[object, ...]:
    return theme.places, theme.group, theme.within_m, theme.within_min, theme.mode, theme.speed_kmh


def _titled(city: City, theme: Theme) -> Theme:
    """Return a question of one's own: its title, and supply where every place says how many it takes."""
    layer = city.places[theme.places]
    capacity = layer.frame["capacity"].astype(float)
    counted = bool(len(capacity)) and bool((np.isfinite(capacity) & (capacity >= 0)).all())
    title = words("asked.title", places=layer.title, within=theme.limit)
    settled = counted and residents_of(city, theme.group) is not None
    return replace(theme, key=KEY, title=title, supply="two_step" if settled else None, guide=None, speed_kmh=None)


def _kmh(city: City, theme: Theme) -> float | None:
    """Return the speed that minutes are walked at; None where metres count."""
    if theme.within_min is None:
        return None
    network = network_of(city, theme.mode)
    mode = network.mode if network is not None else walking()
    return theme.speed_kmh or mode.kmh(coverage.ages_of(theme.group))


def _rung(city: City, theme: Theme) -> str:
    """Return the name of a distance that can be asked for: all groups of a layer of residents get numbers from it."""
    layer, kmh = residents_of(city, theme.group), _kmh(city, theme)
    speed = "" if kmh is None else f" at {kmh:g}"
    return f"{layer.key if layer else ''} {theme.mode} {word_of((theme.within_m, theme.within_min))}{speed}"


def _rungs(city: City, places: str) -> dict[str, Theme]:
    """Return every question about some places, once for all groups of a layer of residents."""
    found: dict[str, Theme] = {}
    for group in groups_of(city):
        for mode in modes_of(city):
            for metres, minutes in limits_of_places(city, places):
                theme = Theme(KEY, city.places[places].title, places, metres, group, None, minutes, mode)
                rung = _rung(city, theme)
                layer = residents_of(city, group)
                first = "residents" if layer is None or "residents" in layer.groups else layer.groups[0]
                found.setdefault(rung, replace(theme, group=first, speed_kmh=_kmh(city, theme)))
    return found


def _with_ages(rung: AreaResult, shown: AreaResult) -> AreaResult:
    """Return an answer that hides everybody where a theme of the run shows an age group that it hides itself.

    The sum of all ages less those that the theme shows would be the one that is hidden.
    """
    both = [name for name in shown.seen if str(name).startswith("reached_age_") and name in rung.seen]
    rows = pd.Series(data=False, index=rung.parts.index)
    for name in both:
        rows |= rung.seen[name].isna() & rung.parts[name].notna() & shown.seen[name].notna()
    return _hidden(rung, rows) if str(rung.parameters.get("group")) == "residents" else rung


def _masked(result: AreaResult, rung: AreaResult) -> AreaResult:
    """Return the answer for a group with what the answers to all questions hide of it; of other groups nothing."""
    group = str(result.parameters["group"])
    column = "reached" if group == str(rung.parameters["group"]) else f"reached_{group}"
    kept = [name for name in result.seen if "reached_age_" not in str(name)]
    columns = tuple(one for one in result.columns if one.key in kept)
    fewer = replace(result, shown=result.seen[kept], parts=result.parts[kept], columns=columns)
    return _hidden(fewer, rung.seen[column].isna() & rung.parts[column].notna())


def _hidden(result: AreaResult, rows: pd.Series) -> AreaResult:
    """Return a result without the numbers of people in some areas."""
    shown = result.seen.copy()
    shown.loc[rows, list(coverage.FROM_PEOPLE)] = np.nan
    told = pd.Series("" if result.states is None else result.states, index=shown.index, dtype=object)
    new = rows & ~told.str.contains(f"{result.key}=too_small", regex=False)
    return replace(result, shown=shown, states=told.mask(new, told + f" {result.key}=too_small").str.strip())


def _squares(city: City, outcome: Outcome, theme: Theme) -> gpd.GeoDataFrame | None:
    """Return where those live who are not reached, without their number: two distances would give people away."""
    residents = residents_of(city, theme.group)
    layer = places_of(city, theme)
    if residents is None or not layer.complete:
        return None
    found = coverage.gaps(
        residents, layer, **limits_of(city, theme), group=theme.group, areas=outcome.areas,
        min_count=city.secrecy.min_base, theme=theme.key,
    )  # fmt: skip
    return found.assign(not_reached=np.nan)


def _alone(
    city: City, outcome: Outcome, theme: Theme, reached: AreaResult, supplied: AreaResult | None,
    squares: gpd.GeoDataFrame | None,
) -> Outcome:  # fmt: skip
    """Return a run with one theme and nothing of the others."""
    run = replace(outcome.run, themes=(theme.key,))
    with_it = replace(city, themes={**city.themes, theme.key: theme})
    beside = [one for one in (outcome.certainty, outcome.pattern) if one is not None]
    offered = {} if supplied is None else {theme.key: supplied}
    table, columns = outcome_table(
        city, outcome.areas, outcome.index, {theme.key: reached}, {}, run=run, beside=beside, supplied=offered
    )
    warnings = [*reached.warnings, *(() if supplied is None else supplied.warnings)]
    notes = [] if outcome.areas.note is None else [outcome.areas.note]
    return replace(
        outcome, run=run, themes={theme.key: theme}, coverage={theme.key: reached}, supply=offered, priority={},
        places={theme.places: places_of(city, theme)}, gaps=squares, table=table, columns=columns,
        recipe=recipe_of(with_it, run, outcome.index, beside=beside), credits=credits_of(with_it, run, outcome.index),
        warnings=tuple(dict.fromkeys([*warnings, *notes])), programme=None, targeting=None,
    )  # fmt: skip
