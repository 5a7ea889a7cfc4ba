"""Gebiet: one area's profile – what it is classed as, why, how close the limits are, and who is not reached."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.downloads import download_panel
from qmgis.app.frame import attributes, editions, facts, lang_of, link, notice, panel
from qmgis.app.page import Page
from qmgis.app.results import outcome_of, outcomes_of
from qmgis.app.view import classes_over_time, colours_of
from qmgis.i18n import say
from qmgis.model import City, Lang, Outcome, words
from qmgis.views.charts import Block, contributions, timeline
from qmgis.views.dossier import Dossier, dossier

__all__ = ["PAGE", "connect", "draw_charts", "layout"]

BLOCKS: tuple[Block, ...] = ("status", "dynamics")
WHY, TIME, ASKED = "area-why-charts", "area-time-charts", "area-asked"
HEIGHT = 300


def layout(city: City, state: ViewState) -> Component:
    """Return the profile of the area in the address, or say that there is none."""
    lang, outcome = lang_of(state), outcome_of(city, state.run)
    back = html.P(link(state, say("app.back", lang), page="overview"))
    if state.area not in outcome.table.index:
        return html.Div(
            [back, html.H1(words("app.area").to(lang)), editions(city, state), _missing(outcome, state, lang)]
        )
    said = dossier(outcome, state.area, lang=lang)
    return html.Div(
        [
            dcc.Store(id=ASKED, data=format_address(state)),
            back,
            _head(outcome, said, lang),
            editions(city, state),
            html.Div([_classes(said, lang), _limits(said, lang)], className="halves"),
            _why(said, lang),
            _over_time(city, state, lang),
            _coverage(said, lang),
            panel(say("app.caveats", lang), html.Ul([html.Li(line) for line in said.caveats], className="plain")),
            download_panel(outcome, lang),
            _made(said, state, lang),
        ],
        className="stack",
        id="area-profile",
    )


def _missing(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return the sentence for an area that this run does not have."""
    if not state.area:
        return notice(say("app.choose_area", lang), lang)
    run = outcome.run.title.to(lang)
    return notice(f"{say('app.unknown_area', lang, area=state.area, run=run)} {say('app.choose_area', lang)}", lang)


def _head(outcome: Outcome, said: Dossier, lang: Lang) -> Component:
    place = [said.area, said.parent, f"{said.population} {say('app.residents', lang)}", str(said.year)]
    sign = html.Span(
        className="sign", style={"background": colours_of(outcome)[said.area]}, **attributes(aria_hidden="true")
    )
    flag = [html.P(html.Span(say("words.attention", lang), className="badge"))] if said.attention else []
    return html.Div(
        [
            html.H1(said.name),
            html.P(" · ".join(part for part in place if part), className="soft"),
            html.P([sign, said.summary], className="lead"),
            *flag,
        ]
    )


def _classes(said: Dossier, lang: Lang) -> Component:
    return panel(say("app.classes", lang), facts({fact.label: fact.text for fact in said.classes}))


def _limits(said: Dossier, lang: Lang) -> Component:
    lines = html.Ul([html.Li(line) for line in said.limits], className="plain")
    return panel(say("app.limits", lang), lines if said.limits else html.P(say("app.no_limits", lang)))


def _why(said: Dossier, lang: Lang) -> Component:
    """Return what the indices are made of, in numbers; the charts follow."""
    heads = ("indicator", "value", "mean", "change", "mean_change", "z", "contribution")
    rows = [
        [row.title, row.value, row.mean, row.change, row.mean_change, row.z, row.contribution]
        for row in said.indicators
    ]
    table = _table([say(f"app.why_{head}", lang) for head in heads], rows)
    charts = html.Div(id=WHY, className="charts waits" if said.contributions else "charts")
    return panel(say("app.why", lang), html.P(say("app.why_lead", lang), className="soft small"), charts, table)


def _over_time(city: City, state: ViewState, lang: Lang) -> Component:
    """Return the area's class in every run that has the area; the charts follow."""
    heads = [say(key, lang) for key in ("app.choose_run", "app.method_year", "words.group", "words.attention")]
    table = _table(heads, classes_over_time(_runs_with(city, state.area), state.area, lang))
    lead = html.P(say("app.time_lead", lang), className="soft small")
    return panel(say("app.time", lang), lead, html.Div(id=TIME, className="charts waits"), table)


