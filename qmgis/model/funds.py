"""A rule of a fund: how much an area may have, and how much a grant may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qmgis.model.text import Text

__all__ = ["FundRule"]


@dataclass(frozen=True)
class FundRule:
    """What holds for the funds of a type, with the source and the state of it.

    Whole cents: ``budget_ct`` of an area and year at most, ``max_grant_ct`` and ``min_grant_ct`` of a grant,
    ``per_resident_ct`` of a year at most; ``own_share`` (0-1) is what others than the programme pay; ``max_years`` at
    most may last what a grant pays for. ``land``: where it holds, empty everywhere; ``as_of``: the state of the source,
    empty where it does not say. In force from ``valid_from`` until before ``valid_to``.
    """

    key: str
    title: Text
    type: str
    source: str
    as_of: str
    land: str = ""
    budget_ct: int | None = None
    max_grant_ct: int | None = None
    min_grant_ct: int | None = None
    per_resident_ct: int | None = None
    own_share: float | None = None
    max_years: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None

    def holds(self, kind: str, year: str) -> bool:
        """Tell whether the rule is for a type of fund, and in force on the last day of a year.

        Examples
        --------
        >>> rule = FundRule("a", Text("", ""), "aktionsfonds", "", "", valid_from=date(2024, 1, 1))
        >>> rule.holds("aktionsfonds", "2023")
        False
        """
        if kind != self.type:
            return False
        if not year.isdecimal():
            return self.valid_from is None and self.valid_to is None
        day = date(int(year), 12, 31)
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)
