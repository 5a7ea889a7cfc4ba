"""Need meets gap in words: which areas require attention and are underserved, how firmly, and how many people."""

from __future__ import annotations

from dataclasses import dataclass

from qmgis.coverage import amount, group_title
from qmgis.model import City, Lang, Outcome, Text, words
from qmgis.model.reading import value_at
from qmgis.priority import behind
from qmgis.views.cells import cell, column_of, state_word, why_empty_at

__all__ = ["FirmRow", "firm_rows", "firm_sentence", "range_text", "service_sentence"]


@dataclass(frozen=True)
class FirmRow:
    """One area that requires attention and is underserved, or may be."""

    area: str
    name: str
    firm: str
    attention: str
    holds: str
    not_reached: str
    range: str


def firm_sentence(outcome: Outcome, theme: str) -> Text:
    """Return how many areas require attention and are underserved, firmly and possibly, and the people in them.

    Examples
    --------
    >>> firm_sentence(toy_outcome(), "kita").en.split(":")[0]
    'Day care'
    """
    found = behind(outcome.priority[theme])
    withheld = words("priority.behind_withheld", n=found.withheld) if found.withheld else Text("", "")
    return words(
        "priority.behind", title=outcome.themes[theme].title, firm=found.firm, possible=found.possible,
        people=amount(found.people), low=amount(found.low), high=amount(found.high), withheld=withheld,
    )  # fmt: skip


def service_sentence(city: City, outcome: Outcome, theme: str) -> Text | None:
    """Return which group a theme's service is for and which indicator its need is; None without an indicator."""
    asked = outcome.themes[theme]
    service = next((one for one in city.services.values() if one.serves(asked.places)), None)
    need = asked.need or (service.need if service is not None else None)
    known = {key: one for table in city.tables.values() for key, one in table.indicators.items()}
    if need not in known:
        return None
    named = service.title if service is not None else asked.title
    return words("priority.for_need", service=named, group=group_title(asked.group), need=known[str(need)].title)


def firm_rows(outcome: Outcome, theme: str, lang: Lang) -> list[FirmRow]:
    """Return the areas of a theme that require attention and are underserved, firm ones first, in the reading order."""
    order = outcome.priority[theme]
    label = order.seen["firm"]
    chosen = [area for code in ("firm", "open") for area in order.value[label == code].sort_values().index]
    return [_row(outcome, str(area), theme, lang) for area in chosen]


def range_text(outcome: Outcome, area: str, theme: str) -> Text | None:
    """Return between which numbers the people not reached lie over all trials; None where that is not shown."""
    low, high = (value_at(outcome, area, f"{theme}_not_reached_{end}") for end in ("low", "high"))
    if low is None or high is None:
        return None
    return words("priority.range", low=amount(float(low)), high=amount(float(high)))


def _row(outcome: Outcome, area: str, theme: str, lang: Lang) -> FirmRow:
    order = outcome.priority[theme]
    trials = len(order.parameters["trials"])
    holds, span = value_at(outcome, area, f"{theme}_holds"), range_text(outcome, area, theme)
    return FirmRow(
        area,
        str(value_at(outcome, area, "name")),
        words(f"priority.firm_{order.seen['firm'][area]}").to(lang),
        _said(outcome, area, "probability_attention", lang),
        "–" if holds is None else words("priority.of", k=int(holds), n=trials).to(lang),
        _said(outcome, area, f"{theme}_not_reached", lang),
        "–" if span is None else span.to(lang),
    )


def _said(outcome: Outcome, area: str, column: str, lang: Lang) -> str:
    if column not in outcome.table:
        return "–"
    why = why_empty_at(outcome, area, column)
    return (
        f"– ({state_word(why).to(lang)})"
        if why
        else cell(value_at(outcome, area, column), column_of(outcome, column), lang)
    )
