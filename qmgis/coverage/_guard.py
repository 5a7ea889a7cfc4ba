"""Small numbers of people are not shown: the primary rule of METHODS 13 for coverage and what follows from it."""

from __future__ import annotations

import pandas as pd

from qmgis.model import Secrecy

FROM_PEOPLE = ("residents", "reached", "not_reached", "share", "median_m", "p90_m")
FIRST = "reached_"


def hide_few(parts: pd.DataFrame, *, secrecy: Secrecy | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts of a coverage or priority result without what rests on too few people, and where it is hidden.

    Hidden are areas whose group is smaller than ``min_base``, and those with 1 to ``min_count - 1`` people reached or
    not reached: share, distances and numbers together, since two of them give the third. Each further age group is
    hidden by the same rule.

    Parameters
    ----------
    parts
        Index ``area``; columns ``residents`` and ``not_reached``, and ``reached_…`` with ``not_reached_…`` by group.
    secrecy
        Limits; those of DESIGN 4 by default.

    Returns
    -------
    tuple
        The same shape, missing where hidden; and a bool an area for the group of the result itself.

    Examples
    --------
    >>> frame = pd.DataFrame({"residents": [50.0, 50.0], "reached": [30.0, 48.0], "not_reached": [20.0, 2.0]})
    >>> shown, hidden = hide_few(frame)
    >>> hidden.tolist(), shown["reached"].tolist()
    ([False, True], [30.0, nan])
    """
    limits = secrecy if secrecy is not None else Secrecy()
    shown = parts.copy()
    hidden = _few(parts["residents"] - parts["not_reached"], parts["not_reached"], limits)
    shown = _masked(shown, hidden, [name for name in FROM_PEOPLE if name in shown])
    for name in (str(column) for column in parts if str(column).startswith(FIRST)):
        pair = [name, f"not_{name}"]
        if pair[1] in parts:
            shown = _masked(shown, _few(parts[pair[0]], parts[pair[1]], limits), pair)
    return shown, hidden


def _few(reached: pd.Series, not_reached: pd.Series, limits: Secrecy) -> pd.Series:
    base = reached + not_reached
    few = (base > 0) & (base < limits.min_base)
    for number in (reached, not_reached):
        few |= (number > 0) & (number < limits.min_count)
    return few


def _masked(frame: pd.DataFrame, where: pd.Series, names: list[str]) -> pd.DataFrame:
    frame[names] = frame[names].astype(float).mask(where)
    return frame
