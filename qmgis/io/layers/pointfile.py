"""A table with coordinates, to be looked at row by row, and the same rows written back with what was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from pyproj.exceptions import CRSError

from qmgis.errors import DataError, LayerFileError
from qmgis.io.cells import numbers
from qmgis.io.cells.reading import column_of, plain, row_of, shown
from qmgis.io.declared.layerfile import sources
from qmgis.io.layers.whereabouts import elsewhere
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.model import Lang, Problem, Text, words

if TYPE_CHECKING:
    from qmgis.model import AreaLayer

__all__ = ["read_points", "table_bytes"]

# Names of columns that are taken where none are named, in small letters; degrees are WGS 84.
_METRES = (("x", "y"), ("easting", "northing"), ("rechtswert", "hochwert"), ("ostwert", "nordwert"))
_DEGREES = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("länge", "breite"))
MANY = 20


def read_points(
    file: Path, areas: AreaLayer, *, columns: tuple[str, str] | None = None, crs: str | None = None
) -> tuple[pd.DataFrame, gpd.GeoSeries]:
    """Return a table as it stands, and its points in the system of ``areas``, missing where a row has no coordinates.

    Parameters
    ----------
    file
        A CSV or spreadsheet with a header.
    areas
        Of the city, to see whether the coordinates can be meant so.
    columns
        Names of the columns east and north; by default x and y, lon and lat, Rechtswert and Hochwert.
    crs
        Their system; by default that of ``areas``, or EPSG:4326 for lon and lat.

    Raises
    ------
    DataError
        If columns are missing, cells are no coordinates (all of them are listed), or nothing lies near the city.
    SourceError
        If the file cannot be read.
    """
    frame = _table(file)
    east, north, degrees = _columns(frame, columns, file=file.name)
    read = _system(crs or ("EPSG:4326" if degrees else str(areas.frame.crs.to_string())))
    values, found, remedy = [], [], words("check.points_number_fix")
    for name in (east, north):
        parsed = numbers.parse(frame[name])
        values.append(parsed.values.to_numpy(dtype=float))
        told = [one for one in parsed.problems if one.level == "error"]
        found += [Problem("error", one.what, file.name, one.row, name, remedy) for one in told]
    found += _halves(frame, (east, north), file=file.name)
    if found:
        raise _all(found)
    points = gpd.GeoSeries(gpd.points_from_xy(*values, crs=read), index=frame.index)
    points[np.isnan(values[0]) | np.isnan(values[1])] = None
    metric = points.to_crs(areas.frame.crs)
    hint = elsewhere(gpd.GeoDataFrame(geometry=metric.dropna()), areas.frame, read=read)
    if hint is not None:
        what = words("check.points_elsewhere", file=file.name, crs=read.to_string(), hint=hint)
        raise DataError(" ".join(what.en.split()), de=" ".join(what.de.split()))
    return frame, metric


def _table(file: Path) -> pd.DataFrame:
    """Return the rows of a table by its suffix."""
    known = {suffix: one for one in sources().values() if one.gives == "table" for suffix in one.suffixes}
    name = file.name.lower()
    source = next((one for suffix, one in known.items() if name.endswith(suffix)), None)
    if not file.is_file() or source is None:
        key = "check.points_no_file" if not file.is_file() else "check.points_no_table"
        what = words(key, file=file.name, known=", ".join(known))
        raise LayerFileError(what.en, de=what.de)
    frame: pd.DataFrame = source.read(file, {})
    return frame


def _columns(frame: pd.DataFrame, named: tuple[str, str] | None, *, file: str) -> tuple[str, str, bool]:
    """Return the columns east and north, and whether they are taken for degrees."""
    if named is not None:
        own = [column_of(frame, name) for name in named]
        lost = [name for name, column in zip(named, own, strict=True) if column is None]
        if not lost:
            return own[0], own[1], False
    small = {" ".join(str(column).split()).lower(): column for column in frame.columns}
    for pairs, degrees in ((_METRES, False), (_DEGREES, True)) if named is None else ():
        for east, north in pairs:
            if east in small and north in small:
                return small[east], small[north], degrees
    listed = ", ".join(f'"{shown(column)}"' for column in frame.columns)
    wanted = ", ".join(f'"{shown(name)}"' for name in (lost if named is not None else ("x", "y")))
    what = words("check.points_no_columns", file=file, wanted=wanted, listed=listed)
    raise DataError(what.en, de=what.de)


def _system(crs: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError:
        what = words("check.unknown_crs", crs=shown(crs))
        raise DataError(what.en, de=what.de) from None


def _halves(frame: pd.DataFrame, columns: tuple[str, str], *, file: str) -> list[Problem]:
    """Return a problem for each row with one coordinate of two."""
    found = []
    empty = [frame[name].map(lambda cell: plain(cell) == "").to_numpy(dtype=bool) for name in columns]
    for place in np.flatnonzero(empty[0] ^ empty[1]).tolist():
        name = columns[0] if empty[0][place] else columns[1]
        found.append(Problem("error", words("check.points_half"), file, row_of(frame.index[place]), name))
    return found


def _all(problems: Sequence[Problem]) -> DataError:
    """Return an error with one line a problem, those beyond many counted."""
    more = len(problems) - MANY
    rest = [words("check.and_more", n=more)] if more > 0 else []
    en, de = ([*(one.say(lang) for one in problems[:MANY]), *(one.to(lang) for one in rest)] for lang in ("en", "de"))
    return DataError("\n".join(en), de="\n".join(de))


def table_bytes(frame: pd.DataFrame, added: pd.DataFrame, *, heads: dict[str, Text], lang: Lang) -> bytes:
    r"""Return the same rows with columns added, as CSV; nothing in it is a formula.

    German: semicolons and a mark for spreadsheets; English: commas. ``heads`` are the titles of the added columns; one
    that is there already gets a number.

    Examples
    --------
    >>> heads = {"position": Text("Lage", "Position")}
    >>> frame, added = pd.DataFrame({"name": ["=1+1"]}), pd.DataFrame({"position": ["inside"]})
    >>> table_bytes(frame, added, heads=heads, lang="en").decode()
    "name,Position\n'=1+1,inside\n"
    """
    own = [guarded(clean(str(column))) for column in frame.columns]
    titles: list[str] = []
    for name in added.columns:
        title, number = heads[str(name)].to(lang), 2
        while title in (*own, *titles):
            title, number = f"{heads[str(name)].to(lang)} {number}", number + 1
        titles.append(title)
    cells = [[_cell(value) for value in whole[name]] for whole in (frame, added) for name in whole.columns]
    rows = [[*own, *titles], *(list(row) for row in zip(*cells, strict=True))]
    if lang == "de":
        return csv_text(rows, delimiter=";", newline="\r\n").encode("utf-8-sig")
    return csv_text(rows, delimiter=",", newline="\n").encode()


def _cell(value: object) -> str:
    """Return a cell as text; a plain number may begin with a minus."""
    text = clean(plain(value))
    return text if isinstance(value, float | int) else _signed(text)


def _signed(text: str) -> str:
    return text if text[:1] == "-" and text[1:].replace(".", "").replace(",", "").isdigit() else guarded(text)
