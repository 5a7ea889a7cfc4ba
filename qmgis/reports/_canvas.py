"""What all maps of a run share, made once: outlines, districts, classes, facilities and squares out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np
import shapely

from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.reports._svg import FAINT, INK, Sheet, path_of
from qmgis.views.backdrop import STROKES
from qmgis.views.entries import Legend, entry_of
from qmgis.views.legend import legend_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Canvas", "Window", "canvas_of", "draw_backdrop", "finish", "window_around"]

CITY_UNITS = 600  # to how many parts of the city's extent outlines of the whole city are simplified
WATER, RAIL, GREEN = "#d7e3ec", "#9a9a9a", "#eef1e6"


@dataclass(frozen=True)
class Window:
    """A piece of the ground on a sheet: its box in metres, the place of its corner, units to a metre."""

    box: tuple[float, float, float, float]
    x: float
    y: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Units of the sheet to a metre."""
        return self.width / (self.box[2] - self.box[0])

    def laid(self, shapes: Sequence[shapely.Geometry] | np.ndarray) -> np.ndarray:
        """Return shapes in metres as shapes on the sheet, cut at the window's edge."""
        west, south, east, north = self.box
        margin = 2 / self.scale
        cut = shapely.clip_by_rect(np.asarray(shapes, dtype=object), west - margin, south - margin, east + margin,
                                   north + margin)  # fmt: skip

        def moved(points: np.ndarray) -> np.ndarray:
            return np.column_stack(
                [self.x + (points[:, 0] - west) * self.scale, self.y + (north - points[:, 1]) * self.scale]
            )

        return np.asarray(shapely.transform(shapely.simplify(cut, 0.12 / self.scale), moved), dtype=object)

    def path(self, shapes: Sequence[shapely.Geometry] | np.ndarray) -> str:
        """Return shapes in metres as one path."""
        return path_of(shape for shape in self.laid(shapes) if not shape.is_empty) if len(shapes) else ""


@dataclass(frozen=True, eq=False)
class Canvas:
    """Drawings of a run that no area changes.

    ``legend`` and ``entries``: the classes and the number of each area's entry. ``simple``, ``districts``: outlines for
    a small map of the city. ``tree``: of the outlines.
    """

    outcome: Outcome
    legend: Legend | None
    entries: Mapping[str, int]
    bounds: tuple[float, float, float, float]
    simple: np.ndarray
    districts: np.ndarray
    tree: shapely.STRtree
    gaps: Mapping[str, gpd.GeoSeries]

    def near(self, box: tuple[float, float, float, float]) -> list[str]:
        """Return the areas in a box, in the order of the layer."""
        index = self.outcome.areas.frame.index
        return [str(index[place]) for place in sorted(self.tree.query(shapely.box(*box), predicate="intersects"))]


def canvas_of(outcome: Outcome) -> Canvas:
    """Return what all maps of a run share.

    Examples
    --------
    >>> canvas = canvas_of(toy_outcome())
    >>> canvas.legend.column, len(canvas.entries)
    ('group', 30)
    """
    frame = outcome.areas.frame
    outlines = frame.geometry.to_numpy()
    bounds = tuple(float(value) for value in frame.total_bounds)
    step = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / CITY_UNITS
    column = next((name for name in ("group", "class") if name in outcome.table), None)
    legend = legend_for(outcome, column) if column else None
    entries = entry_of(outcome.table, legend).to_dict() if legend else {}
    parents = frame["parent"].dropna()
    districts = [
        _whole(shapely.union_all(outlines[frame.index.get_indexer(rows.index)]), step)
        for _, rows in parents.groupby(parents)
    ]
    gaps = outcome.gaps
    split = {str(theme): rows.geometry for theme, rows in gaps.groupby("theme")} if gaps is not None else {}
    return Canvas(
        outcome, legend, {str(area): int(place) for area, place in entries.items()},
        (bounds[0], bounds[1], bounds[2], bounds[3]), shapely.simplify(outlines, step),
        np.asarray(districts, dtype=object), shapely.STRtree(outlines), split,
    )  # fmt: skip


