"""The panel on programme areas: one sentence, how the classes spread over them, and which there are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.app.frame import attributes, panel
from qmgis.coverage import PLACES_OF
from qmgis.i18n import say
from qmgis.model import PROGRAMME_STATES, Lang, Outcome
from qmgis.model.text import day_text
from qmgis.targeting import sentence, states_on
from qmgis.views.around import around_rows
from qmgis.views.programme import programme_title
from qmgis.views.targeting import targeting_rows

__all__ = ["targeting_panel"]


def targeting_panel(outcome: Outcome, lang: Lang) -> Component | None:
    """Return the panel; nothing for a run without programme areas."""
    if outcome.targeting is None:
        return None
    return panel(
        programme_title(outcome, lang),
        html.P(sentence(outcome.targeting, outcome.run.on).to(lang).replace(" %", "\u00a0%")),
        html.P(say("app.targeting_caution", lang), className="soft small"),
        _spread(outcome, lang),
        html.P(say("app.targeting_how", lang), className="soft small"),
        html.Details([html.Summary(say("app.targeting_which", lang)), _listed(outcome, lang)], className="small"),
        _around(outcome, lang),
    )


def _around(outcome: Outcome, lang: Lang) -> Component | None:
    """Return who is reached inside the current programme areas, around them and in the city; nothing without themes."""
    rows = around_rows(outcome, lang)
    if not rows:
        return None
    heads = [say("app.targeting_name", lang), *(say(f"views.around_{key}", lang) for key in ("theme", *PLACES_OF))]
    title = say("views.around_title", lang)
    said = html.P(f"{say('views.around_lead', lang)} {say('views.around_note', lang)}", className="soft small")
    table = data_table(heads, rows, numbers=len(PLACES_OF), label=title)
    return html.Details([html.Summary(title), said, table], className="small")


def _spread(outcome: Outcome, lang: Lang) -> Component:
    """Return the report as a table: for each class areas and residents by state."""
    words = [*(say(f"words.programme_{state}", lang) for state in PROGRAMME_STATES), say("app.targeting_sum", lang)]
    groups = [say("views.targeting_areas", lang), say("views.targeting_living", lang)]
    first = [html.Th(say("views.targeting_class", lang), scope="col", rowSpan=2)]
    first += [html.Th(group, scope="colgroup", colSpan=len(words), className="n") for group in groups]
    second = [html.Th(word, scope="col", className="n") for _ in groups for word in words]
    body = [
        html.Tr(
            [html.Th(row.label, scope="row"), *(html.Td(cell, className="n") for cell in (*row.areas, *row.living))]
        )
        for row in targeting_rows(outcome, lang)
    ]
    return _table(say("app.targeting_table", lang), [html.Tr(first), html.Tr(second)], body)


def _listed(outcome: Outcome, lang: Lang) -> Component:
    """Return the programme areas with their names, state and dates."""
    if outcome.programme is None:
        return html.P("–")
    frame, state = outcome.programme.frame, states_on(outcome.programme, outcome.run.on)
    heads = [say(f"app.targeting_{key}", lang) for key in ("name", "programme", "state", "from", "to")]
    body = [
        html.Tr(
            [
                html.Th(f"{name} ({area})" if name != area else area, scope="row"),
                html.Td(programme or "–"),
                html.Td(say(f"words.programme_{state[area]}", lang)),
                html.Td(_day(begun, lang)),
                html.Td(_day(ended, lang)),
            ]
        )
        for area, name, programme, begun, ended in zip(
            frame.index, frame["name"], frame["programme"], frame["valid_from"], frame["valid_to"], strict=True
        )
    ]
    return _table(say("app.targeting_which", lang), [html.Tr([html.Th(head, scope="col") for head in heads])], body)


def _day(day: pd.Timestamp, lang: Lang) -> str:
    return "–" if pd.isna(day) else day_text(day.date()).to(lang)


def _table(label: str, head: Sequence[Component], body: Sequence[Component]) -> Component:
    table = html.Table([html.Thead([*head]), html.Tbody([*body])], className="table")
    return html.Div(table, className="wide", tabIndex="0", role="group", **attributes(aria_label=label))
