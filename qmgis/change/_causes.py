"""Each area's change between two editions, split into data, chance, boundaries and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from qmgis.core.attribution import attribution
from qmgis.core.spatial.crosswalk import Crosswalk, carry
from qmgis.errors import DataError
from qmgis.model import AreaResult

__all__ = ["CAUSES", "KINDS", "Cause", "Changes", "Editions", "Kind", "Place", "changes", "seen", "seen_on"]

Cause = Literal["data", "noise", "boundary", "method"]
Kind = Literal["new", "gone", "moved", "same", "not_comparable"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
KINDS: tuple[Kind, ...] = get_args(Kind)
WHAT = ("attention", "class", "index")
# What is asked at each place: data, areas and method of the first edition (0) or of the second (1).
Place = tuple[int, int, int]
Editions = Mapping[Place, pd.DataFrame]
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Changes:
    """What changed for each area of the later edition, and why.

    Parameters
    ----------
    frame
        Index ``area``. ``kind`` is one of `KINDS`: ``new`` and ``gone`` of the attention, ``moved`` of the class alone;
        ``cause`` the one of `CAUSES` that adds most in the direction of the change, None without one.
        ``attention_before`` and ``attention_after`` 0-1 (before: the share of the residents who lived in areas that
        required it), ``class_…`` and ``index_…`` alike; and for each of the three what each cause adds, such as
        ``attention_noise``. The four add up to the difference.
    """

    frame: pd.DataFrame

    def count(self) -> pd.DataFrame:
        """Return how many areas have which kind of change (rows) by which cause (columns)."""
        changed = self.frame[self.frame["kind"].isin(["new", "gone", "moved"])]
        table = pd.crosstab(changed["kind"].astype(object), changed["cause"].astype(object))
        return table.reindex(index=["new", "gone", "moved"], columns=list(CAUSES), fill_value=0).astype("int64")


def changes(editions: Editions, noise: pd.DataFrame) -> Changes:
    """Return each area's change of attention, class and index, and what each cause adds to it, in any order.

    What new data, areas and methods add is averaged over all orders in which they can be changed (Shapley); of what the
    data add, chance gets the part that it has in the movement of the indicators.

    Parameters
    ----------
    editions
        `seen` of every place on the areas of the later edition. Places of causes that did not act may be left out:
        without ``(·, 1, ·)`` the areas are the same, without ``(·, ·, 1)`` the method is.
    noise
        `noise_share` of the areas, 0-1, by ``values`` and by ``changes``: the first for class and index, and for the
        attention where the class moved; the second for attention that moved without it.

    Raises
    ------
    DataError
        A place is missing.

    Examples
    --------
    >>> then = pd.DataFrame({"attention": [0.0], "class": [2.0], "index": [0.9]}, index=["a"])
    >>> now = then.assign(attention=1.0, index=1.6)
    >>> noise = pd.DataFrame({"values": [0.2], "changes": [0.75]}, index=["a"])
    >>> found = changes({(0, 0, 0): then, (1, 0, 0): now}, noise).frame
    >>> found.loc["a", ["kind", "cause"]].tolist(), found["attention_noise"].tolist()
    (['new', 'noise'], [0.75])
    """
    steps = [1, *(int(any(place[axis] for place in editions)) for axis in (1, 2))]
    first, last = (0, 0, 0), (1, steps[1], steps[2])
    index = editions[last].index if last in editions else pd.Index([])

    def outcome(place: tuple[int, ...]) -> np.ndarray:
        at = place[0], place[1], place[2]
        if at not in editions:
            raise DataError(
                f"What changed cannot be split: the result at {at} is missing; give one for every place.",
                de=f"Die Veränderung lässt sich nicht aufteilen: das Ergebnis bei {at} fehlt; für jeden Platz eines "
                "angeben.",
            )
        return editions[at].reindex(index)[list(WHAT)].to_numpy(dtype=float)

    data, boundary, method = (step.sum(axis=0) for step in attribution(outcome, steps))
    share = noise.reindex(index)
    moved = np.abs(outcome(last)[:, 1] - outcome(first)[:, 1]) >= HALF
    flag = share["values"].where(moved, share["changes"])
    chance = data * np.column_stack([flag, share["values"], share["values"]])
    parts = {"data": data - chance, "noise": chance, "boundary": boundary, "method": method}
    columns = {}
    for number, what in enumerate(WHAT):
        columns[f"{what}_before"] = outcome(first)[:, number]
        columns[f"{what}_after"] = outcome(last)[:, number]
        columns |= {
            f"{what}_{cause}": np.broadcast_to(parts[cause], outcome(first).shape)[:, number] for cause in CAUSES
        }
    frame = pd.DataFrame(columns, index=index)
    frame.insert(0, "kind", _kinds(frame))
    frame.insert(1, "cause", _causes(frame))
    return Changes(frame)


def seen(result: AreaResult) -> pd.DataFrame:
    """Return attention (0, 1), class (its number, 0 the least pressing) and index of each area; missing if left out.

    Examples
    --------
    >>> seen(toy_outcome().index).loc["01010405"].isna().tolist()
    [False, False, False]
    """
    parts, there = result.parts, result.label.notna()
    number = parts["status_class"] if "status_class" in parts else pd.Series(result.label.cat.codes, index=parts.index)
    attention = parts["attention"] if "attention" in parts else pd.Series(pd.NA, index=parts.index)
    whole = {"attention": attention.astype("Float64"), "class": number.astype("Float64"), "index": result.value}
    return pd.DataFrame(whole).astype("float64").where(there)


def seen_on(old: pd.DataFrame, way: Crosswalk, people: pd.Series) -> pd.DataFrame:
    """Return what is seen on old areas as the residents of new ones saw it: the mean over where they lived.

    Areas that were left out count neither for nor against; where most residents lived in such, nothing is said.

    Examples
    --------
    >>> from qmgis.core.spatial.crosswalk import from_parts
    >>> lived = pd.DataFrame({"old": ["a", "b"], "new": ["x", "x"], "amount": [30, 10]})
    >>> way = from_parts(lived, old=pd.Index(["a", "b"]), new=pd.Index(["x"]))
    >>> old = pd.DataFrame({"attention": [1.0, 0.0]}, index=["a", "b"])
    >>> seen_on(old, way, pd.Series([30.0, 10.0], index=["a", "b"])).to_numpy().tolist()
    [[0.75]]
    """
    weight = people.reindex(way.old).fillna(0.0)
    whole = carry(weight, way)
    found = {}
    for what in old:
        values = old[what].reindex(way.old)
        known = carry(weight.where(values.notna(), 0.0), way)
        mean = carry((values * weight).fillna(0.0), way) / known.where(known > 0)
        found[str(what)] = mean.where(known > HALF * whole)
    return pd.DataFrame(found)


def _kinds(frame: pd.DataFrame) -> pd.Series:
    before, after = frame["attention_before"] >= HALF, frame["attention_after"] >= HALF
    moved = (frame["class_after"] - frame["class_before"]).abs() >= HALF
    known = frame.notna().all(axis=1)
    conditions = [~known, after & ~before, before & ~after, moved]
    kinds = np.select(conditions, ["not_comparable", "new", "gone", "moved"], "same")
    return pd.Series(pd.Categorical(kinds, categories=list(KINDS)), index=frame.index)


def _causes(frame: pd.DataFrame) -> pd.Series:
    """Return the cause that adds most in the direction of the change; the first of `CAUSES` where two add alike."""
    what = np.where(frame["kind"].isin(["new", "gone"]), "attention", "class")
    found: list[str | None] = []
    for area, one in zip(frame.index, what, strict=True):
        row = frame.loc[area]
        change = row[f"{one}_after"] - row[f"{one}_before"]
        added = np.array([row[f"{one}_{cause}"] for cause in CAUSES], dtype=float) * np.sign(change)
        acted = row["kind"] in ("new", "gone", "moved") and added.max() > 0
        found.append(CAUSES[int(np.argmax(added.round(9)))] if acted else None)
    return pd.Series(pd.Categorical(found, categories=list(CAUSES)), index=frame.index)
