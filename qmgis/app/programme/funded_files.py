"""Files of Fördergebiete: the areas of a day with outlines, events, deadlines and key figures as tables."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort

from qmgis.app.address import format_address
from qmgis.app.downloads import attachment, sentence, state_asked
from qmgis.app.frame import panel
from qmgis.app.programme.funded import Funded, cells, due_columns, event_columns, figure_rows, funded_of, valid_columns
from qmgis.errors import QmgisError
from qmgis.i18n import say
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.io.written.options import options_gpkg
from qmgis.io.written.streetlist import street_csv
from qmgis.model import City, Column, words

__all__ = ["add_funded_files", "funded_files"]

File = tuple[str, bytes]
CSV = "text/csv; charset=utf-8"


def funded_files(plan: Funded) -> list[Component]:
    """Return a link to every file of what the page shows."""
    query = format_address(plan.state).partition("?")[2]
    items = [
        html.Li(html.A(say(f"funded.file_{kind}", plan.lang), href=f"/download/programme/{kind}?{query}", download=""))
        for kind in _MAKERS
        if kind != "streets" or _has_streets(plan.city)
    ]
    return [panel(say("app.downloads", plan.lang), html.Ul(items, className="downloads"))]


def add_funded_files(server: Flask, city: City) -> None:
    """Serve ``/download/programme/<kind>`` by the page's parameters; an error is one sentence of plain text."""

    @server.get("/download/programme/<kind>")
    def _funded_download(kind: str) -> Response:
        if kind not in _MAKERS:
            abort(404)
        state = state_asked(city, "/programme")
        try:
            plan = funded_of(city, state)
            media, content = _MAKERS[kind](plan)
        except QmgisError as error:
            return sentence(error.say(state.lang), 400)
        ending = "gpkg" if kind == "gpkg" else "csv"
        name = f"{city.key}-{plan.day.isoformat()}-{say(f'funded.name_{kind}', plan.lang)}.{ending}"
        return attachment(content, media, name)


def _csv(heads: list[str], rows: list[list[str]], lang: str) -> File:
    told = [[guarded(clean(cell)) for cell in row] for row in ([heads, *rows])]
    text = csv_text(told, delimiter=";" if lang == "de" else ",", newline="\r\n")
    return CSV, text.encode("utf-8-sig")


def _table(frame: pd.DataFrame, columns: list[Column], plan: Funded) -> File:
    rows = [["" if cell == "–" else cell for cell in row] for row in cells(frame, columns, plan.lang)]
    return _csv([one.title.to(plan.lang) for one in columns], rows, plan.lang)


def _areas(plan: Funded) -> File:
    return _table(plan.valid.reset_index(), valid_columns(), plan)


def _events(plan: Funded) -> File:
    return _table(plan.events, event_columns(), plan)


def _due(plan: Funded) -> File:
    return _table(plan.due, due_columns(), plan)


def _figures(plan: Funded) -> File:
    heads = [say(f"funded.{name}", plan.lang) for name in ("figure", "inside", "outside", "total", "how")]
    return _csv(heads, figure_rows(plan), plan.lang)


def _streets(plan: Funded) -> File:
    return CSV, street_csv(plan.streets, plan.lang)


def _has_streets(city: City) -> bool:
    return any(one.addresses is not None for one in city.residents.values())


def _gpkg(plan: Funded) -> File:
    """Return the outlines of the day; days are text, as in every other layer of programme areas."""
    columns = valid_columns()
    near = plan.due.groupby("programme_area")["limit"].min() if len(plan.due) else pd.Series(dtype=object)
    frame = plan.valid.reset_index()
    told = frame[[one.key for one in columns]].astype(object)
    told = told.assign(next_deadline=frame["programme_area"].map(near))
    for name in ("begun", "until", "next_deadline"):
        told[name] = [None if pd.isna(day) else pd.Timestamp(day).date().isoformat() for day in told[name]]
    told = told.where(told.notna(), None)
    columns.append(Column("next_deadline", words("funded.column_next_deadline"), "text"))
    return "application/geopackage+sqlite3", options_gpkg(
        gpd.GeoDataFrame(told, geometry=list(plan.valid.geometry), crs=plan.city.crs), columns
    )


_MAKERS: dict[str, Callable[[Funded], File]] = {
    "areas": _areas, "events": _events, "deadlines": _due, "figures": _figures, "streets": _streets, "gpkg": _gpkg,
}  # fmt: skip
