"""The controls that draw and upload outlines: by click, by coordinates, from a file; what there is so far."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, request

from qmgis.app.address import VALUE, ViewState, format_address
from qmgis.app.delimitation.asked import Plan
from qmgis.app.delimitation.drawn import KINDS, can_be_exact, corners_of, shelf, without
from qmgis.app.downloads import state_asked
from qmgis.app.frame import attributes, current, lang_of, link, notice, panel
from qmgis.app.geometry import outline_sheet
from qmgis.app.results import outcome_of
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.model import City, Lang

__all__ = ["add_uploads", "draw_target", "drawing_of", "drawing_panel"]

LARGEST = 1_500_000  # bytes of an upload; a request has at most two million
FROM_PAGE = "X-Qmgis"  # no foreign page can send it without asking first


def drawing_of(state: ViewState) -> int:
    """Return the number of the outline that a click adds a corner to; 0 where a click does something else."""
    mode, _, outline = state.edit.partition(":")
    return int(outline) if mode == "draw" and outline in map(str, range(1, 100)) else 0


def draw_target(plan: Plan) -> dict[str, Any]:
    """Return where a click on the map goes while an outline is drawn; empty where it only chooses an area."""
    outline = drawing_of(plan.state)
    return attributes(data_point=_plus(plan.state, outline) if outline else "", data_place="")


def _plus(state: ViewState, outline: int) -> str:
    return format_address(replace(state, corners=(*state.corners, f"{outline}:{VALUE}")))


def drawing_panel(plan: Plan) -> list[Component]:
    """Return the panel: how drawn lines are counted, drawing by click or coordinates, uploading, what there is."""
    state, lang = plan.state, plan.lang
    now = drawing_of(state)
    draw = link(
        state, say("plan.draw", lang), edit="" if now else f"draw:{_next(state)}", id="delimitation-draw",
        **current(bool(now)),
    )  # fmt: skip
    upload = html.Button(
        say("plan.upload", lang), type="button", className="button", id="delimitation-upload",
        **attributes(
            data_upload=f"/upload/outlines?{format_address(state).partition('?')[2]}", data_accept=",".join(KINDS),
            data_largest=str(LARGEST), data_said="delimitation-upload-said", data_too_large=say("plan.too_large", lang),
            data_failed=say("app.failed", lang),
        ),
    )  # fmt: skip
    menu = html.Ul([html.Li(draw)], className="pills", **attributes(aria_label=say("plan.drawing", lang)))
    parts: list[Component | None] = [*_fits(plan), menu]
    parts += _corner_form(plan, now) if now else []
    parts += [notice(plan.drawn.fault, lang)] if plan.drawn.fault else []
    parts += [_list(plan)] if state.corners or state.files else []
    parts += [html.P(say("plan.upload_hint", lang), className="soft small after"), upload]
    parts.append(html.P(id="delimitation-upload-said", className="small", role="alert"))
    return [panel(say("plan.drawing", lang), *parts)]


def _fits(plan: Plan) -> list[Component]:
    """Return whether whole areas are counted or the lines, as far as there is a choice."""
    state, lang = plan.state, plan.lang
    lead = html.P(plan.say("fit_lead"), className="soft small")
    if not can_be_exact(plan.city, state, alone=plan.alone):
        return [lead]
    exact = state.fit == "exact"
    items = [
        html.Li(link(state, plan.say(f"fit_{one or 'areas'}"), fit=one, id=f"delimitation-fit-{one or 'areas'}",
                     **current(exact == (one == "exact"))))
        for one in ("", "exact")
    ]  # fmt: skip
    pills = html.Ul(items, className="pills", **attributes(aria_label=say("plan.fit", lang)))
    hint = plan.say(
        "fit_exact_hint_located" if plan.city.units else "fit_exact_hint",
        least=number(plan.city.secrecy.min_base, lang),
    )
    return [lead, pills, *([html.P(hint, className="small")] if exact else [])]


def _next(state: ViewState) -> int:
    try:
        return max(corners_of(state), default=0) + 1
    except QmgisError:
        return 1


def _corner_form(plan: Plan, outline: int) -> list[Component]:
    """Return what a click does now, a field for a corner's coordinates, and the way to the next outline."""
    state, lang = plan.state, plan.lang
    west, south, east, north = outline_sheet(plan.outcome.areas).box
    box = dcc.Input(
        id="delimitation-corner", type="text", className="exact", autoComplete="off",
        placeholder=f"{(south + north) / 2:.4f},{(west + east) / 2:.4f}",
    )  # fmt: skip
    label = html.Label([html.Span(say("asked.point", lang)), box], className="choose", htmlFor="delimitation-corner")
    button = html.Button(say("plan.put_corner", lang), type="submit", className="button", id="delimitation-put-corner")
    form = html.Form([label, button], className="edit", **attributes(data_go=_plus(state, outline)))
    mine = [place for place, one in enumerate(state.corners) if one.startswith(f"{outline}:")]
    after = attributes(data_after="delimitation-corner")
    back = [link(
        state, say("plan.last_corner", lang),
        corners=tuple(one for place, one in enumerate(state.corners) if place != mine[-1]), className="button",
        id="delimitation-last-corner", **after,
    )] if mine else []  # fmt: skip
    more = [link(state, say("plan.next_outline", lang), edit=f"draw:{_next(state)}", className="button",
                 id="delimitation-next-outline", **after)] if len(mine) > 2 else []  # fmt: skip
    hint = say("plan.hint_draw", lang, name=say("plan.drawn", lang, number=outline), count=number(len(mine), lang))
    return [html.P(hint, className="small after"), form, html.Div([*back, *more], className="buttons")]


