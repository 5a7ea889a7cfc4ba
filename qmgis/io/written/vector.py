"""Layers of an outcome as typed tables with geometry, and GDAL writing them to a folder that goes away."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeGuard

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from qmgis.errors import OutputError
from qmgis.io.written.balance import drawn_measures, measure_columns, spot_columns
from qmgis.io.written.cells import arrow_column, clean
from qmgis.io.written.codebook import area_column, gap_columns, place_columns, programme_columns
from qmgis.io.written.names import unique_names
from qmgis.io.written.overlays import (
    catchment_columns,
    path_columns,
    proposal_columns,
    scenario_columns,
    scenario_paths,
    scenario_places,
    site_columns,
)
from qmgis.lifecycle import deadlines, phases_on
from qmgis.model import Column, Lang, Outcome, ProgrammeLayer
from qmgis.targeting import states_on

__all__ = [
    "GEOMETRY",
    "VectorLayer",
    "areas_layer",
    "gaps_layer",
    "layers",
    "overlay_layers",
    "places_layer",
    "programme_layer",
    "scratch",
    "typed_layer",
    "vector_bytes",
    "write_vector",
]

GEOMETRY = "qmgis_geometry"


@dataclass(frozen=True)
class VectorLayer:
    """A layer ready to be written: typed columns, their descriptions, geometry as WKB in `GEOMETRY`."""

    name: str
    table: pa.Table
    columns: tuple[Column, ...]
    geometry_type: str
    crs: str

    @property
    def sql_names(self) -> dict[str, str]:
        """The names of its columns in a GeoPackage, where ``fid`` and ``geom`` are taken."""
        return unique_names([column.key for column in self.columns], reserved=("fid", "geom"))

    def renamed(self, names: Mapping[str, str]) -> pa.Table:
        """Return the table under other column names."""
        return self.table.rename_columns([names.get(name, name) for name in self.table.column_names])

    @property
    def has_gaps(self) -> bool:
        """Whether a row has no geometry."""
        return bool(self.table[GEOMETRY].null_count)


def layers(outcome: Outcome, lang: Lang) -> list[VectorLayer]:
    """Return areas, and places, gaps, programme areas, catchments, proposals and scenarios where there are any."""
    optional = (
        places_layer(outcome, lang), gaps_layer(outcome, lang), programme_layer(outcome), *overlay_layers(outcome),
    )  # fmt: skip
    return [areas_layer(outcome), *(layer for layer in optional if layer is not None)]


def areas_layer(outcome: Outcome) -> VectorLayer:
    """Return the areas with every column of the outcome's table."""
    columns = (area_column(), *outcome.columns)
    shapes = outcome.areas.frame.geometry.reindex(outcome.table.index)
    frame = gpd.GeoDataFrame(outcome.table.assign(area=outcome.table.index), geometry=shapes.array, crs=shapes.crs)
    return typed_layer("areas", frame, columns)


def places_layer(outcome: Outcome, lang: Lang) -> VectorLayer | None:
    """Return the places of all themes in one layer, in the reference system of the areas."""
    frames = [
        layer.frame[["name", "capacity", "geometry"]]
        .rename_axis("place")
        .reset_index()
        .assign(layer=layer.key, title=layer.title.to(lang))
        .set_geometry("geometry")
        .to_crs(outcome.areas.frame.crs)
        for _, layer in sorted(outcome.places.items())
        if len(layer.frame)
    ]
    if not frames:
        return None
    return typed_layer("places", gpd.GeoDataFrame(pd.concat(frames, ignore_index=True)), place_columns())


def gaps_layer(outcome: Outcome, lang: Lang) -> VectorLayer | None:
    """Return the squares with residents out of reach, by theme."""
    if outcome.gaps is None or outcome.gaps.empty:
        return None
    titles = {key: theme.title.to(lang) for key, theme in outcome.themes.items()}
    frame = outcome.gaps.to_crs(outcome.areas.frame.crs)
    return typed_layer("gaps", frame.assign(title=frame["theme"].map(titles)), gap_columns())


def programme_layer(outcome: Outcome) -> VectorLayer | None:
    """Return the programme areas with what each is on the run's day; dates as texts, 2018-01-01."""
    if outcome.programme is None or outcome.programme.frame.empty:
        return None
    frame = outcome.programme.frame.to_crs(outcome.areas.frame.crs)
    dates = {end: frame[end].dt.strftime("%Y-%m-%d").astype(object) for end in ("valid_from", "valid_to")}
    lives = _lives(outcome.programme, outcome.run.on)
    named = frame.assign(state=states_on(outcome.programme, outcome.run.on), **dates, **lives)
    return typed_layer("programme", named.reset_index(), programme_columns(outcome))


