"""The tables of a register as its files have them: a folder of CSV files, a workbook, a GeoPackage."""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from qmgis.errors import SourceError, did_you_mean
from qmgis.i18n import keys, say
from qmgis.io.disk import archives, extents, gdal
from qmgis.io.disk.dataroot import csv_tables
from qmgis.model import LANGS, Problem, Text, words
from qmgis.model.register import REGISTER_TABLES

__all__ = ["GEOMETRY", "RawRegister", "Sheet", "folded", "guard", "header", "read_files", "sheet_title", "table_files",
           "unguarded"]  # fmt: skip

GEOMETRY = "geometry"
_FORMULA = ("=", "+", "-", "@")
EXPLAINED = ("codes", "fields")  # sheets of a template that explain it


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table: its cells (text, float, bool, None or a shape), index ``row`` as people count, and where it stands."""

    frame: pd.DataFrame
    file: str


@dataclass(frozen=True, eq=False)
class RawRegister:
    """The tables that were found, by name; ``crs`` of shapes where the file says it."""

    sheets: Mapping[str, Sheet]
    problems: tuple[Problem, ...] = ()
    crs: str | None = None

    def within(self, path: str) -> RawRegister:
        """Return the same with ``path`` before the names of its files or sheets."""
        between = ", " if Path(path).suffix.lower() in (".xlsx", ".gpkg", ".xls", ".ods") else "/"
        moved = {name: Sheet(sheet.frame, f"{path}{between}{sheet.file}") for name, sheet in self.sheets.items()}
        told = tuple(
            Problem(one.level, one.what, file=f"{path}{between}{one.file}" if one.file else path, row=one.row,
                    column=one.column, remedy=one.remedy)
            for one in self.problems
        )  # fmt: skip
        return RawRegister(moved, told, self.crs)


@dataclass
class _Found:
    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def sheet_title(name: str, lang: str) -> str:
    """Return what a table is called in files for people.

    Examples
    --------
    >>> sheet_title("measures", "de"), sheet_title("codes", "en")
    ('Maßnahmen', 'Codes')
    """
    return say(f"register.table_{name}", lang)


@cache
def header(table: str, column: str, lang: str, *, what: str = "col") -> str:
    """Return what a column is called in files for people, or as ``help`` what it means.

    Examples
    --------
    >>> header("costs", "planned_ct", "de"), header("goals", "area", "de")
    ('geplant (EUR)', 'Gebiet')
    """
    own = f"register.{what}_{table}_{column}"
    return say(own if own in keys() else f"register.{what}_{column}", lang)


def folded(text: object) -> str:
    """Return a name without what people write in different ways: capitals, umlauts, blanks and signs.

    Examples
    --------
    >>> folded("Maßnahme"), folded("Massnahme "), folded("geplant_EUR") == folded("geplant (EUR)")
    ('massnahme', 'massnahme', True)
    """
    plain = unicodedata.normalize("NFC", str(text)).casefold()
    plain = plain.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return re.sub(r"[^a-z0-9]+", "", unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode())


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `unguarded` undoes it exactly.

    Examples
    --------
    >>> guard("=1+1"), unguarded(guard("=1+1")), unguarded(guard("'=1"))
    ("'=1+1", '=1+1', "'=1")
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """Return a text without the sign that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def read_files(path: Path, _options: Mapping[str, Any] | None = None) -> RawRegister:
    """Return the tables of a folder of CSV files, of a workbook or of a GeoPackage; nothing of the file is changed.

    Raises
    ------
    SourceError
        If it is none of them, or cannot be read.
    """
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xls", ".ods"):
        return _workbook(path)
    if suffix == ".gpkg":
        return _geopackage(path)
    text = words("register.no_register", path=path.name)
    raise SourceError(text.en, de=text.de)


@cache
def _titles() -> dict[str, str]:
    """Return the tables by what files, sheets and layers may call them."""
    names = (*REGISTER_TABLES, *EXPLAINED)
    return {folded(word): name for name in names for word in (name, *(sheet_title(name, lang) for lang in LANGS))}


def _name_of(title: str, found: _Found, *, key: str) -> str | None:
    """Return the table that a file, sheet or layer is; tell of one that is none."""
    name = _titles().get(folded(title))
    if name in EXPLAINED:
        return None
    if name is None:
        titles = {lang: [sheet_title(one, lang) for one in REGISTER_TABLES] for lang in LANGS}
        hint = Text(*(did_you_mean(title, titles[lang], lang=lang) for lang in LANGS))
        found.problems.append(Problem("warning", words(key, name=title, hint=hint)))
    elif name in found.sheets:
        found.problems.append(Problem("error", words("register.table_twice", name=title), file=title))
        return None
    return name


def table_files(folder: Path) -> dict[str, str]:
    """Return the names of a folder's files by the tables that they hold, empty ones too.

    Examples
    --------
    >>> table_files(Path("nowhere"))
    {}
    """
    named = {_titles().get(folded(file.stem)): file.name for file in csv_tables(folder)}
    return {name: file for name, file in named.items() if name is not None}


def _folder(path: Path) -> RawRegister:
    found = _Found()
    files = csv_tables(path)
    if not files:
        text = words("register.no_tables", path=path.name)
        raise SourceError(text.en, de=text.de)
    for file in files:
        name = _name_of(file.stem, found, key="register.strange_file")
        if name is not None:
            _add(found, name, _csv_rows(file, found), file.name)
    return RawRegister(found.sheets, tuple(found.problems))


