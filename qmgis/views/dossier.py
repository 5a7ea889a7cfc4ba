"""What there is to say about one area, as plain data in words: the content of the area page and of its print.

The wording is neutral: signals, not verdicts. Classes compare with the mean of the areas, and the page says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.i18n import number, say
from qmgis.model import Lang, Outcome
from qmgis.views.cells import cell, column_of, name_of, number_at, state_word, value_at, why_empty_at
from qmgis.views.charts import Block, contribution_columns, short_title
from qmgis.views.legend import is_straight

__all__ = ["Contribution", "CoverageRow", "Dossier", "Fact", "IndicatorRow", "dossier"]

SMALL = 2000
NEAR = 0.1


@dataclass(frozen=True)
class Fact:
    """A label and its value in words; ``code`` is the bare value where there is one."""

    label: str
    text: str
    code: str = ""


@dataclass(frozen=True)
class Contribution:
    """What one indicator adds to an index; the values of a block add up to it."""

    key: str
    title: str
    block: Block
    value: float
    text: str


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of the area beside the mean over the areas that were scored."""

    key: str
    title: str
    value: str
    mean: str
    z: str
    contribution: str
    change: str
    mean_change: str


@dataclass(frozen=True)
class CoverageRow:
    """Who of a group reaches a kind of place; ``note`` says how distance was measured."""

    theme: str
    title: str
    share: str
    reached: str
    not_reached: str
    median: str
    p90: str
    tier: str
    note: str
    need: str = ""


@dataclass(frozen=True)
class Dossier:
    """One area in words.

    ``classes``: status, dynamics, group, attention. ``limits``: for each index, how far the next class is and what
    would change it. ``caveats``: what a reader has to know before using this. ``left_out`` is the reason in words, or
    empty.
    """

    area: str
    name: str
    parent: str
    year: int
    vintage: str
    population: str
    summary: str
    attention: bool | None
    left_out: str
    classes: tuple[Fact, ...]
    limits: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    indicators: tuple[IndicatorRow, ...]
    coverage: tuple[CoverageRow, ...]
    caveats: tuple[str, ...]
    recipe: str
    credits: tuple[str, ...]


def dossier(outcome: Outcome, area: str, *, lang: Lang = "de") -> Dossier:
    """Return everything that a run says about one area.

    Parameters
    ----------
    outcome
        A run.
    area
        Id of the area.
    lang
        ``"de"`` or ``"en"``.

    Raises
    ------
    UnknownKeyError
        If the run has no such area.

    Examples
    --------
    >>> page = dossier(toy_outcome(), "01010405", lang="en")
    >>> page.name, page.attention
    ('Gebiet 30', True)
    """
    if area not in outcome.table.index:
        known = [str(key) for key in outcome.table.index]
        raise UnknownKeyError(
            f'Run "{outcome.run.key}" has no area "{area}".{did_you_mean(area, known)}',
            de=f'Lauf "{outcome.run.key}" hat kein Gebiet "{area}".{did_you_mean(area, known, lang="de")}',
        )
    reason = value_at(outcome, area, "left_out")
    left_out = "" if reason is None else say(f"words.reason_{reason}", lang)
    flag = value_at(outcome, area, "attention")
    parent: Any = outcome.areas.frame["parent"][area]
    attention = None if flag is None else bool(flag)
    return Dossier(
        area=area,
        name=name_of(outcome, area),
        parent="" if pd.isna(parent) else str(parent),
        year=outcome.run.year,
        vintage=outcome.areas.vintage,
        population=_said(outcome, area, "population", lang),
        summary=_summary(outcome, area, left_out, attention, lang),
        attention=attention,
        left_out=left_out,
        classes=_classes(outcome, area, lang),
        limits=tuple(line for block in ("status", "dynamics") for line in _distance(outcome, area, block, lang)),
        contributions=_contributions(outcome, area, lang),
        indicators=_indicators(outcome, area, lang),
        coverage=tuple(_coverage(outcome, area, theme, lang) for theme in outcome.coverage),
        caveats=_caveats(outcome, area, left_out, lang),
        recipe=outcome.recipe.id,
        credits=outcome.credits,
    )


def _said(outcome: Outcome, area: str, column: str, lang: Lang) -> str:
    """Return a cell in words, with the reason where it is empty."""
    if column not in outcome.table:
        return "–"
    why = why_empty_at(outcome, area, column)
    if why:
        return f"– ({state_word(why).to(lang)})"
    return cell(value_at(outcome, area, column), column_of(outcome, column), lang)


