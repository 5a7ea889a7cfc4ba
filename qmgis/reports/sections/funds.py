"""The funds here: budget and what was granted from it, by year."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Lang, Register
from qmgis.reports._material import Material
from qmgis.reports._money import euros, sum_words
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    lang = material.lang
    tables = tuple(_funds(register, lang) for register in material.registers if len(register.funds))
    return Section("funds", say("reports.funds", lang), tables=tables) if tables else None


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
