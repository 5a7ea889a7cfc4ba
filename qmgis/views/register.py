"""A register in numbers: measures by area and status, money by area, source and fund; missing amounts are told."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qmgis.i18n import euros, number, say
from qmgis.model import Lang
from qmgis.model.register import REGISTER_TABLES, Register

__all__ = ["NumberTable", "register_numbers"]

NumberTable = tuple[str, Sequence[str], Sequence[Sequence[str]]]
_MONEY = ("planned_ct", "approved_ct", "spent_ct")


def register_numbers(register: Register, lang: Lang) -> list[NumberTable]:
    """Return tables of a register as text: title, headings, rows; amounts in euros, a dash where none is known.

    Examples
    --------
    >>> from qmgis.model import Text, register_table
    >>> costs = register_table("costs", {"measure": ["M1"], "source": ["land"], "planned_ct": [170050]})
    >>> measures = register_table("measures", {"measure": ["M1"], "area": ["A"], "status": ["idea"]})
    >>> found = register_numbers(Register("r", Text("R", "R"), measures=measures, costs=costs), "de")
    >>> found[0][2]
    [['A', '1', '1.700,50', '–', '–', '0']]
    """
    return [_areas(register, lang), _statuses(register, lang), _sources(register, lang), _funds(register, lang),
            _tables(register, lang)]  # fmt: skip


def _areas(register: Register, lang: Lang) -> NumberTable:
    costs = register.costs.merge(register.measures[["measure", "area"]], on="measure", how="left")
    sums, known = _sums(costs, "area"), set(costs["measure"])
    rows = []
    for area, own in register.measures.groupby("area", sort=True):
        without = sum(measure not in known for measure in own["measure"])
        rows.append([str(area), number(len(own), lang), *_money(sums, area, lang), number(without, lang)])
    heads = [say("register.col_area", lang), say("register.table_measures", lang), *_money_heads(lang),
             say("register.show_without_costs", lang)]  # fmt: skip
    return say("register.show_areas", lang), heads, rows


def _statuses(register: Register, lang: Lang) -> NumberTable:
    codes = register.codes.get("statuses")
    rows = []
    for status, own in register.measures.groupby("status", sort=False):
        title = codes.title_of(str(status)).to(lang) if codes else str(status)
        rows.append([title, number(len(own), lang)])
    heads = [say("register.col_status", lang), say("register.table_measures", lang)]
    return say("register.show_statuses", lang), heads, rows


def _sources(register: Register, lang: Lang) -> NumberTable:
    codes, sums = register.codes.get("funding_sources"), _sums(register.costs, "source")
    rows = [
        [codes.title_of(str(source)).to(lang) if codes else str(source), *_money(sums, source, lang)]
        for source in sums.index
    ]
    return say("register.show_sources", lang), [say("register.col_source", lang), *_money_heads(lang)], rows


def _funds(register: Register, lang: Lang) -> NumberTable:
    given = register.grants.groupby(["fund", "year"])["amount_ct"].sum(min_count=1)
    rows = [
        [str(row["fund"]), str(row["year"]), euros(row["budget_ct"], lang),
         euros(given.get((row["fund"], row["year"])), lang)]
        for row in register.funds.to_dict("records")
    ]  # fmt: skip
    heads = [say(f"register.{key}", lang) for key in ("col_fund", "col_year", "col_budget_ct", "show_granted")]
    return say("register.show_funds", lang), heads, rows


def _tables(register: Register, lang: Lang) -> NumberTable:
    rows = [[say(f"register.table_{name}", lang), number(len(register.table(name)), lang)] for name in REGISTER_TABLES]
    return say("register.show_tables", lang), [say("register.head_table", lang), say("register.show_rows", lang)], rows


def _sums(costs: pd.DataFrame, by: str) -> pd.DataFrame:
    return costs.groupby(by, sort=True)[list(_MONEY)].sum(min_count=1)


def _money(sums: pd.DataFrame, key: object, lang: Lang) -> list[str]:
    return [euros(sums[name].get(key), lang) for name in _MONEY]


def _money_heads(lang: Lang) -> list[str]:
    return [say(f"register.col_{name}", lang) for name in _MONEY]
