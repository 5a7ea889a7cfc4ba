"""``results.gpkg``: areas, places, gaps, programme areas in one GeoPackage that QGIS opens as the screen looks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from qmgis.errors import OutputError
from qmgis.io.disk.gdal import unsynced
from qmgis.io.kinds import Export
from qmgis.io.written.cells import clean
from qmgis.io.written.codebook import about, codes_of, credit_line, machine_unit, meaning_of
from qmgis.io.written.sld import sld
from qmgis.io.written.styles import qml, styles_of
from qmgis.io.written.vector import GEOMETRY, VectorLayer, layers, scratch, write_vector
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]

_STAMP = "1980-01-01T00:00:00.000Z"
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP
)
"""
_ABOUT = "CREATE TABLE about (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, label TEXT, text TEXT)"
_BOOK = """
CREATE TABLE codebook (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, layer TEXT, column_name TEXT, title TEXT, unit TEXT, meaning TEXT,
  codes TEXT
)
"""


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return a GeoPackage 1.2 with the layers ``areas``, and ``places``, ``gaps``, ``programme`` where there are any.

    Beside them: ``layer_styles`` with a default style for each layer and one for each view of the areas, the tables
    ``about`` (sources, licence, recipe) and ``codebook``. Every time stamp is 1 January 1980.
    """
    made = layers(outcome, lang)
    with scratch("results.gpkg") as folder, unsynced():
        path = folder / "results.gpkg"
        for number, layer in enumerate(made):
            _write_layer(path, layer, outcome, lang, is_first=number == 0)
        try:
            _complete(path, made, outcome, lang)
        except sqlite3.Error as error:
            raise OutputError(
                f"results.gpkg could not be made ({error}): make room on the disk of temporary files, or set TMPDIR.",
                de=f"results.gpkg konnte nicht erzeugt werden ({error}): auf dem Datenträger für temporäre Dateien "
                "Platz schaffen oder TMPDIR setzen.",
            ) from error
        return _uncounted(path.read_bytes())


def _uncounted(file: bytes) -> bytes:
    """Return the file with its counters of changes at 1: GDAL commits as its threads come, so they are left to chance.

    SQLite keeps the counter at offset 24, and at 92 the one for which its version number is valid (file format 1.3).
    """
    once = (1).to_bytes(4, "big")
    return file[:24] + once + file[28:92] + once + file[96:]


def _write_layer(path: Path, layer: VectorLayer, outcome: Outcome, lang: Lang, *, is_first: bool) -> None:
    """Write or append one layer."""
    write_vector(
        path,
        layer,
        driver="GPKG",
        table=layer.renamed({**layer.sql_names, GEOMETRY: GEOMETRY}),
        append=not is_first,
        dataset_options={"VERSION": "1.2"},
        layer_options={"GEOMETRY_NAME": "geom", "FID": "fid", "DESCRIPTION": credit_line(outcome, lang)},
    )


def _complete(path: Path, made: list[VectorLayer], outcome: Outcome, lang: Lang) -> None:
    """Add styles, sources and code book, and fix the time stamps."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("PRAGMA journal_mode = MEMORY")
        base.execute("PRAGMA synchronous = OFF")
        for table, statement in (("layer_styles", _STYLES), ("about", _ABOUT), ("codebook", _BOOK)):
            base.execute(statement)
            base.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)",
                (table, table),
            )
        base.executemany("INSERT INTO about (label, text) VALUES (?, ?)", about(outcome, lang))
        base.executemany(
            "INSERT INTO codebook (layer, column_name, title, unit, meaning, codes) VALUES (?, ?, ?, ?, ?, ?)",
            _book_rows(made, lang),
        )
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            "VALUES ('', '', ?, 'geom', ?, ?, ?, ?, ?, 'qmgis', NULL, ?)",
            [(*row, _STAMP) for layer in made for row in _style_rows(layer, outcome, lang)],
        )
        base.execute("UPDATE gpkg_contents SET last_change = ?", (_STAMP,))
    with closing(sqlite3.connect(path)) as base:
        counts = [base.execute(f'SELECT count(*) FROM "{layer.name}"').fetchone()[0] for layer in made]  # noqa: S608
        if base.execute("PRAGMA quick_check").fetchone() != ("ok",) or counts != [len(layer.table) for layer in made]:
            raise sqlite3.DatabaseError("rows were lost on the way to the disk")


def _book_rows(made: list[VectorLayer], lang: Lang) -> list[tuple[str, ...]]:
    return [
        (
            layer.name,
            layer.sql_names[column.key],
            clean(column.title.to(lang)),
            machine_unit(column, lang),
            meaning_of(column, lang),
            codes_of(column, lang),
        )
        for layer in made
        for column in layer.columns
    ]


def _style_rows(layer: VectorLayer, outcome: Outcome, lang: Lang) -> list[tuple[str, str, str, str, int, str]]:
    """Return the styles of a layer; the first is the one that QGIS takes."""
    names = layer.sql_names
    return [
        (
            layer.name,
            style.key,
            qml(style, layer.columns, names, lang).decode(),
            sld(style, names, lang).decode(),
            int(number == 0),
            clean(style.title.to(lang)),
        )
        for number, style in enumerate(styles_of(layer.name, outcome))
    ]


EXPORT = Export("gpkg", Text("GeoPackage", "GeoPackage"), "results.gpkg", "application/geopackage+sqlite3", render)
