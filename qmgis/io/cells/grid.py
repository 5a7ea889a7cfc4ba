"""Rows of cells into a frame: where the header is, what the columns are called, which rows are notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from qmgis.errors import MissingColumnError, SourceError, every_name
from qmgis.model import Problem, Text

Cell = str | float | bool | None
Rows = Sequence[Sequence[Cell]]

_NOTE = re.compile(
    r"\s*(\*|©|[¹²³⁴⁵]|\(?\d\)|_{2,}|-{2,}|={2,}|quelle|source|hinweis|anmerkung|erläuterung|fußnote|zeichenerklärung"
    r"|\d\)?\s+\w.*\.$|legende|datenstand|stand:|note:|notes:|\(c\))",
    re.IGNORECASE,
)

__all__ = ["Cell", "Rows", "frame"]


def frame(rows: Rows, options: Mapping[str, Any], *, file: str, spread: bool = True) -> pd.DataFrame:
    """Return the table in rows of cells; its index ``row`` counts from 1 over all rows of the file.

    Titles before the header, blank rows and footnotes are left out; what was left out stands as notes in
    ``attrs["problems"]``.

    Parameters
    ----------
    rows
        Every row of the file, blank ones too.
    options
        ``header`` (row number or list of row numbers to merge), ``skip`` (title rows), ``last`` (the last
        row that is read), ``columns`` (those to keep).
    file
        The name for messages.
    spread
        Whether texts of upper header rows reach to the right up to the next one (False where merged cells are known).

    Raises
    ------
    SourceError
        If there is no table, or a row has more cells than the header.
    MissingColumnError
        If one of ``columns`` is not there.

    Examples
    --------
    >>> table = frame([["Residents 2024"], ["id", "n"], ["01", "5"], ["Source: office"]], {}, file="a.csv")
    >>> table
          id  n
    row
    3     01  5
    """
    rows = rows[: options.get("last") or None]
    header = _header_rows(rows, options, file)
    names, renamed = _names(rows, header, spread=spread)
    body = [(number, list(row)) for number, row in enumerate(rows[header[-1] :], start=header[-1] + 1)]
    body, notes = _without_notes(body, len(names))
    _check_width(body, names, file, header=header)
    short = [number for number, row in body if len(row) < len(names)]
    cells = [(row + [None] * (len(names) - len(row)))[: len(names)] for _, row in body]
    if not cells:
        raise SourceError(f"{file} has a header but no rows.", de=f"{file} hat eine Kopfzeile, aber keine Zeilen.")
    index = pd.Index([number for number, _ in body], name="row", dtype="int64")
    table = pd.DataFrame(cells, index=index, columns=pd.Index(names, dtype=object), dtype=object)
    table = table.astype(object).where(table.notna(), None)
    table = _kept(table, options.get("columns"), file)
    table.attrs["problems"] = tuple(_left_out(header[0], notes, short, renamed, file))
    return table


def _text(cell: Cell) -> str:
    """Return a header cell as text: blanks and line ends collapsed, whole numbers without ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _filled(row: Sequence[Cell]) -> int:
    """Return the number of cells with content."""
    return sum(cell is not None for cell in row)


def _last(row: Sequence[Cell]) -> int:
    """Return the number of cells up to the last with content."""
    return max((place for place, cell in enumerate(row, start=1) if cell is not None), default=0)


