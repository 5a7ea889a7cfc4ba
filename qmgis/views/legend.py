"""One legend for every picture: web map, dashboard, QGIS style and print read the same entries.

An entry is a class with its colour, limits, words and number of areas. Values that are missing, secret or too small,
and areas that are left out, are entries of their own, hatched; they are never the colour of a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.errors import DataError, MissingColumnError, did_you_mean
from qmgis.i18n import number
from qmgis.model import LANGS, AreaResult, Column, Outcome, Text, words
from qmgis.model.reading import is_straight
from qmgis.views import palette
from qmgis.views._classes import Scheme, breaks, numbers, span, status_spans
from qmgis.views.cells import code_word, column_of, state_word, why_empty

Hatch = Literal["none", "diagonal", "cross", "dots"]
Role = Literal["class", "zero", "no_data", "left_out"]
COVERAGE_LIMITS = (0.25, 0.5, 0.75, 0.95)
_HATCHES: dict[str, Hatch] = {
    "missing": "diagonal",
    "not_applicable": "diagonal",
    "secret": "cross",
    "too_small": "cross",
}
_EMPTY = Text("", "")

__all__ = [
    "COVERAGE_LIMITS",
    "Entry",
    "Hatch",
    "Legend",
    "Role",
    "Scheme",
    "attention_legend",
    "colour_of",
    "coverage_legend",
    "entry_of",
    "group_legend",
    "indicator_legend",
    "legend_for",
    "priority_legend",
    "status_legend",
]


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    A class of a closed list has ``value``; a class of numbers has ``lower`` and ``upper`` and holds
    ``lower < number <= upper``, open-ended where None. Entries for missing values and left-out areas name their
    ``areas``, and ``value`` is then the state (``missing``, ``secret``, ``too_small``, ``not_applicable``) or
    ``left_out``.
    """

    label: Text
    colour: str
    count: int = 0
    value: str | None = None
    lower: float | None = None
    upper: float | None = None
    hatch: Hatch = "none"
    role: Role = "class"
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Legend:
    """What the colours of one column mean, with unit, date, source and limits.

    ``entries`` go from least to most pressing, then missing and left out. ``date`` is the year of measurement.
    """

    key: str
    title: Text
    column: str
    unit: Text
    date: str
    source: str
    entries: tuple[Entry, ...]
    notes: tuple[Text, ...] = ()

    @property
    def classes(self) -> tuple[Entry, ...]:
        """The entries that stand for values."""
        return tuple(entry for entry in self.entries if entry.role in ("class", "zero"))


def entry_of(table: pd.DataFrame, legend: Legend) -> pd.Series:
    """Return the number of the legend's entry (from 0) for each row of a table; -1 where none fits.

    Parameters
    ----------
    table
        Index ``area``, with the legend's column; any selection or order of rows.
    legend
        A legend of the same outcome.
    """
    values = table[legend.column]
    codes = values.map(code_word)
    found = pd.Series(-1, index=table.index, dtype="int64")
    for position, entry in enumerate(legend.entries):
        found[(found == -1) & _inside(values, codes, entry)] = position
    for position, entry in enumerate(legend.entries):
        if entry.areas:
            found[table.index.isin(entry.areas)] = position
    return found


def colour_of(table: pd.DataFrame, legend: Legend) -> pd.Series:
    """Return the colour of each row of a table, by the same rules as every map.

    Examples
    --------
    >>> yes = Entry(Text("ja", "yes"), "#000000", value="1")
    >>> legend = Legend("x", Text("X", "X"), "x", Text("", ""), "2024", "", (yes,))
    >>> colour_of(pd.DataFrame({"x": [1.0, 2.0]}), legend).tolist()
    ['#000000', '#ffffff']
    """
    colours = [entry.colour for entry in legend.entries] + [palette.NO_DATA]
    return entry_of(table, legend).map(lambda position: colours[position]).astype(object)


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
    return _legend(outcome, column, entries, notes=(*limits, words("views.note_relative")))


def status_legend(outcome: Outcome) -> Legend:
    """Return the legend of the four status classes, with the limits of the index."""
    column = column_of(outcome, "status_class")
    limits = outcome.index.limits["status"]
    spans = status_spans(limits)
    entries = [
        Entry(Text(f"{word.de} ({span.de})", f"{word.en} ({span.en})"), colour, value=code)
        for (code, word), span, colour in zip(column.codes.items(), spans, palette.status_colours(), strict=True)
    ]
    return _legend(outcome, column, entries, notes=(words("views.note_status"), words("views.note_relative")))


def attention_legend(outcome: Outcome) -> Legend:
    """Return the legend of the areas that require particular attention, a signal and not a verdict."""
    column = column_of(outcome, "attention")
    quiet, loud = palette.sequential(5, "priority")[0], palette.sequential(5, "priority")[3]
    entries = [
        Entry(words("views.attention_no"), quiet, value="False"),
        Entry(words("views.attention_yes"), loud, value="True"),
    ]
    return _legend(outcome, column, entries, notes=(column.note, words("views.note_relative")))


