"""Panels of the area page that are drawn from its explanation: what would change it, areas around, breaks, the text."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.frame import attributes, lang_of, link, panel
from qmgis.explanation import Edition, Explanation, Named
from qmgis.i18n import number, say
from qmgis.model import City, Lang, Run
from qmgis.views.dossier import Dossier
from qmgis.views.summary import coded, summary_text

__all__ = ["break_list", "edition_row", "neighbour_panel", "reach_panel", "similar_panel", "text_panel"]

TEXT = "area-text"


def reach_panel(said: Dossier, lang: Lang) -> Component | None:
    """Return the smallest change of each indicator that alone moves a class; nothing where it cannot be said."""
    if not said.reaches:
        return None
    heads = [say(f"app.reach_{key}", lang) for key in ("now", "change", "then")]
    drawn: dict[bool, list[Component]] = {True: [], False: []}
    for reach in said.reaches:
        rows = [[row.title, row.now, row.change, row.then] for row in reach.rows]
        first = say("app.reach_value" if reach.of == "value" else "app.reach_moved", lang)
        drawn[reach.is_first] += [html.H3(reach.title), data_table([first, *heads], rows)]
    more = html.Details([html.Summary(say("app.reach_more", lang)), *drawn[False]]) if drawn[False] else None
    return panel(say("app.reach", lang), _soft(say("app.reach_lead", lang)), *drawn[True], more)


def neighbour_panel(facts: Explanation, state: ViewState) -> Component:
    """Return the areas that touch this one, each a link, with their classes."""
    lang = lang_of(state)
    title = say("app.neighbours", lang)
    if not facts.neighbours:
        return panel(title, html.P(say("app.neighbours_none", lang)))
    counts = ", ".join(f"{coded(group, lang)}: {number(count, lang)}" for group, count in facts.around)
    rows = [
        [
            link(state, one.name, area=one.area),
            _group(one.group, one.left_out, lang),
            _flag(one.attention, lang),
        ]
        for one in facts.neighbours
    ]
    heads = [say(key, lang) for key in ("words.area", "app.time_class", "app.mode_attention")]
    return panel(title, _soft(say("app.neighbours_lead", lang, counts=counts)), data_table(heads, rows))


def similar_panel(facts: Explanation, state: ViewState) -> Component:
    """Return the areas with similar values, each a link, with their distance."""
    lang = lang_of(state)
    tolerance = number(facts.tolerance, lang, digits=1)
    title, lead = say("app.similar", lang), _soft(say("app.similar_lead", lang, tolerance=tolerance))
    if not facts.similar:
        why = "app.similar_none" if facts.compared else "app.similar_unknown"
        return panel(title, lead, html.P(say(why, lang)))
    rows = [
        [link(state, one.name, area=one.area), _group(one.group, "", lang), number(one.distance, lang, digits=2)]
        for one in facts.similar
    ]
    heads = [say(key, lang) for key in ("words.area", "app.time_class", "app.similar_distance")]
    return panel(title, lead, data_table(heads, rows))


def edition_row(run: Run, edition: Edition | None, apart: str, lang: Lang) -> list[Any]:
    """Return run, year, class and attention of an area in one run, or why there is none."""
    title, year = run.title.to(lang), str(run.year)
    if edition is None:
        return [title, year, say("app.run_failed", lang), "–"]
    if edition.note == "absent":
        return [title, year, say("app.other_areas", lang, vintage=edition.vintage), "–"]
    if edition.note == "other_name":
        return [title, year, say("app.other_name", lang, vintage=edition.vintage, name=edition.name), "–"]
    notes = [apart, say("app.other_outline", lang, vintage=edition.vintage) if edition.note else ""]
    said = [part for note in notes if note for part in (html.Br(), html.Span(note, className="soft small"))]
    group = _group(edition.group, edition.left_out, lang)
    return [[title, *said], year, group, _flag(edition.attention, lang)]


def break_list(facts: Explanation, city: City, lang: Lang) -> Component | None:
    """Return between which runs the series breaks, and why."""
    if not facts.breaks:
        return None
    lines = []
    for one in facts.breaks:
        names = ", ".join(indicator.title.to(lang) for indicator in one.indicators)
        why = "; ".join(say(f"summary.break_{kind}", lang, indicators=names) for kind in one.kinds)
        runs = [city.runs[key].title.to(lang) for key in (one.before, one.after)]
        lines.append(html.Li(say("app.break", lang, before=runs[0], after=runs[1], why=why)))
    return html.Div([html.H3(say("app.breaks", lang)), html.Ul(lines, className="plain")])


def text_panel(facts: Explanation, lang: Lang) -> Component:
    """Return the summary as plain text, to be copied."""
    button = html.Button(
        say("app.text_copy", lang),
        type="button",
        className="copy",
        **attributes(data_copy=TEXT, data_done=say("app.text_copied", lang), data_select=say("app.text_select", lang)),
    )
    region = {"role": "region", "tabIndex": "0", **attributes(aria_label=say("app.text", lang))}
    text = html.Div(summary_text(facts, lang), id=TEXT, className="plain-text", **region)
    return panel(say("app.text", lang), _soft(say("app.text_lead", lang)), text, button)


def _group(group: Named | None, left_out: str, lang: Lang) -> str:
    if group is not None:
        return coded(group, lang)
    return f"– ({say(f'words.reason_{left_out}', lang)})" if left_out else "–"


def _flag(flag: bool | None, lang: Lang) -> str:
    return "–" if flag is None else say("words.yes" if flag else "words.no", lang)


def _soft(text: str) -> Component:
    return html.P(text, className="soft small")
