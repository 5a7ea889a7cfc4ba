"""The charts of a profile: one number beside district and city, and over the years with its breaks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.reports._profile import Picture
from qmgis.reports._svg import FAINT, INK, Sheet, shortened
from qmgis.views.development import CUTS

if TYPE_CHECKING:
    from qmgis.reports._material import Course, Level, Role

__all__ = ["break_numbers", "comparison", "time_lines", "value_words"]

FULL = 680.0
GRID = "#d9d6cf"
BLUE = "#1f4e8c"
# Told apart by their dashes and marks, in grey print too.
LOOKS: dict[Role, dict[str, object]] = {
    "own": {"stroke": BLUE, "stroke_width": 2.0},
    "district": {"stroke": "#4a4740", "stroke_width": 1.2, "stroke_dasharray": "5 2.5"},
    "city": {"stroke": "#4a4740", "stroke_width": 1.2, "stroke_dasharray": "1.2 2.4"},
}


class _Axis(NamedTuple):
    """From values to places on the sheet."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def value_words(value: float, measure: str, lang: Lang) -> str:
    """Return a number of a course as people write it.

    Examples
    --------
    >>> value_words(0.125, "share", "de"), value_words(1200.0, "count", "en")
    ('12,5 %', '1,200')
    """
    if measure == "share":
        return percent(value, lang)
    return number(value, lang, digits={"count": 0, "mean": 1}.get(measure, 2))


def comparison(courses: Sequence[Course], year: int, own: str, lang: Lang) -> Picture | None:
    """Return a row for each share: the area with its interval, the district and the city; None without any share."""
    rows = [(course, found) for course in courses if (found := _shares(course, year)) and "own" in found]
    if not rows:
        return None
    ends = [float(row[name]) for _, found in rows for row in found.values() for name in ("value", "high")]
    high, tick = _steps(max(end for end in ends if not math.isnan(end)))
    left, right, step, top = 168.0, 22.0, 25.0, 24.0
    sheet = Sheet(FULL, top + step * len(rows) + 20)
    axis = _Axis(0.0, high, left, FULL - right)
    bottom = top + step * len(rows)
    for order in range(round(high / tick) + 1):
        x = axis.at(order * tick)
        sheet.line(x, top - 4, x, bottom, stroke=GRID, stroke_width=0.7)
        said = percent(order * tick, lang, digits=0 if tick >= 0.01 else 1)
        sheet.text(x, bottom + 12, said, size=9, text_anchor="middle", fill=FAINT)
    for place, (course, found) in enumerate(rows):
        y = top + step * place + step / 2
        sheet.text(0, y + 3.5, shortened(course.title.to(lang), left - 8), size=10.5)
        _draw_row(sheet, axis, found, y)
    _legend(sheet, own, 10, {role for _, found in rows for role in found}, lang)
    said = "; ".join(f"{course.title.to(lang)} {percent(found['own']['value'], lang)}" for course, found in rows)
    alt = say("reports.alt_comparison", lang, name=own, said=said)
    return Picture(str(sheet), alt, say("reports.chart_comparison", lang, year=year))


def _shares(course: Course, year: int) -> dict[Role, Mapping[Any, Any]]:
    if course.measure != "share":
        return {}
    rows = {level.role: course.at(level.role, year) for level in course.levels}
    return {role: row for role, row in rows.items() if row is not None and row["state"] == "ok"}


