"""The day that a page is asked for: read from the address, typed into a field, or taken from a row of links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import VALUE, ViewState, format_address
from qmgis.app.frame import attributes, current, lang_of, link
from qmgis.i18n import say
from qmgis.io.cells.meaning import day_of
from qmgis.model.text import day_text

__all__ = ["asked_day", "day_field", "day_links"]


def asked_day(state: ViewState, otherwise: date) -> tuple[date, str]:
    """Return the day that the address asks for, and what is wrong with it; then the other one."""
    if not state.day:
        return otherwise, ""
    try:
        return day_of(state.day.strip(), last=True), ""
    except ValueError:
        return otherwise, say("cli.bad_day", lang_of(state), value=state.day)


def day_field(state: ViewState, day: date, *, page: str) -> Component:
    """Return the field of a page that a day is typed into."""
    lang = lang_of(state)
    box = dcc.Input(id=f"{page}-on", type="text", className="exact", autoComplete="off",
                    placeholder=day_text(day).to(lang))  # fmt: skip
    label = html.Label([html.Span(say("funded.day", lang)), box], className="choose", htmlFor=f"{page}-on")
    button = html.Button(say("funded.show", lang), type="submit", className="button", id=f"{page}-go")
    return html.Form([label, button], className="edit", **attributes(data_go=format_address(replace(state, day=VALUE))))


def day_links(state: ViewState, days: Iterable[date], day: date, *, title: str) -> Component:
    """Return days as links, the newest first; the one that is shown is marked."""
    lang = lang_of(state)
    items = [
        html.Li(link(state, day_text(one).to(lang), day=one.isoformat(), **current(one == day)))
        for one in sorted(set(days), reverse=True)
    ]
    return html.Ul(items, className="pills", **attributes(aria_label=title))
