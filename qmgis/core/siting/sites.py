"""What is asked of sites, and what is found: demand, candidates, costs, and a set of sites with its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from qmgis.core.reach.access import Pairs, amounts
from qmgis.errors import DataError, NotEnoughDataError

__all__ = ["How", "Sites", "Siting", "SitingModel"]

SitingModel = Literal["lscp", "mclp", "p_median", "p_center"]
How = Literal["auto", "exact", "greedy"]


@dataclass(frozen=True, eq=False)
class Sites:
    """Demand, and the sites that can meet it: existing ones, candidates, and those that are barred.

    Parameters
    ----------
    pairs
        Ways from origins to sites (the facilities of the pairs), complete up to what is asked.
    demand
        People of each origin, 0 or more.
    existing
        Sites that are there already: they stay and cost nothing. Bool (sites,); none by default.
    barred
        Sites where nothing may be built. Bool (sites,).
    attention
        Origins in areas that require attention, bool (origins,).
    equity
        λ: people of these origins count 1 + λ times.
    cost
        Of each site, above 0; 1 by default.
    capacity
        People that each site can take; infinite for no limit. By default nobody asks for it.

    Examples
    --------
    >>> ways = Pairs(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([200.0, 300, 100]), 2, 2)
    >>> Sites(ways, pd.Series([30.0, 50])).open.tolist()
    [True, True]
    """

    pairs: Pairs
    demand: pd.Series
    existing: np.ndarray | None = None
    barred: np.ndarray | None = None
    attention: np.ndarray | None = None
    equity: float = 0.0
    cost: pd.Series | None = None
    capacity: pd.Series | None = None

    def __post_init__(self) -> None:
        for flags, count, name in (
            (self.existing, self.pairs.facilities, "existing"),
            (self.barred, self.pairs.facilities, "barred"),
            (self.attention, self.pairs.origins, "attention"),
        ):
            if flags is not None and (np.asarray(flags).dtype != bool or len(flags) != count):
                raise DataError(
                    f'"{name}" must be {count} times true or false, one for each.',
                    de=f'"{name}" muss {count}-mal wahr oder falsch sein, je Eintrag einmal.',
                )
        if not (np.isfinite(self.equity) and self.equity >= 0):
            raise DataError(
                f"The equity weight is {self.equity:g}; give a number of 0 or more.",
                de=f"Das Gewicht für Gebiete mit Aufmerksamkeitsbedarf ist {self.equity:g}; eine Zahl ab 0 angeben.",
            )
        if not self.people.sum() > 0:
            raise NotEnoughDataError(
                "There is no demand: the people of all origins add up to 0.",
                de="Es gibt keinen Bedarf: Die Menschen aller Wohnorte ergeben zusammen 0.",
            )
        if not self.open.any():
            raise NotEnoughDataError(
                "There is no candidate: every site exists already or is barred; name sites that could be built.",
                de="Es gibt keinen möglichen Standort: Alle bestehen schon oder sind ausgeschlossen; Standorte nennen, "
                "die gebaut werden könnten.",
            )
        if not (self.prices[self.open] > 0).all():
            raise DataError(
                "A candidate costs nothing; give each a cost above 0.",
                de="Ein möglicher Standort kostet nichts; jedem Kosten größer als 0 geben.",
            )

    @cached_property
    def people(self) -> np.ndarray:
        """People of each origin."""
        return amounts(self.demand, self.pairs.origins, "demand")

    @cached_property
    def weight(self) -> np.ndarray:
        """What the people of each origin count."""
        if self.attention is None:
            return self.people
        return self.people * (1 + self.equity * self.attention)

    @cached_property
    def fixed(self) -> np.ndarray:
        """Which sites exist, bool (sites,)."""
        return np.zeros(self.pairs.facilities, dtype=bool) if self.existing is None else np.asarray(self.existing)

    @cached_property
    def open(self) -> np.ndarray:
        """Which sites can be chosen, bool (sites,)."""
        barred = np.zeros(self.pairs.facilities, dtype=bool) if self.barred is None else self.barred
        return np.asarray(~self.fixed & ~barred)

    @cached_property
    def prices(self) -> np.ndarray:
        """The cost of each site."""
        if self.cost is None:
            return np.ones(self.pairs.facilities)
        return amounts(self.cost, self.pairs.facilities, "cost")

    @cached_property
    def room(self) -> np.ndarray | None:
        """The capacity of each site, None where nobody asks for it."""
        if self.capacity is None:
            return None
        unlimited = np.isposinf(self.capacity.to_numpy(dtype=float, na_value=np.nan))
        found = amounts(self.capacity.mask(unlimited, 0.0), self.pairs.facilities, "capacity")
        return np.where(unlimited, np.inf, found)

    def met(self, chosen: Sequence[int] | np.ndarray, *, reach: float) -> np.ndarray:
        """Return the origins within ``reach`` of an existing or a chosen site, bool (origins,)."""
        there = self.fixed.copy()
        there[np.asarray(chosen, dtype=np.int64)] = True
        rows = there[self.pairs.facility] & (self.pairs.cost <= reach)
        found = np.zeros(self.pairs.origins, dtype=bool)
        found[self.pairs.origin[rows]] = True
        return found


@dataclass(frozen=True, eq=False)
class Siting:
    """A set of new sites, how good it is, and how good any set could be.

    ``chosen``: numbers of the new sites, the one that adds most first. ``objective``: what the model counts, existing
    sites included: cost (lscp), weighted people in reach (mclp), people times metres (p_median), metres (p_center).
    ``bound``: no choice can be better than this. ``gap``: how far they are apart, as a share of the objective, for mclp
    of what the new sites add; 0 where the sites are proved to be the best. ``is_unique``: whether no other sites are as
    good; None where that is not known. ``how``: ``exact`` or ``greedy``. ``reached``: people in reach (of those with a
    way at all where no reach was asked for); ``reached_share`` of all people and ``attention_share`` of those in areas
    that require attention, missing where none are named.
    """

    model: SitingModel
    chosen: np.ndarray
    objective: float
    bound: float
    gap: float
    is_unique: bool | None
    how: Literal["exact", "greedy"]
    reached: float
    reached_share: float
    attention_share: float

    @property
    def is_best(self) -> bool:
        """Whether the sites are proved to be the best, but for the rounding of numbers."""
        return self.gap <= 1e-6
