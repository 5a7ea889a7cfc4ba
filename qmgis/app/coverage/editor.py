"""The editor of a scenario: what a click on the map does, the same by form, the changes so far, and proposals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import VALUE, ViewState, format_address
from qmgis.app.coverage.question import PATIENCE, Asked, outlines_key
from qmgis.app.coverage.scenario import Scenario, change_of, point_word, scenario_of
from qmgis.app.frame import attributes, current, link, notice, panel, pills
from qmgis.app.geometry import outline_sheet
from qmgis.app.jobs import Job, Tell, jobs
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.model import City, Outcome
from qmgis.runs.sites import proposed
from qmgis.siting import Change, Proposals

__all__ = ["Edited", "click_targets", "edited_of", "editor_panel", "keys_of", "proposals_panel"]

MODES = ("add", "move", "close")
MOST_SITES = 5
WEIGHTS = ("0", "1", "3")


@dataclass(frozen=True, eq=False)
class Edited:
    """The scenario of an address with what it changes, or why it cannot be computed; and the job of the proposals."""

    scenario: Scenario | None = None
    change: Change | None = None
    fault: str = ""
    sites: Job | None = None
    is_open: bool = False

    @property
    def proposals(self) -> Proposals | None:
        """The proposals; None until they are there."""
        found: Proposals | None = None if self.sites is None else self.sites.result
        return found


def edited_of(asked: Asked, *, is_open: bool, wait: float = PATIENCE) -> Edited:
    """Return the scenario and the proposals that an address asks for; nothing where they are not open to the asker."""
    found = asked.answer
    if not is_open or found is None:
        return Edited(is_open=is_open)
    state, lang, prefix = asked.state, asked.lang, say("asked.new_place", asked.lang)
    scenario, change, fault, job = None, None, "", None
    try:
        if state.changed:
            places = found.places[asked.theme.places]
            scenario = scenario_of(state.changed, places, found.areas, asked.city.crs, prefix)
            change = change_of(asked.city, found, asked.theme.key, state.changed, prefix)
    except QmgisError as error:
        fault = error.say(lang)
    if (wanted := _wanted(state)) is not None:
        work = partial(_sites_work, asked.city, found, asked.theme.key, *wanted)
        job = jobs.ask(sites_key(asked), work, wait=wait).seen
    return Edited(scenario, change, fault, job, is_open)


def sites_key(asked: Asked) -> tuple[Any, ...]:
    """Return what stands for the proposals among the jobs."""
    return "sites", asked.city, asked.state.run, asked.theme, _wanted(asked.state)


def keys_of(asked: Asked) -> tuple[tuple[Any, ...] | None, ...]:
    """Return what stands for the answer, the outlines and the proposals among the jobs; None for what nobody asks."""
    outlines = outlines_key(asked) if asked.state.outlines else None
    return asked.key, outlines, sites_key(asked) if _wanted(asked.state) is not None else None


def _sites_work(city: City, found: Outcome, theme: str, k: int, equity: float, tell: Tell) -> Proposals:
    return proposed(city, found, theme, k=k, equity=equity, tell=tell)


def _wanted(state: ViewState) -> tuple[int, float] | None:
    """Return how many proposals with which weight are asked for; None where none are."""
    k, _, weight = state.sites.partition("-")
    if k not in map(str, range(1, MOST_SITES + 1)):
        return None
    return int(k), float(weight) if weight in WEIGHTS else 0.0


def click_targets(asked: Asked, edited: Edited) -> dict[str, Any]:
    """Return where a click on the map, and on a place, goes; empty where it only selects an area."""
    state, where = asked.state, {"data_point": "", "data_place": ""}
    mode, _, picked = state.edit.partition(":")
    if edited.is_open and mode == "add":
        where["data_point"] = _plus(state, f"add:{VALUE}")
    elif edited.is_open and mode == "close":
        where["data_place"] = _plus(state, f"close:{VALUE}")
    elif edited.is_open and mode == "move":
        where["data_place"] = format_address(replace(state, edit=f"move:{VALUE}"))
        where["data_point"] = _plus(replace(state, edit="move"), f"move:{picked}@{VALUE}") if picked else ""
    return attributes(**where)


def _plus(state: ViewState, entry: str) -> str:
    return format_address(replace(state, changed=(*state.changed, entry)))


def editor_panel(asked: Asked, edited: Edited) -> list[Component]:
    """Return the panel that makes a scenario by click or by form; one sentence where it is not open."""
    state, lang, found = asked.state, asked.lang, asked.answer
    title = say("asked.scenario", lang)
    if not edited.is_open:
        return [panel(title, html.P(say("asked.closed", lang), className="small"))]
    if found is None:
        return []
    mode, _, picked = state.edit.partition(":")
    mode = mode if mode in MODES else ""
    buttons = [
        html.Li(link(state, say(f"asked.{one}", lang), edit="" if one == mode else one, id=f"coverage-{one}",
                     **current(one == mode)))
        for one in MODES
    ]  # fmt: skip
    menu = html.Ul(buttons, className="pills", **attributes(aria_label=say("asked.edit_label", lang)))
    hint = say(
        f"asked.hint_{mode or 'none'}" if not picked else "asked.hint_to", lang, name=_name(found, asked, picked)
    )
    parts: list[Component | None] = [html.P(say("asked.scenario_lead", lang), className="soft small"), menu]
    parts.append(html.P(hint, className="small after") if mode else None)
    if mode in ("move", "close") and not picked:
        parts.append(_place_form(asked, edited, found, mode))
    if mode == "add" or picked:
        parts += _point_forms(asked, found, f"move:{picked}@" if picked else "add:")
    parts += [notice(edited.fault, lang)] if edited.fault else []
    return [panel(title, *parts, *_entries(asked, found))]


def _name(found: Outcome, asked: Asked, place: str) -> str:
    names = found.places[asked.theme.places].frame["name"]
    return str(names[place]) if place in names.index else place


def _place_form(asked: Asked, edited: Edited, found: Outcome, mode: str) -> Component:
    """Return the list of places to choose from, those of the scenario left out."""
    state, lang = asked.state, asked.lang
    used = set() if edited.scenario is None else {*edited.scenario.close, *edited.scenario.move}
    frame = found.places[asked.theme.places].frame
    options = [
        html.Option(f"{name} ({key})", value=str(key))
        for key, name in sorted(frame["name"].astype(str).items(), key=lambda one: one[1])
        if str(key) not in used
    ]
    target = _plus(state, f"close:{VALUE}") if mode == "close" else format_address(replace(state, edit=f"move:{VALUE}"))
    label = html.Label(
        [html.Span(say("asked.place", lang)), html.Select(options, id="coverage-place", className="choice")],
        className="choose", htmlFor="coverage-place",
    )  # fmt: skip
    button = html.Button(
        say(f"asked.button_{mode}", lang),
        type="submit",
        className="button",
        id="coverage-go",
        **attributes(data_after=f"coverage-{mode}"),
    )
    return html.Form([label, button], className="edit", **attributes(data_go=target))


def _point_forms(asked: Asked, found: Outcome, prefix: str) -> list[Component]:
    """Return the two ways to name a point without a mouse: the middle of the selected area, and coordinates."""
    state, lang = asked.state, asked.lang
    after = replace(state, edit=state.edit.partition(":")[0])
    parts: list[Component] = []
    if state.area in found.areas.frame.index:
        row = found.areas.frame.loc[state.area]
        word = point_word(row.geometry.representative_point(), asked.city.crs)
        go = replace(after, changed=(*state.changed, prefix + word))
        words = say("asked.in_area", lang, name=str(row["name"]))
        parts.append(
            html.P(link(go, words, className="button", id="coverage-in-area", **attributes(data_after="coverage-move")))
        )
    else:
        parts.append(html.P(say("asked.no_area", lang), className="soft small"))
    box = dcc.Input(
        id="coverage-point", type="text", className="exact", autoComplete="off", placeholder=_example(found)
    )
    label = html.Label([html.Span(say("asked.point", lang)), box], className="choose", htmlFor="coverage-point")
    button = html.Button(
        say("asked.button_point", lang),
        type="submit",
        className="button",
        id="coverage-put",
        **attributes(data_after="coverage-move"),
    )
    target = _plus(after, f"{prefix}{VALUE}")
    return [*parts, html.Form([label, button], className="edit", **attributes(data_go=target))]


def _example(found: Outcome) -> str:
    west, south, east, north = outline_sheet(found.areas).box
    return f"{(south + north) / 2:.4f},{(west + east) / 2:.4f}"


def _entries(asked: Asked, found: Outcome) -> list[Component]:
    """Return the changes so far, each with a link that takes it back, and the links for the last and for all."""
    state, lang = asked.state, asked.lang
    if not state.changed:
        return []
    items, new = [], 0
    for place, entry in enumerate(state.changed):
        kind, _, rest = entry.partition(":")
        new += kind == "add"
        key = rest.rpartition("@")[0] if kind == "move" else rest
        name = f"{say('asked.new_place', lang)} {new}" if kind == "add" else _name(found, asked, key)
        word = say(f"asked.did_{kind}" if kind in MODES else "asked.did_other", lang, name=name)
        less = (*state.changed[:place], *state.changed[place + 1 :])
        sign = html.Span(className=f"site site-{kind}" if kind in MODES else "site", **attributes(aria_hidden="true"))
        off = link(
            state,
            say("asked.take_back", lang),
            changed=less,
            id=f"coverage-back-{place}",
            **attributes(aria_label=f"{say('asked.take_back', lang)}: {word}", data_after="coverage-undo"),
        )
        items.append(html.Li([sign, html.Span(word), off]))
    undo = link(
        state,
        say("asked.undo", lang),
        changed=state.changed[:-1],
        className="button",
        id="coverage-undo",
        **attributes(data_after="coverage-add"),
    )
    reset = link(
        state,
        say("asked.reset", lang),
        changed=(),
        edit="",
        className="button",
        id="coverage-reset",
        **attributes(data_after="coverage-add"),
    )
    return [html.Ol(items, className="changes"), html.Div([undo, reset], className="buttons")]


def proposals_panel(asked: Asked, edited: Edited) -> list[Component]:
    """Return the links that ask for proposals, and what they are with their reasons."""
    state, lang = asked.state, asked.lang
    if not edited.is_open or asked.answer is None:
        return []
    k, _, weight = state.sites.partition("-")
    weight = weight if weight in WEIGHTS else WEIGHTS[0]
    counts = [
        html.Li(link(state, str(one), sites=f"{one}-{weight}", id=f"coverage-count-{one}", **current(str(one) == k)))
        for one in range(1, MOST_SITES + 1)
    ]
    weights = [
        html.Li(
            link(
                state,
                say(f"asked.weight_{one}", lang),
                sites=f"{k or '3'}-{one}",
                id=f"coverage-weight-{one}",
                **current(bool(k) and one == weight),
            )
        )
        for one in WEIGHTS
    ]
    rows = [pills(say("asked.count", lang), counts), pills(say("asked.weight", lang), weights)]
    lead = html.P(say("asked.sites_lead", lang, candidates=_candidates(asked)), className="soft small")
    return [panel(say("asked.sites", lang), lead, *rows, *_told(asked, edited))]


def _candidates(asked: Asked) -> str:
    """Return where the proposed sites come from."""
    if asked.theme.candidates is None:
        return say("asked.sites_anywhere", asked.lang)
    layer = asked.city.places[asked.theme.candidates]
    count = number(len(layer.frame), asked.lang)
    return say("asked.sites_of", asked.lang, title=layer.title.to(asked.lang), count=count)


def _told(asked: Asked, edited: Edited) -> list[Component]:
    """Return the proposals in sentences, each with a link that takes it into the scenario; or why there are none."""
    lang, job, found = asked.lang, edited.sites, edited.proposals
    if job is not None and job.state == "failed" and job.fault is not None:
        return [notice(job.fault.to(lang), lang)]
    if found is None:
        return []
    items = []
    for place, (sentence, point) in enumerate(zip(found.sentences, found.shown.geometry, strict=True), start=1):
        entry = f"add:{point_word(point, asked.city.crs)}"
        there = entry in asked.state.changed
        take = (
            html.Span(say("asked.taken", lang), className="soft small")
            if there
            else link(asked.state, say("asked.take", lang), changed=(*asked.state.changed, entry), className="button",
                      id=f"coverage-take-{place}",
                      **attributes(aria_label=say("asked.take_one", lang, number=number(place, lang))))
        )  # fmt: skip
        sign = html.Span(str(place), className="site site-proposed", **attributes(aria_hidden="true"))
        items.append(html.Li([sign, html.Div([html.P(sentence.to(lang), className="small"), take])]))
    warnings = [html.P(one.to(lang), className="soft small") for one in found.warnings]
    off = link(
        asked.state,
        say("asked.sites_off", lang),
        sites="",
        className="small",
        id="coverage-sites-off",
        **attributes(data_after="coverage-count-1"),
    )
    summary = html.P(found.summary.to(lang), className="after")
    return [summary, html.Ol(items, className="changes proposals"), *warnings, off]
