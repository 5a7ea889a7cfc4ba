"""What the page Wirkung is asked for, and its parts: sentences, checks, lines, comparison areas, tests, outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.chart import chart, data_table
from qmgis.app.frame import attributes, current, lang_of, link, notice, panel, pills
from qmgis.app.jobs import Job, jobs
from qmgis.app.map import ANY_AREA, painted
from qmgis.core.effect.did import Estimate
from qmgis.effect import ALL, Answer, points
from qmgis.errors import NotEnoughDataError
from qmgis.i18n import number, percent, say
from qmgis.model import City, Lang
from qmgis.runs.effects import answers_of, can_compare, panel_of
from qmgis.runs.steps import area_layer
from qmgis.views.effect import effect_lines

__all__ = [
    "Asked", "asked_of", "choices", "effect_key", "files_panel", "hideout", "key_of_map", "outcomes_panel", "parts_of",
    "tests_of", "working",
]  # fmt: skip

PATIENCE = 1.2  # seconds that a page waits before it says that it computes
# Colour and hatching of each part that an area plays on the map; "other" is the last, of all that are not named.
ROLES = {
    "area": ("#d3128a", "none"),
    "comparison": ("#2f6cb3", "none"),
    "possible": ("#d9e6f4", "none"),
    "other": ("#f1f1ee", "diagonal"),
}
Cells = list[list[Any]]


@dataclass(frozen=True, eq=False)
class Asked:
    """The programme area (or all) and indicator of an address, and every answer once it is there."""

    city: City
    state: ViewState
    job: Job

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return lang_of(self.state)

    @property
    def found(self) -> tuple[Answer, ...]:
        """Every answer; none until they are there."""
        return self.job.result or ()

    @property
    def scope(self) -> str:
        """The programme area that is looked at, or all."""
        return self.state.pick if self.state.pick in {one.scope for one in self.found} else ALL

    @property
    def own(self) -> tuple[Answer, ...]:
        """The answers of the programme area, one an indicator."""
        return tuple(one for one in self.found if one.scope == self.scope)

    @property
    def answer(self) -> Answer | None:
        """The answer that is looked at: of the chosen indicator, else of the first."""
        chosen = [one for one in self.own if one.key == self.state.mode]
        return next(iter((*chosen, *self.own)), None)


def asked_of(city: City, state: ViewState, *, wait: float = PATIENCE) -> Asked:
    """Return what an address asks, with the answers if they are there within ``wait`` seconds.

    Raises
    ------
    NotEnoughDataError
        The city has no programme areas with a start, or fewer than two editions.
    """
    if not can_compare(city):
        en, de = (say("effect.cli_none", lang, city=city.title.to(lang)) for lang in ("en", "de"))
        raise NotEnoughDataError(en, de=de)
    return Asked(city, state, jobs.ask(effect_key(city), partial(answers_of, city), wait=wait).seen)


def effect_key(city: City) -> tuple[Any, ...]:
    """Return what stands for the answers among the jobs."""
    return "effect", city


def working(asked: Asked) -> list[Component]:
    """Return how far the work is, or why nothing came of it."""
    lang, job = asked.lang, asked.job
    if job.fault is not None:
        return [notice(job.fault.to(lang), lang)]
    if job.state != "running":
        return []
    what, share = say("effect.page_job", lang), min(max(job.share, 0.0), 1.0)
    bar = html.Progress(value=f"{share:.2f}", max="1", **attributes(aria_label=what))
    told = say("asked.working", lang, what=what, share=percent(share, lang, digits=0))
    return [html.Div(html.P([html.Span(told), bar]), className="panel working", role="status")]


def choices(asked: Asked) -> list[Component]:
    """Return the programme areas and the indicators as links."""
    lang, answer = asked.lang, asked.answer
    if answer is None:
        return []
    scopes = {one.scope: say("effect.all", lang) if one.scope == ALL else f"{one.name} ({one.scope})"
              for one in asked.found}  # fmt: skip
    areas = [html.Li(link(asked.state, name, pick=scope, **current(scope == asked.scope)))
             for scope, name in scopes.items()]  # fmt: skip
    shares = [html.Li(link(asked.state, one.title.to(lang), mode=one.key, **current(one is answer)))
              for one in asked.own]  # fmt: skip
    return [pills(say("effect.page_scopes", lang), areas), pills(say("effect.page_keys", lang), shares)]


def parts_of(asked: Asked) -> dict[str, list[Component]]:
    """Return what is said of the chosen answer, by its place on the page; empty until it is there."""
    answer, lang = asked.answer, asked.lang
    if answer is None:
        return {name: [] for name in ("said", "lines", "members", "tests")}
    return {
        "said": [_said(answer, lang), _checks(answer, lang)],
        "lines": _lines(answer, lang),
        "members": _members(asked.city, answer, lang),
        "tests": tests_of(answer, lang),
    }


def _said(answer: Answer, lang: Lang) -> Component:
    """Return the kind of the answer, then its sentences in their order."""
    name = say("effect.all", lang) if answer.scope == ALL else answer.name
    said = [one.to(lang) for one in answer.sentences]
    told = 1 if answer.kind == "none" else 2  # who it is about, and what changed
    kind = html.P([html.Strong(say(f"effect.kind_{answer.kind}", lang)), ". ",
                   say(f"effect.page_kind_{answer.kind}", lang)])  # fmt: skip
    items = [html.Li(one) for one in said[told:]]
    rest = html.Ul(items, className="plain small") if items else None
    return panel(
        f"{answer.title.to(lang)}: {name}", kind, *(html.P(one, className="lead") for one in said[:told]), rest
    )


def _checks(answer: Answer, lang: Lang) -> Component:
    heads = [say(f"effect.page_{one}", lang) for one in ("check", "state", "found")]
    rows = [
        [say(f"effect.name_{one.key}", lang), html.Strong(say("effect.failed", lang)) if not one.passed
         else say("effect.passed", lang), one.text.to(lang)]
        for one in answer.checks
    ]  # fmt: skip
    lead = html.P(say("effect.page_checks_lead", lang), className="soft small")
    return panel(say("effect.page_checks", lang), lead, data_table(heads, rows, numbers=0))


def _lines(answer: Answer, lang: Lang) -> list[Component]:
    if answer.lines.empty:
        return []
    title = answer.title.to(lang)
    spoken = say("effect.page_lines_spoken", lang, title=title, start=answer.start)
    drawn = chart(effect_lines(answer.lines, answer.start, lang=lang), "effect-lines", spoken, height=360)
    of = ("area", "comparison", "city")
    heads = [say("series.year", lang), *(say(f"effect.of_{one}", lang) for one in of)]
    rows = [[_year(int(str(year)), answer, lang), *(percent(row[one], lang) for one in of)]
            for year, row in answer.lines.iterrows()]  # fmt: skip
    twin = html.Details([html.Summary(say("series.as_table", lang)), data_table(heads, rows, label=title)],
                        className="small")  # fmt: skip
    lead = html.P(say("effect.page_lines_lead", lang, start=answer.start), className="soft small")
    return [panel(say("effect.page_lines", lang), lead, drawn, twin)]


def _year(year: int, answer: Answer, lang: Lang) -> str:
    return f"{year} ({say('effect.page_start_mark', lang)})" if year == answer.start else str(year)


def _members(city: City, answer: Answer, lang: Lang) -> list[Component]:
    """Return the twin of the map: every area that enters, with its own change."""
    if answer.members.empty:
        return [html.P(say("effect.page_no_members", lang), className="soft")]
    names = area_layer(city).frame["name"].astype(str)
    heads = [say("words.area", lang), *(say(f"effect.page_{one}", lang) for one in ("role", "weight", *CHANGES))]
    rows = [
        [f"{names[area]} ({area})", say(f"effect.page_role_{row['of']}", lang), percent(row["weight"], lang),
         percent(row["before"], lang), percent(row["after"], lang), points(row["change"]).to(lang)]
        for area, row in answer.members.iterrows()
    ]  # fmt: skip
    return [data_table(heads, rows, numbers=4, label=say("effect.page_members", lang))]


CHANGES = ("before", "after", "change")


def tests_of(answer: Answer, lang: Lang) -> list[Component]:
    """Return what speaks for or against a comparison: each test, what was found, and what is expected."""
    if answer.kind == "none":
        return []
    heads = [say(f"effect.page_{one}", lang) for one in ("test", "found", "expected")]
    rows = _test_rows(answer, lang)
    lead = html.P(say(f"effect.page_tests_{answer.kind}", lang), className="soft small")
    content = data_table(heads, rows, numbers=0) if rows else html.P(say("effect.page_no_tests", lang))
    parts = [panel(say("effect.page_tests", lang), lead, content)]
    return [*parts, _events(answer, lang)] if len(answer.events) else parts


def _test_rows(answer: Answer, lang: Lang) -> Cells:
    """Return a row for each test that there is."""
    found: list[tuple[str, str, dict[str, object]]] = []
    if answer.pretrend is not None:
        found.append(("pretrend", f"p = {number(answer.pretrend.p, lang, digits=2)}", {}))
    if answer.placebo_date is not None:
        found.append(("date", _interval(answer.placebo_date, lang), {}))
    if answer.unusual is not None:
        name = "exchanged" if answer.kind == "design" else "unusual"
        found.append((name, percent(answer.unusual, lang), {"areas": answer.others + 1}))
    if answer.synthetic:
        gap, p = answer.synthetic["gap"], number(answer.synthetic["p"], lang, digits=2)
        found.append(("synthetic", f"{points(gap).to(lang)}; p = {p}", {}))
    for ring in answer.rings.to_dict("records"):
        ends = {name: number(ring[f"{name}_m"], lang) for name in ("low", "high")}
        found.append(("ring", _span(ring["value"], ring["low"], ring["high"], lang), dict(ends)))
    return [
        [say(f"effect.page_test_{name}", lang, **values), told, say(f"effect.page_expected_{name}", lang, **values)]
        for name, told, values in found
    ]


def _events(answer: Answer, lang: Lang) -> Component:
    """Return the differences by edition since the start."""
    heads = [say("effect.page_edition", lang), say("effect.page_difference", lang)]
    rows = [[number(int(str(at)), lang, sign=True), _span(row["value"], row["low"], row["high"], lang)]
            for at, row in answer.events.iterrows()]  # fmt: skip
    lead = html.P(say("effect.page_events_lead", lang), className="soft small")
    return panel(say("effect.page_events", lang), lead, data_table(heads, rows))


def outcomes_panel(asked: Asked) -> list[Component]:
    """Return every indicator that was tested in the programme area, a row each."""
    lang = asked.lang
    if not asked.own:
        return []
    heads = [say(f"effect.page_{one}", lang) for one in ("indicator", "answer", "own", "others", "difference", "why")]
    rows = [_outcome(one, lang) for one in asked.own]
    lead = html.P(say("effect.page_outcomes_lead", lang, count=len(rows)), className="soft small")
    return [panel(say("effect.page_outcomes", lang), lead, data_table(heads, rows, numbers=0))]


def _outcome(one: Answer, lang: Lang) -> list[str]:
    moved = one.changes.get("change", pd.Series(dtype=float)).reindex(["area", "comparison"]).tolist()
    failed = ", ".join(say(f"effect.name_{key}", lang) for key in one.failed) or "–"
    found = "–" if one.estimate is None else _interval(one.estimate, lang)
    changes = [points(value).to(lang) for value in moved]
    return [one.title.to(lang), say(f"effect.kind_{one.kind}", lang), *changes, found, failed]


def hideout(asked: Asked) -> dict[str, Any]:
    """Return what the map is painted by: the part that each area plays in the answer; all alike until it is there."""
    areas, lang = area_layer(asked.city), asked.lang
    order = ["possible"] if asked.answer is None else list(ROLES)
    classes = [{"code": role, "colour": colour, "hatch": hatch, "label": say(f"effect.page_role_{role}", lang)}
               for role, (colour, hatch) in ((name, ROLES[name]) for name in order)]  # fmt: skip
    codes = {area: order.index(role) for area, role in _roles(asked).items()}
    return painted(
        areas, codes, classes, selected=asked.state.area, attention=[], thick=say("words.attention", lang),
        target=format_address(replace(asked.state, area=ANY_AREA)),
    )  # fmt: skip


def _roles(asked: Asked) -> dict[str, str]:
    """Return the part of each area: in the answer, could have been compared, or neither."""
    answer = asked.answer
    if answer is None:
        return {}
    roles = dict.fromkeys(map(str, area_layer(asked.city).frame.index), "other")
    units = panel_of(asked.city).units
    roles |= dict.fromkeys(map(str, units.index[units["role"] == "possible"]), "possible")
    return roles | {str(area): str(of) for area, of in answer.members.get("of", pd.Series(dtype=str)).items()}


def key_of_map(asked: Asked) -> list[Component]:
    """Return the legend: each part with the number of its areas."""
    lang, roles = asked.lang, list(_roles(asked).values())
    title, items = html.H2(say("effect.page_members", lang)), []
    if not roles:
        return [title, html.P(say("app.computing", lang), className="soft")]
    for role, (colour, hatch) in ROLES.items():
        sign = html.Span(className="swatch" if hatch == "none" else f"swatch {hatch}",
                         style={"background": colour} if hatch == "none" else {})  # fmt: skip
        count = html.Span(number(roles.count(role), lang), className="count")
        items.append(html.Li(html.Div([sign, html.Span(say(f"effect.page_role_{role}", lang)), count],
                                      className="mark")))  # fmt: skip
    lead = html.P(say("effect.page_map_lead", lang), className="soft small")
    return [title, html.Ul(items, className="legend"), lead]


def files_panel(asked: Asked) -> list[Component]:
    """Return a link to each file; the same as a run writes."""
    query = urlencode({"lang": asked.lang})
    items = [html.Li(html.A(say(f"effect.page_file_{kind}", asked.lang), href=f"/download/effect/{kind}?{query}",
                            download=""))
             for kind in ("csv", "people", "json")]  # fmt: skip
    return [panel(say("app.downloads", asked.lang), html.Ul(items, className="downloads"))]


def _interval(found: Estimate, lang: Lang) -> str:
    return _span(found.value, found.low, found.high, lang)


def _span(value: float, low: float, high: float, lang: Lang) -> str:
    if value != value:
        return say("effect.page_too_few", lang)
    if not abs(low) + abs(high) < float("inf"):
        return points(value).to(lang)
    ends = {"low": points(low).to(lang), "high": points(high).to(lang)}
    return say("effect.page_span", lang, value=points(value).to(lang), **ends)
