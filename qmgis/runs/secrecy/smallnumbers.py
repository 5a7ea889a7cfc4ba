"""How stable the shares of a run are: the people behind each, an interval, a label, and a smoothed value.

All of it is made of what may be shown, so that nothing hidden can be computed from it; docs/methods/small-numbers.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qmgis.core.interval import reliability, variation, wilson
from qmgis.core.shrink import empirical_bayes
from qmgis.model import RESIDENTS, AreaResult, Column, IndicatorTable, People, Text, people_behind, words

__all__ = ["ROLES", "estimated_of", "small_numbers"]

ROLES = ("count", "base", "low", "high", "reliability", "smoothed")
LABELS = ("solid", "caution", "weak")


def small_numbers(result: AreaResult, table: IndicatorTable) -> tuple[pd.DataFrame, tuple[Column, ...], pd.Series]:
    """Return the columns of small numbers of a guarded index, their descriptions, and states of what is not shown.

    A share that entered and whose people are known has `ROLES` of its own, such as ``low_transfer``; ``count_transfer``
    only where the source publishes the count. They are empty where the share is hidden, and where another hidden share
    of the area has the same numerator or denominator: the states name the latter, such as ``transfer_base=secret``.
    """
    keys = [str(name).removeprefix("value_") for name in result.seen if str(name).startswith("value_")]
    shares = [key for key in keys if key in table.indicators and table.indicators[key].measure == "share"]
    known = {key: people for key in shares if (people := people_behind(table, key, result.year)) is not None}
    closed = _closed(result, table, keys)
    areas = result.value.index
    pieces, columns = [], []
    states = pd.Series("", index=areas, dtype=object)
    for key, people in known.items():
        shown = result.seen[f"value_{key}"].notna()
        apart = pd.Series(False, index=areas)
        for part in _parts(table, key, result.year):
            apart |= closed.get(part, False)
        states += (shown & apart).map({True: f" {key}_base=secret", False: ""})
        pieces.append(_numbers(result.seen[f"value_{key}"], people, shown & ~apart).add_suffix(f"_{key}"))
        columns += _columns(key, table.indicators[key].title, people)
    frame = pd.concat(pieces, axis=1) if pieces else pd.DataFrame(index=areas)
    return frame, tuple(column for column in columns if column.key in frame), states


def estimated_of(result: AreaResult, table: IndicatorTable) -> frozenset[str]:
    """Return the indicators of an index of which the people behind the shares are estimated.

    Examples
    --------
    >>> estimated_of(toy_outcome().index, toy_table())
    frozenset()
    """
    known = {str(key): table.indicators[key] for key in result.parameters["indicators"] if key in table.indicators}
    shares = [key for key, indicator in known.items() if indicator.measure == "share"]
    behind = {key: people_behind(table, key, result.year) for key in shares}
    return frozenset(key for key, people in behind.items() if people is not None and people.is_estimated)


def _parts(table: IndicatorTable, key: str, year: int) -> list[str]:
    """Return the counts that a share is made of."""
    indicator, base = table.indicators[key], table.bases.get((key, year))
    own = [part for part in (indicator.numerator, indicator.denominator) if part]
    return own or ([base.of or RESIDENTS] if base else [])


def _closed(result: AreaResult, table: IndicatorTable, keys: list[str]) -> Mapping[str, pd.Series]:
    """Return for each count the areas in which a hidden share is made of it, so that it would tell more of it."""
    found: dict[str, pd.Series] = {}
    for key in keys:
        hidden = result.seen[f"value_{key}"].isna() & result.parts[f"value_{key}"].notna()
        for part in _parts(table, key, result.year) if key in table.indicators else ():
            found[part] = hidden | found.get(part, False)
    return found


def _numbers(value: pd.Series, people: People, open_: pd.Series) -> pd.DataFrame:
    """Return the columns of one share; only cells that are open enter, in the smoothing as well."""
    total = people.total.reindex(value.index).where(open_)
    count = value * total if people.count is None else people.count.reindex(value.index).where(open_)
    total = total.where((total > 0) & (count <= total * (1 + 1e-9)))
    count = count.where(total.notna()).clip(upper=total)
    limits = wilson(count, total)
    found = {
        "base": total, "low": limits["low"], "high": limits["high"],
        "reliability": reliability(variation(count / total, total)),
        "smoothed": empirical_bayes(count, total) if total.notna().any() else total,
    }  # fmt: skip
    return pd.DataFrame({"count": count, **found} if people.count is not None else found)


def _columns(key: str, title: Text, people: People) -> list[Column]:
    """Return the description of each column of one share; what is estimated says so."""
    share, persons = Text("%", "%"), words("methods.unit_persons")
    base = "base_estimated" if people.is_estimated else "base"
    about = words("smallnumbers.note_estimated") if people.is_estimated else Text("", "")
    notes = {
        role: words(f"smallnumbers.note_{role}", estimated=about) for role in ("interval", "reliability", "smoothed")
    }
    return [
        Column(f"count_{key}", _titled("count", title), "count", persons, 0, note=words("smallnumbers.note_count")),
        Column(f"base_{key}", _titled(base, title), "count", persons, 0, note=words(f"smallnumbers.note_{base}")),
        Column(f"low_{key}", _titled("low", title), "share", share, 1, note=notes["interval"]),
        Column(f"high_{key}", _titled("high", title), "share", share, 1, note=notes["interval"]),
        Column(
            f"reliability_{key}", _titled("reliability", title), "code",
            codes={label: words(f"smallnumbers.{label}") for label in LABELS}, note=notes["reliability"],
        ),
        Column(f"smoothed_{key}", _titled("smoothed", title), "share", share, 1, note=notes["smoothed"]),
    ]  # fmt: skip


def _titled(role: str, title: Text) -> Text:
    return words(f"smallnumbers.title_{role}", title=title)
