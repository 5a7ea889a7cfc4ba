"""Fördergebiete: the programme areas of a day, their events on a time line, deadlines, and what lies in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.dayform import day_field, day_links
from qmgis.app.frame import attributes, current, editions, lang_of, link, notice, panel
from qmgis.app.geometry import keep
from qmgis.app.map import browser_function, open_template, painted, plain_map
from qmgis.app.page import Page
from qmgis.app.panels.targeting import targeting_panel
from qmgis.app.programme.funded import (
    Funded,
    cells,
    due_columns,
    event_columns,
    figure_rows,
    funded_of,
    said_day,
    valid_columns,
)
from qmgis.app.programme.funded_files import funded_files
from qmgis.app.programme.lifelines import lifelines
from qmgis.app.programme.registermap import legend_line, lines_on, state_entries
from qmgis.errors import DataError
from qmgis.i18n import number, say
from qmgis.io.written.streetlist import street_heads, street_rows
from qmgis.model import City, words
from qmgis.scoring import attention_of
from qmgis.views.palette import NO_DATA

__all__ = ["PAGE", "layout", "refresh"]

PARTS = ("day", "said", "legend", "valid", "due", "lives", "figures", "streets", "files")


def layout(city: City, state: ViewState) -> Component:
    """Return the page: the day, the map with the areas of it, time line and events, deadlines, figures, files."""
    lang = lang_of(state)
    head = [html.H1(say("funded.page", lang)), html.P(say("funded.lead", lang), className="soft small one-line")]
    try:
        plan = funded_of(city, state)
    except DataError as error:
        return html.Div([*head, notice(error.say(lang), lang)], className="stack")
    parts = _parts(plan)
    marks = dl.LayerGroup(**parts["programme-overlay"], id="programme-overlay")
    drawn = plain_map(
        plan.outcome.areas, parts["programme-map-areas"]["hideout"], lang, page="programme", backdrop=city.backdrop,
        marks=marks,
    )  # fmt: skip
    box = {name: html.Div(**parts[f"programme-{name}"], id=f"programme-{name}", className="stack") for name in PARTS}
    shown = html.Div([html.Div(box["said"], className="panel said"), drawn, box["legend"]], className="stack")
    return html.Div(
        [
            *head, editions(city, state), html.Div([box["day"], shown, box["due"]], className="asking"), box["valid"],
            box["lives"], box["figures"], box["streets"], targeting_panel(plan.outcome, lang), box["files"],
        ],
        className="stack",
    )  # fmt: skip


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another day or another chosen area."""
    if not city.programmes:
        return {}
    plan = funded_of(city, state)
    return {**_parts(plan), "live": {"children": plan.fault or _sentence(plan)}}


def _parts(plan: Funded) -> dict[str, dict[str, Any]]:
    return {
        "programme-day": {"children": _day_panel(plan)},
        "programme-said": {"children": _said(plan)},
        "programme-map-areas": {"hideout": _hideout(plan)},
        "programme-overlay": {"children": _overlay(plan)},
        "programme-legend": {"children": _legend(plan)},
        "programme-valid": {"children": _valid(plan)},
        "programme-due": {"children": _due(plan)},
        "programme-lives": {"children": _lives(plan)},
        "programme-figures": {"children": _figures(plan)},
        "programme-streets": {"children": _streets(plan)},
        "programme-files": {"children": funded_files(plan)},
    }


def _day_panel(plan: Funded) -> list[Component]:
    """Return the field for a day, and links to the days of the editions and of the events."""
    lang, state = plan.lang, plan.state
    form = day_field(state, plan.day, page="programme")
    listed = {
        "editions": [run.on for run in plan.city.runs.values()],
        "events": [day.date() for day in plan.events["date"].dropna()],
    }
    parts = [form, notice(plan.fault, lang) if plan.fault else None]
    for key, days in listed.items():
        title = say(f"funded.days_{key}", lang)
        pills = day_links(state, days, plan.day, title=title)
        parts.append(html.Details([html.Summary(title), pills], className="small", open=key == "editions"))
    return [panel(say("funded.on", lang), *parts)]


