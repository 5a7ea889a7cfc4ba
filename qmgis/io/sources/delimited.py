"""Text tables: CSV and its many German forms."""

from __future__ import annotations

import csv
import io
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qmgis.errors import SourceError
from qmgis.io.cells import grid
from qmgis.io.kinds import Source
from qmgis.model import Text

MAX_BYTES = 2_000_000_000
_DELIMITERS = (";", "\t", "|", ",")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

__all__ = ["SOURCE"]


def read(path: Path, options: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table of a delimited text file; every cell as text, empty ones as None.

    Parameters
    ----------
    path
        The file, also as ``.gz``.
    options
        ``encoding`` (found out: UTF-8, else cp1252), ``delimiter`` (found out: semicolon, tab, bar, comma),
        ``header``, ``skip``, ``last``, ``columns``; ``decimal`` and ``thousands`` are for the reader of the numbers.

    Raises
    ------
    SourceError
        If the file is not there, not text, or not a table.
    MissingColumnError
        If one of ``columns`` is not there.
    """
    text = _decoded(_bytes(path), options.get("encoding"), path.name)
    if text.lstrip()[:1] in ("{", "<"):
        raise SourceError(
            f'{path.name} is not a table but JSON or XML; maps are read with source = "vector".',
            de=f'{path.name} ist keine Tabelle, sondern JSON oder XML; Karten liest source = "vector".',
        )
    delimiter = options.get("delimiter") or _delimiter(text, path.name)
    rows = _rows(text, delimiter, path.name)
    return grid.frame(rows, options, file=path.name)


def _bytes(path: Path) -> bytes:
    """Return the content of the file, unpacked where it is gzip."""
    try:
        large = path.stat().st_size > MAX_BYTES
        data = b"" if large else path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror}.", de=f"{path.name} ist nicht lesbar: {error.strerror}."
        ) from error
    if large:
        raise SourceError(
            f"{path.name} is larger than {MAX_BYTES // 10**6} MB; nothing was read.",
            de=f"{path.name} ist größer als {MAX_BYTES // 10**6} MB; nichts wurde gelesen.",
        )
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        unpacker = zlib.decompressobj(wbits=31)
        unpacked = unpacker.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise SourceError(
            f"{path.name} is a broken gzip file.", de=f"{path.name} ist eine defekte gzip-Datei."
        ) from error
    if unpacker.unconsumed_tail:
        raise SourceError(
            f"{path.name} unpacks to more than {MAX_BYTES // 10**6} MB; nothing was read.",
            de=f"{path.name} wird ausgepackt größer als {MAX_BYTES // 10**6} MB; nichts wurde gelesen.",
        )
    return unpacked


def _decoded(data: bytes, encoding: str | None, file: str) -> str:
    """Return the text of the bytes, in the encoding given or found."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise SourceError(f"{file} is empty and not a table.", de=f"{file} ist leer und keine Tabelle.")
    if b"\x00" in data and marked != "utf-16" and not str(encoding).lower().startswith("utf-16"):
        row = data.count(b"\n", 0, data.index(b"\x00")) + 1
        raise SourceError(
            f'{file} is not a text file (row {row} holds a NUL); spreadsheets are read with source = "spreadsheet".',
            de=f"{file} ist keine Textdatei (Zeile {row} enthält ein NUL-Zeichen); Tabellenkalkulationen liest "
            'source = "spreadsheet".',
        )
    for name in (encoding,) if encoding else (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return data.decode(str(name))
        except UnicodeDecodeError as error:
            row = error.object.count(b"\n", 0, error.start) + 1
        except LookupError as error:
            raise SourceError(
                f'{file}: there is no encoding "{name}"; use "utf-8" or "cp1252".',
                de=f'{file}: die Kodierung "{name}" gibt es nicht; üblich sind "utf-8" und "cp1252".',
            ) from error
    if marked and not encoding:
        raise SourceError(
            f"{file}, row {row}: two encodings in one file, it begins as {marked[:5]} and does not go on so; save it "
            "anew as UTF-8.",
            de=f"{file}, Zeile {row}: zwei Kodierungen in einer Datei, sie beginnt als {marked[:5]} und geht nicht so "
            "weiter; als UTF-8 neu speichern.",
        )
    tried = encoding or "utf-8, cp1252"
    raise SourceError(
        f'{file}, row {row}: not text in {tried}; name the encoding in the layer file, such as encoding = "cp1252".',
        de=f"{file}, Zeile {row}: kein Text in {tried}; die Kodierung in der Ebenendatei angeben, etwa "
        f'encoding = "cp1252".',
    )


def _delimiter(text: str, file: str) -> str:
    """Return the character that cuts most rows into the same number of cells."""
    head = text[:200_000]
    head = head[: head.rfind("\n") + 1] or head if len(text) > len(head) else head
    best, plain = _best(head, file), _best(head.replace('"', " "), file)
    if plain and plain != best:
        _rows(text, plain, file)  # a quote that never ends swallows the delimiters; this names its row
    if not best:
        raise SourceError(
            f"{file} is not a table: no delimiter (; , tab |) cuts its rows into cells; name it, such as "
            f'delimiter = ";".',
            de=f"{file} ist keine Tabelle: kein Trennzeichen (; , Tabulator |) teilt die Zeilen in Zellen; es angeben, "
            f'etwa delimiter = ";".',
        )
    return best


def _best(head: str, file: str) -> str:
    """Return the character that cuts most rows into the same number of cells, or nothing."""
    best, best_score = "", 0.0
    for mark in _DELIMITERS:
        widths = [len(row) for row in _rows(head, mark, file, whole=False) if row]
        usual, rows = max(Counter(widths).items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        score = rows / len(widths) if usual > 1 and widths else 0.0
        if score > best_score + 0.05:
            best, best_score = mark, score
    return best


def _rows(text: str, delimiter: str, file: str, *, whole: bool = True) -> list[list[grid.Cell]]:
    """Return all rows as lists of cells; of a ``whole`` text every quote has to end."""
    csv.field_size_limit(10_000_000)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[grid.Cell]] = [[cell if cell.strip() else None for cell in row] for row in reader]
    except (csv.Error, TypeError) as error:
        raise SourceError(
            f'{file} cannot be cut into cells at "{delimiter}": {error}.',
            de=f'{file} lässt sich nicht an "{delimiter}" in Zellen teilen: {error}.',
        ) from error
    last = str(rows[-1][-1]) if rows and rows[-1] else ""
    if whole and ("\n" in last or "\r" in last):
        _check_quotes(text, delimiter, file)
    return rows


def _check_quotes(text: str, delimiter: str, file: str) -> None:
    """Raise if a quoted cell runs to the end of the text because its quote never ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for _ in reader:
            begun = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise SourceError(
                f'{file}, row {begun}: a quote (") is opened and never closed; close or remove it.',
                de=f'{file}, Zeile {begun}: ein Anführungszeichen (") wird geöffnet und nie geschlossen; es schließen '
                "oder entfernen.",
            ) from error


SOURCE = Source(
    key="delimited",
    title=Text(de="Texttabelle (CSV)", en="Text table (CSV)"),
    suffixes=(".csv", ".tsv", ".txt", ".csv.gz"),
    gives="table",
    options=frozenset({"encoding", "delimiter", "decimal", "thousands", "header", "skip", "last", "columns"}),
    read=read,
)
