"""How a run is read: single cells, its indices (status and dynamics, or one of its own), and what they are made of."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from qmgis.model.city import Outcome
from qmgis.model.result import Column
from qmgis.model.text import LANGS, Text, words

__all__ = [
    "CLASSES",
    "MAPPED",
    "Block",
    "adds_up",
    "block_of",
    "blocks_of",
    "borderline",
    "contribution_columns",
    "distance_column",
    "domain_columns",
    "index_column",
    "indicator_title",
    "is_straight",
    "limits_of",
    "name_of",
    "number_at",
    "ranked",
    "score_columns",
    "settings_of",
    "short_title",
    "value_at",
    "way_of",
]

Block = Literal["status", "dynamics", "index"]
BLOCKS: tuple[Block, ...] = ("status", "dynamics", "index")
# What a map of the index can show of it: its classes, which may be borderline, and what is said beside them.
CLASSES = ("group", "class", "status_class", "dynamics_class", "attention")
MAPPED = (*CLASSES, "certainty", "pattern")


def index_column(block: Block) -> str:
    """Return the column of an index.

    Examples
    --------
    >>> index_column("status"), index_column("index")
    ('status_index', 'index')
    """
    return "index" if block == "index" else f"{block}_index"


def distance_column(block: Block) -> str:
    """Return the column of the distance to the nearest limit."""
    return "distance" if block == "index" else f"{block}_distance"


def blocks_of(outcome: Outcome) -> tuple[Block, ...]:
    """Return the indices that a run has, in their order.

    Examples
    --------
    >>> blocks_of(toy_outcome())
    ('status', 'dynamics')
    """
    return tuple(block for block in BLOCKS if index_column(block) in outcome.table)


def block_of(column: str) -> Block | None:
    """Return the index that a column holds; None for any other column."""
    return next((block for block in BLOCKS if index_column(block) == column), None)


def borderline(outcome: Outcome) -> list[str]:
    """Return the areas whose class is borderline; none where that is not known."""
    if "certainty" not in outcome.table:
        return []
    return [str(area) for area in outcome.table.index[outcome.table["certainty"].eq("borderline")]]


def limits_of(outcome: Outcome, column: str) -> tuple[float, ...]:
    """Return the class limits of an index; none for any other column, nor where classes are parts of equal size."""
    block = block_of(column)
    return () if block is None else tuple(outcome.index.limits.get(block, ()))


def contribution_columns(outcome: Outcome, block: Block) -> list[Column]:
    """Return the columns of contributions to one index, in their order; none where its parts do not add up."""
    found = [column for column in outcome.columns if column.key.startswith("contribution_")]
    if block == "index":
        return found
    values = {column.key.removeprefix("value_") for column in outcome.columns if column.key.startswith("value_")}
    status = [column for column in found if column.key.removeprefix("contribution_") in values]
    return status if block == "status" else [column for column in found if column not in status]


def adds_up(outcome: Outcome, block: Block) -> str:
    """Return the column that contributions add up to: the index, or the score before a last step that ranks it."""
    return "score" if block == "index" and "score" in outcome.table else index_column(block)


def score_columns(outcome: Outcome) -> list[Column]:
    """Return the columns of normalised indicators of a composite index."""
    return [column for column in outcome.columns if column.key.startswith("score_")]


def domain_columns(outcome: Outcome) -> list[Column]:
    """Return the columns of the domains of an index in two levels, without their ranks."""
    found = [column for column in outcome.columns if column.key.startswith("domain_")]
    keys = {column.key.removeprefix("domain_") for column in found}
    return [c for c in found if not _is_rank(c.key.removeprefix("domain_"), keys)]


def _is_rank(name: str, keys: set[str]) -> bool:
    return name.startswith("rank_") and name.removeprefix("rank_") in keys


def ranked(outcome: Outcome) -> int:
    """Return among how many areas a rank counts."""
    return int(outcome.index.value.notna().sum())


def short_title(outcome: Outcome, column: Column) -> Text:
    """Return the title of the indicator or domain that a contribution or score belongs to."""
    role, _, name = column.key.partition("_")
    known = {entry.key: entry for entry in outcome.columns}
    for key in (f"value_{name}", f"change_{name.removesuffix('_change')}"):
        if key in known:
            return known[key].title
    return _bare(column, {"contribution": "contribution_index"}.get(role, role))


def _bare(column: Column, text: str) -> Text:
    """Return a title such as ``Work: domain score`` without what stands behind the name."""
    if text not in ("contribution_index", "score", "domain"):
        return column.title
    tail = words(f"methods.{text}", title="")
    said = {lang: column.title.to(lang).removesuffix(tail.to(lang)) for lang in LANGS}
    return Text(said["de"], said["en"])


def indicator_title(outcome: Outcome, column: Column) -> Text:
    """Return the title of the indicator behind a contribution, without saying again that it is its change."""
    name = column.key.removeprefix("contribution_").removesuffix("_change")
    known = {entry.key: entry.title for entry in outcome.columns}
    return known.get(f"value_{name}") or short_title(outcome, column)


def settings_of(outcome: Outcome) -> tuple[Any, ...]:
    """Return the indicators and steps of a run's method, to see whether another run has the same."""
    parameters = outcome.index.parameters
    return tuple(parameters.get(key) for key in ("indicators", "blocks"))


def is_straight(outcome: Outcome, theme: str) -> bool:
    """Whether the coverage of a theme was measured as the crow flies."""
    return str(outcome.coverage[theme].parameters.get("distance_type", "straight_line")) != "network"


def way_of(outcome: Outcome, theme: str) -> Text:
    """Return what distance was measured: that of a mode along streets, or straight and then to be labelled so."""
    said = outcome.coverage[theme].parameters.get("way")
    if is_straight(outcome, theme) or not isinstance(said, dict):
        return words("words.straight_line" if is_straight(outcome, theme) else "words.network")
    return Text(said["de"], said["en"])


def value_at(outcome: Outcome, area: str, column: str) -> Any:
    """Return one cell of the table as it is; None where it is missing or the column is not there."""
    value: Any = outcome.table[column][area] if column in outcome.table else None
    return None if value is None or pd.isna(value) else value


def number_at(outcome: Outcome, area: str, column: str) -> float:
    """Return one number of the table; NaN where it is missing or the column is not there."""
    value = value_at(outcome, area, column)
    return float("nan") if pd.isna(value) else float(value)


def name_of(outcome: Outcome, area: str) -> str:
    """Return the name of an area, its id where it has none."""
    name = value_at(outcome, area, "name")
    return str(area) if pd.isna(name) else str(name)
