"""Sliders with a number beside each, whose positions are in the address (see ``10_qmgis.js``, "Trials")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.frame import attributes, link, panel
from qmgis.i18n import say
from qmgis.model import Indicator, Lang, Profile
from qmgis.runs.trial import Ground
from qmgis.views.knobs import knob_scale, knob_title, knob_value
from qmgis.whatif import Knob

__all__ = ["controls", "side_word", "tune_target"]


def side_word(ground: Ground, lang: Lang) -> str:
    """Return what the untouched values are: official where a publisher stands behind them, else as in the profile."""
    return say("whatif.side_official" if ground.published else "whatif.side_profile", lang)


def controls(
    ground: Ground, instead: Mapping[str, float], indicators: Mapping[str, Indicator], state: ViewState, lang: Lang
) -> Component:
    """Return a slider and a number for everything that can be tried, grouped by index and kind."""
    profile, found = ground.profile, ground.knobs
    groups = [
        _group(block, kind, list(members), ground, instead, indicators, lang)
        for (block, kind), members in groupby(found, key=lambda one: (one.block, one.kind))
    ]
    notes = [html.P(say(f"whatif.{key}", lang), className="small") for key in _notes(profile, found)]
    reset = link(
        state,
        say("whatif.reset" if ground.published else "whatif.reset_own", lang),
        tried=(),
        id="whatif-reset",
        className="button",
        role="button",
    )
    hint = html.P(say("whatif.controls_hint", lang), className="soft small")
    return panel(say("whatif.controls", lang), *notes, *([hint, *groups, reset] if groups else []))


def tune_target(state: ViewState) -> dict[str, Any]:
    """Return the address without trials, to which the scripts of the page add where the controls stand."""
    return attributes(data_tune=format_address(replace(state, tried=())))


def _notes(profile: Profile, found: tuple[Knob, ...]) -> list[str]:
    """Return what has to be said of what cannot be tried."""
    if not found:
        return ["nothing"]
    said = ["no_weights"] if profile.rules is not None else []
    said += ["weights_found"] if any(block.steps.weigh != "given" for block in profile.blocks.values()) else []
    return said + (["quantiles"] if any(block.quantiles for block in profile.blocks.values()) else [])


def _group(
    block: str, kind: str, members: list[Knob], ground: Ground, instead: Mapping[str, float],
    indicators: Mapping[str, Indicator], lang: Lang,
) -> Component:  # fmt: skip
    title = f"{say(f'profile.block_{block}', lang)}: {say(f'whatif.group_{kind}', lang)}"
    rows = []
    for place, one in enumerate(members, start=1):
        scale, name = knob_scale(one, indicators), knob_title(one, ground.profile, indicators, lang)
        was = say("whatif.was", lang, side=side_word(ground, lang), value=knob_value(scale * one.value, lang))
        rows.append(
            _row(one, f"whatif-{block}-{kind}-{place}", name, instead.get(one.key, one.value), scale, was, lang)
        )
    return html.Fieldset([html.Legend(title), *rows], className="knobs")


def _row(knob: Knob, key: str, title: str, value: float, scale: int, was: str, lang: Lang) -> Component:
    """Return one control: its name, the slider, the number, and what the value was."""
    low, high, step, now = (float(f"{scale * one:.10g}") for one in (knob.low, knob.high, knob.step, value))
    named = say("whatif.number", lang, title=title)
    low, high = min(low, now), max(high, now)
    slider = dcc.Input(id=f"{key}-slider", type="range", value=now, className="slide", min=low, max=high, step=step)
    exact = dcc.Input(id=f"{key}-number", type="number", value=now, step="any", className="exact", debounce=True)
    return html.Div(
        [
            html.Label(title, htmlFor=f"{key}-slider"),
            slider,
            html.Label([html.Span(named, className="unseen"), exact]),
            html.Span(was, className="soft small"),
        ],
        className="knob",
        **attributes(data_knob=knob.key, data_official=f"{scale * knob.value:.10g}", data_scale=str(scale)),
    )
