"""The readiness profile of an area, and beside it the deadline: two signals, and a sentence where they part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from qmgis.lifecycle import assessed
from qmgis.model import Text, words
from qmgis.model.checklist import CheckItem, Checklist
from qmgis.model.record import AreaRecord
from qmgis.model.text import count_text, day_text
from qmgis.readiness._criteria import CRITERIA
from qmgis.readiness._states import ReadinessState, Told, both, told

__all__ = ["QUADRANTS", "Signals", "profile_counts", "readiness", "signals"]

Ready = Literal["ready", "not_ready", "cannot_say"]
Time = Literal["left", "expired", "no_limit"]
QUADRANTS = tuple(f"{ready}_{time}" for ready in ("ready", "not_ready", "cannot_say")
                  for time in ("left", "expired", "no_limit"))  # fmt: skip
COLUMNS = ["programme_area", "on", "version", "criterion", "group", "text_de", "text_en", "way", "decides", "state",
           "basis", "measured", "evidence_de", "evidence_en", "judged", "judged_level", "judged_evidence", "role",
           "date", "next_step"]  # fmt: skip
NONE = Told("unknown", Text("", ""))


@dataclass(frozen=True)
class Signals:
    """Readiness and time of an area on a day, kept apart.

    ``ready``: by the criteria that decide; ``time``: by the deadline alone; ``quadrant``: both names, with ``_``;
    ``limit_on``: the day that ``time`` is about; ``disagree``: readiness and time point different ways; ``sentence``:
    both in words.
    """

    area: str
    on: date
    ready: Ready
    time: Time
    limit_on: date | None
    disagree: bool
    sentence: Text

    @property
    def quadrant(self) -> str:
        """The place in the table of readiness against time."""
        return f"{self.ready}_{self.time}"


def readiness(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return the readiness profile of an area on a day: every criterion, measured or judged.

    Parameters
    ----------
    checklist
        ``readiness``, with its limits.
    record
        The area on a day.

    Returns
    -------
    pd.DataFrame
        One row a criterion, all of them, in the order of the checklist: ``group`` (``position``, ``places``, ``heads``,
        ``structures``), ``way``, ``decides``; ``state``: ``met``, ``partly``, ``not`` or ``unknown``, which is never
        counted as met; ``basis``: ``data``, ``judged``, ``both`` or empty; ``measured`` with ``evidence_de``,
        ``evidence_en``; ``judged`` with ``judged_level``, ``judged_evidence``, ``role``, ``date``, ``next_step``.

    Raises
    ------
    DataError
        If the area's assessments are not sound.

    Examples
    --------
    >>> from qmgis.io.rules.checklists import checklists
    >>> found = readiness(checklists()["readiness"], AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> len(found), set(found["state"])
    (15, {'unknown'})
    """
    said = assessed(checklist, record)
    measured = {key: rule(record, checklist.limits) for key, rule in CRITERIA.items() if key in said.index}
    rows = [_row(item, measured.get(item.key, NONE), said.loc[item.key], checklist) for item in checklist.items]
    found = pd.DataFrame(rows).assign(programme_area=record.area, on=pd.Timestamp(record.on), version=checklist.version)
    found["date"] = pd.to_datetime(found["date"]).astype("datetime64[s]")
    return found[COLUMNS]


