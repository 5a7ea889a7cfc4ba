"""Which points and streets lie in the programme areas of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from qmgis.errors import CrsError, DataError
from qmgis.lifecycle._history import areas_on
from qmgis.model import Network, ProgrammeLayer

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["TOLERANCE_M", "check_points", "street_list"]

TOLERANCE_M = 10.0
WHOLE = 0.999  # of a street's length: more of it inside is all of it


def check_points(
    points: gpd.GeoSeries, layer: ProgrammeLayer, day: date, *, tolerance_m: float = TOLERANCE_M
) -> pd.DataFrame:
    """Return for each point whether it lies in a programme area of a day, outside, or near a boundary.

    Parameters
    ----------
    points
        Points in the reference system of the layer; a missing one stays ``unknown``.
    layer, day
        The areas that are programme areas on that day.
    tolerance_m
        Metres; a point this close to a boundary is ``near``, on either side: addresses and outlines are not drawn that
        exactly.

    Returns
    -------
    pd.DataFrame
        Index as in ``points``. ``position``: ``inside``, ``outside``, ``near`` or ``unknown``; ``programme_area``,
        ``name``: what it lies in (with ``; `` between several, empty where in none); ``nearest``: the area with the
        nearest boundary; ``distance_m`` to that boundary.

    Raises
    ------
    CrsError
        If points and layer are in different reference systems.
    DataError
        If the tolerance is negative.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.GeoSeries.from_xy([560900.0, 560795.0, 560500.0], [5700200.0] * 3, crs="EPSG:25832")
    >>> check_points(points, toy_programme(), date(2024, 12, 31))[["position", "programme_area"]].to_numpy().tolist()
    [['inside', 'QM-01'], ['near', ''], ['outside', '']]
    """
    if points.crs != layer.frame.crs:
        raise CrsError(
            "The points are in another reference system than the programme areas; bring both into that of city.toml.",
            de="Die Punkte liegen in einem anderen Koordinatensystem als die Fördergebiete; beide in das aus city.toml "
            "bringen.",
        )
    if not tolerance_m >= 0:
        raise DataError(
            f"A tolerance of {tolerance_m} m is not possible; name 0 or more.",
            de=f"Ein Abstand von {tolerance_m} m ist nicht möglich; 0 oder mehr angeben.",
        )
    valid = areas_on(layer, day)
    spots = np.asarray(points.array, dtype=object)
    known = ~(shapely.is_missing(spots) | shapely.is_empty(spots))
    found = pd.DataFrame(
        {"position": np.where(known, "outside", "unknown"), "programme_area": "", "name": "", "nearest": "",
         "distance_m": np.nan},
        index=points.index,
    ).astype({"position": object, "programme_area": object, "name": object, "nearest": object})  # fmt: skip
    where = np.flatnonzero(known)
    if not len(where) or valid.empty:
        return found
    shapes = valid.geometry.to_numpy()
    spot, area = shapely.STRtree(shapes).query(spots[where], predicate="intersects")
    pairs = pd.DataFrame({"spot": where[spot], "area": valid.index[area], "name": valid["name"].to_numpy()[area]})
    listed = pairs.sort_values(["spot", "area"]).groupby("spot")[["area", "name"]].agg("; ".join)
    inside = listed.index.to_numpy()
    found.iloc[inside, [0, 1, 2]] = np.column_stack([np.full(len(inside), "inside"), listed["area"], listed["name"]])
    edge = shapely.STRtree(shapely.boundary(shapes))
    (which, nearest), metres = edge.query_nearest(spots[where], return_distance=True, all_matches=False)
    found.iloc[where[which], 3] = valid.index.to_numpy()[nearest]
    found.iloc[where[which], 4] = metres
    found.loc[found["distance_m"] <= tolerance_m, "position"] = "near"
    return found


def street_list(
    streets: gpd.GeoDataFrame | Network, layer: ProgrammeLayer, day: date, *, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the streets in the programme areas of a day, wholly or in part, by name.

    Parameters
    ----------
    streets
        Lines in the system of the layer, with a column ``name`` where they have names; or a network, which has none.
    layer, day
        The areas that are programme areas on that day.
    names
        A name for each line or edge; by default the column ``name``.

    Returns
    -------
    pd.DataFrame
        One row an area and name: ``programme_area``, ``street`` (empty: all streets without a name, together),
        ``position`` (``inside`` or ``partly``), ``length_m`` inside, ``share`` of the street's length, ``segments``.

    Examples
    --------
    >>> found = street_list(toy_network(), toy_programme(), date(2024, 12, 31))
    >>> found[["programme_area", "street", "position", "segments"]].to_numpy().tolist()
    [['QM-01', '', 'partly', 58]]
    """
    lines, named = _lines(streets, names)
    valid = areas_on(layer, day)
    street, area = shapely.STRtree(lines).query(valid.geometry.to_numpy(), predicate="intersects")[::-1]
    inside = shapely.length(shapely.intersection(lines[street], valid.geometry.to_numpy()[area]))
    parts = pd.DataFrame({"programme_area": valid.index[area], "street": named[street], "length_m": inside})
    parts = parts[parts["length_m"] > 0]
    found = parts.groupby(["programme_area", "street"], sort=True)["length_m"].agg(["sum", "size"]).reset_index()
    found = found.rename(columns={"sum": "length_m", "size": "segments"})
    whole = pd.Series(shapely.length(lines)).groupby(named).sum()
    found["share"] = found["length_m"] / found["street"].map(whole)
    found["position"] = np.where(found["share"] >= WHOLE, "inside", "partly")
    return found[["programme_area", "street", "position", "length_m", "share", "segments"]]


def _lines(streets: gpd.GeoDataFrame | Network, names: Sequence[str] | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return lines and their names, empty where there is none."""
    if isinstance(streets, Network):
        lines = shapely.linestrings(streets.nodes[streets.edges])
        own: Sequence[Any] = [""] * len(lines)
    else:
        lines = streets.geometry.to_numpy()
        own = list(streets["name"]) if "name" in streets else [""] * len(lines)
    given = [str(name).strip() if isinstance(name, str) else "" for name in (own if names is None else names)]
    if len(given) != len(lines):
        raise DataError(
            f"There are {len(given)} names for {len(lines)} streets; give one for each.",
            de=f"Es gibt {len(given)} Namen für {len(lines)} Straßen; für jede einen angeben.",
        )
    return lines, np.array(given, dtype=object)
