"""How much supply people reach: what is within reach, gravity, and catchments that share capacity among people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.errors import DataError

__all__ = [
    "Catchments", "Decay", "Pairs", "amounts", "by_place", "conserved", "cumulative", "exponential", "gaussian",
    "gravity", "power", "step", "three_step", "two_step",
]  # fmt: skip

Decay = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which origin reaches which facility, at what cost (metres or minutes); pairs that are not there are too far.

    ``origin``, ``facility``: numbers from 0, int (n,); ``cost``: float (n,), at least 0. Each pair once.
    """

    origin: np.ndarray
    facility: np.ndarray
    cost: np.ndarray
    origins: int
    facilities: int

    def __post_init__(self) -> None:
        known = len(self.origin) == len(self.facility) == len(self.cost)
        for numbers, count in ((self.origin, self.origins), (self.facility, self.facilities)):
            known = known and (not len(numbers) or (numbers.min() >= 0 and numbers.max() < count))
        if not known or not (self.cost >= 0).all():
            raise DataError(
                "Pairs of origins and facilities do not fit: each needs two known numbers and a cost of 0 or more.",
                de="Paare aus Ausgangspunkt und Ort passen nicht: jedes braucht zwei bekannte Nummern und Kosten ab 0.",
            )


def by_place(pairs: Pairs, own: np.ndarray, *, count: int) -> Pairs:
    """Return the way from each origin to the nearest door of each place, once a place.

    Parameters
    ----------
    pairs
        Ways to doors.
    own
        Int (doors,): the place of each door.
    count
        How many places there are, those without a door among them.

    Examples
    --------
    >>> doors = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([30.0, 20.0]), 1, 2)
    >>> by_place(doors, np.array([0, 0]), count=1).cost.tolist()
    [20.0]
    """
    if len(own) == count and (own == np.arange(count)).all():
        return pairs
    place = own[pairs.facility]
    order = np.lexsort((pairs.cost, place, pairs.origin))
    origin, place, cost = pairs.origin[order], place[order], pairs.cost[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(origin) != 0) | (np.diff(place) != 0)
    return Pairs(origin[first], place[first], cost[first], pairs.origins, count)


def step(reach: float) -> Decay:
    """Return the decay that counts everything within reach once and nothing beyond.

    Examples
    --------
    >>> step(500)(np.array([0.0, 500, 501])).tolist()
    [1.0, 1.0, 0.0]
    """
    _positive(reach, "reach")
    return lambda cost: (cost <= reach).astype(float)


def gaussian(reach: float) -> Decay:
    """Return the decay that falls like a bell from 1 to 0 at ``reach``.

    References
    ----------
    Dai, Health & Place 16, 2010, p. 1043.

    Examples
    --------
    >>> gaussian(600)(np.array([0.0, 300, 600, 601])).round(4).tolist()
    [1.0, 0.7014, 0.0, 0.0]
    """
    _positive(reach, "reach")
    end = np.exp(-0.5)
    return lambda cost: np.where(cost <= reach, (np.exp(-0.5 * (cost / reach) ** 2) - end) / (1 - end), 0.0)


def exponential(half: float) -> Decay:
    """Return the decay that halves with every ``half`` of cost: exp(-cost ln 2 / half).

    Examples
    --------
    >>> exponential(400)(np.array([0.0, 400, 800])).round(6).tolist()
    [1.0, 0.5, 0.25]
    """
    _positive(half, "half")
    return lambda cost: np.exp(-np.log(2) * cost / half)


def power(exponent: float, *, least: float) -> Decay:
    """Return the decay cost ** -exponent; nothing counts as nearer than ``least``.

    Examples
    --------
    >>> power(2, least=10)(np.array([0.0, 10, 20])).tolist()
    [0.01, 0.01, 0.0025]
    """
    _positive(exponent, "exponent")
    _positive(least, "least")
    return lambda cost: np.maximum(cost, least) ** -exponent


def cumulative(pairs: Pairs, supply: pd.Series, *, reach: float) -> np.ndarray:
    """Return the supply within reach of each origin: Σ S_j [d ≤ reach].

    Parameters
    ----------
    pairs
        Costs, complete up to ``reach``.
    supply
        Capacity of each facility, such as places; or 1 each.
    reach
        The largest cost that counts.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([200.0, 900, 300]), 2, 2)
    >>> cumulative(pairs, pd.Series([10.0, 12.0]), reach=600).tolist()
    [10.0, 12.0]
    """
    return gravity(pairs, supply, decay=step(reach))


def gravity(pairs: Pairs, supply: pd.Series, *, decay: Decay) -> np.ndarray:
    """Return the supply of each origin, less with distance: Σ S_j f(d).

    References
    ----------
    Hansen, Journal of the American Institute of Planners 25, 1959, p. 74.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([0.0, 400]), 2, 2)
    >>> gravity(pairs, pd.Series([10.0, 12.0]), decay=exponential(400)).tolist()
    [16.0, 0.0]
    """
    offered = amounts(supply, pairs.facilities, "supply")
    return np.bincount(pairs.origin, offered[pairs.facility] * decay(pairs.cost), pairs.origins)


