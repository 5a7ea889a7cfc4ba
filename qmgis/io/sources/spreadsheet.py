"""Spreadsheets: XLSX, XLS and ODS, read by calamine."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from qmgis.errors import SourceError, every_name
from qmgis.io.cells import grid
from qmgis.io.disk import archives, extents
from qmgis.io.kinds import Source
from qmgis.model import Text

__all__ = ["SOURCE"]


def read(path: Path, options: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table of one sheet; numbers as float, texts as they are, dates as ISO text, empty cells as None.

    Parameters
    ----------
    path
        An ``.xlsx``, ``.xls`` or ``.ods`` file.
    options
        ``sheet`` (name, or number from 1; needed where several sheets hold tables), ``header``, ``skip``, ``last``,
        ``columns``; ``decimal`` and ``thousands`` are for the reader of the numbers.

    Raises
    ------
    SourceError
        If the file is not there, no spreadsheet, or the sheet is not in it.
    MissingColumnError
        If one of ``columns`` is not there.
    """
    book = _opened(path)
    sheet = _sheet(book, options.get("sheet"), path.name)
    rows = _rows(sheet)
    for (row, column), text in _errors(path, sheet.name).items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = text
    merged = bool(sheet.merged_cell_ranges)
    return grid.frame(_merged(rows, sheet, options), options, file=path.name, spread=not merged)


def _opened(path: Path) -> CalamineWorkbook:
    """Return the workbook, after a look at its bytes."""
    try:
        with path.open("rb") as file:
            magic = file.read(8)
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror}.", de=f"{path.name} ist nicht lesbar: {error.strerror}."
        ) from error
    if magic.startswith(b"PK"):
        archives.check(path)
        extents.check(path)
    elif not magic.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _no_spreadsheet(path)
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError, ValueError) as error:
        raise _no_spreadsheet(path) from error


def _no_spreadsheet(path: Path) -> SourceError:
    """Return the error of a file that is no spreadsheet."""
    return SourceError(
        f"{path.name} is not a spreadsheet (xlsx, xls, ods), or is broken or locked; for text tables say "
        f'source = "delimited".',
        de=f"{path.name} ist keine Tabellenkalkulation (xlsx, xls, ods) oder defekt oder geschützt; für Texttabellen "
        f'source = "delimited" angeben.',
    )


def _sheet(book: CalamineWorkbook, asked: str | int | None, file: str) -> CalamineSheet:
    """Return the sheet asked for, or the only one with a table."""
    names = list(book.sheet_names)
    try:
        if isinstance(asked, int) and 1 <= asked <= len(names):
            return book.get_sheet_by_index(asked - 1)
        if asked is not None:
            if str(asked) not in names:
                raise SourceError(
                    f'{file} has no sheet "{asked}".{every_name(str(asked), names)}',
                    de=f'{file} hat kein Blatt "{asked}".{every_name(str(asked), names, lang="de")}',
                )
            return book.get_sheet_by_name(str(asked))
        sheets = [book.get_sheet_by_index(number) for number in range(len(names))]
    except CalamineError as error:
        raise SourceError(f"{file} is broken: {error}.", de=f"{file} ist defekt: {error}.") from error
    tables = [sheet for sheet in sheets if sheet.height > 1 and sheet.width > 1]
    if len(tables) == 1 or len(sheets) == 1:
        return tables[0] if tables else sheets[0]
    listed = ", ".join(f'"{sheet.name}"' for sheet in (tables or sheets))
    raise SourceError(
        f"{file} has {len(tables)} sheets with tables; name one as sheet: {listed}.",
        de=f"{file} hat {len(tables)} Blätter mit Tabellen; eines als sheet angeben: {listed}.",
    )


def _errors(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return the cells of an XLSX sheet whose formula failed, which calamine gives as empty."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    return extents.errors(path, sheet) if zipped else {}


def _rows(sheet: CalamineSheet) -> list[list[grid.Cell]]:
    """Return all rows of a sheet from its first row and column on."""
    return [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell(cell: object) -> grid.Cell:
    """Return a cell as text, float, bool or None."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)


def _merged(rows: list[list[grid.Cell]], sheet: CalamineSheet, options: Mapping[str, Any]) -> list[list[grid.Cell]]:
    """Fill merged cells of the header rows with their text, to the right and down."""
    asked = options.get("header")
    headers = {int(number) for number in (asked if isinstance(asked, list | tuple) else [asked or 0])}
    if len(headers) < 2:
        return rows
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        inside = [row for row in range(top, bottom + 1) if row + 1 in headers and row < len(rows)]
        text = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        for row in inside:
            for column in range(left, min(right, len(rows[row]) - 1) + 1):
                rows[row][column] = text
    return rows


SOURCE = Source(
    key="spreadsheet",
    title=Text(de="Tabellenkalkulation", en="Spreadsheet"),
    suffixes=(".xlsx", ".xls", ".ods"),
    gives="table",
    options=frozenset({"sheet", "header", "skip", "last", "columns", "decimal", "thousands"}),
    read=read,
)