def _sentence(plan: Funded) -> str:
    counts = Counter(plan.due["state"])
    return say(
        "funded.said", plan.lang, day=said_day(plan.day, plan.lang), areas=number(len(plan.valid), plan.lang),
        near=number(counts["near"], plan.lang), passed=number(counts["passed"], plan.lang),
    )  # fmt: skip


def _said(plan: Funded) -> list[Component]:
    return [
        html.P(_sentence(plan), className="lead"),
        html.P(say("lifecycle.deadline_note", plan.lang), className="small"),
    ]


def _hideout(plan: Funded) -> dict[str, Any]:
    """Return what the browser paints the areas by: whether they require attention in the run."""
    lang, flag = plan.lang, attention_of(plan.outcome.index).fillna(False).astype(bool)
    loud = [str(area) for area in flag.index[flag]]
    classes = [
        {"code": "attention", "colour": "#e8c48c", "hatch": "none", "label": say("words.attention", lang)},
        {"code": "other", "colour": "#f1f1ee", "hatch": "none", "label": say("plan.kind_other", lang)},
        {"code": "none", "colour": NO_DATA, "hatch": "diagonal", "label": say("words.no_data", lang)},
    ]
    codes = {str(area): 0 if str(area) in set(loud) else 1 for area in plan.outcome.areas.frame.index}
    return painted(plan.outcome.areas, codes, classes, selected=plan.state.area, attention=loud,
                   thick=say("words.attention", lang), target=open_template(plan.state))  # fmt: skip


def _overlay(plan: Funded) -> list[Component]:
    """Return the outlines by what they are on the day, and the number of each area of the table on its outline."""
    layers = lines_on(plan.layer, plan.day)
    spots = [
        (str(area), f"{one['name']} ({area})", "proposed", str(place), one.geometry.representative_point())
        for place, (area, one) in enumerate(plan.valid.iterrows(), start=1)
    ]
    if spots:
        table = pd.DataFrame(spots, columns=["id", "name", "kind", "text", "geometry"]).set_index("id")
        sheet = keep(gpd.GeoDataFrame(table, geometry="geometry", crs=plan.city.crs), names=("name", "kind", "text"))
        point, each = browser_function("site"), browser_function("eachPlace")
        layers.append(dl.GeoJSON(url=sheet.address, pointToLayer=point, onEachFeature=each))
    return layers


def _legend(plan: Funded) -> list[Component]:
    lang = plan.lang
    swatch = html.Span(className="swatch", style={"background": "#e8c48c"})
    items = [*state_entries(plan.layer, plan.day, lang), legend_line(swatch, say("words.attention", lang))]
    hint = html.P(say("funded.legend_hint", lang), className="soft small")
    return [panel(say("plan.map", lang), html.Ul(items, className="legend"), hint)]


def _valid(plan: Funded) -> list[Component]:
    """Return the table of the day, the twin of the map."""
    lang, columns = plan.lang, valid_columns()
    title = say("funded.valid", lang, day=said_day(plan.day, lang))
    rows = [
        [f"{place}. {row[0]}", *row[1:]]
        for place, row in enumerate(cells(plan.valid.reset_index(), columns, lang), start=1)
    ]
    if not rows:
        return [panel(title, html.P(say("funded.nobody", lang)))]
    return [panel(title, data_table([one.title.to(lang) for one in columns], rows, numbers=0, label=title))]


def _due(plan: Funded) -> list[Component]:
    """Return the deadlines of the day, each with its mark."""
    lang, columns = plan.lang, due_columns()
    title, due = say("funded.due", lang), plan.due
    if due.empty:
        return [panel(title, html.P(say("funded.no_due", lang))), *_legal(plan)]
    items = [
        html.Li([
            html.Strong(f"{row[5]}: "), html.Span(f"{row[1]} ({row[0]}), {row[2]}, "),
            html.Span(say("funded.limit", lang, day=row[3], days=row[4])),
        ], className=f"due due-{state}")
        for row, state in zip(cells(due, columns, lang), due["state"], strict=True)
    ]  # fmt: skip
    return [panel(title, html.Ul(items, className="plain small")), *_legal(plan)]


