"""Rules of funds: those that ship, by Land, and a city's own, which go before them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, faults, to_text
from qmgis.io.declared.shipped import shipped
from qmgis.io.declared.tomlfile import read_toml
from qmgis.model import Problem, words
from qmgis.model.funds import FundRule

__all__ = ["OwnFunds", "fund_rules", "own_fund_rules"]

OwnFunds = tuple[str, tuple[FundRule, ...]]
_AMOUNTS = ("budget_ct", "max_grant_ct", "min_grant_ct", "per_resident_ct")
_SHAPE: Mapping[str, Key] = {
    "id": Key(schema.NAME, required=True),
    "title": Key(schema.TEXT_PAIR, required=True),
    "type": Key(schema.TEXT, required=True),
    "source": Key(schema.TEXT, required=True),
    "date": Key(schema.is_text(empty=True), required=True),
    "land": Key(schema.TEXT),
    **dict.fromkeys(_AMOUNTS, Key(schema.WHOLE)),
    "own_share": Key(schema.SHARE),
    "max_years": Key(schema.COUNTED),
    "valid_from": Key(schema.DAY),
    "valid_to": Key(schema.DAY),
    "note": Key(schema.TEXT_PAIR),
}


@cache
def _shipped() -> tuple[FundRule, ...]:
    _, rules = shipped("catalogues", "funds.toml", read=_read)
    return rules


def fund_rules(own: OwnFunds = ("", ())) -> tuple[FundRule, ...]:
    """Return the rules that hold in a city, its own first; those that ship hold where it names their Land.

    Examples
    --------
    >>> fund_rules()
    ()
    >>> [rule.key for rule in fund_rules(("BE", ()))]
    ['berlin-action', 'berlin-project']
    """
    land, rules = own
    named = {rule.key for rule in rules}
    return (*rules, *(rule for rule in _shipped() if rule.land == land and rule.key not in named))


def own_fund_rules(folder: Path) -> tuple[OwnFunds, list[Problem]]:
    """Return the Land and rules of a city's ``catalogues/funds.toml``, and every fault of it.

    Examples
    --------
    >>> own_fund_rules(Path("nowhere"))
    (('', ()), [])
    """
    file = folder / "catalogues" / "funds.toml"
    return _read(file) if file.is_file() else (("", ()), [])


def _read(file: Path) -> tuple[OwnFunds, list[Problem]]:
    table, place, found = read_toml(file)
    if table is None:
        return ("", ()), found
    found += faults(table, {"land": Key(schema.TEXT), "rule": Key(schema.listed(schema.TABLE))}, place=place)
    entries = table.get("rule", [])
    if found:
        return ("", ()), found
    for number, entry in enumerate(entries):
        found += _faults(entry, Place(place.file, place.text, "rule", number))
    return (("", ()), found) if found else ((table.get("land", ""), tuple(map(_rule, entries))), [])


def _faults(entry: Mapping[str, Any], place: Place) -> list[Problem]:
    found = faults(entry, _SHAPE, place=place)
    if not found and not any(name in entry for name in (*_AMOUNTS, "own_share", "max_years")):
        found.append(Problem("error", words("check.fund_without_limit"), file=place.file, row=place.row()))
    least, most = entry.get("min_grant_ct"), entry.get("max_grant_ct")
    if not found and least is not None and most is not None and least > most:
        found.append(Problem("error", words("check.fund_limits"), file=place.file, row=place.row("max_grant_ct")))
    begun, ended = entry.get("valid_from"), entry.get("valid_to")
    if not found and begun and ended and ended <= begun:
        found.append(Problem("error", words("check.valid_order"), file=place.file, row=place.row("valid_to")))
    return found


def _rule(entry: Mapping[str, Any]) -> FundRule:
    plain = {
        key: entry[key]
        for key in (*_AMOUNTS, "own_share", "max_years", "valid_from", "valid_to", "land")
        if key in entry
    }
    note = to_text(entry["note"]) if "note" in entry else None
    return FundRule(
        entry["id"], to_text(entry["title"]), entry["type"], entry["source"], entry["date"], note=note, **plain
    )
