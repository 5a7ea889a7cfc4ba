"""The measures here, and their costs by year: planned, approved, spent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qmgis.balance import codes_in
from qmgis.i18n import number, say
from qmgis.model import Lang, Register
from qmgis.reports._material import Material
from qmgis.reports._money import MONEY, sum_words
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang, tables, sentences = material.lang, [], []
    for register in material.registers:
        if register.measures.empty:
            continue
        sentences.append(_sentence(register, lang))
        tables.append(_measures(register, lang))
    if not tables:
        return None
    return Section("measures", say("reports.measures", lang), sentences=tuple(sentences), tables=tuple(tables),
                   remarks=(say("reports.measures_remark", lang),))  # fmt: skip


def _sentence(register: Register, lang: Lang) -> str:
    """Return how many measures there are in which state, and their sums."""
    measures, costs = register.measures, register.costs
    counts = measures["status"].value_counts()
    order = [*(register.codes["statuses"].codes if "statuses" in register.codes else ()), *map(str, counts.index)]
    states = [f"{_word(register, 'statuses', code, lang)}: {number(counts[code], lang)}" for code in
              dict.fromkeys(order) if code in counts]  # fmt: skip
    sums = {name.removesuffix("_ct"): sum_words(costs[name], lang) for name in MONEY}
    return say("reports.measures_sentence", lang, n=number(len(measures), lang), states=", ".join(states), **sums)


def _measures(register: Register, lang: Lang) -> Table:
    rows, costs = [], register.costs
    for one in register.measures.to_dict("records"):
        own = costs[costs["measure"] == one["measure"]]
        rows.append((
            _title(one, lang), _word(register, "fields", one["main_field"], lang),
            _word(register, "statuses", one["status"], lang), _span(one),
            sum_words(own["planned_ct"], lang), sum_words(own["spent_ct"], lang),
        ))  # fmt: skip
    heads = tuple(
        say(f"reports.head_{name}", lang) for name in ("measure", "field", "status", "span", "planned", "spent")
    )
    return Table(say("reports.table_measures", lang), heads, tuple(rows), numbers=2)


def _title(one: dict[Any, Any], lang: Lang) -> str:
    """Return the title of a measure, and of how many areas it is where it is of several."""
    count = len(codes_in(one["area"]))
    return (
        str(one["title"]) if count < 2 else say("reports.of_several", lang, title=one["title"], n=number(count, lang))
    )


def _word(register: Register, codes: str, code: Any, lang: Lang) -> str:
    if pd.isna(code):
        return "–"
    known = register.codes.get(codes)
    return known.title_of(str(code)).to(lang) if known else str(code)


def _span(one: dict[Any, Any]) -> str:
    """Return from which year to which: as it was, else as planned."""
    ends = []
    for name in ("start", "end"):
        days = [one[f"{kind}_{name}"] for kind in ("actual", "planned")]
        ends.append(next((str(day.year) for day in days if not pd.isna(day)), ""))
    return "–" if not any(ends) else ends[0] if ends[0] == ends[1] else "–".join(ends)


SECTION = Maker("measures", 60, _make)
