"""One answer about a criterion of readiness: a state with its evidence in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qmgis.model import Text, words

ReadinessState = Literal["met", "partly", "not", "unknown"]
STATES: tuple[ReadinessState, ...] = ("met", "partly", "not", "unknown")

__all__ = ["STATES", "ReadinessState", "Told", "both", "told"]


@dataclass(frozen=True)
class Told:
    """A state and what it rests on."""

    state: ReadinessState
    evidence: Text


def told(state: ReadinessState, key: str, **values: object) -> Told:
    """Return a state, its evidence from the texts of the room.

    Examples
    --------
    >>> told("unknown", "not_recorded").evidence.en
    'Nothing is recorded about this.'
    """
    return Told(state, words(f"readiness.{key}", **values))


def both(one: ReadinessState, other: ReadinessState) -> ReadinessState:
    """Return the state of a criterion that needs both: what is not met stays so, else unknown wins, else the lower.

    Examples
    --------
    >>> both("met", "partly"), both("not", "unknown"), both("met", "unknown")
    ('partly', 'not', 'unknown')
    """
    pair = {one, other}
    return next(state for state in ("not", "unknown", "partly", "met") if state in pair)
