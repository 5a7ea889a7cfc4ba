"""A register as its files have it into typed tables, and into the noun; every fault of every cell together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from qmgis.errors import QmgisError, did_you_mean
from qmgis.io.cells.ids import with_more
from qmgis.io.cells.meaning import unknown_words
from qmgis.io.cells.reading import plain, row_of, shown, told
from qmgis.io.declared.schema import close
from qmgis.io.layers import crs
from qmgis.io.register.cells import CellError, code_words, text_of, value_of
from qmgis.io.register.files import GEOMETRY, RawRegister, Sheet, folded, header
from qmgis.model import LANGS, Problem, ProgrammeLayer, Text, words
from qmgis.model.checklist import Checklist
from qmgis.model.register import REGISTER_KEYS, REGISTER_TABLES, CodeList, RegisterColumn, codes_in, register_table

__all__ = ["Around", "Typed", "typed"]

FEW = 12


@dataclass(frozen=True, eq=False)
class Around:
    """What a register is seen from: the city's reference system, code lists, programme areas, layers, checklists."""

    crs: str
    codes: Mapping[str, CodeList]
    programmes: Mapping[str, ProgrammeLayer] = field(default_factory=dict)
    layers: Collection[str] = ()
    declared: str | None = None
    decimal: str | None = None
    checklists: Mapping[str, Checklist] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Typed:
    """Tables with typed columns, index ``row`` of the file; what the columns and files are called; shapes by row.

    ``unread`` are the rows with a cell that means nothing, of which nothing else should be said.
    """

    tables: Mapping[str, pd.DataFrame]
    heads: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]
    shapes: gpd.GeoSeries
    unread: Mapping[str, frozenset[Any]] = field(default_factory=dict)

    def head(self, table: str, column: str) -> str:
        """Return what a column is called in the file, or would be."""
        return self.heads.get(table, {}).get(column, header(table, column, "de"))


def typed(raw: RawRegister, around: Around) -> tuple[Typed, list[Problem]]:
    """Return the tables of a register with typed cells, and everything that is wrong with cells, columns and keys."""
    tables: dict[str, pd.DataFrame] = {}
    heads: dict[str, dict[str, str]] = {}
    files: dict[str, str] = {}
    unread: dict[str, frozenset[Any]] = {}
    found = list(raw.problems)
    shapes: pd.Series[Any] = pd.Series([], dtype=object)
    for name in REGISTER_TABLES:
        sheet = raw.sheets.get(name)
        if sheet is None:
            tables[name], files[name], heads[name] = register_table(name), "", {}
            continue
        columns, faults = _columns(name, sheet)
        found += faults
        heads[name] = {key: str(column) for key, column in columns.items()}
        tables[name], faults = _table(name, sheet, columns, around)
        files[name] = sheet.file
        unread[name] = _unread(tables[name], sheet, columns)
        found += faults
        found += _key_faults(name, tables[name], sheet.file, heads[name])
        if name == "measures" and GEOMETRY in columns:
            shapes, faults = _shapes(sheet, columns[GEOMETRY])
            found += faults
        if name == "anchors" and columns.get(GEOMETRY) is not None:
            tables[name] = _spotted(tables[name], sheet.frame[columns[GEOMETRY]])
    placed, faults = _metric(shapes, raw.crs, around, file=files["measures"])
    tables["anchors"], wrong = _moved(tables["anchors"], raw.crs, around, file=files["anchors"])
    return Typed(tables, heads, files, placed, unread), [*found, *faults, *wrong]


def _columns(name: str, sheet: Sheet) -> tuple[dict[str, Any], list[Problem]]:
    """Return which column of the file is which of the table; required ones that lack, and near misses, are told."""
    known = {GEOMETRY: GEOMETRY} if name in ("measures", "anchors") else {}
    for key in [*REGISTER_TABLES[name], *known]:
        for word in (key, *(header(name, key, lang) for lang in LANGS)):
            known.setdefault(folded(word), key)
            known.setdefault(folded(word.partition("(")[0]), key)
    columns: dict[str, Any] = {}
    found = []
    strange: list[str] = []
    for column in sheet.frame.columns:
        key = known.get(folded(column), "")
        if not key:
            strange.append(str(column))
        elif key in columns:
            found.append(Problem("error", words("register.column_again", one=str(columns[key]), other=str(column)),
                                 file=sheet.file, row=1, column=str(column)))  # fmt: skip
        else:
            columns[key] = column
    for key, one in REGISTER_TABLES[name].items():
        if one.required and key not in columns:
            wanted = Text(*(header(name, key, lang) for lang in LANGS))
            hints = [close(word, strange) for word in (wanted.de, wanted.en, key)]
            hint = next((one for one in hints if one.en), Text("", ""))
            found.append(
                Problem("error", words("register.no_column", column=wanted, hint=hint), file=sheet.file, row=1)
            )
    absent = {header(name, key, lang): key for key in REGISTER_TABLES[name] if key not in columns for lang in LANGS}
    for column in strange:
        hint = Text(*(did_you_mean(column, absent, lang=lang) for lang in LANGS))
        if hint.en.endswith("?"):
            found.append(Problem("warning", words("register.own_column", column=shown(column), hint=hint),
                                 file=sheet.file, row=1, column=column))  # fmt: skip
    return columns, found


