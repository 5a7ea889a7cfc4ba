"""Groups, kinds and sums of a balance in words."""

from __future__ import annotations

from collections.abc import Mapping

from qmgis.balance._lying import OUTSIDE, WIDE
from qmgis.balance._shares import ALL, SEVERAL
from qmgis.balance._split import KINDS, UNKNOWN
from qmgis.model import CodeList, Text, words

__all__ = ["LISTS", "group_title", "kind_title", "rules_of"]

# The code list that a group is a code of.
LISTS: Mapping[str, str] = {"field": "fields", "source": "funding_sources", "target_group": "target_groups"}


def kind_title(kind: str, codes: Mapping[str, CodeList] | None = None) -> Text:
    """Return a kind of measures in words: those of the register's list, else ours.

    Examples
    --------
    >>> kind_title("INV").de
    'investiv'
    """
    if codes is not None and "kinds" in codes and kind in codes["kinds"].codes:
        return codes["kinds"].title_of(kind)
    return words(f"balance.kind_{kind}") if kind in (*KINDS, "MIX", ALL) else Text(kind, kind)


def group_title(group: str, *, by: str, codes: Mapping[str, CodeList], names: Mapping[str, str] | None = None) -> Text:
    """Return a group of a balance in words; what is no code stands for itself.

    Parameters
    ----------
    group, by
        As `balance` gives and takes them.
    codes
        The code lists of the register.
    names
        Of programme areas and their parts, by id.

    Examples
    --------
    >>> group_title("2024", by="year", codes={}).en, group_title("unknown", by="year", codes={}).en
    ('2024', 'without year')
    """
    if group in (ALL, SEVERAL, WIDE, OUTSIDE):
        return words(f"balance.group_{group}")
    if group == UNKNOWN:
        return words(f"balance.unknown_{by}")
    if by in ("area", "sub_area"):
        name = (names or {}).get(group)
        return Text(f"{group} {name}", f"{group} {name}") if name else Text(group, group)
    return codes[LISTS[by]].title_of(group) if LISTS.get(by) in codes else Text(group, group)


def rules_of(by: str) -> tuple[Text, ...]:
    """Return how a balance counts, in sentences: what holds for every one, and for this one."""
    return (words(f"balance.rule_{by}"), words("balance.rule_mixed"), words("balance.rule_unknown"))
