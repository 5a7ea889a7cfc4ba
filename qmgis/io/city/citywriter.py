"""Musterstadt onto the disk: layer files, GeoPackages, tables and the truth."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from qmgis.io.disk.atomic import atomic_file, atomic_write
from qmgis.musterstadt import Musterstadt

__all__ = ["write_city"]

STAMP = "2024-12-31T00:00:00.000Z"


def write_city(
    city: Musterstadt, folder_layers: str | os.PathLike[str], folder_data: str | os.PathLike[str]
) -> tuple[Path, ...]:
    """Write the layer files to one folder, the data and ``truth.json`` to another; equal cities give equal bytes.

    Every file appears whole or not at all.

    Parameters
    ----------
    city
        What `qmgis.musterstadt.make_city` gives.
    folder_layers
        Such as ``layers/musterstadt``.
    folder_data
        The folder ``musterstadt`` below a data root, such as ``data/musterstadt``; the layer files name it so.

    Returns
    -------
    tuple of Path
        Every file that was written, sorted.

    Raises
    ------
    OutputError
        If a folder cannot be written or the disk is full.
    """
    layers, data = Path(folder_layers), Path(folder_data)
    for name, text in city.layers.items():
        atomic_write(layers / name, text.encode())
    for name, frame in city.tables.items():
        atomic_write(data / name, _delimited(frame))
    for name, vectors in city.vectors.items():
        _geopackage(data / name, vectors)
    atomic_write(data / "truth.json", city.truth_text.encode())
    names = [*city.tables, *city.vectors, "truth.json"]
    return tuple(sorted([*(layers / name for name in city.layers), *(data / name for name in names)]))


def _delimited(frame: pd.DataFrame) -> bytes:
    """A table for people in Germany: semicolons, UTF-8; its cells are text already."""
    return bytes(frame.to_csv(sep=";", index=False, lineterminator="\n").encode())


def _geopackage(path: Path, vectors: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Write a GeoPackage 1.2 whose bytes depend on its content only."""
    with atomic_file(path) as temporary:
        for spot, (layer, frame) in enumerate(vectors.items()):
            pyogrio.write_dataframe(
                frame, temporary, layer=layer, driver="GPKG", append=spot > 0,
                dataset_options={"VERSION": "1.2", "DATETIME_FORMAT": "UTC"},
                layer_options={"SPATIAL_INDEX": "YES", "FID": "fid"}, promote_to_multi=False,
            )  # fmt: skip
        with closing(sqlite3.connect(temporary)) as base:
            base.execute("UPDATE gpkg_contents SET last_change = ?", (STAMP,))
            base.commit()
            base.execute("VACUUM")