def _lives(layer: ProgrammeLayer, day: date) -> dict[str, pd.Series]:
    """Return the phase of each area on a day and, of outlines that are not former, the earliest limit that stands."""
    area = layer.area_ids
    held = states_on(layer, day) != "former"
    due = deadlines(layer, day, rules=layer.deadlines).drop_duplicates("programme_area").set_index("programme_area")
    limit = due["limit"].dt.strftime("%Y-%m-%d")
    told = {"phase_on": area.map(phases_on(layer, day)), "next_deadline": area.map(due["rule"].to_dict()),
            "next_limit": area.map(limit.to_dict()), "limit_state": area.map(due["state"].to_dict())}  # fmt: skip
    return {name: one.astype(object).where(one.notna() & (held | (name == "phase_on")), None)
            for name, one in told.items()}  # fmt: skip


def overlay_layers(outcome: Outcome) -> list[VectorLayer]:
    """Return catchments, proposals, what scenarios change, measures and white spots, in this order, where there are."""
    measures = None if outcome.measures is None else drawn_measures(outcome.measures)
    made = (
        ("catchments", outcome.catchments, catchment_columns(outcome)),
        ("proposals", outcome.proposals, proposal_columns(outcome)),
        ("scenario", outcome.scenario, scenario_columns(outcome)),
        ("scenario_places", scenario_places(outcome), site_columns(outcome)),
        ("scenario_paths", scenario_paths(outcome), path_columns(outcome)),
        ("measures", measures, measure_columns(outcome.codes)),
        ("white_spots", outcome.white_spots, spot_columns(outcome.codes)),
    )
    crs = outcome.areas.frame.crs
    return [typed_layer(name, frame.to_crs(crs), columns) for name, frame, columns in made if _drawn(frame)]


def _drawn(frame: gpd.GeoDataFrame | None) -> TypeGuard[gpd.GeoDataFrame]:
    """Tell whether there is anything with a place."""
    return frame is not None and len(frame) > 0 and bool(frame.geometry.notna().any())


def typed_layer(name: str, frame: gpd.GeoDataFrame, columns: tuple[Column, ...]) -> VectorLayer:
    """Return rows of shapes as a layer whose columns have the types that a file needs."""
    arrays = {column.key: arrow_column(frame[column.key], column.kind) for column in columns}
    geometry, kind = _encoded(frame.geometry)
    authority = frame.crs.to_authority()
    crs = ":".join(authority) if authority else frame.crs.to_wkt()
    return VectorLayer(name, pa.table({**arrays, GEOMETRY: geometry}), columns, kind, crs)


def _encoded(shapes: gpd.GeoSeries) -> tuple[pa.Array, str]:
    """Return geometries as WKB, all of one type (multi where one is), and that type; empty ones are missing."""
    array = shapely.force_2d(np.asarray(shapes.array, dtype=object))
    array = np.where(shapely.is_empty(array), None, array)
    kinds = {kind.removeprefix("Multi") for kind in shapes.geom_type.dropna()} or {"Polygon"}
    if len(kinds) > 1:
        return pa.array(shapely.to_wkb(array), pa.binary()), "Unknown"
    kind = kinds.pop()
    if not shapes.geom_type.dropna().str.startswith("Multi").any():
        return pa.array(shapely.to_wkb(array), pa.binary()), kind
    multi = {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings, "Point": shapely.multipoints}
    whole = [None if shape is None else multi[kind](shapely.get_parts(shape)) for shape in array]
    return pa.array(shapely.to_wkb(np.asarray(whole, dtype=object)), pa.binary()), f"Multi{kind}"


@contextmanager
def scratch(filename: str) -> Iterator[Path]:
    """Give a folder that goes away; faults of the disk and of GDAL become one sentence about ``filename``.

    Raises
    ------
    OutputError
        If a file cannot be written there.
    """
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    faults = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
    try:
        with tempfile.TemporaryDirectory(prefix="qmgis_", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OutputError:
        raise
    except (OSError, *faults) as error:
        reason = clean(str(error)).strip().rstrip(".")
        place = tempfile.gettempdir()
        raise OutputError(
            f"{filename} could not be made ({reason}): make sure that {place} is writable and has room, or set TMPDIR.",
            de=f"{filename} konnte nicht erzeugt werden ({reason}): prüfen, ob in {place} geschrieben werden darf und "
            "Platz ist, oder TMPDIR setzen.",
        ) from error


def vector_bytes(layer: VectorLayer, *, driver: str, table: pa.Table | None = None, **options: object) -> bytes:
    """Return one layer as the bytes of a format of one file, made in memory: no disk, no half file."""
    content = io.BytesIO()
    write_vector(content, layer, driver=driver, table=table, **options)
    return content.getvalue()


def write_vector(
    path: Path | io.BytesIO, layer: VectorLayer, *, driver: str, table: pa.Table | None = None, **options: object
) -> None:
    """Write one layer with GDAL; further options go to the driver."""
    pyogrio.write_arrow(
        layer.table if table is None else table,
        path,
        layer=layer.name,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type=layer.geometry_type,
        crs=layer.crs,
        **options,
    )
