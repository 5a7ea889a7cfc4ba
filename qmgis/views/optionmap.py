"""The map of outlines that are made of whole areas, as one file: a view for each, and why each area is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from qmgis.model import Column, Lang, Outcome, Text, words
from qmgis.views import palette
from qmgis.views._frame import View
from qmgis.views._page import CityMap
from qmgis.views.entries import Entry, legend_of
from qmgis.views.maps import map_of

__all__ = ["Outline", "outlines_map"]

WHY = "outline_why"


@dataclass(frozen=True)
class Outline:
    """Areas that together are one outline, with a sentence about it."""

    title: Text
    members: Collection[str]
    sentence: Text


def outlines_map(
    outcome: Outcome, outlines: Mapping[str, Outline], *, why: Mapping[str, Text], lang: Lang = "de"
) -> CityMap:
    """Return the map of a run with a view for each outline; its table says of each area in which it lies, and why.

    Parameters
    ----------
    outcome
        The run that the outlines are proposed for; programme areas are drawn where it has any.
    outlines
        Outlines by a short key, in their order.
    why
        A text for each area that lies in one.
    lang
        ``"de"`` or ``"en"``.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> first = list(outcome.areas.frame.index[:2])
    >>> one = Outline(Text("Vorschlag A1", "Proposal A1"), first, Text("Zwei Gebiete.", "Two areas."))
    >>> from qmgis.views.maps import page
    >>> "Vorschlag A1" in page(outlines_map(outcome, {"A1": one}, why={})).decode()
    True
    """
    codes = {"out": words("plan.outside"), "in": words("plan.inside_it")}
    columns = [
        Column(f"outline_{place}", one.title, "code", codes=codes) for place, one in enumerate(outlines.values())
    ]
    areas = outcome.table.index
    values = {
        column.key: ["in" if area in set(one.members) else "out" for area in areas]
        for column, one in zip(columns, outlines.values(), strict=True)
    }
    said = [why[area].to(lang) if area in why else None for area in areas]
    told = Column(WHY, words("plan.why_short"), "text")
    whole = replace(
        outcome,
        table=outcome.table.assign(**values).assign(**{WHY: pd.Series(said, areas, dtype=object)}),
        columns=(*outcome.columns, *columns, told),
    )
    colours = {"out": palette.MOVES["same"], "in": palette.PROPOSED}
    views = []
    for column, (key, one) in zip(columns, outlines.items(), strict=True):
        entries = [Entry(word, colours[code], value=code) for code, word in codes.items()]
        legend = legend_of(whole, column, entries, notes=(one.sentence, words("plan.caution")))
        views.append(View(legend, one.title, row=words("plan.outline"), short=Text(key, key)))
    return map_of(whole, views, lang)
