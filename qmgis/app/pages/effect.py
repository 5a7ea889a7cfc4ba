"""Wirkung: programme areas over time beside areas that were like them before; checks first, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.frame import lang_of, notice, panel
from qmgis.app.map import plain_map
from qmgis.app.page import Page
from qmgis.app.programme.effect import (
    Asked,
    asked_of,
    choices,
    files_panel,
    outcomes_panel,
    parts_of,
    step,
    working,
)
from qmgis.app.programme.effectmap import hideout, key_of_map, members_panel
from qmgis.errors import QmgisError
from qmgis.i18n import say
from qmgis.model import City, Lang, words
from qmgis.runs.programme.effect import can_compare
from qmgis.runs.steps import area_layer

__all__ = ["PAGE", "changes_of", "connect", "layout", "refresh"]

BUTTONS = ("stop", "again")
EVERY = 700  # milliseconds between two looks at the work


def layout(city: City, state: ViewState) -> Component:
    """Return the page: choices, sentences, checks, lines, map with table, tests, all outcomes, files."""
    lang = lang_of(state)
    head = [html.H1(say("effect.page", lang)), html.P(say("effect.page_lead", lang), className="soft small one-line")]
    try:
        asked = asked_of(city, state)
    except QmgisError as error:
        hidden = {f"effect-{name}": {"hidden": True} for name in BUTTONS}
        idle = [dcc.Interval(id="effect-tick", disabled=True), dcc.Store(id="effect-stage"), *_buttons(hidden, lang)]
        return html.Div([*head, notice(error.say(lang), lang), *idle], className="stack")
    parts = _parts(asked)
    drawn = plain_map(
        area_layer(city), parts["effect-map-areas"]["hideout"], lang, page="effect", backdrop=city.backdrop
    )
    legend = html.Section(**parts["effect-legend"], id="effect-legend", className="panel")

    def place(name: str) -> Component:
        return html.Div(**parts[f"effect-{name}"], id=f"effect-{name}", className="stack")

    return html.Div(
        [
            *head,
            place("choices"),
            place("work"),
            place("said"),
            place("lines"),
            html.Div([html.Div(drawn, id="effect-map-box"), legend], className="split"),
            panel(say("effect.page_members_table", lang), place("members")),
            place("tests"),
            place("outcomes"),
            place("files"),
            html.Div(_buttons(parts, lang), className="floating"),
            dcc.Interval(id="effect-tick", interval=EVERY, **parts["effect-tick"]),
            dcc.Store(id="effect-stage", **parts["effect-stage"]),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes with another programme area or indicator, and with the progress of the work."""
    return changes_of(asked_of(city, state)) if can_compare(city) else {}


def connect(app: Dash, city: City) -> None:
    """Register that answers which take longer come by themselves."""

    @app.callback(
        Output("effect-stage", "data"),
        Input("effect-tick", "n_intervals"),
        *(Input(f"effect-{name}", "n_clicks") for name in BUTTONS),
        State("url", "pathname"),
        State("url", "search"),
        State("effect-stage", "data"),
        prevent_initial_call=True,
    )
    def _look(_: int, stop: int, again: int, path: str | None, search: str | None, stage: str) -> Any:  # noqa: ARG001
        state = settle(parse_address(path or "", search or ""), city, pages=("effect", "overview"))
        if state.page != "effect":
            return no_update
        asked = step(city, state, ctx.triggered_id)
        if asked.job.state == stage:
            set_props("effect-work", {"children": working(asked)})
            return no_update
        changes = changes_of(asked)
        for component, properties in changes.items():
            if component != "effect-stage":
                set_props(component, dict(properties))
        return changes["effect-stage"]["data"]


def changes_of(asked: Asked) -> dict[str, dict[str, Any]]:
    """Return everything that depends on the address and on the work."""
    answer, lang = asked.answer, asked.lang
    waiting = "asked.not_computed" if asked.job.state == "stopped" else "app.computing"
    said = say(waiting, lang) if answer is None else next(iter(answer.sentences)).to(lang)
    return {**_parts(asked), "live": {"children": said}}


def _parts(asked: Asked) -> dict[str, dict[str, Any]]:
    return {
        "effect-choices": {"children": choices(asked)},
        "effect-work": {"children": working(asked)},
        **{f"effect-{name}": {"children": content} for name, content in parts_of(asked).items()},
        "effect-members": {"children": members_panel(asked)},
        "effect-map-areas": {"hideout": hideout(asked)},
        "effect-legend": {"children": key_of_map(asked)},
        "effect-outcomes": {"children": outcomes_panel(asked)},
        "effect-files": {"children": files_panel(asked)},
        "effect-tick": {"disabled": asked.job.state != "running"},
        "effect-stage": {"data": asked.job.state},
        "effect-stop": {"hidden": asked.job.state != "running"},
        "effect-again": {"hidden": asked.job.state not in ("stopped", "failed")},
    }


def _buttons(parts: Mapping[str, Mapping[str, Any]], lang: Lang) -> list[Component]:
    """Return the buttons that stop the work and begin it anew."""
    return [
        html.Button(say(f"asked.{name}", lang), id=f"effect-{name}", n_clicks=0, className="button",
                    **parts[f"effect-{name}"])
        for name in BUTTONS
    ]  # fmt: skip


PAGE = Page("effect", words("effect.page"), 36, layout, refresh, connect, of_city=can_compare, room="programme")
