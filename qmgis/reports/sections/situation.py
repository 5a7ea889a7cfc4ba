"""Where the area lies, and what its neighbours are classed as."""

from __future__ import annotations

from qmgis.i18n import number, say
from qmgis.model.reading import name_of, value_at
from qmgis.reports._maps import neighbour_map, situation_map
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker
from qmgis.views.cells import cell, column_of

__all__ = ["SECTION"]

MOST = 14


def _make(material: Material) -> Section:
    canvas, subject, lang = material.canvas, material.subject, material.lang
    pictures = (situation_map(canvas, subject, lang), neighbour_map(canvas, subject, lang))
    table = _neighbours(material)
    return Section("situation", say("reports.situation", lang), pictures=pictures, tables=(table,) if table else ())


def _neighbours(material: Material) -> Table | None:
    """Return the neighbours with their classes; of a programme area the areas that it lies in."""
    outcome, subject, lang = material.outcome, material.subject, material.lang
    legend = material.canvas.legend
    if legend is None:
        return None
    if material.told is not None:
        areas = [subject.area, *(one.area for one in material.told.facts.neighbours)]
        key = "reports.table_neighbours"
    else:
        areas, key = list(subject.areas), "reports.table_areas"
    has_flags = "attention" in outcome.table
    rows = []
    for area in areas[:MOST]:
        said = cell(value_at(outcome, area, legend.column), column_of(outcome, legend.column), lang)
        flag = [cell(value_at(outcome, area, "attention"), column_of(outcome, "attention"), lang)] if has_flags else []
        rows.append((f"{name_of(outcome, area)} ({area})", said, *flag))
    heads = ("area", "class", *(["attention"] if has_flags else []))
    more = len(areas) - MOST
    caption = say(key, lang) + (say("reports.and_more", lang, n=number(more, lang)) if more > 0 else "")
    return Table(caption, tuple(say(f"reports.head_{name}", lang) for name in heads), tuple(rows)) if rows else None


SECTION = Maker("situation", 20, _make)
