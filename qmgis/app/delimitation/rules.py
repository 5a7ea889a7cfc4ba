"""The controls of Gebietsabgrenzung: rules as a form; areas that have to be in, stay out, or make an own outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import VALUE, format_address
from qmgis.app.delimitation.asked import COUNT, COUNTS, NUMBERS, Plan, default_rules
from qmgis.app.delimitation.units import few_units
from qmgis.app.frame import attributes, current, link, notice, panel, pills
from qmgis.app.map import ANY_AREA
from qmgis.delimitation import Rules
from qmgis.i18n import number, say
from qmgis.runs.programme.proposed import units_of

__all__ = ["MODES", "click_addresses", "lists_panel", "rules_panel", "units_choice"]

MONEY = ("budget", "cost_per_resident", "cost_per_hectare")
MODES = ("include", "exclude", "own")
STEPS = {"min_residents": 100, "max_residents": 100, "min_hectares": 1, "max_hectares": 1, "min_compactness": 0.05}


def units_choice(plan: Plan) -> list[Component]:
    """Return what proposals may be made of, areas or units of the city, and what that means; nothing without choice."""
    city, state, lang = plan.city, plan.state, plan.lang
    if not city.units:
        return []
    label = say("plan.units", lang)
    if all(units_of(city, state.run, key) is None for key in city.units):
        return [html.P(say("plan.units_older", lang), className="soft small")]
    titles = {"": say("plan.table", lang), **{key: layer.title.to(lang) for key, layer in city.units.items()}}
    # Ids of one kind of units mean nothing for another.
    empty: dict[str, Any] = {"include": (), "exclude": (), "own": (), "area": "", "pick": ""}
    items = [
        html.Li(link(state, title, units=key, id=f"delimitation-units-{key or 'areas'}", **current(key == plan.units),
                     **({} if key == plan.units else empty)))
        for key, title in titles.items()
    ]  # fmt: skip
    return [pills(label, items), html.P(plan.say("units_hint"), className="soft small one-line")]


def rules_panel(plan: Plan) -> list[Component]:
    """Return the form of all rules, with what the page takes where nothing is said."""
    lang, default = plan.lang, default_rules(plan.city, plan.state.run)
    rows = [_number_row(plan, name, default) for name in NUMBERS if name not in MONEY]
    rows += [_choice_row(plan, name, default) for name in ("cross_barriers", "keep_existing")]
    rows.append(_count_row(plan))
    money = html.Details(
        [html.Summary(say("plan.money", lang)), *(_number_row(plan, name, default) for name in MONEY),
         html.P(say("plan.money_hint", lang), className="soft small")],
        className="small", open=plan.rules.budget is not None,
    )  # fmt: skip
    rows.append(money)
    apply = html.Button(say("plan.apply", lang), type="submit", className="button", id="delimitation-apply")
    reset = link(
        plan.state, say("plan.reset", lang), rules=(), className="button", id="delimitation-reset",
        **attributes(data_after="delimitation-apply"),
    )  # fmt: skip
    target = format_address(replace(plan.state, rules=(), pick=""))
    form = html.Form(
        [*rows, html.Div([apply, reset], className="buttons")],
        className="edit rules", **attributes(data_rules=target),
    )  # fmt: skip
    said = say("plan.default", lang, low=number(default.min_residents, lang), high=number(default.max_residents, lang))
    hint = html.P(f"{said} {say('plan.barriers_hint', lang)}", className="soft small after")
    return [panel(say("plan.rules", lang), form, hint)]


def _number_row(plan: Plan, name: str, default: Rules) -> Component:
    own, now = getattr(default, name), getattr(plan.rules, name)
    box = dcc.Input(
        id=f"delimitation-{name}", type="number", className="exact", min=0, step="any",
        value="" if now is None else _plain(now), autoComplete="off",
    )  # fmt: skip
    return _row(plan, name, box, "" if own is None else _plain(own))


def _choice_row(plan: Plan, name: str, default: Rules) -> Component:
    now = "yes" if getattr(plan.rules, name) else "no"
    options = [
        html.Option(say(f"plan.{name}_{one}", plan.lang), value=one, selected=one == now) for one in ("no", "yes")
    ]
    select = html.Select(options, id=f"delimitation-{name}", className="choice")
    return _row(plan, name, select, "yes" if getattr(default, name) else "no")


def _count_row(plan: Plan) -> Component:
    options = [html.Option(str(one), value=str(one), selected=one == plan.count) for one in COUNTS]
    return _row(plan, "count", html.Select(options, id="delimitation-count", className="choice"), str(COUNT))


def _row(plan: Plan, name: str, control: Component, official: str) -> Component:
    label = html.Span(say(f"plan.{name}", plan.lang))
    return html.Label(
        [label, control], className="choose", htmlFor=f"delimitation-{name}",
        **attributes(data_rule=name, data_official=official),
    )  # fmt: skip


def _plain(value: float) -> str:
    return f"{value:.10g}"


def lists_panel(plan: Plan) -> list[Component]:
    """Return what a click on the map does, the same by a list, and the areas that are named so far."""
    state, lang, mode = plan.state, plan.lang, mode_of(plan)
    choices = [
        html.Li(link(state, say(f"plan.mode_{one}", lang), edit="" if one == mode else one, id=f"delimitation-{one}",
                     **current(one == mode)))
        for one in MODES
    ]  # fmt: skip
    menu = html.Ul(choices, className="pills", **attributes(aria_label=say("plan.modes", lang)))
    parts: list[Component | None] = [html.P(plan.say("modes_lead"), className="soft small"), menu]
    if mode:
        parts += [html.P(plan.say(f"hint_{mode}"), className="small after"), _list_form(plan, mode)]
    parts += [notice(plan.fault, lang)] if plan.fault else []
    parts += [part for one in MODES for part in _named(plan, one)]
    return [panel(plan.say("lists"), *parts)]


def mode_of(plan: Plan) -> str:
    """Return which list a click on the map changes; nothing where it selects an area."""
    return plan.state.edit if plan.state.edit in MODES else ""


def _list_form(plan: Plan, mode: str) -> Component:
    """Return the list of areas to choose from, those already named left out; units that are many go by their id."""
    lang, names = plan.lang, plan.layer.frame["name"].astype(str)
    button = html.Button(say(f"plan.put_{mode}", lang), type="submit", className="button", id="delimitation-put")
    target = format_address(replace(plan.state, **_plus(plan, mode, VALUE)))
    if plan.units:
        chosen = plan.state.area if plan.state.area in names.index else ""
        box = dcc.Input(id="delimitation-list", type="text", className="exact", autoComplete="off", value=chosen,
                        placeholder=str(names.index[0]), required=True)  # fmt: skip
        label = html.Label([html.Span(say("plan.unit", lang)), box], className="choose", htmlFor="delimitation-list")
        return html.Form([label, button], className="edit", **attributes(data_go=target))
    gone = {one for kind in _beside(mode) for one in getattr(plan.state, kind)}
    gone |= few_units(plan.city, plan.state.run, plan.units) if mode == "own" else set()
    options = [
        html.Option(f"{name} ({area})", value=str(area), selected=str(area) == plan.state.area)
        for area, name in sorted(names.items(), key=lambda one: (one[1], str(one[0])))
        if str(area) not in gone
    ]
    select = html.Select(options, id="delimitation-list", className="choice")
    label = html.Label([html.Span(say("words.area", lang)), select], className="choose", htmlFor="delimitation-list")
    return html.Form([label, button], className="edit", **attributes(data_go=target))


def _beside(mode: str) -> tuple[str, ...]:
    return ("own",) if mode == "own" else ("include", "exclude")


def _plus(plan: Plan, mode: str, area: str) -> dict[str, Any]:
    return {mode: (*getattr(plan.state, mode), area)}


def click_addresses(plan: Plan) -> tuple[str, Mapping[str, str]]:
    """Return where a click on an area goes, and where one on an area that is named already does: it changes sides."""
    state, mode = plan.state, mode_of(plan)
    if not mode:
        return format_address(replace(state, area=ANY_AREA)), {}
    own: dict[str, str] = {}
    for kind in _beside(mode):
        for area in getattr(state, kind):
            changed: dict[str, Any] = {kind: tuple(one for one in getattr(state, kind) if one != area)}
            if kind != mode:
                changed |= _plus(plan, mode, area)
            own[area] = format_address(replace(state, **changed))
    return format_address(replace(state, **_plus(plan, mode, ANY_AREA))), own


def _named(plan: Plan, mode: str) -> Sequence[Component]:
    """Return the areas of a list, each with a link that takes it off."""
    state, lang, areas = plan.state, plan.lang, getattr(plan.state, mode)
    if not areas:
        return []
    names = plan.layer.frame["name"].astype(str)
    items = []
    for place, area in enumerate(areas):
        name = f"{names[area]} ({area})" if area in names.index and names[area] != area else area
        off = link(
            state, say("asked.take_back", lang), **{mode: tuple(one for one in areas if one != area)},
            id=f"delimitation-{mode}-off-{place}",
            **attributes(aria_label=f"{say('asked.take_back', lang)}: {name}", data_after=f"delimitation-{mode}"),
        )  # fmt: skip
        items.append(html.Li([_sign(mode), html.Span(name), off]))
    every = link(
        state, say("plan.take_all", lang), **{mode: ()}, className="button", id=f"delimitation-{mode}-none",
        **attributes(data_after=f"delimitation-{mode}"),
    )  # fmt: skip
    return [html.H3(say(f"plan.mode_{mode}", lang)), html.Ul(items, className="changes"), every]


def _sign(mode: str) -> Component:
    kinds = {"include": "site site-add", "exclude": "site site-close", "own": "swatch own"}
    return html.Span(className=kinds[mode], **attributes(aria_hidden="true"))
