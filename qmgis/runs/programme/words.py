"""Cells of the tables about programme areas, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qmgis.balance import euro
from qmgis.i18n import number, percent, say
from qmgis.lifecycle import phase_words
from qmgis.model import Indicator, Lang
from qmgis.model.register import CodeList
from qmgis.model.text import day_text

__all__ = ["balance_shown", "cell_text", "extract_shown", "goals_shown", "plan_shown", "roles_shown"]

# Columns whose values are codes, and the texts of these codes.
_CODES = {
    "level": "quality.level_", "computed": "quality.level_", "judged": "quality.level_", "basis": "quality.basis_",
    "way": "quality.way_", "attainment": "quality.attainment_", "ready": "readiness.ready_", "time": "readiness.left_",
    "quadrant": "readiness.quadrant_", "missing": "readiness.missing_",
}  # fmt: skip
_NUMBERS = ("value", "low", "high", "start_value", "target_value")
_STATES = ("met", "partly", "not", "unknown")


def cell_text(value: Any, column: str, lang: Lang) -> str:
    """Return a cell for people: codes in words, days and money as people write them, a dash where there is nothing.

    Examples
    --------
    >>> cell_text(2027.0, "target_year", "de")
    '2027'
    >>> cell_text(170_000, "budget_ct", "de"), cell_text(170_000, "budget_ct", "en"), cell_text(None, "from_date", "de")
    ('1.700,00 €', '€1,700.00', '–')
    """
    if value is None or value is pd.NA or value != value or value is pd.NaT or value == "":
        return "–"
    if isinstance(value, pd.Timestamp):
        return day_text(value.date()).to(lang)
    if column.endswith("_ct"):
        return euro(int(value)).to(lang)
    if column == "age_years":
        return number(float(value), lang, digits=1)
    if column in _NUMBERS and not isinstance(value, str):
        return number(float(value), lang, digits=0 if float(value).is_integer() else 3)
    if column in ("target_year", "year"):
        return str(int(float(value)))
    if column == "what":
        return _span(str(value), lang)
    if column == "phase":
        return phase_words(value, lang)
    if column == "state":
        return _state(str(value), lang)
    if column == "missing":
        return ", ".join(say(_CODES[column] + one, lang) for one in str(value).split("; "))
    if column in _CODES:
        return say(_CODES[column] + str(value), lang)
    return str(value)


def plan_shown(plan: pd.DataFrame, codes: Mapping[str, CodeList], lang: Lang) -> pd.DataFrame:
    """Return an exit plan with the words for the tasks of a neighbourhood management as their titles.

    Examples
    --------
    >>> from qmgis.io.rules.catalogues import code_lists
    >>> plan_shown(pd.DataFrame({"id": ["T1", "M1"], "title": ["", "Kita"]}), code_lists(), "en")["title"].tolist()
    ['contact point on site', 'Kita']
    """
    tasks = codes["task_fields"]
    said = [
        tasks.title_of(str(key)).to(lang) if key in tasks.codes and not title else title
        for key, title in zip(plan["id"], plan["title"], strict=True)
    ]
    return plan.assign(title=said)


def balance_shown(balance: pd.DataFrame, codes: Mapping[str, CodeList], lang: Lang) -> pd.DataFrame:
    """Return a balance with words for its parts, fields and statuses.

    Examples
    --------
    >>> rows = pd.DataFrame({"part": ["goals"], "field": ["HF1"], "key": ["reached"]})
    >>> from qmgis.io.rules.catalogues import code_lists
    >>> balance_shown(rows, code_lists(), "en")[["part", "key"]].to_numpy().tolist()
    [['goals', 'reached']]
    """
    keys = [
        codes["attainments" if part == "goals" else "statuses"].title_of(str(key)).to(lang)
        for part, key in zip(balance["part"], balance["key"], strict=True)
    ]
    fields = [codes["fields"].title_of(one).to(lang) if isinstance(one, str) else one for one in balance["field"]]
    return balance.assign(part=[say(f"quality.part_{one}", lang) for one in balance["part"]], key=keys, field=fields)


def roles_shown(items: pd.DataFrame, codes: Mapping[str, CodeList], lang: Lang) -> pd.DataFrame:
    """Return assessed items with words for who assessed them.

    Examples
    --------
    >>> from qmgis.io.rules.catalogues import code_lists
    >>> roles_shown(pd.DataFrame({"role": ["provider", ""]}), code_lists(), "de")["role"].tolist()
    ['Träger', '']
    """
    roles = codes["assessor_roles"]
    return items.assign(role=[roles.title_of(one).to(lang) if one else one for one in items["role"]])


def goals_shown(goals: pd.DataFrame, indicators: Mapping[str, Indicator], lang: Lang) -> pd.DataFrame:
    """Return goals with the titles of their indicators, and shares in percent.

    Examples
    --------
    >>> from tests.toy import toy_table
    >>> rows = pd.DataFrame({"indicator": ["transfer"], "value": [0.125], "low": [None], "high": [None],
    ...                      "start_value": [0.2], "target_value": [0.1]})
    >>> goals_shown(rows, toy_table().indicators, "de")[["value", "target_value"]].to_numpy().tolist()
    [['12,5 %', '10,0 %']]
    """
    shown = goals.copy()
    shares = goals["indicator"].map(lambda key: key in indicators and indicators[key].measure == "share").astype(bool)
    for column in _NUMBERS:
        known = shares & goals[column].notna()
        shown[column] = [
            percent(float(value), lang, digits=1) if one else value
            for value, one in zip(goals[column], known, strict=True)
        ]
    titles = {key: one.title.to(lang) for key, one in indicators.items()}
    return shown.assign(indicator=goals["indicator"].map(lambda key: titles.get(key, key)))


def extract_shown(extract: pd.DataFrame, codes: Mapping[str, CodeList], lang: Lang) -> pd.DataFrame:
    """Return a reporting extract with words for its entries and codes, money in euros, in the column ``text``.

    Examples
    --------
    >>> rows = {"key": ["spent_ct"], "code": [""], "value": [170_000.0], "text": [""]}
    >>> from qmgis.io.rules.catalogues import code_lists
    >>> extract_shown(pd.DataFrame(rows), code_lists(), "de")[["key", "text"]].to_numpy().tolist()
    [['ausgegebene Mittel', '1.700,00 €']]
    """
    known = {key: one for name in ("funding_sources", "fields", "fund_types") for key, one in codes[name].codes.items()}
    said = [
        text if text else cell_text(value, key if key.endswith("_ct") else "value", lang)
        for key, value, text in zip(extract["key"], extract["value"], extract["text"], strict=True)
    ]
    titles = [known[one].title.to(lang) if one in known else one for one in extract["code"]]
    return extract.assign(key=[say(f"quality.extract_{one}", lang) for one in extract["key"]], code=titles, text=said)


def _span(value: str, lang: Lang) -> str:
    """Return a phase or a rule of a time line in words."""
    if value[:1] == "P" and value[1:].isdigit():
        return phase_words(value, lang)
    return say("lifecycle.agreed" if value == "agreed" else "readiness.limit", lang)


def _state(value: str, lang: Lang) -> str:
    if value in _STATES:
        return say(f"readiness.state_{value}", lang)
    if value in ("ahead", "near", "passed"):
        return say(f"lifecycle.state_{value}", lang)
    return say(f"quality.state_{value}", lang)
