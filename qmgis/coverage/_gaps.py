"""Where those live who are not reached: squares, merged until nobody stands out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.coverage._distances import origin_distances
from qmgis.coverage._limit import limit_of
from qmgis.coverage._points import coordinates
from qmgis.coverage._reach import checked_group
from qmgis.errors import DataError
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer
from qmgis.model.where import area_of, same_crs

__all__ = ["gaps"]

# A square is merged with its neighbours up to this many cells a side; below the limit even then, it is withheld.
WIDEST = 4


def gaps(
    residents: ResidentLayer,
    places: PlaceLayer,
    *,
    within_m: float | None = None,
    within_min: float | None = None,
    kmh: float | None = None,
    theme: str,
    group: str = "residents",
    network: Network | None = None,
    snap_m: float = 50.0,
    cell_m: float = 100.0,
    min_count: float = 3,
    areas: AreaLayer | None = None,
) -> gpd.GeoDataFrame:
    """Return squares with the people that no place reaches.

    Squares of ``4 cell_m`` are cut into four, and these again, only where every part with people keeps at least
    ``min_count`` of them; so each square shown holds that many, none overlap, and no difference of two squares gives a
    smaller number away. Squares of ``4 cell_m`` below the limit are withheld.

    Parameters
    ----------
    residents, places, within_m, within_min, kmh, group, network, snap_m
        As in `reach`; the distances are those of `origin_distances`.
    theme
        Key for the column ``theme``.
    cell_m
        Side of the smallest squares in metres; corners are multiples of it in the layers' reference system.
    min_count
        Fewest people of a square.
    areas
        Count only origins inside these areas, so that sums agree with `reach`.

    Returns
    -------
    GeoDataFrame
        Columns ``theme``, ``not_reached`` (people) and ``geometry``, from north-west to south-east. Its sum is the
        ``not_reached`` of `reach` less those withheld.

    Examples
    --------
    >>> squares = gaps(toy_residents(), toy_places(), within_m=500, theme="kita", group="age_0_5")
    >>> bool((squares["not_reached"] >= 3).all()), sorted(set(squares.area))[:1]
    (True, [10000.0])
    """
    if not (np.isfinite(cell_m) and cell_m > 0):
        raise DataError(
            f"cell_m is {cell_m}; it must be metres above 0.", de=f"cell_m ist {cell_m}; es müssen Meter über 0 sein."
        )
    limit = limit_of(within_m, within_min, kmh=kmh, group=group, network=network)
    same_crs(residents, areas)
    people = checked_group(residents, group).to_numpy(dtype=float)
    near = limit.near(origin_distances(residents, places, network=network, snap_m=snap_m, kmh=limit.kmh))
    xy = coordinates(residents)
    rows = ~near & (people > 0) & np.isfinite(xy).all(axis=1)
    if areas is not None:
        rows &= area_of(areas, residents) >= 0
    squares = _merged(np.floor(xy[rows] / cell_m).astype(np.int64), people[rows], min_count)
    west, south, side = (squares[name] * cell_m for name in ("column", "row", "side"))
    return gpd.GeoDataFrame(
        {"theme": theme, "not_reached": squares["people"]},
        geometry=shapely.box(west, south, west + side, south + side),
        crs=residents.frame.crs,
    )


def _merged(cells: np.ndarray, people: np.ndarray, min_count: float) -> pd.DataFrame:
    """Return squares with at least ``min_count`` people: columns column, row and side (in cells), people."""
    table = _in_squares(pd.DataFrame({"column": cells[:, 0], "row": cells[:, 1], "people": people}), 1)
    enough = _sums(table, WIDEST) >= min_count
    left, done, side = table.loc[enough.to_numpy()], [], WIDEST
    while side > 1:
        parts = _in_squares(left, side // 2)
        small = parts.loc[parts["people"] < min_count]
        whole = _corners(left, side).isin(_corners(small, side))
        done.append(_in_squares(left.loc[whole], side))
        left, side = left.loc[~whole], side // 2
    done.append(_in_squares(left, 1))
    squares = pd.concat(done, ignore_index=True)
    return squares.sort_values(["row", "column"], ascending=[False, True], ignore_index=True)


def _corners(table: pd.DataFrame, side: int) -> pd.MultiIndex:
    """Return the south-west corner of the square of ``side`` cells that each cell lies in."""
    return pd.MultiIndex.from_arrays([table["column"] // side * side, table["row"] // side * side])


def _sums(table: pd.DataFrame, side: int) -> pd.Series:
    """Return for each cell the people of its square."""
    return table["people"].groupby([table["column"] // side, table["row"] // side]).transform("sum")


def _in_squares(table: pd.DataFrame, side: int) -> pd.DataFrame:
    """Return the people by squares of ``side`` cells."""
    moved = pd.DataFrame(
        {"column": table["column"] // side * side, "row": table["row"] // side * side, "people": table["people"]}
    )
    summed: pd.DataFrame = moved.groupby(["column", "row"], as_index=False)["people"].sum().assign(side=side)
    return summed
