"""What proposals of the page are made of, the areas of a run or smaller units of the city, and what holds for each."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from qmgis.app.results import outcome_of
from qmgis.model import AreaLayer, City, Outcome
from qmgis.model.where import area_of, area_under
from qmgis.runs.programme.proposed import located, units_of
from qmgis.runs.programme.targeted import living_at
from qmgis.runs.steps import population_of
from qmgis.scoring import attention_of
from qmgis.targeting import COVERED, overlaps

__all__ = ["area_of_units", "current_units", "few_units", "flagged_units", "layer_of"]


def layer_of(city: City, run: str, units: str) -> AreaLayer:
    """Return the units of this key; the areas of the run where there is none, or it is a run of older areas."""
    found = units_of(city, run, units)
    return outcome_of(city, run).areas if found is None else found


@lru_cache(maxsize=16)
def area_of_units(city: City, run: str, units: str) -> pd.Series:
    """Return the id of the area that each unit lies in."""
    areas, layer = outcome_of(city, run).areas, layer_of(city, run, units)
    if layer is areas:
        return pd.Series(areas.frame.index, index=areas.frame.index)
    return area_under(layer, areas)


@lru_cache(maxsize=16)
def flagged_units(city: City, run: str, units: str) -> frozenset[str]:
    """Return the units that lie in areas that require attention."""
    flag = attention_of(outcome_of(city, run).index).fillna(False).astype(bool)
    under = area_of_units(city, run, units)
    return frozenset(map(str, under.index[under.isin(flag.index[flag])]))


@lru_cache(maxsize=16)
def current_units(city: City, run: str, units: str) -> frozenset[str]:
    """Return the units that lie in current programme areas by half or more."""
    outcome = outcome_of(city, run)
    if outcome.programme is None:
        return frozenset()
    layer = layer_of(city, run, units)
    share = overlaps(
        layer, outcome.programme, on=outcome.run.on, residents=located(city), min_base=city.secrecy.min_base
    )["current"]
    return frozenset(str(unit) for unit in share.index[share >= COVERED - 1e-9])


@lru_cache(maxsize=16)
def few_units(city: City, run: str, units: str) -> frozenset[str]:
    """Return the areas in which so few people live that they may not make the difference of two outlines.

    No smaller unit is one: where few people live in it, they count with a unit beside.
    """
    outcome, least = outcome_of(city, run), city.secrecy.min_base
    if layer_of(city, run, units) is not outcome.areas:
        return frozenset()
    counts = [population_of(city, outcome.areas, outcome.run.year), _lived_in(city, outcome)]
    return frozenset(str(area) for one in counts if one is not None for area in one.index[(one > 0) & (one < least)])


def _lived_in(city: City, outcome: Outcome) -> pd.Series | None:
    """Return the people of each area by where they live; None where that is not known."""
    living = living_at(city)
    if living is None:
        return None
    where = area_of(outcome.areas, living)
    people = living.frame["residents"].to_numpy(dtype=float)
    summed = pd.Series(people[where >= 0]).groupby(where[where >= 0]).sum()
    return summed.reindex(range(len(outcome.areas.frame)), fill_value=0.0).set_axis(outcome.areas.frame.index)
