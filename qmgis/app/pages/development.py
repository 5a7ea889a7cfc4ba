"""Entwicklung: any number over the years on today's areas, and what changed between two runs, and why."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.development.editions import runs_part
from qmgis.app.development.numbers import (
    Asked,
    asked_of,
    chart_panel,
    choices,
    chosen_line,
    hideout,
    key_of_map,
    number_table,
    slider,
    small_multiples,
    steps,
    table_properties,
)
from qmgis.app.frame import attributes, panel
from qmgis.app.map import plain_map
from qmgis.app.page import Page
from qmgis.app.panels.moves import table_targets
from qmgis.i18n import say
from qmgis.model import City, words

__all__ = ["PAGE", "connect", "fill", "layout", "refresh"]

ASKED = "development-asked"
# What is drawn after the words, and which parts of the address it depends on.
LATER = {
    "chart": ("mode", "year", "area"),
    "small": ("mode", "area"),
    "runs": ("mode", "year", "area", "run", "second", "cause"),
}


def layout(city: City, state: ViewState) -> Component:
    """Return the page: number, year, map with legend, chart, small lines, table, two runs, files."""
    asked = asked_of(city, state)
    lang, parts = asked.lang, _parts(asked)
    drawn = plain_map(
        asked.areas, parts["development-map-areas"]["hideout"], lang, page="development", backdrop=city.backdrop
    )
    beside = html.Section(**parts["development-legend"], id="development-legend", className="panel")
    lead = html.P(say("series.small_lead", lang), className="soft small")
    return html.Div(
        [
            html.H1(**parts["development-title"], id="development-title"),
            html.P(say("series.lead", lang), className="soft small one-line"),
            html.Div(**parts["development-choices"], id="development-choices"),
            html.Div([html.Div(**parts["development-steps"], id="development-steps", className="labelled"),
                      slider(asked)], className="years"),
            html.Div(**parts["development-chosen"], id="development-chosen"),
            html.Div([html.Div(drawn, id="development-map-box"), beside], className="split"),
            panel(say("series.chart", lang), _later("chart", "waits one")),
            panel(say("series.small", lang), lead, _later("small")),
            html.Section(
                [
                    html.H2(say("series.table", lang)),
                    number_table(asked),
                    html.P(say("series.table_hint", lang), className="soft small after"),
                    html.Div(**parts["development-files"], id="development-files"),
                ],
                className="panel",
            ),
            html.H2(say("series.runs", lang), className="part"),
            _later("runs", "stack"),
            dcc.Store(id=ASKED, data=format_address(state)),
        ],
        className="stack",
    )  # fmt: skip


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another number, year, area or pair of runs."""
    asked = asked_of(city, state)
    said = [one.children[0].children for one in chosen_line(asked)]
    return {
        **_parts(asked),
        "development-table": table_properties(asked),
        "development-table-box": table_targets(state),
        "development-slider": {"value": asked.of_areas.years.index(asked.year), "max": len(asked.of_areas.years) - 1},
        ASKED: {"data": format_address(state)},
        "live": {"children": said[0] if said else f"{asked.of_areas.title.to(asked.lang)}, {asked.year}"},
    }


def connect(app: Dash, city: City) -> None:
    """Register that chart, small lines and the two runs follow the words."""
    for name in LATER:
        wire = app.callback(
            Output(f"development-{name}", "children"),
            Output(f"development-{name}-done", "data"),
            Input(ASKED, "data"),
            State(f"development-{name}-done", "data"),
        )
        wire(partial(fill, name=name, city=city))


def fill(address: str, done: str | None, *, name: str, city: City) -> tuple[Any, Any]:
    """Return a part that is drawn later, and for which address; nothing new where it is on the page already."""
    state = settle(parse_address(*split_address(address)), city, pages=("development",))
    kept = {key: getattr(state, key) for key in LATER[name]}
    here = format_address(ViewState(page="development", lang=state.lang, **kept))
    if here == done:
        return no_update, no_update
    if name == "runs":
        return runs_part(city, state), here
    asked = asked_of(city, state)
    if name == "small":
        return small_multiples(asked), here
    notes = [html.P(text.to(asked.lang), className="soft small") for text in asked.of_areas.warnings]
    return [*chart_panel(asked), *notes], here


def _later(name: str, look: str = "") -> Component:
    """Return the place of what is drawn later, with the note of what it was drawn for."""
    place = html.Div(id=f"development-{name}", className=look, **attributes(aria_live="off"))
    return html.Div([place, dcc.Store(id=f"development-{name}-done")])


def _parts(asked: Asked) -> dict[str, dict[str, Any]]:
    """Return the properties of everything that depends on number, year and area."""
    lang, (laid_on, drawn) = asked.lang, hideout(asked)
    title = asked.of_areas.title.to(lang)
    return {
        "development-title": {"children": say("series.heading", lang, title=title, year=asked.year)},
        "development-choices": {"children": choices(asked)},
        "development-steps": {"children": steps(asked)},
        "development-years": _targets(asked),
        "development-chosen": {"children": chosen_line(asked)},
        "development-map-areas": {"hideout": laid_on},
        "development-legend": {"children": key_of_map(asked, drawn)},
        "development-files": {"children": _files(asked)},
    }


def _targets(asked: Asked) -> dict[str, Any]:
    place: Any = slider(asked)
    return {key: value for key, value in place.to_plotly_json()["props"].items() if key.startswith("data-")}


def _files(asked: Asked) -> Component:
    query = urlencode({"mode": asked.key, "run": asked.state.run, "lang": asked.lang})
    file = html.A(say("series.download", asked.lang), href=f"/download/series?{query}", download="")
    return html.Ul([html.Li(file)], className="downloads")


PAGE = Page("development", words("series.page"), 14, layout, refresh, connect)
