"""The balance as bars, and the signs of measures by kind: told apart by letter and shape, not by colour alone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from qmgis.balance import KINDS, kind_title
from qmgis.i18n import percent, say
from qmgis.model import CodeList, Lang, Text
from qmgis.views._charting import dressed, folded, plain

__all__ = ["KIND_COLOURS", "LETTERS", "shares_chart"]

KIND_COLOURS: Mapping[str, str] = {
    "INV": "#1f5a92", "PRE": "#8fb4d9", "ACC": "#d9a441", "SOC": "#8a3f1d", "unknown": "#b7b6b2", "MIX": "#5a3d8a",
}  # fmt: skip
LETTERS: Mapping[str, str] = {"INV": "I", "PRE": "V", "ACC": "B", "SOC": "S", "MIX": "M", "unknown": "?"}


def shares_chart(
    table: pd.DataFrame,
    titles: Mapping[str, Text],
    *,
    amount: str = "planned",
    lang: Lang = "de",
    codes: Mapping[str, CodeList] | None = None,
) -> go.Figure:
    """Return two bars for each group: the share of each kind in its money, and in its measures.

    Parameters
    ----------
    table
        As `qmgis.balance.balance` gives it.
    titles
        Of the groups, in the order in which they are shown.
    amount
        ``planned``, ``approved`` or ``spent``.
    codes
        The code lists of the register.

    Examples
    --------
    >>> from qmgis.balance import balance
    >>> measures = pd.DataFrame({"measure": ["M1"], "main_field": ["HF1"], "kind": ["INV"], "investive_share": [1.0]})
    >>> costs = pd.DataFrame({"measure": ["M1"], "year": [2024], "source": ["SZ"], "planned_ct": [900],
    ...     "approved_ct": [900], "spent_ct": [None]})
    >>> found = shares_chart(balance(measures, costs), {"HF1": Text("Integration", "Integration")})
    >>> [trace.name for trace in found.data]
    ['I investiv', 'V investitionsvorbereitend', 'B investitionsbegleitend', 'S nicht investiv, sozial']
    """
    sides = ((f"{amount}_share", say("balance.money", lang)), ("measures_share", say("balance.count", lang)))
    groups = [folded(titles[group].to(lang)) for group in titles]
    axis = [[name for name in groups for _ in sides], [label for _ in groups for _, label in sides]]
    figure = go.Figure()
    for kind in KINDS:
        own = table[table["kind"] == kind].set_index("group")
        if own.empty:
            continue
        shares = own.loc[list(titles), [column for column, _ in sides]].fillna(0.0).to_numpy(dtype=float)
        values = [100 * float(share) for share in shares.ravel()]
        letter = LETTERS[kind]
        texts = [f"{letter} {percent(value / 100, lang, digits=0)}" if value >= 8 else "" for value in values]
        figure.add_bar(
            x=values, y=axis, orientation="h", name=f"{letter} {plain(kind_title(kind, codes).to(lang))}",
            text=texts,
            textposition="inside", insidetextanchor="middle", textangle=0,
            hovertemplate="%{customdata}<extra>%{fullData.name}</extra>",
            customdata=[percent(value / 100, lang) for value in values],
            textfont={"color": "#ffffff" if kind in ("INV", "SOC") else "#111111", "size": 12},
            marker={"color": KIND_COLOURS[kind], "line": {"color": "#ffffff", "width": 1}},
        )  # fmt: skip
    dressed(figure, lang, title="")
    figure.update_layout(
        barmode="stack", bargap=0.18, showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", title=None, dividercolor="#cfccc4")
    # a title of the axis is cut where bars are narrow; ended at the right edge it has all of the width
    figure.add_annotation(
        xref="paper", yref="paper", x=1, y=0, xanchor="right", yanchor="top", yshift=-20, showarrow=False,
        text=plain(say("balance.percent", lang)), font={"size": 12},
    )  # fmt: skip
    return figure.update_xaxes(range=[0, 100], dtick=50, tickangle=0)
