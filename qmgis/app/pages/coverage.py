"""Versorgung: who reaches what, where the gaps are, what one more or one fewer place would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import dash_leaflet as dl
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.coverage.editor import Edited, click_targets, edited_of, editor_panel, keys_of, proposals_panel
from qmgis.app.coverage.files import files_panel
from qmgis.app.coverage.firm import firm_panel
from qmgis.app.coverage.map import hideout, legend, overlay
from qmgis.app.coverage.question import Asked, asked_of, outlines_job, question_panel
from qmgis.app.coverage.table import reach_table, table_properties
from qmgis.app.coverage.words import answer_sentences, chosen, warnings_of
from qmgis.app.frame import attributes, editions, lang_of, link, notice, progress
from qmgis.app.jobs import Job, jobs
from qmgis.app.key import active_filter
from qmgis.app.map import open_template, plain_map
from qmgis.app.page import Page
from qmgis.app.panels.orientation import values_panel
from qmgis.app.security import is_alone
from qmgis.i18n import number, say
from qmgis.model import City, Lang, words

__all__ = ["PAGE", "connect", "layout", "refresh", "step"]

EVERY = 1500  # milliseconds between two looks at work that goes on
NAMES = ("answer", "outlines", "sites")


@dataclass(frozen=True, eq=False)
class _View:
    """Everything that the page shows."""

    asked: Asked
    edited: Edited
    outlines: Job | None

    @property
    def work(self) -> dict[str, Job | None]:
        """The job of each part of the page."""
        return dict(zip(NAMES, (self.asked.job, self.outlines, self.edited.sites), strict=True))


def layout(city: City, state: ViewState) -> Component:
    """Return the page: question, answer in a sentence, map, table, scenario, proposals, files."""
    view = _view(city, state)
    lang, parts = lang_of(state), _parts(view)
    marks = dl.LayerGroup(**parts["coverage-overlay"], id="coverage-overlay")
    drawn = plain_map(
        view.asked.outcome.areas, parts["coverage-map-areas"]["hideout"], lang, page="coverage",
        backdrop=city.backdrop, marks=marks,
    )  # fmt: skip
    question, editor, sites = (
        html.Div(**parts[f"coverage-{name}"], id=f"coverage-{name}") for name in ("question", "editor", "sites")
    )
    shown = html.Div(
        [
            html.Div(**parts["coverage-said"], id="coverage-said", className="panel said"),
            html.Div(**parts["coverage-work"], id="coverage-work"),
            html.Div(**parts["coverage-chosen"], id="coverage-chosen"),
            html.Div(**parts["coverage-chip"], id="coverage-chip"),
            html.Div(drawn, id="coverage-edit", **parts["coverage-edit"]),
            html.Div(**parts["coverage-layers"], id="coverage-layers", className="small"),
            html.Section(**parts["coverage-legend"], id="coverage-legend", className="panel"),
            sites,
        ],
        className="stack",
    )
    table = html.Section(
        [
            html.H2(**parts["coverage-table-title"], id="coverage-table-title"),
            html.Div(reach_table(view.asked, view.edited), id="coverage-table-box", **parts["coverage-table-box"]),
            html.P(say("asked.table_hint", lang), className="soft small after"),
        ],
        className="panel",
    )
    return html.Div(
        [
            html.H1(**parts["coverage-title"], id="coverage-title"),
            html.P(say("asked.lead", lang), className="soft small one-line"),
            editions(city, state),
            html.Div([question, shown, editor], className="asking"),
            table,
            html.Div(**parts["coverage-more"], id="coverage-more", className="stack"),
            *_machinery(parts, lang),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another question, scenario or selection, and what is said of it."""
    view = _view(city, state)
    said = answer_sentences(view.asked, view.edited)
    return {
        **_parts(view),
        "coverage-table": table_properties(view.asked, view.edited),
        "live": {"children": said[0] if said else _not_yet(view)},
    }


