"""What two versions of the areas have in common, piece by piece: land, points with people, cells with people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

__all__ = ["cell_parts", "land_parts", "point_parts"]


def land_parts(old: pd.Series, new: pd.Series) -> pd.DataFrame:
    """Return the land that each old area shares with each new one.

    Parameters
    ----------
    old, new
        Valid polygons in one metric system; index: the areas.

    Returns
    -------
    DataFrame
        Columns ``old``, ``new``, ``amount`` (square metres, above 0) and ``geometry``.

    Examples
    --------
    >>> old = pd.Series([shapely.box(0, 0, 2, 1)], index=["a"])
    >>> new = pd.Series([shapely.box(0, 0, 1.5, 1), shapely.box(1.5, 0, 2, 1)], index=["x", "y"])
    >>> land_parts(old, new)[["old", "new", "amount"]].to_numpy().tolist()
    [['a', 'x', 1.5], ['a', 'y', 0.5]]
    """
    one, other = old.to_numpy(), new.to_numpy()
    first, second = shapely.STRtree(other).query(one, predicate="intersects")
    common = shapely.intersection(one[first], other[second])
    amount = shapely.area(common)
    kept = amount > 0
    columns = {"old": old.index[first], "new": new.index[second], "amount": amount, "geometry": common}
    found: pd.DataFrame = pd.DataFrame(columns)[kept].sort_values(["old", "new"], ignore_index=True)
    return found


def point_parts(old_of: pd.Series, new_of: pd.Series, amount: pd.Series) -> pd.DataFrame:
    """Return how many people (or addresses) each pair of an old and a new area holds.

    Parameters
    ----------
    old_of, new_of
        Index: the points; the area of each version that it lies in, missing outside.
    amount
        People at each point, 0 or more; a point whose number is missing adds nothing.

    Examples
    --------
    >>> where = pd.Series(["a", "a", None]), pd.Series(["x", "y", "y"])
    >>> point_parts(*where, pd.Series([3.0, 1.0, 9.0])).to_numpy().tolist()
    [['a', 'x', 3.0], ['a', 'y', 1.0]]
    """
    table = pd.DataFrame({"old": old_of, "new": new_of, "amount": amount}).dropna()
    return table.groupby(["old", "new"])[["amount"]].sum().reset_index()


def cell_parts(pieces: pd.DataFrame, cells: np.ndarray, amount: np.ndarray) -> pd.DataFrame:
    """Return how many people each piece holds when those of a cell are spread evenly over it.

    Parameters
    ----------
    pieces
        As `land_parts` gives them.
    cells
        Polygons such as the squares of a census grid, or houses, shape (n,); where they reach beyond all pieces, their
        people count in proportion for what lies inside.
    amount
        People of each cell, 0 or more, shape (n,).

    Examples
    --------
    >>> old = pd.Series([shapely.box(0, 0, 2, 1)], index=["a"])
    >>> new = pd.Series([shapely.box(0, 0, 1.5, 1), shapely.box(1.5, 0, 2, 1)], index=["x", "y"])
    >>> squares = shapely.box([0, 1], 0, [1, 2], 1)
    >>> cell_parts(land_parts(old, new), squares, np.array([10, 30])).to_numpy().tolist()
    [['a', 'x', 25.0], ['a', 'y', 15.0]]
    """
    shapes = pieces["geometry"].to_numpy()
    tree = shapely.STRtree(shapes)
    held, piece = tree.query(cells, predicate="covered_by")
    part = np.ones(len(held))
    cut, beside = tree.query(cells, predicate="intersects")
    split = ~np.isin(cut, held)
    cut, beside = cut[split], beside[split]
    common = shapely.area(shapely.intersection(cells[cut], shapes[beside])) / shapely.area(cells[cut])
    people = np.concatenate([part * amount[held], common * amount[cut]])
    sums = np.bincount(np.concatenate([piece, beside]), people, len(shapes))
    return pieces[["old", "new"]].assign(amount=sums)
