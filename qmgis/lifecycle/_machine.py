"""Which event may happen to a programme area in which phase, and what it is then: a pure state machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from qmgis.model import EVENT_TYPES, PHASES, Event, EventType, Phase

__all__ = ["ALLOWED", "FUNDED", "Course", "Fault", "Standing", "Step", "walk"]

_BEFORE, FUNDED, _AFTER = frozenset(PHASES[:5]), frozenset(PHASES[5:9]), frozenset(PHASES[9:])
_IN_STUDY = frozenset(PHASES[2:5])
# The phases in which each event is allowed (docs/programme.md has them as a table).
ALLOWED: Mapping[EventType, frozenset[Phase]] = MappingProxyType({
    "propose": frozenset(PHASES[:4]),
    "study_start": frozenset(PHASES[:4]),
    "designate": _BEFORE,
    "reentry": _AFTER,
    "rename": _IN_STUDY | FUNDED,
    "concept_adopt": _IN_STUDY | FUNDED,
    "concept_update": _IN_STUDY | FUNDED,
    "transition_start": FUNDED - {"P8"},
    "final_balance": frozenset(PHASES[7:]),
    "end": _IN_STUDY | FUNDED,
    **dict.fromkeys(("merge", "split", "extend", "reduce", "prolong", "office_open", "interim_balance"), FUNDED),
})  # fmt: skip
_LEADS_TO: Mapping[EventType, Phase] = MappingProxyType({
    "propose": "P2", "study_start": "P4", "designate": "P5", "reentry": "P5", "transition_start": "P8", "end": "P9",
})  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What a programme area is at a time: its phase, and the days that count.

    ``begun``: since when its term counts; ``until``: the end that is agreed; ``ended``: since when it is over.
    ``seen``: whether its office is open and a concept adopted. ``inherited``: whether it goes on in the term of an area
    that it came from.
    """

    phase: Phase = "P0"
    begun: date | None = None
    until: date | None = None
    ended: date | None = None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    seen: frozenset[EventType] = frozenset()
    inherited: bool = False


@dataclass(frozen=True)
class Step:
    """One event of one area, and how the area stands after it.

    The areas that a merger or split leads to take a step with the event of the area that they come from.
    """

    programme_area: str
    event: Event
    standing: Standing


@dataclass(frozen=True)
class Fault:
    """An event that cannot have been: ``kind`` names the reason, ``phase`` that of the area, ``day`` what stands in
    its way, ``other`` another area.
    """  # noqa: D205

    kind: str
    event: Event
    phase: Phase = "P0"
    day: date | None = None
    other: str = ""


@dataclass(frozen=True)
class Course:
    """Every step in the order of time, and the events that are none because they cannot have been."""

    steps: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()


def walk(events: Iterable[Event]) -> Course:
    """Return how the areas stand after each event, and every event that does not fit.

    Events go by day, those of one day in the order of `EVENT_TYPES`. An event that does not fit is told and left out.

    Examples
    --------
    >>> from datetime import date
    >>> events = [Event("A", "end", date(2017, 1, 1)), Event("A", "designate", date(2005, 1, 1))]
    >>> [step.standing.phase for step in walk(events).steps]
    ['P5', 'P9']
    >>> walk([Event("A", "extend", date(2005, 1, 1))]).faults[0].kind
    'before_designation'
    """
    ordered = sorted(events, key=lambda event: (event.on, EVENT_TYPES.index(event.type)))
    standings: dict[str, Standing] = {}
    steps: list[Step] = []
    faults: list[Fault] = []
    for place, event in enumerate(ordered):
        fault = _fault(event, standings, ordered[place + 1 :])
        if fault is not None:
            faults.append(fault)
            continue
        for area, standing in _after(event, standings).items():
            standings[area] = standing
            steps.append(Step(area, event, standing))
    return Course(tuple(steps), tuple(faults))


