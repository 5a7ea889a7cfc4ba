"""What charts are made of: type, limits, marks and the room around them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from qmgis.i18n import number
from qmgis.model import Lang
from qmgis.views import palette

__all__ = ["HERE", "at_foot", "draw_limits", "dressed", "flag", "folded", "frame_years", "mark", "plain", "room"]

HERE = "#111111"
FOLD = 22
_FONT = 'system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", Arial, sans-serif'
_QUIET = {"size": 11, "color": "#55534e"}


def dressed(figure: go.Figure, lang: Lang, *, title: str, x: str = "", y: str = "", right: int = 30) -> go.Figure:
    """Return the figure with our type, separators and quiet lines; ``title`` is escaped already."""
    grid = {"gridcolor": "#e4e1d9", "zerolinecolor": "#8a877f", "automargin": True}
    return figure.update_layout(
        template="none",
        separators=",." if lang == "de" else ".,",
        title={"text": title, "x": 0, "xref": "container", "xanchor": "left", "font": {"size": 16}},
        font={"family": _FONT, "size": 13, "color": palette.INK},
        paper_bgcolor=palette.PAPER,
        plot_bgcolor=palette.PAPER,
        margin={"l": 60, "r": right, "t": 60, "b": 60},
        showlegend=False,
        xaxis={"title": {"text": plain(x)}, **grid},
        yaxis={"title": {"text": plain(y)}, **grid},
        hoverlabel={"bgcolor": palette.PAPER, "font": {"color": palette.INK}},
    )


def draw_limits(figure: go.Figure, limits: Sequence[float], lang: Lang, *, axis: Literal["x", "y"] = "x") -> None:
    """Draw the class limits, with their numbers outside the chart; signed where they lie around zero."""
    sign = min(limits, default=0.0) < 0
    draw = figure.add_vline if axis == "x" else figure.add_hline
    edge: dict[str, Any] = {"y": 1, "yanchor": "bottom", "xanchor": "center"}
    if axis == "y":
        edge = {"x": 1, "xanchor": "left", "yanchor": "middle"}
    for limit in limits:
        digits = next((places for places in (1, 2, 3) if round(limit, places) == round(limit, 6)), 4)
        text = number(limit, lang, digits=digits, sign=sign)
        draw(
            **{axis: limit},
            layer="above",  # below, the grid hides a limit that lies on one of its lines; numbers lie above both
            line={"color": "#6b6861", "dash": "dash", "width": 1},
            annotation={"text": text, "font": _QUIET, **edge},
        )


def mark(figure: go.Figure, value: float, text: str) -> None:
    """Mark a value with its words above the numbers of the limits."""
    if np.isfinite(value):
        note = {"text": text, "yref": "paper", "y": 1.0, "yanchor": "bottom", "yshift": 14, "font": {"size": 13}}
        figure.add_vline(x=value, line={"color": HERE, "width": 3}, annotation=note)


def flag(figure: go.Figure, x: float, y: float, text: str) -> None:
    """Write a value above its point, on a ground that keeps limits from crossing it."""
    if np.isfinite(y):
        ground = "rgba(255,255,255,0.85)"
        figure.add_annotation(x=x, y=y, text=text, showarrow=False, yshift=15, bgcolor=ground, borderpad=1)


def at_foot(text: str) -> dict[str, object]:
    return {"text": text, "yref": "paper", "y": 0.02, "yanchor": "bottom", "font": _QUIET}


def room(values: Sequence[float]) -> list[float]:
    """Return a range that leaves room for the text beside the bars."""
    low, high = min(values), max(values)
    return [low - 0.12 * (high - low), high + 0.2 * (high - low)]


def frame_years(figure: go.Figure, years: Sequence[int], values: Sequence[float], limits: Sequence[float]) -> None:
    """Set axes on which years lie as far apart as in time, with room for the values above the points."""
    known = [*(value for value in values if np.isfinite(value)), *limits]
    if known and max(known) > min(known):
        figure.update_yaxes(range=room(known))
    figure.update_xaxes(tickvals=years, tickformat="d", range=[min(years) - 0.7, max(years) + 0.7])


def folded(text: str) -> str:
    """Return a label on lines that leave room for the bars."""
    return "<br>".join(plain(line) for line in wrap(text, FOLD) or [""])


def plain(text: str) -> str:
    """Return a text that plotly shows as it is: it reads tags and a few entities, but not those of quotes."""
    return escape(text, quote=False)
