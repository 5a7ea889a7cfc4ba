"""Gebiet: one area's profile – what it is classed as, why, how close the limits are, and who is not reached."""

from __future__ import annotations

from functools import partial

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.chart import chart, data_table, has_numbers, spread_chart
from qmgis.app.downloads import download_panel
from qmgis.app.frame import attributes, editions, facts, lang_of, link, notice, panel
from qmgis.app.page import Page
from qmgis.app.panels.explained import break_list, edition_row, neighbour_panel, reach_panel, similar_panel, text_panel
from qmgis.app.panels.funnel import connect_funnels, funnel_panel
from qmgis.app.panels.indicators import indicator_table
from qmgis.app.profiles import profile_panel
from qmgis.app.results import outcome_of, outcomes_of
from qmgis.app.view import colours_of
from qmgis.explanation import Explanation, note_of
from qmgis.i18n import number, say
from qmgis.model import City, Lang, Outcome, words
from qmgis.model.reading import (
    Block,
    adds_up,
    blocks_of,
    index_column,
    limits_of,
    score_columns,
    settings_of,
    value_at,
)
from qmgis.runs.context import ContextRow, context_of
from qmgis.views.cells import cell, column_of, state_word
from qmgis.views.charts import contributions, scores, timeline
from qmgis.views.dossier import Dossier, dossier

__all__ = ["PAGE", "connect", "draw_charts", "layout"]

WHY, STAND, TIME, ASKED = "area-why-charts", "area-stand-charts", "area-time-charts", "area-asked"


def layout(city: City, state: ViewState) -> Component:
    """Return the profile of the area in the address, or say that there is none."""
    lang, outcome = lang_of(state), outcome_of(city, state.run)
    back = html.P(link(state, say("app.back", lang), page="overview"))
    if state.area not in outcome.table.index:
        return html.Div(
            [back, html.H1(words("app.area").to(lang)), editions(city, state), _missing(outcome, state, lang)]
        )
    said = dossier(outcome, state.area, editions=outcomes_of(city), lang=lang)
    return html.Div(
        [
            dcc.Store(id=ASKED, data=format_address(state)),
            back,
            _head(outcome, said, lang),
            editions(city, state),
            html.Div([_classes(said, lang), _limits(said, lang)], className="halves"),
            reach_panel(said, lang),
            _why(outcome, said, lang),
            _domains(said, lang),
            _stand(outcome, state.area, lang),
            funnel_panel(outcome, lang),
            _over_time(city, said.facts, state, lang),
            html.Div([neighbour_panel(said.facts, state), similar_panel(said.facts, state)], className="halves"),
            _coverage(said, lang),
            _context(city, outcome, state.area, lang),
            panel(say("app.caveats", lang), html.Ul([html.Li(line) for line in said.caveats], className="plain")),
            text_panel(said.facts, lang),
            profile_panel(outcome.run.key, state.area, lang),
            download_panel(outcome, lang),
            _made(said, state, lang),
        ],
        className="stack",
        id="area-profile",
    )


