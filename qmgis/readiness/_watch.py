"""The watch after the end: whether reports of an ended area call for another look, and what became of its anchors."""

from __future__ import annotations

import pandas as pd

from qmgis.lifecycle import later
from qmgis.model import Text, words
from qmgis.model.checklist import Checklist, WatchRule
from qmgis.model.record import AreaRecord
from qmgis.model.text import count_text, day_text

__all__ = ["post_exit_watch"]

COLUMNS = ["programme_area", "rule", "title_de", "title_en", "state", "year", "evidence_de", "evidence_en"]


def post_exit_watch(checklist: Checklist, record: AreaRecord) -> pd.DataFrame:
    """Return what the rules of the watch say of an ended area.

    Parameters
    ----------
    checklist
        ``readiness``; its rules, and ``watch_years``: how long after the end.
    record
        An area that has ended before the day; of others nothing is told.

    Returns
    -------
    pd.DataFrame
        One row a rule and one an anchor place: ``rule`` (key, or ``anchor:`` and the id); ``state``: ``alert``,
        ``quiet`` or ``unknown`` (no report since the end, or none before it); ``year`` of the report that tells;
        ``evidence_de``, ``evidence_en``. An alert asks for a look, it does not say why numbers moved.

    Examples
    --------
    >>> from datetime import date
    >>> from qmgis.io.rules.checklists import checklists
    >>> post_exit_watch(checklists()["readiness"], AreaRecord("QM-01", "Ost", date(2024, 1, 1))).empty
    True
    """
    if record.ended is None:
        return pd.DataFrame(columns=COLUMNS)
    last = later(record.ended, years=int(checklist.limits["watch_years"])).year
    reports = record.reports[record.reports.index <= min(record.on.year, last)].sort_index()
    rows = [[rule.key, rule.title.de, rule.title.en, *_told(rule, reports, record)] for rule in checklist.watch]
    found = pd.DataFrame([*rows, *_anchors(record)], columns=COLUMNS[1:])
    found.insert(0, "programme_area", record.area)
    return found.astype({"year": "Int64"})


def _told(rule: WatchRule, reports: pd.DataFrame, record: AreaRecord) -> list[object]:
    end = record.ended.year if record.ended is not None else 0
    if rule.falls_by is not None:
        return _fallen(reports["main_class"].dropna(), end, rule.falls_by)
    return _negative(reports["negative_share"].dropna(), end, rule.negative or 1)


def _fallen(classes: pd.Series, end: int, by: int) -> list[object]:
    before, after = classes[classes.index <= end], classes[classes.index > end]
    if before.empty or after.empty:
        return _state("unknown", None, words("readiness.watch_no_report"))
    fallen = after[after >= before.iloc[-1] + by]
    year = int((fallen if len(fallen) else after).index[-1])
    said = words("readiness.watch_classes", before=count_text(before.iloc[-1]), first=str(before.index[-1]),
                 after=count_text(after.loc[year]), year=str(year))  # fmt: skip
    return _state("alert" if len(fallen) else "quiet", year, said)


def _negative(shares: pd.Series, end: int, times: int) -> list[object]:
    after = shares[shares.index > end]
    if after.empty:
        return _state("unknown", None, words("readiness.watch_no_report"))
    run, longest, year = 0, 0, int(after.index[-1])
    for at, share in after.items():
        run = run + 1 if share >= 0.5 else 0
        if run > longest:
            longest, year = run, int(at)  # type: ignore[call-overload]
    said = words("readiness.watch_negative", n=count_text(longest), of=count_text(len(after)), times=count_text(times))
    if longest < times and len(after) < times:
        return _state("unknown", None, said)
    return _state("alert" if longest >= times else "quiet", year, said)


def _anchors(record: AreaRecord) -> list[list[object]]:
    """Return for each anchor place whether it is still secured on the day."""
    rows = []
    for one in record.tables["anchors"].to_dict("records"):
        title = words("readiness.watch_anchor", name=one["name"])
        until = one["secured_until"]
        if pd.isna(until):
            told = _state("unknown", None, words("readiness.watch_anchor_unknown"))
        else:
            over = until.date() <= record.on
            key = "readiness.watch_anchor_over" if over else "readiness.watch_anchor_until"
            told = _state("alert" if over else "quiet", None, words(key, day=day_text(until)))
        rows.append([f"anchor:{one['anchor']}", title.de, title.en, *told])
    return rows


def _state(state: str, year: int | None, said: Text) -> list[object]:
    return [state, year, said.de, said.en]
