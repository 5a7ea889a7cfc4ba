"""A reporting extract near the federal monitoring: what the accompanying information (eBI) and eMo ask of an area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qmgis.model.record import AreaRecord
from qmgis.model.register import DONE_STATUSES
from qmgis.quality._balances import MONEY

__all__ = ["FEDERAL_STATUS", "reporting_extract"]

# The statuses of the federal database, by those of the programme layer.
FEDERAL_STATUS: Mapping[str, str] = {
    "running": "laufend", "suspended": "ruhend", "ended": "ausfinanziert", "settled": "abgerechnet",
}  # fmt: skip
COLUMNS = ["programme_area", "part", "key", "code", "year", "value", "text", "state"]


def reporting_extract(record: AreaRecord) -> pd.DataFrame:
    """Return the fields of an area that the federal monitoring asks for, as far as register and data know them.

    Parts are as the monitoring cuts them: ``A`` the measure as a whole, ``B`` the area, ``C`` money by year and source,
    ``D`` what was done, by field. It is a help for filling in, near the official sheets, not one of them.

    Returns
    -------
    pd.DataFrame
        One row a field: ``part``; ``key``; ``code`` (source of money, field of action, status); ``year``; ``value``
        (money in cents, area in ha) or ``text``; ``state``: ``ok`` or ``missing``. What is not known stays as a row.

    Examples
    --------
    >>> from datetime import date
    >>> found = reporting_extract(AreaRecord("QM-01", "Ost", date(2024, 1, 1), status="running"))
    >>> found.query("key == 'status'")["text"].tolist(), found.query("key == 'residents'")["state"].tolist()
    (['laufend'], ['missing'])
    """
    rows = [*_whole(record), *_area(record), *_money(record), *_done(record)]
    found = pd.DataFrame(rows, columns=["part", "key", "code", "year", "value", "text"])
    found.insert(0, "programme_area", record.area)
    found["year"], found["value"] = found["year"].astype("Int64"), pd.to_numeric(found["value"])
    known = found["value"].notna() | found["text"].map(lambda text: isinstance(text, str) and text != "")
    return found.assign(text=found["text"].fillna(""), state=known.map({True: "ok", False: "missing"}))[COLUMNS]


def _whole(record: AreaRecord) -> list[list[Any]]:
    named = record.events[record.events["event"].isin(["designate", "reentry"])]
    basis = named["legal_basis"].iloc[-1] if len(named) else ""
    said = {
        "area": record.area, "name": record.name, "programme": record.programme,
        "status": FEDERAL_STATUS.get(record.status or "", ""), "legal_basis": basis, "phase": record.phase,
        "designated_on": record.begun, "agreed_until": record.until, "limit_on": record.limit_on,
        "ended_on": record.ended, "concept_adopted_on": _adopted(record),
    }  # fmt: skip
    return [["A", key, "", None, None, "" if value is None else str(value)] for key, value in said.items()]


def _adopted(record: AreaRecord) -> object:
    days = record.tables["concepts"]["adopted_on"].dropna()
    return days.max().date() if len(days) else record.event("concept_adopt", "concept_update")


def _area(record: AreaRecord) -> list[list[Any]]:
    keys = ("land_ha", "residents", "dwellings")
    return [["B", key, "", None, record.numbers.get(key), ""] for key in keys]


def _money(record: AreaRecord) -> list[list[Any]]:
    costs = record.costs
    rows: list[list[Any]] = []
    pairs: Any = costs.groupby(["year", "source"], sort=True)
    for (year, source), own in pairs:
        rows += [["C", name, str(source), int(year), own[name].sum(min_count=1), ""] for name in MONEY]
    for _, fund in record.tables["funds"].sort_values(["year", "fund"]).iterrows():
        rows.append(["C", "fund_budget_ct", str(fund["type"]), fund["year"], fund["budget_ct"], ""])
    return [[*row[:4], None if pd.isna(row[4]) else int(row[4]), row[5]] for row in rows]


def _done(record: AreaRecord) -> list[list[Any]]:
    measures = record.tables["measures"]
    rows: list[list[Any]] = []
    for field, own in measures.groupby("main_field", sort=True):
        rows.append(["D", "measures", str(field), None, len(own), ""])
        rows.append(["D", "measures_done", str(field), None, int(own["status"].isin(DONE_STATUSES).sum()), ""])
    rows.append(["D", "measures_climate", "", None, _climate(measures), ""])
    outputs = [text for text in measures["outputs"] if isinstance(text, str) and text]
    return [*rows, *(["D", "output", "", None, None, text] for text in outputs)]


def _climate(measures: pd.DataFrame) -> int | None:
    known = measures["climate"].dropna()
    return int(known.astype(bool).sum()) if len(known) else None
