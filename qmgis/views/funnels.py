"""Funnel plots: shares against the people behind them, with the limits of chance and of usual scatter.

Everything is made of the columns of a run's table, so that what is not shown there enters nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qmgis.core.funnel import INNER, OUTER, Scatter, limits
from qmgis.core.funnel import funnel as laid
from qmgis.errors import NotEnoughDataError
from qmgis.i18n import number, percent, say
from qmgis.model import Lang, Outcome
from qmgis.model.reading import name_of
from qmgis.views import palette
from qmgis.views._charting import HERE, dressed, plain
from qmgis.views.cells import column_of

__all__ = ["FunnelRow", "funnel", "funnel_of", "funnel_rows", "shares_of"]

# Far and near points differ in form, size and fill, not in colour alone.
LOOKS = {
    "inside": ("circle", 7, "#b7b6b2"),
    "inner": ("circle-open-dot", 9, "#6b6861"),
    "outer": ("diamond", 11, "#b07110"),
}
TICKS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000)


@dataclass(frozen=True)
class FunnelRow:
    """An area outside the limits, in words: for the table beside the chart."""

    area: str
    name: str
    share: str
    base: str
    place: str


def shares_of(outcome: Outcome) -> list[str]:
    """Return the indicators of a run that a funnel can be drawn of: shares whose people are known."""
    keys = [str(name).removeprefix("base_") for name in outcome.table if str(name).startswith("base_")]
    return [key for key in keys if f"value_{key}" in outcome.table and _is_enough(*_known(outcome, key))]


def _is_enough(share: pd.Series, base: pd.Series) -> bool:
    """Return whether there are two areas, and some people, but not all, are counted."""
    return len(share) > 1 and bool(0 < (share * base).sum() < base.sum())


def funnel_of(outcome: Outcome, key: str) -> tuple[pd.DataFrame, Scatter]:
    """Return where each share stands between the limits, and the scatter that they rest on, of shown numbers alone.

    Raises
    ------
    NotEnoughDataError
        The people behind the share are not known, or there are fewer than two areas.
    """
    share, base = _known(outcome, key)
    table, around = laid((share * base).rename(key), base)
    return table.assign(base=base), around


def funnel_rows(outcome: Outcome, key: str, *, lang: Lang = "de") -> list[FunnelRow]:
    """Return the areas outside the outer limits, in the order of the areas; it is no ranking."""
    table, _ = funnel_of(outcome, key)
    beyond = table[table["place"].isin(["below_outer", "above_outer"])]
    return [
        FunnelRow(
            str(area), name_of(outcome, str(area)), percent(float(row["share"]), lang, digits=1),
            number(float(row["base"]), lang), say(f"views.funnel_{row['place']}", lang),
        )
        for area, row in beyond.iterrows()
    ]  # fmt: skip


def funnel(outcome: Outcome, key: str, *, area: str | None = None, lang: Lang = "de") -> go.Figure:
    """Return a share against the people behind it: a point an area, with the limits of 95 % and 99.8 %.

    Parameters
    ----------
    outcome
        A run whose table has ``value_<key>`` and ``base_<key>``.
    key
        The indicator.
    area
        An area to be marked.

    Raises
    ------
    NotEnoughDataError
        As `funnel_of`.

    References
    ----------
    Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24, 2005.
    """
    table, around = funnel_of(outcome, key)
    figure = go.Figure()
    _draw_limits(figure, table["base"], around, lang)
    for look, (symbol, size, colour) in LOOKS.items():
        rows = table[table["place"].str.endswith(look)]
        words = [
            f"{plain(name_of(outcome, str(one)))}: {percent(float(share), lang, digits=1)}, {number(float(n), lang)}"
            for one, share, n in zip(rows.index, rows["share"], rows["base"], strict=True)
        ]
        marker = {
            "symbol": symbol,
            "size": size,
            "color": colour,
            "line": {"color": "#3b3a37", "width": 0.8 + (look == "inner")},
        }
        figure.add_trace(
            go.Scatter(
                x=rows["base"], y=100 * rows["share"], mode="markers", marker=marker, hovertext=words,
                hoverinfo="text", name=say(f"views.funnel_{look}", lang), customdata=rows.index.tolist(),
            )
        )  # fmt: skip
    if area is not None and area in table.index:
        base, share = float(table["base"][area]), 100 * float(table["share"][area])
        ring = {"symbol": "circle-open", "size": 18, "color": HERE, "line": {"width": 3}}
        name = plain(name_of(outcome, area))
        figure.add_trace(go.Scatter(x=[base], y=[share], mode="markers", marker=ring, name=name, hoverinfo="skip"))
    title, people = column_of(outcome, f"value_{key}").title.to(lang), column_of(outcome, f"base_{key}").title.to(lang)
    dressed(figure, lang, title=plain(title), x=people.rpartition(": ")[2], y="%")
    figure.update_xaxes(type="log", tickvals=TICKS, ticktext=[number(tick, lang) for tick in TICKS])
    figure.update_yaxes(rangemode="tozero")
    return figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.25, "yanchor": "top"})


def _known(outcome: Outcome, key: str) -> tuple[pd.Series, pd.Series]:
    """Return share and base of the areas that show both."""
    if f"base_{key}" not in outcome.table:
        raise NotEnoughDataError(
            f'Whom "{key}" is a share of is not known; declare numerator and denominator or a base in its layer file.',
            de=f'Worauf sich "{key}" bezieht, ist nicht bekannt; in der Ebenendatei numerator und denominator oder '
            "base angeben.",
        )
    pair = outcome.table[[f"value_{key}", f"base_{key}"]].astype(float).dropna()
    return pair[f"value_{key}"], pair[f"base_{key}"]


def _draw_limits(figure: go.Figure, base: pd.Series, around: Scatter, lang: Lang) -> None:
    along = pd.Series(np.geomspace(max(base.min() * 0.9, 1.0), base.max() * 1.1, 120))
    for level, dash, words in (
        (OUTER, "solid", "views.funnel_limit_outer"),
        (INNER, "dash", "views.funnel_limit_inner"),
    ):
        both = 100 * limits(along, around, level=level)
        for side, shows in (("low", True), ("high", False)):
            line = {"color": "#6b6861", "width": 1.3, "dash": dash}
            figure.add_trace(
                go.Scatter(
                    x=along, y=both[side], mode="lines", line=line, hoverinfo="skip", legendgroup=words,
                    name=say(words, lang), showlegend=shows,
                )
            )  # fmt: skip
    figure.add_hline(y=100 * around.middle, line={"color": palette.INK, "width": 1, "dash": "dot"})
