"""How far an area is from another class, and what would bring it there, in words."""

from __future__ import annotations

import math

from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.views.blocks import (
    Block,
    contribution_columns,
    index_column,
    limits_of,
    ranked,
    short_title,
    straight_slope,
)
from qmgis.views.cells import column_of, number_at, value_at, why_empty_at

__all__ = ["distance", "slope_of"]


def distance(outcome: Outcome, area: str, block: Block, lang: Lang) -> list[str]:
    """Return how far the nearest limit is, and what would have to change to reach it."""
    column = index_column(block)
    value, limits = number_at(outcome, area, column), limits_of(outcome, column)
    title = column_of(outcome, column).title.to(lang)
    if math.isnan(value) and why_empty_at(outcome, area, column) == "secret" and (limits or _parts(outcome)):
        return [say("views.limit_secret" if limits else "views.rank_secret", lang, title=title)]
    if math.isnan(value):
        return []
    if not limits:
        return _by_rank(outcome, area, lang)
    limit = min(limits, key=lambda edge: abs(value - edge))
    is_above = _is_above(outcome, area, block, value, limits, limit)
    other = _class_beyond(outcome, block, limits, limit, from_above=is_above, lang=lang)
    digits = next((places for places in (1, 2) if round(limit, places) == round(limit, 6)), 3)
    signed = min(limits) < 0
    words = {
        "title": title,
        "value": number(value, lang, digits=2, sign=signed),
        "gap": number(abs(value - limit), lang, digits=2),
        "limit": number(limit, lang, digits=digits, sign=signed),
        "other": other,
    }
    lines = [say("views.limit_above" if is_above else "views.limit_below", lang, **words)]
    if block == "index":
        return lines + _each_change(outcome, area, limit - value, lang, other=other)
    return lines + _strongest_change(outcome, area, block, limit - value, lang, other=other)


def _is_above(outcome: Outcome, area: str, block: Block, value: float, limits: tuple[float, ...], limit: float) -> bool:
    """Return on which side of a limit an area is; exactly on it, its class says so."""
    if value != limit or block != "index":
        return value > limit
    return _classes(outcome).index(str(value_at(outcome, area, "class"))) > limits.index(limit)


def _classes(outcome: Outcome) -> list[str]:
    return [str(name) for name in outcome.index.label.cat.categories]


def _name(outcome: Outcome, code: str, lang: Lang) -> str:
    word = column_of(outcome, "class").codes.get(code)
    return code if word is None else word.to(lang)


def _class_beyond(
    outcome: Outcome, block: Block, limits: tuple[float, ...], limit: float, *, from_above: bool, lang: Lang
) -> str:
    """Return the class on the other side of a limit, in words."""
    below = limits.index(limit)
    position = below if from_above else below + 1
    if block == "status":
        return say(f"words.status_{position + 1}", lang)
    if block == "dynamics":
        return say(f"words.dynamics_{('+', '+/-', '-')[position]}", lang)
    return _name(outcome, _classes(outcome)[position], lang)


def _parts(outcome: Outcome) -> int:
    """Return into how many parts of equal size a composite index is cut by rank; 0 where it is cut by limits."""
    block = outcome.index.parameters.get("blocks", {}).get("index", {})
    return int(block.get("quantiles") or 0)


