"""Files of Wirkung: the ones a run writes, and the table for people."""

from __future__ import annotations

from flask import Flask, Response, abort, request

from qmgis.app.address import ViewState
from qmgis.app.downloads import attachment, sentence
from qmgis.app.programme.effect import asked_of
from qmgis.errors import NotEnoughDataError, QmgisError
from qmgis.i18n import say
from qmgis.model import City, Lang
from qmgis.runs.programme.effect_files import effect_csv, effects_json

__all__ = ["add_effect_files"]

CSV, JSON = "text/csv; charset=utf-8", "application/json"
WAIT = 120.0  # seconds
NAMES = {"csv": "effect.csv", "people": "effect_{lang}.csv", "json": "effects.json"}


def add_effect_files(server: Flask, city: City) -> None:
    """Serve ``/download/effect/<kind>`` (csv, people, json); an error is one sentence of plain text."""

    @server.get("/download/effect/<kind>")
    def _effect_download(kind: str) -> Response:
        if kind not in NAMES:
            abort(404)
        lang: Lang = "en" if request.args.get("lang", city.lang) == "en" else "de"
        try:
            content = _made(city, kind, lang)
        except QmgisError as error:
            return sentence(error.say(lang), 400)
        return attachment(content, JSON if kind == "json" else CSV, f"{city.key}-{NAMES[kind].format(lang=lang)}")


def _made(city: City, kind: str, lang: Lang) -> bytes:
    asked = asked_of(city, ViewState(page="effect", lang=lang), wait=WAIT)
    if not asked.found:
        fault = asked.job.fault
        en, de = (say("asked.not_there", tongue) if fault is None else fault.to(tongue) for tongue in ("en", "de"))
        raise NotEnoughDataError(en, de=de)
    if kind == "json":
        return effects_json(asked.found)
    return effect_csv(asked.found, lang=lang if kind == "people" else None)
