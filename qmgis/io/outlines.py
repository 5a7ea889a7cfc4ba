"""From where places are reached, as a GeoPackage of one layer."""

from __future__ import annotations

import geopandas as gpd

from qmgis.io._vector import typed_layer, vector_bytes
from qmgis.model import Column, words

__all__ = ["outlines_bytes"]


def outlines_bytes(frame: gpd.GeoDataFrame) -> bytes:
    """Return the outlines of `qmgis.coverage.catchments` with the names of their places as a GeoPackage.

    Parameters
    ----------
    frame
        Index ``place``; columns ``name``, ``within_m`` (metres) and ``geometry``.

    Examples
    --------
    >>> from qmgis.coverage import catchments
    >>> made = catchments(toy_places(), within_m=500).assign(name=toy_places().frame["name"])
    >>> outlines_bytes(made)[:15]
    b'SQLite format 3'
    """
    columns = (
        Column("place", words("asked.column_place"), "text"),
        Column("name", words("words.name"), "text"),
        Column("within_m", words("asked.column_within"), "metres"),
    )
    return vector_bytes(typed_layer("catchments", frame.rename_axis("place").reset_index(), columns), driver="GPKG")
