"""Weights between two versions of the areas, made of where people live, to be kept as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from qmgis.boundaries._way import SLIVER, amounts_of, pieces_of
from qmgis.core.spatial.crosswalk import Crosswalk, from_parts
from qmgis.model import LAND, AreaLayer, CrosswalkLayer, ResidentLayer, words
from qmgis.model.where import same_crs

__all__ = ["DIGITS", "Made", "made_crosswalk"]

# Weights are written with so many decimals: fewer than anybody could compute persons back from.
DIGITS = 4
RESIDENTS_GROUP = "residents"


@dataclass(frozen=True, eq=False)
class Made:
    """A crosswalk that was made, and what had to be done for it.

    Parameters
    ----------
    layer
        Parts of the old areas for each group and for land, as reading the file gives them.
    nobody
        By group the old areas in which nobody of it is counted; they go by land.
    slivers
        How many pairs of areas share less than 1 % of the land of the old one and were dropped.
    few
        How many parts were dropped because fewer people live in them than may be told.
    by_all
        Old areas in which the groups go by all residents, because a part would tell of few people of a group.
    """

    layer: CrosswalkLayer
    nobody: Mapping[str, tuple[str, ...]]
    slivers: int
    few: int
    by_all: tuple[str, ...]


def made_crosswalk(
    old: AreaLayer, new: AreaLayer, layers: Sequence[ResidentLayer] = (), *, min_count: int = 10
) -> Made:
    """Return which part of the people, and of the land, of each old area lives in each new one.

    w(old, new) = people(old ∩ new) / Σ people(old), rounded to four decimals; rows add up to 1. Parts of fewer people
    than ``min_count`` are dropped. Where a group or all others have so few in a part, the groups of that old area go by
    all residents, so that nothing can be computed back.

    Parameters
    ----------
    old, new
        Two versions of the areas in one metric system.
    layers
        Where people live; each group comes from the first that has it. Without any the weights are land alone.
    min_count
        The least number of people that may be told.

    Examples
    --------
    >>> made = made_crosswalk(toy_areas(), toy_areas(), [toy_residents()])
    >>> made.layer.bases[0], made.layer.bases[-1], sorted(made.layer.frame["land"].unique().tolist()), made.few
    ('residents', 'land', [1.0], 0)
    """
    same_crs(old, new, *layers)
    pieces = pieces_of(old, new)
    land = from_parts(pieces, old=old.frame.index, new=new.frame.index, sliver=SLIVER)
    columns: dict[str, pd.Series] = {}
    by_all: list[str] = []
    few = 0
    for layer in layers:
        groups = [group for group in layer.groups if group not in columns]
        counts = {group: _amounts(old, new, layer, group) for group in groups}
        shown, hidden, rows = _closed(pd.DataFrame(counts).fillna(0.0), min_count)
        columns |= {group: shown[group] for group in groups}
        few, by_all = few + hidden, by_all + rows
    weights = {group: _parts(amount) for group, amount in {**columns, LAND: _long(land)}.items()}
    frame = pd.DataFrame(weights).rename_axis(["old", "new"])
    frame = frame[(frame > 0).any(axis=1)]
    known = frame.groupby(level="old").transform("sum") > 0
    frame = frame.fillna(0.0).where(known).sort_index()
    nobody = {group: tuple(old.frame.index.difference(amount[amount > 0].index.unique("old")))
              for group, amount in columns.items()}  # fmt: skip
    licence = _named([*(one.licence for one in layers), old.licence, new.licence])
    credit = _named([*(one.credit for one in layers), old.credit, new.credit])
    title = words("boundaries.made_title", old=old.title, new=new.title)
    noun = CrosswalkLayer("made", title, frame.reset_index(), old.vintage, new.vintage, frozenset(frame.columns),
                          licence, credit)  # fmt: skip
    return Made(noun, nobody, len(pieces) - land.weight.nnz, few, tuple(sorted(set(by_all))))


def _named(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _amounts(old: AreaLayer, new: AreaLayer, layer: ResidentLayer, group: str) -> pd.Series:
    """Return the people of a group in each pair; what the squares of a grid put into slivers is left out."""
    parts = amounts_of(old, new, layer, group).set_index(["old", "new"])["amount"]
    if layer.origin_type == "grid":
        parts = parts.mask(parts < SLIVER * parts.groupby(level="old").transform("sum"), 0.0)
    return parts[parts > 0]


def _long(way: Crosswalk) -> pd.Series:
    table = way.weight.tocoo()
    index = pd.MultiIndex.from_arrays([way.old[table.row], way.new[table.col]], names=["old", "new"])
    return pd.Series(table.data, index=index)


def _closed(counts: pd.DataFrame, min_count: int) -> tuple[pd.DataFrame, int, list[str]]:
    """Return counts without parts of few people, how many those are, and the old areas whose groups go by all."""
    small = (counts > 0) & (counts < min_count)
    shown = counts.mask(small, 0.0)
    if RESIDENTS_GROUP not in counts:
        return shown, int(small.any(axis=1).sum()), []
    everybody, groups = RESIDENTS_GROUP, [name for name in counts if name != RESIDENTS_GROUP]
    rest = counts[groups].rsub(counts[everybody], axis=0)
    tells = (small[groups] | ((rest > 0) & (rest < min_count))).any(axis=1)
    rows = tells.groupby(level="old").transform("any")
    for group in groups:
        shown[group] = shown[group].mask(rows, shown[everybody])
    return shown, int(small[everybody].sum()), sorted(tells[tells].index.unique("old"))


def _parts(amount: pd.Series) -> pd.Series:
    """Return amounts as parts of their old area, rounded so that they still add up to 1."""
    amount = amount[amount > 0]
    whole = amount.groupby(level="old").transform("sum")
    part = (amount / whole).round(DIGITS)
    if part.empty:
        return part
    largest = part.groupby(level="old").idxmax()
    missing = 1 - part.groupby(level="old").sum()
    part.loc[largest.to_list()] += missing.reindex(largest.index).to_numpy()
    return part.round(DIGITS)
