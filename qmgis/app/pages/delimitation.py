"""Gebietsabgrenzung: proposals for an area under rules, an outline of one's own, and both side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.delimitation.asked import Plan, areas_key, plan_of
from qmgis.app.delimitation.cards import cards, choice, options_panel, sentences
from qmgis.app.delimitation.drawing import draw_target, drawing_panel
from qmgis.app.delimitation.files import plan_files
from qmgis.app.delimitation.map import hideout, legend, overlay
from qmgis.app.delimitation.rules import lists_panel, rules_panel, units_choice
from qmgis.app.delimitation.table import area_table, table_properties, table_targets
from qmgis.app.delimitation.units import area_of_units
from qmgis.app.frame import editions, lang_of, link, notice, progress
from qmgis.app.jobs import jobs
from qmgis.app.map import plain_map
from qmgis.app.page import Page
from qmgis.app.security import is_alone
from qmgis.i18n import say
from qmgis.model import City, Lang, words

__all__ = ["PAGE", "connect", "layout", "refresh"]

EVERY = 2000  # milliseconds between two looks at work that goes on


def layout(city: City, state: ViewState) -> Component:
    """Return the page: rules, proposals on the map and as cards, outlines side by side, the table of areas, files."""
    plan = plan_of(city, state, with_programme=is_alone())
    lang, parts = lang_of(state), _parts(plan)
    marks = dl.LayerGroup(**parts["delimitation-overlay"], id="delimitation-overlay")
    drawn = plain_map(
        plan.layer, parts["delimitation-map-areas"]["hideout"], lang, page="delimitation",
        backdrop=city.backdrop, marks=marks,
    )  # fmt: skip
    rules, lists, drawing = (
        html.Div(**parts[f"delimitation-{name}"], id=f"delimitation-{name}") for name in ("rules", "lists", "drawing")
    )
    shown = html.Div(
        [
            html.Div(**parts["delimitation-said"], id="delimitation-said", className="panel said"),
            html.Div(**parts["delimitation-work"], id="delimitation-work"),
            html.Div(**parts["delimitation-choice"], id="delimitation-choice"),
            html.Div(**parts["delimitation-chosen"], id="delimitation-chosen"),
            drawn,
            html.Section(**parts["delimitation-legend"], id="delimitation-legend", className="panel"),
        ],
        className="stack",
    )
    table = html.Section(
        [
            html.H2(plan.say("table")),
            html.Div(area_table(plan), id="delimitation-table-box", **parts["delimitation-table-box"]),
            html.P(say("asked.table_hint", lang), className="soft small after"),
        ],
        className="panel",
    )
    return html.Div(
        [
            html.H1(say("plan.page", lang)),
            html.P(say("plan.lead", lang), className="soft small one-line"),
            editions(city, state),
            html.Div(**parts["delimitation-units"], id="delimitation-units"),
            html.Div(
                [rules, shown, html.Div([lists, drawing], className="stack")],
                className="asking",
                id="delimitation-edit",
                **parts["delimitation-edit"],
            ),
            html.Div(**parts["delimitation-cards"], id="delimitation-cards", className="stack"),
            html.Div(**parts["delimitation-options"], id="delimitation-options"),
            table,
            html.Div(**parts["delimitation-files"], id="delimitation-files"),
            html.Div(_buttons(parts, lang), className="floating"),
            dcc.Interval(id="delimitation-tick", interval=EVERY, **parts["delimitation-tick"]),
            dcc.Store(id="delimitation-stage", **parts["delimitation-stage"]),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with other rules, another list of areas, or another proposal to look at."""
    plan = plan_of(city, state, with_programme=is_alone())
    said = sentences(plan) or [say("app.computing", lang_of(state))]
    fault = "" if plan.job.fault is None else plan.job.fault.to(plan.lang)
    return {
        **_parts(plan),
        "delimitation-table": table_properties(plan),
        "live": {"children": plan.fault or plan.drawn.fault or fault or said[0]},
    }


