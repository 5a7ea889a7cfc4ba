"""A raster in parts: the rows around the areas, never the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from qmgis.core.spatial.cover import Grid
from qmgis.core.spatial.zonal import Block
from qmgis.errors import DataError
from qmgis.io.layers.crs import parse
from qmgis.io.sources.raster import crs_of, numbers, opened

__all__ = ["Cells", "raster_cells"]

MOST = 1 << 21  # cells held at once


@dataclass(frozen=True, eq=False)
class Cells:
    """A part of one band of an open raster: where its cells are, in which system, whether it says which have no value.

    ``top`` and ``left``: its first row and column in the file.
    """

    source: Any
    band: int
    grid: Grid
    crs: pyproj.CRS | None
    says_nodata: bool
    missing: Sequence[float] = ()
    top: int = 0
    left: int = 0

    def around(self, bounds: Sequence[float]) -> Cells | None:
        """Return the part that a box (west, south, east, north) needs; None where it lies beside the raster."""
        grid, (west, south, east, north) = self.grid, bounds
        left, right = _span((west - grid.west) / grid.width, (east - grid.west) / grid.width, grid.columns)
        top, bottom = _span((grid.north - north) / grid.height, (grid.north - south) / grid.height, grid.rows)
        if left >= right or top >= bottom:
            return None
        corner = (grid.west + left * grid.width, grid.north - top * grid.height)
        part = replace(grid, west=corner[0], north=corner[1], rows=bottom - top, columns=right - left)
        return replace(self, grid=part, top=self.top + top, left=self.left + left)

    def blocks(self) -> Iterator[Block]:
        """Give the rows in blocks of at most `MOST` cells, along the borders of the file's own blocks."""
        from rasterio.windows import Window

        own = self.source.block_shapes[self.band - 1][0]
        step = max(1, MOST // self.grid.columns)
        step = step - step % own if step >= own else step
        row, end = self.top, self.top + self.grid.rows
        while row < end:
            stop = min(end, (row // step + 1) * step)
            window = Window(self.left, row, self.grid.columns, stop - row)
            yield row - self.top, numbers(self.source, self.band, missing=self.missing, window=window)
            row = stop


def _span(low: float, high: float, most: int) -> tuple[int, int]:
    """Return the first and the last (exclusive) cell between two borders."""
    return int(np.floor(np.clip(low, 0, most))), int(np.ceil(np.clip(high, 0, most)))


@contextmanager
def raster_cells(path: Path, options: Mapping[str, Any]) -> Iterator[Cells]:
    """Open one band of a raster to be read in parts.

    Parameters
    ----------
    path
        A GeoTIFF, or a zip with one elevation tile.
    options
        ``band``, ``missing`` and ``crs`` as of the source ``raster``.

    Raises
    ------
    SourceError
        If it is no raster, has no such band, or is broken; this may show while its blocks are read.
    DataError
        If its cells do not lie upright, with north up.
    """
    band, missing = int(options.get("band", 1)), tuple(options.get("missing", ()))
    with opened(path, band=band) as source:
        place = source.transform
        if place.b or place.d or place.a <= 0 or place.e >= 0:
            raise DataError(
                f"{path.name} is turned or upside down; store it with north up (gdalwarp does).",
                de=f"{path.name} liegt gedreht oder kopfüber; mit Norden oben speichern (etwa mit gdalwarp).",
            )
        grid = Grid(place.c, place.f, place.a, -place.e, source.height, source.width)
        own = crs_of(source)
        if own is None and options.get("crs"):
            own = parse(options["crs"], file=path.name)
        plain = [flag.name for flag in source.mask_flag_enums[band - 1]] == ["all_valid"]
        yield Cells(source, band, grid, own, not plain or "missing" in options, missing)