def coverage_legend(outcome: Outcome, theme: str) -> Legend:
    """Return the legend of the share of a group that reaches a place; classes are fixed, so years compare.

    Examples
    --------
    >>> coverage_legend(toy_outcome(), "kita").classes[0].label.de
    'über 95 %'
    """
    _require_theme(outcome, theme, outcome.coverage)
    column = column_of(outcome, f"{theme}_share")
    colours = palette.sequential(len(COVERAGE_LIMITS) + 1, "coverage")
    entries = [
        replace(entry, colour=colour)
        for entry, colour in zip(reversed(_intervals(COVERAGE_LIMITS, column, digits=0)), colours, strict=True)
    ]
    within = outcome.themes[theme].within_m
    metres = Text(*(number(within, lang) for lang in LANGS))
    note = words("views.note_coverage", metres=metres, how=how_far(outcome, theme))
    return _legend(outcome, column, entries, notes=(note,))


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
    return _legend(outcome, column, entries, notes=(words("views.note_priority"),))


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
    entries = _intervals(limits, described, digits=digits)
    signed = described.kind == "points" or column.startswith(("z_", "contribution_", "change_"))
    colours = palette.diverging(len(entries)) if signed else palette.sequential(len(entries))
    entries = [replace(entry, colour=colour) for entry, colour in zip(entries, colours, strict=True)]
    has_zero = scheme != "sd" and described.kind in ("share", "count") and bool((values == 0).any())
    if has_zero:
        zero = Entry(words("views.zero"), "#fbfaf7", lower=0.0, upper=0.0, role="zero")
        entries = [zero, *entries]
    return _legend(outcome, described, entries, notes=(words(f"views.note_scheme_{scheme}"), described.note))


def legend_for(outcome: Outcome, column: str, *, scheme: Scheme = "sd", classes: int = 5) -> Legend:
    """Return the legend that belongs to a column: its own where there is one, else classes of its numbers.

    Examples
    --------
    >>> legend_for(toy_outcome(), "group").key
    'group'
    """
    own = {"group": group_legend, "status_class": status_legend, "attention": attention_legend}
    if column in own:
        return own[column](outcome)
    for theme in outcome.coverage:
        if column == f"{theme}_share":
            return coverage_legend(outcome, theme)
        if column == f"{theme}_tier":
            return priority_legend(outcome, theme)
    described = column_of(outcome, column)
    if described.kind in ("code", "bool"):
        return _code_legend(outcome, described)
    return indicator_legend(outcome, column, scheme=scheme, classes=classes)


def how_far(outcome: Outcome, theme: str) -> Text:
    """Return how distance was measured: along streets, or straight and then to be labelled so."""
    return words("words.network" if not is_straight(outcome, theme) else "words.straight_line")


def _code_legend(outcome: Outcome, column: Column) -> Legend:
    codes = dict(column.codes) or {"False": words("words.no"), "True": words("words.yes")}
    colours = palette.sequential(len(codes), "status")
    if column.key == "dynamics_class":
        colours = tuple(palette.GROUP_COLOURS[f"2{sign}"] for sign in codes)
    entries = [Entry(word, colour, value=code) for (code, word), colour in zip(codes.items(), colours, strict=True)]
    return _legend(outcome, column, entries, notes=(column.note,))


def _legend(outcome: Outcome, column: Column, entries: Sequence[Entry], *, notes: tuple[Text, ...]) -> Legend:
    """Return the legend with counts, missing values and left-out areas."""
    values = outcome.table[column.key]
    codes = values.map(code_word)
    counted, taken = [], pd.Series(False, index=values.index)
    for entry in entries:
        here = _inside(values, codes, entry) & ~taken
        taken |= here
        counted.append(replace(entry, count=int(here.sum())))
    return Legend(
        key=column.key,
        title=column.title,
        column=column.key,
        unit=_unit(column),
        date=str(outcome.run.year),
        source="; ".join(outcome.credits),
        entries=(*counted, *_empty_entries(outcome, column.key)),
        notes=tuple(note for note in dict.fromkeys(notes) if note != _EMPTY),
    )


def _unit(column: Column) -> Text:
    if column.kind in ("code", "bool"):
        return _EMPTY
    if column.kind == "share" and column.unit == _EMPTY:
        return Text("%", "%")
    return words("views.points") if column.kind == "points" and column.unit == _EMPTY else column.unit


def _empty_entries(outcome: Outcome, column: str) -> list[Entry]:
    """Return one entry for each state that occurs and one for the left-out areas, with their reasons."""
    why = why_empty(outcome, column)
    entries = []
    for state, hatch in _HATCHES.items():
        areas = tuple(why.index[why == state])
        if areas:
            entries.append(
                Entry(state_word(state), palette.NO_DATA, len(areas), state, hatch=hatch, role="no_data", areas=areas)
            )
    out = why[why.str.startswith("left_out:")]
    if len(out):
        reasons = {reason: state_word(reason) for reason in sorted(set(out))}
        counts = {
            lang: ", ".join(f"{text.to(lang)}: {(out == r).sum()}" for r, text in reasons.items()) for lang in LANGS
        }
        label = words("views.left_out", reasons=Text(counts["de"], counts["en"]))
        entries.append(
            Entry(label, palette.LEFT_OUT, len(out), "left_out", hatch="dots", role="left_out", areas=tuple(out.index))
        )
    return entries


def _inside(values: pd.Series, codes: pd.Series, entry: Entry) -> pd.Series:
    """Return which values belong to a class; none for entries that name their areas."""
    if entry.role not in ("class", "zero"):
        return pd.Series(False, index=values.index)
    if entry.value is not None:
        return codes.eq(entry.value).fillna(False).astype(bool)
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    if entry.role == "zero":
        return numbers == 0.0
    above = numbers > (-np.inf if entry.lower is None else entry.lower)
    return above & (numbers <= (np.inf if entry.upper is None else entry.upper)) & numbers.notna()


def _intervals(limits: Sequence[float], column: Column, *, digits: int) -> list[Entry]:
    """Return the classes between ascending limits, in words with unit."""
    edges: list[float | None] = [None, *limits, None]
    spans = pairwise(edges)
    return [Entry(span(low, high, column, digits), "", lower=low, upper=high) for low, high in spans]


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