@dataclass(frozen=True, eq=False)
class Catchments:
    """Capacity shared among the people who reach it.

    ``access``: supply a person at each origin; 0 where none is reached. ``ratio``: supply a person of each facility;
    missing for the facilities that nobody reaches, which add nothing (``idle``).
    """

    access: np.ndarray
    ratio: np.ndarray

    @property
    def idle(self) -> np.ndarray:
        """The numbers of the facilities that nobody reaches."""
        return np.flatnonzero(np.isnan(self.ratio))


def two_step(pairs: Pairs, demand: pd.Series, supply: pd.Series, *, decay: Decay) -> Catchments:
    """Return supply a person by two-step floating catchments (2SFCA; enhanced where the decay falls with distance).

    R_j = S_j / Σ_o f(d) P_o, then A_o = Σ_j f(d) R_j. Demand is counted at every facility that it reaches, so much
    overlap overstates it: `three_step` dampens that.

    Parameters
    ----------
    pairs
        Costs, complete up to where the decay is 0.
    demand
        People of each origin.
    supply
        Capacity of each facility.
    decay
        `step` (2SFCA), `gaussian` or others (E2SFCA).

    Raises
    ------
    DataError
        A gap or a negative number in demand or supply.

    References
    ----------
    Luo & Wang, Environment and Planning B 30, 2003, p. 865; Luo & Qi, Health & Place 15, 2009, p. 1100.

    Examples
    --------
    >>> metres = np.array([200.0, 900, 400, 500, 1200, 300])
    >>> pairs = Pairs(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3), metres, 3, 2)
    >>> people, places = pd.Series([100.0, 200, 300]), pd.Series([10.0, 12])
    >>> two_step(pairs, people, places, decay=step(600)).access.round(5).tolist()
    [0.03333, 0.05733, 0.024]
    """
    return _catchments(pairs, demand, supply, decay(pairs.cost))


def three_step(pairs: Pairs, demand: pd.Series, supply: pd.Series, *, decay: Decay) -> Catchments:
    """Return supply a person where people divide themselves among the facilities in reach (3SFCA).

    G_oj = f(d) / Σ_j f(d) is the part of an origin's people that looks to a facility; R_j = S_j / Σ_o G f P_o,
    A_o = Σ_j G f R_j. Parameters and errors as `two_step`.

    References
    ----------
    Wan, Zou & Sternberg, International Journal of Geographical Information Science 26, 2012, p. 1073.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([100.0, 100]), 1, 2)
    >>> three_step(pairs, pd.Series([100.0]), pd.Series([10.0, 30]), decay=step(600)).access.tolist()
    [0.4]
    """
    near = decay(pairs.cost)
    whole = np.bincount(pairs.origin, near, pairs.origins)[pairs.origin]
    return _catchments(pairs, demand, supply, np.divide(near * near, whole, out=np.zeros_like(near), where=whole > 0))


def conserved(found: Catchments, demand: pd.Series, supply: pd.Series) -> float:
    """Return by how much Σ P_o A_o misses the supply of the facilities in reach: 0 but for rounding.

    Examples
    --------
    >>> pairs = Pairs(np.array([0, 1]), np.array([0, 0]), np.array([100.0, 200]), 2, 2)
    >>> people, places = pd.Series([100.0, 50]), pd.Series([10.0, 99])
    >>> abs(conserved(two_step(pairs, people, places, decay=gaussian(600)), people, places)) < 1e-12
    True
    """
    there = ~np.isnan(found.ratio)
    return float((demand.to_numpy(dtype=float) * found.access).sum() - supply.to_numpy(dtype=float)[there].sum())


def _catchments(pairs: Pairs, demand: pd.Series, supply: pd.Series, weight: np.ndarray) -> Catchments:
    people, places = amounts(demand, pairs.origins, "demand"), amounts(supply, pairs.facilities, "supply")
    asked = np.bincount(pairs.facility, weight * people[pairs.origin], pairs.facilities)
    ratio = np.divide(places, asked, out=np.full(pairs.facilities, np.nan), where=asked > 0)
    given = weight * np.nan_to_num(ratio)[pairs.facility]
    return Catchments(np.bincount(pairs.origin, given, pairs.origins), ratio)


def amounts(values: pd.Series, count: int, name: str) -> np.ndarray:
    """Return numbers of 0 or more, one for each of ``count`` places; raise with the names of those that are not.

    Examples
    --------
    >>> amounts(pd.Series([3, 0]), 2, "demand").tolist()
    [3.0, 0.0]
    """
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    wrong = values.index[~(np.isfinite(numbers) & (numbers >= 0))]
    if len(numbers) != count or len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"{name} has {len(numbers)} numbers for {count} places, missing or negative ones at: {named or '–'}; give "
            "one of 0 or more each.",
            de=f"{name} hat {len(numbers)} Zahlen für {count} Orte, fehlend oder negativ bei: {named or '–'}; je Ort "
            "eine ab 0 angeben.",
        )
    return numbers


def _positive(value: float, name: str) -> None:
    if not (np.isfinite(value) and value > 0):
        raise DataError(
            f"{name} is {value:g}; give a number above 0.", de=f"{name} ist {value:g}; eine Zahl größer als 0 angeben."
        )
