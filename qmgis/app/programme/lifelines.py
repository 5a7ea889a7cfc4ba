"""The time line of programme areas: a row each, phases as bars with their letters, events as marks."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.frame import attributes
from qmgis.app.programme.funded import Funded, said_day
from qmgis.i18n import say
from qmgis.lifecycle import phase_words

__all__ = ["lifelines"]

# From light to dark with the phases of work, hatched in the style sheet once it is over; letters tell them apart.
PHASES = {"P0": 0, "P1": 0, "P2": 1, "P3": 1, "P4": 1, "P5": 2, "P6": 2, "P7": 3, "P8": 4, "P9": 5, "P10": 5}
NARROW = 4.0  # percent of the width below which a bar has no room for letters


def lifelines(plan: Funded) -> Component:
    """Return the time line as a picture that is described in words; the table of events is its twin."""
    spans = plan.spans
    first, last = _range(spans, plan.day)
    now = _at(pd.Timestamp(plan.day), first, last)
    rows: list[Component] = []
    for area, own in spans.groupby("programme_area", sort=True):
        bars = [_bar(one, first, last, plan) for one in own[own["kind"] == "phase"].to_dict("records")]
        marks = [_mark(one, first, last, plan) for one in own[own["kind"] == "event"].to_dict("records")]
        line = html.Div(className="now", style={"left": f"{now:.2f}%"})
        label = html.Span(f"{own['name'].iloc[0]} ({area})", className="who")
        rows.append(html.Div([label, html.Div([*bars, *marks, line], className="track")], className="life"))
    years = [
        html.Span(str(year), style={"left": f"{_at(pd.Timestamp(year, 1, 1), first, last):.2f}%"})
        for year in range(first.year + 1, last.year + 1, _step(first, last))
    ]
    axis = html.Div([html.Span(), html.Div(years, className="years")], className="life")
    spoken = say("funded.spoken", plan.lang, areas=len(rows), first=first.year, last=last.year)
    return html.Div([*rows, axis], className="lives", role="img", **attributes(aria_label=spoken))


def _range(spans: pd.DataFrame, day: date) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last day that the line shows."""
    days = pd.concat([spans["start"], spans["end"], pd.Series([pd.Timestamp(day)])]).dropna()
    return days.min(), days.max() + timedelta(days=200)


def _step(first: pd.Timestamp, last: pd.Timestamp) -> int:
    return max(1, (last.year - first.year) // 10)


def _at(day: pd.Timestamp, first: pd.Timestamp, last: pd.Timestamp) -> float:
    return 100.0 * (day - first) / (last - first)


def _bar(one: dict, first: pd.Timestamp, last: pd.Timestamp, plan: Funded) -> Component:  # type: ignore[type-arg]
    end = last if pd.isna(one["end"]) else one["end"]
    left, right = _at(one["start"], first, last), _at(end, first, last)
    told = f"{phase_words(one['what'], plan.lang)}: {said_day(one['start'], plan.lang)}"
    told += f" – {said_day(one['end'], plan.lang)}"
    return html.Div(
        one["what"] if right - left >= NARROW else "", className=f"phase phase-{PHASES[one['what']]}", title=told,
        style={"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"},
    )  # fmt: skip


def _mark(one: dict, first: pd.Timestamp, last: pd.Timestamp, plan: Funded) -> Component:  # type: ignore[type-arg]
    told = f"{said_day(one['start'], plan.lang)}: {say('lifecycle.event_' + one['what'], plan.lang)}"
    return html.Div(className="event", title=told, style={"left": f"{_at(one['start'], first, last):.2f}%"})
