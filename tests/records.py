"""Records of programme areas for tests: a small register, and the record of one area on a day."""

from datetime import date

import pandas as pd

from qmgis.model import AreaRecord
from qmgis.model.record import register_tables

ON = date(2024, 12, 31)
EVENTS = pd.DataFrame({
    "date": pd.to_datetime(["2018-01-01", "2022-06-15"]).astype("datetime64[s]"),
    "event": ["designate", "interim_balance"],
    "body": ["Rat", "Verwaltung"],
    "legal_basis": ["BauGB 171e(3)", ""],
})  # fmt: skip


def record(tables=None, *, kept=None, **changes) -> AreaRecord:
    """The record of QM-01 with some tables; a table that is given is kept."""
    given = {name: pd.DataFrame(rows) for name, rows in (tables or {}).items()}
    names = given.get("organisations", pd.DataFrame(columns=["organisation", "name"]))
    known = {
        "begun": date(2018, 1, 1), "phase": "P7", "events": EVENTS, "outlined": True,
        "organisations": dict(zip(names["organisation"], names["name"], strict=True)),
        **changes,
    }  # fmt: skip
    kept = frozenset(given) if kept is None else frozenset(kept)
    return AreaRecord("QM-01", "Quartier Ost", ON, tables=register_tables(given, "QM-01"), kept=kept, **known)


def measure(key="M1", **changes) -> dict:
    return {"measure": key, "area": "QM-01", "title": f"Maßnahme {key}", "main_field": "HF1", "kind": "SOC",
            "status": "running", **changes}  # fmt: skip


def said(item, level, *, on="2024-05-01", catalogue="conditions", version="2025", **changes) -> dict:
    return {"area": "QM-01", "catalogue": catalogue, "version": version, "item": item, "date": on, "level": level,
            "evidence": "Protokoll", "role": "provider", **changes}  # fmt: skip
