"""Whether programme and legal basis of an area go together by the rules of the day; a warning, never a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from qmgis.lifecycle._history import events_of, named
from qmgis.model import LegalRule, ProgrammeLayer
from qmgis.model.lifecycle import allows, sections

__all__ = ["legal_check"]

DESIGNATES = ("designate", "reentry")
COLUMNS = ["programme_area", "name", "programme", "event", "on", "legal_basis", "rule", "state"]


def legal_check(layer: ProgrammeLayer, day: date, *, rules: Iterable[LegalRule]) -> pd.DataFrame:
    """Return for the last designation and the last study of each area, up to a day, whether its basis is in the rules.

    Which rule holds is asked for the day of the event, since rules change. How long a study or a programme may last is
    told by `deadlines`.

    Parameters
    ----------
    layer
        Programme areas with their events.
    day
        Only events up to this day count.
    rules
        What programmes allow (`qmgis.io.rules.legal`).

    Returns
    -------
    pd.DataFrame
        One row an area and event: ``programme_area``, ``name``, ``programme``; ``event`` and its day ``on``;
        ``legal_basis`` as it is written; ``rule``: the rule's key, or nothing; ``state``: ``allowed``, ``other`` (the
        rule names other bases), ``study`` (designated on the basis of a study), ``unread`` (no section is named, such
        as a plain resolution), ``missing``, ``no_rule`` (no rule for this programme on that day).

    Examples
    --------
    >>> from qmgis.model import Event, Text
    >>> from dataclasses import replace
    >>> layer = replace(toy_programme(), events=(Event("QM-01", "designate", date(2018, 1, 1), legal_basis="§ 165"),))
    >>> rule = LegalRule("social", Text("", ""), tuple(layer.frame["programme"].unique()), ("171e(3)",))
    >>> legal_check(layer, date(2024, 1, 1), rules=[rule])[["programme_area", "state"]].iloc[0].tolist()
    ['QM-01', 'other']
    """
    known, names = tuple(rules), named(layer)
    programmes = layer.frame["programme"].groupby(layer.area_ids).last()
    given = (
        layer.frame["legal_basis"].fillna("").groupby(layer.area_ids).last()
        if "legal_basis" in layer.frame
        else pd.Series()
    )
    last: dict[tuple[str, str], tuple[date, str]] = {}
    for event in sorted(events_of(layer), key=lambda one: one.on):
        kind: str = "designate" if event.type in DESIGNATES else event.type
        if event.on <= day and kind in ("designate", "study_start") and event.programme_area in names.index:
            text = event.legal_basis or (str(given.get(event.programme_area) or "") if kind == "designate" else "")
            last[event.programme_area, kind] = event.on, text
    rows = []
    for (area, kind), (on, basis) in sorted(last.items()):
        rule = next((one for one in known if one.holds_on(on) and programmes[area] in one.programmes), None)
        state = _state(kind, basis, rule)
        rows.append([area, names[area], programmes[area], kind, on, basis, "" if rule is None else rule.key, state])
    found = pd.DataFrame(rows, columns=COLUMNS)
    found["on"] = pd.to_datetime(found["on"].astype(object)).astype("datetime64[s]")
    return found


def _state(kind: str, basis: str, rule: LegalRule | None) -> str:
    if not basis.strip():
        return "missing"
    if rule is None:
        return "no_rule"
    if not sections(basis):
        return "unread"
    if allows(rule.bases if kind == "designate" else (*rule.study, *rule.bases), basis):
        return "allowed"
    return "study" if allows(rule.study, basis) else "other"
