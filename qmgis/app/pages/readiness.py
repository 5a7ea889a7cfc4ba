"""Verstetigung: all programme areas on a time line, readiness beside the deadline, exit plan, watch, one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import chart
from qmgis.app.frame import lang_of, notice, panel
from qmgis.app.page import Page
from qmgis.app.programme.judged import Judged, area_pills, day_panel, files_panel, has_programme, judged_of, table_panel
from qmgis.app.programme.judged_files import READINESS_FILES
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.model import City, Lang, words
from qmgis.readiness import profile_counts
from qmgis.runs.programme.quality import bars_of, portfolio_of, readiness_of
from qmgis.runs.programme.records import codes_of
from qmgis.runs.programme.words import plan_shown
from qmgis.views.gantt import gantt

__all__ = ["PAGE", "layout", "refresh"]

PLAN = ("id", "title", "successor_name", "budget_ct", "from_date", "missing")
AREAS = (
    "programme_area",
    "name",
    "phase",
    "begun",
    "limit",
    "state",
    "age_years",
    "quadrant",
    "planned_ct",
    "spent_ct",
)


def layout(city: City, state: ViewState) -> Component:
    """Return the page: day, portfolio with its Gantt chart, then one area: profile, plan, watch, one page, files."""
    lang = lang_of(state)
    head = [html.H1(say("readiness.page", lang)), html.P(say("readiness.lead", lang), className="soft small one-line")]
    try:
        parts = _parts(judged_of(city, state))
    except QmgisError as error:
        return html.Div([*head, notice(error.say(lang), lang)], className="stack")
    return html.Div([*head, *(html.Div(**parts[key], id=key, className="stack") for key in parts)], className="stack")


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another day or area."""
    if not has_programme(city):
        return {}
    asked = judged_of(city, state)
    return {**_parts(asked), "live": {"children": asked.fault or f"{asked.name} ({asked.area})"}}


def _parts(asked: Judged) -> dict[str, dict[str, Any]]:
    return {
        "readiness-day": {"children": day_panel(asked, "readiness")},
        "readiness-all": {"children": _portfolio(asked)},
        "readiness-pick": {"children": area_pills(asked, "readiness")},
        "readiness-one": {"children": _one(asked)},
        "readiness-files": {"children": files_panel(asked, READINESS_FILES)},
    }


def _portfolio(asked: Judged) -> list[Component]:
    lang = asked.lang
    try:
        rows, bars = portfolio_of(asked.city, asked.day), bars_of(asked.city, asked.day)
    except QmgisError as error:
        return [notice(error.say(lang), lang)]
    title = say("quality.title_portfolio", lang)
    if bars.empty:
        return [table_panel(title, rows, AREAS, lang=lang)]
    figure = gantt(bars, asked.day, lang=lang)
    drawn = chart(figure, "readiness-gantt", say("readiness.gantt_spoken", lang), height=int(figure.layout.height))
    key = html.P(_key(bars, lang), className="soft small")
    spans = table_panel(say("quality.title_bars", lang), bars, ("name", "what", "start", "end"), lang=lang, shut=True)
    return [panel(say("readiness.gantt", lang), drawn, key), table_panel(title, rows, AREAS, lang=lang), spans]


def _key(bars: pd.DataFrame, lang: Lang) -> str:
    """Return what the letters and the mark on the time line mean."""
    phases = sorted(bars.loc[bars["kind"] == "phase", "what"].unique(), key=lambda phase: int(phase[1:]))
    marks = [f"◆ {say('readiness.limit', lang)}"] if (bars["kind"] == "limit").any() else []
    return " · ".join([*(f"{phase} {say(f'lifecycle.phase_{phase}', lang)}" for phase in phases), *marks])


def _one(asked: Judged) -> list[Component]:
    lang = asked.lang
    try:
        found = readiness_of(asked.city, asked.area, asked.day)
    except QmgisError as error:
        return [notice(error.say(lang), lang)]
    profile = found.profile.assign(group=[say(f"readiness.group_{one}", lang) for one in found.profile["group"]])
    shown = ("criterion", "group", f"text_{lang}", "state", "basis", f"evidence_{lang}", "judged_evidence", "next_step")
    return [
        html.H2(f"{asked.name} ({asked.area})"),
        panel(say("readiness.signals", lang), html.P(found.signals.sentence.to(lang), className="lead")),
        table_panel(say("quality.title_profile", lang), profile, shown, lang=lang, lead=_counts(found.profile, lang)),
        table_panel(say("quality.title_plan", lang), plan_shown(found.plan, codes_of(asked.city), lang), PLAN,
                    lang=lang, lead=say("readiness.plan_lead", lang)),
        table_panel(say("quality.title_watch", lang), found.watch, (f"title_{lang}", "state", f"evidence_{lang}"),
                    lang=lang, nothing=say("readiness.watch_later", lang)),
        _page(found.page, lang),
    ]  # fmt: skip


def _counts(table: pd.DataFrame, lang: Lang) -> str:
    """Return how many criteria of each group are in which state."""
    groups = [
        say(f"readiness.group_{row['group']}", lang) + " – " + ", ".join(
            f"{say(f'readiness.state_{state}', lang)}: {number(row[state], lang)}"
            for state in ("met", "partly", "not", "unknown") if row[state])
        for row in profile_counts(table).to_dict("records")
    ]  # fmt: skip
    return "; ".join(groups)


def _page(page: pd.DataFrame, lang: Lang) -> Component:
    """Return the one page: four questions, each with its lines."""
    parts: list[Component] = []
    for _, own in page.groupby("section", sort=False):
        parts.append(html.H3(str(own[f"title_{lang}"].iloc[0])))
        parts.append(html.Ul([html.Li(str(text)) for text in own[f"line_{lang}"]], className="small"))
    return panel(say("readiness.one_page", lang), *parts)


PAGE = Page("readiness", words("readiness.page"), 40, layout, refresh, of_city=has_programme, room="programme")