def connect(app: Dash, city: City) -> None:
    """Register that proposals which take longer come by themselves."""

    @app.callback(
        Output("delimitation-stage", "data"),
        Input("delimitation-tick", "n_intervals"),
        Input("delimitation-stop", "n_clicks"),
        Input("delimitation-again", "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        State("delimitation-stage", "data"),
        prevent_initial_call=True,
    )
    def _look(_: int, stop: int, again: int, path: str | None, search: str | None, stage: str) -> Any:  # noqa: ARG001
        state = settle(parse_address(path or "", search or ""), city, pages=("delimitation", "overview"))
        if state.page != "delimitation":
            return no_update
        now = step(city, state, ctx.triggered_id)
        if _stage(now) == stage:
            set_props("delimitation-work", {"children": _work(now)})
            return no_update
        changes = dict(refresh(city, state))
        drawn = changes.pop("delimitation-stage")["data"]
        for component, properties in changes.items():
            set_props(component, dict(properties))
        return drawn


def step(city: City, state: ViewState, pressed: str | None) -> Plan:
    """Return the plan as far as it is, after its work was stopped or begun anew where that is what was pressed."""
    plan = plan_of(city, state, with_programme=is_alone(), wait=0.0)
    key = areas_key(city, state, plan.rules, plan.count)
    if pressed == "delimitation-stop":
        jobs.stop(key)
    elif pressed == "delimitation-again":
        jobs.forget(key)
    else:
        return plan
    return plan_of(city, state, with_programme=is_alone(), wait=0.0)


def _parts(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the properties of everything that depends on the address and on the work."""
    return {
        "delimitation-units": {"children": units_choice(plan)},
        "delimitation-rules": {"children": rules_panel(plan)},
        "delimitation-lists": {"children": lists_panel(plan)},
        "delimitation-drawing": {"children": drawing_panel(plan)},
        "delimitation-edit": draw_target(plan),
        "delimitation-said": {"children": _said(plan)},
        "delimitation-work": {"children": _work(plan)},
        "delimitation-stop": {"hidden": plan.job.state != "running"},
        "delimitation-again": {"hidden": plan.job.state != "stopped"},
        "delimitation-choice": {"children": choice(plan)},
        "delimitation-chosen": {"children": _chosen(plan)},
        "delimitation-map-areas": {"hideout": hideout(plan)},
        "delimitation-overlay": {"children": overlay(plan)},
        "delimitation-legend": {"children": legend(plan)},
        "delimitation-cards": {"children": cards(plan)},
        "delimitation-options": {"children": options_panel(plan, is_open=is_alone())},
        "delimitation-files": {"children": plan_files(plan)},
        "delimitation-table-box": table_targets(plan),
        "delimitation-tick": {"disabled": "running" not in _stage(plan)},
        "delimitation-stage": {"data": _stage(plan)},
    }


def _stage(plan: Plan) -> str:
    """Return what is there and what is not, so that the page is drawn anew only where that changed."""
    return f"{plan.job.state} {'none' if plan.options_job is None else plan.options_job.state}"


def _work(plan: Plan) -> list[Component]:
    """Return how far the work is, or that it was stopped."""
    work = {"areas": plan.job, "options": plan.options_job}
    return progress({say(f"plan.job_{name}", plan.lang): job for name, job in work.items()}, plan.lang)


def _buttons(parts: Mapping[str, Mapping[str, Any]], lang: Lang) -> list[Component]:
    """Return the buttons that stop the work and begin it anew."""
    return [
        html.Button(say(f"asked.{name}", lang), id=f"delimitation-{name}", n_clicks=0, className="button",
                    **parts[f"delimitation-{name}"])
        for name in ("stop", "again")
    ]  # fmt: skip


def _said(plan: Plan) -> list[Component]:
    """Return what was found in sentences, or why nothing was."""
    lang = plan.lang
    if plan.job.fault is not None:
        return [notice(plan.job.fault.to(lang), lang)]
    said = sentences(plan)
    if not said:
        stopped = plan.job.state == "stopped"
        what = say("plan.job_areas", lang)
        told = say("asked.stopped", lang, what=what) if stopped else say("app.computing", lang)
        return [html.P(told, className="soft")]
    first, *more = said
    more.append(say("plan.caution", lang))
    return [html.P(first, className="lead"), *(html.P(one, className="small") for one in more)]


def _chosen(plan: Plan) -> list[Component]:
    """Return the selected unit with a link to the page of its area; nothing where none is selected."""
    names, unit = plan.layer.frame["name"].astype(str), plan.state.area
    if unit not in names.index:
        return []
    inside = [one.sentences[unit].to(plan.lang) for one in plan.items if unit in one.members]
    under = area_of_units(plan.city, plan.state.run, plan.units)[unit]
    name = f"{names[unit]} ({unit})"
    if plan.units:
        name = say("plan.unit_in", plan.lang, unit=unit, area=plan.outcome.areas.frame["name"].get(under, "–"))
    text = " ".join(dict.fromkeys(inside)) or name
    to_area = link(plan.state, say("compare.open_area", plan.lang), page="area", area=under, units="")
    return [html.Div([html.Span(text), to_area], className="chip")]


PAGE = Page("delimitation", words("plan.page"), 42, layout, refresh, connect, room="programme")
