"""Daten & Methode: where every number comes from and how the result was made."""

from __future__ import annotations

import json
from typing import get_args

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState
from qmgis.app.chart import data_table
from qmgis.app.downloads import download_panel
from qmgis.app.frame import editions, facts, lang_of, panel
from qmgis.app.page import Page
from qmgis.app.panels.method_check import certainty_panel, check_panel, connect
from qmgis.app.panels.method_sheet import sheet_panel
from qmgis.app.panels.orientation import orientation_panel
from qmgis.app.panels.segregation import segregation_panel
from qmgis.app.results import outcome_of
from qmgis.i18n import number, say
from qmgis.model import City, Exclusion, InputFile, Lang, LayerInfo, LayerKind, Outcome, ResidentLayer, words

__all__ = ["PAGE", "layout"]

KINDS = get_args(LayerKind)


def layout(city: City, state: ViewState) -> Component:
    """Return the page: method sheet, how sure it is, method check, segregation, warnings, layers, recipe."""
    outcome, lang = outcome_of(city, state.run), lang_of(state)
    return html.Div(
        [
            html.H1(words("app.data_method").to(lang)),
            html.P(say("app.method_lead", lang, run=outcome.run.title.to(lang)), className="soft"),
            editions(city, state),
            sheet_panel(city, outcome, lang),
            certainty_panel(outcome, state, lang),
            check_panel(state, lang),
            segregation_panel(outcome, lang),
            _warnings(outcome, city, lang),
            _left_out(outcome, city, lang),
            _layers(city, lang),
            orientation_panel(city, lang),
            _recipe(outcome, lang),
            download_panel(outcome, lang),
        ],
        className="stack",
    )


def _warnings(outcome: Outcome, city: City, lang: Lang) -> Component | None:
    found = [warning.to(lang) for warning in outcome.warnings]
    found += [problem.say(lang) for problem in city.problems]
    content = (
        html.Ul([html.Li(text) for text in found], className="plain") if found else html.P(say("app.no_warnings", lang))
    )
    return panel(say("app.warnings", lang), content)


def _left_out(outcome: Outcome, city: City, lang: Lang) -> Component:
    """Return every area without a class and why, and the decisions behind it."""
    notes = {entry.area: entry for entry in city.exclusions if entry.vintage == outcome.run.vintage}
    names = outcome.table["name"]
    rows = [
        [str(names[area]), area, _reason(reason, lang), _note(notes.get(area), lang)]
        for area, reason in ((str(key), str(why)) for key, why in outcome.index.left_out.items())
    ]
    heads = [say(key, lang) for key in ("words.name", "app.id", "words.left_out", "app.decision")]
    content = data_table(heads, rows, numbers=0) if rows else html.P(say("app.none_left_out", lang))
    return panel(say("app.left_out_title", lang), content)


def _reason(reason: str, lang: Lang) -> str:
    return say(f"words.reason_{reason}", lang)


def _note(entry: Exclusion | None, lang: Lang) -> str:
    if entry is None:
        return ""
    return " – ".join(text for text in (entry.note.to(lang), entry.source) if text)


def _layers(city: City, lang: Lang) -> Component:
    items = [
        dmc.AccordionItem(
            [dmc.AccordionControl(_heading(layer, lang)), dmc.AccordionPanel(_layer(layer, city, lang))],
            value=layer.key,
        )
        for layer in sorted(city.layers, key=lambda layer: (KINDS.index(layer.kind), layer.title.to(lang)))
    ]
    return panel(say("app.layers", lang), dmc.Accordion(items, multiple=True, variant="separated"))


def _heading(layer: LayerInfo, lang: Lang) -> Component:
    """Return title, kind, years and licence of a layer: what is to be seen without opening it."""
    years = sorted(set(layer.years))
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years))
    told = [say(f"app.kind_{layer.kind}", lang), span, layer.licence]
    return html.Span(
        [html.Strong(layer.title.to(lang)), *(html.Span(f" · {text}", className="soft") for text in told if text)]
    )


def _layer(layer: LayerInfo, city: City, lang: Lang) -> Component:
    """Return what the folder says of a layer."""
    living = city.residents.get(layer.key)
    told = [
        ("app.description", layer.description.to(lang) if layer.description else ""),
        ("app.layer_note", layer.note.to(lang) if layer.note else ""),
        ("app.origins", _origins(living, lang) if living else ""),
        ("app.credit", layer.credit),
        ("app.licence", layer.licence),
        ("app.years", ", ".join(map(str, layer.years))),
        ("app.vintages", ", ".join(layer.vintages)),
        ("app.rows", "" if layer.rows is None else number(layer.rows, lang)),
        ("app.retrieved", layer.retrieved),
        ("app.key", layer.key),
    ]
    pairs = {say(key, lang): value for key, value in told if value}
    return html.Div([facts(pairs), _files(layer.files, lang)])


def _origins(living: ResidentLayer, lang: Lang) -> str:
    """Return of what kind the places of residents are, and what a reader has to know of them."""
    laid = say("app.origins_spread", lang, source=living.spread) if living.spread else ""
    kind = say(f"app.origin_{living.origin_type}", lang)
    return " ".join(text for text in (f"{kind}{laid}.", *(note.to(lang) for note in living.notes)) if text)


def _files(files: tuple[InputFile, ...], lang: Lang) -> Component | None:
    if not files:
        return None
    items = [html.Li([file.path, html.Br(), html.Span(f"sha256 {file.sha256}", className="soft")]) for file in files]
    return html.Div([html.H3(say("app.files", lang)), html.Ul(items, className="plain code")])


def _recipe(outcome: Outcome, lang: Lang) -> Component:
    recipe = outcome.recipe
    known = {
        say("app.recipe_id", lang): html.Span(recipe.id, className="code"),
        say("app.recipe_version", lang): f"qmgis {recipe.version}",
        say("app.recipe_inputs", lang): number(len(recipe.inputs), lang),
    }
    text = json.dumps(dict(recipe.parameters), ensure_ascii=False, indent=2, sort_keys=True, default=str)
    parameters = html.Details(
        [html.Summary(say("app.recipe_parameters", lang)), html.Pre(text, className="code wide", tabIndex="0")]
    )
    credits = html.Ul([html.Li(line) for line in outcome.credits], className="plain small")
    return panel(
        say("app.recipe", lang),
        html.P(say("app.recipe_lead", lang)),
        facts(known),
        parameters,
        html.H3(say("app.sources", lang)),
        credits,
    )


PAGE = Page("data_method", words("app.data_method"), 50, layout, connect=connect, room="data")