def _summary(outcome: Outcome, area: str, left_out: str, attention: bool | None, lang: Lang) -> str:
    if left_out:
        return say("views.summary_left_out", lang, reason=left_out)
    if "group" not in outcome.table or attention is None:
        return ""
    status, sign = str(value_at(outcome, area, "status_class")), str(value_at(outcome, area, "dynamics_class"))
    sentence = say(
        "views.summary_group",
        lang,
        status=say(f"words.status_{status}", lang),
        dynamics=say(f"words.dynamics_{sign}", lang),
    )
    return f"{sentence} {say('views.summary_attention' if attention else 'views.summary_no_attention', lang)}"


def _classes(outcome: Outcome, area: str, lang: Lang) -> tuple[Fact, ...]:
    facts = []
    for key in ("status_index", "status_class", "dynamics_index", "dynamics_class", "group", "attention"):
        if key in outcome.table:
            value = value_at(outcome, area, key)
            code = "" if value is None else str(value)
            facts.append(Fact(column_of(outcome, key).title.to(lang), _said(outcome, area, key, lang), code))
    return tuple(facts)


def _distance(outcome: Outcome, area: str, block: Block, lang: Lang) -> list[str]:
    """Return how far the nearest limit is, and what would have to change to reach it."""
    value, limits = number_at(outcome, area, f"{block}_index"), outcome.index.limits.get(block, ())
    if math.isnan(value) and limits and why_empty_at(outcome, area, f"{block}_index") == "secret":
        return [say("views.limit_secret", lang, title=column_of(outcome, f"{block}_index").title.to(lang))]
    if math.isnan(value) or not limits:
        return []
    limit = min(limits, key=lambda edge: abs(value - edge))
    other = _class_beyond(block, limits, limit, from_above=value > limit, lang=lang)
    gap = abs(value - limit)
    words = {
        "title": column_of(outcome, f"{block}_index").title.to(lang),
        "value": number(value, lang, digits=2, sign=True),
        "gap": number(gap, lang, digits=2),
        "limit": number(limit, lang, digits=1, sign=True),
        "other": other,
    }
    lines = [say("views.limit_above" if value > limit else "views.limit_below", lang, **words)]
    lines += _what_would_change(outcome, area, block, limit - value, lang, other=other)
    return lines


def _class_beyond(block: Block, limits: tuple[float, ...], limit: float, *, from_above: bool, lang: Lang) -> str:
    """Return the class on the other side of a limit, in words."""
    below = limits.index(limit)
    position = below if from_above else below + 1
    if block == "status":
        return say(f"words.status_{position + 1}", lang)
    return say(f"words.dynamics_{('+', '+/-', '-')[position]}", lang)


def _what_would_change(outcome: Outcome, area: str, block: Block, step: float, lang: Lang, *, other: str) -> list[str]:
    """Return how far the strongest indicator would have to move alone; a rough guide, means held as they are."""
    columns = contribution_columns(outcome, block)
    ranked = sorted(columns, key=lambda column: -abs(number_at(outcome, area, column.key)))
    for column in ranked:
        name = column.key.removeprefix("contribution_")
        source = f"value_{name}" if block == "status" else f"change_{name.removesuffix('_change')}"
        slope = _slope(outcome, column.key, source)
        if source not in outcome.table or math.isnan(slope) or slope == 0:
            continue
        described = column_of(outcome, source)
        moved = step / slope
        if described.kind == "share" and not 0 <= number_at(outcome, area, source) + moved <= 1:
            continue
        size = 100 * abs(moved) if described.kind in ("share", "points") else abs(moved)
        unit = say("views.points", lang) if described.kind in ("share", "points") else described.unit.to(lang)
        key = "views.change_lower" if moved < 0 else "views.change_higher"
        title = short_title(outcome, column).to(lang)
        return [say(key, lang, title=title, size=number(size, lang, digits=1), unit=unit, other=other)]
    return []


def _slope(outcome: Outcome, contribution: str, source: str) -> float:
    """Return by how much a contribution rises when its indicator rises by one."""
    name = contribution.removeprefix("contribution_")
    if name not in outcome.index.reference.index or source not in outcome.table:
        return math.nan
    mean = float(outcome.index.reference["mean"][name])
    apart = outcome.table[source].astype(float) - mean
    slopes = (outcome.table[contribution].astype(float) / apart)[apart.abs() > 1e-12].dropna()
    return float(slopes.median()) if len(slopes) else math.nan


