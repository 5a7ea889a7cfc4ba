"""Who reaches which places, and where people live who do not."""

from __future__ import annotations

from qmgis.i18n import number, percent, say
from qmgis.model.reading import is_straight, way_of
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
        tuple(_row(row, material) for row in rows), numbers=len(heads) - 1,
    )  # fmt: skip
    tables = (table,) if rows else _of_programme(material)
    remarks = [say("reports.coverage_remark", lang)]
    if tables and not rows:
        step = outcome.recipe.parameters["secrecy"]["min_base"]
        remarks.append(say("reports.coverage_steps", lang, step=number(step, lang)))
    if any(is_straight(outcome, theme) for theme in themes):
        remarks.append(say("views.straight", lang))
    more = {row.title: "; ".join(text for text in (row.supply, row.range) if text) for row in rows}
    points = tuple(f"{title}: {text}" for title, text in more.items() if text)
    return Section(
        "coverage", say("reports.coverage", lang), pictures=(picture,), tables=tables,
        points=points, remarks=tuple(remarks),
    )  # fmt: skip


def _of_programme(material: Material) -> tuple[Table, ...]:
    """Return who of the people in a programme area has a place in reach, beside the city; none where nobody knows."""
    supplies, lang = material.supplies, material.lang
    if supplies is None:
        return ()
    told = {str(theme): row for theme, row in supplies.to_dict("index").items()}
    rows = []
    for theme, asked in material.outcome.themes.items():
        if theme in told:
            shares = (percent(float(told[theme][name]), lang, digits=0) for name in ("inside", "city"))
            people = (number(float(told[theme][name]), lang) for name in ("reached", "not_reached"))
            rows.append((asked.title.to(lang), *shares, *people))
    names = ("theme", "reached_share", "city_share", "reached", "not_reached")
    heads = tuple(say(f"reports.head_{name}", lang) for name in names)
    return (Table(say("reports.table_coverage", lang), heads, tuple(rows), numbers=4),) if rows else ()


def _row(row: CoverageRow, material: Material) -> tuple[str, ...]:
    own = (_named(row, material), row.share, row.reached, row.not_reached, row.median)
    return own if material.is_public else (*own, row.tier or "–")


def _named(row: CoverageRow, material: Material) -> str:
    """Return the title of a theme and how far people go; only the way where the title names the limit already."""
    limit, way = material.outcome.themes[row.theme].limit, way_of(material.outcome, row.theme)
    how = say("views.coverage_how", material.lang, within=limit.to(material.lang), how=way.to(material.lang))
    if row.note == how and limit.to(material.lang) in row.title:
        return f"{row.title} ({way.to(material.lang)})"
    return f"{row.title} – {row.note}" if row.note else row.title


SECTION = Maker("coverage", 50, _make)
