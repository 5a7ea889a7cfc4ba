"""One legend for every picture: web map, dashboard, QGIS style and print read the same entries.

An entry is a class with its colour, limits, words and number of areas. Values that are missing, secret or too small,
and areas that are left out, are entries of their own, hatched; they are never the colour of a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qmgis.errors import DataError, MissingColumnError, did_you_mean
from qmgis.i18n import number
from qmgis.model import LANGS, AreaResult, Column, Outcome, Text, words
from qmgis.model.reading import way_of
from qmgis.views import palette
from qmgis.views._classes import Scheme, breaks, numbers, status_spans
from qmgis.views.cells import column_of
from qmgis.views.entries import Entry, Hatch, Legend, Role, colour_of, entry_of, intervals, legend_of

MOST_DIGITS = 6
COVERAGE_LIMITS = (0.25, 0.5, 0.75, 0.95)
_OWNS = ("above", "below", "below")  # MSS: a value on a limit is of the middle class, or of the one below

__all__ = [
    "COVERAGE_LIMITS",
    "Entry",
    "Hatch",
    "Legend",
    "Role",
    "Scheme",
    "attention_legend",
    "certainty_legend",
    "colour_of",
    "coverage_legend",
    "entry_of",
    "firm_legend",
    "group_legend",
    "indicator_legend",
    "legend_for",
    "pattern_legend",
    "priority_legend",
    "status_legend",
    "supply_legend",
]


def group_legend(outcome: Outcome) -> Legend:
    """Return the legend of the twelve groups of status and dynamics, ``1+`` to ``4-``.

    Examples
    --------
    >>> len(group_legend(toy_outcome()).classes)
    12
    """
    column = column_of(outcome, "group")
    entries = [
        Entry(Text(f"{code}  {word.de}", f"{code}  {word.en}"), palette.GROUP_COLOURS[code], value=code)
        for code, word in column.codes.items()
    ]
    limits = tuple(_limit_note(outcome.index, block) for block in ("status", "dynamics"))
    return legend_of(outcome, column, entries, notes=(*limits, words("views.note_relative")))


def status_legend(outcome: Outcome) -> Legend:
    """Return the legend of the four status classes, with the limits of the index."""
    column = column_of(outcome, "status_class")
    blocks: Any = outcome.index.parameters.get("blocks", {})
    owns = blocks.get("status", {}).get("owns") or _OWNS
    spans = status_spans(outcome.index.limits["status"], owns)
    entries = [
        Entry(Text(f"{word.de} ({span.de})", f"{word.en} ({span.en})"), colour, value=code)
        for (code, word), span, colour in zip(column.codes.items(), spans, palette.status_colours(), strict=True)
    ]
    return legend_of(outcome, column, entries, notes=(words("views.note_status"), words("views.note_relative")))


def attention_legend(outcome: Outcome) -> Legend:
    """Return the legend of the areas that require particular attention, a signal and not a verdict."""
    column = column_of(outcome, "attention")
    quiet, loud = palette.sequential(5, "priority")[0], palette.sequential(5, "priority")[3]
    entries = [
        Entry(words("views.attention_no"), quiet, value="False"),
        Entry(words("views.attention_yes"), loud, value="True"),
    ]
    return legend_of(outcome, column, entries, notes=(column.note, words("views.note_relative")))


def certainty_legend(outcome: Outcome, column: str = "certainty") -> Legend:
    """Return the legend of how sure the class of each area is, the least sure last.

    Examples
    --------
    >>> [entry.value for entry in certainty_legend(toy_outcome()).classes]
    ['sure', 'likely', 'borderline']
    """
    described = column_of(outcome, column)
    entries = [Entry(described.codes.get(code, words(f"certainty.{code}")), colour, value=code)
               for code, colour in palette.CERTAINTY_COLOURS.items()]  # fmt: skip
    return legend_of(outcome, described, entries, notes=(words("views.note_certainty"), described.note))


def pattern_legend(outcome: Outcome) -> Legend:
    """Return the legend of where high values stand together, and low ones; an area may be unlike its neighbours."""
    column = column_of(outcome, "pattern")
    entries = [Entry(column.codes.get(code, words(f"pattern.{code}")), colour, value=code)
               for code, colour in palette.PATTERN_COLOURS.items()]  # fmt: skip
    drawn = legend_of(outcome, column, entries, notes=(words("views.note_pattern"), column.note))
    there = tuple(entry for entry in drawn.entries if entry.value != "no_neighbours" or entry.count)
    return replace(drawn, entries=there)


def coverage_legend(outcome: Outcome, theme: str) -> Legend:
    """Return the legend of the share of a group that reaches a place; classes are fixed, so years compare.

    Examples
    --------
    >>> coverage_legend(toy_outcome(), "kita").classes[0].label.de
    'ab 95 %'
    """
    _require_theme(outcome, theme, outcome.coverage)
    column = column_of(outcome, f"{theme}_share")
    colours = palette.sequential(len(COVERAGE_LIMITS) + 1, "coverage")
    entries = [
        replace(entry, colour=colour)
        for entry, colour in zip(
            reversed(intervals(COVERAGE_LIMITS, column, digits=0, at_least=True)), colours, strict=True
        )
    ]
    note = words("views.note_coverage", within=outcome.themes[theme].limit, how=way_of(outcome, theme))
    value = outcome.themes[theme].orientation
    named = (value.sentence,) if value is not None and value.distance.en else ()
    return legend_of(outcome, column, entries, notes=(note, *named))


def supply_legend(outcome: Outcome, theme: str) -> Legend:
    """Return the legend of the supply in reach: the target, at least half of it, less; or the classes of its value."""
    _require_theme(outcome, theme, outcome.supply)
    column, result = column_of(outcome, f"{theme}_access"), outcome.supply[theme]
    limits = list(reversed(result.limits["access"]))
    colours = palette.sequential(len(limits) + 1, "coverage")
    parts = reversed(intervals(limits, column, digits=_digits_of(limits), at_least=True))
    entries = [replace(entry, colour=colour) for entry, colour in zip(parts, colours, strict=True)]
    value = outcome.themes[theme].orientation
    target = words("views.supply_city" if result.parameters["guide"] is None else "views.supply_guide")
    if value is not None and result.parameters["guide"] is not None:
        target = value.sentence
    return legend_of(outcome, column, entries, notes=(target, column.note))


def _digits_of(limits: Sequence[float]) -> int:
    """Return how many digits say the limits as they are: a class must not begin elsewhere than its words say."""
    return next((n for n in range(1, MOST_DIGITS) if all(round(one, n) == one for one in limits)), MOST_DIGITS)


def priority_legend(outcome: Outcome, theme: str) -> Legend:
    """Return the legend of need meets gap for a theme; the last tier is where to look first."""
    _require_theme(outcome, theme, outcome.priority)
    column = column_of(outcome, f"{theme}_tier")
    tiers = [str(tier) for tier in outcome.priority[theme].label.cat.categories]
    colours = palette.sequential(len(tiers), "priority")
    entries = [
        Entry(column.codes.get(tier, Text(tier, tier)), colour, value=tier)
        for tier, colour in zip(tiers, colours, strict=True)
    ]
    return legend_of(outcome, column, entries, notes=(words("views.note_priority"),))


def firm_legend(outcome: Outcome, theme: str) -> Legend:
    """Return the legend of how firmly areas require attention and are underserved; the last do whatever is tried.

    Examples
    --------
    >>> [entry.value for entry in firm_legend(toy_outcome(), "kita").classes]
    ['no', 'open', 'firm']
    """
    column = column_of(outcome, f"{theme}_firm")
    colours = palette.sequential(len(column.codes), "priority")
    entries = [
        Entry(word, colour, value=code) for (code, word), colour in zip(column.codes.items(), colours, strict=True)
    ]
    return legend_of(outcome, column, entries, notes=(column.note, words("priority.note_holds")))


def indicator_legend(outcome: Outcome, column: str, *, scheme: Scheme = "sd", classes: int = 5) -> Legend:
    """Return the legend of any column of numbers.

    Parameters
    ----------
    outcome
        The run's outcome.
    column
        A column of its table, such as ``"value_unemployment"``.
    scheme
        ``sd``: the mean and one and one and a half standard deviations, as the MSS does it; ``quantile``: equal
        numbers of areas; ``equal``: equal steps.
    classes
        Number of classes for ``quantile`` and ``equal``, 2 to 9.

    Raises
    ------
    MissingColumnError
        If there is no such column.
    NotEnoughDataError
        If it holds fewer than two different numbers.
    DataError
        If it holds no numbers, or scheme or number of classes are unknown.

    Notes
    -----
    Limits are rounded to the digits shown before areas are put into classes, so what the legend says is what was done.
    """
    described = column_of(outcome, column)
    if scheme not in ("sd", "quantile", "equal") or not 2 <= classes <= 9:
        raise DataError(
            f'scheme is "sd", "quantile" or "equal" and classes are 2 to 9; got "{scheme}" and {classes}.',
            de=f'scheme ist "sd", "quantile" oder "equal", classes 2 bis 9; angegeben: "{scheme}" und {classes}.',
        )
    values = numbers(outcome, described)
    reference = outcome.index.reference
    limits, digits = breaks(values, described, reference, scheme=scheme, classes=classes)
    entries = intervals(limits, described, digits=digits)
    signed = described.kind == "points" or column.startswith(("z_", "contribution_", "change_"))
    colours = palette.diverging(len(entries)) if signed else palette.sequential(len(entries))
    entries = [replace(entry, colour=colour) for entry, colour in zip(entries, colours, strict=True)]
    has_zero = scheme != "sd" and described.kind in ("share", "count") and bool((values == 0).any())
    if has_zero:
        zero = Entry(words("views.zero"), "#fbfaf7", lower=0.0, upper=0.0, role="zero")
        entries = [zero, *entries]
    return legend_of(outcome, described, entries, notes=(words(f"views.note_scheme_{scheme}"), described.note))


def legend_for(outcome: Outcome, column: str, *, scheme: Scheme = "sd", classes: int = 5) -> Legend:
    """Return the legend that belongs to a column: its own where there is one, else classes of its numbers.

    Examples
    --------
    >>> legend_for(toy_outcome(), "group").key
    'group'
    """
    own = {"group": group_legend, "status_class": status_legend, "attention": attention_legend,
           "pattern": pattern_legend}  # fmt: skip
    if column in ("certainty", "certainty_attention"):
        return certainty_legend(outcome, column)
    if column in own:
        return own[column](outcome)
    for theme in outcome.coverage:
        if column == f"{theme}_share":
            return coverage_legend(outcome, theme)
        if column == f"{theme}_tier":
            return priority_legend(outcome, theme)
        if column == f"{theme}_firm" and theme in outcome.priority:
            return firm_legend(outcome, theme)
        if column == f"{theme}_access":
            return supply_legend(outcome, theme)
    described = column_of(outcome, column)
    if described.kind in ("code", "bool"):
        return _code_legend(outcome, described)
    return indicator_legend(outcome, column, scheme=scheme, classes=classes)


def _code_legend(outcome: Outcome, column: Column) -> Legend:
    codes = dict(column.codes) or {"False": words("words.no"), "True": words("words.yes")}
    colours = palette.sequential(len(codes), "status")
    if column.key == "dynamics_class":
        colours = tuple(palette.GROUP_COLOURS[f"2{sign}"] for sign in codes)
    entries = [Entry(word, colour, value=code) for (code, word), colour in zip(codes.items(), colours, strict=True)]
    return legend_of(outcome, column, entries, notes=(column.note,))


def _limit_note(result: AreaResult, block: str) -> Text:
    limits = result.limits.get(block, ())
    said = {lang: " | ".join(number(limit, lang, digits=1, sign=True) for limit in limits) for lang in LANGS}
    return words(f"views.note_{block}_limits", limits=Text(said["de"], said["en"]))


def _require_theme(outcome: Outcome, theme: str, known: object) -> None:
    keys = list(known)  # type: ignore[call-overload]
    if theme not in keys:
        raise MissingColumnError(
            f'Run "{outcome.run.key}" has no theme "{theme}" here.{did_you_mean(theme, keys)}',
            de=f'Lauf "{outcome.run.key}" hat hier kein Thema "{theme}".{did_you_mean(theme, keys, lang="de")}',
        )
