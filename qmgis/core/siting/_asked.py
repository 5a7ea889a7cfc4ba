"""What can be asked of sites, and what cannot: each in one sentence."""

from __future__ import annotations

import numpy as np

from qmgis.core.siting._gains import Limit
from qmgis.core.siting.sites import Sites
from qmgis.errors import DataError

__all__ = ["above", "all_reachable", "farthest", "limit_of", "without_capacity"]


def farthest(sites: Sites) -> float:
    """Return a way that no origin with people exceeds; raise where one has no way to some site."""
    pairs, asked = sites.pairs, sites.people > 0
    useful = sites.open | sites.fixed
    rows = useful[pairs.facility] & asked[pairs.origin]
    there = np.bincount(pairs.origin[rows], minlength=pairs.origins)
    short = np.flatnonzero(asked & (there < useful.sum()))
    if len(short):
        named = ", ".join(str(one) for one in sites.demand.index[short[:5]])
        raise DataError(
            f"{len(short)} origins have no way to every site ({named}); give all ways, or say by beyond what a longer "
            "way counts.",
            de=f"{len(short)} Wohnorte haben nicht zu jedem Standort einen Weg ({named}); alle Wege angeben oder mit "
            "beyond sagen, was ein weiterer Weg zählt.",
        )
    return float(pairs.cost[rows].max()) + 1.0


def all_reachable(sites: Sites, near: np.ndarray) -> None:
    """Raise where people live whom no existing or possible site reaches, and say which."""
    pairs = sites.pairs
    rows = near & (sites.open | sites.fixed)[pairs.facility]
    reached = np.zeros(pairs.origins, dtype=bool)
    reached[pairs.origin[rows]] = True
    lost = np.flatnonzero(~reached & (sites.people > 0))
    if len(lost):
        named, people = ", ".join(str(one) for one in sites.demand.index[lost[:5]]), sites.people[lost].sum()
        raise DataError(
            f"No site reaches {len(lost)} origins with {people:g} people: {named}{', …' * (len(lost) > 5)}; add "
            "candidates there, or widen the reach.",
            de=f"{len(lost)} Wohnorte mit {people:g} Menschen erreicht kein Standort: {named}"
            f"{', …' * (len(lost) > 5)}; dort Standorte ergänzen oder die Reichweite vergrößern.",
        )


def limit_of(sites: Sites, p: int | None, budget: float | None) -> Limit:
    """Return how many sites may be chosen, and what they may cost."""
    candidates = int(sites.open.sum())
    if p is None and budget is None:
        raise DataError(
            "Say how many sites (p) or what they may cost (budget).",
            de="Angeben, wie viele Standorte (p) oder was sie kosten dürfen (budget).",
        )
    if p is not None and not (p == int(p) and 1 <= p <= candidates):
        raise DataError(
            f"{p:g} sites are asked for, but there are {candidates} candidates; give a whole number from 1 to "
            f"{candidates}.",
            de=f"{p:g} Standorte sind verlangt, aber es gibt {candidates} mögliche; eine ganze Zahl von 1 bis "
            f"{candidates} angeben.",
        )
    if budget is not None:
        above(budget, "budget", "Das Budget")
    return Limit(sites.prices, np.inf if p is None else float(p), np.inf if budget is None else float(budget))


def without_capacity(sites: Sites) -> None:
    """Raise where capacities are given."""
    if sites.capacity is not None:
        raise DataError(
            "Only mclp knows capacities; leave them out, or use mclp.",
            de="Kapazitäten kennt nur mclp; sie weglassen oder mclp verwenden.",
        )


def above(value: float, name: str, german: str) -> float:
    """Return a number, or raise where it is not above 0."""
    if not (np.isfinite(value) and value > 0):
        raise DataError(
            f"The {name} is {value:g}; give a number above 0.", de=f"{german} ist {value:g}; eine Zahl über 0 angeben."
        )
    return float(value)
