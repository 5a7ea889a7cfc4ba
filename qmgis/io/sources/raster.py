"""Rasters: GeoTIFF, and elevation tiles (.hgt) in a zip."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.errors import SourceError
from qmgis.io import archives, gdal
from qmgis.io.crs import parse
from qmgis.io.kinds import Source
from qmgis.model import Text

if TYPE_CHECKING:
    from affine import Affine

MAX_CELLS = 200_000_000

__all__ = ["SOURCE", "Raster", "cells"]


@dataclass(frozen=True, eq=False)
class Raster:
    """One band: ``values`` (rows, columns) as float with NaN where there is none, placed by ``transform``."""

    values: np.ndarray
    transform: Affine
    crs: pyproj.CRS | None


def read(path: Path, options: Mapping[str, Any]) -> Raster:
    """Return one band of a GeoTIFF, or of an elevation tile in a zip.

    Parameters
    ----------
    path
        A ``.tif``, or a zip with one ``.hgt``.
    options
        ``band`` (from 1), ``missing`` (list of values that mean nothing, such as -1 in the Zensus grids, beside the
        file's own), ``crs`` (where the file does not say it).

    Raises
    ------
    SourceError
        If the file is not there, no GeoTIFF, too large, or has no such band.
    """
    kind = gdal.sniff(path)
    if kind == "GTiff":
        return _read(path, "GTiff", options, path.name)
    if kind == "zip":
        with tempfile.TemporaryDirectory(prefix="qmgis-") as folder:
            tiles = archives.extract(path, Path(folder), wanted=lambda name: name.lower().endswith(".hgt"))
            if len(tiles) == 1:
                return _read(tiles[0], "SRTMHGT", options, path.name)
    raise SourceError(
        f"{path.name} is no GeoTIFF and no zip with one .hgt tile.",
        de=f"{path.name} ist kein GeoTIFF und kein Zip mit einer .hgt-Kachel.",
    )


def _read(path: Path, driver: str, options: Mapping[str, Any], file: str) -> Raster:
    """Return one band, read by one driver and nothing beside the file."""
    gdal.guard()
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    band = int(options.get("band", 1))
    try:
        with (
            warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),  # its crs is asked for later
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
            rasterio.open(path, driver=driver) as source,
        ):
            _check_size(source, band, file)
            data = source.read(band, masked=True)
            transform = source.transform
            crs = pyproj.CRS.from_wkt(source.crs.to_wkt()) if source.crs else None
    except (RasterioError, ValueError) as error:
        raise SourceError(f"{file} is a broken raster.", de=f"{file} ist ein defektes Raster.") from error
    values = data.astype(float).filled(np.nan)
    values[np.isin(values, np.array(options.get("missing", ()), dtype=float))] = np.nan
    return Raster(values, transform, parse(options["crs"], file=file) if crs is None and options.get("crs") else crs)


def _check_size(source: Any, band: int, file: str) -> None:
    """Raise if the band is not there or too large."""
    if source.width * source.height > MAX_CELLS:
        raise SourceError(
            f"{file} has {source.width} × {source.height} cells, more than {MAX_CELLS // 10**6} million.",
            de=f"{file} hat {source.width} × {source.height} Zellen, mehr als {MAX_CELLS // 10**6} Millionen.",
        )
    if not 1 <= band <= source.count:
        raise SourceError(
            f"{file} has no band {band}; it has {source.count}.", de=f"{file} hat kein Band {band}, nur {source.count}."
        )


def cells(raster: Raster) -> gpd.GeoDataFrame:
    """Return the cells with a value as points at their middles, column ``value``, row by row from the north-west.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Raster(np.array([[1.0, np.nan], [3.0, 4.0]]), Affine(100, 0, 0, 0, -100, 200), pyproj.CRS("EPSG:3035"))
    >>> cells(grid)["value"].tolist(), cells(grid).geometry.iloc[0].wkt
    ([1.0, 3.0, 4.0], 'POINT (50 150)')
    """
    rows, columns = np.nonzero(np.isfinite(raster.values))
    to_map: Any = raster.transform
    x, y = to_map @ (columns + 0.5, rows + 0.5)
    table = pd.DataFrame({"value": raster.values[rows, columns]}, index=pd.RangeIndex(1, len(rows) + 1, name="row"))
    return gpd.GeoDataFrame(table, geometry=shapely.points(x, y), crs=raster.crs)


SOURCE = Source(
    key="raster",
    title=Text(de="Raster (GeoTIFF)", en="Raster (GeoTIFF)"),
    suffixes=(".tif", ".tiff", ".hgt.zip"),
    gives="raster",
    options=frozenset({"band", "missing", "crs"}),
    read=read,
)
