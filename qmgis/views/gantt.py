"""The programme areas of a city on a time line: a bar a phase, a mark where a limit is."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from qmgis.i18n import say
from qmgis.lifecycle import phase_words
from qmgis.model import Lang
from qmgis.model.text import day_text
from qmgis.views._charting import plain

__all__ = ["gantt"]

# Light before, dark while funded, hatched after: readable without colours too, since the names stand in the table.
LOOKS = {
    **dict.fromkeys(("P0", "P1", "P2", "P3", "P4"), ("#d5e3ef", "")),
    "P5": ("#a9c8ef", ""), "P6": ("#a9c8ef", ""), "P7": ("#17467e", ""), "P8": ("#6b4e00", ""),
    **dict.fromkeys(("P9", "P10"), ("#d4d7da", "/")),
}  # fmt: skip
ROW, REST = 48, 90


def gantt(bars: pd.DataFrame, on: date, *, lang: Lang = "de") -> go.Figure:
    """Return a Gantt chart of programme areas.

    Parameters
    ----------
    bars
        `qmgis.readiness.bars`.
    on
        The day that it is about; a line marks it.

    Examples
    --------
    >>> rows = pd.DataFrame({"programme_area": ["a"], "name": ["Ost"], "kind": ["phase"], "what": ["P7"],
    ...                      "start": pd.to_datetime(["2018-01-01"]), "end": pd.to_datetime(["2024-01-01"])})
    >>> [trace.name for trace in gantt(rows, date(2024, 12, 31), lang="en").data]
    ['P7 operation']
    """
    figure = go.Figure()
    order = list(dict.fromkeys(_label(row) for row in bars.to_dict("records")))
    phases, marks = bars[bars["kind"] == "phase"], bars[bars["kind"] == "limit"]
    for phase in sorted(phases["what"].unique(), key=lambda code: int(code[1:])):
        own = phases[phases["what"] == phase]
        colour, shape = LOOKS[phase]
        figure.add_bar(
            y=[_label(row) for row in own.to_dict("records")], base=own["start"].dt.strftime("%Y-%m-%d").tolist(),
            x=[(end - start).days * 86_400_000 for start, end in zip(own["start"], own["end"], strict=True)],
            orientation="h", width=0.45, text=phase, textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"color": "#fff" if phase in ("P7", "P8") else "#111", "size": 12},
            name=phase_words(phase, lang),
            marker={"color": colour, "pattern": {"shape": shape}, "line": {"color": "#3b3a37", "width": 0.5}},
            hovertext=[_spoken(row, lang) for row in own.to_dict("records")], hoverinfo="text",
        )  # fmt: skip
    if len(marks):
        figure.add_scatter(
            x=marks["start"].dt.strftime("%Y-%m-%d").tolist(), y=[_label(row) for row in marks.to_dict("records")],
            mode="markers", name=say("readiness.limit", lang), hoverinfo="x+name",
            marker={"symbol": "diamond", "size": 11, "color": "#a11", "line": {"color": "#fff", "width": 1}},
        )  # fmt: skip
    figure.add_vline(x=on.isoformat(), line={"color": "#3b3a37", "width": 1, "dash": "dot"})
    for label in order:  # above the bars, so that a phone has room for both
        figure.add_annotation(
            xref="paper", x=0, xanchor="left", y=label, yshift=19, text=label, showarrow=False, font={"size": 12}
        )
    figure.update_layout(
        barmode="overlay", height=ROW * len(order) + REST, paper_bgcolor="#fff", plot_bgcolor="#fff", showlegend=False,
        xaxis={"type": "date", "gridcolor": "#e4e4e0", "tickangle": 0, "nticks": 6, "tickformat": "%Y"},
        yaxis={"categoryorder": "array", "categoryarray": order[::-1], "showticklabels": False},
        uniformtext={"minsize": 10, "mode": "hide"},
    )  # fmt: skip
    return figure


def _label(row: dict[object, object]) -> str:
    return f"{plain(str(row['name']))} ({plain(str(row['programme_area']))})"


def _spoken(row: dict[object, object], lang: Lang) -> str:
    days = [day_text(pd.Timestamp(str(row[name])).date()).to(lang) for name in ("start", "end")]
    phase = say(f"lifecycle.phase_{row['what']}", lang)
    return f"{_label(row)}: {phase}, {days[0]} – {days[1]}"
