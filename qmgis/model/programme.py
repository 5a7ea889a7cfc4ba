"""Areas of a programme of urban development: what they are called, and from when to when they are funded."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from qmgis.errors import DataError
from qmgis.model.layers import checked
from qmgis.model.lifecycle import Deadline, Event
from qmgis.model.text import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

ProgrammeStatus = Literal["waiting", "running", "suspended", "ended", "settled"]
ProgrammeState = Literal["current", "former", "planned", "none"]
# What a status says of the time where no date does (docs/programme.md).
PROGRAMME_STATUS: Mapping[ProgrammeStatus, ProgrammeState] = {
    "waiting": "planned",
    "running": "current",
    "suspended": "current",
    "ended": "former",
    "settled": "former",
}
# In the order of their weight: what is, before what was, before what may come.
PROGRAMME_STATES: tuple[ProgrammeState, ...] = get_args(ProgrammeState)
COLUMNS = ("name", "programme", "status", "phase", "valid_from", "valid_to", "geometry")

__all__ = ["PROGRAMME_STATES", "PROGRAMME_STATUS", "ProgrammeLayer", "ProgrammeState", "ProgrammeStatus", "overlapping"]


@dataclass(frozen=True, eq=False)
class ProgrammeLayer:
    """Areas of a programme: outlines in metres, index ``programme_area`` (unique text ids).

    Columns: ``name`` and ``programme`` (text); ``status`` (one of `PROGRAMME_STATUS`, or None); ``phase`` (``P0`` to
    ``P10``, or None); ``valid_from`` and ``valid_to`` (dates, or missing), half-open: on ``valid_to`` an area is one no
    longer; ``geometry`` (polygons). An area that begins without a date has a status, one that has ended has an end.
    A row is one outline. Where outlines changed, ``area`` (text) is the id that the rows of one area share, and no two
    of them hold on one day. ``legal_basis`` may be there. ``events``: what happened in their lives, in any order.
    ``deadlines``: the rules by which files tell their next deadline.
    """

    key: str
    title: Text
    frame: gpd.GeoDataFrame
    note: Text | None = None
    licence: str = ""
    credit: str = ""
    events: tuple[Event, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @property
    def area_ids(self) -> pd.Series[str]:
        """The id of the area of each row: ``area``, or the index where every area has one outline."""
        own: pd.Series[str] = self.frame["area"] if "area" in self.frame else self.frame.index.to_series()
        return own.rename("area")

    def __post_init__(self) -> None:
        checked(self.frame, key=self.key, index="programme_area", columns=COLUMNS)
        frame, status = self.frame, self.frame["status"]
        begun, ended = frame["valid_from"], frame["valid_to"]
        over = status.map(lambda code: PROGRAMME_STATUS.get(code) == "former").astype(bool)
        faulty = (
            (status.notna() & ~status.isin(list(PROGRAMME_STATUS)))
            | (ended <= begun)
            | (begun.isna() & status.isna())
            | (over & ended.isna())
            | ~frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
            | frame.geometry.is_empty
        )
        if faulty.any():
            area = frame.index[faulty][0]
            raise DataError(
                f'Programme area "{area}" is not well formed: it has an outline, a known status or a start, an end if '
                "it has ended, and ends after it starts.",
                de=f'Fördergebiet "{area}" ist fehlerhaft: Es hat einen Umriss, einen bekannten Stand oder ein '
                "Startdatum, ein Ende, wenn es beendet ist, und endet nach seinem Start.",
            )
        twice = overlapping(self.area_ids, begun, ended)
        if twice:
            one = dict(self.area_ids)[twice[0][0]]
            raise DataError(
                f'Two outlines of programme area "{one}" hold on the same day; end the older one when the '
                "newer begins.",
                de=f'Zwei Umrisse des Fördergebiets "{one}" gelten am selben Tag; den älteren beenden, wenn der neuere '
                "beginnt.",
            )


def overlapping(areas: pd.Series, begun: pd.Series, ended: pd.Series) -> list[tuple[Hashable, Hashable]]:
    """Return the pairs of rows of one area that hold on the same day, the earlier one first.

    Parameters
    ----------
    areas
        Ids, with the same index as ``begun`` and ``ended`` (half-open; missing is without limit).

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2010-01-01", "2015-01-01", None]))
    >>> overlapping(pd.Series(["A", "A"]), days[:2], days[1:].set_axis([0, 1]))
    []
    >>> overlapping(pd.Series(["A", "A"]), days[:2], days[[2, 2]].set_axis([0, 1]))
    [(0, 1)]
    """
    found: list[tuple[Hashable, Hashable]] = []
    for _, rows in areas[areas.duplicated(keep=False)].groupby(areas, sort=False):
        order = begun.loc[rows.index].sort_values(na_position="first", kind="stable").index
        for first, second in pairwise(order):
            if not ended[first] <= begun[second]:
                found.append((first, second))
    return found
