"""The maps of a profile, readable in black and white: where it lies, its neighbours by class, places and gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely

from qmgis.i18n import number, say
from qmgis.model import Lang
from qmgis.model.reading import value_at
from qmgis.reports._canvas import Canvas, Window, draw_backdrop, finish, window_around
from qmgis.reports._profile import Picture
from qmgis.reports._svg import INK, Sheet, shortened
from qmgis.views import palette
from qmgis.views.entries import Entry

if TYPE_CHECKING:
    from qmgis.reports._material import Subject

__all__ = ["gap_map", "neighbour_map", "situation_map"]

FULL, HEIGHT = 670.0, 286.0
LAND, LAND_LINE, DISTRICT = "#f3f1ec", "#cfccc4", "#6e6b64"
PLACE_DOT = 3.0
# How much ground around an area its maps of places show: somebody may go as far; larger areas show less of it.
AROUND_M, MOST_M = 350.0, 2400.0


def situation_map(canvas: Canvas, subject: Subject, lang: Lang) -> Picture:
    """Return the city with the area in it, filled black, and the borders of the districts."""
    width = 236.0
    base, window = _city(canvas, width)
    sheet = Sheet(width, HEIGHT + 12)
    sheet.shapes, sheet.patterns = list(base.shapes), dict(base.patterns)
    sheet.path(window.path([subject.outline]), fill=INK, stroke=INK, stroke_width=0.8)
    spot = window.laid([subject.outline.representative_point()])[0]
    bounds = window.laid([shapely.box(*subject.outline.bounds)])[0].bounds
    radius = max(12.0, 0.62 * math.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1]) + 4)
    sheet.dot(spot.x, spot.y, radius, fill="none", stroke="#ffffff", stroke_width=3.4)
    sheet.dot(spot.x, spot.y, radius, fill="none", stroke=INK, stroke_width=1.4)
    sheet.close()
    finish(sheet, window, lang, credit=_credit(canvas, lang, width))
    city_name, where = canvas.outcome.city_title.to(lang), _where(canvas, subject, lang)
    alt = say("reports.alt_situation", lang, name=subject.name, city=city_name, where=where)
    return Picture(str(sheet), alt, say("reports.map_situation", lang, city=city_name), width=0.36)


@lru_cache(maxsize=4)
def _city(canvas: Canvas, width: float) -> tuple[Sheet, Window]:
    """Return the map of the city below the area, the same for all areas."""
    sheet = Sheet(width, HEIGHT + 12)
    window = window_around([shapely.box(*canvas.bounds)], x=0.5, y=0.5, width=width - 1, height=HEIGHT)
    sheet.open((window.x, window.y, window.width, window.height), "city")
    sheet.path(window.path(canvas.simple), fill=LAND, stroke=LAND_LINE, stroke_width=0.4)
    draw_backdrop(sheet, canvas, window)
    sheet.path(window.path(canvas.districts), fill="none", stroke=DISTRICT, stroke_width=0.9)
    return sheet, window


def neighbour_map(canvas: Canvas, subject: Subject, lang: Lang) -> Picture:
    """Return the area with those around it: each with the colour and the code of its class."""
    width = 424.0
    frame = canvas.outcome.areas.frame
    around = [frame.geometry[area] for area in _around(canvas, subject)]
    rows = _rows(canvas, subject)
    columns = 2
    below = 15.0 + 14.0 * math.ceil(len(rows) / columns)
    sheet = Sheet(width, HEIGHT + below)
    window = window_around(around, x=0.5, y=0.5, width=width - 1, height=HEIGHT - 0.5)
    there = [area for area in canvas.near(window.box) if area in canvas.entries]
    sheet.open((window.x, window.y, window.width, window.height), "around")
    sheet.box(window.x, window.y, window.width, window.height, fill="#ffffff")
    for area in there:
        _draw_area(sheet, canvas, window, area)
    _lines_above(sheet, canvas, window)
    flagged = [frame.geometry[area] for area in there if value_at(canvas.outcome, area, "attention")]
    sheet.path(window.path(flagged), fill="none", stroke=palette.ATTENTION_LINE, stroke_width=2.0)
    outline = window.path([subject.outline])
    for colour, stroke in ((INK, 5.6), ("#ffffff", 3.6), (INK, 1.2)):
        sheet.path(outline, fill="none", stroke=colour, stroke_width=stroke, stroke_linejoin="round")
    for area in there:
        _name_class(sheet, canvas, window, area)
    sheet.close()
    finish(sheet, window, lang)
    for place, row in enumerate(rows):
        x, y = (place % columns) * width / columns, HEIGHT + 15 + 14 * (place // columns)
        _legend_row(sheet, row, x, y, width / columns, lang)
    legend = canvas.legend
    title = legend.title.to(lang) if legend else ""
    alt = say("reports.alt_neighbours", lang, name=subject.name, count=number(len(around) - len(subject.areas), lang))
    caption = say("reports.map_neighbours", lang, title=title, year=canvas.outcome.run.year)
    return Picture(str(sheet), alt, caption, width=0.64)


def _lines_above(sheet: Sheet, canvas: Canvas, window: Window) -> None:
    """Draw water over the classes, as a white line with a thin one in it, so that no class changes its colour."""
    backdrop = canvas.outcome.backdrop
    if backdrop is None:
        return
    rows = backdrop.frame[backdrop.frame["kind"].isin(["water", "rail"])]
    rows = rows[rows.intersects(shapely.box(*window.box))]
    for kind, looks in (("water", {"stroke": "#4d7ea8"}), ("rail", {"stroke": "#3c3c3c", "stroke_dasharray": "5 3"})):
        path = window.path(rows[rows["kind"] == kind].geometry.to_numpy())
        fill = "#cfe0ec" if kind == "water" else "none"
        sheet.path(path, fill=fill, stroke="#ffffff", stroke_width=2.2, stroke_opacity=0.8)
        sheet.path(path, fill="none", stroke_width=0.8, **looks)


def gap_map(canvas: Canvas, subject: Subject, themes: Sequence[str], lang: Lang) -> Picture:
    """Return one small map a theme: its places as dots, the squares with people out of reach hatched."""
    head, gutter = 16.0, 11.0
    columns = len(themes) if 3 < len(themes) < 6 else 3
    size = 10.5 if columns < 4 else 9.0
    side = (FULL - (columns - 1) * gutter) / columns
    lines = math.ceil(len(themes) / columns)
    tall = side * 0.86
    west, south, east, north = subject.outline.bounds
    extent = max(east - west, north - south)
    seen = subject.outline.buffer(max(0.1 * extent, min(AROUND_M, (MOST_M - extent) / 2)))
    sheet = Sheet(columns * side + (columns - 1) * gutter, lines * (tall + head + 8) + 16)
    for order, theme in enumerate(themes):
        x, y = (order % columns) * (side + gutter), (order // columns) * (tall + head + 8)
        asked = canvas.outcome.themes[theme]
        sheet.text(x, y + 11, shortened(asked.title.to(lang), side, size=size), size=size, font_weight="bold")
        window = window_around([seen], x=x + 0.5, y=y + head, width=side - 1, height=tall, margin=0.0)
        sheet.open((window.x, window.y, window.width, window.height), f"theme{order}")
        _draw_theme(sheet, canvas, window, theme, subject)
        sheet.close()
        finish(sheet, window, lang)
    _gap_legend(sheet, lines * (tall + head + 8) + 10, lang)
    titles = "; ".join(canvas.outcome.themes[theme].title.to(lang) for theme in themes)
    alt = say("reports.alt_gaps", lang, name=subject.name, themes=titles)
    return Picture(str(sheet), alt, say("reports.map_gaps", lang))


def _draw_theme(sheet: Sheet, canvas: Canvas, window: Window, theme: str, subject: Subject) -> None:
    outcome = canvas.outcome
    sheet.box(window.x, window.y, window.width, window.height, fill="#fbfaf8")
    draw_backdrop(sheet, canvas, window)
    around = outcome.areas.frame.geometry.loc[canvas.near(window.box)].to_numpy()
    sheet.path(window.path(around), fill="none", stroke="#b5b1a8", stroke_width=0.6)
    if theme in canvas.gaps:
        squares = canvas.gaps[theme]
        squares = squares[squares.intersects(shapely.box(*window.box))].to_numpy()
        path = window.path(squares)
        fill = sheet.fill("diagonal", palette.GAP)
        sheet.path(path, fill=fill, stroke=palette.GAP, stroke_width=0.5)
    outline = window.path([subject.outline])
    sheet.path(outline, fill="none", stroke="#ffffff", stroke_width=3.6)
    sheet.path(outline, fill="none", stroke=INK, stroke_width=1.6, stroke_linejoin="round")
    points = outcome.places[outcome.themes[theme].places].frame.geometry
    west, south, east, north = window.box
    for point in points[points.within(shapely.box(west, south, east, north))]:
        spot = window.laid([point])[0]
        sheet.dot(spot.x, spot.y, PLACE_DOT, fill=palette.PLACE, stroke="#ffffff", stroke_width=1.1)


def _gap_legend(sheet: Sheet, y: float, lang: Lang) -> None:
    sheet.dot(5, y - 3.5, PLACE_DOT, fill=palette.PLACE, stroke="#ffffff", stroke_width=1.1)
    sheet.text(13, y, say("reports.legend_place", lang), size=9)
    fill = sheet.fill("diagonal", palette.GAP)
    sheet.box(110, y - 9, 14, 10, fill=fill, stroke=palette.GAP, stroke_width=0.6)
    sheet.text(129, y, say("reports.legend_gap", lang), size=9)
    sheet.line(372, y - 4, 388, y - 4, stroke_width=1.6)
    sheet.text(393, y, say("reports.legend_own", lang), size=9)


def _around(canvas: Canvas, subject: Subject) -> list[str]:
    """Return the area and those that touch it."""
    frame = canvas.outcome.areas.frame
    own = shapely.union_all(frame.geometry.loc[list(subject.areas)].to_numpy()) if subject.areas else subject.outline
    found = canvas.tree.query(own, predicate="intersects")
    touching = [str(frame.index[place]) for place in sorted(found)]
    return list(dict.fromkeys([*subject.areas, *touching]))


def _rows(canvas: Canvas, subject: Subject) -> list[Entry | str]:
    """Return the lines of the legend: the classes and states that are seen, then what outlines mean."""
    if canvas.legend is None:
        return ["own"]
    around = _around(canvas, subject)
    boxes = shapely.total_bounds(canvas.outcome.areas.frame.geometry.loc[around].to_numpy())
    seen = {canvas.entries[area] for area in canvas.near(tuple(boxes)) if area in canvas.entries}
    rows: list[Entry | str] = [entry for place, entry in enumerate(canvas.legend.entries) if place in seen]
    has_flags = "attention" in canvas.outcome.table
    return [*rows, "own", *(["attention"] if has_flags else [])]


def _entry(canvas: Canvas, area: str) -> tuple[int, Entry] | None:
    place = canvas.entries.get(area, -1)
    return (place, canvas.legend.entries[place]) if canvas.legend is not None and place >= 0 else None


def _draw_area(sheet: Sheet, canvas: Canvas, window: Window, area: str) -> None:
    found = _entry(canvas, area)
    path = window.path([canvas.outcome.areas.frame.geometry[area]])
    entry = found[1] if found else None
    sheet.path(path, fill=entry.colour if entry else "#ffffff", stroke="#7d7a73", stroke_width=0.7)
    if entry is not None and entry.hatch != "none":
        sheet.path(path, fill=sheet.fill(entry.hatch, "#6b6b6b"), stroke="none")


def _code(place: int, entry: Entry) -> str:
    """Return the sign of a class on the map: its own code, or its number in the legend."""
    if entry.role != "class":
        return ""
    return entry.value if entry.value is not None and len(entry.value) <= 4 else str(place + 1)


def _name_class(sheet: Sheet, canvas: Canvas, window: Window, area: str) -> None:
    """Write the sign of a class where its area has room for it."""
    found = _entry(canvas, area)
    code = _code(*found) if found else ""
    seen = window.laid([canvas.outcome.areas.frame.geometry[area]])[0]
    if not code or found is None or seen.is_empty or seen.area < 260:
        return
    spot = shapely.centroid(seen) if seen.contains(shapely.centroid(seen)) else seen.representative_point()
    sheet.text(spot.x, spot.y + 3.6, code, size=10, text_anchor="middle", font_weight="bold",
               fill=palette.text_on(found[1].colour))  # fmt: skip


def _legend_row(sheet: Sheet, row: Entry | str, x: float, y: float, width: float, lang: Lang) -> None:
    if isinstance(row, str):
        for colour, stroke in ((INK, 5.6), ("#ffffff", 3.6), (INK, 1.2)) if row == "own" else ((INK, 2.0),):
            sheet.line(x + 1, y - 3.5, x + 21, y - 3.5, stroke=colour, stroke_width=stroke)
        said = say(f"reports.legend_{row}", lang)
    else:
        sheet.box(x + 1, y - 9.5, 20, 11, fill=row.colour, stroke="#7d7a73", stroke_width=0.6)
        if row.hatch != "none":
            sheet.box(x + 1, y - 9.5, 20, 11, fill=sheet.fill(row.hatch, "#6b6b6b"))
        said = say("reports.legend_left_out", lang) if row.role == "left_out" else row.label.to(lang)
    sheet.text(x + 26, y, shortened(said, width - 28, size=9), size=9)


def _where(canvas: Canvas, subject: Subject, lang: Lang) -> str:
    """Return in which part of the city the area lies, such as ``in the north-east``."""
    west, south, east, north = canvas.bounds
    spot = subject.outline.centroid
    across, up = (spot.x - west) / (east - west), (spot.y - south) / (north - south)
    row = "north" if up > 0.62 else "south" if up < 0.38 else ""
    column = "east" if across > 0.62 else "west" if across < 0.38 else ""
    return say(f"reports.in_{row}{column}" if row or column else "reports.in_middle", lang)


def _credit(canvas: Canvas, lang: Lang, width: float) -> str:
    layer = canvas.outcome.areas
    return shortened(layer.credit.split(" / ")[0] if lang == "de" else layer.credit.split(" / ")[-1], width, size=7)
