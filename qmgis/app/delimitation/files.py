"""Files of Gebietsabgrenzung: the outlines that are shown as CSV, GeoPackage and shapefile, and a map to take away."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort

from qmgis.app.address import format_address
from qmgis.app.delimitation.asked import NUMBERS, Plan, plan_of
from qmgis.app.delimitation.cards import DIGITS, SHARES, SIDE_BY_SIDE
from qmgis.app.delimitation.units import area_of_units
from qmgis.app.downloads import attachment, sentence, state_asked
from qmgis.app.frame import panel
from qmgis.app.security import is_alone
from qmgis.errors import NotEnoughDataError, QmgisError
from qmgis.i18n import number, say
from qmgis.io.written.options import options_csv, options_gpkg, options_shapefile
from qmgis.model import City, Column, Text, words
from qmgis.views.maps import page
from qmgis.views.optionmap import Outline, outcome_of_units, outlines_map

__all__ = ["add_plan_files", "option_columns", "option_frame", "plan_files"]

File = tuple[str, str, bytes]
WAIT = 120.0  # seconds


def plan_files(plan: Plan) -> list[Component]:
    """Return a link to every file of what the page shows; nothing while there is nothing."""
    lang = plan.lang
    if plan.options is None:
        return []
    query = format_address(plan.state).partition("?")[2]
    items = [
        html.Li(html.A(say(f"plan.file_{kind}", lang), href=f"/download/delimitation/{kind}?{query}", download=""))
        for kind in _MAKERS
    ]
    lead = html.P(plan.say("files_lead"), className="soft small")
    return [panel(say("app.downloads", lang), lead, html.Ul(items, className="downloads"))]


def add_plan_files(server: Flask, city: City) -> None:
    """Serve ``/download/delimitation/<kind>`` by the page's parameters; an error is one sentence of plain text."""

    @server.get("/download/delimitation/<kind>")
    def _plan_download(kind: str) -> Response:
        if kind not in _MAKERS:
            abort(404)
        state = state_asked(city, "/delimitation")
        try:
            plan = plan_of(city, state, with_programme=is_alone(), wait=WAIT)
            _there(plan)
            name, media, content = _MAKERS[kind](plan)
        except QmgisError as error:
            return sentence(error.say(state.lang), 400)
        return attachment(content, media, f"{city.key}-{state.run}-{name}")


def _there(plan: Plan) -> None:
    """Raise the page's own sentence where there is no outline to write, or a list of areas is faulty."""
    fault = plan.fault or plan.drawn.fault
    if fault:
        raise NotEnoughDataError(fault, de=fault)
    for job in (plan.job, plan.options_job):
        if job is not None and job.fault is not None and plan.options is None:
            raise NotEnoughDataError(job.fault.en, de=job.fault.de)
    if plan.options is None:
        raise NotEnoughDataError(say("asked.not_there", "en"), de=say("asked.not_there", "de"))


def option_columns() -> list[Column]:
    """Return what the columns of the files mean."""
    figures = [
        Column(name, words(f"plan.figure_{name}"), "share" if name in SHARES else "count" if digits == 0 else "number",
               digits=digits)
        for name, digits in ((name, DIGITS.get(name, 1)) for name in SIDE_BY_SIDE)
    ]  # fmt: skip
    kinds = {kind: words(f"plan.is_{kind}") for kind in ("own", "drawn", "proposal", "programme")}
    return [
        Column("name", words("plan.outline"), "text"),
        Column("kind", words("plan.kind"), "code", codes=kinds),
        Column("aim", words("plan.aim"), "text"),
        *figures,
        Column("made_of", words("plan.made_of"), "text"),
        Column("areas", words("plan.members"), "text"),
        Column("note", words("plan.note"), "text"),
        Column("sources", words("plan.sources"), "text"),
    ]


