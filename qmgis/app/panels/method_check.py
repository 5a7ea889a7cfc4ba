"""How far to trust a method: how sure classes are, what they hang on, and whether the indicators belong together.

What takes time follows after the page is on the screen, and is kept.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address, parse_address, settle, split_address
from qmgis.app.chart import chart, data_table
from qmgis.app.frame import facts, lang_of, link, panel
from qmgis.app.results import outcome_of
from qmgis.errors import QmgisError
from qmgis.i18n import number, percent, say
from qmgis.methodcheck import BlockCheck
from qmgis.model import City, Lang, Outcome
from qmgis.runs.method import check_profile
from qmgis.runs.steps import influence_of
from qmgis.views.palette import CERTAINTY_COLOURS, diverging, text_on
from qmgis.views.scree import scree

__all__ = ["certainty_panel", "check_panel", "connect", "draw"]

ASKED, MOVED, CHECKED = "data_method-asked", "data_method-moved", "data_method-checked"
STEPS = 9  # shades of a correlation from -1 to 1


def certainty_panel(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return how many classes are sure, what the others hang on, and the place for what each indicator moves."""
    title = say("app.sure_title", lang)
    if outcome.certainty is None:
        return panel(title, html.P(say("app.sure_unknown", lang)), html.Div(id=MOVED))
    described = {column.key: column for column in outcome.columns}
    counts = _counts(outcome, "certainty")
    scored = sum(counts.values())
    told = {code: number(count, lang) for code, count in counts.items()}
    on_map = link(state, say("app.sure_map", lang), page="overview", mode="certainty", only=())
    crossed = html.P(say("app.sure_crossed", lang)) if "group" in outcome.table else None
    left = [
        _sure_table(outcome, lang),
        html.P([described["probability"].note.to(lang), " ", on_map], className="small"),
    ]
    return panel(
        title,
        html.P(say("app.sure_sentence", lang, scored=number(scored, lang), **told)),
        crossed,
        html.Div([html.Div(left), _hangs(outcome, lang)], className="halves"),
        html.H3(say("app.moved_title", lang)),
        html.Div(_waiting(lang), id=MOVED, className="narrow"),
    )


def _counts(outcome: Outcome, column: str) -> dict[str, int]:
    """Return how many areas are sure, likely and borderline."""
    found = outcome.table[column].value_counts()
    return {code: int(found.get(code, 0)) for code in CERTAINTY_COLOURS}


def _sure_table(outcome: Outcome, lang: Lang) -> Component:
    """Return how many classes are sure, and how many of the marks of attention."""
    described = {column.key: column for column in outcome.columns}
    kinds = [key for key in ("certainty", "certainty_attention") if key in described]
    counts = [_counts(outcome, key) for key in kinds]
    rows = [
        [_swatched(described["certainty"].codes[code].to(lang), colour),
         *(cell for one in counts for cell in _counted(one[code], sum(one.values()), lang))]
        for code, colour in CERTAINTY_COLOURS.items()
    ]  # fmt: skip
    heads = [cell for key in kinds for cell in (say(f"app.sure_{key}", lang), say("app.sure_share", lang))]
    return data_table([say("app.sure_how", lang), *heads], rows, label=say("app.sure_title", lang))


def check_panel(state: ViewState, lang: Lang) -> Component:
    """Return the place for the method check, and what asks for it."""
    lead = html.P(say("app.check_lead", lang), className="soft")
    asked = dcc.Store(id=ASKED, data=format_address(state))
    return panel(say("app.check_title", lang), lead, html.Div(_waiting(lang), id=CHECKED), asked)


def draw(address: str, *, city: City) -> tuple[list[Component], list[Component]]:
    """Return what each indicator moves, and the method check, for the run of an address."""
    state = settle(parse_address(*split_address(address)), city, pages=("data_method",))
    return _drawn(city, state.run, lang_of(state))


@lru_cache(maxsize=32)
def _drawn(city: City, run: str, lang: Lang) -> tuple[list[Component], list[Component]]:
    return _moved(city, run, lang), _checked(city, run, lang)


def connect(app: Dash, city: City) -> None:
    """Register that both follow after the page."""
    wire = app.callback(Output(MOVED, "children"), Output(CHECKED, "children"), Input(ASKED, "data"))
    wire(partial(draw, city=city))


def _hangs(outcome: Outcome, lang: Lang) -> Component:
    """Return what the classes that are not sure hang on most."""
    column = next(column for column in outcome.columns if column.key == "hangs_on")
    counts = outcome.table["hangs_on"].value_counts()
    if counts.empty:
        return html.P(say("app.hangs_none", lang))
    whole = int(counts.sum())
    rows = [
        [column.codes[str(key)].to(lang), *_counted(int(count), whole, lang)]
        for key, count in counts.sort_index().sort_values(ascending=False, kind="stable").items()
    ]
    heads = [column.title.to(lang), say("app.sure_areas", lang), say("app.sure_share", lang)]
    return html.Div([data_table(heads, rows), html.P(say("app.hangs_note", lang), className="soft small")])


