"""Results of runs, computed once and kept as long as their city is open."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from weakref import WeakKeyDictionary

import pandas as pd

from qmgis.errors import QmgisError
from qmgis.model import AreaResult, City, Lang, Outcome
from qmgis.runs.asked import Tell, guarded_together
from qmgis.runs.compute import compute
from qmgis.runs.sides import Side
from qmgis.runs.steps import score
from qmgis.runs.trial import Ground, ground_of, tried_on
from qmgis.runs.years.otherweights import Converted, converted
from qmgis.views.comparison import AreaMove, carried_in_words, carried_notes, moves_of

__all__ = ["index_of", "is_ready", "ladder_of", "moved_areas", "outcome_of", "outcomes_of", "trial_ground", "trial_of"]

_log = logging.getLogger(__name__)
_one_at_a_time = Lock()
MOST_LADDERS = 6
_ladders: dict[tuple[City, str, str], Mapping[str, AreaResult]] = {}
_done: WeakKeyDictionary[City, dict[str, Outcome]] = WeakKeyDictionary()


def outcome_of(city: City, run: str) -> Outcome:
    """Return everything that a run gives; computed at most once, and never waiting for another run once it is there."""
    known = _done.get(city, {}).get(run)
    if known is not None:
        return known
    with _one_at_a_time:
        runs = _done.setdefault(city, {})
        if run not in runs:
            runs[run] = compute(city, run)
        return runs[run]


def outcomes_of(city: City) -> tuple[Outcome, ...]:
    """Return every run of a city that can be computed, oldest first."""
    found = []
    for run in sorted(city.runs.values(), key=lambda run: run.year):
        try:
            found.append(outcome_of(city, run.key))
        except QmgisError as error:
            _log.warning("run %s: %s", run.key, error)
    return tuple(found)


def is_ready(city: City) -> bool:
    """Return whether a run of the city has been computed, so that pages come at once."""
    return bool(_done.get(city))


def ladder_of(city: City, run: str, places: str, tell: Tell) -> Mapping[str, AreaResult]:
    """Return the answers to all questions about some places, guarded together; the last ones are kept."""
    key = (city, run, places)
    if key not in _ladders:
        _ladders[key] = guarded_together(city, outcome_of(city, run), places, tell=tell)
        while len(_ladders) > MOST_LADDERS:
            _ladders.pop(next(iter(_ladders)), None)
    return _ladders[key]


@lru_cache(maxsize=64)
def index_of(city: City, method: str, year: int, areas: str) -> AreaResult:
    """Return the index by a profile alone, without coverage and certainty."""
    return score(city, method=method, year=year, areas=areas)


def side_results(
    city: City, both: tuple[Side, Side], vintage: str
) -> tuple[tuple[AreaResult, AreaResult], tuple[Side, Converted] | None]:
    """Return the results of a run and what it is compared with on its areas, and which was carried there, if any."""
    results: list[AreaResult] = []
    carried = None
    for side in both:
        if side.areas == vintage:
            results.append(index_of(city, side.method, side.year, side.areas))
            continue
        carried = side, converted(city, side.key.removeprefix("run."), vintage)
        results.append(carried[1].result)
    return (results[0], results[1]), carried


def moved_areas(
    city: City, both: tuple[Side, Side], vintage: str, lang: Lang
) -> tuple[tuple[AreaResult, AreaResult], tuple[AreaMove, ...], str]:
    """Return the two results, a row for each area, and in words what was carried from other areas."""
    results, carried = side_results(city, both, vintage)
    rows = moves_of(*results, city.area_layers[vintage].frame["name"].astype(str).to_dict(), lang)
    if carried is None:
        return results, rows, ""
    side, found = carried
    columns = ("official", "exact", "spread", "unsure")
    noted = pd.DataFrame({name: getattr(found, name) for name in columns})
    noted["classed"] = found.result.label.notna()
    notes = carried_notes(noted, lang)
    said = [carried_in_words(side.title.to(lang), noted, lang)]
    said += [text.to(lang) for text in found.warnings]
    return results, tuple(replace(row, note=notes.get(row.area, "")) for row in rows), " ".join(said)


@lru_cache(maxsize=16)
def trial_ground(city: City, run: str) -> Ground:
    """Return what trials of a run's profile start from."""
    declared = city.run(run)
    return ground_of(city, method=declared.method, year=declared.year, areas=declared.vintage)


@lru_cache(maxsize=32)
def trial_of(ground: Ground, instead: tuple[tuple[str, float], ...]) -> AreaResult:
    """Return the result with other weights and limits."""
    return tried_on(ground, dict(instead))
