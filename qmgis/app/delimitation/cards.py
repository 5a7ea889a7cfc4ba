"""Proposals in words and numbers: a card for each, outlines side by side, and the table of areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import MOST_NAMED
from qmgis.app.chart import data_table
from qmgis.app.delimitation.asked import MANY, Plan
from qmgis.app.frame import attributes, current, facts, link, notice, panel, pills
from qmgis.delimitation import Proposal
from qmgis.i18n import number, percent, say
from qmgis.model import Lang

__all__ = [
    "DIGITS", "SHARES", "SIDE_BY_SIDE", "cards", "choice", "figure", "options_panel", "sentences",
]  # fmt: skip

DIGITS = {"residents": 0, "hectares": 1, "density": 0, "flagged_residents": 0, "score": 2, "score_sd": 2,
          "compactness": 2, "cost": 0, "residents_outside": 0, "split_areas": 0}  # fmt: skip
SHARES = ("captured", "flagged_share")
ON_CARD = (
    "residents",
    "hectares",
    "flagged_residents",
    "captured",
    "flagged_share",
    "score",
    "score_sd",
    "compactness",
)
SIDE_BY_SIDE = (*ON_CARD, "residents_outside", "split_areas")


def figure(name: str, value: Any, lang: Lang) -> str:
    r"""Return a key figure as people read it; a dash where it is not known or not shown.

    Examples
    --------
    >>> figure("captured", 0.125, "de"), figure("hectares", float("nan"), "de")
    ('12,5\xa0%', '–')
    """
    if pd.isna(value):
        return "–"
    if name in SHARES:
        return percent(float(value), lang).replace(" %", "\u00a0%")
    return number(float(value), lang, digits=DIGITS[name])


def choice(plan: Plan) -> list[Component]:
    """Return a link to each place and each proposal, and to all of them."""
    found, state, lang = plan.found, plan.state, plan.lang
    if found is None or not found.items:
        return []
    shown = {one.place for one in plan.items}
    is_many = len(found.items) > MANY
    keys: list[str] = [] if is_many else [""]
    for place in dict.fromkeys(one.place for one in found.items):
        keys.append(place)
        if not is_many or place in shown:
            keys += [one.key for one in found.items if one.place == place]
    now = state.pick if state.pick in keys else keys[0]
    items = [
        html.Li(link(state, say("plan.all", lang) if not key else _named(key, lang), pick=key,
                     id=f"delimitation-pick-{key or 'all'}", **current(key == now)))
        for key in keys
    ]  # fmt: skip
    return [pills(say("plan.look_at", lang), items)]


def _named(key: str, lang: Lang) -> str:
    return key if key[-1].isdigit() else say("plan.place", lang, letter=key)


def cards(plan: Plan) -> list[Component]:
    """Return a card for each proposal, the alternatives of a place beside each other."""
    found, lang = plan.found, plan.lang
    if found is None:
        return []
    parts: list[Component] = []
    for place in dict.fromkeys(one.place for one in plan.items):
        own = [_card(plan, one) for one in plan.items if one.place == place]
        head = html.H2(say("plan.place_heading", lang, letter=place))
        parts.append(html.Section([head, html.Div(own, className="plans")], className="panel"))
    small = [html.Li(one.to(lang)) for one in found.small]
    parts += [panel(say("plan.small", lang), html.Ul(small, className="plain small"))] if small else []
    return parts


def _card(plan: Plan, one: Proposal) -> Component:
    lang = plan.lang
    pairs = {say(f"plan.figure_{name}", lang): figure(name, one.figures[name], lang)
             for name in (*ON_CARD, *(["cost"] if plan.rules.budget is not None else []))}  # fmt: skip
    places, programme = _around(plan, one.key)
    show = link(plan.state, say("plan.on_map", lang), pick=one.key, className="button",
                **attributes(aria_label=f"{say('plan.on_map', lang)}: {one.key}"))  # fmt: skip
    take = link(plan.state, say("plan.take", lang), own=one.members, edit="own", className="button",
                id=f"delimitation-take-{one.key}",
                **attributes(aria_label=f"{say('plan.take', lang)}: {one.key}"))  # fmt: skip
    if len(one.members) > MOST_NAMED:
        take = html.Span(say("plan.take_not", lang, most=number(MOST_NAMED, lang)), className="soft small")
    why = [html.Li(text.to(lang)) for text in one.sentences.values()]
    prices = [html.Li(price.sentence.to(lang)) for price in one.prices]
    head = html.H3(say("plan.card", lang, name=one.key, title=one.title.to(lang)))
    more = [
        _more(plan.say("why", count=number(len(why), lang)), html.Ul(why, className="plain"), plan),
        _more(say("plan.prices", lang), html.Ul(prices, className="plain"), plan),
        _more(say("plan.places", lang), places, plan),
        _more(say("words.programmes", lang), programme, plan),
    ]
    return html.Article([head, facts(pairs), *more, html.Div([show, take], className="buttons")])


def _more(title: str, content: Component, plan: Plan) -> Component:
    """Return what is folded away; open where one proposal is looked at."""
    return html.Details([html.Summary(title), content], className="small", open=plan.picked is not None)


def _around(plan: Plan, key: str) -> tuple[Component, Component]:
    """Return the facilities inside and just outside a proposal, and the programme areas that share land with it."""
    lang, found = plan.lang, plan.found
    nothing = html.P(say("plan.no_programme", lang))
    if found is None:
        return nothing, nothing
    rows = found.facilities[found.facilities["proposal"] == key]
    places = plan.city.places
    table = [
        [places[row["places"]].title.to(lang), number(row["inside"], lang), number(row["near"], lang)]
        for _, row in rows.iterrows()
    ]
    near = number(float(str(found.parameters["near_m"])), lang)
    heads = [say("plan.facility", lang), say("plan.within", lang), say("plan.near", lang, metres=near)]
    label = say("plan.places_of", lang, name=key)
    shared = found.programme[found.programme["proposal"] == key]
    lines = [
        html.Li(say("plan.programme", lang, name=str(row["name"]), state=say(f"words.programme_{row['state']}", lang),
                    share=percent(row["share"], lang), of_it=percent(row["share_of_it"], lang)))
        for _, row in shared.iterrows()
    ]  # fmt: skip
    return data_table(heads, table, label=label), html.Ul(lines, className="plain") if lines else nothing


def options_panel(plan: Plan, *, is_open: bool) -> list[Component]:
    """Return the outlines side by side as a table, with how much the own one has in common with each."""
    options, lang = plan.options, plan.lang
    title, lead = say("plan.options", lang), html.P(plan.say("options_lead"), className="soft small")
    if plan.options_job is not None and plan.options_job.fault is not None:
        return [panel(title, notice(plan.options_job.fault.to(lang), lang))]
    if options is None:
        return []
    own = say("plan.own", lang)
    has_own = own in options.alike.index
    heads = [say("plan.outline", lang), *(say(f"plan.figure_{name}", lang) for name in SIDE_BY_SIDE)]
    heads += [say("plan.common", lang)] if has_own else []
    rows = []
    for name, row in options.frame.iterrows():
        cells = [str(name), *(figure(key, row[key], lang) for key in SIDE_BY_SIDE)]
        rows.append([*cells, *([_common(options.alike.loc[own, name], lang)] if has_own else [])])
    said = [html.P(one.to(lang), className="soft small") for one in options.warnings]
    closed = not is_open and plan.outcome.programme is not None
    said += [html.P(say("plan.closed", lang), className="soft small")] if closed else []
    hint = [] if has_own else [html.P(plan.say("no_own"), className="small")]
    return [panel(title, lead, *hint, data_table(heads, rows, label=title), *said)]


def _common(share: float, lang: Lang) -> str:
    return percent(share, lang).replace(" %", "\u00a0%")


def sentences(plan: Plan) -> Sequence[str]:
    """Return what was found, and what a reader has to know of it."""
    found = plan.found
    return [] if found is None else [found.sentence.to(plan.lang), *(one.to(plan.lang) for one in found.warnings)]
