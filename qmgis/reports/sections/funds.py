"""Money by year: costs of the measures here, budget of the funds and what was granted from it."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Lang, Register
from qmgis.reports._material import UNDECIDED, Material
from qmgis.reports._money import MONEY, euros, sum_words
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang, tables = material.lang, []
    for register in material.registers:
        costs = _costs(register, is_public=material.is_public)
        tables += [_by_year(costs, lang)] if len(costs) else []
        tables += [_funds(register, lang)] if len(register.funds) else []
    return Section("funds", say("reports.funds", lang), tables=tuple(tables)) if tables else None


def _costs(register: Register, *, is_public: bool) -> pd.DataFrame:
    """Return the costs of the measures that are shown."""
    measures = register.measures
    if is_public:
        measures = measures[~measures["status"].isin(UNDECIDED)]
    return register.costs[register.costs["measure"].isin(measures["measure"])]


def _by_year(costs: pd.DataFrame, lang: Lang) -> Table:
    rows = [
        (say("reports.no_year", lang) if pd.isna(year) else str(year), *(sum_words(part[name], lang) for name in MONEY))
        for year, part in costs.groupby("year", dropna=False)
    ]
    rows.append((say("reports.sum", lang), *(sum_words(costs[name], lang) for name in MONEY)))
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("year", "planned", "approved", "spent"))
    return Table(say("reports.table_costs", lang), heads, tuple(rows), numbers=3)


def _funds(register: Register, lang: Lang) -> Table:
    rows = []
    for one in register.funds.sort_values(["year", "fund"], kind="stable").to_dict("records"):
        grants = register.grants
        own = grants[(grants["fund"] == one["fund"]) & (_years(grants) == one["year"])]
        known = register.codes.get("fund_types")
        kind = known.title_of(str(one["type"])).to(lang) if known else str(one["type"])
        granted = sum_words(own["amount_ct"], lang) if len(own) else "–"
        rows.append((kind, str(one["year"]), euros(one["budget_ct"], lang), granted, number(len(own), lang)))
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("fund", "year", "budget", "granted", "grants"))
    return Table(say("reports.table_funds", lang), heads, tuple(rows), numbers=3)


def _years(grants: pd.DataFrame) -> pd.Series[int]:
    """Return the year of each grant: its own, else that of its day."""
    own: pd.Series[int] = grants["year"].fillna(grants["date"].dt.year.astype("Int64"))
    return own


SECTION = Maker("funds", 62, _make)
