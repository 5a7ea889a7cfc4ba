"""People of blocks, areas or cells laid on the buildings and addresses inside them: a layer of residents that shares.

Totals are kept. Where no point lies in an outline with people, they stand at one point inside it, and that is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from qmgis.core.spatial.dasymetric import Allocation, allocate
from qmgis.i18n import number, percent
from qmgis.io.cells.reading import Reader, placed, shown, told
from qmgis.io.declared.layerfile import LayerFile
from qmgis.io.layers.outside import cut
from qmgis.io.layers.points import addresses_of, group_columns, ids_of, number_of, read_points, read_residents
from qmgis.model import AreaLayer, IndicatorTable, Problem, ResidentLayer, Secrecy, Text, words

__all__ = ["Known", "spread_residents"]


@dataclass(frozen=True, eq=False)
class Known:
    """What a city has read by now: its areas and tables by vintage, all layer files, its limits and its system."""

    areas: Mapping[str, AreaLayer]
    tables: Mapping[str, IndicatorTable]
    layers: Mapping[str, LayerFile]
    secrecy: Secrecy
    crs: str


@dataclass(frozen=True, eq=False)
class People:
    """People of outlines: index text, a column a group, ``geometry`` in metres."""

    key: str
    frame: gpd.GeoDataFrame
    year: int | None
    licence: str
    credit: str

    @property
    def groups(self) -> list[str]:
        """The columns that count people."""
        return [str(name) for name in self.frame.columns if name != "geometry"]


def spread_residents(layer: LayerFile, reader: Reader, known: Known) -> tuple[ResidentLayer | None, list[Problem]]:
    """Return the people of the layer that ``spread`` names, laid on the points of this one, and what is wrong."""
    people, found = _people(layer, reader, known)
    points, weights, addresses, faults = _points(layer, reader, crs=known.crs)
    found += faults
    if people is None or points is None or any(fault.level == "error" for fault in found):
        return None, found
    frame, notes = _laid(people, points, weights, layer=layer, min_count=known.secrecy.min_count)
    file = layer.ref.path if layer.ref else ""
    found += [Problem("note" if n == 0 else "warning", note, file=file) for n, note in enumerate(notes)]
    licence, credit = (_both(own, other) for own, other in ((layer.licence, people.licence),
                                                            (layer.credit, people.credit)))  # fmt: skip
    return ResidentLayer(
        layer.key, layer.title, frame, layer.keys["origin_type"], people.year, licence, credit,
        spread=people.key, notes=tuple(notes), addresses=addresses,
    ), found  # fmt: skip


def _both(own: str, other: str) -> str:
    return own if own == other or not other else f"{own}; {other}"


# Whose people --------------------------------------------------------------------------------------------------------


def _people(layer: LayerFile, reader: Reader, known: Known) -> tuple[People | None, list[Problem]]:
    source = known.layers[layer.keys["spread"]]
    if source.kind == "areas":
        return _people_of_areas(layer, source, known)
    is_grid = source.keys["origin_type"] == "grid"
    residents, _ = read_residents(source, reader, target=known.crs, outlines=not is_grid)  # told where it is read
    if residents is None:
        return None, []
    residents = cut(residents, list(known.areas.values())) if known.areas else residents
    frame = residents.frame[[*residents.groups, "geometry"]]
    if is_grid:
        frame = _squares(frame, float(source.keys["cell_m"]), _system_of(source, reader) or known.crs)
    flat = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not flat.all() or frame.empty:
        what = words("check.spread_needs_outlines", source=source.key)
        return None, [Problem("error", what, file=layer.place.file, row=layer.place.row("spread"))]
    return People(source.key, frame, source.keys.get("year"), source.licence, source.credit), []


def _people_of_areas(layer: LayerFile, source: LayerFile, known: Known) -> tuple[People | None, list[Problem]]:
    """Return people counted by area: ``residents`` and ``groups`` of the layer file name indicators."""
    vintage = source.keys["vintage"]
    if vintage not in known.areas or vintage not in known.tables:
        return None, []  # told where they are read
    table, keys = known.tables[vintage], layer.keys
    frame = known.areas[vintage].frame[["geometry"]].copy()
    asked = group_columns(keys)
    parts = list(dict.fromkeys(part for named in asked.values() for part in named))
    years = [year for year in table.years if set(parts) <= set(table.frame) and _has_all(table, parts, year)]
    year = keys.get("year", years[-1] if years else None)
    if year not in years:
        listed = ", ".join(map(str, years)) or "–"
        what = words("check.spread_without_counts", names=", ".join(parts), vintage=vintage, years=listed)
        return None, [Problem("error", what, file=layer.place.file, row=layer.place.row("spread"))]
    values = table.of_year(year)
    for group, named in asked.items():
        frame.insert(0, group, values[named].sum(axis=1, skipna=False).reindex(frame.index))
    credits = [table.indicators[part].credit for part in parts]
    licences = [table.indicators[part].licence for part in parts]
    return People(
        source.key, frame, year, "; ".join(dict.fromkeys(licences)), "; ".join(dict.fromkeys(credits))
    ), []  # fmt: skip


def _has_all(table: IndicatorTable, parts: Sequence[str], year: int) -> bool:
    return bool(table.of_year(year)[list(parts)].notna().any().all())


def _system_of(source: LayerFile, reader: Reader) -> pyproj.CRS | str | None:
    """Return the system in which the cells of a grid are upright: that of its file."""
    frame = reader.read(source.ref, source.place)[0] if source.ref else None
    own = getattr(frame, "crs", None)
    return own if own is not None else source.keys.get("crs")


def _squares(frame: gpd.GeoDataFrame, cell_m: float, system: pyproj.CRS | str) -> gpd.GeoDataFrame:
    """Return the cells around their middles."""
    middle = frame.geometry.to_crs(system)
    half = cell_m / 2
    boxes = shapely.box(middle.x - half, middle.y - half, middle.x + half, middle.y + half)
    return frame.set_geometry(gpd.GeoSeries(boxes, index=frame.index, crs=system).to_crs(frame.crs))


# On which points -----------------------------------------------------------------------------------------------------


def _points(
    layer: LayerFile, reader: Reader, *, crs: str
) -> tuple[gpd.GeoDataFrame | None, dict[str, pd.Series], pd.DataFrame | None, list[Problem]]:
    """Return the points (index ``origin``), each weight by the name that people read, and streets and numbers."""
    keys = layer.keys
    asked = _weights(keys)
    columns = list(dict.fromkeys(column for product in asked for column in product))
    named = [*(keys[name] for name in ("id", "street", "number") if name in keys), *columns]
    frame, found = read_points(layer, reader, named, target=crs)
    if frame is None or layer.ref is None:
        return None, {}, None, found
    file = layer.ref.path
    index, faults = ids_of(frame, keys, file=file, name="origin")
    found += faults
    factors = {}
    for column in columns:
        parsed = number_of(frame, column, keys)
        found += placed(parsed.problems, file=file, column=column)
        found += told(parsed.values[parsed.values < 0], "error", "check.negative", file=file, column=column)
        factors[column] = parsed.values.set_axis(index)
    weights = {" × ".join(product): pd.concat([factors[name] for name in product], axis=1).prod(axis=1, skipna=False)
               for product in asked}  # fmt: skip
    return frame[["geometry"]].set_index(index), weights, addresses_of(frame, keys, index), found


def _weights(keys: Mapping[str, Any]) -> list[list[str]]:
    asked = keys.get("weight", [])
    return [[one] if isinstance(one, str) else list(one) for one in ([asked] if isinstance(asked, str) else asked)]


# Laid ----------------------------------------------------------------------------------------------------------------


def _laid(
    people: People, points: gpd.GeoDataFrame, weights: Mapping[str, pd.Series], *, layer: LayerFile, min_count: int
) -> tuple[gpd.GeoDataFrame, list[Text]]:
    """Return the people at each point, and what a reader has to know: how they came there, and who stands aside."""
    outline, point = shapely.STRtree(points.geometry.to_numpy()).query(people.frame.geometry.to_numpy(), "intersects")
    place = np.full(len(points), len(people.frame))
    np.minimum.at(place, point, outline)
    inside = place < len(people.frame)
    points = points[inside]
    area = pd.Series(people.frame.index.to_numpy()[place[inside]], index=points.index)
    usable = [_complete(weight[inside], area) for weight in weights.values()]
    found = {group: allocate(people.frame[group], area, usable) for group in people.groups}
    frame = points.assign(**{group: one.people for group, one in found.items()})
    alone = people.frame[~people.frame.index.isin(area)]
    alone = alone[(alone[people.groups] != 0).any(axis=1)]
    frame = pd.concat([frame, _standing(alone, frame.index)]) if len(alone) else frame
    if "residents" not in frame:
        frame["residents"] = np.nan
    groups = [group for group in people.groups if group != "residents"]
    frame = gpd.GeoDataFrame(frame[["residents", *groups, "geometry"]], crs=points.crs)
    notes = [_how(people, found, list(weights), layer=layer, n=len(points))]
    if len(alone):
        notes.append(_aside(people, alone, min_count=min_count))
    return frame, notes


def _complete(weight: pd.Series, area: pd.Series) -> pd.Series:
    """Return a weight that is missing in all of an outline where it is missing at one point: missing is not zero."""
    return weight.mask(area.isin(set(area[weight.isna()])))


def _standing(alone: gpd.GeoDataFrame, taken: pd.Index) -> gpd.GeoDataFrame:
    """Return one point inside each outline without any, with all of its people."""
    names = [f"area-{name}" for name in alone.index]
    while set(names) & set(taken):
        names = [f"area-{name}" for name in names]
    moved = alone.set_geometry(alone.geometry.representative_point())
    return moved.set_index(pd.Index(names, name="origin", dtype="str"))


def _how(
    people: People, found: Mapping[str, Allocation], weights: Sequence[str], *, layer: LayerFile, n: int
) -> Text:  # fmt: skip
    """Return which weights served, and for how many of the people."""
    group = _first(people)
    step, amount = found[group].step, people.frame[group]
    whole = float(amount[step.notna()].sum())
    said = []
    for number_, name in enumerate([*weights, ""]):
        some = float(amount[(step == number_).fillna(value=False)].sum())
        if some > 0:
            title = Text(name, name) if name else words("check.weight_alike")
            share = {"de": percent(some / whole, "de"), "en": percent(some / whole, "en")}
            said.append(Text(f"{title.de} ({share['de']})", f"{title.en} ({share['en']})"))
    by = Text(", ".join(one.de for one in said) or "–", ", ".join(one.en for one in said) or "–")
    points = Text(number(n, "de"), number(n, "en"))
    return words(f"check.spread_on_{layer.keys['origin_type']}", source=people.key, n=points, by=by)


def _aside(people: People, alone: gpd.GeoDataFrame, *, min_count: int) -> Text:
    """Return which outlines have people but no point; a number that is too small is not told."""
    group = _first(people)
    many, whole = float(alone[group].sum()), float(people.frame[group].sum())
    named = ", ".join(shown(one) for one in alone.index[:5]) + (", …" if len(alone) > 5 else "")
    said = {"source": people.key, "names": named}
    if many < min_count or not whole:
        return words("check.spread_aside_few", n=len(alone), **said)
    share = Text(percent(many / whole, "de"), percent(many / whole, "en"))
    return words(
        "check.spread_aside", n=len(alone), people=Text(number(many, "de"), number(many, "en")), share=share, **said
    )


def _first(people: People) -> str:
    return "residents" if "residents" in people.groups else people.groups[0]
