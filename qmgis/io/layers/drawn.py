"""Outlines that somebody uploads, to be set beside each other: any vector file, each outline with a name."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.errors import MissingColumnError, every_name
from qmgis.io.cells.reading import plain
from qmgis.io.declared.layerfile import sources

__all__ = ["read_outlines"]


def read_outlines(path: Path | str, *, name: str = "name", layer: str | None = None) -> gpd.GeoDataFrame:
    """Return the outlines of a file for `qmgis.delimitation.compare_options`; what is wrong with them is told there.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, shapefile, GeoParquet, or a zip that holds one of them.
    name
        The column with names; where the file has no column ``name``, outlines are numbered.
    layer
        Needed where the file has several.

    Raises
    ------
    SourceError, MissingColumnError
        The file cannot be read, or has no column of another name that was asked for.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "mine.geojson"
    ...     toy_areas().frame.iloc[:2].to_file(file)
    ...     outlines = read_outlines(file)
    >>> outlines.index.tolist()
    ['Gebiet 1', 'Gebiet 2']
    """
    file = Path(path)
    frame = sources()["vector"].read(file, {} if layer is None else {"layer": layer})
    if name in frame.columns:
        texts = frame[name].map(plain).astype(str)
        names = texts.where(texts != "", [str(row) for row in frame.index])
    elif name == "name":
        names = pd.Series([str(row) for row in frame.index])
    else:
        known = [str(column) for column in frame.columns if column != "geometry"]
        raise MissingColumnError(
            f'{file.name} has no column "{name}".{every_name(name, known)}',
            de=f"{file.name} hat keine Spalte „{name}“.{every_name(name, known, lang='de')}",
        )
    index = pd.Index(names.to_numpy(), name="option", dtype="str")
    return gpd.GeoDataFrame(geometry=shapely.force_2d(frame.geometry.to_numpy()), index=index, crs=frame.crs)
