"""What there is to say about one area, as plain data in words: the content of the area page and of its print.

The wording is neutral: signals, not verdicts. Classes compare with the mean of the areas, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qmgis.explanation import SMALL, Explanation, IndicatorFact, Named, explain
from qmgis.i18n import number, percent, say
from qmgis.model import Lang, Outcome, words
from qmgis.model.reading import (
    Block,
    blocks_of,
    contribution_columns,
    domain_columns,
    number_at,
    ranked,
    short_title,
    value_at,
    way_of,
)
from qmgis.model.text import limit_text
from qmgis.views._behind import interval, people
from qmgis.views._limits import Reach, distances, in_words, reaches
from qmgis.views.cells import cell, column_of, state_word, why_empty_at
from qmgis.views.firm import range_text

__all__ = ["Contribution", "CoverageRow", "DomainRow", "Dossier", "Fact", "IndicatorRow", "dossier", "told"]

FACTS = (
    "status_index", "status_class", "dynamics_index", "dynamics_class", "group", "class", "index", "rank", "certainty",
    "attention",
)  # fmt: skip


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
    """One indicator of the area beside the mean over the areas that were scored; ``z`` is its normalised value.

    Of a share whose people are known: ``people``, ``interval`` and ``reliability``, ``is_weak`` where few cases stand
    behind it. ``city``: the city's own value, where counts give it.
    """

    key: str
    title: str
    value: str
    mean: str
    z: str
    contribution: str
    change: str
    mean_change: str
    people: str = ""
    interval: str = ""
    reliability: str = ""
    is_weak: bool = False
    city: str = ""


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
    supply: str = ""
    range: str = ""
    bands: str = ""


@dataclass(frozen=True)
class Dossier:
    """One area in words.

    ``facts``: what all of it is drawn from. ``classes``: the indices with their classes, rank, certainty, attention.
    ``limits``: for each index, how far the next class is; ``reaches``: what would change it. ``domains``: empty for an
    index of one level. ``caveats``: what a reader has to know before using this. ``left_out``: the reason in words.
    """

    facts: Explanation
    population: str
    summary: str
    left_out: str
    classes: tuple[Fact, ...]
    limits: tuple[str, ...]
    reaches: tuple[Reach, ...]
    contributions: tuple[Contribution, ...]
    indicators: tuple[IndicatorRow, ...]
    coverage: tuple[CoverageRow, ...]
    caveats: tuple[str, ...]
    credits: tuple[str, ...]
    domains: tuple[DomainRow, ...] = ()


def dossier(outcome: Outcome, area: str, *, editions: Sequence[Outcome] = (), lang: Lang = "de") -> Dossier:
    """Return everything that a run says about one area.

    Parameters
    ----------
    outcome
        A run.
    area
        Id of the area.
    editions
        Other runs of the city, to see the area over time.
    lang
        ``"de"`` or ``"en"``.

    Raises
    ------
    UnknownKeyError
        If the run has no such area.

    Examples
    --------
    >>> page = dossier(toy_outcome(), "01010405", lang="en")
    >>> page.facts.name, page.facts.attention
    ('Gebiet 30', True)
    """
    return told(outcome, explain(outcome, area, editions=editions), lang=lang)


def told(outcome: Outcome, facts: Explanation, *, lang: Lang = "de") -> Dossier:
    """Return what is known of an area in words, where its facts are there already: for many areas at once.

    Examples
    --------
    >>> told(toy_outcome(), explain(toy_outcome(), "01010405"), lang="en").facts.name
    'Gebiet 30'
    """
    area = facts.area
    left_out = say(f"words.reason_{facts.left_out}", lang) if facts.left_out else ""
    return Dossier(
        facts=facts,
        population=_said(outcome, area, "population", lang),
        summary=_summary(facts, left_out, lang),
        left_out=left_out,
        classes=_classes(outcome, area, lang),
        limits=distances(facts, lang),
        reaches=reaches(facts, lang),
        contributions=_contributions(outcome, area, lang),
        indicators=tuple(_indicator(outcome, area, one, lang) for one in facts.indicators),
        coverage=tuple(_coverage(outcome, area, theme, lang) for theme in outcome.coverage),
        caveats=_caveats(facts, left_out, lang),
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


def _summary(facts: Explanation, left_out: str, lang: Lang) -> str:
    if left_out:
        return say("views.summary_left_out", lang, reason=left_out)
    if facts.group is None:
        return ""
    sentence = _class_words(facts, facts.group, lang)
    if facts.attention is None:
        return sentence
    return f"{sentence} {say('views.summary_attention' if facts.attention else 'views.summary_no_attention', lang)}"


def _class_words(facts: Explanation, group: Named, lang: Lang) -> str:
    labels = {index.block: index.label.title.to(lang) for index in facts.indices}
    if "dynamics" in labels:
        return say("views.summary_group", lang, status=labels["status"], dynamics=labels["dynamics"])
    return say("views.summary_class", lang, name=group.title.to(lang), title=facts.method.to(lang))


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


def _indicator(outcome: Outcome, area: str, one: IndicatorFact, lang: Lang) -> IndicatorRow:
    is_score = f"z_{one.key}" not in outcome.table
    return IndicatorRow(
        key=one.key,
        title=one.title.to(lang),
        value=_said(outcome, area, f"value_{one.key}", lang),
        mean=in_words(one, one.mean, lang),
        z=number(one.normalised, lang, digits=2, sign=not is_score),
        contribution=number(one.contribution, lang, digits=2, sign=True),
        change=_said(outcome, area, f"change_{one.key}", lang),
        mean_change=in_words(one, one.mean_change, lang, is_change=True),
        people=people(outcome, area, one, lang),
        interval=interval(one, lang),
        reliability=one.reliability.title.to(lang) if one.reliability else "",
        is_weak=one.reliability is not None and one.reliability.code == "weak",
        city=in_words(one, one.city, lang) if one.city is not None else "",
    )


def _coverage(outcome: Outcome, area: str, theme: str, lang: Lang) -> CoverageRow:
    asked = outcome.themes[theme]
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
        note=_how(outcome, area, theme, lang),
        need=_need(outcome, area, theme, lang),
        supply=_supply(outcome, area, theme, lang),
        range=_range(outcome, area, theme, lang),
        bands=_bands(outcome, area, theme, lang),
    )


def _how(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return limit and way of a theme, and whether the area lies at the edge with no known place beyond."""
    way = way_of(outcome, theme).to(lang)
    said = say("views.coverage_how", lang, within=outcome.themes[theme].limit.to(lang), how=way)
    at_edge = value_at(outcome, area, f"{theme}_edge") if f"{theme}_edge" in outcome.table else False
    return say("views.coverage_edge", lang, note=said) if at_edge else said


