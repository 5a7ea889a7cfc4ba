"""Results of runs, computed once and kept as long as their city is open."""

from __future__ import annotations

import logging
from threading import Lock
from weakref import WeakKeyDictionary

from qmgis.errors import QmgisError
from qmgis.model import City, Outcome
from qmgis.runs.compute import compute

__all__ = ["is_ready", "outcome_of", "outcomes_of"]

_log = logging.getLogger(__name__)
_one_at_a_time = Lock()
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
