"""Files that a page makes of what is on it: the shifts of a comparison, and a trial as a profile of one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, Response, request

from qmgis.app.address import ViewState
from qmgis.app.downloads import attachment, sentence, state_asked
from qmgis.app.results import moved_areas, trial_ground
from qmgis.app.tried import instead_of
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.io.profiles.new import check_key, profile_text
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.model import City, Lang
from qmgis.runs.sides import in_order, side_of
from qmgis.runs.years.numbers import series
from qmgis.runs.years.series_files import series_csv, series_of_all
from qmgis.whatif import tuned

__all__ = ["add_own_files"]

COLUMNS = ("area", "name", "move", "class_first", "class_second", "attention", "places", "reasons", "note")
File = tuple[str, str, bytes]


def add_own_files(server: Flask, city: City) -> None:
    """Serve ``/download/compare``, ``…/series`` and ``…/profile``; an error is one sentence of plain text."""

    @server.get("/download/compare")
    def _shifts() -> Response:
        return _answer(city, lambda state, lang: _shifts_file(city, state, lang))

    @server.get("/download/series")
    def _series() -> Response:
        return _answer(city, lambda state, lang: _series_file(city, state, lang))

    @server.get("/download/profile")
    def _profile() -> Response:
        key = request.args.get("key", "").strip()
        return _answer(city, lambda state, lang: _profile_file(city, state, key, lang))


def _answer(city: City, make: Callable[[ViewState, Lang], File]) -> Response:
    state = state_asked(city, "/")
    lang: Lang = "en" if state.lang == "en" else "de"
    try:
        name, kind, content = make(state, lang)
    except QmgisError as error:
        return sentence(error.say(lang), 400)
    return attachment(content, kind, name)


def _shifts_file(city: City, state: ViewState, lang: Lang) -> File:
    """Return every area in both results; with semicolons and decimal commas in German."""
    run, side = city.run(state.run), side_of(city, state.run, state.second)
    asked = in_order(city, run.key, side) if side else None
    found = moved_areas(city, asked, run.vintage, lang)[1] if asked else ()
    words = {1: say("compare.attention_new", lang), -1: say("compare.attention_gone", lang), 0: ""}
    rows = [[say(f"compare.file_{column}", lang) for column in COLUMNS]]
    for row in found:
        places = "" if row.places is None else number(row.places, lang, digits=1)
        cells = [row.area, row.name, say(f"compare.move_{row.move}", lang), row.first, row.second]
        rows.append(
            [*(guarded(clean(one)) for one in (*cells, words[row.attention])), places, guarded(row.reasons), row.note]
        )
    text = csv_text(rows, delimiter=";" if lang == "de" else ",", newline="\r\n")
    kind = "text/csv; charset=utf-8"
    return f"{city.key}-{run.key}-{say('compare.file', lang)}.csv", kind, text.encode("utf-8-sig")


def _series_file(city: City, state: ViewState, lang: Lang) -> File:
    """Return a number over the years of areas, districts, city and programme areas, for people."""
    series(city, state.mode)  # says what is wrong with the key
    name = f"{city.key}-{say('series.file', lang)}-{state.mode}.csv"
    return name, "text/csv; charset=utf-8", series_csv(series_of_all(city, [state.mode]), lang=lang)


def _profile_file(city: City, state: ViewState, key: str, lang: Lang) -> File:
    """Return what is tried as the file of a profile of one's own."""
    check_key(key)
    profile = trial_ground(city, state.run).profile
    made = replace(tuned(profile, instead_of(state)), title=profile.title)
    return f"{key}.toml", "application/toml; charset=utf-8", profile_text(key, made, lang).encode("utf-8")
