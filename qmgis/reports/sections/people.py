"""People and land of a programme area: how many live there, by age, counted or estimated."""

from __future__ import annotations

import math
from typing import Any

from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    if material.figures is None:
        return None
    lang = material.lang
    rows = {str(row["figure"]): _row(row, lang) for row in material.figures.to_dict("records")}
    kept = sorted((key for key in rows if _order(key) is not None), key=lambda key: _order(key) or 0)
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("figure", "own", "city", "share", "basis"))
    table = Table(say("reports.table_people", lang), heads, tuple(rows[key] for key in kept), numbers=4)
    return Section("people", say("reports.people", lang), tables=(table,)) if kept else None


def _order(key: str) -> int | None:
    """Return the place of a figure: land, residents, ages by their first year; None for what is told elsewhere."""
    if key in ("land_ha", "residents"):
        return ("land_ha", "residents").index(key) - 2
    return int(key.split("_")[1]) if key.startswith("age_") else None


def _row(row: dict[Any, Any], lang: Lang) -> tuple[str, ...]:
    digits, unit = (1, " ha") if row["figure"] == "land_ha" else (0, "")
    inside, total = (
        "–" if math.isnan(row[side]) else number(row[side], lang, digits=digits) + unit for side in ("inside", "total")
    )
    share = row["inside"] / row["total"] if row["total"] else math.nan
    basis = say("reports.estimated" if row["estimated"] else "reports.counted", lang)
    return _title(str(row["figure"]), lang), inside, total, percent(share, lang), basis


def _title(key: str, lang: Lang) -> str:
    if not key.startswith("age_"):
        return say(f"reports.figure_{key}", lang) if key in ("land_ha", "residents") else key
    first, last = key.split("_")[1:3]
    if last == "plus":
        return say("reports.figure_age_from", lang, first=first)
    return say("reports.figure_age", lang, first=first, last=last)


SECTION = Maker("people", 25, _make)
