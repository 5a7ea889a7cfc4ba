"""How far the cells of a workbook reach, found out before a reader makes room for all of them.

A file of 5 kB with one cell in the last row and column asks for 17 thousand million cells; readers that make a full
grid of it take the whole process down.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from qmgis.errors import SourceError

MAX_CELLS = 30_000_000
_CHUNK = 1 << 20
_OVERLAP = 2000
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]{0,500}?\br="([A-Z]{1,3})(\d{1,7})"')
_ROW = re.compile(
    rb"<table:table-row\b(?P<row>[^>]*)>|<(?:table:table-cell|table:covered-table-cell)\b(?P<cell>[^>]*)>"
    rb"|<table:table\b(?P<table>)[^>]*>"
)
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d{1,9})"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]{0,200}?\bt="e")[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"[^>]{0,200}>'
    rb"(?:(?!</(?:\w+:)?c>).){0,1000}?<(?:\w+:)?v>([^<]{1,40})",
    re.DOTALL,
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")

__all__ = ["MAX_CELLS", "check", "errors"]


def check(path: Path) -> None:
    """Raise unless every sheet of an XLSX or ODS file reaches over a sensible number of cells.

    Raises
    ------
    SourceError
        If a sheet reaches over more than `MAX_CELLS` cells, or the file is broken.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    rows, columns = _sheet(archive, name)
                elif name == "content.xml":
                    rows, columns = _document(archive.read(name))
                else:
                    continue
                _refuse(path, rows, columns)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{path.name} is a broken file.", de=f"{path.name} ist eine defekte Datei.") from error


def _refuse(path: Path, rows: int, columns: int) -> None:
    """Raise if there are too many cells."""
    if rows * columns > MAX_CELLS:
        raise SourceError(
            f"{path.name} was not opened: a sheet reaches over {rows} rows and {columns} columns; delete stray cells "
            f"far out and save it again.",
            de=f"{path.name} wurde nicht geöffnet: ein Blatt reicht über {rows} Zeilen und {columns} Spalten; verirrte "
            f"Zellen weit außen löschen und neu speichern.",
        )


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Return a file of the zip in pieces that overlap."""
    rest = b""
    with archive.open(name) as source:
        while chunk := source.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


def _sheet(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Return the last row and column of an XLSX sheet."""
    last_row = last_column = 0
    for chunk in _chunks(archive, name):
        for letters, digits in set(_CELL.findall(chunk)):
            last_row = max(last_row, int(digits))
            last_column = max(last_column, _column(letters))
    return last_row, last_column


def _column(letters: bytes) -> int:
    """Return the number of a column such as ``b"AB"``."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _document(content: bytes) -> tuple[int, int]:
    """Return the largest number of rows and of columns of the sheets of an ODS file, up to the last with content."""
    most = (0, 0)
    rows = columns = far = repeat = place = 0
    for found in _ROW.finditer(content):
        if found["table"] is not None:
            rows = columns = far = repeat = 0
        elif found["row"] is not None:
            rows, place = rows + repeat, 0
            repeat = _times(found["row"])
        else:
            place += _times(found["cell"])
            if b"value-type" in found["cell"]:
                far, columns = rows + repeat, max(columns, place)
        most = max(most, (far, columns), key=lambda size: size[0] * size[1])
    return most


def _times(attributes: bytes) -> int:
    """Return how often a row or cell is repeated."""
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def errors(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return the cells of an XLSX sheet that hold an error such as ``#DIV/0!``, by row and column from 1.

    Readers give them as empty; a formula that failed is no gap in the data.
    """
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        numbers = {unescape(name): key for name, key in map(_named, _SHEET.findall(_text(archive, "xl/workbook.xml")))}
        targets = dict(map(_target, _RELATION.findall(_text(archive, "xl/_rels/workbook.xml.rels"))))
        file = "xl/" + targets.get(numbers.get(sheet, ""), "").removeprefix("/xl/")
        chunks = [chunk for chunk in _chunks(archive, file) if b't="e"' in chunk] if file in names else []
        found = [hit for chunk in chunks for hit in _ERROR.findall(chunk)]
    return {(int(row), _column(letters)): text.decode("ascii", "replace") for letters, row, text in found}


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace")


def _named(tag: str) -> tuple[str, str]:
    """Return name and key of a sheet."""
    return _attribute(tag, "name"), _attribute(tag, r"\w+:id")


def _target(tag: str) -> tuple[str, str]:
    """Return key and file of a relation."""
    return _attribute(tag, "Id"), _attribute(tag, "Target")


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""