def _table(name: str, sheet: Sheet, columns: Mapping[str, Any], around: Around) -> tuple[pd.DataFrame, list[Problem]]:
    content: dict[str, Any] = {}
    found: list[Problem] = []
    for key, column in REGISTER_TABLES[name].items():
        if key in columns:
            content[key], faults = _read(sheet, columns[key], column, around)
            found += faults
    taken = set(columns.values())
    for own in sheet.frame.columns:
        if own not in taken:
            content[str(own)] = sheet.frame[own].map(lambda cell: text_of(cell) or None)
    frame = pd.DataFrame(content, index=sheet.frame.index) if content else pd.DataFrame(index=sheet.frame.index)
    return register_table(name, frame), found


def _unread(table: pd.DataFrame, sheet: Sheet, columns: Mapping[str, Any]) -> frozenset[Any]:
    """Return the rows with a cell that has content and means nothing."""
    lost: set[Any] = set()
    for key, column in columns.items():
        if key in table and table[key].isna().any():
            cells = sheet.frame.loc[table.index[table[key].isna()], column]
            lost |= {row for row, cell in cells.items() if plain(cell)}
    return frozenset(lost)


def _read(sheet: Sheet, name: Any, column: RegisterColumn, around: Around) -> tuple[pd.Series[Any], list[Problem]]:
    """Return the cells of a column as what they mean, and a problem for each kind of fault."""
    cells = sheet.frame[name]
    if column.kind in ("code", "codes"):
        values, found = _coded(cells, column, around.codes[column.codes], file=sheet.file)
    else:
        values, found = _valued(cells, column, around, file=sheet.file)
    empty = cells[[not plain(cell) for cell in cells]]
    if column.required and len(empty):
        what = with_more(words("register.empty_cell"), [(row, "") for row in empty.index])
        found.append(Problem("error", what, file=sheet.file, row=row_of(empty.index[0]), column=str(name),
                             remedy=words("register.empty_cell_fix")))  # fmt: skip
    return values, found


def _valued(
    cells: pd.Series[Any], column: RegisterColumn, around: Around, *, file: str
) -> tuple[pd.Series[Any], list[Problem]]:
    values: list[Any] = []
    wrong: dict[str, dict[Any, str]] = {}
    for row, cell in cells.items():
        value = None
        if plain(cell):
            try:
                value = value_of(cell, column, decimal=around.decimal)
            except CellError as error:
                wrong.setdefault(str(error), {})[row] = shown(plain(cell))
        values.append(value)
    found = [
        fault
        for key, rows in wrong.items()
        for fault in told(pd.Series(rows, dtype=object), "error", f"register.{key}", file=file, column=str(cells.name))
    ]
    return pd.Series(values, index=cells.index, dtype=object), found


def _coded(
    cells: pd.Series[Any], column: RegisterColumn, codes: CodeList, *, file: str
) -> tuple[pd.Series[Any], list[Problem]]:
    known = code_words(codes)
    values: list[Any] = []
    wrong: list[tuple[Any, str]] = []
    for row, cell in cells.items():
        text = " ".join(plain(cell).split())
        parts = [text] if text.lower() in known or column.kind == "code" else codes_in(text)
        codes_of = [known.get(part.lower(), part if column.open else None) for part in parts if part]
        wrong += [(row, part) for part, code in zip(filter(None, parts), codes_of, strict=True) if code is None]
        good = tuple(dict.fromkeys(code for code in codes_of if code is not None))
        values.append(good if column.kind == "codes" else (good[0] if good else None))
    lost = pd.Series([part for _, part in wrong], index=[row for row, _ in wrong], dtype=object)
    spelt = {word: one.code for one in codes.codes.values() for word in (one.code, one.title.de, one.title.en)}
    found = unknown_words(lost, spelt, _listed(codes), key="register.unknown_code", file=file, column=str(cells.name))
    return pd.Series(values, index=cells.index, dtype=object), found