def profile_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many criteria of each group are in each state, the unknown ones with them.

    Examples
    --------
    >>> profile_counts(pd.DataFrame({"group": ["places", "places"], "state": ["met", "unknown"]})).to_dict("records")
    [{'group': 'places', 'met': 1, 'partly': 0, 'not': 0, 'unknown': 1, 'criteria': 2}]
    """
    counts = pd.crosstab(table["group"], table["state"]).reindex(columns=["met", "partly", "not", "unknown"])
    counts = counts.fillna(0).astype(int).reindex(table["group"].drop_duplicates())
    counts.columns.name = None
    return counts.assign(criteria=counts.sum(axis=1)).rename_axis("group").reset_index()


def signals(table: pd.DataFrame, record: AreaRecord, *, partly_allowed: int = 3) -> Signals:
    """Return readiness and deadline of an area beside each other.

    Parameters
    ----------
    table
        `readiness` of the area.
    record
        The same area; its deadlines say how much time there is.
    partly_allowed
        How many of the criteria that decide may be met partly. An area is ready if none of them is not met, none is
        unknown and no more than these are partly met; not ready if one is not met or more are partly met, whatever is
        unknown; else it cannot be said, since what is unknown would decide.

    Examples
    --------
    >>> table = pd.DataFrame({"criterion": ["V03"], "decides": [True], "state": ["unknown"]})
    >>> found = signals(table, AreaRecord("QM-01", "Ost", date(2024, 1, 1)))
    >>> found.quadrant, found.disagree
    ('cannot_say_no_limit', False)
    """
    own = table[table["decides"].astype(bool)]
    count = own["state"].value_counts()
    ready: Ready = "ready"
    if count.get("not", 0) or count.get("partly", 0) > partly_allowed:
        ready = "not_ready"
    elif count.get("unknown", 0):
        ready = "cannot_say"
    limit = record.ended or record.limit_on
    time: Time = "no_limit" if limit is None else "expired" if limit <= record.on else "left"
    near = bool(record.deadlines["state"].eq("near").any()) if len(record.deadlines) else False
    disagree = (ready == "not_ready" and (time == "expired" or near)) or (ready == "ready" and time == "left")
    pressing = ready == "not_ready" and time == "left" and near
    said = [*_said(record, own, ready, time, limit), *_aside(table)]
    said.append(words("readiness.meet_not_ready_near" if pressing else f"readiness.meet_{ready}_{time}"))
    sentence = Text(*(" ".join(filter(None, (one.to(lang) for one in said))) for lang in ("de", "en")))
    return Signals(record.area, record.on, ready, time, limit, disagree, sentence)


def _aside(table: pd.DataFrame) -> list[Text]:
    """Return a sentence on the criteria that do not decide: they are told beside, whatever readiness is."""
    rest = table[~table["decides"].astype(bool)]
    if rest.empty:
        return []
    told_ = [
        (name, words(f"readiness.state_{state}")) for name, state in zip(rest["criterion"], rest["state"], strict=True)
    ]
    listed = Text(*(", ".join(f"{name} {state.to(lang)}" for name, state in told_) for lang in ("de", "en")))
    return [words("readiness.aside", criteria=listed)]


def _said(record: AreaRecord, own: pd.DataFrame, ready: Ready, time: Time, limit: date | None) -> list[Text]:
    listed = {
        state: ", ".join(own.loc[own["state"] == state, "criterion"]) or "–" for state in ("not", "partly", "unknown")
    }
    counts = {state: count_text(int((own["state"] == state).sum())) for state in ("met", "not", "partly", "unknown")}
    first = words(f"readiness.said_{ready}", name=record.name, of=count_text(len(own)), met=counts["met"],
                  n_not=counts["not"], n_partly=counts["partly"], n_unknown=counts["unknown"],
                  l_not=listed["not"], l_partly=listed["partly"], l_unknown=listed["unknown"])  # fmt: skip
    key = "ended" if record.ended is not None else time
    second = words(f"readiness.time_{key}", **({"day": day_text(limit)} if limit else {}))
    return [first, second]


def _row(item: CheckItem, measured: Told, said: Any, checklist: Checklist) -> dict[str, object]:
    judged = _judged(str(said["level"]), str(said["evidence"]), int(checklist.limits["judged_level"]))
    known = [name for name, state in (("data", measured.state), ("judged", judged)) if state != "unknown"]
    if item.way == "both":
        state, basis = both(measured.state, judged), "both" if len(known) == 2 else "".join(known)
    elif item.way == "auto" and measured.state != "unknown":
        state, basis = measured.state, "data"
    else:
        state, basis = judged, "judged" if judged != "unknown" else ""
    evidence = measured.evidence
    if not evidence.de and str(said["level"]) == "na":
        evidence = told("unknown", "judged_na").evidence
    return {
        "criterion": item.key, "group": item.group, "text_de": item.text.de, "text_en": item.text.en, "way": item.way,
        "decides": item.decides, "state": state, "basis": basis, "measured": measured.state,
        "evidence_de": evidence.de, "evidence_en": evidence.en, "judged": judged, "judged_level": said["level"],
        "judged_evidence": said["evidence"], "role": said["role"], "date": said["date"],
        "next_step": said["next_step"],
    }  # fmt: skip


def _judged(level: str, evidence: str, enough: int) -> ReadinessState:
    """Return the state that a level stands for; a level that is enough but names no evidence is partly."""
    if level in ("unknown", "na"):
        return "unknown"
    if int(level) >= enough:
        return "met" if evidence else "partly"
    return "partly" if int(level) == enough - 1 and int(level) > 0 else "not"
