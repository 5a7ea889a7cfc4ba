"""One layer as a shapefile: short names, flags as 1 and 0, texts of 254 bytes; nothing half is ever given out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from qmgis.errors import OutputError
from qmgis.io.written.names import short_names
from qmgis.io.written.vector import GEOMETRY, VectorLayer, write_vector

__all__ = ["Cut", "layer_files"]

_BYTES, _FIELDS, _SIZE = 254, 255, 2**31 - 1
_PARTS = ("shp", "shx", "dbf", "prj", "cpg")


@dataclass(frozen=True)
class Cut:
    """Texts of one field that the format could not hold."""

    layer: str
    short: str
    long: str
    count: int


def layer_files(folder: Path, layer: VectorLayer) -> tuple[dict[str, bytes], list[Cut]]:
    """Return the files of one layer as a shapefile with short names, and what of its texts had to be cut."""
    names = short_names(column.key for column in layer.columns)
    table, cuts = _fitted(layer, names)
    return _written(folder, layer, table), cuts


def _fitted(layer: VectorLayer, names: dict[str, str]) -> tuple[pa.Table, list[Cut]]:
    """Return the table as the format can hold it, and what was cut: short names, flags as 1 and 0, 254 bytes."""
    if len(names) > _FIELDS:
        raise OutputError(
            f"shapefile.zip cannot hold the {len(names)} columns of {layer.name}, a shapefile has at most {_FIELDS}: "
            "use GeoPackage.",
            de=f"shapefile.zip fasst die {len(names)} Spalten von {layer.name} nicht, ein Shapefile hat höchstens "
            f"{_FIELDS}: GeoPackage nehmen.",
        )
    arrays: dict[str, pa.ChunkedArray | pa.Array] = {}
    cuts: list[Cut] = []
    for key, short in names.items():
        values = layer.table[key]
        if pa.types.is_boolean(values.type):
            values = pc.cast(values, pa.int32())
        elif pa.types.is_string(values.type):
            texts = values.to_pylist()
            shorter = [None if text is None else _shortened(text) for text in texts]
            count = sum(before != after for before, after in zip(texts, shorter, strict=True))
            cuts += [Cut(layer.name, short, key, count)] if count else []
            values = pa.array(shorter, pa.string())
        arrays[short] = values
    return pa.table({**arrays, GEOMETRY: layer.table[GEOMETRY]}), cuts


def _shortened(text: str) -> str:
    """Return a text in at most 254 bytes of UTF-8, never ending inside a character.

    Examples
    --------
    >>> len(_shortened("ü" * 200))
    127
    """
    return text.encode()[:_BYTES].decode(errors="ignore")


def _written(folder: Path, layer: VectorLayer, table: pa.Table) -> dict[str, bytes]:
    """Write one layer with GDAL and return its files."""
    path = folder / f"{layer.name}.shp"
    write_vector(
        path,
        layer,
        driver="ESRI Shapefile",
        table=table,
        layer_options={"ENCODING": "UTF-8", "2GB_LIMIT": "YES", "DBF_DATE_LAST_UPDATE": "1980-01-01"},
    )
    parts = {f"{layer.name}.{part}": folder / f"{layer.name}.{part}" for part in _PARTS}
    _check_sizes({name: part.stat().st_size for name, part in parts.items()})
    content = {name: part.read_bytes() for name, part in parts.items()}
    _check_whole(content, layer, folder)
    return content


def _check_whole(content: dict[str, bytes], layer: VectorLayer, folder: Path) -> None:
    """Raise if a file is shorter than its own header says: GDAL does not always tell of a full disk."""
    shp, shx, dbf, prj, cpg = (content[f"{layer.name}.{part}"] for part in _PARTS)
    rows, head, width = (int.from_bytes(dbf[start:end], "little") for start, end in ((4, 8), (8, 10), (10, 12)))
    lengths = [2 * int.from_bytes(file[24:28], "big") == len(file) for file in (shp, shx)]
    records = rows == layer.table.num_rows and len(dbf) >= head + rows * width and len(shx) == 100 + 8 * rows
    if not (all(lengths) and records and prj.rstrip().endswith(b"]") and cpg.strip() == b"UTF-8"):
        raise OutputError(
            f"shapefile.zip could not be made, the disk of temporary files ({folder.parent}) is full: make room there, "
            "or set TMPDIR.",
            de=f"shapefile.zip konnte nicht erzeugt werden, der Datenträger für temporäre Dateien ({folder.parent}) "
            "ist voll: dort Platz schaffen oder TMPDIR setzen.",
        )


def _check_sizes(sizes: dict[str, int]) -> None:
    for name, size in sizes.items():
        if size > _SIZE:
            raise OutputError(
                f"shapefile.zip was not made, {name} would have {size / 1e9:.1f} GB, a shapefile holds at most 2 GB: "
                "use GeoPackage.",
                de=f"shapefile.zip wurde nicht erzeugt, {name} hätte {size / 1e9:.1f} GB und ein Shapefile fasst "
                "höchstens 2 GB: GeoPackage nehmen.",
            )