def _list(plan: Plan) -> Component:
    """Return every drawn outline and every file, each with links that go on drawing it or take it back."""
    state, lang = plan.state, plan.lang
    try:
        drawn = corners_of(state)
    except QmgisError:
        drawn = {}
    items = []
    for outline, corners in drawn.items():
        name = say("plan.drawn", lang, number=outline)
        told = say("plan.corners", lang, name=name, count=number(len(corners), lang))
        off = _off(without(state, outline), lang, name, f"delimitation-drawn-off-{outline}")
        on = link(state, told, edit=f"draw:{outline}", id=f"delimitation-drawn-{outline}",
                  **attributes(aria_label=say("plan.go_on", lang, name=name)))  # fmt: skip
        items.append(html.Li([html.Span(className="swatch drawn", **attributes(aria_hidden="true")), on, off]))
    for place, word in enumerate(state.files, start=1):
        name = say("plan.file", lang, number=place)
        fewer = replace(state, files=tuple(one for one in state.files if one != word))
        off = _off(fewer, lang, name, f"delimitation-file-off-{place}")
        sign = html.Span(className="swatch drawn", **attributes(aria_hidden="true"))
        items.append(html.Li([sign, html.Span(name), off]))
    if not drawn and state.corners:
        items.append(html.Li([html.Span(), html.Span("–"), _off(replace(state, corners=()), lang, "–", "drawn-off")]))
    return html.Ul(items, className="changes")


def _off(state: ViewState, lang: Lang, name: str, key: str) -> Component:
    label = f"{say('asked.take_back', lang)}: {name}"
    named = attributes(aria_label=label, data_after="delimitation-draw")
    return link(state, say("asked.take_back", lang), id=key, **named)


def add_uploads(server: Flask, city: City) -> None:
    """Take files of outlines at ``/upload/outlines``; the answer says where the page with them is, or what is wrong."""

    @server.post("/upload/outlines")
    def _upload() -> Response:
        state = state_asked(city, "/delimitation")
        if FROM_PAGE not in request.headers:
            return Response(status=403)
        try:
            content = request.get_data(cache=False)
            word = shelf.put(content, request.args.get("name", ""), outcome_of(city, state.run).areas)
        except QmgisError as error:
            return _answer({"said": error.say(lang_of(state))})
        return _answer({"go": format_address(replace(state, files=tuple(dict.fromkeys((*state.files, word)))))})


def _answer(content: dict[str, str]) -> Response:
    return Response(json.dumps(content), mimetype="application/json")
