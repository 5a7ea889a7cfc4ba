"""Numbers over the years as pictures: classes of a map that are the same in every year, a line chart, small lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.series import Series
from qmgis.views import palette
from qmgis.views._charting import dressed, frame_years, plain

__all__ = ["Look", "Painted", "chart_of", "painted_year", "small_line", "value_text"]

CLASSES = 5
INK, DISTRICT, CITY = "#d3128a", "#2f6cb3", "#6d6a63"
HATCHES = {"secret": "cross", "too_small": "cross", "missing": "diagonal", "not_applicable": "dots"}
BY_LABEL = ("class", "group", "attention")
# Where a line is not carried on: what was counted is not the same thing.
CUTS = ("definition", "source", "method")


@dataclass(frozen=True)
class Look:
    """A class of the map: how it is drawn and what it is called."""

    code: str
    colour: str
    hatch: str
    label: str


@dataclass(frozen=True)
class Painted:
    """One year of a series on the map: ``classes``, the number of each area's class, its value in words, and which
    areas are estimated.
    """  # noqa: D205

    classes: tuple[Look, ...]
    codes: Mapping[str, int]
    values: Mapping[str, str]
    estimated: tuple[str, ...]

    def count(self, place: int) -> int:
        """Return how many areas have a class."""
        return sum(code == place for code in self.codes.values())


def value_text(series: Series, row: pd.Series, lang: Lang) -> str:
    """Return the number or class of one unit and year as people write it; why there is none where there is none."""
    if row["state"] != "ok":
        return _state(series, str(row["state"]), lang)
    if series.key == "attention" and series.measure == "class":
        return series.codes[str(int(row["value"]))].to(lang)
    if series.measure == "class":
        return series.codes[row["label"]].to(lang)
    return _written(series, float(row["value"]), lang)


def _written(series: Series, value: float, lang: Lang) -> str:
    if series.measure == "share":
        return percent(value, lang)
    return number(value, lang, digits={"count": 0, "mean": 1}.get(series.measure, 2))


def painted_year(series: Series, year: int, lang: Lang) -> Painted:
    """Return one year of areas for the map; the limits of the classes are those of all years together.

    Examples
    --------
    >>> from qmgis.runs.years.numbers import series
    >>> found = painted_year(series(toy_city(), "transfer"), 2024, "en")
    >>> len(found.classes), len(found.codes), found.estimated
    (9, 30, ())
    """
    rows = series.of_year(year)
    looks, place = _by_code(series, rows, lang) if series.measure == "class" else _by_number(series, rows, lang)
    states = [Look(state, palette.NO_DATA, hatch, _state(series, state, lang)) for state, hatch in HATCHES.items()]
    order = {state: len(looks) + number for number, state in enumerate(HATCHES)}
    found = zip(rows.index, rows["state"], place, strict=True)
    codes = {str(unit): int(at) if state == "ok" else order[state] for unit, state, at in found}
    values = {str(unit): value_text(series, row, lang) for unit, row in rows.iterrows()}
    estimated = rows.index[(rows["state"] == "ok") & _is_estimated(series, rows)]
    return Painted((*looks, *states), codes, values, tuple(map(str, estimated)))


def _state(series: Series, state: str, lang: Lang) -> str:
    left_out = state == "not_applicable" and series.measure in ("class", "index")
    return say("series.left_out" if left_out else f"words.state_{state}", lang)


def _is_estimated(series: Series, rows: pd.DataFrame) -> pd.Series:
    """Return which numbers rest on divided areas, or are classes that were computed for these outlines."""
    if series.key in (*BY_LABEL, "index", "dynamics_index"):
        return ~rows["official"].astype(bool)
    return rows["exact"] < 1 - 1e-9


def _by_code(series: Series, rows: pd.DataFrame, lang: Lang) -> tuple[list[Look], pd.Series]:
    codes = list(series.codes)
    colours = _colours(series, codes)
    looks = [
        Look(code, colour, "none", series.codes[code].to(lang)) for code, colour in zip(codes, colours, strict=True)
    ]
    keys = rows["value"].map("{:.0f}".format) if series.key == "attention" else rows["label"]
    return looks, keys.map({code: place for place, code in enumerate(codes)})


def _colours(series: Series, codes: Sequence[str]) -> Sequence[str]:
    if set(codes) <= set(palette.GROUP_COLOURS):
        return [palette.GROUP_COLOURS[code] for code in codes]
    if series.key == "attention":
        steps = palette.sequential(5, "priority")
        return [steps[0], steps[3]]
    return palette.sequential(len(codes), "status")


def _by_number(series: Series, rows: pd.DataFrame, lang: Lang) -> tuple[list[Look], pd.Series]:
    limits, digits = _limits(series)
    colours = palette.sequential(len(limits) + 1, "indicator")
    edges: list[float | None] = [None, *limits, None]
    looks = [
        Look(str(place), colour, "none", _between(series, low, high, digits, lang))
        for place, (colour, (low, high)) in enumerate(zip(colours, pairwise(edges), strict=True))
    ]
    value = rows["value"].astype(float)
    return looks, pd.Series(np.searchsorted(limits, value.fillna(0.0), side="left"), index=rows.index)


def _limits(series: Series) -> tuple[list[float], int]:
    """Return limits that put as many numbers of all years into each class, rounded to what the legend shows."""
    factor = 100.0 if series.measure == "share" else 1.0
    known = series.frame["value"].dropna() * factor
    if known.nunique() < 2:
        return [], 0
    span = float(known.max() - known.min())
    digits = int(np.clip(np.ceil(-np.log10(span / CLASSES)) + 1, 0, 4))
    raw = np.quantile(known, np.linspace(0, 1, CLASSES + 1)[1:-1])
    limits = [round(float(limit) / factor, digits + 2) for limit in np.unique(np.round(raw, digits))]
    return [limit for limit in limits if limit < series.frame["value"].max()], digits


def _between(series: Series, low: float | None, high: float | None, digits: int, lang: Lang) -> str:
    def text(value: float) -> str:
        share = series.measure == "share"
        return percent(value, lang, digits=digits) if share else number(value, lang, digits=digits)

    values = {name: text(value) for name, value in (("low", low), ("high", high)) if value is not None}
    key = "span_above" if high is None else "span_up_to" if low is None else "span"
    return say(f"views.{key}", lang, **values) if values else say("series.all_alike", lang)


def chart_of(
    lines: Sequence[tuple[Series, str, str]], lang: Lang, *, breaks: Series, year: int | None = None
) -> go.Figure:
    """Return numbers over the years as lines: the last is the one that matters, with its interval as a band.

    Points of estimated numbers are hollow; lines end where definition, source or method break. A year is marked.

    Parameters
    ----------
    lines
        Each a series, the id of its unit and its colour's role: ``unit``, ``district`` or ``city``.
    breaks
        The series whose breaks are drawn.

    Examples
    --------
    >>> from qmgis.runs.years.numbers import series
    >>> one = series(toy_city(), "transfer")
    >>> len(chart_of([(one, "01010405", "unit")], "en", breaks=one).data)
    1
    """
    figure = go.Figure()
    looks = {"unit": (INK, 3, None), "district": (DISTRICT, 2, "dash"), "city": (CITY, 2, "dot")}
    seen: list[float] = []
    for place, (series, unit, role) in enumerate(lines):
        rows = series.of_unit(unit)
        factor = 100.0 if series.measure == "share" else 1.0
        colour, width, dash = looks[role]
        if place == len(lines) - 1 and rows["low"].notna().any():
            _band(figure, rows, factor, colour)
            seen += [*(rows["low"].dropna() * factor), *(rows["high"].dropna() * factor)]
        for number_, piece in enumerate(_pieces(series, rows)):
            values = (piece["value"] * factor).tolist()
            seen += values
            symbols = ["circle-open" if one else "circle" for one in _is_estimated(series, piece)]
            texts = [
                f"{plain(series.names[unit])}, {at}: {value_text(series, row, lang)}" for at, row in piece.iterrows()
            ]
            figure.add_trace(go.Scatter(
                x=piece.index.tolist(), y=values, mode="lines+markers", name=plain(series.names[unit]),
                line={"color": colour, "width": width, "dash": dash}, hovertext=texts, hoverinfo="text",
                marker={"size": 8, "symbol": symbols, "color": colour, "line": {"width": 2, "color": colour}},
                legendgroup=role, showlegend=number_ == 0,
            ))  # fmt: skip
    _draw_breaks(figure, breaks, lang)
    if year is not None:
        figure.add_vrect(x0=year - 0.25, x1=year + 0.25, fillcolor="#d3128a", opacity=0.07, line_width=0)
    series = lines[-1][0]
    unit = "%" if series.measure == "share" else ""
    dressed(figure, lang, title="", y=unit, right=20)
    frame_years(figure, list(breaks.years), [value for value in seen if np.isfinite(value)], [])
    if series.measure == "class" and series.codes:
        words = [plain(text.to(lang)) for text in series.codes.values()]
        figure.update_yaxes(tickvals=list(range(len(words))), ticktext=words, range=[-0.5, len(words) - 0.5])
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.15, "yanchor": "top", "x": 0})


def _pieces(series: Series, rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the years with a number, cut where what is counted is no longer the same."""
    known = rows[rows["value"].notna()]
    cuts = sorted({one.year for one in series.breaks if one.kind in CUTS})
    parts = np.searchsorted(cuts, known.index.to_numpy(), side="right")
    return [known[parts == part] for part in sorted(set(parts.tolist()))]


