"""Points of layers as arrays, checked; and points that stand for areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import DataError
from qmgis.model import AreaLayer, OriginType, PlaceLayer, ResidentLayer, Text

__all__ = ["coordinates", "doors_of", "origins_of_areas"]


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


def doors_of(places: PlaceLayer) -> tuple[np.ndarray, np.ndarray]:
    """Return where places are entered, float (n, 2), and to which place each point belongs, int (n,).

    Without entrances each place is its own point.

    Examples
    --------
    >>> doors_of(toy_places())[1].tolist()
    [0, 1, 2]
    """
    if places.doors is None:
        return coordinates(places), np.arange(len(places.frame))
    points = np.asarray(places.doors.geometry.array)
    own = places.frame.index.get_indexer(pd.Index(places.doors["place"]))
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]), own


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
