"""Results of runs, computed once and kept while the dashboard runs."""

from __future__ import annotations

import logging
from functools import lru_cache
from threading import Lock
from weakref import WeakSet

from qmgis.errors import QmgisError
from qmgis.model import City, Outcome
from qmgis.runs.compute import compute

__all__ = ["is_ready", "outcome_of", "outcomes_of"]

_log = logging.getLogger(__name__)
_one_at_a_time = Lock()
_ready: WeakSet[City] = WeakSet()


def outcome_of(city: City, run: str) -> Outcome:
    """Return everything that a run gives; computed at most once for each run of an opened city."""
    with _one_at_a_time:
        outcome = _outcome(city, run)
    _ready.add(city)
    return outcome


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
    return city in _ready


@lru_cache(maxsize=32)
def _outcome(city: City, run: str) -> Outcome:
    return compute(city, run)
