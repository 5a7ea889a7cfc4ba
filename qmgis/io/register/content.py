"""What a register holds, as cells for files: the same for every format, so that nothing is lost on the way back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
import shapely

from qmgis.io.register.files import GEOMETRY, guard, header
from qmgis.io.written.cells import csv_text
from qmgis.model import LANGS, Lang
from qmgis.model.register import REGISTER_TABLES, CodeList, Register, RegisterColumn

__all__ = ["Style", "content", "csv_files", "heads", "shapes_of", "whole_table"]

Style = Literal["text", "book", "base"]


@dataclass(frozen=True, eq=False)
class Content:
    """A table for a file: headings, the column of each (None: the city's own), rows of cells."""

    heads: tuple[str, ...]
    columns: tuple[RegisterColumn | None, ...]
    rows: tuple[tuple[Any, ...], ...]


def whole_table(register: Register, name: str) -> pd.DataFrame:
    """Return a table with the rows that were set apart, in the order of the file that they came from."""
    frame = register.table(name)
    return pd.concat([frame, register.totals]).sort_index(kind="stable") if name == "costs" else frame


def heads(register: Register, name: str, lang: Lang, *, style: Style) -> dict[str, str]:
    """Return the headings of a table by column: those that people know, then the city's own as they are."""
    known = list(REGISTER_TABLES[name])
    if style == "base" and name == "anchors":
        known = [key for key in known if key not in ("x", "y")]
    known += [GEOMETRY] if name == "measures" and style != "base" else []
    own = [key for key in whole_table(register, name).columns if key not in REGISTER_TABLES[name]]
    return {**{key: header(name, key, lang) for key in known}, **{key: key for key in own}}


def content(register: Register, name: str, lang: Lang = "de", *, style: Style) -> Content:
    """Return a table of a register as cells.

    ``text`` cells are all text (dates 2024-12-31, amounts 1700,00, codes), those of a ``book`` numbers, days and words
    for codes, those of a ``base`` numbers, days, truth values and codes.
    """
    frame, named = whole_table(register, name), heads(register, name, lang, style=style)
    columns = REGISTER_TABLES[name]
    series: list[list[Any]] = []
    for key in named:
        if key == GEOMETRY:
            series.append([_shape_text(register, one) for one in frame["measure"]])
        else:
            column = columns.get(key, RegisterColumn("text"))
            codes = register.codes.get(column.codes)
            series.append([_cell(value, column, codes, style, lang) for value in frame[key]])
    rows = tuple(zip(*series, strict=True)) if len(frame) else ()
    return Content(tuple(named.values()), tuple(columns.get(key) for key in named), rows)


def shapes_of(register: Register, name: str) -> list[shapely.Geometry | None]:
    """Return the shape of each row of measures or anchors, None where there is none."""
    if name == "measures":
        return [register.places.get(one) for one in register.measures["measure"]]
    spots = zip(register.anchors["x"], register.anchors["y"], strict=True)
    return [shapely.Point(x, y) if pd.notna(x) and pd.notna(y) else None for x, y in spots]


def _shape_text(register: Register, measure: str) -> str:
    place = register.places.get(measure)
    return "" if place is None else str(shapely.to_wkt(place, rounding_precision=-1, trim=True))


def _cell(value: Any, column: RegisterColumn, codes: CodeList | None, style: Style, lang: Lang) -> Any:
    """Return a value as a cell; None, or an empty text, where there is none."""
    if isinstance(value, tuple):
        return ", ".join(_word(one, codes, style, lang, listed=True) for one in value)
    if pd.isna(value):
        return "" if style == "text" else None
    if column.kind == "flag":
        return bool(value) if style == "base" else _yes(value, lang)
    if column.kind == "day":
        return f"{value:%Y-%m-%d}" if style == "text" else datetime.date(value.year, value.month, value.day)
    if column.kind == "money":
        return _euro(int(value)) if style == "text" else int(value) / 100
    if column.kind == "whole":
        return str(int(value)) if style == "text" else int(value)
    if column.kind in ("number", "share"):
        return _number(float(value)) if style == "text" else float(value)
    return _word(str(value), codes, style, lang) if column.kind == "code" else str(value)


def _word(code: str, codes: CodeList | None, style: Style, lang: Lang, *, listed: bool = False) -> str:
    """Return a code, in workbooks its title; in a list only where the title has no comma."""
    if style != "book" or codes is None:
        return code
    title = codes.title_of(code).to(lang)
    return code if listed and ("," in title or ";" in title) else title


def _yes(value: object, lang: Lang) -> str:
    return ("ja" if value else "nein") if lang == "de" else ("yes" if value else "no")


def _euro(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _number(value: float) -> str:
    """Return a number with decimal comma that can be read in one way only: never three decimals behind few digits."""
    text = format(Decimal(repr(value)), "f").replace(".", ",")
    whole, _, digits = text.partition(",")
    if digits == "0":
        return whole
    return f"{text}0" if len(digits) == 3 and whole.lstrip("-") != "0" else text


def csv_files(register: Register, names: Iterable[str] = REGISTER_TABLES) -> Mapping[str, bytes]:
    """Return the files of a register's folder by name: every table, with German headings, semicolons and UTF-8."""
    files = {}
    for name in names:
        made = content(register, name, LANGS[0], style="text")
        guarded = [[guard(cell) if _is_text(column) else cell for cell, column in zip(row, made.columns, strict=True)]
                   for row in made.rows]  # fmt: skip
        files[f"{name}.csv"] = csv_text([made.heads, *guarded], delimiter=";", newline="\n").encode()
    return files


def _is_text(column: RegisterColumn | None) -> bool:
    return column is None or column.kind not in ("money", "number", "share", "whole", "day", "flag")