def _band(figure: go.Figure, rows: pd.DataFrame, factor: float, colour: str) -> None:
    known = rows[rows["low"].notna()]
    years = known.index.tolist()
    figure.add_trace(go.Scatter(
        x=[*years, *reversed(years)], y=[*(known["high"] * factor), *reversed((known["low"] * factor).tolist())],
        fill="toself", mode="lines", line={"width": 0}, fillcolor=_faint(colour), hoverinfo="skip", showlegend=False,
    ))  # fmt: skip


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _draw_breaks(figure: go.Figure, series: Series, lang: Lang) -> None:
    spots: dict[tuple[int, int], list[str]] = {}
    for one in series.breaks:
        spots.setdefault((one.before, one.year), []).append(say(f"series.mark_{one.kind}", lang))
    for (before, year), kinds in spots.items():
        figure.add_vline(
            x=(before + year) / 2, line={"color": "#6b6861", "dash": "dot", "width": 1.5},
            annotation={"text": "<br>".join(kinds), "yref": "paper", "y": 1, "yanchor": "bottom",
                        "font": {"size": 12, "color": "#55534e"}},
        )  # fmt: skip


def small_line(series: Series, unit: str, beside: pd.Series, room: tuple[float, float], *, year: int) -> str:
    """Return one unit over the years as a small drawing: its line, hollow where estimated, and another in grey behind.

    Parameters
    ----------
    beside
        By year, the line behind, such as the city's movement from the same start.
    room
        The numbers at the lower and the upper edge.
    year
        Marked by a larger point.

    Examples
    --------
    >>> from qmgis.runs.years.numbers import series
    >>> one = series(toy_city(), "transfer")
    >>> small_line(one, "01010405", pd.Series(dtype=float), (0.0, 0.4), year=2024)[:4]
    '<svg'
    """
    wide, high, edge = 112, 40, 5
    years, (low, top) = series.years, room
    first, span = years[0], max(years[-1] - years[0], 1)
    rise = (top - low) or 1.0

    def spot(at: int, value: float) -> tuple[float, float]:
        x = edge + (at - first) / span * (wide - 2 * edge)
        return round(x, 1), round(high - edge - (value - low) / rise * (high - 2 * edge), 1)

    rows = series.of_unit(unit)
    known = beside.dropna()
    behind = [spot(at, value) for at, value in zip(known.index.tolist(), known.tolist(), strict=True)]
    parts = [_polyline(behind, "#b7b6b2", 1.2)]
    estimated = _is_estimated(series, rows)
    for piece in _pieces(series, rows):
        there = zip(piece.index.tolist(), piece["value"].tolist(), strict=True)
        points = {at: spot(at, value) for at, value in there}
        parts.append(_polyline(list(points.values()), INK, 1.8))
        parts += [
            _dot(x, y, is_hollow=bool(estimated[at]), size=3.6 if at == year else 2) for at, (x, y) in points.items()
        ]
    return f'<svg width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">{"".join(parts)}</svg>'


def _polyline(points: Sequence[tuple[float, float]], colour: str, width: float) -> str:
    if len(points) < 2:
        return ""
    path = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _dot(x: float, y: float, *, is_hollow: bool, size: float) -> str:
    fill = "#ffffff" if is_hollow else INK
    return f'<circle cx="{x}" cy="{y}" r="{size}" fill="{fill}" stroke="{INK}" stroke-width="1.2"/>'
