"""The register of a city: its layers as one, its programme areas, and how measures of several areas are divided."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import pandas as pd

from qmgis.balance import costs_in, divide, with_areas
from qmgis.errors import DataError
from qmgis.lifecycle import named
from qmgis.model import REGISTER_TABLES, City, Register
from qmgis.runs.programme.inregister import as_one
from qmgis.runs.programme.targeted import joined, living_at

__all__ = ["area_names", "costs_of", "division_of", "has_register", "outlines_of", "register_of", "tables_of"]

DIVISION = "division"  # a column of the city's own: "equal" declares an equal division where residents are not known


def has_register(city: City) -> bool:
    """Tell whether a city has a register of measures.

    Examples
    --------
    >>> has_register(toy_city())
    False
    """
    return bool(city.registers)


@lru_cache(maxsize=8)
def register_of(city: City) -> Register:
    """Return the register of a city, several layers as one.

    Raises
    ------
    DataError
        If it has none, or two layers have a measure in common.
    """
    layers = [city.registers[key] for key in sorted(city.registers)]
    if not layers:
        raise DataError(
            f'{city.key} has no register of measures; add a layer with kind = "measures" (docs/register.md).',
            de=f'{city.key} hat kein Maßnahmenregister; eine Ebene mit kind = "measures" ergänzen (docs/register.md).',
        )
    return as_one(layers)


def area_names(city: City) -> dict[str, str]:
    """Return the names of all programme areas by id, those of their last outlines.

    Examples
    --------
    >>> area_names(toy_city())
    {}
    """
    layer = joined(city)
    return {} if layer is None else {str(area): str(name) for area, name in named(layer).items()}


@lru_cache(maxsize=8)
def outlines_of(city: City) -> gpd.GeoSeries:
    """Return the last outline of every programme area by id."""
    layer = joined(city)
    if layer is None:
        return gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs=city.crs)
    frame = layer.frame.assign(_area=layer.area_ids).sort_values("valid_from", kind="stable", na_position="first")
    last = frame[~frame["_area"].duplicated(keep="last")]
    return last.set_index("_area").geometry.sort_index()


@lru_cache(maxsize=8)
def division_of(city: City) -> pd.DataFrame:
    """Return how measures of several areas are divided (`qmgis.balance.divide`)."""
    register, people = register_of(city), living_at(city)
    measures = register.measures
    equal = measures.loc[measures[DIVISION] == "equal", "measure"].tolist() if DIVISION in measures else []
    homes = None if people is None else people.frame[["residents", "geometry"]]
    return divide(measures, dict(register.places.items()), outlines_of(city), people=homes, equal=equal)


def tables_of(city: City) -> dict[str, pd.DataFrame]:
    """Return the tables of a city's register, by name; none where it has none.

    The cell ``area`` of a measure names every area that it is divided over (`division_of`).

    Examples
    --------
    >>> tables_of(toy_city())
    {}
    """
    if not has_register(city):
        return {}
    register = register_of(city)
    measures = with_areas(register.measures, division_of(city))
    return {**{name: register.table(name) for name in REGISTER_TABLES}, "measures": measures}


def costs_of(city: City, area: str) -> pd.DataFrame | None:
    """Return the costs that fall to a programme area, those of measures of several divided; None without a register.

    Examples
    --------
    >>> costs_of(toy_city(), "QM-01") is None
    True
    """
    if not has_register(city):
        return None
    register = register_of(city)
    return costs_in(register.measures, register.costs, division_of(city), area=area)
