"""The legend beside the map: every class filters map and table on click; the groups stand as a grid of 4 x 3."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.frame import attributes, current, link
from qmgis.app.geometry import gap_sheet, place_sheet
from qmgis.app.view import code_of, shown
from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome, Text, words
from qmgis.model.reading import CLASSES
from qmgis.views.legend import Entry, Legend
from qmgis.views.palette import text_on

__all__ = ["active_filter", "legend_panel"]

SIGNS = ("+", "+/-", "-")
STATUS = ("1", "2", "3", "4")


def active_filter(outcome: Outcome, state: ViewState, lang: Lang, *, mode: str = "") -> list[Component]:
    """Return the reminder that a filter is on, with the way out; nothing where none is."""
    if not state.only:
        return []
    legend = shown(outcome, mode or state.mode).legend
    labels = {code_of(legend, place): entry.label.to(lang) for place, entry in enumerate(legend.entries)}
    chosen = "; ".join(labels.get(code, code) for code in state.only)
    text = html.Span([html.Strong(say("app.filter_on", lang)), f" {legend.title.to(lang)}: {chosen}"])
    return [html.Div([text, link(state, say("app.filter_off", lang), only=())], className="chip", role="status")]


def legend_panel(outcome: Outcome, state: ViewState, lang: Lang, *, mode: str = "") -> list[Component]:
    """Return the legend with title, unit, classes, signs, what they mean, date, recipe and sources.

    ``mode`` is what the map shows, where the address does not say it.
    """
    laid = shown(outcome, mode or state.mode)
    legend, is_grid = laid.legend, laid.mode.key == "group"
    listed = [(place, entry) for place, entry in enumerate(legend.entries) if not (is_grid and entry.role == "class")]
    unit = f" ({legend.unit.to(lang)})" if legend.unit.to(lang) else ""
    return [
        html.H2(legend.title.to(lang) + unit),
        html.P(say("app.legend_hint", lang), className="soft small"),
        *([_grid(outcome, state, lang)] if is_grid else []),
        html.Ul([_entry(state, legend, place, entry, lang) for place, entry in listed], className="legend"),
        html.Ul(
            [*_marks(outcome, laid.mode.theme, lang), *_certainty(outcome, laid.mode.key, lang)], className="legend"
        ),
        *(html.P(note.to(lang), className="small") for note in (*legend.notes, *_notes(outcome, laid.mode.theme))),
        html.P(say("app.legend_date", lang, date=legend.date, recipe=outcome.recipe.id), className="small soft"),
        html.Details([html.Summary(say("app.sources", lang)), html.P(legend.source)], className="small soft"),
    ]


def _notes(outcome: Outcome, theme: str) -> list[Text]:
    """Return what outlines and places need to have said beside them: approximate, incomplete, no squares."""
    said = [] if outcome.areas.note is None else [outcome.areas.note]
    if theme and gap_sheet(outcome, theme) is None:
        complete = outcome.places[outcome.themes[theme].places].complete
        said.append(words("app.no_gaps" if complete else "app.no_gaps_incomplete"))
    return said


def _toggled(state: ViewState, code: str) -> tuple[str, ...]:
    return tuple(sorted(set(state.only) ^ {code}))


def _entry(state: ViewState, legend: Legend, place: int, entry: Entry, lang: Lang) -> Component:
    code, plain = code_of(legend, place), entry.hatch == "none"
    swatch = html.Span(
        className="swatch" if plain else f"swatch {entry.hatch}", style={"background": entry.colour} if plain else {}
    )
    content = [swatch, html.Span(entry.label.to(lang)), html.Span(number(entry.count, lang), className="count")]
    return html.Li(link(state, content, only=_toggled(state, code), **current(code in state.only)))


def _marks(outcome: Outcome, theme: str, lang: Lang) -> list[Component]:
    """Return the signs of the map that are no classes: outline, places, squares out of reach."""
    marks = [("attention", "app.mark_attention")] if "attention" in outcome.table else []
    marks += [("place", "app.mark_place")] if theme and place_sheet(outcome, theme) else []
    marks += [("gap", "app.mark_gap")] if theme and gap_sheet(outcome, theme) else []
    return [
        html.Li(html.Div([html.Span(className=f"swatch {name}"), html.Span(say(key, lang))], className="mark"))
        for name, key in marks
    ]


def _certainty(outcome: Outcome, column: str, lang: Lang) -> list[Component]:
    """Return how many classes are sure, likely and borderline; the last are striped where the map shows it."""
    if column not in CLASSES or "certainty" not in outcome.table:
        return []
    words_of = {column.key: column for column in outcome.columns}["certainty"].codes
    counts = outcome.table["certainty"].value_counts()
    lines: list[Component] = []
    for code in ("sure", "likely", "borderline"):
        word = words_of[code].to(lang) if code in words_of else say(f"views.certainty_{code}", lang)
        label = say("app.certainty_line", lang, word=word)
        swatch = html.Span(className="swatch borderline" if code == "borderline" else "swatch none")
        count = html.Span(number(int(counts.get(code, 0)), lang), className="count")
        lines.append(html.Li(html.Div([swatch, html.Span(label), count], className="mark")))
    return lines


def _grid(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return status by dynamics as twelve links; each filters the map and the table."""
    entries = {entry.value: entry for entry in shown(outcome, "group").legend.entries}
    pressing = set(outcome.recipe.parameters.get("attention", ()))
    cells: list[Component] = [html.Span(say("app.grid_corner", lang), className="head side")]
    cells += [html.Span(words(f"words.dynamics_{sign}").to(lang), className="head") for sign in SIGNS]
    for status in STATUS:
        cells.append(html.Span(words(f"words.status_{status}").to(lang), className="head side"))
        cells += [
            _cell(state, entries[status + sign], lang, is_pressing=status + sign in pressing)
            for sign in SIGNS
            if status + sign in entries
        ]
    return html.Div(cells, className="grid12", role="group", **attributes(aria_label=say("app.grid_label", lang)))


def _cell(state: ViewState, entry: Entry, lang: Lang, *, is_pressing: bool) -> Component:
    code = str(entry.value)
    areas = say("app.one_area" if entry.count == 1 else "app.some_areas", lang, count=number(entry.count, lang))
    spoken = f"{entry.label.to(lang)}: {areas}" + (f", {say('words.attention', lang)}" if is_pressing else "")
    return link(
        state,
        [html.B(code), html.Span(number(entry.count, lang))],
        only=_toggled(state, code),
        className="flagged" if is_pressing else "",
        style={"background": entry.colour, "color": text_on(entry.colour)},
        title=spoken,
        **attributes(aria_label=spoken),
        **current(code in state.only),
    )
