"""Outlines of one programme area at different times: rows of one id whose days do not overlap."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from qmgis.io.cells.reading import repeated, row_of, shown
from qmgis.lifecycle import implied, walk
from qmgis.model import Event, Problem, Text, words
from qmgis.model.programme import overlapping
from qmgis.model.text import day_text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["check", "closed", "numbered"]

_BEGIN = ("designate", "merge", "split")
_CHANGE = ("extend", "reduce", "merge", "split")


def closed(frame: gpd.GeoDataFrame, events: Iterable[Event]) -> gpd.GeoDataFrame:
    """Return the outlines with the starts and ends that they lack and the events tell.

    The first outline of an area starts when it is designated. An outline ends when the area does, or when an event
    that changes outlines falls on the start of the next one.
    """
    events, ids = list(events), frame["programme_area"]
    steps = walk([*events, *implied(events, ids, frame["valid_from"], frame["valid_to"])]).steps
    found = frame.copy()
    for area, rows in frame[~frame["unread"]].groupby("programme_area", sort=False):
        own = [step for step in steps if step.programme_area == area and step.event.row is not None]
        starts = [step.event.on for step in own if step.event.type in _BEGIN]
        order = rows.sort_values("valid_from", na_position="first", kind="stable").index
        if starts and pd.isna(rows.loc[order[0], "valid_from"]) and _later(rows.loc[order[0], "valid_to"], starts[0]):
            found.loc[order[0], "valid_from"] = pd.Timestamp(starts[0])
        ends = [step.standing.ended for step in own if step.standing.ended]
        ends += [step.event.on for step in own if step.event.type in _CHANGE and _starts(rows, step.event.on)]
        for row in order:
            begun = found.loc[row, "valid_from"]
            after = sorted(day for day in ends if pd.isna(begun) or pd.Timestamp(day) > begun)
            if pd.isna(found.loc[row, "valid_to"]) and after:
                found.loc[row, "valid_to"] = pd.Timestamp(after[0])
    return found


def _later(end: Any, start: date) -> bool:
    return bool(pd.isna(end) or end > pd.Timestamp(start))


def _starts(rows: pd.DataFrame, day: date) -> bool:
    return bool((rows["valid_from"] == pd.Timestamp(day)).any())


def check(frame: gpd.GeoDataFrame, *, file: str, columns: Mapping[str, Any]) -> list[Problem]:
    """Return ids that stand twice without being outlines of different times, and outlines that overlap in time."""
    ids, begun, ended = frame["programme_area"], frame["valid_from"], frame["valid_to"]
    undated = begun.isna() & ended.isna()
    same = ids[ids.isin(ids[undated & ids.duplicated(keep=False)])]
    found = repeated(same, "check.fix_duplicate_programme", file=file, column=str(columns["id"]))
    sure = frame[~ids.isin(same) & ~frame["unread"]]
    pairs = overlapping(sure["programme_area"], sure["valid_from"], sure["valid_to"])
    return found + [_overlap(sure, pair, file=file, column=str(columns["end"] or columns["start"])) for pair in pairs]


def _overlap(frame: gpd.GeoDataFrame, pair: tuple[Hashable, Hashable], *, file: str, column: str) -> Problem:
    first, second = pair
    end, start = frame["valid_to"][first], frame["valid_from"][second]
    begun = Text("?", "?") if pd.isna(start) else day_text(start.date())
    until = words("check.version_goes_on") if pd.isna(end) else words("check.version_until", day=day_text(end.date()))
    area = shown(str(frame["programme_area"][first]))
    what = words("check.versions_overlap", area=area, first=first, second=second, until=until, begun=begun)
    remedy = words("check.versions_overlap_fix", first=first, second=second, begun=begun)
    return Problem("error", what, file=file, row=row_of(second), column=column, remedy=remedy)


def numbered(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame of the noun: its index is the id, with ``:`` and a number where an area has several outlines.

    Examples
    --------
    >>> frame = pd.DataFrame({"programme_area": ["A", "B", "A"], "valid_from": pd.to_datetime(["2020", None, "2010"])})
    >>> numbered(frame.assign(**dict.fromkeys(["name", "programme", "status", "phase", "valid_to", "geometry"], ""),
    ...     legal_basis="")).index.tolist()
    ['A:2', 'B', 'A:1']
    """
    ids = frame["programme_area"].astype(str)
    many = ids.duplicated(keep=False)
    number = frame["valid_from"].groupby(ids).rank(method="first", na_option="top").astype(int).astype(str)
    mark = next(sign for sign in (":", "#", "@", "::") if not ids.str.contains(sign, regex=False).any() or sign == "::")
    index = pd.Index(ids.where(~many, ids + mark + number), name="programme_area", dtype="str")
    columns = ["name", "programme", "status", "phase", "valid_from", "valid_to", "geometry"]
    columns += ["area"] if many.any() else []
    columns += ["legal_basis"] if (frame["legal_basis"] != "").any() else []
    return frame.assign(area=ids).set_index(index)[columns]
