"""Totals of areas laid on the buildings, cells or addresses inside them, so that no person is lost or made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.errors import DataError

__all__ = ["Allocation", "allocate"]


@dataclass(frozen=True, eq=False)
class Allocation:
    """People at each point, and how they came there.

    ``people``: index of the points, 0 where a point lies in no area. ``step``: index of the areas, which of the weights
    was used (0 the first; as many as there are weights where all points count alike); missing where no point lies in an
    area with people. ``unplaced``: the people of these areas.
    """

    people: pd.Series
    step: pd.Series
    unplaced: pd.Series


def allocate(totals: pd.Series, area: pd.Series, weights: Sequence[pd.Series] = ()) -> Allocation:
    """Return the people of areas divided among the points inside, in proportion to a weight.

    p_point = P_area · w_point / Σ w of the area's points. Where the weights of an area sum to 0, or all are missing,
    the next weights serve, at last equal ones.

    Parameters
    ----------
    totals
        People of each area, at least 0; index areas, unique. Missing is unknown: its points get missing.
    area
        The area that each point lies in; index points, unique; missing or unknown to ``totals``: in none.
    weights
        Such as floor space times storeys, then footprint; index as ``area``, at least 0; a missing one counts 0.

    Returns
    -------
    Allocation
        The people of the points of an area sum to its total exactly (1e-9).

    Raises
    ------
    DataError
        A negative total or weight; weights for other points.

    References
    ----------
    Wright, Geographical Review 26, 1936, p. 103 (dasymetric mapping); Tobler, Journal of the American Statistical
    Association 74, 1979, p. 519 (the total is kept).

    Examples
    --------
    >>> area = pd.Series(["a", "a", "b"], index=["x", "y", "z"])
    >>> found = allocate(pd.Series({"a": 90.0, "b": 7.0}), area, [pd.Series([1.0, 2.0, 0.0], index=area.index)])
    >>> found.people.tolist(), found.step.tolist()
    ([30.0, 60.0, 7.0], [0, 1])
    """
    _check(totals, area, weights)
    place = totals.index.get_indexer(pd.Index(area))
    inside, size = place >= 0, len(totals)
    share = np.zeros(len(area))
    step = np.full(size, -1)
    for number, weight in enumerate([*weights, pd.Series(1.0, index=area.index)]):
        numbers = weight.to_numpy(dtype=float, na_value=0.0)
        whole = np.bincount(place[inside], numbers[inside], minlength=size)
        fresh = (step < 0) & (whole > 0)
        step[fresh] = number
        rows = inside & fresh[np.where(inside, place, 0)]
        share[rows] = numbers[rows] / whole[place[rows]]
    amount = totals.to_numpy(dtype=float, na_value=np.nan)
    people = np.where(inside, share * amount[np.where(inside, place, 0)], 0.0)
    empty = (step < 0) & ~(amount == 0)
    used = pd.Series(np.where(step >= 0, step, -1), index=totals.index).astype("Int64").mask(step < 0)
    return Allocation(pd.Series(people, index=area.index), used, totals[empty])


def _check(totals: pd.Series, area: pd.Series, weights: Sequence[pd.Series]) -> None:
    wrong = totals.index[totals < 0]
    for weight in weights:
        if not weight.index.equals(area.index):
            raise DataError(
                "Weights are for other points than the areas are named for; give both for the same points in order.",
                de="Gewichte gelten für andere Punkte als die Gebiete; beide für dieselben Punkte in derselben "
                "Reihenfolge angeben.",
            )
        wrong = wrong.union(weight.index[weight < 0])
    if len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"Totals or weights are negative at {named} ({len(wrong)}); give numbers of 0 or more.",
            de=f"Summen oder Gewichte sind negativ bei {named} ({len(wrong)}); Zahlen ab 0 angeben.",
        )