def _fault(event: Event, standings: Mapping[str, Standing], later: Iterable[Event]) -> Fault | None:
    """Return why an event cannot be, or None."""
    own = standings.get(event.programme_area, Standing())
    if own.phase not in ALLOWED[event.type]:
        return _misplaced(event, own)
    if event.type == "end" and own.phase not in FUNDED:
        begins = [one.on for one in later if one.programme_area == event.programme_area and one.type == "designate"]
        return Fault("end_before_designation", event, own.phase, begins[0]) if begins else None
    if event.type in ("merge", "split"):
        return _misled(event, own, standings)
    if event.type == "prolong" and event.until is None:
        return Fault("without_until", event, own.phase)
    if event.type == "prolong" and own.until is not None and event.until is not None and event.until <= own.until:
        return Fault("not_longer", event, own.phase, own.until)
    return None


def _misplaced(event: Event, own: Standing) -> Fault:
    """Return the fault of an event in a phase where it is not allowed."""
    if event.type == "reentry":
        return Fault("reentry_without_end", event, own.phase)
    if own.phase in _AFTER:
        return Fault("after_end", event, own.phase, own.ended)
    if own.phase in FUNDED and event.type in ("propose", "study_start", "designate"):
        return Fault("already_designated", event, own.phase, own.begun)
    if own.phase in _BEFORE and event.type not in ("propose", "study_start"):
        return Fault("before_designation", event, own.phase)
    return Fault("out_of_order", event, own.phase)


def _misled(event: Event, own: Standing, standings: Mapping[str, Standing]) -> Fault | None:
    """Return what is wrong with the areas that a merger or split leads to."""
    others = [area for area in event.others if area != event.programme_area]
    if not others or (event.type == "merge" and len(others) < len(event.others)):
        return Fault("without_others", event, own.phase)
    for area in others:
        there = standings.get(area, Standing())
        if there.phase in _AFTER:
            return Fault("other_ended", event, own.phase, there.ended, area)
    return None


def _after(event: Event, standings: Mapping[str, Standing]) -> dict[str, Standing]:
    """Return how the areas stand that an event changes."""
    own = standings.get(event.programme_area, Standing())
    if event.type in ("merge", "split"):
        return _led(event, own, standings)
    seen = own.seen | ({event.type} & {"office_open", "concept_adopt"})
    until = event.until or own.until
    phase = _LEADS_TO.get(event.type, own.phase)
    if event.type in ("designate", "reentry"):
        kept = seen if event.type == "designate" else frozenset[EventType]()
        new = replace(own, phase=phase, begun=event.on, until=event.until, ended=None, seen=kept, inherited=False)
    elif event.type == "end":
        given_up = own.phase not in FUNDED
        new = replace(own, phase="P0" if given_up else "P9", ended=None if given_up else event.on)
    elif event.type == "interim_balance":
        new = replace(own, phase=max(own.phase, "P7", key=PHASES.index))
    elif event.type in ("office_open", "concept_adopt") and own.phase in ("P5", "P6"):
        new = replace(own, phase="P7" if len(seen) == 2 else "P6", seen=seen)
    else:
        new = replace(own, phase=phase, until=until, seen=seen)
    return {event.programme_area: new}


def _led(event: Event, own: Standing, standings: Mapping[str, Standing]) -> dict[str, Standing]:
    """Return how an area stands after a merger or split, and those it leads to: in its term if they have none."""
    others = tuple(area for area in event.others if area != event.programme_area)
    stays = len(others) < len(event.others)
    ended = replace(own, successors=own.successors + others)
    found = {event.programme_area: ended if stays else replace(ended, phase="P9", ended=event.on)}
    for area in others:
        there = standings.get(area, Standing())
        own_term = there.phase in FUNDED and not there.inherited
        come = [day for day in (there.begun, own.begun) if day]
        found[area] = replace(
            there,
            phase=there.phase if there.phase in FUNDED else "P5",
            begun=there.begun if own_term else min(come, default=None),
            until=there.until or own.until,
            predecessors=(*there.predecessors, event.programme_area),
            inherited=not own_term,
        )
    return found
