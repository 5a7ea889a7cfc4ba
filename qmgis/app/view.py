"""What is to be shown of a run, as plain values: modes of the map, classes by area, rows of the table, key numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from qmgis.i18n import say
from qmgis.model import Column, Lang, Outcome, Text, words
from qmgis.model.reading import MAPPED, value_at
from qmgis.views.cells import cell, state_word, why_empty
from qmgis.views.legend import Legend, entry_of, legend_for
from qmgis.views.palette import NO_DATA

__all__ = [
    "KeyNumbers",
    "Mode",
    "Shown",
    "certainty_of",
    "code_of",
    "key_numbers",
    "modes",
    "reasons",
    "rows_of",
    "rows_with",
    "shown",
    "table_columns",
]

_INDEX_COLUMNS = (
    "population", "group", "status_class", "status_index", "dynamics_class", "dynamics_index", "class", "index",
    "certainty", "attention", "left_out",
)  # fmt: skip


@dataclass(frozen=True)
class Mode:
    """One thing that the map can show: a column of the run's table; ``family`` sorts the choices."""

    key: str
    title: Text
    family: str
    theme: str = ""


@dataclass(frozen=True)
class Shown:
    """A mode laid on the areas: its legend, and the number of the legend's entry of each area (-1: none)."""

    mode: Mode
    legend: Legend
    positions: dict[str, int]
    attention: tuple[str, ...]


@dataclass(frozen=True)
class KeyNumbers:
    """The figures above the map; residents are None where they are unknown."""

    areas: int
    attention: int
    residents: float | None
    residents_in_attention: float | None
    left_out: int


@lru_cache(maxsize=64)
def modes(outcome: Outcome) -> tuple[Mode, ...]:
    """Return what the map can show of a run, the default first."""
    described = {column.key: column for column in outcome.columns}
    found = [Mode(key, words(f"app.mode_{key}"), "index") for key in MAPPED if key in described]
    for key, theme in outcome.themes.items():
        if f"{key}_share" in described:
            found.append(Mode(f"{key}_share", theme.title, "coverage", key))
        if f"{key}_tier" in described:
            found.append(Mode(f"{key}_tier", theme.title, "priority", key))
        if f"{key}_firm" in described:
            found.append(Mode(f"{key}_firm", words("app.mode_firm", title=theme.title), "priority", key))
        if f"{key}_access" in described:
            unit = outcome.supply[key].parameters["unit"]
            found.append(Mode(f"{key}_access", words(f"app.mode_supply_{unit}", title=theme.title), "coverage", key))
    values = [column for column in outcome.columns if column.key.startswith("value_") and _spread(outcome, column.key)]
    found += [Mode(column.key, column.title, "indicator") for column in values]
    return tuple(found)


@lru_cache(maxsize=256)
def shown(outcome: Outcome, mode: str) -> Shown:
    """Return a mode laid on the areas; an unknown mode is the default one."""
    known = {entry.key: entry for entry in modes(outcome)}
    chosen = known.get(mode) or next(iter(known.values()))
    legend = legend_for(outcome, chosen.key)
    positions = {str(area): int(place) for area, place in entry_of(outcome.table, legend).items()}
    return Shown(chosen, legend, positions, tuple(_flagged(outcome)))


def code_of(legend: Legend, position: int) -> str:
    """Return the word that stands for an entry in an address: its value, else its place."""
    entry = legend.entries[position]
    return entry.value if entry.value is not None else f"c{position}"


def colours_of(outcome: Outcome) -> dict[str, str]:
    """Return the colour of each area on the default map."""
    laid = shown(outcome, "")
    colours = [entry.colour for entry in laid.legend.entries]
    return {area: colours[place] if place >= 0 else NO_DATA for area, place in laid.positions.items()}


@lru_cache(maxsize=64)
def key_numbers(outcome: Outcome) -> KeyNumbers:
    """Return the figures above the map."""
    table = outcome.table
    residents = pd.to_numeric(table["population"], errors="coerce")
    flagged = list(_flagged(outcome))
    known = bool(residents.notna().any())
    return KeyNumbers(
        areas=len(table),
        attention=len(flagged),
        residents=float(residents.sum(min_count=1)) if known else None,
        residents_in_attention=float(residents[flagged].sum()) if known else None,
        left_out=int(table["left_out"].notna().sum()),
    )


