"""Übersicht: where need is high, who is not reached, where to look first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.chart import has_numbers, scatter_chart, spread_chart
from qmgis.app.coverage.firm import firm_panel
from qmgis.app.downloads import download_panel
from qmgis.app.frame import current, editions, lang_of, link, panel, pills
from qmgis.app.key import active_filter, legend_panel
from qmgis.app.map import area_map, map_changes
from qmgis.app.page import Page
from qmgis.app.panels.targeting import targeting_panel
from qmgis.app.results import outcome_of
from qmgis.app.table import area_table, table_changes
from qmgis.app.view import KeyNumbers, Mode, key_numbers, modes, shown
from qmgis.i18n import number, percent, say
from qmgis.model import City, Lang, Outcome, words

__all__ = ["PAGE", "charted", "connect", "draw_charts", "layout", "refresh"]

ASKED, DRAWN, CHARTS = "overview-asked", "overview-drawn", "overview-charts"


def layout(city: City, state: ViewState) -> Component:
    """Return the page: key numbers, map with legend, and the table with the same areas."""
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    legend = html.Section(legend_panel(outcome, state, lang), id="overview-legend", className="panel")
    beside = [firm_panel(city, outcome, state, lang), targeting_panel(outcome, lang)]
    return html.Div(
        [
            html.H1(say("app.overview_title", lang, run=outcome.run.title.to(lang))),
            html.P(say("app.overview_lead", lang), className="soft small one-line"),
            editions(city, state),
            _key_numbers(key_numbers(outcome), lang),
            html.Div(_choices(outcome, state, lang), id="overview-modes"),
            html.Div(active_filter(outcome, state, lang), id="overview-chip"),
            html.Div([area_map(outcome, state, lang), legend], className="split"),
            _charts(outcome, state, lang),
            area_table(outcome, state, lang),
            *(one for one in beside if one is not None),
            download_panel(outcome, lang),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes when another mode, filter or area is asked for on the same run."""
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    return {
        **map_changes(outcome, state, lang),
        **table_changes(outcome, state, lang),
        ASKED: {"data": _charts_asked(state)},
        "overview-modes": {"children": _choices(outcome, state, lang)},
        "overview-chip": {"children": active_filter(outcome, state, lang)},
        "overview-legend": {"children": legend_panel(outcome, state, lang)},
    }


def charted(outcome: Outcome, mode: str) -> str:
    """Return the column of numbers behind what the map shows, such as the index behind its classes; else nothing."""
    chosen = shown(outcome, mode).mode
    share = f"{chosen.theme}_share"
    behind = {"dynamics_class": "dynamics_index", f"{chosen.theme}_tier": share, f"{chosen.theme}_firm": share}
    asked = (chosen.key, behind.get(chosen.key, ""), "status_index", "index")
    return next((column for column in asked if has_numbers(outcome, column)), "")


def draw_charts(address: str, drawn: str | None, *, city: City) -> tuple[Any, Any]:
    """Return the charts for what the map shows, and what they were drawn for; nothing new where that is the same."""
    if address == drawn:
        return no_update, no_update
    state = settle(parse_address(*split_address(address)), city, pages=("overview",))
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    area = state.area if state.area in outcome.table.index else None
    column = charted(outcome, state.mode)
    charts = [scatter_chart(outcome, "overview-scatter", lang, area=area)] if _has_groups(outcome) else []
    if column:
        charts.append(spread_chart(outcome, column, "overview-spread", lang, area=area))
    return charts, address


def connect(app: Dash, city: City) -> None:
    """Register that the charts follow the map."""
    wire = app.callback(Output(CHARTS, "children"), Output(DRAWN, "data"), Input(ASKED, "data"), State(DRAWN, "data"))
    wire(partial(draw_charts, city=city))


def _charts(outcome: Outcome, state: ViewState, lang: Lang) -> Component | None:
    """Return the place for the charts; nothing where there is nothing to draw."""
    some = bool(charted(outcome, state.mode)) or _has_groups(outcome)
    stores = [dcc.Store(id=ASKED, data=_charts_asked(state)), dcc.Store(id=DRAWN)]
    if not some:
        return html.Div([*stores, html.Div(id=CHARTS)])
    has_groups = _has_groups(outcome)
    lead = html.P(say("app.spread_lead" if has_groups else "app.spread_lead_one", lang), className="soft small")
    charts = html.Div(id=CHARTS, className="charts waits" if has_groups else "charts waits one")
    return panel(say("app.spread", lang), lead, charts, *stores)


def _charts_asked(state: ViewState) -> str:
    """Return the address without what the charts do not show."""
    return format_address(replace(state, only=()))


def _has_groups(outcome: Outcome) -> bool:
    """Return whether a run has status and dynamics, so that one can be drawn against the other."""
    indices = has_numbers(outcome, "status_index") and has_numbers(outcome, "dynamics_index")
    return indices and {"group", "attention"} <= set(outcome.table)


def _key_numbers(figures: KeyNumbers, lang: Lang) -> Component:
    share = None
    if figures.residents and figures.residents_in_attention is not None:
        share = figures.residents_in_attention / figures.residents
    entries: list[tuple[str, float | None, str]] = [
        ("app.key_areas", figures.areas, ""),
        ("app.key_attention", figures.attention, ""),
        ("app.key_residents", figures.residents_in_attention, f" ({percent(share, lang, digits=0)})"),
        ("app.key_left_out", figures.left_out, ""),
    ]
    tiles = [
        html.Div([html.Dt(say(key, lang)), html.Dd([number(value, lang), html.Small(aside)])])
        for key, value, aside in entries
    ]
    return html.Dl(tiles, className="keys")


def _choices(outcome: Outcome, state: ViewState, lang: Lang) -> list[Component]:
    """Return what the map can show: the families, and the modes of the chosen one."""
    chosen, known = shown(outcome, state.mode).mode, modes(outcome)
    first = {mode.family: mode for mode in reversed(known)}
    families = [
        (first[family], say(f"app.family_{family}", lang)) for family in dict.fromkeys(mode.family for mode in known)
    ]
    members = [(mode, mode.title.to(lang)) for mode in known if mode.family == chosen.family]
    rows = [_pills(state, say("app.map_shows", lang), families, is_current=lambda mode: mode.family == chosen.family)]
    if len(members) > 1:
        label = say(f"app.family_{chosen.family}", lang)
        rows.append(_pills(state, label, members, is_current=lambda mode: mode.key == chosen.key))
    return rows


def _pills(
    state: ViewState, label: str, entries: list[tuple[Mode, str]], *, is_current: Callable[[Mode], bool]
) -> Component:
    items = [
        html.Li(link(state, title, mode=mode.key, only=(), **current(is_current(mode)))) for mode, title in entries
    ]
    return pills(label, items)


PAGE = Page("overview", words("app.overview"), 10, layout, refresh, connect)
