"""Charts of a run: what an index is made of, where an area stands, and how it moved.

Each function takes an `Outcome` and gives a plotly figure; numbers on bars and in hovers are written in Python, so that
German readers see a decimal comma whatever their browser prefers. Names are escaped: plotly reads some markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qmgis.errors import DataError, NotEnoughDataError, UnknownKeyError, did_you_mean
from qmgis.i18n import number, say
from qmgis.model import Column, Lang, Outcome
from qmgis.model.reading import (
    Block,
    adds_up,
    contribution_columns,
    indicator_title,
    limits_of,
    name_of,
    number_at,
    score_columns,
    short_title,
    value_at,
)
from qmgis.views import palette
from qmgis.views._charting import HERE, at_foot, draw_limits, dressed, flag, folded, frame_years, mark, plain, room
from qmgis.views.cells import cell, column_of

__all__ = ["contributions", "distribution", "scatter", "scores", "timeline"]

MORE, LESS, WHOLE, QUIET = "#b07110", "#527fc3", "#3b3a37", "#b7b6b2"
LONGEST = 48


def contributions(outcome: Outcome, area: str, *, block: Block = "status", lang: Lang = "de") -> go.Figure:
    """Return the contributions of one area: bars that add up to its index, with the class limits.

    Parameters
    ----------
    outcome
        A run with contributions: its indices add up from their indicators.
    area
        Id of the area.
    block
        Which index: ``status``, ``dynamics``, or ``index`` of a composite run. Where the last step ranks, the bars add
        up to the score before it, and there are no limits to draw.

    Raises
    ------
    UnknownKeyError
        If there is no such area.
    NotEnoughDataError
        If the area is left out, its contributions are not shown, or the index does not add up.

    Examples
    --------
    >>> figure = contributions(toy_outcome(), "01010405")
    >>> figure.data[0].type
    'waterfall'
    """
    _require_area(outcome, area)
    columns = contribution_columns(outcome, block)
    values = [number_at(outcome, area, column.key) for column in columns]
    if not columns or not np.isfinite(values).all():
        raise NotEnoughDataError(
            f'Area "{area}" has no contributions to show: it is left out, or its numbers are confidential.',
            de=f'Gebiet "{area}" hat keine Beiträge: es ist nicht bewertet oder seine Zahlen sind geheim.',
        )
    whole = column_of(outcome, adds_up(outcome, block))
    labels = [folded(indicator_title(outcome, column).to(lang)) for column in columns] + [folded(whole.title.to(lang))]
    texts = [number(v, lang, digits=2, sign=True) for v in (*values, number_at(outcome, area, whole.key))]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            measure=["relative"] * len(values) + ["total"],
            y=list(range(len(labels))),
            x=[*values, 0.0],
            text=texts,
            textposition="none",
            hoverinfo="text",
            increasing={"marker": {"color": MORE}},
            decreasing={"marker": {"color": LESS}},
            totals={"marker": {"color": WHOLE}},
            connector={"line": {"color": QUIET, "width": 1}},
        )
    )
    limits = limits_of(outcome, whole.key)
    draw_limits(figure, limits, lang)
    for place, text in enumerate(texts):  # a column of their own: beside the bars, limits would cross them
        figure.add_annotation(x=1, xref="paper", xanchor="left", xshift=6, y=place, text=text, showarrow=False)
    figure.update_yaxes(autorange="reversed", tickvals=list(range(len(labels))), ticktext=labels)
    figure.update_xaxes(range=room([0.0, *np.cumsum(values), *limits]))
    title = f"{plain(whole.title.to(lang))}: {_name(outcome, area)}"
    drawn = dressed(figure, lang, title=title, x=say(f"views.axis_{block}", lang), right=60)
    return drawn.update_yaxes(showgrid=False, zeroline=False)


def scores(outcome: Outcome, area: str, *, lang: Lang = "de") -> go.Figure:
    """Return the normalised indicators of one area beside their means over all: for indices that do not add up.

    Raises
    ------
    UnknownKeyError
        If there is no such area.
    NotEnoughDataError
        If the area is left out, its numbers are confidential, or the run has no normalised indicators.
    """
    _require_area(outcome, area)
    columns = score_columns(outcome)
    values = [number_at(outcome, area, column.key) for column in columns]
    if not columns or not np.isfinite(values).any():
        raise NotEnoughDataError(
            f'Area "{area}" has no normalised values to show: it is left out, or its numbers are confidential.',
            de=f'Gebiet "{area}" hat keine normierten Werte: es ist nicht bewertet oder seine Zahlen sind geheim.',
        )
    means = [float(outcome.table[column.key].astype(float).mean()) for column in columns]
    labels = [folded(short_title(outcome, column).to(lang)) for column in columns]
    texts = [number(value, lang, digits=2) for value in values]
    hovers = [
        f"{text} ({say('views.mean_of_areas', lang)}: {number(m, lang, digits=2)})"
        for text, m in zip(texts, means, strict=True)
    ]
    rows = list(range(len(columns)))
    figure = go.Figure(go.Bar(orientation="h", y=rows, x=values, marker={"color": QUIET}, hovertext=hovers))
    tick = {"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": HERE}}
    mean = say("views.mean_of_areas", lang)
    figure.add_trace(go.Scatter(x=means, y=rows, mode="markers", marker=tick, name=mean, hovertext=hovers))
    figure.update_traces(hoverinfo="text")
    for place, text in enumerate(texts):
        figure.add_annotation(x=1, xref="paper", xanchor="left", xshift=6, y=place, text=text, showarrow=False)
    figure.update_yaxes(autorange="reversed", tickvals=rows, ticktext=labels)
    title = f"{say('views.scores', lang)}: {_name(outcome, area)}"
    drawn = dressed(figure, lang, title=title, x=say("views.axis_scores", lang), right=60)
    return drawn.update_yaxes(showgrid=False, zeroline=False)


def distribution(
    outcome: Outcome,
    column: str,
    *,
    area: str | None = None,
    limits: Sequence[float] | None = None,
    bins: int | None = None,
    lang: Lang = "de",
) -> go.Figure:
    """Return how many areas have which value, with the class limits and one area marked.

    ``limits`` are those of a legend, in the unit of the table; by default those of the index. ``bins`` is the number
    of bars; by default it grows with the root of the number of areas. ``customdata`` holds the span of each bar in
    words, for a table beside the chart.

    Examples
    --------
    >>> figure = distribution(toy_outcome(), "status_index", area="01010405")
    >>> int(sum(figure.data[0].y))
    27
    """
    described = column_of(outcome, column)
    if described.kind in ("text", "code", "bool"):
        raise DataError(
            f'Column "{column}" holds words, not numbers; choose a column of numbers.',
            de=f'Spalte "{column}" enthält Wörter, keine Zahlen; eine Spalte mit Zahlen wählen.',
        )
    values = outcome.table[column].astype(float)
    factor = _factor(described)
    known = values[np.isfinite(values)] * factor
    if known.empty:
        raise NotEnoughDataError(
            f'Column "{column}" holds no number at all.', de=f'Spalte "{column}" enthält keine einzige Zahl.'
        )
    counts, edges = np.histogram(known, bins=bins or int(np.clip(2 * np.sqrt(len(known)), 5, 30)))
    digits = 2 if described.kind == "number" else 1
    spans = [f"{number(a, lang, digits=digits)} – {number(b, lang, digits=digits)}" for a, b in _pairs(edges)]
    words = [f"{span}: {number(n, lang)} {say('views.areas', lang)}" for span, n in zip(spans, counts, strict=True)]
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=np.diff(edges),
            marker={"color": QUIET, "line": {"color": palette.PAPER, "width": 1}},
            hovertext=words,
            hoverinfo="text",
            customdata=spans,
        )
    )
    drawn = limits_of(outcome, column) if limits is None else [limit * factor for limit in limits]
    draw_limits(figure, drawn, lang)
    if area is not None:
        _require_area(outcome, area)
        mark(
            figure,
            number_at(outcome, area, column) * factor,
            f"{_name(outcome, area)}: {plain(cell(values[area], described, lang))}",
        )
    title = plain(described.title.to(lang))
    figure.update_yaxes(tick0=0, dtick=max(1, int(np.ceil(counts.max() / 5))))
    unit = described.unit.to(lang) or ("%" if factor == 100 else "")
    return dressed(figure, lang, title=title, x=unit, y=say("views.areas_axis", lang))


def scatter(outcome: Outcome, *, area: str | None = None, lang: Lang = "de") -> go.Figure:
    """Return status against dynamics with the class limits: a point an area, in the colour of its group.

    Areas that require attention are diamonds; ``customdata`` holds the ids for linked selection.

    Examples
    --------
    >>> figure = scatter(toy_outcome())
    >>> sum(len(trace.x) for trace in figure.data)
    27
    """
    classed = outcome.table.loc[outcome.table["group"].notna()]
    table = classed.dropna(subset=["status_index", "dynamics_index"])
    loud = table["attention"].fillna(False).astype(bool)
    figure = go.Figure()
    for chosen, symbol, size, key in ((~loud, "circle", 8, "attention_no"), (loud, "diamond", 11, "attention_yes")):
        rows = table.loc[chosen]
        figure.add_trace(
            go.Scatter(
                x=rows["dynamics_index"].astype(float),
                y=rows["status_index"].astype(float),
                mode="markers",
                name=say(f"views.{key}", lang),
                customdata=rows.index.tolist(),
                marker={
                    "symbol": symbol,
                    "size": size,
                    "color": [palette.GROUP_COLOURS[group] for group in rows["group"]],
                    "line": {"color": "#3b3a37", "width": 0.8},
                },
                hovertext=_hovers(outcome, rows, lang),
                hoverinfo="text",
            )
        )
    draw_limits(figure, outcome.index.limits.get("dynamics", ()), lang)
    draw_limits(figure, outcome.index.limits.get("status", ()), lang, axis="y")
    if area is not None:
        _require_area(outcome, area)
        _ring(figure, outcome, area)
    x, y = (column_of(outcome, f"{block}_index").title.to(lang) for block in ("dynamics", "status"))
    dressed(figure, lang, title=say("views.view_group", lang), x=f"{x} →", y=f"{y} →", right=45)
    if len(table) < len(classed):
        text = say("views.scatter_secret", lang, count=number(len(classed) - len(table), lang))
        figure.add_annotation(
            text=text, xref="paper", yref="paper", x=0, y=1.0, xanchor="left", yanchor="bottom", showarrow=False,
            font={"size": 11},
        )  # fmt: skip
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.25, "yanchor": "top"})


def timeline(outcomes: Sequence[Outcome], area: str, *, column: str = "status_index", lang: Lang = "de") -> go.Figure:
    """Return how a column of one area moved over the runs of a city, oldest first.

    Points are joined only where areas and method are the same on both sides; a change of either is marked as a break.

    Parameters
    ----------
    outcomes
        Runs of one city.
    area
        Id of the area; runs on areas that do not have it show no point.
    column
        A column of numbers, such as ``"value_unemployment"``.

    Examples
    --------
    >>> len(timeline([toy_outcome()], "01010405").data)
    1
    """
    runs = sorted((run for run in outcomes if column in run.table), key=lambda run: run.run.year)
    found = [run for run in runs if area in run.table.index]
    if not found:
        raise UnknownKeyError(
            f'No run has the area "{area}" with the column "{column}".',
            de=f'Kein Lauf hat das Gebiet "{area}" mit der Spalte "{column}".',
        )
    described = column_of(found[-1], column)
    figure = go.Figure()
    for chain in _chains(found):
        values = [number_at(run, area, column) * _factor(described) for run in chain]
        texts = [cell(run.table.loc[area, column], described, lang) for run in chain]
        years = [run.run.year for run in chain]
        for year, value, text in zip(years, values, texts, strict=True):
            flag(figure, year, value, text)
        figure.add_trace(
            go.Scatter(
                x=years,
                y=values,
                mode="lines+markers",
                line={"color": WHOLE, "width": 2},
                marker={"size": 9},
                text=texts,
                name=plain(f"{chain[0].run.method}, {chain[0].areas.vintage}"),
                hoverinfo="text",
            )
        )
    for before, after in pairwise(_chains(found)):
        middle = (before[-1].run.year + after[0].run.year) / 2
        text = say("views.series_break", lang)
        figure.add_vline(x=middle, line={"color": HERE, "dash": "dot", "width": 1}, annotation=at_foot(text))
    limits = limits_of(found[-1], column)
    draw_limits(figure, limits, lang, axis="y")
    frame_years(figure, [run.run.year for run in found], [v for trace in figure.data for v in trace.y], limits)
    title = f"{plain(described.title.to(lang))}: {_name(found[-1], area)}"
    return dressed(figure, lang, title=title, x=say("views.year", lang), y=described.unit.to(lang), right=45)


def _chains(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """Return runs that may be joined by a line: same method with the same indicators, same areas."""
    chains: list[list[Outcome]] = []
    for run in outcomes:
        last = chains[-1][-1] if chains else None
        if last is not None and _kind(last) == _kind(run):
            chains[-1].append(run)
        else:
            chains.append([run])
    return chains


def _kind(outcome: Outcome) -> tuple[str, str, tuple[str, ...]]:
    indicators = tuple(map(str, outcome.index.parameters.get("indicators", ())))
    return outcome.run.method, outcome.areas.vintage, indicators


def _ring(figure: go.Figure, outcome: Outcome, area: str) -> None:
    if value_at(outcome, area, "status_index") is not None and value_at(outcome, area, "dynamics_index") is not None:
        figure.add_annotation(
            x=number_at(outcome, area, "dynamics_index"),
            y=number_at(outcome, area, "status_index"),
            text=_name(outcome, area),
            arrowhead=2,
            ax=36,
            ay=-36,
            bgcolor="rgba(255,255,255,0.85)",
        )


def _hovers(outcome: Outcome, rows: pd.DataFrame, lang: Lang) -> list[str]:
    """Return name, group and both indices of each row."""
    columns = [column_of(outcome, key) for key in ("group", "status_index", "dynamics_index")]
    lines = [
        [plain(f"{column.title.to(lang)}: {cell(value, column, lang)}") for value in rows[column.key]]
        for column in columns
    ]
    names = [_name(outcome, str(area)) for area in rows.index]
    return ["<br>".join(parts) for parts in zip(names, *lines, strict=True)]


def _name(outcome: Outcome, area: str) -> str:
    """Return an area's name so that plotly shows it and reads no markup in it; long names are cut."""
    name = " ".join(name_of(outcome, area).split())
    return plain(name if len(name) <= LONGEST else name[: LONGEST - 1] + "…")


def _factor(column: Column) -> float:
    return 100.0 if column.kind in ("share", "points") else 1.0


def _pairs(edges: np.ndarray) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in pairwise(edges)]


def _require_area(outcome: Outcome, area: str) -> None:
    if area not in outcome.table.index:
        known = [str(key) for key in outcome.table.index]
        raise UnknownKeyError(
            f'Run "{outcome.run.key}" has no area "{area}".{did_you_mean(area, known)}',
            de=f'Lauf "{outcome.run.key}" hat kein Gebiet "{area}".{did_you_mean(area, known, lang="de")}',
        )
