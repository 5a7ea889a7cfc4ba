"""Events of programme areas: a table or a layer beside the outlines, one row an event."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from qmgis.errors import did_you_mean
from qmgis.io.cells.ids import with_more
from qmgis.io.cells.meaning import day_of, lowered, meant, texts, unknown_words
from qmgis.io.cells.reading import Level, Reader, column_of, missing_columns, only, row_of, shown, told, unmet
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.declared.schema import Place
from qmgis.lifecycle import ALLOWED, Fault, implied, walk
from qmgis.model import EVENT_TYPES, PHASES, Event, Problem, Text, words
from qmgis.model.text import day_text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["check_events", "read_events"]

COLUMNS = {"id": "area_id", "event": "type", "date": "date", "until": "until", "others": "other_ids", "body": "body",
           "document": "document_ref", "legal_basis": "legal_basis_id", "comment": "comment"}  # fmt: skip
NEEDED = ("id", "event", "date")
SAID = {
    "vorschlag": "propose", "untersuchung": "study_start", "vorbereitende untersuchung": "study_start",
    "festlegung": "designate", "wiederaufnahme": "reentry", "zusammenlegung": "merge", "teilung": "split",
    "erweiterung": "extend", "verkleinerung": "reduce", "umbenennung": "rename", "verlängerung": "prolong",
    "büroeröffnung": "office_open", "konzept beschlossen": "concept_adopt", "konzept fortgeschrieben": "concept_update",
    "zwischenbilanz": "interim_balance", "überleitung": "transition_start", "abschlussbilanz":
    "final_balance", "ende": "end", "beendigung": "end",
}  # fmt: skip


def read_events(
    layer: LayerFile, reader: Reader, areas: Collection[str], *, outlines: str
) -> tuple[tuple[Event, ...], set[str], list[Problem]]:
    """Return the events of a layer that can be read, the areas of those that cannot, and what is wrong with them.

    ``areas`` are the ids that there are, ``outlines`` the file that they stand in.
    """
    if layer.events is None:
        return (), set(), []
    keys, file = layer.keys["events"], layer.events.path
    place = Place(layer.place.file, layer.place.text, "events", 0)
    frame, found = reader.read(layer.events, place)
    if frame is None:
        return (), set(areas), found
    named = [keys[name] for name in COLUMNS if name in keys] + [keys.get(name, COLUMNS[name]) for name in NEEDED]
    found = missing_columns(frame, [*dict.fromkeys(named), *keys.get("where", {})], file=file, place=place)
    if found:
        return (), set(areas), found
    found = unmet(frame, keys.get("where"), file=file, place=place)
    chosen = only(frame, keys.get("where"))
    columns = {name: column_of(frame, keys.get(name, given)) for name, given in COLUMNS.items()}
    text = pd.DataFrame({name: texts(chosen, columns[name]) for name in COLUMNS}, index=chosen.index)
    text = text[(text != "").any(axis=1)]
    events, faults = _events(text, keys, file=file, columns=columns)
    strange = _nobodys(text, areas, file=file, columns=columns, outlines=outlines)
    known = set(areas)
    good = tuple(one for one in events if {one.programme_area, *one.others} <= known)
    unread = set(text["id"].drop([one.row for one in good]))
    return good, unread, [*found, *faults, *strange]


def _events(
    text: pd.DataFrame, keys: Mapping[str, Any], *, file: str, columns: Mapping[str, Any]
) -> tuple[list[Event], list[Problem]]:
    """Return the events of the rows that can be read, and what is wrong with the words of the others."""
    known = {code: code for code in EVENT_TYPES} | SAID | lowered(keys.get("codes", {}))
    kinds, strange = meant(text["event"], lambda word: known[word.lower()])
    found = unknown_words(strange, known, EVENT_TYPES, key="check.bad_event", file=file, column=str(columns["event"]))
    over = kinds == "end"
    begun, lost = meant(text["date"][~over], day_of)
    ended, lost_too = meant(text["date"][over], lambda word: day_of(word, last=True))
    until, never = meant(text["until"], lambda word: day_of(word, last=True))
    days = pd.concat([begun, ended]).reindex(text.index)
    lost = pd.concat([lost, lost_too]).sort_index()
    said = (text["event"] + " " + text["id"]).str.strip()
    backward = text["until"][[_is_backward(*pair) for pair in zip(days, until, strict=True)]]
    for cells, key, column in (
        (lost, "bad_day", "date"), (never, "bad_day", "until"), (backward, "until_not_after", "until"),
        (said[text["date"] == ""], "event_without_day", "date"),
        (text["event"][(text["id"] == "") & (text["event"] != "")], "event_without_area", "id"),
    ):  # fmt: skip
        found += told(cells, "error", f"check.{key}", file=file, column=str(columns[column] or ""))
    whole = kinds.notna() & days.notna() & (text["id"] != "")
    good = whole[whole].index.difference(backward.index, sort=False)
    return [_event(text.loc[row], kinds[row], days[row], until[row], row_of(row)) for row in good], found


def _is_backward(day: date | None, until: date | None) -> bool:
    return day is not None and until is not None and until <= day


def _event(text: pd.Series, kind: Any, day: date, until: date | None, row: int | None) -> Event:
    return Event(
        text["id"], kind, day, until, _listed(text["others"]), text["body"], text["document"], text["legal_basis"],
        text["comment"], row,
    )  # fmt: skip


def _listed(cell: str) -> tuple[str, ...]:
    """Return the ids of a cell, with ``;`` or ``,`` between them.

    >>> _listed("QM-01; QM-02"), _listed("")
    (('QM-01', 'QM-02'), ())
    """
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[;,]", cell) if part.strip()))


def _nobodys(
    text: pd.DataFrame, areas: Collection[str], *, file: str, columns: Mapping[str, Any], outlines: str
) -> list[Problem]:
    """Return one problem for each id that no outline has, with the rows that have it."""
    named = [(row, area, "id") for row, area in text["id"].items() if area]
    named += [(row, area, "others") for row, cell in text["others"].items() for area in _listed(cell)]
    rows: dict[tuple[str, str], list[Any]] = {}
    for row, area, column in named:
        if area not in areas:
            rows.setdefault((area, column), []).append(row)
    found = []
    for (area, column), same in rows.items():
        what = with_more(words("check.event_of_nobody", value=shown(area)), [(row, "") for row in same])
        hint = Text(did_you_mean(area, areas, lang="de").strip(), did_you_mean(area, areas).strip())
        advice = words("check.event_of_nobody_fix", file=outlines)
        remedy = Text(f"{hint.de} {advice.de}".strip(), f"{hint.en} {advice.en}".strip())
        found.append(Problem("error", what, file=file, row=row_of(same[0]), column=str(columns[column]), remedy=remedy))
    return found


def check_events(
    layer: LayerFile, events: Collection[Event], outlines: gpd.GeoDataFrame, *, unread: Collection[str]
) -> list[Problem]:
    """Return the events that cannot have been as they are told, and where they and the outlines say different things.

    Of areas that are ``unread`` in part, only what contradicts a designation among the events is told.
    """
    if layer.events is None:
        return []
    file, keys = layer.events.path, layer.keys["events"]
    column = keys.get("date", COLUMNS["date"])
    own = implied(events, outlines["programme_area"], outlines["valid_from"], outlines["valid_to"])
    faults = walk([*events, *own]).faults
    sure = {event.programme_area for event in events if event.type == "designate"}.union(
        set(outlines["programme_area"]) - set(unread)
    )
    told = [fault for fault in faults if fault.event.row is not None and fault.event.programme_area in sure]
    wrong = {fault.event for fault in faults}
    good = [event for event in events if event not in wrong and event.programme_area not in unread]
    named = layer.ref.path if layer.ref else ""
    return [
        *(_told(fault, file=file, column=column) for fault in told),
        *_beside(good, outlines, file=file, column=column, outlines_file=named),
    ]


def _told(fault: Fault, *, file: str, column: str) -> Problem:
    event = fault.event
    allowed = ", ".join(sorted(ALLOWED[event.type], key=PHASES.index))
    values: dict[str, Any] = {
        "area": shown(event.programme_area), "event": words(f"lifecycle.event_{event.type}"), "on": day_text(event.on),
        "day": day_text(fault.day) if fault.day else Text("?", "?"), "phase": fault.phase, "other": shown(fault.other),
    }  # fmt: skip
    what, remedy = words(f"check.event_{fault.kind}", **values), words(f"check.event_{fault.kind}_fix", allowed=allowed)
    return Problem("error", what, file=file, row=event.row, column=column, remedy=remedy)


def _beside(
    events: Collection[Event], outlines: gpd.GeoDataFrame, *, file: str, column: str, outlines_file: str
) -> Iterator[Problem]:
    """Yield where events and outlines say different things: starts, ends, changes without a new outline."""
    spans = outlines.groupby("programme_area")
    firsts, lasts = spans["valid_from"].min(), spans["valid_to"].max(skipna=False)
    last = {event.programme_area: event for event in sorted(events, key=lambda one: one.on)}
    for event in events:
        area = event.programme_area
        sides = {"start": firsts[area]} if event.type == "designate" else {}
        sides |= {"end": lasts[area]} if event.type == "end" and last[area] is event else {}
        for side, day in sides.items():
            if not pd.isna(day) and day != pd.Timestamp(event.on):
                values: dict[str, Any] = {"area": shown(area), "on": day_text(event.on), "day": day_text(day.date())}
                what, remedy = words(f"check.event_outlines_{side}", **values), words("check.event_dates_fix")
                yield Problem("warning", what, file=file, row=event.row, column=column, remedy=remedy)
        starts = outlines["valid_from"][outlines["programme_area"] == area]
        if event.type in ("extend", "reduce", "reentry") and not (starts == pd.Timestamp(event.on)).any():
            values = {"area": shown(area), "on": day_text(event.on), "event": words(f"lifecycle.event_{event.type}")}
            what, remedy = (
                words("check.event_no_outline", **values),
                words("check.event_no_outline_fix", file=outlines_file),
            )
            level: Level = "error" if event.type == "reentry" else "warning"
            yield Problem(level, what, file=file, row=event.row, column=column, remedy=remedy)