def _legal(plan: Funded) -> list[Component]:
    """Return the legal bases that do not go with the rules of their programme, with what to look at."""
    lang, rules = plan.lang, {rule.key: rule for rule in plan.city.legal}
    items = []
    for row in plan.legal.to_dict("records"):
        rule = rules.get(row["rule"])
        told = say(
            f"funded.legal_{row['state']}", lang, name=row["name"], area=row["programme_area"],
            event=say(f"lifecycle.event_{row['event']}", lang), on=said_day(row["on"], lang),
            basis=row["legal_basis"], programme=row["programme"] or "–",
            rule="" if rule is None else f"{rule.title.to(lang)} ({rule.source})",
        )  # fmt: skip
        items.append(html.Li(told))
    if not items:
        return []
    note = html.P(say("funded.legal_note", lang), className="soft small")
    return [panel(say("funded.legal", lang), html.Ul(items, className="plain small"), note)]


def _lives(plan: Funded) -> list[Component]:
    """Return the time line, and the events as a table."""
    lang, columns = plan.lang, event_columns()
    title = say("funded.events", lang)
    rows = cells(plan.events, columns, lang)
    table = data_table([one.title.to(lang) for one in columns], rows, numbers=0, label=title)
    twin = html.Details([html.Summary(say("funded.as_table", lang)), table], className="small", open=True)
    hint = html.P(say("funded.lives_hint", lang, day=said_day(plan.day, lang)), className="soft small")
    return [panel(say("funded.lives", lang), hint, lifelines(plan), twin)]


def _figures(plan: Funded) -> list[Component]:
    """Return the key figures of one area, and links to the others."""
    lang, state = plan.lang, plan.state
    names = dict(zip(plan.layer.area_ids, plan.layer.frame["name"].astype(str), strict=True))
    pills = [
        html.Li(link(state, name, pick=area, id=f"programme-pick-{place}", **current(area == plan.picked)))
        for place, (area, name) in enumerate(sorted(names.items()))
    ]
    menu = html.Ul(pills, className="pills", **attributes(aria_label=say("funded.which", lang)))
    heads = [say(f"funded.{name}", lang) for name in ("figure", "inside", "outside", "total", "how")]
    title = say("funded.figures", lang, name=names[plan.picked], year=str(plan.outcome.run.year))
    note = html.P(say("funded.figures_note", lang), className="soft small")
    try:
        rows = figure_rows(plan)
    except DataError as error:
        return [panel(title, html.P(error.say(lang)))]
    return [panel(title, menu, data_table(heads, rows, label=title), note)]


def _streets(plan: Funded) -> list[Component]:
    """Return the street list of the chosen area, or what the city lacks for one."""
    lang, names = plan.lang, dict(zip(plan.layer.area_ids, plan.layer.frame["name"].astype(str), strict=True))
    title = say("funded.streets", lang, name=names[plan.picked], day=said_day(plan.day, lang))
    try:
        found = plan.streets
    except DataError as error:
        return [panel(title, html.P(error.say(lang)))]
    said = say("funded.streets_said", lang, n=number(len(found), lang),
               addresses=number(int(found["addresses"].sum()), lang),
               partly=number(int((found["position"] == "partly").sum()), lang))  # fmt: skip
    table = data_table(street_heads(lang), street_rows(found, lang), numbers=3, label=title)
    twin = html.Details([html.Summary(say("funded.streets_table", lang)), table], className="small", open=True)
    return [panel(title, html.P(said), twin, html.P(say("lifecycle.street_note", lang), className="soft small"))]


PAGE = Page("programme", words("funded.page"), 30, layout, refresh, room="programme")
