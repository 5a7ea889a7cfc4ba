"""Money by year: costs of the measures here, budget of the funds and what was granted from it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from qmgis.balance import UNKNOWN, ledger
from qmgis.i18n import number, say
from qmgis.model import Lang, Register
from qmgis.reports._material import Material
from qmgis.reports._money import MONEY, euros, sum_words
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang, tables = material.lang, []
    for register in material.registers:
        tables += [_by_year(register.costs, lang)] if len(register.costs) else []
        tables += [_funds(register, lang)] if len(register.funds) else []
    return Section("funds", say("reports.funds", lang), tables=tuple(tables)) if tables else None


def _by_year(costs: pd.DataFrame, lang: Lang) -> Table:
    rows = [
        (say("reports.no_year", lang) if pd.isna(year) else str(year), *(sum_words(part[name], lang) for name in MONEY))
        for year, part in costs.groupby("year", dropna=False)
    ]
    rows.append((say("reports.sum", lang), *(sum_words(costs[name], lang) for name in MONEY)))
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("year", "planned", "approved", "spent"))
    return Table(say("reports.table_costs", lang), heads, tuple(rows), numbers=3)


def _funds(register: Register, lang: Lang) -> Table:
    """Return the ledger of the funds, as the balance has it."""
    known = register.codes.get("fund_types")
    rows = []
    for one in ledger(register.funds, register.grants).sort_values(["year", "fund"], kind="stable").to_dict("records"):
        kind = known.title_of(str(one["type"])).to(lang) if known else str(one["type"])
        year = say("reports.no_year", lang) if one["year"] == UNKNOWN else one["year"]
        budget, count = euros(one["budget_ct"], lang), number(one["grants"], lang)
        rows.append((kind, year, budget, _granted(one, lang), count))
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("fund", "year", "budget", "granted", "grants"))
    return Table(say("reports.table_funds", lang), heads, tuple(rows), numbers=3)


def _granted(row: Mapping[Hashable, Any], lang: Lang) -> str:
    """Return what was granted; "at least" where an amount is missing, a dash where none is known."""
    if row["unknown"] == row["grants"]:
        return "–"
    said = euros(row["granted_ct"], lang)
    return say("reports.at_least", lang, sum=said) if row["unknown"] else said


SECTION = Maker("funds", 62, _make)
