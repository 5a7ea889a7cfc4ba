"""What lies in an area of a grid: sums, means, extremes, classes and quantiles, cells counted by their share inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from qmgis.core.counted import counted
from qmgis.core.spatial.cover import Grid, Pieces, pieces, rings
from qmgis.errors import DataError, UnknownKeyError, did_you_mean

__all__ = ["Block", "values_at", "zonal", "zonal_classes", "zonal_quantiles"]

# The first row of a part of the grid, and its values (rows, columns); NaN where a cell has none.
Block = tuple[int, np.ndarray]
STATISTICS = ("sum", "mean", "min", "max", "sd")
MOST_CLASSES = 1_000
AT_ONCE = 1 << 20


def zonal(
    blocks: Iterable[Block], polygons: pd.Series, *, grid: Grid, statistics: Sequence[str] = STATISTICS[:4]
) -> pd.DataFrame:
    """Return what cells of a grid add up to in each polygon, a cell on the border counting by the share inside.

    Parameters
    ----------
    blocks
        The grid in parts of whole rows, such as `row_blocks` gives; each row once. NaN is a cell without value.
    polygons
        Valid outlines in the unit of the grid; they may overlap and reach beyond it.
    grid
        Where the cells are.
    statistics
        Of ``sum``, ``mean``, ``min``, ``max`` and ``sd`` (divided by the count); ``sd`` takes as long as the rest.

    Returns
    -------
    pd.DataFrame
        Index of the polygons. ``covered``: cells inside, also those without value; ``count``: with value; what was
        asked for, missing where ``count`` is 0 (``sum``: 0).

    Raises
    ------
    DataError
        Something else than polygons; a block that does not fit the grid; an unknown statistic.

    References
    ----------
    Checked against exactextract (Baston, 2016-2025).

    Examples
    --------
    >>> import shapely
    >>> cells = np.array([[1.0, 2.0], [3.0, np.nan]])
    >>> inside = zonal([(0, cells)], pd.Series([shapely.box(0, 0, 1.5, 2)]), grid=Grid(0, 2, 1, 1, 2, 2))
    >>> inside.loc[0, ["covered", "count", "sum", "mean"]].tolist()
    [3.0, 2.5, 5.0, 2.0]
    """
    unknown = [key for key in statistics if key not in STATISTICS]
    if unknown:
        raise UnknownKeyError(
            f'There is no statistic "{unknown[0]}".{did_you_mean(unknown[0], STATISTICS)}',
            de=f'Es gibt keine Statistik "{unknown[0]}".{did_you_mean(unknown[0], STATISTICS, lang="de")}',
        )
    edges = rings(polygons, grid)
    tally = _Tally(edges.zones, statistics)
    for start, values in _checked(blocks, grid):
        tally.add(values, pieces(edges, start, start + len(values)), start)
    return tally.table(polygons.index)


def zonal_classes(blocks: Iterable[Block], polygons: pd.Series, *, grid: Grid) -> pd.DataFrame:
    """Return how many cells of each class lie in each polygon, such as kinds of land use.

    Parameters
    ----------
    blocks, polygons, grid
        As in `zonal`; every different value is a class.

    Returns
    -------
    pd.DataFrame
        Index of the polygons, a column a class in ascending order; numbers of cells, 0 where there is none.

    Raises
    ------
    DataError
        As `zonal`; more than 1,000 different values in a block.

    Examples
    --------
    >>> import shapely
    >>> cells = np.array([[1.0, 2.0], [2.0, np.nan]])
    >>> zonal_classes([(0, cells)], pd.Series([shapely.box(0, 0, 2, 2)]), grid=Grid(0, 2, 1, 1, 2, 2)).loc[0].to_dict()
    {1.0: 1.0, 2.0: 2.0}
    """
    edges, found = rings(polygons, grid), pd.DataFrame(index=range(len(polygons)), dtype=float)
    for start, values in _checked(blocks, grid):
        names, code = _classes(values.ravel())
        if len(names) > MOST_CLASSES:
            raise DataError(
                f"The raster has more than {MOST_CLASSES} different values; classes are few: use zonal for "
                "measurements.",
                de=f"Das Raster hat mehr als {MOST_CLASSES} verschiedene Werte; Klassen sind wenige: für Messwerte "
                "zonal verwenden.",
            )
        zone, cell, share = _cells(pieces(edges, start, start + len(values)), values.shape[1], start)
        number = zone * len(names) + code[cell]
        counts = np.bincount(number, share, minlength=edges.zones * len(names)).reshape(edges.zones, len(names))
        found = found.add(pd.DataFrame(counts, columns=names), fill_value=0.0)
    known = np.sort(found.columns.to_numpy(dtype=float))
    kept: pd.DataFrame = found.loc[:, known[~np.isnan(known)]].fillna(0.0)
    return kept.set_axis(polygons.index)


def zonal_quantiles(blocks: Iterable[Block], polygons: pd.Series, q: Sequence[float], *, grid: Grid) -> pd.DataFrame:
    """Return quantiles of the cells in each polygon, weighted by the share inside.

    Parameters
    ----------
    blocks, polygons, grid
        As in `zonal`; blocks in the order of their rows.
    q
        Shares, 0-1, such as ``[0.5]`` for the median.

    Returns
    -------
    pd.DataFrame
        Index of the polygons, a column a quantile; missing where no cell has a value. With equal shares it is the
        usual linear quantile; with others, value k of n stands at (k - 1) w_k + (n - 1) times the weight before it.

    Examples
    --------
    >>> import shapely
    >>> cells = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> area = pd.Series([shapely.box(0, 0, 2, 2)])
    >>> zonal_quantiles([(0, cells)], area, [0.5], grid=Grid(0, 2, 1, 1, 2, 2)).loc[0].tolist()
    [2.5]
    """
    levels = np.asarray(q, dtype=float)
    if not ((levels >= 0) & (levels <= 1)).all():
        raise DataError(
            f"Quantiles lie from 0 to 1, but {list(q)} was asked for; divide percent by 100.",
            de=f"Quantile liegen von 0 bis 1, verlangt wurde {list(q)}; Prozente durch 100 teilen.",
        )
    edges = rings(polygons, grid)
    result = np.full((edges.zones, len(q)), np.nan)
    end = np.zeros(edges.zones)
    np.maximum.at(end, edges.zone, edges.bottom)
    kept: tuple[np.ndarray, ...] = (np.empty(0, np.int64), np.empty(0), np.empty(0))
    for start, values in _checked(blocks, grid):
        stop = start + len(values)
        zone, cell, share = _cells(pieces(edges, start, stop), values.shape[1], start)
        value = values.ravel()[cell]
        there = ~np.isnan(value)
        kept = tuple(np.concatenate([old, new[there]]) for old, new in zip(kept, (zone, value, share), strict=True))
        done = end[kept[0]] <= stop
        _quantiles([one[done] for one in kept], levels, result)
        kept = tuple(one[~done] for one in kept)
    _quantiles(kept, levels, result)
    return pd.DataFrame(result, index=polygons.index, columns=list(q))


def values_at(blocks: Iterable[Block], x: np.ndarray, y: np.ndarray, *, grid: Grid) -> np.ndarray:
    """Return the value of the cell that each point lies in, float (n,); NaN outside and where the cell has none.

    A point on the border of two cells lies in the one to the east or south.

    Parameters
    ----------
    blocks, grid
        As in `zonal`.
    x, y
        Coordinates, in the unit of the grid.

    Examples
    --------
    >>> cells = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> values_at([(0, cells)], np.array([0.5, 9.0]), np.array([0.5, 0.5]), grid=Grid(0, 2, 1, 1, 2, 2)).tolist()
    [3.0, nan]
    """
    with np.errstate(invalid="ignore"):
        column = np.nan_to_num(np.floor((x - grid.west) / grid.width), nan=-1).astype(np.int64)
        row = np.nan_to_num(np.floor((grid.north - y) / grid.height), nan=-1).astype(np.int64)
    inside = (column >= 0) & (column < grid.columns)
    found = np.full(len(row), np.nan)
    for start, values in _checked(blocks, grid):
        here = inside & (row >= start) & (row < start + len(values))
        found[here] = values[row[here] - start, column[here]]
    return found


class _Tally:
    """Sums over the blocks, a number a polygon; each made only where it is asked for."""

    def __init__(self, zones: int, asked: Sequence[str]) -> None:
        self.covered, self.count, self.sum, self.square = (np.zeros(zones) for _ in range(4))
        self.min, self.max = np.full(zones, np.inf), np.full(zones, -np.inf)
        self.middle: float | None = None
        self.asked = asked

    def add(self, values: np.ndarray, found: Pieces, start: int) -> None:
        """Add the cells of a block."""
        flat = np.ascontiguousarray(values).ravel()
        gaps = np.isnan(flat) if np.isnan(flat.sum()) else None  # one number tells whether any is missing
        filled = flat if gaps is None else np.where(gaps, 0.0, flat)
        width = values.shape[1]
        self._cells(flat, gaps, found, (found.row - start) * width + found.column)
        first = (found.run_row - start) * width + found.run_start
        self._runs(flat, filled, gaps, found, np.column_stack([first, first + found.run_stop - found.run_start]))

    def _cells(self, flat: np.ndarray, gaps: np.ndarray | None, found: Pieces, cell: np.ndarray) -> None:
        value, zone, share = flat[cell], found.zone, found.share
        self._count("covered", zone, share)
        if gaps is not None:
            there = ~gaps[cell]
            value, zone, share = value[there], zone[there], share[there]
        self._count("count", zone, share)
        self._count("sum", zone, share * value)
        if "sd" in self.asked and len(value):
            self.middle = float(value.mean()) if self.middle is None else self.middle
            self._count("square", zone, share * (value - self.middle) ** 2)
        self._ends(zone, value, value)

    def _runs(
        self, flat: np.ndarray, filled: np.ndarray, gaps: np.ndarray | None, found: Pieces, span: np.ndarray
    ) -> None:
        zone, share = found.run_zone, found.run_share
        if not len(zone):
            return
        length = (span[:, 1] - span[:, 0]) * share
        self._count("covered", zone, length)
        known = length if gaps is None else _over(np.add, (~gaps).view(np.uint8), span, dtype=np.int64) * share
        self._count("count", zone, known)
        self._count("sum", zone, _over(np.add, filled, span) * share)
        if "sd" in self.asked:
            self.middle = float(filled[span[0, 0]]) if self.middle is None else self.middle
            apart = (filled - self.middle) ** 2
            self._count(
                "square", zone, _over(np.add, apart if gaps is None else np.where(gaps, 0, apart), span) * share
            )
        if "min" in self.asked or "max" in self.asked:
            low = _over(np.minimum, flat if gaps is None else np.where(gaps, np.inf, flat), span)
            high = _over(np.maximum, flat if gaps is None else np.where(gaps, -np.inf, flat), span)
            self._ends(zone, low, high)

    def _count(self, what: str, zone: np.ndarray, weight: np.ndarray) -> None:
        getattr(self, what)[:] += np.bincount(zone, weight, len(self.covered))

    def _ends(self, zone: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        if "min" in self.asked or "max" in self.asked:
            np.minimum.at(self.min, zone, low)
            np.maximum.at(self.max, zone, high)

    def table(self, index: pd.Index) -> pd.DataFrame:
        """Return the statistics."""
        known = self.count > 0
        mean = np.divide(self.sum, self.count, out=np.full(len(known), np.nan), where=known)
        variance = np.divide(self.square, self.count, out=np.full(len(known), np.nan), where=known)
        found = {
            "covered": self.covered,
            "count": self.count,
            "sum": self.sum,
            "mean": mean,
            "sd": np.sqrt(np.maximum(variance - (mean - (self.middle or 0.0)) ** 2, 0.0)),
            "min": np.where(known, self.min, np.nan),
            "max": np.where(known, self.max, np.nan),
        }
        return pd.DataFrame({key: found[key] for key in ("covered", "count", *self.asked)}, index=index)


def _over(what: np.ufunc, flat: np.ndarray, span: np.ndarray, **kind: Any) -> np.ndarray:
    """Return what numbers from each first to each last place (exclusive) come to."""
    inner = span[:, 1] < len(flat)
    result = np.empty(len(span), kind.get("dtype", flat.dtype))
    result[inner] = what.reduceat(flat, span[inner].ravel(), **kind)[::2]
    for place in np.flatnonzero(~inner):  # the last row only
        result[place] = what.reduce(flat[span[place, 0] :], **kind)
    return result


def _cells(found: Pieces, columns: int, start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return zone, place in the block and share of every cell, those of the runs too."""
    run, number = counted(found.run_stop - found.run_start)
    inside = (found.run_row[run] - start) * columns + found.run_start[run] + number
    zone = np.concatenate([found.zone, found.run_zone[run]])
    cell = np.concatenate([(found.row - start) * columns + found.column, inside])
    return zone, cell, np.concatenate([found.share, found.run_share[run]])


