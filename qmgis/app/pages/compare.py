"""Vergleich: what another edition or another method would say of the same areas, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from qmgis import compare
from qmgis.app.address import ViewState
from qmgis.app.frame import attributes, current, editions, lang_of, link, notice, panel, pills
from qmgis.app.page import Page
from qmgis.app.panels.moves import (
    carried_table,
    chosen,
    crosstab_table,
    largest_table,
    move_hideout,
    move_legend,
    move_map,
    move_table,
    table_properties,
    table_targets,
)
from qmgis.app.results import moved_areas
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.model import AreaLayer, AreaResult, City, Lang, words
from qmgis.runs.sides import Side, in_order, side_of, sides
from qmgis.views.comparison import AreaMove, agreement_in_words, order_in_words, settings_in_words

__all__ = ["PAGE", "layout", "refresh"]


@dataclass(frozen=True, eq=False)
class _Pair:
    """A run and what it is compared with, the earlier edition first; ``fault`` says why there are no results."""

    side: Side | None
    both: tuple[Side, ...]
    results: tuple[AreaResult, AreaResult] | None
    rows: tuple[AreaMove, ...]
    heads: tuple[str, str]
    fault: str = ""
    carried: str = ""


def layout(city: City, state: ViewState) -> Component:
    """Return the page: what to compare with, how far the two agree, the map of what changes, tables."""
    lang, pair = lang_of(state), _pair(city, state)
    parts = _parts(city, state, pair, lang)
    areas = _areas(city, state)
    top = [
        html.H1(**parts["compare-heading"], id="compare-heading"),
        html.P(say("compare.lead", lang), className="soft small one-line"),
        editions(city, state),
        html.Div(**parts["compare-choices"], id="compare-choices"),
        html.Div(**parts["compare-said"], id="compare-said"),
    ]
    if _alone(city, state):
        return html.Div(top, className="stack")
    return html.Div(
        [
            *top,
            html.Div(**parts["compare-chosen"], id="compare-chosen"),
            html.Div(
                [
                    html.Div(
                        move_map(city, areas, parts["compare-map-areas"]["hideout"], lang, page="compare"),
                        id="compare-map-box",
                    ),
                    html.Section(**parts["compare-legend"], id="compare-legend", className="panel"),
                ],
                className="split",
            ),
            html.Section(
                [
                    html.H2(say("compare.table_title", lang)),
                    html.P(**parts["compare-count"], id="compare-count"),
                    move_table(pair.rows, pair.heads, state, lang, page="compare"),
                    html.P(say("compare.table_hint", lang), className="soft small after"),
                ],
                className="panel",
            ),
            html.Div(**parts["compare-more"], id="compare-more", className="stack"),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes when another side or area is asked for on the same run."""
    lang, pair = lang_of(state), _pair(city, state)
    if _alone(city, state):
        return {"live": {"children": pair.fault}}
    return {
        **_parts(city, state, pair, lang),
        "compare-table": table_properties(pair.rows, pair.heads, state, lang),
        "compare-table-box": table_targets(state),
        "live": {"children": pair.fault or (agreement_in_words(*pair.results, lang) if pair.results else "")},
    }


def _alone(city: City, state: ViewState) -> bool:
    """Return whether the run has nothing to be compared with; then there is no map to draw and no row to list."""
    return all(one.problem for one in sides(city, state.run))


def _pair(city: City, state: ViewState) -> _Pair:
    """Return the two results, or why there are none."""
    lang, run = lang_of(state), city.run(state.run)
    title = run.title.to(lang)
    try:
        side = side_of(city, run.key, state.second)
    except QmgisError as error:
        return _Pair(None, (), None, (), (title, ""), error.say(lang))
    if side is None:
        return _Pair(None, (), None, (), (title, ""), say("compare.nothing", lang))
    both = in_order(city, run.key, side)
    heads = (both[0].title.to(lang), both[1].title.to(lang))
    try:
        (first, second), rows, carried = moved_areas(city, both, run.vintage, lang)
    except QmgisError as error:
        return _Pair(side, both, None, (), heads, error.say(lang))
    return _Pair(side, both, (first, second), rows, heads, carried=carried)


def _areas(city: City, state: ViewState) -> AreaLayer:
    return city.area_layers[city.run(state.run).vintage]


def _parts(city: City, state: ViewState, pair: _Pair, lang: Lang) -> dict[str, dict[str, Any]]:
    """Return the properties of everything that depends on what is compared."""
    heading = say("compare.heading", lang, first=pair.heads[0], second=pair.heads[1])
    moved = sum(row.move not in ("same", "left_out") for row in pair.rows)
    count = say("compare.table_count", lang, count=number(moved, lang), areas=number(len(pair.rows), lang))
    return {
        "compare-heading": {
            "children": heading if pair.heads[1] else say("compare.heading_one", lang, first=pair.heads[0])
        },
        "compare-choices": {"children": _choices(city, state, pair.side, lang)},
        "compare-said": {"children": _said(pair, state, lang)},
        "compare-chosen": {"children": chosen(pair.rows, state, lang)},
        "compare-map-areas": {"hideout": move_hideout(_areas(city, state), pair.rows, state, lang)},
        "compare-legend": {"children": [*move_legend(pair.rows, 0, lang), _hint(pair, lang)]},
        "compare-count": {"children": count},
        "compare-more": {"children": _more(city, state, pair, lang)},
    }


