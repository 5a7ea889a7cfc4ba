"""The sums of all areas of a coverage, where no hidden area can be computed from them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qmgis.coverage._guard import NEARLY_NONE, gives_away, group_of, places_of, question_of
from qmgis.model import AreaResult, Secrecy

__all__ = ["totals"]

Total = tuple[float, float]
LEAST_HIDDEN = 2


def totals(results: Mapping[str, AreaResult], secrecy: Secrecy) -> dict[str, Total]:
    """Return the people reached and not reached in all areas, for those results that may tell them.

    The total less the areas that are shown is the sum of the hidden ones. It is told where nothing is hidden; else
    where at least two areas are hidden, ``min_base`` people or more are reached in them and not reached, and their
    small numbers do not follow from the sum (all 1, or all ``min_count - 1``). Of results for the same places, a later
    total is left out where it differs from an earlier one by too few people.

    Parameters
    ----------
    results
        Coverages as `apart` gives them.
    secrecy
        Limits.

    Examples
    --------
    >>> totals({"kita": toy_outcome().coverage["kita"]}, Secrecy())  # one area is hidden: it would be the rest
    {}
    """
    found: dict[str, Total] = {}
    for key, result in results.items():
        mine = result.parts[["reached", "not_reached"]].sum()
        total = float(mine["reached"]), float(mine["not_reached"])
        earlier = [(results[other], found[other]) for other in found if places_of(results[other]) == places_of(result)]
        if _keeps(result, secrecy) and not _tells(earlier, result, total, secrecy):
            found[key] = total
    return found


def _keeps(result: AreaResult, limits: Secrecy) -> bool:
    """Tell whether the sum of the hidden areas says nothing of any of them."""
    rows = result.seen["reached"].isna() & result.parts["reached"].notna()
    hidden = result.parts.loc[rows, ["reached", "not_reached"]]
    if hidden.empty:
        return True
    if len(hidden) < LEAST_HIDDEN or (hidden.sum() < limits.min_base).any():
        return False
    missed, reached = (_few(hidden[name], limits) for name in ("not_reached", "reached"))
    if not (missed | reached).all():
        return True  # one area is hidden for another reason, and its number is open
    most = limits.min_count - 1
    # few reached weigh against few not reached: the sum is at its end where one kind is most and the other least
    small = pd.concat([hidden["not_reached"][missed], most + 1 - hidden["reached"][reached & ~missed]])
    return not bool((small >= most).all() or (small <= 1).all())


def _few(people: pd.Series, limits: Secrecy) -> pd.Series:
    return (people > NEARLY_NONE) & (people < limits.min_count)


def _tells(earlier: list[tuple[AreaResult, Total]], result: AreaResult, total: Total, limits: Secrecy) -> bool:
    """Tell whether a total beside earlier ones for the same places gives too few people away."""
    alike = {group_of(one): whole for one, whole in earlier if question_of(one) == question_of(result)}
    same = [whole for one, whole in earlier if group_of(one) == group_of(result)]
    between = [abs(whole[0] - total[0]) for whole in same]
    if any(NEARLY_NONE < one < limits.min_count for one in between):
        return True
    return gives_away({**alike, group_of(result): total}, limits)
