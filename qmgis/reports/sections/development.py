"""The course over the years, with breaks."""

from __future__ import annotations

from qmgis.explanation import Edition
from qmgis.i18n import say
from qmgis.model import Lang
from qmgis.reports._charts import break_numbers, time_lines, value_words
from qmgis.reports._material import Course, Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker
from qmgis.views.summary import coded

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang = material.lang
    courses = [course for course in material.courses if course.measure == "share"]
    courses = [one for one in courses if any(len(level.rows) > 1 for level in one.levels if level.role == "own")]
    picture = time_lines(courses, material.subject.name, lang)
    editions = _editions(material)
    if picture is None and editions is None:
        return None
    marks = break_numbers(courses)
    breaks: dict[tuple[int, str], list[str]] = {}
    for course in courses:
        for one in course.breaks:
            of = breaks.setdefault((marks[one.year], one.text.to(lang)), [])
            of += [course.title.to(lang)] if one.kind != "boundary" else []
    lines = [text + (f" – {', '.join(of)}" if of else "") for (_, text), of in sorted(breaks.items())]
    tables = [table for table in (_years(courses, lang), editions) if table is not None]
    return Section(
        "development", say("reports.development", lang), pictures=(picture,) if picture else (), tables=tuple(tables),

        points=tuple(say("reports.break", lang, mark=key[0], text=line)
                     for key, line in zip(sorted(breaks), lines, strict=True)),
        remarks=(say("reports.development_remark", lang),),
    )  # fmt: skip


def _years(courses: list[Course], lang: Lang) -> Table | None:
    years = sorted({int(year) for course in courses for level in course.levels for year in level.rows.index})
    rows = []
    for course in courses:
        for level in course.levels:
            said = []
            for year in years:
                row = course.at(level.role, year)
                is_known = row is not None and row["state"] == "ok"
                said.append(value_words(float(row["value"]), course.measure, lang) if row is not None and is_known
                            else "–")  # fmt: skip
            where = level.name if level.role == "own" else say(f"reports.{level.role}", lang)
            rows.append((f"{course.title.to(lang)}, {where}", *said))
    heads = (say("reports.head_figure", lang), *map(str, years))
    return Table(say("reports.table_years", lang), heads, tuple(rows), numbers=len(years)) if rows else None


def _editions(material: Material) -> Table | None:
    """Return the class of the area in every run."""
    if material.told is None or len(material.told.facts.editions) < 2:
        return None
    lang = material.lang
    rows = [_edition(one, lang) for one in material.told.facts.editions]
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("run", "year", "class", "attention"))
    return Table(say("reports.table_editions", lang), heads, tuple(rows))


def _edition(one: Edition, lang: Lang) -> tuple[str, ...]:
    said = coded(one.group, lang) if one.group is not None else "–"
    if one.note:
        said += f" ({say(f'reports.note_{one.note}', lang)})"
    flag = "–" if one.attention is None else say("words.yes" if one.attention else "words.no", lang)
    return one.title.to(lang), str(one.year), said, flag


SECTION = Maker("development", 30, _make)