def _missing(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return the sentence for an area that this run does not have."""
    if not state.area:
        return notice(say("app.choose_area", lang), lang)
    run = outcome.run.title.to(lang)
    return notice(f"{say('app.unknown_area', lang, area=state.area, run=run)} {say('app.choose_area', lang)}", lang)


def _head(outcome: Outcome, said: Dossier, lang: Lang) -> Component:
    facts = said.facts
    place = [facts.area, facts.parent, f"{said.population} {say('app.residents', lang)}", str(facts.year)]
    sign = html.Span(
        className="sign", style={"background": colours_of(outcome)[facts.area]}, **attributes(aria_hidden="true")
    )
    flag = [html.P(html.Span(say("words.attention", lang), className="badge"))] if facts.attention else []
    return html.Div(
        [
            html.H1(facts.name),
            html.P(" · ".join(part for part in place if part), className="soft"),
            html.P([sign, said.summary], className="lead"),
            *flag,
        ]
    )


def _classes(said: Dossier, lang: Lang) -> Component:
    return panel(say("app.classes", lang), facts({fact.label: fact.text for fact in said.classes}))


def _limits(said: Dossier, lang: Lang) -> Component:
    lines = html.Ul([html.Li(line) for line in said.limits], className="plain")
    return panel(say("app.limits", lang), lines if said.limits else html.P(say("app.no_limits", lang)))


def _why(outcome: Outcome, said: Dossier, lang: Lang) -> Component:
    """Return what the indices are made of, in numbers; the charts follow."""
    is_made, table = (
        bool(said.contributions) or _has_scores(outcome, said.facts.area),
        indicator_table(outcome, said, lang),
    )
    if not is_made:
        reason = said.left_out or say("words.state_secret", lang)
        return panel(say("app.why", lang), _soft(say("app.why_not", lang, reason=reason)), html.Div(id=WHY), table)
    lead = say(f"app.why_lead{_kind_of_sum(outcome, said)}", lang)
    return panel(say("app.why", lang), _soft(lead), html.Div(id=WHY, className=_waits(outcome)), table)


def _kind_of_sum(outcome: Outcome, said: Dossier) -> str:
    """Return how the bars are to be read: around the mean, from zero, up to a score, or not as a sum at all."""
    if not said.contributions:
        return "_scores"
    if "index" not in blocks_of(outcome):
        return ""
    return "_before" if adds_up(outcome, "index") != "index" else "_index"


def _waits(outcome: Outcome) -> str:
    """Return the class of a place for charts, which keeps room for as many as there are indices."""
    return "charts waits" if len(blocks_of(outcome)) > 1 else "charts waits one"


def _soft(text: str) -> Component:
    return html.P(text, className="soft small")


def _has_scores(outcome: Outcome, area: str) -> bool:
    return any(value_at(outcome, area, column.key) is not None for column in score_columns(outcome))


def _domains(said: Dossier, lang: Lang) -> Component | None:
    """Return the domains of an index in two levels with their scores."""
    if not said.domains:
        return None
    is_ranked = any(row.rank != "–" for row in said.domains)
    heads = ["domain", "domain_score", "mean", *(["domain_rank"] if is_ranked else [])]
    rows = [[row.title, row.score, row.mean, *([row.rank] if is_ranked else [])] for row in said.domains]
    lead = _soft(say("app.domains_lead", lang))
    return panel(say("app.domains", lang), lead, data_table([say(f"app.why_{head}", lang) for head in heads], rows))


def _stand(outcome: Outcome, area: str, lang: Lang) -> Component:
    """Return where the area lies among all; nothing but the place for it where the area has no index."""
    if not _indices(outcome, area):
        return html.Div(id=STAND)
    limited = any(limits_of(outcome, key) for key in _indices(outcome, area))
    lead = _soft(say("app.stand_lead" if limited else "app.stand_lead_plain", lang))
    return panel(say("app.stand", lang), lead, html.Div(id=STAND, className=_waits(outcome)))


def _indices(outcome: Outcome, area: str) -> list[str]:
    """Return the indices that an area has."""
    keys = [index_column(block) for block in blocks_of(outcome)]
    return [key for key in keys if has_numbers(outcome, key) and value_at(outcome, area, key) is not None]


def _over_time(city: City, facts: Explanation, state: ViewState, lang: Lang) -> Component:
    """Return the area's class in every run, or why there is none; the charts follow, then where the series breaks."""
    heads = [say(key, lang) for key in ("app.choose_run", "app.method_year", "app.time_class", "words.attention")]
    outcome, found = outcome_of(city, state.run), {one.run.key: one for one in outcomes_of(city)}
    known = {one.run: one for one in facts.editions}
    rows = []
    for run in sorted(city.runs.values(), key=lambda run: run.year):
        apart = _apart(outcome, found[run.key], lang) if run.key in found else ""
        rows.append(edition_row(run, known.get(run.key), apart, lang))
    waits = _waits(outcome) if _courses(_runs_with(city, outcome, state.area), state.area) else ""
    lead, place = _soft(say("app.time_lead", lang)), html.Div(id=TIME, className=waits)
    return panel(say("app.time", lang), lead, place, data_table(heads, rows), break_list(facts, city, lang))


def _apart(outcome: Outcome, other: Outcome, lang: Lang) -> str:
    """Return why another run is not in the charts of this one; nothing where it is comparable.

    Status and dynamics are in standard deviations in every edition, so that their lines only break where the method
    changes; an index of its own is comparable with the same profile only.
    """
    if blocks_of(outcome) != blocks_of(other) and not set(blocks_of(outcome)) & set(blocks_of(other)):
        return say("app.time_other_method", lang, method=other.index.title.to(lang))
    if "index" in blocks_of(outcome) and outcome.run.method != other.run.method:
        return say("app.time_other_method", lang, method=other.index.title.to(lang))
    if "index" in blocks_of(outcome) and settings_of(outcome) != settings_of(other):
        return say("app.time_other_settings", lang)
    return ""


def _runs_with(city: City, outcome: Outcome, area: str) -> list[Outcome]:
    """Return the comparable runs in which an id means the same area: equal ids of other versions may be others."""
    found = [other for other in outcomes_of(city) if note_of(outcome, other, area) in ("", "other_vintage")]
    return [other for other in found if not _apart(outcome, other, "de")]


def _courses(found: list[Outcome], area: str) -> list[str]:
    """Return the indices that the area has in at least one run."""
    keys = dict.fromkeys(index_column(block) for one in found for block in blocks_of(one))
    return [key for key in keys if any(key in _indices(one, area) for one in found)]


def draw_charts(address: str, *, city: City) -> tuple[list[Component], list[Component], list[Component]]:
    """Return the charts of the area in an address: contributions, place among all, and the course over the runs."""
    state = settle(parse_address(*split_address(address)), city, pages=("area",))
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    said = dossier(outcome, state.area, lang=lang)
    why = [_contributions(outcome, said, block, lang) for block in blocks_of(outcome) if _has(said, block)]
    if not why and _has_scores(outcome, state.area):
        why = [_scores(outcome, said, lang)]
    stand = [
        spread_chart(outcome, column, f"area-stand-{column}", lang, area=state.area)
        for column in _indices(outcome, state.area)
    ]
    found = _runs_with(city, outcome, state.area)
    return why, stand, [_course(found, state.area, column, lang) for column in _courses(found, state.area)]


def connect(app: Dash, city: City) -> None:
    """Register that the charts follow the words."""
    places = [Output(place, "children") for place in (WHY, STAND, TIME)]
    wire = app.callback(*places, Input(ASKED, "data"))
    wire(partial(draw_charts, city=city))
    connect_funnels(app, city, asked=ASKED)


def _has(said: Dossier, block: str) -> bool:
    return any(part.block == block for part in said.contributions)


def _contributions(outcome: Outcome, said: Dossier, block: Block, lang: Lang) -> Component:
    figure = contributions(outcome, said.facts.area, block=block, lang=lang)
    spoken = "; ".join(f"{part.title} {part.text}" for part in said.contributions if part.block == block)
    return chart(figure, f"area-{block}", f"{column_of(outcome, adds_up(outcome, block)).title.to(lang)}: {spoken}")


def _scores(outcome: Outcome, said: Dossier, lang: Lang) -> Component:
    spoken = "; ".join(f"{row.title} {row.z}" for row in said.indicators)
    return chart(scores(outcome, said.facts.area, lang=lang), "area-scores", f"{say('views.scores', lang)}: {spoken}")


def _course(found: list[Outcome], area: str, column: str, lang: Lang) -> Component:
    figure = timeline(found, area, column=column, lang=lang)
    return chart(figure, f"area-time-{column.removesuffix('_index')}", column_of(found[-1], column).title.to(lang))


def _coverage(said: Dossier, lang: Lang) -> Component | None:
    if not said.coverage:
        return None
    heads = ("theme", "share", "reached", "not_reached", "median", "p90", "tier")
    rows = [
        [[html.Strong(row.title), html.Br(), html.Span(row.note, className="soft small"),
          *(html.Div(text, className="small") for text in (row.need, row.supply) if text)],
         row.share, row.reached, row.not_reached, row.median, row.p90, row.tier or "–"]
        for row in said.coverage
    ]  # fmt: skip
    more = [
        html.Li([html.Strong(f"{row.title}: "), ". ".join(text for text in (row.bands, row.range) if text)])
        for row in said.coverage
        if row.bands or row.range
    ]
    table = data_table([say(f"app.coverage_{head}", lang) for head in heads], rows)
    return panel(say("app.coverage", lang), table, html.Ul(more, className="plain small") if more else None)


def _context(city: City, outcome: Outcome, area: str, lang: Lang) -> Component | None:
    """Return what is known of the area beside its index; nothing where the city has no other indicators."""
    found = context_of(city, outcome, area)
    if not found:
        return None
    rows = [
        [row.column.title.to(lang), str(row.year), _with_unit(row, row.value, lang), _of_city(row, outcome, lang)]
        for row in found
    ]
    heads = [say(f"app.context_{head}", lang) for head in ("indicator", "year", "value", "city")]
    lead = html.P(say("app.context_lead", lang), className="soft small")
    return panel(say("app.context", lang), lead, data_table(heads, rows))


def _with_unit(row: ContextRow, value: float | None, lang: Lang) -> str:
    if value is None:
        return f"– ({state_word(row.state).to(lang)})" if row.state else "–"
    unit = "" if row.column.kind == "share" else row.column.unit.to(lang)
    return f"{cell(value, row.column, lang)} {unit}".strip()


def _of_city(row: ContextRow, outcome: Outcome, lang: Lang) -> str:
    """Return the city's value, and of how many areas it is made where that is not all."""
    if row.city is None:
        return "–"
    value, whole = _with_unit(row, row.city, lang), len(outcome.table)
    if row.areas == whole:
        return value
    return say("app.context_some", lang, value=value, areas=number(row.areas, lang), all=number(whole, lang))


def _made(said: Dossier, state: ViewState, lang: Lang) -> Component:
    credit = html.Details([html.Summary(say("app.sources", lang)), html.Ul([html.Li(line) for line in said.credits])])
    recipe = say("app.legend_date", lang, date=str(said.facts.year), recipe=said.facts.recipe)
    method = link(state, words("app.data_method").to(lang), page="data_method")
    return html.Div([html.P([recipe, " · ", method]), credit], className="small soft after")


PAGE = Page("area", words("app.area"), 12, layout, connect=connect, in_menu=False)
