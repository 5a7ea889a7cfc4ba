"""A register as a workbook for people: a sheet a table with lists to choose from, and what every field means."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from qmgis.errors import OutputError
from qmgis.i18n import say
from qmgis.io.register.content import content
from qmgis.io.register.files import GEOMETRY, header, sheet_title
from qmgis.io.written.books import LONGEST, new_book
from qmgis.io.written.cells import clean
from qmgis.model import Lang, words
from qmgis.model.register import CODE_LISTS, REGISTER_TABLES, CodeList, Register, RegisterColumn

__all__ = ["workbook"]

ROWS = 2000  # so far lists to choose from reach
_FORMATS = {"money": "#,##0.00", "share": "0.##", "whole": "0", "number": "General", "day": "dd.mm.yyyy"}


def workbook(register: Register, lang: Lang = "de", *, areas: Mapping[str, str] | None = None) -> bytes:
    """Return a workbook with every table of a register, also the empty ones: the template and the content are one.

    ``areas`` are the programme areas and their names, to choose from.

    Raises
    ------
    OutputError
        If a text or shape does not fit into a cell.
    """
    made = io.BytesIO()
    with new_book(made, register.title.to(lang)) as book:
        sheets = {name: book.add_worksheet(sheet_title(name, lang)) for name in (*REGISTER_TABLES, "fields", "codes")}
        places = _codes(book, sheets["codes"], register.codes, areas or {}, lang)
        _fields(book, sheets["fields"], register.codes, lang)
        for name in REGISTER_TABLES:
            _table(book, sheets[name], register, (name, lang), places)
    return made.getvalue()


def _table(book: Any, sheet: Any, register: Register, which: tuple[str, Lang], places: Mapping[str, str]) -> None:
    name, lang = which
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    needed = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E6EEF5"})
    made = content(register, name, lang, style="book")
    for place, (title, column) in enumerate(zip(made.heads, made.columns, strict=True)):
        style = book.add_format({"num_format": _FORMATS.get(column.kind if column else "", "@")})
        sheet.set_column(place, place, min(max(len(title) + 2, 12), 40), style)
        sheet.write_string(0, place, clean(title), needed if column and column.required else bold)
        for row, cells in enumerate(made.rows, start=1):
            _write(sheet, (row, place), cells[place], style, title)
        if column is not None:
            _choices(sheet, place, column, places, lang)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(made.rows), 1), max(len(made.heads) - 1, 0))


def _write(sheet: Any, at: tuple[int, int], cell: Any, style: Any, title: str) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        sheet.write_datetime(*at, datetime(cell.year, cell.month, cell.day), style)  # noqa: DTZ001
    elif isinstance(cell, int | float):
        sheet.write_number(*at, cell, style)
    elif len(cell) > LONGEST:
        said = words("register.too_long", row=at[0] + 1, column=title, n=len(cell))
        raise OutputError(said.en, de=said.de)
    else:
        sheet.write_string(*at, clean(cell), style)


def _choices(sheet: Any, place: int, column: RegisterColumn, places: Mapping[str, str], lang: Lang) -> None:
    """Give a column the list that it is chosen from: codes strictly, ids as a help."""
    options: dict[str, Any] = {}
    if column.kind == "code":
        options = {"source": places[column.codes], "error_type": "information" if column.open else "stop"}
    elif column.kind == "flag":
        options = {"source": ["ja", "nein"] if lang == "de" else ["yes", "no"], "error_type": "stop"}
    elif column.kind in ("area", "areas") and "areas" in places:
        options = {"source": places["areas"], "error_type": "information" if column.kind == "areas" else "warning"}
    elif column.kind == "ref":
        options = {"source": f"='{sheet_title(column.table, lang)}'!$A$2:$A${ROWS}", "error_type": "warning"}
    if options:
        sheet.data_validation(1, place, ROWS, place, {"validate": "list", "ignore_blank": True, **options})


def _codes(
    book: Any, sheet: Any, codes: Mapping[str, CodeList], areas: Mapping[str, str], lang: Lang
) -> dict[str, str]:
    """Write the code lists one below the other; return where the words of each stand."""
    names = ("list", "word", "code", "english", "version", "source")
    rows: list[tuple[str, ...]] = []
    places = {}
    title = sheet_title("codes", lang)
    for key in CODE_LISTS:
        if key not in codes or key == "organisation_words":
            continue
        one = codes[key]
        first = len(rows) + 2
        rows += [
            (
                one.title.to(lang),
                code.title.to(lang),
                code.code,
                code.title.en,
                f"{one.version} ({one.date})",
                one.source,
            )
            for code in one.codes.values()
        ]
        places[key] = f"='{title}'!$B${first}:$B${len(rows) + 1}"
    if areas:
        first = len(rows) + 2
        rows += [(say("register.col_area", lang), key, name, "", "", "") for key, name in areas.items()]
        places["areas"] = f"='{title}'!$B${first}:$B${len(rows) + 1}"
    _plain(book, sheet, [say(f"register.head_{name}", lang) for name in names], rows, (28, 44, 24, 44, 22, 60))
    return places


def _fields(book: Any, sheet: Any, codes: Mapping[str, CodeList], lang: Lang) -> None:
    """Write what every table and field is."""
    rows = []
    for name, columns in REGISTER_TABLES.items():
        rows.append((sheet_title(name, lang), "", "", "", say(f"register.about_{name}", lang), ""))
        for key, column in {**columns, **({GEOMETRY: None} if name == "measures" else {})}.items():
            chosen = codes[column.codes].title.to(lang) if column and column.codes in codes else ""
            refers = sheet_title(column.table, lang) if column and column.table else ""
            rows.append((
                sheet_title(name, lang), header(name, key, lang), key,
                say("register.needed", lang) if column and column.required else "",
                header(name, key, lang, what="help"), chosen or refers,
            ))  # fmt: skip
    names = ("table", "field", "key", "needed", "meaning", "list")
    _plain(book, sheet, [say(f"register.head_{one}", lang) for one in names], rows, (18, 30, 20, 10, 80, 30))


def _plain(book: Any, sheet: Any, titles: list[str], rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, cells in enumerate([tuple(titles), *rows]):
        for place, cell in enumerate(cells):
            sheet.write_string(number, place, clean(cell)[:LONGEST], wrap if number else bold)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 1)
