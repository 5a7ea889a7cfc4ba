"""What a run lays over its areas: from where places are reached, proposed sites, and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd

from qmgis.coverage import catchments
from qmgis.errors import NotEnoughDataError
from qmgis.model import City, Outcome, Scenario, Text, Theme, words
from qmgis.runs.programme.balance import has_register, measures_of, register_of, spots_of
from qmgis.runs.serving import metres_of, network_of, places_of, residents_of
from qmgis.runs.sites import changed, proposed
from qmgis.siting import Change

__all__ = ["catchments_of", "proposals_of", "scenario_of", "with_change", "with_overlays"]

NUMBERS = ("residents", "before", "after", "gain", "lose", "new", "new_reached", "new_not_reached")
SUPPLY = ("access_before", "access_after", "without_before", "without_after")
_NEARLY_NONE = 1e-6
_PARTS = ("reached_before", "reached_after", "gain", "lose")
_Answer = tuple[Scenario, Theme, Change]


def with_overlays(city: City, outcome: Outcome) -> Outcome:
    """Return an outcome with its catchments, proposals and scenarios, and what the register says of places.

    Examples
    --------
    >>> with_overlays(toy_city(), toy_outcome()).scenario is None  # its runs name none
    True
    """
    asked = tuple(city.scenarios[key] for key in outcome.run.scenarios)
    frame, said = scenario_of(city, outcome, asked)
    return replace(
        _with_register(city, outcome),
        catchments=catchments_of(city, outcome),
        proposals=proposals_of(city, outcome),
        scenario=frame,
        scenarios=asked,
        answers=said,
    )


def _with_register(city: City, outcome: Outcome) -> Outcome:
    """Return an outcome with the measures of the register, and the white spots of the programme areas of its day."""
    if not has_register(city):
        return outcome
    try:
        spots = spots_of(city, run=outcome.run.key)
    except NotEnoughDataError:  # no programme area is valid on that day
        spots = None
    white = None if spots is None else spots[spots["white"]].reset_index(drop=True)
    measures, codes = measures_of(city), register_of(city).codes
    return replace(outcome, measures=measures, white_spots=white, codes=codes)


def with_change(outcome: Outcome, scenario: Scenario, theme: str, change: Change) -> Outcome:
    """Return an outcome with one scenario over it and what that changes for a theme, for files of what a page shows.

    ``change`` as `qmgis.runs.sites.changed` gives it, with nothing that must not be shown.

    Examples
    --------
    >>> from qmgis.runs.sites import changed
    >>> city, outcome, plan = toy_city(), toy_outcome(), Scenario("plan", Text("Plan", "Plan"))
    >>> found = with_change(outcome, plan, "kita", changed(city, outcome, "kita", close=["k2"]))
    >>> len(found.scenario) == len(outcome.areas.frame)
    True
    """
    everywhere = pd.Series(False, index=outcome.areas.frame.index)
    frame = _rows(outcome, scenario, outcome.themes[theme], change, everywhere)
    return replace(outcome, scenario=frame, scenarios=(scenario,), answers=(change.sentence, *change.warnings))


def catchments_of(city: City, outcome: Outcome) -> gpd.GeoDataFrame | None:
    """Return the outline from where each place is reached, of the themes that ask for it; None without any.

    Columns ``theme``, ``place``, ``name``, ``within_m``, ``mode`` and ``distance_type``; places off the streets have
    no row. The first row of a theme, with an empty ``place``, is the outline of all its places together.
    """
    frames = []
    for key, theme in outcome.themes.items():
        if not theme.catchments:
            continue
        network, within = network_of(city, theme.mode), metres_of(theme, outcome.coverage[key])
        found = catchments(places_of(city, theme), within_m=within, network=network)
        found = found.assign(
            theme=key,
            place=found.index.astype(object),
            name=places_of(city, theme).frame["name"].astype(object),
            mode=theme.mode,
            distance_type="straight_line" if network is None else "network",
        )
        drawn = found[~(found.geometry.is_empty | found.geometry.isna())]
        whole = drawn.head(1).assign(place="", name=words("runs.all_places").to(city.lang))
        frames += [whole.set_geometry([drawn.union_all()] * len(whole), crs=drawn.crs), drawn]
    columns = ["theme", "place", "name", "within_m", "mode", "distance_type", "geometry"]
    return _joined([frame[columns] for frame in frames], city)


def proposals_of(city: City, outcome: Outcome) -> gpd.GeoDataFrame | None:
    """Return the proposed sites of the themes that ask for them, without numbers of too few people; None without any.

    Columns ``theme``, ``order`` (the one that adds most first), ``place`` and those of `qmgis.siting.Proposals`.
    """
    frames = []
    for key, theme in outcome.themes.items():
        if not theme.proposals or residents_of(city, theme.group) is None:
            continue
        try:
            found = proposed(city, outcome, key, k=theme.proposals)
        except NotEnoughDataError:  # everybody is reached: there is nothing to propose
            continue
        shown = found.shown.assign(
            theme=key,
            order=np.arange(1, len(found.shown) + 1),
            place=found.shown.index.astype(object),
            alternatives=found.shown["alternatives"].map(", ".join).astype(object),
            because=[sentence.to(city.lang) for sentence in found.sentences],
        )
        frames.append(shown)
    return _joined(frames, city)


def scenario_of(
    city: City, outcome: Outcome, asked: tuple[Scenario, ...]
) -> tuple[gpd.GeoDataFrame | None, tuple[Text, ...]]:
    """Return what scenarios change by theme and area, as it may be shown, and one sentence for each of them.

    What the run hides of a theme stays hidden; of two answers for the same places the later hides an area where their
    difference would be of too few people, and its sums where those of the hidden areas would.
    """
    answers = [(scenario, theme, change) for scenario, theme, change in _answers(city, outcome, asked)]
    hidden = [pd.Series(False, index=outcome.areas.frame.index) for _ in answers]
    limit, summed = city.secrecy.min_count, list[int]()
    for one, other in combinations(range(len(answers)), 2):
        if answers[one][1].places == answers[other][1].places:
            hidden[other] |= _tell(answers[one], answers[other], hidden[one], limit)
    frames, said = [], []
    for place, ((scenario, theme, change), rows) in enumerate(zip(answers, hidden, strict=True)):
        frames.append(_rows(outcome, scenario, theme, change, rows))
        title = Text(f"{scenario.title.de}, {theme.title.de}", f"{scenario.title.en}, {theme.title.en}")
        open_ = not rows.any() and not any(_sums_tell(answers[one], answers[place], limit) for one in summed)
        summed += [place] if open_ else []
        sentences = [change.sentence, *change.warnings] if open_ else [*change.warnings]
        said += [Text(f"{title.de}: {one.de}", f"{title.en}: {one.en}") for one in sentences]
    return _joined(frames, city), tuple(said)


def _answers(city: City, outcome: Outcome, asked: tuple[Scenario, ...]) -> Iterator[_Answer]:
    for scenario in asked:
        for key, theme in outcome.themes.items():
            wanted = not scenario.themes or key in scenario.themes
            if wanted and scenario.touches(theme.places) and residents_of(city, theme.group) is not None:
                yield scenario, theme, changed(city, outcome, key, scenario=scenario)


def _tell(one: _Answer, other: _Answer, hidden: pd.Series, limit: float) -> pd.Series:
    """Return where two answers for the same group differ by too few people."""
    rows = pd.Series(False, index=hidden.index)
    if one[1].group != other[1].group:
        return rows
    for part in _PARTS:
        both = [each[2].shown[f"{part}_{each[1].group}"] for each in (one, other)]
        between = (both[0].mask(hidden) - both[1]).abs()
        rows |= (between > _NEARLY_NONE) & (between < limit)
    return rows


def _sums_tell(one: _Answer, other: _Answer, limit: float) -> bool:
    """Tell whether the sums of two answers, less the areas that both show, differ by too few people."""
    if (one[1].places, one[1].group) != (other[1].places, other[1].group):
        return False
    for part in (f"{name}_{one[1].group}" for name in _PARTS):
        first, second = one[2], other[2]
        rest = (first.parts[part] - second.parts[part])[first.shown[part].isna() | second.shown[part].isna()]
        if _NEARLY_NONE < abs(rest.sum()) < limit:
            return True
    return False


def _rows(outcome: Outcome, scenario: Scenario, theme: Theme, change: Change, hidden: pd.Series) -> gpd.GeoDataFrame:
    group, shown = theme.group, change.shown
    table = pd.DataFrame({
        "scenario": scenario.key, "theme": theme.key, "area": outcome.areas.frame.index.astype(object),
        "name": outcome.areas.frame["name"].astype(object), "residents": shown[f"residents_{group}"],
        "before": shown[f"reached_before_{group}"], "after": shown[f"reached_after_{group}"],
        "gain": shown[f"gain_{group}"], "lose": shown[f"lose_{group}"],
        "median_before_m": shown["median_before_m"], "median_after_m": shown["median_after_m"],
    }, index=outcome.areas.frame.index)  # fmt: skip
    for column, part in (("new", "residents"), ("new_reached", "reached"), ("new_not_reached", "not_reached")):
        table[column] = np.nan if change.new is None else change.new[f"{part}_{group}"]
    for column in SUPPLY:
        table[column] = np.nan if change.supply is None else change.supply[column]
    masked = [name for name in table if name in (*NUMBERS[:5], "median_before_m", "median_after_m", *SUPPLY)]
    table[masked] = table[masked].astype(float).mask(hidden)
    return gpd.GeoDataFrame(table, geometry=outcome.areas.frame.geometry.array, crs=outcome.areas.frame.crs)


def _joined(frames: list[gpd.GeoDataFrame], city: City) -> gpd.GeoDataFrame | None:
    frames = [frame for frame in frames if len(frame)]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=city.crs) if frames else None