def _header_rows(rows: Rows, options: Mapping[str, Any], file: str) -> list[int]:
    """Return the row numbers (from 1) of the header."""
    asked = options.get("header")
    if asked is not None:
        numbers = sorted(int(number) for number in (asked if isinstance(asked, list | tuple) else [asked]))
        if not numbers or numbers[0] < 1 or numbers[-1] > len(rows) or not _filled(rows[numbers[-1] - 1]):
            raise SourceError(
                f"{file} has no header in row {numbers[-1] if numbers else asked}; it has {len(rows)} rows.",
                de=f"{file} hat keine Kopfzeile in Zeile {numbers[-1] if numbers else asked} (von {len(rows)} Zeilen).",
            )
        return numbers
    start = int(options.get("skip") or 0)
    width = _usual_width(rows[start:])
    for number, row in enumerate(rows[start:], start=start + 1):
        if _filled(row) >= max(2, (width + 1) // 2) or (width == 1 and _filled(row)):
            return [number]
    raise SourceError(
        f"{file} holds no table: no row with a header was found; name its row as header.",
        de=f"{file} enthält keine Tabelle: keine Kopfzeile gefunden; ihre Zeile als header angeben.",
    )


def _usual_width(rows: Rows) -> int:
    """Return how many cells up to the last filled one rows usually have."""
    counts = Counter(_last(row) for row in rows[:2000] if _filled(row))
    if not counts:
        return 1
    return max(counts, key=lambda width: (counts[width] * min(width, 2), width))


def _names(rows: Rows, header: Sequence[int], *, spread: bool) -> tuple[list[str], list[str]]:
    """Return the unique column names, and those that had to be changed."""
    lines = [[_text(cell) for cell in rows[number - 1]] for number in header]
    width = max(_last(rows[number - 1]) for number in header)
    width = max([width, *(_last(row) for row in rows[header[-1] : header[-1] + 2000])]) if len(header) > 1 else width
    lines = [(line + [""] * (width - len(line)))[:width] for line in lines]
    parts = [_spread(line) if spread and line is not lines[-1] else line for line in lines]
    raw = [" ".join(dict.fromkeys(part for part in column if part)) for column in zip(*parts, strict=True)]
    names: list[str] = []
    changed = []
    for place, name in enumerate(raw, start=1):
        wanted = name or f"column_{place}"
        unique, number = wanted, 2
        while unique in names or (unique != wanted and unique in raw):
            unique, number = f"{wanted}_{number}", number + 1
        if name and unique != name:
            changed.append(unique)
        names.append(unique)
    return names, changed


def _spread(line: list[str]) -> list[str]:
    """Fill the texts of an upper header row to the right, as merged cells are meant."""
    filled, current = [], ""
    for text in line:
        current = text or current
        filled.append(current)
    return filled


def _without_notes(
    body: list[tuple[int, list[Cell]]], width: int
) -> tuple[list[tuple[int, list[Cell]]], list[tuple[int, str]]]:
    """Return the rows without blank ones and without the notes at the end, and the notes."""
    rows = [(number, row) for number, row in body if _filled(row)]
    notes: list[tuple[int, str]] = []
    while rows and _is_note(rows[-1][1], width):
        number, row = rows.pop()
        notes.append((number, _text(next(cell for cell in row if cell is not None))))
    return rows, notes[::-1]


def _is_note(row: Sequence[Cell], width: int) -> bool:
    """Tell whether a row at the end is a footnote: one text, alone or in the manner of notes."""
    if width < 2 or _filled(row) > 1:
        return False
    place, cell = next((place, cell) for place, cell in enumerate(row) if cell is not None)
    words = isinstance(cell, str) and " " in cell.strip() and place > 0
    return isinstance(cell, str) and (len(row) == 1 or words or bool(_NOTE.match(cell)) or len(cell) > 60)


def _check_width(
    body: Sequence[tuple[int, list[Cell]]], names: Sequence[str], file: str, *, header: Sequence[int]
) -> None:
    """Raise if rows have content beyond the header."""
    wide = [(number, _last(row)) for number, row in body if _last(row) > len(names)]
    if wide:
        number, cells = wide[0]
        rows = ", ".join(map(str, header))
        two = f"[{header[-1] - 1}, {header[-1]}]" if len(header) == 1 and header[-1] > 1 else ""
        raise SourceError(
            f"{file}, row {number}: {cells} cells, but the header (row {rows}) has {len(names)} ({len(wide)} such "
            f"rows); check the delimiter, the header row{f' (two rows: header = {two})' if two else ''}, and quotes "
            f"around texts.",
            de=f"{file}, Zeile {number}: {cells} Zellen, die Kopfzeile ({rows}) hat {len(names)} ({len(wide)} solche "
            f"Zeilen); Trennzeichen, Kopfzeile{f' (zweizeilig: header = {two})' if two else ''} und "
            f"Anführungszeichen um Texte prüfen.",
        )


def _kept(table: pd.DataFrame, columns: Sequence[str] | None, file: str) -> pd.DataFrame:
    """Return the columns asked for."""
    if columns is None:
        return table
    for name in columns:
        if name not in table.columns:
            raise MissingColumnError(
                f'{file} has no column "{name}".{every_name(name, map(str, table.columns))}',
                de=f'{file} hat keine Spalte "{name}".{every_name(name, map(str, table.columns), lang="de")}',
            )
    return table[list(columns)].copy()


def _left_out(
    header: int, notes: Sequence[tuple[int, str]], short: Sequence[int], renamed: Sequence[str], file: str
) -> list[Problem]:
    """Return notes on what was left out, filled up or renamed."""
    found = []
    if notes:
        number, text = notes[0]
        what = Text(
            de=f'Fußnoten am Ende ausgelassen ({len(notes)}), die erste: "{text[:60]}".',
            en=f'footnotes at the end left out ({len(notes)}), the first: "{text[:60]}".',
        )
        found.append(Problem("note", what, file=file, row=number))
    if short:
        what = Text(
            de=f"Zeilen mit weniger Zellen als die Kopfzeile ({len(short)}); die übrigen Zellen gelten als leer.",
            en=f"rows with fewer cells than the header ({len(short)}); the other cells count as empty.",
        )
        found.append(Problem("warning", what, file=file, row=short[0]))
    if renamed:
        what = Text(
            de=f"doppelte Spaltennamen wurden umbenannt: {', '.join(renamed[:5])}.",
            en=f"repeated column names were changed: {', '.join(renamed[:5])}.",
        )
        found.append(Problem("note", what, file=file, row=header))
    return found
