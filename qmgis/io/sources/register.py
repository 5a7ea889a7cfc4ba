"""Registers of measures: a folder of CSV files, a workbook or a GeoPackage with its tables."""

from __future__ import annotations

from qmgis.io.kinds import Source
from qmgis.io.register.files import read_files
from qmgis.model import Text

__all__ = ["SOURCE"]

SOURCE = Source(
    key="register",
    title=Text(de="Register der Maßnahmen", en="Register of measures"),
    suffixes=("/", ".xlsx", ".gpkg"),
    gives="register",
    options=frozenset(),
    read=read_files,
)
