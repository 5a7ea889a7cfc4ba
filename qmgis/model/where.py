"""Which area a point lies in, for layers in one reference system."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.errors import CrsError
from qmgis.model.layers import AreaLayer, Network, PlaceLayer, ResidentLayer
from qmgis.model.programme import ProgrammeLayer

__all__ = ["area_of", "area_under", "same_crs"]


def same_crs(
    first: AreaLayer | PlaceLayer | ResidentLayer,
    *others: AreaLayer | PlaceLayer | ResidentLayer | ProgrammeLayer | Network | None,
) -> None:
    """Raise unless all layers are in one reference system."""
    wanted = first.frame.crs
    for other in others:
        if other is None:
            continue
        crs = pyproj.CRS.from_user_input(other.crs) if isinstance(other, Network) else other.frame.crs
        if crs != wanted:
            raise CrsError(
                f'Layers "{first.key}" ({wanted.to_string()}) and "{other.key}" ({crs.to_string()}) are in different '
                "reference systems; bring both into the one of city.toml.",
                de=f'Die Ebenen "{first.key}" ({wanted.to_string()}) und "{other.key}" ({crs.to_string()}) liegen in '
                "verschiedenen Koordinatensystemen; beide in das aus city.toml bringen.",
            )


@lru_cache(maxsize=8)
def area_of(areas: AreaLayer, points: ResidentLayer | PlaceLayer) -> np.ndarray:
    """Return the position of the area that each point lies in, int (n,); -1 outside; on a border the first area."""
    geometry = np.asarray(points.frame.geometry.array)
    area, point = shapely.STRtree(geometry).query(areas.frame.geometry.array, predicate="intersects")
    position = np.full(len(geometry), len(areas.frame), dtype=np.int64)
    np.minimum.at(position, point, area)
    return np.where(position == len(areas.frame), -1, position)


@lru_cache(maxsize=16)
def area_under(units: AreaLayer, areas: AreaLayer) -> pd.Series:
    """Return the area that each unit lies in, by a point inside the unit: index ``area`` of the units; missing outside.

    Examples
    --------
    >>> area_under(toy_areas(), toy_areas()).iloc[0] == toy_areas().frame.index[0]
    True
    """
    inner = shapely.point_on_surface(np.asarray(units.frame.geometry.array))
    area, unit = shapely.STRtree(inner).query(np.asarray(areas.frame.geometry.array), predicate="intersects")
    found = pd.Series(areas.frame.index.to_numpy(dtype=object)[area], index=unit).groupby(level=0).first()
    return pd.Series(found.reindex(range(len(inner))).to_numpy(dtype=object), index=units.frame.index)
