"""What a legend is: entries with colour, limits, words and number of areas; what is missing or left out among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import pandas as pd

from qmgis.model import LANGS, Column, Outcome, Text, words
from qmgis.views import palette
from qmgis.views._classes import span
from qmgis.views.cells import code_word, state_word, why_empty

Hatch = Literal["none", "diagonal", "cross", "dots"]
Role = Literal["class", "zero", "no_data", "left_out"]
_HATCHES: dict[str, Hatch] = {
    "missing": "diagonal",
    "not_applicable": "diagonal",
    "secret": "cross",
    "too_small": "cross",
}
_EMPTY = Text("", "")

__all__ = ["Entry", "Hatch", "Legend", "Role", "colour_of", "entry_of", "intervals", "legend_of"]


@dataclass(frozen=True)
class Entry:
    """One line of a legend.

    A class of a closed list has ``value``; a class of numbers has ``lower`` and ``upper`` and holds
    ``lower < number <= upper``, or with ``at_least`` ``lower <= number < upper``, open-ended where None.
    Entries for missing values and left-out areas name their ``areas``, and ``value`` is then the state (``missing``,
    ``secret``, ``too_small``, ``not_applicable``) or ``left_out``.
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
    at_least: bool = False


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


def legend_of(outcome: Outcome, column: Column, entries: Sequence[Entry], *, notes: tuple[Text, ...]) -> Legend:
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
    inside = numbers.notna()
    if entry.lower is not None:
        inside &= (numbers >= entry.lower) if entry.at_least else (numbers > entry.lower)
    if entry.upper is not None:
        inside &= (numbers < entry.upper) if entry.at_least else (numbers <= entry.upper)
    return inside


def intervals(limits: Sequence[float], column: Column, *, digits: int, at_least: bool = False) -> list[Entry]:
    """Return the classes between ascending limits, in words with unit; ``at_least``: a limit is of the class above."""
    edges: list[float | None] = [None, *limits, None]
    spans = pairwise(edges)
    return [
        Entry(span(low, high, column, digits, at_least=at_least), "", lower=low, upper=high, at_least=at_least)
        for low, high in spans
    ]
