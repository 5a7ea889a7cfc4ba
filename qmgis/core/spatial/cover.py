"""How much of each cell of a grid a polygon covers: exact, without asking every cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from qmgis.core.counted import counted
from qmgis.errors import DataError

__all__ = ["Grid", "Pieces", "Rings", "pieces", "rings"]


# A share below which a cell is not covered, but for the rounding of numbers.
NOTHING = 1e-12


@dataclass(frozen=True)
class Grid:
    """A grid of equal cells with north up.

    ``west`` and ``north``: its upper left corner; ``width`` and ``height``: of one cell, above 0; all in the unit of
    the coordinates.
    """

    west: float
    north: float
    width: float
    height: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        numbers = (self.west, self.north, self.width, self.height)
        if not np.isfinite(numbers).all() or min(self.width, self.height, self.rows, self.columns) <= 0:
            raise DataError(
                f"A grid needs cells larger than 0 with north up, but has {self.rows} x {self.columns} cells of "
                f"{self.width:g} x {self.height:g}; turn the raster upright.",
                de=f"Ein Raster braucht Zellen größer als 0 mit Norden oben, hat aber {self.rows} x {self.columns} "
                f"Zellen von {self.width:g} x {self.height:g}; das Raster ausrichten.",
            )


@dataclass(frozen=True, eq=False)
class Rings:
    """The edges of polygons in cells of a grid, those that lie above or below it left out, sorted by their first row.

    ``zone``: number of the polygon. ``sign``: 1 where the inside lies to the right, else -1. ``top`` and ``bottom``: in
    rows down from the north; ``at_top`` and ``at_bottom``: in columns from the west.
    """

    zone: np.ndarray
    sign: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    at_top: np.ndarray
    at_bottom: np.ndarray
    zones: int
    grid: Grid

    def within(self, start: int, stop: int) -> np.ndarray:
        """Return the numbers of the edges that reach into rows."""
        some = slice(0, int(np.searchsorted(self.top, stop)))
        return np.flatnonzero(self.bottom[some] > start)


@dataclass(frozen=True, eq=False)
class Pieces:
    """What polygons cover in some rows: single cells with the share covered, and runs of cells with one share.

    Cells: ``row``, ``column``, ``zone``, ``share`` (above 0, at most 1). Runs: ``run_row``, ``run_start``, ``run_stop``
    (exclusive), ``run_zone``, ``run_share``: 1 but along level edges. Each sorted by row and zone.
    """

    row: np.ndarray
    column: np.ndarray
    zone: np.ndarray
    share: np.ndarray
    run_row: np.ndarray
    run_start: np.ndarray
    run_stop: np.ndarray
    run_zone: np.ndarray
    run_share: np.ndarray


def rings(polygons: pd.Series, grid: Grid) -> Rings:
    """Return the edges of polygons in the cells of a grid.

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in the unit of the grid; missing and empty ones cover nothing.

    Raises
    ------
    DataError
        Something else than polygons.

    Examples
    --------
    >>> found = rings(pd.Series([shapely.box(0, 0, 2, 2)]), Grid(0, 2, 1, 1, 2, 2))
    >>> len(found.zone)  # level edges cover nothing
    2
    """
    shapes = polygons.to_numpy(dtype=object)
    kinds = shapely.get_type_id(shapes)
    wrong = polygons.index[~np.isin(kinds, (-1, 3, 6))]
    if len(wrong):
        named = ", ".join(str(one) for one in wrong[:5])
        raise DataError(
            f"Only polygons can cover cells, but these are others: {named} ({len(wrong)}); give outlines.",
            de=f"Nur Flächen können Zellen bedecken, diese sind keine: {named} ({len(wrong)}); Umrisse angeben.",
        )
    parts, zone = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    lines, part = shapely.get_rings(parts, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    u, v = (points[:, 0] - grid.west) / grid.width, (grid.north - points[:, 1]) / grid.height
    edge = np.flatnonzero((line[1:] == line[:-1]) & (v[1:] != v[:-1]))
    down = v[edge + 1] > v[edge]
    upper, lower = np.where(down, edge, edge + 1), np.where(down, edge + 1, edge)
    order = np.flatnonzero((v[lower] > 0) & (v[upper] < grid.rows))
    order = order[np.argsort(v[upper[order]], kind="stable")]
    upper, lower = upper[order], lower[order]
    return Rings(
        zone=zone[part[line[upper]]],
        sign=np.where(down[order], 1.0, -1.0),
        top=v[upper],
        bottom=v[lower],
        at_top=u[upper],
        at_bottom=u[lower],
        zones=len(polygons),
        grid=grid,
    )


def pieces(edges: Rings, start: int, stop: int) -> Pieces:
    """Return what the polygons cover in the rows from ``start`` up to ``stop`` (exclusive).

    The share of a cell is what the edges inside it leave to their right, summed with their sign; from there on all
    cells of the row have one share, until the next edge that is not level.

    Examples
    --------
    >>> found = pieces(rings(pd.Series([shapely.box(0.5, 0, 3, 1)]), Grid(0, 1, 1, 1, 1, 4)), 0, 1)
    >>> found.column.tolist(), found.share.tolist(), found.run_start.tolist(), found.run_stop.tolist()
    ([0], [0.5], [1], [3])
    """
    row, column, zone, step, area = _summed(edges, start, stop)
    fresh = np.ones(len(row), bool)
    fresh[1:] = (row[1:] != row[:-1]) | (zone[1:] != zone[:-1])
    after = np.cumsum(step)
    begin = np.flatnonzero(fresh)
    if len(begin):
        after -= np.repeat(np.where(begin > 0, after[begin - 1], 0.0), np.diff(np.append(begin, len(row))))
    share = np.clip(after - step + area, 0.0, 1.0)
    # Runs lie between a cell with edges and the next one of the same row and polygon.
    run = np.flatnonzero((after[:-1] > NOTHING) & ~fresh[1:] & (column[1:] > column[:-1] + 1))
    cell = np.flatnonzero((share > NOTHING) & (column < edges.grid.columns))
    along = np.where(after[run] > 1.0 - NOTHING, 1.0, after[run])
    cells, runs = (row[cell], column[cell], zone[cell], share[cell]), (row[run], column[run] + 1, column[run + 1])
    return Pieces(*cells, *runs, zone[run], along)


def _summed(edges: Rings, start: int, stop: int) -> tuple[np.ndarray, ...]:
    """Return row, column and zone of each cell with edges, and the sums of their heights and of the areas to the right.

    Cells beyond the last column stand for everything there.
    """
    grid = edges.grid
    edge, row, tall, left, right = _in_rows(edges, start, stop)
    first = (row * edges.zones + edges.zone[edge]) * (grid.columns + 1)
    piece, height, middle = _in_columns(
        np.minimum(left, right), np.maximum(left, right), tall * edges.sign[edge], grid.columns
    )
    column = np.minimum(middle.astype(np.int64), grid.columns)
    key = first[piece] + column
    order = np.argsort(key, kind="stable")  # edges come in runs, which this kind uses
    key, height, area = key[order], height[order], (height * (1.0 - (middle - column)))[order]
    begin = np.flatnonzero(np.diff(key, prepend=-1))
    both, column = np.divmod(key[begin], grid.columns + 1)
    row, zone = np.divmod(both, edges.zones)
    if not len(begin):
        return row, column, zone, height, area
    return row, column, zone, np.add.reduceat(height, begin), np.add.reduceat(area, begin)


def _in_rows(edges: Rings, start: int, stop: int) -> tuple[np.ndarray, ...]:
    """Return the edges cut at the borders of rows: number, row, height, and the columns at its top and bottom."""
    some = edges.within(start, stop)
    top, bottom = np.maximum(edges.top[some], start), np.minimum(edges.bottom[some], stop)
    first = np.floor(top)
    piece, number = counted((np.ceil(bottom) - first).astype(np.int64))
    edge = some[piece]
    border = first[piece] + number
    high, low = np.maximum(border, top[piece]), np.minimum(border + 1, bottom[piece])
    lean = (edges.at_bottom - edges.at_top) / (edges.bottom - edges.top)
    ends = edges.at_top[edge], edges.at_bottom[edge]
    from_top, from_bottom = edges.top[edge], edges.bottom[edge]
    at = [
        np.where(where - from_top <= from_bottom - where, ends[0] + (where - from_top) * lean[edge],
                 ends[1] - (from_bottom - where) * lean[edge])
        for where in (high, low)
    ]  # fmt: skip
    return edge, border.astype(np.int64), low - high, at[0], at[1]


def _in_columns(
    low: np.ndarray, high: np.ndarray, height: np.ndarray, columns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return edges cut at the borders of columns: number, height of the piece, its middle column.

    What lies beside the grid runs along its side.
    """
    first = np.maximum(np.floor(low) + 1, 0).astype(np.int64)
    borders = np.maximum(np.minimum(np.ceil(high) - 1, columns).astype(np.int64) - first + 1, 0)
    piece, number = counted(borders + 1)
    left = np.where(number == 0, low[piece], first[piece] + number - 1)
    right = np.where(number == borders[piece], high[piece], first[piece] + number)
    span = high - low
    rise = np.divide(height, span, out=np.zeros_like(span), where=borders > 0)
    part = np.where((borders > 0)[piece], (right - left) * rise[piece], height[piece])
    return piece, part, np.clip((np.maximum(left, 0.0) + np.minimum(right, columns)) / 2, 0.0, columns)
