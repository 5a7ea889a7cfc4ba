"""One page on an area: by which criteria, from when, with which staff and tasks it goes on without the programme."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qmgis.model import Text, words
from qmgis.model.record import AreaRecord
from qmgis.model.text import count_text, day_text
from qmgis.readiness._exit import TASKS
from qmgis.readiness._profile import Signals

__all__ = ["SECTIONS", "one_page"]

SECTIONS = ("criteria", "when", "staff", "tasks")
COLUMNS = ["section", "title_de", "title_en", "line_de", "line_en", "state"]


def one_page(table: pd.DataFrame, record: AreaRecord, *, found: Signals, plan: pd.DataFrame) -> pd.DataFrame:
    """Return the answer to the question of a council: by which criteria, from when, with which staff and tasks.

    Parameters
    ----------
    table
        `readiness` of the area.
    record
        The same area on the same day.
    found
        `signals` of both.
    plan
        `exit_plan` of the area.

    Returns
    -------
    pd.DataFrame
        One row a line, in order: ``section`` (`SECTIONS`), its title and the line in both languages; ``state``: of a
        criterion its state, ``open`` for what is flagged, else empty.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.io.rules.checklists import checklists
    >>> from qmgis.readiness import exit_plan, readiness, signals
    >>> record = AreaRecord("QM-01", "Ost", date(2024, 1, 1))
    >>> table = readiness(checklists()["readiness"], record)
    >>> page = one_page(table, record, found=signals(table, record), plan=exit_plan(record))
    >>> page["section"].drop_duplicates().tolist()
    ['criteria', 'when', 'staff', 'tasks']
    """
    lines: list[tuple[str, Text, str]] = [("criteria", found.sentence, "")]
    for row in table.to_dict("records"):
        state = words(f"readiness.state_{row['state']}")
        evidence = Text(row["evidence_de"] or row["judged_evidence"], row["evidence_en"] or row["judged_evidence"])
        lines.append(("criteria", _line(row, state, evidence), str(row["state"])))
    lines += [("when", one, "") for one in _when(record, found)]
    lines += _staff(record)
    lines += _tasks(plan, record)
    titles = {section: words(f"readiness.section_{section}") for section in SECTIONS}
    rows = [[section, titles[section].de, titles[section].en, one.de, one.en, state] for section, one, state in lines]
    return pd.DataFrame(rows, columns=COLUMNS)


def _line(row: dict[Any, Any], state: Text, evidence: Text) -> Text:
    said = []
    for lang in ("de", "en"):
        rest = f" {evidence.to(lang)}" if evidence.to(lang) else ""
        said.append(f"{row['criterion']} {row[f'text_{lang}']}: {state.to(lang)}.{rest}")
    return Text(*said)


def _when(record: AreaRecord, found: Signals) -> list[Text]:
    days = {"begun": record.begun, "until": record.until, "limit": found.limit_on if not record.ended else None,
            "transition": record.event("transition_start"), "ended": record.ended}  # fmt: skip
    said = [words(f"readiness.when_{name}", day=day_text(day)) for name, day in days.items() if day is not None]
    return said or [words("readiness.when_nothing")]


def _staff(record: AreaRecord) -> list[tuple[str, Text, str]]:
    rows = record.tables["organisations"]
    now = rows[~(rows["until"] <= pd.Timestamp(record.on))]
    lines = [
        ("staff", words("readiness.staff_line", name=row["name"], role=_role(row["role"])), "")
        for row in now.to_dict("records")
    ]
    said = record.tables["assessments"]
    said = said[said["catalogue"].eq("conditions") & said["item"].eq("R11") & ~(said["date"] > pd.Timestamp(record.on))]
    told = [text for text in said.sort_values("date")["evidence"] if isinstance(text, str) and text]
    lines.append(("staff", Text(told[-1], told[-1]), "") if told
                 else ("staff", words("readiness.staff_unknown"), "open"))  # fmt: skip
    return lines


def _role(role: object) -> Text:
    known = ("coordinator", "anchor", "contact", "member", "office", "steering", "successor", "provider", "partner")
    return words(f"readiness.role_{role}") if role in known else Text(str(role or "–"), str(role or "–"))


def _tasks(plan: pd.DataFrame, record: AreaRecord) -> list[tuple[str, Text, str]]:
    flagged = int(plan["flagged"].sum())
    lines = [("tasks", words("readiness.tasks_head", n=count_text(flagged), of=count_text(len(plan))), "")]
    for row in plan.to_dict("records"):
        title = Text(*[row["title"] or row["id"]] * 2)
        if _is_task(row["id"]):
            title = record.titles.get(row["id"], words(f"readiness.task_{row['id']}"))
        name = row["successor_name"] or "–"
        day = Text("–", "–") if pd.isna(row["from_date"]) else day_text(row["from_date"])
        lacking = [words(f"readiness.missing_{one}") for one in row["missing"].split("; ") if one]
        missing = Text(", ".join(one.de for one in lacking), ", ".join(one.en for one in lacking))
        key = "readiness.task_open" if row["flagged"] else "readiness.task_line"
        values = {"id": row["id"], "title": title, "name": name, "day": day}
        line = words(key, **values, **({"missing": missing} if row["flagged"] else {}))
        lines.append(("tasks", line, "open" if row["flagged"] else ""))
    return lines


def _is_task(key: str) -> bool:
    return key in (*TASKS, "watch")