def _listed(codes: CodeList) -> list[str | Text]:
    """Return the codes of a list for people: with their words where they are few."""
    few = len(codes.codes) <= FEW
    return [Text(f"{one.code} ({one.title.de})", f"{one.code} ({one.title.en})")
            if few and one.title.de != one.code else one.code for one in codes.codes.values()]  # fmt: skip


def _key_faults(name: str, table: pd.DataFrame, file: str, heads: Mapping[str, str]) -> list[Problem]:
    """Return one problem for each key that stands in two rows."""
    keys = list(REGISTER_KEYS[name])
    whole = table[table[keys[0]].notna()]
    again = whole[whole.duplicated(keys)]
    found = []
    for row, entry in again.iterrows():
        same = [other for other, line in whole.iterrows() if all(_same(line[key], entry[key]) for key in keys)]
        value = ", ".join(_said(entry[key]) for key in keys if _said(entry[key]))
        what = words("register.key_twice", value=shown(value), first=same[0])
        found.append(Problem("error", what, file=file, row=row_of(row), column=heads.get(keys[0], ""),
                             remedy=words("register.key_twice_fix")))  # fmt: skip
    return found


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) if pd.notna(one) and pd.notna(other) else bool(pd.isna(one) and pd.isna(other))


def _said(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    return f"{value:%d.%m.%Y}" if isinstance(value, pd.Timestamp) else str(value)


def _shapes(sheet: Sheet, column: Any) -> tuple[pd.Series[Any], list[Problem]]:
    """Return the shapes of measures, by row, out of a GeoPackage or as well-known text."""
    shapes: dict[Any, Any] = {}
    wrong: dict[Any, str] = {}
    for row, cell in sheet.frame[column].items():
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        shape = cell if isinstance(cell, shapely.Geometry) else shapely.from_wkt(str(cell), on_invalid="ignore")
        if shape is None or (not shape.is_empty and not shape.is_valid) or not _finite(shape):
            wrong[row] = shown(str(cell))
        elif not shape.is_empty:
            shapes[row] = shapely.force_2d(shape)
    found = told(pd.Series(wrong, dtype=object), "error", "register.bad_shape", file=sheet.file, column=str(column))
    return pd.Series(shapes, dtype=object), found


def _finite(shape: shapely.Geometry) -> bool:
    return all(abs(value) < 1e12 for pair in shapely.get_coordinates(shape) for value in pair)


def _metric(
    shapes: pd.Series[Any], own: str | None, around: Around, *, file: str
) -> tuple[gpd.GeoSeries, list[Problem]]:
    """Return shapes in the city's reference system; text without one is taken to be in the layer's, or the city's."""
    if shapes.empty:
        return gpd.GeoSeries([], index=pd.Index([], dtype="int64"), crs=around.crs), []
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes), crs=own)
    try:
        moved, found = crs.to_metric(frame, target=around.crs, declared=_stated(own, around), file=file)
    except QmgisError as error:
        empty = gpd.GeoSeries([], index=pd.Index([], dtype="int64"), crs=around.crs)
        return empty, [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    return moved.geometry, found


def _stated(own: str | None, around: Around) -> str | None:
    return around.declared or (None if own else around.crs)


def _spotted(table: pd.DataFrame, shapes: pd.Series[Any]) -> pd.DataFrame:
    """Return anchors with the coordinates of their shapes, where they have some."""
    for row, shape in shapes.items():
        if isinstance(shape, shapely.Geometry) and not shape.is_empty:
            spot = shape if shape.geom_type == "Point" else shape.representative_point()
            table.loc[row, ["x", "y"]] = [spot.x, spot.y]
    return table


def _moved(table: pd.DataFrame, own: str | None, around: Around, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    spots = table[table["x"].notna() & table["y"].notna()]
    shapes = pd.Series([shapely.Point(x, y) for x, y in zip(spots["x"], spots["y"], strict=True)], index=spots.index,
                       dtype=object)  # fmt: skip
    moved, found = _metric(shapes, own, around, file=file)
    if len(moved):
        table = table.assign(x=table["x"].astype(float), y=table["y"].astype(float))
        table.loc[moved.index, "x"], table.loc[moved.index, "y"] = moved.x, moved.y
    return table, found
