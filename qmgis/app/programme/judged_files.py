"""Files of Qualität and Verstetigung: every table of the pages as CSV for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from flask import Flask, Response, abort

from qmgis.app.downloads import attachment, sentence, state_asked
from qmgis.app.programme.judged import Judged, judged_of
from qmgis.errors import QmgisError
from qmgis.model import City
from qmgis.runs.programme.files import frame_csv
from qmgis.runs.programme.quality import bars_of, portfolio_of, qualities_of, readiness_of

__all__ = ["QUALITY_FILES", "READINESS_FILES", "add_judged_files"]

QUALITY_FILES = ("conditions", "standards", "concept", "goals", "interim", "final", "extract")
READINESS_FILES = ("profile", "plan", "watch", "page", "portfolio", "bars")


def _quality(name: str) -> Callable[[Judged], pd.DataFrame]:
    return lambda asked: getattr(qualities_of(asked.city, asked.area, asked.day), name)


def _readiness(name: str) -> Callable[[Judged], pd.DataFrame]:
    return lambda asked: getattr(readiness_of(asked.city, asked.area, asked.day), name)


_MAKERS: Mapping[str, Callable[[Judged], pd.DataFrame]] = MappingProxyType({
    **{name: _quality(name) for name in QUALITY_FILES},
    **{name: _readiness(name) for name in READINESS_FILES[:4]},
    "portfolio": lambda asked: portfolio_of(asked.city, asked.day),
    "bars": lambda asked: bars_of(asked.city, asked.day),
})  # fmt: skip


def add_judged_files(server: Flask, city: City) -> None:
    """Serve ``/download/area/<kind>`` by the pages' parameters; an error is one sentence of plain text."""

    @server.get("/download/area/<kind>")
    def _judged_download(kind: str) -> Response:
        if kind not in _MAKERS:
            abort(404)
        state = state_asked(city, "/quality")
        try:
            asked = judged_of(city, state)
            content = frame_csv(_MAKERS[kind](asked))
        except QmgisError as error:
            return sentence(error.say(state.lang), 400)
        whose = city.key if kind in ("portfolio", "bars") else asked.area
        return attachment(content, "text/csv; charset=utf-8", f"{whose}-{asked.day.isoformat()}-{kind}.csv")
