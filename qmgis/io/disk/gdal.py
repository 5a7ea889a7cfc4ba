"""GDAL, kept on a short leash: drivers that follow links or run pipelines stay off, and files are what they say."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qmgis.errors import SourceError

# Drivers that reach other files or the network because a file's content says so.
VECTOR_OFF = (
    "OGR_VRT", "GDALG", "WFS", "OAPIF", "CSW", "HTTP", "ESRIJSON", "GeoRSS", "GPSBabel", "Carto", "AmigoCloud",
    "Elasticsearch", "PLSCENES", "NGW", "EEDA", "OGCAPI", "ADBC", "GML", "KML", "LIBKML", "PDF", "GTFS", "MapML",
)  # fmt: skip
RASTER_OFF = ("VRT", "GTI", "WMS", "WMTS", "WCS", "DERIVED", "EEDAI", "PLMOSAIC", "DAAS", "STACIT", "STACTA", "Zarr")
_HEAD = 1 << 20

__all__ = ["RASTER_OFF", "VECTOR_OFF", "guard", "no_queries", "sniff", "unsynced"]


@contextmanager
def unsynced() -> Iterator[None]:
    """Let SQLite not wait for the disk: the file is temporary, and whoever keeps its bytes syncs them.

    Examples
    --------
    >>> with unsynced():
    ...     pass
    """
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": None})


def guard() -> None:
    """Switch off the dangerous drivers in this process; to be called before pyogrio or rasterio is imported.

    Does nothing to a GDAL that is already loaded; `sniff` stands in front of every file anyway.

    Examples
    --------
    >>> guard()
    >>> "OGR_VRT" in os.environ["OGR_SKIP"]
    True
    """
    for name, drivers in (("OGR_SKIP", VECTOR_OFF), ("GDAL_SKIP", RASTER_OFF)):
        kept = [word for word in os.environ.get(name, "").split(",") if word]
        os.environ[name] = ",".join(dict.fromkeys([*kept, *drivers]))


def sniff(path: Path) -> str:
    """Return what a file is by its first bytes, as the name of a plain format, or refuse it.

    Returns
    -------
    str
        ``GeoPackage``, ``SQLite``, ``ESRI Shapefile``, ``GeoJSON``, ``FlatGeobuf``, ``Parquet``, ``GTiff``, ``zip``.

    Raises
    ------
    SourceError
        If the file is not there or is something else, such as a virtual dataset or a stored pipeline in disguise.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror}.", de=f"{path.name} ist nicht lesbar: {error.strerror}."
        ) from error
    if not head:
        raise SourceError(f"{path.name} is empty.", de=f"{path.name} ist leer.")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _sqlite(head) if kind == "SQLite" else kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return _json(path, head)
    if text.startswith(b"<"):
        raise _refused(path, "XML (a virtual dataset or a service, perhaps)", "XML (etwa ein virtueller Datensatz)")
    raise _refused(path, "no known GIS file", "keine bekannte GIS-Datei")


def no_queries(path: Path, kind: str) -> None:
    """Raise where a GeoPackage or SQLite file holds a layer that is a query: a query may never come to an end.

    Other views, as SpatiaLite has them, are never read; a recursive one is refused wherever it stands.

    Raises
    ------
    SourceError
        If a layer, or a table that GDAL opens first, is a query.
    """
    if kind not in ("GeoPackage", "SQLite"):
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            views = dict(file.execute("SELECT lower(name), lower(sql) FROM sqlite_master WHERE type = 'view'"))
            own = any(name.startswith("gpkg_") for name in views)
            there = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
            named = () if own or not views or not there else file.execute("SELECT table_name FROM gpkg_contents")
            layers = {str(name).lower() for (name,) in named}
    except sqlite3.Error:
        return  # a broken file: whoever reads it says so
    if own or layers & set(views) or any("recursive" in str(sql) for sql in views.values()):
        raise _refused(path, "a file whose layer is a query (save it as a table)",
                       "eine Datei, deren Ebene eine Abfrage ist (als Tabelle speichern)")  # fmt: skip


_MAGIC = (
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x00\x00\x27\x0a", "ESRI Shapefile"),
    (b"fgb\x03fgb", "FlatGeobuf"),
    (b"PAR1", "Parquet"),
    (b"II*\x00", "GTiff"),
    (b"MM\x00*", "GTiff"),
    (b"II+\x00", "GTiff"),
    (b"MM\x00+", "GTiff"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_GEOJSON = {
    "FeatureCollection", "Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip
_LARGE = 100_000_000
_KIND = re.compile(rb'"type"\s*:\s*"FeatureCollection"')


def _sqlite(head: bytes) -> str:
    """Return whether an SQLite file is a GeoPackage."""
    return "GeoPackage" if head[68:72] in (b"GPKG", b"GP10", b"GP11") else "SQLite"


def _json(path: Path, head: bytes) -> str:
    """Return GeoJSON if that is what the whole file is; refuse pipelines, services and other JSON."""
    if path.stat().st_size > _LARGE and _KIND.search(head) and _is_whole(path):
        return "GeoJSON"
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError, OSError) as error:
        raise _broken_json(path, error) from error
    kind = content.get("type") if isinstance(content, dict) else None
    if str(kind).startswith("gdal_"):
        raise _refused(path, "a stored GDAL pipeline", "eine gespeicherte GDAL-Verarbeitungskette")
    if kind not in _GEOJSON:
        raise _refused(
            path, f'JSON of the type "{str(kind)[:40]}", not GeoJSON', f'JSON vom Typ "{str(kind)[:40]}", kein GeoJSON'
        )
    return "GeoJSON"


def _broken_json(path: Path, error: Exception) -> SourceError:
    """Return the error of a text that begins like GeoJSON and is none."""
    if isinstance(error, json.JSONDecodeError):
        return SourceError(
            f"{path.name}, row {error.lineno}: broken JSON from character {error.colno} on; the file may be cut off, "
            "get it again.",
            de=f"{path.name}, Zeile {error.lineno}: ab Zeichen {error.colno} fehlerhaftes JSON; die Datei ist "
            "vielleicht abgeschnitten, sie neu beziehen.",
        )
    if isinstance(error, UnicodeDecodeError):
        row = error.object.count(b"\n", 0, error.start) + 1
        return SourceError(
            f"{path.name}, row {row}: not UTF-8, as GeoJSON has to be; save it as UTF-8.",
            de=f"{path.name}, Zeile {row}: kein UTF-8, wie GeoJSON es verlangt; die Datei als UTF-8 speichern.",
        )
    return SourceError(
        f"{path.name} is broken JSON: nested too deeply, or not readable.",
        de=f"{path.name} ist fehlerhaftes JSON: zu tief verschachtelt oder nicht lesbar.",
    )


def _is_whole(path: Path) -> bool:
    """Tell whether a large JSON file ends as it should; a writer that was killed leaves it cut off."""
    with path.open("rb") as file:
        file.seek(-min(1024, path.stat().st_size), os.SEEK_END)
        return file.read().rstrip().endswith(b"}")


def _refused(path: Path, en: str, de: str) -> SourceError:
    """Return the error of a file that is not opened."""
    return SourceError(
        f"{path.name} was not opened: it is {en}; qmgis reads GeoPackage, Shapefile, GeoJSON, GeoParquet, FlatGeobuf, "
        f"SpatiaLite and GeoTIFF.",
        de=f"{path.name} wurde nicht geöffnet: es ist {de}; qmgis liest GeoPackage, Shapefile, GeoJSON, GeoParquet, "
        f"FlatGeobuf, SpatiaLite und GeoTIFF.",
    )
