"""How unevenly the people behind each share live over the areas, with the part of chance."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.app.frame import panel
from qmgis.i18n import number, percent, say
from qmgis.model import Lang, Outcome
from qmgis.segregation import DRAWS
from qmgis.views.cells import column_of

__all__ = ["segregation_panel"]

HEADS = (
    "indicator", "dissimilarity", "chance", "above_chance", "corrected", "isolation", "share", "areas",
    "median_persons",
)  # fmt: skip


def segregation_panel(outcome: Outcome, lang: Lang) -> Component:
    """Return a table of D beside chance for each share with counts, and how to read it; or why there is none."""
    title = say("segregation.title", lang)
    if outcome.segregation is None:
        return panel(title, html.P(say("segregation.none", lang)))
    rows = [
        [column_of(outcome, f"value_{key}").title.to(lang), *_numbers(row, lang)]
        for key, row in outcome.segregation.iterrows()
    ]
    note = say("segregation.note", lang, year=str(outcome.index.year), draws=number(DRAWS, lang))
    return panel(
        title,
        html.P(say("segregation.lead", lang), className="soft"),
        data_table([say(f"segregation.{head}", lang) for head in HEADS], rows, label=title),
        html.P(f"{note} {say('segregation.isolation_note', lang)}", className="soft small after"),
    )


def _numbers(row: pd.Series, lang: Lang) -> list[Any]:
    def three(key: str) -> str:
        return number(float(row[key]), lang, digits=3)

    return [
        three("dissimilarity"),
        f"{three('expected')} ± {three('expected_sd')}",
        three("above_chance"),
        three("corrected"),
        *(percent(float(row[key]), lang) for key in ("isolation", "share")),
        *(number(float(row[key]), lang) for key in ("areas", "median_persons")),
    ]
