"""The lives of programme areas as tidy frames: what holds on a day, what happened to one, what can be drawn."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.lifecycle._machine import FUNDED, Standing, Step, walk
from qmgis.model import EVENT_TYPES, Event, ProgrammeLayer
from qmgis.targeting import states_on

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["areas_on", "events_of", "history", "implied", "named", "standings_on", "timeline"]

_BEGIN = ("designate", "reentry")
_OVER = ("merge", "split", "end")


def events_of(layer: ProgrammeLayer) -> tuple[Event, ...]:
    """Return the events of a layer, and those that the dates of its outlines tell: a first start, a last end.

    An area that has an event of its own for its beginning, or its end, gets none of its outlines; neither does one
    that came from another by a merger or split.

    Examples
    --------
    >>> [(event.type, event.on.isoformat()) for event in events_of(toy_programme()) if event.programme_area == "QM-02"]
    [('designate', '2005-01-01'), ('end', '2017-12-31')]
    """
    frame = layer.frame
    return (*layer.events, *implied(layer.events, layer.area_ids, frame["valid_from"], frame["valid_to"]))


def implied(events: Collection[Event], areas: pd.Series, begun: pd.Series, ended: pd.Series) -> list[Event]:
    """Return the events that follow from the dates of outlines; ``areas`` are their ids, with the same index.

    Where a time lies between two outlines of an area, it ended and came back.
    """
    come: dict[str, date] = {}
    for event in sorted(events, key=lambda one: one.on, reverse=True):
        come |= dict.fromkeys(event.others, event.on)
    found: list[Event] = []
    for area, rows in areas.groupby(areas, sort=False):
        order = begun[rows.index].sort_values(na_position="first", kind="stable").index
        spans = [(begun[row], ended[row]) for row in order]
        own = sorted(
            (event for event in events if event.programme_area == area and event.type in (*_BEGIN, *_OVER)),
            key=lambda event: (event.on, EVENT_TYPES.index(event.type)),
        )
        first = spans[0][0]
        new = area in come and not first < pd.Timestamp(come[area])
        starts = not (new or pd.isna(first) or any(event.type == "designate" for event in own))
        if starts:
            found.append(Event(str(area), "designate", first.date()))
        for (_, end), (start, _) in pairwise(spans):
            if end < start:
                found += _between(str(area), own, end.date(), start.date())
        over = bool(own) and own[-1].type in _OVER and str(area) not in own[-1].others
        if not over and not pd.isna(spans[-1][1]) and (starts or own or area in come):
            found.append(Event(str(area), "end", spans[-1][1].date()))
    return found


def _between(area: str, own: Collection[Event], end: date, start: date) -> list[Event]:
    """Return the end and the re-entry around a time without an outline, as far as they are not among its events."""
    there = {event.type for event in own if end <= event.on <= start}
    found = [] if there & set(_OVER) else [Event(area, "end", end)]
    return found if "reentry" in there else [*found, Event(area, "reentry", start)]


def standings_on(layer: ProgrammeLayer, day: date) -> dict[str, Standing]:
    """Return how every area with an event up to a day stands on it, by id.

    Examples
    --------
    >>> standings_on(toy_programme(), date(2024, 12, 31))["QM-02"].ended
    datetime.date(2017, 12, 31)
    """
    return {step.programme_area: step.standing for step in walk(events_of(layer)).steps if step.event.on <= day}


def areas_on(layer: ProgrammeLayer, day: date) -> gpd.GeoDataFrame:
    """Return the areas that are programme areas on a day, with the outline of that day.

    Parameters
    ----------
    layer
        Programme areas; those of several outlines in several rows.
    day
        From ``valid_from`` on, until before ``valid_to``.

    Returns
    -------
    gpd.GeoDataFrame
        Index ``programme_area`` (ids of areas, unique). ``name``, ``programme``, ``legal_basis`` (texts); ``phase``: by
        the events of that area up to the day, else as the layer says (P5 to P8; missing where neither knows);
        ``begun``: since when its term counts; ``until``: the end that is agreed; ``version``: the number of the
        outline, from 1; ``valid_from``, ``valid_to`` of the outline; ``predecessors``, ``successors`` (ids, with
        ``; `` between); ``geometry``.

    Examples
    --------
    >>> areas_on(toy_programme(), date(2024, 12, 31))[["name", "phase", "version"]].to_dict("index")
    {'QM-01': {'name': 'Quartier Ost', 'phase': 'P7', 'version': 1}}
    >>> len(areas_on(toy_programme(), date(2017, 12, 31)))
    0
    """
    frame, areas = layer.frame, layer.area_ids
    order = frame["valid_from"].groupby(areas).rank(method="first", na_option="top").astype(int)
    chosen = frame.assign(version=order)[states_on(layer, day) == "current"]
    ids = areas.loc[chosen.index]
    standing = standings_on(layer, day)
    stand = [standing.get(area, Standing()) for area in ids]
    told = {event.programme_area for event in layer.events if event.on <= day}
    basis = _bases(layer, day)
    given = chosen["legal_basis"] if "legal_basis" in chosen else pd.Series("", index=chosen.index)
    phases = [
        given_phase if given_phase in FUNDED and area not in told else one.phase if one.phase in FUNDED else None
        for one, area, given_phase in zip(stand, ids, chosen["phase"], strict=True)
    ]
    found = chosen[["name", "programme"]].assign(
        legal_basis=[basis.get(area) or text for area, text in zip(ids, given, strict=True)],
        phase=pd.Series(phases, index=chosen.index, dtype=object),
        begun=_days(chosen, [one.begun for one in stand]),
        until=_days(chosen, [one.until for one in stand]),
        version=chosen["version"],
        valid_from=chosen["valid_from"],
        valid_to=chosen["valid_to"],
        predecessors=["; ".join(one.predecessors) for one in stand],
        successors=["; ".join(one.successors) for one in stand],
        geometry=chosen.geometry,
    )
    return found.set_index(pd.Index(ids, name="programme_area", dtype="str")).sort_index()


def _bases(layer: ProgrammeLayer, day: date) -> dict[str, str]:
    """Return the legal basis that the last event up to a day says, by area."""
    said = sorted((event for event in layer.events if event.legal_basis and event.on <= day), key=lambda one: one.on)
    return {event.programme_area: event.legal_basis for event in said}


def _days(frame: pd.DataFrame, days: list[date | None]) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(days, index=frame.index, dtype=object))).astype("datetime64[s]")


def named(layer: ProgrammeLayer) -> pd.Series:
    """Return the newest name of each area, by id.

    Examples
    --------
    >>> named(toy_programme())["QM-01"]
    'Quartier Ost'
    """
    ordered = layer.frame.sort_values("valid_from", na_position="first", kind="stable")
    names: pd.Series = ordered["name"].groupby(layer.area_ids.loc[ordered.index]).last()
    return names


def history(layer: ProgrammeLayer, area: str) -> pd.DataFrame:
    """Return everything that happened to one area, in the order of time.

    Returns
    -------
    pd.DataFrame
        One row an event: ``date``, ``event``, ``of`` (the area that it is an event of: another one where this one came
        from it), ``phase`` after it, ``until``, ``others`` (ids, with ``; ``), ``legal_basis``, ``body``, ``document``,
        ``comment``, ``known`` (False for what only the outlines' dates tell).

    Raises
    ------
    UnknownKeyError
        If the layer has no such area.

    Examples
    --------
    >>> history(toy_programme(), "QM-02")[["event", "phase"]].to_numpy().tolist()
    [['designate', 'P5'], ['end', 'P9']]
    """
    known = set(layer.area_ids)
    if area not in known:
        raise UnknownKeyError(
            f'There is no programme area "{area}".{did_you_mean(area, known)}',
            de=f'Es gibt kein Fördergebiet "{area}".{did_you_mean(area, known, lang="de")}',
        )
    steps = [step for step in walk(events_of(layer)).steps if step.programme_area == area]
    columns = ["date", "event", "of", "phase", "until", "others", "legal_basis", "body", "document", "comment", "known"]
    found = pd.DataFrame([_told(step) for step in steps], columns=columns)
    for name in ("date", "until"):
        found[name] = pd.to_datetime(found[name].astype(object)).astype("datetime64[s]")
    return found


def _told(step: Step) -> list[object]:
    event = step.event
    return [event.on, event.type, event.programme_area, step.standing.phase, event.until, "; ".join(event.others),
            event.legal_basis, event.body, event.document, event.comment, event.row is not None]  # fmt: skip


def timeline(layer: ProgrammeLayer) -> pd.DataFrame:
    """Return what a time line draws: one row a span of an outline or a phase, and one an event.

    Returns
    -------
    pd.DataFrame
        ``programme_area``, ``name``, ``programme``; ``kind``: ``outline``, ``phase`` or ``event``; ``what``: the number
        of the outline, the phase, the type of the event; ``start``, ``end``: half-open, missing where nothing is known
        or it goes on; an event starts and ends on its day. In the order of ids, kinds, days.

    Examples
    --------
    >>> timeline(toy_programme()).query("programme_area == 'QM-02'")[["kind", "what"]].to_numpy().tolist()
    [['outline', '1'], ['phase', 'P5'], ['phase', 'P9'], ['event', 'designate'], ['event', 'end']]
    """
    rows: list[tuple[object, ...]] = []
    steps = walk(events_of(layer)).steps
    programmes = layer.frame["programme"].groupby(layer.area_ids).last()
    names = named(layer)
    for area, outlines in sorted(layer.frame.groupby(layer.area_ids), key=lambda pair: str(pair[0])):
        head = (area, names[area], programmes[area])
        ordered = outlines.sort_values("valid_from", na_position="first", kind="stable")
        for number, (begun, ended) in enumerate(zip(ordered["valid_from"], ordered["valid_to"], strict=True), 1):
            rows.append((*head, "outline", str(number), begun, ended))
        own = [step for step in steps if step.programme_area == area]
        rows += [(*head, "phase", *span) for span in _spans(own)]
        rows += [(*head, "event", step.event.type, step.event.on, step.event.on) for step in own]
    columns = ["programme_area", "name", "programme", "kind", "what", "start", "end"]
    found = pd.DataFrame(rows, columns=columns)
    for name in ("start", "end"):
        found[name] = pd.to_datetime(found[name].astype(object)).astype("datetime64[s]")
    return found


def _spans(steps: list[Step]) -> list[tuple[str, date, date | None]]:
    """Return the phases of one area, each from its first day to that of the next."""
    turns = [
        step for place, step in enumerate(steps) if not place or steps[place - 1].standing.phase != step.standing.phase
    ]
    ends = [*(step.event.on for step in turns[1:]), None]
    spans = [(str(step.standing.phase), step.event.on, end) for step, end in zip(turns, ends, strict=bool(turns))]
    return [span for span in spans if span[1] != span[2]]
