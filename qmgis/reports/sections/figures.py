"""Key figures: the area beside its district and the city, with deviation and interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.reports._charts import comparison, value_words
from qmgis.reports._material import Course, Material, Role
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    year, lang = material.outcome.run.year, material.lang
    rows = [_row(course, year, lang) for course in material.courses if course.at("own", year) is not None]
    if not rows:
        return None
    table = _table(material, rows)
    picture = comparison(material.courses, year, material.subject.name, lang)
    return Section(
        "figures", say("reports.figures", lang), sentences=_sentences(material), pictures=(picture,) if picture else (),
        tables=(table,), remarks=(say("reports.figures_remark", lang),),
    )  # fmt: skip


def _table(material: Material, rows: list[tuple[str, ...]]) -> Table:
    """Return the table, without a district where there is none."""
    lang, year = material.lang, material.outcome.run.year
    names = ["figure", "own", "interval", "district", "city", "deviation"]
    has_district = any(level.role == "district" for course in material.courses for level in course.levels)
    if not has_district:
        names.remove("district")
        rows = [(*row[:3], *row[4:]) for row in rows]
    heads = tuple(say(f"reports.head_{name}", lang) for name in names)
    caption = say("reports.table_figures" if has_district else "reports.table_figures_city", lang, year=year)
    return Table(caption, heads, tuple(rows), numbers=len(heads) - 1)


def _row(course: Course, year: int, lang: Lang) -> tuple[str, ...]:
    own = course.at("own", year)
    deviation = "–"
    gap = _gap(course, year)
    if gap is not None:
        deviation = f"{number(100 * gap, lang, digits=1, sign=True)} {say('views.points', lang)}"
    return (
        course.title.to(lang), _said(course, "own", year, lang), _interval(own, course, lang),
        _said(course, "district", year, lang), _said(course, "city", year, lang), deviation,
    )  # fmt: skip


def _gap(course: Course, year: int) -> float | None:
    """Return by how much a share lies above the city's, None where either is not there."""
    own, city = course.at("own", year), course.at("city", year)
    if course.measure != "share" or own is None or city is None:
        return None
    gap = float(own["value"]) - float(city["value"])
    return None if math.isnan(gap) else gap


def _said(course: Course, role: Role, year: int, lang: Lang) -> str:
    row = course.at(role, year)
    if row is None and role == "city" and course.part is not None:
        known, some, every = course.part
        counts = {"n": number(some, lang), "of": number(every, lang)}
        return say("reports.part_known", lang, value=value_words(known, course.measure, lang), **counts)
    if row is None:
        return "–"
    if row["state"] != "ok":
        return f"– ({say('words.state_' + str(row['state']), lang)})"
    return value_words(float(row["value"]), course.measure, lang)


def _interval(row: Mapping[Any, Any] | None, course: Course, lang: Lang) -> str:
    if row is None or row["state"] != "ok" or course.measure != "share" or math.isnan(row["low"]):
        return "–"
    return f"{number(100 * row['low'], lang, digits=1)}–{percent(row['high'], lang)}"


def _sentences(material: Material) -> tuple[str, ...]:
    """Return which shares lie above and below the city's by more than their interval, and which do not."""
    year, lang = material.outcome.run.year, material.lang
    groups: dict[str, list[str]] = {"above": [], "below": [], "near": []}
    for course in material.courses:
        gap, own = _gap(course, year), course.at("own", year)
        city = course.at("city", year)
        if gap is None or own is None or city is None or math.isnan(own["low"]):
            continue
        apart = not own["low"] <= city["value"] <= own["high"]
        groups["above" if apart and gap > 0 else "below" if apart else "near"].append(course.title.to(lang))
    return tuple(
        say(f"reports.city_{name}", lang, names=", ".join(titles)) for name, titles in groups.items() if titles
    )


SECTION = Maker("figures", 10, _make)