def _draw_row(sheet: Sheet, axis: _Axis, found: dict[Role, Mapping[Any, Any]], y: float) -> None:
    if "city" in found:
        x = axis.at(float(found["city"]["value"]))
        sheet.line(x, y - 8, x, y + 8, stroke=INK, stroke_width=1.6)
    own = found["own"]
    if not (math.isnan(own["low"]) or math.isnan(own["high"])):
        sheet.box(axis.at(own["low"]), y - 3, axis.at(own["high"]) - axis.at(own["low"]), 6, fill="#b9cbe3")
    if "district" in found:
        x = axis.at(float(found["district"]["value"]))
        sheet.path(f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5Z", fill="#ffffff", stroke="#4a4740", stroke_width=1.2)
    sheet.dot(axis.at(float(own["value"])), y, 4.2, fill=BLUE, stroke="#ffffff", stroke_width=1.0)


def _legend(sheet: Sheet, own: str, y: float, roles: set[Role], lang: Lang) -> None:
    x = 168.0
    sheet.dot(x + 4, y - 3.5, 4.2, fill=BLUE)
    sheet.box(x + 12, y - 6.5, 16, 6, fill="#b9cbe3")
    said = shortened(say("reports.own_with_interval", lang, name=shortened(own, 150)), 270, size=9)
    sheet.text(x + 32, y, said, size=9)
    x += 318
    if "district" in roles:
        sheet.path(f"M{x:.1f} {y - 8.5:.1f}l5 5l-5 5l-5 -5Z", fill="#ffffff", stroke="#4a4740", stroke_width=1.2)
        sheet.text(x + 9, y, say("reports.district", lang), size=9)
        x += 76
    if "city" in roles:
        sheet.line(x, y - 10, x, y + 2, stroke=INK, stroke_width=1.6)
        sheet.text(x + 6, y, say("reports.city", lang), size=9)


def _steps(value: float) -> tuple[float, float]:
    """Return the end of an axis a little above a value, and the step of its marks: four to eight of them.

    Examples
    --------
    >>> _steps(0.32), _steps(0.071)
    ((0.35, 0.05), (0.08, 0.01))
    """
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    step = next(step * power for step in (0.1, 0.2, 0.25, 0.5, 1, 2) if value <= 8 * step * power * (1 + 1e-9))
    return round(math.ceil(value / step - 1e-9) * step, 12), round(step, 12)


def break_numbers(courses: Sequence[Course]) -> dict[int, int]:
    """Return the number that each year with a break bears in charts and lists, the oldest first."""
    years = sorted({one.year for course in courses for one in course.breaks})
    return {year: order for order, year in enumerate(years, 1)}


def time_lines(courses: Sequence[Course], own: str, lang: Lang) -> Picture | None:
    """Return a small chart for each number over the years: the area, its district and the city; breaks as lines."""
    drawn = [course for course in courses if _years(course, "own")]
    if not drawn:
        return None
    columns, gutter, tall = 3, 20.0, 152.0
    wide = (FULL - (columns - 1) * gutter) / columns
    lines = math.ceil(len(drawn) / columns)
    sheet = Sheet(FULL, lines * tall + 14)
    marks = break_numbers(courses)
    for place, course in enumerate(drawn):
        _draw_course(sheet, course, (place % columns) * (wide + gutter), (place // columns) * tall, wide, marks, lang)
    _line_legend(sheet, own, {level.role for course in drawn for level in course.levels}, lines * tall + 9, lang)
    said = "; ".join(_spoken(course, lang) for course in drawn)
    return Picture(str(sheet), say("reports.alt_lines", lang, name=own, said=said), say("reports.chart_lines", lang))


def _years(course: Course, role: Role) -> list[int]:
    rows = next((level.rows for level in course.levels if level.role == role), None)
    return [] if rows is None else [int(year) for year in rows.index[rows["state"] == "ok"]]


def _spoken(course: Course, lang: Lang) -> str:
    years = _years(course, "own")
    ends = dict.fromkeys((years[0], years[-1]))
    parts = [f"{year}: {value_words(_value(course, year), course.measure, lang)}" for year in ends]
    return f"{course.title.to(lang)} {', '.join(parts)}"


def _value(course: Course, year: int) -> float:
    row = course.at("own", year)
    return float("nan") if row is None else float(row["value"])


def _draw_course(
    sheet: Sheet, course: Course, x: float, y: float, wide: float, marks: Mapping[int, int], lang: Lang
) -> None:
    rows = pd.concat([level.rows[level.rows["state"] == "ok"] for level in course.levels])
    high = _round_up(float(np.nanmax(rows[["value", "high"]].to_numpy(dtype=float))))
    years = sorted({int(year) for year in rows.index})
    across = _Axis(years[0], max(years[-1], years[0] + 1), x + 30, x + wide - 8)
    up = _Axis(0.0, high, y + 130, y + 28)
    sheet.text(x, y + 11, shortened(course.title.to(lang), wide, size=11), size=11, font_weight="bold")
    for tick in (0.0, high / 2, high):
        sheet.line(across.start - 4, up.at(tick), across.end + 8, up.at(tick), stroke=GRID, stroke_width=0.7)
        said = percent(tick, lang, digits=0) if course.measure == "share" else number(tick, lang)
        sheet.text(across.start - 7, up.at(tick) + 3, said, size=8, text_anchor="end", fill=FAINT)
    for year in _spread(years, across):
        sheet.text(across.at(year), up.start + 12, str(year), size=8, text_anchor="middle", fill=FAINT)
    for year in dict.fromkeys(one.year for one in course.breaks):
        before = max((one.before for one in course.breaks if one.year == year), default=year - 1)
        place = across.at((before + year) / 2)
        sheet.line(place, up.end - 3, place, up.start, stroke=INK, stroke_width=0.8, stroke_dasharray="3 2")
        sheet.text(place + 2, up.end + 3, str(marks[year]), size=8)
    for level in course.levels:
        _draw_level(sheet, course, level, across, up)
    _mark_last(sheet, course, across, up, lang)


def _draw_level(sheet: Sheet, course: Course, level: Level, across: _Axis, up: _Axis) -> None:
    """Draw a level, its line cut where numbers do not compare; the area itself with the interval of each year."""
    rows = level.rows[level.rows["state"] == "ok"]
    cuts = sorted({one.year for one in course.breaks if one.kind in CUTS})
    runs: dict[int, list[str]] = {}
    for year, row in rows.iterrows():
        at = across.at(float(str(year)))
        place = f"{at:.1f} {up.at(float(row['value'])):.1f}"
        runs.setdefault(sum(cut <= int(str(year)) for cut in cuts), []).append(place)
        if level.role == "own" and not math.isnan(row["low"]):
            sheet.line(at, up.at(float(row["low"])), at, up.at(float(row["high"])), stroke="#b9cbe3", stroke_width=4.0)
    for run in runs.values():
        x, y = (float(number) for number in run[0].split())
        alone = f"M{x - 7:.1f} {y:.1f}h14"
        is_line = len(run) > 1
        sheet.path("M" + "L".join(run) if is_line else alone if level.role != "own" else "", fill="none",
                   **LOOKS[level.role])  # fmt: skip
    for year, row in rows.iterrows() if level.role == "own" else ():
        sheet.dot(across.at(float(str(year))), up.at(float(row["value"])), 2.6, fill=BLUE, stroke="#ffffff",
                  stroke_width=0.8)  # fmt: skip


def _mark_last(sheet: Sheet, course: Course, across: _Axis, up: _Axis, lang: Lang) -> None:
    """Write the last number of the area beside its point."""
    years = _years(course, "own")
    if years:
        value = _value(course, years[-1])
        row = course.at("own", years[-1])
        above = value if row is None or math.isnan(row["high"]) else float(row["high"])
        said, y = value_words(value, course.measure, lang), max(up.at(above) - 4, up.end - 4)
        sheet.text(
            min(across.at(years[-1]) + 8, across.end + 8),
            y,
            said,
            size=9.5,
            text_anchor="end",
            font_weight="bold",
            fill=BLUE,
            halo=True,
        )


def _spread(years: Sequence[int], axis: _Axis) -> list[int]:
    """Return the years that are written: the last, the first, and those between that have room."""
    kept = [years[-1]]
    for year in (years[0], *reversed(years)):
        if all(abs(axis.at(year) - axis.at(other)) >= 24 for other in kept):
            kept.append(year)
    return sorted(kept)


def _line_legend(sheet: Sheet, own: str, roles: set[Role], y: float, lang: Lang) -> None:
    x = 0.0
    for role in ("own", "district", "city"):
        if role not in roles:
            continue
        sheet.line(x, y - 3.5, x + 24, y - 3.5, **LOOKS[role])
        said = shortened(own, 200, size=9) if role == "own" else say(f"reports.{role}", lang)
        sheet.text(x + 29, y, said, size=9)
        x += 29 + 5.2 * len(said) + 16
    sheet.line(x, y - 10, x, y + 1, stroke_width=0.8, stroke_dasharray="3 2")
    sheet.text(x + 5, y, say("reports.legend_break", lang), size=9)


def _round_up(value: float) -> float:
    """Return a round number a little above a value, the end of an axis.

    Examples
    --------
    >>> _round_up(0.123), _round_up(0.9), _round_up(3210.0)
    (0.2, 1.0, 4000.0)
    """
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    step = next(step for step in (1, 2, 4, 6, 8, 10) if step * power >= value * (1 - 1e-9))
    return round(step * power, 12)
