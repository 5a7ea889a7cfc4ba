"""``areas.xlsx``: the workbook for people, with a sheet that says what it is and a code book."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

from qmgis.errors import OutputError
from qmgis.i18n import say
from qmgis.io.kinds import Export
from qmgis.io.written.books import LONGEST, new_book
from qmgis.io.written.cells import clean, code_of, is_empty, people_title, people_values, unit_of
from qmgis.io.written.codebook import about, area_column, codes_of, meaning_of
from qmgis.model import Column, Lang, Outcome, Text

__all__ = ["EXPORT", "render"]

_ROWS, _COLUMNS = 1_048_576, 16_384
_LONG, _SHORT = 48, 12
Cut = tuple[str, int]


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return a workbook of three sheets: read me, areas, code book.

    Ids and words are text, numbers are numbers with a format, shares show as percent, nothing is a formula or a link.

    Raises
    ------
    OutputError
        If there are more rows or columns than a sheet holds.
    """
    columns = (area_column(), *outcome.columns)
    _check_size(len(outcome.table), len(columns))
    content = io.BytesIO()
    with new_book(content, outcome.run.title.to(lang)) as book:
        names = ("readme", "areas", "codebook")
        readme, areas, codes = (book.add_worksheet(say(f"exports.sheet_{name}", lang)) for name in names)
        cuts = _areas(book, areas, outcome, columns, lang)
        _readme(book, readme, outcome, cuts, lang)
        _codebook(book, codes, columns, lang)
    return content.getvalue()


def _check_size(rows: int, columns: int) -> None:
    if rows + 1 > _ROWS or columns > _COLUMNS:
        raise OutputError(
            f"areas.xlsx cannot hold {rows} rows and {columns} columns (at most {_ROWS} and {_COLUMNS}): "
            "use areas.csv, GeoPackage or GeoParquet.",
            de=f"areas.xlsx fasst {rows} Zeilen und {columns} Spalten nicht (höchstens {_ROWS} und {_COLUMNS}): "
            "areas.csv, GeoPackage oder GeoParquet nehmen.",
        )


def _areas(book: Any, sheet: Any, outcome: Outcome, columns: tuple[Column, ...], lang: Lang) -> list[Cut]:
    """Write the table; return the columns with cells that were too long, and how many."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    series = [list(outcome.table.index), *(people_values(outcome, column, lang) for column in outcome.columns)]
    cuts: list[Cut] = []
    for place, (column, values) in enumerate(zip(columns, series, strict=True)):
        sheet.write_string(0, place, _title(column, lang), head)
        cell_format = book.add_format({"num_format": _number_format(column)})
        written = [_cell(value, column, lang) for value in values]
        for row, cell in enumerate(written, start=1):
            if isinstance(cell, str):
                sheet.write_string(row, place, cell[:LONGEST], cell_format)
            elif cell is not None:
                sheet.write_number(row, place, cell, cell_format)
        cut = sum(isinstance(cell, str) and len(cell) > LONGEST for cell in written)
        cuts += [(column.key, cut)] if cut else []
        width = max([len(cell) for cell in written[:200] if isinstance(cell, str)], default=0)
        sheet.set_column(place, place, min(max(width + 2, _SHORT), _LONG))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(outcome.table), 1), len(columns) - 1)
    return cuts


def _title(column: Column, lang: Lang) -> str:
    """Return the heading; shares need no unit, their cells show it."""
    return clean(column.title.to(lang)) if column.kind == "share" else people_title(column, lang)


def _cell(value: object, column: Column, lang: Lang) -> str | float | None:
    """Return what a cell holds: words, a number, or nothing."""
    if is_empty(value):
        return None
    if column.kind == "bool":
        return say("words.yes" if value else "words.no", lang)
    if column.kind == "code":
        word = column.codes.get(code_of(value))
        return clean(word.to(lang) if word else code_of(value))
    if column.kind == "text":
        return clean(value)
    amount = float(value)  # type: ignore[arg-type]
    if not np.isfinite(amount):
        return None
    return 100 * amount if column.kind == "points" else amount


def _number_format(column: Column) -> str:
    if column.kind in ("text", "code", "bool"):
        return "@"
    digits = min(column.digits, 2) if column.kind in ("share", "points") else column.digits
    decimals = "." + "0" * digits if digits else ""
    if column.kind == "share":
        return f"0{decimals}%"
    return "#,##0" if column.kind in ("count", "order", "metres") else f"#,##0{decimals}"


def _readme(book: Any, sheet: Any, outcome: Outcome, cuts: list[Cut], lang: Lang) -> None:
    """Write what the workbook is, from what, under which licence."""
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    lines = about(outcome, lang)
    label = say("exports.about_warning", lang)
    lines += [(label, say("exports.cut_cell", lang, count=count, column=column)) for column, count in cuts]
    key = say("exports.about_input", lang)
    lines += [(key, f"{file.path} ({file.sha256})") for file in outcome.recipe.inputs]
    _rows(sheet, [[name, text] for name, text in lines], lambda place: wrap if place else bold)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)


def _codebook(book: Any, sheet: Any, columns: tuple[Column, ...], lang: Lang) -> None:
    """Write what each column means."""
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    heads = [say(f"exports.book_{head}", lang) for head in ("column", "title", "unit", "kind", "meaning", "codes")]
    rows = [
        [
            column.key,
            column.title.to(lang),
            unit_of(column, lang),
            say(f"exports.kind_{column.kind}", lang),
            meaning_of(column, lang),
            codes_of(column, lang),
        ]
        for column in columns
    ]
    _rows(sheet, [heads], lambda _: bold)
    _rows(sheet, rows, lambda _: wrap, start=1)
    for place, width in enumerate((30, 44, 18, 18, 60, 60)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 1)


def _rows(sheet: Any, rows: list[list[str]], style: Callable[[int], Any], *, start: int = 0) -> None:
    for row, cells in enumerate(rows, start=start):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, clean(cell)[:LONGEST], style(place))


EXPORT = Export(
    "xlsx",
    Text("Excel-Arbeitsmappe", "Excel workbook"),
    "areas.xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    render,
)
