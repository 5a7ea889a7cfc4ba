"""Columns and warnings of coverage, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from qmgis.i18n import number
from qmgis.model import Column, Text, words

__all__ = ["amount", "columns_of", "group_title", "listed"]

DISTANCES = ("median_m", "p90_m", "mean_m")


def group_title(group: str) -> Text:
    """Return the words for a group of residents.

    Examples
    --------
    >>> group_title("age_0_5").en, group_title("age_65_plus").de
    ('residents aged 0 to 5', 'Einwohner ab 65 Jahren')
    """
    if group == "residents":
        return words("coverage.group_residents")
    _, low, high = [*group.split("_"), "", ""][:3]
    if not low.isdigit():
        return Text(group, group)
    return words("coverage.group_from", low=low) if high == "plus" else words("coverage.group", low=low, high=high)


def amount(value: float, *, digits: int = 0) -> Text:
    """Return a number of people in both languages."""
    return Text(number(value, "de", digits=digits), number(value, "en", digits=digits))


def listed(names: Sequence[str]) -> str:
    """Return the first five names."""
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def columns_of(keys: Sequence[str], *, group: str, within: Text, way: Text, at: Text) -> tuple[Column, ...]:
    """Return a description of each column, in their order; ``at`` is the way with its speed where it counts."""
    return tuple(_column(key, group, within, way if key in (*DISTANCES, "with_way") else at) for key in keys)


def _column(key: str, group: str, within: Text, way: Text) -> Column:
    persons, metres = words("coverage.unit_persons"), words("coverage.unit_metres")
    values = {"group": group_title(group), "within": within, "way": way}
    if key in DISTANCES:
        note = words("coverage.note_mean" if key == "mean_m" else "coverage.note_metres")
        return Column(key, words(f"coverage.{key}", **values), "metres", metres, 0, note=note)
    if key in ("share", "with_way"):
        return Column(key, words(f"coverage.{key}", **values), "share", digits=1, note=words(f"coverage.note_{key}"))
    head, _, named = key.partition("_age_")
    if named:
        values["group"] = group_title(f"age_{named}")
    return Column(key, words(f"coverage.{head}", **values), "count", persons, 0)
