"""Local knowledge: what people who know the area have written down, with its day and from where it comes."""

from __future__ import annotations

from qmgis.i18n import say
from qmgis.model.text import day_text
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang = material.lang
    if not material.notes:
        return None
    ordered = sorted(material.notes, key=lambda note: note.on, reverse=True)
    rows = tuple((day_text(one.on).to(lang), say(f"reports.role_{one.role}", lang), one.text) for one in ordered)
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("day", "role", "note"))
    table = Table(say("reports.table_notes", lang), heads, rows)
    return Section(
        "knowledge", say("reports.knowledge", lang), tables=(table,), remarks=(say("reports.knowledge_remark", lang),)
    )


SECTION = Maker("knowledge", 80, _make)
