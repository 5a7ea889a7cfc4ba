"""The one place that knows which map library draws; a second one would offer the same three functions.

Outlines travel once, by an address that names their content; classes, filter and selection travel as a small set of
values beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import cos, log2, radians
from typing import Any

import dash_leaflet as dl
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from qmgis.app.address import ViewState, format_address
from qmgis.app.frame import attributes
from qmgis.app.geometry import Sheet, backdrop_sheet, gap_sheet, outline_sheet, place_sheet, programme_sheet
from qmgis.app.view import certainty_of, code_of, reasons, shown, values
from qmgis.i18n import say
from qmgis.model import AreaLayer, Backdrop, Lang, Outcome
from qmgis.model.reading import CLASSES, borderline
from qmgis.views import palette
from qmgis.views.backdrop import STROKES, Stroke, image, picture
from qmgis.views.entries import Legend
from qmgis.views.programme import LINES, programme_sample, programme_shapes

__all__ = ["ANY_AREA", "area_map", "browser_function", "classes_of", "map_changes", "open_template", "painted",
           "plain_map", "stroked_lines"]  # fmt: skip

AREAS, OVERLAY = "overview-map-areas", "overview-map-overlay"
ANY_AREA = "__AREA__"
_PIXELS = (760, 560)
_SELECTED = "#d3128a"


def area_map(outcome: Outcome, state: ViewState, lang: Lang) -> Component:
    """Return the map of a run; a click on an area opens it."""
    marks = _pane(dl.LayerGroup(_overlay(outcome, state), id=OVERLAY), "marks", 450, clickable=True)
    box = _map_of(outcome.areas, _hideout(outcome, state, lang), lang, page="overview", above=[
        *([] if outcome.backdrop is None else [_drawn(outcome.backdrop)]), *_programme(outcome), marks,
    ])  # fmt: skip
    switches = [*_orientation(outcome.backdrop, lang, page="overview"), *_programme_switch(outcome, lang)]
    switches += [_certainty(lang)] if certainty_of(outcome, lang) else []
    return _switched(box, switches)


def plain_map(
    areas: AreaLayer, hideout: dict[str, Any], lang: Lang, *, page: str, backdrop: Backdrop | None,
    marks: Component | None = None,
) -> Component:  # fmt: skip
    """Return a map of classes of one's own, with what helps to recognise the city; see `painted` for ``hideout``.

    ``marks`` are layers that lie above all and can be clicked.
    """
    above = [] if backdrop is None else [_drawn(backdrop)]
    above += [] if marks is None else [_pane(marks, "marks", 450, clickable=True)]
    box = _map_of(areas, hideout, lang, page=page, above=above)
    return _switched(box, _orientation(backdrop, lang, page=page))


def _switched(box: Component, switches: Sequence[Component]) -> Component:
    """Return a map with the boxes that switch its layers; what they hide is said by the style sheet."""
    return html.Div([box, html.Div(switches, className="switches")]) if switches else box


def _map_of(
    areas: AreaLayer, hideout: dict[str, Any], lang: Lang, *, page: str, above: Sequence[Component] = ()
) -> Component:
    """Return the areas, painted by ``hideout``, with what lies above them."""
    sheet = outline_sheet(areas)
    layers = dl.GeoJSON(
        id=f"{page}-map-areas",
        url=sheet.address,
        hideout=hideout,
        style=browser_function("style"),
        onEachFeature=browser_function("each"),
    )
    drawn = dl.Map(
        [
            layers,
            *above,
            dl.ZoomControl(),
            dl.ScaleControl(imperial=False, maxWidth=160),  # the bar is never shorter than its words
        ],
        center=_centre(sheet),
        zoom=_zoom(sheet),
        zoomSnap=0.25,
        zoomDelta=0.5,
        zoomControl=False,
        attributionControl=False,
        id=f"{page}-map",
    )
    names = attributes(
        data_map_label=say("app.map_label", lang),
        data_zoom_in=say("app.zoom_in", lang),
        data_zoom_out=say("app.zoom_out", lang),
    )
    return html.Div(drawn, className="map", **names)


def _pane(layer: Component, name: str, height: int, *, clickable: bool = False) -> Component:
    """Return a layer in a pane of its own, above all that is lower: raising an area must not hide it."""
    mouse = {} if clickable else {"pointerEvents": "none"}
    pane: Component = dl.Pane(layer, name=name, style={"zIndex": height, **mouse})
    return pane


def _drawn(backdrop: Backdrop) -> Component:
    """Return what helps to recognise the city."""
    return _pane(
        stroked_lines(backdrop_sheet(backdrop), {kind: STROKES[kind] for kind in backdrop.kinds}), "backdrop", 420
    )


def _programme(outcome: Outcome) -> list[Component]:
    """Return the outlines of the programme areas, above those of areas that require attention; hidden at first."""
    sheet = programme_sheet(outcome)
    return [] if sheet is None else [_pane(stroked_lines(sheet, LINES), "programme", 445)]


def stroked_lines(sheet: Sheet, strokes: Mapping[Any, Sequence[Stroke]]) -> Component:
    """Return shapes drawn with the strokes of their kind, below the mouse."""
    looks = {kind: [asdict(stroke) for stroke in several] for kind, several in strokes.items()}
    layer: Component = dl.GeoJSON(
        url=sheet.address, hideout={"strokes": looks}, style=browser_function("stroked"), interactive=False
    )
    return layer


def _orientation(backdrop: Backdrop | None, lang: Lang, *, page: str) -> list[Component]:
    """Return the legend of what helps to recognise the city, with a box to switch it off; nothing without."""
    if backdrop is None:
        return []
    box = dmc.Checkbox(label=say("views.backdrop", lang), checked=True, id=f"{page}-backdrop", size="xs")
    kinds = [
        html.Li([html.Img(src=picture(kind), alt=""), say(f"views.backdrop_{kind}", lang)]) for kind in backdrop.kinds
    ]
    return [html.Div([box, html.Ul(kinds)], className="drawn small")]


def _programme_switch(outcome: Outcome, lang: Lang) -> list[Component]:
    """Return the box that shows programme areas, with their legend while it is on; nothing where there are none."""
    states = [state for state in LINES if state in programme_shapes(outcome)]
    if not states:
        return []
    box = dmc.Checkbox(label=say("words.programmes", lang), checked=False, id="overview-programme", size="xs")
    lines = [
        html.Li([html.Img(src=image(programme_sample(state)), alt=""), say(f"words.programme_{state}", lang)])
        for state in states
    ]
    return [html.Div([box, html.Ul(lines)], className="drawn small")]


def _certainty(lang: Lang) -> Component:
    """Return the box that stripes areas whose class is not certain."""
    box = dmc.Checkbox(label=say("app.show_certainty", lang), checked=False, id="overview-certainty", size="xs")
    return html.Div(box, className="drawn small")


def map_changes(outcome: Outcome, state: ViewState, lang: Lang) -> dict[str, dict[str, Any]]:
    """Return what changes on the map of the same run: properties by component id."""
    return {
        AREAS: {"hideout": _hideout(outcome, state, lang)},
        OVERLAY: {"children": _overlay(outcome, state)},
    }


def open_template(state: ViewState) -> str:
    """Return the address of an area's page, with ``__AREA__`` in its place."""
    return format_address(replace(state, page="area", area=ANY_AREA))


