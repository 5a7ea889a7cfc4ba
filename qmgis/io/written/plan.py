"""The plan of costs and time as a workbook and as a table for German spreadsheets."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qmgis.balance import UNKNOWN, CostPlan, group_title, kind_title
from qmgis.i18n import number, say
from qmgis.io.written.books import LONGEST, new_book
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.model import CodeList, Lang

__all__ = ["PlanSheet", "plan_csv", "plan_xlsx"]

HEADS = ("part", "measure", "title", "field", "kind", "status", "priority", "source")
_WIDTHS = {"title": 44, "field": 30, "kind": 22, "status": 14, "source": 28}


@dataclass(frozen=True, eq=False)
class PlanSheet:
    """A plan with its title, such as the programme area's id and name, and what a reader has to know of it."""

    title: str
    plan: CostPlan
    notes: tuple[str, ...] = ()


def plan_xlsx(sheets: Sequence[PlanSheet], *, codes: Mapping[str, CodeList], lang: Lang) -> bytes:
    """Return a workbook with a sheet for each plan: measures by year and source, sums of parts and of sources.

    Ids and words are text, amounts are numbers in euros with two decimals, sums too: nothing is a formula or a link.
    A cell without a known amount is empty. Equal plans give equal bytes.
    """
    content = io.BytesIO()
    with new_book(content, say("balance.plan", lang)) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "bold": book.add_format({"bold": True}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "plain": book.add_format({"valign": "top"}),
            "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
        }
        taken: set[str] = set()
        for one in sheets:
            _sheet(book.add_worksheet(_name(one.title, taken)), one, formats, codes=codes, lang=lang)
    return content.getvalue()


def plan_csv(sheet: PlanSheet, *, codes: Mapping[str, CodeList]) -> bytes:
    """Return a plan in German words, semicolon and decimal comma, with the sums of parts and sources under it."""
    lines: list[Sequence[str | float | None]] = [_heads(sheet.plan, "de"), *_lines(sheet.plan, codes, "de")]
    cells = [[_people(cell) for cell in line] for line in lines]
    return csv_text(cells, delimiter=";", newline="\r\n").encode("utf-8-sig")


def _people(cell: str | float | None) -> str:
    if cell is None:
        return ""
    return guarded(clean(cell)) if isinstance(cell, str) else number(float(cell), "de", digits=2).replace(".", "")


def _name(title: str, taken: set[str]) -> str:
    """Return the name of a sheet: at most 31 signs, none that spreadsheets refuse, each once."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip(" '")[:31].strip(" '") or "-"
    name, again = plain, 2
    while name.casefold() in taken or name.casefold() == "history":
        name, again = f"{plain[:27]} {again}", again + 1
    taken.add(name.casefold())
    return name


def _sheet(
    sheet: Any, one: PlanSheet, formats: Mapping[str, Any], *, codes: Mapping[str, CodeList], lang: Lang
) -> None:
    plan = one.plan
    top = [f"{say('balance.plan', lang)}: {one.title}", say(f"balance.plan_of_{plan.amount}", lang), *one.notes]
    if plan.unknown["all"]:
        top.append(say("balance.plan_unknown", lang, n=number(plan.unknown["all"], lang)))
    for row, text in enumerate(top):
        sheet.write_string(row, 0, clean(text)[:LONGEST], formats["plain" if row else "bold"])
    start, width = len(top) + 1, len(HEADS)
    for place, head in enumerate(_heads(plan, lang)):
        sheet.write_string(start, place, clean(head), formats["head"])
    for row, line in enumerate(_lines(plan, codes, lang), start=start + 1):
        is_sum = row > start + len(plan.rows)
        for place, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(row, place, clean(cell)[:LONGEST], formats["bold" if is_sum else "text"])
            elif cell is not None:
                sheet.write_number(row, place, cell, formats["sum" if is_sum else "money"])
    for place, name in enumerate(HEADS):
        sheet.set_column(place, place, _WIDTHS.get(name, 11))
    sheet.set_column(width, width + len(plan.sums) - 1, 15)
    sheet.freeze_panes(start + 1, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(start)


def _heads(plan: CostPlan, lang: Lang) -> list[str]:
    years = [say("balance.unknown_year", lang) if year == UNKNOWN else year for year in plan.years]
    amounts = [f"{year} (€)" for year in (*years, say("balance.total", lang))]
    return [*(say(f"balance.plan_{name}", lang) for name in HEADS), *amounts]


def _lines(plan: CostPlan, codes: Mapping[str, CodeList], lang: Lang) -> list[list[str | float | None]]:
    """Return the rows of measures, then those of sums: words, euros, or nothing."""
    lists = {"field": "fields", "status": "statuses", "source": "funding_sources"}

    def worded(name: str, value: object) -> str | None:
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return None
        text = str(value)
        if name == "part":
            return say(f"balance.part_{text}", lang)
        if name == "kind":
            return kind_title(text, codes).to(lang)
        if name == "source":
            return group_title(text, by="source", codes=codes).to(lang)
        return codes[lists[name]].title_of(text).to(lang) if lists.get(name) in codes else text

    lines = [
        [*(worded(name, row[name]) for name in HEADS), *(_euros(row[name]) for name in plan.sums)]
        for row in plan.rows.to_dict("records")
    ]
    for table, key in ((plan.parts, "part"), (plan.sources, "source")):
        for group, row in table.iterrows():
            if group == "all":
                label = say("balance.sum_all", lang) if key == "part" else None
            else:
                label = say("balance.sum_of", lang, what=worded(key, group))
            if label is not None:
                lines.append([label, *([None] * (len(HEADS) - 1)), *(_euros(row[name]) for name in plan.sums)])
    return lines


def _euros(cents: Any) -> float | None:
    return None if pd.isna(cents) else int(cents) / 100
