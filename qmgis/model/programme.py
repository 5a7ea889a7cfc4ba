"""Areas of a programme of urban development: what they are called, and from when to when they are funded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from qmgis.errors import DataError
from qmgis.model.layers import checked
from qmgis.model.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

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

__all__ = ["PROGRAMME_STATES", "PROGRAMME_STATUS", "ProgrammeLayer", "ProgrammeState", "ProgrammeStatus"]


@dataclass(frozen=True, eq=False)
class ProgrammeLayer:
    """Areas of a programme: outlines in metres, index ``programme_area`` (unique text ids).

    Columns: ``name`` and ``programme`` (text); ``status`` (one of `PROGRAMME_STATUS`, or None); ``phase`` (``P0`` to
    ``P10``, or None); ``valid_from`` and ``valid_to`` (dates, or missing), half-open: on ``valid_to`` an area is one no
    longer; ``geometry`` (polygons). An area that begins without a date has a status, one that has ended has an end.
    """

    key: str
    title: Text
    frame: gpd.GeoDataFrame
    note: Text | None = None
    licence: str = ""
    credit: str = ""

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
