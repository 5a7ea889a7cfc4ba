"""Qualität: conditions, standards, concept, goals and balances of one programme area on a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.frame import lang_of, notice
from qmgis.app.page import Page
from qmgis.app.programme.judged import Judged, area_pills, day_panel, files_panel, has_programme, judged_of, table_panel
from qmgis.app.programme.judged_files import QUALITY_FILES
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.model import City, Indicator, Lang, words
from qmgis.quality import answered
from qmgis.runs.programme.quality import qualities_of
from qmgis.runs.programme.records import codes_of
from qmgis.runs.programme.words import balance_shown, extract_shown, goals_shown, roles_shown

__all__ = ["PAGE", "layout", "refresh"]

MONEY = ("planned_ct", "approved_ct", "spent_ct")


def layout(city: City, state: ViewState) -> Component:
    """Return the page: day and area, then every table under its heading, and files."""
    lang = lang_of(state)
    head = [html.H1(say("quality.page", lang)), html.P(say("quality.lead", lang), className="soft small one-line")]
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
    return {**_parts(asked), "live": {"children": asked.fault or _said(asked)}}


def _parts(asked: Judged) -> dict[str, dict[str, Any]]:
    return {
        "quality-day": {"children": [day_panel(asked, "quality"), area_pills(asked, "quality")]},
        "quality-tables": {"children": _tables(asked)},
        "quality-files": {"children": files_panel(asked, QUALITY_FILES)},
    }


def _said(asked: Judged) -> str:
    from qmgis.model.text import day_text

    return say("quality.head", asked.lang, name=asked.name, area=asked.area, on=day_text(asked.day).to(asked.lang))


def _tables(asked: Judged) -> list[Component]:
    lang = asked.lang
    try:
        found = qualities_of(asked.city, asked.area, asked.day)
    except QmgisError as error:
        return [notice(error.say(lang), lang)]
    items = ("item", f"text_{lang}", "level", "basis", f"evidence_{lang}", "judged", "judged_evidence", "role", "date",
             "next_step")  # fmt: skip
    goals = ("goal", "text", "indicator", "start_value", "target_value", "target_year", "value", "low", "high",
             "attainment", f"evidence_{lang}", "measures")  # fmt: skip
    balance = ("part", "field", "key", "count", "of", *MONEY)
    codes = codes_of(asked.city)
    interim, final = (balance_shown(one, codes, lang) for one in (found.interim, found.final))
    shown = goals_shown(found.goals, _indicators(asked), lang)
    return [
        html.H2(_said(asked)),
        table_panel(say("quality.title_conditions", lang), roles_shown(found.conditions, codes, lang), items, lang=lang,
                    lead=_counts(found.conditions, lang)),
        table_panel(say("quality.title_standards", lang), roles_shown(found.standards, codes, lang), items, lang=lang,
                    lead=_counts(found.standards, lang)),
        table_panel(say("quality.title_concept", lang), found.concept,
                    ("concept", "adopted_on", f"text_{lang}", "state", f"evidence_{lang}"), lang=lang),
        table_panel(say("quality.title_goals", lang), shown, goals, lang=lang,
                    lead=say("quality.goals_lead", lang)),
        table_panel(say("quality.title_interim", lang), interim, balance, lang=lang),
        table_panel(say("quality.title_final", lang), final, balance, lang=lang, shut=True),
        table_panel(say("quality.title_extract", lang), extract_shown(found.extract, codes, lang),
                    ("part", "key", "code", "year", "text", "state"), lang=lang, shut=True),
    ]  # fmt: skip


def _indicators(asked: Judged) -> dict[str, Indicator]:
    """Return the indicators of all versions of the areas, by key."""
    return {key: one for table in asked.city.tables.values() for key, one in table.indicators.items()}


def _counts(table: pd.DataFrame, lang: Lang) -> str:
    """Return how many items stand at each level, the unknown ones with them."""
    rows = answered(table).to_dict("records")
    return ", ".join(
        f"{say('quality.level_' + row['level'], lang)}: {number(row['items'], lang)}" for row in rows if row["items"]
    )


PAGE = Page("quality", words("quality.page"), 38, layout, refresh, of_city=has_programme, room="programme")
