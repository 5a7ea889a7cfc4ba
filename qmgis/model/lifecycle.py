"""The life of a programme area: the events in it, its phases, and the deadlines that count from an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from qmgis.errors import DataError
from qmgis.model.text import Text

Phase = Literal["P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10"]
PHASES: tuple[Phase, ...] = get_args(Phase)
EventType = Literal[
    "propose", "study_start", "designate", "reentry", "merge", "split", "extend", "reduce", "rename", "prolong",
    "office_open", "concept_adopt", "concept_update", "interim_balance", "transition_start", "final_balance", "end",
]  # fmt: skip
# In the order in which events of one day are told.
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

__all__ = ["EVENT_TYPES", "PHASES", "Deadline", "Event", "EventType", "Phase"]


@dataclass(frozen=True)
class Event:
    """One event in the life of a programme area, on a day.

    ``until``: the day on which funding is to end, as agreed by this event (designate, reentry, prolong). ``others``:
    where a merge leads, or what a split leaves: ids of programme areas. ``row``: where it stands in its file; None for
    what follows from the outlines' own dates.
    """

    programme_area: str
    type: EventType
    on: date
    until: date | None = None
    others: tuple[str, ...] = ()
    body: str = ""
    document: str = ""
    legal_basis: str = ""
    comment: str = ""
    row: int | None = None

    def __post_init__(self) -> None:
        if self.type not in EVENT_TYPES:
            raise DataError(
                f'"{self.type}" is no event of a programme area; events are {", ".join(EVENT_TYPES)}.',
                de=f'"{self.type}" ist kein Ereignis eines Fördergebiets; Ereignisse sind {", ".join(EVENT_TYPES)}.',
            )
        if self.until is not None and self.until <= self.on:
            raise DataError(
                f'An event of "{self.programme_area}" on {self.on} ends on {self.until}; name a later day.',
                de=f'Ein Ereignis von "{self.programme_area}" am {self.on} endet am {self.until}; einen späteren Tag '
                "angeben.",
            )


@dataclass(frozen=True)
class Deadline:
    """A rule that something ends so long after an event, unless another event comes first.

    Counted from the last of the events ``since``, ``years`` and ``months`` long; met by an event of ``met_by``.
    ``warn_months``: how long before it is near. ``programmes``: names it holds for; all without. In force from
    ``valid_from`` until before ``valid_to``.
    """

    key: str
    title: Text
    since: tuple[EventType, ...]
    met_by: tuple[EventType, ...]
    years: int = 0
    months: int = 0
    warn_months: int = 24
    programmes: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    content: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force on a day.

        Examples
        --------
        >>> rule = Deadline("x", Text("", ""), ("designate",), ("end",), 15, valid_from=date(2022, 1, 1))
        >>> rule.holds_on(date(2021, 12, 31)), rule.holds_on(date(2022, 1, 1))
        (False, True)
        """
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)
