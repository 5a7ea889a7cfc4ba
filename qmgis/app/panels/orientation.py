"""Orientation values of a city: what planning is oriented by, where each comes from, and that it is no claim."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.app.frame import panel
from qmgis.i18n import say
from qmgis.model import City, Lang, Theme
from qmgis.views.orientation import service_table, value_table

__all__ = ["orientation_panel", "values_panel"]

UNDER = (1, 9)  # key and note stand below the topic, so that the table fits the page


def orientation_panel(city: City, lang: Lang) -> Component | None:
    """Return the orientation values with source and mark, and which group belongs to which service; None without."""
    if not city.orientation:
        return None
    heads, rows = value_table(city.orientation.values(), lang)
    heads = [head for place, head in enumerate(heads) if place not in UNDER]
    titles, served = service_table(city.services.values(), lang)
    title = say("orientation.title", lang)
    return panel(
        title,
        html.P(say("orientation.lead", lang), className="soft"),
        data_table(heads, [_folded(row) for row in rows], numbers=0, label=title),
        html.H3(say("orientation.services", lang)),
        html.P(say("orientation.services_lead", lang), className="soft"),
        data_table(titles, served, numbers=0, label=say("orientation.services", lang)),
    )


def values_panel(city: City, theme: Theme, lang: Lang) -> Component | None:
    """Return the orientation values of a theme and of the service that its places are of; None without any."""
    named = [str(one.orientation) for one in city.services.values() if one.serves(theme.places)]
    values = {key: city.orientation[key] for key in named if key in city.orientation}
    values |= {theme.orientation.key: theme.orientation} if theme.orientation is not None else {}
    if not values:
        return None
    heads, rows = value_table(values.values(), lang)
    heads = [head for place, head in enumerate(heads) if place not in UNDER]
    title = say("orientation.title", lang)
    lead = html.P(say("orientation.lead", lang), className="soft small")
    return panel(title, lead, data_table(heads, [_folded(row) for row in rows], numbers=0, label=title))


def _folded(row: list[str]) -> list[object]:
    """Return a row with key and note below its topic."""
    below = [html.Div(row[place], className="small soft") for place in UNDER if row[place]]
    return [[html.Div(row[0]), *below], *(cell for place, cell in enumerate(row[1:], 1) if place not in UNDER)]
