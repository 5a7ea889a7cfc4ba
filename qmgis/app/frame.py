"""What stands around every page: skip link, header, menu, language, footer; links, editions and notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.jobs import Job
from qmgis.app.page import ROOMS, Page
from qmgis.i18n import percent, say
from qmgis.model import City, Lang

__all__ = [
    "attributes",
    "current",
    "editions",
    "facts",
    "frame",
    "lang_of",
    "link",
    "notice",
    "panel",
    "pills",
    "progress",
    "rooms",
]


def frame(city: City, state: ViewState, pages: Mapping[str, Page], *, body: Component | None = None) -> Component:
    """Return a page with everything around it; ``body`` stands in for the page where it cannot be drawn."""
    content = pages[state.page].layout(city, state) if body is None else body
    return html.Div(
        [
            html.A(say("app.skip", state.lang), href="#main", className="skip"),
            _header(city, state, pages),
            html.Main(content, id="main", tabIndex="-1", lang=state.lang),
            html.Div(id="live", className="unseen", role="status", **attributes(aria_live="polite")),
            _footer(city, lang_of(state)),
        ]
    )


def lang_of(state: ViewState) -> Lang:
    """Return the language of a view."""
    return "en" if state.lang == "en" else "de"


def attributes(**named: str) -> dict[str, Any]:
    """Return attributes whose names have dashes.

    Examples
    --------
    >>> attributes(aria_label="Map")
    {'aria-label': 'Map'}
    """
    return {name.replace("_", "-"): value for name, value in named.items()}


def current(is_current: bool) -> dict[str, Any]:
    """Return the attribute that marks the current one of several links, or nothing."""
    return attributes(aria_current="true") if is_current else {}


def link(state: ViewState, children: Any, /, **changes: Any) -> Component:
    """Return a link to the view that differs by ``changes``; other names are properties of the link."""
    fields = {name: changes.pop(name) for name in list(changes) if name in ViewState.__dataclass_fields__}
    return html.A(children, href=format_address(replace(state, **fields)), **changes)


def editions(city: City, state: ViewState) -> Component:
    """Return a link to each run of the city, the newest first."""
    lang = lang_of(state)
    items = [
        html.Li(link(state, run.title.to(lang), run=run.key, only=(), **current(run.key == state.run)))
        for run in sorted(city.runs.values(), key=lambda run: -run.year)
    ]
    return pills(say("app.choose_run", lang), items)


def pills(label: str, items: Sequence[Component]) -> Component:
    """Return choices as a list of links in one row, with what is chosen before it."""
    links = html.Ul(list(items), className="pills", **attributes(aria_label=label))
    return html.Div([html.Span(label), links], className="labelled")


def panel(title: str, *content: Component | None) -> Component:
    """Return a titled box."""
    parts = [html.H2(title), *(part for part in content if part is not None)]
    return html.Section(parts, className="panel")


def facts(pairs: Mapping[str, Any]) -> Component:
    """Return names and values below each other."""
    return html.Dl([part for key, value in pairs.items() for part in (html.Dt(key), html.Dd(value))], className="facts")


def notice(text: str, lang: str) -> Component:
    """Return a sentence that says what is wrong and what to do."""
    alert: Component = dmc.Alert(
        text, title=say("app.notice", lang), color="orange.9", variant="outline", className="notice"
    )
    return alert


def progress(work: Mapping[str, Job | None], lang: Lang, *, faults: Collection[str] = ()) -> list[Component]:
    """Return how far each work is, by what it is called, or that it was stopped; nothing where all is done.

    ``faults``: the works of which it is said here why they failed.
    """
    lines: list[Component] = []
    for what, job in work.items():
        if job is not None and job.state == "stopped":
            lines.append(html.P(say("asked.stopped", lang, what=what)))
        elif job is not None and job.state == "running":
            share = min(max(job.share, 0.0), 1.0)
            bar = html.Progress(value=f"{share:.2f}", max="1", **attributes(aria_label=what))
            told = say("asked.working", lang, what=what, share=percent(share, lang, digits=0))
            lines.append(html.P([html.Span(told), bar]))
        elif job is not None and job.fault is not None and what in faults:
            lines.append(notice(job.fault.to(lang), lang))
    return [html.Div(lines, className="panel working", role="status")] if lines else []


def rooms(city: City, pages: Mapping[str, Page]) -> dict[str, list[Page]]:
    """Return the pages that the menu offers for a city, by room, both in their order; no room is empty.

    Examples
    --------
    >>> from qmgis.app.main import pages
    >>> [page.key for page in rooms(toy_city(), pages())["need"]]
    ['overview', 'development', 'compare', 'whatif']
    """
    offered = [page for page in pages.values() if page.in_menu and (page.of_city is None or page.of_city(city))]
    found = {room: [page for page in offered if page.room == room] for room in ROOMS}
    return {room: inside for room, inside in found.items() if inside}


def _header(city: City, state: ViewState, pages: Mapping[str, Page]) -> Component:
    lang = lang_of(state)
    other: Lang = "de" if lang == "en" else "en"
    switch = link(
        state,
        say("app.other_language", lang),
        lang=other,
        hrefLang=other,
        className="language",
        **attributes(data_full="1"),
    )
    brand = link(state, [html.Strong(city.title.to(lang)), html.Span("qmgis")], page="overview", className="brand")
    return html.Header([brand, *_menu(city, state, pages), switch], className="top")


def _menu(city: City, state: ViewState, pages: Mapping[str, Page]) -> list[Component]:
    """Return the rooms and, where the current one has several pages, these."""
    lang, page = lang_of(state), pages[state.page]
    offered = rooms(city, pages)
    doors = [
        html.Li(link(state, say(f"app.room_{room}", lang), page=inside[0].key, **current(room == page.room)))
        for room, inside in offered.items()
    ]
    inside = offered.get(page.room, [])
    shown = [one for one in pages.values() if one in inside or one == page]
    items = [html.Li(link(state, one.title.to(lang), page=one.key, **_here(one == page))) for one in shown]
    label = say("app.room_pages", lang, room=say(f"app.room_{page.room}", lang))
    lists: list[Component] = [
        html.Nav(html.Ul(doors), className="rooms", **attributes(aria_label=say("app.menu", lang)))
    ]
    if len(items) > 1:
        lists.append(html.Nav(html.Ul(items), className="inside", **attributes(aria_label=label)))
    return lists


def _here(is_current: bool) -> dict[str, Any]:
    return attributes(aria_current="page") if is_current else {}


def _footer(city: City, lang: Lang) -> Component:
    lines = [html.P(say("app.signal", lang))]
    if city.note is not None:
        lines.append(html.P(city.note.to(lang)))
    return html.Footer(lines, className="foot")
