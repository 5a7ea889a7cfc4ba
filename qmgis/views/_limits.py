"""How far an area is from another class, and what would bring it there, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from qmgis.explanation import Change, Explanation, IndexFact, IndicatorFact, Step
from qmgis.i18n import number, say
from qmgis.model import Column, Lang, Text
from qmgis.views.cells import cell

__all__ = ["Reach", "ReachRow", "distances", "in_words", "limit_words", "moved_words", "nearest_step", "reaches"]

NOTHING = Text("", "")


@dataclass(frozen=True)
class ReachRow:
    """One indicator: value now, the change that it takes, value then; or in ``change`` why there is none."""

    title: str
    now: str
    change: str
    then: str


@dataclass(frozen=True)
class Reach:
    """A class that the area could be in: what it would take of each indicator alone; ``title`` says which and how.

    ``of`` says whether values or changes are moved. ``is_first``: what a reader asks first, a class that changes the
    attention flag, or the nearest one where none does.
    """

    title: str
    of: Literal["value", "change"]
    rows: tuple[ReachRow, ...]
    is_first: bool = True


def in_words(one: IndicatorFact | Change, value: float | None, lang: Lang, *, is_change: bool = False) -> str:
    """Return a value or change of an indicator with its unit."""
    described = Column("", NOTHING, "points" if is_change and one.kind == "share" else one.kind)
    unit = "" if one.kind == "share" or value is None else one.unit.to(lang)
    return f"{cell(value, described, lang)} {unit}".strip()


def nearest_step(index: IndexFact) -> Step | None:
    """Return the next class that is the least far away; None where none can be told."""
    steps = [step for step in index.steps if step.is_next]
    by_limit = [(abs(step.gap), step) for step in steps if step.gap is not None]
    by_rank = [(float(step.ranks), step) for step in steps if step.ranks is not None]
    return min(by_limit or by_rank, key=lambda pair: pair[0])[1] if by_limit or by_rank else None


def distances(said: Explanation, lang: Lang) -> tuple[str, ...]:
    """Return for each index how far the next class is, and where nothing can be said of what would change it."""
    return tuple(line for index in said.indices for line in _distance(said, index, lang))


def _distance(said: Explanation, index: IndexFact, lang: Lang) -> list[str]:
    title, step = index.title.to(lang), nearest_step(index)
    if index.value is None and index.steps:
        return [say("views.limit_secret" if index.limits else "views.rank_secret", lang, title=title)]
    if step is None:
        return []
    other = step.to.title.to(lang)
    if step.limit is None:
        key = "views.step_to_class" if step.ranks == 1 else "views.steps_to_class"
        return [say(key, lang, steps=number(step.ranks, lang), other=other), say("views.change_none", lang)]
    key = "views.limit_above" if step.way == "less" else "views.limit_below"
    lines = [say(key, lang, title=title, other=other, **limit_words(index, step, lang))]
    is_uneven = all(one.hindrance == "uneven" for one in said.changes if one.step == step)
    return [*lines, say("views.change_none", lang)] if is_uneven else lines


def limit_words(index: IndexFact, step: Step, lang: Lang) -> dict[str, str]:
    """Return index, limit and distance as people read them."""
    limit = step.limit or 0.0
    digits = next((places for places in (1, 2) if round(limit, places) == round(limit, 6)), 3)
    signed = min(index.limits) < 0
    return {
        "value": number(index.value, lang, digits=2, sign=signed),
        "gap": number(abs(step.gap or 0.0), lang, digits=2),
        "limit": number(limit, lang, digits=digits, sign=signed),
    }


def reaches(said: Explanation, lang: Lang) -> tuple[Reach, ...]:
    """Return what it would take to reach other classes; nothing of an index that does not rise evenly, or is secret."""
    found: list[tuple[Step, Reach]] = []
    for index in said.indices:
        for step in index.steps:
            changes = [one for one in said.changes if one.step == step]
            if any(one.hindrance in ("", "out_of_range") for one in changes):
                rows = tuple(_row(one, lang) for one in changes)
                found.append((step, Reach(_head(said, index, step, lang), changes[0].of, rows)))
    flags = [step for step, _ in found if step.attention is not None and step.attention != said.attention]
    near = sorted((step for step, _ in found), key=lambda step: abs(step.gap if step.gap is not None else math.inf))
    first = flags or near[:1]
    return tuple(replace(reach, is_first=step in first) for step, reach in found)


def _head(said: Explanation, index: IndexFact, step: Step, lang: Lang) -> str:
    words = limit_words(index, step, lang)
    key = "views.reach_below" if step.way == "less" else "views.reach_above"
    head = say(key, lang, title=index.title.to(lang), other=step.to.title.to(lang), limit=words["limit"])
    if step.attention is None or said.attention is None:
        return head
    flag = {
        (True, True): "stays", (True, False): "goes", (False, True): "comes", (False, False): "none",
    }[said.attention, step.attention]  # fmt: skip
    return f"{head} {say(f'views.reach_flag_{flag}', lang)}"


def _row(one: Change, lang: Lang) -> ReachRow:
    now = in_words(one, one.now, lang, is_change=one.of == "change")
    if one.size is None:
        return ReachRow(one.title.to(lang), now, say(f"views.reach_{one.hindrance}", lang), "–")
    key = "views.reach_lower" if one.size < 0 else "views.reach_higher"
    size = say(key, lang, size=moved_words(one, lang)["size"])
    return ReachRow(one.title.to(lang), now, size, in_words(one, one.then, lang, is_change=one.of == "change"))


def moved_words(one: Change, lang: Lang) -> dict[str, str]:
    """Return indicator and size of a change, without its sign."""
    size = abs(one.size or 0.0)
    scaled = 100 * size if one.kind == "share" else size
    unit = say("views.points", lang) if one.kind == "share" else one.unit.to(lang)
    return {"title": one.title.to(lang), "size": f"{number(scaled, lang, digits=1)} {unit}".strip()}
