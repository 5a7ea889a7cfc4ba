"""Why the area is classed so, how sure that is, and how close the limits are."""

from __future__ import annotations

from qmgis.i18n import say
from qmgis.model import Lang
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker
from qmgis.views._limits import Reach
from qmgis.views.cells import column_of

__all__ = ["SECTION"]

# What the public reads: classes and how sure they are; no index, no order of areas.
PUBLIC = ("group", "class", "status_class", "dynamics_class", "certainty", "attention")


def _make(material: Material) -> Section | None:
    told, lang = material.told, material.lang
    if told is None:
        return None
    titles = {column_of(material.outcome, key).title.to(lang) for key in PUBLIC if key in material.outcome.table}
    facts = [(one.label, one.text) for one in told.classes if not material.is_public or one.label in titles]
    tables = [_table("classes", ("what", "result"), facts, 0, lang)]
    if not material.is_public:
        parts = [(one.title, one.text) for one in told.contributions]
        tables += [_table("contributions", ("figure", "contribution"), parts, 1, lang)] if parts else []
        tables += [_reach(one, lang) for one in told.reaches if one.is_first]
    return Section(
        "reasons", say("reports.reasons", lang), sentences=() if material.is_public else told.limits,
        tables=tuple(tables), points=told.caveats[:-1],  # the last one stands at the head of the page
    )  # fmt: skip


def _table(key: str, heads: tuple[str, ...], rows: list[tuple[str, str]], numbers: int, lang: Lang) -> Table:
    names = tuple(say(f"reports.head_{name}", lang) for name in heads)
    return Table(say(f"reports.table_{key}", lang), names, tuple(rows), numbers=numbers)


def _reach(one: Reach, lang: Lang) -> Table:
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("figure", "now", "change", "then"))
    rows = tuple((row.title, row.now, row.change, row.then) for row in one.rows)
    return Table(one.title, heads, rows, numbers=3)


SECTION = Maker("reasons", 40, _make)