def _whole(shape: shapely.Geometry, step: float) -> shapely.Geometry:
    """Return an outline for a small map, without the slivers that drawings leave between areas."""
    kept = []
    for part in shapely.get_parts(shapely.simplify(shape, step)):
        if part.geom_type == "Polygon" and part.area > step**2:
            holes = [ring for ring in part.interiors if shapely.Polygon(ring).area > (6 * step) ** 2]
            kept.append(shapely.Polygon(part.exterior, holes))
    return shapely.MultiPolygon(kept)


def window_around(
    shapes: Sequence[shapely.Geometry], *, x: float, y: float, width: float, height: float, margin: float = 0.04
) -> Window:
    """Return the window of a given size that shows shapes with a margin around them.

    Examples
    --------
    >>> window_around([shapely.box(0, 0, 100, 50)], x=0, y=0, width=200, height=200, margin=0).box
    (0.0, -25.0, 100.0, 75.0)
    """
    west, south, east, north = (float(value) for value in shapely.total_bounds(np.asarray(shapes, dtype=object)))
    wide, high = max(east - west, 1.0) * (1 + 2 * margin), max(north - south, 1.0) * (1 + 2 * margin)
    metres = max(wide / width, high / height)
    centre = (west + east) / 2, (south + north) / 2
    half = metres * width / 2, metres * height / 2
    box = (centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1])
    return Window(box, x, y, width, height)


def draw_backdrop(sheet: Sheet, canvas: Canvas, window: Window) -> None:
    """Draw water, parks, railways and main streets faintly, as far as the city has them."""
    backdrop = canvas.outcome.backdrop
    if backdrop is None:
        return
    west, south, east, north = window.box
    for kind in backdrop.kinds:
        rows = backdrop.frame[backdrop.frame["kind"] == kind].geometry
        rows = rows[rows.intersects(shapely.box(west, south, east, north))]
        areal = rows.geom_type.isin(["Polygon", "MultiPolygon"])
        if kind in ("water", "green"):
            colour = WATER if kind == "water" else GREEN
            sheet.path(window.path(rows[areal].to_numpy()), fill=colour, stroke="none")
            sheet.path(window.path(rows[~areal].to_numpy()), fill="none", stroke=colour, stroke_width=2.2)
        else:
            dash = STROKES[kind][-1].dash
            path = window.path(rows.to_numpy())
            sheet.path(path, fill="none", stroke=RAIL, stroke_width=0.7, **({"stroke_dasharray": dash} if dash else {}))


def finish(sheet: Sheet, window: Window, lang: Lang, *, credit: str = "") -> None:
    """Draw the frame of a map, its scale bar and its north arrow; ``credit`` stands below the frame on the right."""
    sheet.box(window.x, window.y, window.width, window.height, fill="none", stroke="#8a8a8a", stroke_width=0.6)
    metres, said = _bar(window, lang)
    length = metres * window.scale
    x, y = window.x + 7, window.y + window.height - 7
    wide = 4.6 * len(said)
    fits = wide < length - 4
    sheet.box(x - 4, y - (13 if fits else 8), length + 8 + (0 if fits else wide + 3), 17 if fits else 12,
              fill="#ffffff", fill_opacity=0.85)  # fmt: skip
    sheet.line(x, y, x + length, y, stroke_width=1.2)
    for end in (x, x + length):
        sheet.line(end, y - 3, end, y + 0.6, stroke_width=1.2)
    if fits:
        sheet.text(x + length / 2, y - 4, said, size=8, text_anchor="middle")
    else:  # the bar is short: its length stands behind it
        sheet.text(x + length + 4, y + 1.6, said, size=8)
    x, y = window.x + window.width - 12, window.y + 22
    sheet.box(x - 7, y - 19, 14, 31, fill="#ffffff", fill_opacity=0.85)
    sheet.path(f"M{x:.1f} {y - 16:.1f}l4.5 13.5l-4.5 -2.6l-4.5 2.6Z", fill=INK)
    sheet.text(x, y + 8, say("reports.north", lang), size=9, text_anchor="middle")
    if credit:
        sheet.text(window.x + window.width, window.y + window.height + 9, credit, size=7, fill=FAINT, text_anchor="end")


def _bar(window: Window, lang: Lang) -> tuple[float, str]:
    """Return a round length of about a quarter of the window, in metres and in words."""
    wanted = (window.box[2] - window.box[0]) / 4
    power = 10.0 ** floor(log10(wanted))
    metres = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    return metres, f"{number(metres / 1000, lang)} km" if metres >= 1000 else f"{number(metres, lang)} m"
