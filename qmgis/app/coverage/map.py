"""The map of Versorgung: shares reached, or what a scenario changes; squares, places, outlines, proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import dash_leaflet as dl
import geopandas as gpd
import pandas as pd
import shapely
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import format_address
from qmgis.app.coverage.editor import Edited
from qmgis.app.coverage.question import Asked
from qmgis.app.geometry import Sheet, keep
from qmgis.app.jobs import Job
from qmgis.app.key import legend_panel
from qmgis.app.map import ANY_AREA, browser_function, classes_of, painted
from qmgis.app.view import reasons, shown, values
from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.siting import Change
from qmgis.views.palette import MOVES, NO_DATA

__all__ = ["OUTCOMES", "area_outcomes", "hideout", "legend", "overlay"]

# What a scenario does to an area, with colour and hatching of its class.
OUTCOMES = {
    "gain": ("#2b6cb0", "none"), "both": ("#b9a3cf", "none"), "lose": ("#7a4300", "none"),
    "none": (MOVES["same"], "none"), "hidden": (NO_DATA, "cross"), "nobody": (NO_DATA, "dots"),
}  # fmt: skip


MANY = 300  # places that would hide the map are small dots


@dataclass(frozen=True)
class _Numbers:
    """Gained and lost of an area, as they may be shown."""

    kind: str
    gain: float
    lose: float


def hideout(asked: Asked, edited: Edited) -> dict[str, Any]:
    """Return what the browser paints by: classes of the share, or of what a scenario changes."""
    lang, found = asked.lang, asked.answer
    nothing = {"code": "none", "colour": NO_DATA, "hatch": "diagonal", "label": say("words.no_data", lang)}
    target = format_address(replace(asked.state, area=ANY_AREA))
    base = {"selected": asked.state.area, "thick": say("words.attention", lang), "target": target}
    if found is None:
        return painted(asked.outcome.areas, {}, [nothing], attention=[], **base)
    if edited.change is not None:
        return _changed(asked, found, edited.change, base)
    laid = shown(found, f"{asked.theme.key}_share")
    classes = classes_of(laid.legend, lang)
    drawn = painted(found.areas, laid.positions, [*classes, nothing], attention=laid.attention, **base)
    column = f"{asked.theme.key}_share"
    seen = {"values": values(found, column, lang), "reasons": reasons(found, column, lang)}
    return drawn | seen | {"only": list(asked.state.only)}


def area_outcomes(change: Change, group: str) -> dict[str, _Numbers]:
    """Return for each area what a scenario does to it, and the people gained and lost that may be shown."""
    names = [f"{name}_{group}" for name in ("gain", "lose")]
    people = change.parts[f"residents_{group}"]
    found = {}
    for area, (gain, lose), all_ in zip(change.shown.index, change.shown[names].to_numpy(float), people, strict=True):
        if pd.isna(all_) or all_ == 0:
            kind = "nobody"
        elif pd.isna(gain) or pd.isna(lose):
            kind = "hidden"
        else:
            kind = ("both" if lose else "gain") if gain else ("lose" if lose else "none")
        found[str(area)] = _Numbers(kind, float(gain), float(lose))
    return found


def _changed(asked: Asked, found: Outcome, change: Change, base: Mapping[str, Any]) -> dict[str, Any]:
    lang, kinds = asked.lang, list(OUTCOMES)
    rows = area_outcomes(change, asked.theme.group)
    classes = [
        {"code": kind, "colour": colour, "hatch": hatch, "label": say(f"asked.area_{kind}", lang)}
        for kind, (colour, hatch) in OUTCOMES.items()
    ]
    laid = shown(found, "")
    drawn = painted(found.areas, {area: kinds.index(row.kind) for area, row in rows.items()}, classes,
                    attention=laid.attention, **base)  # fmt: skip
    told = {
        area: say("asked.area_numbers", lang, gain=number(row.gain, lang), lose=number(row.lose, lang))
        for area, row in rows.items()
        if row.kind in ("gain", "lose", "both")
    }
    return drawn | {"values": told}


def legend(asked: Asked, edited: Edited, outlines: Job | None) -> list[Component]:
    """Return the legend of what the map shows, with the signs of what lies above it."""
    lang, found = asked.lang, asked.answer
    if found is None:
        return []
    if edited.change is None:
        main = legend_panel(found, asked.state, lang, mode=f"{asked.theme.key}_share")
    else:
        counts = Counter(row.kind for row in area_outcomes(edited.change, asked.theme.group).values())
        items = [_line(_swatch(kind), say(f"asked.area_{kind}", lang), number(counts[kind], lang))
                 for kind in OUTCOMES if counts[kind] or kind in ("gain", "lose", "none")]  # fmt: skip
        main = [html.H2(say("asked.map_scenario", lang)), html.Ul(items, className="legend")]
    signs = [("place", "there")] if edited.change is not None else []
    signs += [("outline", "outline")] if outlines is not None and outlines.state == "done" else []
    scenario = edited.scenario
    if scenario is not None:
        signs += [(f"site site-{kind}", kind) for kind, some in
                  (("add", scenario.add), ("move", scenario.move), ("close", scenario.close)) if some]  # fmt: skip
    signs += [("site site-proposed", "proposed")] if edited.proposals is not None else []
    lines = [_line(_sign(name), say(f"asked.sign_{key}", lang)) for name, key in signs]
    more = [html.Ul(lines, className="legend")] if lines else []
    last = max(place for place, part in enumerate(main) if isinstance(part, html.Ul))
    return [*main[: last + 1], *more, *main[last + 1 :]]


def _line(sign: Component, text: str, count: str = "") -> Component:
    return html.Li(html.Div([sign, html.Span(text), html.Span(count, className="count")], className="mark"))


def _sign(name: str) -> Component:
    if name.startswith("site"):
        return html.Span("1" if name.endswith("proposed") else None, className=name)
    return html.Span(className=f"swatch {name}")


def _swatch(kind: str) -> Component:
    colour, hatch = OUTCOMES[kind]
    return html.Span(className="swatch" if hatch == "none" else f"swatch {hatch}",
                     style={"background": colour} if hatch == "none" else {})  # fmt: skip


def overlay(asked: Asked, edited: Edited, outlines: Job | None) -> list[Component]:
    """Return what lies above the areas: squares, outlines, places, and the places of a scenario and of proposals."""
    found = asked.answer
    if found is None:
        return []
    layers: list[Component] = []
    key = asked.theme.key
    if found.gaps is not None and not found.gaps.empty and edited.change is None:
        layers.append(_shapes(keep(found.gaps), "gap"))
    if outlines is not None and outlines.state == "done":
        frame = outlines.result[~outlines.result.geometry.is_empty]
        layers += [_shapes(keep(frame), "outline")] if len(frame) else []
    places = found.places[found.themes[key].places].frame
    gone = set() if edited.scenario is None else {*edited.scenario.close, *edited.scenario.move}
    left = places[~places.index.isin(gone) & ~places.geometry.is_empty & places.geometry.notna()]
    if len(left):
        layers.append(_points(keep(left, names=("name",)), "place" if len(left) <= MANY else "dot"))
    marks = _marks(asked, edited, places)
    if len(marks):
        layers.append(_points(keep(marks, names=("name", "kind", "text")), "apart"))
    return layers


def _marks(asked: Asked, edited: Edited, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places of the scenario and of the proposals, each with its kind."""
    lang, crs = asked.lang, asked.city.crs
    rows: list[tuple[str, str, str, str, Any]] = []
    names = places["name"].astype(str)
    if edited.scenario is not None:
        plan = edited.scenario
        rows += [(key, key, "add", "", shapely.Point(at)) for key, at in plan.add.items()]
        rows += [(key, _said("move", names[key], lang), "move", "", shapely.Point(at)) for key, at in plan.move.items()]
        closed = [(key, _said("close", names[key], lang), "close", "", places.geometry[key]) for key in plan.close]
        left = [(key, _said("left", names[key], lang), "left", "", places.geometry[key]) for key in plan.move]
        rows += [row for row in (*closed, *left) if row[4] is not None and not row[4].is_empty]
    if edited.proposals is not None:
        rows += [
            (f"proposal {place}", say("asked.proposal", lang, number=place), "proposed", str(place), point)
            for place, point in enumerate(edited.proposals.shown.geometry, start=1)
        ]
    columns = ["id", "name", "kind", "text", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).set_index("id")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)


def _said(kind: str, name: str, lang: Lang) -> str:
    return say(f"asked.did_{kind}", lang, name=name)


def _shapes(sheet: Sheet, style: str) -> Component:
    layer: Component = dl.GeoJSON(url=sheet.address, style=browser_function(style), interactive=False)
    return layer


def _points(sheet: Sheet, point: str) -> Component:
    layer: Component = dl.GeoJSON(
        url=sheet.address, pointToLayer=browser_function(point), onEachFeature=browser_function("eachPlace")
    )
    return layer
