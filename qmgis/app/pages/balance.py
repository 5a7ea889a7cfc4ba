"""Bilanz: cost share beside count share, planned, approved and spent, funds, and white spots by field."""

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
from qmgis.app.programme.balance import (
    Asked,
    asked_of,
    bars,
    choices,
    divided_part,
    funds_part,
    rules,
    shares_table,
    spot_choices,
    spot_legend,
    spot_table,
    sums_table,
)
from qmgis.app.programme.measures import plan_links
from qmgis.app.programme.registermap import ground, lines_of, marks_of, spot_hideout
from qmgis.i18n import say
from qmgis.model import City, words
from qmgis.runs.programme.balance import chosen, has_register, measures_of

__all__ = ["PAGE", "layout", "refresh"]


def layout(city: City, state: ViewState) -> Component:
    """Return the page: choices, bars with table, sums, funds, white spots, files; or that there is no register."""
    lang = lang_of(state)
    head = [html.H1(say("balance.page", lang)), html.P(say("balance.lead", lang), className="soft small one-line")]
    if not has_register(city):
        return html.Div([*head, notice(say("balance.no_register", lang), lang)], className="stack")
    asked = asked_of(city, state)
    parts = _parts(asked)

    def part(name: str, **more: Any) -> Component:
        return html.Div(**parts[f"balance-{name}"], id=f"balance-{name}", **more)

    marks = dl.LayerGroup(**parts["balance-overlay"], id="balance-overlay")
    drawn = plain_map(
        asked.areas, parts["balance-map-areas"]["hideout"], lang, page="balance", backdrop=city.backdrop, marks=marks
    )
    beside = html.Section(**parts["balance-legend"], id="balance-legend", className="panel")
    return html.Div(
        [
            *head,
            part("choices"),
            panel(say("balance.shares", lang), part("chart"), part("table"), part("rules"), part("divided")),
            panel(say("balance.sums", lang), part("sums")),
            panel(say("balance.funds", lang), part("funds")),
            html.H2(say("balance.spots", lang), className="part"),
            part("fields"),
            html.Div([drawn, beside], className="split"),
            panel(say("balance.spots_table", lang), part("spots")),
            panel(say("app.downloads", lang), part("files")),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another question, programme area or field."""
    if not has_register(city):
        return {}
    asked = asked_of(city, state)
    parts = _parts(asked)
    spoken = parts["balance-chart"]["children"].children[0].children
    return {**parts, "live": {"children": spoken}}


def _parts(asked: Asked) -> dict[str, dict[str, Any]]:
    rows = asked.spots_here
    painted = ground(asked.areas, asked.state) if rows is None else spot_hideout(asked.areas, rows, asked.state)
    return {
        "balance-choices": {"children": choices(asked)},
        "balance-chart": {"children": bars(asked)},
        "balance-table": {"children": shares_table(asked)},
        "balance-rules": {"children": rules(asked)},
        "balance-divided": {"children": divided_part(asked)},
        "balance-sums": {"children": sums_table(asked)},
        "balance-funds": {"children": funds_part(asked)},
        "balance-fields": {"children": spot_choices(asked)},
        "balance-map-areas": {"hideout": painted},
        "balance-overlay": {"children": _overlay(asked)},
        "balance-legend": {"children": spot_legend(asked)},
        "balance-spots": {"children": spot_table(asked)},
        "balance-files": {"children": plan_links(asked.quarter, asked.lang)},
    }


def _overlay(asked: Asked) -> list[Component]:
    """Return programme areas, and the signs of the measures of the map's field."""
    rows = measures_of(asked.city)
    wanted = chosen(asked.register, field=asked.field, area=asked.quarter)["measure"]
    return [*lines_of(asked.city, asked.state.run), *marks_of(rows[rows["measure"].isin(wanted)])]


PAGE = Page("balance", words("balance.page"), 34, layout, refresh, of_city=has_register, room="programme")
