"""A register as a GeoPackage: layers and tables, with code lists as domains that a GIS offers to choose from."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import shapely

from qmgis.io.disk import gdal
from qmgis.io.disk.atomic import atomic_file
from qmgis.io.register.content import Content, content, shapes_of
from qmgis.io.register.files import header, sheet_title
from qmgis.model import Lang
from qmgis.model.register import REGISTER_TABLES, CodeList, Register, RegisterColumn

__all__ = ["write_geopackage"]

_SHAPED = {"measures": "Unknown", "anchors": "Point"}
_TYPES = {"money": pa.float64(), "share": pa.float64(), "number": pa.float64(), "whole": pa.int64(),
          "day": pa.date32(), "flag": pa.bool_()}  # fmt: skip


def write_geopackage(path: Path, register: Register, lang: Lang = "de", *, crs: str) -> None:
    """Write a register to a GeoPackage: measures and anchors as layers, the rest as tables, empty ones too.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    gdal.guard()
    with atomic_file(path) as temporary:
        with gdal.unsynced():
            for spot, name in enumerate(REGISTER_TABLES):
                _write_table(temporary, register, name, lang, crs=crs, append=spot > 0)
        with closing(sqlite3.connect(temporary)) as base:
            base.execute("PRAGMA synchronous = OFF")
            _domains(base, register, lang)
            base.commit()


def _write_table(path: Path, register: Register, name: str, lang: Lang, *, crs: str, append: bool) -> None:
    table = _arrow(content(register, name, lang, style="base"))
    shaped: dict[str, Any] = {}
    if name in _SHAPED:
        shapes = [None if one is None else shapely.to_wkb(one) for one in shapes_of(register, name)]
        table = table.append_column("geom", pa.array(shapes, pa.binary()))
        shaped = {"geometry_name": "geom", "geometry_type": _SHAPED[name], "crs": crs}
    pyogrio.write_arrow(
        table, path, layer=sheet_title(name, lang), driver="GPKG", append=append, dataset_options={"VERSION": "1.2"},
        layer_options={"FID": "fid", **({"GEOMETRY_NAME": "geom"} if shaped else {})}, **shaped,
    )  # fmt: skip


def _arrow(made: Content) -> pa.Table:
    arrays = []
    for place, column in enumerate(made.columns):
        kind = _TYPES.get(column.kind if column else "", pa.string())
        arrays.append(pa.array([_blank(row[place]) for row in made.rows], kind))
    return pa.table(arrays, names=list(made.heads))


def _blank(cell: Any) -> Any:
    return None if cell == "" else cell


def _domains(base: sqlite3.Connection, register: Register, lang: Lang) -> None:
    """Say in the tables of the GeoPackage's schema extension which codes a column knows."""
    base.executescript(
        "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, "
        "title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
        "CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name));"
        "CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, "
        "constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, "
        "max_is_inclusive BOOLEAN, description TEXT, "
        "CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));"
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
        "definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, "
        "extension_name));"
    )
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        base.execute(
            "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
            "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
            (table,),
        )
    for key, codes in register.codes.items():
        base.executemany(
            "INSERT OR IGNORE INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(key, one.code, one.title.to(lang)) for one in codes.codes.values()],
        )
    for name, columns in REGISTER_TABLES.items():
        for key, column in columns.items():
            _described(base, (name, key), column, register.codes.get(column.codes), lang)


def _described(
    base: sqlite3.Connection, where: tuple[str, str], column: RegisterColumn, codes: CodeList | None, lang: Lang
) -> None:
    name, key = where
    if name == "anchors" and key in ("x", "y"):
        return
    text = header(name, key, lang, what="help")
    chosen = codes.key if codes is not None and column.kind == "code" and not column.open else None
    base.execute(
        "INSERT OR IGNORE INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, ?)",
        (sheet_title(name, lang), header(name, key, lang), header(name, key, lang), text, chosen),
    )
