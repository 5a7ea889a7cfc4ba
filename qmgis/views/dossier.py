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
from qmgis.views._limits import distance, slope_of
from qmgis.views.blocks import (
    Block,
    blocks_of,
    contribution_columns,
    distance_column,
    domain_columns,
    ranked,
    short_title,
)
from qmgis.views.cells import cell, column_of, name_of, number_at, state_word, value_at, why_empty_at
from qmgis.views.legend import is_straight

__all__ = ["Contribution", "CoverageRow", "DomainRow", "Dossier", "Fact", "IndicatorRow", "dossier"]

FACTS = (
    "status_index", "status_class", "dynamics_index", "dynamics_class", "group", "class", "index", "rank", "certainty",
    "attention",
)  # fmt: skip
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
    """One indicator of the area beside the mean over the areas that were scored; ``z`` is its normalised value."""

    key: str
    title: str
    value: str
    mean: str
    z: str
    contribution: str
    change: str
    mean_change: str


@dataclass(frozen=True)
class DomainRow:
    """One domain of an index in two levels: score, mean over the areas, percentile rank where there is one."""

    key: str
    title: str
    score: str
    mean: str
    rank: str


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

    ``classes``: the indices with their classes, rank, certainty, attention. ``limits``: for each index, how far the
    next class is and what would change it. ``domains``: empty for an index of one level. ``caveats``: what a reader has
    to know before using this. ``left_out`` is the reason in words, or empty.
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
    domains: tuple[DomainRow, ...] = ()


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
        limits=tuple(line for block in blocks_of(outcome) for line in distance(outcome, area, block, lang)),
        contributions=_contributions(outcome, area, lang),
        indicators=_indicators(outcome, area, lang),
        coverage=tuple(_coverage(outcome, area, theme, lang) for theme in outcome.coverage),
        caveats=_caveats(outcome, area, left_out, lang),
        recipe=outcome.recipe.id,
        credits=outcome.credits,
        domains=_domains(outcome, area, lang),
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
    if "group" not in outcome.table:
        return _summary_of_class(outcome, area, attention, lang)
    if attention is None:
        return ""
    status, sign = str(value_at(outcome, area, "status_class")), str(value_at(outcome, area, "dynamics_class"))
    sentence = say(
        "views.summary_group",
        lang,
        status=say(f"words.status_{status}", lang),
        dynamics=say(f"words.dynamics_{sign}", lang),
    )
    return f"{sentence} {say('views.summary_attention' if attention else 'views.summary_no_attention', lang)}"


def _summary_of_class(outcome: Outcome, area: str, attention: bool | None, lang: Lang) -> str:
    if value_at(outcome, area, "class") is None:
        return ""
    name, title = _said(outcome, area, "class", lang), outcome.index.title.to(lang)
    sentence = say("views.summary_class", lang, name=name, title=title)
    if attention is None:
        return sentence
    return f"{sentence} {say('views.summary_attention' if attention else 'views.summary_no_attention', lang)}"


def _classes(outcome: Outcome, area: str, lang: Lang) -> tuple[Fact, ...]:
    facts = []
    for key in FACTS:
        if key in outcome.table:
            value = value_at(outcome, area, key)
            code = "" if value is None else str(value)
            said = _told(outcome, area, key, lang) if code else _said(outcome, area, key, lang)
            facts.append(Fact(column_of(outcome, key).title.to(lang), said, code))
    return tuple(facts)


def _told(outcome: Outcome, area: str, key: str, lang: Lang) -> str:
    """Return a fact in words: a rank among how many, how certain a class is."""
    said = _said(outcome, area, key, lang)
    if key == "rank":
        return say("views.rank_of", lang, rank=said, count=number(ranked(outcome), lang))
    if key == "certainty" and value_at(outcome, area, "probability") is not None:
        share = _said(outcome, area, "probability", lang)
        return say("views.certainty_with", lang, word=said, probability=share)
    return said


def _domains(outcome: Outcome, area: str, lang: Lang) -> tuple[DomainRow, ...]:
    rows = []
    for column in domain_columns(outcome):
        key = column.key.removeprefix("domain_")
        mean = float(outcome.table[column.key].astype(float).mean())
        score, rank = (_said(outcome, area, name, lang) for name in (column.key, f"domain_rank_{key}"))
        title = short_title(outcome, column).to(lang)
        rows.append(DomainRow(key, title, score, number(mean, lang, digits=column.digits), rank))
    return tuple(rows)


