"""The lives of the programme areas here: phase, term, what happened, which deadlines stand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from qmgis.i18n import number, say
from qmgis.lifecycle import AGREED, phase_words
from qmgis.model import Lang
from qmgis.model.text import day_text
from qmgis.reports._material import Life, Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    if not material.lives:
        return None
    lang, is_own = material.lang, material.subject.kind == "programme"
    tables = [_standing(material.lives, lang, day=_day(material.outcome.run.on, lang))]
    for life in material.lives:
        tables += [_history(life, lang, is_own=is_own)] if len(life.history) else []
    due = _deadlines(material)
    tables += [due] if due else []
    remarks = (say("lifecycle.deadline_note", lang),) if due else ()
    return Section("lifecycle", say("reports.lifecycle", lang), tables=tuple(tables), remarks=remarks)


def _standing(lives: tuple[Life, ...], lang: Lang, *, day: str) -> Table:
    heads = tuple(say(f"lifecycle.column_{name}", lang) for name in ("name", "programme", "phase", "begun", "until"))
    rows = [
        (f"{life.name} ({life.area})", str(life.standing.get("programme") or "–"),
         phase_words(life.standing.get("phase"), lang), _day(life.standing.get("begun"), lang),
         _day(life.standing.get("until"), lang)) for life in lives
    ]  # fmt: skip
    return Table(say("reports.table_programmes", lang, day=day), heads, tuple(rows))


def _history(life: Life, lang: Lang, *, is_own: bool) -> Table:
    heads = tuple(say(f"reports.head_{name}", lang) for name in ("day", "event", "document"))
    rows = tuple(
        (_day(row["date"], lang), say(f"lifecycle.event_{row['event']}", lang),
         ", ".join(str(part) for part in (row["body"], row["document"], row["legal_basis"]) if part) or "–")
        for row in life.history.to_dict("records")
    )  # fmt: skip
    title = say("reports.table_history", lang, name=life.name) if not is_own else say("reports.table_own_history", lang)
    return Table(title, heads, rows)


def _deadlines(material: Material) -> Table | None:
    lang, rows = material.lang, []
    for life in material.lives:
        for row in life.deadlines.to_dict("records"):
            known = material.rules.get(str(row["rule"]))
            title = say("lifecycle.agreed", lang) if row["rule"] == AGREED or known is None else known.to(lang)
            rows.append((f"{life.area}: {title}", say(f"lifecycle.state_{row['state']}", lang),
                         _day(row["limit"], lang), number(row["days_left"], lang)))  # fmt: skip
    heads = tuple(say(f"lifecycle.column_{name}", lang) for name in ("deadline", "state", "limit", "days"))
    caption = say("reports.table_deadlines", lang, day=_day(material.outcome.run.on, lang))
    return Table(caption, heads, tuple(rows), numbers=2) if rows else None


def _day(day: Any, lang: Lang) -> str:
    if day is None or pd.isna(day):
        return "–"
    return day_text(day if isinstance(day, date) and not isinstance(day, pd.Timestamp) else day.date()).to(lang)


SECTION = Maker("lifecycle", 70, _make)
