"""What a run writes of the register: balance, plan of costs and time, funds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from qmgis.balance import BY
from qmgis.errors import NotEnoughDataError
from qmgis.i18n import number, say
from qmgis.io.written.balance import balance_csv, balance_table, funds_csv
from qmgis.io.written.plan import PlanSheet, plan_csv, plan_xlsx
from qmgis.model import City, Lang
from qmgis.runs.programme.balance import area_names, balance_of, funds_of, has_register, plan_of, register_of
from qmgis.runs.programme.register import division_of
from qmgis.runs.programme.subareas import sub_area_names

__all__ = ["BALANCE", "balance_files", "plan_file", "sheet_of"]

BALANCE = "balance.csv"


@lru_cache(maxsize=2)
def balance_files(city: City, lang: Lang) -> Mapping[str, bytes]:
    """Return ``balance.csv``, ``cost_plan.xlsx``, ``funds.csv`` and their German twins; nothing without a register.

    They are the same for every run of the city, and made once.

    Examples
    --------
    >>> balance_files(toy_city(), "de")
    {}
    """
    if not has_register(city) or register_of(city).measures.empty:
        return {}
    register = register_of(city)
    tables = {str(by): balance_of(city, by=by) for by in BY}
    names = sub_area_names(city) | area_names(city)
    whole = balance_table(tables, codes=register.codes, names=names)
    ledger, found = funds_of(city)
    files = {
        BALANCE: balance_csv(whole),
        "balance_de.csv": balance_csv(whole, german=True),
        "cost_plan.xlsx": plan_xlsx(_sheets(city, lang), codes=register.codes, lang=lang),
    }
    if len(ledger):
        files["funds.csv"] = funds_csv(ledger, found, codes=register.codes)
        files["funds_de.csv"] = funds_csv(ledger, found, codes=register.codes, german=True)
    return files


def sheet_of(city: City, area: str | None, lang: Lang, *, amount: str = "planned_ct") -> PlanSheet:
    """Return the plan of a programme area, or of all, with its title and notes."""
    title = say("balance.all_areas", lang) if area is None else f"{area} {area_names(city).get(area, '')}".strip()
    credit = register_of(city).credit
    notes = [f"{city.title.to(lang)} · {credit}" if credit else city.title.to(lang)]
    plan = plan_of(city, area=area, amount=amount)
    shared = [one for one in dict.fromkeys(division_of(city)["measure"]) if one in set(plan.rows["measure"])]
    if area is not None and shared:
        notes.append(say("balance.plan_shared", lang, n=number(len(shared), lang), ids=", ".join(shared)))
    return PlanSheet(title, plan, (*notes, city.note.to(lang) if city.note else ""))


def plan_file(city: City, area: str | None, lang: Lang, *, to: str = "xlsx", amount: str = "planned_ct") -> bytes:
    """Return the plan of a programme area as a workbook, or as a table for German spreadsheets (``to="csv"``)."""
    sheet, codes = sheet_of(city, area, lang, amount=amount), register_of(city).codes
    return plan_csv(sheet, codes=codes) if to == "csv" else plan_xlsx([sheet], codes=codes, lang=lang)


def _sheets(city: City, lang: Lang) -> list[PlanSheet]:
    """Return the plan of all areas, and one of each that has measures."""
    sheets = []
    for area in (None, *sorted(area_names(city))):
        try:
            sheets.append(sheet_of(city, area, lang))
        except NotEnoughDataError:
            continue  # an area without measures has no plan
    return sheets
