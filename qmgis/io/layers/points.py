"""Places and residents: points with something counted, on the city's metric reference system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from qmgis.errors import QmgisError
from qmgis.io.cells import numbers
from qmgis.io.cells.reading import (
    Reader,
    capped,
    column_of,
    fractional,
    identified,
    missing_columns,
    no_rows,
    only,
    placed,
    row_of,
    shown,
    told,
    unmet,
)
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs
from qmgis.io.layers.doors import read_doors
from qmgis.io.layers.lacking import doubled_places, empty_group, unplaced, without_capacity
from qmgis.io.sources.raster import Raster, cells
from qmgis.model import PlaceLayer, Problem, ResidentLayer, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

FOOTPRINT = "footprint"

__all__ = [
    "FOOTPRINT",
    "addresses_of",
    "group_columns",
    "ids_of",
    "number_of",
    "read_places",
    "read_points",
    "read_residents",
]

WAS = "_dimension"  # of a row's shape before it became a point


def read_places(
    layer: LayerFile, reader: Reader, *, target: str, entrances: LayerFile | None = None
) -> tuple[PlaceLayer | None, list[Problem]]:
    """Return the places of a layer as points, and everything that is wrong with them; places at one spot all stay.

    ``entrances`` is the layer that it names as such.
    """
    keys = layer.keys
    frame, found = read_points(
        layer, reader, [keys[name] for name in ("id", "name", "capacity") if name in keys], target=target
    )
    if frame is None or layer.ref is None:
        return None, found
    file = layer.ref.path
    index, faults = ids_of(frame, keys, file=file, name="place")
    repeated = bool(faults)
    capacity = pd.Series(np.nan, index=frame.index)
    if "capacity" in keys:
        parsed = number_of(frame, keys["capacity"], keys)
        capacity = parsed.values
        faults += _softened(placed(parsed.problems, file=file, column=keys["capacity"]))
        faults += told(capacity[capacity < 0], "error", "check.negative", file=file, column=keys["capacity"])
        faults += without_capacity(capacity, file=file, column=keys["capacity"])
    names = frame[column_of(frame, keys["name"])] if "name" in keys else pd.Series("", index=frame.index)
    whole = frame[["geometry"]].assign(name=names.map(_text), capacity=capacity.astype("float64"))
    if not repeated:
        faults += doubled_places(whole, whole["name"], capacity, file=file)
    whole = whole.set_index(index)[["name", "capacity", "geometry"]]
    doors, wrong = read_doors(layer, reader, pd.Series(index, index=frame.index), target=target, entrances=entrances)
    found += [*faults, *wrong]
    if any(fault.level == "error" for fault in found):
        return None, found
    return PlaceLayer(
        layer.key, layer.title, whole, keys.get("complete", True), layer.note, keys.get("date"), layer.licence,
        layer.credit, keys.get("capacity_unit", "places"), doors,
    ), found  # fmt: skip


def read_residents(
    layer: LayerFile, reader: Reader, *, target: str, outlines: bool = False
) -> tuple[ResidentLayer | None, list[Problem]]:
    """Return where people live as points with residents by age group, and everything that is wrong with them.

    With ``outlines`` its shapes stay what they are in the file. Who is secret stays in, as unknown.
    """
    keys = layer.keys
    columns = group_columns(keys)
    names = [name for group in columns.values() for name in group]
    named = [*(keys[name] for name in ("id", "street", "number") if name in keys), *names]
    frame, found = read_points(layer, reader, named, target=target, outlines=outlines)
    if frame is None or layer.ref is None:
        return None, found
    file = layer.ref.path
    index, faults = ids_of(frame, keys, file=file, name="origin")
    found += faults
    whole, secret = frame[["geometry"]].copy(), np.zeros(len(frame), dtype=bool)
    for group, parts in columns.items():
        counts = [number_of(frame, part, keys) for part in parts]
        for part, parsed in zip(parts, counts, strict=True):
            found += placed(parsed.problems, file=file, column=part)
            negative = parsed.values[parsed.values < 0]
            found += told(negative, "error", "check.negative", file=file, column=part)
            found += _no_people(parsed.values, frame, file=file, column=part)
        closed = np.any([parsed.states.isin(("secret", "too_small")) for parsed in counts], axis=0)
        added = pd.concat([parsed.values for parsed in counts], axis=1).sum(axis=1, min_count=1)
        whole[group], secret = added.mask(closed), secret | closed
        if group != "residents":
            found += empty_group(whole[group], group, file=file, columns=parts)
    if "residents" not in columns:
        whole["residents"] = np.nan
    counted = list(columns)
    whole = whole.set_index(index)[["residents", *(name for name in counted if name != "residents"), "geometry"]]
    known = whole[counted].notna().any(axis=1) | secret
    if any(fault.level == "error" for fault in found):
        return None, found
    if not (whole[counted] > 0).any(axis=None):
        return None, [*found, Problem("error", words("check.nobody"), file=file)]
    found += _more_than_all(frame, whole, file=file)
    lost = _unplaced(layer, reader, frame.index, columns)
    found += lost
    return ResidentLayer(
        layer.key, layer.title, whole[known], keys["origin_type"], keys.get("year"), layer.licence, layer.credit,
        notes=tuple(one.what for one in lost), addresses=addresses_of(frame, keys, index),
    ), found  # fmt: skip


def addresses_of(frame: pd.DataFrame, keys: Mapping[str, Any], index: pd.Index) -> pd.DataFrame | None:
    """Return street and house number of each row as text, spaces made one; None where no column is named.

    Examples
    --------
    >>> frame = pd.DataFrame({"str": ["Am  Markt ", None], "nr": [7.0, "12 a"]})
    >>> addresses_of(frame, {"street": "str", "number": "nr"}, pd.Index(["1", "2"])).to_numpy().tolist()
    [['Am Markt', '7'], ['', '12 a']]
    """
    if "street" not in keys:
        return None
    found = {
        name: [" ".join(_whole(cell).split()) for cell in frame[column_of(frame, keys[name])]] if name in keys else ""
        for name in ("street", "number")
    }
    return pd.DataFrame(found, index=index)


def _whole(cell: object) -> str:
    """Return a cell as text; numbers of a column with gaps were made fractions when it was read."""
    return f"{cell:.0f}" if isinstance(cell, float) and cell == cell and cell.is_integer() else _text(cell)


def _no_people(values: pd.Series, frame: gpd.GeoDataFrame, *, file: str, column: str) -> list[Problem]:
    """Return an error where a column of people holds the coordinates, a warning where it holds fractions."""
    own, broken = values.to_numpy(dtype=float), fractional(values, file=file, column=column)
    if not frame.geometry.geom_type.eq("Point").all():
        return broken
    places = [(frame.geometry, 1.0), *([(frame.geometry.to_crs("EPSG:4326"), 0.01)] if broken else [])]
    near = [np.abs(own - axis.to_numpy()) < least for place, least in places for axis in (place.x, place.y)]
    if any(2 * axis.sum() > len(own) for axis in near):
        what, remedy = words("check.people_are_coordinates"), words("check.fix_people_are_coordinates")
        return [Problem("error", what, file=file, column=column, remedy=remedy)]
    return broken


def _more_than_all(frame: pd.DataFrame, whole: pd.DataFrame, *, file: str) -> list[Problem]:
    """Return a warning where an age group has more people than live there; the index of ``frame`` is the row."""
    found = []
    for group in whole.columns.difference(["residents", "geometry"]):
        excess = whole[group].to_numpy(dtype=float) > whole["residents"].to_numpy(dtype=float) + 0.5
        if excess.any():
            what = words("check.group_above_all", group=group, n=int(excess.sum()), all=len(whole))
            found.append(Problem("warning", what, file=file, row=row_of(frame.index[excess][0])))
    return found


def _unplaced(layer: LayerFile, reader: Reader, kept: pd.Index, columns: Mapping[str, list[str]]) -> list[Problem]:
    """Return what share of the people has no location; nothing of rasters, whose cells all have one."""
    if layer.ref is None:
        return []
    every, _ = reader.read(layer.ref, layer.place)
    rows = only(every, layer.keys.get("where")) if isinstance(every, pd.DataFrame) else None
    if rows is None or len(rows) == len(kept):
        return []
    parts = columns.get("residents") or next(iter(columns.values()))
    counts = [number_of(rows, part, layer.keys).values for part in parts]
    return unplaced(pd.concat(counts, axis=1).sum(axis=1), kept, file=layer.ref.path)


def group_columns(keys: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns (or indicators) that make up each group of residents.

    Examples
    --------
    >>> group_columns({"residents": "n", "groups": {"age_0_5": ["a", "b"]}})
    {'residents': ['n'], 'age_0_5': ['a', 'b']}
    """
    groups = {"residents": keys["residents"]} if "residents" in keys else {}
    groups |= keys.get("groups", {})
    return {name: value if isinstance(value, list) else [value] for name, value in groups.items()}


