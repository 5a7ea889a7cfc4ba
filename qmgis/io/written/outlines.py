"""From where places are reached, as a GeoPackage of one layer, and as a table."""

from __future__ import annotations

import geopandas as gpd

from qmgis.io.written.reports import people_csv
from qmgis.io.written.vector import typed_layer, vector_bytes
from qmgis.model import Column, Lang, Text, words

__all__ = ["outlines_bytes", "outlines_csv"]

HECTARE = 10_000.0  # square metres


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
    return vector_bytes(typed_layer("catchments", frame.rename_axis("place").reset_index(), _columns()), driver="GPKG")


def outlines_csv(frame: gpd.GeoDataFrame, lang: Lang) -> bytes:
    """Return the same outlines as a table for spreadsheets: each place, the distance, and the size of its outline.

    Parameters
    ----------
    frame
        As of `outlines_bytes`, in a metric reference system.
    lang
        Language of the headings; German numbers have a comma.

    Examples
    --------
    >>> from qmgis.coverage import catchments
    >>> made = catchments(toy_places(), within_m=500).assign(name=toy_places().frame["name"])
    >>> outlines_csv(made, "en").decode("utf-8-sig").splitlines()[0]
    'Place,Name,Reach (m),Size of the catchment (ha)'
    """
    table = frame.rename_axis("place").reset_index().assign(hectares=frame.area.to_numpy() / HECTARE)
    columns = (*_columns(), Column("hectares", words("asked.column_hectares"), "number", Text("ha", "ha"), 1))
    return people_csv(table, columns, lang)


def _columns() -> tuple[Column, ...]:
    return (
        Column("place", words("asked.column_place"), "text"),
        Column("name", words("words.name"), "text"),
        Column("within_m", words("asked.column_within"), "metres", Text("m", "m"), 0),
    )
