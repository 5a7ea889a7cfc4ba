"""Legends and tables of a page as markup; every datum is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Column, Lang, Outcome, PlaceLayer
from qmgis.views import palette
from qmgis.views.backdrop import MEADOW
from qmgis.views.cells import cell, state_word, why_empty
from qmgis.views.legend import Entry, Legend

__all__ = ["DEFS", "fill_of", "legend_block", "places_table", "twin"]

_NUMBERS = ("count", "number", "share", "points", "metres", "order")
_DYNAMICS = ("+", "+/-", "-")

DEFS = (
    '<svg class="qm-hidden" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="qm-diagonal" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="7" height="7" fill="{palette.NO_DATA}"/><rect width="1.6" height="7" fill="#77746c"/></pattern>'
    '<pattern id="qm-cross" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="8" height="8" fill="{palette.NO_DATA}"/><rect width="1.4" height="8" fill="#77746c"/>'
    '<rect width="8" height="1.4" fill="#77746c"/></pattern>'
    '<pattern id="qm-dots" width="7" height="7" patternUnits="userSpaceOnUse">'
    f'<rect width="7" height="7" fill="{palette.LEFT_OUT}"/><circle cx="2" cy="2" r="1.1" fill="#5f5c55"/>'
    '<circle cx="5.5" cy="5.5" r="1.1" fill="#5f5c55"/></pattern>'
    '<pattern id="qm-borderline" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="3.4" height="9" fill="#ffffff"/><rect x="1" width="1.4" height="9" fill="#111111"/></pattern>'
    '<pattern id="qm-gap" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    f'<rect width="5" height="5" fill="{palette.GAP}" fill-opacity="0.18"/>'
    f'<rect width="2" height="5" fill="{palette.GAP}"/></pattern>'
    f"{MEADOW}</defs></svg>"
)


def fill_of(entry: Entry) -> str:
    """Return the fill of an entry: its colour, or its hatching."""
    return entry.colour if entry.hatch == "none" else f"url(#qm-{entry.hatch})"


def legend_block(legend: Legend, lang: Lang, *, view: int, extra: Sequence[str] = (), loud: Sequence[str] = ()) -> str:
    """Return a legend whose classes filter the map; the twelve groups as a grid of status and dynamics.

    ``extra`` are further lines of markup (marks that are not classes), ``loud`` the groups that require attention.
    """
    unit = legend.unit.to(lang)
    when = [text for text in (unit, legend.date) if text]
    grid = legend.column == "group"
    shown = [e for e in legend.entries if not (grid and e.role == "class")]
    first = len(legend.entries) - len(shown)
    lines = [_entry(entry, first + k, lang) for k, entry in enumerate(shown)]
    notes = "".join(f"<p>{escape(note.to(lang))}</p>" for note in legend.notes)
    source = f"<p>{escape(say('views.source', lang))}: {escape(legend.source)}</p>" if legend.source else ""
    return (
        f'<section class="qm-legend" data-view="{view}" hidden aria-label="{escape(say("views.legend", lang))}">'
        f'<h2>{escape(legend.title.to(lang))}</h2><p class="qm-when">{escape(" · ".join(when))}</p>'
        f"{_grid(legend, lang, loud) if grid else ''}"
        f"<ul>{''.join(f'<li>{line}</li>' for line in (*lines, *extra))}</ul>"
        f'<p class="qm-tip">{escape(say("views.filter_tip", lang))}</p>{notes}{source}</section>'
    )


def _entry(entry: Entry, position: int, lang: Lang) -> str:
    return (
        f'<button type="button" class="qm-entry" data-entry="{position}" aria-pressed="false">{swatch(fill_of(entry))}'
        f'<span>{escape(entry.label.to(lang))}</span><span class="qm-number">{number(entry.count, lang)}</span>'
        "</button>"
    )


def swatch(fill: str, *, stroke: str = "#8a877f", width: float = 1, dash: str = "") -> str:
    """Return a small rectangle as a legend shows it."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<svg width="28" height="18" aria-hidden="true"><rect x="2" y="2" width="24" height="14" '
        f'fill="{escape(fill)}" stroke="{escape(stroke)}" stroke-width="{width:g}"{dashed}/></svg>'
    )