def _csv_rows(file: Path, found: _Found) -> list[tuple[int, list[Any]]]:
    """Return the rows of a file with the lines that they begin in."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{file.name} cannot be read: {error.strerror}.", de=f"{file.name} ist nicht lesbar: {error.strerror}."
        ) from error
    if b"\x00" in data:
        found.problems.append(Problem("error", words("register.not_text"), file=file.name))
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begun = [], 1
    try:
        for row in reader:
            rows.append((begun, [unguarded(cell) if cell.strip() else None for cell in row]))
            begun = reader.line_num + 1
    except csv.Error:
        found.problems.append(Problem("error", words("register.bad_quotes"), file=file.name, row=begun))
    return rows


def _workbook(path: Path) -> RawRegister:
    from python_calamine import CalamineError, CalamineWorkbook

    found = _Found()
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"PK"
        if zipped:
            archives.check(path)
            extents.check(path)
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        tables = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]
    except SourceError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        text = words("register.no_workbook", path=path.name)
        raise SourceError(text.en, de=text.de) from error
    for title, cells in tables:
        name = _name_of(title, found, key="register.strange_sheet") if cells else None
        if name is not None:
            rows = [[_cell(cell) for cell in row] for row in cells]
            _add_errors(found, rows, extents.errors(path, title) if zipped else {}, title)
            _add(found, name, list(enumerate(rows, start=1)), title)
    return RawRegister(found.sheets, tuple(found.problems))


def _add_errors(found: _Found, rows: list[list[Any]], errors: Mapping[tuple[int, int], str], title: str) -> None:
    """Tell of cells whose formula failed, which would be empty otherwise."""
    for (row, column), text in errors.items():
        heads = rows[0] if rows else []
        name = str(heads[column - 1]) if column <= len(heads) else ""
        found.problems.append(Problem("error", words("register.formula", value=text), file=title, row=row, column=name))


def _cell(cell: object) -> Any:
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


def _geopackage(path: Path) -> RawRegister:
    gdal.guard()
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    found, crs = _Found(), None
    if gdal.sniff(path) != "GeoPackage":
        text = words("register.no_geopackage", path=path.name)
        raise SourceError(text.en, de=text.de)
    gdal.no_queries(path, "GeoPackage")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for title, _ in pyogrio.list_layers(path):
                name = _name_of(str(title), found, key="register.strange_layer")
                if name is None:
                    continue
                crs = pyogrio.read_info(path, layer=title)["crs"] or crs
                try:
                    found.sheets[name] = Sheet(_features(pyogrio.read_dataframe(path, layer=title)), str(title))
                except ValueError:  # a column of days that holds a day that there is not
                    found.problems.append(Problem("error", words("register.bad_days"), file=str(title)))
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        text = words("register.no_geopackage", path=path.name)
        raise SourceError(text.en, de=text.de) from error
    return RawRegister(found.sheets, tuple(found.problems), crs)


def _features(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the features with plain cells; shapes stay in the column `GEOMETRY`, days are ISO text."""
    shapes = list(frame[GEOMETRY].array) if GEOMETRY in frame and hasattr(frame, "geometry") else None
    plain = pd.DataFrame(frame.drop(columns=GEOMETRY) if shapes is not None else frame)
    for name in plain.columns:
        if str(plain[name].dtype).startswith("datetime"):
            plain[name] = plain[name].dt.strftime("%Y-%m-%d")
    plain = plain.astype(object).where(plain.notna(), None)
    plain = plain.map(_number)
    if shapes is not None:
        plain[GEOMETRY] = pd.Series(shapes, index=plain.index, dtype=object)
    return plain.set_axis(pd.RangeIndex(1, len(plain) + 1, name="row"))


def _number(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, bool) or cell is None or isinstance(cell, shapely.Geometry):
        return cell
    return float(cell) if isinstance(cell, int | float) or hasattr(cell, "dtype") else str(cell)


def _add(found: _Found, name: str, rows: Iterable[tuple[int, list[Any]]], file: str) -> None:
    """Add a table: its first row with content is the header."""
    filled = [(number, row) for number, row in rows if any(cell is not None for cell in row)]
    if not filled:
        return
    first, heads = filled[0]
    while heads and heads[-1] is None:
        heads = heads[:-1]
    names = [" ".join(str(cell).split()) if cell is not None else "" for cell in heads]
    for spot, one in enumerate(names):
        if not one or one in names[:spot]:
            key = "register.column_twice" if one else "register.column_unnamed"
            found.problems.append(Problem("error", words(key, name=one, n=spot + 1), file=file, row=first))
    body = []
    for number, row in filled[1:]:
        if any(cell is not None for cell in row[len(names) :]):
            found.problems.append(Problem("error", words("register.too_wide", n=len(names)), file=file, row=number))
        body.append((row + [None] * len(names))[: len(names)])
    index = pd.Index([number for number, _ in filled[1:]], name="row", dtype="int64")
    keep = [spot for spot, one in enumerate(names) if one and one not in names[:spot]]
    frame = pd.DataFrame(
        {names[spot]: pd.Series([row[spot] for row in body], index=index, dtype=object) for spot in keep}, index=index
    )
    found.sheets[name] = Sheet(frame.astype(object).where(frame.notna(), None), file)
