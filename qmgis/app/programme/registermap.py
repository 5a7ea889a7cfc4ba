"""Maps of the register: signs of measures by kind over the areas, outlines of programme areas, white spots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import dash_leaflet as dl
import geopandas as gpd
import pandas as pd
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.frame import lang_of
from qmgis.app.geometry import keep
from qmgis.app.map import ANY_AREA, browser_function, painted, stroked_lines
from qmgis.i18n import number, say
from qmgis.model import AreaLayer, City, ProgrammeLayer
from qmgis.runs.programme.targeted import joined
from qmgis.targeting import states_on
from qmgis.views.backdrop import image
from qmgis.views.balance import LETTERS
from qmgis.views.palette import NO_DATA
from qmgis.views.programme import LINES, programme_sample

__all__ = [
    "SPOTS",
    "ground",
    "kind_entries",
    "legend_line",
    "lines_of",
    "lines_on",
    "marks_of",
    "programme_entries",
    "sign_of",
    "spot_hideout",
    "state_entries",
]

# What holds for an area in a field, with colour and hatching.
SPOTS = {"white": ("#ffffff", "diagonal"), "near": ("#cfe0f1", "none"), "outside": ("#f1f1ee", "none")}
UNKNOWN = "unknown"


def ground(areas: AreaLayer, state: ViewState) -> dict[str, Any]:
    """Return what the areas below the signs are painted by: all alike; a click selects one."""
    lang = lang_of(state)
    plain = {"code": "area", "colour": SPOTS["outside"][0], "hatch": "none", "label": say("words.area", lang)}
    return painted(
        areas, {}, [plain], selected=state.area, attention=[], thick=say("words.attention", lang),
        target=format_address(replace(state, area=ANY_AREA)),
    )  # fmt: skip


def spot_hideout(areas: AreaLayer, rows: gpd.GeoDataFrame, state: ViewState) -> dict[str, Any]:
    """Return what the areas are painted by: without a measure of a field, with one, outside of programme areas."""
    lang, order = lang_of(state), list(SPOTS)
    classes = [
        {"code": kind, "colour": NO_DATA if hatch != "none" else colour, "hatch": hatch,
         "label": say(f"balance.spots_{kind}", lang)}
        for kind, (colour, hatch) in SPOTS.items()
    ]  # fmt: skip
    white = rows.groupby("area")["white"].any()
    codes = {str(area): order.index("outside") for area in areas.frame.index}
    codes |= {str(area): order.index("white" if some else "near") for area, some in white.items()}
    return painted(
        areas, codes, classes, selected=state.area, attention=[], thick=say("words.attention", lang),
        target=format_address(replace(state, area=ANY_AREA)),
    )  # fmt: skip


def lines_of(city: City, run: str) -> list[Component]:
    """Return the outlines of the programme areas on a run's day, told apart by their dashes."""
    layer = joined(city)
    return [] if layer is None else lines_on(layer, city.run(run).on)


def lines_on(layer: ProgrammeLayer, day: date) -> list[Component]:
    """Return the outlines of programme areas on a day, told apart by their dashes."""
    states = states_on(layer, day)
    rows = [
        (str(key), state, str(stroke), layer.frame.geometry[key])
        for state in reversed(list(LINES))
        for key in states.index[states == state]
        for stroke in range(len(LINES[state]))
    ]
    if not rows:
        return []
    table = pd.DataFrame(rows, columns=["id", "kind", "stroke", "geometry"]).set_index("id")
    sheet = keep(gpd.GeoDataFrame(table, geometry="geometry", crs=layer.frame.crs), names=("kind", "stroke"))
    return [stroked_lines(sheet, LINES)]


def marks_of(measures: gpd.GeoDataFrame) -> list[Component]:
    """Return the signs of measures that have a place."""
    placed = measures[measures.geometry.notna()]
    if placed.empty:
        return []
    kinds = [sign_of(kind) for kind in placed["kind"]]
    frame = gpd.GeoDataFrame(
        {"name": [f"{key}: {title}" for key, title in zip(placed["measure"], placed["title"], strict=True)],
         "kind": kinds, "text": [LETTERS[kind] for kind in kinds]},
        geometry=placed.geometry.array, index=pd.Index(placed["measure"].astype(str), name="id"), crs=measures.crs,
    )  # fmt: skip
    sheet = keep(frame, names=("name", "kind", "text"))
    point, each = browser_function("site"), browser_function("eachPlace")
    return [dl.GeoJSON(url=sheet.address, pointToLayer=point, onEachFeature=each)]


def sign_of(kind: object) -> str:
    """Return the kind by whose sign a measure is drawn."""
    return kind if isinstance(kind, str) and kind in LETTERS else UNKNOWN


def programme_entries(city: City, run: str, lang: str) -> list[Component]:
    """Return a line of the legend for each state that programme areas have on a run's day."""
    layer = joined(city)
    return [] if layer is None else state_entries(layer, city.run(run).on, lang)


def state_entries(layer: ProgrammeLayer, day: date, lang: str) -> list[Component]:
    """Return a line of the legend for each state that programme areas have on a day."""
    there = set(states_on(layer, day))
    return [
        legend_line(html.Img(src=image(programme_sample(state)), alt=""),
                    say("plan.programme_line", lang, state=say(f"words.programme_{state}", lang)))
        for state in LINES
        if state in there
    ]  # fmt: skip


def legend_line(sign: Component, text: str, count: int | None = None, *, lang: str = "de") -> Component:
    """Return a line of a legend: its sign, its words and how many there are."""
    told = "" if count is None else number(count, lang)
    return html.Li(html.Div([sign, html.Span(text), html.Span(told, className="count")], className="mark"))


def kind_entries(kinds: Mapping[str, int], titles: Mapping[str, str], lang: str) -> list[Component]:
    """Return a line of the legend for each kind of measures on the map."""
    return [
        legend_line(html.Span(LETTERS[kind], className=f"site site-{kind}"), titles[kind], kinds[kind],
                    lang=lang)
        for kind in LETTERS
        if kinds.get(kind)
    ]  # fmt: skip
