"""Area layers: outlines with ids and names, on the city's metric reference system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from qmgis.errors import QmgisError
from qmgis.io.cells.reading import (
    Reader,
    column_of,
    identified,
    outlines,
    repeated,
)
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers import crs, geometry
from qmgis.model import AreaLayer, Problem, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_areas"]


def read_areas(
    layer: LayerFile, reader: Reader, *, target: str, with_gaps: bool = True
) -> tuple[AreaLayer | None, list[Problem]]:
    """Return one version of the areas in the reference system ``target``, and everything that is wrong with it.

    Areas with faulty outlines are returned too, mended for the time being: they are errors all the same, but what is
    wrong with the tables can be told together with them. ``with_gaps``: gaps between the outlines are told.
    """
    chosen, _, faults = outlines(layer, reader, ("id", "name", "parent"))
    if chosen is None or layer.ref is None:
        return None, faults
    file, keys = layer.ref.path, layer.keys
    frame, found = _named(chosen, keys, file=file)
    found += faults
    if frame.empty:
        return None, [*found, Problem("error", words("check.no_rows"), file=file)]
    wrong = repeated(frame["area"], "check.fix_duplicate_area", file=file, column=keys["id"])
    try:
        frame, faults = crs.to_metric(frame, target=target, declared=keys.get("crs"), file=file)
        found += faults
        frame, faults = _sound(frame, keys, file=file, with_gaps=with_gaps)
        wrong += faults
    except QmgisError as error:
        faults = [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
        return None, [*found, *wrong, *faults]
    if _is_wrong(found):
        return None, [*found, *wrong]
    found += wrong
    usable = _mended(frame) if _is_wrong(wrong) else frame
    if usable is None:
        return None, found
    frame, faults = _dissolved(usable, keys.get("dissolve", {}), file=file)
    faults += _key_faults(frame, layer)
    found += faults
    if _is_wrong(faults):
        return None, found
    return _layer(frame, layer), found + ([_single(file)] if len(frame) == 1 else [])


def _is_wrong(found: Sequence[Problem]) -> bool:
    return any(fault.level == "error" for fault in found)


def _mended(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return areas of which each has one valid outline, or None where one has none at all."""
    if not frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all() or frame.geometry.is_empty.any():
        return None
    return geometry.repair(frame[~frame["area"].duplicated()])[0]


def _named(frame: gpd.GeoDataFrame, keys: Mapping[str, Any], *, file: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Return the frame with the columns area, name, parent and geometry alone."""
    ids, found = identified(frame, keys["id"], digits=keys.get("id_digits"), file=file)
    without = len(frame) - len(ids)
    if without:
        what = words("check.areas_without_id", n=without)
        found.append(Problem("warning", what, file=file, column=keys["id"]))
    named = frame.loc[ids.index, ["geometry"]]
    named.insert(0, "area", ids)
    for name in ("name", "parent"):
        texts = _texts(frame.loc[ids.index, column_of(frame, keys[name])]) if name in keys else None
        named[name] = texts if texts is not None else (ids if name == "name" else None)
    return named, found


def _texts(cells: pd.Series) -> pd.Series:
    return cells.map(lambda cell: None if pd.isna(cell) or not str(cell).strip() else str(cell).strip()).astype(object)


def _sound(
    frame: gpd.GeoDataFrame, keys: Mapping[str, Any], *, file: str, with_gaps: bool
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Repair where the layer file says so, then check the wrong."""
    found: list[Problem] = []
    if keys.get("repair"):
        frame, found = geometry.repair(frame, file=file, id="area")
    return frame, [*found, *geometry.check_areas(frame, file=file, id="area", with_gaps=with_gaps)]


def _dissolved(
    frame: gpd.GeoDataFrame, dissolve: Mapping[str, list[str]], *, file: str
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Join areas into new ones, which keep the name and parent of the first."""
    found, new = [], dict(zip(frame["area"], frame["area"], strict=True))
    for area, parts in dissolve.items():
        absent = [part for part in parts if part not in new]
        if absent:
            what = words("check.dissolve_absent", area=area, shown=", ".join(absent))
            found.append(Problem("error", what, file=file))
        taken = [part for part in parts if new.get(part, part) != part]
        if taken or not parts or (area in new and area not in parts):
            what = words("check.dissolve_clash", area=area, shown=", ".join(taken or parts or [area]))
            found.append(Problem("error", what, file=file))
        new.update({part: area for part in parts if part in new})
    if not dissolve or found:
        return frame, found
    joined = frame.assign(area=frame["area"].map(new))
    touched = joined["area"].isin(dissolve)
    merged = joined[touched].dissolve(by="area", aggfunc="first", as_index=False)
    whole = pd.concat([joined[~touched], merged], ignore_index=True).sort_values("area", ignore_index=True)
    return whole, found


def _key_faults(frame: gpd.GeoDataFrame, layer: LayerFile) -> list[Problem]:
    """Return the ids that the layer file names and the file does not have."""
    approximate = layer.keys.get("approximate", False)
    found = []
    for key, ids in (("names", layer.keys.get("names", {})), ("approximate", approximate)):
        absent = [] if isinstance(ids, bool) else [area for area in ids if area not in set(frame["area"])]
        if absent:
            what = words("check.key_absent", word=key, shown=", ".join(absent))
            found.append(Problem("error", what, file=layer.place.file, row=layer.place.row(key)))
    return found


def _single(file: str) -> Problem:
    return Problem("warning", words("check.one_area"), file=file)


def _layer(frame: gpd.GeoDataFrame, layer: LayerFile) -> AreaLayer:
    keys = layer.keys
    approximate = keys.get("approximate", False)
    shape = frame.set_index(pd.Index(frame["area"].astype(str), name="area", dtype="str"))
    name = shape["name"].where(shape["name"].notna(), shape.index.to_series())
    whole = shape[["geometry"]].assign(
        name=pd.Series({**name.to_dict(), **keys.get("names", {})}, dtype="str").reindex(shape.index),
        parent=shape["parent"].astype(object),
        approximate=approximate if isinstance(approximate, bool) else shape.index.isin(approximate),
    )[["name", "parent", "approximate", "geometry"]]
    return AreaLayer(
        layer.key, layer.title, whole, keys["vintage"], keys.get("valid_from"), keys.get("valid_to"), layer.note,
        layer.licence, layer.credit,
    )  # fmt: skip
