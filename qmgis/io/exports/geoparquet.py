"""``areas.parquet``: the areas as GeoParquet 1.1, for analysts."""

from __future__ import annotations

import io
import json

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qmgis.io.kinds import Export
from qmgis.io.written.cells import clean
from qmgis.io.written.codebook import about, area_column, codes_of, machine_unit, meaning_of
from qmgis.io.written.names import unique_names
from qmgis.io.written.vector import areas_layer
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]

_FRAME_TYPES = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return the areas with typed columns, true nulls, zstd, and a bounding box for each row.

    The file's metadata hold ``qmgis_about`` (title, sources, licence, recipe) and ``qmgis_codebook`` as JSON.
    """
    layer = areas_layer(outcome)
    names = unique_names([column.key for column in layer.columns], reserved=["geometry", "bbox"])
    values = layer.table.select([column.key for column in layer.columns])
    frame = values.to_pandas(types_mapper=_FRAME_TYPES.get).rename(columns=names)
    shapes = outcome.areas.frame.geometry.reindex(outcome.table.index)
    plain = io.BytesIO()
    gpd.GeoDataFrame(frame, geometry=shapes.array, crs=shapes.crs).to_parquet(
        plain, index=False, schema_version="1.1.0", write_covering_bbox=True, compression="zstd"
    )
    table = pq.read_table(plain)
    described = {**(table.schema.metadata or {}), **_metadata(outcome, names, lang)}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(described), content, compression="zstd")
    return content.getvalue()


def _metadata(outcome: Outcome, names: dict[str, str], lang: Lang) -> dict[bytes, bytes]:
    book = [
        {
            "column": names[column.key],
            "title": clean(column.title.to(lang)),
            "kind": column.kind,
            "unit": machine_unit(column, lang),
            "meaning": meaning_of(column, lang),
            "codes": codes_of(column, lang),
        }
        for column in (area_column(), *outcome.columns)
    ]
    content = {b"qmgis_about": about(outcome, lang), b"qmgis_codebook": book}
    return {key: json.dumps(value, ensure_ascii=False, sort_keys=True).encode() for key, value in content.items()}


EXPORT = Export("parquet", Text("GeoParquet", "GeoParquet"), "areas.parquet", "application/vnd.apache.parquet", render)