def _supply(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return the places in reach for each 100 beside those of the city; nothing where nobody asked."""
    if theme not in outcome.supply:
        return ""
    result = outcome.supply[theme].parameters
    whole = number(float(result["city"]), lang, digits=1)
    return say(
        f"views.supply_row_{result['unit']}", lang, access=_said(outcome, area, f"{theme}_access", lang), city=whole
    )


def _range(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return in how many trials the coverage holds and between which numbers; nothing where that is not shown."""
    span, holds = range_text(outcome, area, theme), value_at(outcome, area, f"{theme}_holds")
    if span is None or holds is None:
        return ""
    of = words("priority.of", k=int(holds), n=len(outcome.priority[theme].parameters["trials"]))
    return say("priority.row", lang, holds=of.to(lang), range=span.to(lang))


def _bands(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return the shares of people by how far it is to their nearest place; nothing where that is not shown."""
    if theme not in outcome.bands:
        return ""
    table = outcome.bands[theme]
    shares = dict(zip(map(float, table.columns), table.loc[[area]].to_numpy(dtype=float)[0], strict=True))
    shares = {
        limit: share
        for limit, share in shares.items()
        if not any(other == 1 for nearer, other in shares.items() if nearer < limit)
    }
    said = [
        say("views.bands_until", lang, limit=limit_text(limit).to(lang), share=percent(share, lang, digits=0))
        for limit, share in shares.items()
        if math.isfinite(limit) and math.isfinite(share)
    ]
    return say("views.bands_row", lang, bands=", ".join(said)) if said else ""


def _need(outcome: Outcome, area: str, theme: str, lang: Lang) -> str:
    """Return the indicator of the same group with its value, to be read beside the gap; nothing where there is none."""
    if theme not in outcome.priority or f"{theme}_need" not in outcome.table:
        return ""
    described = {column.key: column for column in outcome.priority[theme].columns}["need_value"]
    return f"{described.title.to(lang)}: {_said(outcome, area, f'{theme}_need', lang)}"


def _caveats(facts: Explanation, left_out: str, lang: Lang) -> tuple[str, ...]:
    """Return what a reader has to know, the most particular first."""
    few = "small" if any(index.block == "dynamics" for index in facts.indices) else "few"
    said = {
        "left_out": say("views.summary_left_out", lang, reason=left_out),
        "approximate": say("views.caveat_approximate", lang),
        "few_residents": say(f"views.caveat_{few}", lang, limit=number(SMALL, lang)),
        "weak_shares": say("views.caveat_weak", lang, names=", ".join(one.to(lang) for one in facts.weak)),
        "near_limit": say("views.caveat_near", lang),
        "borderline": say("views.caveat_borderline", lang),
        "improved_but_negative": say("views.caveat_improved", lang),
        "straight_line": say("views.straight", lang),
        "incomplete_places": say(
            "views.caveat_incomplete", lang, places=", ".join(one.to(lang) for one in facts.incomplete)
        ),
    }
    lines = [said[code] for code in facts.caveats if code in said]
    if facts.indices:
        lines.append(say("views.note_relative" if facts.relative == "mean" else "views.note_relative_class", lang))
    return (*lines, say("views.signal", lang))
