"""A change beside the coverage that it starts from: what the one hides, the other does not tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.model import AreaResult, Secrecy
from qmgis.siting._change import Change
from qmgis.siting._words import sentence_of_change

__all__ = ["guard_change"]

NUMBERS = ("residents", "reached_before", "reached_after", "gain", "lose")
MEDIANS = ("median_before_m", "median_after_m")


def guard_change(change: Change, reached: AreaResult, *, secrecy: Secrecy | None = None, sums: bool = True) -> Change:
    """Return a change that shows no area whose coverage is not shown; sums go where hidden areas hold too few.

    Coverage may hide more than a change would by itself: an answer for the same places within another distance gives
    few people away as a difference, and the number before the change is that of coverage.

    Parameters
    ----------
    change
        As `what_if` gives it.
    reached
        The coverage of the same question as it is shown.
    secrecy
        Limits; those of DESIGN 4 by default.
    sums
        Whether the people reached in all areas may be told (`qmgis.coverage.totals`); else only who gains and loses.

    Examples
    --------
    >>> from qmgis.siting import what_if
    >>> change = what_if(toy_residents(), toy_places(), toy_areas(), within_m=500, close=["k2"], group="age_0_5",
    ...                  network=toy_network())
    >>> guard_change(change, toy_outcome().coverage["kita"]).shown.shape == change.shown.shape
    True
    """
    group = str(reached.parameters["group"])
    limits = secrecy if secrecy is not None else Secrecy()
    hidden = (reached.seen["reached"].isna() & reached.parts["reached"].notna()).reindex(change.shown.index)
    if sums and not (hidden & change.shown[f"reached_before_{group}"].notna()).any():
        return change
    shown, total = change.shown.copy(), change.total.copy()
    shown.loc[hidden, [*(f"{name}_{group}" for name in NUMBERS), *MEDIANS]] = np.nan
    if _few_left(change.parts, shown[f"gain_{group}"].isna(), group, limits):
        total[[f"{name}_{group}" for name in ("reached_after", "gain", "lose")]] = np.nan
    if not sums:
        total[[f"reached_before_{group}", f"reached_after_{group}"]] = np.nan
    supply = None if change.supply is None else change.supply.mask(hidden)
    new = None if change.new is None else change.new.sum(skipna=False)
    sentence = sentence_of_change(total, group, float(str(change.parameters["within_m"])), new)
    return replace(change, shown=shown, total=total, supply=supply, sentence=sentence)


def _few_left(parts: pd.DataFrame, hidden: pd.Series, group: str, limits: Secrecy) -> bool:
    """Tell whether the hidden areas together hold too few who stay, gain, lose or have no place before nor after."""
    everybody, before, after, gain, lose = (parts[f"{name}_{group}"][hidden].sum() for name in NUMBERS)
    cells = (before - lose, gain, lose, everybody - before - gain, before, everybody - before, after, everybody - after)
    return any(1e-6 < people < limits.min_count for people in cells)
