"""Files of Versorgung: every export of the one theme, the outlines, and the areas of a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort

from qmgis.app.address import format_address
from qmgis.app.coverage.editor import Edited, edited_of
from qmgis.app.coverage.question import Asked, asked_of, outlines_job
from qmgis.app.coverage.scenario import Scenario as Moves
from qmgis.app.coverage.table import change_columns, change_table
from qmgis.app.downloads import attachment, exports, file_of, sentence, state_asked
from qmgis.app.frame import panel
from qmgis.app.jobs import Job
from qmgis.app.security import is_alone
from qmgis.errors import NotEnoughDataError, QmgisError
from qmgis.i18n import say
from qmgis.io.written.cells import clean, csv_text, guarded, people_cell
from qmgis.io.written.outlines import outlines_bytes, outlines_csv
from qmgis.model import City, Lang, Outcome, PlaceChanges, Scenario, words
from qmgis.runs.overlays import with_change
from qmgis.siting import Change

__all__ = ["add_asked_files", "files_panel"]

File = tuple[str, str, bytes]
WAIT = 120.0  # seconds
OUTLINES = {"/download/outlines": "file_outlines", "/download/outlines.csv": "file_outlines_csv"}
SCENARIO = {"/download/scenario": "file_scenario", "/download/scenario.gpkg": "file_scenario_gpkg"}


def files_panel(asked: Asked, edited: Edited, outlines: Job | None) -> list[Component]:
    """Return a link to every file of what the page shows."""
    lang = asked.lang
    links = [(f"/download/asked/{key}", export.title.to(lang)) for key, export in exports().items()]
    if outlines is not None:
        links += [(path, say(f"asked.{word}", lang)) for path, word in OUTLINES.items()]
    if edited.change is not None:
        links = [(path, say(f"asked.{word}", lang)) for path, word in SCENARIO.items()] + links
    query = format_address(asked.state).partition("?")[2]
    items = [html.Li(html.A(title, href=f"{path}?{query}", download="")) for path, title in links]
    lead = html.P(
        say("asked.files_lead" if edited.change is None else "asked.files_scenario", lang), className="soft small"
    )
    return [panel(say("app.downloads", lang), lead, html.Ul(items, className="downloads"))]


def add_asked_files(server: Flask, city: City) -> None:
    """Serve what the page shows under ``/download/asked/<export>``, and its outlines and scenario."""

    @server.get("/download/asked/<key>")
    def _theme_download(key: str) -> Response:
        if key not in exports():
            abort(404)
        return _answer(city, lambda asked: _theme_file(asked, key))

    @server.get("/download/outlines")
    def _outlines_download() -> Response:
        return _answer(city, _outlines_file)

    @server.get("/download/outlines.csv")
    def _outlines_table_download() -> Response:
        return _answer(city, _outlines_table)

    @server.get("/download/scenario")
    def _scenario_download() -> Response:
        return _answer(city, _scenario_file)

    @server.get("/download/scenario.gpkg")
    def _scenario_map_download() -> Response:
        return _answer(city, _scenario_map)


def _answer(city: City, make: Callable[[Asked], File]) -> Response:
    state = state_asked(city, "/coverage")
    lang: Lang = "en" if state.lang == "en" else "de"
    try:
        asked = asked_of(city, state, wait=WAIT)
        name, kind, content = make(asked)
    except QmgisError as error:
        return sentence(error.say(lang), 400)
    return attachment(content, kind, _named(asked, name))


def _named(asked: Asked, name: str) -> str:
    theme = asked.theme
    limit = f"{theme.within_m:g}m" if theme.within_m is not None else f"{theme.within_min:g}min"
    return "-".join([asked.city.key, asked.state.run, theme.places, theme.group, limit, theme.mode, name])


def _there(asked: Asked) -> None:
    if asked.answer is None:
        text = asked.job.fault
        raise NotEnoughDataError(
            say("asked.not_there", "en") if text is None else text.en,
            de=say("asked.not_there", "de") if text is None else text.de,
        )


def _theme_file(asked: Asked, key: str) -> File:
    _there(asked)
    return file_of(asked.answer, key, asked.lang) if asked.answer is not None else ("", "", b"")


def _outlines_file(asked: Asked) -> File:
    return "outlines.gpkg", "application/geopackage+sqlite3", outlines_bytes(_outlined(asked))


def _outlines_table(asked: Asked) -> File:
    return "outlines.csv", "text/csv; charset=utf-8", outlines_csv(_outlined(asked), asked.lang)


def _outlined(asked: Asked) -> gpd.GeoDataFrame:
    """Return from where each place is reached, with its name; places that nobody reaches are left out."""
    _there(asked)
    job = outlines_job(_with_outlines(asked), wait=WAIT)
    if asked.answer is None or job is None or job.result is None:
        raise NotEnoughDataError(say("asked.not_there", "en"), de=say("asked.not_there", "de"))
    frame = job.result.assign(name=asked.answer.places[asked.theme.places].frame["name"])
    return frame[~shapely.is_empty(frame.geometry.to_numpy())]


def _with_outlines(asked: Asked) -> Asked:
    return replace(asked, state=replace(asked.state, outlines="1"))


def _scenario_file(asked: Asked) -> File:
    """Return every area before and after; each row says that it is a scenario."""
    found, edited, _, _ = _changed(asked)
    lang, group = asked.lang, asked.theme.group
    columns, table = change_columns(group), change_table(found, edited, group)
    mark = guarded(clean(f"{say('asked.scenario', lang)}: {' '.join(asked.state.changed)}"))
    heads = [clean(one.title.to(lang)) for one in columns]  # with their unit, as in the table
    rows = [[say("app.id", lang), say("words.name", lang), *heads, say("asked.scenario", lang)]]
    for area, values in table.iterrows():
        cells = [guarded(clean(area)), guarded(clean(values["name"]))]
        cells += [people_cell(None if pd.isna(values[one.key]) else values[one.key], one, lang) for one in columns]
        rows.append([*cells, mark])
    text = csv_text(rows, delimiter=";" if lang == "de" else ",", newline="\r\n")
    return f"{say('asked.file_name_scenario', lang)}.csv", "text/csv; charset=utf-8", text.encode("utf-8-sig")


def _changed(asked: Asked) -> tuple[Outcome, Edited, Change, Moves]:
    """Return the answer, and the scenario with what it changes; raise where there is none."""
    _there(asked)
    edited = edited_of(asked, is_open=is_alone(), wait=WAIT)
    if edited.change is None or edited.scenario is None or asked.answer is None:
        key = "asked.no_scenario" if edited.is_open else "asked.closed"
        raise NotEnoughDataError(edited.fault or say(key, "en"), de=edited.fault or say(key, "de"))
    return asked.answer, edited, edited.change, edited.scenario


def _scenario_map(asked: Asked) -> File:
    """Return areas, places and the scenario with its places as a GeoPackage, with styles for QGIS."""
    found, _, change, moves = _changed(asked)
    changes = PlaceChanges(add=moves.add, move=moves.move, close=moves.close)
    plan = Scenario("scenario", words("asked.scenario"), {asked.theme.places: changes})
    _, kind, content = file_of(with_change(found, plan, asked.theme.key, change), "gpkg", asked.lang)
    return f"{say('asked.file_name_scenario', asked.lang)}.gpkg", kind, content
