"""Which age groups lie in which, so that no difference of two gives a small number away."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Family", "ages_of", "families"]

Span = tuple[float, float]
ALL: Span = (0.0, math.inf)


@dataclass(frozen=True)
class Family:
    """Groups that do not overlap, and the group that they all lie in; no ``whole`` means all ages together."""

    whole: str
    parts: tuple[str, ...]


def families(groups: Sequence[str]) -> tuple[Family, ...]:
    """Return for each group the largest sets of others inside it that do not overlap.

    Examples
    --------
    >>> [(family.whole, family.parts) for family in families(["age_0_9", "age_0_5", "age_6_9"])]
    [('age_0_9', ('age_0_5', 'age_6_9'))]
    >>> families(["age_0_17", "age_18_plus"])
    (Family(whole='', parts=('age_0_17', 'age_18_plus')),)
    """
    spans = {group: span for group in groups if (span := _span(group)) is not None}
    found: dict[Family, None] = {}
    for whole, (low, high) in spans.items():
        inside = {g: s for g, s in spans.items() if g != whole and low <= s[0] and s[1] <= high}
        found |= dict.fromkeys(Family(whole, parts) for parts in _disjoint(inside))
    apart = {group: span for group, span in spans.items() if span != ALL}
    found |= dict.fromkeys(Family("", parts) for parts in _disjoint(apart) if _tiles(parts, spans))
    return tuple(found)


def ages_of(group: str) -> Span | None:
    """Return the youngest and the oldest of a group in years; None where it is all residents.

    Examples
    --------
    >>> ages_of("age_0_5"), ages_of("residents")
    ((0.0, 5.0), None)
    """
    span = _span(group)
    return None if span is None or span == ALL else (span[0], span[1] - 1)


def _span(group: str) -> Span | None:
    """Return the years of age of a group, the upper one not in it."""
    if group == "residents":
        return ALL
    found = re.fullmatch(r"age_(\d+)_(\d+|plus)", group)
    if found is None:
        return None
    return float(found[1]), math.inf if found[2] == "plus" else float(found[2]) + 1


def _disjoint(spans: dict[str, Span]) -> list[tuple[str, ...]]:
    """Return sets without overlap, each begun with another group and filled up from the youngest on."""
    by_age = sorted(spans, key=lambda group: spans[group])
    found = []
    for first in by_age:
        chosen = [first]
        for group in by_age:
            if all(spans[group][1] <= spans[other][0] or spans[other][1] <= spans[group][0] for other in chosen):
                chosen.append(group)
        found.append(tuple(sorted(chosen, key=lambda group: spans[group])))
    return list(dict.fromkeys(found))


def _tiles(parts: Sequence[str], spans: dict[str, Span]) -> bool:
    """Tell whether groups in the order of age leave no age out."""
    edges = [spans[group] for group in parts]
    whole = edges[0][0] == 0 and math.isinf(edges[-1][1])
    return whole and all(one[1] == other[0] for one, other in pairwise(edges))
