"""Rasters as indicators: what the cells inside each area come to, such as green space, noise or heat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from qmgis.core.spatial.zonal import values_at, zonal, zonal_classes, zonal_quantiles
from qmgis.errors import QmgisError
from qmgis.i18n import percent
from qmgis.io.cells.reading import Reader, shown
from qmgis.io.declared.layerfile import Edition, LayerFile
from qmgis.io.indicators.plausible import SCALE, value_faults
from qmgis.io.indicators.rasters import Cells, raster_cells
from qmgis.model import AreaLayer, Problem, ResidentLayer, Text, words
from qmgis.model.where import area_of

__all__ = ["Zones", "read_zones"]

LEAST, WHOLE = 0.5, 0.999  # how much of an area has to be known; from where on it counts as all


@dataclass(frozen=True, eq=False)
class Zones:
    """A number an area, and how much of the area it rests on (0-1); index ``area``."""

    value: pd.Series
    known: pd.Series
    problems: list[Problem] = field(default_factory=list)

    @property
    def state(self) -> pd.Series:
        """``ok`` where there is a number, else ``missing``."""
        return pd.Series(np.where(self.value.notna(), "ok", "missing"), index=self.value.index, dtype=object)


def read_zones(
    layer: LayerFile, edition: Edition, reader: Reader, *, areas: AreaLayer, residents: Mapping[str, ResidentLayer]
) -> tuple[Zones | None, list[Problem]]:
    """Return the statistic of a raster in each area, and everything that is wrong with it.

    The outlines are brought into the system of the raster, whose cells are never resampled. An area of which less than
    half has a value is missing.
    """
    path, found = reader.find(edition.ref, edition.place)
    if path is None:
        return None, found
    file, keys = edition.ref.path, edition.keys
    living = residents.get(keys["weight"]) if "weight" in keys else None
    if "weight" in keys and (living is None or "residents" not in living.groups):
        return None, found  # told where the residents are read
    options = {**edition.ref.options, **{name: keys[name] for name in ("missing",) if name in keys}}
    try:
        with raster_cells(path, options) as cells:
            zones = _zones(cells, areas, keys, file=file, living=living)
    except QmgisError as error:
        return None, [Problem("error", Text(error.say("de"), error.say("en")), file=file)]
    if isinstance(zones, Problem):
        return None, [zones]
    scaled, faults = _scaled(zones, layer, keys, file=file)
    return scaled, [*zones.problems, *faults]


def _zones(
    cells: Cells, areas: AreaLayer, keys: Mapping[str, Any], *, file: str, living: ResidentLayer | None
) -> Zones | Problem:
    if cells.crs is None:
        return Problem("error", words("check.raster_without_crs"), file=file, remedy=words("check.fix_raster_crs"))
    outlines = areas.frame.geometry.to_crs(cells.crs)
    part = cells.around(outlines.total_bounds) if np.isfinite(outlines.total_bounds).all() else None
    nowhere = Problem("error", words("check.raster_elsewhere"), file=file, remedy=words("check.fix_raster_elsewhere"))
    if part is None:
        return nowhere
    shapes = pd.Series(outlines.to_numpy(), index=areas.frame.index)
    if living is not None:
        value, known = _of_people(part, areas, living)
    else:
        value, known = _of_cells(part, shapes, keys)
    if not (known > 0).any():
        return nowhere
    problems = _part_faults(known, file=file)
    if not cells.says_nodata:
        problems.append(
            Problem("warning", words("check.raster_without_nodata"), file=file, remedy=words("check.fix_nodata"))
        )
    if keys["statistic"] == "share" and not (value > 0).any():
        listed = ", ".join(f"{one:g}" for one in keys["classes"])
        problems.append(Problem("warning", words("check.class_nowhere", classes=listed), file=file))
    return Zones(value.where(known >= LEAST), known, problems)


def _of_cells(part: Cells, shapes: pd.Series, keys: Mapping[str, Any]) -> tuple[pd.Series, pd.Series]:
    """Return the statistic of the cells, each by its share inside, and how much of each outline they know."""
    what, grid = keys["statistic"], part.grid
    size = pd.Series([shape.area for shape in shapes], index=shapes.index) / (grid.width * grid.height)
    if what in ("share", "majority"):
        classes = zonal_classes(part.blocks(), shapes, grid=grid)
        count = classes.sum(axis=1)
        own = classes.reindex(columns=keys.get("classes", []), fill_value=0.0).sum(axis=1)
        value = own / count.where(count > 0) if what == "share" else _commonest(classes)
        return value, count / size
    table = zonal(part.blocks(), shapes, grid=grid, statistics=[] if what == "quantile" else [what])
    count = table["count"]
    if what == "quantile":
        value = zonal_quantiles(part.blocks(), shapes, [keys["quantile"]], grid=grid).iloc[:, 0]
    else:
        value = table[what]
    # In a grid of counts most cells without people have no value: there only land beside the grid is unknown.
    return value.where(count > 0), (table["covered"] if what == "sum" else count) / size


def _commonest(classes: pd.DataFrame) -> pd.Series:
    """Return the class with most cells, of equal ones the smallest; missing where there is none."""
    if classes.empty or not len(classes.columns):
        return pd.Series(np.nan, index=classes.index)
    most = pd.Series(classes.columns.to_numpy(dtype=float)[classes.to_numpy().argmax(axis=1)], index=classes.index)
    return most.where(classes.sum(axis=1) > 0)


def _of_people(part: Cells, areas: AreaLayer, living: ResidentLayer) -> tuple[pd.Series, pd.Series]:
    """Return the mean of the cells in which people live, by their number, and for which share of them one is known."""
    points = living.frame.geometry.to_crs(part.crs)
    value = values_at(part.blocks(), points.x.to_numpy(), points.y.to_numpy(), grid=part.grid)
    where, people = area_of(areas, living), living.frame["residents"].fillna(0.0).to_numpy(dtype=float)
    size = len(areas.frame)

    def summed(rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return np.bincount(where[rows], weight[rows], minlength=size)

    inside, known = where >= 0, (where >= 0) & ~np.isnan(value)
    everybody, some = summed(inside, people), summed(known, people)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, share = summed(known, people * value) / some, some / everybody
    index = areas.frame.index
    return pd.Series(mean, index=index), pd.Series(share, index=index).fillna(0.0)


def _part_faults(known: pd.Series, *, file: str) -> list[Problem]:
    """Return a warning on areas that the raster knows in part, and on those that stay without a number."""
    found = []
    some = known[(known < WHOLE) & (known >= LEAST)]
    if len(some):
        least = Text(percent(some.min(), "de"), percent(some.min(), "en"))
        said = {"n": len(some), "all": len(known), "least": least, "names": _named(some.sort_values().index)}
        found.append(Problem("warning", words("check.raster_part", **said), file=file))
    gone = known[~(known >= LEAST)]
    if len(gone):
        what = words("check.raster_too_little", n=len(gone), all=len(known), names=_named(gone.index))
        found.append(Problem("warning", what, file=file))
    return found


def _named(ids: Iterable[object]) -> str:
    names = [shown(one) for one in ids]
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _scaled(
    zones: Zones, layer: LayerFile, keys: Mapping[str, Any], *, file: str
) -> tuple[Zones, list[Problem]]:  # fmt: skip
    """Return the numbers in the unit in which an indicator is held, and those that cannot be."""
    measure, unit = layer.keys["measure"], layer.keys["unit"]
    is_share = keys["statistic"] == "share"
    scale = SCALE.get(unit, 1.0)
    # What is printed: a share of cells comes as 0-1, other numbers in the unit of the raster.
    printed = zones.value / scale if is_share else zones.value
    value = printed * scale if measure == "share" else printed
    told = printed.set_axis([f"area {name}" for name in printed.index])
    faults = value_faults(told, zones.state.set_axis(told.index), layer=layer, file=file, column=keys["statistic"])
    # Parts of cells make fractions of people, and small shares are no mistake.
    levels = ("error",) if keys["statistic"] in ("share", "sum") else ("error", "warning", "note")
    return Zones(value, zones.known), [one for one in faults if one.level in levels]
