"""Points of layers as arrays, checked; and the area that each origin lies in."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.errors import CrsError, DataError
from qmgis.model import AreaLayer, Network, OriginType, PlaceLayer, ResidentLayer, Text

__all__ = ["area_of", "coordinates", "origins_of_areas", "same_crs"]


def coordinates(layer: PlaceLayer | ResidentLayer) -> np.ndarray:
    """Return x and y in metres, float (n, 2); NaN where a point is missing or empty."""
    geometry = np.asarray(layer.frame.geometry.array)
    kinds = shapely.get_type_id(geometry)
    wrong = (kinds != shapely.GeometryType.POINT) & (kinds != shapely.GeometryType.MISSING)
    if wrong.any():
        row = str(layer.frame.index[int(wrong.argmax())])
        raise DataError(
            f'Layer "{layer.key}" must hold points, but "{row}" is a {geometry[int(wrong.argmax())].geom_type} '
            f"({int(wrong.sum())} in all); use entrances or centre points.",
            de=f'Ebene "{layer.key}" muss Punkte enthalten, aber "{row}" ist ein '
            f"{geometry[int(wrong.argmax())].geom_type} (insgesamt {int(wrong.sum())}); Eingänge oder Mittelpunkte "
            "verwenden.",
        )
    return np.column_stack([shapely.get_x(geometry), shapely.get_y(geometry)])


def same_crs(
    first: AreaLayer | ResidentLayer, *others: AreaLayer | PlaceLayer | ResidentLayer | Network | None
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


def origins_of_areas(areas: AreaLayer, population: pd.Series | None, group: str) -> ResidentLayer:
    """Return a point in each area with the people of the group: a preview where no residents are known by place."""
    if population is None:
        raise DataError(
            "Coverage needs people: give a layer of residents, or the population of the areas for a preview.",
            de="Erreichbarkeit braucht Menschen: eine Ebene mit Einwohnern angeben oder, für eine Vorschau, die "
            "Bevölkerung der Gebiete.",
        )
    frame = areas.frame[["geometry"]].copy()
    frame["geometry"] = areas.frame.geometry.representative_point()
    for name in dict.fromkeys(("residents", group)):
        frame[name] = population.reindex(frame.index).astype(float)
    frame.index = frame.index.rename("origin")
    kind: OriginType = "area"
    return ResidentLayer(areas.key, Text(areas.title.de, areas.title.en), frame, kind, credit=areas.credit)