def _contributions(outcome: Outcome, area: str, lang: Lang) -> tuple[Contribution, ...]:
    found = []
    blocks: tuple[Block, ...] = ("status", "dynamics")
    for block in blocks:
        for column in contribution_columns(outcome, block):
            value = number_at(outcome, area, column.key)
            if not math.isnan(value):
                name = column.key.removeprefix("contribution_")
                title = short_title(outcome, column).to(lang)
                found.append(Contribution(name, title, block, value, number(value, lang, digits=2, sign=True)))
    return tuple(found)


def _indicators(outcome: Outcome, area: str, lang: Lang) -> tuple[IndicatorRow, ...]:
    keys = [column.key.removeprefix("value_") for column in outcome.columns if column.key.startswith("value_")]
    return tuple(
        IndicatorRow(
            key=key,
            title=column_of(outcome, f"value_{key}").title.to(lang),
            value=_said(outcome, area, f"value_{key}", lang),
            mean=_mean(outcome, key, f"value_{key}", lang),
            z=number(number_at(outcome, area, f"z_{key}"), lang, digits=2, sign=True),
            contribution=number(number_at(outcome, area, f"contribution_{key}"), lang, digits=2, sign=True),
            change=_said(outcome, area, f"change_{key}", lang),
            mean_change=_mean(outcome, f"{key}_change", f"change_{key}", lang),
        )
        for key in keys
    )


def _mean(outcome: Outcome, row: str, column: str, lang: Lang) -> str:
    """Return the mean over the scored areas, as a cell of its column."""
    if row not in outcome.index.reference.index or column not in outcome.table:
        return "–"
    return cell(float(outcome.index.reference["mean"][row]), column_of(outcome, column), lang)


def _coverage(outcome: Outcome, area: str, theme: str, lang: Lang) -> CoverageRow:
    asked = outcome.themes[theme]
    way = say("words.straight_line" if is_straight(outcome, theme) else "words.network", lang)
    parts = {
        name: _said(outcome, area, f"{theme}_{name}", lang)
        for name in ("share", "reached", "not_reached", "median_m", "p90_m", "tier")
    }
    return CoverageRow(
        theme=theme,
        title=asked.title.to(lang),
        share=parts["share"],
        reached=parts["reached"],
        not_reached=parts["not_reached"],
        median=parts["median_m"],
        p90=parts["p90_m"],
        tier=parts["tier"] if f"{theme}_tier" in outcome.table else "",
        note=say("views.coverage_how", lang, metres=number(asked.within_m, lang), how=way),
        need=_need(outcome, area, theme, lang),
    )


def _need(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return the indicator of the same group with its value, to be read beside the gap; nothing where there is none."""
    if theme not in outcome.priority or f"{theme}_need" not in outcome.table:
        return ""
    described = {column.key: column for column in outcome.priority[theme].columns}["need_value"]
    return f"{described.title.to(lang)}: {_said(outcome, area, f'{theme}_need', lang)}"


def _caveats(outcome: Outcome, area: str, left_out: str, lang: Lang) -> tuple[str, ...]:
    """Return what a reader has to know, the most particular first."""
    population = number_at(outcome, area, "population")
    near = [number_at(outcome, area, f"{block}_distance") for block in ("status", "dynamics")]
    straight = [theme for theme in outcome.coverage if is_straight(outcome, theme)]
    partial = [layer.title.to(lang) for layer in outcome.places.values() if not layer.complete]
    said = [
        (bool(left_out), say("views.summary_left_out", lang, reason=left_out)),
        (bool(outcome.areas.frame["approximate"][area]), say("views.caveat_approximate", lang)),
        (population < SMALL, say("views.caveat_small", lang, limit=number(SMALL, lang))),
        (any(abs(gap) < NEAR for gap in near), say("views.caveat_near", lang)),
        (_improved_but_negative(outcome, area), say("views.caveat_improved", lang)),
        (bool(straight), say("views.straight", lang)),
        (bool(partial), say("views.caveat_incomplete", lang, places=", ".join(partial))),
        (not left_out and "group" in outcome.table, say("views.note_relative", lang)),
        (True, say("views.signal", lang)),
    ]
    return tuple(sentence for applies, sentence in said if applies)


def _improved_but_negative(outcome: Outcome, area: str) -> bool:
    """Whether dynamics are negative although burdens fell: the others fell more."""
    if "dynamics_class" not in outcome.table or value_at(outcome, area, "dynamics_class") != "-":
        return False
    steps = []
    for column in contribution_columns(outcome, "dynamics"):
        name = column.key.removeprefix("contribution_").removesuffix("_change")
        slope = _slope(outcome, column.key, f"change_{name}")
        steps.append(number_at(outcome, area, f"change_{name}") * slope)
    return bool(steps) and all(step <= 0 for step in steps)
