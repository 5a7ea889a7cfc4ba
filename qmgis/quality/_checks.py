"""The automatic checks of the framework conditions: each takes a record and limits, and gives one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from qmgis.i18n import percent
from qmgis.lifecycle import later
from qmgis.model import LANGS, Text, words
from qmgis.model.record import AreaRecord, filled
from qmgis.model.text import count_text, day_text
from qmgis.quality._answers import Answer, answer
from qmgis.quality._concepts import current_concept

__all__ = ["CHECKS", "Check"]

Limits = Mapping[str, Any]
Check = Callable[[AreaRecord, Limits], Answer]
DONE = ("approved", "running", "suspended", "completed", "handed_over")
MEANT = ("planned", "proposed", "idea")


def resolved(record: AreaRecord, _: Limits) -> Answer:
    """R01: whether there is a resolution with day, body and legal basis, and an outline."""
    events = record.events[record.events["event"].isin(["designate", "reentry"])]
    if events.empty:
        return answer(1 if record.outlined else 0, "r01_no_event" if record.outlined else "r01_nothing")
    last = events.iloc[-1]
    lacking = [name for name in ("body", "legal_basis") if not filled(events[name]).iloc[-1]]
    lacking += [] if record.outlined else ["outline"]
    day = day_text(last["date"])
    if not lacking:
        return answer(3, "r01_all", day=day, body=last["body"], basis=last["legal_basis"])
    return answer(2 if record.outlined else 1, "r01_lacking", day=day, lacking=_list("lacking", lacking))


def concept_valid(record: AreaRecord, limits: Limits) -> Answer:
    """R02: whether an adopted concept is within its validity."""
    concept = current_concept(record, years=limits["concept_years"])
    if concept is not None:
        values = {"concept": concept.name, "day": day_text(concept.adopted_on), "until": day_text(concept.until)}
        return answer(3, "r02_valid", **values) if concept.valid else answer(1, "r02_over", **values)
    return answer(0, "no_concept") if "concepts" in record.kept else answer("unknown", "no_concepts_kept")


def lasting_statement(record: AreaRecord, limits: Limits) -> Answer:
    """R05: whether the concept says what is to last."""
    concept = current_concept(record, years=limits["concept_years"])
    says = None if concept is None else concept.says.get("has_verstetigung")
    if concept is None or says is None:
        return answer("unknown", "not_recorded")
    return answer(3 if says else 0, "r05_yes" if says else "r05_no", concept=concept.name)


def climate(record: AreaRecord, limits: Limits) -> Answer:
    """R06: whether any measure is for the climate."""
    measures = record.tables["measures"]
    flagged = measures[measures["climate"].astype("boolean").fillna(False).astype(bool)]
    done, meant = flagged["status"].isin(DONE).sum(), flagged["status"].isin(MEANT).sum()
    if done:
        return answer(3, "r06_done", n=count_text(done))
    if meant:
        return answer(1, "r06_meant", n=count_text(meant))
    concept = current_concept(record, years=limits["concept_years"])
    if concept is not None and concept.says.get("has_climate"):
        return answer(1, "r06_concept", concept=concept.name)
    if "measures" not in record.kept or (len(measures) and measures["climate"].isna().all()):
        return answer("unknown", "not_recorded")
    return answer(0, "r06_none")


def office_near(record: AreaRecord, limits: Limits) -> Answer:
    """R10: whether the site office is inside, and whether most residents reach it on foot."""
    office, opened = record.office, record.event("office_open")
    if office is None:
        return answer("unknown", "r10_opened" if opened else "r10_unknown",
                      **({"day": day_text(opened)} if opened else {}))  # fmt: skip
    where = "inside" if office.inside else "outside"
    if office.share is None:
        return answer("unknown" if office.inside else 1, f"r10_{where}_unknown", name=office.name)
    near = office.share >= limits["office_share"]
    level = 3 if office.inside and near else 2 if office.inside else 1 if near else 0
    share = Text(*(percent(office.share, lang, digits=0) for lang in LANGS))
    return answer(level, f"r10_{where}", name=office.name, share=share, metres=count_text(limits["office_walk_m"]))


def residents_body(record: AreaRecord, _: Limits) -> Answer:
    """R12: whether a residents' body has a majority of residents, and rules."""
    bodies = record.tables["bodies"]
    councils = bodies[bodies["type"].eq("council")]
    chosen = councils if len(councils) else bodies[bodies["type"].eq("jury")]
    if chosen.empty:
        return answer(0, "r12_none") if "bodies" in record.kept else answer("unknown", "not_recorded")
    found = [_of_body(body, record) for body in chosen.to_dict("records")]
    order = ("unknown", "0", "1", "2", "3")
    return max(found, key=lambda one: order.index(one.level))


def _of_body(body: Mapping[Any, Any], record: AreaRecord) -> Answer:
    members, residents = body["members"], body["residents"]
    if pd.isna(members) or pd.isna(residents):
        return answer("unknown", "r12_unknown", name=body["name"])
    values = {"name": body["name"], "residents": count_text(int(residents)), "members": count_text(int(members))}
    ruled = not pd.isna(body["rules_on"]) and body["rules_on"] <= pd.Timestamp(record.on)
    if 2 * int(residents) <= int(members):
        return answer(1, "r12_minority", **values)
    return answer(3, "r12_all", **values) if ruled else answer(2, "r12_no_rules", **values)


