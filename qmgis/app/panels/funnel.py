"""The funnels of the area page: which shares are far from all others for their number of people."""

from __future__ import annotations

from functools import partial

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from qmgis.app.address import parse_address, settle, split_address
from qmgis.app.chart import HEIGHT, chart, data_table
from qmgis.app.frame import lang_of, panel
from qmgis.app.results import outcome_of
from qmgis.i18n import number, percent, say
from qmgis.model import City, Lang, Outcome
from qmgis.views.cells import column_of
from qmgis.views.funnels import funnel, funnel_of, funnel_rows, shares_of

__all__ = ["connect_funnels", "funnel_panel"]

PLACE = "area-funnel-charts"


def funnel_panel(outcome: Outcome, lang: Lang) -> Component:
    """Return the place for the funnels of a run; nothing but that where no share has known people."""
    if not shares_of(outcome):
        return html.Div(id=PLACE)
    lead = html.P(say("app.funnel_lead", lang), className="soft small")
    return panel(say("app.funnel", lang), lead, html.Div(id=PLACE, className="charts waits"))


def draw_funnels(address: str, *, city: City) -> list[Component]:
    """Return a funnel for each share, with the area of the address marked."""
    state = settle(parse_address(*split_address(address)), city, pages=("area",))
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    return [_funnel(outcome, key, state.area, lang) for key in shares_of(outcome)]


def connect_funnels(app: Dash, city: City, *, asked: str) -> None:
    """Register that the funnels follow the words."""
    app.callback(Output(PLACE, "children"), Input(asked, "data"))(partial(draw_funnels, city=city))


def _funnel(outcome: Outcome, key: str, area: str, lang: Lang) -> Component:
    """Return one funnel with what it says in words, and the areas outside its limits as a table."""
    table, around = funnel_of(outcome, key)
    title, rows = column_of(outcome, f"value_{key}").title.to(lang), funnel_rows(outcome, key, lang=lang)
    here = table["place"].get(area)
    said = [
        say("app.funnel_middle", lang, share=percent(around.middle, lang, digits=1)),
        *([say("app.funnel_wide", lang)] if around.is_wide else []),
        say("app.funnel_beyond", lang, count=number(len(rows), lang), all=number(len(table), lang)),
        say("app.funnel_here", lang, place=say(f"views.funnel_{here}", lang))
        if here
        else say("app.funnel_absent", lang),
    ]
    figure, spoken = funnel(outcome, key, area=area, lang=lang), f"{title}: {' '.join(said)}"
    drawn = chart(figure, f"area-funnel-{key}", spoken, height=HEIGHT + 90)
    heads = [say(f"app.funnel_{head}", lang) for head in ("area", "share", "people", "place")]
    twin = html.Details(
        [html.Summary(say("app.funnel_table", lang)),
         data_table(heads, [[row.name, row.share, row.base, row.place] for row in rows])],
        className="small",
    )  # fmt: skip
    return html.Div([drawn, html.P(" ".join(said), className="soft small"), *([twin] if rows else [])])
