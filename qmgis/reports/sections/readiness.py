"""Could it go on without the programme? Readiness by places, heads and structures; the deadline beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from qmgis.i18n import say
from qmgis.model import Lang
from qmgis.reports._bars import state_signs
from qmgis.reports._material import Judged, Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]

GROUPS = ("position", "places", "heads", "structures")


def _make(material: Material) -> Section | None:
    found, lang = material.judged, material.lang
    if found is None:
        return None
    rows = found.profile.to_dict("records")
    groups = [group for group in GROUPS if any(row["group"] == group for row in rows)]
    by_group = [
        (say(f"readiness.group_{group}", lang),
         [(str(row["criterion"]), str(row["state"])) for row in rows if row["group"] == group])
        for group in groups
    ]  # fmt: skip
    tables = tuple(_criteria(rows, half, lang) for half in (groups[:3], groups[3:]) if half)
    points = () if material.is_public else _answer(found, lang)
    return Section(
        "readiness", say("reports.readiness", lang), sentences=_signals(found, lang),
        pictures=(state_signs(by_group, lang),), tables=tables, points=points,
        remarks=(say("reports.readiness_remark", lang),),
    )  # fmt: skip


def _signals(found: Judged, lang: Lang) -> tuple[str, ...]:
    """Return both signals, each under its own name, and what they say together."""
    signals = found.signals
    said = say(f"reports.ready_{signals.ready}", lang)
    time = say(f"reports.time_{signals.time}", lang)
    return (say("reports.signals", lang, ready=said, time=time), signals.sentence.to(lang))


def _criteria(rows: list[dict[Any, Any]], groups: Sequence[str], lang: Lang) -> Table:
    own = [row for group in groups for row in rows if row["group"] == group]
    said = tuple(
        (f"{row['criterion']} {row[f'text_{lang}']}", say(f"readiness.state_{row['state']}", lang)) for row in own
    )
    names = ", ".join(say(f"readiness.group_{group}", lang) for group in groups)
    return Table(names, (say("reports.head_criterion", lang), say("reports.head_state", lang)), said)


def _answer(found: Judged, lang: Lang) -> tuple[str, ...]:
    """Return the answer to a council in short: from when, with which staff, with which tasks."""
    points = []
    for section, rows in found.page.groupby("section", sort=False):
        if section == "criteria":
            continue
        lines = [str(line).rstrip(".") for line in _short(rows, str(section))[f"line_{lang}"]]
        points.append(f"{rows[f'title_{lang}'].iloc[0]} {'; '.join(lines)}.")
    return tuple(points)


def _short(rows: pd.DataFrame, section: str) -> pd.DataFrame:
    return rows.head(1) if section == "tasks" else rows


SECTION = Maker("readiness", 72, _make)
