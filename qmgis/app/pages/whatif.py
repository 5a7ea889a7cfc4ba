"""Gewichte erproben: other weights and limits, and at once which areas change; no result changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.controls import controls, side_word, tune_target
from qmgis.app.frame import editions, lang_of, notice, panel
from qmgis.app.page import Page
from qmgis.app.panels.moves import (
    chosen,
    crosstab_table,
    move_hideout,
    move_legend,
    move_map,
    move_table,
    table_properties,
    table_targets,
)
from qmgis.app.results import trial_ground, trial_of
from qmgis.app.tried import instead_of
from qmgis.errors import QmgisError
from qmgis.i18n import number, say
from qmgis.io.profiles.new import check_key
from qmgis.model import AreaResult, City, Lang, words
from qmgis.runs.trial import Ground
from qmgis.views.comparison import AreaMove, moves_of

__all__ = ["PAGE", "layout", "refresh"]

NAMED = 8


@dataclass(frozen=True, eq=False)
class _Trial:
    """What is tried and what comes of it; ``fault`` says why nothing does."""

    ground: Ground
    instead: Mapping[str, float]
    tried: AreaResult
    rows: tuple[AreaMove, ...]
    fault: str = ""


def layout(city: City, state: ViewState) -> Component:
    """Return the page: controls, what they change in words, the map of moves, the table, and the file to keep."""
    lang, trial = lang_of(state), _trial(city, state)
    parts, run = _parts(city, state, trial, lang), city.run(state.run)
    areas, indicators = city.area_layers[run.vintage], city.tables[run.vintage].indicators
    shown = html.Div(
        [
            html.Div(**parts["whatif-said"], id="whatif-said", className="panel said"),
            html.Div(**parts["whatif-chosen"], id="whatif-chosen"),
            move_map(city, areas, parts["whatif-map-areas"]["hideout"], lang, page="whatif"),
            html.Section(**parts["whatif-legend"], id="whatif-legend", className="panel"),
        ],
        className="stack",
    )
    table = html.Section(
        [
            html.H2(say("compare.table_title", lang)),
            html.P(**parts["whatif-count"], id="whatif-count"),
            move_table(trial.rows, _heads(trial, lang), state, lang, page="whatif"),
            html.P(say("compare.table_hint", lang), className="soft small after"),
        ],
        className="panel",
    )
    knobs = controls(trial.ground, trial.instead, indicators, state, lang)
    return html.Div(
        [
            html.H1(say("whatif.heading", lang, run=run.title.to(lang))),
            html.P(say("whatif.lead", lang), className="soft small one-line"),
            editions(city, state),
            html.Div([html.Div(knobs, id="whatif-controls", **tune_target(state)), shown], className="split tuning"),
            table,
            html.Div(**parts["whatif-more"], id="whatif-more"),
            _save(state, parts["whatif-set"], lang),
        ],
        className="stack",
    )


def refresh(city: City, state: ViewState) -> Mapping[str, Mapping[str, Any]]:
    """Return what changes when something else is tried, or another area is selected."""
    lang, trial = lang_of(state), _trial(city, state)
    return {
        **_parts(city, state, trial, lang),
        "whatif-table": table_properties(trial.rows, _heads(trial, lang), state, lang),
        "whatif-table-box": table_targets(state),
        "whatif-controls": tune_target(state),
        "live": {"children": trial.fault or " ".join(_sentences(trial, lang)[:1])},
    }


def _trial(city: City, state: ViewState) -> _Trial:
    """Return the trial that the address asks for; the run's own result where it cannot be computed."""
    lang, ground = lang_of(state), trial_ground(city, state.run)
    names = city.area_layers[ground.official.vintage].frame["name"].astype(str).to_dict()
    instead: dict[str, float] = {}
    try:
        instead = instead_of(state)
        tried = trial_of(ground, tuple(sorted(instead.items())))
        return _Trial(ground, instead, tried, moves_of(ground.official, tried, names, lang))
    except QmgisError as error:
        same = moves_of(ground.official, ground.official, names, lang)
        return _Trial(ground, instead, ground.official, same, error.say(lang))