def step(state: ViewState, stage: str, pressed: str | None, *, city: City) -> tuple[Any, Any]:
    """Return how far the work is, and what is there now; nothing new where that is as on the page.

    It is quick, so that no look at the work overtakes another; drawing what has come is left to `refresh`.
    """
    asked = asked_of(city, state, wait=0.0)
    for key in keys_of(asked):
        if pressed == "coverage-stop":
            jobs.stop(key)
        elif pressed == "coverage-again":
            jobs.forget(key)
    found = [jobs.known(key) for key in keys_of(asked)]
    now = _stage(found)
    if now != stage:
        return no_update, now
    return _work(dict(zip(NAMES, found, strict=True)), asked.lang), no_update


def connect(app: Dash, city: City) -> None:
    """Register that the page follows the work that goes on, and that it can be stopped and begun anew."""

    def settled(path: str | None, search: str | None) -> ViewState | None:
        state = settle(parse_address(path or "", search or ""), city, pages=("coverage", "overview"))
        return state if state.page == "coverage" else None

    @app.callback(
        Output("coverage-work", "children"),
        Output("coverage-now", "data"),
        Input("coverage-tick", "n_intervals"),
        Input("coverage-stop", "n_clicks"),
        Input("coverage-again", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        State("coverage-stage", "data"),
        State("coverage-now", "data"),
        prevent_initial_call=True,
    )
    def _look(
        _: int, stop: int, again: int, path: str | None, search: str | None, stage: str, asked_for: str | None
    ) -> Any:
        state = settled(path, search)
        if state is None:
            return no_update, no_update
        children, now = step(state, stage, ctx.triggered_id, city=city)
        # drawing is asked for once: a second wish would throw the first away, and slow drawing would never end
        wish = no_update if now is no_update else f"{now} {stop} {again} {path}{search}"
        return children, no_update if wish == asked_for else wish

    @app.callback(
        Output("coverage-stage", "data"),
        Input("coverage-now", "data"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def _draw(_: str, path: str | None, search: str | None) -> Any:
        state = settled(path, search)
        if state is None:
            return no_update
        changes = dict(refresh(city, state))
        stage = changes.pop("coverage-stage")["data"]
        for component, properties in changes.items():
            set_props(component, dict(properties))
        return stage


def _view(city: City, state: ViewState, *, wait: float | None = None) -> _View:
    patience = {} if wait is None else {"wait": wait}
    asked = asked_of(city, state, **patience)
    return _View(asked, edited_of(asked, is_open=is_alone(), **patience), outlines_job(asked, **patience))


def _parts(view: _View) -> dict[str, dict[str, Any]]:
    """Return the properties of everything that depends on the address and on the work."""
    asked, edited, lang = view.asked, view.edited, view.asked.lang
    found, states = asked.answer, [job.state for job in view.work.values() if job is not None]
    is_busy = "running" in states
    mode = f"{asked.theme.key}_share"
    is_shares = found is not None and edited.change is None
    head = "asked.heading_scenario" if edited.change is not None else "asked.heading"
    table = "asked.table_scenario" if edited.change is not None else "asked.table"
    return {
        "coverage-title": {"children": say(head, lang, title=asked.theme.title.to(lang))},
        "coverage-question": {"children": question_panel(asked)},
        "coverage-editor": {"children": editor_panel(asked, edited)},
        "coverage-sites": {"children": proposals_panel(asked, edited)},
        "coverage-said": {"children": _said(view)},
        "coverage-work": {"children": _work(view.work, lang)},
        "coverage-chosen": {"children": chosen(asked, edited)},
        "coverage-chip": {
            "children": active_filter(found, asked.state, lang, mode=mode) if found is not None and is_shares else []
        },
        "coverage-map-areas": {"hideout": hideout(asked, edited)},
        "coverage-overlay": {"children": overlay(asked, edited, view.outlines)},
        "coverage-edit": click_targets(asked, edited),
        "coverage-layers": {"children": _switch(view)},
        "coverage-legend": {"children": legend(asked, edited, view.outlines)},
        "coverage-table-title": {"children": say(table, lang)},
        "coverage-table-box": attributes(
            data_open=open_template(asked.state), data_select=hideout_target(view)
        ),
        "coverage-more": {"children": _more(view)},
        "coverage-tick": {"disabled": not is_busy},
        "coverage-stage": {"data": _stage(view.work.values())},
        "coverage-stop": {"hidden": not is_busy},
        "coverage-again": {"hidden": is_busy or not {"stopped", "failed"} & set(states)},
    }  # fmt: skip


def _more(view: _View) -> list[Component]:
    """Return where need meets gap, for a theme of the run as it is; orientation values; files."""
    asked, edited = view.asked, view.edited
    if asked.answer is None:
        return []
    gap = firm_panel(asked.city, asked.outcome, asked.state, asked.lang, only=asked.theme.key)
    shown = [gap if edited.change is None else None, values_panel(asked.city, asked.theme, asked.lang)]
    return [*(one for one in shown if one is not None), *files_panel(asked, edited, view.outlines)]


def hideout_target(view: _View) -> str:
    """Return the address that selects an area on the page."""
    return str(hideout(view.asked, view.edited)["open"])


def _said(view: _View) -> list[Component]:
    """Return the answer in sentences, with what a reader has to know; or why there is none."""
    asked, lang = view.asked, view.asked.lang
    if asked.job.state == "failed" and asked.job.fault is not None:
        return [notice(asked.job.fault.to(lang), lang)]
    sentences = answer_sentences(asked, view.edited)
    if not sentences:
        return [html.P(_not_yet(view), className="soft")]
    first, *more = sentences
    caveats = warnings_of(asked, view.edited)
    items = html.Ul([html.Li(one) for one in caveats], className="plain")
    listed = html.Details(
        [html.Summary(say("asked.caveats", lang, count=number(len(caveats), lang))), items], className="small"
    )
    return [
        html.P(first, className="lead"),
        *(html.P(one, className="small") for one in more),
        *([listed] if caveats else []),
    ]


def _not_yet(view: _View) -> str:
    """Return why there is no answer yet: it is computed, or somebody stopped it."""
    key = "asked.not_computed" if view.asked.job.state == "stopped" else "app.computing"
    return say(key, view.asked.lang)


def _stage(found: Iterable[Job | None]) -> str:
    """Return what is there and what is not, so that the page is drawn anew only where that changed."""
    return " ".join("none" if job is None else job.state for job in found)


def _work(work: Mapping[str, Job | None], lang: Lang) -> list[Component]:
    """Return how far the work is, that it was stopped, or why no outlines came of it."""
    called = {name: say(f"asked.job_{name}", lang) for name in work}
    return progress({called[name]: job for name, job in work.items()}, lang, faults=[called.get("outlines", "")])


def _switch(view: _View) -> list[Component]:
    """Return the link that shows from where each place is reached, or hides it."""
    asked, lang = view.asked, view.asked.lang
    is_on = bool(asked.state.outlines)
    words_ = say("asked.outlines_off" if is_on else "asked.outlines_on", lang)
    return [link(asked.state, words_, outlines="" if is_on else "1", id="coverage-outlines", className="button")]


def _machinery(parts: Mapping[str, Mapping[str, Any]], lang: Lang) -> list[Component]:
    """Return the buttons and the clock for work that goes on."""
    buttons = [
        html.Button(
            say("asked.stop", lang), id="coverage-stop", n_clicks=0, className="button", **parts["coverage-stop"]
        ),
        html.Button(
            say("asked.again", lang), id="coverage-again", n_clicks=0, className="button", **parts["coverage-again"]
        ),
    ]
    return [
        html.Div(buttons, className="floating"),
        dcc.Interval(id="coverage-tick", interval=EVERY, **parts["coverage-tick"]),
        dcc.Store(id="coverage-stage", **parts["coverage-stage"]),
        dcc.Store(id="coverage-now"),
    ]


PAGE = Page("coverage", words("asked.page"), 20, layout, refresh, connect, room="supply")
