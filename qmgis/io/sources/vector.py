"""Vector files: GeoPackage, Shapefile, GeoJSON, GeoParquet, FlatGeobuf, SpatiaLite; a zip that holds one of them."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.errors import MissingColumnError, SourceError, every_name
from qmgis.io.disk import archives, gdal
from qmgis.io.kinds import Source
from qmgis.io.layers import crs
from qmgis.model import Problem, Text

MAX_FEATURES = 20_000_000
_MEMBERS = {".shp", ".gpkg", ".geojson", ".json", ".parquet", ".fgb", ".sqlite"}
_PARTS = _MEMBERS | {".shx", ".dbf", ".prj", ".cpg"}

__all__ = ["SOURCE"]


def read(path: Path, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the features of one layer; attributes as the file has them, whole numbers whole, dates as ISO text.

    The index ``row`` counts the features from 1; ``crs`` is None where the file does not say it.

    Parameters
    ----------
    path
        The file, or a zip with exactly one.
    options
        ``layer`` (needed where there are several), ``encoding`` (of a shapefile; found out where no .cpg says it),
        ``columns``, and for a Parquet table without geometry ``x``, ``y`` and ``crs``.

    Raises
    ------
    SourceError
        If the file is not there, is not what it says it is, or has no such layer.
    MissingColumnError
        If a column named in the options is not there.
    """
    kind = gdal.sniff(path)
    if kind == "zip":
        return _zipped(path, options)
    if kind == "GTiff":
        raise SourceError(
            f'{path.name} is a raster; say source = "raster".',
            de=f'{path.name} ist ein Raster; source = "raster" angeben.',
        )
    if kind == "Parquet":
        return _plain(_parquet(path, options), options, path.name)
    frame = _features(path, kind, options)
    return _plain(frame, options, path.name)


