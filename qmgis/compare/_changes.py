"""What changes from one result to another, area by area and in all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.compare._results import same_classes, shifts
from qmgis.model import AreaResult

__all__ = ["MOVES", "Agreement", "agreement", "largest", "moves"]

MOVES = ("up", "down", "same", "unclear", "one_side", "left_out")


@dataclass(frozen=True)
class Agreement:
    """How far two results agree, in numbers of areas.

    ``scored``: areas that both class, of ``areas``; ``one_side``: areas that only one of them classes. ``same``: areas
    with the same class, None where the two have different classes. ``newly`` and ``no_longer``: areas that require
    attention in the second only, and in the first only; None where one of the two does not say who does.
    """

    areas: int
    scored: int
    one_side: int
    same: int | None
    newly: int | None
    no_longer: int | None


def agreement(first: AreaResult, second: AreaResult) -> Agreement:
    """Return how far two results agree.

    Raises
    ------
    VintageError, DataError
        As `crosstab`.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> agreement(index, index)
    Agreement(areas=30, scored=27, one_side=0, same=27, newly=0, no_longer=0)
    """
    moved = shifts(first, second)
    there = [moved[f"class_{side}"].notna() for side in ("first", "second")]
    needs = moved["attention_shift"].dropna()
    says = not needs.empty
    return Agreement(
        areas=len(moved),
        scored=int((there[0] & there[1]).sum()),
        one_side=int((there[0] != there[1]).sum()),
        same=int(moved["class_shift"].eq(0).sum()) if same_classes(first, second) else None,
        newly=int((needs > 0).sum()) if says else None,
        no_longer=int((needs < 0).sum()) if says else None,
    )


def moves(first: AreaResult, second: AreaResult) -> pd.Series:
    """Return for each area one of `MOVES`: where the second result puts it, seen from the first.

    ``up`` is a more pressing class, ``down`` a less pressing one. Between results with different classes, and where the
    class stays, the attention decides; ``unclear`` is what neither can say. ``one_side``: only one of the two classes
    the area; ``left_out``: none.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> moves(index, index).value_counts().to_dict()
    {'same': 27, 'left_out': 3}
    """
    moved = shifts(first, second)
    out = [moved[f"class_{side}"].isna() for side in ("first", "second")]
    step = moved["class_shift"].astype("Float64").fillna(0) if same_classes(first, second) else None
    needs = moved["attention_shift"].astype("Float64")
    step = needs if step is None else step.mask(step.eq(0), needs.fillna(0))
    size = step.to_numpy(dtype=float, na_value=np.nan)
    found = np.select(
        [out[0] & out[1], out[0] | out[1], np.isnan(size), size > 0, size < 0],
        ["left_out", "one_side", "unclear", "up", "down"],
        "same",
    )
    return pd.Series(found, index=moved.index, dtype=object)


def largest(moved: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `shifts` that change place, the largest change first.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> len(largest(shifts(index, index)))
    0
    """
    places = moved["rank_shift"].dropna().abs()
    return moved.loc[places[places > 0].sort_values(ascending=False, kind="stable").index]