def _by_rank(outcome: Outcome, area: str, lang: Lang) -> list[str]:
    """Return how many ranks lie between an area and the next class, where classes are parts of equal size."""
    parts, rank, names = _parts(outcome), number_at(outcome, area, "rank"), _classes(outcome)
    if not parts or math.isnan(rank):
        return []
    count, place = ranked(outcome), names.index(str(value_at(outcome, area, "class")))
    part = parts - place  # part 1 holds rank 1 and is the last class
    found = []
    if part > 1:
        found.append((int(rank) - (part - 1) * count // parts, names[place + 1]))
    if part < parts:
        found.append((part * count // parts + 1 - int(rank), names[place - 1]))
    steps, other = min(found)
    key = "views.step_to_class" if steps == 1 else "views.steps_to_class"
    line = say(key, lang, steps=number(steps, lang), other=_name(outcome, other, lang))
    return [line, say("views.change_none", lang)]


def _strongest_change(outcome: Outcome, area: str, block: Block, step: float, lang: Lang, *, other: str) -> list[str]:
    """Return how far the strongest indicator would have to move alone; a rough guide, means held as they are."""
    columns = contribution_columns(outcome, block)
    ordered = sorted(columns, key=lambda column: -abs(number_at(outcome, area, column.key)))
    for column in ordered:
        name = column.key.removeprefix("contribution_")
        source = f"value_{name}" if block == "status" else f"change_{name.removesuffix('_change')}"
        slope = slope_of(outcome, column.key, source)
        if source not in outcome.table or math.isnan(slope) or slope == 0:
            continue
        moved = step / slope
        if not _is_possible(outcome, area, source, moved):
            continue
        size, unit = _size(outcome, source, moved, lang)
        key = "views.change_lower" if moved < 0 else "views.change_higher"
        title = short_title(outcome, column).to(lang)
        return [say(key, lang, title=title, size=size, unit=unit, other=other)]
    return []


def _each_change(outcome: Outcome, area: str, step: float, lang: Lang, *, other: str) -> list[str]:
    """Return the smallest change of each indicator that moves the class, or that it cannot be said."""
    changes, never = [], []
    for column in contribution_columns(outcome, "index") if "score" not in outcome.table else []:
        name = column.key.removeprefix("contribution_")
        source = next((key for key in (f"value_{name}", f"change_{name}") if key in outcome.table), "")
        slope = straight_slope(outcome, column.key, source)
        if math.isnan(slope) or slope == 0:
            return [say("views.change_none", lang)]
        moved, title = step / slope, short_title(outcome, column).to(lang)
        if not _is_possible(outcome, area, source, moved) or not _is_usual(outcome, area, source, moved):
            never.append(title)
            continue
        size, unit = _size(outcome, source, moved, lang)
        key = "views.change_part_lower" if moved < 0 else "views.change_part_higher"
        changes.append(say(key, lang, title=title, size=size, unit=unit).strip())
    if not changes and not never:
        return [say("views.change_none", lang)]
    lines = [say("views.change_each", lang, other=other, changes="; ".join(changes))] if changes else []
    return lines + ([say("views.change_not_alone", lang, titles=", ".join(never))] if never else [])


def _is_possible(outcome: Outcome, area: str, source: str, moved: float) -> bool:
    """Return whether a share stays a share."""
    return column_of(outcome, source).kind != "share" or 0 <= number_at(outcome, area, source) + moved <= 1


def _is_usual(outcome: Outcome, area: str, source: str, moved: float) -> bool:
    """Return whether a value stays among those of the city: beyond them, the scale itself would move."""
    values = outcome.table[source].astype(float)
    reached = number_at(outcome, area, source) + moved
    return bool(values.min() <= reached <= values.max())


def _size(outcome: Outcome, source: str, moved: float, lang: Lang) -> tuple[str, str]:
    """Return the size of a change and its unit."""
    described = column_of(outcome, source)
    is_share = described.kind in ("share", "points")
    size = 100 * abs(moved) if is_share else abs(moved)
    return number(size, lang, digits=1), say("views.points", lang) if is_share else described.unit.to(lang)


def slope_of(outcome: Outcome, contribution: str, source: str) -> float:
    """Return by how much a contribution rises when its indicator rises by one."""
    name = contribution.removeprefix("contribution_")
    if name not in outcome.index.reference.index or source not in outcome.table:
        return math.nan
    mean = float(outcome.index.reference["mean"][name])
    apart = outcome.table[source].astype(float) - mean
    slopes = (outcome.table[contribution].astype(float) / apart)[apart.abs() > 1e-12].dropna()
    return float(slopes.median()) if len(slopes) else math.nan
