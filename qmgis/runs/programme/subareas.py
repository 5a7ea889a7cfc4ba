"""Where the measures of a city lie within its programme areas: in which areas of the city, and in which districts."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import geopandas as gpd
import pandas as pd

from qmgis.balance import lying, parts_of, with_areas
from qmgis.lifecycle import areas_on
from qmgis.model import City
from qmgis.runs.programme.register import area_names, division_of, outlines_of, register_of
from qmgis.runs.programme.targeted import joined
from qmgis.runs.steps import area_layer
from qmgis.runs.years.editions import default_run

__all__ = ["lying_of", "sub_area_names", "sub_areas"]


@lru_cache(maxsize=8)
def sub_areas(city: City) -> gpd.GeoDataFrame:
    """Return the parts of all programme areas that lie in one area of the city each, and their districts.

    Programme areas have the outline of the day of the newest run, else their last one; areas are those of that run.

    Returns
    -------
    gpd.GeoDataFrame
        ``part`` (id such as ``QM-01/0101``, as the white spots have it), ``programme_area``, ``area``, ``name``,
        ``district`` (missing where not known), ``geometry``.

    Examples
    --------
    >>> from dataclasses import replace
    >>> len(sub_areas(replace(toy_city(), programmes={"quarters": toy_programme()}))) > 2
    True
    """
    layer, outlines, areas = joined(city), outlines_of(city), area_layer(city)
    if layer is not None and city.runs:
        run = city.run(default_run(city))
        valid, areas = areas_on(layer, run.on).geometry, city.area_layers[run.vintage]
        outlines = pd.concat([valid, outlines[~outlines.index.isin(valid.index)]]).sort_index()
    parts = parts_of(gpd.GeoSeries(outlines, crs=city.crs), areas).drop(columns=["residents", "state"])
    return parts.assign(district=parts["area"].map(areas.frame["parent"]))


@lru_cache(maxsize=8)
def sub_area_names(city: City, programme_area: str | None = None) -> dict[str, str]:
    """Return the names of the parts of a programme area, or of all, by id: of the area that they lie in.

    Examples
    --------
    >>> sub_area_names(toy_city())
    {}
    """
    parts = sub_areas(city) if area_names(city) else pd.DataFrame(columns=["part", "programme_area", "name"])
    parts = parts if programme_area is None else parts[parts["programme_area"] == programme_area]
    return dict(zip(parts["part"], parts["name"].astype(str), strict=True))


@lru_cache(maxsize=8)
def lying_of(city: City, by: Literal["sub_area", "district"]) -> pd.DataFrame:
    """Return in which sub-areas or districts each measure lies (`qmgis.balance.lying`)."""
    register, parts = register_of(city), sub_areas(city)
    measures = with_areas(register.measures, division_of(city))
    named = parts.rename(columns={"part" if by == "sub_area" else "district": "group"})
    return lying(measures, dict(register.places.items()), named)