def classes_of(legend: Legend, lang: Lang) -> list[dict[str, str]]:
    """Return what the browser paints each entry of a legend with, and what it says of it."""
    return [
        {"code": code_of(legend, place), "colour": one.colour, "hatch": one.hatch, "label": one.label.to(lang)}
        for place, one in enumerate(legend.entries)
    ]


def _hideout(outcome: Outcome, state: ViewState, lang: Lang) -> dict[str, Any]:
    """Return what the browser needs to paint: an entry's number an area, never a colour an area."""
    laid = shown(outcome, state.mode)
    classes = classes_of(laid.legend, lang)
    nothing = {"code": "none", "colour": palette.NO_DATA, "hatch": "diagonal", "label": say("words.no_data", lang)}
    seen = {
        "values": values(outcome, laid.mode.key, lang),
        "reasons": reasons(outcome, laid.mode.key, lang),
        "certainty": certainty_of(outcome, lang) if laid.mode.family == "index" else {},
        "borderline": borderline(outcome) if laid.mode.key in CLASSES else [],
        "only": list(state.only),
    }
    laid_on = painted(
        outcome.areas,
        laid.positions,
        [*classes, nothing],
        selected=state.area,
        attention=laid.attention,
        thick=say("words.attention", lang),
        target=open_template(state),
    )
    return laid_on | seen


def painted(
    areas: AreaLayer,
    codes: Mapping[str, int],
    classes: Sequence[Mapping[str, str]],
    *,
    selected: str,
    attention: Sequence[str],
    thick: str,
    target: str,
) -> dict[str, Any]:
    """Return what the browser paints by: the number of the class of each area (the last: of all others).

    A class has ``code``, ``colour``, ``hatch`` and ``label``. The areas of ``attention`` have a thick outline, which
    ``thick`` names in the tooltip; a click on an area goes to ``target`` with ``__AREA__`` in its place.
    """
    west, south, east, north = outline_sheet(areas).box
    return {
        "codes": dict(codes),
        "classes": list(classes),
        "values": {},
        "reasons": {},
        "certainty": {},
        "borderline": [],
        "attention": list(attention),
        "only": [],
        "selected": selected,
        "open": target,
        "box": [[south, west], [north, east]],
        "colours": {"selected": _SELECTED, "attention": palette.ATTENTION_LINE, "line": palette.LINE},
        "words": {"attention": thick},
    }


def _overlay(outcome: Outcome, state: ViewState) -> list[Component]:
    """Return the places of a theme and the squares that do not reach them, where the map shows a theme."""
    theme = shown(outcome, state.mode).mode.theme
    if not theme:
        return []
    gaps, places = gap_sheet(outcome, theme), place_sheet(outcome, theme)
    layers: list[Component] = []
    if gaps is not None:
        layers.append(dl.GeoJSON(url=gaps.address, style=browser_function("gap"), interactive=False))
    if places is not None:
        point, each = browser_function("place"), browser_function("eachPlace")
        layers.append(dl.GeoJSON(url=places.address, pointToLayer=point, onEachFeature=each))
    return layers


def browser_function(name: str) -> dict[str, str]:
    """Return the name of a function of the asset files; no code travels with the page."""
    return {"variable": f"dashExtensions.qmgis.{name}"}


def _centre(sheet: Sheet) -> list[float]:
    west, south, east, north = sheet.box
    return [(south + north) / 2, (west + east) / 2]


def _zoom(sheet: Sheet) -> float:
    """Return the zoom at which the box fills a map of ordinary size; the browser refines it."""
    west, south, east, north = sheet.box
    wide, high = max(east - west, 1e-6), max(north - south, 1e-6)
    across = log2(_PIXELS[0] * 360 / (256 * wide))
    up = log2(_PIXELS[1] * 360 * cos(radians((south + north) / 2)) / (256 * high))
    return round(4 * min(across, up, 18.0)) / 4
