"""Cells of the tables about programme areas, as people read them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Lang
from qmgis.model.text import day_text

__all__ = ["cell_text", "plan_shown"]

# Columns whose values are codes, and the texts of these codes.
_CODES = {
    "level": "quality.level_", "computed": "quality.level_", "judged": "quality.level_", "basis": "quality.basis_",
    "way": "quality.way_", "attainment": "quality.attainment_", "ready": "readiness.ready_", "time": "readiness.left_",
    "quadrant": "readiness.quadrant_", "missing": "readiness.missing_",
}  # fmt: skip
_STATES = ("met", "partly", "not", "unknown")


def cell_text(value: Any, column: str, lang: Lang) -> str:
    """Return a cell for people: codes in words, days and money as people write them, a dash where there is nothing.

    Examples
    --------
    >>> cell_text(170_000, "budget_ct", "de"), cell_text("unknown", "level", "en"), cell_text(None, "from_date", "de")
    ('1.700,00 €', 'unknown', '–')
    """
    if value is None or value is pd.NA or value != value or value is pd.NaT or value == "":
        return "–"
    if isinstance(value, pd.Timestamp):
        return day_text(value.date()).to(lang)
    if column.endswith("_ct"):
        return number(int(value) / 100, lang, digits=2) + " €"
    if column == "age_years":
        return number(float(value), lang, digits=1)
    if column == "phase":
        return f"{value} {say(f'lifecycle.phase_{value}', lang)}"
    if column == "state":
        return _state(str(value), lang)
    if column == "missing":
        return ", ".join(say(_CODES[column] + one, lang) for one in str(value).split("; "))
    if column in _CODES:
        return say(_CODES[column] + str(value), lang)
    return str(value)


def plan_shown(plan: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Return an exit plan with the words for the tasks of a neighbourhood management as their titles.

    Examples
    --------
    >>> plan_shown(pd.DataFrame({"id": ["T1", "M1"], "title": ["", "Kita"]}), "en")["title"].tolist()
    ['Contact point on site', 'Kita']
    """
    known = {f"T{n}" for n in range(1, 11)}
    said = [
        say(f"readiness.task_{key}", lang) if key in known and not title else title
        for key, title in zip(plan["id"], plan["title"], strict=True)
    ]
    return plan.assign(title=said)


def _state(value: str, lang: Lang) -> str:
    if value in _STATES:
        return say(f"readiness.state_{value}", lang)
    if value in ("ahead", "near", "passed"):
        return say(f"lifecycle.state_{value}", lang)
    return say(f"quality.state_{value}", lang)
