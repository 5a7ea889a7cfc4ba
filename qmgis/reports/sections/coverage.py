"""Who reaches which places, and where people live who do not."""

from __future__ import annotations

from qmgis.i18n import say
from qmgis.model.reading import is_straight
from qmgis.reports._maps import gap_map
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker
from qmgis.views.dossier import CoverageRow

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    outcome, lang = material.outcome, material.lang
    themes = list(outcome.coverage)
    if not themes:
        return None
    picture = gap_map(material.canvas, material.subject, themes, lang)
    rows = material.told.coverage if material.told is not None else ()
    heads = ["theme", "reached_share", "reached", "not_reached", "median", *([] if material.is_public else ["tier"])]
    table = Table(
        say("reports.table_coverage", lang), tuple(say(f"reports.head_{name}", lang) for name in heads),
        tuple(_row(row, is_public=material.is_public) for row in rows), numbers=len(heads) - 1,
    )  # fmt: skip
    remarks = [say("reports.coverage_remark", lang)]
    if any(is_straight(outcome, theme) for theme in themes):
        remarks.append(say("views.straight", lang))
    more = {row.title: "; ".join(text for text in (row.supply, row.range) if text) for row in rows}
    points = tuple(f"{title}: {text}" for title, text in more.items() if text)
    return Section(
        "coverage", say("reports.coverage", lang), pictures=(picture,), tables=(table,) if rows else (),
        points=points, remarks=tuple(remarks),
    )  # fmt: skip


def _row(row: CoverageRow, *, is_public: bool) -> tuple[str, ...]:
    own = (f"{row.title} – {row.note}" if row.note else row.title, row.share, row.reached, row.not_reached, row.median)
    return own if is_public else (*own, row.tier or "–")


SECTION = Maker("coverage", 50, _make)
