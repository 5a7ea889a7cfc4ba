"""Programme areas, those they are compared with, and the city over the editions, the start marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qmgis.i18n import percent, say
from qmgis.model import Lang
from qmgis.views._charting import dressed, frame_years

__all__ = ["LINES", "effect_lines"]

# Colour, width, dash and mark of each line: told apart without colour too; the one that matters is drawn last.
LINES = {
    "city": ("#6d6a63", 2, "dot", "square"),
    "comparison": ("#2f6cb3", 2, "dash", "diamond"),
    "area": ("#d3128a", 3, "solid", "circle"),
}


def effect_lines(lines: pd.DataFrame, start: int | None, *, lang: Lang = "de") -> go.Figure:
    """Return the lines of an answer as a chart.

    Parameters
    ----------
    lines
        `qmgis.effect.Answer.lines`: index year; ``area``, ``comparison``, ``city``, shares 0-1.
    start
        The first edition with the programme; a line marks it.

    Examples
    --------
    >>> lines = pd.DataFrame({"area": [0.2, 0.1], "comparison": [0.2, 0.2], "city": [0.1, 0.1]}, index=[2020, 2022])
    >>> [trace.name for trace in effect_lines(lines, 2022, lang="en").data]
    ['city', 'comparison areas', 'programme area']
    """
    figure = go.Figure()
    for of, (colour, width, dash, symbol) in LINES.items():
        name, values = say(f"effect.of_{of}", lang), lines[of]
        figure.add_scatter(
            x=lines.index.tolist(), y=(100 * values).tolist(), mode="lines+markers", name=name,
            line={"color": colour, "width": width, "dash": dash}, marker={"size": 8, "symbol": symbol},
            hovertext=[f"{name}, {year}: {percent(value, lang)}" for year, value in values.items()], hoverinfo="text",
        )  # fmt: skip
    if start is not None:
        # from the left edge on, since beside the line a phone has no room for it
        note = {"text": say("effect.page_start_mark", lang), "yref": "paper", "y": 1.0, "yanchor": "bottom",
                "xref": "paper", "x": 0, "xanchor": "left"}  # fmt: skip
        figure.add_vline(x=start, line={"color": "#111111", "width": 1, "dash": "dash"}, annotation=note)
    dressed(figure, lang, title="", y="%", right=20)
    frame_years(figure, list(lines.index), [*np.ravel(100 * lines[list(LINES)].to_numpy(float))], [])
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.15, "yanchor": "top", "x": 0})
