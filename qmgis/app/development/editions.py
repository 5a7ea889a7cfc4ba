"""Two runs of a city in time, as parts of the page Entwicklung: matrix of moves, what changed and why, persistence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.frame import attributes, current, lang_of, link, notice, panel, pills
from qmgis.change import CAUSES, sentence, summary
from qmgis.errors import QmgisError
from qmgis.i18n import number, percent, say
from qmgis.model import City, Lang
from qmgis.runs.years.changes import WhatChanged, what_changed
from qmgis.runs.years.editions import Edition, Moves, edition_on, move_matrix, runs_in_order
from qmgis.runs.years.numbers import series
from qmgis.series import persistence
from qmgis.views.comparison import class_name

__all__ = ["changed_of", "pair_of", "runs_part"]

CHANGED = ("new", "gone", "moved")


@lru_cache(maxsize=16)
def changed_of(city: City, first: str, second: str) -> WhatChanged:
    """Return what changed between two runs, kept."""
    return what_changed(city, first, second)


def pair_of(city: City, state: ViewState) -> tuple[str, str] | None:
    """Return the two runs that are set against each other, the earlier first; None where a city has one run only.

    ``second`` names both (``pair.mss-2020:mss-2024``) or the one that the run is set against (``run.mss-2020``).
    """
    order = runs_in_order(city)
    if len(order) < 2:
        return None
    pair = state.second.removeprefix("pair.").split(":")
    if len(pair) == 2 and set(pair) <= set(order) and order.index(pair[0]) < order.index(pair[1]):
        return pair[0], pair[1]
    asked = state.second.removeprefix("run.")
    at = order.index(state.run)
    other = asked if asked in order and asked != state.run else order[at - 1] if at else order[1]
    first, second = sorted((other, state.run), key=order.index)
    return first, second


def runs_part(city: City, state: ViewState) -> list[Component]:
    """Return everything about two runs: which, what changed and why, the matrix, and how lasting the flags are."""
    lang, pair = lang_of(state), pair_of(city, state)
    if pair is None:
        return [notice(say("series.one_run", lang), lang)]
    return [_which(city, state, pair, lang), _changed(city, state, pair, lang),
            html.Div([_matrix(city, pair, lang), _lasting(city, state, lang)], className="split")]  # fmt: skip


def _which(city: City, state: ViewState, pair: tuple[str, str], lang: Lang) -> Component:
    order = runs_in_order(city)
    rows = []
    for name, here, there in (("from", *pair), ("to", *reversed(pair))):
        label = say(f"series.{name}", lang)
        at = order.index(there)
        fitting = order[:at] if name == "from" else order[at + 1 :]
        items = [
            html.Li(link(
                state, city.runs[key].title.to(lang), cause="", **current(key == here),
                second=f"pair.{key}:{there}" if name == "from" else f"pair.{there}:{key}",
            ))
            for key in fitting
        ]  # fmt: skip
        rows.append(pills(label, items))
    return html.Div(rows)


def _changed(city: City, state: ViewState, pair: tuple[str, str], lang: Lang) -> Component:
    """Return what changed and why: a summary, a filter by cause, and a sentence for each area."""
    title = say("series.changed", lang)
    try:
        found = changed_of(city, *pair)
    except QmgisError as error:
        return panel(title, notice(error.say(lang), lang))
    titles = [city.runs[key].title for key in pair]
    frame = found.changes.frame
    rows = frame[frame["kind"].isin(CHANGED)]
    chosen = state.cause if state.cause in CAUSES else ""
    shown = rows[rows["cause"] == chosen] if chosen else rows
    said = html.P(summary(found.changes, first=titles[0], second=titles[1]).to(lang), className="lead")
    notes = [html.P(text.to(lang), className="soft small") for text in found.warnings]
    hint = html.P(say("series.changed_hint", lang), className="soft small")
    return panel(title, said, hint, _filter(state, rows, chosen, lang), _list(city, state, found, shown, lang), *notes)


def _filter(state: ViewState, rows: pd.DataFrame, chosen: str, lang: Lang) -> Component:
    label = say("series.by_cause", lang)
    counts = rows["cause"].value_counts()
    entries = [("", say("series.all_causes", lang), len(rows))]
    entries += [(cause, say(f"change.by_{cause}", lang), int(counts.get(cause, 0))) for cause in CAUSES]
    items = [
        html.Li(link(state, f"{text} ({number(count, lang)})", cause=cause, **current(cause == chosen)))
        for cause, text, count in entries
    ]
    return pills(label, items)


def _list(city: City, state: ViewState, found: WhatChanged, rows: pd.DataFrame, lang: Lang) -> Component:
    if rows.empty:
        return html.P(say("series.none_by_cause", lang))
    names = city.area_layers[found.after.vintage].frame["name"].astype(str)
    before = edition_on(city, found.first, found.after.vintage)
    order = [(kind, area) for kind in CHANGED for area in sorted(rows.index[rows["kind"] == kind], key=names.get)]
    lines = [
        html.Tr([
            html.Th(link(state, names[area], area=str(area)), scope="row"),
            html.Td(_step(before, found, area, lang)), html.Td(sentence(rows.loc[area]).to(lang)),
        ])
        for _, area in order
    ]  # fmt: skip
    heads = [say(f"series.{key}", lang) for key in ("area", "classes", "why")]
    top = html.Thead(html.Tr([html.Th(head, scope="col") for head in heads]))
    label = attributes(aria_label=say("series.changed", lang))
    table = html.Table([top, html.Tbody(lines)], className="table")
    return html.Div(table, className="wide tall", tabIndex="0", role="group", **label)


def _step(before: Edition, found: WhatChanged, area: str, lang: Lang) -> str:
    """Return the classes before and after; a class that was computed for these outlines says so."""
    one, other = before.result.label.get(area), found.after.label.get(area)
    names = [
        say("series.left_out", lang) if pd.isna(code) else class_name(result, str(code), lang)
        for result, code in ((before.result, one), (found.after, other))
    ]
    mark = "" if before.official.get(area, True) else f" ({say('series.computed', lang)})"
    return f"{names[0]}{mark} → {names[1]}"


def _matrix(city: City, pair: tuple[str, str], lang: Lang) -> Component:
    """Return classes against classes: areas, and below them their share of the residents."""
    title = say("series.matrix", lang)
    try:
        found = move_matrix(city, *pair)
    except QmgisError as error:
        return panel(title, notice(error.say(lang), lang))
    heads = [_class(found.second, str(code), lang) for code in found.areas.columns]
    whole = float(found.residents.to_numpy().sum())
    rows = [
        html.Tr([
            html.Th(_class(found.first, str(code), lang), scope="row"),
            *(_cell(int(found.areas.loc[code, other]), float(found.residents.loc[code, other]) / (whole or 1.0),
                    is_same=code == other, lang=lang) for other in found.areas.columns),
        ])
        for code in found.areas.index
    ]  # fmt: skip
    corner = say("series.corner", lang)
    head = html.Thead(
        html.Tr([html.Th(corner, scope="col"), *(html.Th(text, scope="col", className="n") for text in heads)])
    )
    table = html.Table([head, html.Tbody(rows)], className="table crosstab")
    box = html.Div(table, className="wide", tabIndex="0", role="group", **attributes(aria_label=title))
    return panel(
        title,
        html.P(_moved_words(city, pair, found, lang)),
        box,
        html.P(say("series.matrix_hint", lang), className="soft small"),
    )


def _moved_words(city: City, pair: tuple[str, str], found: Moves, lang: Lang) -> str:
    titles = {name: city.runs[key].title.to(lang) for name, key in zip(("first", "second"), pair, strict=True)}
    said = [say("series.moved", lang, share=percent(found.moved, lang), **titles)]
    if found.computed:
        said.append(say("series.computed_areas", lang, n=number(found.computed, lang)))
    return " ".join(said)


def _class(edition: Edition, code: str, lang: Lang) -> str:
    if code == "left_out":
        return say("series.left_out", lang)
    known = next((one.codes for one in edition.result.columns if one.key == "status_class"), {})
    return f"{code} ({known[code].to(lang)})" if code in known else class_name(edition.result, code, lang)


def _cell(count: int, share: float, *, is_same: bool, lang: Lang) -> Component:
    if not count and not is_same:
        return html.Td("·", className="n")
    sign = "= " if is_same else ""
    inside: list[str | Component] = [
        f"{sign}{number(count, lang)}",
        html.Br(),
        html.Span(percent(share, lang), className="soft small"),
    ]
    return html.Td(inside, className="n same" if is_same else "n")


def _lasting(city: City, state: ViewState, lang: Lang) -> Component | None:
    """Return how many areas required attention in all, in some and in no run, with the areas of the first two."""
    try:
        one = series(city, "attention")
    except QmgisError:
        return None
    found = persistence(one)
    years = ", ".join(map(str, one.years))
    counts = found["kind"].value_counts()
    said = say(
        "series.lasting_said", lang, years=years, **{kind: number(int(counts[kind]), lang) for kind in counts.index}
    )
    parts = [
        _named(found.index[found["kind"] == kind].tolist(), kind, one.names, state, lang) for kind in ("all", "some")
    ]
    return panel(say("series.lasting", lang), html.P(said), *parts)


def _named(areas: Sequence[str], kind: str, names: Mapping[str, str], state: ViewState, lang: Lang) -> Component | None:
    if not areas:
        return None
    links: list[Component | str] = []
    for area in sorted(areas, key=lambda one: names[one]):
        links += [", ", link(state, names[area], area=area)] if links else [link(state, names[area], area=area)]
    return html.P([html.Strong(f"{say(f'series.lasting_{kind}', lang)}: "), *links], className="small")