def _zipped(path: Path, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the features of the one file in a zip."""
    with tempfile.TemporaryDirectory(prefix="qmgis-") as folder:
        files = archives.extract(path, Path(folder), wanted=lambda name: Path(name).suffix.lower() in _PARTS)
        found = {file.stem: file for file in files if file.suffix.lower() in _MEMBERS}
        layer = options.get("layer")
        if not found:
            known = ", ".join(sorted(_MEMBERS))
            raise SourceError(
                f"{path.name} holds no vector file ({known}).", de=f"{path.name} enthält keine Vektordatei ({known})."
            )
        if len(found) != 1 and layer not in found:
            listed = ", ".join(sorted(found)[:12]) or "–"
            hint = every_name(str(layer), sorted(found)) if layer else f" Name one as layer: {listed}."
            tip = every_name(str(layer), sorted(found), lang="de") if layer else f" Eine als layer angeben: {listed}."
            raise SourceError(
                f"{path.name} holds {len(found)} vector files.{hint}",
                de=f"{path.name} enthält {len(found)} Vektordateien.{tip}",
            )
        file = found[layer] if layer in found else next(iter(found.values()))
        kind = gdal.sniff(file)
        if kind in ("zip", "GTiff"):
            raise SourceError(f"{path.name} holds no vector file.", de=f"{path.name} enthält keine Vektordatei.")
        inner = {name: value for name, value in options.items() if not (name == "layer" and layer == file.stem)}
        return _plain(_parquet(file, inner) if kind == "Parquet" else _features(file, kind, inner), inner, path.name)


def _features(path: Path, kind: str, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the features that GDAL reads."""
    gdal.guard()
    gdal.no_queries(path, kind)
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError
    from shapely.errors import GEOSException

    source = f"GeoJSON:{path}" if kind == "GeoJSON" else path
    beside = _beside(path, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            layer = _layer(source, path.name, options.get("layer"))
            _check_info(path, kind, pyogrio.read_info(source, layer=layer))
            encoding = options.get("encoding") or _dbf_encoding(beside)
            extra = {"encoding": encoding} if encoding else {}
            frame = pyogrio.read_dataframe(source, layer=layer, **extra)
    except GEOSException as error:
        raise _broken_shapes(_unreadable(source, layer), path.name) from error
    except (DataSourceError, DataLayerError, UnicodeDecodeError, LookupError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).replace(str(path.parent), "").split())[:120]
        raise SourceError(
            f"{path.name} is broken or not in the encoding given ({reason}).",
            de=f"{path.name} ist defekt oder anders kodiert als angegeben ({reason}).",
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise SourceError(
            f'{path.name}, layer "{layer}" has no geometry.', de=f'{path.name}, Ebene "{layer}" hat keine Geometrie.'
        )
    return frame


def _layer(source: str | Path, file: str, asked: str | None) -> str:
    """Return the name of the layer asked for, or of the only one."""
    import pyogrio

    listed = pyogrio.list_layers(source)
    names = [str(name) for name, _ in listed]
    if asked is not None:
        if asked not in names:
            raise SourceError(
                f'{file} has no layer "{asked}".{every_name(asked, names)}',
                de=f'{file} hat keine Ebene "{asked}".{every_name(asked, names, lang="de")}',
            )
        return asked
    names = [str(name) for name, kind in listed if kind is not None] or names
    if len(names) == 1:
        return names[0]
    if not names:
        raise SourceError(
            f"{file} holds no layer; it may be broken.", de=f"{file} enthält keine Ebene; ist sie defekt?"
        )
    shown = ", ".join(f'"{name}"' for name in names[:12])
    raise SourceError(
        f"{file} has {len(names)} layers; name one as layer: {shown}.",
        de=f"{file} hat {len(names)} Ebenen; eine als layer angeben: {shown}.",
    )


_DRIVERS = {
    "GeoPackage": {"GPKG"},
    "SQLite": {"SQLite", "GPKG"},
    "ESRI Shapefile": {"ESRI Shapefile"},
    "GeoJSON": {"GeoJSON"},
    "FlatGeobuf": {"FlatGeobuf"},
}


def _check_info(path: Path, kind: str, info: Mapping[str, Any]) -> None:
    """Raise if GDAL took the file for something else, or it is too large."""
    if info["driver"] not in _DRIVERS[kind]:
        raise SourceError(
            f"{path.name} was not read: it looks like {kind}, but GDAL takes it for {info['driver']}.",
            de=f"{path.name} wurde nicht gelesen: es sieht aus wie {kind}, GDAL hält es für {info['driver']}.",
        )
    if info["features"] > MAX_FEATURES:
        raise SourceError(
            f"{path.name} has {info['features']} features, more than {MAX_FEATURES}.",
            de=f"{path.name} hat {info['features']} Objekte, mehr als {MAX_FEATURES}.",
        )


def _unreadable(source: str | Path, layer: str) -> list[int]:
    """Return the features whose outlines no reader takes, such as rings that do not close, counted from 1."""
    import pyogrio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        shapes = pyogrio.raw.read(source, layer=layer, columns=[])[2]
        read = shapely.from_wkb(shapes, on_invalid="ignore")
    return [row for row, (raw, shape) in enumerate(zip(shapes, read, strict=True), start=1) if raw and shape is None]


def _broken_shapes(rows: Sequence[int], file: str) -> SourceError:
    """Return the error of features with broken outlines."""
    listed = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
    return SourceError(
        f"{file}: broken outlines (a ring does not close, or a coordinate is no number) of features: {listed}; mend "
        "them in a GIS, or get the file again.",
        de=f"{file}: defekte Umrisse (ein Ring schließt nicht, oder eine Koordinate ist keine Zahl) bei den Objekten: "
        f"{listed}; im GIS berichtigen oder die Datei neu beziehen.",
    )


def _beside(path: Path, kind: str) -> Mapping[str, Path]:
    """Return the files of a shapefile by suffix, or raise if those that it needs are not there; else nothing."""
    if kind != "ESRI Shapefile":
        return {}
    beside = {file.suffix.lower(): file for file in path.parent.iterdir() if file.stem == path.stem}
    for suffix in (".shx", ".dbf"):
        if suffix not in beside:
            raise SourceError(
                f"{path.name} is broken without {path.stem}{suffix}; a shapefile is .shp, .shx, .dbf and .prj in one "
                "folder.",
                de=f"{path.name} ist ohne {path.stem}{suffix} nicht lesbar; ein Shapefile besteht aus .shp, .shx, .dbf "
                "und .prj in einem Ordner.",
            )
    return beside


def _dbf_encoding(beside: Mapping[str, Path]) -> str | None:
    """Return the encoding of a shapefile's table without .cpg: UTF-8 where the bytes prove it, else cp1252."""
    if ".cpg" in beside or ".dbf" not in beside:
        return None
    data = beside[".dbf"].read_bytes()
    start = int.from_bytes(data[8:10], "little")
    try:
        data[start:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "UTF-8"


def _parquet(path: Path, options: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return a GeoParquet file, or points of a plain Parquet table with x and y."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        named = b"geo" in (pq.read_schema(path).metadata or {})
        if named:
            return gpd.read_parquet(path)
        table = pd.read_parquet(path)
    except (pa.ArrowException, ValueError, KeyError, OSError, TypeError) as error:
        raise SourceError(
            f"{path.name} is a broken Parquet file.", de=f"{path.name} ist eine defekte Parquet-Datei."
        ) from error
    if not {"x", "y", "crs"} <= {name for name, value in options.items() if value}:
        raise SourceError(
            f"{path.name} has no geometry; name its columns as x and y, and their crs, in the layer file.",
            de=f"{path.name} hat keine Geometrie; in der Ebenendatei die Spalten als x und y angeben, und ihr crs.",
        )
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    return crs.points(table, str(options["x"]), str(options["y"]), str(options["crs"]))


def _plain(frame: gpd.GeoDataFrame, options: Mapping[str, Any], file: str) -> gpd.GeoDataFrame:
    """Return the frame with plain cells, clean and unique column names, counted rows and the columns asked for."""
    geometry = frame.geometry.name
    frame = frame if geometry == "geometry" else frame.rename_geometry("geometry")
    points, of = shapely.get_coordinates(frame.geometry.array, return_index=True)
    finite = np.isfinite(points).all(axis=1)
    if not finite.all():
        raise _broken_shapes(sorted({int(row) + 1 for row in of[~finite]}), file)
    names = _names([str(name) for name in frame.columns])
    wanted = options.get("columns")
    for name in wanted or ():
        if name not in names:
            known = [entry for entry in names if entry != "geometry"]
            raise MissingColumnError(
                f'{file} has no column "{name}".{every_name(name, known)}',
                de=f'{file} hat keine Spalte "{name}".{every_name(name, known, lang="de")}',
            )
    cells = {
        name: _cells(frame.iloc[:, place])
        for place, name in enumerate(names)
        if name != "geometry" and (wanted is None or name in wanted)
    }
    index = pd.RangeIndex(1, len(frame) + 1, name="row")
    table = pd.DataFrame(cells, index=index, dtype=object)
    geometry_column = gpd.GeoSeries(frame.geometry.array, index=index, crs=frame.crs)
    plain = gpd.GeoDataFrame(table, geometry=geometry_column, crs=frame.crs)
    plain.attrs = {**frame.attrs, "problems": (*frame.attrs.get("problems", ()), *_renamed(frame.columns, names))}
    return plain


def _names(raw: list[str]) -> list[str]:
    """Return column names without blanks around them, and unique."""
    names: list[str] = []
    for name in raw:
        clean = " ".join(name.split()) or f"column_{len(names) + 1}"
        unique, number = clean, 2
        while unique in names or (unique != clean and unique in raw):
            unique, number = f"{clean}_{number}", number + 1
        names.append(unique)
    return names


def _renamed(raw: Iterable[object], names: Sequence[str]) -> list[Problem]:
    """Return a note on each column whose name, blanks and line ends aside, another bears already."""
    found = []
    for old, new in zip(raw, names, strict=True):
        clean = " ".join(str(old).split())
        if clean and new != clean:
            de = (
                f'die Spalte "{clean}" gibt es mehrfach (Leerzeichen und Zeilenumbrüche zählen nicht); hier heißt eine '
            )
            en = f'there is more than one column "{clean}" (blanks and line ends do not count); here one is called '
            found.append(Problem("note", Text(f'{de}"{new}".', f'{en}"{new}".'), column=new))
    return found


def _cells(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as plain Python cells: text, int, float, bool or None."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        days = (column.dropna() == column.dropna().dt.normalize()).all()
        column = column.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S")
    there = column.notna().to_numpy()
    cells = np.full(len(column), None, dtype=object)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        cells[there] = column.to_numpy()[there]  # numpy makes plain Python numbers of them
    else:
        cells[there] = [_cell(value) for value in column[there].tolist()]
    return pd.Series(cells, index=range(1, len(column) + 1), dtype=object)


def _cell(value: object) -> object:
    """Return one attribute as text, int, float, bool or None."""
    if isinstance(value, str):
        return value if value.strip() else None
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    item = getattr(value, "item", None)
    return item() if item is not None and getattr(value, "ndim", 1) == 0 else str(value)


SOURCE = Source(
    key="vector",
    title=Text(de="Vektordatei", en="Vector file"),
    suffixes=(".gpkg", ".shp", ".geojson", ".json", ".parquet", ".fgb", ".sqlite", ".zip"),
    gives="vector",
    options=frozenset({"layer", "encoding", "columns", "x", "y", "crs"}),
    read=read,
)
