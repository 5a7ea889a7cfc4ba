"""The profile of an area as a file: what all profiles share is computed once, on the first click."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request

from qmgis.app.downloads import attachment, sentence
from qmgis.app.frame import panel
from qmgis.app.jobs import Tell, jobs
from qmgis.app.results import outcome_of
from qmgis.errors import NotEnoughDataError, QmgisError, UnknownKeyError
from qmgis.i18n import say
from qmgis.model import City, Lang
from qmgis.runs.atlas import profile_files
from qmgis.runs.report import Known
from qmgis.runs.shared import check_area, known

__all__ = ["add_profiles", "profile_address", "profile_panel"]

KINDS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
WAIT = 120.0  # seconds


def profile_address(run: str, area: str, kind: str, lang: Lang, *, is_public: bool = False) -> str:
    """Return where a profile is to be had.

    Examples
    --------
    >>> profile_address("mss-2024", "01010102", "pdf", "de")
    '/area-profile?run=mss-2024&area=01010102&kind=pdf&lang=de'
    """
    asked = {"run": run, "area": area, "kind": kind, "lang": lang, **({"view": "public"} if is_public else {})}
    return f"/area-profile?{urlencode(asked)}"


def profile_panel(run: str, area: str, lang: Lang) -> Component:
    """Return links to the profile of an area: for the administration and for the public, as PDF and HTML."""
    links = [
        html.Li(html.A(say(f"app.profile_{kind}{'_public' if is_public else ''}", lang), download="",
                       href=profile_address(run, area, kind, lang, is_public=is_public)))
        for is_public in (False, True)
        for kind in KINDS
    ]  # fmt: skip
    lead = html.P(say("app.profile_lead", lang), className="soft small")
    return panel(say("app.profile", lang), lead, html.Ul(links, className="downloads"))


def add_profiles(server: Flask, city: City) -> None:
    """Serve ``/area-profile``; an error is one sentence of plain text."""

    @server.get("/area-profile")
    def _area_profile() -> Response:
        asked = request.args
        lang: Lang = "en" if asked.get("lang", city.lang) == "en" else "de"
        area, kind = asked.get("area", ""), asked.get("kind", "pdf")
        try:
            check_area(city, area, run=asked.get("run") or None)
            shared = _known(city, asked.get("run", ""), is_public=asked.get("view") == "public")
            files = profile_files(shared, area, lang=lang, kinds=(kind,))
        except UnknownKeyError as error:
            return sentence(error.say(lang), 404)
        except QmgisError as error:
            return sentence(error.say(lang), 503)
        if not files:
            return sentence(say("app.nothing_here", lang), 404)
        ((name, content),) = files.items()
        return attachment(content, KINDS[kind], name)


def _known(city: City, run: str, *, is_public: bool) -> Known:
    """Return what all profiles of a run share, computed beside the pages."""
    key = ("profiles", city, city.run(run).key, is_public)
    job = jobs.ask(key, partial(_computed, city, run, is_public), wait=WAIT)
    if job.result is None:
        text = job.fault
        jobs.forget(key)
        raise NotEnoughDataError(
            say("asked.not_there", "en") if text is None else text.en,
            de=say("asked.not_there", "de") if text is None else text.de,
        )
    found: Known = job.result
    return found


def _computed(city: City, run: str, is_public: bool, tell: Tell) -> Known:
    tell(0.1)
    return known(city, run, is_public=is_public, outcome=None if is_public else outcome_of(city, run))
