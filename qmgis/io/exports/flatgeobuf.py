"""``areas.fgb``: the areas as FlatGeobuf, for maps that read only the part they show."""

from __future__ import annotations

import pyarrow as pa

from qmgis.i18n import say
from qmgis.io.kinds import Export
from qmgis.io.written.codebook import credit_line
from qmgis.io.written.names import unique_names
from qmgis.io.written.vector import GEOMETRY, areas_layer, vector_bytes
from qmgis.model import Lang, Outcome, Text

__all__ = ["EXPORT", "render"]


def render(outcome: Outcome, lang: Lang) -> bytes:
    """Return the areas with a spatial index.

    The index puts rows into another order: the column ``row`` (from 1) is the order of ``areas.csv``. The format cannot
    index an area without an outline; where there is one, the file has no index and keeps every row.
    """
    layer = areas_layer(outcome)
    names = unique_names(layer.table.column_names, reserved=["row"])
    table = layer.renamed({**names, GEOMETRY: GEOMETRY})
    table = table.add_column(0, "row", pa.array(range(1, table.num_rows + 1), pa.int64()))
    return vector_bytes(
        layer,
        driver="FlatGeobuf",
        table=table,
        SPATIAL_INDEX="NO" if layer.has_gaps else "YES",
        TITLE=say("exports.sheet_areas", lang),
        DESCRIPTION=credit_line(outcome, lang),
    )


EXPORT = Export("fgb", Text("FlatGeobuf", "FlatGeobuf"), "areas.fgb", "application/vnd.flatgeobuf", render)
