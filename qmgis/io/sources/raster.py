"""Rasters: GeoTIFF, and elevation tiles (.hgt) in a zip."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.errors import SourceError
from qmgis.io.disk import archives, gdal
from qmgis.io.kinds import Source
from qmgis.io.layers.crs import parse
from qmgis.model import Text

if TYPE_CHECKING:
    from affine import Affine

MAX_CELLS = 200_000_000
CACHE_MB = 64

__all__ = ["SOURCE", "Raster", "cells", "crs_of", "numbers", "opened"]


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
    file, missing = path.name, options.get("missing", ())
    with opened(path, band=int(options.get("band", 1))) as source:
        if source.width * source.height > MAX_CELLS:
            raise SourceError(
                f"{file} has {source.width} × {source.height} cells, more than {MAX_CELLS // 10**6} million.",
                de=f"{file} hat {source.width} × {source.height} Zellen, mehr als {MAX_CELLS // 10**6} Millionen.",
            )
        values = numbers(source, int(options.get("band", 1)), missing=missing)
        transform, own = source.transform, crs_of(source)
    return Raster(values, transform, parse(options["crs"], file=file) if own is None and options.get("crs") else own)


@contextmanager
def opened(path: Path, *, band: int) -> Iterator[Any]:
    """Open a raster by one driver and nothing beside the file; the dataset of rasterio, closed at the end.

    Raises
    ------
    SourceError
        If the file is not there, no raster, has no such band, or turns out to be broken while it is read.
    """
    kind = gdal.sniff(path)
    if kind == "GTiff":
        with _dataset(path, "GTiff", path.name, band=band) as source:
            yield source
        return
    if kind == "zip":
        with tempfile.TemporaryDirectory(prefix="qmgis-") as folder:
            tiles = archives.extract(path, Path(folder), wanted=lambda name: name.lower().endswith(".hgt"))
            if len(tiles) == 1:
                with _dataset(tiles[0], "SRTMHGT", path.name, band=band) as source:
                    yield source
                return
    raise SourceError(
        f"{path.name} is no GeoTIFF and no zip with one .hgt tile.",
        de=f"{path.name} ist kein GeoTIFF und kein Zip mit einer .hgt-Kachel.",
    )


@contextmanager
def _dataset(path: Path, driver: str, file: str, *, band: int) -> Iterator[Any]:
    gdal.guard()
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    broken = SourceError(
        f"{file} is a broken raster; get the file again.", de=f"{file} ist ein defektes Raster; die Datei neu beziehen."
    )
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # its crs is asked for later
        stack.enter_context(rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_CACHEMAX=CACHE_MB))
        try:
            source = stack.enter_context(rasterio.open(path, driver=driver))
        except (RasterioError, ValueError) as error:
            raise broken from error
        if not 1 <= band <= source.count:
            raise SourceError(
                f"{file} has no band {band}; it has {source.count}.",
                de=f"{file} hat kein Band {band}, nur {source.count}.",
            )
        try:
            yield source
        except RasterioError as error:
            raise broken from error


def numbers(source: Any, band: int, *, missing: Sequence[float] = (), window: Any = None) -> np.ndarray:
    """Return cells as float, NaN where there is no value: the file's own, and those of ``missing`` (as stored)."""
    data = source.read(band, masked=True, window=window)
    values: np.ndarray = data.astype(float).filled(np.nan)
    if len(missing):
        values[np.isin(values, np.array(missing, dtype=float))] = np.nan
    scale, offset = source.scales[band - 1], source.offsets[band - 1]
    return values if (scale, offset) == (1.0, 0.0) else values * scale + offset


def crs_of(source: Any) -> pyproj.CRS | None:
    """Return the reference system that a raster says it has."""
    return pyproj.CRS.from_wkt(source.crs.to_wkt()) if source.crs else None


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