def option_frame(plan: Plan) -> gpd.GeoDataFrame:
    """Return the outlines that are shown with their figures as they may be shown; each row says what it is."""
    options, lang = plan.options, plan.lang
    if options is None:
        raise NotEnoughDataError(say("asked.not_there", "en"), de=say("asked.not_there", "de"))
    known, own = {one.key: one for one in plan.items}, say("plan.own", lang)
    rows = []
    for name in map(str, options.frame.index):
        drawn = name in plan.drawn.shapes
        kind = "own" if name == own else "drawn" if drawn else "proposal" if name in known else "programme"
        members = (
            plan.own if name == own else known[name].members if name in known else plan.drawn.members.get(name, ())
        )
        note = plan.say(f"note_{'exact' if drawn and plan.drawn.exact else kind}")
        rows.append({
            "name": name, "kind": kind, "aim": known[name].title.to(lang) if name in known else None,
            "made_of": plan.made_of if members else None, "areas": " ".join(members) or None, "note": note,
            "sources": "; ".join(options.credits) or None,
        })  # fmt: skip
    figures = options.frame[list(SIDE_BY_SIDE)].reset_index(drop=True)
    table = pd.concat([pd.DataFrame(rows), figures], axis=1)
    return gpd.GeoDataFrame(table, geometry=options.frame.geometry.array, crs=options.frame.crs)


def _csv(plan: Plan) -> File:
    content = options_csv(option_frame(plan), option_columns(), plan.lang)
    return f"{say('plan.file_name', plan.lang)}.csv", "text/csv; charset=utf-8", content


def _gpkg(plan: Plan) -> File:
    content = options_gpkg(option_frame(plan), option_columns())
    return f"{say('plan.file_name', plan.lang)}.gpkg", "application/geopackage+sqlite3", content


def _shp(plan: Plan) -> File:
    content = options_shapefile(option_frame(plan), option_columns(), plan.lang, about=_about(plan))
    return f"{say('plan.file_name', plan.lang)}_shp.zip", "application/zip", content


def _about(plan: Plan) -> list[str]:
    """Return what a reader of the files has to know: what they are, under which rules, from which sources."""
    lang, rules = plan.lang, plan.rules
    title = f"{plan.city.title.to(lang)}: {plan.outcome.run.title.to(lang)}"
    said = [f"{say(f'plan.{name}', lang)}: {number(getattr(rules, name), lang, digits=2)}" for name in NUMBERS]
    for name in ("cross_barriers", "keep_existing"):
        chosen = "yes" if getattr(rules, name) else "no"
        said.append(f"{say(f'plan.{name}', lang)}: {say(f'plan.{name}_{chosen}', lang)}")
    for name in ("include", "exclude"):
        said += [f"{say(f'plan.mode_{name}', lang)}: {', '.join(getattr(rules, name))}"] if getattr(rules, name) else []
    made = f"{say('plan.made_of', lang)}: {plan.made_of} ({plan.layer.key}, {plan.layer.vintage})"
    known = [] if plan.found is None else [one.to(lang) for one in plan.found.warnings]
    sources = dict.fromkeys((*(plan.options.credits if plan.options is not None else ()), plan.layer.credit))
    about = [title, say("plan.lead", lang), say("plan.caution", lang), "", made, plan.say("units_hint"), *known]
    return [*about, "", say("plan.rules", lang), *said, "", *filter(None, sources)]


def _map(plan: Plan) -> File:
    """Return the map with a view for each outline of whole units; programme areas are drawn on it as lines."""
    sentences = {} if plan.options is None else plan.options.sentences
    outlines: dict[str, Outline] = {}
    if plan.own:
        own = words("plan.own")
        outlines[own.to(plan.lang)] = Outline(own, plan.own, sentences[own.to(plan.lang)])
    for name, members in plan.drawn.members.items():
        if members:
            outlines[name] = Outline(Text(name, name), members, sentences[name])
    for one in plan.items:
        title = words("plan.card", name=one.key, title=one.title)
        outlines[one.key] = Outline(title, one.members, one.sentence)
    why: dict[str, Text] = {}
    for one in plan.items:
        for area, text in one.sentences.items():
            before = why.get(area, Text("", ""))
            why[area] = Text(f"{before.de} {one.key}: {text.de}".strip(), f"{before.en} {one.key}: {text.en}".strip())
    shown = plan.outcome if not plan.units else outcome_of_units(
        plan.outcome, plan.layer, under=area_of_units(plan.city, plan.state.run, plan.units)
    )  # fmt: skip
    content = page(outlines_map(shown, outlines, why=why, lang=plan.lang))
    return f"{say('plan.file_name', plan.lang)}.html", "text/html; charset=utf-8", content


_MAKERS: dict[str, Callable[[Plan], File]] = {"csv": _csv, "gpkg": _gpkg, "shp": _shp, "map": _map}
