"""The table of an area's indicators: values with what stands behind them, what to hold them against, contributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.model.reading import blocks_of, contribution_columns
from qmgis.views.dossier import Dossier, IndicatorRow

__all__ = ["indicator_table"]


def indicator_table(outcome: Outcome, said: Dossier, lang: Lang) -> Component:
    """Return the indicators in numbers; columns that a method does not have are not there.

    Below a share, in lines as narrow as the number, so that a phone shows them: interval, people, reliability.
    """
    is_moved = any(column.key.startswith("change_") for column in outcome.columns)
    is_still = any(column.key.startswith("value_") for column in outcome.columns)
    has_city = any(row.city for row in said.indicators)
    heads = {
        "value": is_still, "against" if has_city else "mean": is_still, "change": is_moved, "mean_change": is_moved,
        "z": True, "contribution": any(contribution_columns(outcome, block) for block in blocks_of(outcome)),
    }  # fmt: skip
    wanted = [head for head, is_there in heads.items() if is_there]
    named = {"z": "normalised", "contribution": "contribution_index"} if "index" in blocks_of(outcome) else {}
    rows = [[row.title, *(_cell(row, head, lang) for head in wanted)] for row in said.indicators]
    table = data_table([say(f"app.why_{named.get(head, head)}", lang) for head in ("indicator", *wanted)], rows)
    notes = [say("app.why_behind", lang)] if any(row.interval for row in said.indicators) else []
    notes += [_of_city(outcome, said, lang)] if has_city else []
    return html.Div([table, *([html.P(" ".join(notes), className="soft small after")] if notes else [])])


def _cell(row: IndicatorRow, head: str, lang: Lang) -> Any:
    if head == "value":
        reliability = html.Strong(row.reliability) if row.is_weak else row.reliability
        told = {"interval": row.interval, "people": row.people, "reliability": reliability}
        return [row.value, *(part for key, text in told.items() if text for part in _line(key, text, lang))]
    if head == "against":
        told = {"city": row.city, "of_areas": row.mean}
        first, *more = [say(f"app.why_{key}", lang, value=text) for key, text in told.items() if text]
        return [first, *(part for text in more for part in (html.Br(), text))]
    return getattr(row, head)


def _line(key: str, text: Any, lang: Lang) -> Sequence[Component]:
    """Return a small line below a number; what it is, is written for those who hear it."""
    heard = html.Span(f"{say(f'app.why_{key}', lang)}: ", className="unseen")
    return html.Br(), html.Span([heard, text], className="soft small")


def _of_city(outcome: Outcome, said: Dossier, lang: Lang) -> str:
    """Return what the city's value is made of, and of how many areas."""
    counts = sorted({one.city_areas for one in said.facts.indicators if one.city is not None})
    span = "–".join(number(count, lang) for count in dict.fromkeys((counts[0], counts[-1])))
    return say("app.why_of_city", lang, areas=span, all=number(len(outcome.table), lang))
