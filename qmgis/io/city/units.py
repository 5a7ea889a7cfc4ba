"""Units that proposals for an area may be made of, such as blocks: declared, read, and seen from the areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from qmgis.errors import did_you_mean
from qmgis.io.cells.reading import Reader
from qmgis.io.declared.layerfile import CityFile, LayerFile
from qmgis.io.declared.schema import Place
from qmgis.io.layers.areas import read_areas
from qmgis.model import AreaLayer, Problem, ResidentLayer, Text, words
from qmgis.model.layers import newest_of
from qmgis.model.where import area_under

if TYPE_CHECKING:
    from qmgis.io.city.workspace import Loaded

__all__ = ["read_units", "unit_faults", "versions"]

SHOWN = 5


def versions(city: CityFile | None, layers: Sequence[LayerFile]) -> list[LayerFile]:
    """Return the layers that are versions of the areas: those of kind areas without the units of proposals."""
    areas = [layer for layer in layers if layer.kind == "areas"]
    units = _units(city, layers)
    return [layer for layer in areas if layer.key not in units]


def unit_faults(city: CityFile, layers: Sequence[LayerFile]) -> Iterator[Problem]:
    """Yield what is wrong with the layers that ``[delimitation]`` names: unknown, of another kind, used as areas."""
    known, used = {layer.key: layer for layer in layers}, _used(city, layers)
    fitting = [layer.key for layer in layers if layer.kind == "areas" and layer.keys["vintage"] not in used]
    for name in city.units:
        hint = Text(did_you_mean(name, fitting, lang="de"), did_you_mean(name, fitting))
        layer = known.get(name)
        if layer is None:
            yield _fault(city, words("check.units_unknown", name=name, hint=hint))
        elif layer.kind != "areas":
            kind = words(f"check.kind_{layer.kind}")
            yield _fault(city, words("check.units_of_kind", name=name, kind=kind))
        elif layer.keys["vintage"] in used:
            yield _fault(city, words("check.units_used", name=name, vintage=layer.keys["vintage"]))


def read_units(loaded: Loaded, reader: Reader) -> tuple[dict[str, AreaLayer], list[Problem]]:
    """Return the units of proposals by key, those outside the areas left out, and what is wrong with them."""
    city, found = loaded.city_file, list[Problem]()
    if city is None or not city.units or not loaded.areas:
        return {}, found
    newest, units = newest_of(loaded.areas.values()), dict[str, AreaLayer]()
    for key in city.units:
        layer = next(one for one in loaded.layers if one.key == key)
        read, faults = read_areas(layer, reader, target=city.crs, with_gaps=False)
        found += faults
        if read is None:
            continue
        loaded.rows[key] = len(read.frame)
        inside, faults = _inside(read, newest, layer)
        found += [*faults, *(_apart(inside, city) if inside is not None and not city.gap_m else [])]
        units |= {} if inside is None else {key: inside}
    asked = {layer.key for layer in loaded.layers if layer.kind == "residents"}
    if not _are_located(loaded.residents) and asked <= set(loaded.residents):
        found.append(_fault(city, words("check.units_without_residents"), words("check.fix_units_without_residents")))
    return units, found


def _units(city: CityFile | None, layers: Sequence[LayerFile]) -> set[str]:
    """Return the layers that are units and nothing else."""
    if city is None or not city.units:
        return set()
    used = _used(city, layers)
    return {one.key for one in layers if one.key in city.units and one.keys.get("vintage") not in used}


def _used(city: CityFile, layers: Sequence[LayerFile]) -> set[str]:
    """Return the versions that runs, tables, exclusions, crosswalks and spread residents speak of."""
    used = {entry["areas"] for entry in city.runs} | {entry["vintage"] for entry in city.exclusions}
    used |= {edition.vintage for layer in layers for edition in layer.editions}
    used |= {layer.keys[key] for layer in layers for key in ("from_vintage", "to_vintage") if key in layer.keys}
    spread = {layer.keys.get("spread") for layer in layers}
    return used | {layer.keys["vintage"] for layer in layers if layer.kind == "areas" and layer.key in spread}


def _inside(units: AreaLayer, areas: AreaLayer, layer: LayerFile) -> tuple[AreaLayer | None, list[Problem]]:
    """Return the units that lie in the areas, and what is said of the others."""
    file = layer.ref.path if layer.ref else ""
    there = area_under(units, areas).notna().to_numpy()
    if there.all():
        return units, []
    if not there.any():
        what, remedy = words("check.units_outside"), words("check.fix_units_outside")
        return None, [Problem("error", what, file=file, remedy=remedy)]
    out = units.frame.index[~there]
    listed = ", ".join(out[:SHOWN]) + (", …" if len(out) > SHOWN else "")
    what = words("check.units_some_outside", n=len(out), shown=listed)
    return replace(units, frame=units.frame[there]), [Problem("warning", what, file=file)]


def _apart(units: AreaLayer, city: CityFile) -> list[Problem]:
    """Return a warning where most units touch no other: streets lie between them."""
    shapes = np.asarray(units.frame.geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    beside = np.bincount(one[one != other], minlength=len(shapes)) > 0
    if 2 * int(beside.sum()) >= len(shapes):
        return []
    place = _place(city)
    what = words("check.units_apart", name=units.key)
    return [Problem("warning", what, file=place.file, row=place.row("units"), remedy=words("check.fix_units_apart"))]


def _are_located(residents: Mapping[str, ResidentLayer]) -> bool:
    return any("residents" in one.groups and one.origin_type != "area" for one in residents.values())


def _place(city: CityFile) -> Place:
    return Place(city.place.file, city.place.text, "delimitation")


def _fault(city: CityFile, what: Text, remedy: Text | None = None) -> Problem:
    place = _place(city)
    return Problem("error", what, file=place.file, row=place.row("units"), remedy=remedy or Text("", ""))
