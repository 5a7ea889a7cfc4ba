"""What two profiles say differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qmgis.core.rules import Condition, Group
from qmgis.model import Profile, Rules
from qmgis.scoring import parameters_of

__all__ = ["settings"]


def settings(first: Profile, second: Profile) -> list[tuple[str, str | None, str | None]]:
    """Return what two profiles say differently: the key as in their files, and what each says; None is nothing.

    The same indicators in another order are no difference.

    Examples
    --------
    >>> settings(toy_profile(), toy_profile(ddof=1))
    [('status.ddof', '0', '1'), ('dynamics.ddof', '0', '1')]
    """
    one, other = _flat(_said(first)), _flat(_said(second))
    keys = dict.fromkeys((*one, *other))
    return [(key, one.get(key), other.get(key)) for key in keys if not _same(key, one.get(key), other.get(key))]


def _same(key: str, one: str | None, other: str | None) -> bool:
    """Return whether two say the same of a key; indicators are equal in any order."""
    if one and other and key.endswith(".indicators"):
        return sorted(one.split(", ")) == sorted(other.split(", "))
    return one == other


def _said(profile: Profile) -> Mapping[str, object]:
    """Return everything that changes a profile's result; the direction of an indicator where it says one itself."""
    made = parameters_of(profile, valid=0)
    blocks: Any = made.pop("blocks")
    for block in blocks.values():
        block["directions"] = {key: own for key, own in block["directions"].items() if own}
        idle = [] if block["domains"] else ["domain_normalise", "domain_aggregate", "domain_weights"]
        if "min_max" not in (block["normalise"], block["domain_normalise"], block["again"]):
            idle.append("to")
        for name in idle:  # without effect
            del block[name]
    for name in ("profile", "indicators", "reference_areas"):
        del made[name]
    for name, block in profile.blocks.items():
        blocks[name] = {"indicators": list(block.indicators), **blocks[name]}
    if profile.rules is not None:
        made["rules"] = _rules(profile.rules)
    return {"method": profile.method, **made, **blocks}


def _rules(rules: Rules) -> dict[str, object]:
    """Return rules with each category, the infill and the condition of clusters as one line."""
    cluster = rules.cluster
    return {
        "least": rules.least,
        "category": {one.key: _line(one.rule) for one in rules.categories},
        "infill": _line(rules.infill) if rules.infill else None,
        "cluster": {"min_residents": cluster.min_residents, "beyond": _line(cluster.beyond) if cluster.beyond else None}
        if cluster
        else None,
    }


def _line(rule: Condition | Group) -> str:
    """Return conditions as one line, in the words of the profile's file."""
    if isinstance(rule, Group):
        return f"{rule.how}({'; '.join(_line(part) for part in rule.parts)})"
    limit = rule.limit
    kind = "" if limit.kind == "number" else f"{limit.kind} "
    of = "" if limit.reference is None else f" of {limit.reference:g}"
    of += "" if limit.weight == 1 else f" weight {limit.weight:g}"
    return f"{rule.indicator} {rule.side} {kind}{limit.amount:g}{of}"


def _flat(said: Mapping[str, object], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in said.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{key}.")
        elif value not in (None, []) and (key, value) != ("quantiles", 0):
            listed = value if isinstance(value, list) else [value]
            found[f"{before}{key}"] = ", ".join(map(str, listed))
    return found