def _runs_with(city: City, area: str) -> list[Outcome]:
    return [outcome for outcome in outcomes_of(city) if area in outcome.table.index]


def draw_charts(address: str, *, city: City) -> tuple[list[Component], list[Component]]:
    """Return the charts of the area in an address: contributions, and the course over the runs."""
    state = settle(parse_address(*split_address(address)), city, pages=("area",))
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    said = dossier(outcome, state.area, lang=lang)
    why = [_contributions(outcome, said, block, lang) for block in BLOCKS if _has(said, block)]
    found = _runs_with(city, state.area)
    columns = [f"{block}_index" for block in BLOCKS if any(f"{block}_index" in one.table for one in found)]
    return why, [_course(found, state.area, column, lang) for column in columns]


def connect(app: Dash, city: City) -> None:
    """Register that the charts follow the words."""
    wire = app.callback(Output(WHY, "children"), Output(TIME, "children"), Input(ASKED, "data"))
    wire(partial(draw_charts, city=city))


def _has(said: Dossier, block: str) -> bool:
    return any(part.block == block for part in said.contributions)


def _contributions(outcome: Outcome, said: Dossier, block: Block, lang: Lang) -> Component:
    figure = contributions(outcome, said.area, block=block, lang=lang)
    spoken = "; ".join(f"{part.title} {part.text}" for part in said.contributions if part.block == block)
    return _chart(figure, f"area-{block}", f"{say(f'words.{block}_index', lang)}: {spoken}")


def _course(found: list[Outcome], area: str, column: str, lang: Lang) -> Component:
    figure = timeline(found, area, column=column, lang=lang)
    return _chart(figure, f"area-time-{column.removesuffix('_index')}", say(f"words.{column}", lang))


def _coverage(said: Dossier, lang: Lang) -> Component | None:
    if not said.coverage:
        return None
    heads = ("theme", "share", "reached", "not_reached", "median", "p90", "tier")
    rows = [
        [[html.Strong(row.title), html.Br(), html.Span(row.note, className="soft small"),
          *([html.Br(), html.Span(row.need, className="small")] if row.need else [])],
         row.share, row.reached, row.not_reached, row.median, row.p90, row.tier or "–"]
        for row in said.coverage
    ]  # fmt: skip
    return panel(say("app.coverage", lang), _table([say(f"app.coverage_{head}", lang) for head in heads], rows))


def _made(said: Dossier, state: ViewState, lang: Lang) -> Component:
    credit = html.Details([html.Summary(say("app.sources", lang)), html.Ul([html.Li(line) for line in said.credits])])
    recipe = say("app.legend_date", lang, date=str(said.year), recipe=said.recipe)
    method = link(state, words("app.data_method").to(lang), page="data_method")
    return html.Div([html.P([recipe, " · ", method]), credit], className="small soft after")


def _chart(figure: Any, key: str, spoken: str) -> Component:
    """Return a chart that says in words what it shows; the tables below hold its numbers."""
    figure.update_layout(height=HEIGHT, margin={"l": 10, "r": 20, "t": 50, "b": 40})
    figure.update_xaxes(title_font_size=12).update_yaxes(title_font_size=12).update_traces(cliponaxis=False)
    size = {"height": f"{HEIGHT}px"}
    graph = dcc.Graph(id=key, figure=figure, config={"displayModeBar": False}, responsive=True, style=size)
    return html.Div(graph, className="chart", role="img", **attributes(aria_label=spoken))


def _table(heads: list[str], rows: list[list[Any]]) -> Component:
    """Return a table whose first column names the rows and whose others are numbers or short words."""
    head = html.Tr([html.Th(text, scope="col", className="n" if place else "") for place, text in enumerate(heads)])
    body = [
        html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell, className="n") for cell in row[1:])]) for row in rows
    ]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(table, className="wide", tabIndex="0", role="group", **attributes(aria_label=heads[0]))


PAGE = Page("area", words("app.area"), 20, layout, connect=connect, in_menu=False)