def _contributions(outcome: Outcome, area: str, lang: Lang) -> tuple[Contribution, ...]:
    found = []
    for block in blocks_of(outcome):
        for column in contribution_columns(outcome, block):
            value = number_at(outcome, area, column.key)
            if not math.isnan(value):
                name = column.key.removeprefix("contribution_")
                title = short_title(outcome, column).to(lang)
                found.append(Contribution(name, title, block, value, number(value, lang, digits=2, sign=True)))
    return tuple(found)


def _indicators(outcome: Outcome, area: str, lang: Lang) -> tuple[IndicatorRow, ...]:
    return tuple(
        IndicatorRow(
            key=key,
            title=title,
            value=_said(outcome, area, f"value_{key}", lang),
            mean=_mean(outcome, key, f"value_{key}", lang),
            z=_normalised(outcome, area, key, lang),
            contribution=number(number_at(outcome, area, f"contribution_{key}"), lang, digits=2, sign=True),
            change=_said(outcome, area, f"change_{key}", lang),
            mean_change=_mean(outcome, f"{key}_change", f"change_{key}", lang),
        )
        for key, title in _titles(outcome, lang).items()
    )


def _titles(outcome: Outcome, lang: Lang) -> dict[str, str]:
    """Return the title of each indicator whose value or change is in the table."""
    found: dict[str, str] = {}
    for role in ("value_", "change_"):
        for column in outcome.columns:
            if column.key.startswith(role):
                found.setdefault(column.key.removeprefix(role), column.title.to(lang))
    return found


def _normalised(outcome: Outcome, area: str, key: str, lang: Lang) -> str:
    if f"score_{key}" in outcome.table:
        return number(number_at(outcome, area, f"score_{key}"), lang, digits=2)
    return number(number_at(outcome, area, f"z_{key}"), lang, digits=2, sign=True)


def _mean(outcome: Outcome, row: str, column: str, lang: Lang) -> str:
    """Return the mean over the scored areas, as a cell of its column."""
    rows = outcome.index.reference.index
    row = row if row in rows else row.removesuffix("_change")  # a composite index of changes has no values beside them
    if row not in rows or column not in outcome.table:
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
    near = [number_at(outcome, area, distance_column(block)) for block in blocks_of(outcome)]
    straight = [theme for theme in outcome.coverage if is_straight(outcome, theme)]
    partial = [layer.title.to(lang) for layer in outcome.places.values() if not layer.complete]
    said = [
        (bool(left_out), say("views.summary_left_out", lang, reason=left_out)),
        (bool(outcome.areas.frame["approximate"][area]), say("views.caveat_approximate", lang)),
        (population < SMALL, say(_small(outcome), lang, limit=number(SMALL, lang))),
        (any(abs(gap) < _near(outcome) for gap in near), say("views.caveat_near", lang)),
        (value_at(outcome, area, "certainty") == "borderline", say("views.caveat_borderline", lang)),
        (_improved_but_negative(outcome, area), say("views.caveat_improved", lang)),
        (bool(straight), say("views.straight", lang)),
        (bool(partial), say("views.caveat_incomplete", lang, places=", ".join(partial))),
        (not left_out and "group" in outcome.table, say("views.note_relative", lang)),
        (not left_out and "class" in outcome.table, say("views.note_relative_class", lang)),
        (True, say("views.signal", lang)),
    ]
    return tuple(sentence for applies, sentence in said if applies)


def _small(outcome: Outcome) -> str:
    return "views.caveat_small" if "dynamics_index" in outcome.table else "views.caveat_few"


def _near(outcome: Outcome) -> float:
    """Return what is near to a limit: a tenth of a standard deviation of the index."""
    if "index" not in outcome.table:
        return NEAR
    return NEAR * float(outcome.table["index"].astype(float).std(ddof=0))


def _improved_but_negative(outcome: Outcome, area: str) -> bool:
    """Whether dynamics are negative although burdens fell: the others fell more."""
    if "dynamics_class" not in outcome.table or value_at(outcome, area, "dynamics_class") != "-":
        return False
    steps = []
    for column in contribution_columns(outcome, "dynamics"):
        name = column.key.removeprefix("contribution_").removesuffix("_change")
        slope = slope_of(outcome, column.key, f"change_{name}")
        steps.append(number_at(outcome, area, f"change_{name}") * slope)
    return bool(steps) and all(step <= 0 for step in steps)
