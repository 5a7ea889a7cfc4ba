"""A city into a dashboard."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update, set_props
from dash.development.base_component import Component
from flask import Flask, Response, has_request_context, jsonify, request

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.coverage.files import add_asked_files
from qmgis.app.delimitation.drawing import add_uploads
from qmgis.app.delimitation.files import add_plan_files
from qmgis.app.downloads import add_downloads, exports
from qmgis.app.frame import frame, lang_of, notice
from qmgis.app.geometry import add_geometry, outline_sheet
from qmgis.app.own_files import add_own_files
from qmgis.app.page import Page
from qmgis.app.profiles import add_profiles
from qmgis.app.programme.effect_files import add_effect_files
from qmgis.app.programme.funded_files import add_funded_files
from qmgis.app.programme.judged_files import add_judged_files
from qmgis.app.programme.register_files import add_register_files
from qmgis.app.results import is_ready, outcome_of, outcomes_of
from qmgis.app.security import LOOPBACK, protect
from qmgis.errors import OutputError, QmgisError
from qmgis.i18n import say
from qmgis.model import City
from qmgis.registry import collect
from qmgis.runs.years.editions import default_run
from qmgis.views.backdrop import MEADOW

__all__ = ["create_app", "pages", "preload", "serve", "show"]

Changes = Mapping[str, Mapping[str, Any]]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"

_log = logging.getLogger(__name__)

# The hatchings of areas without a class are drawn by the browser from these patterns; scripts stand in files only.
_INDEX = """<!DOCTYPE html>
<html lang="{%lang%}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    <svg width="0" height="0" aria-hidden="true" focusable="false" class="defs">
      <defs>
        <pattern id="hatch-diagonal" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill="#fdfdfc"/><rect width="1.6" height="7" fill="#8a8f94"/>
        </pattern>
        <pattern id="hatch-cross" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="7" height="7" fill="#fdfdfc"/><path d="M0 0h7M0 0v7" stroke="#8a8f94" stroke-width="1.6"/>
        </pattern>
        <pattern id="hatch-dots" width="7" height="7" patternUnits="userSpaceOnUse">
          <rect width="7" height="7" fill="#e4e4e2"/><circle cx="2" cy="2" r="1.1" fill="#6d7378"/>
        </pattern>
        <pattern id="hatch-borderline" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="3.4" height="9" fill="#ffffff"/><rect x="1" width="1.4" height="9" fill="#111111"/>
        </pattern>
        <pattern id="hatch-gap" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="2.2" height="9" fill="#ffffff"/><rect width="1.4" height="9" fill="#c8102e"/>
        </pattern>
      </defs>
    </svg>
    {%app_entry%}
    <div>{%config%}{%scripts%}{%renderer%}</div>
  </body>