def _hint(pair: _Pair, lang: Lang) -> Component:
    return html.P(
        say("compare.map_hint", lang, first=pair.heads[0], second=pair.heads[1] or "–"), className="soft small"
    )


def _choices(city: City, state: ViewState, side: Side | None, lang: Lang) -> list[Component | None]:
    """Return everything to compare with as links, and what is not possible with the reason."""
    known = sides(city, state.run)
    rows = [
        _pills(say(f"compare.with_{kind}", lang), [one for one in known if one.key.startswith(f"{kind}.")], state, side)
        for kind in ("run", "profile")
    ]
    return [*rows, _impossible([one for one in known if one.problem], lang)]


def _pills(label: str, known: Sequence[Side], state: ViewState, side: Side | None) -> Component | None:
    lang = lang_of(state)
    items = [
        html.Li(link(state, one.title.to(lang), second=one.key, **current(side is not None and one.key == side.key)))
        for one in known
        if one.problem is None
    ]
    return pills(label, items) if items else None


def _impossible(known: Sequence[Side], lang: Lang) -> Component | None:
    if not known:
        return None
    lines = [html.Li([html.Strong(one.title.to(lang)), f": {one.problem.to(lang)}."]) for one in known if one.problem]
    summary = html.Summary(say("compare.not_possible", lang, count=number(len(lines), lang)))
    return html.Details([summary, html.Ul(lines, className="plain")], className="small")


def _said(pair: _Pair, state: ViewState, lang: Lang) -> Component:
    """Return how far the two agree, or why that cannot be said."""
    if pair.results is None:
        return notice(pair.fault, lang)
    try:
        order = order_in_words(compare.rank_correlation(*pair.results), lang)
    except QmgisError as error:
        order = error.say(lang)
    sentence = html.P(agreement_in_words(*pair.results, lang), className="lead")
    carried = [html.P(pair.carried), carried_table(pair.rows, pair.heads, state, lang)] if pair.carried else []
    return panel(say("compare.agreement", lang), sentence, html.P(order), *carried)


def _more(city: City, state: ViewState, pair: _Pair, lang: Lang) -> list[Component]:
    """Return crosstab, largest shifts, what the methods say differently, and the file."""
    if pair.results is None or pair.side is None:
        return []
    first, second = pair.results
    same = compare.same_classes(first, second)
    key = "compare.crosstab_hint" if same else "compare.crosstab_hint_other"
    hint = html.P(say(key, lang, first=pair.heads[0], second=pair.heads[1]), className="soft small")
    query = urlencode({"run": state.run, "second": pair.side.key, "lang": lang})
    shifts = html.P(say("compare.shifts_lead", lang), className="soft small")
    file = html.A(say("compare.download", lang), href=f"/download/compare?{query}", download="")
    return [
        panel(say("compare.crosstab", lang), hint, crosstab_table(first, second, lang)),
        panel(say("compare.shifts", lang), shifts, largest_table(first, second, pair.rows, state, lang)),
        _settings(city, state, pair, lang),
        panel(say("app.downloads", lang), html.Ul([html.Li(file)], className="downloads")),
    ]


def _settings(city: City, state: ViewState, pair: _Pair, lang: Lang) -> Component:
    """Return a row for each setting that the two profiles say differently."""
    run = city.run(state.run)
    known = {key: one for table in city.tables.values() for key, one in table.indicators.items()}
    titles = {key: one.title.to(lang) for key, one in known.items()}
    profiles = [one.profile for one in pair.both if one.profile]
    found = settings_in_words(profiles[0], profiles[1], titles, lang) if len(profiles) == 2 else []
    if not found:
        key = "alike" if pair.side and pair.side.year == run.year else "equal"
        return panel(say("compare.settings", lang), html.P(say(f"compare.settings_{key}", lang)))
    heads = [say("compare.setting", lang), *pair.heads]
    top = html.Thead(html.Tr([html.Th(head, scope="col") for head in heads]))
    rows = [
        html.Tr([
            html.Th([html.Span(label), html.Span(f" {key}", className="soft code")], scope="row"), html.Td(one),
            html.Td(other),
        ])
        for label, key, one, other in found
    ]  # fmt: skip
    table = html.Table([top, html.Tbody(rows)], className="table")
    label = attributes(aria_label=say("compare.settings", lang))
    return panel(say("compare.settings", lang), html.Div(table, className="wide", tabIndex="0", role="group", **label))


PAGE = Page("compare", words("compare.title"), 16, layout, refresh)
