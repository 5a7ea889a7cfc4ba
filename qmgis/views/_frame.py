"""What stands around the map: title, switch, legends, credits, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qmgis import assets
from qmgis.i18n import number, say
from qmgis.model import Column, Lang, Outcome, Text
from qmgis.model.reading import CLASSES, borderline, is_straight, way_of
from qmgis.views import palette
from qmgis.views._markup import DEFS, legend_block, mark, places_table, swatch, twin
from qmgis.views.backdrop import sample
from qmgis.views.legend import Legend
from qmgis.views.programme import LINES, programme_sample, programme_shapes, programme_title

__all__ = ["View", "after", "before"]

_NOTHING = Text("", "")


@dataclass(frozen=True)
class View:
    """One way to colour the areas; ``row`` and ``short`` are its line and word in the switch."""

    legend: Legend
    title: Text
    theme: str = ""
    row: Text = _NOTHING
    short: Text = _NOTHING

    @property
    def has_stripes(self) -> bool:
        """Whether it shows classes of the index, which may be borderline."""
        return self.legend.column in CLASSES


def before(outcome: Outcome, lang: Lang) -> str:
    """Return what comes before the map: patterns, title, note."""
    note = f'<p class="qm-note">{escape(outcome.note.to(lang))}</p>' if outcome.note else ""
    year = say("views.measured", lang, year=outcome.run.year)
    title = escape(outcome.run.title.to(lang))
    return (
        f'{DEFS}<div class="qm-sheet"><header class="qm-head"><div class="qm-titles"><h1>{title}</h1>'
        f'<p id="qm-title"></p><p>{escape(outcome.city_title.to(lang))} · {escape(year)}</p></div>{note}</header>'
        f'<main class="qm-body"><div id="qm-stage">'
        f'<button type="button" id="qm-home">{escape(say("views.home", lang))}</button>'
        f"{_orientation(outcome, lang)}"
    )


def after(outcome: Outcome, views: Sequence[View], columns: Sequence[Column], lang: Lang) -> str:
    """Return what comes after the map: switch, legends, credits, notes and tables."""
    areas = twin(outcome, columns, lang)
    places = ""
    if outcome.places:
        table = places_table(outcome.places, lang)
        summary = escape(say("views.places_table", lang))
        places = f'<details><summary>{summary}</summary><div class="qm-scroll" tabindex="0">{table}</div></details>'
    return (
        f"</div>{_side(outcome, views, lang)}</main>{_foot(outcome, lang)}</div>"
        f'<section class="qm-tables">{_warnings(outcome, lang)}'
        f"<details><summary>{escape(say('views.table', lang))}</summary>"
        f'<div class="qm-scroll" tabindex="0">{areas}</div></details>{places}</section>'
    )


def _warnings(outcome: Outcome, lang: Lang) -> str:
    lines = "".join(f"<li>{escape(text.to(lang))}</li>" for text in outcome.warnings)
    title = escape(say("views.warnings", lang, count=len(outcome.warnings)))
    return f"<details open><summary>{title}</summary><ul>{lines}</ul></details>" if lines else ""


def _side(outcome: Outcome, views: Sequence[View], lang: Lang) -> str:
    legend = escape(say("views.show", lang))
    switch = f'<fieldset class="qm-views"><legend>{legend}</legend>{_switch(views, lang)}</fieldset>'
    search = (
        f'<div class="qm-search"><label for="qm-search">{escape(say("views.search", lang))}</label>'
        '<input id="qm-search" type="search" autocomplete="off"><ul id="qm-found" aria-live="polite"></ul></div>'
    )
    chip = (
        '<div id="qm-filter" hidden aria-live="polite"><span id="qm-count"></span>'
        f'<button type="button" id="qm-reset">{escape(say("views.reset", lang))}</button></div>'
    )
    legends = "".join(
        legend_block(view.legend, lang, view=k, extra=_marks(outcome, view, lang), loud=_loud(outcome))
        for k, view in enumerate(views)
    )
    above = f"{switch if len(views) > 1 else ''}{search}{chip}{_stripes(outcome, views, lang)}"
    return f'<aside class="qm-side">{above}{legends}</aside>'


def _stripes(outcome: Outcome, views: Sequence[View], lang: Lang) -> str:
    """Return the box that stripes borderline areas; nothing where there are none."""
    count = len(borderline(outcome))
    if not count or not any(view.has_stripes for view in views):
        return ""
    label = escape(say("views.stripes", lang, count=number(count, lang)))
    box = '<input type="checkbox" id="qm-stripe" aria-controls="qmgis">'
    return f'<div class="qm-stripes"><label>{box} {swatch("url(#qm-borderline)")} <span>{label}</span></label></div>'


def _orientation(outcome: Outcome, lang: Lang) -> str:
    """Return the legends of what is drawn for orientation and of programme areas, each with a box to switch it."""
    rows = []
    if outcome.backdrop is not None:
        kinds = [(sample(kind), say(f"views.backdrop_{kind}", lang)) for kind in outcome.backdrop.kinds]
        rows.append(_switched('id="qm-drawn" checked', say("views.backdrop", lang), kinds))
    there = programme_shapes(outcome)
    if there:
        states = [(programme_sample(state), say(f"words.programme_{state}", lang)) for state in LINES if state in there]
        rows.append(_switched('id="qm-programme"', programme_title(outcome, lang), states))
    return f'<div class="qm-drawn">{"".join(rows)}</div>' if rows else ""


def _switched(box: str, label: str, kinds: Sequence[tuple[str, str]]) -> str:
    """Return a box to switch something on the map, and what its lines mean."""
    lines = "".join(f"<li>{picture}<span>{escape(word)}</span></li>" for picture, word in kinds)
    return f'<div><label><input type="checkbox" {box}> {escape(label)}</label><ul>{lines}</ul></div>'


def _switch(views: Sequence[View], lang: Lang) -> str:
    """Return a line of choices for the index and one for each theme."""
    lines: dict[Text, str] = {}
    for k, view in enumerate(views):
        title, short = escape(view.title.to(lang)), escape(view.short.to(lang) or view.title.to(lang))
        choice = f'<label title="{title}"><input type="radio" name="qm-view" value="{k}" aria-label="{title}"> '
        lines[view.row] = lines.get(view.row, "") + f"{choice}<span>{short}</span></label>"
    return "".join(
        f'<div class="qm-row"><span class="qm-theme">{escape(row.to(lang))}</span>{choices}</div>'
        for row, choices in lines.items()
    )


def _loud(outcome: Outcome) -> tuple[str, ...]:
    return tuple(outcome.index.parameters.get("attention", ()))


def _marks(outcome: Outcome, view: View, lang: Lang) -> list[str]:
    """Return legend lines for outlines, facilities and squares."""
    lines = []
    if "attention" in outcome.table:
        thick = swatch("none", stroke=palette.ATTENTION_LINE, width=2.8)
        lines.append(mark(thick, say("views.mark_attention", lang)))
    rough = outcome.areas.frame["approximate"]
    if rough.all():
        lines.append(mark("<span></span>", say("views.all_approximate", lang)))
    elif rough.any():
        lines.append(mark(swatch("none", stroke=palette.LINE, dash="4 3"), say("views.mark_approximate", lang)))
    if view.theme:
        layer = outcome.places[outcome.themes[view.theme].places]
        dot = (
            f'<svg width="28" height="18" aria-hidden="true"><circle cx="14" cy="9" r="5.5" fill="{palette.PLACE}" '
            'stroke="#ffffff" stroke-width="2"/></svg>'
        )
        lines.append(mark(dot, layer.title.to(lang)))
        if outcome.gaps is not None and bool((outcome.gaps["theme"] == view.theme).any()):
            square = (
                '<svg width="28" height="18" aria-hidden="true">'
                f'<rect x="7" y="3" width="14" height="12" fill="url(#qm-gap)" stroke="{palette.GAP}"/></svg>'
            )
            within, how = outcome.themes[view.theme].limit.to(lang), way_of(outcome, view.theme).to(lang)
            lines.append(mark(square, say("views.mark_gap", lang, within=within, how=how)))
        if is_straight(outcome, view.theme):
            lines.append(f'<strong class="qm-straight">{escape(say("views.straight", lang))}</strong>')
    return lines


def _foot(outcome: Outcome, lang: Lang) -> str:
    credit = "; ".join(dict.fromkeys(outcome.credits))
    recipe = say(
        "views.recipe", lang, recipe=outcome.recipe.id, method=outcome.recipe.method, version=outcome.recipe.version
    )
    lines = [f"{say('views.source', lang)}: {credit}"] if credit else []
    lines.append(
        f"{recipe} · {say('views.areas_as_of', lang, vintage=outcome.areas.vintage)} · {assets.licence_note()}"
    )
    return (
        f'<footer class="qm-foot"><p><strong>{escape(say("views.signal", lang))}</strong></p>'
        f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}</footer>"
    )
