"""The indices of a run, status and dynamics or one of its own, and what they are made of."""

from __future__ import annotations

from typing import Literal

import numpy as np

from qmgis.model import LANGS, Column, Outcome, Text, words

__all__ = [
    "Block",
    "adds_up",
    "block_of",
    "blocks_of",
    "contribution_columns",
    "distance_column",
    "domain_columns",
    "index_column",
    "indicator_title",
    "limits_of",
    "ranked",
    "score_columns",
    "short_title",
    "straight_slope",
]

Block = Literal["status", "dynamics", "index"]
BLOCKS: tuple[Block, ...] = ("status", "dynamics", "index")
HAIR = 1e-6


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


def straight_slope(outcome: Outcome, contribution: str, source: str) -> float:
    """Return by how much a contribution rises when its indicator rises by one; NaN where it does not rise evenly."""
    if source not in outcome.table or contribution not in outcome.table:
        return float("nan")
    both = outcome.table[[source, contribution]].astype(float).dropna()
    x, y = both[source].to_numpy(), both[contribution].to_numpy()
    if len(both) < 3 or np.ptp(x) == 0:
        return float("nan")
    slope, start = np.polyfit(x, y, 1)
    is_even = float(np.abs(y - (slope * x + start)).max()) <= HAIR * max(float(np.ptp(y)), HAIR)
    return float(slope) if is_even else float("nan")
