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
from qmgis.app.results import outcome_of, outcomes_of
from qmgis.app.view import classes_over_time, colours_of
from qmgis.i18n import number, say
from qmgis.model import City, Lang, Outcome, words
from qmgis.runs.context import ContextRow, context_of
from qmgis.views.cells import cell, state_word, value_at
from qmgis.views.charts import Block, contributions, timeline
from qmgis.views.dossier import Dossier, dossier

__all__ = ["PAGE", "connect", "draw_charts", "layout"]

BLOCKS: tuple[Block, ...] = ("status", "dynamics")
WHY, STAND, TIME, ASKED = "area-why-charts", "area-stand-charts", "area-time-charts", "area-asked"


def layout(city: City, state: ViewState) -> Component:
    """Return the profile of the area in the address, or say that there is none."""
    lang, outcome = lang_of(state), outcome_of(city, state.run)
    back = html.P(link(state, say("app.back", lang), page="overview"))
    if state.area not in outcome.table.index:
        return html.Div(
            [back, html.H1(words("app.area").to(lang)), editions(city, state), _missing(outcome, state, lang)]
        )
    said = dossier(outcome, state.area, lang=lang)
    return html.Div(
        [
            dcc.Store(id=ASKED, data=format_address(state)),
            back,
            _head(outcome, said, lang),
            editions(city, state),
            html.Div([_classes(said, lang), _limits(said, lang)], className="halves"),
            _why(said, lang),
            _stand(outcome, state.area, lang),
            _over_time(city, state, lang),
            _coverage(said, lang),
            _context(city, outcome, state.area, lang),
            panel(say("app.caveats", lang), html.Ul([html.Li(line) for line in said.caveats], className="plain")),
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
    place = [said.area, said.parent, f"{said.population} {say('app.residents', lang)}", str(said.year)]
    sign = html.Span(
        className="sign", style={"background": colours_of(outcome)[said.area]}, **attributes(aria_hidden="true")
    )
    flag = [html.P(html.Span(say("words.attention", lang), className="badge"))] if said.attention else []
    return html.Div(
        [
            html.H1(said.name),
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


def _why(said: Dossier, lang: Lang) -> Component:
    """Return what the indices are made of, in numbers; the charts follow."""
    heads = ("indicator", "value", "mean", "change", "mean_change", "z", "contribution")
    rows = [
        [row.title, row.value, row.mean, row.change, row.mean_change, row.z, row.contribution]
        for row in said.indicators
    ]
    table = data_table([say(f"app.why_{head}", lang) for head in heads], rows)
    if said.contributions:
        lead, charts = say("app.why_lead", lang), html.Div(id=WHY, className="charts waits")
    else:
        reason = said.left_out or say("words.state_secret", lang)
        lead, charts = say("app.why_not", lang, reason=reason), html.Div(id=WHY)
    return panel(say("app.why", lang), html.P(lead, className="soft small"), charts, table)


def _stand(outcome: Outcome, area: str, lang: Lang) -> Component:
    """Return where the area lies among all; nothing but the place for it where the area has no index."""
    if not _indices(outcome, area):
        return html.Div(id=STAND)
    lead = html.P(say("app.stand_lead", lang), className="soft small")
    return panel(say("app.stand", lang), lead, html.Div(id=STAND, className="charts waits"))


def _indices(outcome: Outcome, area: str) -> list[str]:
    """Return the indices that an area has."""
    keys = [f"{block}_index" for block in BLOCKS] + ["index"]
    return [key for key in keys if has_numbers(outcome, key) and value_at(outcome, area, key) is not None]


def _over_time(city: City, state: ViewState, lang: Lang) -> Component:
    """Return the area's class in every run, or why there is none; the charts follow."""
    heads = [say(key, lang) for key in ("app.choose_run", "app.method_year", "words.group", "words.attention")]
    outcome, found = outcome_of(city, state.run), {one.run.key: one for one in outcomes_of(city)}
    rows = []
    for run in sorted(city.runs.values(), key=lambda run: run.year):
        why = _why_not(outcome, found.get(run.key), state.area, lang)
        known = [] if why else classes_over_time([found[run.key]], state.area, lang)
        rows += known or [[run.title.to(lang), str(run.year), why, "–"]]
    lead = html.P(say("app.time_lead", lang), className="soft small")
    waits = "charts waits" if _courses(_runs_with(city, outcome, state.area), state.area) else ""
    return panel(say("app.time", lang), lead, html.Div(id=TIME, className=waits), data_table(heads, rows))


def _why_not(outcome: Outcome, other: Outcome | None, area: str, lang: Lang) -> str:
    """Return why a run says nothing of an area: not computed, no such area, or an area of another name."""
    if other is None:
        return say("app.run_failed", lang)
    if area not in other.table.index:
        return say("app.other_areas", lang, vintage=other.areas.vintage)
    names = [value_at(one, area, "name") for one in (outcome, other)]
    if outcome.areas.vintage == other.areas.vintage or None in names or names[0] == names[1]:
        return ""
    return say("app.other_name", lang, vintage=other.areas.vintage, name=names[1])


def _runs_with(city: City, outcome: Outcome, area: str) -> list[Outcome]:
    """Return the runs in which an id means the same area: equal ids of other versions may be other places."""
    return [other for other in outcomes_of(city) if not _why_not(outcome, other, area, "de")]


def _courses(found: list[Outcome], area: str) -> list[str]:
    """Return the indices that the area has in at least one run."""
    return [key for key in (f"{block}_index" for block in BLOCKS) if any(key in _indices(one, area) for one in found)]


def draw_charts(address: str, *, city: City) -> tuple[list[Component], list[Component], list[Component]]:
    """Return the charts of the area in an address: contributions, place among all, and the course over the runs."""
    state = settle(parse_address(*split_address(address)), city, pages=("area",))
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    said = dossier(outcome, state.area, lang=lang)
    why = [_contributions(outcome, said, block, lang) for block in BLOCKS if _has(said, block)]
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


def _has(said: Dossier, block: str) -> bool:
    return any(part.block == block for part in said.contributions)


def _contributions(outcome: Outcome, said: Dossier, block: Block, lang: Lang) -> Component:
    figure = contributions(outcome, said.area, block=block, lang=lang)
    spoken = "; ".join(f"{part.title} {part.text}" for part in said.contributions if part.block == block)
    return chart(figure, f"area-{block}", f"{say(f'words.{block}_index', lang)}: {spoken}")


def _course(found: list[Outcome], area: str, column: str, lang: Lang) -> Component:
    figure = timeline(found, area, column=column, lang=lang)
    return chart(figure, f"area-time-{column.removesuffix('_index')}", say(f"words.{column}", lang))


def _coverage(said: Dossier, lang: Lang) -> Component | None:
    if not said.coverage:
        return None
    heads = ("theme", "share", "reached", "not_reached", "median", "p90", "tier")
    rows = [
        [[html.Strong(row.title), html.Br(), html.Span(row.note, className="soft small"),
          *([html.Br(), html.Span(row.need, className="small")] if row.need else [])],
         row.share, row.reached, row.not_reached, row.median, row.p90, row.tier or "–"]
        for row in said.coverage
    ]  # fmt: skip
    return panel(say("app.coverage", lang), data_table([say(f"app.coverage_{head}", lang) for head in heads], rows))


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
    recipe = say("app.legend_date", lang, date=str(said.year), recipe=said.recipe)
    method = link(state, words("app.data_method").to(lang), page="data_method")
    return html.Div([html.P([recipe, " · ", method]), credit], className="small soft after")


PAGE = Page("area", words("app.area"), 20, layout, connect=connect, in_menu=False)
