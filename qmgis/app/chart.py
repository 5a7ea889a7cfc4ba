"""Charts as a page shows them: lazily, with what they say in words and, where it helps, their numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.frame import attributes
from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.model.reading import block_of
from qmgis.views.cells import column_of
from qmgis.views.charts import distribution, scatter
from qmgis.views.legend import legend_for

__all__ = ["chart", "data_table", "has_numbers", "scatter_chart", "spread_chart"]

HEIGHT = 300


def chart(figure: Any, key: str, spoken: str, *, height: int = HEIGHT) -> Component:
    """Return a chart that says in words what it shows."""
    figure.update_layout(height=height, margin={"l": 10, "t": 50, "b": 40})
    figure.update_xaxes(title_font_size=12).update_yaxes(title_font_size=12).update_traces(cliponaxis=False)
    size = {"height": f"{height}px"}
    graph = dcc.Graph(id=key, figure=figure, config={"displayModeBar": False}, responsive=True, style=size)
    return html.Div(graph, className="chart", role="img", **attributes(aria_label=spoken))


def data_table(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: int | None = None, label: str = ""
) -> Component:
    """Return a table whose first column names the rows.

    The last ``numbers`` columns (by default all others) are numbers or short words, those between are words.
    """
    first = 1 if numbers is None else len(heads) - numbers
    sides = ["n" if place >= first else "" for place in range(len(heads))]
    head = html.Tr([html.Th(text, scope="col", className=side) for text, side in zip(heads, sides, strict=True)])
    body = [
        html.Tr([
            html.Th(row[0], scope="row"),
            *(html.Td(cell, className=side) for cell, side in zip(row[1:], sides[1:], strict=True)),
        ])
        for row in rows
    ]  # fmt: skip
    table = html.Table([html.Thead(head), html.Tbody(body)], className="table")
    return html.Div(table, className="wide", tabIndex="0", role="group", **attributes(aria_label=label or heads[0]))


def has_numbers(outcome: Outcome, column: str) -> bool:
    """Return whether a column of a run holds a number at all."""
    known = {entry.key for entry in outcome.columns if entry.kind not in ("text", "code", "bool")}
    return column in known and bool(np.isfinite(pd.to_numeric(outcome.table[column], errors="coerce")).any())


def spread_chart(outcome: Outcome, column: str, key: str, lang: Lang, *, area: str | None = None) -> Component:
    """Return how many areas have which value of a column, with limits, one area marked, and the bars as a table."""
    figure = distribution(outcome, column, area=area, limits=_limits(outcome, column), lang=lang)
    title = column_of(outcome, column).title.to(lang)
    bars = figure.data[0]
    rows = [[span, number(float(count), lang)] for span, count in zip(bars.customdata, bars.y, strict=True)]
    heads = [title, say("views.areas_axis", lang)]
    twin = html.Details([html.Summary(say("app.as_table", lang)), data_table(heads, rows)], className="small")
    drawn = chart(figure, key, say("app.spread_spoken", lang, title=title, areas=number(float(sum(bars.y)), lang)))
    return html.Div([drawn, twin])


def _limits(outcome: Outcome, column: str) -> list[float] | None:
    """Return the limits of the classes that the map shows of a column; None where an index has its own, or none."""
    if block_of(column) is not None:
        return None
    return [entry.upper for entry in legend_for(outcome, column).classes if entry.role == "class" and entry.upper]


def scatter_chart(outcome: Outcome, key: str, lang: Lang, *, area: str | None = None) -> Component:
    """Return status against dynamics, a point an area; the table of the page holds the same numbers."""
    figure = scatter(outcome, area=area, lang=lang)
    quiet, loud = (number(len(trace.x), lang) for trace in figure.data)
    return html.Div([chart(figure, key, say("app.scatter_spoken", lang, quiet=quiet, loud=loud), height=HEIGHT + 60)])
