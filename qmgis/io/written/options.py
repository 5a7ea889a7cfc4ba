"""Outlines side by side as files: a table for people, a GeoPackage of one layer, a zip with a shapefile."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd

from qmgis.i18n import say
from qmgis.io.written.cells import clean
from qmgis.io.written.codebook import codebook_csv
from qmgis.io.written.names import short_names
from qmgis.io.written.reports import people_csv
from qmgis.io.written.shapefile import layer_files
from qmgis.io.written.vector import scratch, typed_layer, vector_bytes
from qmgis.io.written.zipped import zipped
from qmgis.model import Column, Lang

__all__ = ["options_csv", "options_gpkg", "options_shapefile"]

LAYER = "outlines"


def options_csv(frame: gpd.GeoDataFrame, columns: Sequence[Column], lang: Lang) -> bytes:
    """Return the outlines as a table that a spreadsheet opens; with semicolons and decimal commas in German.

    Parameters
    ----------
    frame
        One row an outline with a column for each of ``columns``, and ``geometry``.
    columns
        What the columns mean.
    lang
        ``"de"`` or ``"en"``.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> frame = toy_areas().frame.iloc[:1].assign(hectares=16.5)
    >>> columns = [Column("name", Text("Umriss", "Outline"), "text"), Column("hectares", Text("Hektar", "Hectares"),
    ...            "count", digits=1)]
    >>> options_csv(frame, columns, "de").decode("utf-8-sig").split()
    ['Umriss;Hektar', 'Gebiet', '1;16,5']
    """
    return people_csv(frame, columns, lang)


def options_gpkg(frame: gpd.GeoDataFrame, columns: Sequence[Column]) -> bytes:
    """Return the outlines as a GeoPackage with the layer ``outlines``; parameters as in `options_csv`.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> options_gpkg(toy_areas().frame.iloc[:1], [Column("name", Text("Umriss", "Outline"), "text")])[:15]
    b'SQLite format 3'
    """
    return vector_bytes(typed_layer(LAYER, frame, tuple(columns)), driver="GPKG")


def options_shapefile(frame: gpd.GeoDataFrame, columns: Sequence[Column], lang: Lang, *, about: Sequence[str]) -> bytes:
    """Return a zip with ``outlines.shp``, the code book of its short names, and a text that says what it is.

    Parameters
    ----------
    frame, columns, lang
        As in `options_csv`.
    about
        Lines of the text: what this is, rules, sources.
    """
    layer = typed_layer(LAYER, frame, tuple(columns))
    names = short_names(column.key for column in layer.columns)
    with scratch("outlines.zip") as folder:
        files, cuts = layer_files(folder, layer)
    files[f"codebook_{LAYER}.csv"] = codebook_csv(layer.columns, names, lang)
    lines = [*about, ""]
    lines += [
        say("exports.shape_cut", lang, count=cut.count, short=cut.short, long=cut.long, layer=cut.layer) for cut in cuts
    ]
    text = "\r\n".join(clean(line) for line in lines)
    files["LIESMICH.txt" if lang == "de" else "README.txt"] = text.encode("utf-8-sig")
    return zipped(files)
