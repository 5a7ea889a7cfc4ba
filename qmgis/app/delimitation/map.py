"""The map of Gebietsabgrenzung: areas by what holds for them, outlines of proposals with dashes and numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import dash_leaflet as dl
import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.delimitation.asked import Plan, joined_shape
from qmgis.app.delimitation.rules import click_addresses
from qmgis.app.delimitation.units import current_units, flagged_units
from qmgis.app.geometry import keep
from qmgis.app.map import browser_function, painted, stroked_lines
from qmgis.delimitation import Proposal
from qmgis.i18n import number, say
from qmgis.views.backdrop import Stroke, drawn, image
from qmgis.views.palette import NO_DATA
from qmgis.views.programme import LINES, programme_sample, programme_shapes

__all__ = ["LOOKS", "hideout", "legend", "overlay", "where_of"]

# What holds for an area, the first that does, with colour and hatching.
KINDS = {
    "own": ("#a9c8ef", "none"), "exclude": (NO_DATA, "cross"), "existing": (NO_DATA, "diagonal"),
    "attention": ("#e8c48c", "none"), "other": ("#f1f1ee", "none"),
}  # fmt: skip
_DASHES = {
    "1": ("#17467e", ""), "2": ("#8a2f00", "12 6"), "3": ("#00594f", "3 7"), "4": ("#6b4e00", "14 5 3 5"),
    "5": ("#333333", "22 8"), "own": ("#d3128a", "10 4 2 4"),
    "drawn": ("#00838f", "18 4"), "line": ("#00838f", "2 5"),
}  # fmt: skip
# White beside each dash, and between the dashes the outline below: proposals of one place lie on each other.
LOOKS = {
    key: (Stroke("#ffffff", 6.4, dash=dash), Stroke(colour, 3.6, dash=dash)) for key, (colour, dash) in _DASHES.items()
}
BORDER = (Stroke("#3b3f44", 1.1),)  # of areas, above units that are smaller


def where_of(plan: Plan) -> dict[str, list[str]]:
    """Return the proposals and drawn outlines in which each unit lies."""
    found: dict[str, list[str]] = {}
    for name, members in plan.drawn.members.items():
        for area in members:
            found.setdefault(area, []).append(_short(name))
    for one in plan.items:
        for area in one.members:
            found.setdefault(area, []).append(one.key)
    return found


def kinds_of(plan: Plan) -> dict[str, str]:
    """Return what holds for each unit."""
    asked = (plan.city, plan.state.run, plan.units)
    taken = current_units(*asked) if plan.rules.keep_existing else frozenset()
    holds = {"own": set(plan.own), "exclude": set(plan.rules.exclude), "existing": taken,
             "attention": flagged_units(*asked)}  # fmt: skip
    return {
        str(unit): next((kind for kind, units in holds.items() if str(unit) in units), "other")
        for unit in plan.layer.frame.index
    }


def hideout(plan: Plan) -> dict[str, Any]:
    """Return what the browser paints the units by; where these are smaller, areas have lines of their own."""
    lang, order, kinds = plan.lang, list(KINDS), kinds_of(plan)
    target, own = click_addresses(plan)
    classes = [
        {"code": kind, "colour": colour, "hatch": hatch, "label": plan.say(f"kind_{kind}")}
        for kind, (colour, hatch) in KINDS.items()
    ]
    thick = () if plan.units else flagged_units(plan.city, plan.state.run, "")
    laid = painted(
        plan.layer, {unit: order.index(kind) for unit, kind in kinds.items()}, classes, selected=plan.state.area,
        attention=sorted(thick), thick=say("words.attention", lang), target=target,
    )  # fmt: skip
    inside = {unit: say("plan.inside", lang, keys=", ".join(keys)) for unit, keys in where_of(plan).items()}
    return laid | {"values": inside, "opens": dict(own)}


def legend(plan: Plan) -> list[Component]:
    """Return what the map shows, in words."""
    lang, counts = plan.lang, Counter(kinds_of(plan).values())
    items = [
        _line(_swatch(kind), plan.say(f"kind_{kind}"), number(counts[kind], lang)) for kind in KINDS if counts[kind]
    ]
    lines = [(key, say("plan.alternative", lang, number=key)) for key in sorted({_place(one) for one in plan.items})]
    lines += [("own", say("plan.own", lang))] if plan.own else []
    lines += [("line", say("plan.drawn_line", lang))] if plan.drawn.lines else []
    lines += [("drawn", plan.say("drawn_areas"))] if any(plan.drawn.members.values()) else []
    items += [_line(html.Img(src=image(drawn(LOOKS[key])), alt=""), text) for key, text in lines]
    items += [
        _line(
            html.Img(src=image(programme_sample(state)), alt=""),
            say("plan.programme_line", lang, state=say(f"words.programme_{state}", lang)),
        )
        for state in LINES
        if state in programme_shapes(plan.outcome)
    ]
    if plan.units:
        items.append(_line(html.Img(src=image(drawn(BORDER)), alt=""), say("plan.border", lang)))
    else:
        items.append(_line(html.Span(className="swatch attention"), say("plan.thick", lang)))
    hint = html.P(say("plan.legend_hint", lang), className="soft small")
    return [html.H2(say("plan.map", lang)), html.Ul(items, className="legend"), hint]


def overlay(plan: Plan) -> list[Component]:
    """Return what lies above the areas: programme areas, proposals and the own outline, and their signs."""
    layers: list[Component] = []
    shapes = [("border", str(key), shape) for key, shape in plan.outcome.areas.frame.geometry.items() if plan.units]
    shapes += [
        (f"programme-{state}", str(key), shape)
        for state, several in programme_shapes(plan.outcome).items()
        for key, shape in several.items()
    ]
    shapes += [(_place(one), one.key, one.geometry) for one in plan.items]
    if plan.own:
        shapes.append(("own", "own", joined_shape(plan.layer, plan.own)))
    shapes += [("drawn", _short(name), plan.drawn.shapes[name]) for name, areas in plan.drawn.members.items() if areas]
    shapes += [("line", _short(name), shape) for name, shape in plan.drawn.lines.items()]
    if shapes:  # one layer: which of several lies above would be left to which comes last
        looks = {**LOOKS, "border": BORDER, **{f"programme-{state}": strokes for state, strokes in LINES.items()}}
        rows = [(key, kind, str(stroke), shape) for kind, key, shape in shapes for stroke in range(len(looks[kind]))]
        table = pd.DataFrame(rows, columns=["id", "kind", "stroke", "geometry"]).set_index("id")
        lines = gpd.GeoDataFrame(table, geometry="geometry", crs=plan.city.crs)
        layers.append(stroked_lines(keep(lines, names=("kind", "stroke")), looks))
    marks = _marks(plan)
    if len(marks):
        sheet = keep(marks, names=("name", "kind", "text"))
        point, each = browser_function("site"), browser_function("eachPlace")
        layers.append(dl.GeoJSON(url=sheet.address, pointToLayer=point, onEachFeature=each))
    return layers


def _marks(plan: Plan) -> gpd.GeoDataFrame:
    """Return the key of each proposal in an area of its own, as far as it has one, and the signs of named areas."""
    points = plan.layer.frame.geometry.representative_point()
    shared, used = where_of(plan), set[str]()
    rows: list[tuple[str, str, str, str, Any]] = []
    for one in plan.items:
        area = min((area for area in one.members if area not in used), key=lambda area: len(shared[area]), default="")
        area = area or one.members[0]
        used.add(area)
        rows.append((one.key, one.key, "proposed", one.key, points[area]))
    for name, shape in plan.drawn.shapes.items():
        rows.append((_short(name), name, "proposed", _short(name), shape.representative_point()))
    rows += [
        (f"corner-{place}", say("plan.put_corner", plan.lang), "add", "", point)
        for place, point in enumerate(plan.drawn.open)
    ]
    for mode, kind in (("include", "add"), ("exclude", "close")):
        rows += [
            (f"{mode}-{area}", say(f"plan.mode_{mode}", plan.lang), kind, "", points[area])
            for area in getattr(plan.rules, mode)
            if area in points.index
        ]
    table = pd.DataFrame(rows, columns=["id", "name", "kind", "text", "geometry"]).set_index("id")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=plan.city.crs)


def _short(name: str) -> str:
    """Return the first word of the name of a drawn outline: z1, d2."""
    return name.partition(" ")[0]


def _place(one: Proposal) -> str:
    """Return which alternative of its place a proposal is."""
    return one.key.removeprefix(one.place)


def _line(sign: Component, text: str, count: str = "") -> Component:
    return html.Li(html.Div([sign, html.Span(text), html.Span(count, className="count")], className="mark"))


def _swatch(kind: str) -> Component:
    colour, hatch = KINDS[kind]
    return html.Span(className="swatch" if hatch == "none" else f"swatch {hatch}",
                     style={"background": colour} if hatch == "none" else {})  # fmt: skip
