"""The panel where need meets gap: which areas require attention and are underserved, and how firmly."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.frame import link, panel
from qmgis.i18n import say
from qmgis.model import City, Lang, Outcome
from qmgis.views.firm import FirmRow, firm_rows, firm_sentence, service_sentence

__all__ = ["firm_panel"]


def firm_panel(
    city: City, outcome: Outcome, state: ViewState, lang: Lang, *, only: str | None = None
) -> Component | None:  # fmt: skip
    """Return for each theme, or ``only`` one, a sentence and the areas behind it; nothing without need meets gap."""
    themes = [key for key, order in outcome.priority.items() if "firm" in order.parts and only in (None, key)]
    if not themes:
        return None
    return panel(
        say("priority.firm", lang),
        html.P(say("priority.note_firm", lang), className="soft small"),
        *(_theme(city, outcome, key, state, lang) for key in themes),
        html.P(f"{say('priority.note_holds', lang)} {say('priority.note_range', lang)}", className="soft small"),
    )


def _theme(city: City, outcome: Outcome, theme: str, state: ViewState, lang: Lang) -> Component:
    heads = [say(f"app.firm_{head}", lang) for head in ("area", "firm", "attention", "holds", "not_reached", "range")]
    rows = [_cells(row, state) for row in firm_rows(outcome, theme, lang)]
    for_whom = service_sentence(city, outcome, theme)
    lines = [html.P(firm_sentence(outcome, theme).to(lang))]
    lines += [html.P(for_whom.to(lang), className="soft small")] if for_whom is not None else []
    title = outcome.themes[theme].title.to(lang)
    table = data_table(heads, rows, numbers=3, label=title)
    listed = html.Details([html.Summary(say("app.firm_list", lang, n=len(rows))), table]) if rows else None
    return html.Div([*lines, *([listed] if listed is not None else [])], className="after")


def _cells(row: FirmRow, state: ViewState) -> list[object]:
    return [
        link(state, row.name, page="area", area=row.area), row.firm, row.attention, row.holds, row.not_reached,
        row.range,
    ]  # fmt: skip