def mark(drawing: str, text: str) -> str:
    """Return a legend line for a mark that is not a class."""
    return f'<span class="qm-plain">{drawing}<span>{escape(text)}</span></span>'


def _grid(legend: Legend, lang: Lang, loud: Sequence[str]) -> str:
    """Return status by dynamics as a table of buttons, from high status to very low."""
    position = {entry.value: k for k, entry in enumerate(legend.entries)}
    heads = "".join(f'<th scope="col">{escape(say(f"words.dynamics_{sign}", lang))}</th>' for sign in _DYNAMICS)
    body = ""
    for status in range(1, 5):
        cells = "".join(_square(legend, position[f"{status}{sign}"], lang, loud) for sign in _DYNAMICS)
        body += f'<tr><th scope="row">{escape(say(f"words.status_{status}", lang))}</th>{cells}</tr>'
    corner = f"{escape(say('views.status', lang))} ↓ {escape(say('views.dynamics', lang))} →"
    return f'<table class="qm-grid"><thead><tr><th>{corner}</th>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _square(legend: Legend, position: int, lang: Lang, loud: Sequence[str]) -> str:
    entry = legend.entries[position]
    extra = " qm-loud" if entry.value in loud else ""
    count = number(entry.count, lang)
    label = f"{entry.label.to(lang)}: {count} {say('views.areas', lang)}"
    return (
        f'<td><button type="button" class="qm-cell{extra}" data-entry="{position}" aria-pressed="false" '
        f'style="background:{entry.colour};color:{palette.text_on(entry.colour)}" aria-label="{escape(label)}" '
        f'title="{escape(label)}"><b>{escape(entry.value or "")}</b><small>{count}</small></button></td>'
    )


def twin(outcome: Outcome, columns: Sequence[Column], lang: Lang) -> str:
    """Return the table beside the map: a row an area, the same words as its tooltip and popup."""
    names = (say("words.name", lang), say("views.id", lang), *(column.title.to(lang) for column in columns))
    head = "".join(f'<th scope="col">{escape(name)}' for name in names)
    texts = [words_of(outcome, column, lang) for column in columns]
    numeric = [column.kind in _NUMBERS for column in columns]
    rows = []
    for position, (area, name) in enumerate(outcome.areas.frame["name"].items()):
        cells = "".join(
            f'<td class="n">{escape(text[position])}' if right else f"<td>{escape(text[position])}"
            for text, right in zip(texts, numeric, strict=True)
        )
        label = escape(area if pd.isna(name) else str(name))
        rows.append(
            f'<tr><th scope="row" dir="auto"><button type="button">{label}</button><td>{escape(str(area))}{cells}'
        )
    return f'<table id="qm-table"><thead><tr>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def words_of(outcome: Outcome, column: Column, lang: Lang) -> list[str]:
    """Return a column in words, in the order of the areas; an empty cell says why it is empty."""
    values = outcome.table[column.key]
    if column.kind == "text" or column.key == "left_out":
        return ["" if pd.isna(value) else cell(value, column, lang) for value in values]
    why = why_empty(outcome, column.key)
    said = {reason: f"– ({state_word(reason).to(lang)})" for reason in set(why) if reason}
    return [said[reason] if reason else cell(value, column, lang) for value, reason in zip(values, why, strict=True)]


def places_table(layers: Mapping[str, PlaceLayer], lang: Lang) -> str:
    """Return all facilities as one table: name, kind, capacity."""
    heads = (say("words.name", lang), say("views.kind", lang), say("views.capacity", lang))
    rows = []
    for layer in layers.values():
        kind = escape(layer.title.to(lang))
        for name, capacity in zip(layer.frame["name"], layer.frame["capacity"], strict=True):
            places = "" if pd.isna(capacity) else f"{number(float(capacity), lang)} {say('views.seats', lang)}"
            label = escape("–" if pd.isna(name) else str(name))
            rows.append(f'<tr><th scope="row" dir="auto">{label}<td>{kind}<td>{escape(places)}')
    head = "".join(f'<th scope="col">{escape(text)}' for text in heads)
    return f'<table id="qm-places"><thead><tr>{head}</thead><tbody>{"".join(rows)}</tbody></table>'
