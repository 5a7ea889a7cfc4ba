"""Funds of programme areas: budget, grants, what is left, and where a rule of the fund is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from qmgis.balance._split import UNKNOWN
from qmgis.core.apportion import apportion
from qmgis.i18n import euros
from qmgis.model import LANGS, Text, words
from qmgis.model.funds import FundRule
from qmgis.model.text import day_text

__all__ = ["LEDGER", "Breach", "breaches", "euro", "ledger"]

LEDGER = [
    "fund", "area", "type", "year", "budget_ct", "grants", "granted_ct", "unknown", "remaining_ct", "uptake",
    "per_resident_ct", "own_ct", "public_ct", "rule", "max_grant_ct", "min_grant_ct", "max_budget_ct",
    "max_years",
]  # fmt: skip
LIMITS = ("max_grant_ct", "min_grant_ct", "per_resident_ct", "own_share", "max_years")


@dataclass(frozen=True)
class Breach:
    """A rule that a fund does not keep: which, of which fund and year, of which grant, and in words."""

    code: str
    fund: str
    area: str
    year: str
    grant: str
    sentence: Text


def euro(cents: int) -> Text:
    """Return an amount as people write it.

    Examples
    --------
    >>> euro(123456).de, euro(123456).en
    ('1.234,56 €', '€1,234.56')
    """
    de, en = (euros(abs(cents), lang) for lang in LANGS)
    sign = "-" if cents < 0 else ""
    return Text(f"{sign}{de} €", f"{sign}€{en}")


def ledger(
    funds: pd.DataFrame,
    grants: pd.DataFrame,
    residents: Mapping[str, float] | None = None,
    *,
    rules: Sequence[FundRule] = (),
) -> pd.DataFrame:
    """Return each fund and year with its budget, what was granted, what is left, and which limits hold.

    What the fund's own row says goes before a rule of its type. A grant without an amount is not 0: ``unknown`` counts
    them, and what is left and the uptake are then of the others. Grants of a year for which the fund has no row stand
    in a row without a budget.

    Parameters
    ----------
    funds
        ``fund``, ``area``, ``type``, ``year``, ``budget_ct``, ``max_grant_ct``, ``min_grant_ct``, ``per_resident_ct``,
        ``own_share`` (0-1: what others than the programme pay) and ``max_years``.
    grants
        ``grant``, ``fund``, ``year`` (where missing that of ``date``), ``amount_ct``.
    residents
        Of each programme area, missing where not told.
    rules
        Rules by type; the first that fits counts.

    Returns
    -------
    pd.DataFrame
        One row a fund and year, columns `LEDGER`: ``uptake`` is granted of budget; ``own_ct`` and ``public_ct`` divide
        the budget by the own share and make it; ``max_budget_ct`` is what the rule allows for the area or its
        residents; ``rule`` names the rule of the type.

    Examples
    --------
    >>> funds = pd.DataFrame({"fund": ["F"], "area": ["A"], "type": ["V"], "year": [2024], "budget_ct": [1000]})
    >>> grants = pd.DataFrame({"grant": ["G1"], "fund": ["F"], "year": [2024], "amount_ct": [250]})
    >>> ledger(funds, grants)["remaining_ct"].tolist(), ledger(funds, grants)["uptake"].tolist()
    ([750], [0.25])
    """
    known = {(str(row["fund"]), _year(row["year"])): row for row in funds.to_dict("records")}
    spent = _granted(grants)
    first = {fund: row for (fund, _), row in reversed(known.items())}
    rows = []
    for fund, year in sorted({*known, *spent}, key=lambda key: (key[0], key[1] == UNKNOWN, key[1])):
        own = known.get((fund, year))
        said = own if own is not None else {**first.get(fund, {}), "budget_ct": None}
        rows.append(_row(fund, year, said, spent.get((fund, year), []), rules, residents or {}))
    whole = ("budget_ct", "granted_ct", "remaining_ct", "per_resident_ct", "own_ct", "public_ct", *LIMITS[:2])
    types = dict.fromkeys((*whole, "max_budget_ct", "max_years", "grants", "unknown"), "Int64")
    return pd.DataFrame(rows, columns=LEDGER).astype({**types, "uptake": "float64"})


def _year(value: Any) -> str:
    return UNKNOWN if _none(value) else str(int(value))


def _none(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _granted(grants: pd.DataFrame) -> dict[tuple[str, str], list[int | None]]:
    """Return the amounts of the grants of each fund and year."""
    found: dict[tuple[str, str], list[int | None]] = {}
    for fund, year, amount in zip(grants["fund"], _years(grants), grants["amount_ct"], strict=True):
        found.setdefault((str(fund), year), []).append(None if _none(amount) else int(amount))
    return found


def _years(grants: pd.DataFrame) -> pd.Series:
    """Return the year of each grant: its own, else that of its day, else unknown."""
    own = grants["year"]
    if "date" in grants:
        own = own.where(own.notna(), pd.to_datetime(grants["date"]).dt.year)
    return own.map(_year)


def _row(
    fund: str,
    year: str,
    said: Mapping[Any, Any],
    amounts: Sequence[int | None],
    rules: Sequence[FundRule],
    residents: Mapping[str, float],
) -> dict[str, object]:
    rule = next((one for one in rules if one.holds(str(said.get("type")), year)), None)
    limits = {name: _limit(said, rule, name) for name in LIMITS}
    budget = None if _none(said.get("budget_ct")) else int(said["budget_ct"])
    paid = [amount for amount in amounts if amount is not None]
    granted = None if amounts and not paid else sum(paid)
    own = None if _none(limits["own_share"]) else Fraction(str(limits["own_share"]))
    divided = (None, None) if budget is None or own is None else apportion(budget, [own, 1 - own])
    return {
        "fund": fund, "area": said.get("area"), "type": said.get("type"), "year": year, "budget_ct": budget,
        "grants": len(amounts), "granted_ct": granted, "unknown": len(amounts) - len(paid),
        "remaining_ct": None if budget is None or granted is None else budget - granted,
        "uptake": None if not budget or granted is None else granted / budget,
        "per_resident_ct": limits["per_resident_ct"], "own_ct": divided[0], "public_ct": divided[1],
        "rule": rule.key if rule else "", "max_grant_ct": limits["max_grant_ct"],
        "min_grant_ct": limits["min_grant_ct"],
        "max_years": limits["max_years"],
        "max_budget_ct": _most(limits["per_resident_ct"], rule, residents.get(str(said.get("area")))),
    }  # fmt: skip


def _limit(said: Mapping[Any, Any], rule: FundRule | None, name: str) -> Any:
    own = said.get(name)
    if not _none(own):
        return own
    return None if rule is None else getattr(rule, name)


def _most(per_resident: Any, rule: FundRule | None, residents: float | None) -> int | None:
    """Return the most that a budget may be: the least of what is allowed for the area and for its residents."""
    found = [] if rule is None or rule.budget_ct is None else [rule.budget_ct]
    if not _none(per_resident) and residents is not None and not _none(residents):
        found.append(int(per_resident) * round(residents))
    return min(found, default=None)


def breaches(table: pd.DataFrame, grants: pd.DataFrame) -> tuple[Breach, ...]:
    """Return every rule that a fund does not keep, as a sentence each; in the order of the ledger.

    Parameters
    ----------
    table
        As `ledger` gives it.
    grants
        ``grant``, ``fund``, ``year`` (where missing that of ``date``), ``amount_ct``; ``since`` (where missing
        ``date``) and ``until``: first and last day of what it pays for.

    Examples
    --------
    >>> funds = pd.DataFrame({"fund": ["F"], "area": ["A"], "type": ["V"], "year": [2024], "budget_ct": [100]})
    >>> grants = pd.DataFrame({"grant": ["G1"], "fund": ["F"], "year": [2024], "amount_ct": [250]})
    >>> [one.code for one in breaches(ledger(funds, grants), grants)]
    ['over_budget']
    """
    found: list[Breach] = []
    years, grants = _years(grants), _lasting(grants)
    for row in table.to_dict("records"):
        mine = grants[(grants["fund"].astype(str) == row["fund"]) & (years == row["year"])]
        found += _of_fund(row)
        for grant, amount, begun, ended in mine[["grant", "amount_ct", "since", "until"]].itertuples(
            index=False, name=None
        ):
            found += _of_grant(row, str(grant), None if _none(amount) else int(amount))
            found += _of_time(row, str(grant), begun, ended)
    return tuple(found)


def _of_fund(row: Mapping[Any, Any]) -> Iterator[Breach]:
    budget, granted, most = (None if _none(row[name]) else int(row[name])
                             for name in ("budget_ct", "granted_ct", "max_budget_ct"))  # fmt: skip
    if budget is None and row["grants"]:
        yield _breach("no_budget", row)
    if budget is not None and granted is not None and granted > budget:
        yield _breach("over_budget", row, granted=euro(granted), budget=euro(budget), over=euro(granted - budget))
    if budget is not None and most is not None and budget > most:
        yield _breach("over_rule", row, budget=euro(budget), most=euro(most))


def _of_grant(row: Mapping[Any, Any], grant: str, amount: int | None) -> Iterator[Breach]:
    if amount is None:
        yield _breach("no_amount", row, grant)
        return
    for code, name, sign in (("above_max", "max_grant_ct", 1), ("below_min", "min_grant_ct", -1)):
        if not _none(row[name]) and sign * (amount - int(row[name])) > 0:
            limit = euro(int(row[name]))
            yield _breach(code, row, grant, amount=euro(amount), limit=limit)


def _lasting(grants: pd.DataFrame) -> pd.DataFrame:
    """Return grants with first and last day of what they pay for; missing where not known."""
    days = {name: pd.to_datetime(grants[name]) if name in grants else pd.Series(pd.NaT, grants.index)
            for name in ("since", "until", "date")}  # fmt: skip
    return grants.assign(since=days["since"].fillna(days["date"]), until=days["until"])


def _of_time(row: Mapping[Any, Any], grant: str, begun: pd.Timestamp, ended: pd.Timestamp) -> Iterator[Breach]:
    if _none(row["max_years"]) or _none(begun) or _none(ended):
        return
    years = int(row["max_years"])
    if ended >= begun + pd.DateOffset(years=years):
        days = {"begun": day_text(begun.date()), "ended": day_text(ended.date())}
        yield _breach("too_long", row, grant, n=str(years), **days)


def _breach(code: str, row: Mapping[Any, Any], grant: str = "", **values: Text | str) -> Breach:
    area = "" if _none(row["area"]) else str(row["area"])
    sentence = words(f"balance.breach_{code}", fund=row["fund"], area=area, year=row["year"], grant=grant, **values)
    return Breach(code, str(row["fund"]), area, str(row["year"]), grant, sentence)
