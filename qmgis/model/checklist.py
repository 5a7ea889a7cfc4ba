"""A dated, versioned list of things to look at in a programme area: standards, conditions, criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from qmgis.errors import DataError
from qmgis.model.text import Text

Way = Literal["auto", "judged", "both", "info"]
WAYS: tuple[Way, ...] = get_args(Way)
Group = Literal["", "position", "places", "heads", "structures"]
GROUPS: tuple[Group, ...] = get_args(Group)
# Of a self-assessment: not, begun, largely, fulfilled; not applicable; nobody has said.
LEVELS = ("0", "1", "2", "3", "na", "unknown")

__all__ = ["GROUPS", "LEVELS", "WAYS", "CheckItem", "Checklist", "Group", "WatchRule", "Way"]


@dataclass(frozen=True)
class CheckItem:
    """One line of a checklist.

    ``way``: ``auto`` (computed from the data), ``judged`` (by people), ``both`` (one does not do without the other),
    ``info`` (told, never judged). ``evidence``: what could show it. ``source``: where it stands. ``decides``: whether
    it counts for what the whole list says (readiness only).
    """

    key: str
    text: Text
    way: Way
    evidence: Text = field(default_factory=lambda: Text("", ""))
    source: str = ""
    group: Group = ""
    decides: bool = True

    def __post_init__(self) -> None:
        if self.way not in WAYS or self.group not in GROUPS:
            raise DataError(
                f'Item "{self.key}" is not well formed: ways are {", ".join(WAYS)}, '
                f"groups {', '.join(filter(None, GROUPS))}.",
                de=f'Punkt "{self.key}" ist fehlerhaft: Arten sind {", ".join(WAYS)}, '
                f"Gruppen {', '.join(filter(None, GROUPS))}.",
            )


@dataclass(frozen=True)
class WatchRule:
    """What is told of an area after its end: ``falls_by`` classes, or ``negative`` dynamics so many times in a row."""

    key: str
    title: Text
    falls_by: int | None = None
    negative: int | None = None

    def __post_init__(self) -> None:
        if (self.falls_by is None) == (self.negative is None) or min(self.falls_by or 1, self.negative or 1) < 1:
            raise DataError(
                f'Rule "{self.key}" names one of falls_by and negative, 1 or more.',
                de=f'Regel "{self.key}" nennt eines von falls_by und negative, 1 oder mehr.',
            )


@dataclass(frozen=True, eq=False)
class Checklist:
    """Items in their order, with limits of the automatic checks and, for readiness, rules of the watch afterwards.

    ``version`` is what assessments name; ``limits`` are plain values by name. ``content`` is the sha256 of the file.
    """

    key: str
    title: Text
    version: str
    dated: date
    source: str
    items: tuple[CheckItem, ...]
    limits: Mapping[str, Any] = field(default_factory=dict)
    watch: tuple[WatchRule, ...] = ()
    note: Text = field(default_factory=lambda: Text("", ""))
    content: str = ""

    def __post_init__(self) -> None:
        keys = [one.key for one in self.items]
        if not keys or len(set(keys)) < len(keys):
            raise DataError(
                f'Checklist "{self.key}" has no items, or one twice.',
                de=f'Die Prüfliste "{self.key}" hat keine Punkte oder einen doppelt.',
            )
