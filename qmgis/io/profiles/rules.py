"""The table ``[rules]`` of a profile: categories, infill and clusters, every fault named with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from qmgis.core.rules import Comparison, Condition, Group, Limit
from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, Rule, faults, is_number, to_text
from qmgis.model import Category, Cluster, Problem, Rules, words

__all__ = ["rule_faults", "rules_of"]

SIDES: tuple[Comparison, ...] = get_args(Comparison)
KINDS = ("percentile", "sd", "factor")
HOW: tuple[Literal["all", "any"], ...] = ("all", "any")


NUMBER = Rule("check.want_number", is_number)
ENTRIES = Rule("rules.want_entries", lambda value: isinstance(value, list) and bool(value))
TABLES = Rule("rules.want_categories", lambda value: isinstance(value, list) and bool(value))
SHAPE = {
    "category": Key(TABLES, required=True),
    "least": Key(schema.COUNTED),
    "infill": Key(schema.TABLE),
    "cluster": Key(schema.TABLE),
}
GROUP = {"all": Key(ENTRIES), "any": Key(ENTRIES)}
CATEGORY = {"key": Key(schema.NAME, required=True), "name": Key(schema.TEXT_PAIR, required=True), **GROUP}
LIMIT = Rule("rules.want_limit", lambda value: is_number(value) or isinstance(value, dict))
CONDITION: dict[str, Key] = {"indicator": Key(schema.TEXT, required=True), **{side: Key(LIMIT) for side in SIDES}}
CLUSTER: dict[str, Key] = {
    "min_residents": Key(schema.WHOLE, required=True),
    **CONDITION,
    "indicator": Key(schema.TEXT),
}
COMPARED = {
    "percentile": Key(Rule("rules.want_percentile", lambda value: is_number(value) and 0 <= value <= 100)),
    "sd": Key(NUMBER),
    "factor": Key(Rule("rules.want_factor", lambda value: is_number(value) and value > 0)),
    "reference": Key(NUMBER),
    "reference_weight": Key(Rule("rules.want_weight", lambda value: is_number(value) and 0 < value <= 1)),
}


@dataclass(frozen=True)
class _Spot(Place):
    """A place inside a table, or inside the value of its key ``within``: a fault is found by the words of its entry."""

    within: str = ""

    def row(self, key: str = "") -> int | None:
        """Return the line of the entry that names the word, else that of the table (of the key)."""
        lines = self.text.splitlines()
        start = (Place.row(self, self.within) or 1) - 1 if self.within else self._start(lines)
        stop = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
        wanted = rf"(?<![\w-]){re.escape(key)}(?![\w-])"
        found = [n for n in range(start, stop) if key and re.search(wanted, lines[n].split(" #")[0])]
        return found[0] + 1 if found else start + 1 if lines else None


def rule_faults(table: object, place: Place) -> list[Problem]:
    """Return every fault of a profile's table ``[rules]``.

    Examples
    --------
    >>> [fault.what.en for fault in rule_faults({"category": [], "leest": 2}, Place("own.toml", table="rules"))][1]
    '"leest" is not a key that is known here. Did you mean "least"?'
    """
    if not isinstance(table, dict):
        return faults({place.table: table}, {place.table: Key(schema.TABLE)}, place=Place(place.file, place.text))
    found = faults(table, SHAPE, place=place)
    entries = table.get("category", [])
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        found += _category_faults(entry, _Spot(place.file, place.text, "rules.category", number))
    keys = [entry["key"] for entry in entries if isinstance(entry, dict) and "key" in entry] if found == [] else []
    for number, key in enumerate(keys):
        if key in keys[:number]:
            found.append(
                _fault("rules.doubled", _Spot(place.file, place.text, "rules.category", number), key, word=key)
            )
    if table.get("least", 1) > len(entries) and not found:
        found.append(_fault("rules.least", place, "least", count=len(entries)))
    for name, check in (("infill", _group_faults), ("cluster", _cluster_faults)):
        if isinstance(table.get(name), dict):
            found += check(table[name], _inside(place, name))
    return found


def _inside(place: Place, name: str) -> _Spot:
    """Return where a table of [rules] stands: under a header of its own, or in a line of [rules]."""
    has_own = re.search(rf"(?m)^\s*\[\s*rules\.{name}\s*\]", place.text)
    if has_own:
        return _Spot(place.file, place.text, f"rules.{name}")
    return _Spot(place.file, place.text, "rules", within=name)


def _category_faults(entry: object, place: Place) -> list[Problem]:
    if not isinstance(entry, dict):
        return [_fault("rules.not_a_category", place, "category")]
    found = faults({key: value for key, value in entry.items() if key not in GROUP}, CATEGORY, place=place)
    return found + _group_faults({key: entry[key] for key in HOW if key in entry}, place)


def _group_faults(group: Mapping[str, Any], place: Place) -> list[Problem]:
    """Return the faults of a group: its keys ``all`` and ``any``, and every entry below."""
    found = faults(group, GROUP, place=place)
    if not any(how in group for how in HOW):
        return [*found, _fault("rules.empty", place, "")]
    for how in HOW:
        entries = group.get(how, [])
        for entry in entries if isinstance(entries, list) else []:
            found += _entry_faults(entry, place, how)
    return found


def _entry_faults(entry: object, place: Place, how: str) -> list[Problem]:
    if not isinstance(entry, dict):
        return [_fault("rules.not_a_condition", place, how, how=how)]
    if any(key in entry for key in HOW):
        return _group_faults(entry, place)
    return _condition_faults(entry, place, CONDITION)


def _condition_faults(entry: Mapping[str, Any], place: Place, shape: Mapping[str, Key]) -> list[Problem]:
    """Return the faults of one condition: an indicator, one side, one limit."""
    found = faults(entry, shape, place=place)
    if found:
        return found
    sides = [side for side in SIDES if side in entry]
    if len(sides) != 1:
        word = str(entry.get("indicator", ""))
        return [_fault("rules.one_side", place, word, word=word, known=", ".join(SIDES))]
    limit = entry[sides[0]]
    return _limit_faults(limit, place, str(entry.get("indicator", ""))) if isinstance(limit, dict) else []


def _limit_faults(limit: Mapping[str, Any], place: Place, word: str) -> list[Problem]:
    found = faults(limit, COMPARED, place=place)
    kinds = [kind for kind in KINDS if kind in limit]
    if not found and len(kinds) != 1:
        found.append(_fault("rules.one_limit", place, word, word=word, known=", ".join(KINDS)))
    extra = [key for key in ("reference", "reference_weight") if key in limit]
    if not found and extra and (kinds != ["factor"] or "reference" not in limit):
        found.append(_fault("rules.no_reference", place, word, word=word))
    return found


def _cluster_faults(cluster: Mapping[str, Any], place: Place) -> list[Problem]:
    found = faults(cluster, CLUSTER, place=place)
    asked = {key: value for key, value in cluster.items() if key != "min_residents"}
    if found or not asked:
        return found
    found = _condition_faults(asked, place, CONDITION)
    if not found and "percentile" in next((asked[side] for side in SIDES if isinstance(asked.get(side), dict)), {}):
        found.append(_fault("rules.cluster_percentile", place, "percentile"))
    return found


def _fault(message: str, place: Place, key: str, **told: object) -> Problem:
    return Problem("error", words(message, **told), file=place.file, row=place.row(key))


def rules_of(table: Mapping[str, Any]) -> Rules:
    """Return the rules of a table without faults.

    Examples
    --------
    >>> work = {"key": "work", "name": "Work", "any": [{"indicator": "unemployment", "above": {"sd": 1}}]}
    >>> rules_of({"category": [work]}).indicators
    ('unemployment',)
    """
    categories = tuple(Category(one["key"], to_text(one["name"]), _group(one)) for one in table["category"])
    cluster = table.get("cluster")
    return Rules(
        categories,
        least=table.get("least", 1),
        infill=_group(table["infill"]) if "infill" in table else None,
        cluster=None if cluster is None else Cluster(
            cluster["min_residents"], _condition(cluster) if "indicator" in cluster else None
        ),
    )  # fmt: skip


def _group(table: Mapping[str, Any]) -> Group:
    """Return a group; where a table has both ``all`` and ``any``, both have to hold."""
    made = [Group(how, tuple(_parts(table[how]))) for how in HOW if how in table]
    if len(made) == 1:
        return made[0]
    return Group("all", (*made[0].parts, made[1]))


def _parts(entries: list[Mapping[str, Any]]) -> Iterator[Condition | Group]:
    for entry in entries:
        yield _group(entry) if any(key in entry for key in HOW) else _condition(entry)


def _condition(entry: Mapping[str, Any]) -> Condition:
    side = next(side for side in SIDES if side in entry)
    given = entry[side]
    if not isinstance(given, dict):
        return Condition(entry["indicator"], side, Limit("number", float(given)))
    reference, weight = given.get("reference"), float(given.get("reference_weight", 1.0))
    if "factor" in given:
        reference = None if reference is None else float(reference)
        return Condition(entry["indicator"], side, Limit("factor", float(given["factor"]), reference, weight))
    if "sd" in given:
        return Condition(entry["indicator"], side, Limit("sd", float(given["sd"])))
    return Condition(entry["indicator"], side, Limit("percentile", float(given["percentile"])))
