"""What the page Wirkung is asked for, and its parts: sentences, checks, lines, comparison areas, tests, outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import chart, data_table
from qmgis.app.frame import current, lang_of, link, panel, pills, progress
from qmgis.app.jobs import Job, jobs
from qmgis.core.effect.did import Estimate
from qmgis.effect import ALL, Answer, points
from qmgis.errors import NotEnoughDataError
from qmgis.i18n import number, percent, say
from qmgis.model import City, Lang
from qmgis.runs.programme.effect import answers_of, can_compare
from qmgis.views.effect import effect_lines

__all__ = [
    "Asked", "asked_of", "choices", "effect_key", "files_panel", "outcomes_panel", "parts_of", "step",
    "tests_of", "titled", "working",
]  # fmt: skip

PATIENCE = 1.2  # seconds that a page waits before it says that it computes
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


def step(city: City, state: ViewState, pressed: str | None) -> Asked:
    """Return the answers as far as they are, after the work was stopped or begun anew where that was pressed."""
    if pressed == "effect-stop":
        jobs.stop(effect_key(city))
    elif pressed == "effect-again":
        jobs.forget(effect_key(city))
    return asked_of(city, state, wait=0.0)


def effect_key(city: City) -> tuple[Any, ...]:
    """Return what stands for the answers among the jobs."""
    return "effect", city


def working(asked: Asked) -> list[Component]:
    """Return how far the work is, that it was stopped, or why nothing came of it."""
    what = say("effect.page_job", asked.lang)
    return progress({what: asked.job}, asked.lang, faults=[what])


def choices(asked: Asked) -> list[Component]:
    """Return the programme areas and the indicators as links."""
    lang, answer = asked.lang, asked.answer
    if answer is None:
        return []
    scopes = {one.scope: one.name.to(lang) + ("" if one.scope == ALL else f" ({one.scope})") for one in asked.found}
    areas = [html.Li(link(asked.state, name, pick=scope, id=f"effect-scope-{place}", **current(scope == asked.scope)))
             for place, (scope, name) in enumerate(scopes.items())]  # fmt: skip
    shares = [html.Li(link(asked.state, titled(one, lang), mode=one.key, id=f"effect-share-{place}",
                           **current(one is answer))) for place, one in enumerate(asked.own)]  # fmt: skip
    return [pills(say("effect.page_scopes", lang), areas), pills(say("effect.page_keys", lang), shares)]


def titled(answer: Answer, lang: Lang) -> str:
    """Return the title of the indicator; of a placebo outcome with the word for it."""
    title = answer.title.to(lang)
    return f"{title} ({say('effect.placebo', lang)})" if answer.placebo else title


def parts_of(asked: Asked) -> dict[str, list[Component]]:
    """Return what is said of the chosen answer, by its place on the page; empty until it is there."""
    answer, lang = asked.answer, asked.lang
    if answer is None:
        return {name: [] for name in ("said", "lines", "tests")}
    return {
        "said": [_said(answer, lang), _checks(answer, lang)],
        "lines": _lines(answer, lang),
        "tests": tests_of(answer, lang, placebos=[one for one in asked.own if one.placebo and one is not answer]),
    }


def _said(answer: Answer, lang: Lang) -> Component:
    """Return the kind of the answer, then its sentences in their order."""
    said = [one.to(lang) for one in answer.sentences]
    told = 1 if answer.kind == "none" else 2  # who it is about, and what changed
    kind = html.P([html.Strong(say(f"effect.kind_{answer.kind}", lang)), ". ",
                   say(f"effect.page_kind_{answer.kind}", lang)])  # fmt: skip
    items = [html.Li(one) for one in said[told:]]
    rest = html.Ul(items, className="plain small") if items else None
    return panel(
        f"{titled(answer, lang)}: {answer.name.to(lang)}",
        kind,
        *(html.P(one, className="lead") for one in said[:told]),
        rest,
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


def tests_of(answer: Answer, lang: Lang, *, placebos: Sequence[Answer]) -> list[Component]:
    """Return what speaks for or against a comparison: each test, what was found, and what is expected.

    ``placebos``: the answers of the placebo outcomes in the same programme area.
    """
    if answer.kind == "none":
        return []
    heads = [say(f"effect.page_{one}", lang) for one in ("test", "found", "expected")]
    rows = [*_test_rows(answer, lang), *_placebo_rows(placebos, lang)]
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


def _placebo_rows(placebos: Sequence[Answer], lang: Lang) -> Cells:
    """Return the difference of each placebo outcome that has one."""
    expected = say("effect.page_expected_placebo", lang)
    return [[say("effect.page_test_placebo", lang, title=one.title.to(lang)), _interval(one.estimate, lang), expected]
            for one in placebos if one.estimate is not None]  # fmt: skip


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
    weighing = html.P(say("effect.weighing", lang), className="soft small")
    return [panel(say("effect.page_outcomes", lang), lead, data_table(heads, rows, numbers=0), weighing)]


def _outcome(one: Answer, lang: Lang) -> list[str]:
    moved = one.changes.get("change", pd.Series(dtype=float)).reindex(["area", "comparison"]).tolist()
    failed = ", ".join(say(f"effect.name_{key}", lang) for key in one.failed) or "–"
    found = "–" if one.estimate is None else _interval(one.estimate, lang)
    changes = [points(value).to(lang) for value in moved]
    return [titled(one, lang), say(f"effect.kind_{one.kind}", lang), *changes, found, failed]


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
