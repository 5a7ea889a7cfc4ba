"""Who is reached inside a polygon, in a ring around it and in the whole city; and distances origin by origin."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.core.weighted import means_by
from qmgis.coverage._distances import origin_distances
from qmgis.coverage._guard import coarse_mean
from qmgis.coverage._limit import Limit, limit_of
from qmgis.coverage._reach import checked_group
from qmgis.errors import CrsError, DataError
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy
from qmgis.model.where import area_of, same_crs

__all__ = ["PLACES_OF", "around", "by_origin", "guard_around"]

PLACES_OF = ("inside", "ring", "city")
WAYS = ("mean_m", "with_way")


def by_origin(
    residents: ResidentLayer,
    places: PlaceLayer,
    *,
    within_m: float | None = None,
    within_min: float | None = None,
    kmh: float | None = None,
    group: str = "residents",
    network: Network | None = None,
    snap_m: float = 50.0,
) -> gpd.GeoDataFrame:
    """Return for each origin how far it is to the nearest place, and whether that is within the limit.

    For internal use only: a row is an address with its people. Nothing of it may be published; `reach`, `bands` and
    `guard_around` give what may.

    Parameters
    ----------
    residents, places, within_m, within_min, kmh, group, network, snap_m
        As in `reach`.

    Returns
    -------
    GeoDataFrame
        Index ``origin``; ``people`` of the group, ``metres`` (inf where none is reached), ``minutes`` where the
        limit is in minutes, ``reached``, ``geometry``.

    Examples
    --------
    >>> found = by_origin(toy_residents(), toy_places(), within_m=500, network=toy_network())
    >>> found.columns.tolist(), bool(found["reached"].equals(found["metres"] <= 500))
    (['people', 'metres', 'reached', 'geometry'], True)
    """
    limit = limit_of(within_m, within_min, kmh=kmh, group=group, network=network)
    people = checked_group(residents, group)
    distances = origin_distances(residents, places, network=network, snap_m=snap_m, kmh=limit.kmh)
    columns = {"people": people, "metres": distances.metres}
    if distances.minutes is not None:
        columns["minutes"] = distances.minutes
    columns["reached"] = pd.Series(limit.near(distances), index=people.index)
    return gpd.GeoDataFrame(columns, geometry=residents.frame.geometry, crs=residents.frame.crs)


def around(
    polygons: gpd.GeoDataFrame,
    residents: ResidentLayer,
    places: PlaceLayer,
    *,
    within_m: float | None = None,
    within_min: float | None = None,
    kmh: float | None = None,
    group: str = "residents",
    network: Network | None = None,
    snap_m: float = 50.0,
    ring_m: float | None = None,
    areas: AreaLayer | None = None,
) -> pd.DataFrame:
    """Return the people reached and not reached inside each polygon, in a ring around it, and in the whole city.

    Sums of origins, never of areas' shares. For internal use: what may be shown of it says `guard_around`.

    Parameters
    ----------
    polygons
        Any polygons, such as programme areas, index unique, in the system of the layers; they may overlap.
    residents, places, within_m, within_min, kmh, group, network, snap_m
        As in `reach`. An origin is in every polygon that it touches.
    ring_m
        Width of the ring (metres): origins at most this far from the polygon and not in it; by default the limit.
    areas
        Count only origins inside these areas, so that the city agrees with `reach`.

    Returns
    -------
    DataFrame
        Columns ``polygon``, ``place`` (``inside``, ``ring``, ``city``), ``residents``, ``reached``, ``not_reached``,
        ``share``, ``mean_m`` and ``with_way`` (as `reach`); three rows a polygon, in the order of the polygons.

    Raises
    ------
    DataError, CrsError
        A polygon that is none, or an unknown or other reference system; as `reach` else.

    Examples
    --------
    >>> found = around(toy_areas().frame.head(1), toy_residents(), toy_places(), within_m=500, network=toy_network(),
    ...                group="age_0_5")
    >>> found["place"].tolist(), found["residents"].tolist()[0], found["not_reached"].tolist()[0]
    (['inside', 'ring', 'city'], 65.0, 1.0)
    """
    _check(polygons, residents, ring_m)
    limit = limit_of(within_m, within_min, kmh=kmh, group=group, network=network)
    asked = {"within_m": within_m, "within_min": within_min, "kmh": kmh, "group": group, "network": network}
    origins = by_origin(residents, places, snap_m=snap_m, **asked)  # type: ignore[arg-type]
    counted = np.ones(len(origins), dtype=bool)
    if areas is not None:
        same_crs(areas, residents)
        counted = area_of(areas, residents) >= 0
    people = origins["people"].fillna(0.0).to_numpy(dtype=float) * counted
    near, width = origins["reached"].to_numpy(dtype=bool), _width(limit) if ring_m is None else float(ring_m)
    metres = origins["metres"].to_numpy(dtype=float)
    points = shapely.STRtree(origins.geometry.array)
    everybody = np.arange(len(origins))
    rows = []
    for name, shape in zip(polygons.index, polygons.geometry, strict=True):
        inside = points.query(shape, predicate="intersects")
        ring = np.setdiff1d(points.query(shape, predicate="dwithin", distance=width), inside)
        for place, members in zip(PLACES_OF, (inside, ring, everybody), strict=True):
            reached = people[members[near[members]]].sum()
            mean, share = means_by(metres[members], people[members], np.zeros(len(members), dtype=int), size=1)
            rows.append((name, place, people[members].sum(), reached, mean[0], share[0]))
    found = pd.DataFrame(rows, columns=["polygon", "place", "residents", "reached", *WAYS])
    return _with_share(found.assign(not_reached=found["residents"] - found["reached"]))


def guard_around(found: pd.DataFrame, *, secrecy: Secrecy | None = None) -> pd.DataFrame:
    """Return people inside, in the ring and in the city in steps of ``min_base``, as they may be shown.

    A polygon that nearly is an area, or another polygon, would give the people between them away as a difference; of
    numbers in steps it does not. Shares are those of the rounded numbers. Fewer than ``min_base`` people are missing.

    Examples
    --------
    >>> exact = pd.DataFrame({"polygon": ["a"], "place": ["inside"], "residents": [57.0], "reached": [33.0]})
    >>> guard_around(exact.assign(not_reached=24.0, share=33 / 57))[["residents", "not_reached"]].values.tolist()
    [[60.0, 20.0]]
    """
    limits = secrecy if secrecy is not None else Secrecy()
    step = float(limits.min_base)
    shown = found.copy()
    for name in ("residents", "not_reached"):
        shown[name] = np.floor(found[name] / step + 0.5) * step
    shown["reached"] = shown["residents"] - shown["not_reached"]
    ways = [name for name in WAYS if name in shown]
    if ways:
        shown[ways] = coarse_mean(found, limits, of=shown["residents"])[ways]
    shown = _with_share(shown)
    few = found["residents"] < limits.min_base
    numbers = ["residents", "reached", "not_reached", "share", *ways]
    shown[numbers] = shown[numbers].mask(few)
    return shown


def _with_share(found: pd.DataFrame) -> pd.DataFrame:
    share = found["reached"] / found["residents"].where(found["residents"] > 0)
    ways = [name for name in WAYS if name in found]
    return found.assign(share=share)[["polygon", "place", "residents", "reached", "not_reached", "share", *ways]]


def _width(limit: Limit) -> float:
    if limit.within_m is not None:
        return limit.within_m
    return float(limit.within_min or 0.0) * float(limit.kmh or 0.0) / 0.06


def _check(polygons: gpd.GeoDataFrame, residents: ResidentLayer, ring_m: float | None) -> None:
    if polygons.crs is None or polygons.crs != residents.frame.crs:
        said = "none" if polygons.crs is None else polygons.crs.to_string()
        wanted = residents.frame.crs.to_string()
        raise CrsError(
            f"The polygons are in the reference system {said}, the residents in {wanted}; bring both into one.",
            de=f"Die Flächen liegen im Koordinatensystem {said}, die Einwohner in {wanted}; beide in eines bringen.",
        )
    kinds = polygons.geometry.geom_type
    wrong = ~kinds.isin(["Polygon", "MultiPolygon"]) | polygons.geometry.is_empty | ~polygons.geometry.is_valid
    if wrong.any() or not polygons.index.is_unique:
        name = polygons.index[wrong][0] if wrong.any() else polygons.index[polygons.index.duplicated()][0]
        raise DataError(
            f'Polygon "{name}" is no valid polygon, or its name comes up twice; repair it.',
            de=f'Polygon "{name}" ist kein gültiges Polygon oder kommt zweimal vor; bitte reparieren.',
        )
    if ring_m is not None and not (np.isfinite(ring_m) and ring_m > 0):
        raise DataError(
            f"ring_m is {ring_m}; give a width in metres above 0.",
            de=f"ring_m ist {ring_m}; eine Breite in Metern über 0 angeben.",
        )