def _parts(city: City, state: ViewState, trial: _Trial, lang: Lang) -> dict[str, dict[str, Any]]:
    """Return the properties of everything that depends on what is tried."""
    areas = city.area_layers[trial.ground.official.vintage]
    count = say("compare.table_count", lang, count=number(_moved(trial), lang), areas=number(len(trial.rows), lang))
    return {
        "whatif-said": {"children": _said(trial, lang)},
        "whatif-chosen": {"children": chosen(trial.rows, state, lang)},
        "whatif-map-areas": {"hideout": move_hideout(areas, trial.rows, state, lang)},
        "whatif-legend": {"children": move_legend(trial.rows, len(trial.ground.hidden), lang)},
        "whatif-count": {"children": count},
        "whatif-more": {"children": _more(trial, lang)},
        "whatif-set": {"children": [dcc.Input(type="hidden", name="set", value=one) for one in state.tried]},
    }


def _moved(trial: _Trial) -> int:
    return sum(row.move not in ("same", "left_out") for row in trial.rows)


def _said(trial: _Trial, lang: Lang) -> list[Component]:
    """Return what the trial changes, in sentences, or why it cannot be computed."""
    if trial.fault:
        return [notice(trial.fault, lang)]
    first, *more = _sentences(trial, lang)
    hidden = len(trial.ground.hidden)
    notes = [say("whatif.veiled", lang, count=number(hidden, lang))] if hidden else []
    notes += [say("whatif.apart", lang)] if trial.ground.apart else []
    lines = [html.P(first, className="lead"), *(html.P(line) for line in more)]
    return [*lines, *([html.P(" ".join(notes), className="soft small")] if notes else [])]


def _sentences(trial: _Trial, lang: Lang) -> list[str]:
    """Return how much is tried and moves, and who newly requires attention or no longer does."""
    if trial.tried is trial.ground.official:
        key = "as_is_apart" if trial.ground.apart else "as_is" if trial.ground.published else "as_is_own"
        return [say(f"whatif.{key}", lang)]
    count = sum(value != _official(trial, key) for key, value in trial.instead.items())
    moved, areas = number(_moved(trial), lang), number(len(trial.rows), lang)
    said = [
        say("whatif.changed", lang, n=number(count, lang), moved=moved, areas=areas, side=side_word(trial.ground, lang))
    ]
    for key, sign in (("newly", 1), ("gone", -1)):
        names = [row.name for row in trial.rows if row.attention == sign]
        said += [say(f"whatif.{key}", lang, names=_listed(names, lang))] if names else []
    return said if len(said) > 1 else [*said, say("whatif.nobody", lang)]


def _official(trial: _Trial, key: str) -> float | None:
    return next((one.value for one in trial.ground.knobs if one.key == key), None)


def _listed(names: Sequence[str], lang: Lang) -> str:
    """Return names, the first ones where they are many."""
    more = len(names) - NAMED
    shown = ", ".join(names[:NAMED])
    return f"{shown} {say('whatif.and_more', lang, count=number(more, lang))}" if more > 0 else shown


def _heads(trial: _Trial, lang: Lang) -> tuple[str, str]:
    return side_word(trial.ground, lang), say("whatif.trial_side", lang)


def _more(trial: _Trial, lang: Lang) -> list[Component]:
    """Return the crosstab of official classes and trial; nothing where nothing is tried."""
    if trial.tried is trial.ground.official:
        return []
    first, second = _heads(trial, lang)
    hint = html.P(say("compare.crosstab_hint", lang, first=first, second=second), className="soft small")
    return [panel(say("compare.crosstab", lang), hint, crosstab_table(trial.ground.official, trial.tried, lang))]


def _save(state: ViewState, tried: Mapping[str, Any], lang: Lang) -> Component:
    """Return the form that gives the trial as a profile's file."""
    default = say("whatif.save_default", lang)
    check_key(default)
    key = dcc.Input(id="whatif-key", name="key", type="text", value=default, required=True, pattern="[A-Za-z0-9_\\-]+")
    form = html.Form(
        [
            html.Label([say("whatif.save_key", lang), key]),
            dcc.Input(type="hidden", name="run", value=state.run),
            dcc.Input(type="hidden", name="lang", value=lang),
            html.Span(**tried, id="whatif-set"),
            html.Button(say("whatif.save_button", lang), type="submit", className="button"),
        ],
        action="/download/profile",
        method="GET",
        target="_blank",
        className="tools",
    )
    return panel(say("whatif.save", lang), html.P(say("whatif.save_lead", lang), className="soft small"), form)


PAGE = Page("whatif", words("whatif.title"), 18, layout, refresh)
