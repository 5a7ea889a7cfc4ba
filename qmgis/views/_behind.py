"""What stands behind a share, in words: the people and the interval."""

from __future__ import annotations

from qmgis.explanation import IndicatorFact
from qmgis.i18n import number, percent, say
from qmgis.model import Lang, Outcome
from qmgis.views.cells import state_word, why_empty_at

__all__ = ["interval", "people"]


def people(outcome: Outcome, area: str, one: IndicatorFact, lang: Lang) -> str:
    """Return of how many people a share is, how many of them where it is published; or why that is not shown."""
    column = f"base_{one.key}"
    if one.value is None or column not in outcome.table:
        return ""
    if one.base is None:
        return f"– ({state_word(why_empty_at(outcome, area, column)).to(lang)})"
    base = number(one.base, lang)
    if one.is_estimated:
        return say("views.people_estimated", lang, base=base)
    if one.count is None:
        return say("views.people_base", lang, base=base)
    return say("views.people", lang, count=number(one.count, lang), base=base)


def interval(one: IndicatorFact, lang: Lang) -> str:
    """Return the 95 % interval of a share; nothing where it is not known."""
    if one.low is None or one.high is None:
        return ""
    return f"{number(100 * one.low, lang, digits=1)}–{percent(one.high, lang)}"
