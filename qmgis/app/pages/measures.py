"""Maßnahmen: the measures of the register on the map and as a table, by area, field, status and kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.frame import lang_of, notice, panel
from qmgis.app.map import plain_map
from qmgis.app.page import Page
from qmgis.app.programme.measures import Chosen, chosen_of, filters, legend, measure_table, plan_links, said
from qmgis.app.programme.registermap import ground, lines_of, marks_of
from qmgis.i18n import say
from qmgis.model import City, words
from qmgis.runs.programme.balance import has_register

__all__ = ["PAGE", "layout", "refresh"]


def layout(city: City, state: ViewState) -> Component:
    """Return the page: filters, map with legend, table, files; or that the city has no register."""
    lang = lang_of(state)
    head = [html.H1(say("balance.measures_page", lang)),
            html.P(say("balance.measures_lead", lang), className="soft small one-line")]  # fmt: skip
    if not has_register(city):
        return html.Div([*head, notice(say("balance.no_register", lang), lang)], className="stack")
    asked = chosen_of(city, state)
    parts = _parts(asked)
    marks = dl.LayerGroup(**parts["measures-overlay"], id="measures-overlay")
    drawn = plain_map(
        asked.areas, parts["measures-map-areas"]["hideout"], lang, page="measures", backdrop=city.backdrop, marks=marks
    )
    beside = html.Section(**parts["measures-legend"], id="measures-legend", className="panel")
    return html.Div(
        [
            *head,
            html.Div(**parts["measures-filters"], id="measures-filters"),
            html.P(**parts["measures-said"], id="measures-said", className="lead"),
            html.Div([drawn, beside], className="split"),
            panel(say("balance.measures", lang), html.Div(**parts["measures-table"], id="measures-table")),
            panel(say("app.downloads", lang), html.Div(**parts["measures-files"], id="measures-files")),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another filter or area."""
    if not has_register(city):
        return {}
    asked = chosen_of(city, state)
    return {**_parts(asked), "live": {"children": said(asked)}}


def _parts(asked: Chosen) -> dict[str, dict[str, Any]]:
    return {
        "measures-filters": {"children": filters(asked)},
        "measures-said": {"children": said(asked)},
        "measures-map-areas": {"hideout": ground(asked.areas, asked.state)},
        "measures-overlay": {"children": [*lines_of(asked.city, asked.state.run), *marks_of(asked.rows)]},
        "measures-legend": {"children": legend(asked)},
        "measures-table": {"children": measure_table(asked)},
        "measures-files": {"children": plan_links(asked.quarter, asked.lang)},
    }


PAGE = Page("measures", words("balance.measures_page"), 32, layout, refresh, of_city=has_register, room="programme")
