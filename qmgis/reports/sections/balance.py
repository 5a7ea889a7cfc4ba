"""Cost share beside count share of the measures here, by field and by kind."""

from __future__ import annotations

import math
from typing import Any

from qmgis.balance import ALL, group_title, kind_title
from qmgis.i18n import number, percent, say
from qmgis.model import CodeList, Lang
from qmgis.reports._bars import share_bars
from qmgis.reports._material import Material
from qmgis.reports._money import euros
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    table, lang = material.balance, material.lang
    if table is None:
        return None
    codes = {key: one for register in material.registers for key, one in register.codes.items()}
    rows = [row for row in table.to_dict("records") if row["measures"]]
    fields = [row for row in rows if row["kind"] == ALL and row["group"] != ALL]
    whole = next((row for row in rows if row["kind"] == ALL and row["group"] == ALL), None)
    if whole is None:
        return None
    kinds = [row for row in rows if row["group"] == ALL and row["kind"] != ALL]
    named = [(_field(row, codes, lang), row["measures_of_all"], row["planned_of_all"]) for row in fields]
    invested = {row["group"]: row["planned_share"] for row in rows if row["kind"] == "INV"}
    lines = [_line(_field(row, codes, lang), row, invested.get(row["group"], 0.0), lang) for row in fields]
    lines.append(_line(say("reports.sum", lang), whole, invested.get(ALL, 0.0), lang))
    heads = ("field", "measures", "measures_share", "planned", "planned_share", "invested")
    by_kind = tuple(
        (kind_title(row["kind"]).to(lang), _share(row["measures_share"], lang), euros(row["planned_ct"], lang),
         _share(row["planned_share"], lang)) for row in kinds
    )  # fmt: skip
    return Section(
        "balance", say("reports.balance", lang), pictures=(share_bars(named, lang),),
        tables=(
            Table(say("reports.table_by_kind", lang),
                  tuple(say(f"reports.head_{name}", lang) for name in ("kind", "measures_share", "planned",
                                                                      "planned_share")), by_kind, numbers=3),
            Table(say("reports.table_by_field", lang), tuple(say(f"reports.head_{name}", lang) for name in heads),
                  tuple(lines), numbers=5),
        ),
        remarks=(say(f"reports.balance_remark_{material.subject.kind}", lang),),
    )  # fmt: skip


def _field(row: dict[Any, Any], codes: dict[str, CodeList], lang: Lang) -> str:
    return group_title(row["group"], by="field", codes=codes).to(lang)


def _line(title: str, row: dict[Any, Any], invested: float, lang: Lang) -> tuple[str, ...]:
    digits = 0 if float(row["measures"]).is_integer() else 2
    return (
        title, number(row["measures"], lang, digits=digits), _share(row["measures_of_all"], lang),
        _sum(row, lang), _share(row["planned_of_all"], lang), _share(invested, lang),
    )  # fmt: skip


def _sum(row: dict[Any, Any], lang: Lang) -> str:
    """Return the planned money; where some of it is not known, that it is at least so much."""
    said = euros(row["planned_ct"], lang)
    return say("reports.at_least", lang, sum=said) if row["planned_unknown"] and said != "–" else said


def _share(value: float, lang: Lang) -> str:
    return "–" if math.isnan(value) else percent(value, lang, digits=0)


SECTION = Maker("balance", 61, _make)