@lru_cache(maxsize=64)
def table_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the columns of the table twin: the index, then each theme; the rest is in the downloads.

    Ranks are not among them: a table that sorts by rank is a league table.
    """
    described = {column.key: column for column in outcome.columns}
    themes = [f"{theme}_{part}" for theme in outcome.themes for part in ("share", "not_reached", "tier")]
    return tuple(described[key] for key in (*_INDEX_COLUMNS, *themes) if key in described)


@lru_cache(maxsize=32)
def _rows(outcome: Outcome, lang: Lang) -> tuple[dict[str, Any], ...]:
    return tuple(rows_with(outcome, table_columns(outcome), lang))


def rows_with(outcome: Outcome, columns: Iterable[Column], lang: Lang) -> list[dict[str, Any]]:
    """Return one row an area: words for codes, numbers for numbers, and why a cell is empty."""
    table, columns = outcome.table, tuple(columns)
    whys = {column.key: why_empty(outcome, column.key) for column in columns if column.key != "left_out"}
    rows = []
    for area, values in zip(table.index, table.to_dict("records"), strict=True):
        row: dict[str, Any] = {"area": str(area), "name": str(values["name"])}
        for column in columns:
            row[column.key] = _plain(values[column.key], column, lang)
            if row[column.key] is None and column.key in whys:
                row[f"{column.key}_why"] = _why(str(whys[column.key][area]), lang)
        rows.append(row)
    return rows


def rows_of(outcome: Outcome, mode: str, *, only: Iterable[str], lang: Lang) -> list[dict[str, Any]]:
    """Return the rows of the table twin, those of the chosen classes where some are chosen."""
    wanted, laid = set(only), shown(outcome, mode)
    codes = {place: code_of(laid.legend, place) for place in range(len(laid.legend.entries))}
    rows = _rows(outcome, lang)
    return [row for row in rows if not wanted or codes.get(laid.positions[row["area"]], "") in wanted]


@lru_cache(maxsize=256)
def reasons(outcome: Outcome, column: str, lang: Lang) -> dict[str, str]:
    """Return for each area without a value in a column why that is so."""
    why = why_empty(outcome, column)
    return {str(area): _reason(str(reason), lang) for area, reason in why.items() if reason}


@lru_cache(maxsize=256)
def values(outcome: Outcome, column: str, lang: Lang) -> dict[str, str]:
    """Return for each area its number in words, where a column holds numbers and the class alone says less.

    A share that rests on few people says so.
    """
    described = {entry.key: entry for entry in outcome.columns}
    if described[column].kind in ("text", "code", "bool"):
        return {}
    said = {str(area): cell(value, described[column], lang) for area, value in outcome.table[column].dropna().items()}
    label = column.replace("value_", "reliability_", 1)
    weak = outcome.table.index[outcome.table[label].eq("weak")] if label != column and label in described else ()
    return said | {str(area): f"{said[str(area)]} ({cell('weak', described[label], lang)})" for area in weak}


@lru_cache(maxsize=64)
def certainty_of(outcome: Outcome, lang: Lang) -> dict[str, str]:
    """Return for each area how certain its class is, in words; nothing where a run does not know."""
    described = {column.key: column for column in outcome.columns}
    if "certainty" not in described:
        return {}
    title, said = described["certainty"].title.to(lang), {}
    for area, code in outcome.table["certainty"].dropna().items():
        word = cell(code, described["certainty"], lang)
        share = value_at(outcome, str(area), "probability") if "probability" in described else None
        told = "" if share is None else f" ({cell(share, described['probability'], lang)})"
        said[str(area)] = f"{title}: {word}{told}"
    return said


def _reason(why: str, lang: Lang) -> str:
    word = state_word(why).to(lang)
    return f"{say('app.not_rated', lang)}: {word}" if why.startswith("left_out:") else word


def _why(why: str, lang: Lang) -> str:
    if not why or why.endswith("missing"):
        return "–"
    return say("app.not_rated", lang) if why.startswith("left_out:") else state_word(why).to(lang)


def _plain(value: Any, column: Column, lang: Lang) -> Any:
    if value is None or pd.isna(value):
        return None
    if column.kind in ("code", "bool", "text"):
        return cell(value, column, lang)
    return float(value)


def _flagged(outcome: Outcome) -> list[str]:
    if "attention" not in outcome.table:
        return []
    flags = outcome.table["attention"]
    return [str(area) for area, flag in flags.items() if not pd.isna(flag) and bool(flag)]


def _spread(outcome: Outcome, column: str) -> bool:
    return int(pd.to_numeric(outcome.table[column], errors="coerce").nunique()) > 1
