"""The record of one programme area: its events up to a day, how it stands, its deadlines, its rows of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from qmgis.lifecycle._deadlines import deadlines
from qmgis.lifecycle._history import history, named, standings_on
from qmgis.lifecycle._machine import FUNDED, Standing
from qmgis.model import Deadline, ProgrammeLayer
from qmgis.model.record import AreaRecord, register_tables

__all__ = ["phases_on", "record_of"]

# Columns that date a row: rows that begin after the day do not enter.
_SINCE = {"concepts": "adopted_on", "organisations": "since"}


def record_of(
    layer: ProgrammeLayer, area: str, on: date, *, tables: Mapping[str, pd.DataFrame] | None = None,
    rules: Iterable[Deadline] = (),
) -> AreaRecord:  # fmt: skip
    """Return what events and register say of one programme area on a day.

    Parameters
    ----------
    layer
        Programme areas with their events.
    area
        The id of one of them.
    on
        The day; later events, concepts and organisations do not enter.
    tables
        The register's tables by name, of all areas.
    rules
        Deadlines (`qmgis.io.rules.deadlines`).

    Raises
    ------
    UnknownKeyError
        If the layer has no such area.

    Examples
    --------
    >>> found = record_of(toy_programme(), "QM-02", date(2024, 12, 31))
    >>> found.phase, found.begun, found.ended, found.outlined
    ('P9', datetime.date(2005, 1, 1), datetime.date(2017, 12, 31), True)
    """
    events = history(layer, area)
    events = events[events["date"] <= pd.Timestamp(on)].reset_index(drop=True)
    standing = standings_on(layer, on).get(area, Standing())
    rows = layer.frame[layer.area_ids == area]
    outlined = bool((rows["valid_from"].isna() | (rows["valid_from"] <= pd.Timestamp(on))).any())
    due = deadlines(layer, on, rules=rules)
    given = tables or {}
    own = register_tables(given, area)
    for name, column in _SINCE.items():
        own[name] = own[name][~(own[name][column] > pd.Timestamp(on))].reset_index(drop=True)
    names = register_tables(given)["organisations"].dropna(subset=["organisation", "name"])
    last = rows.sort_values("valid_from", na_position="first", kind="stable").iloc[-1]
    status: Any = last["status"]
    return AreaRecord(
        area, str(named(layer)[area]), on, str(last["programme"]), None if pd.isna(status) else status,
        events, outlined, phases_on(layer, on).get(area, standing.phase), standing.begun, standing.until,
        standing.ended,
        due[due["programme_area"] == area].reset_index(drop=True), own,
        frozenset(name for name, frame in given.items() if len(frame)),
        organisations=dict(zip(names["organisation"], names["name"], strict=True)),
    )  # fmt: skip


def phases_on(layer: ProgrammeLayer, on: date) -> dict[str, str]:
    """Return the phase of each area on a day: by its events, else as the layer says.

    Examples
    --------
    >>> phases_on(toy_programme(), date(2024, 12, 31))
    {'QM-01': 'P7', 'QM-02': 'P9', 'QM-03': 'P4'}
    """
    standings = standings_on(layer, on)
    said = {event.programme_area for event in layer.events if event.on <= on}
    given = layer.frame["phase"].groupby(layer.area_ids).last()
    found: dict[str, str] = {}
    for area in sorted(set(layer.area_ids)):
        own, standing = given.get(area), standings.get(area)
        if standing is None:
            undated = layer.frame.loc[layer.area_ids == area, "valid_from"].isna().all()
            found |= {area: str(own)} if undated and own is not None and own == own else {}
        elif own in FUNDED and standing.phase in FUNDED and area not in said:
            found[area] = str(own)
        else:
            found[area] = standing.phase
    return found