def fund(record: AreaRecord, _: Limits) -> Answer:
    """R13: whether a fund has a rule and a budget in the year of the day."""
    funds = record.tables["funds"]
    if funds.empty:
        return answer(0, "r13_none") if "funds" in record.kept else answer("unknown", "not_recorded")
    budgeted = funds[(funds["budget_ct"] > 0).fillna(False)]
    now = budgeted[(budgeted["year"] == record.on.year).fillna(False)]
    if now.empty:
        years = budgeted["year"].dropna()
        return answer(1, "r13_years", year=str(int(years.max())) if len(years) else "–", now=str(record.on.year))
    own = now[["max_grant_ct", "min_grant_ct", "per_resident_ct", "own_share", "max_years"]].notna().any(axis=None)
    known = any(rule.holds(str(kind), str(record.on.year)) for rule in record.fund_rules for kind in now["type"])
    ruled = own or known
    return answer(3 if ruled else 2, "r13_ruled" if ruled else "r13_unruled", n=count_text(len(now)))


def bundled(record: AreaRecord, limits: Limits) -> Answer:
    """R14: how many sources of money there are beside the one that gives most."""
    costs = record.tables["costs"]
    amount = costs[["approved_ct", "planned_ct", "spent_ct"]].astype("Float64").bfill(axis=1).iloc[:, 0]
    by_source = amount.groupby(costs["source"]).sum(min_count=1).dropna()
    given = sorted(by_source[by_source > 0].index)
    if costs.empty or not given:
        return answer(0, "r14_none") if "costs" in record.kept else answer("unknown", "not_recorded")
    lead = str(by_source.idxmax())
    beside = [str(one) for one in given if one != lead]
    level = 3 if len(beside) >= limits["sources_beside"] else 1 if beside else 0
    return answer(
        level,
        "r14_beside" if beside else "r14_alone",
        lead=record.title(lead),
        beside=_listed(map(record.title, beside)),
    )


def goals_measured(record: AreaRecord, _: Limits) -> Answer:
    """R15: whether goals have indicators and targets, and whether there was a self-evaluation."""
    goals = record.tables["goals"]
    if goals.empty:
        return answer(0, "r15_none") if "goals" in record.kept else answer("unknown", "not_recorded")
    below = goals[goals["level"] != "leading"]
    below = below if len(below) else goals
    measurable = filled(below["indicator"]) & below["target_value"].notna()
    balance = record.event("interim_balance", "final_balance")
    n = int(measurable.sum())
    level = 3 if n == len(below) and balance else 2 if n and balance else 1 if n or balance else 0
    when = "r15_balance" if balance else "r15_no_balance"
    return answer(
        level, when, n=count_text(n), of=count_text(len(below)), **({"day": day_text(balance)} if balance else {})
    )


def monitored(record: AreaRecord, limits: Limits) -> Answer:
    """R16: whether editions follow each other often enough, the last one included."""
    years = [year for year in record.editions if year <= record.on.year]
    if not years:
        return answer("unknown", "r16_unknown")
    gaps = [after - before for before, after in zip([*years], [*years[1:], record.on.year], strict=True)]
    shown = ", ".join(map(str, years[-5:]))
    most = limits["monitoring_years"]
    enough = max(gaps) <= most and len(years) > 1
    return answer(3 if enough else 1, "r16_often" if enough else "r16_seldom", years=shown, most=count_text(most))


def planned_end(record: AreaRecord, _: Limits) -> Answer:
    """R17: whether an end is agreed, within the longest term, and a transition begun or ahead."""
    if record.ended is not None:
        return answer("na", "r17_ended", day=day_text(record.ended))
    if record.begun is None:
        return answer("unknown", "r17_not_begun")
    terms = record.deadlines.loc[record.deadlines["rule"] == "term", "limit"].dropna()
    term = None if terms.empty else terms.iloc[0].date()
    if record.until is None:
        return answer(1 if term else 0, "r17_term_only" if term else "r17_nothing",
                      **({"term": day_text(term)} if term else {}))  # fmt: skip
    until = day_text(later(record.until))
    if term is not None and record.until > term:
        return answer(1, "r17_beyond", until=until, term=day_text(term))
    passed = record.until < record.on
    return answer(2 if passed else 3, "r17_passed" if passed else "r17_planned", until=until)


def results_told(record: AreaRecord, _: Limits) -> Answer:
    """R18, the part that data tell: whether there are results with tables beside the maps."""
    return answer(3, "r18_results") if len(record.editions) else answer("unknown", "r16_unknown")


CHECKS: Mapping[str, Check] = MappingProxyType({
    "R01": resolved, "R02": concept_valid, "R05": lasting_statement, "R06": climate, "R10": office_near,
    "R12": residents_body, "R13": fund, "R14": bundled, "R15": goals_measured, "R16": monitored, "R17": planned_end,
    "R18": results_told,
})  # fmt: skip


def _list(key: str, names: list[str]) -> Text:

    return _listed(words(f"quality.{key}_{name}") for name in names)


def _listed(texts: Iterable[Text]) -> Text:
    said = list(texts)
    return Text(", ".join(one.de for one in said), ", ".join(one.en for one in said))