def _classes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different values, NaN last, and the number of each cell among them; whole ones without sorting."""
    gaps = np.isnan(values)
    low, high = (np.min(values, initial=np.inf, where=~gaps), np.max(values, initial=-np.inf, where=~gaps))
    if not np.isfinite([low, high]).all() or high - low >= MOST_CLASSES:
        return np.unique(values, return_inverse=True)
    apart = np.where(gaps, high + 1, values) - low
    code = apart.astype(np.int64)
    if not (code == apart).all():
        return np.unique(values, return_inverse=True)
    there = np.bincount(code) > 0
    names = np.append(np.arange(len(there) - 1) + low, np.nan) if gaps.any() else np.arange(len(there)) + low
    return names[there], (np.cumsum(there) - 1)[code]


def _quantiles(cells: Sequence[np.ndarray], q: np.ndarray, result: np.ndarray) -> None:
    """Write the quantiles of the zones that are there into their rows; ``cells``: zone, value, weight."""
    order = np.argsort(cells[0], kind="stable")
    zone, value, weight = (one[order] for one in cells)
    begin = np.append(np.flatnonzero(np.diff(zone, prepend=-1)), len(zone))
    for first, stop in pairwise(begin):
        rising = np.argsort(value[first:stop], kind="stable")
        values, weights = value[first:stop][rising], weight[first:stop][rising]
        before = np.append(0.0, np.cumsum(weights)[:-1])
        place = np.arange(len(values)) * weights + (len(values) - 1) * before
        result[zone[first]] = np.interp(q * place[-1], place, values)


def _checked(blocks: Iterable[Block], grid: Grid) -> Iterator[Block]:
    for start, values in blocks:
        if values.ndim != 2 or values.shape[1] != grid.columns or start < 0 or start + len(values) > grid.rows:
            raise DataError(
                f"A part of the grid has the shape {values.shape} from row {start} on and does not fit "
                f"{grid.rows} x {grid.columns} cells; give whole rows.",
                de=f"Ein Teil des Rasters hat die Form {values.shape} ab Zeile {start} und passt nicht zu "
                f"{grid.rows} x {grid.columns} Zellen; ganze Zeilen angeben.",
            )
        step = max(1, AT_ONCE // grid.columns)  # what is looked at together has to fit into the cache
        for row in range(0, len(values), step):
            yield start + row, np.asarray(values[row : row + step], dtype=float)
