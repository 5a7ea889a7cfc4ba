"""One answer about a criterion of readiness: a state with its evidence in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from qmgis.model import Text, words
from qmgis.model.text import day_text

ReadinessState = Literal["met", "partly", "not", "unknown"]
STATES: tuple[ReadinessState, ...] = ("met", "partly", "not", "unknown")

__all__ = ["STATES", "ReadinessState", "Told", "both", "said_day", "told"]


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


def said_day(day: Any) -> Text:
    """Return a day of a frame as people write it.

    Examples
    --------
    >>> said_day(pd.Timestamp("2024-05-01")).de
    '01.05.2024'
    """
    return day_text(day if type(day) is date else pd.Timestamp(day).date())