def read_points(
    layer: LayerFile, reader: Reader, columns: list[str], *, target: str, outlines: bool = False
) -> tuple[gpd.GeoDataFrame | None, list[Problem]]:
    """Return a layer's rows as points in metres, or with ``outlines`` as the shapes that they are.

    A column `FOOTPRINT` that is asked for and not there is the area of the outlines in m².
    """
    if layer.ref is None:
        return None, []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is None:
        return None, found
    file, keys = layer.ref.path, layer.keys
    if isinstance(frame, Raster):
        frame = _cells_of(frame, keys)
    measured = FOOTPRINT in columns and column_of(frame, FOOTPRINT) is None and "geometry" in frame.columns
    columns = [name for name in columns if not (measured and name == FOOTPRINT)]
    needed = [keys[name] for name in ("x", "y") if name in keys] if "geometry" not in frame.columns else []
    found += missing_columns(frame, [*columns, *needed, *keys.get("where", {})], file=file, place=layer.place)
    if "geometry" not in frame.columns and not needed:
        found.append(Problem("error", words("check.no_coordinates"), file=file, remedy=words("check.fix_coordinates")))
    if found:
        return None, found
    chosen = only(frame, keys.get("where"))
    if chosen.empty:
        return None, [no_rows(frame, keys.get("where"), file=file, place=layer.place)]
    found = unmet(frame, keys.get("where"), file=file, place=layer.place)
    frame = chosen
    try:
        if "geometry" not in frame.columns:
            frame = crs.points(frame, keys["x"], keys["y"], keys.get("crs"), decimal=keys.get("decimal"))
            found += placed(frame.attrs.pop("problems", ()), file=file, column="")
        if measured:
            sized = crs.to_metric(frame, target=target, declared=keys.get("crs"), file=file)[0].geometry.area
            frame = frame.assign(**{FOOTPRINT: sized.where(sized > 0)})
        if not outlines:
            frame, faults = _as_points(frame, file=file, quiet="x" in keys)
            found += [*_inside(frame, layer, file=file), *faults]
            frame = frame.drop(columns=WAS)
        if frame.empty:
            lost = Problem("error", words("check.no_positions"), file=file, remedy=words("check.fix_coordinates"))
            return None, [fault for fault in found if fault.level == "error"] or [lost]
        frame, faults = crs.to_metric(frame, target=target, declared=keys.get("crs"), file=file)
    except QmgisError as error:
        return None, [*found, Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    return frame, [*found, *faults]


def _as_points(frame: gpd.GeoDataFrame, *, file: str, quiet: bool) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return one point a row, of lines and areas a point inside, and of what dimension each was (column `WAS`)."""
    shapes = frame.geometry.array
    gone = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    lost = [Problem("warning", words("check.no_position"), file=file, row=row_of(row)) for row in frame.index[gone]]
    lost = [] if quiet else lost
    frame = frame[~gone]
    shapes = np.asarray(frame.geometry.array, dtype=object)
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    dimension = shapely.get_dimensions(shapes)
    shapes = np.where(shapely.get_type_id(shapes) != 0, shapely.point_on_surface(shapes), shapes)
    return frame.set_geometry(list(shapes), crs=frame.crs).assign(**{WAS: dimension}), capped(lost, file=file)


def _inside(frame: gpd.GeoDataFrame, layer: LayerFile, *, file: str) -> list[Problem]:
    """Return what is said of lines and areas that count as one point: a warning for places that are areas."""
    other = int((frame[WAS] > 0).sum())
    if not other or {"access", "entrances"} & set(layer.keys):
        return []
    what = words("check.point_inside", n=other)
    if layer.kind != "places" or not (frame[WAS] == 2).any():
        return [Problem("note", what, file=file)]
    return [Problem("warning", what, file=file, remedy=words("check.fix_point_inside"))]


def _cells_of(raster: Raster, keys: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the cells of a raster that have a value as points in their middles, column ``band_<n>``."""
    frame = cells(raster).rename(columns={"value": f"band_{keys.get('band', 1)}"})
    frame.attrs = {}
    return frame


def ids_of(frame: gpd.GeoDataFrame, keys: Mapping[str, Any], *, file: str, name: str) -> tuple[pd.Index, list[Problem]]:
    """Return unique text ids: those of the file, or the rows' numbers; an id that returns is numbered."""
    if "id" not in keys:
        return pd.Index([str(n) for n in range(1, len(frame) + 1)], name=name, dtype="str"), []
    ids, found = identified(frame, keys["id"], digits=None, file=file)
    found = [one for one in found if one.level == "error"]  # nothing is joined by these ids: any will do
    ids = ids.reindex(frame.index)
    ids = ids.where(ids.notna(), [f"row-{row}" for row in frame.index]).astype(str)
    if ids.is_unique:
        return pd.Index(ids.to_numpy(), name=name, dtype="str"), found
    again = ids.groupby(ids).cumcount()
    if (again > 0).any():
        row = row_of(again.index[again > 0][0])
        what = words("check.place_twice", n=int((again > 0).sum()), id=shown(ids[again > 0].iloc[0]))
        found.append(Problem("warning", what, file=file, row=row, column=keys["id"]))
    numbered = ids.where(again == 0, ids + "-" + (again + 1).astype(str))
    return pd.Index(numbered.to_numpy(), name=name, dtype="str"), found


def number_of(frame: pd.DataFrame, column: str, keys: Mapping[str, Any]) -> numbers.Parsed:
    """Return a column as numbers, read as the layer file says."""
    options = {name: keys[name] for name in ("decimal", "thousands", "signs", "missing") if name in keys}
    return numbers.parse(frame[column_of(frame, column)], **options)


def _softened(problems: list[Problem]) -> list[Problem]:
    """A capacity that is no number is missing: it bends no result of reach."""
    return [
        Problem("warning" if one.level == "error" else one.level, one.what, one.file, one.row, one.column, one.remedy)
        for one in problems
    ]


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()
