"""The life of a programme area: the events in it, its phases, deadlines that count from them, and legal bases."""

from __future__ import annotations

import re
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

__all__ = ["EVENT_TYPES", "PHASES", "Deadline", "Event", "EventType", "LegalRule", "Phase", "allows", "sections"]


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


@dataclass(frozen=True)
class LegalRule:
    """On which legal bases a programme may be carried out: sections of the building code such as ``171e(3)``.

    ``programmes``: names that it holds for. ``bases`` for the designation, ``study`` for a study before it. In force
    from ``valid_from`` until before ``valid_to``.
    """

    key: str
    title: Text
    programmes: tuple[str, ...]
    bases: tuple[str, ...]
    study: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


def sections(text: str) -> list[tuple[str, str]]:
    """Return the sections of the building code that a text names, each with its paragraph, or an empty one.

    Examples
    --------
    >>> sections("§ 171 e Abs. 3 BauGB"), sections("BauGB 171e(3)"), sections("Ratsbeschluss 2017/014")
    ([('171e', '3')], [('171e', '3')], [])
    """
    found = re.findall(r"(?<![\d/])(1[3-7]\d)\s?([a-h]?)(?![\w/])\s*(?:\((\d)\)|Abs(?:atz|\.)?\s*(\d))?", text)
    return [(number + letter, first or second) for number, letter, first, second in found]


def allows(bases: tuple[str, ...], text: str) -> bool:
    """Tell whether every section that a text names is among the bases; a paragraph that one side leaves out fits.

    Examples
    --------
    >>> allows(("171e(3)", "142"), "BauGB 171e"), allows(("171e(3)",), "§ 171e (4)"), allows(("142",), "§ 165")
    (True, False, False)
    """
    known = [pair for one in bases for pair in sections(one)]
    return all(
        any(section == own and (not part or not paragraph or part == paragraph) for own, part in known)
        for section, paragraph in sections(text)
    )
