"""What the pages Qualität and Verstetigung share: day, area, tables and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.dayform import asked_day, day_field, day_links
from qmgis.app.frame import attributes, current, lang_of, link, notice, panel
from qmgis.i18n import say
from qmgis.lifecycle import named
from qmgis.model import City, Lang
from qmgis.runs.programme.lives import programme_of
from qmgis.runs.programme.records import day_of_city
from qmgis.runs.programme.words import cell_text

__all__ = ["Judged", "area_pills", "day_panel", "files_panel", "has_programme", "judged_of", "table_panel"]


@dataclass(frozen=True, eq=False)
class Judged:
    """What an address asks for: an area on a day; ``fault`` says what is wrong with the day."""

    city: City
    state: ViewState
    area: str
    name: str
    day: date
    fault: str = ""

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return lang_of(self.state)


def judged_of(city: City, state: ViewState) -> Judged:
    """Return what the page shows: the day of the newest run and the first area unless others are asked for.

    Raises
    ------
    DataError
        If the city has no programme areas.
    """
    names = named(programme_of(city))
    area = state.pick if state.pick in names.index else str(names.index[0])
    day, fault = asked_day(state, day_of_city(city))
    return Judged(city, state, area, str(names[area]), day, fault)


def has_programme(city: City) -> bool:
    """Return whether a city has programme areas."""
    return bool(city.programmes)


def day_panel(asked: Judged, page: str) -> Component:
    """Return the field for a day, and links to the days of the editions."""
    lang = asked.lang
    form = day_field(asked.state, asked.day, page=page)
    pills = day_links(asked.state, (run.on for run in asked.city.runs.values()), asked.day,
                      title=say("funded.days_editions", lang))  # fmt: skip
    return panel(say("funded.on", lang), form, notice(asked.fault, lang) if asked.fault else None, pills)


def area_pills(asked: Judged, page: str) -> Component:
    """Return every programme area as a link."""
    names = named(programme_of(asked.city))
    items = [
        html.Li(link(asked.state, f"{name} ({area})", pick=area, id=f"{page}-pick-{place}",
                     **current(area == asked.area)))
        for place, (area, name) in enumerate(names.items())
    ]  # fmt: skip
    return html.Ul(items, className="pills", **attributes(aria_label=say("funded.which", asked.lang)))


def table_panel(
    title: str,
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    lang: Lang,
    lead: str = "",
    shut: bool = False,
    nothing: str = "",
) -> Component:
    """Return a table under its heading, codes in words; a sentence where it has no rows; folded if asked."""
    said = html.P(lead, className="soft small") if lead else None
    if frame.empty:
        return panel(title, said, html.P(nothing or say("quality.nothing", lang)))
    heads = [say(f"quality.column_{one.removesuffix('_de').removesuffix('_en')}", lang) for one in columns]
    rows = [[cell_text(row[one], one, lang) for one in columns] for row in frame.to_dict("records")]
    table = data_table(heads, rows, numbers=0, label=title)
    if shut:
        return panel(
            title, said, html.Details([html.Summary(say("quality.open_table", lang)), table], className="small")
        )
    return panel(title, said, table)


def files_panel(asked: Judged, kinds: Sequence[str]) -> Component:
    """Return a link to each file of the page."""
    query = f"pick={quote(asked.area, safe='')}&day={asked.day.isoformat()}&lang={asked.lang}"
    items = [
        html.Li(html.A(say(f"quality.title_{kind}", asked.lang) + " (CSV)", href=f"/download/area/{kind}?{query}",
                       download=""))
        for kind in kinds
    ]  # fmt: skip
    return panel(say("app.downloads", asked.lang), html.Ul(items, className="downloads"))
