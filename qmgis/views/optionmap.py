"""The map of outlines that are made of whole areas, as one file: a view for each, and why each area is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qmgis.model import AreaLayer, Column, Lang, Outcome, Text, words
from qmgis.scoring import attention_of
from qmgis.views import palette
from qmgis.views._frame import View
from qmgis.views._page import CityMap
from qmgis.views.entries import Entry, legend_of
from qmgis.views.maps import map_of

__all__ = ["Outline", "outcome_of_units", "outlines_map"]

WHY = "outline_why"


@dataclass(frozen=True)
class Outline:
    """Areas that together are one outline, with a sentence about it."""

    title: Text
    members: Collection[str]
    sentence: Text


def outcome_of_units(outcome: Outcome, units: AreaLayer, *, under: pd.Series) -> Outcome:
    """Return a run as a map of units smaller than its areas needs it: of each the area that it lies in, no number.

    Parameters
    ----------
    outcome, units
        A run, and blocks.
    under
        Index ``area`` of the units; the area of each.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> ids = outcome.areas.frame.index
    >>> one = outcome_of_units(outcome, outcome.areas, under=pd.Series(ids, ids))
    >>> [column.key for column in one.columns], len(one.table)
    (['name', 'of_area', 'of_attention'], 30)
    """
    flag = attention_of(outcome.index).reindex(under.to_numpy()).fillna(False).to_numpy(dtype=bool)
    names = outcome.areas.frame["name"].astype(object).reindex(under.to_numpy()).to_numpy()
    codes = {"yes": words("words.yes"), "no": words("words.no")}
    table = pd.DataFrame(
        {"name": units.frame["name"].astype(object), "of_area": names,
         "of_attention": pd.Series(np.where(flag, "yes", "no"), under.index, dtype=object)},
        index=under.index,
    )  # fmt: skip
    columns = (Column("name", words("words.name"), "text"), Column("of_area", words("plan.in_area"), "text"),
               Column("of_attention", words("plan.attention_units"), "code", codes=codes))  # fmt: skip
    return replace(
        outcome, areas=units, table=table, columns=columns, coverage={}, priority={}, themes={}, places={}, gaps=None,
        certainty=None, pattern=None, supply={}, credits=tuple(dict.fromkeys((*outcome.credits, units.credit))),
    )  # fmt: skip


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
