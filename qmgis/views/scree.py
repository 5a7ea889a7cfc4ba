"""The principal components of a block of indicators as a chart: one long bar means one thing is measured."""

from __future__ import annotations

import plotly.graph_objects as go

from qmgis.i18n import percent, say
from qmgis.methodcheck import BlockCheck
from qmgis.model import Lang
from qmgis.views._charting import dressed, plain
from qmgis.views.palette import sequential

__all__ = ["scree"]


def scree(block: BlockCheck, *, lang: Lang = "de") -> go.Figure:
    """Return the share of the variance that each component holds.

    Examples
    --------
    >>> from qmgis.methodcheck import check_method
    >>> found = check_method(toy_table(), profile=toy_profile(), year=2024)
    >>> [bool(bar > 0) for bar in scree(found.blocks["status"]).data[0].y]
    [True, True, True]
    """
    explained = block.scree["explained"].astype(float)
    names = [str(component) for component in explained.index]
    texts = [percent(share, lang, digits=0) for share in explained]
    said = [f"{say('methodcheck.component', lang)} {name}: {text}" for name, text in zip(names, texts, strict=True)]
    bars = go.Bar(
        x=names, y=100 * explained, text=texts, textposition="outside", hovertext=said, hoverinfo="text",
        marker={"color": sequential(5)[3]}, width=0.6,
    )  # fmt: skip
    figure = go.Figure(bars)
    figure.update_yaxes(
        range=[0, 115], tickvals=[0, 50, 100], ticktext=[percent(k / 2, lang, digits=0) for k in range(3)]
    )
    figure.update_xaxes(type="category", showgrid=False)
    title = plain(say("methodcheck.explained_title", lang))
    return dressed(figure, lang, title=title, x=say("methodcheck.component", lang))