</html>""".replace("</defs>", f"{MEADOW}</defs>")


@cache
def pages() -> dict[str, Page]:
    """Return every page, in the order of the menu."""
    found: dict[str, Page] = collect("qmgis.app.pages", "PAGE")
    return dict(sorted(found.items(), key=lambda entry: entry[1].order))


def show(
    path: str, search: str, drawn: Mapping[str, Any] | None, *, city: City
) -> tuple[Component | None, dict[str, Any], Changes]:
    """Return the screen for an address; or, where page, run, units and language are on it, only what changes."""
    state = settle(parse_address(path, search), city, pages=pages())
    page, key = pages()[state.page], [state.page, state.run, state.lang, *filter(None, [state.units])]
    try:
        if page.refresh and drawn and drawn["key"] == key:
            return None, dict(drawn), page.refresh(city, state)
        return frame(city, state, pages()), {"key": key, "title": _title(page, city, state)}, {}
    except QmgisError as error:
        shown = frame(city, state, pages(), body=notice(error.say(state.lang), state.lang))
        return shown, {"key": None, "title": city.title.to(lang_of(state))}, {}


def create_app(city: City, *, hosts: Collection[str] = LOOPBACK) -> Dash:
    """Return the dashboard of a city; ``hosts`` are the names that it answers to (empty: any)."""
    app = _Window(city)
    pages()  # their components must be known before the first page is asked for
    app.layout = dmc.MantineProvider(
        [dcc.Location(id="url", refresh=False), dcc.Store(id="drawn"), html.Div(_waiting(), id="screen")],
        forceColorScheme="light",
        theme={"fontFamily": FONT, "headings": {"fontFamily": FONT}, "primaryColor": "dark"},
    )

    @app.callback(
        Output("screen", "children"),
        Output("drawn", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        State("drawn", "data"),
    )
    def _navigate(path: str | None, search: str | None, drawn: dict[str, Any] | None) -> tuple[Any, Any]:
        if path is None:
            return no_update, no_update
        screen, now, changes = show(path, search or "", drawn, city=city)
        for component, properties in changes.items():
            set_props(component, dict(properties))
        return (no_update if screen is None else screen), now

    script: Callable[..., None] = app.clientside_callback
    script(ClientsideFunction("qmgis", "arrived"), Input("drawn", "data"))
    script(ClientsideFunction("qmgis", "search"), Input("overview-search", "value"), prevent_initial_call=True)
    for page in pages().values():
        if page.connect is not None:
            page.connect(app, city)
    add_geometry(app.server, city)
    add_downloads(app.server, city)
    add_own_files(app.server, city)
    add_asked_files(app.server, city)
    add_plan_files(app.server, city)
    add_register_files(app.server, city)
    add_profiles(app.server, city)
    add_uploads(app.server, city)
    add_funded_files(app.server, city)
    add_judged_files(app.server, city)
    add_effect_files(app.server, city)
    _add_health(app.server, city)
    protect(app.server, hashes=app.csp_hashes(), hosts=hosts)
    return app


def preload(city: City) -> threading.Thread:
    """Compute the default run and load what downloads need, beside the running server; return the thread."""
    thread = threading.Thread(target=_warm, args=(city,), name="preload", daemon=True)
    thread.start()
    return thread


def serve(city: City, *, port: int = 8050, host: str = "127.0.0.1") -> None:
    """Serve the dashboard until it is interrupted, and print its address.

    Raises
    ------
    OutputError
        The port is taken, or the host is not this machine.
    """
    from waitress.server import create_server

    app = create_app(city, hosts=LOOPBACK if host in LOOPBACK else ())
    listening = _listen(host, port)
    server = create_server(app.server, sockets=[listening], threads=8, ident=None)
    preload(city)
    shown = f"[{host}]" if ":" in host else host
    print(say("app.serving", city.lang, city=city.title.to(city.lang), address=f"http://{shown}:{port}/"), flush=True)  # noqa: T201
    try:
        server.run()
    finally:
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise OutputError(
            f"Cannot serve at {host}:{port} ({error.strerror}); choose another with --port.",
            de=f"Kein Dienst unter {host}:{port} möglich ({error.strerror}); mit --port einen anderen wählen.",
        ) from error


class _Window(Dash):
    """Dash with the language of the address in its first line, and every file from here."""

    def __init__(self, city: City) -> None:
        super().__init__(
            "qmgis",
            assets_folder=str(files("qmgis.app").joinpath("assets")),
            pages_folder="",
            use_pages=False,
            serve_locally=True,
            compress=False,
            suppress_callback_exceptions=True,
            title=f"{city.title.to(city.lang)} · qmgis",
            update_title="",
            add_log_handler=False,
            enable_mcp=False,
            on_error=_notify,
        )
        self._city = city

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        asked = request.args.get("lang", "") if has_request_context() else ""
        lang = "en" if (asked or self._city.lang) == "en" else "de"
        self_made = _INDEX
        for name, part in {**parts, "lang": lang}.items():
            self_made = self_made.replace("{%" + name + "%}", part)
        return self_made


def _notify(error: Exception) -> None:
    """Say on the page that something failed; the reason goes to the log."""
    _log.error("callback failed", exc_info=error)
    lang = "en" if "lang=en" in (request.referrer or "") else "de"
    text = error.say(lang) if isinstance(error, QmgisError) else say("app.failed", lang)
    set_props("screen", {"children": notice(text, lang)})


def _title(page: Page, city: City, state: ViewState) -> str:
    lang = lang_of(state)
    parts = [page.title.to(lang), city.title.to(lang), "qmgis"]
    return " · ".join([state.area, *parts] if page.key == "area" and state.area else parts)


def _waiting() -> Component:
    return html.P([say("app.waiting", "de"), " · ", say("app.waiting", "en")], className="waiting", role="status")


def _add_health(server: Flask, city: City) -> None:
    @server.get("/health")
    def _health() -> tuple[Response, int]:
        ready = is_ready(city)
        return jsonify(status="ready" if ready else "starting", city=city.key), 200 if ready else 503


def _warm(city: City) -> None:
    """Do once what the first visitor would wait for; what goes wrong is shown on the page, not here."""
    try:
        outcome = outcome_of(city, default_run(city))
        outline_sheet(outcome.areas)
        exports()
        outcomes_of(city)
    except QmgisError as error:
        _log.warning("%s", error)