def _moved(city: City, run: str, lang: Lang) -> list[Component]:
    """Return how many areas come into another class without each indicator; nothing where certainty is unknown too."""
    outcome = outcome_of(city, run)
    found = influence_of(city, outcome.index, method=outcome.run.method)
    if found is None:
        return [] if outcome.certainty is None else [html.P(say("app.moved_unknown", lang))]
    titles = city.tables[outcome.run.vintage].indicators
    scored = int(outcome.index.value.notna().sum())
    ordered = found.sort_values("moved", ascending=False, kind="stable")
    rows = [
        [titles[str(key)].title.to(lang), *_counted(int(row["moved"]), scored, lang),
         number(float(row["rank_shift"]), lang, digits=1)]
        for key, row in ordered.iterrows()
    ]  # fmt: skip
    most = [row[0] for row, moved in zip(rows, ordered["moved"], strict=True) if moved == ordered["moved"].iloc[0]]
    named = {"title": " / ".join(most), "count": rows[0][1], "scored": number(scored, lang)}
    heads = [say(f"app.moved_{head}", lang) for head in ("indicator", "areas", "share", "places")]
    sentence = say("app.moved_sentence" if int(ordered["moved"].iloc[0]) else "app.moved_nobody", lang, **named)
    return [html.P(sentence), data_table(heads, rows, label=say("app.moved_title", lang))]


def _checked(city: City, run: str, lang: Lang) -> list[Component]:
    """Return the method check; one sentence where there is none."""
    outcome = outcome_of(city, run)
    if outcome.profile is None or not outcome.profile.blocks:
        return [html.P(say("app.check_none", lang))]
    try:
        found = check_profile(city, outcome.profile, year=outcome.run.year, areas=outcome.run.vintage)
    except QmgisError as error:
        return [html.P(error.say(lang))]
    scored = int(outcome.index.value.notna().sum())
    parts = [part for block in found.blocks.values() for part in _block(block, scored, lang)]
    return [*parts, *(html.P(one.to(lang)) for one in found.between_sentences)]


def _block(block: BlockCheck, scored: int, lang: Lang) -> list[Component]:
    """Return one block of the check: sentences, correlations, alpha and components."""
    title = say(f"profile.block_{block.key}", lang)
    said = html.Ul([html.Li(one.to(lang)) for one in block.sentences], className="plain")
    counted = say("app.check_areas", lang, count=number(block.areas, lang), scored=number(scored, lang))
    parts = [html.H3(title), said]
    if len(block.titles) > 1:
        parts.append(html.Div([_correlations(block, title, lang), _components(block, title, lang)], className="halves"))
    return [*parts, html.P(counted, className="soft small")]


def _correlations(block: BlockCheck, title: str, lang: Lang) -> Component:
    names = list(block.titles)
    heads = [say("methodcheck.r", lang), *(str(place + 1) for place in range(len(names)))]
    heads.append(say("methodcheck.with_index", lang))
    rows = [
        [f"{place + 1} {block.titles[name].to(lang)}",
         *(_shaded(float(r), lang) for r in (*block.r.loc[name], block.with_index[name]))]
        for place, name in enumerate(names)
    ]  # fmt: skip
    alpha = number(block.alpha, lang, digits=2) if block.alpha is not None else "–"
    table = data_table(heads, rows, label=f"{title}: {heads[0]}")
    return html.Div([table, facts({say("app.check_alpha", lang): alpha})])


def _shaded(r: float, lang: Lang) -> Component:
    """Return a correlation on a ground that is blue below 0 and brown above."""
    if r != r:
        return html.Span("–")
    colour = diverging(STEPS)[round((min(max(r, -1.0), 1.0) + 1) / 2 * (STEPS - 1))]
    return html.Span(
        number(r, lang, digits=2), className="heat", style={"background": colour, "color": text_on(colour)}
    )


def _components(block: BlockCheck, title: str, lang: Lang) -> Component:
    shares = block.scree
    rows = [
        [str(component), number(float(row["eigenvalue"]), lang, digits=2),
         *(percent(float(row[key]), lang) for key in ("explained", "cumulative"))]
        for component, row in shares.iterrows()
    ]  # fmt: skip
    heads = [say(f"methodcheck.{key}", lang) for key in ("component", "eigenvalue", "explained", "cumulative")]
    first = percent(float(shares["explained"].iloc[0]), lang, digits=0)
    spoken = say("app.check_spoken", lang, block=title, first=first)
    drawn = chart(scree(block, lang=lang), f"data_method-scree-{block.key}", spoken, height=220)
    twin = html.Details([html.Summary(say("app.as_table", lang)), data_table(heads, rows)], className="small")
    return html.Div([drawn, twin])


def _counted(count: int, whole: int, lang: Lang) -> list[str]:
    return [number(count, lang), percent(count / whole if whole else None, lang, digits=0)]


def _swatched(word: str, colour: str) -> Component:
    return html.Span([html.Span(className="sign", style={"background": colour}), word], className="one-piece")


def _waiting(lang: Lang) -> Any:
    return html.P(say("app.computing", lang), className="soft", role="status")
