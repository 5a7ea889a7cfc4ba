"""The method sheet of a run on the page "data and method"."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.app.frame import attributes, facts, panel
from qmgis.i18n import say
from qmgis.model import City, Lang, Outcome
from qmgis.registry import collect
from qmgis.views.methodsheet import Section, method_sheet

__all__ = ["sheet_panel"]


def sheet_panel(city: City, outcome: Outcome, lang: Lang) -> Component | None:
    """Return how the index of a run was made, section by section; nothing for an outcome without a profile."""
    profile = outcome.profile
    if profile is None:
        return None
    sheet = method_sheet(
        profile,
        lang,
        method=collect("qmgis.methods", "METHOD")[profile.method].title,
        indicators=city.tables[outcome.run.vintage].indicators,
        outcome=outcome,
    )
    parts = [_section(section) for section in sheet.sections if section.rows]
    return panel(say("app.method_title", lang), html.Div(parts, className="sheet"))


def _section(section: Section) -> Component:
    rows = section.rows
    if section.heads:
        drawn = data_table(section.heads, rows, numbers=section.numbers, label=section.title)
    else:
        drawn = facts({row[0]: row[1] for row in rows})
    return html.Section([html.H3(section.title), drawn], **attributes(aria_label=section.title))
