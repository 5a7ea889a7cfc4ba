"""The criteria of readiness that data tell: each takes a record and limits, and gives a state with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from qmgis.i18n import number, percent
from qmgis.lifecycle import later
from qmgis.model import LANGS, Text
from qmgis.model.record import AreaRecord, filled
from qmgis.model.register import OPEN_STATUSES
from qmgis.model.text import count_text, day_text
from qmgis.readiness._exit import exit_plan
from qmgis.readiness._states import Told, told

__all__ = ["CRITERIA", "Criterion"]

Limits = Mapping[str, Any]
Criterion = Callable[[AreaRecord, Limits], Told]


def position(record: AreaRecord, limits: Limits) -> Told:
    """V01: whether most residents live outside of the lowest class, or the gap to the city has shrunk."""
    reports = _until_end(record).dropna(subset=["main_class"])
    if reports.empty:
        return told("unknown", "v01_unknown")
    now = reports.iloc[-1]
    year = str(reports.index[-1])
    if now["main_class"] < now["classes"]:
        return told("met", "v01_above", year=year, share=_percent(now["lowest_share"]))
    first = reports.iloc[0]
    if len(reports) < 2 or pd.isna(first["gap"]) or pd.isna(now["gap"]):
        return told("not", "v01_lowest", year=year, share=_percent(now["lowest_share"]))
    values = {"year": year, "share": _percent(now["lowest_share"]), "first": str(reports.index[0]),
              "before": _index(first["gap"]), "now": _index(now["gap"])}  # fmt: skip
    shrunk = first["gap"] - now["gap"] >= limits["gap_step"]
    return told("met", "v01_shrunk", **values) if shrunk else told("not", "v01_kept", **values)


def dynamics(record: AreaRecord, limits: Limits) -> Told:
    """V02: whether most residents lived outside of areas with negative dynamics in each of the last reports."""
    reports = _until_end(record)["negative_share"].dropna().tail(limits["reports"])
    if len(reports) < limits["reports"]:
        return told("unknown", "v02_unknown", n=count_text(len(reports)), of=count_text(limits["reports"]))
    negative = int((reports >= 0.5).sum())
    said = Text(*("; ".join(f"{year}: {percent(share, lang, digits=0)}" for year, share in reports.items())
                  for lang in LANGS))  # fmt: skip
    state = "met" if not negative else "not" if negative == len(reports) else "partly"
    return told(state, "v02_shares", shares=said)  # type: ignore[arg-type]


def coordinator(record: AreaRecord, _: Limits) -> Told:
    """V05, the part that data tell: whether somebody is named who coordinates afterwards."""
    organisations, tasks = _lasting(record), record.tables["tasks"]
    paid = set(organisations.loc[organisations["role"].isin(["office", "provider"]), "organisation"])
    named = organisations[organisations["role"].isin(["coordinator", "successor"])]
    named = named[~named["organisation"].isin(paid)]  # who is paid by the programme does not stay by itself
    networks = tasks[tasks["task"].eq("T3") & filled(tasks["successor"])]
    if len(networks):
        return told("met", "v05_successor", name=_named(record, networks["successor"].iloc[0]))
    if len(named):
        return told("met", "v05_named", name=named["name"].iloc[0])
    if {"organisations", "tasks"} & record.kept:
        return told("not", "v05_nobody")
    return told("unknown", "not_recorded")


def anchor(record: AreaRecord, limits: Limits) -> Told:
    """V06, the part that data tell: an anchor place with an operator, secured for years, that many reach on foot."""
    anchors = record.tables["anchors"]
    if anchors.empty:
        return told("not", "v06_none") if "anchors" in record.kept else told("unknown", "not_recorded")
    until = later(record.on, years=limits["anchor_years"])
    run, lasting = filled(anchors["operator"]), (anchors["secured_until"] >= pd.Timestamp(until))
    good = anchors[run & lasting]
    if good.empty:
        return told(
            "partly" if run.any() else "not", "v06_unsecured", n=count_text(len(anchors)), until=day_text(until)
        )
    shares = [record.anchors[one].share for one in good["anchor"] if one in record.anchors]
    known = [share for share in shares if share is not None]
    if not known:
        return told("unknown", "v06_reach_unknown", name=good["name"].iloc[0])
    enough = max(known) >= limits["anchor_share"]
    values = {
        "name": good["name"].iloc[0],
        "share": _percent(max(known)),
        "metres": count_text(limits["anchor_walk_m"]),
    }
    return told("met" if enough else "partly", "v06_reach", **values)


def infrastructure(record: AreaRecord, limits: Limits) -> Told:
    """V07: whether most of each group have kindergarten, school, doctor and the like in reach."""
    return _supplied(record, limits, limits["infrastructure"])


def public_space(record: AreaRecord, limits: Limits) -> Told:
    """V08: whether most have play and green space in reach."""
    return _supplied(record, limits, limits["public_space"])


def _supplied(record: AreaRecord, limits: Limits, themes: list[str]) -> Told:
    own = record.supplies.loc[record.supplies.index.isin(themes), "inside"].dropna()
    if own.empty:
        return told("unknown", "v07_unknown")
    enough = own >= limits["supplied_share"]
    shares = [(record.title(str(theme)), share) for theme, share in own.items()]
    said = Text(*("; ".join(f"{title.to(lang)}: {percent(share, lang, digits=0)}" for title, share in shares)
                  for lang in LANGS))  # fmt: skip
    state = "met" if enough.all() else "partly" if enough.any() else "not"
    return told(state, "v07_shares", shares=said, limit=_percent(limits["supplied_share"]))  # type: ignore[arg-type]


def contact(record: AreaRecord, _: Limits) -> Told:
    """V11: whether the administration has a contact for the area."""
    rows = _lasting(record)
    named = rows[rows["type"].eq("administration") & rows["role"].isin(["contact", "coordinator"])]
    if len(named):
        return told("met", "v11_named", name=named["name"].iloc[0])
    return told("not", "v11_nobody") if "organisations" in record.kept else told("unknown", "not_recorded")


def small_fund(record: AreaRecord, _: Limits) -> Told:
    """V12: whether a fund has a budget in a year after the end."""
    end, funds = record.ended or record.until or record.limit_on, record.tables["funds"]
    if "funds" not in record.kept:
        return told("unknown", "not_recorded")
    if end is None:
        return told("unknown", "v12_no_end")
    last = end.year if (end.month, end.day) > (1, 1) else end.year - 1  # an end on 1 January ends the year before
    after = funds[((funds["year"] > last) & (funds["budget_ct"] > 0)).fillna(False)]
    if after.empty:
        return told("not", "v12_none", year=str(last))
    return told("met", "v12_fund", year=str(int(after["year"].min())))


def secured(record: AreaRecord, _: Limits) -> Told:
    """V13: whether every agreed measure is finished or financed."""
    measures, costs = record.tables["measures"], record.tables["costs"]
    agreed = measures[(measures["part"] == 1).fillna(False)]
    if agreed.empty:
        return told("unknown", "v13_none")
    sums = costs.groupby("measure")[["planned_ct", "approved_ct", "spent_ct"]].sum(min_count=1)
    still = agreed[agreed["status"].isin(OPEN_STATUSES)]
    money = sums.reindex(still["measure"]).set_axis(still.index)
    given = money[["approved_ct", "spent_ct"]].astype("Float64").max(axis=1)
    covered = (given > 0).fillna(False) & ~(given < money["planned_ct"]).fillna(False)
    lacking = still[~covered]
    values = {"n": count_text(len(lacking)), "open": count_text(len(still)), "of": count_text(len(agreed)),
              "ids": ", ".join(map(str, lacking["measure"][:5]))}  # fmt: skip
    if lacking.empty:
        return told("met", "v13_all", **values)
    pressing = (lacking["priority"] == 1).fillna(False).any() or len(lacking) == len(still)
    return told("not" if pressing else "partly", "v13_lacking", **values)


def followed(record: AreaRecord, limits: Limits) -> Told:
    """V14: whether every task has a successor, with budget and day."""
    if "tasks" not in record.kept:
        return told("unknown", "not_recorded")
    plan = exit_plan(record, tasks=limits["tasks"])
    tasks = plan[(plan["kind"] == "task") & (plan["id"] != limits["watch_task"])]  # the watch is V15
    without, flagged = tasks[~filled(tasks["successor"])], tasks[tasks["flagged"]]
    if flagged.empty:
        return told("met", "v14_all", of=count_text(len(tasks)))
    values = {"n": count_text(len(without)), "of": count_text(len(tasks)), "ids": ", ".join(flagged["id"])}
    return told("not" if len(without) == len(tasks) else "partly", "v14_lacking", **values)


def watched(record: AreaRecord, limits: Limits) -> Told:
    """V15: whether somebody will watch after the end."""
    tasks = record.tables["tasks"]
    own = tasks[tasks["task"].eq(limits["watch_task"])]
    if own.empty:
        return told("not", "v15_none") if "tasks" in record.kept else told("unknown", "not_recorded")
    dated = own[filled(own["successor"]) & own["from_date"].notna()]
    if dated.empty:
        return told("partly", "v15_open")
    name = _named(record, dated["successor"].iloc[0])
    return told("met", "v15_agreed", name=name, day=day_text(dated["from_date"].iloc[0]))


CRITERIA: Mapping[str, Criterion] = MappingProxyType({
    "V01": position, "V02": dynamics, "V05": coordinator, "V06": anchor, "V07": infrastructure, "V08": public_space,
    "V11": contact, "V12": small_fund, "V13": secured, "V14": followed, "V15": watched,
})  # fmt: skip


def _until_end(record: AreaRecord) -> pd.DataFrame:
    """Return the reports up to the day, oldest first, from the start of the term on where there is one."""
    reports = record.reports[record.reports.index <= record.on.year].sort_index()
    if record.begun is None:
        return reports
    since = reports[reports.index >= record.begun.year - 1]
    return since if len(since) else reports.tail(1)


def _lasting(record: AreaRecord) -> pd.DataFrame:
    rows = record.tables["organisations"]
    return rows[~(rows["until"] <= pd.Timestamp(record.on))]


def _named(record: AreaRecord, organisation: object) -> str:
    return record.organisations.get(str(organisation), str(organisation))


def _percent(share: float) -> Text:
    return Text(*(percent(share, lang, digits=0) for lang in LANGS))


def _index(value: float) -> Text:
    return Text(*(number(value, lang, digits=2, sign=True) for lang in LANGS))
